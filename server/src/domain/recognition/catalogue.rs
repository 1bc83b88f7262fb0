//! What there is to give: badges and perks, as owners define them.

use std::collections::BTreeSet;

use serde_json::json;
use shared::{
    BadgeId, PerkId,
    api::{
        AuditAct, BadgeView, CodesAdded, FieldCode, FieldProblem, PastedCodes, PerkView, PersonView, WrittenBadge,
        WrittenPerk,
    },
    limits,
    rules::{Act, may},
};

use super::super::{
    Error,
    access::Signed,
    fields::{self, Fields},
    now,
};
use crate::store::{
    Db, Tx, audit,
    recognition::{
        badges,
        perks::{self, Stock},
    },
};

/// Every badge. For everyone: what a badge means is no secret.
///
/// # Errors
/// When the database fails.
pub async fn badges(db: &Db) -> Result<Vec<BadgeView>, Error> {
    Ok(badges::list(&mut db.read().await?).await?)
}

fn badge(written: &WrittenBadge) -> Result<WrittenBadge, Error> {
    let mut fields = Fields::default();
    let fr = fields.check("fr", fields::line(&written.fr, limits::BADGE));
    let en = fields.check("en", fields::line(&written.en, limits::BADGE));
    let meaning_fr = fields.check("meaning_fr", fields::line(&written.meaning_fr, limits::MEANING));
    let meaning_en = fields.check("meaning_en", fields::line(&written.meaning_en, limits::MEANING));
    fields.done()?;
    Ok(WrittenBadge {
        icon: written.icon,
        fr: fr.unwrap_or_default(),
        en: en.unwrap_or_default(),
        meaning_fr: meaning_fr.unwrap_or_default(),
        meaning_en: meaning_en.unwrap_or_default(),
        retired: written.retired,
    })
}

/// Makes a badge.
///
/// # Errors
/// When the person may not, a field is not acceptable, or there are enough.
pub async fn add_badge(db: &Db, signed: &Signed, written: &WrittenBadge) -> Result<BadgeView, Error> {
    may(Act::GovernRecognition, Some(signed.role()))?;
    let badge = badge(written)?;
    let mut tx = db.write().await?;
    if badges::list(&mut tx).await?.len() >= limits::CATALOGUE {
        return Err(Error::field("en", FieldProblem::too_many(limits::CATALOGUE)));
    }
    set_badge(tx, signed, BadgeId::new(), &badge, AuditAct::AddBadge).await
}

/// Lets a badge be otherwise, or retires it. Who has it keeps it.
///
/// # Errors
/// When the person may not, there is no such badge, or a field is not acceptable.
pub async fn edit_badge(db: &Db, signed: &Signed, id: BadgeId, written: &WrittenBadge) -> Result<BadgeView, Error> {
    may(Act::GovernRecognition, Some(signed.role()))?;
    let badge = badge(written)?;
    let mut tx = db.write().await?;
    let known = badges::one(&mut tx, id).await?.ok_or(Error::NotFound("badge"))?;
    let act = if badge.retired && !known.retired { AuditAct::RetireBadge } else { AuditAct::EditBadge };
    set_badge(tx, signed, id, &badge, act).await
}

async fn set_badge(
    mut tx: Tx,
    signed: &Signed,
    id: BadgeId,
    badge: &WrittenBadge,
    act: AuditAct,
) -> Result<BadgeView, Error> {
    badges::set(&mut tx, id, badge, now()).await?;
    audit::add(&mut tx, signed.person.id, act, &format!("badge:{id}"), &json!({})).await?;
    let view = badges::one(&mut tx, id).await?.ok_or(Error::NotFound("badge"))?;
    tx.commit().await?;
    Ok(view)
}

/// The catalogue of perks. Moderators see all of it; others what they could have for points, and what is given still.
///
/// # Errors
/// When the database fails.
pub async fn perks(db: &Db, who: &PersonView) -> Result<Vec<PerkView>, Error> {
    let mut all = perks::list(&mut db.read().await?, who.id).await?;
    if may(Act::SupplyPerks, Some(who.role)).is_err() {
        all.retain(|perk| !perk.retired && perk.price.is_some());
    }
    Ok(all)
}

fn perk(written: &WrittenPerk) -> Result<WrittenPerk, Error> {
    let mut fields = Fields::default();
    let fr = fields.check("fr", fields::line(&written.fr, limits::BADGE));
    let en = fields.check("en", fields::line(&written.en, limits::BADGE));
    let about_fr = fields.check("about_fr", fields::lines(&written.about_fr, limits::MEANING));
    let about_en = fields.check("about_en", fields::lines(&written.about_en, limits::MEANING));
    if let Some(price) = written.price {
        fields.check("price", fields::number(price, 1, limits::POINTS));
    }
    if let Some(stock) = written.stock {
        fields.check("stock", fields::number(stock, 0, limits::STOCK));
    }
    fields.done()?;
    Ok(WrittenPerk {
        fr: fr.unwrap_or_default(),
        en: en.unwrap_or_default(),
        about_fr: about_fr.unwrap_or_default(),
        about_en: about_en.unwrap_or_default(),
        ..*written
    })
}

/// Makes a perk.
///
/// # Errors
/// When the person may not, a field is not acceptable, or there are enough.
pub async fn add_perk(db: &Db, signed: &Signed, written: &WrittenPerk) -> Result<PerkView, Error> {
    may(Act::GovernRecognition, Some(signed.role()))?;
    let perk = perk(written)?;
    let mut tx = db.write().await?;
    if perks::list(&mut tx, signed.person.id).await?.len() >= limits::CATALOGUE {
        return Err(Error::field("en", FieldProblem::too_many(limits::CATALOGUE)));
    }
    set_perk(tx, signed, PerkId::new(), &perk, AuditAct::AddPerk).await
}

/// Lets a perk be otherwise, or retires it. Whether it comes with codes stays as it was made.
///
/// # Errors
/// When the person may not, there is no such perk, or a field is not acceptable.
pub async fn edit_perk(db: &Db, signed: &Signed, id: PerkId, written: &WrittenPerk) -> Result<PerkView, Error> {
    may(Act::GovernRecognition, Some(signed.role()))?;
    let perk = perk(written)?;
    let mut tx = db.write().await?;
    let known = perks::one(&mut tx, signed.person.id, id).await?.ok_or(Error::NotFound("perk"))?;
    let act = if perk.retired && !known.retired { AuditAct::RetirePerk } else { AuditAct::EditPerk };
    set_perk(tx, signed, id, &perk, act).await
}

async fn set_perk(
    mut tx: Tx,
    signed: &Signed,
    id: PerkId,
    perk: &WrittenPerk,
    act: AuditAct,
) -> Result<PerkView, Error> {
    let stock = perk.stock.map_or(Stock::AsBefore, Stock::Of);
    perks::set(&mut tx, id, perk, stock, now()).await?;
    audit::add(&mut tx, signed.person.id, act, &format!("perk:{id}"), &json!({})).await?;
    let view = perks::one(&mut tx, signed.person.id, id).await?.ok_or(Error::NotFound("perk"))?;
    tx.commit().await?;
    Ok(view)
}

/// Adds codes to a perk that comes with them, one a line. Nobody is ever told them but who has one.
///
/// # Errors
/// When the person may not, there is no such perk, it comes without codes, or a line is not acceptable.
pub async fn add_codes(db: &Db, signed: &Signed, id: PerkId, pasted: &PastedCodes) -> Result<CodesAdded, Error> {
    may(Act::SupplyPerks, Some(signed.role()))?;
    let mut fields = Fields::default();
    let lines: Vec<&str> = pasted.codes.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let codes: BTreeSet<&str> = lines.iter().copied().collect();
    let fit = match lines.len() {
        _ if pasted.codes.chars().count() > limits::CODES_TEXT => {
            Err(FieldProblem::length(FieldCode::TooLong, limits::CODES_TEXT))
        }
        0 => Err(FieldProblem::new(FieldCode::Required, "is needed")),
        count if count > limits::CODES => Err(FieldProblem::too_many(limits::CODES)),
        _ => codes.iter().try_for_each(|code| fields::line(code, limits::CODE).map(drop)),
    };
    fields.check("codes", fit);
    fields.done()?;
    let mut tx = db.write().await?;
    let perk = perks::one(&mut tx, signed.person.id, id).await?.ok_or(Error::NotFound("perk"))?;
    if !perk.coded {
        return Err(Error::field("codes", FieldProblem::new(FieldCode::Wrong, "this perk comes without codes")));
    }
    // In the order in which they were pasted, each the first time it stands there.
    let mut known = BTreeSet::new();
    let codes: Vec<&str> = lines.iter().copied().filter(|code| known.insert(*code)).collect();
    let added = perks::add_codes(&mut tx, id, &codes, now()).await?;
    if perk.stock.saturating_add(added) > limits::STOCK {
        return Err(Error::field("codes", FieldProblem::too_many(limits::STOCK as usize)));
    }
    let detail = json!({ "added": added });
    audit::add(&mut tx, signed.person.id, AuditAct::AddCodes, &format!("perk:{id}"), &detail).await?;
    let perk = perks::one(&mut tx, signed.person.id, id).await?.ok_or(Error::NotFound("perk"))?;
    tx.commit().await?;
    let repeated = u32::try_from(lines.len()).unwrap_or(u32::MAX).saturating_sub(added);
    Ok(CodesAdded { added, repeated, perk })
}

//! Having a perk for points.

use shared::{
    PerkId, PersonId, RecognitionId,
    api::{FieldCode, FieldProblem, HeldPerk, RecognitionKind},
    rules::{Act, may},
};
use uuid::Uuid;

use super::{
    super::{Error, access::Signed, now},
    again_if_taken, before, key,
};
use crate::store::{
    Db, StoreError, Tx, idempotency,
    recognition::{self, NewEntry, perks, read},
};

/// Lets a person have a perk for the points it costs. The same `key` again answers with what they had the first time.
///
/// # Errors
/// When there is no such perk, it is had for no points, none is left, they have not as many points, or the key came with
/// another request.
pub async fn claim(db: &Db, signed: &Signed, perk: PerkId, given: Option<&str>) -> Result<HeldPerk, Error> {
    let key = key(given);
    again_if_taken!(attempt(db, signed, perk, &key))
}

async fn attempt(db: &Db, signed: &Signed, id: PerkId, key: &str) -> Result<HeldPerk, Error> {
    may(Act::Claim, Some(signed.role()))?;
    let who = signed.person.id;
    let mut tx = db.write().await?;
    let digest = idempotency::digest(["claim", &id.to_string()]);
    if let Some(act) = before(&mut tx, who, key, &digest).await? {
        let sight = super::super::access::sight(Some(&signed.person));
        let entry = read::of_act(&mut tx, &sight, act).await?.first().map(|entry| entry.id);
        return held(&mut tx, who, entry).await?.ok_or(Error::Revoked);
    }
    let perk = perks::one(&mut tx, who, id).await?.ok_or(Error::NotFound("perk"))?;
    let Some(price) = perk.price else {
        let message = "moderators give this one";
        return Err(Error::field("perk", FieldProblem::new(FieldCode::Wrong, message)));
    };
    if perk.retired || perk.stock == 0 {
        return Err(Error::PerkGone);
    }
    let act = recognition::Act { id: Uuid::now_v7(), by: who, key: key.to_owned(), request: digest, at: now() };
    recognition::begin(&mut tx, &act).await?;
    if !recognition::change_points(&mut tx, who, -i64::from(price)).await? {
        return Err(Error::NoPointsLeft { left: recognition::points(&mut tx, who).await? });
    }
    if !perks::take(&mut tx, id).await? {
        return Err(Error::PerkGone);
    }
    let entry = NewEntry {
        kind: RecognitionKind::Claim,
        person: who,
        board: None,
        idea: None,
        private: true,
        points: -i64::from(price),
        badge: None,
        perk: Some(id),
        revokes: None,
        words: "",
    };
    let entry = recognition::add(&mut tx, &act, &entry).await?;
    hand(&mut tx, id, entry, who).await?;
    let held = held(&mut tx, who, Some(entry)).await?;
    tx.commit().await?;
    held.ok_or_else(|| Error::Fault("a claimed perk is not held".to_owned()))
}

async fn held(tx: &mut Tx, who: PersonId, entry: Option<RecognitionId>) -> Result<Option<HeldPerk>, Error> {
    let Some(entry) = entry else { return Ok(None) };
    Ok(perks::held(tx, who, Some(entry), 1).await?.into_iter().next())
}

/// Hands out the code that a perk comes with, where it comes with one; of its stock one was taken.
pub(super) async fn hand(tx: &mut Tx, perk: PerkId, entry: RecognitionId, asking: PersonId) -> Result<(), Error> {
    let coded = perks::one(tx, asking, perk).await?.is_some_and(|perk| perk.coded);
    if coded && !perks::hand_code(tx, perk, entry).await? {
        return Err(StoreError::Corrupt(format!("perk {perk} has stock and no code")).into());
    }
    Ok(())
}

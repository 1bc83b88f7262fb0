//! Ideas whose contributors could be recognised, for moderators.

use serde_json::json;
use shared::{
    api::{AuditAct, Deserving, Millis},
    rules::{Act, BoardAct, may},
};

use super::{
    super::{
        Error,
        access::{self, Signed},
        now,
    },
    proposal,
};
use crate::store::{
    Db, audit,
    recognition::desk::{self, Became},
};

/// A place in the list: when something became of the idea before it, and its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place(pub Millis, pub u32);

/// At most `limit` ideas that reached a milestone or were launched, and where nobody was recognised since; the last first, from
/// before a place on.
///
/// # Errors
/// When the person may not.
pub async fn page(db: &Db, signed: &Signed, before: Place, limit: u32) -> Result<Vec<Deserving>, Error> {
    may(Act::Moderate, Some(signed.role()))?;
    let mut tx = db.read().await?;
    let found = desk::page(&mut tx, &access::sight(Some(&signed.person)), (before.0, before.1), limit).await?;
    let mut all = Vec::with_capacity(found.len());
    for Became { id, idea, board_title, launched, milestone, at } in found {
        let people = proposal::people(&mut tx, signed.person.id, id, 0).await?;
        all.push(Deserving { idea, board_title, launched, milestone, at, people });
    }
    Ok(all)
}

/// Notes that nobody is to be recognised for what became of an idea so far. A second time changes nothing.
///
/// # Errors
/// When the idea is unseen, or the person may not.
pub async fn pass(db: &Db, signed: &Signed, number: u32) -> Result<(), Error> {
    let mut tx = db.write().await?;
    let (place, _) = access::idea(&mut tx, Some(&signed.person), number, BoardAct::Recognise).await?;
    let by = signed.person.id;
    let became = desk::one(&mut tx, place.idea).await?.ok_or(Error::NotFound("idea of which something became"))?;
    if desk::pass(&mut tx, place.idea, by, became.at, now().max(became.at)).await? {
        audit::add(&mut tx, by, AuditAct::PassOver, &format!("idea:{}", place.idea), &json!({})).await?;
    }
    Ok(tx.commit().await?)
}

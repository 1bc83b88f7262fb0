//! Concepts that change after people voted for them: who is told, what they see, and that they may keep their vote. What
//! is worth telling is said in `docs/material-change.md`.

mod difference;
mod material;

pub use difference::difference;
pub use material::is_material;

use shared::{
    DocumentId,
    api::{KeepVote, Millis, NoticeKind, PersonView},
    live::concept::Texts,
    rules::BoardAct,
};

use super::{Error, access, now, signed};
use crate::store::{
    Db, StoreError, changes,
    changes::Unjudged,
    ideas,
    inbox::{self, Cause, Happening},
};

/// At most so many of the places at which people saw a concept are looked at; who saw it in between counts as having
/// seen what it was at the one before.
const PLACES: usize = 32;
/// How many ideas are looked for at a time.
const AT_ONCE: u32 = 20;

/// The ideas whose concepts changed and have rested since `before`, some at a time.
///
/// # Errors
/// When the database fails.
pub async fn unjudged(db: &Db, before: Millis) -> Result<Vec<Unjudged>, StoreError> {
    changes::unjudged(&mut db.read().await?, before, AT_ONCE).await
}

/// The places of the log to compare with the end, in order: none when nobody voted for what it was before.
///
/// # Errors
/// When the database fails.
pub async fn places(db: &Db, idea: &Unjudged) -> Result<Vec<i64>, StoreError> {
    let all = changes::places(&mut db.read().await?, idea.idea, idea.seq).await?;
    Ok(thin(&all))
}

/// At most [`PLACES`] of them, evenly, with the first.
fn thin(all: &[i64]) -> Vec<i64> {
    let step = all.len().div_ceil(PLACES).max(1);
    all.iter().copied().step_by(step).collect()
}

/// Notes that a concept was compared, and lets those be told for whom it became another. `before` are the texts at each of
/// the places. Answers whether there are any.
///
/// # Errors
/// When the database fails.
pub async fn judge(db: &Db, idea: &Unjudged, before: &[(i64, Texts)], now_says: &Texts) -> Result<bool, StoreError> {
    let mut tx = db.write().await?;
    if !changes::judged(&mut tx, idea.idea, idea.seq).await? {
        return Ok(false);
    }
    let mut any = false;
    let ends = before.iter().skip(1).map(|(place, _)| *place).chain([idea.seq]);
    for ((place, texts), end) in before.iter().zip(ends) {
        if is_material(texts, now_says) {
            any |= changes::tell(&mut tx, idea.idea, (*place, end), idea.seq).await?;
        }
    }
    if any {
        let kind = NoticeKind::Changed;
        let told = Happening { idea: idea.idea, kind, by: idea.by, stage: None, comment: None, words: "", at: now() };
        inbox::happen_by(&mut tx, &told, Cause { seq: Some(idea.seq), ..Cause::default() }).await?;
    }
    tx.commit().await?;
    Ok(any)
}

/// What somebody saw of the concept they voted for, and where it stands now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Since {
    /// The document of the concept.
    pub document: DocumentId,
    /// When they voted.
    pub voted_at: Millis,
    /// The place of its log that they saw.
    pub from: i64,
    /// The place that its idea reflects.
    pub upto: i64,
}

/// What the person asking saw of the concept they voted for.
///
/// # Errors
/// When the idea is unseen, or they did not vote for it.
pub async fn since(db: &Db, who: Option<&PersonView>, number: u32) -> Result<Since, Error> {
    let mut tx = db.read().await?;
    let (place, _) = access::idea(&mut tx, who, number, BoardAct::Vote).await?;
    let who = signed(who)?;
    let seen = changes::seen(&mut tx, place.idea, who.id).await?.ok_or(Error::NotFound("vote of yours"))?;
    let idea = ideas::by_number(&mut tx, None, number).await?;
    let upto = idea.ok_or_else(|| StoreError::Corrupt(format!("idea {number} is gone")))?.seq;
    let document = place.document;
    Ok(Since { document, voted_at: seen.created_at, from: seen.concept_seq.min(upto), upto })
}

/// Lets somebody keep their vote for what the concept has become.
///
/// # Errors
/// When the idea is unseen, or they did not vote for it.
pub async fn keep(db: &Db, who: Option<&PersonView>, number: u32, kept: KeepVote) -> Result<(), Error> {
    let mut tx = db.write().await?;
    let (place, _) = access::idea_to_change(&mut tx, who, number, BoardAct::Vote).await?;
    if !changes::keep(&mut tx, place.idea, signed(who)?.id, kept.upto).await? {
        return Err(Error::NotFound("vote of yours"));
    }
    Ok(tx.commit().await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn however_many_saw_it_few_places_are_looked_at() {
        assert_eq!(thin(&[]), Vec::<i64>::new());
        assert_eq!(thin(&[3, 5]), [3, 5]);
        let many: Vec<i64> = (7..5_007).collect();
        let few = thin(&many);
        assert!(few.len() <= PLACES && few.len() > PLACES / 2, "{}", few.len());
        assert_eq!(few[0], 7);
    }
}

//! Freezing the concept of an idea at a version: what it says then is what is being built, and whatever is written since is
//! shown as a difference to it.

use serde_json::json;
use shared::{
    DocumentId,
    api::{AuditAct, ChangeSince, Freeze, FreezeView, FrozenConcept, Millis, NoticeKind, PersonView},
    limits,
    live::concept::Texts,
    rules::BoardAct,
};

use super::{Error, access, changes::difference, fields, now, now_after, signed};
use crate::store::{
    Db, StoreError, audit,
    freezes::{self, Frozen},
    ideas,
    inbox::{self, Happening},
};

/// The document of the concept that somebody may freeze.
///
/// # Errors
/// When the idea is unseen, or the person may not.
pub async fn document(db: &Db, who: Option<&PersonView>, number: u32) -> Result<DocumentId, Error> {
    let (place, _) = access::idea(&mut db.read().await?, who, number, BoardAct::Publish).await?;
    Ok(place.document)
}

/// Now, and in any case after it was frozen: both stand in one timeline.
fn next(before: Option<&FreezeView>) -> Millis {
    before.map_or_else(now, |before| now_after(before.at))
}

/// Freezes the concept of an idea as its row has it. Frozen again, it is the later version that counts.
///
/// # Errors
/// When the idea is unseen, the person may not, or the words are not acceptable.
pub async fn freeze(db: &Db, who: Option<&PersonView>, number: u32, asked: &Freeze) -> Result<FrozenConcept, Error> {
    let words = fields::lines(&asked.words, limits::REASON).map_err(|problem| Error::field("words", problem))?;
    let mut tx = db.write().await?;
    let (place, _) = access::idea_to_change(&mut tx, who, number, BoardAct::Publish).await?;
    let who = signed(who)?;
    let at = next(freezes::of(&mut tx, place.idea).await?.as_ref());
    freezes::freeze(&mut tx, place.idea, who.id, &words, at).await?;
    let kind = NoticeKind::Frozen;
    let told = Happening { idea: place.idea, kind, by: who.id, stage: None, comment: None, words: &words, at };
    inbox::happen(&mut tx, &told).await?;
    let frozen = freezes::texts(&mut tx, place.idea).await?.ok_or(Error::NotFound("frozen concept"))?;
    let detail = json!({});
    audit::add(&mut tx, who.id, AuditAct::Freeze, &format!("idea:{}", place.idea), &detail).await?;
    tx.commit().await?;
    Ok(view(frozen))
}

/// Lets the concept of an idea be frozen no longer. A second time changes nothing. Answers whether it was.
///
/// # Errors
/// When the idea is unseen, or the person may not.
pub async fn lift(db: &Db, who: Option<&PersonView>, number: u32) -> Result<bool, Error> {
    let mut tx = db.write().await?;
    let (place, _) = access::idea_to_change(&mut tx, who, number, BoardAct::Publish).await?;
    let who = signed(who)?;
    let before = freezes::of(&mut tx, place.idea).await?;
    let lifted = freezes::lift(&mut tx, place.idea, who.id, next(before.as_ref())).await?;
    if lifted {
        audit::add(&mut tx, who.id, AuditAct::Unfreeze, &format!("idea:{}", place.idea), &json!({})).await?;
    }
    tx.commit().await?;
    Ok(lifted)
}

/// The text of an idea that is being built, and where its concept is by now.
#[derive(Clone, Debug)]
pub struct Shown {
    /// The concept's document.
    pub document: DocumentId,
    /// What is being built.
    pub frozen: FrozenConcept,
    /// What the concept says now, where that is something else.
    pub now: Option<Texts>,
}

/// The text of an idea that is being built, and what its concept says now as far as its row tells.
///
/// # Errors
/// When the idea is unseen, or its concept is not frozen.
pub async fn show(db: &Db, who: Option<&PersonView>, number: u32) -> Result<Shown, Error> {
    let mut tx = db.read().await?;
    let (place, _) = access::idea(&mut tx, who, number, BoardAct::Read).await?;
    let frozen = freezes::texts(&mut tx, place.idea).await?.ok_or(Error::NotFound("frozen concept"))?;
    let idea = ideas::by_number(&mut tx, None, number).await?;
    let idea = idea.ok_or_else(|| StoreError::Corrupt(format!("idea {number} is gone")))?;
    let now = Texts { title: idea.card.title, pitch: idea.card.pitch, body: idea.body };
    let same = (&frozen.title, &frozen.pitch, &frozen.body) == (&now.title, &now.pitch, &now.body);
    Ok(Shown { document: place.document, frozen: view(frozen), now: (!same).then_some(now) })
}

fn view(frozen: Frozen) -> FrozenConcept {
    let Frozen { view, title, pitch, body, body_html } = frozen;
    FrozenConcept { freeze: view, title, pitch, body, body_html, since: None }
}

/// How a concept changed from what is being built to what it says now. Takes long for long texts.
#[must_use]
pub fn since(frozen: &FrozenConcept, now: &Texts) -> ChangeSince {
    ChangeSince {
        title: difference(&frozen.title, &now.title),
        pitch: difference(&frozen.pitch, &now.pitch),
        body: difference(&frozen.body, &now.body),
    }
}

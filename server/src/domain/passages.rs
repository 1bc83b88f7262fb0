//! The passages of concepts that comments are about.

use shared::{
    DocumentId, IdeaId,
    api::{PassageView, Passages, PersonView},
    passage::Span,
    rules::BoardAct,
};

use super::{Error, access, comments::eye, credit::Credit};
use crate::store::{Db, StoreError, Tx, anchors, comments::Eye, follow, ideas::InBoard};

pub use crate::store::anchors::{Anchor, NewAnchor};

/// How many passages of one concept are marked.
const MARKED: u32 = 200;

/// The letters of a document at some place in its log.
pub trait Letters: Sync {
    /// The visible letters that each of these passages is; none for one that is gone.
    fn spans(&self, anchors: &[Anchor]) -> Vec<Option<Span>>;

    /// Who is credited with them; nothing where that is worked out later.
    fn credit(&self) -> Option<&Credit> {
        None
    }
}

/// No letters: every passage is gone.
impl Letters for () {
    fn spans(&self, anchors: &[Anchor]) -> Vec<Option<Span>> {
        vec![None; anchors.len()]
    }
}

/// The passages of an idea's concept that somebody sees something said about.
///
/// # Errors
/// When the idea is unseen or unknown.
pub async fn list(db: &Db, who: Option<&PersonView>, number: u32) -> Result<Passages, Error> {
    let mut tx = db.read().await?;
    let (place, standing) = access::idea(&mut tx, who, number, BoardAct::Read).await?;
    let eye = eye(who, standing, place.rules);
    let reflects = follow::reflected(&mut tx, place.document).await?.unwrap_or_default();
    let items = marked(&mut tx, &place, eye).await?;
    Ok(Passages { reflects, items })
}

/// The passages of an idea's concept that are marked for somebody.
pub(super) async fn marked(tx: &mut Tx, place: &InBoard, eye: Eye) -> Result<Vec<PassageView>, StoreError> {
    anchors::passages(tx, place.idea, eye, MARKED).await
}

/// The place in a document's log that its idea reflects.
///
/// # Errors
/// When the database fails, or the document is no idea's.
pub async fn reflected(db: &Db, document: DocumentId) -> Result<i64, Error> {
    follow::reflected(&mut db.read().await?, document).await?.ok_or(Error::NotFound("concept"))
}

/// Lets the passages of an idea follow its concept. Says whether one of them went, or came back.
pub(super) async fn follow(tx: &mut Tx, idea: IdeaId, letters: &impl Letters) -> Result<bool, StoreError> {
    let placed = anchors::of_idea(tx, idea).await?;
    if placed.is_empty() {
        return Ok(false);
    }
    let wanted: Vec<Anchor> = placed.iter().map(|placed| placed.anchor.clone()).collect();
    let mut turned = false;
    for (before, span) in placed.iter().zip(letters.spans(&wanted)) {
        if before.span != span {
            anchors::place(tx, before.comment, span).await?;
            turned |= before.span.is_some() != span.is_some();
        }
    }
    Ok(turned)
}

//! Works out who is credited with the text of a document: see `docs/credit.md`.

use std::sync::Arc;

use shared::DocumentId;

use super::copy::{Copy, in_background};
use crate::{
    domain::credit::{self, Credit, Written},
    store::{self, Db, StoreError},
};

/// The texts merged into a document, as they were then: they do not change any more.
pub(super) type Twins = Arc<[(DocumentId, Written)]>;

/// The texts merged into a document; those that are `known`, if they still are.
pub(super) async fn twins(db: &Db, document: DocumentId, known: Option<Twins>) -> Result<Twins, StoreError> {
    let wanted = store::credit::twins_of_document(&mut db.read().await?, document).await?;
    let known = known.unwrap_or_default();
    if known.iter().map(|(twin, _)| *twin).eq(wanted.iter().copied()) {
        return Ok(known);
    }
    let mut twins = Vec::with_capacity(wanted.len());
    for twin in wanted {
        let copy = Copy::load(db, twin).await?;
        twins.push((twin, in_background(move || copy.written()).await?));
    }
    Ok(twins.into())
}

/// The credit for a text with those merged into it.
pub(super) fn of(written: &Written, twins: &Twins) -> Credit {
    let twins: Vec<(DocumentId, &Written)> = twins.iter().map(|(twin, written)| (*twin, written)).collect();
    Credit::of(written, &twins)
}

/// Works out the credit for a document from its log, and keeps it for its idea.
///
/// # Errors
/// When the database fails, or the document cannot be read.
pub async fn credit(db: &Db, document: DocumentId) -> Result<(), StoreError> {
    let mut copy = Copy::load(db, document).await?;
    copy.bring_twins(db, document).await?;
    let copy = in_background(move || {
        copy.work_out_credit();
        copy
    })
    .await?;
    match copy.credit() {
        Some(credit) => credit::keep(db, document, u64::from(copy.upto()), credit).await,
        None => Ok(()),
    }
}

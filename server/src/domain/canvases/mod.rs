//! Canvases: each board has one, each can hold all that there is for canvases today, and what lies on them is read from
//! their logs.

mod document;
mod notes;
mod past;
mod reading;
mod view;
mod words;

pub use self::{
    notes::{Made, promote, react},
    past::history,
    reading::{Canvases, Reading},
    view::{ideas, makers, view},
};

use automerge::{ActorId, AutoCommit, Change};
use shared::{
    BoardId, DocumentId, PersonId,
    api::Millis,
    canvas::ItemKind,
    live::{
        canvas::{completing_change, first_change},
        concept::ENCODING,
        schema::DocumentKind,
    },
};
use uuid::Uuid;

use super::now;
use crate::store::{
    Db, StoreError, Tx, canvases,
    log::{self, NewChange},
};

/// Changes read from a log at a time.
const PAGE: u32 = 5_000;

/// How many kinds of items a canvas holds.
fn kinds() -> u32 {
    u32::try_from(ItemKind::ALL.len()).unwrap_or(u32::MAX)
}

fn new_actor() -> ActorId {
    ActorId::from(Uuid::now_v7().into_bytes().as_slice())
}

fn corrupt(error: impl ToString) -> StoreError {
    StoreError::Corrupt(error.to_string())
}

/// Gives a board an empty canvas, made in the name of who made the board.
pub(super) async fn give(tx: &mut Tx, board: BoardId, by: PersonId, at: Millis) -> Result<(), StoreError> {
    let first = first_change(new_actor(), at / 1000).map_err(corrupt)?;
    let document = DocumentId::new();
    log::create_document(tx, document, DocumentKind::Canvas, by, &first, at).await?;
    canvases::insert(tx, board, document, kinds()).await
}

/// Gives each board that was made before there were canvases its own, and to each canvas the maps of what there was not
/// for canvases when it was made. Only while no room is open.
///
/// # Errors
/// When the database fails, or a log cannot be read.
pub async fn complete(db: &Db) -> Result<(), StoreError> {
    let mut tx = db.read().await?;
    let whole = canvases::missing(&mut tx).await?.is_empty() && canvases::older(&mut tx, kinds()).await?.is_empty();
    drop(tx);
    if whole {
        return Ok(());
    }
    let mut tx = db.write().await?;
    for (board, by) in canvases::missing(&mut tx).await? {
        give(&mut tx, board, by, now()).await?;
    }
    for (document, by) in canvases::older(&mut tx, kinds()).await? {
        extend(&mut tx, document, by).await?;
        canvases::set_kinds(&mut tx, document, kinds()).await?;
    }
    tx.commit().await
}

/// Appends to the log of a canvas the change that gives it what it lacks.
async fn extend(tx: &mut Tx, document: DocumentId, by: PersonId) -> Result<(), StoreError> {
    let mut doc = AutoCommit::new_with_encoding(ENCODING);
    let mut seq = 0;
    loop {
        let page = log::changes_after(tx, document, seq, PAGE).await?;
        let Some(last) = page.last() else { break };
        seq = last.seq;
        let changes: Result<Vec<Change>, _> =
            page.into_iter().map(|change| Change::from_bytes(change.bytes).map_err(corrupt)).collect();
        doc.apply_changes_batch(changes?).map_err(corrupt)?;
    }
    let at = now();
    let Some(change) = completing_change(&mut doc, new_actor(), at / 1000).map_err(corrupt)? else { return Ok(()) };
    let actor = change.actor_id().to_bytes().to_vec();
    log::claim_actor(tx, &actor, by, at).await?;
    let bytes = change.raw_bytes().to_vec().into();
    let next = NewChange { document, seq: seq + 1, hash: change.hash().0, actor, person: by, bytes, stored_at: at };
    log::append(tx, &[&next]).await
}

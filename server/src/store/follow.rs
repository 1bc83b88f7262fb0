//! How an idea's row follows the log of its concept.

use shared::{BoardId, DocumentId, IdeaId, api::Millis};
use uuid::Uuid;

use super::{StoreError, Tx, ideas::Follow, on, rows};

/// What an idea's row reflects just now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reflected {
    /// The idea.
    pub idea: IdeaId,
    /// Its number.
    pub number: u32,
    /// Its board.
    pub board: BoardId,
    /// The place in the log that its texts reflect.
    pub seq: i64,
}

/// What the idea of this document reflects. Whoever else asks so waits for this transaction to end.
///
/// # Errors
/// When the database fails.
pub async fn lock(tx: &mut Tx, document: DocumentId) -> Result<Option<Reflected>, StoreError> {
    // On SQLite a transaction that writes is alone already.
    let sql = match tx {
        Tx::Sqlite(_) => "SELECT id, number, board_id, concept_seq FROM idea WHERE document_id = $1",
        Tx::Postgres(_) => "SELECT id, number, board_id, concept_seq FROM idea WHERE document_id = $1 FOR UPDATE",
    };
    let row: Option<(Uuid, i64, Uuid, i64)> =
        on!(tx, c => sqlx::query_as(sql).bind(document.as_uuid()).fetch_optional(c).await)?;
    row.map(|(idea, number, board, seq)| {
        Ok(Reflected { idea: IdeaId(idea), number: rows::number(number)?, board: BoardId(board), seq })
    })
    .transpose()
}

/// The place in the log that the idea of this document reflects.
///
/// # Errors
/// When the database fails.
pub async fn reflected(tx: &mut Tx, document: DocumentId) -> Result<Option<i64>, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar("SELECT concept_seq FROM idea WHERE document_id = $1")
        .bind(document.as_uuid()).fetch_optional(c).await)?)
}

/// Counts the changes after `from` up to `to` for those who made them, and says when the last was stored.
///
/// # Errors
/// When the database fails.
pub async fn count_shapers(
    tx: &mut Tx,
    idea: IdeaId,
    document: DocumentId,
    from: i64,
    to: i64,
) -> Result<Option<Millis>, StoreError> {
    on!(tx, c => sqlx::query(
        "INSERT INTO shaper (idea_id, person_id, changes, last_at)
         SELECT $1, person_id, count(*), max(stored_at) FROM change
         WHERE document_id = $2 AND seq > $3 AND seq <= $4 GROUP BY person_id
         ON CONFLICT (idea_id, person_id)
         DO UPDATE SET changes = shaper.changes + excluded.changes, last_at = excluded.last_at",
    )
    .bind(idea.0)
    .bind(document.as_uuid())
    .bind(from)
    .bind(to)
    .execute(c)
    .await
    .map(drop))?;
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT max(stored_at) FROM change WHERE document_id = $1 AND seq > $2 AND seq <= $3",
    )
    .bind(document.as_uuid())
    .bind(from)
    .bind(to)
    .fetch_one(c)
    .await)?)
}

/// When the concept of an idea last changed.
///
/// # Errors
/// When the database fails.
pub async fn changed_at(tx: &mut Tx, idea: IdeaId) -> Result<Millis, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar("SELECT updated_at FROM idea WHERE id = $1").bind(idea.0).fetch_one(c).await)?)
}

/// Gives an idea's row the texts of its concept.
///
/// # Errors
/// When the database fails.
pub async fn update(tx: &mut Tx, idea: IdeaId, texts: &Follow<'_>) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "UPDATE idea SET title = $2, pitch = $3, body = $4, body_html = $5, concept_seq = $6, updated_at = $7
         WHERE id = $1",
    )
    .bind(idea.0)
    .bind(texts.title)
    .bind(texts.pitch)
    .bind(texts.body)
    .bind(texts.body_html)
    .bind(texts.seq)
    .bind(texts.at)
    .execute(c)
    .await
    .map(drop))?;
    Ok(())
}

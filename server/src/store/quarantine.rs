//! Documents set aside because they broke again and again: they are read only until a moderator lets them try again.

use shared::{DocumentId, api::Millis};
use uuid::Uuid;

use super::{StoreError, Tx, on, rows};

/// A row of the list.
type Row = (Uuid, Option<i64>, Option<String>, String, String, i64, i64, String, i64);

/// A document set aside.
#[derive(Clone, Debug)]
pub struct Aside {
    /// The document.
    pub document: DocumentId,
    /// The number and title of the idea whose concept it is; nothing when it is the board's canvas.
    pub idea: Option<(u32, String)>,
    /// The board's slug.
    pub board: String,
    /// The board's title.
    pub board_title: String,
    /// Since when.
    pub since: Millis,
    /// How often it broke, in all.
    pub failures: i64,
    /// What went wrong the last time, in English.
    pub reason: String,
    /// The number of its changes.
    pub changes: i64,
}

/// Sets a document aside. One that was let go before counts on from there.
///
/// # Errors
/// When the database fails.
pub async fn set_aside(
    tx: &mut Tx,
    document: DocumentId,
    failures: u32,
    reason: &str,
    now: Millis,
) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "INSERT INTO quarantine (document_id, since, failures, reason) VALUES ($1, $2, $3, $4)
         ON CONFLICT (document_id) DO UPDATE SET failures = quarantine.failures + excluded.failures,
         reason = excluded.reason, released_at = NULL,
         since = CASE WHEN quarantine.released_at IS NULL THEN quarantine.since ELSE excluded.since END",
    )
    .bind(document.as_uuid())
    .bind(now)
    .bind(i64::from(failures))
    .bind(reason.replace('\0', "\u{fffd}"))
    .execute(c)
    .await
    .map(drop))?;
    Ok(())
}

/// Whether a document is set aside.
///
/// # Errors
/// When the database fails.
pub async fn is_set_aside(tx: &mut Tx, document: DocumentId) -> Result<bool, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM quarantine WHERE document_id = $1 AND released_at IS NULL)",
    )
    .bind(document.as_uuid())
    .fetch_one(c)
    .await)?)
}

/// How many documents are set aside.
///
/// # Errors
/// When the database fails.
pub async fn count(tx: &mut Tx) -> Result<u32, StoreError> {
    let count: i64 = on!(tx, c => sqlx::query_scalar("SELECT count(*) FROM quarantine WHERE released_at IS NULL")
        .fetch_one(c).await)?;
    rows::number(count)
}

/// Lets a document try again. False when it was not set aside.
///
/// # Errors
/// When the database fails.
pub async fn release(tx: &mut Tx, document: DocumentId, now: Millis) -> Result<bool, StoreError> {
    let rows = on!(tx, c => sqlx::query(
        "UPDATE quarantine SET released_at = $2 WHERE document_id = $1 AND released_at IS NULL",
    )
    .bind(document.as_uuid())
    .bind(now)
    .execute(c)
    .await
    .map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// The documents set aside, the latest first.
///
/// # Errors
/// When the database fails.
pub async fn list(tx: &mut Tx) -> Result<Vec<Aside>, StoreError> {
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(
        "SELECT q.document_id, idea.number, idea.title, board.slug, board.title, q.since, q.failures, q.reason,
         COALESCE((SELECT MAX(seq) FROM change WHERE change.document_id = q.document_id), 0)
         FROM quarantine q LEFT JOIN idea ON idea.document_id = q.document_id
         LEFT JOIN canvas ON canvas.document_id = q.document_id
         JOIN board ON board.id = COALESCE(idea.board_id, canvas.board_id)
         WHERE q.released_at IS NULL ORDER BY q.since DESC, q.document_id DESC",
    )
    .fetch_all(c)
    .await)?;
    rows.into_iter()
        .map(|(document, number, title, board, board_title, since, failures, reason, changes)| {
            let idea = match (number, title) {
                (Some(number), Some(title)) => Some((rows::number(number)?, title)),
                _ => None,
            };
            let document = DocumentId::from_uuid(document);
            Ok(Aside { document, idea, board, board_title, since, failures, reason, changes })
        })
        .collect()
}

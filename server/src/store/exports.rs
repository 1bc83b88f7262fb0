//! Files of what people gave and did, for them to take along: asked for, made in the background, kept for a while.

use shared::{
    ExportId, Locale, PersonId,
    api::{ExportState, ExportView, Millis},
};
use uuid::Uuid;

use super::{StoreError, Tx, on, rows};

/// An export to be made.
#[derive(Clone, Copy, Debug)]
pub struct Due {
    /// Which.
    pub id: ExportId,
    /// Whose.
    pub person: PersonId,
    /// In which language it is to be read.
    pub language: Locale,
    /// How often it was tried before.
    pub attempts: u32,
}

/// Asks for one of so many parts.
///
/// # Errors
/// [`StoreError::Taken`] when one is being made for that person.
pub async fn ask(
    tx: &mut Tx,
    id: ExportId,
    person: PersonId,
    language: Locale,
    parts: u32,
    at: Millis,
) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "INSERT INTO export (id, person_id, language, asked_at, parts) VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(id.0)
    .bind(person.0)
    .bind(language.tag())
    .bind(at)
    .bind(i64::from(parts))
    .execute(c)
    .await
    .map(drop))?;
    Ok(())
}

#[derive(sqlx::FromRow)]
struct ViewRow {
    id: Uuid,
    asked_at: Millis,
    done: i64,
    parts: i64,
    made_at: Option<Millis>,
    failed_at: Option<Millis>,
    size: Option<i64>,
}

/// The exports of a person, the last first; each kept for so long after it was made.
///
/// # Errors
/// When the database fails.
pub async fn of(tx: &mut Tx, person: PersonId, kept: Millis) -> Result<Vec<ExportView>, StoreError> {
    let rows: Vec<ViewRow> = on!(tx, c => sqlx::query_as(
        "SELECT id, asked_at, done, parts, made_at, failed_at, size FROM export WHERE person_id = $1
         ORDER BY asked_at DESC, id DESC",
    )
    .bind(person.0)
    .fetch_all(c)
    .await)?;
    rows.into_iter()
        .map(|row| {
            Ok(ExportView {
                id: ExportId(row.id),
                state: match (row.made_at, row.failed_at) {
                    (Some(_), _) => ExportState::Made,
                    (None, Some(_)) => ExportState::Failed,
                    (None, None) => ExportState::Making,
                },
                asked_at: row.asked_at,
                done: rows::number(row.done)?,
                parts: rows::number(row.parts)?,
                made_at: row.made_at,
                kept_until: row.made_at.map(|at| at + kept),
                size: row.size.and_then(|size| u64::try_from(size).ok()),
            })
        })
        .collect()
}

/// The file of an export, if it is this person's and there.
///
/// # Errors
/// When the database fails.
pub async fn file(tx: &mut Tx, person: PersonId, id: ExportId) -> Result<Option<(Millis, Vec<u8>)>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(
        "SELECT made_at, bytes FROM export WHERE id = $1 AND person_id = $2 AND made_at IS NOT NULL AND bytes IS NOT NULL",
    )
    .bind(id.0)
    .bind(person.0)
    .fetch_optional(c)
    .await)?)
}

/// The columns of the export that is to be made next.
macro_rules! due {
    () => {
        "SELECT id, person_id, language, attempts FROM export
         WHERE made_at IS NULL AND failed_at IS NULL AND (lease_until IS NULL OR lease_until < $1)
         ORDER BY asked_at, id LIMIT 1"
    };
}

/// Whether one is to be made.
///
/// # Errors
/// When the database fails.
pub async fn is_any(tx: &mut Tx, now: Millis) -> Result<bool, StoreError> {
    let found: Option<(Uuid, Uuid, String, i64)> =
        on!(tx, c => sqlx::query_as(due!()).bind(now).fetch_optional(c).await)?;
    Ok(found.is_some())
}

/// The export that is to be made next, which is whoever's asks until `until`; whoever else asks gets another.
///
/// # Errors
/// When the database fails.
pub async fn take(tx: &mut Tx, now: Millis, until: Millis) -> Result<Option<Due>, StoreError> {
    let sql = match tx {
        Tx::Sqlite(_) => due!(),
        Tx::Postgres(_) => concat!(due!(), " FOR UPDATE SKIP LOCKED"),
    };
    let found: Option<(Uuid, Uuid, String, i64)> = on!(tx, c => sqlx::query_as(sql).bind(now).fetch_optional(c).await)?;
    let Some((id, person, language, attempts)) = found else { return Ok(None) };
    on!(tx, c => sqlx::query("UPDATE export SET lease_until = $2, attempts = attempts + 1, done = 0 WHERE id = $1")
        .bind(id).bind(until).execute(c).await.map(drop))?;
    let language = Locale::from_tag(&language).unwrap_or_default();
    Ok(Some(Due { id: ExportId(id), person: PersonId(person), language, attempts: rows::number(attempts)? }))
}

/// So many parts of an export are done; it is being made until `until`. False when nobody wants it any more.
///
/// # Errors
/// When the database fails.
pub async fn went_on(tx: &mut Tx, id: ExportId, done: u32, until: Millis) -> Result<bool, StoreError> {
    Ok(on!(tx, c => sqlx::query(
        "UPDATE export SET done = $2, lease_until = $3 WHERE id = $1 AND made_at IS NULL AND failed_at IS NULL",
    )
    .bind(id.0)
    .bind(i64::from(done))
    .bind(until)
    .execute(c)
    .await
    .map(|done| done.rows_affected() == 1))?)
}

/// An export is made.
///
/// # Errors
/// When the database fails.
pub async fn made(tx: &mut Tx, id: ExportId, bytes: &[u8], at: Millis) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "UPDATE export SET made_at = $2, bytes = $3, size = $4, done = parts, lease_until = NULL WHERE id = $1",
    )
    .bind(id.0)
    .bind(at)
    .bind(bytes)
    .bind(i64::try_from(bytes.len()).unwrap_or(i64::MAX))
    .execute(c)
    .await
    .map(drop))?;
    Ok(())
}

/// An export cannot be made.
///
/// # Errors
/// When the database fails.
pub async fn failed(tx: &mut Tx, id: ExportId, at: Millis) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query("UPDATE export SET failed_at = $2, lease_until = NULL WHERE id = $1")
        .bind(id.0).bind(at).execute(c).await.map(drop))?;
    Ok(())
}

/// Removes one of a person's exports. False when there is none such.
///
/// # Errors
/// When the database fails.
pub async fn remove(tx: &mut Tx, person: PersonId, id: ExportId) -> Result<bool, StoreError> {
    Ok(on!(tx, c => sqlx::query("DELETE FROM export WHERE id = $1 AND person_id = $2")
        .bind(id.0).bind(person.0).execute(c).await.map(|done| done.rows_affected() == 1))?)
}

/// Removes what was made, or failed, before a moment. Answers how many.
///
/// # Errors
/// When the database fails.
pub async fn sweep(tx: &mut Tx, before: Millis) -> Result<u64, StoreError> {
    Ok(on!(tx, c => sqlx::query("DELETE FROM export WHERE made_at < $1 OR failed_at < $1")
        .bind(before).execute(c).await.map(|done| done.rows_affected()))?)
}

pub mod parts;

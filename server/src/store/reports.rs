//! What people reported.

use shared::{
    PersonId,
    api::{Millis, Reason, ReportView, Subject},
};
use uuid::Uuid;

use super::{StoreError, Tx, cases, on, rows};

/// A report to be added.
#[derive(Clone, Copy, Debug)]
pub struct NewReport<'a> {
    /// Of what.
    pub subject: Subject,
    /// Who reports it.
    pub by: PersonId,
    /// Why.
    pub reason: Reason,
    /// In their words.
    pub words: &'a str,
    /// When.
    pub at: Millis,
}

/// Adds a report; false when this person reported this before.
///
/// # Errors
/// When the database fails.
pub async fn add(tx: &mut Tx, new: &NewReport<'_>) -> Result<bool, StoreError> {
    Ok(on!(tx, c => sqlx::query(
        "INSERT INTO report (id, kind, subject_id, reporter_id, reason, words, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
    )
    .bind(Uuid::now_v7())
    .bind(new.subject.kind())
    .bind(new.subject.uuid())
    .bind(new.by.0)
    .bind(new.reason.as_str())
    .bind(new.words)
    .bind(new.at)
    .execute(c)
    .await
    .map(|done| done.rows_affected() > 0))?)
}

/// At most `limit` things that were reported and wait, the longest waiting first.
///
/// # Errors
/// When the database fails.
pub async fn waiting(tx: &mut Tx, limit: u32) -> Result<Vec<Subject>, StoreError> {
    let rows: Vec<(String, Uuid)> = on!(tx, c => sqlx::query_as(
        "SELECT kind, subject_id FROM report WHERE decision_id IS NULL
         GROUP BY kind, subject_id ORDER BY min(created_at), subject_id LIMIT $1",
    )
    .bind(i64::from(limit))
    .fetch_all(c)
    .await)?;
    rows.into_iter().map(|(kind, id)| cases::subject(&kind, id)).collect()
}

/// How many things were reported and wait.
///
/// # Errors
/// When the database fails.
pub async fn waiting_count(tx: &mut Tx) -> Result<u32, StoreError> {
    let count: i64 = on!(tx, c => sqlx::query_scalar(
        "SELECT count(DISTINCT subject_id) FROM report WHERE decision_id IS NULL",
    )
    .fetch_one(c)
    .await)?;
    rows::number(count)
}

#[derive(sqlx::FromRow)]
struct ReportRow {
    reason: String,
    words: String,
    created_at: i64,
    #[sqlx(flatten)]
    by: rows::PersonRow,
}

/// The reports of something that wait, the last first.
///
/// # Errors
/// When the database fails.
pub async fn of(tx: &mut Tx, subject: Subject) -> Result<Vec<ReportView>, StoreError> {
    let rows: Vec<ReportRow> = on!(tx, c => sqlx::query_as(
        "SELECT r.reason, r.words, r.created_at, p.id AS person_id, p.handle, p.name, p.role,
                p.unclaimed_at IS NOT NULL AS unclaimed
         FROM report r JOIN person p ON p.id = r.reporter_id
         WHERE r.subject_id = $1 AND r.decision_id IS NULL ORDER BY r.created_at DESC, r.id DESC",
    )
    .bind(subject.uuid())
    .fetch_all(c)
    .await)?;
    rows.into_iter()
        .map(|row| {
            Ok(ReportView {
                by: row.by.try_into()?,
                reason: reason(&row.reason)?,
                words: row.words,
                at: row.created_at,
            })
        })
        .collect()
}

/// Notes that what was reported of something is decided; answers who had reported it.
///
/// # Errors
/// When the database fails.
pub async fn close(tx: &mut Tx, subject: Subject, decision: Uuid) -> Result<Vec<PersonId>, StoreError> {
    let reporters: Vec<Uuid> = on!(tx, c => sqlx::query_scalar(
        "UPDATE report SET decision_id = $2 WHERE subject_id = $1 AND decision_id IS NULL RETURNING reporter_id",
    )
    .bind(subject.uuid())
    .bind(decision)
    .fetch_all(c)
    .await)?;
    Ok(reporters.into_iter().map(PersonId).collect())
}

/// Lets what a decision closed wait again.
///
/// # Errors
/// When the database fails.
pub async fn reopen(tx: &mut Tx, decision: Uuid) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query("UPDATE report SET decision_id = NULL WHERE decision_id = $1")
        .bind(decision).execute(c).await.map(drop))?;
    Ok(())
}

/// Forgets what waits about something that is no more.
///
/// # Errors
/// When the database fails.
pub async fn forget(tx: &mut Tx, subject: Subject) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query("DELETE FROM report WHERE subject_id = $1 AND decision_id IS NULL")
        .bind(subject.uuid()).execute(c).await.map(drop))?;
    Ok(())
}

/// The reason of a stored word.
pub(super) fn reason(word: &str) -> Result<Reason, StoreError> {
    Reason::parse(word).ok_or_else(|| StoreError::Corrupt(format!("reason `{word}`")))
}

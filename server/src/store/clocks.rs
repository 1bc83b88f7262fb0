//! The clocks of ideas that wait for an answer which their boards promised, and how the promises were kept.

use shared::{
    BoardId, IdeaId,
    api::{Millis, PromiseRecord, PromiseView},
};
use uuid::Uuid;

use super::{StoreError, Tx, on, rows};

/// The clock of an idea.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clock {
    /// Since when it runs.
    pub clock_at: Millis,
    /// How long it stood still before.
    pub paused_ms: Millis,
    /// Since when it stands still now, if it does.
    pub paused_at: Option<Millis>,
}

/// What a board promises, if anything.
///
/// # Errors
/// When the database fails.
pub async fn promise(tx: &mut Tx, board: BoardId) -> Result<Option<PromiseView>, StoreError> {
    let found: (Option<i64>, Option<i64>) =
        on!(tx, c => sqlx::query_as("SELECT promise_days, promised_at FROM board WHERE id = $1")
            .bind(board.0).fetch_one(c).await)?;
    match found {
        (Some(days), Some(since)) => Ok(Some(PromiseView { days: rows::number(days)?, since })),
        _ => Ok(None),
    }
}

/// Sets what a board promises.
///
/// # Errors
/// When the database fails.
pub async fn set_promise(tx: &mut Tx, board: BoardId, promise: Option<PromiseView>) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query("UPDATE board SET promise_days = $2, promised_at = $3 WHERE id = $1")
        .bind(board.0)
        .bind(promise.map(|promise| i64::from(promise.days)))
        .bind(promise.map(|promise| promise.since))
        .execute(c)
        .await
        .map(drop))?;
    Ok(())
}

/// The name of the time zone in which the workspace counts its days.
///
/// # Errors
/// When the database fails.
pub async fn zone(tx: &mut Tx) -> Result<String, StoreError> {
    let found: Option<String> =
        on!(tx, c => sqlx::query_scalar("SELECT time_zone FROM workspace WHERE id = 1").fetch_optional(c).await)?;
    Ok(found.unwrap_or_else(|| "UTC".to_owned()))
}

/// The clock of an idea, where it has one.
///
/// # Errors
/// When the database fails.
pub async fn of(tx: &mut Tx, idea: IdeaId) -> Result<Option<Clock>, StoreError> {
    let found: (Option<i64>, i64, Option<i64>) =
        on!(tx, c => sqlx::query_as("SELECT clock_at, paused_ms, paused_at FROM idea WHERE id = $1")
            .bind(idea.0).fetch_one(c).await)?;
    let (clock_at, paused_ms, paused_at) = found;
    Ok(clock_at.map(|clock_at| Clock { clock_at, paused_ms, paused_at }))
}

/// Sets the clock of an idea, and until when it is answered in time: when half of that is over, and when all.
///
/// # Errors
/// When the database fails.
pub async fn set(tx: &mut Tx, idea: IdeaId, clock: &Clock, half_at: Millis, due_at: Millis) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "UPDATE idea SET clock_at = $2, paused_ms = $3, paused_at = $4, half_at = $5, due_at = $6 WHERE id = $1",
    )
    .bind(idea.0)
    .bind(clock.clock_at)
    .bind(clock.paused_ms)
    .bind(clock.paused_at)
    .bind(half_at)
    .bind(due_at)
    .execute(c)
    .await
    .map(drop))?;
    Ok(())
}

/// The ideas of a board that nobody answered, with since when their clocks run or would, and how long they stood still.
///
/// # Errors
/// When the database fails.
pub async fn unanswered(tx: &mut Tx, board: BoardId) -> Result<Vec<(IdeaId, Clock)>, StoreError> {
    let rows: Vec<(Uuid, i64, i64, Option<i64>)> = on!(tx, c => sqlx::query_as(
        "SELECT id, created_at, paused_ms, paused_at FROM idea
         WHERE board_id = $1 AND answered_at IS NULL AND imported_at IS NULL",
    )
    .bind(board.0)
    .fetch_all(c)
    .await)?;
    let of = |(id, clock_at, paused_ms, paused_at)| (IdeaId(id), Clock { clock_at, paused_ms, paused_at });
    Ok(rows.into_iter().map(of).collect())
}

/// Takes the clocks of the ideas of a board that nobody answered away.
///
/// # Errors
/// When the database fails.
pub async fn stop_all(tx: &mut Tx, board: BoardId) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "UPDATE idea SET clock_at = NULL, half_at = NULL, due_at = NULL, half_told_at = NULL, late_told_at = NULL
         WHERE board_id = $1 AND answered_at IS NULL",
    )
    .bind(board.0)
    .execute(c)
    .await
    .map(drop))?;
    Ok(())
}

/// How a board kept its promise since a moment: of the ideas that were answered or whose time passed since.
///
/// # Errors
/// When the database fails.
pub async fn record(tx: &mut Tx, board: BoardId, since: Millis, now: Millis) -> Result<PromiseRecord, StoreError> {
    let (kept, late, overdue): (i64, i64, i64) = on!(tx, c => sqlx::query_as(
        "SELECT count(CASE WHEN answered_at <= due_at THEN 1 END),
                count(CASE WHEN answered_at > due_at THEN 1 END),
                count(CASE WHEN answered_at IS NULL AND paused_at IS NULL AND due_at < $3 THEN 1 END)
         FROM idea WHERE board_id = $1 AND due_at IS NOT NULL AND away IS NULL
           AND (answered_at >= $2 OR (answered_at IS NULL AND due_at >= $2) OR (answered_at IS NULL AND due_at < $3))",
    )
    .bind(board.0)
    .bind(since)
    .bind(now)
    .fetch_one(c)
    .await)?;
    let answered = kept + late;
    let median_wait: Option<i64> = on!(tx, c => sqlx::query_scalar(
        "SELECT answered_at - clock_at - paused_ms AS wait FROM idea
         WHERE board_id = $1 AND due_at IS NOT NULL AND away IS NULL AND answered_at >= $2
         ORDER BY wait LIMIT 1 OFFSET $3",
    )
    .bind(board.0)
    .bind(since)
    // Of an even number, the shorter of the two in the middle.
    .bind((answered - 1).max(0) / 2)
    .fetch_optional(c)
    .await)?;
    Ok(PromiseRecord {
        kept: rows::number(kept)?,
        missed: rows::number(late + overdue)?,
        overdue: rows::number(overdue)?,
        median_wait,
    })
}

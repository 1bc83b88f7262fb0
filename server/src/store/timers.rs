//! The timers of canvases.

use shared::{
    BoardId, PersonId,
    api::{Millis, PersonView},
};

use super::{StoreError, Tx, on, rows};

/// How far a timer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Going {
    /// It is over at this moment.
    Until(Millis),
    /// It is paused, with so much left.
    PausedWith(Millis),
}

/// A timer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timer {
    /// How long it was set for, in seconds.
    pub seconds: u32,
    /// How far it is.
    pub going: Going,
    /// Who set it.
    pub by: PersonView,
}

#[derive(sqlx::FromRow)]
struct TimerRow {
    seconds: i64,
    ends_at: Option<Millis>,
    paused_with: Option<Millis>,
    #[sqlx(flatten)]
    by: rows::PersonRow,
}

/// The timer of a board's canvas.
///
/// # Errors
/// When the database fails.
pub async fn of(tx: &mut Tx, board: BoardId) -> Result<Option<Timer>, StoreError> {
    let row: Option<TimerRow> = on!(tx, c => sqlx::query_as(
        "SELECT t.seconds, t.ends_at, t.paused_with, p.id AS person_id, p.handle, p.name, p.role,
         p.unclaimed_at IS NOT NULL AS unclaimed FROM timer t JOIN person p ON p.id = t.person_id WHERE t.board_id = $1",
    )
    .bind(board.0)
    .fetch_optional(c)
    .await)?;
    row.map(|row| {
        let going = match (row.ends_at, row.paused_with) {
            (Some(at), None) => Going::Until(at),
            (None, Some(left)) => Going::PausedWith(left),
            _ => return Err(StoreError::Corrupt("a timer that neither runs nor rests".into())),
        };
        Ok(Timer { seconds: rows::number(row.seconds)?, going, by: row.by.try_into()? })
    })
    .transpose()
}

/// Sets the timer of a board's canvas in place of the one before.
///
/// # Errors
/// When the database fails.
pub async fn set(tx: &mut Tx, board: BoardId, seconds: u32, going: Going, by: PersonId) -> Result<(), StoreError> {
    let (ends_at, paused_with) = match going {
        Going::Until(at) => (Some(at), None),
        Going::PausedWith(left) => (None, Some(left)),
    };
    on!(tx, c => sqlx::query(
        "INSERT INTO timer (board_id, seconds, ends_at, paused_with, person_id) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (board_id) DO UPDATE SET seconds = excluded.seconds, ends_at = excluded.ends_at,
         paused_with = excluded.paused_with, person_id = excluded.person_id",
    )
    .bind(board.0)
    .bind(i64::from(seconds))
    .bind(ends_at)
    .bind(paused_with)
    .bind(by.0)
    .execute(c)
    .await
    .map(drop))?;
    Ok(())
}

/// Puts the timer of a board's canvas away; false when there is none.
///
/// # Errors
/// When the database fails.
pub async fn remove(tx: &mut Tx, board: BoardId) -> Result<bool, StoreError> {
    Ok(on!(tx, c => sqlx::query("DELETE FROM timer WHERE board_id = $1")
        .bind(board.0).execute(c).await.map(|done| done.rows_affected() > 0))?)
}

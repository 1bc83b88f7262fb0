//! How the company answers.

use shared::api::{Millis, Numbers};

use super::{
    StoreError, Tx,
    boards::{Sight, seen},
    on, rows,
};

/// How many ideas of the boards somebody sees were answered, and how soon. How long an idea from a file waited says
/// nothing of how this place answers.
///
/// # Errors
/// When the database fails.
pub async fn numbers(tx: &mut Tx, sight: &Sight) -> Result<Numbers, StoreError> {
    // CROSS JOIN keeps SQLite from asking of each idea whether its board is seen.
    let (ideas, answered, timed): (i64, i64, i64) = on!(tx, c => sqlx::query_as(concat!(
        "SELECT count(*), count(i.answered_at), count(CASE WHEN i.imported_at IS NULL THEN i.answered_at END)
         FROM board b CROSS JOIN idea i WHERE i.board_id = b.id AND i.away IS NULL AND ", seen!()
    ))
    .bind(&sight.audiences)
    .bind(&sight.as_member)
    .bind(sight.person)
    .fetch_one(c)
    .await)?;
    let median_wait: Option<Millis> = on!(tx, c => sqlx::query_scalar(concat!(
        "SELECT i.answered_at - i.created_at AS wait FROM board b CROSS JOIN idea i
         WHERE i.board_id = b.id AND i.answered_at IS NOT NULL AND i.imported_at IS NULL AND i.away IS NULL AND ", seen!(), " ORDER BY wait LIMIT 1 OFFSET $4"
    ))
    .bind(&sight.audiences)
    .bind(&sight.as_member)
    .bind(sight.person)
    // Of an even number, the shorter of the two in the middle.
    .bind((timed - 1).max(0) / 2)
    .fetch_optional(c)
    .await)?;
    Ok(Numbers { ideas: rows::number(ideas)?, answered: rows::number(answered)?, median_wait })
}

//! How the company answers.

use shared::api::{Millis, Numbers};

use super::{
    StoreError, Tx,
    boards::{Sight, seen},
    on, rows,
};

/// How many ideas of the boards somebody sees were answered, and how soon.
///
/// # Errors
/// When the database fails.
pub async fn numbers(tx: &mut Tx, sight: &Sight) -> Result<Numbers, StoreError> {
    let (ideas, answered): (i64, i64) = on!(tx, c => sqlx::query_as(concat!(
        "SELECT count(*), count(i.answered_at) FROM board b JOIN idea i ON i.board_id = b.id
         WHERE i.away IS NULL AND ", seen!()
    ))
    .bind(&sight.audiences)
    .bind(&sight.as_member)
    .bind(sight.person)
    .fetch_one(c)
    .await)?;
    let median_wait: Option<Millis> = on!(tx, c => sqlx::query_scalar(concat!(
        "SELECT i.answered_at - i.created_at AS wait FROM board b JOIN idea i ON i.board_id = b.id
         WHERE i.answered_at IS NOT NULL AND i.away IS NULL AND ", seen!(), " ORDER BY wait LIMIT 1 OFFSET $4"
    ))
    .bind(&sight.audiences)
    .bind(&sight.as_member)
    .bind(sight.person)
    // Of an even number, the shorter of the two in the middle.
    .bind((answered - 1).max(0) / 2)
    .fetch_optional(c)
    .await)?;
    Ok(Numbers { ideas: rows::number(ideas)?, answered: rows::number(answered)?, median_wait })
}

//! Who may not come in.

use shared::{
    PersonId,
    api::{Millis, Suspension},
};

use super::{StoreError, Tx, on};

/// Suspends a person: their sessions and access tokens end, what they wrote stays. False when they were suspended before.
///
/// # Errors
/// When the database fails.
pub async fn begin(tx: &mut Tx, person: PersonId, words: &str, at: Millis) -> Result<bool, StoreError> {
    let suspended = on!(tx, c => sqlx::query(
        "UPDATE person SET suspended_at = $2, suspended_for = $3 WHERE id = $1 AND suspended_at IS NULL",
    )
    .bind(person.0)
    .bind(at)
    .bind(words)
    .execute(c)
    .await
    .map(|done| done.rows_affected() > 0))?;
    if suspended {
        for sql in ["DELETE FROM session WHERE person_id = $1", "DELETE FROM access_token WHERE person_id = $1"] {
            on!(tx, c => sqlx::query(sql).bind(person.0).execute(c).await.map(drop))?;
        }
    }
    Ok(suspended)
}

/// Lets a person come in again. False when they were not suspended.
///
/// # Errors
/// When the database fails.
pub async fn end(tx: &mut Tx, person: PersonId) -> Result<bool, StoreError> {
    Ok(on!(tx, c => sqlx::query(
        "UPDATE person SET suspended_at = NULL, suspended_for = NULL
         WHERE id = $1 AND suspended_at IS NOT NULL AND erased_at IS NULL",
    )
    .bind(person.0)
    .execute(c)
    .await
    .map(|done| done.rows_affected() > 0))?)
}

/// Since when a person is suspended, and why; nothing when they are not.
///
/// # Errors
/// When the database fails.
pub async fn of(tx: &mut Tx, person: PersonId) -> Result<Option<Suspension>, StoreError> {
    let row: Option<(Millis, Option<String>)> = on!(tx, c => sqlx::query_as(
        "SELECT suspended_at, suspended_for FROM person WHERE id = $1 AND suspended_at IS NOT NULL",
    )
    .bind(person.0)
    .fetch_optional(c)
    .await)?;
    Ok(row.map(|(since, words)| Suspension { since, words: words.unwrap_or_default() }))
}

//! What people want of recognition: whether it is private, and whether they are listed.

use shared::{
    PersonId,
    api::{Millis, RecognitionChoices},
};

use super::super::{StoreError, Tx, on};

/// What a person wants. Who never chose keeps nothing private and is listed.
///
/// # Errors
/// When the database fails.
pub async fn of(tx: &mut Tx, person: PersonId) -> Result<RecognitionChoices, StoreError> {
    let row: Option<(i64, i64)> = on!(tx, c => sqlx::query_as(
        "SELECT private, unlisted FROM recognition_choice WHERE person_id = $1",
    )
    .bind(person.0)
    .fetch_optional(c)
    .await)?;
    let (private, unlisted) = row.unwrap_or_default();
    Ok(RecognitionChoices { private: private != 0, unlisted: unlisted != 0 })
}

/// Sets what a person wants.
///
/// # Errors
/// When the database fails.
pub async fn set(tx: &mut Tx, person: PersonId, choices: RecognitionChoices, at: Millis) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "INSERT INTO recognition_choice (person_id, private, unlisted, chosen_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (person_id) DO UPDATE SET private = excluded.private, unlisted = excluded.unlisted,
             chosen_at = excluded.chosen_at",
    )
    .bind(person.0)
    .bind(i64::from(choices.private))
    .bind(i64::from(choices.unlisted))
    .bind(at)
    .execute(c)
    .await
    .map(drop))?;
    Ok(())
}

//! The record of what was done by right of a role. It is only ever added to.

use shared::PersonId;
use uuid::Uuid;

use super::{StoreError, Tx, on};
use crate::domain;

/// Adds a line: `person` did `act` to `subject` (a kind and an id, such as `person:…`), with `detail` as JSON.
///
/// Write it in the transaction of the act itself.
///
/// # Errors
/// When the database fails.
pub async fn add(
    tx: &mut Tx,
    person: PersonId,
    act: &str,
    subject: &str,
    detail: &serde_json::Value,
) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "INSERT INTO audit (id, at, person_id, act, subject, detail) VALUES ($1, $2, $3, $4, $5, $6)",
    )
        .bind(Uuid::now_v7())
        .bind(domain::now())
        .bind(person.0)
        .bind(act)
        .bind(subject)
        .bind(detail.to_string())
        .execute(c).await.map(drop))?;
    Ok(())
}

/// Whether this act was ever done.
///
/// # Errors
/// When the database fails.
pub async fn happened(tx: &mut Tx, act: &str) -> Result<bool, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM audit WHERE act = $1)")
        .bind(act).fetch_one(c).await)?)
}

/// Whether a person ever did this act to this subject.
///
/// # Errors
/// When the database fails.
pub async fn did(tx: &mut Tx, person: PersonId, act: &str, subject: &str) -> Result<bool, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM audit WHERE person_id = $1 AND act = $2 AND subject = $3)",
    ).bind(person.0).bind(act).bind(subject).fetch_one(c).await)?)
}

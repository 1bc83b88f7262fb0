//! What writes that may be retried made the first time.

use sha2::{Digest, Sha256};
use shared::{PersonId, api::Millis, outbox::REMEMBERED};

use super::{StoreError, Tx, on};

/// What a key stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remembered {
    /// The digest of the request it came with.
    pub request: Vec<u8>,
    /// What that request made, by its id.
    pub made: String,
}

/// The digest of a request that says these things, told apart by their lengths.
pub fn digest<P: AsRef<[u8]>>(parts: impl IntoIterator<Item = P>) -> Vec<u8> {
    let mut hash = Sha256::new();
    for part in parts {
        let part = part.as_ref();
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().to_vec()
}

/// What this person's key stands for, if it came before.
///
/// # Errors
/// When the database fails.
pub async fn recall(tx: &mut Tx, person: PersonId, key: &str, at: Millis) -> Result<Option<Remembered>, StoreError> {
    let row: Option<(Vec<u8>, String)> = on!(tx, c => sqlx::query_as(
        "SELECT request, made FROM idempotency WHERE person_id = $1 AND key = $2 AND created_at > $3",
    )
    .bind(person.0)
    .bind(key)
    .bind(at - REMEMBERED)
    .fetch_optional(c)
    .await)?;
    Ok(row.map(|(request, made)| Remembered { request, made }))
}

/// Remembers what this person's key stands for, and forgets their old ones.
///
/// # Errors
/// [`StoreError::Taken`] when a request with the same key came first.
pub async fn remember(
    tx: &mut Tx,
    person: PersonId,
    key: &str,
    remembered: &Remembered,
    at: Millis,
) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query("DELETE FROM idempotency WHERE person_id = $1 AND created_at <= $2")
        .bind(person.0).bind(at - REMEMBERED).execute(c).await.map(drop))?;
    on!(tx, c => sqlx::query(
        "INSERT INTO idempotency (person_id, key, request, made, created_at) VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(person.0)
    .bind(key)
    .bind(&remembered.request)
    .bind(&remembered.made)
    .bind(at)
    .execute(c)
    .await
    .map(drop))?;
    Ok(())
}

/// Forgets the keys of everybody from before a time.
///
/// # Errors
/// When the database fails.
pub async fn sweep(tx: &mut Tx, before: Millis) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query("DELETE FROM idempotency WHERE created_at <= $1").bind(before).execute(c).await.map(drop))?;
    Ok(())
}

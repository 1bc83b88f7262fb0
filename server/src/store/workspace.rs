//! The workspace's own row, and the link by which its first owner comes in.

use shared::api::Millis;

use super::{StoreError, Tx, on};
use crate::domain::secret::SecretHash;

/// The workspace's name, once it is set up.
///
/// # Errors
/// When the database fails.
pub async fn name(tx: &mut Tx) -> Result<Option<String>, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar("SELECT name FROM workspace WHERE id = 1").fetch_optional(c).await)?)
}

/// Names the workspace.
///
/// # Errors
/// When the database fails.
pub async fn set_name(tx: &mut Tx, name: &str, now: Millis) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "INSERT INTO workspace (id, name, created_at) VALUES (1, $1, $2) ON CONFLICT (id) DO UPDATE SET name = excluded.name",
    ).bind(name).bind(now).execute(c).await.map(drop))?;
    Ok(())
}

/// Makes other transactions that call this wait for the end of this one.
///
/// # Errors
/// When the database fails.
pub async fn lock(tx: &mut Tx) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query("UPDATE workspace SET name = name WHERE id = 1").execute(c).await.map(drop))?;
    Ok(())
}

/// Replaces every unused set-up link by this one.
///
/// # Errors
/// When the database fails.
pub async fn replace_setup_link(tx: &mut Tx, hash: SecretHash, now: Millis) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query("DELETE FROM setup_link WHERE used_at IS NULL").execute(c).await.map(drop))?;
    on!(tx, c => sqlx::query("INSERT INTO setup_link (token_hash, created_at) VALUES ($1, $2)")
        .bind(&hash.0[..]).bind(now).execute(c).await.map(drop))?;
    Ok(())
}

/// Uses the set-up link; `false` when there is none like it, or it was used.
///
/// # Errors
/// When the database fails.
pub async fn use_setup_link(tx: &mut Tx, hash: SecretHash, now: Millis) -> Result<bool, StoreError> {
    let used = on!(tx, c => sqlx::query("UPDATE setup_link SET used_at = $2 WHERE token_hash = $1 AND used_at IS NULL")
        .bind(&hash.0[..]).bind(now).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(used == 1)
}

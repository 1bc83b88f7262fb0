//! By what somebody's feeds are known to be theirs.

use shared::{
    Locale, PersonId,
    api::{FeedKeyView, Millis, PersonView},
};

use super::{StoreError, Tx, on, rows};
use crate::domain::secret::SecretHash;

/// Whose key it is.
#[derive(Clone, Debug)]
pub struct Holder {
    /// Who, as they are now.
    pub person: PersonView,
    /// The language of their account.
    pub locale: Option<Locale>,
    /// When a feed was last read with it.
    pub used_at: Option<Millis>,
}

#[derive(sqlx::FromRow)]
struct HolderRow {
    #[sqlx(flatten)]
    person: rows::PersonRow,
    locale: Option<String>,
    used_at: Option<i64>,
}

/// Whose key has this hash, unless they may not come in.
///
/// # Errors
/// When the database fails.
pub async fn find(tx: &mut Tx, hash: SecretHash) -> Result<Option<Holder>, StoreError> {
    let row: Option<HolderRow> = on!(tx, c => sqlx::query_as(
        "SELECT p.id AS person_id, p.handle, p.name, p.role, p.unclaimed_at IS NOT NULL AS unclaimed, p.locale, k.used_at
         FROM feed_key k JOIN person p ON p.id = k.person_id WHERE k.key_hash = $1 AND p.suspended_at IS NULL",
    )
    .bind(&hash.0[..])
    .fetch_optional(c)
    .await)?;
    row.map(|row| {
        let locale = row.locale.as_deref().and_then(Locale::from_tag);
        Ok(Holder { person: row.person.try_into()?, locale, used_at: row.used_at })
    })
    .transpose()
}

/// Whether a person has a key, and since when.
///
/// # Errors
/// When the database fails.
pub async fn of(tx: &mut Tx, person: PersonId) -> Result<FeedKeyView, StoreError> {
    let row: Option<(Millis, Option<Millis>)> = on!(tx, c => sqlx::query_as(
        "SELECT created_at, used_at FROM feed_key WHERE person_id = $1",
    )
    .bind(person.0)
    .fetch_optional(c)
    .await)?;
    Ok(row.map_or_else(FeedKeyView::default, |(created_at, used_at)| FeedKeyView {
        created_at: Some(created_at),
        used_at,
    }))
}

/// Gives a person this key, in place of any they had.
///
/// # Errors
/// When the database fails.
pub async fn set(tx: &mut Tx, person: PersonId, hash: SecretHash, at: Millis) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "INSERT INTO feed_key (person_id, key_hash, created_at) VALUES ($1, $2, $3)
         ON CONFLICT (person_id) DO UPDATE SET key_hash = excluded.key_hash, created_at = excluded.created_at,
         used_at = NULL",
    )
    .bind(person.0)
    .bind(&hash.0[..])
    .bind(at)
    .execute(c)
    .await
    .map(drop))?;
    Ok(())
}

/// Notes that a person's key is used.
///
/// # Errors
/// When the database fails.
pub async fn touch(tx: &mut Tx, person: PersonId, at: Millis) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query("UPDATE feed_key SET used_at = $2 WHERE person_id = $1")
        .bind(person.0).bind(at).execute(c).await.map(drop))?;
    Ok(())
}

/// Takes a person's key away, if they have one.
///
/// # Errors
/// When the database fails.
pub async fn remove(tx: &mut Tx, person: PersonId) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query("DELETE FROM feed_key WHERE person_id = $1")
        .bind(person.0).execute(c).await.map(drop))?;
    Ok(())
}

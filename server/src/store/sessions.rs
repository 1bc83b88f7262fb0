//! Signed-in browsers, and access tokens.

use shared::{
    PersonId, SessionId, TokenId,
    api::{Millis, PersonView, SessionView, TokenView},
};
use uuid::Uuid;

use super::{StoreError, Tx, on, people::PersonRow};
use crate::domain::secret::SecretHash;

/// A session or token that was shown, and whose it is.
#[derive(Clone, Debug)]
pub struct Found<Id> {
    /// Which.
    pub id: Id,
    /// Whose.
    pub person: PersonView,
    /// When it was last used, as far as was noted.
    pub seen_at: Option<Millis>,
}

#[derive(sqlx::FromRow)]
struct FoundRow {
    #[sqlx(flatten)]
    person: PersonRow,
    credential: Uuid,
    seen_at: Option<Millis>,
}

/// A session to be added.
#[derive(Clone, Debug)]
pub struct NewSession {
    /// Its id.
    pub id: SessionId,
    /// The hash of its secret.
    pub hash: SecretHash,
    /// Whose it is.
    pub person: PersonId,
    /// The browser and system, in short.
    pub device: String,
    /// When it begins.
    pub created_at: Millis,
    /// When it ends unless it is used.
    pub expires_at: Millis,
}

/// Adds a session, and removes those of everybody that have ended.
///
/// # Errors
/// When the database fails.
pub async fn add(tx: &mut Tx, session: &NewSession) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query("DELETE FROM session WHERE expires_at <= $1")
        .bind(session.created_at).execute(c).await.map(drop))?;
    on!(tx, c => sqlx::query(
        "INSERT INTO session (id, token_hash, person_id, device, created_at, seen_at, expires_at) \
         VALUES ($1, $2, $3, $4, $5, $5, $6)",
    )
        .bind(session.id.0)
        .bind(&session.hash.0[..])
        .bind(session.person.0)
        .bind(&session.device)
        .bind(session.created_at)
        .bind(session.expires_at)
        .execute(c).await.map(drop))?;
    Ok(())
}

/// The session of this secret, unless it has ended, or its person may not come in.
///
/// # Errors
/// When the database fails.
pub async fn find(tx: &mut Tx, hash: SecretHash, now: Millis) -> Result<Option<Found<SessionId>>, StoreError> {
    let row: Option<FoundRow> = on!(tx, c => sqlx::query_as(
        "SELECT p.id, p.handle, p.name, p.role, p.unclaimed_at, s.id AS credential, s.seen_at \
         FROM session s JOIN person p ON p.id = s.person_id WHERE s.token_hash = $1 AND s.expires_at > $2 AND p.suspended_at IS NULL",
    ).bind(&hash.0[..]).bind(now).fetch_optional(c).await)?;
    row.map(|row| Ok(Found { id: SessionId(row.credential), person: row.person.try_into()?, seen_at: row.seen_at }))
        .transpose()
}

/// Notes that a session is used, and lets it last `idle` longer, but no longer than `whole` since it began.
///
/// # Errors
/// When the database fails.
pub async fn touch(tx: &mut Tx, id: SessionId, now: Millis, idle: Millis, whole: Millis) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "UPDATE session SET seen_at = $2, \
         expires_at = CASE WHEN created_at + $4 < $2 + $3 THEN created_at + $4 ELSE $2 + $3 END WHERE id = $1",
    ).bind(id.0).bind(now).bind(idle).bind(whole).execute(c).await.map(drop))?;
    Ok(())
}

/// The sessions of a person, the last used first; `current` is marked.
///
/// # Errors
/// When the database fails.
pub async fn of_person(
    tx: &mut Tx,
    person: PersonId,
    current: Option<SessionId>,
    now: Millis,
) -> Result<Vec<SessionView>, StoreError> {
    let rows: Vec<(Uuid, String, Millis, Millis)> = on!(tx, c => sqlx::query_as(
        "SELECT id, device, created_at, seen_at FROM session WHERE person_id = $1 AND expires_at > $2 \
         ORDER BY seen_at DESC, id DESC",
    ).bind(person.0).bind(now).fetch_all(c).await)?;
    Ok(rows
        .into_iter()
        .map(|(id, device, created_at, seen_at)| {
            let id = SessionId(id);
            SessionView { id, current: current == Some(id), device, created_at, seen_at }
        })
        .collect())
}

/// Ends a session of a person; `false` when it is not theirs, or there is none.
///
/// # Errors
/// When the database fails.
pub async fn end(tx: &mut Tx, person: PersonId, id: SessionId) -> Result<bool, StoreError> {
    let ended = on!(tx, c => sqlx::query("DELETE FROM session WHERE id = $1 AND person_id = $2")
        .bind(id.0).bind(person.0).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(ended == 1)
}

/// Ends all sessions of a person but `kept`; answers which.
///
/// # Errors
/// When the database fails.
pub async fn end_others(tx: &mut Tx, person: PersonId, kept: SessionId) -> Result<Vec<SessionId>, StoreError> {
    let ids: Vec<Uuid> = on!(tx, c => sqlx::query_scalar("DELETE FROM session WHERE person_id = $1 AND id <> $2 RETURNING id")
            .bind(person.0).bind(kept.0).fetch_all(c).await)?;
    Ok(ids.into_iter().map(SessionId).collect())
}

/// Adds an access token.
///
/// # Errors
/// When the database fails.
pub async fn add_token(tx: &mut Tx, person: PersonId, token: &TokenView, hash: SecretHash) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "INSERT INTO access_token (id, token_hash, person_id, name, created_at) VALUES ($1, $2, $3, $4, $5)",
    )
        .bind(token.id.0)
        .bind(&hash.0[..])
        .bind(person.0)
        .bind(&token.name)
        .bind(token.created_at)
        .execute(c).await.map(drop))?;
    Ok(())
}

/// The access token of this secret, unless its person may not come in.
///
/// # Errors
/// When the database fails.
pub async fn find_token(tx: &mut Tx, hash: SecretHash) -> Result<Option<Found<TokenId>>, StoreError> {
    let row: Option<FoundRow> = on!(tx, c => sqlx::query_as(
        "SELECT p.id, p.handle, p.name, p.role, p.unclaimed_at, t.id AS credential, t.used_at AS seen_at \
         FROM access_token t JOIN person p ON p.id = t.person_id WHERE t.token_hash = $1 AND p.suspended_at IS NULL",
    ).bind(&hash.0[..]).fetch_optional(c).await)?;
    row.map(|row| Ok(Found { id: TokenId(row.credential), person: row.person.try_into()?, seen_at: row.seen_at }))
        .transpose()
}

/// Notes that a token is used.
///
/// # Errors
/// When the database fails.
pub async fn touch_token(tx: &mut Tx, id: TokenId, now: Millis) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query("UPDATE access_token SET used_at = $2 WHERE id = $1")
        .bind(id.0).bind(now).execute(c).await.map(drop))?;
    Ok(())
}

/// The access tokens of a person, the newest first.
///
/// # Errors
/// When the database fails.
pub async fn tokens_of(tx: &mut Tx, person: PersonId) -> Result<Vec<TokenView>, StoreError> {
    let rows: Vec<(Uuid, String, Millis, Option<Millis>)> = on!(tx, c => sqlx::query_as(
        "SELECT id, name, created_at, used_at FROM access_token WHERE person_id = $1 ORDER BY id DESC",
    ).bind(person.0).fetch_all(c).await)?;
    Ok(rows
        .into_iter()
        .map(|(id, name, created_at, used_at)| TokenView { id: TokenId(id), name, created_at, used_at })
        .collect())
}

/// Revokes a token of a person; `false` when it is not theirs, or there is none.
///
/// # Errors
/// When the database fails.
pub async fn revoke_token(tx: &mut Tx, person: PersonId, id: TokenId) -> Result<bool, StoreError> {
    let revoked = on!(tx, c => sqlx::query("DELETE FROM access_token WHERE id = $1 AND person_id = $2")
        .bind(id.0).bind(person.0).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(revoked == 1)
}

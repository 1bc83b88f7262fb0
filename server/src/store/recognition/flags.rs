//! What owners may want to look at: the numbers that flags are made of, and the flags.

use shared::{
    FlagId, PersonId, RecognitionId,
    api::{FlagKind, Millis},
};
use uuid::Uuid;

use super::super::{StoreError, Tx, on, rows};

/// A flag to be set on an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewFlag {
    /// Which.
    pub entry: RecognitionId,
    /// Why.
    pub kind: FlagKind,
    /// The number that stands out.
    pub value: u32,
    /// What it is held against.
    pub usual: u32,
}

/// Sets a flag.
///
/// # Errors
/// When the database fails.
pub async fn add(tx: &mut Tx, flag: &NewFlag, at: Millis) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "INSERT INTO recognition_flag (id, entry_id, kind, value, usual, created_at) VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(FlagId::new().0)
    .bind(flag.entry.0)
    .bind(flag.kind.as_str())
    .bind(i64::from(flag.value))
    .bind(i64::from(flag.usual))
    .bind(at)
    .execute(c)
    .await
    .map(drop))?;
    Ok(())
}

/// How many points were given at once since a moment, of all times but those of an act: how often, and the lower middle of
/// them.
///
/// # Errors
/// When the database fails.
pub async fn median(tx: &mut Tx, but: Uuid, since: Millis) -> Result<(u32, u32), StoreError> {
    let count: i64 = on!(tx, c => sqlx::query_scalar(
        "SELECT count(*) FROM recognition WHERE kind = 'points' AND created_at > $1 AND act_id <> $2",
    )
    .bind(since)
    .bind(but)
    .fetch_one(c)
    .await)?;
    let middle: Option<i64> = on!(tx, c => sqlx::query_scalar(
        "SELECT points FROM recognition WHERE kind = 'points' AND created_at > $1 AND act_id <> $2
         ORDER BY points LIMIT 1 OFFSET $3",
    )
    .bind(since)
    .bind(but)
    .bind((count - 1).max(0) / 2)
    .fetch_optional(c)
    .await)?;
    Ok((rows::number(count)?, rows::number(middle.unwrap_or_default())?))
}

/// How many acts of somebody since a moment gave a person something.
///
/// # Errors
/// When the database fails.
pub async fn times(tx: &mut Tx, by: PersonId, person: PersonId, since: Millis) -> Result<u32, StoreError> {
    let count: i64 = on!(tx, c => sqlx::query_scalar(
        "SELECT count(DISTINCT act_id) FROM recognition WHERE by_id = $1 AND person_id = $2 AND created_at > $3
           AND kind NOT IN ('claim', 'revocation')",
    )
    .bind(by.0)
    .bind(person.0)
    .bind(since)
    .fetch_one(c)
    .await)?;
    rows::number(count)
}

/// How many acts of somebody since a moment gave anything to anybody.
///
/// # Errors
/// When the database fails.
pub async fn acts(tx: &mut Tx, by: PersonId, since: Millis) -> Result<u32, StoreError> {
    let count: i64 = on!(tx, c => sqlx::query_scalar(
        "SELECT count(*) FROM recognition_act a WHERE a.by_id = $1 AND a.created_at > $2 AND EXISTS
             (SELECT 1 FROM recognition r WHERE r.act_id = a.id AND r.kind NOT IN ('claim', 'revocation'))",
    )
    .bind(by.0)
    .bind(since)
    .fetch_one(c)
    .await)?;
    rows::number(count)
}

/// Notes that an owner looked at a flag, and what they said; nothing where somebody did before. Answers for which person the
/// entry is; nothing where there is no such flag.
///
/// # Errors
/// When the database fails.
pub async fn dismiss(
    tx: &mut Tx,
    id: FlagId,
    by: PersonId,
    words: &str,
    at: Millis,
) -> Result<Option<(PersonId, bool)>, StoreError> {
    let person: Option<Uuid> = on!(tx, c => sqlx::query_scalar(
        "SELECT r.person_id FROM recognition_flag g JOIN recognition r ON r.id = g.entry_id WHERE g.id = $1",
    )
    .bind(id.0)
    .fetch_optional(c)
    .await)?;
    let Some(person) = person else { return Ok(None) };
    let first = on!(tx, c => sqlx::query(
        "UPDATE recognition_flag SET dismissed_at = $2, dismissed_by = $3, words = $4 WHERE id = $1 AND dismissed_at IS NULL",
    )
    .bind(id.0)
    .bind(at)
    .bind(by.0)
    .bind(words)
    .execute(c)
    .await
    .map(|done| done.rows_affected() > 0))?;
    Ok(Some((PersonId(person), first)))
}

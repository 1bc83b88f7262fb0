//! Addresses that people confirm, and the links in mails. Of each secret only the hash is kept.

use shared::{
    PersonId,
    api::{MailKind, Millis},
};
use uuid::Uuid;

use super::super::{StoreError, Tx, on, rows};
use crate::domain::secret::SecretHash;

/// An address that somebody was asked to confirm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Whose.
    pub person: PersonId,
    /// Which.
    pub address: String,
    /// How often they were asked.
    pub asks: u32,
    /// When last.
    pub asked_at: Millis,
    /// When they confirmed it, if they did.
    pub confirmed_at: Option<Millis>,
}

type AskedRow = (Uuid, String, i64, i64, Option<i64>);

fn asked(row: Option<AskedRow>) -> Result<Option<Asked>, StoreError> {
    row.map(|(person, address, asks, asked_at, confirmed_at)| {
        let asks = rows::number(asks)?;
        Ok(Asked { person: PersonId(person), address, asks, asked_at, confirmed_at })
    })
    .transpose()
}

/// The address a person was asked to confirm, if that is still theirs.
///
/// # Errors
/// When the database fails.
pub async fn asked_of(tx: &mut Tx, person: PersonId) -> Result<Option<Asked>, StoreError> {
    asked(on!(tx, c => sqlx::query_as(
        "SELECT a.person_id, a.address, a.asks, a.asked_at, a.confirmed_at
         FROM mail_address a JOIN person p ON p.id = a.person_id AND p.email = a.address WHERE a.person_id = $1",
    ).bind(person.0).fetch_optional(c).await)?)
}

/// The address that the link of this secret confirms, as long as it opens and the address is its person's.
///
/// # Errors
/// When the database fails.
pub async fn asked_by(tx: &mut Tx, hash: SecretHash, now: Millis) -> Result<Option<Asked>, StoreError> {
    asked(on!(tx, c => sqlx::query_as(
        "SELECT a.person_id, a.address, a.asks, a.asked_at, a.confirmed_at
         FROM mail_address a JOIN person p ON p.id = a.person_id AND p.email = a.address
         WHERE a.token_hash = $1 AND a.token_until > $2",
    ).bind(&hash.0[..]).bind(now).fetch_optional(c).await)?)
}

/// Notes that a person is asked to confirm an address; answers how often they were by now.
///
/// # Errors
/// When the database fails.
pub async fn ask(tx: &mut Tx, person: PersonId, address: &str, now: Millis) -> Result<u32, StoreError> {
    let asks: i64 = on!(tx, c => sqlx::query_scalar(
        "INSERT INTO mail_address (person_id, address, asks, asked_at) VALUES ($1, $2, 1, $3)
         ON CONFLICT (person_id) DO UPDATE SET address = excluded.address, asks = mail_address.asks + 1,
             asked_at = excluded.asked_at, token_hash = NULL, token_until = NULL, confirmed_at = NULL
         RETURNING asks",
    )
    .bind(person.0)
    .bind(address)
    .bind(now)
    .fetch_one(c)
    .await)?;
    rows::number(asks)
}

/// Lets the link of this secret confirm a person's address, and no other.
///
/// # Errors
/// When the database fails.
pub async fn open(tx: &mut Tx, person: PersonId, hash: SecretHash, until: Millis) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query("UPDATE mail_address SET token_hash = $2, token_until = $3 WHERE person_id = $1")
        .bind(person.0).bind(&hash.0[..]).bind(until).execute(c).await.map(drop))?;
    Ok(())
}

/// Notes that a person confirmed their address, and lets go out what waited for it since `since`.
///
/// # Errors
/// When the database fails.
pub async fn confirm(tx: &mut Tx, person: PersonId, now: Millis, since: Millis) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query("UPDATE mail_address SET confirmed_at = $2 WHERE person_id = $1 AND confirmed_at IS NULL")
        .bind(person.0).bind(now).execute(c).await.map(drop))?;
    on!(tx, c => sqlx::query(
        "UPDATE mail SET state = 'waiting', next_at = $2 WHERE person_id = $1 AND state = 'held' AND created_at > $3",
    )
    .bind(person.0)
    .bind(now)
    .bind(since)
    .execute(c)
    .await
    .map(drop))?;
    Ok(())
}

/// What the links in mails are derived from; `new` where there was nothing yet.
///
/// # Errors
/// When the database fails.
pub async fn key(tx: &mut Tx, new: [u8; 32]) -> Result<[u8; 32], StoreError> {
    on!(tx, c => sqlx::query("INSERT INTO mail_key (id, key) VALUES (1, $1) ON CONFLICT DO NOTHING")
        .bind(&new[..]).execute(c).await.map(drop))?;
    let key: Vec<u8> = on!(tx, c => sqlx::query_scalar("SELECT key FROM mail_key WHERE id = 1").fetch_one(c).await)?;
    key.try_into().map_err(|_| StoreError::Corrupt("the key of the links in mails".to_owned()))
}

/// Keeps that the link of this secret ends a kind of mail to a person.
///
/// # Errors
/// When the database fails.
pub async fn keep(tx: &mut Tx, hash: SecretHash, person: PersonId, kind: MailKind) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "INSERT INTO mail_link (token_hash, person_id, kind) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
    )
    .bind(&hash.0[..])
    .bind(person.0)
    .bind(kind.as_str())
    .execute(c)
    .await
    .map(drop))?;
    Ok(())
}

/// Which kind of mail to whom the link of this secret ends.
///
/// # Errors
/// When the database fails.
pub async fn ends(tx: &mut Tx, hash: SecretHash) -> Result<Option<(PersonId, MailKind)>, StoreError> {
    let row: Option<(Uuid, String)> = on!(tx, c => sqlx::query_as("SELECT person_id, kind FROM mail_link WHERE token_hash = $1")
            .bind(&hash.0[..]).fetch_optional(c).await)?;
    row.map(|(person, kind)| {
        let kind = MailKind::parse(&kind).ok_or_else(|| StoreError::Corrupt(format!("kind of mail `{kind}`")))?;
        Ok((PersonId(person), kind))
    })
    .transpose()
}

//! Addresses that people want to have in place of theirs.

use shared::{PersonId, api::Millis};
use uuid::Uuid;

use super::super::{StoreError, Tx, on, rows};
use crate::domain::secret::SecretHash;

/// An address that somebody wants to have, or has had for a moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAddress {
    /// Whose.
    pub person: PersonId,
    /// The address.
    pub address: String,
    /// The one in whose place it comes.
    pub before: String,
    /// How often they asked for one.
    pub asks: u32,
    /// When last.
    pub asked_at: Millis,
    /// When it took that place, if it did.
    pub changed_at: Option<Millis>,
}

type Row = (Uuid, String, String, i64, Millis, Option<Millis>);

fn read(row: Option<Row>) -> Result<Option<NewAddress>, StoreError> {
    row.map(|(person, address, before, asks, asked_at, changed_at)| {
        let asks = rows::number(asks)?;
        Ok(NewAddress { person: PersonId(person), address, before, asks, asked_at, changed_at })
    })
    .transpose()
}

/// Notes that a person wants to have this address; answers how often they asked for one by now.
///
/// # Errors
/// When the database fails.
pub async fn ask(tx: &mut Tx, person: PersonId, address: &str, before: &str, now: Millis) -> Result<u32, StoreError> {
    let asks: i64 = on!(tx, c => sqlx::query_scalar(
        "INSERT INTO new_address (person_id, address, before, asks, asked_at) VALUES ($1, $2, $3, 1, $4)
         ON CONFLICT (person_id) DO UPDATE SET address = excluded.address, before = excluded.before,
             asks = new_address.asks + 1, asked_at = excluded.asked_at, token_hash = NULL, token_until = NULL,
             changed_at = NULL
         RETURNING asks",
    )
    .bind(person.0)
    .bind(address)
    .bind(before)
    .bind(now)
    .fetch_one(c)
    .await)?;
    rows::number(asks)
}

/// The address that a person wants to have, or has had for a moment.
///
/// # Errors
/// When the database fails.
pub async fn of(tx: &mut Tx, person: PersonId) -> Result<Option<NewAddress>, StoreError> {
    read(on!(tx, c => sqlx::query_as(
        "SELECT person_id, address, before, asks, asked_at, changed_at FROM new_address WHERE person_id = $1",
    ).bind(person.0).fetch_optional(c).await)?)
}

/// The address that the link of this secret gives to its person, as long as it opens.
///
/// # Errors
/// When the database fails.
pub async fn by_link(tx: &mut Tx, hash: SecretHash, now: Millis) -> Result<Option<NewAddress>, StoreError> {
    read(on!(tx, c => sqlx::query_as(
        "SELECT person_id, address, before, asks, asked_at, changed_at FROM new_address
         WHERE token_hash = $1 AND token_until > $2",
    ).bind(&hash.0[..]).bind(now).fetch_optional(c).await)?)
}

/// Lets the link of this secret give a person the address they want, and no other.
///
/// # Errors
/// When the database fails.
pub async fn open(tx: &mut Tx, person: PersonId, hash: SecretHash, until: Millis) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query("UPDATE new_address SET token_hash = $2, token_until = $3 WHERE person_id = $1")
        .bind(person.0).bind(&hash.0[..]).bind(until).execute(c).await.map(drop))?;
    Ok(())
}

/// Gives a person the address they want. It is known to be theirs where `confirmed`.
///
/// # Errors
/// [`StoreError::Taken`] when somebody has it.
pub async fn change(tx: &mut Tx, new: &NewAddress, confirmed: bool, now: Millis) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query("UPDATE person SET email = $2 WHERE id = $1 AND erased_at IS NULL")
        .bind(new.person.0).bind(&new.address).execute(c).await.map(drop))?;
    on!(tx, c => sqlx::query("UPDATE new_address SET changed_at = $2 WHERE person_id = $1")
        .bind(new.person.0).bind(now).execute(c).await.map(drop))?;
    if confirmed {
        on!(tx, c => sqlx::query(
            "INSERT INTO mail_address (person_id, address, asks, asked_at, confirmed_at) VALUES ($1, $2, 1, $3, $3)
             ON CONFLICT (person_id) DO UPDATE SET address = excluded.address, token_hash = NULL, token_until = NULL,
                 asked_at = excluded.asked_at, confirmed_at = excluded.confirmed_at",
        )
        .bind(new.person.0)
        .bind(&new.address)
        .bind(now)
        .execute(c)
        .await
        .map(drop))?;
    }
    Ok(())
}

/// Forgets the addresses that were asked for before a moment: whoever had another before was told of it.
///
/// # Errors
/// When the database fails.
pub async fn sweep(tx: &mut Tx, before: Millis) -> Result<u64, StoreError> {
    Ok(on!(tx, c => sqlx::query("DELETE FROM new_address WHERE asked_at < $1")
        .bind(before).execute(c).await.map(|done| done.rows_affected()))?)
}

//! Mail: what is queued, what each person wants of it, and what became of each.
//!
//! A mail is queued once by its cause, in the transaction of what it tells of; [`post`] is how it goes out.

pub mod address;
pub mod choices;
pub mod links;
pub mod outbox;
pub mod post;

use shared::{
    HappeningId, MailId, PersonId,
    api::{MailKind, Millis},
};
use uuid::Uuid;

use super::{
    StoreError, Tx,
    inbox::{Happening, Period},
    on,
};

/// Queues what was decided about an idea for its author, who wants to be sent that and can sign in; not where they decided
/// it themself.
///
/// # Errors
/// When the database fails.
pub(super) async fn decided(tx: &mut Tx, id: HappeningId, what: &Happening<'_>) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "INSERT INTO mail (id, cause, person_id, kind, happening_id, state, next_at, created_at)
         SELECT $1, $2, p.id, 'decision', $3, 'waiting', $4, $4
         FROM idea i JOIN person p ON p.id = i.author_id LEFT JOIN mail_choice c ON c.person_id = p.id
         WHERE i.id = $5 AND p.id <> $6 AND p.suspended_at IS NULL AND p.unclaimed_at IS NULL
           AND (c.decisions IS NULL OR c.decisions = 1)
         ON CONFLICT DO NOTHING",
    )
    .bind(Uuid::now_v7())
    .bind(format!("decision:{id}"))
    .bind(id.0)
    .bind(what.at)
    .bind(what.idea.0)
    .bind(what.by.0)
    .execute(c)
    .await
    .map(drop))?;
    Ok(())
}

/// Queues a digest of what a person was told within a time, unless it was queued before.
///
/// # Errors
/// When the database fails.
pub async fn digest(tx: &mut Tx, person: PersonId, within: Period, at: Millis) -> Result<(), StoreError> {
    let cause = format!("digest:{person}:{}", within.until);
    add(tx, &cause, person, MailKind::Digest, Some(within), at).await
}

/// What the mail is known by that asks a person for the `ask`th time whether an address is theirs.
#[must_use]
pub fn ask_cause(person: PersonId, ask: u32) -> String {
    format!("address:{person}:{ask}")
}

/// Queues the mail that asks a person for the `ask`th time whether an address is theirs.
///
/// # Errors
/// When the database fails.
pub async fn ask(tx: &mut Tx, person: PersonId, ask: u32, at: Millis) -> Result<(), StoreError> {
    add(tx, &ask_cause(person, ask), person, MailKind::Address, None, at).await
}

/// What the mail is known by that asks somebody for the `ask`th time whether a new address is theirs.
#[must_use]
pub fn new_cause(person: PersonId, ask: u32) -> String {
    format!("new_address:{person}:{ask}")
}

/// Queues the mail that asks at a new address whether it is the person's.
///
/// # Errors
/// When the database fails.
pub async fn ask_new(tx: &mut Tx, person: PersonId, ask: u32, at: Millis) -> Result<(), StoreError> {
    add(tx, &new_cause(person, ask), person, MailKind::Address, None, at).await
}

/// What the mail is known by that tells an address that another took its place.
#[must_use]
pub fn old_cause(person: PersonId, ask: u32) -> String {
    format!("old_address:{person}:{ask}")
}

/// Queues the mail that tells an address that another took its place.
///
/// # Errors
/// When the database fails.
pub async fn tell_old(tx: &mut Tx, person: PersonId, ask: u32, at: Millis) -> Result<(), StoreError> {
    add(tx, &old_cause(person, ask), person, MailKind::Address, None, at).await
}

async fn add(
    tx: &mut Tx,
    cause: &str,
    person: PersonId,
    kind: MailKind,
    within: Option<Period>,
    at: Millis,
) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "INSERT INTO mail (id, cause, person_id, kind, since, until, state, next_at, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, 'waiting', $7, $7) ON CONFLICT DO NOTHING",
    )
    .bind(MailId::new().0)
    .bind(cause)
    .bind(person.0)
    .bind(kind.as_str())
    .bind(within.map(|within| within.since))
    .bind(within.map(|within| within.until))
    .bind(at)
    .execute(c)
    .await
    .map(drop))?;
    Ok(())
}

/// Forgets mails that were queued before a moment and are no longer under way. Answers how many.
///
/// # Errors
/// When the database fails.
pub async fn sweep(tx: &mut Tx, before: Millis) -> Result<u64, StoreError> {
    Ok(on!(tx, c => sqlx::query("DELETE FROM mail WHERE created_at < $1 AND state NOT IN ('waiting', 'sending')")
        .bind(before).execute(c).await.map(|done| done.rows_affected()))?)
}

/// Forgets mails about what happened before a moment: of a workspace that begins with a past.
///
/// # Errors
/// When the database fails.
pub(super) async fn settle(tx: &mut Tx, before: Millis) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query("DELETE FROM mail WHERE created_at < $1").bind(before).execute(c).await.map(drop))?;
    Ok(())
}

//! What each person wants to be sent, and who is due for a digest.

use shared::{
    Locale, PersonId,
    api::{ChosenIn, ConsentView, Digest, Millis, PersonView},
};
use uuid::Uuid;

use super::super::{StoreError, Tx, on, people::PersonRow};

/// What somebody wants to be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// Whether decisions about their own ideas.
    pub decisions: bool,
    /// How often the rest.
    pub digest: Digest,
}

/// What holds for who never chose.
const UNCHOSEN: Wanted = Wanted { decisions: true, digest: Digest::Never };

/// What a person wants, and when they chose it, if they ever did.
///
/// # Errors
/// When the database fails.
pub async fn of(tx: &mut Tx, person: PersonId) -> Result<(Wanted, Option<Millis>), StoreError> {
    let row: Option<(i64, String, i64)> = on!(tx, c => sqlx::query_as("SELECT decisions, digest, chosen_at FROM mail_choice WHERE person_id = $1")
            .bind(person.0).fetch_optional(c).await)?;
    let Some((decisions, digest, chosen_at)) = row else { return Ok((UNCHOSEN, None)) };
    let digest = Digest::parse(&digest).ok_or_else(|| StoreError::Corrupt(format!("digest `{digest}`")))?;
    Ok((Wanted { decisions: decisions == 1, digest }, Some(chosen_at)))
}

/// Keeps what a person chooses, when and where. A first digest tells of what happens from then on.
///
/// # Errors
/// When the database fails.
pub async fn set(
    tx: &mut Tx,
    person: PersonId,
    wanted: Wanted,
    chosen_in: ChosenIn,
    now: Millis,
) -> Result<(), StoreError> {
    let (before, chosen_before) = of(tx, person).await?;
    on!(tx, c => sqlx::query(
        "INSERT INTO mail_choice (person_id, decisions, digest, chosen_at, chosen_in, digest_to)
         VALUES ($1, $2, $3, $4, $5, $4)
         ON CONFLICT (person_id) DO UPDATE SET decisions = excluded.decisions, digest = excluded.digest,
             chosen_at = excluded.chosen_at, chosen_in = excluded.chosen_in,
             digest_to = CASE WHEN mail_choice.digest = 'never' THEN excluded.digest_to ELSE mail_choice.digest_to END",
    )
    .bind(person.0)
    .bind(i64::from(wanted.decisions))
    .bind(wanted.digest.as_str())
    .bind(now)
    .bind(chosen_in.as_str())
    .execute(c)
    .await
    .map(drop))?;
    if chosen_before.is_none() || before.digest != wanted.digest {
        consent(tx, person, "digest", wanted.digest.as_str(), chosen_in, now).await?;
    }
    if before.decisions != wanted.decisions {
        consent(tx, person, "decisions", if wanted.decisions { "yes" } else { "no" }, chosen_in, now).await?;
    }
    Ok(())
}

/// The number of the words by which people are asked what they want to be sent: those of the locale files under `mail`. It
/// rises when these say something else.
const WORDING: &str = "1";

/// Keeps what a person agreed to, or no longer does.
async fn consent(
    tx: &mut Tx,
    person: PersonId,
    kind: &str,
    answer: &str,
    given_in: ChosenIn,
    at: Millis,
) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "INSERT INTO consent (id, person_id, kind, answer, wording, given_in, given_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(Uuid::now_v7())
    .bind(person.0)
    .bind(kind)
    .bind(answer)
    .bind(WORDING)
    .bind(given_in.as_str())
    .bind(at)
    .execute(c)
    .await
    .map(drop))?;
    Ok(())
}

/// What a person agreed to and no longer did, the last first.
///
/// # Errors
/// When the database fails.
pub async fn consents(tx: &mut Tx, person: PersonId) -> Result<Vec<ConsentView>, StoreError> {
    let rows: Vec<(String, String, String, String, Millis)> = on!(tx, c => sqlx::query_as(
        "SELECT kind, answer, wording, given_in, given_at FROM consent WHERE person_id = $1
         ORDER BY given_at DESC, id DESC LIMIT 100",
    )
    .bind(person.0)
    .fetch_all(c)
    .await)?;
    rows.into_iter()
        .map(|(kind, answer, wording, given_in, at)| {
            let given_in = ChosenIn::parse(&given_in)
                .ok_or_else(|| StoreError::Corrupt(format!("place of a consent `{given_in}`")))?;
            Ok(ConsentView {
                digest: Digest::parse(&answer).filter(|_| kind == "digest"),
                given: answer != "no" && answer != "never",
                wording,
                given_in,
                at,
            })
        })
        .collect()
}

/// Whether addresses must be confirmed before anything is sent to them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Addresses {
    /// They must.
    Confirmed,
    /// Nothing is sent, so they need not.
    Any,
}

/// The columns of who is due for a digest.
macro_rules! due {
    () => {
        "SELECT c.person_id, c.digest_to FROM mail_choice c JOIN person p ON p.id = c.person_id
         WHERE c.digest = $1 AND c.digest_to < $2 AND p.suspended_at IS NULL AND p.unclaimed_at IS NULL
           AND ($3 = 0 OR EXISTS (SELECT 1 FROM mail_address a WHERE a.person_id = p.id AND a.address = p.email
                AND a.confirmed_at IS NOT NULL))
         ORDER BY c.digest_to, c.person_id LIMIT 1"
    };
}

/// Whether anybody is due: see [`due()`].
///
/// # Errors
/// When the database fails.
pub async fn is_any_due(tx: &mut Tx, digest: Digest, until: Millis, addresses: Addresses) -> Result<bool, StoreError> {
    Ok(ask_due(tx, due!(), digest, until, addresses).await?.is_some())
}

/// The next who is sent a digest so often and was last told of what happened until before `until`, and until when that was.
/// Nobody else is given them until the transaction ends.
///
/// # Errors
/// When the database fails.
pub async fn due(
    tx: &mut Tx,
    digest: Digest,
    until: Millis,
    addresses: Addresses,
) -> Result<Option<(PersonId, Millis)>, StoreError> {
    let sql = match tx {
        Tx::Sqlite(_) => due!(),
        Tx::Postgres(_) => concat!(due!(), " FOR UPDATE OF c SKIP LOCKED"),
    };
    ask_due(tx, sql, digest, until, addresses).await
}

async fn ask_due(
    tx: &mut Tx,
    sql: &'static str,
    digest: Digest,
    until: Millis,
    addresses: Addresses,
) -> Result<Option<(PersonId, Millis)>, StoreError> {
    let row: Option<(Uuid, i64)> = on!(tx, c => sqlx::query_as(sql)
        .bind(digest.as_str())
        .bind(until)
        .bind(i64::from(addresses == Addresses::Confirmed))
        .fetch_optional(c)
        .await)?;
    Ok(row.map(|(person, since)| (PersonId(person), since)))
}

/// Notes until when digests have told a person what happened.
///
/// # Errors
/// When the database fails.
pub async fn told_until(tx: &mut Tx, person: PersonId, until: Millis) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query("UPDATE mail_choice SET digest_to = $2 WHERE person_id = $1")
        .bind(person.0).bind(until).execute(c).await.map(drop))?;
    Ok(())
}

/// Somebody whom a mail is for.
#[derive(Clone, Debug)]
pub struct Recipient {
    /// Who.
    pub person: PersonView,
    /// Their address.
    pub email: String,
    /// The language they chose, if they did.
    pub locale: Option<Locale>,
    /// What they want to be sent.
    pub wanted: Wanted,
    /// Whether they confirmed that address.
    pub confirmed: bool,
}

#[derive(sqlx::FromRow)]
struct RecipientRow {
    #[sqlx(flatten)]
    person: PersonRow,
    email: String,
    locale: Option<String>,
    confirmed: bool,
}

/// Whom a mail is for; nobody where they may not come in, or never could.
///
/// # Errors
/// When the database fails.
pub async fn recipient(tx: &mut Tx, person: PersonId) -> Result<Option<Recipient>, StoreError> {
    let row: Option<RecipientRow> = on!(tx, c => sqlx::query_as(
        "SELECT p.id, p.handle, p.name, p.role, p.unclaimed_at, p.email, p.locale,
                EXISTS (SELECT 1 FROM mail_address a WHERE a.person_id = p.id AND a.address = p.email
                        AND a.confirmed_at IS NOT NULL) AS confirmed
         FROM person p WHERE p.id = $1 AND p.suspended_at IS NULL AND p.unclaimed_at IS NULL",
    )
    .bind(person.0)
    .fetch_optional(c)
    .await)?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(Recipient {
        wanted: of(tx, person).await?.0,
        person: row.person.try_into()?,
        email: row.email,
        locale: row.locale.as_deref().and_then(Locale::from_tag),
        confirmed: row.confirmed,
    }))
}

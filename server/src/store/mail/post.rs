//! How a mail goes out. That it is being handed over is committed before it is, and how that went after: what breaks off
//! in between is known as such, and is never handed over again by itself (`docs/decisions/0016`).

use shared::{
    HappeningId, Locale, MailId, PersonId,
    api::{MailKind, MailState, Millis},
};
use uuid::Uuid;

use super::{
    super::{StoreError, Tx, on, rows},
    Period,
};

/// A mail whose turn it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// Which.
    pub id: MailId,
    /// What it was queued for.
    pub cause: String,
    /// To whom.
    pub person: PersonId,
    /// What it tells.
    pub kind: MailKind,
    /// What happened; of a decision.
    pub happening: Option<HappeningId>,
    /// Of when it tells; of a digest.
    pub within: Option<Period>,
    /// How often it was tried before.
    pub attempts: u32,
    /// When it was queued.
    pub created_at: Millis,
}

#[derive(sqlx::FromRow)]
struct DueRow {
    id: Uuid,
    cause: String,
    person_id: Uuid,
    kind: String,
    happening_id: Option<Uuid>,
    since: Option<i64>,
    until: Option<i64>,
    attempts: i64,
    created_at: i64,
}

impl TryFrom<DueRow> for Due {
    type Error = StoreError;

    fn try_from(row: DueRow) -> Result<Self, StoreError> {
        let kind = MailKind::parse(&row.kind);
        Ok(Self {
            id: MailId(row.id),
            cause: row.cause,
            person: PersonId(row.person_id),
            kind: kind.ok_or_else(|| StoreError::Corrupt(format!("kind of mail `{}`", row.kind)))?,
            happening: row.happening_id.map(HappeningId),
            within: row.since.zip(row.until).map(|(since, until)| Period { since, until }),
            attempts: rows::number(row.attempts)?,
            created_at: row.created_at,
        })
    }
}

/// The text of a mail, as owners read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// Its language.
    pub language: Locale,
    /// Its subject.
    pub subject: String,
    /// Its plain text.
    pub text: String,
    /// The same as HTML.
    pub html: String,
}

/// Whether something waits to be done: a mail to be sent, or one to be given up.
///
/// # Errors
/// When the database fails.
pub async fn is_any(tx: &mut Tx, now: Millis) -> Result<bool, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM mail WHERE state = 'waiting' AND next_at <= $1)
             OR EXISTS (SELECT 1 FROM mail WHERE state = 'sending' AND lease_until <= $1)",
    )
    .bind(now)
    .fetch_one(c)
    .await)?)
}

/// The columns of the mail whose turn it is.
macro_rules! due {
    () => {
        "SELECT id, cause, person_id, kind, happening_id, since, until, attempts, created_at FROM mail
         WHERE state = 'waiting' AND next_at <= $1 ORDER BY next_at, id LIMIT 1"
    };
}

/// The mail whose turn it is; until the transaction ends, nobody else is given it.
///
/// # Errors
/// When the database fails.
pub async fn due(tx: &mut Tx, now: Millis) -> Result<Option<Due>, StoreError> {
    let sql = match tx {
        Tx::Sqlite(_) => due!(),
        Tx::Postgres(_) => concat!(due!(), " FOR UPDATE SKIP LOCKED"),
    };
    let row: Option<DueRow> = on!(tx, c => sqlx::query_as(sql).bind(now).fetch_optional(c).await)?;
    row.map(Due::try_from).transpose()
}

/// Keeps what a mail says.
///
/// # Errors
/// When the database fails.
pub async fn write(tx: &mut Tx, id: MailId, text: &Text) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query("UPDATE mail SET language = $2, subject = $3, text = $4, html = $5 WHERE id = $1")
        .bind(id.0)
        .bind(text.language.tag())
        .bind(&text.subject)
        .bind(&text.text)
        .bind(&text.html)
        .execute(c)
        .await
        .map(drop))?;
    Ok(())
}

/// Notes what becomes of a mail that is not handed over.
///
/// # Errors
/// When the database fails.
pub async fn put_by(tx: &mut Tx, id: MailId, state: MailState) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query("UPDATE mail SET state = $2, error = '' WHERE id = $1")
        .bind(id.0).bind(state.as_str()).execute(c).await.map(drop))?;
    Ok(())
}

/// Notes that a mail is being handed over, until `lease` at the latest. Commit this before it is.
///
/// # Errors
/// When the database fails.
pub async fn lease(tx: &mut Tx, id: MailId, lease: Millis) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query("UPDATE mail SET state = 'sending', attempts = attempts + 1, lease_until = $2 WHERE id = $1")
        .bind(id.0).bind(lease).execute(c).await.map(drop))?;
    Ok(())
}

/// How handing a mail over went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was taken.
    Sent,
    /// It was not, and may be tried again then; with what was said.
    Later(Millis, String),
    /// It was not, and is not tried again; with what was said.
    Failed(String),
    /// Nobody knows; with what went wrong.
    Unsure(String),
}

/// Notes how handing over went, by whoever holds this lease; also where it was given up as unsure in the meantime. Whoever
/// holds it no longer changes nothing.
///
/// # Errors
/// When the database fails.
pub async fn record(tx: &mut Tx, id: MailId, lease: Millis, outcome: &Outcome, now: Millis) -> Result<(), StoreError> {
    let (state, next_at, error) = match outcome {
        Outcome::Sent => (MailState::Sent, None, ""),
        Outcome::Later(at, error) => (MailState::Waiting, Some(*at), error.as_str()),
        Outcome::Failed(error) => (MailState::Failed, None, error.as_str()),
        Outcome::Unsure(error) => (MailState::Unsure, None, error.as_str()),
    };
    on!(tx, c => sqlx::query(
        "UPDATE mail SET state = $3, next_at = coalesce($4, next_at), error = $5, lease_until = NULL, sent_at = $6
         WHERE id = $1 AND lease_until = $2 AND state IN ('sending', 'unsure')",
    )
    .bind(id.0)
    .bind(lease)
    .bind(state.as_str())
    .bind(next_at)
    .bind(error)
    .bind((*outcome == Outcome::Sent).then_some(now))
    .execute(c)
    .await
    .map(drop))?;
    Ok(())
}

/// Notes that nobody knows whether the mails arrived that were being handed over and whose time is up: whoever did it is
/// gone. Answers how many.
///
/// # Errors
/// When the database fails.
pub async fn give_up(tx: &mut Tx, now: Millis) -> Result<u64, StoreError> {
    Ok(on!(tx, c => sqlx::query("UPDATE mail SET state = 'unsure' WHERE state = 'sending' AND lease_until <= $1")
        .bind(now).execute(c).await.map(|done| done.rows_affected()))?)
}

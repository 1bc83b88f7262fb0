//! The mails as owners read them.

use shared::{
    Locale, MailId,
    api::{MailHead, MailKind, MailState, MailView, Millis},
};
use uuid::Uuid;

use super::super::{StoreError, Tx, on, rows};

#[derive(sqlx::FromRow)]
struct HeadRow {
    id: Uuid,
    kind: String,
    #[sqlx(flatten)]
    to: rows::PersonRow,
    state: String,
    subject: Option<String>,
    attempts: i64,
    created_at: i64,
    next_at: i64,
    sent_at: Option<i64>,
    error: String,
}

impl TryFrom<HeadRow> for MailHead {
    type Error = StoreError;

    fn try_from(row: HeadRow) -> Result<Self, StoreError> {
        let corrupt = |word: &str| StoreError::Corrupt(format!("mail `{word}`"));
        let state = MailState::parse(&row.state).ok_or_else(|| corrupt(&row.state))?;
        Ok(Self {
            id: MailId(row.id),
            kind: MailKind::parse(&row.kind).ok_or_else(|| corrupt(&row.kind))?,
            to: row.to.try_into()?,
            state,
            subject: row.subject,
            attempts: rows::number(row.attempts)?,
            created_at: row.created_at,
            next_at: (state == MailState::Waiting).then_some(row.next_at),
            sent_at: row.sent_at,
            error: row.error,
        })
    }
}

/// The columns of a mail in the outbox.
macro_rules! heads {
    () => {
        "SELECT m.id, m.kind, m.state, m.subject, m.attempts, m.created_at, m.next_at, m.sent_at, m.error,
                p.id AS person_id, p.handle, p.name, p.role, p.unclaimed_at IS NOT NULL AS unclaimed
         FROM mail m JOIN person p ON p.id = m.person_id "
    };
}

/// At most `limit` mails, all or those of one state, the last first, from before one on.
///
/// # Errors
/// When the database fails.
pub async fn page(
    tx: &mut Tx,
    state: Option<MailState>,
    before: Uuid,
    limit: u32,
) -> Result<Vec<MailHead>, StoreError> {
    // One statement each, so that an index leads to the page whatever is asked for.
    let sql = match state {
        None => concat!(heads!(), "WHERE m.id < $1 AND $3 IS NULL ORDER BY m.id DESC LIMIT $2"),
        Some(_) => concat!(heads!(), "WHERE m.id < $1 AND m.state = $3 ORDER BY m.id DESC LIMIT $2"),
    };
    let rows: Vec<HeadRow> = on!(tx, c => sqlx::query_as(sql)
        .bind(before)
        .bind(i64::from(limit))
        .bind(state.map(MailState::as_str))
        .fetch_all(c)
        .await)?;
    rows.into_iter().map(MailHead::try_from).collect()
}

/// One mail with what it says.
///
/// # Errors
/// When the database fails.
pub async fn one(tx: &mut Tx, id: MailId) -> Result<Option<MailView>, StoreError> {
    let row: Option<HeadRow> = on!(tx, c => sqlx::query_as(concat!(heads!(), "WHERE m.id = $1"))
        .bind(id.0).fetch_optional(c).await)?;
    let Some(row) = row else { return Ok(None) };
    let (language, text): (Option<String>, Option<String>) =
        on!(tx, c => sqlx::query_as("SELECT language, text FROM mail WHERE id = $1").bind(id.0).fetch_one(c).await)?;
    Ok(Some(MailView { head: row.try_into()?, language: language.as_deref().and_then(Locale::from_tag), text }))
}

/// Has a mail sent again as if it were new; `false` when it is in none of these states.
///
/// # Errors
/// When the database fails.
pub async fn again(tx: &mut Tx, id: MailId, from: MailState, now: Millis) -> Result<bool, StoreError> {
    let changed = on!(tx, c => sqlx::query(
        "UPDATE mail SET state = 'waiting', attempts = 0, next_at = $3, lease_until = NULL, error = ''
         WHERE id = $1 AND state = $2",
    )
    .bind(id.0)
    .bind(from.as_str())
    .bind(now)
    .execute(c)
    .await
    .map(|done| done.rows_affected()))?;
    Ok(changed == 1)
}

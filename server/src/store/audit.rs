//! The record of what was done by right of a role. It is only ever added to: the database itself refuses anything else.
//!
//! It holds ids, and no names or addresses of people: who is erased need not be erased here.

use shared::{
    CommentId, DocumentId, PersonId,
    api::{AuditAct, AuditLine, AuditSubject, Millis, PersonView},
};
use uuid::Uuid;

use super::{StoreError, Tx, on, people, rows};
use crate::domain;

/// Adds a line: `person` did `act` to `subject` (a kind and an id, such as `person:…`), with `detail` as JSON.
///
/// Write it in the transaction of the act itself.
///
/// # Errors
/// When the database fails.
pub async fn add(
    tx: &mut Tx,
    person: PersonId,
    act: AuditAct,
    subject: &str,
    detail: &serde_json::Value,
) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "INSERT INTO audit (id, at, person_id, act, subject, detail) VALUES ($1, $2, $3, $4, $5, $6)",
    )
        .bind(Uuid::now_v7())
        .bind(domain::now())
        .bind(person.0)
        .bind(act.as_str())
        .bind(subject)
        .bind(detail.to_string())
        .execute(c).await.map(drop))?;
    Ok(())
}

/// Whether this act was ever done.
///
/// # Errors
/// When the database fails.
pub async fn happened(tx: &mut Tx, act: AuditAct) -> Result<bool, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM audit WHERE act = $1)")
        .bind(act.as_str()).fetch_one(c).await)?)
}

/// Whether a person ever did this act to this subject.
///
/// # Errors
/// When the database fails.
pub async fn did(tx: &mut Tx, person: PersonId, act: AuditAct, subject: &str) -> Result<bool, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM audit WHERE person_id = $1 AND act = $2 AND subject = $3)",
    ).bind(person.0).bind(act.as_str()).bind(subject).fetch_one(c).await)?)
}

/// Which lines of the record are asked for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wish {
    /// Only those of what this person did.
    pub person: Option<PersonId>,
    /// Only those of this act.
    pub act: Option<AuditAct>,
}

#[derive(sqlx::FromRow)]
struct LineRow {
    id: Uuid,
    at: Millis,
    person_id: Option<Uuid>,
    act: String,
    subject: String,
    detail: String,
}

/// At most `limit` lines, the last first, from before a line on.
///
/// # Errors
/// When the database fails.
pub async fn page(tx: &mut Tx, wish: Wish, before: Uuid, limit: u32) -> Result<Vec<AuditLine>, StoreError> {
    // One statement each, so that an index leads to the page whatever is asked for.
    let sql = match (wish.person, wish.act) {
        (None, None) => {
            "SELECT id, at, person_id, act, subject, detail FROM audit
             WHERE id < $1 AND $3 IS NULL AND $4 IS NULL ORDER BY id DESC LIMIT $2"
        }
        (Some(_), None) => {
            "SELECT id, at, person_id, act, subject, detail FROM audit
             WHERE id < $1 AND person_id = $3 AND $4 IS NULL ORDER BY id DESC LIMIT $2"
        }
        (None, Some(_)) => {
            "SELECT id, at, person_id, act, subject, detail FROM audit
             WHERE id < $1 AND $3 IS NULL AND act = $4 ORDER BY id DESC LIMIT $2"
        }
        (Some(_), Some(_)) => {
            "SELECT id, at, person_id, act, subject, detail FROM audit
             WHERE id < $1 AND person_id = $3 AND act = $4 ORDER BY id DESC LIMIT $2"
        }
    };
    let rows: Vec<LineRow> = on!(tx, c => sqlx::query_as(sql)
        .bind(before)
        .bind(i64::from(limit))
        .bind(wish.person.map(|person| person.0))
        .bind(wish.act.map(AuditAct::as_str))
        .fetch_all(c)
        .await)?;
    let mut lines = Vec::with_capacity(rows.len());
    for row in rows {
        lines.push(line(tx, row).await?);
    }
    Ok(lines)
}

/// A line with what it names, as that is called now.
async fn line(tx: &mut Tx, row: LineRow) -> Result<AuditLine, StoreError> {
    let detail: serde_json::Value = serde_json::from_str(&row.detail).unwrap_or_default();
    let text = |key: &str| detail[key].as_str().map(str::to_owned);
    let named = text("person").or_else(|| text("author")).and_then(|id| id.parse().ok()).map(PersonId);
    let words = words(tx, &row, &detail).await?;
    Ok(AuditLine {
        id: row.id,
        at: row.at,
        by: somebody(tx, row.person_id.map(PersonId)).await?,
        subject: subject(tx, &row.subject).await?,
        person: somebody(tx, named).await?,
        // What is no word, such as the id of a stage, says nothing to a reader.
        from: text("from").filter(|word| word.parse::<Uuid>().is_err()),
        to: text("to").or_else(|| text("role")).filter(|word| word.parse::<Uuid>().is_err()),
        words: words.unwrap_or_default(),
        act: row.act,
    })
}

/// The reason that was given: it stands with what was done, where it can be erased, and is never written into the record. The
/// one word that says why somebody was erased is.
async fn words(tx: &mut Tx, row: &LineRow, detail: &serde_json::Value) -> Result<Option<String>, StoreError> {
    let id = |key: &str| detail[key].as_str().and_then(|id| id.parse::<Uuid>().ok());
    let idea = row.subject.strip_prefix("idea:").and_then(|id| id.parse::<Uuid>().ok());
    let by_id = match AuditAct::parse(&row.act) {
        _ if id("decision").is_some() => id("decision").map(|id| ("SELECT words FROM decision WHERE id = $1", id)),
        Some(AuditAct::Merge) => id("merge").map(|id| ("SELECT reason FROM merge WHERE id = $1", id)),
        _ => None,
    };
    if let Some((sql, id)) = by_id {
        return Ok(on!(tx, c => sqlx::query_scalar(sql).bind(id).fetch_optional(c).await)?);
    }
    // Written in the transaction of the act, a moment after it. Two of the same millisecond are put apart by one.
    let (sql, of) = match AuditAct::parse(&row.act) {
        Some(AuditAct::MoveIdea) => (
            "SELECT reason FROM stage_move WHERE idea_id = $1 AND created_at <= $2 ORDER BY created_at DESC, id DESC LIMIT 1",
            idea,
        ),
        Some(AuditAct::Conclude) => (
            "SELECT reason FROM conclusion WHERE entry_id = $1 AND created_at <= $2 + 10 ORDER BY created_at DESC LIMIT 1",
            id("entry"),
        ),
        Some(AuditAct::Freeze) => (
            "SELECT words FROM frozen_concept WHERE idea_id = $1 AND created_at <= $2 + 10 ORDER BY created_at DESC LIMIT 1",
            idea,
        ),
        _ => return Ok(detail["reason"].as_str().map(str::to_owned)),
    };
    let Some(of) = of else { return Ok(None) };
    Ok(on!(tx, c => sqlx::query_scalar(sql).bind(of).bind(row.at).fetch_optional(c).await)?)
}

async fn somebody(tx: &mut Tx, id: Option<PersonId>) -> Result<Option<PersonView>, StoreError> {
    match id {
        Some(id) => people::person(tx, id).await,
        None => Ok(None),
    }
}

/// What a line is about: its name and page, where it has one.
async fn subject(tx: &mut Tx, text: &str) -> Result<Option<AuditSubject>, StoreError> {
    let Some((kind, id)) = text.split_once(':') else { return Ok(None) };
    let uuid = id.parse::<Uuid>().ok();
    let idea = |(number, label): (i64, String), anchor: String| {
        Ok(AuditSubject { path: format!("/i/{}{anchor}", rows::number(number)?), label })
    };
    match (kind, uuid) {
        ("idea", Some(id)) => {
            let row = on!(tx, c => sqlx::query_as("SELECT number, title FROM idea WHERE id = $1")
                .bind(id).fetch_optional(c).await)?;
            row.map(|row| idea(row, String::new())).transpose()
        }
        ("comment", Some(id)) => {
            let row = on!(tx, c => sqlx::query_as(
                "SELECT i.number, i.title FROM comment c JOIN idea i ON i.id = c.idea_id WHERE c.id = $1",
            ).bind(id).fetch_optional(c).await)?;
            row.map(|row| idea(row, format!("#c-{}", CommentId(id)))).transpose()
        }
        ("document", None) => {
            let Ok(document) = id.parse::<DocumentId>() else { return Ok(None) };
            let row = on!(tx, c => sqlx::query_as("SELECT number, title FROM idea WHERE document_id = $1")
                .bind(document.as_uuid()).fetch_optional(c).await)?;
            row.map(|row| idea(row, String::new())).transpose()
        }
        ("board", Some(id)) => {
            let row: Option<(String, String)> = on!(tx, c => sqlx::query_as("SELECT slug, title FROM board WHERE id = $1")
                .bind(id).fetch_optional(c).await)?;
            Ok(row.map(|(slug, label)| AuditSubject { label, path: format!("/b/{slug}") }))
        }
        ("person", Some(id)) => Ok(people::person(tx, PersonId(id))
            .await?
            .filter(|person| !person.left)
            .map(|person| AuditSubject { label: person.name, path: format!("/people/{}", person.handle) })),
        _ => Ok(None),
    }
}

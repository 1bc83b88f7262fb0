//! What moderators decided, and who is told of it.

use shared::{
    DecisionId, HappeningId, PersonId,
    api::{Because, Decide, Millis, Reason, RulingKind, Subject},
    rules::Away,
};
use uuid::Uuid;

use super::{StoreError, Tx, cases, on, reports, rows};

/// A decision.
#[derive(Clone, Debug)]
pub struct Decision {
    /// Its id.
    pub id: DecisionId,
    /// About what.
    pub subject: Subject,
    /// Whom it concerns.
    pub person: PersonId,
    /// What was done.
    pub act: Decide,
    /// Why it was hidden.
    pub reason: Option<Reason>,
    /// Words to the person it concerns.
    pub words: String,
    /// How its subject was before.
    pub was: Option<Away>,
    /// Who decided.
    pub by: PersonId,
    /// When.
    pub at: Millis,
}

/// Keeps a decision.
///
/// # Errors
/// When the database fails.
pub async fn add(tx: &mut Tx, decision: &Decision) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "INSERT INTO decision (id, kind, subject_id, person_id, act, reason, words, was, by_id, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(decision.id.0)
    .bind(decision.subject.kind())
    .bind(decision.subject.uuid())
    .bind(decision.person.0)
    .bind(decision.act.as_str())
    .bind(decision.reason.map(Reason::as_str))
    .bind(&decision.words)
    .bind(decision.was.map(Away::as_str))
    .bind(decision.by.0)
    .bind(decision.at)
    .execute(c)
    .await
    .map(drop))?;
    Ok(())
}

#[derive(sqlx::FromRow)]
struct DecisionRow {
    id: Uuid,
    kind: String,
    subject_id: Uuid,
    person_id: Uuid,
    act: String,
    reason: Option<String>,
    words: String,
    was: Option<String>,
    by_id: Uuid,
    created_at: i64,
}

impl TryFrom<DecisionRow> for Decision {
    type Error = StoreError;

    fn try_from(row: DecisionRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: DecisionId(row.id),
            subject: cases::subject(&row.kind, row.subject_id)?,
            person: PersonId(row.person_id),
            act: act(&row.act)?,
            reason: row.reason.as_deref().map(reports::reason).transpose()?,
            words: row.words,
            was: rows::away(row.was.as_deref())?,
            by: PersonId(row.by_id),
            at: row.created_at,
        })
    }
}

fn act(word: &str) -> Result<Decide, StoreError> {
    Decide::parse(word).ok_or_else(|| StoreError::Corrupt(format!("act `{word}`")))
}

/// A decision that was not undone.
///
/// # Errors
/// When the database fails.
pub async fn one(tx: &mut Tx, id: DecisionId) -> Result<Option<Decision>, StoreError> {
    let row: Option<DecisionRow> = on!(tx, c => sqlx::query_as(
        "SELECT id, kind, subject_id, person_id, act, reason, words, was, by_id, created_at
         FROM decision WHERE id = $1 AND undone_at IS NULL",
    )
    .bind(id.0)
    .fetch_optional(c)
    .await)?;
    row.map(TryInto::try_into).transpose()
}

/// Whether there ever was this decision.
///
/// # Errors
/// When the database fails.
pub async fn exists(tx: &mut Tx, id: DecisionId) -> Result<bool, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM decision WHERE id = $1)")
        .bind(id.0).fetch_one(c).await)?)
}

/// Whether another decision about the same thing, not undone, came after this one.
///
/// # Errors
/// When the database fails.
pub async fn is_superseded(tx: &mut Tx, decision: &Decision) -> Result<bool, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM decision WHERE subject_id = $1 AND undone_at IS NULL AND id > $2)",
    )
    .bind(decision.subject.uuid())
    .bind(decision.id.0)
    .fetch_one(c)
    .await)?)
}

/// Notes that a decision was undone; false when it was before.
///
/// # Errors
/// When the database fails.
pub async fn undo(tx: &mut Tx, id: DecisionId, at: Millis) -> Result<bool, StoreError> {
    Ok(on!(tx, c => sqlx::query("UPDATE decision SET undone_at = $2 WHERE id = $1 AND undone_at IS NULL")
        .bind(id.0)
        .bind(at)
        .execute(c)
        .await
        .map(|done| done.rows_affected() > 0))?)
}

/// Whether this was done about a thing since a moment.
///
/// # Errors
/// When the database fails.
pub async fn happened(tx: &mut Tx, subject: Subject, act: Decide, since: Millis) -> Result<bool, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM decision
         WHERE subject_id = $1 AND act = $2 AND created_at >= $3 AND undone_at IS NULL)",
    )
    .bind(subject.uuid())
    .bind(act.as_str())
    .bind(since)
    .fetch_one(c)
    .await)?)
}

/// How often something a person wrote was hidden, or they were warned.
///
/// # Errors
/// When the database fails.
pub async fn trouble(tx: &mut Tx, person: PersonId) -> Result<u32, StoreError> {
    let count: i64 = on!(tx, c => sqlx::query_scalar(
        "SELECT count(*) FROM decision WHERE person_id = $1 AND act IN ('hide', 'warn') AND undone_at IS NULL",
    )
    .bind(person.0)
    .fetch_one(c)
    .await)?;
    rows::number(count)
}

/// Why something was hidden, the last time it was.
///
/// # Errors
/// When the database fails.
pub async fn because(tx: &mut Tx, subject: Subject) -> Result<Option<Because>, StoreError> {
    let row: Option<(Option<String>, String)> = on!(tx, c => sqlx::query_as(
        "SELECT reason, words FROM decision WHERE subject_id = $1 AND act = 'hide' AND undone_at IS NULL
         ORDER BY created_at DESC, id DESC LIMIT 1",
    )
    .bind(subject.uuid())
    .fetch_optional(c)
    .await)?;
    row.map(|(reason, words)| {
        Ok(Because { reason: reason.as_deref().map(reports::reason).transpose()?.unwrap_or(Reason::Other), words })
    })
    .transpose()
}

/// Tells people of a decision.
///
/// # Errors
/// When the database fails.
pub async fn tell(
    tx: &mut Tx,
    decision: DecisionId,
    kind: RulingKind,
    people: &[PersonId],
    at: Millis,
) -> Result<(), StoreError> {
    for person in people {
        on!(tx, c => sqlx::query(
            "INSERT INTO ruling (id, person_id, decision_id, kind, created_at) VALUES ($1, $2, $3, $4, $5)",
        )
        .bind(Uuid::now_v7())
        .bind(person.0)
        .bind(decision.0)
        .bind(kind.as_str())
        .bind(at)
        .execute(c)
        .await
        .map(drop))?;
    }
    Ok(())
}

/// Whom a decision was told to.
///
/// # Errors
/// When the database fails.
pub async fn told(tx: &mut Tx, decision: DecisionId) -> Result<Vec<PersonId>, StoreError> {
    let people: Vec<Uuid> = on!(tx, c => sqlx::query_scalar("SELECT person_id FROM ruling WHERE decision_id = $1")
        .bind(decision.0).fetch_all(c).await)?;
    Ok(people.into_iter().map(PersonId).collect())
}

/// What a person was told of a decision.
#[derive(Clone, Debug)]
pub struct Ruling {
    /// Its id.
    pub id: HappeningId,
    /// Why they were told.
    pub kind: RulingKind,
    /// The decision, with what the person reported as its reason where that is why they were told.
    pub decision: Decision,
    /// When.
    pub at: Millis,
    /// Whether they have read it.
    pub read: bool,
}

#[derive(sqlx::FromRow)]
struct RulingRow {
    ruling_id: Uuid,
    ruling_kind: String,
    told_at: i64,
    read_at: Option<i64>,
    reported_for: Option<String>,
    #[sqlx(flatten)]
    decision: DecisionRow,
}

/// At most `limit` things a person was told by the moderators, the last first, from before `(at, id)`. What was undone
/// is not among them.
///
/// # Errors
/// When the database fails.
pub async fn rulings(
    tx: &mut Tx,
    person: PersonId,
    before: (Millis, Uuid),
    limit: u32,
) -> Result<Vec<Ruling>, StoreError> {
    let rows: Vec<RulingRow> = on!(tx, c => sqlx::query_as(
        "SELECT g.id AS ruling_id, g.kind AS ruling_kind, g.created_at AS told_at, g.read_at,
                r.reason AS reported_for, d.id, d.kind, d.subject_id, d.person_id, d.act, d.reason, d.words, d.was,
                d.by_id, d.created_at
         FROM ruling g JOIN decision d ON d.id = g.decision_id
         LEFT JOIN report r ON r.subject_id = d.subject_id AND r.reporter_id = g.person_id AND g.kind = 'reported'
         WHERE g.person_id = $1 AND d.undone_at IS NULL AND (g.created_at, g.id) < ($2, $3)
         ORDER BY g.created_at DESC, g.id DESC LIMIT $4",
    )
    .bind(person.0)
    .bind(before.0)
    .bind(before.1)
    .bind(i64::from(limit))
    .fetch_all(c)
    .await)?;
    rows.into_iter()
        .map(|row| {
            let kind = RulingKind::parse(&row.ruling_kind);
            let mut decision = Decision::try_from(row.decision)?;
            if let Some(reported) = &row.reported_for {
                decision.reason = Some(reports::reason(reported)?);
            }
            Ok(Ruling {
                id: HappeningId(row.ruling_id),
                kind: kind.ok_or_else(|| StoreError::Corrupt(format!("kind of ruling `{}`", row.ruling_kind)))?,
                decision,
                at: row.told_at,
                read: row.read_at.is_some(),
            })
        })
        .collect()
}

/// How many of them wait to be read.
///
/// # Errors
/// When the database fails.
pub async fn unread(tx: &mut Tx, person: PersonId) -> Result<u32, StoreError> {
    let count: i64 = on!(tx, c => sqlx::query_scalar(
        "SELECT count(*) FROM ruling g JOIN decision d ON d.id = g.decision_id
         WHERE g.person_id = $1 AND g.read_at IS NULL AND d.undone_at IS NULL",
    )
    .bind(person.0)
    .fetch_one(c)
    .await)?;
    rows::number(count)
}

/// Notes that a person has read one of them, or all.
///
/// # Errors
/// When the database fails.
pub async fn read(tx: &mut Tx, person: PersonId, which: Option<HappeningId>, at: Millis) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "UPDATE ruling SET read_at = $3 WHERE person_id = $1 AND read_at IS NULL AND (id = $2 OR $4 = 1)",
    )
    .bind(person.0)
    .bind(which.map_or(Uuid::nil(), |id| id.0))
    .bind(at)
    .bind(i64::from(which.is_none()))
    .execute(c)
    .await
    .map(drop))?;
    Ok(())
}

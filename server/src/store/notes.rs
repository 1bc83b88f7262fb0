//! What became of the notes on canvases: the ideas they became, and how people reacted to them.

use std::collections::BTreeMap;

use shared::{
    DocumentId, IdeaId, PersonId,
    api::{Millis, Reaction, ReactionCount},
    rules::Away,
};
use uuid::Uuid;

use super::{StoreError, Tx, boards::nil, on, rows};

/// That a note became an idea.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Promotion {
    /// The id of the note.
    pub note: String,
    /// The idea.
    pub idea: IdeaId,
    /// Its number.
    pub number: u32,
    /// Whose it is.
    pub author: PersonId,
    /// Why it is not shown as others are, if it is not.
    pub away: Option<Away>,
}

#[derive(sqlx::FromRow)]
struct PromotionRow {
    note: String,
    idea_id: Uuid,
    number: i64,
    author_id: Uuid,
    away: Option<String>,
}

impl TryFrom<PromotionRow> for Promotion {
    type Error = StoreError;

    fn try_from(row: PromotionRow) -> Result<Self, StoreError> {
        Ok(Self {
            note: row.note,
            idea: IdeaId(row.idea_id),
            number: rows::number(row.number)?,
            author: PersonId(row.author_id),
            away: rows::away(row.away.as_deref())?,
        })
    }
}

macro_rules! promotions {
    ($rest:literal) => {
        concat!(
            "SELECT n.note, n.idea_id, i.number, i.author_id, i.away FROM promotion n JOIN idea i ON i.id = n.idea_id
             WHERE n.document_id = $1",
            $rest
        )
    };
}

/// Which notes of a canvas became ideas, whoever may see those.
///
/// # Errors
/// When the database fails.
pub async fn promotions(tx: &mut Tx, document: DocumentId) -> Result<Vec<Promotion>, StoreError> {
    let rows: Vec<PromotionRow> = on!(tx, c => sqlx::query_as(promotions!(" ORDER BY i.number"))
        .bind(document.as_uuid()).fetch_all(c).await)?;
    rows.into_iter().map(Promotion::try_from).collect()
}

/// The idea that a note became, if it did.
///
/// # Errors
/// When the database fails.
pub async fn promotion(tx: &mut Tx, document: DocumentId, note: &str) -> Result<Option<Promotion>, StoreError> {
    let row: Option<PromotionRow> = on!(tx, c => sqlx::query_as(promotions!(" AND n.note = $2"))
        .bind(document.as_uuid()).bind(note).fetch_optional(c).await)?;
    row.map(Promotion::try_from).transpose()
}

/// Writes down that a note became an idea, because `by` asked for it.
///
/// # Errors
/// [`StoreError::Taken`] when it became one before.
pub async fn promote(
    tx: &mut Tx,
    (document, note): (DocumentId, &str),
    idea: IdeaId,
    by: PersonId,
    at: Millis,
) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "INSERT INTO promotion (document_id, note, idea_id, person_id, created_at) VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(document.as_uuid())
    .bind(note)
    .bind(idea.0)
    .bind(by.0)
    .bind(at)
    .execute(c)
    .await
    .map(drop))?;
    Ok(())
}

/// The reactions to the notes of a canvas, by the ids of the notes, as a person sees them.
///
/// # Errors
/// When the database fails.
pub async fn reactions(
    tx: &mut Tx,
    person: Option<PersonId>,
    document: DocumentId,
) -> Result<BTreeMap<String, Vec<ReactionCount>>, StoreError> {
    let rows: Vec<(String, String, i64, i64)> = on!(tx, c => sqlx::query_as(
        "SELECT note, kind, count(*), CAST(sum(CASE WHEN person_id = $2 THEN 1 ELSE 0 END) AS BIGINT)
         FROM note_reaction WHERE document_id = $1 GROUP BY note, kind",
    )
    .bind(document.as_uuid())
    .bind(nil(person))
    .fetch_all(c)
    .await)?;
    let mut found: BTreeMap<String, Vec<ReactionCount>> = BTreeMap::new();
    for (note, kind, count, mine) in rows {
        let kind = Reaction::parse(&kind).ok_or_else(|| StoreError::Corrupt(format!("reaction `{kind}`")))?;
        found.entry(note).or_default().push(ReactionCount { kind, count: rows::number(count)?, mine: mine > 0 });
    }
    for counts in found.values_mut() {
        counts.sort_unstable_by_key(|count| Reaction::ALL.iter().position(|kind| *kind == count.kind));
    }
    Ok(found)
}

/// How many people reacted to a note in one way.
///
/// # Errors
/// When the database fails.
pub async fn count(tx: &mut Tx, (document, note): (DocumentId, &str), kind: Reaction) -> Result<u32, StoreError> {
    let count: i64 = on!(tx, c => sqlx::query_scalar(
        "SELECT count(*) FROM note_reaction WHERE document_id = $1 AND note = $2 AND kind = $3",
    )
    .bind(document.as_uuid())
    .bind(note)
    .bind(kind.as_str())
    .fetch_one(c)
    .await)?;
    rows::number(count)
}

/// Sets a person's reaction to a note, since `at`, or takes it back. Whether that changed anything.
///
/// # Errors
/// When the database fails.
pub async fn react(
    tx: &mut Tx,
    (document, note): (DocumentId, &str),
    person: PersonId,
    kind: Reaction,
    at: Option<Millis>,
) -> Result<bool, StoreError> {
    let sql = if at.is_some() {
        "INSERT INTO note_reaction (document_id, note, person_id, kind, created_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT DO NOTHING"
    } else {
        "DELETE FROM note_reaction WHERE document_id = $1 AND note = $2 AND person_id = $3 AND kind = $4 AND $5 IS NULL"
    };
    Ok(on!(tx, c => sqlx::query(sql)
        .bind(document.as_uuid())
        .bind(note)
        .bind(person.0)
        .bind(kind.as_str())
        .bind(at)
        .execute(c)
        .await
        .map(|done| done.rows_affected() > 0))?)
}

//! Concepts frozen at a version.

use shared::{
    IdeaId, PersonId,
    api::{FreezeView, Millis},
};
use uuid::Uuid;

use super::{StoreError, Tx, on, rows};

/// A concept that is frozen, with its texts.
#[derive(Clone, Debug)]
pub struct Frozen {
    /// That it is.
    pub view: FreezeView,
    /// Its title.
    pub title: String,
    /// Its pitch.
    pub pitch: String,
    /// Its body, Markdown.
    pub body: String,
    /// The same as sanitised HTML.
    pub body_html: String,
}

#[derive(sqlx::FromRow)]
struct FreezeRow {
    created_at: i64,
    seq: i64,
    words: String,
    #[sqlx(flatten)]
    by: rows::PersonRow,
}

impl TryFrom<FreezeRow> for FreezeView {
    type Error = StoreError;

    fn try_from(row: FreezeRow) -> Result<Self, StoreError> {
        Ok(Self { by: row.by.try_into()?, at: row.created_at, seq: row.seq, words: row.words })
    }
}

/// That the concept of an idea is frozen, if it is.
///
/// # Errors
/// When the database fails.
pub async fn of(tx: &mut Tx, idea: IdeaId) -> Result<Option<FreezeView>, StoreError> {
    let row: Option<FreezeRow> = on!(tx, c => sqlx::query_as(
        "SELECT f.created_at, f.seq, f.words, p.id AS person_id, p.handle, p.name, p.role,
                p.unclaimed_at IS NOT NULL AS unclaimed
         FROM frozen_concept f JOIN person p ON p.id = f.person_id WHERE f.idea_id = $1 AND f.lifted_at IS NULL",
    )
    .bind(idea.0)
    .fetch_optional(c)
    .await)?;
    row.map(FreezeView::try_from).transpose()
}

/// The texts at which the concept of an idea is frozen, if it is.
///
/// # Errors
/// When the database fails.
pub async fn texts(tx: &mut Tx, idea: IdeaId) -> Result<Option<Frozen>, StoreError> {
    let Some(view) = of(tx, idea).await? else { return Ok(None) };
    let texts: Option<(String, String, String, String)> = on!(tx, c => sqlx::query_as(
        "SELECT title, pitch, body, body_html FROM frozen_concept WHERE idea_id = $1 AND lifted_at IS NULL",
    )
    .bind(idea.0)
    .fetch_optional(c)
    .await)?;
    Ok(texts.map(|(title, pitch, body, body_html)| Frozen { view, title, pitch, body, body_html }))
}

/// Freezes the concept of an idea at what its row says of it. Whatever it was frozen at before is lifted by the same hand.
///
/// # Errors
/// When the database fails.
pub async fn freeze(tx: &mut Tx, idea: IdeaId, by: PersonId, words: &str, at: Millis) -> Result<(), StoreError> {
    lift(tx, idea, by, at).await?;
    on!(tx, c => sqlx::query(
        "INSERT INTO frozen_concept (id, idea_id, person_id, created_at, seq, title, pitch, body, body_html, words)
         SELECT $2, id, $3, $4, concept_seq, title, pitch, body, body_html, $5 FROM idea WHERE id = $1",
    )
    .bind(idea.0)
    .bind(Uuid::now_v7())
    .bind(by.0)
    .bind(at)
    .bind(words)
    .execute(c)
    .await
    .map(drop))?;
    Ok(())
}

/// Lets the concept of an idea be frozen no longer. False where it was not.
///
/// # Errors
/// When the database fails.
pub async fn lift(tx: &mut Tx, idea: IdeaId, by: PersonId, at: Millis) -> Result<bool, StoreError> {
    Ok(on!(tx, c => sqlx::query(
        "UPDATE frozen_concept SET lifted_at = $3, lifted_by = $2 WHERE idea_id = $1 AND lifted_at IS NULL",
    )
    .bind(idea.0)
    .bind(by.0)
    .bind(at)
    .execute(c)
    .await
    .map(|done| done.rows_affected() > 0))?)
}

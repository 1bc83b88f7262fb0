//! Who answers the ideas of a board, or those of one of its tags.

use shared::{
    BoardId, IdeaId, PersonId, TagId,
    api::{AnswererView, Millis, TagView},
};
use uuid::Uuid;

use super::{StoreError, Tx, on, rows};

#[derive(sqlx::FromRow)]
struct AnswererRow {
    reserve: i64,
    any_tag_id: Option<Uuid>,
    tag_name: Option<String>,
    tag_colour: Option<String>,
    #[sqlx(flatten)]
    person: rows::PersonRow,
}

impl TryFrom<AnswererRow> for AnswererView {
    type Error = StoreError;

    fn try_from(row: AnswererRow) -> Result<Self, StoreError> {
        let tag = match (row.any_tag_id, row.tag_name, row.tag_colour) {
            (Some(tag_id), Some(tag_name), Some(tag_colour)) => {
                Some(TagView::try_from(rows::TagRow { tag_id, tag_name, tag_colour })?)
            }
            _ => None,
        };
        Ok(Self { person: row.person.try_into()?, tag, reserve: row.reserve != 0 })
    }
}

/// Who answers the ideas of a board: those whatever the tags first, then by tag; before those in reserve.
///
/// # Errors
/// When the database fails.
pub async fn of_board(tx: &mut Tx, board: BoardId) -> Result<Vec<AnswererView>, StoreError> {
    let rows: Vec<AnswererRow> = on!(tx, c => sqlx::query_as(
        "SELECT a.reserve, t.id AS any_tag_id, t.name AS tag_name, t.colour AS tag_colour,
                p.id AS person_id, p.handle, p.name, p.role, p.unclaimed_at IS NOT NULL AS unclaimed
         FROM answerer a JOIN person p ON p.id = a.person_id LEFT JOIN tag t ON t.id = a.tag_id
         WHERE a.board_id = $1
         ORDER BY CASE WHEN t.id IS NULL THEN 0 ELSE 1 END, t.name, t.id, a.reserve, a.created_at, a.id",
    )
    .bind(board.0)
    .fetch_all(c)
    .await)?;
    rows.into_iter().map(AnswererView::try_from).collect()
}

/// Whether anybody is named to answer on the board of an idea that nobody answered.
///
/// # Errors
/// When the database fails.
pub async fn any(tx: &mut Tx, idea: IdeaId) -> Result<bool, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM answerer a JOIN idea i ON i.board_id = a.board_id
         WHERE i.id = $1 AND i.answered_at IS NULL)",
    )
    .bind(idea.0)
    .fetch_one(c)
    .await)?)
}

/// Names somebody to answer the ideas of a board, or those of one of its tags, and says whether they stand in reserve.
///
/// # Errors
/// When the database fails.
pub async fn set(
    tx: &mut Tx,
    board: BoardId,
    person: PersonId,
    tag: Option<TagId>,
    reserve: bool,
    at: Millis,
) -> Result<(), StoreError> {
    remove(tx, board, person, tag).await?;
    on!(tx, c => sqlx::query(
        "INSERT INTO answerer (id, board_id, tag_id, person_id, reserve, created_at) VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(Uuid::now_v7())
    .bind(board.0)
    .bind(tag.map(|tag| tag.0))
    .bind(person.0)
    .bind(i64::from(reserve))
    .bind(at)
    .execute(c)
    .await
    .map(drop))?;
    Ok(())
}

/// Lets somebody no longer answer the ideas of a board, or those of one of its tags. Whether they were to.
///
/// # Errors
/// When the database fails.
pub async fn remove(tx: &mut Tx, board: BoardId, person: PersonId, tag: Option<TagId>) -> Result<bool, StoreError> {
    Ok(on!(tx, c => sqlx::query(
        "DELETE FROM answerer WHERE board_id = $1 AND person_id = $2
         AND (tag_id = $3 OR (tag_id IS NULL AND $3 IS NULL))",
    )
    .bind(board.0)
    .bind(person.0)
    .bind(tag.map(|tag| tag.0))
    .execute(c)
    .await
    .map(|done| done.rows_affected() > 0))?)
}

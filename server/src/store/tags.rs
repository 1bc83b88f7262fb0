//! Tags of boards, and of their ideas.

use std::collections::HashMap;

use shared::{
    BoardId, IdeaId, TagId,
    api::{IdeaCard, TagView},
    slug::slug,
};
use uuid::Uuid;

use super::{
    StoreError, Tx,
    boards::{Sight, seen},
    on, rows,
};

#[derive(sqlx::FromRow)]
struct OwnedRow {
    owner: Uuid,
    #[sqlx(flatten)]
    tag: rows::TagRow,
}

/// By name, as people order names: accents and capitals do not count.
fn key(tag: &TagView) -> (String, String) {
    (slug(&tag.name), tag.name.clone())
}

/// Tags of one board or idea in their order.
fn in_order(rows: Vec<rows::TagRow>) -> Result<Vec<TagView>, StoreError> {
    let mut tags = rows.into_iter().map(TagView::try_from).collect::<Result<Vec<_>, _>>()?;
    tags.sort_by_cached_key(key);
    Ok(tags)
}

/// The tags of a board, by name.
///
/// # Errors
/// When the database fails.
pub async fn of_board(tx: &mut Tx, board: BoardId) -> Result<Vec<TagView>, StoreError> {
    let rows: Vec<rows::TagRow> = on!(tx, c => sqlx::query_as(
        "SELECT id AS tag_id, name AS tag_name, colour AS tag_colour FROM tag WHERE board_id = $1",
    )
    .bind(board.0)
    .fetch_all(c)
    .await)?;
    in_order(rows)
}

/// The tags of every board somebody sees, by name within each.
///
/// # Errors
/// When the database fails.
pub async fn seen(tx: &mut Tx, sight: &Sight) -> Result<Vec<(BoardId, TagView)>, StoreError> {
    let rows: Vec<OwnedRow> = on!(tx, c => sqlx::query_as(concat!(
        "SELECT t.board_id AS owner, t.id AS tag_id, t.name AS tag_name, t.colour AS tag_colour
         FROM tag t JOIN board b ON b.id = t.board_id WHERE ",
        seen!()
    ))
    .bind(&sight.audiences)
    .bind(&sight.as_member)
    .bind(sight.person)
    .fetch_all(c)
    .await)?;
    let mut tags = Vec::with_capacity(rows.len());
    for row in rows {
        tags.push((BoardId(row.owner), TagView::try_from(row.tag)?));
    }
    tags.sort_by_cached_key(|(board, tag)| (*board, key(tag)));
    Ok(tags)
}

/// Adds a tag to a board.
///
/// # Errors
/// [`StoreError::Taken`] when another tag of the board has the name.
pub async fn insert(tx: &mut Tx, board: BoardId, tag: &TagView) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query("INSERT INTO tag (id, board_id, name, colour) VALUES ($1, $2, $3, $4)")
        .bind(tag.id.0)
        .bind(board.0)
        .bind(&tag.name)
        .bind(tag.colour.as_str())
        .execute(c)
        .await
        .map(drop))?;
    Ok(())
}

/// Gives a tag of a board another name and colour, and says whether there is one.
///
/// # Errors
/// [`StoreError::Taken`] when another tag of the board has the name.
pub async fn update(tx: &mut Tx, board: BoardId, tag: &TagView) -> Result<bool, StoreError> {
    Ok(on!(tx, c => sqlx::query("UPDATE tag SET name = $3, colour = $4 WHERE id = $1 AND board_id = $2")
        .bind(tag.id.0)
        .bind(board.0)
        .bind(&tag.name)
        .bind(tag.colour.as_str())
        .execute(c)
        .await
        .map(|done| done.rows_affected() > 0))?)
}

/// Removes a tag from a board and its ideas, and says whether there was one.
///
/// # Errors
/// When the database fails.
pub async fn delete(tx: &mut Tx, board: BoardId, tag: TagId) -> Result<bool, StoreError> {
    Ok(on!(tx, c => sqlx::query("DELETE FROM tag WHERE id = $1 AND board_id = $2")
        .bind(tag.0)
        .bind(board.0)
        .execute(c)
        .await
        .map(|done| done.rows_affected() > 0))?)
}

/// Gives an idea these tags, of its board, in place of those it had.
///
/// # Errors
/// When the database fails.
pub async fn set(tx: &mut Tx, idea: IdeaId, tags: &[TagId]) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query("DELETE FROM idea_tag WHERE idea_id = $1").bind(idea.0).execute(c).await.map(drop))?;
    for tag in tags {
        on!(tx, c => sqlx::query("INSERT INTO idea_tag (idea_id, tag_id) VALUES ($1, $2) ON CONFLICT DO NOTHING")
            .bind(idea.0).bind(tag.0).execute(c).await.map(drop))?;
    }
    Ok(())
}

macro_rules! of_ideas {
    ($ids:literal) => {
        concat!(
            "SELECT o.idea_id AS owner, t.id AS tag_id, t.name AS tag_name, t.colour AS tag_colour
             FROM idea_tag o JOIN tag t ON t.id = o.tag_id WHERE o.idea_id ",
            $ids
        )
    };
}

/// Gives cards the tags of their ideas.
pub(super) async fn dress(tx: &mut Tx, cards: &mut [IdeaCard]) -> Result<(), StoreError> {
    let ids: Vec<Uuid> = cards.iter().map(|card| card.id.0).collect();
    let rows: Vec<OwnedRow> = match tx {
        Tx::Sqlite(tx) => {
            let ids: Vec<String> = ids.iter().map(|id| id.simple().to_string()).collect();
            sqlx::query_as(of_ideas!("IN (SELECT unhex(value) FROM json_each($1))"))
                .bind(sqlx::types::Json(ids))
                .fetch_all(&mut **tx)
                .await?
        }
        Tx::Postgres(tx) => sqlx::query_as(of_ideas!("= ANY ($1)")).bind(&ids).fetch_all(&mut **tx).await?,
    };
    let mut by_idea: HashMap<IdeaId, Vec<TagView>> = HashMap::new();
    for row in rows {
        by_idea.entry(IdeaId(row.owner)).or_default().push(row.tag.try_into()?);
    }
    by_idea.values_mut().for_each(|tags| tags.sort_by_cached_key(key));
    for card in cards {
        card.tags = by_idea.remove(&card.id).unwrap_or_default();
    }
    Ok(())
}

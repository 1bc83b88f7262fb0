//! Who is named a member of a board, and who a co-author of an idea.

use shared::{
    BoardId, IdeaId, PersonId,
    api::{MemberView, Millis, PersonView},
};
use uuid::Uuid;

use super::{StoreError, Tx, on, rows};

/// Makes somebody a member of a board, and says whether they were not one before.
///
/// # Errors
/// When the database fails.
pub async fn add(tx: &mut Tx, board: BoardId, person: PersonId, at: Millis) -> Result<bool, StoreError> {
    Ok(on!(tx, c => sqlx::query(
        "INSERT INTO board_member (board_id, person_id, created_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
    )
    .bind(board.0)
    .bind(person.0)
    .bind(at)
    .execute(c)
    .await
    .map(|done| done.rows_affected() > 0))?)
}

/// Makes somebody no member of a board, and says whether they were one.
///
/// # Errors
/// When the database fails.
pub async fn remove(tx: &mut Tx, board: BoardId, person: PersonId) -> Result<bool, StoreError> {
    Ok(on!(tx, c => sqlx::query("DELETE FROM board_member WHERE board_id = $1 AND person_id = $2")
        .bind(board.0)
        .bind(person.0)
        .execute(c)
        .await
        .map(|done| done.rows_affected() > 0))?)
}

#[derive(sqlx::FromRow)]
struct MemberRow {
    #[sqlx(flatten)]
    person: rows::PersonRow,
    since: i64,
}

/// At most `limit` members of a board, the earliest first, from after `(since, person)`.
///
/// # Errors
/// When the database fails.
pub async fn page(
    tx: &mut Tx,
    board: BoardId,
    after: (Millis, Uuid),
    limit: u32,
) -> Result<Vec<MemberView>, StoreError> {
    let rows: Vec<MemberRow> = on!(tx, c => sqlx::query_as(
        "SELECT m.person_id, p.handle, p.name, p.role, p.unclaimed_at IS NOT NULL AS unclaimed, m.created_at AS since
         FROM board_member m JOIN person p ON p.id = m.person_id
         WHERE m.board_id = $1 AND (m.created_at, m.person_id) > ($2, $3)
         ORDER BY m.created_at, m.person_id LIMIT $4",
    )
    .bind(board.0)
    .bind(after.0)
    .bind(after.1)
    .bind(i64::from(limit))
    .fetch_all(c)
    .await)?;
    rows.into_iter().map(|row| Ok(MemberView { person: row.person.try_into()?, since: row.since })).collect()
}

/// The co-authors of an idea, the proposer first, then in the order they were named.
///
/// # Errors
/// When the database fails.
pub async fn coauthors(tx: &mut Tx, idea: IdeaId) -> Result<Vec<PersonView>, StoreError> {
    let rows: Vec<rows::PersonRow> = on!(tx, c => sqlx::query_as(
        "SELECT a.person_id, p.handle, p.name, p.role, p.unclaimed_at IS NOT NULL AS unclaimed
         FROM coauthor a JOIN person p ON p.id = a.person_id JOIN idea i ON i.id = a.idea_id
         WHERE a.idea_id = $1
         ORDER BY CASE WHEN a.person_id = i.author_id THEN 0 ELSE 1 END, a.created_at, a.person_id",
    )
    .bind(idea.0)
    .fetch_all(c)
    .await)?;
    rows.into_iter().map(PersonView::try_from).collect()
}

/// Makes somebody a co-author of an idea, and says whether they were not one before, but for a merge.
///
/// # Errors
/// When the database fails.
pub async fn add_coauthor(tx: &mut Tx, idea: IdeaId, person: PersonId, at: Millis) -> Result<bool, StoreError> {
    Ok(on!(tx, c => sqlx::query(
        "INSERT INTO coauthor (idea_id, person_id, created_at) VALUES ($1, $2, $3)
         ON CONFLICT (idea_id, person_id) DO UPDATE SET merge_id = NULL WHERE coauthor.merge_id IS NOT NULL",
    )
    .bind(idea.0)
    .bind(person.0)
    .bind(at)
    .execute(c)
    .await
    .map(|done| done.rows_affected() > 0))?)
}

/// Makes somebody no co-author of an idea, and says whether they were one.
///
/// # Errors
/// When the database fails.
pub async fn remove_coauthor(tx: &mut Tx, idea: IdeaId, person: PersonId) -> Result<bool, StoreError> {
    Ok(on!(tx, c => sqlx::query("DELETE FROM coauthor WHERE idea_id = $1 AND person_id = $2")
        .bind(idea.0)
        .bind(person.0)
        .execute(c)
        .await
        .map(|done| done.rows_affected() > 0))?)
}

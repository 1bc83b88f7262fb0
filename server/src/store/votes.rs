//! Votes, and who follows an idea.

use shared::{BoardId, IdeaId, PersonId, api::Millis};

use super::{StoreError, Tx, heat, on, rows};

/// Counts a person's vote and says whether it was none before. The vote keeps what the concept said: its place in the log.
///
/// # Errors
/// When the database fails.
pub async fn add(tx: &mut Tx, idea: IdeaId, person: PersonId, at: Millis) -> Result<bool, StoreError> {
    let new = on!(tx, c => sqlx::query(
        "INSERT INTO vote (idea_id, person_id, created_at, concept_seq)
         SELECT id, $2, $3, concept_seq FROM idea WHERE id = $1 ON CONFLICT DO NOTHING",
    )
    .bind(idea.0)
    .bind(person.0)
    .bind(at)
    .execute(c)
    .await
    .map(|done| done.rows_affected() > 0))?;
    if new {
        count(tx, idea, 1).await?;
    }
    Ok(new)
}

/// Takes a person's vote back and says whether there was one.
///
/// # Errors
/// When the database fails.
pub async fn remove(tx: &mut Tx, idea: IdeaId, person: PersonId) -> Result<bool, StoreError> {
    let had = on!(tx, c => sqlx::query("DELETE FROM vote WHERE idea_id = $1 AND person_id = $2")
        .bind(idea.0)
        .bind(person.0)
        .execute(c)
        .await
        .map(|done| done.rows_affected() > 0))?;
    if had {
        count(tx, idea, -1).await?;
    }
    Ok(had)
}

async fn count(tx: &mut Tx, idea: IdeaId, more: i64) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query("UPDATE idea SET votes = votes + $2 WHERE id = $1")
        .bind(idea.0).bind(more).execute(c).await.map(drop))?;
    heat::refresh(tx, idea).await
}

/// How many votes a person gave on a board since a moment. Whoever else asks so waits for this transaction to end, so
/// that two votes at once are not both the last one.
///
/// # Errors
/// When the database fails.
pub async fn given(tx: &mut Tx, person: PersonId, board: BoardId, since: Millis) -> Result<u32, StoreError> {
    if let Tx::Postgres(tx) = tx {
        sqlx::query("SELECT 1 FROM person WHERE id = $1 FOR UPDATE").bind(person.0).execute(&mut **tx).await?;
    }
    let given: i64 = on!(tx, c => sqlx::query_scalar(
        "SELECT count(*) FROM vote v JOIN idea i ON i.id = v.idea_id
         WHERE v.person_id = $1 AND v.created_at >= $3 AND i.board_id = $2",
    )
    .bind(person.0)
    .bind(board.0)
    .bind(since)
    .fetch_one(c)
    .await)?;
    rows::number(given)
}

/// How many people want an idea.
///
/// # Errors
/// When the database fails.
pub async fn of(tx: &mut Tx, idea: IdeaId) -> Result<u32, StoreError> {
    let votes: i64 = on!(tx, c => sqlx::query_scalar("SELECT votes FROM idea WHERE id = $1")
        .bind(idea.0).fetch_one(c).await)?;
    rows::number(votes)
}

/// Lets somebody who takes part in an idea follow it, unless they said before that they do not want to.
///
/// # Errors
/// When the database fails.
pub async fn take_part(tx: &mut Tx, idea: IdeaId, person: PersonId, at: Millis) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "INSERT INTO follow (idea_id, person_id, created_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
    )
    .bind(idea.0)
    .bind(person.0)
    .bind(at)
    .execute(c)
    .await
    .map(drop))?;
    Ok(())
}

/// Lets somebody follow an idea (`muted` nothing), or not (`muted` since when).
///
/// # Errors
/// When the database fails.
pub async fn follow(
    tx: &mut Tx,
    idea: IdeaId,
    person: PersonId,
    muted: Option<Millis>,
    at: Millis,
) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "INSERT INTO follow (idea_id, person_id, muted_at, created_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (idea_id, person_id) DO UPDATE SET muted_at = excluded.muted_at",
    )
    .bind(idea.0)
    .bind(person.0)
    .bind(muted)
    .bind(at)
    .execute(c)
    .await
    .map(drop))?;
    Ok(())
}

//! Votes, and who follows an idea.

use shared::{BoardId, IdeaId, PersonId, api::Millis};

use super::{StoreError, Tx, heat, on, rows};

/// Begins a query with `twin`, the ideas merged into the one bound to `$1` and into those.
macro_rules! twins {
    () => {
        "WITH RECURSIVE twin (id) AS (
             SELECT twin_id FROM merge WHERE target_id = $1 AND undone_at IS NULL
             UNION SELECT m.twin_id FROM merge m JOIN twin t ON m.target_id = t.id WHERE m.undone_at IS NULL
         ) "
    };
}

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

/// Takes a person's vote back and says whether there was one. What they gave to ideas that were merged into this one goes
/// with it: undoing a merge brings no vote back that was taken back.
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
        on!(tx, c => sqlx::query(
            concat!(twins!(), "DELETE FROM vote WHERE person_id = $2 AND idea_id IN (SELECT id FROM twin)"),
        )
        .bind(idea.0)
        .bind(person.0)
        .execute(c)
        .await
        .map(drop))?;
        count(tx, idea, -1).await?;
    }
    Ok(had)
}

async fn count(tx: &mut Tx, idea: IdeaId, more: i64) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query("UPDATE idea SET votes = votes + $2 WHERE id = $1")
        .bind(idea.0).bind(more).execute(c).await.map(drop))?;
    heat::refresh(tx, idea).await
}

/// Whoever else calls this for the person waits for this transaction to end, so that two votes at once are not both the
/// last one.
///
/// # Errors
/// When the database fails.
pub async fn lock_voter(tx: &mut Tx, person: PersonId) -> Result<(), StoreError> {
    if let Tx::Postgres(tx) = tx {
        sqlx::query("SELECT 1 FROM person WHERE id = $1 FOR NO KEY UPDATE").bind(person.0).execute(&mut **tx).await?;
    }
    Ok(())
}

/// How many votes a person gave on a board since a moment. What a merge carried was given elsewhere.
///
/// # Errors
/// When the database fails.
pub async fn given(tx: &mut Tx, person: PersonId, board: BoardId, since: Millis) -> Result<u32, StoreError> {
    let given: i64 = on!(tx, c => sqlx::query_scalar(
        "SELECT count(*) FROM vote v JOIN idea i ON i.id = v.idea_id
         WHERE v.person_id = $1 AND v.created_at >= $3 AND i.board_id = $2 AND v.merge_id IS NULL",
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

/// Lets somebody who takes part in an idea follow it, unless they said before that they do not want to. Who followed it
/// only by a merge does so by themselves from then on.
///
/// # Errors
/// When the database fails.
pub async fn take_part(tx: &mut Tx, idea: IdeaId, person: PersonId, at: Millis) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "INSERT INTO follow (idea_id, person_id, created_at) VALUES ($1, $2, $3)
         ON CONFLICT (idea_id, person_id) DO UPDATE SET merge_id = NULL WHERE follow.muted_at IS NULL",
    )
    .bind(idea.0)
    .bind(person.0)
    .bind(at)
    .execute(c)
    .await
    .map(drop))?;
    Ok(())
}

/// Lets somebody follow an idea (`muted` nothing), or not (`muted` since when), which then holds for those merged into it.
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
         ON CONFLICT (idea_id, person_id) DO UPDATE SET muted_at = excluded.muted_at, merge_id = NULL",
    )
    .bind(idea.0)
    .bind(person.0)
    .bind(muted)
    .bind(at)
    .execute(c)
    .await
    .map(drop))?;
    if muted.is_some() {
        on!(tx, c => sqlx::query(concat!(
            twins!(),
            "UPDATE follow SET muted_at = $3 WHERE person_id = $2 AND muted_at IS NULL
             AND idea_id IN (SELECT id FROM twin)"
        ))
        .bind(idea.0)
        .bind(person.0)
        .bind(muted)
        .execute(c)
        .await
        .map(drop))?;
    }
    Ok(())
}

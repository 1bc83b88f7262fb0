//! How ideas move through the stages of their board.

use shared::{
    IdeaId, PersonId, StageId,
    api::{Millis, PersonView, StageMove, StageView},
};
use uuid::Uuid;

use super::{StoreError, Tx, on, rows};

/// The stage an idea is in. Whoever else asks so waits for this transaction to end.
///
/// # Errors
/// When the database fails.
pub async fn of(tx: &mut Tx, idea: IdeaId) -> Result<StageId, StoreError> {
    let sql = match tx {
        Tx::Sqlite(_) => "SELECT stage_id FROM idea WHERE id = $1",
        Tx::Postgres(_) => "SELECT stage_id FROM idea WHERE id = $1 FOR UPDATE",
    };
    Ok(StageId(on!(tx, c => sqlx::query_scalar(sql).bind(idea.0).fetch_one(c).await)?))
}

/// A move of an idea from one stage to another.
#[derive(Clone, Copy, Debug)]
pub struct Move<'a> {
    /// The idea.
    pub idea: IdeaId,
    /// Where it stood.
    pub from: StageId,
    /// Where it goes.
    pub to: StageId,
    /// Who moves it.
    pub by: PersonId,
    /// Why; may be empty.
    pub reason: &'a str,
    /// When.
    pub at: Millis,
}

/// Moves an idea to another stage of its board, and keeps the record. The first move is the first answer, unless one
/// was given before.
///
/// # Errors
/// When the database fails.
pub async fn set(tx: &mut Tx, to: &Move<'_>) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query("UPDATE idea SET stage_id = $2, answered_at = coalesce(answered_at, $3) WHERE id = $1")
        .bind(to.idea.0).bind(to.to.0).bind(to.at).execute(c).await.map(drop))?;
    on!(tx, c => sqlx::query(
        "INSERT INTO stage_move (id, idea_id, from_id, to_id, person_id, reason, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(Uuid::now_v7())
    .bind(to.idea.0)
    .bind(to.from.0)
    .bind(to.to.0)
    .bind(to.by.0)
    .bind(to.reason)
    .bind(to.at)
    .execute(c)
    .await
    .map(drop))?;
    Ok(())
}

#[derive(sqlx::FromRow)]
struct MoveRow {
    from_id: Uuid,
    to_id: Uuid,
    reason: String,
    created_at: i64,
    #[sqlx(flatten)]
    by: rows::PersonRow,
}

/// The moves of an idea, the last first. `stages` are those of its board.
///
/// # Errors
/// When the database fails.
pub async fn moves(tx: &mut Tx, idea: IdeaId, stages: &[StageView]) -> Result<Vec<StageMove>, StoreError> {
    let rows: Vec<MoveRow> = on!(tx, c => sqlx::query_as(
        "SELECT m.from_id, m.to_id, m.reason, m.created_at, p.id AS person_id, p.handle, p.name, p.role, p.unclaimed_at IS NOT NULL AS unclaimed
         FROM stage_move m JOIN person p ON p.id = m.person_id
         WHERE m.idea_id = $1 ORDER BY m.created_at DESC, m.id DESC",
    )
    .bind(idea.0)
    .fetch_all(c)
    .await)?;
    let named = |id: Uuid| {
        let stage = stages.iter().find(|stage| stage.id.0 == id);
        stage.cloned().ok_or_else(|| StoreError::Corrupt(format!("stage {id} is not of the idea's board")))
    };
    rows.into_iter()
        .map(|row| {
            let by = PersonView::try_from(row.by)?;
            Ok(StageMove {
                from: named(row.from_id)?,
                to: named(row.to_id)?,
                by,
                reason: row.reason,
                at: row.created_at,
            })
        })
        .collect()
}

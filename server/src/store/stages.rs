//! How ideas move through the stages of their board.

use std::collections::HashMap;

use shared::{
    BoardId, IdeaId, PersonId, StageId,
    api::{Millis, PersonView, Phase, StageMove, StageView},
};
use uuid::Uuid;

use super::{StoreError, Tx, news, of_ids, on, rows};

/// A stage as it is to be kept.
#[derive(Clone, Debug)]
pub struct Step {
    /// What everyone knows of it.
    pub view: StageView,
    /// Under which heading of the roadmap its ideas are shown.
    pub phase: Option<Phase>,
}

/// The stage an idea is in.
///
/// # Errors
/// When the database fails.
pub async fn of(tx: &mut Tx, idea: IdeaId) -> Result<StageId, StoreError> {
    Ok(StageId(on!(tx, c => sqlx::query_scalar("SELECT stage_id FROM idea WHERE id = $1")
        .bind(idea.0).fetch_one(c).await)?))
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

/// A move of all ideas in a stage to another.
#[derive(Clone, Copy, Debug)]
pub struct MoveAll {
    /// Where they stood.
    pub from: StageId,
    /// Where they go.
    pub to: StageId,
    /// Who moves them.
    pub by: PersonId,
    /// When.
    pub at: Millis,
}

/// Moves an idea to another stage of its board, and keeps the record. The first move is the first answer, unless one
/// was given before; where an answer was promised, only a move with a reason is one.
///
/// # Errors
/// When the database fails.
pub async fn set(tx: &mut Tx, to: &Move<'_>) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "UPDATE idea SET stage_id = $2,
             answered_at = CASE WHEN due_at IS NULL OR $4 = 1 THEN coalesce(answered_at, $3) ELSE answered_at END
         WHERE id = $1",
    )
    .bind(to.idea.0)
    .bind(to.to.0)
    .bind(to.at)
    .bind(i64::from(!to.reason.is_empty()))
    .execute(c)
    .await
    .map(drop))?;
    record(tx, to).await?;
    news::refresh(tx, to.idea).await
}

async fn record(tx: &mut Tx, to: &Move<'_>) -> Result<(), StoreError> {
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
    id: Uuid,
    from_id: Uuid,
    to_id: Uuid,
    reason: String,
    created_at: i64,
    #[sqlx(flatten)]
    by: rows::PersonRow,
}

macro_rules! moves {
    () => {
        "SELECT m.id, m.from_id, m.to_id, m.reason, m.created_at,
                p.id AS person_id, p.handle, p.name, p.role, p.unclaimed_at IS NOT NULL AS unclaimed
         FROM stage_move m JOIN person p ON p.id = m.person_id WHERE "
    };
}

/// The moves of an idea, the last first.
///
/// # Errors
/// When the database fails.
pub async fn moves(tx: &mut Tx, idea: IdeaId) -> Result<Vec<StageMove>, StoreError> {
    let rows: Vec<MoveRow> = on!(tx, c => sqlx::query_as(
        concat!(moves!(), "m.idea_id = $1 ORDER BY m.created_at DESC, m.id DESC"),
    )
    .bind(idea.0)
    .fetch_all(c)
    .await)?;
    Ok(named(tx, idea, rows).await?.into_iter().map(|(_, moved)| moved).collect())
}

/// Those of the moves of an idea that have these ids, with them.
pub(super) async fn moves_of(tx: &mut Tx, idea: IdeaId, ids: &[Uuid]) -> Result<Vec<(Uuid, StageMove)>, StoreError> {
    let rows: Vec<MoveRow> = of_ids!(tx, ids, moves!(), "m.id", "");
    named(tx, idea, rows).await
}

/// Moves of an idea, with the stages they name, among them those that went since.
async fn named(tx: &mut Tx, idea: IdeaId, rows: Vec<MoveRow>) -> Result<Vec<(Uuid, StageMove)>, StoreError> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let stages: Vec<rows::StageRow> = on!(tx, c => sqlx::query_as(
        "SELECT s.id AS stage_id, s.name_fr, s.name_en, s.colour, s.kind
         FROM stage s JOIN idea i ON i.board_id = s.board_id WHERE i.id = $1",
    )
    .bind(idea.0)
    .fetch_all(c)
    .await)?;
    let stages = stages.into_iter().map(StageView::try_from).collect::<Result<Vec<_>, _>>()?;
    let named = |id: Uuid| {
        let stage = stages.iter().find(|stage| stage.id.0 == id);
        stage.cloned().ok_or_else(|| StoreError::Corrupt(format!("stage {id} is not of the idea's board")))
    };
    rows.into_iter()
        .map(|row| {
            let by = PersonView::try_from(row.by)?;
            let (from, to) = (named(row.from_id)?, named(row.to_id)?);
            Ok((row.id, StageMove { from, to, by, reason: row.reason, at: row.created_at }))
        })
        .collect()
}

/// The stage in which the ideas of a board begin. Until this transaction ends it does not go.
///
/// # Errors
/// When the database fails.
pub async fn first(tx: &mut Tx, board: BoardId) -> Result<Option<StageId>, StoreError> {
    let sql = match tx {
        Tx::Sqlite(_) => "SELECT id FROM stage WHERE board_id = $1 AND removed_at IS NULL ORDER BY position LIMIT 1",
        Tx::Postgres(_) => {
            "SELECT id FROM stage WHERE board_id = $1 AND removed_at IS NULL ORDER BY position LIMIT 1 FOR SHARE"
        }
    };
    let mut found: Option<Uuid> = None;
    // While one waits for whoever changes it, the first stage may go; then another is the first.
    for _ in 0..2 {
        found = on!(tx, c => sqlx::query_scalar(sql).bind(board.0).fetch_optional(c).await)?;
        if found.is_some() {
            break;
        }
    }
    Ok(found.map(StageId))
}

/// Whoever else sets the stages of this board, or holds them, waits for this transaction to end.
///
/// # Errors
/// When the database fails.
pub async fn lock(tx: &mut Tx, board: BoardId) -> Result<(), StoreError> {
    // On SQLite a transaction that writes is alone already. No row is locked: whoever proposes an idea holds its stage, and
    // then changes the board's row, so that one would wait for the other.
    if let Tx::Postgres(tx) = tx {
        sqlx::query("SELECT pg_advisory_xact_lock($1)").bind(key(board)).execute(&mut **tx).await?;
    }
    Ok(())
}

/// No stage of this board changes until this transaction ends. To be called before anything of an idea is locked: whoever
/// sets stages changes their rows first, and then those of ideas.
///
/// # Errors
/// When the database fails.
pub async fn hold(tx: &mut Tx, board: BoardId) -> Result<(), StoreError> {
    if let Tx::Postgres(tx) = tx {
        sqlx::query("SELECT pg_advisory_xact_lock_shared($1)").bind(key(board)).execute(&mut **tx).await?;
    }
    Ok(())
}

fn key(board: BoardId) -> i64 {
    board.0.as_u64_pair().1.cast_signed()
}

/// How many ideas stand in each stage of a board that has any.
///
/// # Errors
/// When the database fails.
pub async fn counts(tx: &mut Tx, board: BoardId) -> Result<HashMap<StageId, u32>, StoreError> {
    let rows: Vec<(Uuid, i64)> = on!(tx, c => sqlx::query_as(
        "SELECT stage_id, count(*) FROM idea WHERE board_id = $1 GROUP BY stage_id",
    )
    .bind(board.0)
    .fetch_all(c)
    .await)?;
    rows.into_iter().map(|(stage, count)| Ok((StageId(stage), rows::number(count)?))).collect()
}

/// Under which heading of the roadmap the ideas in each stage of a board are shown, where they are.
///
/// # Errors
/// When the database fails.
pub async fn phases(tx: &mut Tx, board: BoardId) -> Result<HashMap<StageId, Phase>, StoreError> {
    let rows: Vec<(Uuid, String)> = on!(tx, c => sqlx::query_as(
        "SELECT id, phase FROM stage WHERE board_id = $1 AND phase IS NOT NULL",
    )
    .bind(board.0)
    .fetch_all(c)
    .await)?;
    rows.into_iter().map(|(stage, phase)| Ok((StageId(stage), rows::phase(&phase)?))).collect()
}

/// Makes these the stages of a board, in order. Those it has are told by their ids; whichever it has besides goes.
///
/// # Errors
/// When the database fails.
pub async fn replace(tx: &mut Tx, board: BoardId, stages: &[Step], at: Millis) -> Result<(), StoreError> {
    // Out of the way first: no two stages have the same place, not even for a moment.
    on!(tx, c => sqlx::query("UPDATE stage SET position = position + 1000 WHERE board_id = $1 AND removed_at IS NULL")
        .bind(board.0).execute(c).await.map(drop))?;
    for (position, Step { view: stage, phase }) in (0_i64..).zip(stages) {
        on!(tx, c => sqlx::query(
            "INSERT INTO stage (id, board_id, position, name_fr, name_en, colour, kind, phase)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
             ON CONFLICT (id) DO UPDATE SET position = excluded.position, name_fr = excluded.name_fr,
             name_en = excluded.name_en, colour = excluded.colour, kind = excluded.kind, phase = excluded.phase",
        )
        .bind(stage.id.0)
        .bind(board.0)
        .bind(position)
        .bind(&stage.fr)
        .bind(&stage.en)
        .bind(stage.colour.as_str())
        .bind(stage.kind.as_str())
        .bind(phase.map(Phase::as_str))
        .execute(c)
        .await
        .map(drop))?;
    }
    // Those that stay have their new places by now.
    let gone: Vec<Uuid> = on!(tx, c => sqlx::query_scalar(
        "SELECT id FROM stage WHERE board_id = $1 AND removed_at IS NULL AND position >= 1000",
    )
    .bind(board.0)
    .fetch_all(c)
    .await)?;
    for stage in gone {
        on!(tx, c => sqlx::query(
            "UPDATE stage SET removed_at = $3,
             position = (SELECT min(o.position) FROM stage o WHERE o.board_id = $2 AND o.position < 1000) - 1
             WHERE id = $1",
        )
        .bind(stage)
        .bind(board.0)
        .bind(at)
        .execute(c)
        .await
        .map(drop))?;
    }
    Ok(())
}

/// Moves every idea in one stage to another, and keeps the record of each. It answers none of them. Answers with the
/// numbers of those that stand: of the others nobody is told.
///
/// # Errors
/// When the database fails.
pub async fn move_all(tx: &mut Tx, to: &MoveAll) -> Result<Vec<u32>, StoreError> {
    let moved: Vec<(Uuid, i64, bool)> = on!(tx, c => sqlx::query_as(
        "UPDATE idea SET stage_id = $2 WHERE stage_id = $1 RETURNING id, number, away IS NULL",
    )
    .bind(to.from.0)
    .bind(to.to.0)
    .fetch_all(c)
    .await)?;
    for (idea, ..) in &moved {
        record(tx, &Move { idea: IdeaId(*idea), from: to.from, to: to.to, by: to.by, reason: "", at: to.at }).await?;
    }
    news::refresh_stage(tx, to.to).await?;
    moved.into_iter().filter(|(.., stands)| *stands).map(|(_, number, _)| rows::number(number)).collect()
}

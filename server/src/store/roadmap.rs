//! The roadmap: how many ideas stand in the stages that boards show on it, and the first of them.

use std::collections::HashMap;

use shared::{
    BoardId, IdeaId, StageId,
    api::{Millis, Phase, RoadmapAhead, RoadmapUpdate},
};
use uuid::Uuid;

use super::{
    StoreError, Tx,
    boards::{Sight, seen},
    cards::Place,
    of_ids, on, rows,
};

/// The condition that the stage `s` is shown on the roadmap, and its board `b` seen, and the one bound to `$4` if any is.
macro_rules! shown {
    () => {
        concat!(
            "b.id = s.board_id AND s.phase IS NOT NULL AND s.removed_at IS NULL AND ($4 IS NULL OR b.id = $4) AND ",
            seen!()
        )
    };
}

/// A stage that is shown on the roadmap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shown {
    /// Which.
    pub stage: StageId,
    /// Its board.
    pub board: BoardId,
    /// Under which heading.
    pub phase: Phase,
}

/// The stages that the boards somebody sees show on the roadmap; of one board, where one is asked for.
///
/// # Errors
/// When the database fails.
pub async fn stages(tx: &mut Tx, sight: &Sight, board: Option<BoardId>) -> Result<Vec<Shown>, StoreError> {
    let rows: Vec<(Uuid, Uuid, String)> = on!(tx, c => sqlx::query_as(concat!(
        "SELECT s.id, s.board_id, s.phase FROM stage s CROSS JOIN board b WHERE ", shown!(), " ORDER BY b.id, s.position"
    ))
    .bind(&sight.audiences)
    .bind(&sight.as_member)
    .bind(sight.person)
    .bind(board.map(|board| board.0))
    .fetch_all(c)
    .await)?;
    rows.into_iter()
        .map(|(stage, board, phase)| {
            Ok(Shown { stage: StageId(stage), board: BoardId(board), phase: rows::phase(&phase)? })
        })
        .collect()
}

/// How many ideas stand under each heading that has any, for somebody.
///
/// # Errors
/// When the database fails.
pub async fn counts(tx: &mut Tx, sight: &Sight, board: Option<BoardId>) -> Result<HashMap<Phase, u32>, StoreError> {
    // CROSS JOIN keeps SQLite from starting at the ideas: those of a stage are counted in their index.
    let rows: Vec<(String, i64)> = on!(tx, c => sqlx::query_as(concat!(
        "SELECT s.phase, count(*) FROM stage s CROSS JOIN board b CROSS JOIN idea i
         WHERE i.board_id = s.board_id AND i.stage_id = s.id AND i.away IS NULL AND ", shown!(), " GROUP BY s.phase"
    ))
    .bind(&sight.audiences)
    .bind(&sight.as_member)
    .bind(sight.person)
    .bind(board.map(|board| board.0))
    .fetch_all(c)
    .await)?;
    rows.into_iter().map(|(phase, count)| Ok((rows::phase(&phase)?, rows::number(count)?))).collect()
}

/// An idea in its stage, and what it is sorted by.
#[derive(Clone, Copy, Debug, sqlx::FromRow)]
pub struct Standing {
    /// Which.
    pub id: Uuid,
    number: i64,
    heat: i64,
}

impl Standing {
    /// Its place in the order.
    ///
    /// # Errors
    /// When the database holds a number that cannot be.
    pub fn place(&self) -> Result<Place, StoreError> {
        Ok(Place { key: self.heat, number: rows::number(self.number)? })
    }
}

/// At most `limit` ideas that stand in these stages, those first in which most moves, from after a place on. Whether
/// somebody sees their boards is not asked.
///
/// # Errors
/// When the database fails.
pub async fn first(tx: &mut Tx, stages: &[Shown], from: Place, limit: u32) -> Result<Vec<Standing>, StoreError> {
    // With one stage at hand, what stands in the index is read no further than its ideas are needed.
    macro_rules! of_stage {
        ($board:literal, $stage:literal) => {
            concat!(
                "SELECT i.id, i.number, i.heat FROM idea i WHERE i.board_id = ",
                $board,
                " AND i.stage_id = ",
                $stage,
                " AND i.away IS NULL AND (i.heat, i.number) < ($3, $4) ORDER BY i.heat DESC, i.number DESC LIMIT $5"
            )
        };
    }
    let (key, number, most) = (from.key, i64::from(from.number), i64::from(limit));
    let mut found: Vec<Standing> = match tx {
        Tx::Sqlite(tx) => {
            let mut found = Vec::new();
            for Shown { stage, board, .. } in stages {
                let query = sqlx::query_as(of_stage!("$1", "$2")).bind(board.0).bind(stage.0);
                let some: Vec<Standing> = query.bind(key).bind(number).bind(most).fetch_all(&mut **tx).await?;
                found.extend(some);
            }
            found
        }
        // Elsewhere each statement is a way to the server and back.
        Tx::Postgres(tx) => {
            let boards: Vec<Uuid> = stages.iter().map(|shown| shown.board.0).collect();
            let stages: Vec<Uuid> = stages.iter().map(|shown| shown.stage.0).collect();
            sqlx::query_as(concat!(
                "SELECT o.id, o.number, o.heat FROM unnest($1::uuid[], $2::uuid[]) AS s (board, stage)
                 CROSS JOIN LATERAL (",
                of_stage!("s.board", "s.stage"),
                ") AS o"
            ))
            .bind(boards)
            .bind(stages)
            .bind(key)
            .bind(number)
            .bind(most)
            .fetch_all(&mut **tx)
            .await?
        }
    };
    found.sort_unstable_by_key(|idea| std::cmp::Reverse((idea.heat, idea.number)));
    found.truncate(limit as usize);
    Ok(found)
}

/// The latest published update of each of these ideas that has one, in Markdown, as far as anybody is told at once.
///
/// # Errors
/// When the database fails.
pub async fn updates(tx: &mut Tx, ids: &[Uuid]) -> Result<HashMap<IdeaId, RoadmapUpdate>, StoreError> {
    let rows: Vec<(Uuid, String, Millis)> = of_ids!(
        tx,
        ids,
        "SELECT idea_id, words, shown_at FROM (
             SELECT e.idea_id, substr(u.body, 1, 1000) AS words, e.shown_at,
                    row_number() OVER (PARTITION BY e.idea_id ORDER BY e.shown_at DESC, e.id DESC) AS place
             FROM entry e JOIN entry_update u ON u.entry_id = e.id
             WHERE e.kind = 'update' AND e.published_at IS NOT NULL AND e.removed_at IS NULL AND ",
        "e.idea_id",
        ") AS placed WHERE place = 1"
    );
    Ok(rows.into_iter().map(|(idea, words, at)| (IdeaId(idea), RoadmapUpdate { words, at })).collect())
}

/// What is to be reached next of each of these ideas, where that is published: the earliest day first, those without one
/// last.
///
/// # Errors
/// When the database fails.
pub async fn ahead(tx: &mut Tx, ids: &[Uuid]) -> Result<HashMap<IdeaId, RoadmapAhead>, StoreError> {
    let rows: Vec<(Uuid, String, Option<String>)> = of_ids!(
        tx,
        ids,
        "SELECT idea_id, title, due_on FROM (
             SELECT e.idea_id, m.title, m.due_on, row_number() OVER (
                        PARTITION BY e.idea_id
                        ORDER BY CASE WHEN m.due_on IS NULL THEN 1 ELSE 0 END, m.due_on, e.created_at, e.id
                    ) AS place
             FROM entry e JOIN entry_milestone m ON m.entry_id = e.id
             WHERE e.kind = 'milestone' AND m.done_at IS NULL AND e.published_at IS NOT NULL AND e.removed_at IS NULL
               AND ",
        "e.idea_id",
        ") AS placed WHERE place = 1"
    );
    Ok(rows.into_iter().map(|(idea, title, due_on)| (IdeaId(idea), RoadmapAhead { title, due_on })).collect())
}

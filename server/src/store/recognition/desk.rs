//! Ideas of which something became, and whose contributors were not recognised since.

use shared::{
    IdeaId, PersonId,
    api::{IdeaName, Millis},
};
use uuid::Uuid;

use super::super::{
    StoreError, Tx,
    boards::{Sight, seen},
    cards, on, rows,
};

/// An idea of which something became.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Became {
    /// Which.
    pub id: IdeaId,
    /// Its number, address and title.
    pub idea: IdeaName,
    /// The title of its board.
    pub board_title: String,
    /// Whether it was launched then; else it reached a milestone.
    pub launched: bool,
    /// The milestone it reached last.
    pub milestone: Option<String>,
    /// When.
    pub at: Millis,
}

#[derive(sqlx::FromRow)]
struct BecameRow {
    id: Uuid,
    number: i64,
    title: String,
    board_title: String,
    launched_at: i64,
    milestone: Option<String>,
    at: Millis,
}

impl TryFrom<BecameRow> for Became {
    type Error = StoreError;

    fn try_from(row: BecameRow) -> Result<Self, StoreError> {
        let number = rows::number(row.number)?;
        Ok(Self {
            id: IdeaId(row.id),
            idea: IdeaName { number, slug: cards::address(&row.title), title: row.title },
            board_title: row.board_title,
            launched: row.launched_at == row.at,
            milestone: row.milestone,
            at: row.at,
        })
    }
}

/// Ideas that reached a milestone which is published, or were launched and still are: when each did last.
macro_rules! became {
    () => {
        "SELECT i.id, i.number, i.title, b.title AS board_title, g.launched_at, g.at,
                (SELECT k.title FROM entry_milestone k JOIN entry e ON e.id = k.entry_id WHERE e.idea_id = i.id
                    AND k.done_at IS NOT NULL AND e.removed_at IS NULL AND e.published_at IS NOT NULL
                    ORDER BY k.done_at DESC, e.id DESC LIMIT 1) AS milestone
         FROM (SELECT idea_id, max(at) AS at, max(launched_at) AS launched_at FROM (
                   SELECT e.idea_id, k.done_at AS at, 0 AS launched_at FROM entry_milestone k
                   JOIN entry e ON e.id = k.entry_id
                   WHERE k.done_at IS NOT NULL AND e.removed_at IS NULL AND e.published_at IS NOT NULL
                   UNION ALL
                   SELECT m.idea_id, m.created_at AS at, m.created_at AS launched_at FROM stage_move m
                   JOIN stage s ON s.id = m.to_id JOIN idea x ON x.id = m.idea_id AND x.stage_id = s.id
                   WHERE s.kind = 'launched'
               ) each_time GROUP BY idea_id) g
         JOIN idea i ON i.id = g.idea_id JOIN board b ON b.id = i.board_id "
    };
}

/// At most `limit` ideas of which something became and that stand, where nobody was recognised since nor anybody said that nobody
/// is to be; the last first, from before `(at, number)`.
///
/// # Errors
/// When the database fails.
pub async fn page(tx: &mut Tx, sight: &Sight, before: (Millis, u32), limit: u32) -> Result<Vec<Became>, StoreError> {
    let found: Vec<BecameRow> = on!(tx, c => sqlx::query_as(concat!(
        became!(), "WHERE i.away IS NULL AND (g.at, i.number) < ($4, $5) AND ", seen!(), "
           AND NOT EXISTS (SELECT 1 FROM recognition r WHERE r.idea_id = i.id AND r.kind <> 'revocation' AND r.created_at >= g.at)
           AND NOT EXISTS (SELECT 1 FROM recognition_pass a WHERE a.idea_id = i.id AND a.passed_at >= g.at)
         ORDER BY g.at DESC, i.number DESC LIMIT $6"
    ))
    .bind(&sight.audiences)
    .bind(&sight.as_member)
    .bind(sight.person)
    .bind(before.0)
    .bind(i64::from(before.1))
    .bind(i64::from(limit))
    .fetch_all(c)
    .await)?;
    found.into_iter().map(Became::try_from).collect()
}

/// What became of one idea, if anything did.
///
/// # Errors
/// When the database fails.
pub async fn one(tx: &mut Tx, idea: IdeaId) -> Result<Option<Became>, StoreError> {
    let row: Option<BecameRow> = on!(tx, c => sqlx::query_as(concat!(became!(), "WHERE i.id = $1"))
        .bind(idea.0).fetch_optional(c).await)?;
    row.map(Became::try_from).transpose()
}

/// Notes that nobody is to be recognised for what became of an idea so far. False where that was so.
///
/// # Errors
/// When the database fails.
pub async fn pass(tx: &mut Tx, idea: IdeaId, by: PersonId, became: Millis, at: Millis) -> Result<bool, StoreError> {
    Ok(on!(tx, c => sqlx::query(
        "INSERT INTO recognition_pass (idea_id, person_id, passed_at) VALUES ($1, $2, $3)
         ON CONFLICT (idea_id) DO UPDATE SET person_id = excluded.person_id, passed_at = excluded.passed_at
             WHERE recognition_pass.passed_at < $4",
    )
    .bind(idea.0)
    .bind(by.0)
    .bind(at)
    .bind(became)
    .execute(c)
    .await
    .map(|done| done.rows_affected() > 0))?)
}

//! What became of an idea, as one timeline: its moves, answers and progress.

use std::collections::HashMap;

use shared::{
    CommentId, IdeaId,
    api::{Millis, StageMove, TimelineEntry},
};
use uuid::Uuid;

use super::{StoreError, Tx, comments::answer_stands, entries, of_ids, on, rows, stages};

/// Before everything in a timeline, for the first page.
pub const START: (Millis, Uuid) = (Millis::MAX, Uuid::max());

/// Something in a timeline, by its kind and id.
#[derive(Clone, Debug, PartialEq, Eq, Hash, sqlx::FromRow)]
pub(super) struct Spot {
    pub(super) kind: String,
    pub(super) id: Uuid,
}

#[derive(sqlx::FromRow)]
struct SpotRow {
    #[sqlx(flatten)]
    spot: Spot,
    at: i64,
}

/// At most `limit` of what became of an idea, the last first, from before a place on, each with its own place. What is not
/// published is among it where `unpublished`.
///
/// # Errors
/// When the database fails.
pub async fn page(
    tx: &mut Tx,
    idea: IdeaId,
    unpublished: bool,
    before: (Millis, Uuid),
    limit: u32,
) -> Result<Vec<(TimelineEntry, (Millis, Uuid))>, StoreError> {
    let rows: Vec<SpotRow> = on!(tx, c => sqlx::query_as(concat!(
        "SELECT kind, id, at FROM (
             SELECT 'stage' AS kind, id, created_at AS at FROM stage_move WHERE idea_id = $1
             UNION ALL SELECT 'answer', c.id, c.created_at FROM comment c
                 WHERE c.idea_id = $1 AND ", answer_stands!(), "
             UNION ALL SELECT kind, id, shown_at FROM entry
                 WHERE idea_id = $1 AND removed_at IS NULL AND shown_at IS NOT NULL
                   AND ($2 OR published_at IS NOT NULL)
             UNION ALL SELECT 'frozen', id, created_at FROM frozen_concept WHERE idea_id = $1
             UNION ALL SELECT 'thawed', id, lifted_at FROM frozen_concept WHERE idea_id = $1 AND lifted_at IS NOT NULL
         ) AS spots WHERE (at, id) < ($3, $4) ORDER BY at DESC, id DESC LIMIT $5"
    ))
    .bind(idea.0)
    .bind(unpublished)
    .bind(before.0)
    .bind(before.1)
    .bind(i64::from(limit))
    .fetch_all(c)
    .await)?;
    let (spots, times): (Vec<Spot>, Vec<Millis>) = rows.into_iter().map(|row| (row.spot, row.at)).unzip();
    let mut found = told(tx, idea, &spots).await?;
    spots
        .into_iter()
        .zip(times)
        .map(|(spot, at)| {
            let entry = found.remove(&spot);
            let entry = entry.ok_or_else(|| StoreError::Corrupt(format!("{} {} is gone", spot.kind, spot.id)))?;
            Ok((entry, (at, spot.id)))
        })
        .collect()
}

/// What is told at each of these places, which are of one idea, or of several on the board of this one.
pub(super) async fn told(
    tx: &mut Tx,
    idea: IdeaId,
    spots: &[Spot],
) -> Result<HashMap<Spot, TimelineEntry>, StoreError> {
    let of = |kind: &str| -> Vec<Uuid> { spots.iter().filter(|spot| spot.kind == kind).map(|spot| spot.id).collect() };
    let mut found: HashMap<Spot, TimelineEntry> = HashMap::new();
    let mut put = |kind: &str, id: Uuid, entry: TimelineEntry| {
        found.insert(Spot { kind: kind.to_owned(), id }, entry);
    };
    for update in entries::updates_of(tx, &of("update")).await? {
        put("update", update.head.id.0, TimelineEntry::Update(update));
    }
    for milestone in entries::milestones_of(tx, &of("milestone")).await? {
        put("milestone", milestone.head.id.0, TimelineEntry::Milestone(milestone));
    }
    for experiment in entries::experiments_of(tx, &of("experiment")).await? {
        put("experiment", experiment.head.id.0, TimelineEntry::Experiment(experiment));
    }
    for (id, answer) in answers(tx, &of("answer")).await? {
        put("answer", id, answer);
    }
    for (id, StageMove { from, to, by, reason, at }) in stages::moves_of(tx, idea, &of("stage")).await? {
        put("stage", id, TimelineEntry::Stage { from, to, by, reason, at });
    }
    for row in frozen(tx, &of("frozen")).await? {
        put("frozen", row.id, TimelineEntry::Frozen { by: row.by.try_into()?, words: row.words, at: row.at });
    }
    for row in thawed(tx, &of("thawed")).await? {
        put("thawed", row.id, TimelineEntry::Thawed { by: row.by.try_into()?, at: row.at });
    }
    Ok(found)
}

#[derive(sqlx::FromRow)]
struct AnswerRow {
    id: Uuid,
    body_html: String,
    created_at: i64,
    #[sqlx(flatten)]
    by: rows::PersonRow,
}

async fn answers(tx: &mut Tx, ids: &[Uuid]) -> Result<Vec<(Uuid, TimelineEntry)>, StoreError> {
    let rows: Vec<AnswerRow> = of_ids!(
        tx,
        ids,
        "SELECT c.id, c.body_html, c.created_at, p.id AS person_id, p.handle, p.name, p.role,
                p.unclaimed_at IS NOT NULL AS unclaimed
         FROM comment c JOIN person p ON p.id = c.author_id WHERE ",
        "c.id",
        ""
    );
    let answer = |row: AnswerRow| {
        let AnswerRow { id, body_html, created_at: at, by } = row;
        Ok((id, TimelineEntry::Answer { comment: CommentId(id), by: by.try_into()?, body_html, at }))
    };
    rows.into_iter().map(answer).collect()
}

#[derive(sqlx::FromRow)]
struct FreezeRow {
    id: Uuid,
    words: String,
    at: i64,
    #[sqlx(flatten)]
    by: rows::PersonRow,
}

async fn frozen(tx: &mut Tx, ids: &[Uuid]) -> Result<Vec<FreezeRow>, StoreError> {
    Ok(of_ids!(
        tx,
        ids,
        "SELECT f.id, f.words, f.created_at AS at, p.id AS person_id, p.handle, p.name, p.role,
                p.unclaimed_at IS NOT NULL AS unclaimed
         FROM frozen_concept f JOIN person p ON p.id = f.person_id WHERE ",
        "f.id",
        ""
    ))
}

async fn thawed(tx: &mut Tx, ids: &[Uuid]) -> Result<Vec<FreezeRow>, StoreError> {
    Ok(of_ids!(
        tx,
        ids,
        "SELECT f.id, f.words, f.lifted_at AS at, p.id AS person_id, p.handle, p.name, p.role,
                p.unclaimed_at IS NOT NULL AS unclaimed
         FROM frozen_concept f JOIN person p ON p.id = f.lifted_by WHERE f.lifted_at IS NOT NULL AND ",
        "f.id",
        ""
    ))
}

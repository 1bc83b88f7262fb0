//! News: which ideas were answered, launched or declined, when last, and what is told of each.
//!
//! `idea.news_at` is kept in the transactions that answer, move, merge or take such a thing away, so that the list reads
//! one index no further than its page goes. What is away keeps it: it is news again once it stands.

use std::collections::HashMap;

use shared::{
    CommentId, EntryId, IdeaId, StageId,
    api::{IdeaCard, Millis, NewsAnswer, NewsKind, NewsMove, NewsProgress, Outcome},
};
use uuid::Uuid;

use super::{
    StoreError, Tx,
    boards::{Sight, seen},
    cards::{CardRow, Place, card_columns, dressed},
    comments::answer_stands,
    of_ids, on, rows,
};

macro_rules! refresh {
    ($which:literal) => {
        concat!(
            "UPDATE idea SET news_at = (SELECT max(at) FROM (
                 SELECT c.created_at AS at FROM comment c WHERE c.idea_id = idea.id AND ",
            answer_stands!(),
            "    UNION ALL SELECT m.created_at FROM stage_move m JOIN stage s ON s.id = m.to_id
                 WHERE m.idea_id = idea.id AND m.to_id = idea.stage_id AND s.kind IN ('launched', 'declined')
             ) AS told) WHERE ",
            $which,
            " = $1"
        )
    };
}

/// Works out anew when an idea last became news.
///
/// # Errors
/// When the database fails.
pub(super) async fn refresh(tx: &mut Tx, idea: IdeaId) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(refresh!("id")).bind(idea.0).execute(c).await.map(drop))?;
    Ok(())
}

/// Works out anew when the ideas in a stage last became news: what being there says of them has changed.
///
/// # Errors
/// When the database fails.
pub async fn refresh_stage(tx: &mut Tx, stage: StageId) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(refresh!("stage_id")).bind(stage.0).execute(c).await.map(drop))?;
    Ok(())
}

#[derive(sqlx::FromRow)]
struct StoryRow {
    #[sqlx(flatten)]
    card: CardRow,
    news_at: i64,
}

/// At most `limit` ideas that are news and somebody sees, the last first, from before a place on, each with its own place.
///
/// # Errors
/// When the database fails.
pub async fn page(
    tx: &mut Tx,
    sight: &Sight,
    what: Option<NewsKind>,
    before: Place,
    limit: u32,
) -> Result<Vec<(IdeaCard, Place)>, StoreError> {
    // CROSS JOIN keeps SQLite from starting at the boards and sorting every idea.
    let rows: Vec<StoryRow> = on!(tx, c => sqlx::query_as(concat!(
        "SELECT ", card_columns!("$3"), ", i.news_at
         FROM idea i CROSS JOIN board b JOIN stage s ON s.id = i.stage_id JOIN person p ON p.id = i.author_id
         WHERE b.id = i.board_id AND i.news_at IS NOT NULL AND i.away IS NULL AND ", seen!(), "
           AND (i.news_at, i.number) < ($4, $5)
           AND ($6 = '' OR $6 = CASE WHEN s.kind IN ('launched', 'declined') THEN s.kind ELSE 'answered' END)
         ORDER BY i.news_at DESC, i.number DESC LIMIT $7"
    ))
    .bind(&sight.audiences)
    .bind(&sight.as_member)
    .bind(sight.person)
    .bind(before.key)
    .bind(i64::from(before.number))
    .bind(what.map_or("", NewsKind::as_str))
    .bind(i64::from(limit))
    .fetch_all(c)
    .await)?;
    let (rows, times): (Vec<_>, Vec<_>) = rows.into_iter().map(|row| (row.card, row.news_at)).unzip();
    let cards = dressed(tx, rows).await?;
    Ok(cards
        .into_iter()
        .zip(times)
        .map(|(card, key)| {
            let number = card.number;
            (card, Place { key, number })
        })
        .collect())
}

#[derive(sqlx::FromRow)]
struct AnswerRow {
    idea_id: Uuid,
    comment_id: Uuid,
    words: String,
    created_at: Millis,
    #[sqlx(flatten)]
    by: rows::PersonRow,
}

/// The latest answer of each of these ideas that has one, in Markdown, as far as anybody is told at once.
///
/// # Errors
/// When the database fails.
pub async fn answers(tx: &mut Tx, ids: &[Uuid]) -> Result<HashMap<IdeaId, NewsAnswer>, StoreError> {
    let rows: Vec<AnswerRow> = of_ids!(
        tx,
        ids,
        concat!(
            "SELECT a.idea_id, a.comment_id, a.words, a.created_at, p.id AS person_id, p.handle, p.name, p.role,
                    p.unclaimed_at IS NOT NULL AS unclaimed
             FROM (SELECT c.idea_id, c.id AS comment_id, substr(c.body, 1, 1000) AS words, c.created_at, c.author_id,
                          row_number() OVER (PARTITION BY c.idea_id ORDER BY c.created_at DESC, c.id DESC) AS place
                   FROM comment c WHERE ",
            answer_stands!(),
            " AND "
        ),
        "c.idea_id",
        ") AS a JOIN person p ON p.id = a.author_id WHERE a.place = 1"
    );
    rows.into_iter()
        .map(|row| {
            let AnswerRow { idea_id, comment_id, words, created_at: at, by } = row;
            Ok((IdeaId(idea_id), NewsAnswer { comment: CommentId(comment_id), by: by.try_into()?, words, at }))
        })
        .collect()
}

#[derive(sqlx::FromRow)]
struct CameRow {
    idea_id: Uuid,
    reason: String,
    created_at: Millis,
    #[sqlx(flatten)]
    by: rows::PersonRow,
}

/// How each of these ideas that ever moved came to where it stands.
///
/// # Errors
/// When the database fails.
pub async fn came(tx: &mut Tx, ids: &[Uuid]) -> Result<HashMap<IdeaId, NewsMove>, StoreError> {
    let rows: Vec<CameRow> = of_ids!(
        tx,
        ids,
        "SELECT a.idea_id, a.reason, a.created_at, p.id AS person_id, p.handle, p.name, p.role,
                p.unclaimed_at IS NOT NULL AS unclaimed
         FROM (SELECT m.idea_id, m.reason, m.created_at, m.person_id AS mover_id,
                      row_number() OVER (PARTITION BY m.idea_id ORDER BY m.created_at DESC, m.id DESC) AS place
               FROM stage_move m JOIN idea i ON i.id = m.idea_id WHERE i.stage_id = m.to_id AND ",
        "m.idea_id",
        ") AS a JOIN person p ON p.id = a.mover_id WHERE a.place = 1"
    );
    rows.into_iter()
        .map(|row| {
            let CameRow { idea_id, reason, created_at: at, by } = row;
            Ok((IdeaId(idea_id), NewsMove { by: by.try_into()?, reason, at }))
        })
        .collect()
}

#[derive(sqlx::FromRow)]
struct ProgressRow {
    idea_id: Uuid,
    entry_id: Uuid,
    words: String,
    outcome: Option<String>,
    shown_at: Millis,
    #[sqlx(flatten)]
    by: rows::PersonRow,
}

/// The latest published update or result of an experiment of each of these ideas that has one, in Markdown, as far as
/// anybody is told at once.
///
/// # Errors
/// When the database fails.
pub async fn progress(tx: &mut Tx, ids: &[Uuid]) -> Result<HashMap<IdeaId, NewsProgress>, StoreError> {
    let rows: Vec<ProgressRow> = of_ids!(
        tx,
        ids,
        "SELECT a.idea_id, a.entry_id, a.shown_at, k.outcome, substr(coalesce(u.body, k.reason, ''), 1, 1000) AS words,
                p.id AS person_id, p.handle, p.name, p.role, p.unclaimed_at IS NOT NULL AS unclaimed
         FROM (SELECT e.idea_id, e.id AS entry_id, e.person_id AS writer_id, e.shown_at,
                      row_number() OVER (PARTITION BY e.idea_id ORDER BY e.shown_at DESC, e.id DESC) AS place
               FROM entry e
               WHERE e.published_at IS NOT NULL AND e.removed_at IS NULL AND e.shown_at IS NOT NULL
                 AND (e.kind = 'update' OR EXISTS (SELECT 1 FROM conclusion k WHERE k.entry_id = e.id)) AND ",
        "e.idea_id",
        ") AS a LEFT JOIN entry_update u ON u.entry_id = a.entry_id
         LEFT JOIN conclusion k ON k.entry_id = a.entry_id
             AND k.created_at = (SELECT max(o.created_at) FROM conclusion o WHERE o.entry_id = a.entry_id)
         JOIN person p ON p.id = coalesce(k.person_id, a.writer_id) WHERE a.place = 1"
    );
    rows.into_iter()
        .map(|row| {
            let known =
                |word: String| Outcome::parse(&word).ok_or_else(|| StoreError::Corrupt(format!("outcome `{word}`")));
            let progress = NewsProgress {
                entry: EntryId(row.entry_id),
                by: row.by.try_into()?,
                words: row.words,
                outcome: row.outcome.map(known).transpose()?,
                at: row.shown_at,
            };
            Ok((IdeaId(row.idea_id), progress))
        })
        .collect()
}

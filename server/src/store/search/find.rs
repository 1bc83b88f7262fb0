//! Asking the index, and reading what it names: only what stands, and what somebody sees.

use std::collections::HashMap;

use shared::{
    CommentId, IdeaId,
    api::{CommentKind, Millis, PersonView},
};
use sqlx::types::Json;
use uuid::Uuid;

use super::Match;
use crate::store::{
    StoreError, Tx,
    boards::{Sight, seen},
    on, rows,
};

/// What comes first where more matches than is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum First {
    /// What weighs most.
    Heaviest,
    /// What was indexed last.
    Newest,
}

macro_rules! candidates {
    ($from:literal, $matches:literal, $order:literal) => {
        concat!(
            "SELECT d.thing FROM ",
            $from,
            " WHERE ",
            $matches,
            " AND (d.board_id IS NULL OR d.board_id IN (SELECT b.id FROM board b WHERE ",
            seen!(),
            ")) AND ($6 IS NULL OR d.board_id = (SELECT o.id FROM board o WHERE o.slug = $6)) ORDER BY ",
            $order,
            " LIMIT $5"
        )
    };
    (sqlite: $order:literal) => {
        // CROSS JOIN keeps SQLite from starting anywhere but at the index.
        candidates!(
            "search_index CROSS JOIN search_doc d ON d.doc = search_index.rowid",
            "search_index MATCH $4",
            $order
        )
    };
    (postgres: $order:literal) => {
        candidates!("search_doc d", "d.words @@ CAST($4 AS tsquery)", $order)
    };
}

/// At most `limit` things that match, on the boards somebody sees, or on the one of this slug if they see it. Whether they
/// stand is for who reads them.
///
/// # Errors
/// When the database fails.
pub async fn candidates(
    tx: &mut Tx,
    sight: &Sight,
    wish: &Match,
    first: First,
    board: Option<&str>,
    limit: u32,
) -> Result<Vec<Uuid>, StoreError> {
    let (wish, sql) = match (&*tx, first) {
        (Tx::Sqlite(_), First::Heaviest) => (wish.for_sqlite(), candidates!(sqlite: "d.weight DESC, d.doc DESC")),
        (Tx::Sqlite(_), First::Newest) => (wish.for_sqlite(), candidates!(sqlite: "search_index.rowid DESC")),
        (Tx::Postgres(_), First::Heaviest) => (wish.for_postgres(), candidates!(postgres: "d.weight DESC, d.doc DESC")),
        (Tx::Postgres(_), First::Newest) => (wish.for_postgres(), candidates!(postgres: "d.doc DESC")),
    };
    let Some(wish) = wish else { return Ok(Vec::new()) };
    // PostgreSQL is to choose its way by how rare the terms are, and not keep one for any: a common word is found by going
    // back from the newest, a rare one never.
    Ok(on!(tx, c => sqlx::query_scalar(sql)
        .persistent(false)
        .bind(&sight.audiences)
        .bind(&sight.as_member)
        .bind(sight.person)
        .bind(wish)
        .bind(i64::from(limit))
        .bind(board)
        .fetch_all(c)
        .await)?)
}

/// In how many documents each of these terms is, where it is anywhere.
///
/// # Errors
/// When the database fails.
pub async fn counts(tx: &mut Tx, terms: &[String]) -> Result<HashMap<String, i64>, StoreError> {
    let rows: Vec<(String, i64)> = match tx {
        Tx::Sqlite(tx) => {
            let sql = "SELECT term, docs FROM search_term WHERE term IN (SELECT value FROM json_each($1))";
            sqlx::query_as(sql).bind(Json(terms)).fetch_all(&mut **tx).await?
        }
        Tx::Postgres(tx) => {
            let sql = "SELECT term, docs FROM search_term WHERE term = ANY ($1)";
            sqlx::query_as(sql).bind(terms).fetch_all(&mut **tx).await?
        }
    };
    Ok(rows.into_iter().collect())
}

/// How many documents there are.
///
/// # Errors
/// When the database fails.
pub async fn documents(tx: &mut Tx) -> Result<i64, StoreError> {
    // The last number given: close enough to say how rare a word is, and there without counting.
    Ok(on!(tx, c => sqlx::query_scalar("SELECT value FROM counter WHERE name = 'search'").fetch_one(c).await)?)
}

/// The words that may have been meant by one of these slips of the hand, the most frequent first.
///
/// # Errors
/// When the database fails.
pub async fn meant(tx: &mut Tx, slips: &[String], limit: u32) -> Result<Vec<String>, StoreError> {
    macro_rules! meant {
        ($in:literal) => {
            concat!(
                "SELECT s.word FROM (SELECT DISTINCT word FROM search_slip WHERE slip ",
                $in,
                ") s JOIN search_term t ON t.term = 'w' || s.word ORDER BY t.docs DESC, s.word LIMIT $2"
            )
        };
    }
    Ok(match tx {
        Tx::Sqlite(tx) => {
            let sql = meant!("IN (SELECT value FROM json_each($1))");
            sqlx::query_scalar(sql).bind(Json(slips)).bind(i64::from(limit)).fetch_all(&mut **tx).await?
        }
        Tx::Postgres(tx) => {
            let sql = meant!("= ANY ($1)");
            sqlx::query_scalar(sql).bind(slips).bind(i64::from(limit)).fetch_all(&mut **tx).await?
        }
    })
}

/// Runs a query whose `$1` to `$3` are a sight and whose `$4` a list of ids.
macro_rules! of_ids {
    ($tx:expr, $sight:expr, $ids:expr, $before:expr, $column:literal) => {
        match $tx {
            Tx::Sqlite(tx) => {
                let ids: Vec<String> = $ids.iter().map(|id| id.simple().to_string()).collect();
                sqlx::query_as(concat!($before, " AND ", $column, " IN (SELECT unhex(value) FROM json_each($4))"))
                    .bind(&$sight.audiences)
                    .bind(&$sight.as_member)
                    .bind($sight.person)
                    .bind(sqlx::types::Json(ids))
                    .fetch_all(&mut **tx)
                    .await?
            }
            Tx::Postgres(tx) => {
                sqlx::query_as(concat!($before, " AND ", $column, " = ANY ($4)"))
                    .bind(&$sight.audiences)
                    .bind(&$sight.as_member)
                    .bind($sight.person)
                    .bind($ids)
                    .fetch_all(&mut **tx)
                    .await?
            }
        }
    };
}
pub(in crate::store) use of_ids;

/// What decides where an idea stands among those found.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct IdeaTexts {
    /// Which.
    pub id: Uuid,
    /// Its title.
    pub title: String,
    /// Its pitch.
    pub pitch: String,
    /// How many people want it.
    pub votes: i64,
    /// Its board.
    pub board: String,
}

/// Those of these ideas that stand and somebody sees.
///
/// # Errors
/// When the database fails.
pub async fn ideas(tx: &mut Tx, sight: &Sight, ids: &[Uuid]) -> Result<Vec<IdeaTexts>, StoreError> {
    Ok(of_ids!(
        tx,
        sight,
        ids,
        concat!(
            "SELECT i.id, i.title, i.pitch, i.votes, b.slug AS board FROM idea i JOIN board b ON b.id = i.board_id
             WHERE i.away IS NULL AND ",
            seen!()
        ),
        "i.id"
    ))
}

/// The bodies of those of these ideas that stand and somebody sees, in Markdown, each as far as is looked at.
///
/// # Errors
/// When the database fails.
pub async fn bodies(tx: &mut Tx, sight: &Sight, ids: &[Uuid]) -> Result<HashMap<IdeaId, String>, StoreError> {
    let rows: Vec<(Uuid, String)> = of_ids!(
        tx,
        sight,
        ids,
        concat!(
            "SELECT i.id, substr(i.body, 1, 20000) FROM idea i JOIN board b ON b.id = i.board_id
             WHERE i.away IS NULL AND ",
            seen!()
        ),
        "i.id"
    );
    Ok(rows.into_iter().map(|(id, body)| (IdeaId(id), body)).collect())
}

/// A comment that was found.
#[derive(Clone, Debug)]
pub struct FoundComment {
    /// Its id.
    pub id: CommentId,
    /// Who wrote it.
    pub author: PersonView,
    /// In which voice.
    pub kind: CommentKind,
    /// The text, Markdown.
    pub body: String,
    /// When it was written.
    pub created_at: Millis,
    /// The number of its idea.
    pub number: u32,
    /// The title of its idea.
    pub title: String,
    /// The title of its board.
    pub board_title: String,
}

#[derive(sqlx::FromRow)]
struct CommentRow {
    id: Uuid,
    kind: String,
    body: String,
    created_at: i64,
    number: i64,
    title: String,
    board_title: String,
    #[sqlx(flatten)]
    author: rows::PersonRow,
}

impl TryFrom<CommentRow> for FoundComment {
    type Error = StoreError;

    fn try_from(row: CommentRow) -> Result<Self, StoreError> {
        let kind = CommentKind::parse(&row.kind);
        Ok(Self {
            id: CommentId(row.id),
            author: row.author.try_into()?,
            kind: kind.ok_or_else(|| StoreError::Corrupt(format!("kind of comment `{}`", row.kind)))?,
            body: row.body,
            created_at: row.created_at,
            number: rows::number(row.number)?,
            title: row.title,
            board_title: row.board_title,
        })
    }
}

/// Those of these comments that stand, on ideas that stand and somebody sees. Notes are left for the caller to leave out.
///
/// # Errors
/// When the database fails.
pub async fn comments(tx: &mut Tx, sight: &Sight, ids: &[Uuid]) -> Result<Vec<FoundComment>, StoreError> {
    let rows: Vec<CommentRow> = of_ids!(
        tx,
        sight,
        ids,
        concat!(
            "SELECT c.id, c.kind, c.body, c.created_at, i.number, i.title, b.title AS board_title,
                    p.id AS person_id, p.handle, p.name, p.role, p.unclaimed_at IS NOT NULL AS unclaimed
             FROM comment c JOIN idea i ON i.id = c.idea_id JOIN board b ON b.id = i.board_id
             JOIN person p ON p.id = c.author_id
             WHERE c.deleted_at IS NULL AND c.away IS NULL AND i.away IS NULL AND ",
            seen!()
        ),
        "c.id"
    );
    rows.into_iter().map(TryInto::try_into).collect()
}

/// Those of these people who are here.
///
/// # Errors
/// When the database fails.
pub async fn people(tx: &mut Tx, ids: &[Uuid]) -> Result<Vec<PersonView>, StoreError> {
    macro_rules! of {
        ($in:literal) => {
            concat!(
                "SELECT id AS person_id, handle, name, role, unclaimed_at IS NOT NULL AS unclaimed FROM person
                 WHERE suspended_at IS NULL AND unclaimed_at IS NULL AND id ",
                $in
            )
        };
    }
    let rows: Vec<rows::PersonRow> = match tx {
        Tx::Sqlite(tx) => {
            let ids: Vec<String> = ids.iter().map(|id| id.simple().to_string()).collect();
            let sql = of!("IN (SELECT unhex(value) FROM json_each($1))");
            sqlx::query_as(sql).bind(sqlx::types::Json(ids)).fetch_all(&mut **tx).await?
        }
        Tx::Postgres(tx) => sqlx::query_as(of!("= ANY ($1)")).bind(ids).fetch_all(&mut **tx).await?,
    };
    rows.into_iter().map(TryInto::try_into).collect()
}

/// A board that was found.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct FoundBoard {
    /// Which.
    pub id: Uuid,
    /// The word in its address.
    pub slug: String,
    /// Its title.
    pub title: String,
    /// What it is for.
    pub purpose: String,
}

/// Those of these boards that somebody sees.
///
/// # Errors
/// When the database fails.
pub async fn boards(tx: &mut Tx, sight: &Sight, ids: &[Uuid]) -> Result<Vec<FoundBoard>, StoreError> {
    Ok(of_ids!(tx, sight, ids, concat!("SELECT b.id, b.slug, b.title, b.purpose FROM board b WHERE ", seen!()), "b.id"))
}

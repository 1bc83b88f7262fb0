//! What a person did, as far as somebody else sees it: what stands, on the boards they see.

use shared::{
    CommentId, PersonId,
    api::{CommentKind, IdeaCard, Millis},
};
use uuid::Uuid;

use super::{
    StoreError, Tx,
    boards::{Sight, seen},
    cards::{CardRow, Place, address, card_columns, dressed},
    on, rows,
};

/// What is known of a person besides who they are.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Facts {
    /// What they say about themself.
    pub about: String,
    /// When they joined, or their name came.
    pub created_at: Millis,
    /// Since when they may not come in.
    pub suspended_at: Option<Millis>,
}

/// What is known of a person.
///
/// # Errors
/// When the database fails.
pub async fn facts(tx: &mut Tx, person: PersonId) -> Result<Facts, StoreError> {
    Ok(on!(tx, c => sqlx::query_as("SELECT about, created_at, suspended_at FROM person WHERE id = $1")
        .bind(person.0).fetch_one(c).await)?)
}

/// Says what a person says about themself.
///
/// # Errors
/// When the database fails.
pub async fn set_about(tx: &mut Tx, person: PersonId, about: &str) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query("UPDATE person SET about = $2 WHERE id = $1")
        .bind(person.0).bind(about).execute(c).await.map(drop))?;
    Ok(())
}

/// How much a person did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counts {
    /// Ideas they proposed.
    pub proposed: u32,
    /// Ideas of others they shaped.
    pub improved: u32,
    /// What they said, notes of the staff left out.
    pub comments: u32,
}

/// Which ideas, of a person bound to `$4`.
macro_rules! proposed {
    () => {
        "i.author_id = $4 AND i.away IS NULL"
    };
}
macro_rules! improved {
    () => {
        "h.person_id = $4 AND i.author_id <> $4 AND i.away IS NULL"
    };
}
macro_rules! said {
    () => {
        "c.author_id = $4 AND c.kind <> 'note' AND c.deleted_at IS NULL AND c.away IS NULL AND i.away IS NULL"
    };
}

/// How much a person did.
///
/// # Errors
/// When the database fails.
pub async fn counts(tx: &mut Tx, sight: &Sight, person: PersonId) -> Result<Counts, StoreError> {
    let mut all = [0; 3];
    for (count, sql) in all.iter_mut().zip([
        concat!(
            "SELECT count(*) FROM idea i CROSS JOIN board b WHERE b.id = i.board_id AND ",
            proposed!(),
            " AND ",
            seen!()
        ),
        concat!(
            "SELECT count(*) FROM shaper h CROSS JOIN idea i CROSS JOIN board b
             WHERE i.id = h.idea_id AND b.id = i.board_id AND ",
            improved!(),
            " AND ",
            seen!()
        ),
        concat!(
            "SELECT count(*) FROM comment c CROSS JOIN idea i CROSS JOIN board b
             WHERE i.id = c.idea_id AND b.id = i.board_id AND ",
            said!(),
            " AND ",
            seen!()
        ),
    ]) {
        let found: i64 = on!(tx, c => sqlx::query_scalar(sql)
            .bind(&sight.audiences)
            .bind(&sight.as_member)
            .bind(sight.person)
            .bind(person.0)
            .fetch_one(c)
            .await)?;
        *count = rows::number(found)?;
    }
    let [proposed, improved, comments] = all;
    Ok(Counts { proposed, improved, comments })
}

/// What somebody did with ideas.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// They proposed them.
    Proposed,
    /// They shaped them, though others proposed them.
    Improved,
}

#[derive(sqlx::FromRow)]
struct DoneRow {
    #[sqlx(flatten)]
    card: CardRow,
    key: i64,
}

/// The list of ideas by what somebody did with them, the last first.
macro_rules! done {
    ($from:literal, $which:expr, $key:literal) => {
        concat!(
            "SELECT ",
            card_columns!("$3"),
            ", ",
            $key,
            " AS key FROM ",
            $from,
            " CROSS JOIN board b
             JOIN stage s ON s.id = i.stage_id JOIN person p ON p.id = i.author_id
             WHERE b.id = i.board_id AND ",
            $which,
            " AND ",
            seen!(),
            " AND (",
            $key,
            ", i.number) < ($5, $6)
             ORDER BY ",
            $key,
            " DESC, i.number DESC LIMIT $7"
        )
    };
}

/// At most `limit` ideas that a person did something with, from after a place on, each with its own place.
///
/// # Errors
/// When the database fails.
pub async fn ideas(
    tx: &mut Tx,
    sight: &Sight,
    person: PersonId,
    deed: Deed,
    from: Place,
    limit: u32,
) -> Result<Vec<(IdeaCard, Place)>, StoreError> {
    let sql = match deed {
        Deed::Proposed => done!("idea i", proposed!(), "i.created_at"),
        Deed::Improved => done!("shaper h JOIN idea i ON i.id = h.idea_id", improved!(), "h.last_at"),
    };
    let rows: Vec<DoneRow> = on!(tx, c => sqlx::query_as(sql)
        .bind(&sight.audiences)
        .bind(&sight.as_member)
        .bind(sight.person)
        .bind(person.0)
        .bind(from.key)
        .bind(i64::from(from.number))
        .bind(i64::from(limit))
        .fetch_all(c)
        .await)?;
    let (rows, keys): (Vec<_>, Vec<_>) = rows.into_iter().map(|row| (row.card, row.key)).unzip();
    let cards = dressed(tx, rows).await?;
    Ok(cards
        .into_iter()
        .zip(keys)
        .map(|(card, key)| {
            let number = card.number;
            (card, Place { key, number })
        })
        .collect())
}

/// A place in the list of what somebody said: behind this.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SaidPlace {
    /// When it was said.
    pub at: Millis,
    /// What was said then.
    pub id: CommentId,
}

impl SaidPlace {
    /// Before what was said last.
    pub const START: Self = Self { at: i64::MAX, id: CommentId(Uuid::max()) };
}

/// Something a person said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// The comment.
    pub id: CommentId,
    /// In which voice.
    pub kind: CommentKind,
    /// The text, Markdown.
    pub body: String,
    /// The number of its idea.
    pub number: u32,
    /// The readable piece of its idea's address.
    pub slug: String,
    /// The title of its idea.
    pub title: String,
    /// The title of the board.
    pub board_title: String,
    /// When it was said.
    pub created_at: Millis,
}

#[derive(sqlx::FromRow)]
struct SaidRow {
    id: Uuid,
    kind: String,
    body: String,
    number: i64,
    title: String,
    board_title: String,
    created_at: i64,
}

/// At most `limit` things that a person said, from after a place on, the last first.
///
/// # Errors
/// When the database fails.
pub async fn said(
    tx: &mut Tx,
    sight: &Sight,
    person: PersonId,
    from: SaidPlace,
    limit: u32,
) -> Result<Vec<Said>, StoreError> {
    let rows: Vec<SaidRow> = on!(tx, c => sqlx::query_as(concat!(
        "SELECT c.id, c.kind, c.body, i.number, i.title, b.title AS board_title, c.created_at
         FROM comment c CROSS JOIN idea i CROSS JOIN board b
         WHERE i.id = c.idea_id AND b.id = i.board_id AND ", said!(), " AND ", seen!(), " AND (c.created_at, c.id) < ($5, $6)
         ORDER BY c.created_at DESC, c.id DESC LIMIT $7"
    ))
    .bind(&sight.audiences)
    .bind(&sight.as_member)
    .bind(sight.person)
    .bind(person.0)
    .bind(from.at)
    .bind(from.id.0)
    .bind(i64::from(limit))
    .fetch_all(c)
    .await)?;
    rows.into_iter()
        .map(|row| {
            let kind = CommentKind::parse(&row.kind);
            Ok(Said {
                id: CommentId(row.id),
                kind: kind.ok_or_else(|| StoreError::Corrupt(format!("kind of comment `{}`", row.kind)))?,
                body: row.body,
                number: rows::number(row.number)?,
                slug: address(&row.title),
                title: row.title,
                board_title: row.board_title,
                created_at: row.created_at,
            })
        })
        .collect()
}

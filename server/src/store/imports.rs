//! Ideas that come from files: the imports, what each idea came from, and the tags and counts it brought.

use std::collections::HashSet;

use shared::{
    BoardId, IdeaId, ImportId,
    api::{ImportState, ImportView, Millis, OriginView},
};
use uuid::Uuid;

use super::{StoreError, Tx, heat, on, rows};

/// An import that has not moved for so long broke off.
const STALL: Millis = 60_000;
/// What a row of a file is known by.
type Key = [u8; 32];

/// An import that begins.
#[derive(Clone, Copy, Debug)]
pub struct NewImport<'a> {
    /// Its id.
    pub id: ImportId,
    /// Where the ideas go.
    pub board: BoardId,
    /// Who imports.
    pub by: shared::PersonId,
    /// The name of the file.
    pub file: &'a str,
    /// How many ideas are to come in.
    pub new: u32,
    /// How many rows cannot.
    pub bad: u32,
    /// When.
    pub at: Millis,
}

/// Notes that an import begins.
///
/// # Errors
/// When the database fails.
pub async fn begin(tx: &mut Tx, import: &NewImport<'_>) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "INSERT INTO import (id, board_id, person_id, file, new, made, bad, started_at, moved_at)
         VALUES ($1, $2, $3, $4, $5, 0, $6, $7, $7)",
    )
    .bind(import.id.0)
    .bind(import.board.0)
    .bind(import.by.0)
    .bind(import.file)
    .bind(i64::from(import.new))
    .bind(i64::from(import.bad))
    .bind(import.at)
    .execute(c)
    .await
    .map(drop))?;
    Ok(())
}

/// Notes that so many more ideas are in.
///
/// # Errors
/// When the database fails.
pub async fn advance(tx: &mut Tx, import: ImportId, more: u32, at: Millis) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query("UPDATE import SET made = made + $2, moved_at = $3 WHERE id = $1")
        .bind(import.0).bind(i64::from(more)).bind(at).execute(c).await.map(drop))?;
    Ok(())
}

/// How an import ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// All that was to come in is in; what another import brought meanwhile is not this one's.
    Well,
    /// Something came between.
    Early,
}

/// Notes that an import ended.
///
/// # Errors
/// When the database fails.
pub async fn end(tx: &mut Tx, import: ImportId, end: End, at: Millis) -> Result<(), StoreError> {
    let sql = match end {
        End::Well => "UPDATE import SET ended_at = $2, moved_at = $2, new = made WHERE id = $1",
        End::Early => "UPDATE import SET ended_at = $2 WHERE id = $1",
    };
    on!(tx, c => sqlx::query(sql).bind(import.0).bind(at).execute(c).await.map(drop))?;
    Ok(())
}

#[derive(sqlx::FromRow)]
struct ImportRow {
    id: Uuid,
    slug: String,
    title: String,
    file: String,
    new: i64,
    made: i64,
    bad: i64,
    started_at: i64,
    moved_at: i64,
    ended_at: Option<i64>,
    #[sqlx(flatten)]
    by: rows::PersonRow,
}

impl ImportRow {
    fn view(self, now: Millis) -> Result<ImportView, StoreError> {
        let state = match self.ended_at {
            Some(_) if self.made == self.new => ImportState::Done,
            None if now - self.moved_at < STALL => ImportState::Running,
            _ => ImportState::BrokenOff,
        };
        Ok(ImportView {
            id: ImportId(self.id),
            board: self.slug,
            board_title: self.title,
            by: self.by.try_into()?,
            file: self.file,
            state,
            new: rows::number(self.new)?,
            made: rows::number(self.made)?,
            bad: rows::number(self.bad)?,
            started_at: self.started_at,
            moved_at: self.moved_at,
        })
    }
}

macro_rules! imports {
    ($rest:literal) => {
        concat!(
            "SELECT m.id, b.slug, b.title, m.file, m.new, m.made, m.bad, m.started_at, m.moved_at, m.ended_at,
                    p.id AS person_id, p.handle, p.name, p.role, p.unclaimed_at IS NOT NULL AS unclaimed
             FROM import m JOIN board b ON b.id = m.board_id JOIN person p ON p.id = m.person_id ",
            $rest
        )
    };
}

/// An import.
///
/// # Errors
/// When the database fails.
pub async fn one(tx: &mut Tx, id: ImportId, now: Millis) -> Result<Option<ImportView>, StoreError> {
    let row: Option<ImportRow> =
        on!(tx, c => sqlx::query_as(imports!("WHERE m.id = $1")).bind(id.0).fetch_optional(c).await)?;
    row.map(|row| row.view(now)).transpose()
}

/// The last imports, the latest first.
///
/// # Errors
/// When the database fails.
pub async fn last(tx: &mut Tx, limit: u32, now: Millis) -> Result<Vec<ImportView>, StoreError> {
    let rows: Vec<ImportRow> = on!(tx, c => sqlx::query_as(imports!("ORDER BY m.started_at DESC, m.id DESC LIMIT $1"))
        .bind(i64::from(limit)).fetch_all(c).await)?;
    rows.into_iter().map(|row| row.view(now)).collect()
}

/// The rows of files that a board has as ideas.
///
/// # Errors
/// When the database fails.
pub async fn keys(tx: &mut Tx, board: BoardId) -> Result<HashSet<Key>, StoreError> {
    let keys: Vec<Vec<u8>> = on!(tx, c => sqlx::query_scalar("SELECT key FROM origin WHERE board_id = $1")
        .bind(board.0).fetch_all(c).await)?;
    let read = |key: Vec<u8>| key.try_into().map_err(|_| StoreError::Corrupt("the key of an origin".into()));
    keys.into_iter().map(read).collect()
}

/// What is noted of an idea that came from a file.
#[derive(Clone, Copy, Debug)]
pub struct Origin {
    /// The idea.
    pub idea: IdeaId,
    /// Its board.
    pub board: BoardId,
    /// What its row is known by.
    pub key: Key,
    /// The import.
    pub import: ImportId,
    /// The votes it had there.
    pub votes: u32,
    /// The comments it had there.
    pub comments: u32,
    /// When it is imported.
    pub at: Millis,
    /// Since when it counts as answered here, if it does.
    pub answered: Option<Millis>,
}

/// Whether a board has a row of a file as an idea.
///
/// # Errors
/// When the database fails.
pub async fn knows(tx: &mut Tx, board: BoardId, key: &Key) -> Result<bool, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM origin WHERE board_id = $1 AND key = $2)")
        .bind(board.0).bind(key.as_slice()).fetch_one(c).await)?)
}

/// Notes where an idea just written came from, and lets it begin with the votes it had there.
///
/// # Errors
/// [`StoreError::Taken`] when the board has the row already.
pub async fn note(tx: &mut Tx, origin: &Origin) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "INSERT INTO origin (idea_id, board_id, key, import_id, comments) VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(origin.idea.0)
    .bind(origin.board.0)
    .bind(origin.key.as_slice())
    .bind(origin.import.0)
    .bind(i64::from(origin.comments))
    .execute(c)
    .await
    .map(drop))?;
    on!(tx, c => sqlx::query(
        "UPDATE idea SET votes = $2, votes_before = $2, answered_at = $3, imported_at = $4 WHERE id = $1",
    )
    .bind(origin.idea.0)
    .bind(i64::from(origin.votes))
    .bind(origin.answered)
    .bind(origin.at)
    .execute(c)
    .await
    .map(drop))?;
    // What was only proposed is as warm as it was written.
    if origin.votes > 0 { heat::refresh(tx, origin.idea).await } else { Ok(()) }
}

/// Where an idea came from; nothing when it was proposed here.
///
/// # Errors
/// When the database fails.
pub async fn origin(tx: &mut Tx, idea: IdeaId) -> Result<Option<OriginView>, StoreError> {
    let row: Option<(i64, i64, i64)> = on!(tx, c => sqlx::query_as(
        "SELECT i.imported_at, i.votes_before, o.comments FROM origin o JOIN idea i ON i.id = o.idea_id
         WHERE o.idea_id = $1 AND i.imported_at IS NOT NULL",
    )
    .bind(idea.0)
    .fetch_optional(c)
    .await)?;
    row.map(|(imported_at, votes, comments)| {
        Ok(OriginView { imported_at, votes: rows::number(votes)?, comments: rows::number(comments)? })
    })
    .transpose()
}

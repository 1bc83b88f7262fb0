//! The canvases of boards.

use shared::{
    BoardId, DocumentId, PersonId, PictureId,
    api::{Millis, PersonView},
    rules::BoardRules,
};
use uuid::Uuid;

use super::{StoreError, Tx, boards::nil, of_actors, on, pictures::loose, rows};

/// The board of a canvas, and what the person asking is to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfBoard {
    /// The board.
    pub board: BoardId,
    /// Its slug.
    pub slug: String,
    /// Its rules.
    pub rules: BoardRules,
    /// Whether the person asking is a member of it.
    pub member: bool,
}

/// Gives a board its canvas, which has the maps of so many kinds of items. The document must exist.
///
/// # Errors
/// [`StoreError::Taken`] when it has one.
pub async fn insert(tx: &mut Tx, board: BoardId, document: DocumentId, kinds: u32) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query("INSERT INTO canvas (board_id, document_id, kinds) VALUES ($1, $2, $3)")
        .bind(board.0).bind(document.as_uuid()).bind(i64::from(kinds)).execute(c).await.map(drop))?;
    Ok(())
}

/// The canvases that have the maps of fewer kinds of items, and who made each board.
///
/// # Errors
/// When the database fails.
pub async fn older(tx: &mut Tx, kinds: u32) -> Result<Vec<(DocumentId, PersonId)>, StoreError> {
    let rows: Vec<(Uuid, Uuid)> = on!(tx, c => sqlx::query_as(
        "SELECT c.document_id, b.created_by FROM canvas c JOIN board b ON b.id = c.board_id WHERE c.kinds < $1",
    )
    .bind(i64::from(kinds))
    .fetch_all(c)
    .await)?;
    Ok(rows.into_iter().map(|(document, person)| (DocumentId::from_uuid(document), PersonId(person))).collect())
}

/// A canvas has the maps of so many kinds of items now.
///
/// # Errors
/// When the database fails.
pub async fn set_kinds(tx: &mut Tx, document: DocumentId, kinds: u32) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query("UPDATE canvas SET kinds = $2 WHERE document_id = $1")
        .bind(document.as_uuid()).bind(i64::from(kinds)).execute(c).await.map(drop))?;
    Ok(())
}

/// The canvas of a board.
///
/// # Errors
/// When the database fails.
pub async fn of(tx: &mut Tx, board: BoardId) -> Result<Option<DocumentId>, StoreError> {
    let row: Option<Uuid> = on!(tx, c => sqlx::query_scalar("SELECT document_id FROM canvas WHERE board_id = $1")
        .bind(board.0).fetch_optional(c).await)?;
    Ok(row.map(DocumentId::from_uuid))
}

/// The boards without a canvas, and who made each.
///
/// # Errors
/// When the database fails.
pub async fn missing(tx: &mut Tx) -> Result<Vec<(BoardId, PersonId)>, StoreError> {
    let rows: Vec<(Uuid, Uuid)> = on!(tx, c => sqlx::query_as(
        "SELECT id, created_by FROM board WHERE id NOT IN (SELECT board_id FROM canvas)",
    )
    .fetch_all(c)
    .await)?;
    Ok(rows.into_iter().map(|(board, person)| (BoardId(board), PersonId(person))).collect())
}

/// The board whose canvas this document is.
///
/// # Errors
/// When the database fails.
pub async fn place(tx: &mut Tx, person: Option<PersonId>, document: DocumentId) -> Result<Option<OfBoard>, StoreError> {
    let row: Option<(Uuid, String, String, String, bool)> = on!(tx, c => sqlx::query_as(
        "SELECT b.id, b.slug, b.audience, b.editing,
         EXISTS (SELECT 1 FROM board_member m WHERE m.board_id = b.id AND m.person_id = $1)
         FROM canvas JOIN board b ON b.id = canvas.board_id WHERE canvas.document_id = $2",
    )
    .bind(nil(person))
    .bind(document.as_uuid())
    .fetch_optional(c)
    .await)?;
    row.map(|(board, slug, audience, editing, member)| {
        Ok(OfBoard { board: BoardId(board), slug, rules: rows::rules(&audience, &editing)?, member })
    })
    .transpose()
}

/// Whoever else changes the facts of a board's canvas waits for this transaction to end.
///
/// # Errors
/// When the database fails.
pub async fn lock(tx: &mut Tx, board: BoardId) -> Result<(), StoreError> {
    if let Tx::Postgres(tx) = tx {
        sqlx::query("SELECT 1 FROM canvas WHERE board_id = $1 FOR UPDATE").bind(board.0).execute(&mut **tx).await?;
    }
    Ok(())
}

#[derive(sqlx::FromRow)]
struct MakerRow {
    actor: Vec<u8>,
    #[sqlx(flatten)]
    person: rows::PersonRow,
}

/// Whose these actor ids are.
///
/// # Errors
/// When the database fails.
pub async fn makers(tx: &mut Tx, actors: &[Vec<u8>]) -> Result<Vec<(Vec<u8>, PersonView)>, StoreError> {
    let rows: Vec<MakerRow> = of_actors!(
        tx,
        actors,
        "SELECT a.id AS actor, p.id AS person_id, p.handle, p.name, p.role, p.unclaimed_at IS NOT NULL AS unclaimed
         FROM actor a JOIN person p ON p.id = a.person_id WHERE a.id",
        " ORDER BY a.id"
    );
    rows.into_iter().map(|row| Ok((row.actor, row.person.try_into()?))).collect()
}

/// Notes that a canvas holds these pictures, as far as they were added to its board.
///
/// # Errors
/// When the database fails.
pub async fn put_pictures(tx: &mut Tx, document: DocumentId, pictures: &[PictureId]) -> Result<(), StoreError> {
    for picture in pictures {
        on!(tx, c => sqlx::query(
            "INSERT INTO canvas_picture (document_id, picture_id)
             SELECT c.document_id, p.id FROM canvas c JOIN picture p ON p.board_id = c.board_id
             WHERE c.document_id = $1 AND p.id = $2
             ON CONFLICT DO NOTHING",
        )
        .bind(document.as_uuid())
        .bind(picture.0)
        .execute(c)
        .await
        .map(drop))?;
    }
    Ok(())
}

/// The canvases of the boards to which pictures were added before a moment that are known to be nowhere.
///
/// # Errors
/// When the database fails.
pub async fn with_loose_pictures(tx: &mut Tx, before: Millis) -> Result<Vec<DocumentId>, StoreError> {
    let rows: Vec<Uuid> = on!(tx, c => sqlx::query_scalar(concat!(
        "SELECT DISTINCT k.document_id FROM canvas k JOIN picture ON picture.board_id = k.board_id WHERE ",
        loose!()
    ))
    .bind(before)
    .fetch_all(c)
    .await)?;
    Ok(rows.into_iter().map(DocumentId::from_uuid).collect())
}

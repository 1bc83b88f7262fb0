//! Pictures, and where they are.

use shared::{BoardId, CommentId, EntryId, IdeaId, PersonId, PictureId, api::Millis};
use uuid::Uuid;

use super::{StoreError, Tx, on, rows};

/// What a picture is stored as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MediaType {
    /// A photograph.
    Jpeg,
    /// A drawing, or anything that lets what is behind it through.
    Png,
}

impl MediaType {
    /// Its name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
        }
    }

    fn parse(name: &str) -> Result<Self, StoreError> {
        [Self::Jpeg, Self::Png]
            .into_iter()
            .find(|known| known.as_str() == name)
            .ok_or_else(|| StoreError::Corrupt(format!("media type `{name}`")))
    }
}

/// A picture to be kept.
#[derive(Clone, Copy, Debug)]
pub struct NewPicture<'a> {
    /// Its id.
    pub id: PictureId,
    /// The board it is added to; none: it is the workspace's own.
    pub board: Option<BoardId>,
    /// Who adds it.
    pub by: PersonId,
    /// What both forms are.
    pub media_type: MediaType,
    /// The width of the large form.
    pub width: u32,
    /// Its height.
    pub height: u32,
    /// The large form.
    pub large: &'a [u8],
    /// The small form, where the large one is not small enough.
    pub small: Option<&'a [u8]>,
    /// When.
    pub at: Millis,
}

/// Keeps a picture.
///
/// # Errors
/// When the database fails.
pub async fn insert(tx: &mut Tx, picture: &NewPicture<'_>) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "INSERT INTO picture (id, board_id, person_id, media_type, width, height, created_at, small, large)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(picture.id.0)
    .bind(picture.board.map(|board| board.0))
    .bind(picture.by.0)
    .bind(picture.media_type.as_str())
    .bind(i64::from(picture.width))
    .bind(i64::from(picture.height))
    .bind(picture.at)
    .bind(picture.small)
    .bind(picture.large)
    .execute(c)
    .await
    .map(drop))?;
    Ok(())
}

/// What decides who sees a picture, and what it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// The slug of the board it was added to; none: it is the workspace's own.
    pub board: Option<String>,
    /// Who added it.
    pub by: PersonId,
    /// What both forms are.
    pub media_type: MediaType,
    /// The width of the large form.
    pub width: u32,
    /// Its height.
    pub height: u32,
}

#[derive(sqlx::FromRow)]
struct KeptRow {
    slug: Option<String>,
    person_id: Uuid,
    media_type: String,
    width: i64,
    height: i64,
}

/// A picture, without its bytes.
///
/// # Errors
/// When the database fails.
pub async fn one(tx: &mut Tx, id: PictureId) -> Result<Option<Kept>, StoreError> {
    let row: Option<KeptRow> = on!(tx, c => sqlx::query_as(
        "SELECT b.slug, p.person_id, p.media_type, p.width, p.height
         FROM picture p LEFT JOIN board b ON b.id = p.board_id WHERE p.id = $1",
    )
    .bind(id.0)
    .fetch_optional(c)
    .await)?;
    row.map(|row| {
        Ok(Kept {
            board: row.slug,
            by: PersonId(row.person_id),
            media_type: MediaType::parse(&row.media_type)?,
            width: rows::number(row.width)?,
            height: rows::number(row.height)?,
        })
    })
    .transpose()
}

/// The bytes of a picture in its large form.
///
/// # Errors
/// When the database fails.
pub async fn large(tx: &mut Tx, id: PictureId) -> Result<Vec<u8>, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar("SELECT large FROM picture WHERE id = $1").bind(id.0).fetch_one(c).await)?)
}

/// The bytes of a picture in its small form.
///
/// # Errors
/// When the database fails.
pub async fn small(tx: &mut Tx, id: PictureId) -> Result<Vec<u8>, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar("SELECT COALESCE(small, large) FROM picture WHERE id = $1")
        .bind(id.0).fetch_one(c).await)?)
}

/// Removes a picture.
///
/// # Errors
/// When the database fails.
pub async fn remove(tx: &mut Tx, id: PictureId) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query("DELETE FROM picture WHERE id = $1").bind(id.0).execute(c).await.map(drop))?;
    Ok(())
}

/// A place where a picture is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The concept of the idea of this number.
    Idea(u32),
    /// A comment.
    Comment(CommentId),
    /// A piece of progress.
    Entry {
        /// Which.
        id: EntryId,
        /// Whether a text that holds it was published.
        published: bool,
    },
}

/// The places where a picture is, at most `limit` of each kind.
///
/// # Errors
/// When the database fails.
pub async fn places(tx: &mut Tx, id: PictureId, limit: u32) -> Result<Vec<Place>, StoreError> {
    let ideas: Vec<i64> = on!(tx, c => sqlx::query_scalar(
        "SELECT i.number FROM idea_picture ip JOIN idea i ON i.id = ip.idea_id
         WHERE ip.picture_id = $1 ORDER BY i.number LIMIT $2",
    )
    .bind(id.0)
    .bind(i64::from(limit))
    .fetch_all(c)
    .await)?;
    let comments: Vec<Uuid> = on!(tx, c => sqlx::query_scalar(
        "SELECT comment_id FROM comment_picture WHERE picture_id = $1 ORDER BY comment_id LIMIT $2",
    )
    .bind(id.0)
    .bind(i64::from(limit))
    .fetch_all(c)
    .await)?;
    let entries: Vec<(Uuid, bool)> = on!(tx, c => sqlx::query_as(
        "SELECT entry_id, published_at IS NOT NULL FROM entry_picture WHERE picture_id = $1 ORDER BY entry_id LIMIT $2",
    )
    .bind(id.0)
    .bind(i64::from(limit))
    .fetch_all(c)
    .await)?;
    let comments = comments.into_iter().map(|id| Ok(Place::Comment(CommentId(id))));
    let entries = entries.into_iter().map(|(id, published)| Ok(Place::Entry { id: EntryId(id), published }));
    ideas.into_iter().map(|number| rows::number(number).map(Place::Idea)).chain(comments).chain(entries).collect()
}

/// Notes that a concept holds a picture, if that was added to the concept's board.
///
/// # Errors
/// When the database fails.
pub async fn put_in_idea(tx: &mut Tx, idea: IdeaId, picture: PictureId) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "INSERT INTO idea_picture (idea_id, picture_id)
         SELECT i.id, p.id FROM idea i JOIN picture p ON p.board_id = i.board_id WHERE i.id = $1 AND p.id = $2
         ON CONFLICT DO NOTHING",
    )
    .bind(idea.0)
    .bind(picture.0)
    .execute(c)
    .await
    .map(drop))?;
    Ok(())
}

/// Notes that a comment holds a picture, if that was added to the board of the comment's idea.
///
/// # Errors
/// When the database fails.
pub async fn put_in_comment(tx: &mut Tx, comment: CommentId, picture: PictureId) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "INSERT INTO comment_picture (comment_id, picture_id)
         SELECT c.id, p.id FROM comment c JOIN idea i ON i.id = c.idea_id JOIN picture p ON p.board_id = i.board_id
         WHERE c.id = $1 AND p.id = $2
         ON CONFLICT DO NOTHING",
    )
    .bind(comment.0)
    .bind(picture.0)
    .execute(c)
    .await
    .map(drop))?;
    Ok(())
}

/// Notes that a piece of progress holds a picture, if that was added to the board of its idea, and since when in a text that
/// is published.
///
/// # Errors
/// When the database fails.
pub async fn put_in_entry(
    tx: &mut Tx,
    entry: EntryId,
    picture: PictureId,
    published_at: Option<Millis>,
) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "INSERT INTO entry_picture (entry_id, picture_id, published_at)
         SELECT e.id, p.id, $3 FROM entry e JOIN idea i ON i.id = e.idea_id JOIN picture p ON p.board_id = i.board_id
         WHERE e.id = $1 AND p.id = $2
         ON CONFLICT (entry_id, picture_id)
         DO UPDATE SET published_at = coalesce(entry_picture.published_at, excluded.published_at)",
    )
    .bind(entry.0)
    .bind(picture.0)
    .bind(published_at)
    .execute(c)
    .await
    .map(drop))?;
    Ok(())
}

/// The condition that a picture was added before the moment bound to `$1` and is known to be in no concept, no comment or
/// piece of progress that stands, and on no canvas.
macro_rules! loose {
    () => {
        "picture.created_at < $1 AND picture.board_id IS NOT NULL
         AND NOT EXISTS (SELECT 1 FROM idea_picture ip WHERE ip.picture_id = picture.id)
         AND NOT EXISTS (SELECT 1 FROM canvas_picture kp WHERE kp.picture_id = picture.id)
         AND NOT EXISTS (SELECT 1 FROM comment_picture cp JOIN comment c ON c.id = cp.comment_id
                         WHERE cp.picture_id = picture.id AND c.deleted_at IS NULL)
         AND NOT EXISTS (SELECT 1 FROM entry_picture ep JOIN entry e ON e.id = ep.entry_id
                         WHERE ep.picture_id = picture.id AND e.removed_at IS NULL)"
    };
}
pub(super) use loose;

/// Removes the pictures added before a moment that are in no concept, no comment or piece of progress that stands, and on
/// no canvas. Answers how many.
///
/// # Errors
/// When the database fails.
pub async fn sweep(tx: &mut Tx, before: Millis) -> Result<u64, StoreError> {
    Ok(on!(tx, c => sqlx::query(concat!("DELETE FROM picture WHERE ", loose!()))
    .bind(before)
    .execute(c)
    .await
    .map(|done| done.rows_affected()))?)
}

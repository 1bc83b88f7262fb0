//! Links by which guests follow canvases.

use shared::{
    BoardId, GuestLinkId,
    api::{Millis, PersonView},
    rules::BoardRules,
};
use uuid::Uuid;

use super::{StoreError, Tx, on, rows};
use crate::domain::secret::SecretHash;

/// A link, with what decides whether its maker may still make it.
#[derive(Clone, Debug)]
pub struct GuestLink {
    /// Its id.
    pub id: GuestLinkId,
    /// The board whose canvas it opens.
    pub board: BoardId,
    /// The word in the address of that.
    pub slug: String,
    /// Its rules.
    pub rules: BoardRules,
    /// Who made it.
    pub by: PersonView,
    /// Whether they are a member of the board.
    pub member: bool,
    /// Whether they are suspended.
    pub suspended: bool,
    /// When it was made.
    pub created_at: Millis,
    /// Until when it opens the canvas.
    pub expires_at: Millis,
}

#[derive(sqlx::FromRow)]
struct LinkRow {
    id: Uuid,
    board_id: Uuid,
    slug: String,
    audience: String,
    editing: String,
    member: bool,
    suspended: bool,
    created_at: Millis,
    expires_at: Millis,
    #[sqlx(flatten)]
    by: rows::PersonRow,
}

impl TryFrom<LinkRow> for GuestLink {
    type Error = StoreError;

    fn try_from(row: LinkRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: GuestLinkId(row.id),
            board: BoardId(row.board_id),
            slug: row.slug,
            rules: rows::rules(&row.audience, &row.editing)?,
            by: row.by.try_into()?,
            member: row.member,
            suspended: row.suspended,
            created_at: row.created_at,
            expires_at: row.expires_at,
        })
    }
}

macro_rules! links {
    ($rest:literal) => {
        concat!(
            "SELECT l.id, l.board_id, b.slug, b.audience, b.editing, l.created_at, l.expires_at,
             EXISTS (SELECT 1 FROM board_member m WHERE m.board_id = b.id AND m.person_id = p.id) AS member,
             p.suspended_at IS NOT NULL AS suspended,
             p.id AS person_id, p.handle, p.name, p.role, p.unclaimed_at IS NOT NULL AS unclaimed
             FROM guest_link l JOIN board b ON b.id = l.board_id JOIN person p ON p.id = l.created_by WHERE ",
            $rest
        )
    };
}

/// Adds a link to a board's canvas, in place of those that are over.
///
/// # Errors
/// When the database fails.
pub async fn add(tx: &mut Tx, link: &GuestLink, hash: SecretHash) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query("DELETE FROM guest_link WHERE board_id = $1 AND expires_at <= $2")
        .bind(link.board.0).bind(link.created_at).execute(c).await.map(drop))?;
    on!(tx, c => sqlx::query(
        "INSERT INTO guest_link (id, token_hash, board_id, created_by, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(link.id.0)
    .bind(&hash.0[..])
    .bind(link.board.0)
    .bind(link.by.id.0)
    .bind(link.created_at)
    .bind(link.expires_at)
    .execute(c)
    .await
    .map(drop))?;
    Ok(())
}

/// The link of this secret, if it is not over.
///
/// # Errors
/// When the database fails.
pub async fn find(tx: &mut Tx, hash: SecretHash, at: Millis) -> Result<Option<GuestLink>, StoreError> {
    let row: Option<LinkRow> = on!(tx, c => sqlx::query_as(links!("l.token_hash = $1 AND l.expires_at > $2"))
        .bind(&hash.0[..]).bind(at).fetch_optional(c).await)?;
    row.map(GuestLink::try_from).transpose()
}

/// The links to a board's canvas that are not over, the newest first.
///
/// # Errors
/// When the database fails.
pub async fn open(tx: &mut Tx, board: BoardId, at: Millis) -> Result<Vec<GuestLink>, StoreError> {
    let rows: Vec<LinkRow> = on!(tx, c => sqlx::query_as(
        links!("l.board_id = $1 AND l.expires_at > $2 ORDER BY l.id DESC LIMIT 500"),
    )
    .bind(board.0)
    .bind(at)
    .fetch_all(c)
    .await)?;
    rows.into_iter().map(GuestLink::try_from).collect()
}

/// Revokes a link to a board's canvas; false when there is none.
///
/// # Errors
/// When the database fails.
pub async fn revoke(tx: &mut Tx, board: BoardId, id: GuestLinkId) -> Result<bool, StoreError> {
    Ok(on!(tx, c => sqlx::query("DELETE FROM guest_link WHERE id = $1 AND board_id = $2")
        .bind(id.0).bind(board.0).execute(c).await.map(|done| done.rows_affected() > 0))?)
}

//! Invite links.

use shared::{
    BoardId, InviteId, Role,
    api::{InviteView, Millis, PersonView},
};
use uuid::Uuid;

use super::{
    StoreError, Tx, on,
    people::{self, PersonRow},
};
use crate::domain::secret::SecretHash;

/// An invite, with its board.
#[derive(Clone, Debug)]
pub struct Invite {
    /// Its id.
    pub id: InviteId,
    /// The role it gives.
    pub role: Role,
    /// The board it opens, if any.
    pub board: Option<InvitedBoard>,
    /// Who made it.
    pub by: PersonView,
    /// When it was made.
    pub created_at: Millis,
    /// When it ends.
    pub expires_at: Millis,
    /// How many may still join by it.
    pub uses_left: u32,
}

/// The board an invite opens.
#[derive(Clone, Debug)]
pub struct InvitedBoard {
    /// Its id.
    pub id: BoardId,
    /// The word in its address.
    pub slug: String,
    /// Its title.
    pub title: String,
}

impl From<Invite> for InviteView {
    fn from(invite: Invite) -> Self {
        Self {
            id: invite.id,
            role: invite.role,
            board: invite.board.map(|board| board.slug),
            by: invite.by,
            created_at: invite.created_at,
            expires_at: invite.expires_at,
            uses_left: invite.uses_left,
        }
    }
}

#[derive(sqlx::FromRow)]
struct InviteRow {
    #[sqlx(flatten)]
    by: PersonRow,
    invite_id: Uuid,
    gives: String,
    board_id: Option<Uuid>,
    slug: Option<String>,
    title: Option<String>,
    created_at: Millis,
    expires_at: Millis,
    uses_left: i64,
}

impl TryFrom<InviteRow> for Invite {
    type Error = StoreError;

    fn try_from(row: InviteRow) -> Result<Self, StoreError> {
        let board = match (row.board_id, row.slug, row.title) {
            (Some(id), Some(slug), Some(title)) => Some(InvitedBoard { id: BoardId(id), slug, title }),
            _ => None,
        };
        Ok(Self {
            id: InviteId(row.invite_id),
            role: people::role(&row.gives)?,
            board,
            by: row.by.try_into()?,
            created_at: row.created_at,
            expires_at: row.expires_at,
            uses_left: u32::try_from(row.uses_left)
                .map_err(|_| StoreError::Corrupt(format!("an invite with {} uses", row.uses_left)))?,
        })
    }
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT i.id AS invite_id, i.role AS gives, i.board_id, b.slug, b.title, i.created_at, i.expires_at, \
             i.uses_left, p.id, p.handle, p.name, p.role, p.unclaimed_at \
             FROM invite i JOIN person p ON p.id = i.created_by LEFT JOIN board b ON b.id = i.board_id ",
            $rest
        )
    };
}

/// Adds an invite.
///
/// # Errors
/// When the database fails.
pub async fn add(tx: &mut Tx, invite: &Invite, hash: SecretHash) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "INSERT INTO invite (id, token_hash, role, board_id, created_by, created_at, expires_at, uses_left) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
        .bind(invite.id.0)
        .bind(&hash.0[..])
        .bind(invite.role.as_str())
        .bind(invite.board.as_ref().map(|board| board.id.0))
        .bind(invite.by.id.0)
        .bind(invite.created_at)
        .bind(invite.expires_at)
        .bind(i64::from(invite.uses_left))
        .execute(c).await.map(drop))?;
    Ok(())
}

/// The invite of this secret, if it is still open.
///
/// # Errors
/// When the database fails.
pub async fn find(tx: &mut Tx, hash: SecretHash, now: Millis) -> Result<Option<Invite>, StoreError> {
    let row: Option<InviteRow> = on!(tx, c => sqlx::query_as(
        select!("WHERE i.token_hash = $1 AND i.expires_at > $2 AND i.uses_left > 0"),
    ).bind(&hash.0[..]).bind(now).fetch_optional(c).await)?;
    row.map(TryInto::try_into).transpose()
}

/// An invite by its id, open or not.
///
/// # Errors
/// When the database fails.
pub async fn get(tx: &mut Tx, id: InviteId) -> Result<Option<Invite>, StoreError> {
    let row: Option<InviteRow> =
        on!(tx, c => sqlx::query_as(select!("WHERE i.id = $1")).bind(id.0).fetch_optional(c).await)?;
    row.map(TryInto::try_into).transpose()
}

/// The invite of this secret, open or not.
///
/// # Errors
/// When the database fails.
pub async fn of_secret(tx: &mut Tx, hash: SecretHash) -> Result<Option<Invite>, StoreError> {
    let row: Option<InviteRow> =
        on!(tx, c => sqlx::query_as(select!("WHERE i.token_hash = $1")).bind(&hash.0[..]).fetch_optional(c).await)?;
    row.map(TryInto::try_into).transpose()
}

/// The invites that are still open, the newest first.
///
/// # Errors
/// When the database fails.
pub async fn open(tx: &mut Tx, now: Millis) -> Result<Vec<Invite>, StoreError> {
    let rows: Vec<InviteRow> = on!(tx, c => sqlx::query_as(
        select!("WHERE i.expires_at > $1 AND i.uses_left > 0 ORDER BY i.id DESC LIMIT 500"),
    ).bind(now).fetch_all(c).await)?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// Takes one use; `false` when none was left.
///
/// # Errors
/// When the database fails.
pub async fn take_use(tx: &mut Tx, id: InviteId) -> Result<bool, StoreError> {
    let taken = on!(tx, c => sqlx::query("UPDATE invite SET uses_left = uses_left - 1 WHERE id = $1 AND uses_left > 0")
        .bind(id.0).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(taken == 1)
}

/// Revokes an invite.
///
/// # Errors
/// When the database fails.
pub async fn revoke(tx: &mut Tx, id: InviteId) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query("DELETE FROM invite WHERE id = $1").bind(id.0).execute(c).await.map(drop))?;
    Ok(())
}

/// The board of this slug, to invite people to.
///
/// # Errors
/// When the database fails.
pub async fn board(tx: &mut Tx, slug: &str) -> Result<Option<InvitedBoard>, StoreError> {
    let row: Option<(Uuid, String, String)> = on!(tx, c => sqlx::query_as("SELECT id, slug, title FROM board WHERE slug = $1")
            .bind(slug).fetch_optional(c).await)?;
    Ok(row.map(|(id, slug, title)| InvitedBoard { id: BoardId(id), slug, title }))
}

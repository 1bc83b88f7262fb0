//! Links by which guests follow the canvas of a board: they read, and nobody learns who they are.
//!
//! A link is worth what its maker may give at the moment it is shown: it ends when they lose that right.

use serde_json::json;
use shared::{
    BoardId, GuestLinkId, PersonId,
    api::{AuditAct, GuestLinkView, Millis, NewGuestLink, PersonView},
    rules::{BoardAct, Standing, may_on_board},
};

use super::{
    Error,
    access::{self, AccessChange, AccessNews},
    fields, now,
    secret::{Secret, SecretHash},
    signed,
};
use crate::store::{
    Db, StoreError, audit,
    guests::{self, GuestLink},
};

const HOUR: Millis = 60 * 60 * 1000;
/// For how many hours a link may open a canvas, at most.
const HOURS: u32 = 30 * 24;

/// What a link opens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pass {
    /// The link.
    pub link: GuestLinkId,
    /// The board whose canvas it opens.
    pub board: BoardId,
    /// The word in the address of that.
    pub slug: String,
    /// Who made it.
    pub by: PersonId,
    /// Until when it opens the canvas.
    pub expires_at: Millis,
}

/// What the link of this secret opens, if it opens anything.
///
/// # Errors
/// When the database fails.
pub async fn recognise(db: &Db, secret: &str) -> Result<Option<Pass>, StoreError> {
    let Some(hash) = SecretHash::parse(secret) else { return Ok(None) };
    let link = guests::find(&mut db.read().await?, hash, now()).await?;
    Ok(link.filter(holds).map(|link| Pass {
        link: link.id,
        board: link.board,
        slug: link.slug,
        by: link.by.id,
        expires_at: link.expires_at,
    }))
}

/// Whether the maker of a link might make it now.
fn holds(link: &GuestLink) -> bool {
    let maker = Standing { role: Some(link.by.role), member: link.member, ..Standing::default() };
    !link.suspended && may_on_board(BoardAct::InviteGuests, maker, link.rules).is_ok()
}

fn shown(link: GuestLink, path: Option<String>) -> GuestLinkView {
    GuestLinkView { id: link.id, path, by: link.by, created_at: link.created_at, expires_at: link.expires_at }
}

/// Makes a link by which guests follow the canvas of a board.
///
/// # Errors
/// When the board is unseen, the person may not, or the time is too short or too long.
pub async fn make(db: &Db, who: Option<&PersonView>, slug: &str, new: NewGuestLink) -> Result<GuestLinkView, Error> {
    let mut tx = db.write().await?;
    let (board, standing) = access::board(&mut tx, who, slug, BoardAct::InviteGuests).await?;
    let by = signed(who)?.clone();
    let hours = fields::number(new.hours, 1, HOURS).map_err(|problem| Error::field("hours", problem))?;
    let (secret, created_at) = (Secret::new()?, now());
    let link = GuestLink {
        id: GuestLinkId::new(),
        board: board.id,
        slug: board.slug,
        rules: board.rules,
        by,
        member: standing.member,
        suspended: false,
        created_at,
        expires_at: created_at + Millis::from(hours) * HOUR,
    };
    guests::add(&mut tx, &link, secret.hash()).await?;
    let detail = json!({ "link": link.id, "hours": hours });
    audit::add(&mut tx, link.by.id, AuditAct::MakeGuestLink, &format!("board:{}", link.board), &detail).await?;
    tx.commit().await?;
    Ok(shown(link, Some(format!("/guest/{}", secret.expose()))))
}

/// The links that open the canvas of a board now, the newest first, without their secrets.
///
/// # Errors
/// When the board is unseen, or the person may not.
pub async fn list(db: &Db, who: Option<&PersonView>, slug: &str) -> Result<Vec<GuestLinkView>, Error> {
    let mut tx = db.read().await?;
    let (board, _) = access::board(&mut tx, who, slug, BoardAct::InviteGuests).await?;
    let open = guests::open(&mut tx, board.id, now()).await?;
    Ok(open.into_iter().filter(holds).map(|link| shown(link, None)).collect())
}

/// Revokes a link: whoever follows the canvas by it is out at once.
///
/// # Errors
/// When the board is unseen, the person may not, or there is no such link.
pub async fn revoke(
    db: &Db,
    news: &AccessNews,
    who: Option<&PersonView>,
    slug: &str,
    id: GuestLinkId,
) -> Result<(), Error> {
    let mut tx = db.write().await?;
    let (board, _) = access::board(&mut tx, who, slug, BoardAct::InviteGuests).await?;
    if !guests::revoke(&mut tx, board.id, id).await? {
        return Err(Error::NotFound("guest link"));
    }
    let detail = json!({ "link": id });
    audit::add(&mut tx, signed(who)?.id, AuditAct::RevokeGuestLink, &format!("board:{}", board.id), &detail).await?;
    tx.commit().await?;
    news.tell(AccessChange::Guest(id));
    Ok(())
}

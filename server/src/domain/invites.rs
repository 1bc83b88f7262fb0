//! Links by which people join.
//!
//! A link is worth what its maker may give at the moment it is used: it ends when they lose that right.

use serde_json::json;
use shared::{
    InviteId, PersonId, Role,
    api::{AuditAct, FieldCode, FieldProblem, InviteMade, InvitePreview, InviteView, Millis, NewInvite},
    rules::{Act, Refusal, may},
};

use super::{
    Error,
    access::{AccessChange, AccessNews, Signed},
    fields::{self, Fields},
    now,
    secret::{Secret, SecretHash},
};
use crate::store::{
    Db, Tx, audit,
    invites::{self, Invite},
    members, people, suspension,
};

const DAY: Millis = 24 * 60 * 60 * 1000;
/// How the record calls that a person took up an invite.
const ACCEPT: AuditAct = AuditAct::AcceptInvite;

/// Makes an invite link.
///
/// # Errors
/// When the person may not invite somebody of this role, or a field is not acceptable.
pub async fn make(db: &Db, signed: &Signed, request: NewInvite) -> Result<InviteMade, Error> {
    let mut problems = Fields::default();
    if request.role == Role::Owner {
        may(Act::ManagePeople, Some(signed.role()))?;
        let problem = FieldProblem::new(FieldCode::Unknown, "nobody becomes owner by a link");
        problems.check::<()>("role", Err(problem));
    }
    may(Act::Invite(request.role), Some(signed.role()))?;
    let uses = problems.check("uses", fields::number(request.uses.unwrap_or(1), 1, 1000));
    let days = problems.check("days", fields::number(request.days.unwrap_or(14), 1, 90));

    let mut tx = db.write().await?;
    let board = match &request.board {
        Some(slug) => {
            let board = invites::board(&mut tx, slug).await?;
            let problem = || FieldProblem::new(FieldCode::Unknown, "there is no such board");
            problems.check("board", board.ok_or_else(problem))
        }
        None => None,
    };
    problems.done()?;

    let secret = Secret::new()?;
    let created_at = now();
    let invite = Invite {
        id: InviteId::new(),
        role: request.role,
        board,
        by: signed.person.clone(),
        created_at,
        expires_at: created_at + Millis::from(days.unwrap_or_default()) * DAY,
        uses_left: uses.unwrap_or_default(),
    };
    invites::add(&mut tx, &invite, secret.hash()).await?;
    let detail = json!({ "role": invite.role, "board": request.board, "uses": invite.uses_left });
    audit::add(&mut tx, signed.person.id, AuditAct::MakeInvite, &format!("invite:{}", invite.id), &detail).await?;
    tx.commit().await?;
    Ok(InviteMade { invite: invite.into(), path: format!("/join/{}", secret.expose()) })
}

/// The open invites of those roles that the person may invite.
///
/// # Errors
/// When they may invite nobody.
pub async fn list(db: &Db, signed: &Signed) -> Result<Vec<InviteView>, Error> {
    may(Act::Invite(Role::Customer), Some(signed.role()))?;
    let open = invites::open(&mut db.read().await?, now()).await?;
    let theirs = |invite: &Invite| may(Act::Invite(invite.role), Some(signed.role())).is_ok();
    Ok(open.into_iter().filter(theirs).map(Into::into).collect())
}

/// Revokes an invite.
///
/// # Errors
/// When there is none like it among those the person may make.
pub async fn revoke(db: &Db, signed: &Signed, id: InviteId) -> Result<(), Error> {
    may(Act::Invite(Role::Customer), Some(signed.role()))?;
    let mut tx = db.write().await?;
    match invites::get(&mut tx, id).await? {
        Some(invite) if may(Act::Invite(invite.role), Some(signed.role())).is_ok() => {}
        _ => return Err(Error::NotFound("invite")),
    }
    invites::revoke(&mut tx, id).await?;
    audit::add(&mut tx, signed.person.id, AuditAct::RevokeInvite, &format!("invite:{id}"), &json!({})).await?;
    tx.commit().await?;
    Ok(())
}

/// What an invite link offers.
///
/// # Errors
/// [`Error::LinkExpired`].
pub async fn preview(db: &Db, secret: &str) -> Result<InvitePreview, Error> {
    let invite = valid(&mut db.read().await?, secret).await?;
    Ok(InvitePreview { role: invite.role, board: invite.board.map(|board| board.title), by: invite.by.name })
}

/// A person who has an account takes up an invite: their role rises to the invite's, and never falls.
/// If it gives them nothing new, no use of it is taken; who joined by it may say so again after its last use.
///
/// # Errors
/// [`Error::LinkExpired`].
pub async fn accept(db: &Db, news: &AccessNews, signed: &Signed, secret: &str) -> Result<(), Error> {
    let mut tx = db.write().await?;
    let invite = match valid(&mut tx, secret).await {
        Err(Error::LinkExpired) if joined_by(&mut tx, secret, signed.person.id).await? => return Ok(()),
        invite => invite?,
    };
    let person = people::person(&mut tx, signed.person.id).await?.ok_or(Refusal::SignIn)?;
    let rises = invite.role > person.role;
    let joins = match &invite.board {
        Some(board) => members::add(&mut tx, board.id, person.id, now()).await?,
        None => false,
    };
    if !rises && !joins {
        return Ok(());
    }
    if rises {
        people::set_role(&mut tx, person.id, invite.role).await?;
    }
    take_up(&mut tx, &invite, person.id).await?;
    tx.commit().await?;
    news.tell(AccessChange::Person(person.id));
    Ok(())
}

/// Whether this person took up the invite of this secret, be it open or not.
async fn joined_by(tx: &mut Tx, secret: &str, person: PersonId) -> Result<bool, Error> {
    let Some(hash) = SecretHash::parse(secret) else { return Ok(false) };
    let Some(invite) = invites::of_secret(tx, hash).await? else { return Ok(false) };
    Ok(audit::did(tx, person, ACCEPT, &format!("invite:{}", invite.id)).await?)
}

/// The invite of this secret, if it may still be used.
///
/// # Errors
/// [`Error::LinkExpired`].
pub(super) async fn valid(tx: &mut Tx, secret: &str) -> Result<Invite, Error> {
    let hash = SecretHash::parse(secret).ok_or(Error::LinkExpired)?;
    let invite = invites::find(tx, hash, now()).await?.ok_or(Error::LinkExpired)?;
    may(Act::Invite(invite.role), Some(invite.by.role)).map_err(|_| Error::LinkExpired)?;
    if suspension::of(tx, invite.by.id).await?.is_some() {
        return Err(Error::LinkExpired);
    }
    Ok(invite)
}

/// Takes a use of the invite for a person who has its role, and opens its board to them.
///
/// # Errors
/// [`Error::LinkExpired`] when somebody else took the last use.
pub(super) async fn take_up(tx: &mut Tx, invite: &Invite, person: PersonId) -> Result<(), Error> {
    if !invites::take_use(tx, invite.id).await? {
        return Err(Error::LinkExpired);
    }
    if let Some(board) = &invite.board {
        members::add(tx, board.id, person, now()).await?;
    }
    let detail = json!({ "role": invite.role, "board": invite.board.as_ref().map(|board| &board.slug) });
    audit::add(tx, person, ACCEPT, &format!("invite:{}", invite.id), &detail).await?;
    Ok(())
}

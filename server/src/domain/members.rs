//! Who is named a member of a board.

use serde_json::json;
use shared::{
    api::{AuditAct, MemberView, Millis, PersonView},
    rules::{BoardAct, Refusal},
};
use uuid::Uuid;

use super::{
    Error,
    access::{self, AccessChange, AccessNews},
    now, signed,
};
use crate::store::{Db, Tx, audit, boards::Board, members, people};

/// At most `limit` members of a board, the earliest first, from after `(since, person)`.
///
/// # Errors
/// When the board is unseen or the person may not know its members.
pub async fn list(
    db: &Db,
    who: Option<&PersonView>,
    slug: &str,
    after: (Millis, Uuid),
    limit: u32,
) -> Result<Vec<MemberView>, Error> {
    let mut tx = db.read().await?;
    let (board, _) = access::board(&mut tx, who, slug, BoardAct::Govern).await?;
    Ok(members::page(&mut tx, board.id, after, limit).await?)
}

/// Makes somebody a member of a board; a second time changes nothing.
///
/// # Errors
/// When the board is unseen, the person may not, or nobody has the handle.
pub async fn add(db: &Db, news: &AccessNews, who: Option<&PersonView>, slug: &str, handle: &str) -> Result<(), Error> {
    let mut tx = db.write().await?;
    let (board, _) = access::board(&mut tx, who, slug, BoardAct::Govern).await?;
    let person = person(&mut tx, handle).await?;
    if members::add(&mut tx, board.id, person.id, now()).await? {
        record(&mut tx, who, AuditAct::AddMember, &board, &person).await?;
    }
    tx.commit().await?;
    news.tell(AccessChange::Board(board.id));
    Ok(())
}

/// Makes somebody no member of a board; a second time changes nothing.
///
/// # Errors
/// As [`add`].
pub async fn remove(
    db: &Db,
    news: &AccessNews,
    who: Option<&PersonView>,
    slug: &str,
    handle: &str,
) -> Result<(), Error> {
    let mut tx = db.write().await?;
    let (board, _) = access::board(&mut tx, who, slug, BoardAct::Govern).await?;
    let person = person(&mut tx, handle).await?;
    if members::remove(&mut tx, board.id, person.id).await? {
        record(&mut tx, who, AuditAct::RemoveMember, &board, &person).await?;
    }
    tx.commit().await?;
    news.tell(AccessChange::Board(board.id));
    Ok(())
}

async fn record(
    tx: &mut Tx,
    who: Option<&PersonView>,
    act: AuditAct,
    board: &Board,
    person: &PersonView,
) -> Result<(), Error> {
    let subject = format!("board:{}", board.id);
    Ok(audit::add(tx, signed(who)?.id, act, &subject, &json!({ "person": person.id })).await?)
}

/// The person of this handle, who is here: a name that nobody claimed is nobody to be named.
pub(super) async fn person(tx: &mut Tx, handle: &str) -> Result<PersonView, Error> {
    let person = people::person_by_handle(tx, handle).await?;
    Ok(person.filter(|person| !person.unclaimed).ok_or(Refusal::Unseen)?)
}

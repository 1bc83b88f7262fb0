//! A person's inbox: what they are told, and what they do not want to be told.

use shared::api::{Millis, NoticeChoices, NoticeView, PersonView, ReadNotices, Unread};
use uuid::Uuid;

use super::{Error, access, now};
use crate::store::{Db, inbox};

/// A place in an inbox: when the last thing before it happened, and its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place(pub Millis, pub Uuid);

/// At most `limit` things a person was told, the last first, from before a place on.
///
/// # Errors
/// When the database fails.
pub async fn page(db: &Db, who: &PersonView, before: Place, limit: u32) -> Result<Vec<NoticeView>, Error> {
    let mut tx = db.read().await?;
    Ok(inbox::page(&mut tx, &access::sight(Some(who)), (before.0, before.1), limit).await?)
}

/// How many of them wait to be read.
///
/// # Errors
/// When the database fails.
pub async fn unread(db: &Db, who: &PersonView) -> Result<Unread, Error> {
    let mut tx = db.read().await?;
    Ok(Unread { unread: inbox::unread(&mut tx, &access::sight(Some(who))).await? })
}

/// Notes that they were read, and says how many still wait.
///
/// # Errors
/// When the database fails.
pub async fn read(db: &Db, who: &PersonView, which: &ReadNotices) -> Result<Unread, Error> {
    let mut tx = db.write().await?;
    inbox::read(&mut tx, who.id, which.id, now()).await?;
    let unread = inbox::unread(&mut tx, &access::sight(Some(who))).await?;
    tx.commit().await?;
    Ok(Unread { unread })
}

/// What a person does not want to be told.
///
/// # Errors
/// When the database fails.
pub async fn choices(db: &Db, who: &PersonView) -> Result<NoticeChoices, Error> {
    Ok(NoticeChoices { off: inbox::off(&mut db.read().await?, who.id).await? })
}

/// Sets what a person does not want to be told.
///
/// # Errors
/// When the database fails.
pub async fn choose(db: &Db, who: &PersonView, choices: &NoticeChoices) -> Result<NoticeChoices, Error> {
    let mut tx = db.write().await?;
    inbox::set_off(&mut tx, who.id, &choices.off).await?;
    let off = inbox::off(&mut tx, who.id).await?;
    tx.commit().await?;
    Ok(NoticeChoices { off })
}

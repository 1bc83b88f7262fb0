//! A person's inbox: what they are told, and what they do not want to be told.

use shared::{
    api::{Millis, NoticeChoices, NoticeView, PersonView, ReadNotices, RulingKind, RulingView, Unread},
    rules::BoardAct,
};
use uuid::Uuid;

use super::{Error, access, desk, markdown, now};
use crate::store::{
    Db, StoreError, Tx, cases,
    decisions::{self, Ruling},
    inbox,
    recognition::told,
};

/// How much of a comment is told, in characters.
pub(super) const TOLD: usize = 200;

/// A place in an inbox: when the last thing before it happened, and its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place(pub Millis, pub Uuid);

/// At most `limit` things a person was told, the last first, from before a place on.
///
/// # Errors
/// When the database fails.
pub async fn page(db: &Db, who: &PersonView, before: Place, limit: u32) -> Result<Vec<NoticeView>, Error> {
    let mut tx = db.read().await?;
    let mut notices = inbox::page(&mut tx, &access::sight(Some(who)), (before.0, before.1), limit).await?;
    for notice in notices.iter_mut().filter(|notice| notice.kind.is_markdown()) {
        notice.words = markdown::beginning(&notice.words, TOLD);
    }
    Ok(notices)
}

/// How many of them wait to be read.
///
/// # Errors
/// When the database fails.
pub async fn unread(db: &Db, who: &PersonView) -> Result<Unread, Error> {
    let mut tx = db.read().await?;
    Ok(waiting(&mut tx, who).await?)
}

async fn waiting(tx: &mut Tx, who: &PersonView) -> Result<Unread, StoreError> {
    let notices = inbox::unread(tx, &access::sight(Some(who))).await?;
    let unread = (notices + decisions::unread(tx, who.id).await?).min(inbox::COUNTED);
    Ok(Unread { unread, fresh: told::is_any(tx, who.id).await? })
}

/// At most `limit` things a person was told by the moderators, the last first, from before a place on.
///
/// # Errors
/// When the database fails.
pub async fn rulings(db: &Db, who: &PersonView, before: Place, limit: u32) -> Result<Vec<RulingView>, Error> {
    let mut tx = db.read().await?;
    let mut views = Vec::new();
    for ruling in decisions::rulings(&mut tx, who.id, (before.0, before.1), limit).await? {
        views.push(shown(&mut tx, who, ruling).await?);
    }
    Ok(views)
}

/// A ruling as its person sees it: the page of what it is about only where they may open that, and the words only where
/// they are to them.
async fn shown(tx: &mut Tx, who: &PersonView, ruling: Ruling) -> Result<RulingView, Error> {
    let Ruling { id, kind, decision, at, read } = ruling;
    let case = match cases::one(tx, decision.subject).await? {
        Some(case) => match &case.spot {
            Some(spot) => access::idea(tx, Some(who), spot.number, BoardAct::Read).await.is_ok().then_some(case),
            None => Some(case),
        },
        None => None,
    };
    Ok(RulingView {
        id,
        kind,
        act: decision.act,
        subject: decision.subject,
        path: case.as_ref().map(desk::path),
        title: case.and_then(|case| case.spot).map(|spot| spot.title),
        reason: decision.reason,
        words: if kind == RulingKind::Reported { String::new() } else { decision.words },
        at,
        read,
    })
}

/// Notes that they were read, and says how many still wait.
///
/// # Errors
/// When the database fails.
pub async fn read(db: &Db, who: &PersonView, which: &ReadNotices) -> Result<Unread, Error> {
    let mut tx = db.write().await?;
    let at = now();
    inbox::read(&mut tx, who.id, which.id, at).await?;
    decisions::read(&mut tx, who.id, which.id, at).await?;
    let unread = waiting(&mut tx, who).await?;
    tx.commit().await?;
    Ok(unread)
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

//! The outbox: what owners read of the mails that go out.

use serde_json::json;
use shared::{
    MailId,
    api::{AuditAct, MailHead, MailState, MailView},
    rules::{Act, may},
};
use uuid::Uuid;

use crate::{
    domain::{Error, access::Signed, now},
    store::{Db, audit, mail::outbox},
};

/// At most `limit` mails, the last first, from before one on; all, or those of one state.
///
/// # Errors
/// When the person may not.
pub async fn page(
    db: &Db,
    signed: &Signed,
    state: Option<MailState>,
    before: Uuid,
    limit: u32,
) -> Result<Vec<MailHead>, Error> {
    may(Act::ReadOutbox, Some(signed.role()))?;
    Ok(outbox::page(&mut db.read().await?, state, before, limit).await?)
}

/// One mail with what it says.
///
/// # Errors
/// When the person may not, or there is no such mail.
pub async fn one(db: &Db, signed: &Signed, id: MailId) -> Result<MailView, Error> {
    may(Act::ReadOutbox, Some(signed.role()))?;
    outbox::one(&mut db.read().await?, id).await?.ok_or(Error::NotFound("mail"))
}

/// Has a mail sent again: written anew, of what its person may see by then.
///
/// # Errors
/// When the person may not, there is no such mail, or it goes out by itself or is there.
pub async fn again(db: &Db, signed: &Signed, id: MailId) -> Result<MailView, Error> {
    may(Act::ReadOutbox, Some(signed.role()))?;
    let mut tx = db.write().await?;
    let mail = outbox::one(&mut tx, id).await?.ok_or(Error::NotFound("mail"))?.head;
    if !mail.state.may_go_again() || !outbox::again(&mut tx, id, mail.state, now()).await? {
        return Err(Error::Conflict("this mail is not one that may be sent again".into()));
    }
    let detail = json!({ "mail": id, "kind": mail.kind, "was": mail.state });
    let subject = format!("person:{}", mail.to.id);
    audit::add(&mut tx, signed.person.id, AuditAct::SendAgain, &subject, &detail).await?;
    let view = outbox::one(&mut tx, id).await?.ok_or(Error::NotFound("mail"))?;
    tx.commit().await?;
    Ok(view)
}

//! Keeping somebody from coming in, and letting them come back. What they wrote stays.

use serde_json::json;
use shared::{
    PersonId,
    api::{AuditAct, Millis, PersonView},
    rules::{Act, Whom, may},
};

use super::{Error, access::Signed};
use crate::store::{Db, Tx, audit, people, suspension, workspace};

/// Lets somebody come back. A second time changes nothing.
///
/// # Errors
/// When the person may not, or there is nobody of this id.
pub async fn end(db: &Db, signed: &Signed, id: PersonId) -> Result<(), Error> {
    may(Act::Moderate, Some(signed.role()))?;
    let mut tx = db.write().await?;
    if lift(&mut tx, signed, id).await? {
        let subject = format!("person:{id}");
        audit::add(&mut tx, signed.person.id, AuditAct::Unsuspend, &subject, &json!({})).await?;
    }
    Ok(tx.commit().await?)
}

/// Lets somebody come back; false when they were not suspended.
pub(super) async fn lift(tx: &mut Tx, signed: &Signed, id: PersonId) -> Result<bool, Error> {
    may_suspend(tx, signed, id).await?;
    Ok(suspension::end(tx, id).await?)
}

/// Suspends somebody, whose sessions and access tokens end; false when they were suspended before. Whoever has sockets open
/// must be told.
pub(super) async fn begin(tx: &mut Tx, signed: &Signed, id: PersonId, words: &str, at: Millis) -> Result<bool, Error> {
    may_suspend(tx, signed, id).await?;
    Ok(suspension::begin(tx, id, words, at).await?)
}

/// Lets somebody come back whom the decision of this moment suspended; not whom another did.
pub(super) async fn take_back(tx: &mut Tx, signed: &Signed, id: PersonId, at: Millis) -> Result<(), Error> {
    if suspension::of(tx, id).await?.is_some_and(|suspended| suspended.since == at) {
        lift(tx, signed, id).await?;
    }
    Ok(())
}

/// Whether the person asking may suspend somebody, as things are now: of two owners who suspend each other at the same
/// time, the first wins, and the workspace keeps one.
async fn may_suspend(tx: &mut Tx, signed: &Signed, id: PersonId) -> Result<(), Error> {
    workspace::lock(tx).await?;
    let whom = people::person(tx, id).await?.filter(|whom| !whom.left).ok_or(Error::NotFound("person"))?;
    let asking = people::person(tx, signed.person.id).await?;
    let suspended = suspension::of(tx, signed.person.id).await?.is_some();
    let role = asking.filter(|_| !suspended).map(|person| person.role);
    Ok(may(Act::Suspend(whom_of(signed, &whom)), role)?)
}

/// Whom an act is done to, seen from the person asking.
pub(super) fn whom_of(signed: &Signed, whom: &PersonView) -> Whom {
    if whom.id == signed.person.id { Whom::Oneself } else { Whom::Other(whom.role) }
}

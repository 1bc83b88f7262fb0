//! The record of what was done by right of a role, for owners to read.

use shared::{
    api::{AuditAct, AuditLine},
    rules::{Act, may},
};
use uuid::Uuid;

use super::{Error, access::Signed};
use crate::store::{
    Db,
    audit::{self, Wish},
    people,
};

/// At most `limit` lines of the record, the last first, from before a line on: of what the person of this handle did, and
/// of this act, where they are named.
///
/// # Errors
/// When the person may not.
pub async fn page(
    db: &Db,
    signed: &Signed,
    handle: Option<&str>,
    act: Option<AuditAct>,
    before: Uuid,
    limit: u32,
) -> Result<Vec<AuditLine>, Error> {
    may(Act::ReadAudit, Some(signed.role()))?;
    let mut tx = db.read().await?;
    let person = match handle {
        // Nobody of this handle ever did anything.
        Some(handle) => match people::person_by_handle(&mut tx, handle).await? {
            Some(person) => Some(person.id),
            None => return Ok(Vec::new()),
        },
        None => None,
    };
    Ok(audit::page(&mut tx, Wish { person, act }, before, limit).await?)
}

//! The people of the workspace, as its owners see them.

use serde_json::json;
use shared::{
    PersonId, Role,
    api::{AuditAct, EditPerson, Page, PersonRecord},
    limits,
    rules::{Act, may},
};

use super::{
    Error,
    access::{AccessChange, AccessNews, Signed},
};
use crate::store::{Db, audit, people, suspension, workspace};

/// Which people are looked for.
#[derive(Clone, Debug, Default)]
pub struct Sought {
    /// Those in whose name, handle or e-mail address this stands.
    pub words: Option<String>,
    /// Those of this role.
    pub role: Option<Role>,
    /// Those who are suspended.
    pub suspended: bool,
}

/// One page of the people, in the order they joined. `after` is the last one of the page before.
///
/// # Errors
/// When the person may not.
pub async fn list(
    db: &Db,
    signed: &Signed,
    sought: &Sought,
    after: Option<PersonId>,
    limit: Option<u32>,
) -> Result<Page<PersonRecord>, Error> {
    may(Act::ManagePeople, Some(signed.role()))?;
    let limit = limit.unwrap_or(limits::PAGE).clamp(1, limits::PAGE);
    // One more than asked tells whether there is another page.
    let mut items = people::list(&mut db.read().await?, sought, after, limit + 1).await?;
    let more = items.len() > limit as usize;
    items.truncate(limit as usize);
    let next = items.last().filter(|_| more).map(|last| last.person.id.to_string());
    Ok(Page { items, next })
}

/// Changes a person's role. The workspace always keeps an owner.
///
/// # Errors
/// When the person may not, there is nobody of this id, or it is the last owner.
pub async fn edit(
    db: &Db,
    news: &AccessNews,
    signed: &Signed,
    id: PersonId,
    request: EditPerson,
) -> Result<PersonRecord, Error> {
    may(Act::ManagePeople, Some(signed.role()))?;
    let mut tx = db.write().await?;
    // Two owners who demote each other at the same time do so one after the other.
    workspace::lock(&mut tx).await?;
    let asking = people::person(&mut tx, signed.person.id).await?;
    may(Act::ManagePeople, asking.map(|person| person.role))?;
    let account = people::account(&mut tx, id).await?;
    // A name that nobody claimed is given nothing.
    let account = account.filter(|account| !account.person.unclaimed).ok_or(Error::NotFound("person"))?;
    let (from, to) = (account.person.role, request.role);
    if from == Role::Owner && to != Role::Owner && people::owners(&mut tx).await? < 2 {
        return Err(Error::Conflict("the last owner cannot step down; make somebody else owner first".into()));
    }
    let suspended = suspension::of(&mut tx, id).await?;
    let mut record =
        PersonRecord { person: account.person, email: account.email, created_at: account.created_at, suspended };
    if from != to {
        people::set_role(&mut tx, id, to).await?;
        let detail = json!({ "from": from, "to": to });
        audit::add(&mut tx, signed.person.id, AuditAct::ChangeRole, &format!("person:{id}"), &detail).await?;
        tx.commit().await?;
        news.tell(AccessChange::Person(id));
        record.person.role = to;
    }
    Ok(record)
}

//! Names that came with imports: people who are not here, until a moderator matches them to somebody who is.
//!
//! A name proposes, and nothing else: it cannot sign in, be told anything, be mentioned, named or given a role.

use serde_json::json;
use shared::{
    PersonId,
    api::{AuditAct, FieldCode, FieldProblem, NameView, Page, PersonView},
    limits,
    rules::{Act, Refusal, may},
    slug::slug,
};

use super::{
    Error,
    access::{AccessChange, AccessNews, Signed},
    accounts::handle,
    fields, now,
};
use crate::store::{Db, StoreError, Tx, audit, names, people, workspace};

/// One page of the names, in the order they came; with a word, only those that hold it.
///
/// # Errors
/// When the person may not.
pub async fn list(
    db: &Db,
    signed: &Signed,
    word: &str,
    after: Option<PersonId>,
    limit: Option<u32>,
) -> Result<Page<NameView>, Error> {
    may(Act::MatchNames, Some(signed.role()))?;
    let word = fields::optional_line(word, limits::NAME).map_err(|problem| Error::field("q", problem))?;
    let limit = limit.unwrap_or(limits::PAGE).clamp(1, limits::PAGE);
    let mut items = names::list(&mut db.read().await?, &word, after, limit + 1).await?;
    let more = items.len() > limit as usize;
    items.truncate(limit as usize);
    let next = items.last().filter(|_| more).map(|last| last.person.id.to_string());
    Ok(Page { items, next })
}

/// Says that a name is somebody who is here: what stands under it is theirs from now on.
///
/// # Errors
/// When the person may not; it is no name, or matched already; or nobody here has the handle.
pub async fn match_to(
    db: &Db,
    news: &AccessNews,
    signed: &Signed,
    name: &str,
    handle: &str,
) -> Result<NameView, Error> {
    may(Act::MatchNames, Some(signed.role()))?;
    let mut tx = db.write().await?;
    // Two who match at the same time do so one after the other.
    workspace::lock(&mut tx).await?;
    let found = find(&mut tx, name).await?;
    if found.matched_to.is_some() {
        return Err(Error::Conflict("this name is matched already; undo that first".into()));
    }
    let to = people::person_by_handle(&mut tx, handle.trim().trim_start_matches('@')).await?;
    let Some(to) = to.filter(|to| !to.unclaimed) else {
        return Err(Error::field("handle", FieldProblem::new(FieldCode::Unknown, "is the handle of nobody here")));
    };
    names::give(&mut tx, found.person.id, to.id, signed.person.id, now()).await?;
    record(&mut tx, signed, AuditAct::MatchName, &found, to.id).await?;
    let matched = find(&mut tx, name).await?;
    tx.commit().await?;
    news.tell(AccessChange::Person(to.id));
    Ok(matched)
}

/// Takes a match back: what stood under the name stands under it again.
///
/// # Errors
/// When the person may not, or it is no name, or not matched.
pub async fn undo(db: &Db, news: &AccessNews, signed: &Signed, name: &str) -> Result<NameView, Error> {
    may(Act::MatchNames, Some(signed.role()))?;
    let mut tx = db.write().await?;
    workspace::lock(&mut tx).await?;
    let found = find(&mut tx, name).await?;
    let Some(from) = &found.matched_to else {
        return Err(Error::Conflict("this name is not matched to anybody".into()));
    };
    names::take_back(&mut tx, found.person.id, from.id).await?;
    record(&mut tx, signed, AuditAct::UnmatchName, &found, from.id).await?;
    let free = find(&mut tx, name).await?;
    tx.commit().await?;
    news.tell(AccessChange::Person(from.id));
    Ok(free)
}

/// A name. People who are here are none, whatever their handle.
async fn find(tx: &mut Tx, handle: &str) -> Result<NameView, Error> {
    Ok(names::one(tx, handle).await?.ok_or(Refusal::Unseen)?)
}

async fn record(tx: &mut Tx, signed: &Signed, act: AuditAct, name: &NameView, person: PersonId) -> Result<(), Error> {
    let detail = json!({ "person": person, "ideas": name.ideas });
    Ok(audit::add(tx, signed.person.id, act, &format!("person:{}", name.person.id), &detail).await?)
}

/// Makes a name for an author that a file speaks of as `shown`, and who is known by `compared` from now on.
pub(super) async fn make(tx: &mut Tx, shown: &str, compared: &str) -> Result<PersonId, StoreError> {
    let id = PersonId::new();
    let mut person = PersonView {
        id,
        handle: String::new(),
        name: shown.to_owned(),
        role: shared::Role::Customer,
        unclaimed: true,
        left: false,
    };
    let base = match slug(shown) {
        empty if empty.is_empty() => "guest".to_owned(),
        slug => slug,
    };
    for attempt in 1.. {
        person.handle = handle(&base, attempt);
        if names::add(tx, &person, now()).await? {
            break;
        }
    }
    names::remember(tx, compared, id).await?;
    Ok(id)
}

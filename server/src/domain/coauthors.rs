//! Who the co-authors of an idea are: its proposer, and those they or a moderator name.

use serde_json::json;
use shared::{
    IdeaId,
    api::{AuditAct, PersonView},
    rules::BoardAct,
};

use super::{
    Error,
    access::{self, AccessChange, AccessNews},
    members::person,
    now, signed,
};
use crate::store::{Db, Tx, audit, members};

/// How many co-authors an idea may have.
pub const MOST: usize = 50;

/// Makes somebody a co-author; a second time changes nothing.
///
/// # Errors
/// When the idea is unseen, the person may not, nobody has the handle, or there are [`MOST`] already.
pub async fn add(db: &Db, news: &AccessNews, who: Option<&PersonView>, number: u32, handle: &str) -> Result<(), Error> {
    let mut tx = db.write().await?;
    let (place, standing) = access::idea_to_change(&mut tx, who, number, BoardAct::NameCoauthors).await?;
    let named = person(&mut tx, handle).await?;
    if members::add_coauthor(&mut tx, place.idea, named.id, now()).await? {
        if members::coauthors(&mut tx, place.idea).await?.len() > MOST {
            return Err(Error::Conflict(format!("an idea has {MOST} co-authors at most")));
        }
        if !standing.proposer {
            record(&mut tx, who, AuditAct::AddCoauthor, place.idea, &named).await?;
        }
    }
    tx.commit().await?;
    news.tell(AccessChange::Document(place.document));
    Ok(())
}

/// Makes somebody no co-author; a second time changes nothing. Co-authors may withdraw; the proposer stays one.
///
/// # Errors
/// When the idea is unseen, the person may not, nobody has the handle, or it is the proposer's.
pub async fn remove(
    db: &Db,
    news: &AccessNews,
    who: Option<&PersonView>,
    number: u32,
    handle: &str,
) -> Result<(), Error> {
    let mut tx = db.write().await?;
    let withdraws = who.is_some_and(|who| who.handle == handle);
    let act = if withdraws { BoardAct::Read } else { BoardAct::NameCoauthors };
    let (place, standing) = access::idea_to_change(&mut tx, who, number, act).await?;
    let named = person(&mut tx, handle).await?;
    if named.id == place.author {
        return Err(Error::Conflict("the proposer of an idea stays a co-author".to_owned()));
    }
    if members::remove_coauthor(&mut tx, place.idea, named.id).await? && !standing.proposer && !withdraws {
        record(&mut tx, who, AuditAct::RemoveCoauthor, place.idea, &named).await?;
    }
    tx.commit().await?;
    news.tell(AccessChange::Document(place.document));
    Ok(())
}

/// Records what a moderator did to somebody else's idea.
async fn record(
    tx: &mut Tx,
    who: Option<&PersonView>,
    act: AuditAct,
    idea: IdeaId,
    person: &PersonView,
) -> Result<(), Error> {
    Ok(audit::add(tx, signed(who)?.id, act, &format!("idea:{idea}"), &json!({ "person": person.id })).await?)
}

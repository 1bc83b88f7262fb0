//! The desk of the moderators: what waits for them.

use serde_json::json;
use shared::{
    DocumentId,
    api::{DocumentAside, IdeaAside},
    rules::{Act, may},
    slug::slug,
};

use super::{
    Error,
    access::{AccessChange, AccessNews, Signed},
    now,
};
use crate::store::{Db, audit, quarantine};

/// The documents set aside, the latest first.
///
/// # Errors
/// When the person may not.
pub async fn documents(db: &Db, signed: &Signed) -> Result<Vec<DocumentAside>, Error> {
    may(Act::MendDocuments, Some(signed.role()))?;
    let aside = quarantine::list(&mut db.read().await?).await?;
    Ok(aside.into_iter().map(shown).collect())
}

fn shown(aside: quarantine::Aside) -> DocumentAside {
    let quarantine::Aside { document, idea, board, board_title, since, failures, reason, changes } = aside;
    let idea = idea.map(|(number, title)| IdeaAside { number, slug: slug(&title), title });
    DocumentAside { document, idea, board, board_title, since, failures, reason, changes }
}

/// Lets a document try again. Its room, if it is open, must be told.
///
/// # Errors
/// When the person may not, or it is not set aside.
pub async fn release(db: &Db, news: &AccessNews, signed: &Signed, document: DocumentId) -> Result<(), Error> {
    may(Act::MendDocuments, Some(signed.role()))?;
    let mut tx = db.write().await?;
    if !quarantine::release(&mut tx, document, now()).await? {
        return Err(Error::NotFound("document set aside"));
    }
    let subject = format!("document:{document}");
    audit::add(&mut tx, signed.person.id, "document.release", &subject, &json!({})).await?;
    tx.commit().await?;
    news.tell(AccessChange::Document(document));
    Ok(())
}

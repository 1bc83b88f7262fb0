//! The histories of ideas: see `docs/history.md`.

mod versions;

use shared::{DocumentId, PersonId, api::PersonView, rules::BoardAct};

use super::{Error, access, ideas};
use crate::store::{Db, StoreError, people};

pub use versions::{LONGEST, MOST, PAUSE, Span, Stroke, Strokes, versions};

/// The document of an idea, for who may read its history: whoever may read the idea.
///
/// # Errors
/// When it is unseen or unknown.
pub async fn of_idea(db: &Db, who: Option<&PersonView>, number: u32) -> Result<DocumentId, Error> {
    let mut tx = db.read().await?;
    let (place, _) = access::idea(&mut tx, who, number, BoardAct::Read).await?;
    // Where it leads nobody on, it is not there either.
    ideas::lives_on(&mut tx, who, &place).await?;
    Ok(place.document)
}

/// These people, in this order.
///
/// # Errors
/// When the database fails, or one of them is unknown.
pub async fn people(db: &Db, ids: &[PersonId]) -> Result<Vec<PersonView>, StoreError> {
    let mut found = people::named(&mut db.read().await?, ids).await?;
    ids.iter().map(|id| found.remove(id).ok_or_else(|| StoreError::Corrupt(format!("person {id} is gone")))).collect()
}

//! Requests that come again, because their answer was lost.

use shared::{
    api::{CommentView, NewComment, PersonView},
    limits,
    outbox::REMEMBERED,
    rules::BoardAct,
};

use super::{
    Error, access,
    comments::{self, News},
    fields, now,
};
use crate::store::{Db, StoreError, idempotency};

/// What a comment that comes again made the first time; nothing where it did not come before. It is looked for before
/// anything is asked of the request: since then the passage may be gone, the board closed or the idea hidden, and the
/// comment stands all the same.
///
/// # Errors
/// When the key came with another request, or the person sees the idea no longer.
pub async fn comment(
    db: &Db,
    who: Option<&PersonView>,
    number: u32,
    new: &NewComment,
    key: &str,
) -> Result<Option<(CommentView, News)>, Error> {
    let Some(who) = who else { return Ok(None) };
    let Ok(body) = fields::needed_lines(&new.body, limits::COMMENT) else { return Ok(None) };
    let mut tx = db.read().await?;
    if idempotency::recall(&mut tx, who.id, key, now()).await?.is_none() {
        return Ok(None);
    }
    let (place, _) = access::idea(&mut tx, Some(who), number, BoardAct::Read).await?;
    let request = comments::digest(place.idea, new, &body);
    comments::made(&mut tx, who, number, &request, key).await
}

/// Forgets the keys that were remembered long enough.
///
/// # Errors
/// When the database fails.
pub async fn sweep(db: &Db) -> Result<(), StoreError> {
    let mut tx = db.write().await?;
    idempotency::sweep(&mut tx, now() - REMEMBERED).await?;
    tx.commit().await
}

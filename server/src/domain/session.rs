//! Who is asking: sessions of browsers, and access tokens.

use shared::api::Millis;

use super::{
    access::{Credential, Signed},
    now,
    secret::SecretHash,
};
use crate::store::{Db, StoreError, sessions};

const DAY: Millis = 24 * 60 * 60 * 1000;
/// A session that is not used ends after this.
pub const IDLE: Millis = 30 * DAY;
/// A session ends after this, however much it is used.
pub const WHOLE: Millis = 90 * DAY;
/// Use is noted no more often than this.
const NOTED: Millis = 5 * 60 * 1000;

/// A secret that somebody shows.
#[derive(Clone, Copy)]
pub enum Presented<'a> {
    /// A session's, from the cookie.
    Session(&'a str),
    /// An access token's.
    Token(&'a str),
}

/// Who shows this secret; `None` when it opens nothing, or no longer.
///
/// # Errors
/// When the database fails.
pub async fn authenticate(db: &Db, shown: Presented<'_>) -> Result<Option<Signed>, StoreError> {
    let (Presented::Session(text) | Presented::Token(text)) = shown;
    let Some(hash) = SecretHash::parse(text) else { return Ok(None) };
    let now = now();
    let mut tx = db.read().await?;
    let (signed, seen_at) = match shown {
        Presented::Session(_) => match sessions::find(&mut tx, hash, now).await? {
            Some(found) => (Signed { person: found.person, by: Credential::Session(found.id) }, found.seen_at),
            None => return Ok(None),
        },
        Presented::Token(_) => match sessions::find_token(&mut tx, hash).await? {
            Some(found) => (Signed { person: found.person, by: Credential::Token(found.id) }, found.seen_at),
            None => return Ok(None),
        },
    };
    drop(tx);
    if seen_at.is_none_or(|seen_at| seen_at + NOTED <= now) {
        let mut tx = db.write().await?;
        match signed.by {
            Credential::Session(id) => sessions::touch(&mut tx, id, now, IDLE, WHOLE).await?,
            Credential::Token(id) => sessions::touch_token(&mut tx, id, now).await?,
        }
        tx.commit().await?;
    }
    Ok(Some(signed))
}

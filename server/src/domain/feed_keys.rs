//! The key of one's feeds: whoever has it reads, in a program that cannot sign in, what its holder may read. It opens
//! nothing else.

use shared::api::{FeedKeyMade, FeedKeyView, Millis};

use super::{
    Error,
    access::Signed,
    now,
    secret::{Secret, SecretHash},
};
use crate::store::{
    Db,
    feed_keys::{self, Holder},
};

/// That a key is used is noted no more often than this.
const NOTED: Millis = 5 * 60 * 1000;

/// Whether the person has a key, and since when.
///
/// # Errors
/// When the database fails.
pub async fn show(db: &Db, signed: &Signed) -> Result<FeedKeyView, Error> {
    Ok(feed_keys::of(&mut db.read().await?, signed.person.id).await?)
}

/// Makes a key; one the person had opens nothing from then on. Only a signed-in browser may: an access token that leaks
/// must not outlive its revocation through a key.
///
/// # Errors
/// When a token asks.
pub async fn make(db: &Db, signed: &Signed) -> Result<FeedKeyMade, Error> {
    signed.session().ok_or(Error::NeedsSession)?;
    let secret = Secret::new()?;
    let mut tx = db.write().await?;
    feed_keys::set(&mut tx, signed.person.id, secret.hash(), now()).await?;
    tx.commit().await?;
    let key = secret.expose().to_owned();
    Ok(FeedKeyMade { news: format!("/news.atom?key={key}"), key })
}

/// Ends the person's key, if they have one.
///
/// # Errors
/// When the database fails.
pub async fn remove(db: &Db, signed: &Signed) -> Result<(), Error> {
    let mut tx = db.write().await?;
    feed_keys::remove(&mut tx, signed.person.id).await?;
    Ok(tx.commit().await?)
}

/// Whose key this is, as they are now; nobody's where it opens nothing, or no longer, or its holder is suspended.
///
/// # Errors
/// When the database fails.
pub async fn holder(db: &Db, key: &str) -> Result<Option<Holder>, Error> {
    let Some(hash) = SecretHash::parse(key) else { return Ok(None) };
    let Some(holder) = feed_keys::find(&mut db.read().await?, hash).await? else { return Ok(None) };
    let at = now();
    if holder.used_at.is_none_or(|used_at| used_at + NOTED <= at) {
        let mut tx = db.write().await?;
        feed_keys::touch(&mut tx, holder.person.id, at).await?;
        tx.commit().await?;
    }
    Ok(Some(holder))
}

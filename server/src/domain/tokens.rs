//! Access tokens: for programs that act with their owner's rights.

use shared::{
    TokenId,
    api::{NewToken, TokenMade, TokenView},
    limits,
};

use super::{
    Error,
    access::{AccessChange, AccessNews, Signed},
    fields::{self, Fields},
    now,
    secret::Secret,
};
use crate::store::{Db, sessions};

/// A person has no more tokens than this.
const MOST: usize = 50;

/// Makes an access token. Only a signed-in browser may: a token that leaks must not outlive its revocation through others.
///
/// # Errors
/// When a token asks, the name is not acceptable, or there are too many.
pub async fn make(db: &Db, signed: &Signed, request: NewToken) -> Result<TokenMade, Error> {
    signed.session().ok_or(Error::NeedsSession)?;
    let mut fields = Fields::default();
    let name = fields.check("name", fields::line(&request.name, limits::TOKEN_NAME));
    fields.done()?;
    let mut tx = db.write().await?;
    if sessions::tokens_of(&mut tx, signed.person.id).await?.len() >= MOST {
        return Err(Error::Conflict(format!("you have {MOST} access tokens; revoke one first")));
    }
    let secret = Secret::new()?;
    let token = TokenView { id: TokenId::new(), name: name.unwrap_or_default(), created_at: now(), used_at: None };
    sessions::add_token(&mut tx, signed.person.id, &token, secret.hash()).await?;
    tx.commit().await?;
    Ok(TokenMade { token, secret: secret.expose().to_owned() })
}

/// The person's access tokens.
///
/// # Errors
/// When the database fails.
pub async fn list(db: &Db, signed: &Signed) -> Result<Vec<TokenView>, Error> {
    Ok(sessions::tokens_of(&mut db.read().await?, signed.person.id).await?)
}

/// Revokes one of the person's access tokens.
///
/// # Errors
/// When it is not theirs, or there is none.
pub async fn revoke(db: &Db, news: &AccessNews, signed: &Signed, id: TokenId) -> Result<(), Error> {
    let mut tx = db.write().await?;
    if !sessions::revoke_token(&mut tx, signed.person.id, id).await? {
        return Err(Error::NotFound("access token"));
    }
    tx.commit().await?;
    news.tell(AccessChange::Token(id));
    Ok(())
}

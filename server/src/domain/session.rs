//! Who is asking: sessions of browsers, and access tokens.

use std::{
    collections::BTreeSet,
    net::IpAddr,
    sync::{Mutex, MutexGuard, PoisonError},
};

use shared::{
    PersonId, SessionId, TokenId,
    api::{Millis, SessionView, SignIn},
};
use uuid::Uuid;

use super::{
    Error,
    access::{AccessChange, AccessNews, Credential, Signed},
    attempts::Attempts,
    fields::{self, Fields},
    now,
    password::Passwords,
    secret::{Secret, SecretHash},
};
use crate::store::{
    Db, StoreError, Tx, people,
    sessions::{self, NewSession},
    suspension,
};

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

/// Where a request comes from.
#[derive(Clone, Debug)]
pub struct Visitor {
    /// The part of the address that stands for one visitor.
    pub network: IpAddr,
    /// The browser and system, in short.
    pub device: String,
}

/// A session that has just begun.
#[derive(Debug)]
pub struct Begun {
    /// Who, and by which session.
    pub signed: Signed,
    /// The secret for the cookie.
    pub secret: Secret,
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
    if seen_at.is_none_or(|seen_at| seen_at + NOTED <= now)
        && let Some(_noting) = Noting::begin(signed.by)
    {
        let mut tx = db.write().await?;
        match signed.by {
            Credential::Session(id) => sessions::touch(&mut tx, id, now, IDLE, WHOLE).await?,
            Credential::Token(id) => sessions::touch_token(&mut tx, id, now).await?,
        }
        tx.commit().await?;
    }
    Ok(Some(signed))
}

/// That somebody was seen is being noted: once for all the tabs that come back to the server at the same moment.
struct Noting(Uuid);

impl Noting {
    /// Begins to note it; nothing while somebody else does.
    fn begin(by: Credential) -> Option<Self> {
        let (Credential::Session(SessionId(id)) | Credential::Token(TokenId(id))) = by;
        let begun = under_way().insert(id);
        begun.then(|| Self(id))
    }
}

impl Drop for Noting {
    fn drop(&mut self) {
        under_way().remove(&self.0);
    }
}

fn under_way() -> MutexGuard<'static, BTreeSet<Uuid>> {
    static UNDER_WAY: Mutex<BTreeSet<Uuid>> = Mutex::new(BTreeSet::new());
    UNDER_WAY.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Signs somebody in. An unknown account is answered as a wrong password is, after the same work.
///
/// # Errors
/// [`Error::BadCredentials`]; to who knows the password, [`Error::Suspended`]; [`Error::TooMany`] after [`super::attempts::FAILURES`] failures for the account or the address.
pub async fn sign_in(
    db: &Db,
    passwords: &Passwords,
    attempts: &Attempts,
    visitor: &Visitor,
    request: SignIn,
) -> Result<Begun, Error> {
    let mut fields = Fields::default();
    let email = fields.check("email", fields::email(&request.email));
    let password = fields.check("password", fields::present_password(&request.password));
    fields.done()?;
    let (Some(email), Some(password)) = (email, password) else {
        return Err(Error::Fault("a refused field had no problem".into()));
    };

    attempts.check(&email, visitor.network)?;
    let turn = passwords.turn().await?;
    // Again, now that those before have been counted: a thousand attempts at once are still five.
    attempts.check(&email, visitor.network)?;
    let account = people::account_by_email(&mut db.read().await?, &email).await?;
    let stored = account.as_ref().map(|account| account.password_hash.clone());
    let right = turn.verify(password.to_owned(), stored).await?;
    let Some(account) = account.filter(|_| right) else {
        attempts.failed(&email, visitor.network);
        return Err(Error::BadCredentials);
    };
    attempts.succeeded(&email);
    let outdated = turn.is_outdated(&account.password_hash)?;
    let anew = if outdated { Some(turn.hash(password.to_owned()).await?) } else { None };
    drop(turn);

    let mut tx = db.write().await?;
    if let Some(suspension) = suspension::of(&mut tx, account.person.id).await? {
        return Err(Error::Suspended(suspension.words));
    }
    if let Some(hash) = anew {
        people::rehash_password(&mut tx, account.person.id, &account.password_hash, &hash).await?;
    }
    let (id, secret) = begin(&mut tx, account.person.id, visitor).await?;
    tx.commit().await?;
    Ok(Begun { signed: Signed { person: account.person, by: Credential::Session(id) }, secret })
}

/// Begins a session, always with a new id and secret.
///
/// # Errors
/// When the database fails.
pub(super) async fn begin(tx: &mut Tx, person: PersonId, visitor: &Visitor) -> Result<(SessionId, Secret), Error> {
    let secret = Secret::new()?;
    let created_at = now();
    let session = NewSession {
        id: SessionId::new(),
        hash: secret.hash(),
        person,
        device: visitor.device.clone(),
        created_at,
        expires_at: created_at + IDLE,
    };
    sessions::add(tx, &session).await?;
    Ok((session.id, secret))
}

/// The person's sessions.
///
/// # Errors
/// When the database fails.
pub async fn list(db: &Db, signed: &Signed) -> Result<Vec<SessionView>, Error> {
    Ok(sessions::of_person(&mut db.read().await?, signed.person.id, signed.session(), now()).await?)
}

/// Ends one of the person's sessions.
///
/// # Errors
/// When it is not theirs, or there is none.
pub async fn end(db: &Db, news: &AccessNews, signed: &Signed, id: SessionId) -> Result<(), Error> {
    let mut tx = db.write().await?;
    if !sessions::end(&mut tx, signed.person.id, id).await? {
        return Err(Error::NotFound("session"));
    }
    tx.commit().await?;
    news.tell(AccessChange::Session(id));
    Ok(())
}

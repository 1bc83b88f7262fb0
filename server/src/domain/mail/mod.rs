//! Mail: what people choose to be sent, the addresses they confirm, and the links by which they stop it. Nothing is sent to
//! an address that nobody confirmed, but what asks them to.

pub mod address;
pub mod digests;
pub mod letters;
pub mod outbox;

use std::time::Duration;

use jiff::tz::TimeZone;
use shared::{
    PersonId,
    api::{
        AddressState, ChooseMail, ChosenIn, ConsentView, Digest, FieldCode, FieldProblem, LinkKind, MailChoices,
        MailKind, MailLink, Millis,
    },
};

use super::{
    Error,
    access::Signed,
    now,
    secret::{Secret, SecretHash},
};
use crate::{
    config::Config,
    store::{
        Db, StoreError, Tx,
        mail::{
            self, address as addresses,
            choices::{self, Addresses, Wanted},
            links::{self, Asked},
        },
        people, workspace,
    },
};

/// How long after the first mail that asks for an address the second may follow; each further one twice as long after.
const AGAIN: Millis = 60 * 60 * 1000;
/// After so many, the time no longer grows.
const DOUBLINGS: u32 = 8;

/// For how long the outbox keeps a mail.
const KEPT: Millis = 90 * 24 * 60 * 60 * 1000;
/// For how long a mail waits for its address to be confirmed; later it tells nothing new.
const HELD: Millis = 30 * 24 * 60 * 60 * 1000;

/// What becomes of mails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// A mail server takes them.
    Sent,
    /// They are kept where owners read them.
    Kept,
}

impl Delivery {
    /// As it is configured.
    #[must_use]
    pub fn of(config: &Config) -> Self {
        if config.mail.smtp_url.is_some() { Self::Sent } else { Self::Kept }
    }

    /// What must be known of addresses then.
    #[must_use]
    pub fn addresses(self) -> Addresses {
        match self {
            Self::Sent => Addresses::Confirmed,
            Self::Kept => Addresses::Any,
        }
    }
}

/// The time zone by which mails tell the time and the day: the workspace's.
async fn zone(tx: &mut Tx) -> Result<TimeZone, StoreError> {
    Ok(TimeZone::get(&workspace::time_zone(tx).await?).unwrap_or(TimeZone::UTC))
}

/// What a person is sent.
///
/// # Errors
/// When the database fails.
pub async fn choices(db: &Db, delivery: Delivery, signed: &Signed) -> Result<MailChoices, Error> {
    Ok(shown(&mut db.read().await?, delivery, signed.person.id).await?)
}

async fn shown(tx: &mut Tx, delivery: Delivery, person: PersonId) -> Result<MailChoices, StoreError> {
    let (wanted, chosen_at) = choices::of(tx, person).await?;
    let address = match (delivery, links::asked_of(tx, person).await?) {
        (Delivery::Kept, _) => AddressState::Unused,
        (_, None) => AddressState::Unasked,
        (_, Some(Asked { confirmed_at: None, .. })) => AddressState::Asked,
        (_, Some(_)) => AddressState::Confirmed,
    };
    Ok(MailChoices { decisions: wanted.decisions, digest: wanted.digest, chosen_at, address })
}

/// What a person agreed to be sent and no longer did, the last first.
///
/// # Errors
/// When the database fails.
pub async fn consents(db: &Db, signed: &Signed) -> Result<Vec<ConsentView>, Error> {
    Ok(choices::consents(&mut db.read().await?, signed.person.id).await?)
}

/// Sets what a person is sent.
///
/// # Errors
/// When a field is not acceptable.
pub async fn choose(db: &Db, delivery: Delivery, signed: &Signed, choice: &ChooseMail) -> Result<MailChoices, Error> {
    if !matches!(choice.chosen_in, ChosenIn::Settings | ChosenIn::Inbox) {
        let problem = FieldProblem::new(FieldCode::Unknown, "is no place where one chooses by this");
        return Err(Error::field("chosen_in", problem));
    }
    let mut tx = db.write().await?;
    let wanted = Wanted { decisions: choice.decisions, digest: choice.digest };
    choices::set(&mut tx, signed.person.id, wanted, choice.chosen_in, now()).await?;
    let shown = shown(&mut tx, delivery, signed.person.id).await?;
    tx.commit().await?;
    Ok(shown)
}

/// What comes with a new account: the first mail to its address, and the digest, where that was asked for.
///
/// # Errors
/// When the database fails.
pub(super) async fn welcome(
    tx: &mut Tx,
    delivery: Delivery,
    (person, email): (PersonId, &str),
    digest: Digest,
) -> Result<(), StoreError> {
    let now = now();
    if digest != Digest::Never {
        choices::set(tx, person, Wanted { decisions: true, digest }, ChosenIn::SignUp, now).await?;
    }
    match delivery {
        Delivery::Sent => ask(tx, person, email, now).await,
        Delivery::Kept => Ok(()),
    }
}

async fn ask(tx: &mut Tx, person: PersonId, email: &str, now: Millis) -> Result<(), StoreError> {
    let asks = links::ask(tx, person, email, now).await?;
    mail::ask(tx, person, asks, now).await
}

/// Sends a person the mail by which they confirm their address.
///
/// # Errors
/// When nothing is to be confirmed, or they were asked not long ago.
pub async fn ask_to_confirm(db: &Db, delivery: Delivery, signed: &Signed) -> Result<MailChoices, Error> {
    if delivery == Delivery::Kept {
        return Err(Error::Conflict("no mail goes out of this workspace".into()));
    }
    let mut tx = db.write().await?;
    let person = signed.person.id;
    let now = now();
    match links::asked_of(&mut tx, person).await? {
        Some(Asked { confirmed_at: Some(_), .. }) => {
            return Err(Error::Conflict("this address is confirmed".into()));
        }
        Some(Asked { asks, asked_at, .. }) => {
            let wait = asked_at + again(asks) - now;
            if let Ok(wait) = u64::try_from(wait)
                && wait > 0
            {
                return Err(Error::TooMany { retry_after: Duration::from_millis(wait) });
            }
        }
        None => {}
    }
    let account = people::account(&mut tx, person).await?.ok_or(Error::NotFound("person"))?;
    ask(&mut tx, person, &account.email, now).await?;
    let shown = shown(&mut tx, delivery, person).await?;
    tx.commit().await?;
    Ok(shown)
}

/// How long after somebody was asked so often they may be asked again. Nobody's address is to be flooded.
fn again(asks: u32) -> Millis {
    AGAIN << asks.saturating_sub(1).min(DOUBLINGS)
}

/// Which links may be followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Follow {
    /// Any.
    Any,
    /// Those that end something: they may come from another site's page, which can only do what the mail itself can.
    Ending,
}

/// What the link of this secret is for, and whether it is so.
///
/// # Errors
/// [`Error::LinkExpired`].
pub async fn link(db: &Db, secret: &str) -> Result<MailLink, Error> {
    Ok(found(&mut db.read().await?, secret).await?.0)
}

async fn found(tx: &mut Tx, secret: &str) -> Result<(MailLink, PersonId), Error> {
    let hash = SecretHash::parse(secret).ok_or(Error::LinkExpired)?;
    if let Some((person, kind)) = links::ends(tx, hash).await? {
        let (wanted, _) = choices::of(tx, person).await?;
        let link = match kind {
            MailKind::Digest => MailLink { kind: LinkKind::Digest, done: wanted.digest == Digest::Never },
            MailKind::Decision | MailKind::Address => MailLink { kind: LinkKind::Decisions, done: !wanted.decisions },
        };
        return Ok((link, person));
    }
    if let Some(new) = addresses::by_link(tx, hash, now()).await? {
        return Ok((MailLink { kind: LinkKind::Address, done: new.changed_at.is_some() }, new.person));
    }
    let asked = links::asked_by(tx, hash, now()).await?.ok_or(Error::LinkExpired)?;
    Ok((MailLink { kind: LinkKind::Address, done: asked.confirmed_at.is_some() }, asked.person))
}

/// Does what the link of this secret is for. A second time changes nothing.
///
/// # Errors
/// [`Error::LinkExpired`]; also where it is for something else than may be done.
pub async fn follow(db: &Db, secret: &str, which: Follow) -> Result<MailLink, Error> {
    // First without making others wait who write.
    let (link, person) = found(&mut db.read().await?, secret).await?;
    if which == Follow::Ending && link.kind == LinkKind::Address {
        return Err(Error::LinkExpired);
    }
    if link.done {
        return Ok(link);
    }
    let mut tx = db.write().await?;
    let (wanted, _) = choices::of(&mut tx, person).await?;
    let now = now();
    match link.kind {
        LinkKind::Address => {
            let hash = SecretHash::parse(secret).ok_or(Error::LinkExpired)?;
            match addresses::by_link(&mut tx, hash, now).await? {
                Some(new) => address::give(&mut tx, &new, Delivery::Sent).await?,
                None => links::confirm(&mut tx, person, now, now - HELD).await?,
            }
        }
        LinkKind::Decisions => {
            choices::set(&mut tx, person, Wanted { decisions: false, ..wanted }, ChosenIn::Mail, now).await?;
        }
        LinkKind::Digest => {
            choices::set(&mut tx, person, Wanted { digest: Digest::Never, ..wanted }, ChosenIn::Mail, now).await?;
        }
    }
    tx.commit().await?;
    Ok(MailLink { done: true, ..link })
}

/// Forgets the mails that the outbox kept long enough. Answers how many.
///
/// # Errors
/// When the database fails.
pub async fn sweep(db: &Db) -> Result<u64, StoreError> {
    let mut tx = db.write().await?;
    let swept = mail::sweep(&mut tx, now() - KEPT).await?;
    addresses::sweep(&mut tx, now() - HELD).await?;
    tx.commit().await?;
    Ok(swept)
}

/// The secret of the link by which a person wants no more of a kind of mail: always the same.
pub(super) async fn end_link(tx: &mut Tx, person: PersonId, kind: MailKind) -> Result<Secret, Error> {
    let key = links::key(tx, Secret::key()?).await?;
    let what_for = match kind {
        MailKind::Decision => 1,
        MailKind::Digest => 2,
        MailKind::Address => 3,
    };
    let secret = Secret::derived(&key, what_for, person.0.into_bytes());
    links::keep(tx, secret.hash(), person, kind).await?;
    Ok(secret)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_further_mail_to_an_address_waits_twice_as_long() {
        assert_eq!([1, 2, 3].map(again), [AGAIN, 2 * AGAIN, 4 * AGAIN]);
        assert_eq!(again(1_000), again(9));
    }
}

//! What a mail says, when its turn comes: in the person's language, and only what they may see by then.

use app::mail::{Letter, More, News, Written};
use jiff::{Timestamp, tz::TimeZone};
use shared::{
    Locale,
    api::{Digest, MailKind, Millis, NoticeView},
};

use super::{Delivery, end_link, zone};
use crate::{
    domain::{Error, access, inbox::TOLD, markdown, secret::Secret, workspace},
    store::{
        Tx, inbox,
        mail::{
            address::{self, NewAddress},
            ask_cause,
            choices::{self, Recipient},
            links, new_cause, old_cause,
            post::Due,
        },
    },
};

/// How much of an answer a mail of its own tells, in characters.
const ANSWER: usize = 1_000;
/// How many things a digest tells of at most.
const DIGEST: u32 = 60;
/// For how long the link opens that confirms an address.
const OPENS: Millis = 7 * 24 * 60 * 60 * 1000;
/// What stands for a secret where others read along.
const MASK: &str = "…";

/// What is to become of a mail.
#[derive(Clone, Debug)]
pub enum Turn {
    /// It says this.
    Says(Box<Saying>),
    /// The address is to be confirmed first.
    Holds,
    /// There is nothing to say.
    Drops,
}

/// What a mail says.
#[derive(Clone, Debug)]
pub struct Saying {
    /// To whom.
    pub to: Recipient,
    /// What the workspace is called.
    pub workspace: String,
    /// In which language.
    pub language: Locale,
    /// The mail itself, whose links open something. Not to be kept, nor logged.
    pub open: Written,
    /// The same for others to read: its links open nothing.
    pub masked: Written,
    /// Where no more of these is wanted by one click; not where there is nothing to end.
    pub off: Option<String>,
}

/// Writes the mail whose turn it is. `site`: the address people use, to begin links with.
///
/// # Errors
/// When the database fails.
pub async fn write(tx: &mut Tx, due: &Due, site: &str, delivery: Delivery, now: Millis) -> Result<Turn, Error> {
    let Some(mut to) = choices::recipient(tx, due.person).await? else { return Ok(Turn::Drops) };
    if delivery == Delivery::Sent && !to.confirmed && due.kind != MailKind::Address {
        return Ok(Turn::Holds);
    }
    let settings = workspace::settings(tx).await?;
    let spoken = to.locale.filter(|locale| settings.languages.contains(locale));
    let language = spoken.or_else(|| settings.languages.first().copied()).unwrap_or_default();
    let letter =
        Letter { language, workspace: &settings.name, accent: settings.accent, address: site, name: &to.person.name };
    let link = |kind: &str, secret: &str| format!("{site}/mail/{kind}/{secret}");
    let moving = if due.kind == MailKind::Address { moving(tx, due).await? } else { None };
    let (open, masked, off) = match due.kind {
        MailKind::Address if moving.is_some() => {
            let Some(moving) = moving else { return Ok(Turn::Drops) };
            match moving {
                Moving::Asks(new) => {
                    let secret = Secret::new()?;
                    address::open(tx, due.person, secret.hash(), now + OPENS).await?;
                    let say = |secret: &str| app::mail::new_address(&letter, &link("confirm", secret));
                    let said = (say(secret.expose()), say(MASK), None);

                    to.email = new.address;
                    said
                }
                Moving::Tells(new) => {
                    let said = app::mail::moved(&letter, &new.address);
                    let masked = app::mail::moved(&letter, MASK);

                    to.email = new.before;
                    (said, masked, None)
                }
                Moving::Over => return Ok(Turn::Drops),
            }
        }
        MailKind::Decision => {
            let Some(notice) = decided(tx, due, &to).await? else { return Ok(Turn::Drops) };
            let off = link("off", end_link(tx, due.person, due.kind).await?.expose());
            let say = |off: &str| app::mail::decision(&letter, &notice, off);
            (say(&off), say(&link("off", MASK)), Some(off))
        }
        MailKind::Digest => {
            let Some((notices, more)) = happened(tx, due, &to).await? else { return Ok(Turn::Drops) };
            let off = link("off", end_link(tx, due.person, due.kind).await?.expose());
            let news = News { notices: &notices, more, every: to.wanted.digest };
            let say = |off: &str| app::mail::digest(&letter, news, off);
            (say(&off), say(&link("off", MASK)), Some(off))
        }
        MailKind::Address => {
            let Some(secret) = asked(tx, due, now).await? else { return Ok(Turn::Drops) };
            let say = |secret: &str| app::mail::address(&letter, &link("confirm", secret));
            (say(secret.expose()), say(MASK), None)
        }
    };
    Ok(Turn::Says(Box::new(Saying { workspace: settings.name, to, language, open, masked, off })))
}

/// What a mail about another address does.
enum Moving {
    /// It asks there.
    Asks(NewAddress),
    /// It tells the old one.
    Tells(NewAddress),
    /// Something else was asked for since.
    Over,
}

/// What a mail about another address does; nothing where it is about the one the person has.
async fn moving(tx: &mut Tx, due: &Due) -> Result<Option<Moving>, Error> {
    let (asks, tells) = (due.cause.starts_with("new_address:"), due.cause.starts_with("old_address:"));
    if !asks && !tells {
        return Ok(None);
    }
    let new = address::of(tx, due.person).await?;
    Ok(Some(match new {
        Some(new) if due.cause == new_cause(due.person, new.asks) && new.changed_at.is_none() => Moving::Asks(new),
        Some(new) if due.cause == old_cause(due.person, new.asks) => Moving::Tells(new),
        _ => Moving::Over,
    }))
}

/// What was decided, where the person wants to be sent that and may see it.
async fn decided(tx: &mut Tx, due: &Due, to: &Recipient) -> Result<Option<NoticeView>, Error> {
    let Some(happening) = due.happening.filter(|_| to.wanted.decisions) else { return Ok(None) };
    let Some(mut notice) = inbox::one(tx, &access::sight(Some(&to.person)), happening).await? else { return Ok(None) };
    if !notice.own {
        // The idea became somebody else's.
        return Ok(None);
    }
    if notice.kind.is_markdown() {
        notice.words = markdown::beginning(&notice.words, ANSWER);
    }
    Ok(Some(notice))
}

/// What happened within the time of a digest, each at the time of the clock where the workspace is.
async fn happened(tx: &mut Tx, due: &Due, to: &Recipient) -> Result<Option<(Vec<NoticeView>, More)>, Error> {
    let Some(within) = due.within.filter(|_| to.wanted.digest != Digest::Never) else { return Ok(None) };
    let mut notices = inbox::news(tx, &access::sight(Some(&to.person)), within, DIGEST + 1).await?;
    let more = if notices.len() > DIGEST as usize { More::Elsewhere } else { More::Nothing };
    notices.truncate(DIGEST as usize);
    let zone = zone(tx).await?;
    for notice in &mut notices {
        notice.at = on_the_clock(notice.at, &zone);
        if notice.kind.is_markdown() {
            notice.words = markdown::beginning(&notice.words, TOLD);
        }
    }
    Ok((!notices.is_empty()).then_some((notices, more)))
}

/// A moment as if the clock of a zone were that of UTC.
fn on_the_clock(at: Millis, zone: &TimeZone) -> Millis {
    let Ok(moment) = Timestamp::from_millisecond(at) else { return at };
    at + Millis::from(zone.to_offset(moment).seconds()) * 1_000
}

/// The secret of the link that confirms an address, if that is still to be, and this the last mail that asks for it.
async fn asked(tx: &mut Tx, due: &Due, now: Millis) -> Result<Option<Secret>, Error> {
    let Some(asked) = links::asked_of(tx, due.person).await? else { return Ok(None) };
    if asked.confirmed_at.is_some() || due.cause != ask_cause(asked.person, asked.asks) {
        return Ok(None);
    }
    let secret = Secret::new()?;
    links::open(tx, due.person, secret.hash(), now + OPENS).await?;
    Ok(Some(secret))
}

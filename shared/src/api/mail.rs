//! Mail: what a person is sent, the links in it, and the outbox that owners read.

use serde::{Deserialize, Serialize};

use super::{Millis, PersonView};
use crate::{Locale, MailId, rules::words};

/// How often somebody is sent what became of the ideas they take part in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Digest {
    /// Not at all.
    #[default]
    Never,
    /// Every morning after a day on which something happened.
    Daily,
    /// On Monday morning after a week in which something happened.
    Weekly,
}

words!(Digest: Never = "never", Daily = "daily", Weekly = "weekly");

/// Where somebody chose what they are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ChosenIn {
    /// When they signed up.
    SignUp,
    /// In their settings.
    Settings,
    /// Where the inbox offers it.
    Inbox,
    /// By the link in a mail.
    Mail,
}

words!(ChosenIn: SignUp = "sign_up", Settings = "settings", Inbox = "inbox", Mail = "mail");

/// What is known of the address somebody gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum AddressState {
    /// No mail goes out of this workspace: nothing needs to be known.
    Unused,
    /// Nobody was asked yet whether it is theirs.
    Unasked,
    /// A mail asks for it.
    Asked,
    /// It is theirs: they followed the link in that mail.
    Confirmed,
}

/// What a person is sent: `GET /api/v1/me/mail`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MailChoices {
    /// Whether they are told by mail when the company decides about an idea of theirs.
    pub decisions: bool,
    /// How often they are sent what else became of the ideas they take part in.
    pub digest: Digest,
    /// When they chose; absent: they never did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chosen_at: Option<Millis>,
    /// Whether their address is known to be theirs. Until it is, nothing else is sent to it.
    pub address: AddressState,
}

/// `PUT /api/v1/me/mail`: choose what one is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ChooseMail {
    /// Whether to be told by mail of decisions about one's own ideas.
    pub decisions: bool,
    /// How often to be sent the rest.
    pub digest: Digest,
    /// Where one chooses: in the settings, or where the inbox offers it.
    pub chosen_in: ChosenIn,
}

/// That somebody agreed to a kind of mail that needs it, or no longer did: `GET /api/v1/me/consents` answers a plain list of
/// them, the last first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ConsentView {
    /// How often, where it is about digests; absent where it is about decisions on one's own ideas.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<Digest>,
    /// Whether they agreed.
    pub given: bool,
    /// The number of the words by which they were asked.
    pub wording: String,
    /// Where.
    pub given_in: ChosenIn,
    /// When.
    pub at: Millis,
}

/// What a link in a mail is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum LinkKind {
    /// To be sent no more decisions about one's own ideas.
    Decisions,
    /// To be sent no more digests.
    Digest,
    /// To say that an address is one's own.
    Address,
}

/// A link in a mail, and whether what it is for is so: `GET` and `POST /api/v1/mail/links/{secret}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MailLink {
    /// What it is for.
    pub kind: LinkKind,
    /// Whether it is done: nothing more is sent, or the address is confirmed.
    pub done: bool,
}

/// What a mail tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum MailKind {
    /// What the company decided about an idea of the person's.
    Decision,
    /// What became of the ideas they take part in.
    Digest,
    /// Whether the address is theirs.
    Address,
}

words!(MailKind: Decision = "decision", Digest = "digest", Address = "address");

/// What became of a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum MailState {
    /// It waits to be sent, for the first time or again.
    Waiting,
    /// It is being handed to the mail server.
    Sending,
    /// The mail server took it.
    Sent,
    /// The mail server refused it, or was not to be had for two days.
    Failed,
    /// No mail server is configured: it can be read here.
    Kept,
    /// It waits for the person to confirm their address.
    Held,
    /// There was nothing to tell any more: what it was about is no longer there for the person.
    Dropped,
    /// It broke off while it was handed over: it may have been sent, and is not sent again by itself.
    Unsure,
}

words!(MailState: Waiting = "waiting", Sending = "sending", Sent = "sent", Failed = "failed", Kept = "kept",
    Held = "held", Dropped = "dropped", Unsure = "unsure");

impl MailState {
    /// Whether an owner may have it sent again.
    #[must_use]
    pub fn may_go_again(self) -> bool {
        matches!(self, Self::Failed | Self::Unsure | Self::Kept)
    }
}

/// A mail in the outbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MailHead {
    /// Which.
    pub id: MailId,
    /// What it tells.
    pub kind: MailKind,
    /// To whom.
    pub to: PersonView,
    /// What became of it.
    pub state: MailState,
    /// Its subject, once it was written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// How often it was tried.
    pub attempts: u32,
    /// When what it tells of happened.
    pub created_at: Millis,
    /// When it is tried next; of one that waits only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_at: Option<Millis>,
    /// When the mail server took it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sent_at: Option<Millis>,
    /// What stood against it, in the words of the mail server; may be empty.
    pub error: String,
}

/// The outbox, the last first: `GET /api/v1/outbox`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Outbox {
    /// Whether a mail server is configured; without one, mails are kept here.
    pub sends: bool,
    /// The mails.
    pub items: Vec<MailHead>,
    /// What to pass as `cursor` for the next page; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub next: Option<String>,
}

/// A mail as it was written: `GET /api/v1/outbox/{id}`. Links that open something are left out of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MailView {
    /// What the list shows of it.
    pub head: MailHead,
    /// Its language, once it was written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<Locale>,
    /// Its text, once it was written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

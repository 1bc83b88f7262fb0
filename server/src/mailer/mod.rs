//! Mail as it goes out: the message with its head, and the mail server it is handed to.

mod line;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use lettre::{
    Address, Message,
    message::{
        Mailbox, MultiPart,
        header::{HeaderName, HeaderValue},
    },
};
use shared::{
    MailId,
    api::{MailKind, Millis},
};

pub use self::line::{Handed, LONGEST, Line};
use crate::{
    config::{Config, SmtpUrl},
    domain::mail::{Delivery, letters::Saying},
};

/// How mail leaves this workspace.
#[derive(Clone, Debug)]
pub struct Post {
    /// The address people use, to begin links with.
    pub address: String,
    /// Whom mail comes from.
    pub sender: Mailbox,
    /// The server that takes it, if any.
    pub server: Option<SmtpUrl>,
}

impl Post {
    /// As it is configured.
    #[must_use]
    pub fn of(config: &Config) -> Self {
        Self { address: config.address(), sender: config.sender(), server: config.mail.smtp_url.clone() }
    }

    /// What becomes of mails.
    #[must_use]
    pub fn delivery(&self) -> Delivery {
        if self.server.is_some() { Delivery::Sent } else { Delivery::Kept }
    }
}

/// Why a message could not be made of what a mail says.
#[derive(Debug, thiserror::Error)]
pub enum Unfit {
    /// The address is none that mail goes to.
    #[error("no mail goes to this address: {0}")]
    Address(#[from] lettre::address::AddressError),
    /// Something else is missing.
    #[error(transparent)]
    Message(#[from] lettre::error::Error),
}

/// The message of a mail: the same head and id however often it is tried.
///
/// # Errors
/// When the address is none.
pub fn message(sender: &Mailbox, id: MailId, kind: MailKind, saying: &Saying, now: Millis) -> Result<Message, Unfit> {
    let name = sender.name.clone().unwrap_or_else(|| plain(&saying.workspace));
    let to = Mailbox::new(Some(plain(&saying.to.person.name)), saying.to.email.parse::<Address>()?);
    let header = |name: &'static str, value: String| HeaderValue::new(HeaderName::new_from_ascii_str(name), value);
    let mut message = Message::builder()
        .from(Mailbox::new(Some(name), sender.email.clone()))
        .to(to)
        .date(time(now))
        .message_id(Some(format!("<{id}@{}>", sender.email.domain())))
        .subject(plain(&saying.open.subject))
        .raw_header(header("Content-Language", saying.language.tag().to_owned()))
        .raw_header(header("Auto-Submitted", "auto-generated".to_owned()));
    if let Some(off) = &saying.off {
        // RFC 8058: whoever shows the mail may offer to end it by one click.
        message = message
            .raw_header(header("List-Unsubscribe", format!("<{off}>")))
            .raw_header(header("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".to_owned()));
    }
    if kind == MailKind::Digest {
        message = message.raw_header(header("Precedence", "bulk".to_owned()));
    }
    let parts = MultiPart::alternative_plain_html(saying.open.text.clone(), saying.open.html.clone());
    Ok(message.multipart(parts)?)
}

/// A text of people's on one line, for the head of a message.
fn plain(text: &str) -> String {
    text.split(char::is_control).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

fn time(at: Millis) -> SystemTime {
    UNIX_EPOCH + Duration::from_millis(u64::try_from(at).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use app::mail::Written;
    use shared::{Locale, PersonId, Role, api::PersonView};

    use super::*;
    use crate::store::mail::choices::{Recipient, Wanted};

    fn saying(name: &str, email: &str, subject: &str) -> Saying {
        let person = PersonView {
            id: PersonId::new(),
            handle: "zoe".into(),
            name: name.into(),
            role: Role::Customer,
            unclaimed: false,
            left: false,
        };
        let written = Written { subject: subject.into(), text: "Bonjour à tous".into(), html: "<p>é</p>".into() };
        let wanted = Wanted { decisions: true, digest: shared::api::Digest::Never };
        Saying {
            to: Recipient { person, email: email.into(), locale: None, wanted, confirmed: true },
            workspace: "Le Fournil".into(),
            language: Locale::Fr,
            open: written.clone(),
            masked: written,
            off: Some("https://ideas.example/mail/off/abc".into()),
        }
    }

    fn sent(saying: &Saying, kind: MailKind) -> String {
        let sender: Mailbox = "ideas@example.org".parse().expect("an address");
        let message = message(&sender, MailId::new(), kind, saying, 1_795_305_600_000).expect("a message");
        String::from_utf8(message.formatted()).expect("only ASCII")
    }

    /// The names of the lines of the head.
    fn names(message: &str) -> Vec<String> {
        let (head, _) = message.split_once("\r\n\r\n").expect("a head");
        let lines = head.split("\r\n").filter(|line| !line.starts_with([' ', '\t']));
        lines.map(|line| line.split(':').next().unwrap_or_default().to_lowercase()).collect()
    }

    #[test]
    fn a_message_says_how_it_is_ended_and_that_a_program_wrote_it() {
        let message = sent(&saying("Zoé", "zoe@example.org", "Votre idée"), MailKind::Digest);
        for line in [
            "List-Unsubscribe: <https://ideas.example/mail/off/abc>\r\n",
            "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n",
            "Auto-Submitted: auto-generated\r\n",
            "Precedence: bulk\r\n",
            "Content-Language: fr\r\n",
            "Date: Sun, 22 Nov 2026 00:00:00 +0000\r\n",
        ] {
            assert!(message.contains(line), "{line}: {message}");
        }
        assert!(message.is_ascii() && message.contains("multipart/alternative"));
        assert!(!sent(&saying("Zoé", "zoe@example.org", "Votre idée"), MailKind::Decision).contains("Precedence"));
    }

    #[test]
    fn nothing_that_people_wrote_adds_a_line_to_the_head() {
        let plain = names(&sent(&saying("Zoe", "zoe@example.org", "Hello"), MailKind::Decision));
        for breaking in ["\r\nBcc: eve@example.org", "\nBcc: eve@example.org", "\rBcc: eve@example.org", "\u{85}Bcc: e"]
        {
            for saying in [
                saying(&format!("Zoé{breaking}"), "zoe@example.org", "Hello"),
                saying("Zoe", "zoe@example.org", &format!("Idée{breaking}")),
                Saying { workspace: format!("Le{breaking}"), ..saying("Zoe", "zoe@example.org", "Hello") },
            ] {
                assert_eq!(names(&sent(&saying, MailKind::Decision)), plain, "{breaking:?}");
            }
        }
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for wrong in ["zoe", "zoe@exa mple.org", "zoe@example.org\r\nRCPT TO:<eve@example.org>", ""] {
            let sender: Mailbox = "ideas@example.org".parse().expect("an address");
            let refused = message(&sender, MailId::new(), MailKind::Address, &saying("Zoé", wrong, "S"), 0);
            assert!(matches!(refused, Err(Unfit::Address(_))), "{wrong}");
        }
    }
}

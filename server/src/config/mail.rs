//! How mail goes out: through which server, and in whose name.

use std::{ffi::OsStr, fmt, str::FromStr};

use clap::{Arg, Args, Command, builder::TypedValueParser, error::ErrorKind};
use lettre::{Address, message::Mailbox};

use super::{Config, PublicUrl};

/// How mail goes out.
#[derive(Args, Clone, Debug, Default)]
pub struct MailSettings {
    /// The mail server: `smtps://USER:PASSWORD@HOST` (TLS from the beginning), `smtp://…?tls=required` (STARTTLS),
    /// `smtp://…` (STARTTLS where the server offers it), `smtp://…?tls=none`. Without it, mails are kept where owners read
    /// them.
    #[arg(long, env = "ATELIER_SMTP_URL", hide_env_values = true, value_parser = Quietly)]
    pub smtp_url: Option<SmtpUrl>,

    /// The address that mail comes from, such as `ideas@example.org` or `Ideas <ideas@example.org>`. By default `atelier@`
    /// and the host people use.
    #[arg(long, env = "ATELIER_MAIL_FROM")]
    pub mail_from: Option<Mailbox>,
}

/// How a connection to the mail server is kept secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tls {
    /// From the beginning.
    Wrapped,
    /// From STARTTLS on, without which nothing is sent.
    Required,
    /// From STARTTLS on, where the server offers it.
    Offered,
    /// Not at all.
    None,
}

/// Where the mail server is, and who we are to it. It does not show the password.
#[derive(Clone, PartialEq, Eq)]
pub struct SmtpUrl {
    /// The host.
    pub host: String,
    /// The port.
    pub port: u16,
    /// How the connection is kept secret.
    pub tls: Tls,
    /// The name and the password we show it, if any.
    pub login: Option<(String, String)>,
}

impl fmt::Debug for SmtpUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let login = self.login.as_ref().map_or("", |_| "…@");
        write!(f, "SmtpUrl({login}{}:{}, {:?})", self.host, self.port, self.tls)
    }
}

/// A text that names no mail server. It does not repeat the text, in which a password may stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "expected smtp:// or smtps://, perhaps a name and a password with what is special in them percent-encoded, and a host, \
     such as smtps://ideas:secret@mail.example.org; after it at most ?tls=required, ?tls=offered or ?tls=none"
)]
pub struct NotAMailServer;

impl FromStr for SmtpUrl {
    type Err = NotAMailServer;

    fn from_str(text: &str) -> Result<Self, NotAMailServer> {
        let uri: http::Uri = text.parse().map_err(|_| NotAMailServer)?;
        let (tls, usual) = match (uri.scheme_str(), uri.query()) {
            (Some("smtps"), None) => (Tls::Wrapped, 465),
            (Some("smtp"), Some("tls=required")) => (Tls::Required, 587),
            (Some("smtp"), None | Some("tls=offered")) => (Tls::Offered, 25),
            (Some("smtp"), Some("tls=none")) => (Tls::None, 25),
            _ => return Err(NotAMailServer),
        };
        let authority = uri.authority().ok_or(NotAMailServer)?;
        if !matches!(uri.path(), "" | "/") || authority.host().is_empty() {
            return Err(NotAMailServer);
        }
        let login = match authority.as_str().rsplit_once('@') {
            Some((login, _)) => {
                let (name, password) = login.split_once(':').ok_or(NotAMailServer)?;
                Some((decoded(name)?, decoded(password)?))
            }
            None => None,
        };
        let host = authority.host().trim_matches(['[', ']']).to_owned();
        Ok(Self { host, port: authority.port_u16().unwrap_or(usual), tls, login })
    }
}

/// Reads the address of a mail server, and does not repeat it where it is wrong: a password may stand in it.
#[derive(Clone, Copy, Debug)]
struct Quietly;

impl TypedValueParser for Quietly {
    type Value = SmtpUrl;

    fn parse_ref(&self, command: &Command, _: Option<&Arg>, value: &OsStr) -> Result<SmtpUrl, clap::Error> {
        value.to_str().unwrap_or_default().parse().map_err(|error: NotAMailServer| {
            let told = format!("the mail server of --smtp-url or ATELIER_SMTP_URL is not as it should be: {error}\n");
            clap::Error::raw(ErrorKind::ValueValidation, told).with_cmd(command)
        })
    }
}

/// A part of an address in which `%40` stands for `@`.
fn decoded(text: &str) -> Result<String, NotAMailServer> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let mut digit = || rest.next().and_then(|digit| char::from(digit).to_digit(16)).ok_or(NotAMailServer);
        let (high, low) = (digit()?, digit()?);
        bytes.push(u8::try_from(high * 16 + low).map_err(|_| NotAMailServer)?);
    }
    String::from_utf8(bytes).map_err(|_| NotAMailServer)
}

impl Config {
    /// The address people use, to begin links with that are read elsewhere.
    #[must_use]
    pub fn address(&self) -> String {
        self.public_url.as_ref().map_or_else(|| format!("http://{}", self.listen), PublicUrl::to_string)
    }

    /// Whom mail comes from; without a name, the one of the workspace is given.
    #[must_use]
    pub fn sender(&self) -> Mailbox {
        self.mail.mail_from.clone().unwrap_or_else(|| {
            let host = self.public_url.as_ref().map_or("localhost", |url| url.host());
            // Of some hosts, such as a bare IPv6 address, no address can be made.
            let address =
                Address::new("atelier", host).unwrap_or_else(|_| Address::new_dangerous("atelier", "localhost"));
            Mailbox::new(None, address)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> SmtpUrl {
        text.parse().expect("a mail server")
    }

    #[test]
    fn a_mail_server_is_read_with_its_login_and_tls() {
        let login = |name: &str, password: &str| Some((name.to_owned(), password.to_owned()));
        assert_eq!(
            url("smtps://ideas%40example.org:p%3Aa%2F%C3%A9@mail.example.org"),
            SmtpUrl {
                host: "mail.example.org".into(),
                port: 465,
                tls: Tls::Wrapped,
                login: login("ideas@example.org", "p:a/é")
            }
        );
        let plain = url("smtp://127.0.0.1:2525");
        assert_eq!((plain.port, plain.tls, plain.login), (2525, Tls::Offered, None));
        assert_eq!((url("smtp://a.b?tls=required").port, url("smtp://a.b/?tls=none").tls), (587, Tls::None));
        assert_eq!(url("smtp://[::1]:25").host, "::1");
        for wrong in [
            "mail.example.org",
            "http://mail.example.org",
            "smtps://a.b?tls=none",
            "smtp://a.b?tls=perhaps",
            "smtp://a.b/path",
            "smtp://name@a.b",
            "smtp://n:%4@a.b",
            "smtp://n:%ff@a.b",
        ] {
            assert_eq!(wrong.parse::<SmtpUrl>(), Err(NotAMailServer), "{wrong}");
        }
    }

    #[test]
    fn a_password_is_not_shown() {
        let command = MailSettings::augment_args(Command::new("atelier"));
        let refused =
            command.try_get_matches_from(["atelier", "--smtp-url", "smtp:/n:s3cret@a.b"]).expect_err("a refusal");
        assert!(!refused.to_string().contains("s3cret"), "{refused}");
        let shown = format!("{:?}", MailSettings { smtp_url: Some(url("smtp://n:s3cret@a.b")), mail_from: None });
        assert!(!shown.contains("s3cret") && shown.contains("a.b:25"), "{shown}");
        assert!(!NotAMailServer.to_string().contains("s3cret"));
    }
}

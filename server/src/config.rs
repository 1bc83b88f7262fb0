//! How an installation is configured: by environment variables, or by the options of the same meaning.

mod live;
mod mail;

use std::{net::SocketAddr, num::NonZeroU32, path::PathBuf, str::FromStr};

use clap::{Args, ValueEnum};
use shared::api::SignUpRule;

pub use self::{
    live::LiveLimits,
    mail::{MailSettings, SmtpUrl, Tls},
};
use crate::{domain::secret::SecretHash, store::Durability};

/// The configuration of one server.
#[derive(Args, Clone, Debug)]
pub struct Config {
    /// Address and port to listen on.
    #[arg(long, env = "ATELIER_LISTEN", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,

    /// The database: `sqlite:PATH` (its folder is created) or `postgres://…`.
    #[arg(
        long,
        env = "ATELIER_DATABASE_URL",
        default_value = "sqlite:data/atelier.db",
        default_value_if("demo", "true", "sqlite:data/demo.db"),
        hide_env_values = true
    )]
    pub database_url: String,

    /// Open a believable workspace to try things in, with an account of each role, in a database of its own:
    /// `sqlite:data/demo.db` unless one is named.
    #[arg(long)]
    pub demo: bool,

    /// The address people use, such as `https://ideas.example.org`. Needed behind a proxy; https turns on secure cookies.
    #[arg(long, env = "ATELIER_PUBLIC_URL")]
    pub public_url: Option<PublicUrl>,

    /// What an acknowledged edit on SQLite survives.
    #[arg(long, env = "ATELIER_DURABILITY", value_enum, default_value_t = DurabilityArg::Full)]
    pub durability: DurabilityArg,

    /// How many proxies stand before the server and add to X-Forwarded-For. 0: none, and the header is ignored.
    #[arg(long, env = "ATELIER_TRUST_PROXY", default_value_t = 0)]
    pub trust_proxy: usize,

    /// Serve the client's files from this folder instead of those inside the program.
    #[arg(long, env = "ATELIER_ASSETS")]
    pub assets: Option<PathBuf>,

    /// Who may sign up, until an owner settles it under *Manage*.
    #[arg(long, env = "ATELIER_SIGN_UP", value_enum, default_value_t = SignUpArg::Open)]
    pub sign_up: SignUpArg,

    /// How many times as often as usual one person may write: propose, vote, comment, report. For trials and for
    /// programs that bring in much at once.
    #[arg(long, env = "ATELIER_WRITE_LIMITS", default_value = "1")]
    pub write_limits: NonZeroU32,

    /// For how many seconds a concept must not have changed before it is compared with what those saw who voted for it.
    #[arg(long, env = "ATELIER_REST", default_value_t = 600)]
    pub rest: u32,

    /// The file in which is kept who left, beside the database and its backups: see `docs/operating.md`. Unless it is named, it
    /// is where the database is, and called as that with `.left` behind; of a PostgreSQL database, `data/atelier.left`.
    #[arg(long, env = "ATELIER_ERASURES")]
    pub erasures: Option<PathBuf>,

    /// The secret a collector of `/metrics` shows as `Authorization: Bearer SECRET`, 16 characters at least. Without it,
    /// only owners may look.
    #[arg(long, env = "ATELIER_METRICS_TOKEN", hide_env_values = true)]
    pub metrics_token: Option<MetricsToken>,

    /// How mail goes out.
    #[command(flatten)]
    pub mail: MailSettings,

    /// What it costs to hash a password.
    #[command(flatten)]
    pub password_cost: PasswordCost,

    /// What live connections and rooms may cost.
    #[command(flatten)]
    pub live: LiveLimits,
}

/// The secret of whoever collects the metrics; only its hash is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MetricsToken(SecretHash);

/// A text too short to be a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected 16 characters at least")]
pub struct TooShort;

impl FromStr for MetricsToken {
    type Err = TooShort;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.chars().count() < 16 { Err(TooShort) } else { Ok(Self(SecretHash::of(text))) }
    }
}

impl MetricsToken {
    /// Whether this is the secret.
    #[must_use]
    pub fn is(&self, shown: &str) -> bool {
        // Hashes differ at a place that says nothing about the secret, so the time this takes tells nothing either.
        self.0 == SecretHash::of(shown)
    }
}

/// Who may sign up at first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SignUpArg {
    /// Anyone, as a customer.
    Open,
    /// Whoever has an invite link.
    Invite,
}

impl From<SignUpArg> for SignUpRule {
    fn from(arg: SignUpArg) -> Self {
        match arg {
            SignUpArg::Open => Self::Open,
            SignUpArg::Invite => Self::Invite,
        }
    }
}

/// What an acknowledged edit on SQLite survives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum DurabilityArg {
    /// A power cut.
    Full,
    /// A crash of the process; a power cut may take the last moments.
    Process,
}

impl From<DurabilityArg> for Durability {
    fn from(arg: DurabilityArg) -> Self {
        match arg {
            DurabilityArg::Full => Self::Full,
            DurabilityArg::Process => Self::Process,
        }
    }
}

/// What Argon2id is given. The defaults are OWASP's.
#[derive(Args, Clone, Copy, Debug, PartialEq, Eq)]
pub struct PasswordCost {
    /// Memory for one password hash, in KiB.
    #[arg(long = "password-memory", env = "ATELIER_PASSWORD_MEMORY", default_value_t = 19 * 1024, value_parser = clap::value_parser!(u32).range(8..=1_048_576))]
    pub memory: u32,

    /// Passes over that memory.
    #[arg(long = "password-passes", env = "ATELIER_PASSWORD_PASSES", default_value_t = 2, value_parser = clap::value_parser!(u32).range(1..=16))]
    pub passes: u32,
}

/// The address people use: a scheme, a host and perhaps a port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicUrl {
    https: bool,
    authority: String,
}

/// A text that is no public address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected http:// or https:// and a host, without a path, such as https://ideas.example.org")]
pub struct NotAPublicUrl;

impl FromStr for PublicUrl {
    type Err = NotAPublicUrl;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let uri: http::Uri = text.parse().map_err(|_| NotAPublicUrl)?;
        let https = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            _ => return Err(NotAPublicUrl),
        };
        let authority = uri.authority().ok_or(NotAPublicUrl)?;
        if authority.as_str().contains('@') || uri.path() != "/" || uri.query().is_some() {
            return Err(NotAPublicUrl);
        }
        // As browsers write it in `Origin`: the scheme's own port is left out.
        let own = if https { 443 } else { 80 };
        let authority = match authority.port_u16() {
            Some(port) if port != own => format!("{}:{port}", authority.host()),
            _ => authority.host().to_owned(),
        };
        Ok(Self { https, authority: authority.to_ascii_lowercase() })
    }
}

impl std::fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}://{}", if self.https { "https" } else { "http" }, self.authority)
    }
}

impl PublicUrl {
    /// The host, without a port.
    #[must_use]
    pub fn host(&self) -> &str {
        self.authority.split(':').next().unwrap_or_default()
    }

    /// Whether a browser's `Origin` header names this address.
    #[must_use]
    pub fn is_origin(&self, origin: &str) -> bool {
        origin == self.to_string()
    }
}

impl Config {
    /// Whether people reach the server by https.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.public_url.as_ref().is_some_and(|url| url.https)
    }

    /// The file in which is kept who left; none beside a database that is only in memory.
    #[must_use]
    pub fn erasure_list(&self) -> Option<PathBuf> {
        if let Some(file) = &self.erasures {
            return Some(file.clone());
        }
        let Some(path) = self.database_url.strip_prefix("sqlite:") else { return Some("data/atelier.left".into()) };
        let path = path.trim_start_matches("//").split('?').next().unwrap_or_default();
        (!path.is_empty() && !path.contains(":memory:")).then(|| PathBuf::from(format!("{path}.left")))
    }

    /// The name of the session cookie. Browsers accept `__Host-` from this very host and over https only.
    #[must_use]
    pub fn cookie_name(&self) -> &'static str {
        if self.is_https() { "__Host-atelier" } else { "atelier" }
    }

    /// The name of the cookie of a guest who follows a canvas by a link.
    #[must_use]
    pub fn guest_cookie_name(&self) -> &'static str {
        if self.is_https() { "__Host-atelier-guest" } else { "atelier-guest" }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_public_address_is_compared_as_browsers_write_it() {
        let url: PublicUrl = "https://Ideas.Example.org:443/".parse().expect("an address");
        assert_eq!(url.to_string(), "https://ideas.example.org");
        assert!(url.is_origin("https://ideas.example.org"));
        for foreign in
            ["http://ideas.example.org", "https://ideas.example.org:8443", "https://evil.example", "null", ""]
        {
            assert!(!url.is_origin(foreign), "{foreign}");
        }
        let local: PublicUrl = "http://localhost:3000".parse().expect("an address");
        assert!(local.is_origin("http://localhost:3000"));
        for wrong in
            ["ideas.example.org", "ftp://x.org", "https://x.org/atelier", "https://u:p@x.org", "https://x.org?a"]
        {
            assert_eq!(wrong.parse::<PublicUrl>(), Err(NotAPublicUrl), "{wrong}");
        }
    }
}

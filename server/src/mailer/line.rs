//! The line to the mail server, and what it said of each mail. What matters is where it broke: before the whole of a mail
//! was handed over it may be tried again, after that nobody knows.

use std::time::Duration;

use lettre::{
    Message,
    address::Envelope,
    transport::smtp::{
        Error,
        authentication::{Credentials, Mechanism},
        client::{AsyncSmtpConnection, TlsParameters},
        commands::{Data, Mail, Rcpt},
        extension::ClientId,
    },
};
use tokio::time::timeout;

use crate::config::{SmtpUrl, Tls};

/// How long the server may take to be ready for a mail.
const READY: Duration = Duration::from_secs(30);
/// How long it may take to take one: RFC 5321 would give it ten minutes, for which nobody else's mail waits.
const TAKE: Duration = Duration::from_secs(60);
/// How long it may take to say goodbye.
const GOODBYE: Duration = Duration::from_secs(5);
/// How much of what it says is kept, in characters.
const SAID: usize = 500;

/// The longest that [`Line::hand_over`] takes: a connection that was kept, a new one, and the mail itself.
pub const LONGEST: Duration = Duration::from_secs(2 * READY.as_secs() + 2 * READY.as_secs() + TAKE.as_secs() + 30);

/// What became of a mail that was handed over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Handed {
    /// The server took it.
    Taken,
    /// The server is not to be had, or takes nothing from us. What it said.
    Unreachable(String),
    /// The server does not take this one now. What it said.
    Later(String),
    /// The server does not take this one. What it said.
    Refused(String),
    /// It may have been taken. What went wrong.
    Unsure(String),
}

/// The line to a mail server; it stays open from one mail to the next.
pub struct Line {
    server: SmtpUrl,
    open: Option<AsyncSmtpConnection>,
}

/// Why a mail was not begun.
enum Unbegun {
    Broken(String),
    Ours(String),
    Later(String),
    Refused(String),
}

impl Line {
    /// To this server; it is called when there is something to hand over.
    #[must_use]
    pub fn new(server: SmtpUrl) -> Self {
        Self { server, open: None }
    }

    /// Hands a mail over.
    pub async fn hand_over(&mut self, message: &Message) -> Handed {
        let mut kept = self.open.take();
        let mut connection = loop {
            let was_kept = kept.is_some();
            let mut connection = match kept.take() {
                Some(connection) => connection,
                None => match self.call().await {
                    Ok(connection) => connection,
                    Err(error) => return Handed::Unreachable(error),
                },
            };
            match begin(&mut connection, message.envelope()).await {
                Ok(()) => break connection,
                // The server may have hung up in between.
                Err(Unbegun::Broken(_)) if was_kept => {}
                Err(unbegun) => {
                    goodbye(connection).await;
                    return match unbegun {
                        Unbegun::Broken(said) | Unbegun::Later(said) => Handed::Later(said),
                        Unbegun::Ours(said) => Handed::Unreachable(said),
                        Unbegun::Refused(said) => Handed::Refused(said),
                    };
                }
            }
        };
        let handed = match timeout(TAKE, connection.message(&message.formatted())).await {
            Ok(Ok(_)) => {
                self.open = Some(connection);
                return Handed::Taken;
            }
            Ok(Err(error)) if error.is_transient() => Handed::Later(said(&error)),
            Ok(Err(error)) if error.is_permanent() => Handed::Refused(said(&error)),
            Ok(Err(error)) => Handed::Unsure(said(&error)),
            Err(_) => Handed::Unsure("the server did not say in time whether it took the mail".to_owned()),
        };
        if !matches!(handed, Handed::Unsure(_)) {
            goodbye(connection).await;
        }
        handed
    }

    /// Ends the line, until there is something to hand over again.
    pub async fn hang_up(&mut self) {
        if let Some(connection) = self.open.take() {
            goodbye(connection).await;
        }
    }

    async fn call(&self) -> Result<AsyncSmtpConnection, String> {
        let called = timeout(READY, self.connect()).await;
        called.unwrap_or_else(|_| Err("the server did not answer in time".to_owned()))
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, String> {
        let SmtpUrl { host, port, tls, login } = &self.server;
        let hello = ClientId::default();
        let parameters = || TlsParameters::new(host.clone()).map_err(|error| said(&error));
        let wrapped = if *tls == Tls::Wrapped { Some(parameters()?) } else { None };
        let call = AsyncSmtpConnection::connect_tokio1((host.as_str(), *port), Some(READY), &hello, wrapped, None);
        let mut connection = call.await.map_err(|error| said(&error))?;
        let starts = match tls {
            Tls::Required => true,
            Tls::Offered => connection.can_starttls(),
            Tls::Wrapped | Tls::None => false,
        };
        if starts {
            connection.starttls(parameters()?, &hello).await.map_err(|error| said(&error))?;
        }
        if let Some((name, password)) = login {
            if *tls != Tls::None && !connection.is_encrypted() {
                return Err("the server offers no encryption, so it is not told the password".to_owned());
            }
            let credentials = Credentials::new(name.clone(), password.clone());
            let known = connection.auth(&[Mechanism::Plain, Mechanism::Login], &credentials).await;
            known.map_err(|error| said(&error))?;
        }
        Ok(connection)
    }
}

/// Says whom a mail is from and for, up to where its text follows.
async fn begin(connection: &mut AsyncSmtpConnection, envelope: &Envelope) -> Result<(), Unbegun> {
    let begun = timeout(READY, async {
        // What stands against our own address, or that we send at all, is not about this mail.
        connection.command(Mail::new(envelope.from().cloned(), Vec::new())).await.map_err(|error| {
            if error.status().is_some() { Unbegun::Ours(said(&error)) } else { Unbegun::Broken(said(&error)) }
        })?;
        for to in envelope.to() {
            connection.command(Rcpt::new(to.clone(), Vec::new())).await.map_err(unbegun)?;
        }
        connection.command(Data).await.map_err(unbegun)
    })
    .await;
    match begun {
        Ok(result) => result.map(drop),
        Err(_) => Err(Unbegun::Broken("the server did not answer in time".to_owned())),
    }
}

fn unbegun(error: Error) -> Unbegun {
    if error.is_permanent() {
        Unbegun::Refused(said(&error))
    } else if error.is_transient() {
        Unbegun::Later(said(&error))
    } else {
        Unbegun::Broken(said(&error))
    }
}

/// Ends a connection; that it may be broken by now is no matter.
async fn goodbye(mut connection: AsyncSmtpConnection) {
    let _ = timeout(GOODBYE, connection.quit()).await;
}

/// What went wrong, in words that may be kept.
fn said(error: &Error) -> String {
    let words = error.to_string();
    words.split(char::is_control).collect::<Vec<_>>().join(" ").chars().take(SAID).collect()
}

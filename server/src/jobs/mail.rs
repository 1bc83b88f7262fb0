//! Mails go out: each is handed to the mail server once, or kept where owners read it. See `docs/decisions/0016`.

use std::time::Duration;

use shared::{
    MailId,
    api::{MailKind, MailState, Millis},
};

use super::regularly;
use crate::{
    domain::{
        Error,
        mail::letters::{self, Saying, Turn},
        now,
    },
    live::Hub,
    mailer::{Handed, LONGEST, Line, Post, message},
    store::{
        StoreError, Tx,
        mail::post::{self, Due, Outcome, Text},
    },
};

/// How often it looks.
const PERIOD: Duration = Duration::from_secs(1);
/// After how many minutes a mail is tried again, each time; after the last, which is in two days, it failed.
const AGAIN: [Millis; 9] = [1, 5, 15, 60, 3 * 60, 6 * 60, 12 * 60, 12 * 60, 14 * 60];

/// Runs until the server stops.
pub async fn run(hub: Hub, post: Post) {
    let post = &post;
    regularly(hub, PERIOD, |hub| async move {
        if let Err(error) = send_all(&hub, post).await {
            tracing::error!(%error, "mails could not be sent");
        }
    })
    .await;
}

/// Sends, or keeps, every mail whose turn it is.
///
/// # Errors
/// When the database fails.
pub async fn send_all(hub: &Hub, post: &Post) -> Result<(), StoreError> {
    let mut line = post.server.clone().map(Line::new);
    let sent = send_each(hub, post, line.as_mut()).await;
    if let Some(line) = &mut line {
        line.hang_up().await;
    }
    sent
}

async fn send_each(hub: &Hub, post: &Post, mut line: Option<&mut Line>) -> Result<(), StoreError> {
    while !hub.stop().is_cancelled() && post::is_any(&mut hub.db().read().await?, now()).await? {
        match next(hub, post).await? {
            Next::Nothing => return Ok(()),
            Next::PutBy => {}
            Next::HandOver(handing) => {
                let Some(line) = line.as_deref_mut() else { return Ok(()) };
                if hand_over(hub, post, line, &handing).await? == Server::Unreachable {
                    // The others would find no more.
                    return Ok(());
                }
            }
        }
    }
    Ok(())
}

/// What is to be done next.
enum Next {
    /// Nothing.
    Nothing,
    /// It was done: that mail is not sent now.
    PutBy,
    /// This mail is to be handed over; it is known to be.
    HandOver(Box<Handing>),
}

/// A mail that is being handed over.
struct Handing {
    id: MailId,
    kind: MailKind,
    attempts: u32,
    saying: Saying,
    lease: Millis,
}

async fn next(hub: &Hub, post: &Post) -> Result<Next, StoreError> {
    let now = now();
    let mut tx = hub.db().write().await?;
    let unsure = post::give_up(&mut tx, now).await?;
    if unsure > 0 {
        tracing::warn!(unsure, "mails broke off while they were handed over; owners see them in the outbox");
    }
    let Some(due) = post::due(&mut tx, now).await? else {
        tx.commit().await?;
        return Ok(Next::Nothing);
    };
    match letters::write(&mut tx, &due, &post.address, post.delivery(), now).await {
        Ok(turn) => {
            let next = take(&mut tx, post, due, turn, now).await?;
            tx.commit().await?;
            Ok(next)
        }
        Err(Error::Store(error @ StoreError::Unreachable(_))) => Err(error),
        Err(error) => {
            // One that cannot be written must not keep the others waiting.
            drop(tx);
            tracing::error!(%error, mail = %due.id, "a mail cannot be written");
            let mut tx = hub.db().write().await?;
            post::put_by(&mut tx, due.id, MailState::Failed).await?;
            tx.commit().await?;
            Ok(Next::PutBy)
        }
    }
}

async fn take(tx: &mut Tx, post: &Post, due: Due, turn: Turn, now: Millis) -> Result<Next, StoreError> {
    let saying = match turn {
        Turn::Drops => {
            post::put_by(tx, due.id, MailState::Dropped).await?;
            return Ok(Next::PutBy);
        }
        Turn::Holds => {
            post::put_by(tx, due.id, MailState::Held).await?;
            return Ok(Next::PutBy);
        }
        Turn::Says(saying) => *saying,
    };
    let masked = saying.masked.clone();
    let text = Text { language: saying.language, subject: masked.subject, text: masked.text, html: masked.html };
    post::write(tx, due.id, &text).await?;
    if post.server.is_none() {
        post::put_by(tx, due.id, MailState::Kept).await?;
        return Ok(Next::PutBy);
    }
    let lease = now.saturating_add(i64::try_from(LONGEST.as_millis()).unwrap_or(i64::MAX));
    post::lease(tx, due.id, lease).await?;
    Ok(Next::HandOver(Box::new(Handing { id: due.id, kind: due.kind, attempts: due.attempts + 1, saying, lease })))
}

/// Whether there is any use in handing over the next mail at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Server {
    Reached,
    Unreachable,
}

async fn hand_over(hub: &Hub, post: &Post, line: &mut Line, mail: &Handing) -> Result<Server, StoreError> {
    let handed = match message(&post.sender, mail.id, mail.kind, &mail.saying, now()) {
        Ok(message) => line.hand_over(&message).await,
        Err(error) => Handed::Refused(error.to_string()),
    };
    let server = if matches!(handed, Handed::Unreachable(_)) { Server::Unreachable } else { Server::Reached };
    let outcome = outcome(handed, mail.attempts, now());
    if let Outcome::Later(_, why) | Outcome::Failed(why) | Outcome::Unsure(why) = &outcome {
        tracing::warn!(mail = %mail.id, why, "a mail did not go out");
    }
    let mut tx = hub.db().write().await?;
    post::record(&mut tx, mail.id, mail.lease, &outcome, now()).await?;
    tx.commit().await?;
    Ok(server)
}

/// What becomes of a mail that was tried so often.
fn outcome(handed: Handed, attempts: u32, now: Millis) -> Outcome {
    match handed {
        Handed::Taken => Outcome::Sent,
        Handed::Refused(said) => Outcome::Failed(said),
        Handed::Unsure(said) => Outcome::Unsure(said),
        Handed::Unreachable(said) | Handed::Later(said) => {
            let wait = usize::try_from(attempts).ok().and_then(|tried| AGAIN.get(tried.saturating_sub(1)));
            match wait {
                Some(minutes) => Outcome::Later(now + minutes * 60_000, said),
                None => Outcome::Failed(said),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_is_tried_for_two_days_and_then_failed() {
        let later = |attempts| outcome(Handed::Later("451".into()), attempts, 0);
        assert_eq!(later(1), Outcome::Later(60_000, "451".into()));
        assert_eq!(later(2), Outcome::Later(5 * 60_000, "451".into()));
        assert_eq!(later(10), Outcome::Failed("451".into()));
        let whole: Millis = AGAIN.iter().sum();
        assert!((47 * 60..=49 * 60 + 30).contains(&whole), "{whole} minutes");
        assert!(AGAIN.is_sorted());
    }

    #[test]
    fn what_may_have_been_taken_is_not_tried_again() {
        assert_eq!(outcome(Handed::Unsure("broke".into()), 1, 0), Outcome::Unsure("broke".into()));
        assert_eq!(outcome(Handed::Refused("550".into()), 1, 0), Outcome::Failed("550".into()));
        assert_eq!(outcome(Handed::Taken, 3, 0), Outcome::Sent);
    }
}

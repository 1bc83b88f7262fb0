//! Mail servers that refuse and break, and a server that dies: each mail arrives once, or is said to be unsure.

use std::{
    process::Command,
    time::{Duration, Instant},
};

use serde_json::json;
use shared::{
    Role,
    api::{Code, MailHead, MailState, MailView},
};
use sqlx::{Connection as _, SqliteConnection};
use tests::{
    app::{App, Client},
    mail::Sink,
    process::{Server, binary, free_address},
};

use super::{confirmed, idea, mailing, move_to, outbox, settled, with_mail};

/// The mail that was queued last.
async fn last(owner: &Client) -> MailHead {
    outbox(owner, "").await.items.remove(0)
}

/// Waits until this became of the mail that was queued last.
async fn becomes(owner: &Client, state: MailState) -> MailHead {
    let began = Instant::now();
    loop {
        let mail = last(owner).await;
        if mail.state == state {
            return mail;
        }
        assert!(began.elapsed() < Duration::from_secs(30), "{mail:?} does not become {state:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn again(owner: &Client, mail: &MailHead) {
    let view: MailView = owner.post(&format!("/api/v1/outbox/{}/again", mail.id), &json!(null)).await.ok();
    assert_eq!(view.head.state, MailState::Waiting);
}

with_mail! {
    a_mail_refused_for_now_is_tried_again_and_arrives_once(app, sink) {
        let owner = app.person(Role::Owner).await;
        let zoe = confirmed(&app, &sink, Role::Customer).await;
        let (board, idea) = idea(&owner, &zoe).await;
        sink.set("later").await;
        move_to(&owner, &board, &idea, 1, "").await;
        while sink.refused() == 0 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let waits = becomes(&owner, MailState::Waiting).await;
        assert!(waits.error.contains("451") && waits.attempts == 1, "{waits:?}");
        let wait = waits.next_at.expect("another time") - server::domain::now();
        assert!((30_000..=60_000).contains(&wait), "{wait} ms");
        sink.set("accept").await;
        app.execute("UPDATE mail SET next_at = 0 WHERE state = 'waiting'").await;
        becomes(&owner, MailState::Sent).await;
        settled(&app).await;
        assert_eq!(sink.to(zoe.email()).len(), 2, "that about the address, and this one");
    }

    a_mail_refused_for_good_failed_with_the_servers_words(app, sink) {
        let owner = app.person(Role::Owner).await;
        let zoe = confirmed(&app, &sink, Role::Customer).await;
        let (board, idea) = idea(&owner, &zoe).await;
        sink.set("refuse").await;
        move_to(&owner, &board, &idea, 1, "").await;
        let failed = becomes(&owner, MailState::Failed).await;
        assert!(failed.error.contains("550") && failed.error.contains("no such mailbox"), "{failed:?}");
        sink.set("accept").await;
        assert_eq!(sink.to(zoe.email()).len(), 1);
        again(&owner, &failed).await;
        becomes(&owner, MailState::Sent).await;
        assert_eq!(sink.to(zoe.email()).len(), 2);
    }

    a_mail_of_which_nobody_knows_is_sent_again_only_by_an_owner(app, sink) {
        let owner = app.person(Role::Owner).await;
        let zoe = confirmed(&app, &sink, Role::Customer).await;
        let (board, idea) = idea(&owner, &zoe).await;
        sink.set("break").await;
        move_to(&owner, &board, &idea, 1, "").await;
        let unsure = becomes(&owner, MailState::Unsure).await;
        sink.set("accept").await;
        app.execute("UPDATE mail SET next_at = 0").await;
        tokio::time::sleep(Duration::from_secs(3)).await;
        assert_eq!(last(&owner).await.state, MailState::Unsure);
        let to_zoe = sink.to(zoe.email());
        assert_eq!(to_zoe.len(), 2, "it was taken, and is not sent a second time by itself");
        for role in [Role::Customer, Role::Moderator] {
            let other = app.person(role).await;
            other.post(&format!("/api/v1/outbox/{}/again", unsure.id), &json!(null)).await.problem(Code::Role);
        }
        again(&owner, &unsure).await;
        becomes(&owner, MailState::Sent).await;
        let to_zoe = sink.to(zoe.email());
        assert_eq!(to_zoe.len(), 3);
        assert_eq!(to_zoe[1].header("message-id"), to_zoe[2].header("message-id"), "programs know it is the same");
    }
}

#[tokio::test]
async fn a_server_that_dies_between_sending_and_recording_sends_no_second_mail() {
    let Some(mut sink) = Sink::start().await else { return };
    let app = App::configured(mailing(&sink)).await;
    let owner = app.person(Role::Owner).await;
    let zoe = confirmed(&app, &sink, Role::Customer).await;
    let (board, idea) = idea(&owner, &zoe).await;
    sink.set("later").await;
    move_to(&owner, &board, &idea, 1, "").await;
    while sink.refused() == 0 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    becomes(&owner, MailState::Waiting).await;
    let url = app.atelier.config.database_url.clone();
    app.atelier.close().await;
    let execute = async |statement: &'static str| {
        let mut database = SqliteConnection::connect(&url).await.expect("the database");
        sqlx::query(statement).execute(&mut database).await.expect("a statement");
    };
    let states = async || -> Vec<String> {
        let mut database = SqliteConnection::connect(&url).await.expect("the database");
        sqlx::query_scalar("SELECT state FROM mail ORDER BY id").fetch_all(&mut database).await.expect("states")
    };
    let smtp_url = sink.url();
    let start = async || {
        let mut command = Command::new(binary());
        command.env("ATELIER_SMTP_URL", &smtp_url);
        Server::start_at(free_address(), &url, &mut command).await
    };

    // The mail server takes the mail whole, and has not said so when our server dies.
    execute("UPDATE mail SET next_at = 0").await;
    sink.set("hold").await;
    let mut server = start().await;
    sink.wait_to(zoe.email(), 2).await;
    server.kill();
    assert_eq!(states().await, ["sent", "sending"], "that it was being handed over is known");

    // The next one waits until whoever did it is surely gone.
    sink.set("accept").await;
    let mut server = start().await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(states().await, ["sent", "sending"]);
    execute("UPDATE mail SET lease_until = 1 WHERE state = 'sending'").await;
    let began = Instant::now();
    while states().await != ["sent", "unsure"] {
        assert!(began.elapsed() < Duration::from_secs(30), "{:?}", states().await);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    tokio::time::sleep(Duration::from_secs(2)).await;
    server.kill();
    assert_eq!(sink.to(zoe.email()).len(), 2, "one about the address, one decision");
}

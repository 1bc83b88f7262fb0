//! Mail, against a real mail server: who is told what, once, and nobody else; and how it stops.

mod broken;
mod links;

use std::time::{Duration, Instant};

use http::StatusCode;
use serde_json::json;
use server::{
    config::{Config, MailSettings},
    domain::{
        mail::{Delivery, digests::queue_due},
        now,
    },
    jobs::inbox::deliver_all,
};
use shared::{
    Locale, Role,
    api::{AddressState, BoardView, Code, IdeaView, MailChoices, MailState, MailView, Outbox, SignUp},
};
use tests::{
    app::{App, Client, HOST, PASSWORD},
    mail::Sink,
};

const DAY: i64 = 24 * 60 * 60 * 1000;

/// Declares tests that run on SQLite and on PostgreSQL, with a workspace whose mail goes to a mail server of the test.
macro_rules! with_mail {
    ($($name:ident($app:ident, $sink:ident) $body:block)*) => {
        mod on_sqlite {
            use super::*;
            $(#[tokio::test] async fn $name() {
                #[allow(unused_mut, reason = "not each test changes how mail is taken")]
                let Some(mut $sink) = Sink::start().await else { return };
                let $app = App::configured(mailing(&$sink)).await;
                $body
            })*
        }

        mod on_postgres {
            use super::*;
            $(#[tokio::test] async fn $name() {
                #[allow(unused_mut, reason = "not each test changes how mail is taken")]
                let Some(mut $sink) = Sink::start().await else { return };
                let Some($app) = App::configured_on_postgres(mailing(&$sink)).await else { return };
                $body
            })*
        }
    };
}
pub(crate) use with_mail;

/// Mail goes to this server.
pub fn mailing(sink: &Sink) -> impl FnOnce(&mut Config) + use<> {
    let url = sink.url().parse().expect("a mail server");
    move |config| {
        config.mail = MailSettings { smtp_url: Some(url), mail_from: "ideas@fournil.example".parse().ok() };
        config.public_url = format!("http://{HOST}").parse().ok();
    }
}

/// Somebody who confirmed their address, with what their link led to.
pub async fn confirmed(app: &App, sink: &Sink, role: Role) -> Client {
    let who = app.person(role).await;
    let asked: MailChoices = who.post("/api/v1/me/mail/confirmation", &json!(null)).await.ok();
    assert_eq!(asked.address, AddressState::Asked);
    let path = sink.wait_to(who.email(), 1).await[0].path("/mail/confirm/");
    app.visitor().post(&path, &json!(null)).await.nothing(StatusCode::OK);
    who
}

/// A board of the owner's and an idea on it by somebody.
pub async fn idea(owner: &Client, author: &Client) -> (BoardView, IdeaView) {
    let new = json!({"title": "Pains", "purpose": "", "audience": "public", "editing": "everyone"});
    let board: BoardView = owner.post("/api/v1/boards", &new).await.created();
    let path = format!("/api/v1/boards/{}/ideas", board.slug);
    let idea = author.post(&path, &json!({"title": "Pain d’épices"})).await.created();
    (board, idea)
}

pub async fn say(who: &Client, idea: &IdeaView, kind: &str, body: &str) {
    let path = format!("/api/v1/ideas/{}/comments", idea.card.number);
    who.post(&path, &json!({"kind": kind, "body": body})).await.nothing(StatusCode::CREATED);
}

pub async fn move_to(who: &Client, board: &BoardView, idea: &IdeaView, stage: usize, reason: &str) {
    let request = json!({"stage": board.stages[stage].id, "reason": reason});
    who.put(&format!("/api/v1/ideas/{}/stage", idea.card.number), &request).await.nothing(StatusCode::OK);
}

/// Waits until no mail is under way.
pub async fn settled(app: &App) {
    let began = Instant::now();
    while app.number("SELECT count(*) FROM mail WHERE state IN ('waiting', 'sending')").await > 0 {
        assert!(began.elapsed() < Duration::from_secs(30), "mails are still under way");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

pub async fn outbox(owner: &Client, query: &str) -> Outbox {
    owner.get(&format!("/api/v1/outbox?limit=100{query}")).await.ok()
}

/// Tells everybody what happened, and queues the digests of a moment.
async fn digest(app: &App, at: i64) -> u32 {
    while app.number("SELECT count(*) FROM happening WHERE done_at IS NULL").await > 0 {
        deliver_all(&app.atelier.hub).await.expect("delivered");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let queued = queue_due(&app.atelier.db, Delivery::Sent, at).await.expect("queued");
    // The clock of the test may be ahead of that of who sends them.
    app.execute("UPDATE mail SET next_at = 0 WHERE kind = 'digest'").await;
    queued
}

/// The next Monday, a little after the digests of that morning, in UTC.
fn next_monday() -> i64 {
    // 5 January 1970 was one.
    let monday = 4 * DAY;
    let week = 7 * DAY;
    monday + (now() - monday).div_euclid(week) * week + week + 8 * 3_600_000 + 5 * 60_000
}

with_mail! {
    a_decision_is_sent_to_the_author_in_their_language_and_to_nobody_else(app, sink) {
        let owner = confirmed(&app, &sink, Role::Owner).await;
        let (zoe, ali) = (confirmed(&app, &sink, Role::Customer).await, confirmed(&app, &sink, Role::Customer).await);
        zoe.patch("/api/v1/me", &json!({"locale": "fr", "name": "Zoé Ünal"})).await.nothing(StatusCode::OK);
        let (_, idea) = idea(&owner, &zoe).await;
        ali.put(&format!("/api/v1/ideas/{}/vote", idea.card.number), &json!(null)).await.nothing(StatusCode::OK);
        say(&owner, &idea, "comment", "Miam").await;
        say(&owner, &idea, "note", "Entre nous").await;
        say(&owner, &idea, "answer", "Oui, **dès lundi** <b>!</b>").await;
        let mail = sink.wait_to(zoe.email(), 2).await.remove(1);
        assert_eq!(mail.subject(), "Votre idée «\u{a0}Pain d’épices\u{a0}» a reçu une réponse");
        assert_eq!((mail.kind.as_str(), mail.sender.as_str()), ("multipart/alternative", "ideas@fournil.example"));
        for form in [&mail.text, &mail.html] {
            assert!(form.contains("Oui, dès lundi") && form.contains(&format!("http://{HOST}/i/{}/", idea.card.number)), "{form}");
            assert!(form.contains("Bonjour Zoé Ünal") && !form.contains("Entre nous"), "{form}");
        }
        assert!(!mail.html.contains("<b>!"), "{}", mail.html);
        assert_eq!(mail.header("content-language"), Some("fr"));
        assert_eq!(mail.header("auto-submitted"), Some("auto-generated"));
        assert_eq!(mail.header("list-unsubscribe-post"), Some("List-Unsubscribe=One-Click"));
        assert!(mail.header("list-unsubscribe").is_some_and(|link| link.starts_with(&format!("<http://{HOST}/mail/off/"))));
        assert!(mail.header("from").is_some_and(|from| from.contains("Le Fournil")), "{:?}", mail.head);
        settled(&app).await;
        let sent = &outbox(&owner, "&state=sent").await.items[0];
        assert_eq!(mail.header("message-id"), Some(format!("<{}@fournil.example>", sent.id).as_str()));
        assert_eq!((sink.to(zoe.email()).len(), sink.to(ali.email()).len(), sink.to(owner.email()).len()), (2, 1, 1));
    }

    who_decides_about_their_own_idea_or_is_suspended_is_sent_nothing(app, sink) {
        let owner = confirmed(&app, &sink, Role::Owner).await;
        let zoe = confirmed(&app, &sink, Role::Customer).await;
        let (board, own) = idea(&owner, &owner).await;
        move_to(&owner, &board, &own, 1, "").await;
        let path = format!("/api/v1/boards/{}/ideas", board.slug);
        let of_zoe: IdeaView = zoe.post(&path, &json!({"title": "Flan"})).await.created();
        let suspension = format!("/api/v1/people/{}/suspension", zoe.person().id);
        owner.put(&suspension, &json!({"words": "Assez."})).await.nothing(StatusCode::NO_CONTENT);
        move_to(&owner, &board, &of_zoe, 1, "").await;
        settled(&app).await;
        assert_eq!((sink.to(owner.email()).len(), sink.to(zoe.email()).len()), (1, 1));
    }

    a_weekly_digest_tells_what_one_may_see_once_and_no_decision_again(app, sink) {
        let owner = confirmed(&app, &sink, Role::Owner).await;
        let (zoe, ali) = (confirmed(&app, &sink, Role::Customer).await, confirmed(&app, &sink, Role::Customer).await);
        for who in [&zoe, &ali] {
            who.patch("/api/v1/me", &json!({"locale": "fr"})).await.nothing(StatusCode::OK);
            let weekly = json!({"decisions": true, "digest": "weekly", "chosen_in": "inbox"});
            let chosen: MailChoices = who.put("/api/v1/me/mail", &weekly).await.ok();
            assert!(chosen.chosen_at.is_some());
        }
        let (board, idea) = idea(&owner, &zoe).await;
        ali.put(&format!("/api/v1/ideas/{}/vote", idea.card.number), &json!(null)).await.nothing(StatusCode::OK);
        move_to(&owner, &board, &idea, 2, "On a goûté.").await;
        let updates = format!("/api/v1/ideas/{}/updates", idea.card.number);
        for (body, published) in [("Le four chauffe.", true), ("Secret de fabrication.", false)] {
            let update = json!({"body": body, "staff": !published});
            owner.post(&updates, &update).await.nothing(StatusCode::CREATED);
        }
        sink.wait_to(zoe.email(), 2).await;
        assert_eq!(digest(&app, now()).await, 0, "the week is not over");
        let monday = next_monday();
        // What was told until now is of the week; the clock of the test is ahead.
        assert_eq!(digest(&app, monday).await, 2);
        assert_eq!(digest(&app, monday + DAY).await, 0, "it was told");
        let to_ali = sink.wait_to(ali.email(), 2).await.remove(1);
        assert!(to_ali.subject().contains("2 nouvelles"), "{}", to_ali.subject());
        assert_eq!(to_ali.header("precedence"), Some("bulk"));
        for form in [&to_ali.text, &to_ali.html] {
            assert!(form.contains("Le four chauffe.") && form.contains("On a goûté."), "{form}");
            assert!(!form.contains("Secret"), "{form}");
        }
        // Zoé was sent the move as a decision; the digest tells the rest.
        let to_zoe = sink.wait_to(zoe.email(), 3).await;
        let [decision, weekly] = [&to_zoe[1], &to_zoe[2]];
        assert!(decision.text.contains("On a goûté.") && !decision.text.contains("Le four chauffe."), "{}", decision.text);
        assert!(weekly.text.contains("Le four chauffe.") && !weekly.text.contains("On a goûté."), "{}", weekly.text);
        settled(&app).await;
        assert_eq!(digest(&app, monday + 7 * DAY).await, 0, "nothing new, no mail");
        assert!(sink.received().iter().all(|mail| !mail.text.contains("Secret") && !mail.html.contains("Secret")));
        assert_eq!(sink.to(ali.email()).len(), 2);
    }

    a_daily_digest_leaves_out_what_was_read(app, sink) {
        let owner = confirmed(&app, &sink, Role::Owner).await;
        let zoe = app.person(Role::Customer).await;
        let ali = confirmed(&app, &sink, Role::Customer).await;
        let daily = json!({"decisions": true, "digest": "daily", "chosen_in": "settings"});
        ali.put("/api/v1/me/mail", &daily).await.nothing(StatusCode::OK);
        let (board, idea) = idea(&owner, &zoe).await;
        ali.put(&format!("/api/v1/ideas/{}/follow", idea.card.number), &json!(null)).await.nothing(StatusCode::NO_CONTENT);
        move_to(&owner, &board, &idea, 1, "").await;
        digest(&app, now()).await;
        ali.post("/api/v1/inbox/read", &json!({})).await.nothing(StatusCode::OK);
        assert_eq!(digest(&app, now() + 2 * DAY).await, 0);
        move_to(&owner, &board, &idea, 2, "").await;
        // Until when was told lies ahead of what happens now, in this test only.
        app.execute("UPDATE mail_choice SET digest_to = 0").await;
        assert_eq!(digest(&app, now() + 3 * DAY).await, 1);
        let mail = sink.wait_to(ali.email(), 2).await.remove(1);
        assert!(mail.subject().contains("Le Fournil: news"), "{}", mail.subject());
    }

    what_one_may_no_longer_see_is_not_sent(app, sink) {
        let owner = app.person(Role::Owner).await;
        let zoe = confirmed(&app, &sink, Role::Customer).await;
        let (board, idea) = idea(&owner, &zoe).await;
        sink.set("later").await;
        move_to(&owner, &board, &idea, 1, "Le four est libre.").await;
        while sink.refused() == 0 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let path = format!("/api/v1/boards/{}", board.slug);
        owner.patch(&path, &json!({"audience": "staff"})).await.nothing(StatusCode::OK);
        sink.set("accept").await;
        app.execute("UPDATE mail SET next_at = 0").await;
        settled(&app).await;
        assert_eq!(outbox(&owner, "").await.items[0].state, MailState::Dropped);
        assert_eq!(sink.to(zoe.email()).len(), 1, "only the mail about the address");
    }

    a_new_account_is_asked_for_its_address_and_one_that_was_there_is_not(app, sink) {
        let sign_up = |weekly| SignUp {
            name: "Zoé".into(),
            email: "zoe@example.org".into(),
            password: PASSWORD.into(),
            invite: None,
            weekly,
            locale: Some(Locale::Fr),
        };
        app.visitor().post("/api/v1/accounts", &sign_up(true)).await.nothing(StatusCode::ACCEPTED);
        let mail = sink.wait_to("zoe@example.org", 1).await.remove(0);
        assert_eq!(mail.subject(), "Confirmez votre adresse pour Le Fournil");
        assert_eq!(mail.header("list-unsubscribe"), None);
        let mut zoe = app.visitor();
        zoe.sign_in("zoe@example.org", PASSWORD).await;
        let before: MailChoices = zoe.get("/api/v1/me/mail").await.ok();
        assert_eq!(before.digest, shared::api::Digest::Weekly);
        app.visitor().post("/api/v1/accounts", &sign_up(false)).await.nothing(StatusCode::ACCEPTED);
        settled(&app).await;
        let after: MailChoices = zoe.get("/api/v1/me/mail").await.ok();
        assert_eq!(after, before, "whoever signs up again changes nothing");
        assert_eq!(sink.to("zoe@example.org").len(), 1);
        assert_eq!(app.number("SELECT count(*) FROM mail").await, 1);
    }

    owners_read_the_outbox_in_pages_without_the_links_that_open_something(app, sink) {
        let owner = app.person(Role::Owner).await;
        let zoe = confirmed(&app, &sink, Role::Customer).await;
        let (board, idea) = idea(&owner, &zoe).await;
        for stage in [1, 2] {
            move_to(&owner, &board, &idea, stage, "").await;
        }
        sink.wait_to(zoe.email(), 3).await;
        settled(&app).await;
        let secrets: Vec<String> = sink.received().iter().flat_map(|mail| {
            let words = mail.text.split_whitespace().filter(|word| word.contains("/mail/"));
            words.filter_map(|word| word.rsplit('/').next()).map(str::to_owned).collect::<Vec<_>>()
        }).collect();
        assert_eq!(secrets.len(), 3);
        let mut seen = Vec::new();
        let mut after = String::new();
        loop {
            let page: Outbox = owner.get(&format!("/api/v1/outbox?limit=2{after}")).await.ok();
            assert!(page.sends);
            seen.extend(page.items);
            let Some(next) = page.next else { break };
            after = format!("&cursor={next}");
        }
        assert_eq!(seen, outbox(&owner, "").await.items);
        assert_eq!(seen.len(), 3);
        for head in seen {
            let answer = owner.get(&format!("/api/v1/outbox/{}", head.id)).await;
            let view: MailView = answer.ok();
            assert!(view.text.is_some_and(|text| text.contains("/mail/")));
            let whole = String::from_utf8_lossy(&answer.body).into_owned();
            assert!(secrets.iter().all(|secret| !whole.contains(secret.as_str())), "{whole}");
            owner.post(&format!("/api/v1/outbox/{}/again", head.id), &json!(null)).await.problem(Code::Conflict);
        }
        let masked = "SELECT count(*) FROM mail WHERE (text LIKE '%/mail/off/…%' AND html LIKE '%/mail/off/…%')
                      OR (text LIKE '%/mail/confirm/…%' AND html LIKE '%/mail/confirm/…%')";
        assert_eq!(app.number(masked).await, 3, "nor is any of them stored");
        owner.get("/api/v1/outbox?state=nonsense").await.problem(Code::BadRequest);
    }
}

#[tokio::test]
async fn without_a_mail_server_mails_are_kept_for_owners() {
    let app = App::new().await;
    let owner = app.person(Role::Owner).await;
    let zoe = app.person(Role::Customer).await;
    let choices: MailChoices = zoe.get("/api/v1/me/mail").await.ok();
    assert_eq!((choices.address, choices.decisions), (AddressState::Unused, true));
    zoe.post("/api/v1/me/mail/confirmation", &json!(null)).await.problem(Code::Conflict);
    let (board, idea) = idea(&owner, &zoe).await;
    move_to(&owner, &board, &idea, 2, "On a goûté.").await;
    settled(&app).await;
    let kept = outbox(&owner, "&state=kept").await;
    assert!(!kept.sends);
    let view: MailView = owner.get(&format!("/api/v1/outbox/{}", kept.items[0].id)).await.ok();
    assert!(view.text.is_some_and(|text| text.contains("On a goûté.")));
    assert_eq!((view.head.to.id, view.head.attempts), (zoe.person().id, 0));
    let again: MailView = owner.post(&format!("/api/v1/outbox/{}/again", view.head.id), &json!(null)).await.ok();
    assert_eq!(again.head.state, MailState::Waiting);
    settled(&app).await;
    assert_eq!(outbox(&owner, "&state=kept").await.items.len(), 1);
}

//! The links in mails, and what one chooses.

use http::{Method, StatusCode, header};
use serde_json::json;
use shared::{
    Role,
    api::{AddressState, Code, Digest, LinkKind, MailChoices, MailLink, MailState},
};
use tests::{
    app::{App, Client},
    mail::Sink,
};

use super::{confirmed, idea, mailing, move_to, outbox, settled, with_mail};

/// One click, as the server of somebody's mail program sends it: no cookie, and perhaps its own origin.
async fn one_click(who: &Client, path: &str, origin: Option<&str>) -> tests::app::Answer {
    let mut client = who.clone();
    (client.cookie, client.origin) = (None, origin.map(str::to_owned));
    let request = client.request(Method::POST, path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    client.send(request, "List-Unsubscribe=One-Click").await
}

/// The path of the link by which a mail stops, from its head.
fn off(mail: &tests::mail::Received) -> String {
    let link = mail.header("list-unsubscribe").expect("a link").trim_matches(['<', '>']).to_owned();
    link[link.find("/mail/off/").expect("a path")..].to_owned()
}

async fn choices(who: &Client) -> MailChoices {
    who.get("/api/v1/me/mail").await.ok()
}

with_mail! {
    one_click_ends_a_kind_of_mail_and_nothing_else(app, sink) {
        let owner = app.person(Role::Owner).await;
        let zoe = confirmed(&app, &sink, Role::Customer).await;
        let weekly = json!({"decisions": true, "digest": "weekly", "chosen_in": "settings"});
        zoe.put("/api/v1/me/mail", &weekly).await.nothing(StatusCode::OK);
        let (board, idea) = idea(&owner, &zoe).await;
        move_to(&owner, &board, &idea, 1, "").await;
        let mail = sink.wait_to(zoe.email(), 2).await.remove(1);
        let path = off(&mail);
        assert!(mail.text.contains(&path) && mail.html.contains(&path), "it stands in the mail itself as well");
        let stranger = app.visitor();
        for _ in 0..2 {
            // Programs that look for harm follow every link.
            let page = stranger.get(&path).await;
            page.nothing(StatusCode::OK);
            let html = String::from_utf8_lossy(&page.body).into_owned();
            assert!(html.contains("method=\"post\"") && html.contains(&path), "a plain form: {html}");
        }
        assert!(choices(&zoe).await.decisions, "following it changes nothing");
        for origin in [None, Some("https://mail.example"), None] {
            one_click(&stranger, &path, origin).await.nothing(StatusCode::OK);
            let now = choices(&zoe).await;
            assert_eq!((now.decisions, now.digest), (false, Digest::Weekly));
        }
        move_to(&owner, &board, &idea, 2, "").await;
        settled(&app).await;
        assert_eq!(sink.to(zoe.email()).len(), 2, "no more");
        assert_eq!(app.number("SELECT count(*) FROM mail_choice WHERE chosen_in = 'mail'").await, 1);
        let secret = path.rsplit('/').next().expect("a secret");
        let link: MailLink = stranger.get(&format!("/api/v1/mail/links/{secret}")).await.ok();
        assert_eq!((link.kind, link.done), (LinkKind::Decisions, true));
        // Who was sent the link can do nothing else with it.
        stranger.with_token(secret).get("/api/v1/me").await.problem(Code::SignIn);
        // And it is theirs to want them again.
        let all = json!({"decisions": true, "digest": "never", "chosen_in": "settings"});
        zoe.put("/api/v1/me/mail", &all).await.nothing(StatusCode::OK);
        move_to(&owner, &board, &idea, 3, "").await;
        sink.wait_to(zoe.email(), 3).await;
    }

    a_made_up_link_does_nothing(app, sink) {
        let zoe = confirmed(&app, &sink, Role::Customer).await;
        let stranger = app.visitor();
        for secret in ["A".repeat(43), "short".into(), "%00".into()] {
            for place in ["/mail/off/", "/mail/confirm/"] {
                assert!(!one_click(&stranger, &format!("{place}{secret}"), None).await.status.is_success());
            }
        }
        stranger.post(&format!("/api/v1/mail/links/{}", "A".repeat(43)), &json!(null)).await.problem(Code::LinkExpired);
        assert!(choices(&zoe).await.decisions);
    }

    an_address_is_confirmed_by_its_own_page_only_and_asked_for_seldom(app, sink) {
        let owner = app.person(Role::Owner).await;
        let zoe = app.person(Role::Customer).await;
        let (board, idea) = idea(&owner, &zoe).await;
        move_to(&owner, &board, &idea, 1, "Le four est libre.").await;
        settled(&app).await;
        assert_eq!(outbox(&owner, "").await.items[0].state, MailState::Held);
        assert_eq!(sink.received().len(), 0, "nobody asked whether the address is hers");
        assert_eq!(choices(&zoe).await.address, AddressState::Unasked);
        let ask = "/api/v1/me/mail/confirmation";
        zoe.post(ask, &json!(null)).await.nothing(StatusCode::OK);
        let again = zoe.post(ask, &json!(null)).await;
        again.problem(Code::TooMany);
        assert!(again.headers.contains_key(header::RETRY_AFTER));
        let path = sink.wait_to(zoe.email(), 1).await[0].path("/mail/confirm/");
        let secret = path.rsplit('/').next().expect("a secret");
        app.visitor().get(&path).await.nothing(StatusCode::OK);
        assert_eq!(choices(&zoe).await.address, AddressState::Asked, "following it changes nothing");
        // The address that ends mails, which may be asked from anywhere, confirms nothing; nor does another site's page.
        one_click(&app.visitor(), &format!("/mail/off/{secret}"), None).await.nothing(StatusCode::OK);
        assert_eq!(choices(&zoe).await.address, AddressState::Asked);
        one_click(&app.visitor(), &path, Some("https://evil.example")).await.problem(Code::ForeignOrigin);
        assert_eq!(choices(&zoe).await.address, AddressState::Asked);
        app.visitor().post(&path, &json!(null)).await.nothing(StatusCode::OK);
        assert_eq!(choices(&zoe).await.address, AddressState::Confirmed);
        zoe.post(ask, &json!(null)).await.problem(Code::Conflict);
        let held = sink.wait_to(zoe.email(), 2).await.remove(1);
        assert!(held.text.contains("Le four est libre."), "what waited for it goes out: {}", held.text);
    }

    a_link_that_confirms_ends_and_is_replaced_by_the_next(app, sink) {
        let zoe = app.person(Role::Customer).await;
        let ask = "/api/v1/me/mail/confirmation";
        zoe.post(ask, &json!(null)).await.nothing(StatusCode::OK);
        let first = sink.wait_to(zoe.email(), 1).await[0].path("/mail/confirm/");
        app.execute("UPDATE mail_address SET asked_at = 0").await;
        zoe.post(ask, &json!(null)).await.nothing(StatusCode::OK);
        let second = sink.wait_to(zoe.email(), 2).await[1].path("/mail/confirm/");
        app.visitor().post(&first, &json!(null)).await.nothing(StatusCode::GONE);
        assert_eq!(choices(&zoe).await.address, AddressState::Asked);
        app.execute("UPDATE mail_address SET token_until = 1").await;
        app.visitor().post(&second, &json!(null)).await.nothing(StatusCode::GONE);
        assert_eq!(choices(&zoe).await.address, AddressState::Asked);
        settled(&app).await;
        assert_eq!(sink.received().len(), 2);
    }
}

//! Signing in and out: row 15 of what the product is held to.

use http::StatusCode;
use server::{
    domain::{access::AccessChange, password::Passwords},
    store::people,
};
use shared::{
    Role,
    api::{Code, Me, SessionView, SignIn},
};
use tests::{
    app::{Answer, App, Client, PASSWORD},
    on_each_database,
};

async fn attempt(client: &Client, email: &str, password: &str) -> Answer {
    client.post("/api/v1/session", &SignIn { email: email.into(), password: password.into() }).await
}

on_each_database! {
    somebody_signs_in_and_out(app) {
        let marie = app.person(Role::Customer).await;
        let me: Me = marie.get("/api/v1/me").await.ok();
        assert_eq!(me.person.as_ref(), Some(marie.person()));
        let session = me.session.expect("a session");

        let mut news = app.atelier.access_news.listen();
        let out = marie.delete("/api/v1/session").await;
        out.nothing(StatusCode::NO_CONTENT);
        assert!(out.set_cookie().is_some_and(|cookie| cookie.starts_with("atelier=; ") && cookie.contains("Max-Age=0")));
        assert_eq!(news.try_recv().ok(), Some(AccessChange::Session(session)));
        let me: Me = marie.get("/api/v1/me").await.ok();
        assert_eq!(me.person, None, "the old cookie opens nothing");
        marie.delete("/api/v1/session").await.nothing(StatusCode::NO_CONTENT);
    }

    signing_in_gives_a_new_session_and_ends_the_one_before(app) {
        let mut marie = app.person(Role::Customer).await;
        let (before, cookie) = (marie.get("/api/v1/me").await.ok::<Me>().session, marie.clone());
        let email = marie.email().to_owned();
        marie.sign_in(&email, PASSWORD).await;
        let after = marie.get("/api/v1/me").await.ok::<Me>().session;
        assert!(after.is_some() && after != before);
        assert_ne!(marie.cookie, cookie.cookie);
        assert_eq!(cookie.get("/api/v1/me").await.ok::<Me>().person, None);
        // A cookie that somebody else planted is not taken over.
        let planted = format!("atelier={}", "A".repeat(43));
        let mut victim = app.visitor();
        victim.cookie = Some(planted.clone());
        victim.sign_in(&email, PASSWORD).await;
        assert_ne!(victim.cookie.as_deref(), Some(planted.as_str()));
    }

    an_unknown_account_is_answered_like_a_wrong_password_with_the_same_work(app) {
        let (_, known) = app.account(Role::Customer).await;
        let mut answers = Vec::new();
        for email in [known.as_str(), "nobody@example.org"] {
            let before = app.atelier.passwords.done();
            let answer = attempt(&app.visitor(), email, "not the password").await;
            answer.problem(Code::BadCredentials);
            assert_eq!(answer.set_cookie(), None);
            let mut headers = answer.headers.clone();
            headers.remove("x-request-id");
            answers.push((headers, answer.body.clone(), app.atelier.passwords.done() - before));
        }
        assert_eq!(answers[0], answers[1]);
        assert_eq!(answers[0].2, 1, "one password was verified");
    }

    sessions_are_listed_and_ended_by_their_owner_only(app) {
        let marie = app.person(Role::Customer).await;
        let mut phone = app.visitor();
        phone.sign_in(marie.email(), PASSWORD).await;
        let paul = app.person(Role::Owner).await;

        let sessions: Vec<SessionView> = marie.get("/api/v1/sessions").await.ok();
        assert_eq!(sessions.iter().map(|session| session.current).filter(|current| *current).count(), 1);
        assert_eq!(sessions.len(), 2);
        let other = sessions.iter().find(|session| !session.current).expect("the phone's");
        let path = format!("/api/v1/sessions/{}", other.id);
        paul.delete(&path).await.problem(Code::NotFound);
        app.visitor().delete(&path).await.problem(Code::SignIn);
        assert!(phone.get("/api/v1/me").await.ok::<Me>().person.is_some());

        let mut news = app.atelier.access_news.listen();
        marie.delete(&path).await.nothing(StatusCode::NO_CONTENT);
        assert_eq!(news.try_recv().ok(), Some(AccessChange::Session(other.id)));
        assert_eq!(phone.get("/api/v1/me").await.ok::<Me>().person, None);
        marie.delete(&path).await.problem(Code::NotFound);
    }

    a_session_ends_when_it_is_not_used(app) {
        let marie = app.person(Role::Customer).await;
        app.execute("UPDATE session SET expires_at = 1").await;
        assert_eq!(marie.get("/api/v1/me").await.ok::<Me>().person, None);
        marie.get("/api/v1/sessions").await.problem(Code::SignIn);
    }

    use_is_noted_and_prolongs_a_session_within_its_whole_time(app) {
        let marie = app.person(Role::Customer).await;
        let day = 24 * 60 * 60 * 1000;
        app.execute("UPDATE session SET seen_at = seen_at - 600000, expires_at = expires_at - 600000").await;
        assert!(marie.get("/api/v1/me").await.ok::<Me>().person.is_some());
        let seen: Vec<SessionView> = marie.get("/api/v1/sessions").await.ok();
        assert!(seen[0].seen_at >= seen[0].created_at);
        let ends = app.number("SELECT expires_at - seen_at FROM session").await;
        assert_eq!(ends, 30 * day);
        // 80 days later, 10 are left.
        app.execute("UPDATE session SET created_at = created_at - 6912000000, seen_at = seen_at - 600000").await;
        assert!(marie.get("/api/v1/me").await.ok::<Me>().person.is_some());
        let whole = app.number("SELECT expires_at - created_at FROM session").await;
        assert_eq!(whole, 90 * day);
    }
}

#[tokio::test]
async fn the_cookie_is_for_the_server_alone() {
    let app = App::new().await;
    let (_, email) = app.account(Role::Customer).await;
    let answer = attempt(&app.visitor(), &email, PASSWORD).await;
    let cookie = answer.set_cookie().expect("a cookie");
    let (pair, attributes) = cookie.split_once("; ").expect("attributes");
    let (name, secret) = pair.split_once('=').expect("a value");
    assert_eq!(name, "atelier");
    assert_eq!(secret.len(), 43, "256 bits in base64");
    assert_eq!(attributes, "Path=/; Max-Age=7776000; HttpOnly; SameSite=Lax");

    let app = App::configured(|config| config.public_url = "https://atelier.test".parse().ok()).await;
    let (_, email) = app.account(Role::Customer).await;
    let mut visitor = app.visitor();
    visitor.origin = Some("https://atelier.test".into());
    let answer = attempt(&visitor, &email, PASSWORD).await;
    let cookie = answer.set_cookie().expect("a cookie");
    assert!(cookie.starts_with("__Host-atelier="), "{cookie}");
    assert!(cookie.ends_with("; Path=/; Max-Age=7776000; HttpOnly; SameSite=Lax; Secure"), "{cookie}");
    assert!(!cookie.contains("Domain"), "{cookie}");
    visitor.keep_session(&answer);
    assert!(visitor.get("/api/v1/me").await.ok::<Me>().person.is_some());
}

#[tokio::test]
async fn secrets_are_stored_as_hashes() {
    let app = App::new().await;
    let marie = app.person(Role::Customer).await;
    let secret = marie.cookie.as_deref().and_then(|cookie| cookie.split_once('=')).expect("a cookie").1;
    app.execute("PRAGMA wal_checkpoint(TRUNCATE)").await;
    let stored = app.file("atelier.db").await;
    assert!(!contains(&stored, secret.as_bytes()));
    assert!(!contains(&stored, PASSWORD.as_bytes()));
    assert!(contains(&stored, b"$argon2id$"));
}

fn contains(bytes: &[u8], sought: &[u8]) -> bool {
    bytes.windows(sought.len()).any(|window| window == sought)
}

#[tokio::test]
async fn after_five_failures_an_account_waits_whoever_asks() {
    let app = App::new().await;
    for email in [app.account(Role::Customer).await.1, "nobody@example.org".to_owned()] {
        for _ in 0..5 {
            attempt(&app.visitor(), &email, "not the password").await.problem(Code::BadCredentials);
        }
        let hashed = app.atelier.passwords.done();
        let answer = attempt(&app.visitor(), &email, PASSWORD).await;
        answer.problem(Code::TooMany);
        let wait: u64 = answer.headers["retry-after"].to_str().expect("text").parse().expect("seconds");
        assert!((290..=300).contains(&wait), "{wait}");
        assert_eq!(app.atelier.passwords.done(), hashed, "no more work is done for it");
    }
    // Others are not touched.
    let (_, other) = app.account(Role::Customer).await;
    attempt(&app.visitor(), &other, PASSWORD).await.nothing(StatusCode::OK);
}

#[tokio::test]
async fn after_five_failures_an_address_waits_for_every_account() {
    let app = App::new().await;
    let (_, email) = app.account(Role::Customer).await;
    let guesser = app.visitor();
    for n in 0..5 {
        attempt(&guesser, &format!("{n}@example.org"), "not the password").await.problem(Code::BadCredentials);
    }
    attempt(&guesser, &email, PASSWORD).await.problem(Code::TooMany);
    attempt(&app.visitor(), &email, PASSWORD).await.nothing(StatusCode::OK);
}

#[tokio::test]
async fn a_hundred_attempts_at_once_are_few() {
    let app = App::new().await;
    let (_, email) = app.account(Role::Customer).await;
    let attempts = (0..100).map(|_| {
        let (client, email) = (app.visitor(), email.clone());
        tokio::spawn(async move { attempt(&client, &email, "not the password").await.status })
    });
    let mut tried = 0;
    for answer in attempts.collect::<Vec<_>>() {
        tried += usize::from(answer.await.expect("an answer") == StatusCode::UNAUTHORIZED);
    }
    let cores = std::thread::available_parallelism().map_or(1, Into::into);
    assert!((5..5 + cores).contains(&tried), "{tried}");
}

#[tokio::test]
async fn success_starts_the_account_afresh() {
    let app = App::new().await;
    let (_, email) = app.account(Role::Customer).await;
    for _ in 0..3 {
        for _ in 0..4 {
            attempt(&app.visitor(), &email, "not the password").await.problem(Code::BadCredentials);
        }
        attempt(&app.visitor(), &email, PASSWORD).await.nothing(StatusCode::OK);
    }
}

#[tokio::test]
async fn a_password_is_hashed_anew_when_the_cost_has_changed() {
    let app = App::new().await;
    let (_, email) = app.account(Role::Customer).await;
    let stale = Passwords::new(16, 1).expect("a hasher").turn().await.expect("a turn");
    let hash = stale.hash(PASSWORD.into()).await.expect("a hash");
    let mut tx = app.atelier.db.write().await.expect("a transaction");
    let id = people::account_by_email(&mut tx, &email).await.expect("a database").expect("an account").person.id;
    people::set_password(&mut tx, id, &hash).await.expect("a database");
    tx.commit().await.expect("committed");

    for hashings in [2, 1] {
        let before = app.atelier.passwords.done();
        attempt(&app.visitor(), &email, PASSWORD).await.nothing(StatusCode::OK);
        assert_eq!(app.atelier.passwords.done() - before, hashings);
    }
}

#[tokio::test]
async fn an_address_that_signs_in_without_end_is_stopped() {
    let app = App::new().await;
    let (_, email) = app.account(Role::Customer).await;
    let client = app.visitor();
    let mut answers = Vec::new();
    for _ in 0..110 {
        answers.push(attempt(&client, &email, PASSWORD).await.status);
    }
    assert_eq!(answers[..100], [StatusCode::OK; 100]);
    assert!(answers.contains(&StatusCode::TOO_MANY_REQUESTS));
}

#[tokio::test]
async fn nobody_escapes_the_count_by_what_they_say_of_their_address() {
    for (proxies, escapes) in [(0, false), (1, false), (2, true)] {
        // Two proxies are trusted where one stands: then the visitor's own words are believed.
        let app = App::configured(|config| config.trust_proxy = proxies).await;
        let client = app.visitor();
        let mut stopped = false;
        for n in 0..6 {
            let body = serde_json::json!({"email": format!("{n}@example.org"), "password": "not the password"});
            let request = client
                .request(http::Method::POST, "/api/v1/session")
                .header("content-type", "application/json")
                .header("x-forwarded-for", format!("198.51.100.{n}, 203.0.113.7"));
            stopped = client.send(request, body.to_string()).await.status == StatusCode::TOO_MANY_REQUESTS;
        }
        assert_eq!(!stopped, escapes, "{proxies} proxies");
    }
}

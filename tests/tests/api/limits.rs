//! Every way of writing has a limit: an address of the API that changes something and has none fails here.

use std::{collections::BTreeMap, num::NonZeroU32};

use http::{Method, header};
use serde_json::json;
use server::http::limits::Writing;
use shared::{Role, api::Code};
use tests::app::{Answer, App, Client};

use crate::openapi::{document, operations};

/// Addresses that visitors change something at: how many of one address are answered at once, of what.
const BY_ADDRESS: [(&str, &str, usize); 4] = [
    (
        "POST /setup",
        r#"{"token":"t","workspace":"W","name":"N","email":"n@example.org","password":"une baguette"}"#,
        10,
    ),
    ("POST /accounts", r#"{"name":"N","email":"n@example.org","password":"court"}"#, 20),
    ("POST /session", r#"{"email":"nobody@example.org","password":""}"#, 100),
    ("POST /mail/links/{secret}", "", 60),
];

/// Addresses that, besides the limit of all, have one of their own: which, and a request.
const BY_PERSON: [(&str, Writing, &str); 14] = [
    ("POST /boards/{slug}/ideas", Writing::Idea, r#"{"title":"T"}"#),
    ("POST /ideas/{number}/comments", Writing::Comment, r#"{"body":"B"}"#),
    ("PATCH /comments/{id}", Writing::Comment, r#"{"body":"B"}"#),
    ("PUT /comments/{id}/reactions/{kind}", Writing::Reaction, ""),
    ("DELETE /comments/{id}/reactions/{kind}", Writing::Reaction, ""),
    ("PUT /ideas/{number}/vote", Writing::Vote, ""),
    ("DELETE /ideas/{number}/vote", Writing::Vote, ""),
    ("PUT /ideas/{number}/follow", Writing::Vote, ""),
    ("DELETE /ideas/{number}/follow", Writing::Vote, ""),
    (
        "POST /reports",
        Writing::Report,
        r#"{"subject":{"kind":"idea","id":"0190163d-8694-739b-aea5-966c26f8ad91"},"reason":"spam"}"#,
    ),
    ("POST /boards", Writing::Make, r#"{"title":"T","audience":"public","editing":"staff"}"#),
    ("POST /invites", Writing::Make, r#"{"role":"customer"}"#),
    ("POST /tokens", Writing::Make, r#"{"name":"N"}"#),
    ("POST /me/password", Writing::Anything, r#"{"current":"a","new":"b"}"#),
];

/// An address of this operation, whatever stands there.
fn address(path: &str) -> String {
    let id = uuid::Uuid::nil().to_string();
    let document = shared::DocumentId([7; 16]).to_string();
    let known: BTreeMap<&str, &str> =
        BTreeMap::from([("slug", "x"), ("number", "1"), ("kind", "agree"), ("handle", "x"), ("document", &document)]);
    let piece = |piece: &str| match piece.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
        Some(name) => known.get(name).copied().unwrap_or(&id).to_owned(),
        None => piece.to_owned(),
    };
    format!("/api/v1{}", path.split('/').map(piece).collect::<Vec<_>>().join("/"))
}

async fn ask(who: &Client, operation: &str, body: &'static str) -> Answer {
    let (method, path) = operation.split_once(' ').expect("a method and a path");
    let method: Method = method.parse().expect("a method");
    let request = who.request(method, &address(path)).header(header::CONTENT_TYPE, "application/json");
    who.send(request, body).await
}

#[track_caller]
fn waits(operation: &str, answer: &Answer) {
    answer.problem(Code::TooMany);
    let wait = answer.headers.get(header::RETRY_AFTER).and_then(|wait| wait.to_str().ok()?.parse::<u64>().ok());
    assert!(wait.is_some_and(|wait| (1..=300).contains(&wait)), "{operation}: {wait:?}");
}

async fn usual() -> App {
    App::configured(|config| config.write_limits = NonZeroU32::MIN).await
}

/// Uses up what a person may do of this.
fn exhaust(app: &App, what: Writing, who: &Client) {
    while app.atelier.writing.count(what, who.person().id).is_ok() {}
}

#[tokio::test]
async fn whoever_writes_without_end_waits_at_every_address() {
    let app = usual().await;
    let mut writes = 0;
    for (method, path, operation) in operations(&document().await) {
        if method == "GET" {
            continue;
        }
        writes += 1;
        let name = format!("{method} {path}");
        assert!(operation["responses"].get("429").is_some(), "{name} does not say 429");
        let who = app.person(Role::Owner).await;
        exhaust(&app, Writing::Anything, &who);
        let answer = ask(&who, &name, "{}").await;
        if BY_ADDRESS.iter().any(|(limited, ..)| *limited == name) && path != "/session" {
            continue;
        }
        waits(&name, &answer);
    }
    assert!(writes > 25, "only {writes} ways of writing were found");
}

#[tokio::test]
async fn what_costs_more_has_a_limit_of_its_own() {
    let app = usual().await;
    for (operation, what, body) in BY_PERSON {
        let who = app.person(Role::Owner).await;
        exhaust(&app, what, &who);
        waits(operation, &ask(&who, operation, body).await);
        // What others do is not touched.
        let other = ask(&app.person(Role::Owner).await, operation, body).await;
        assert_ne!(other.status, http::StatusCode::TOO_MANY_REQUESTS, "{operation}");
    }
}

#[tokio::test]
async fn visitors_are_counted_by_their_address() {
    let app = usual().await;
    for (operation, body, at_once) in BY_ADDRESS {
        let who = app.visitor();
        let mut stopped = 0;
        while ask(&who, operation, body).await.status != http::StatusCode::TOO_MANY_REQUESTS {
            stopped += 1;
            assert!(stopped <= at_once + 5, "{operation} goes on and on");
        }
        assert!(stopped >= at_once, "{operation}: {stopped}");
        waits(operation, &ask(&who, operation, body).await);
    }
    // The others take nothing from a visitor.
    for (method, path, _) in operations(&document().await) {
        let name = format!("{method} {path}");
        if method == "GET" || name == "DELETE /session" || BY_ADDRESS.iter().any(|(limited, ..)| *limited == name) {
            continue;
        }
        let body = BY_PERSON.iter().find(|row| row.0 == name).map_or("{}", |row| row.2);
        let status = ask(&app.visitor(), &name, body).await.status.as_u16();
        assert!([400, 401, 404].contains(&status), "{name}: {status}");
    }
}

#[tokio::test]
async fn a_body_is_only_so_large_wherever_it_is_sent() {
    let app = App::new().await;
    let owner = app.person(Role::Owner).await;
    let large = json!({ "x": "x".repeat(1024 * 1024) }).to_string();
    let mut taken = 0;
    for (method, path, operation) in operations(&document().await) {
        if !operation["requestBody"]["content"]["application/json"].is_object() {
            continue;
        }
        taken += 1;
        let method: Method = method.parse().expect("a method");
        let request = owner.request(method, &address(&path)).header(header::CONTENT_TYPE, "application/json");
        owner.send(request, large.clone()).await.problem(Code::TooLarge);
    }
    assert!(taken > 12, "only {taken} take a body");
}

//! Input that is not what it should be: each a clear problem document, and nothing changed.

use http::{Method, header};
use serde_json::{Value, json};
use shared::{Role, api::Code, limits};
use tests::app::{App, Client};

/// The addresses that take a body, and a body that each would accept.
fn takes_bodies() -> Vec<(Method, &'static str, Value)> {
    let password = "une baguette bien cuite";
    vec![
        (
            Method::POST,
            "/api/v1/setup",
            json!({"token": "t", "workspace": "W", "name": "N", "email": "a@b.fr", "password": password}),
        ),
        (Method::POST, "/api/v1/accounts", json!({"name": "N", "email": "a@b.fr", "password": password})),
        (Method::POST, "/api/v1/session", json!({"email": "a@b.fr", "password": password})),
        (Method::PATCH, "/api/v1/me", json!({"name": "N"})),
        (Method::POST, "/api/v1/me/password", json!({"current": password, "new": password})),
        (Method::POST, "/api/v1/tokens", json!({"name": "N"})),
        (Method::POST, "/api/v1/invites", json!({"role": "customer"})),
        (Method::POST, "/api/v1/invites/accept", json!({"token": "t"})),
        (Method::PATCH, "/api/v1/people/0190b5a0-0000-7000-8000-000000000000", json!({"role": "customer"})),
        (Method::POST, "/api/v1/boards", json!({"title": "T", "audience": "public", "editing": "staff"})),
        (Method::PATCH, "/api/v1/boards/none", json!({"title": "T", "audience": "public"})),
        (Method::POST, "/api/v1/boards/none/ideas", json!({"title": "T", "pitch": "P", "body": "B"})),
        (Method::POST, "/api/v1/ideas/1/updates", json!({"body": "B"})),
        (Method::POST, "/api/v1/ideas/1/milestones", json!({"title": "T", "due_on": "2027-03-31"})),
        (Method::POST, "/api/v1/ideas/1/experiments", json!({"hypothesis": "H", "trial": "T", "measure": "M"})),
        (
            Method::PUT,
            "/api/v1/experiments/0190b5a0-0000-7000-8000-000000000000/conclusion",
            json!({"outcome": "kept", "result": "R", "reason": "B"}),
        ),
        (Method::PUT, "/api/v1/ideas/1/freeze", json!({"words": "W"})),
    ]
}

async fn send(
    client: &Client,
    method: &Method,
    path: &str,
    kind: &str,
    body: impl Into<axum::body::Body>,
) -> tests::app::Answer {
    client.send(client.request(method.clone(), path).header(header::CONTENT_TYPE, kind), body).await
}

#[tokio::test]
async fn what_is_not_the_json_expected_is_refused_everywhere() {
    let app = App::new().await;
    let owner = app.person(Role::Owner).await;
    let before = app.rows().await;
    const JSON: &str = "application/json";
    for (method, path, good) in takes_bodies() {
        let text = good.to_string();
        for broken in ["", "{", "null", "[]", "\"text\"", "{\"name\": \"a\",}", "\u{0}", &text[..text.len() - 1]] {
            send(&owner, &method, path, JSON, broken.to_owned()).await.problem(Code::BadJson);
        }
        send(&owner, &method, path, JSON, vec![b'{', 0xff, b'}']).await.problem(Code::BadJson);
        let deep = "[".repeat(100_000);
        send(&owner, &method, path, JSON, deep).await.problem(Code::BadJson);

        let fields = good.as_object().expect("an object");
        for (name, _) in fields {
            for wrong in [json!(7), json!([]), json!({}), json!(true)] {
                let mut body = fields.clone();
                body.insert(name.clone(), wrong);
                owner_sends(&owner, &method, path, &Value::Object(body)).await.problem(Code::BadJson);
            }
        }
        let mut body = fields.clone();
        body.insert("is_admin".into(), json!(true));
        let problem = owner_sends(&owner, &method, path, &Value::Object(body)).await.problem(Code::BadJson);
        assert!(problem.detail.contains("is_admin"), "{}", problem.detail);

        for kind in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""] {
            send(&owner, &method, path, kind, text.clone()).await.problem(Code::MediaType);
        }
        owner.send(owner.request(method.clone(), path), text).await.problem(Code::MediaType);

        let long = " ".repeat(limits::REQUEST + 1);
        send(&owner, &method, path, JSON, long).await.problem(Code::TooLarge);
    }
    assert_eq!(app.rows().await, before);
}

async fn owner_sends(owner: &Client, method: &Method, path: &str, body: &Value) -> tests::app::Answer {
    send(owner, method, path, "application/json; charset=utf-8", body.to_string()).await
}

#[tokio::test]
async fn texts_that_are_too_long_are_refused_where_they_are() {
    let app = App::new().await;
    let owner = app.person(Role::Owner).await;
    let before = app.rows().await;
    let long = "é".repeat(100_000);
    let password = "une baguette bien cuite";
    for (method, path, body, field) in [
        (Method::POST, "/api/v1/accounts", json!({"name": long, "email": "a@b.fr", "password": password}), "name"),
        (
            Method::POST,
            "/api/v1/accounts",
            json!({"name": "N", "email": format!("{long}@b.fr"), "password": password}),
            "email",
        ),
        (Method::POST, "/api/v1/accounts", json!({"name": "N", "email": "a@b.fr", "password": long}), "password"),
        (Method::POST, "/api/v1/session", json!({"email": "a@b.fr", "password": long}), "password"),
        (Method::PATCH, "/api/v1/me", json!({"name": long}), "name"),
        (Method::POST, "/api/v1/me/password", json!({"current": long, "new": password}), "current"),
        (Method::POST, "/api/v1/tokens", json!({"name": long}), "name"),
        (Method::POST, "/api/v1/invites", json!({"role": "customer", "board": long}), "board"),
    ] {
        owner_sends(&owner, &method, path, &body).await.invalid(&[field]);
    }
    assert_eq!(app.rows().await, before);
}

#[tokio::test]
async fn ids_that_are_none_or_unknown_are_told_apart_from_ours() {
    let app = App::new().await;
    let owner = app.person(Role::Owner).await;
    let before = app.rows().await;
    for (resource, method) in [
        ("sessions", Method::DELETE),
        ("tokens", Method::DELETE),
        ("invites", Method::DELETE),
        ("people", Method::PATCH),
    ] {
        for (id, code) in [
            ("0190b5a0-0000-7000-8000-000000000000", Code::NotFound),
            ("00000000-0000-0000-0000-000000000000", Code::NotFound),
            ("1", Code::BadRequest),
            ("%00", Code::BadRequest),
            ("%ff", Code::BadRequest),
            ("..%2f..%2fetc", Code::BadRequest),
            ("' OR 1=1 --", Code::BadRequest),
        ] {
            let path = format!("/api/v1/{resource}/{}", id.replace(' ', "%20"));
            owner_sends(&owner, &method, &path, &json!({"role": "customer"})).await.problem(code);
        }
    }
    assert_eq!(app.rows().await, before);
}

#[tokio::test]
async fn headers_that_make_no_sense_are_a_visitors() {
    let app = App::new().await;
    let visitor = app.visitor();
    for (name, value) in [
        ("cookie", "atelier"),
        ("cookie", "atelier="),
        ("cookie", "=; ;;;=; atelier=%00"),
        ("cookie", &format!("atelier={}", "a".repeat(8000))),
        ("authorization", "Basic Zm9vOmJhcg=="),
        ("authorization", "Bearer"),
        ("x-forwarded-for", "nonsense, 1.2.3.4.5"),
        ("user-agent", &"x".repeat(8000)),
    ] {
        let request = visitor.request(Method::GET, "/api/v1/me").header(name, value);
        let me: shared::api::Me = visitor.send(request, "").await.ok();
        assert_eq!(me.person, None, "{name}: {value}");
    }
}

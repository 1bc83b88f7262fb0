//! Row 9 of what the product is held to: another site's page does nothing in our visitor's name.

use axum::body::Body;
use http::{Method, StatusCode};
use shared::{
    Role,
    api::{Code, Me, TokenMade},
};
use tests::app::{App, Client, HOST};

async fn rename(client: &Client, headers: &[(&str, &str)]) -> tests::app::Answer {
    let mut client = client.clone();
    client.origin = None;
    let mut request = client.request(Method::PATCH, "/api/v1/me").header("content-type", "application/json");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    client.send(request, r#"{"name": "Changed"}"#).await
}

async fn name(client: &Client) -> String {
    client.get("/api/v1/me").await.ok::<Me>().person.map(|person| person.name).unwrap_or_default()
}

#[tokio::test]
async fn only_our_own_pages_change_something_with_a_cookie() {
    let app = App::new().await;
    let ours = format!("http://{HOST}");
    for (headers, allowed) in [
        (&[("origin", ours.as_str())][..], true),
        (&[("origin", "http://evil.example")], false),
        (&[("origin", "http://atelier.test.evil.example")], false),
        (&[("origin", "http://atelier.test:8080")], false),
        (&[("origin", "null")], false),
        (&[("origin", "")], false),
        (&[("origin", ours.as_str()), ("sec-fetch-site", "cross-site")], true),
        (&[("origin", "http://evil.example"), ("sec-fetch-site", "same-origin")], false),
        (&[("sec-fetch-site", "same-origin")], true),
        (&[("sec-fetch-site", "none")], true),
        (&[("sec-fetch-site", "same-site")], false),
        (&[("sec-fetch-site", "cross-site")], false),
        (&[], false),
    ] {
        let marie = app.person(Role::Customer).await;
        let answer = rename(&marie, headers).await;
        if allowed {
            answer.nothing(StatusCode::OK);
        } else {
            answer.problem(Code::ForeignOrigin);
        }
        assert_eq!(name(&marie).await == "Changed", allowed, "{headers:?}");
    }
}

#[tokio::test]
async fn every_method_that_changes_something_is_guarded() {
    let app = App::new().await;
    let mut marie = app.person(Role::Customer).await;
    marie.origin = Some("http://evil.example".into());
    for (method, path) in [
        (Method::POST, "/api/v1/tokens"),
        (Method::PUT, "/api/v1/me"),
        (Method::PATCH, "/api/v1/me"),
        (Method::DELETE, "/api/v1/session"),
        (Method::POST, "/api/v1/nowhere"),
    ] {
        marie.send(marie.request(method, path), Body::empty()).await.problem(Code::ForeignOrigin);
    }
    // Reading gives another site nothing: it does not see the answer.
    assert!(marie.get("/api/v1/me").await.ok::<Me>().person.is_some());
    // Nor can it sign our visitor in to an account of its own.
    let mut visitor = app.visitor();
    visitor.origin = Some("http://evil.example".into());
    visitor.post("/api/v1/session", &serde_json::json!({})).await.problem(Code::ForeignOrigin);
}

#[tokio::test]
async fn a_program_with_a_token_comes_from_anywhere() {
    let app = App::new().await;
    let marie = app.person(Role::Customer).await;
    let made: TokenMade = marie.post("/api/v1/tokens", &serde_json::json!({"name": "import"})).await.created();
    let program = marie.with_token(&made.secret);
    rename(&program, &[]).await.nothing(StatusCode::OK);
    rename(&program, &[("origin", "http://evil.example")]).await.nothing(StatusCode::OK);
}

#[tokio::test]
async fn with_a_public_address_only_that_one_is_ours() {
    let app = App::configured(|config| config.public_url = "https://ideas.example.org".parse().ok()).await;
    let (_, email) = app.account(Role::Customer).await;
    let mut marie = app.visitor();
    marie.origin = Some("https://ideas.example.org".into());
    marie.sign_in(&email, tests::app::PASSWORD).await;
    rename(&marie, &[("origin", "https://ideas.example.org")]).await.nothing(StatusCode::OK);
    for foreign in ["http://ideas.example.org", &format!("https://{HOST}"), &format!("http://{HOST}")] {
        rename(&marie, &[("origin", foreign)]).await.problem(Code::ForeignOrigin);
    }
}

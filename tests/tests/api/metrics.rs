//! Who may see the metrics: to everybody else the address does not exist.

use http::{Method, StatusCode, header};
use shared::{
    Role,
    api::{NewToken, TokenMade},
};
use tests::app::{App, Client};

async fn ask(client: &Client, path: &str) -> (StatusCode, Option<String>, String) {
    let answer = client.get(path).await;
    let kind = answer.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).map(str::to_owned);
    (answer.status, kind, String::from_utf8_lossy(&answer.body).into_owned())
}

/// What a page says.
fn said(page: &str) -> String {
    let main = page.split("<main").nth(1).and_then(|rest| rest.split("</main>").next()).unwrap_or_default();
    main.replace("/no-such-address", "/…").replace("/metrics", "/…")
}

/// Expects the same answer as for an address that never was.
async fn hidden_from(client: &Client) {
    let (status, kind, text) = ask(client, "/metrics").await;
    let unknown = ask(client, "/no-such-address").await;
    assert_eq!((status, kind), (unknown.0, unknown.1));
    assert!(status.is_client_error(), "{status}");
    assert!(!said(&text).is_empty() && said(&text) == said(&unknown.2), "{text}");
}

#[tokio::test]
async fn only_owners_and_the_collector_see_the_metrics() {
    const TOKEN: &str = "a secret of the collector";
    let app = App::configured(|config| config.metrics_token = Some(TOKEN.parse().expect("long enough"))).await;
    for role in Role::ANYONE {
        let client = app.somebody(role).await;
        if role == Some(Role::Owner) {
            let (status, kind, text) = ask(&client, "/metrics").await;
            assert_eq!(status, StatusCode::OK);
            assert_eq!(kind.as_deref(), Some("text/plain; version=0.0.4; charset=utf-8"));
            assert!(text.contains("\natelier_sockets_open 0\n") && text.contains("\natelier_rooms_open 0\n"), "{text}");
            assert!(text.contains("atelier_storage_rows{of=\"log\"} 0"), "{text}");
        } else {
            assert_eq!(ask(&client, "/metrics").await.0, StatusCode::NOT_FOUND);
            hidden_from(&client).await;
        }
    }
    let visitor = app.visitor();
    assert_eq!(ask(&visitor.with_token(TOKEN), "/metrics").await.0, StatusCode::OK);
    for wrong in ["a secret of the collectoR", "", "a"] {
        hidden_from(&visitor.with_token(wrong)).await;
    }
    // It opens nothing else.
    assert_eq!(ask(&visitor.with_token(TOKEN), "/api/v1/people").await.0, StatusCode::UNAUTHORIZED);

    for role in [Role::Owner, Role::Moderator] {
        let client = app.person(role).await;
        let made: TokenMade = client.post("/api/v1/tokens", &NewToken { name: "watch".into() }).await.created();
        let program = app.visitor().with_token(&made.secret);
        if role == Role::Owner {
            assert_eq!(ask(&program, "/metrics").await.0, StatusCode::OK);
        } else {
            hidden_from(&program).await;
        }
    }
    let posted = app.visitor().send(visitor.request(Method::POST, "/metrics"), "").await;
    let unknown = app.visitor().send(visitor.request(Method::POST, "/no-such-address"), "").await;
    assert_eq!(posted.status, unknown.status);
}

#[tokio::test]
async fn without_a_token_nobody_is_the_collector() {
    let app = App::new().await;
    for secret in ["", "None", "a secret of the collector"] {
        hidden_from(&app.visitor().with_token(secret)).await;
    }
}

//! What is logged tells no secrets.

use std::{
    io::Write,
    sync::{Arc, Mutex},
};

use http::Method;
use serde_json::json;
use shared::{
    Role,
    api::{FeedKeyMade, GuestLinkView, InviteMade, TokenMade},
};
use tests::app::{App, PASSWORD};

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("the lines").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn no_secret_is_logged() {
    let lines = Lines::default();
    let writer = lines.clone();
    let log = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::DEBUG)
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    let _logging = tracing::subscriber::set_default(log);

    let app = App::new().await;
    let owner = app.person(Role::Owner).await;
    let token: TokenMade = owner.post("/api/v1/tokens", &json!({"name": "import"})).await.created();
    let _ = owner.with_token(&token.secret).get("/api/v1/me").await;
    let invite: InviteMade = owner.post("/api/v1/invites", &json!({"role": "customer"})).await.created();
    let secret = invite.path.strip_prefix("/join/").expect("a link");
    let board = json!({"title": "Pains", "audience": "public", "editing": "everyone"});
    owner.post("/api/v1/boards", &board).await.nothing(http::StatusCode::CREATED);
    let guest: GuestLinkView = owner.post("/api/v1/boards/pains/canvas/guests", &json!({"hours": 1})).await.created();
    let guest = guest.path.expect("a link");
    let visitor = app.visitor();
    let _ = visitor.get(&guest).await;
    let _ = visitor.get(&format!("/api/v1/invites/preview/{secret}")).await;
    let setup = "S".repeat(43);
    for path in ["/join/", "/setup/", "/join/x?next=/join/"] {
        let _ = visitor.get(&format!("{path}{}", if path == "/setup/" { &setup } else { secret })).await;
    }
    let _ = visitor.get(&format!("/api/v1/me?access_token={}", token.secret)).await;
    let feed: FeedKeyMade = owner.post("/api/v1/me/feed-key", &json!(null)).await.created();
    for path in [&feed.news, &format!("/b/pains/feed.atom?lang=fr&key={}", feed.key)] {
        visitor.get(path).await.nothing(http::StatusCode::OK);
    }
    let _ = visitor.get(&format!("/i/77/feed.atom?key={}", feed.key)).await;
    let _ = visitor.send(visitor.request(Method::POST, &format!("/api/v1/invites/preview/{secret}")), "").await;
    app.execute("DROP TABLE session").await;
    let _ = owner.get("/api/v1/me").await;

    let logged = String::from_utf8_lossy(&lines.0.lock().expect("the lines")).into_owned();
    assert!(logged.contains("path=\"/api/v1/me\"") && logged.contains("a request failed"), "{logged}");
    let cookie = owner.cookie.as_deref().and_then(|cookie| cookie.split_once('=')).expect("a cookie").1;
    for (what, told) in [
        ("token", token.secret.as_str()),
        ("link", secret),
        ("guest's link", guest.trim_start_matches("/guest/")),
        ("set-up link", &setup),
        ("key of feeds", &feed.key),
        ("cookie", cookie),
        ("password", PASSWORD),
    ] {
        assert!(!logged.contains(told), "the {what} is in the log");
    }
}

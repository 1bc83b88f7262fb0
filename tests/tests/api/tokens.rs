//! Access tokens.

use http::StatusCode;
use serde_json::json;
use server::domain::access::AccessChange;
use shared::{
    Role,
    api::{Code, Me, TokenMade, TokenView},
};
use tests::{app::App, on_each_database};

on_each_database! {
    a_token_acts_with_its_owners_rights_until_it_is_revoked(app) {
        let marie = app.person(Role::Researcher).await;
        let made: TokenMade = marie.post("/api/v1/tokens", &json!({"name": " import "})).await.created();
        assert_eq!((made.token.name.as_str(), made.token.used_at, made.secret.len()), ("import", None, 43));

        let program = marie.with_token(&made.secret);
        let me: Me = program.get("/api/v1/me").await.ok();
        assert_eq!((me.person.as_ref(), me.session), (Some(marie.person()), None));
        // A program has no origin, and needs none.
        program.patch("/api/v1/me", &json!({"name": "Marie"})).await.nothing(StatusCode::OK);

        let tokens: Vec<TokenView> = marie.get("/api/v1/tokens").await.ok();
        assert_eq!(tokens.len(), 1);
        assert!(tokens[0].used_at.is_some());

        let path = format!("/api/v1/tokens/{}", made.token.id);
        app.person(Role::Owner).await.delete(&path).await.problem(Code::NotFound);
        app.visitor().delete(&path).await.problem(Code::SignIn);
        let mut news = app.atelier.access_news.listen();
        marie.delete(&path).await.nothing(StatusCode::NO_CONTENT);
        assert_eq!(news.try_recv().ok(), Some(AccessChange::Token(made.token.id)));
        program.get("/api/v1/me").await.problem(Code::SignIn);
        marie.delete(&path).await.problem(Code::NotFound);
        assert_eq!(marie.get("/api/v1/tokens").await.ok::<Vec<TokenView>>(), []);
    }
}

#[tokio::test]
async fn tokens_are_their_owners_alone() {
    let app = App::new().await;
    let marie = app.person(Role::Customer).await;
    let _: TokenMade = marie.post("/api/v1/tokens", &json!({"name": "import"})).await.created();
    let owner = app.person(Role::Owner).await;
    assert_eq!(owner.get("/api/v1/tokens").await.ok::<Vec<TokenView>>(), []);
    app.visitor().get("/api/v1/tokens").await.problem(Code::SignIn);
    app.visitor().post("/api/v1/tokens", &json!({"name": "import"})).await.problem(Code::SignIn);
}

#[tokio::test]
async fn a_token_that_is_none_is_refused_even_beside_a_valid_cookie() {
    let app = App::new().await;
    let mut marie = app.person(Role::Customer).await;
    for secret in ["", "guess", &"A".repeat(43), &"A".repeat(4000)] {
        marie.token = Some(secret.to_owned());
        let answer = marie.get("/api/v1/me").await;
        answer.problem(Code::SignIn);
        assert_eq!(answer.headers["www-authenticate"], "Bearer");
    }
    // A session's secret is no access token, nor the reverse.
    let cookie = marie.cookie.clone().expect("a cookie");
    marie.token = cookie.split_once('=').map(|(_, secret)| secret.to_owned());
    marie.get("/api/v1/me").await.problem(Code::SignIn);
    marie.token = None;
    let made: TokenMade = marie.post("/api/v1/tokens", &json!({"name": "import"})).await.created();
    marie.cookie = Some(format!("atelier={}", made.secret));
    assert_eq!(marie.get("/api/v1/me").await.ok::<Me>().person, None);
}

#[tokio::test]
async fn nobody_hoards_tokens() {
    let app = App::new().await;
    let marie = app.person(Role::Customer).await;
    for n in 0..50 {
        let _: TokenMade = marie.post("/api/v1/tokens", &json!({"name": format!("{n}")})).await.created();
    }
    marie.post("/api/v1/tokens", &json!({"name": "one more"})).await.problem(Code::Conflict);
    marie.post("/api/v1/tokens", &json!({"name": ""})).await.invalid(&["name"]);
}

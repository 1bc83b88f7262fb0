//! The set-up link: the first person becomes the owner, and nobody does so twice.

use http::StatusCode;
use serde_json::json;
use server::domain::workspace;
use shared::{
    Role,
    api::{Code, Me, Setup, SignUp},
};
use tests::app::{App, PASSWORD};

async fn link(app: &App) -> String {
    let secret = workspace::offer_setup(&app.atelier.db).await.expect("a database").expect("a workspace without owner");
    secret.expose().to_owned()
}

fn setup(token: &str, email: &str) -> Setup {
    Setup {
        token: token.into(),
        workspace: "  Le Fournil ".into(),
        name: "Marie Dupont".into(),
        email: email.into(),
        password: PASSWORD.into(),
        time_zone: Some("Europe/Paris".into()),
    }
}

async fn the_link_works_once(app: App) {
    let mut browser = app.visitor();
    let me: Me = browser.get("/api/v1/me").await.ok();
    assert!(me.workspace.waits_for_owner);

    let token = link(&app).await;
    let answer = browser.post("/api/v1/setup", &setup(&token, "Marie@Example.org")).await;
    browser.keep_session(&answer);
    let me: Me = answer.ok();
    assert_eq!(me.workspace.time_zone, "Europe/Paris");
    let person = me.person.expect("somebody signed in");
    assert_eq!(
        (person.role, person.name.as_str(), person.handle.as_str()),
        (Role::Owner, "Marie Dupont", "marie-dupont")
    );
    assert_eq!(me.email.as_deref(), Some("marie@example.org"));
    assert_eq!(me.workspace.name, "Le Fournil");
    assert!(!me.workspace.waits_for_owner);
    assert_eq!(browser.get("/api/v1/me").await.ok::<Me>().person, Some(person));

    let before = app.rows().await;
    let answer = app.visitor().post("/api/v1/setup", &setup(&token, "paul@example.org")).await;
    answer.problem(Code::LinkExpired);
    assert_eq!(answer.set_cookie(), None);
    assert_eq!(app.rows().await, before);
    assert!(workspace::offer_setup(&app.atelier.db).await.expect("a database").is_none());
}

#[tokio::test]
async fn the_link_works_once_on_sqlite() {
    the_link_works_once(App::empty(|_| {}).await).await;
}

#[tokio::test]
async fn the_link_works_once_on_postgres() {
    let Some(app) = App::empty_on_postgres().await else { return };
    the_link_works_once(app).await;
}

#[tokio::test]
async fn of_two_at_once_one_becomes_owner() {
    for app in [Some(App::empty(|_| {}).await), App::empty_on_postgres().await].into_iter().flatten() {
        let token = link(&app).await;
        let (a, b) = (app.visitor(), app.visitor());
        let (first, second) = (setup(&token, "a@example.org"), setup(&token, "b@example.org"));
        let (first, second) = tokio::join!(a.post("/api/v1/setup", &first), b.post("/api/v1/setup", &second));
        let mut statuses = [first.status, second.status];
        statuses.sort();
        assert_eq!(statuses, [StatusCode::OK, StatusCode::GONE]);
        assert_eq!(app.rows().await["person"], 1);
    }
}

#[tokio::test]
async fn a_newer_link_replaces_an_older_one() {
    let app = App::empty(|_| {}).await;
    let old = link(&app).await;
    let new = link(&app).await;
    app.visitor().post("/api/v1/setup", &setup(&old, "a@example.org")).await.problem(Code::LinkExpired);
    app.visitor().post("/api/v1/setup", &setup(&new, "a@example.org")).await.nothing(StatusCode::OK);
}

#[tokio::test]
async fn what_is_wrong_is_said_and_the_link_still_works() {
    let app = App::empty(|_| {}).await;
    let token = link(&app).await;
    let before = app.rows().await;
    let visitor = app.visitor();
    visitor
        .post(
            "/api/v1/setup",
            &json!({"token": token, "workspace": "", "name": "\u{202e}", "email": "marie", "password": "short"}),
        )
        .await
        .invalid(&["email", "name", "password", "workspace"]);
    visitor.post("/api/v1/setup", &setup("guess", "a@example.org")).await.problem(Code::LinkExpired);
    visitor.post("/api/v1/setup", &setup(&"A".repeat(43), "a@example.org")).await.problem(Code::LinkExpired);
    assert_eq!(app.rows().await, before);
    visitor.post("/api/v1/setup", &setup(&token, "a@example.org")).await.nothing(StatusCode::OK);
}

#[tokio::test]
async fn nobody_signs_up_before_the_owner() {
    let app = App::empty(|_| {}).await;
    let request = SignUp {
        name: "Paul".into(),
        email: "paul@example.org".into(),
        password: PASSWORD.into(),
        invite: None,
        weekly: false,
        locale: None,
    };
    app.visitor().post("/api/v1/accounts", &request).await.problem(Code::Conflict);
    assert_eq!(app.rows().await["person"], 0);
}

#[tokio::test]
async fn guesses_are_counted_for_the_address() {
    let app = App::empty(|_| {}).await;
    let guesser = app.visitor();
    for _ in 0..10 {
        guesser.post("/api/v1/setup", &setup("guess", "a@example.org")).await.problem(Code::LinkExpired);
    }
    let answer = guesser.post("/api/v1/setup", &setup("guess", "a@example.org")).await;
    answer.problem(Code::TooMany);
    assert!(answer.headers.contains_key("retry-after"));
    app.visitor().post("/api/v1/setup", &setup("guess", "a@example.org")).await.problem(Code::LinkExpired);
}

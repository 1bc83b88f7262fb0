//! A person and their own account.

use http::StatusCode;
use serde_json::json;
use server::domain::access::AccessChange;
use shared::{
    Locale, Role,
    api::{ChangePassword, Code, FieldCode, Me, Profile, TokenMade},
    limits,
};
use tests::{
    app::{App, PASSWORD},
    on_each_database,
};

fn change(current: &str, new: &str) -> ChangePassword {
    ChangePassword { current: current.into(), new: new.into() }
}

on_each_database! {
    a_person_changes_their_name_and_language(app) {
        let marie = app.person(Role::Customer).await;
        let me: Me = marie.patch("/api/v1/me", &json!({"name": " Marie D. "})).await.ok();
        assert_eq!(me.person.map(|person| person.name).as_deref(), Some("Marie D."));
        assert_eq!(me.locale, None);
        let me: Me = marie.patch("/api/v1/me", &json!({"locale": "fr"})).await.ok();
        assert_eq!((me.person.map(|person| person.name).as_deref(), me.locale), (Some("Marie D."), Some(Locale::Fr)));
        app.visitor().patch("/api/v1/me", &json!({"name": "Nobody"})).await.problem(Code::SignIn);
        marie.patch("/api/v1/me", &json!({"name": "a".repeat(81)})).await.invalid(&["name"]);
        marie.patch("/api/v1/me", &json!({"role": "owner"})).await.problem(Code::BadJson);
        marie.patch("/api/v1/me", &json!({"locale": "de"})).await.problem(Code::BadJson);
        assert_eq!(marie.get("/api/v1/me").await.ok::<Me>().person.map(|person| person.role), Some(Role::Customer));
    }

    a_person_says_who_they_are(app) {
        let marie = app.person(Role::Customer).await;
        assert_eq!(marie.get("/api/v1/me").await.ok::<Me>().about.as_deref(), Some(""));
        let me: Me = marie.patch("/api/v1/me", &json!({"about": " Je fais du pain. \n"})).await.ok();
        assert_eq!(me.about.as_deref(), Some("Je fais du pain."));
        let path = format!("/api/v1/people/{}", marie.person().handle);
        let seen: Profile = app.visitor().get(&path).await.ok();
        assert_eq!((seen.about.as_str(), seen.person.id), ("Je fais du pain.", marie.person().id));
        let refused = marie.patch("/api/v1/me", &json!({"about": "é".repeat(limits::ABOUT + 1)})).await;
        assert_eq!(refused.invalid(&["about"]).fields["about"].code, FieldCode::TooLong);
        marie.patch("/api/v1/me", &json!({"name": "Marie"})).await.nothing(StatusCode::OK);
        assert_eq!(marie.get("/api/v1/me").await.ok::<Me>().about.as_deref(), Some("Je fais du pain."));
        assert_eq!(app.visitor().get("/api/v1/me").await.ok::<Me>().about, None);
    }

    a_new_password_ends_every_other_session(app) {
        let marie = app.person(Role::Customer).await;
        let mut phone = app.visitor();
        phone.sign_in(marie.email(), PASSWORD).await;
        let phones = phone.get("/api/v1/me").await.ok::<Me>().session.expect("a session");
        let stranger = app.person(Role::Customer).await;

        let mut news = app.atelier.access_news.listen();
        let new = "un croissant au beurre";
        marie.post("/api/v1/me/password", &change(PASSWORD, new)).await.nothing(StatusCode::NO_CONTENT);
        assert_eq!(news.try_recv().ok(), Some(AccessChange::Session(phones)));
        assert!(news.try_recv().is_err());
        assert_eq!(phone.get("/api/v1/me").await.ok::<Me>().person, None);
        for still in [&marie, &stranger] {
            assert!(still.get("/api/v1/me").await.ok::<Me>().person.is_some());
        }
        app.visitor().sign_in(marie.email(), new).await;
        let old = json!({"email": marie.email(), "password": PASSWORD});
        app.visitor().post("/api/v1/session", &old).await.problem(Code::BadCredentials);
    }
}

#[tokio::test]
async fn the_present_password_is_needed_and_guessed_five_times_at_most() {
    let app = App::new().await;
    let marie = app.person(Role::Customer).await;
    marie.post("/api/v1/me/password", &change(PASSWORD, "court")).await.invalid(&["new"]);
    marie.post("/api/v1/me/password", &change("", "court")).await.invalid(&["current", "new"]);
    for _ in 0..5 {
        let answer = marie.post("/api/v1/me/password", &change("not the password", "un croissant au beurre")).await;
        assert_eq!(answer.invalid(&["current"]).fields["current"].code, FieldCode::Wrong);
    }
    marie.post("/api/v1/me/password", &change(PASSWORD, "un croissant au beurre")).await.problem(Code::TooMany);
}

#[tokio::test]
async fn an_access_token_cannot_take_over_the_account() {
    let app = App::new().await;
    let marie = app.person(Role::Owner).await;
    let made: TokenMade = marie.post("/api/v1/tokens", &json!({"name": "import"})).await.created();
    let program = marie.with_token(&made.secret);
    let answer = program.post("/api/v1/me/password", &change(PASSWORD, "un croissant au beurre")).await;
    answer.problem(Code::Role);
    program.post("/api/v1/tokens", &json!({"name": "another"})).await.problem(Code::Role);
    assert_eq!(app.rows().await["access_token"], 1);
    app.visitor().sign_in(marie.email(), PASSWORD).await;
}

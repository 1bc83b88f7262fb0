//! Signing up.

use http::StatusCode;
use serde_json::json;
use server::config::SignUpArg;
use shared::{
    Role,
    api::{Code, FieldCode, InviteMade, Me, NewInvite, SignUp},
};
use tests::{
    app::{App, PASSWORD},
    on_each_database,
};

fn sign_up(name: &str, email: &str) -> SignUp {
    SignUp {
        name: name.into(),
        email: email.into(),
        password: PASSWORD.into(),
        invite: None,
        weekly: false,
        locale: None,
    }
}

on_each_database! {
    a_visitor_becomes_a_customer(app) {
        let mut visitor = app.visitor();
        let answer = visitor.post("/api/v1/accounts", &sign_up("  Zoé  ", " Zoe@Example.org ")).await;
        answer.nothing(StatusCode::ACCEPTED);
        assert_eq!(answer.set_cookie(), None);
        visitor.sign_in("ZOE@example.org", PASSWORD).await;
        let me: Me = visitor.get("/api/v1/me").await.ok();
        let person = me.person.expect("somebody signed in");
        assert_eq!((person.name.as_str(), person.handle.as_str(), person.role), ("Zoé", "zoe", Role::Customer));
    }

    an_address_that_has_an_account_is_answered_alike_with_the_same_work(app) {
        let (_, taken) = app.account(Role::Owner).await;
        let mut answers = Vec::new();
        for email in ["new@example.org", &taken] {
            let before = app.atelier.passwords.done();
            let answer = app.visitor().post("/api/v1/accounts", &sign_up("Zoé", email)).await;
            let mut headers = answer.headers.clone();
            headers.remove("x-request-id");
            answers.push((answer.status, headers, answer.body.clone(), app.atelier.passwords.done() - before));
        }
        assert_eq!(answers[0], answers[1]);
        assert_eq!(answers[0].3, 1, "one password was hashed");
        // Nothing of the account that was there changed.
        app.visitor().sign_in(&taken, PASSWORD).await;
        assert_eq!(app.rows().await["person"], 2);
    }

    people_of_one_name_have_handles_of_their_own(app) {
        let mut handles = Vec::new();
        for n in 0..12 {
            let email = format!("{n}@example.org");
            let mut visitor = app.visitor();
            visitor.post("/api/v1/accounts", &sign_up("Marie", &email)).await.nothing(StatusCode::ACCEPTED);
            visitor.sign_in(&email, PASSWORD).await;
            handles.push(visitor.person().handle.clone());
        }
        assert_eq!(handles[..3], ["marie", "marie-2", "marie-3"]);
        handles.sort();
        handles.dedup();
        assert_eq!(handles.len(), 12);
    }

    two_who_take_the_same_address_at_once_make_one_account(app) {
        let (a, b) = (app.visitor(), app.visitor());
        let request = sign_up("Marie", "marie@example.org");
        let (first, second) = tokio::join!(a.post("/api/v1/accounts", &request), b.post("/api/v1/accounts", &request));
        first.nothing(StatusCode::ACCEPTED);
        second.nothing(StatusCode::ACCEPTED);
        assert_eq!(app.rows().await["person"], 1);
    }
}

#[tokio::test]
async fn an_address_that_has_an_account_waits_for_the_disk_as_well() {
    let app = App::new().await;
    let (_, taken) = app.account(Role::Customer).await;
    for email in ["new@example.org", &taken] {
        let before = app.file("atelier.db-wal").await.len();
        app.visitor().post("/api/v1/accounts", &sign_up("Zoé", email)).await.nothing(StatusCode::ACCEPTED);
        assert!(app.file("atelier.db-wal").await.len() > before, "{email}");
    }
}

#[tokio::test]
async fn a_name_without_latin_letters_has_a_handle_too() {
    let app = App::new().await;
    let mut visitor = app.visitor();
    visitor.post("/api/v1/accounts", &sign_up("日本", "nihon@example.org")).await.nothing(StatusCode::ACCEPTED);
    visitor.sign_in("nihon@example.org", PASSWORD).await;
    assert_eq!(visitor.person().handle, "guest");
}

#[tokio::test]
async fn every_field_that_is_wrong_is_named() {
    let app = App::new().await;
    let before = app.rows().await;
    let request = json!({"name": "a".repeat(81), "email": "zoe@", "password": "court"});
    let problem = app.visitor().post("/api/v1/accounts", &request).await.invalid(&["email", "name", "password"]);
    let codes = ["name", "email", "password"].map(|field| (problem.fields[field].code, problem.fields[field].limit));
    assert_eq!(codes, [(FieldCode::TooLong, Some(80)), (FieldCode::NotAnEmail, None), (FieldCode::TooShort, Some(10))]);
    let long = "a".repeat(201);
    app.visitor()
        .post("/api/v1/accounts", &SignUp { password: long, ..sign_up("Zoé", "zoe@example.org") })
        .await
        .invalid(&["password"]);
    assert_eq!(app.rows().await, before);
}

#[tokio::test]
async fn where_people_join_by_invitation_nobody_joins_without() {
    let app = App::configured(|config| config.sign_up = SignUpArg::Invite).await;
    app.visitor().post("/api/v1/accounts", &sign_up("Zoé", "zoe@example.org")).await.invalid(&["invite"]);
    assert_eq!(app.rows().await["person"], 0);

    let owner = app.person(Role::Owner).await;
    let invite = NewInvite { role: Role::Customer, board: None, uses: None, days: None };
    let made: InviteMade = owner.post("/api/v1/invites", &invite).await.created();
    let secret = made.path.trim_start_matches("/join/").to_owned();
    let request = SignUp { invite: Some(secret), ..sign_up("Zoé", "zoe@example.org") };
    app.visitor().post("/api/v1/accounts", &request).await.nothing(StatusCode::ACCEPTED);
    app.visitor().sign_in("zoe@example.org", PASSWORD).await;
}

#[tokio::test]
async fn an_address_that_signs_up_many_is_stopped() {
    let app = App::new().await;
    let visitor = app.visitor();
    for n in 0..20 {
        let request = sign_up("Zoé", &format!("{n}@example.org"));
        visitor.post("/api/v1/accounts", &request).await.nothing(StatusCode::ACCEPTED);
    }
    let answer = visitor.post("/api/v1/accounts", &sign_up("Zoé", "one-more@example.org")).await;
    answer.problem(Code::TooMany);
    let wait: u32 = answer.headers["retry-after"].to_str().expect("text").parse().expect("seconds");
    assert!((1..=20).contains(&wait), "{wait}");
    assert_eq!(app.rows().await["person"], 20);
}

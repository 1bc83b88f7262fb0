//! What owners settle for the workspace, and what everybody sees of it from then on.

use http::{Method, StatusCode, header};
use serde_json::json;
use server::{config::SignUpArg, domain::workspace};
use shared::{
    Locale, Role,
    api::{Code, FieldCode, InviteMade, Me, SignUp, SignUpRule, WorkspaceView},
};
use tests::{
    app::{Answer, App, Client, PASSWORD},
    on_each_database,
};

use crate::pictures::png;

const WORKSPACE: &str = "/api/v1/workspace";
const LOGO: &str = "/api/v1/workspace/logo";

fn html(answer: &Answer) -> String {
    String::from_utf8_lossy(&answer.body).into_owned()
}

async fn seen(who: &Client) -> WorkspaceView {
    who.get("/api/v1/me").await.ok::<Me>().workspace
}

async fn send_logo(who: &Client, file: Vec<u8>) -> Answer {
    who.send(who.request(Method::PUT, LOGO), file).await
}

async fn sign_up(app: &App, email: &str, invite: Option<String>) -> Answer {
    let request = SignUp {
        name: "Zoé".into(),
        email: email.into(),
        password: PASSWORD.into(),
        invite,
        weekly: false,
        locale: None,
    };
    app.visitor().post("/api/v1/accounts", &request).await
}

on_each_database! {
    what_is_settled_is_seen_by_everybody_and_kept_on_record(app) {
        let owner = app.person(Role::Owner).await;
        let edit = json!({"name": " Chez Léon ", "accent": "#1d5fb8", "languages": ["fr", "en"]});
        let told: WorkspaceView = owner.patch(WORKSPACE, &edit).await.ok();
        let visitor = app.visitor();
        assert_eq!(seen(&visitor).await, told);
        assert_eq!((told.name.as_str(), told.languages.as_slice()), ("Chez Léon", [Locale::Fr, Locale::En].as_slice()));
        let page = html(&visitor.get("/").await);
        assert!(page.contains("Chez Léon") && page.contains("href=\"/workspace/1d5fb8-1.css\""), "{page}");

        // What is not named stays; an empty colour is that of Atelier.
        let told: WorkspaceView = owner.patch(WORKSPACE, &json!({"accent": ""})).await.ok();
        assert_eq!((told.name.as_str(), told.accent), ("Chez Léon", None));
        assert!(!html(&visitor.get("/").await).contains("/workspace/"));
        assert_eq!(app.number("SELECT COUNT(*) FROM audit WHERE act = 'workspace.edit'").await, 2);
    }

    a_logo_is_seen_by_everybody_until_another_takes_its_place(app) {
        let owner = app.person(Role::Owner).await;
        let first: WorkspaceView = send_logo(&owner, png(900, 300)).await.ok();
        let logo = first.logo.expect("a logo");
        assert_eq!((logo.width, logo.height), (512, 171));
        let visitor = app.visitor();
        visitor.get(&logo.path).await.nothing(StatusCode::OK);
        let page = html(&visitor.get("/").await);
        for tag in [
            format!("<link rel=\"icon\" href=\"{}\"", logo.small()),
            format!("<img src=\"{}\" alt=\"\" width=\"512\" height=\"171\" class=\"brand-logo\">", logo.small()),
            format!("<meta property=\"og:image\" content=\"http://atelier.test{}\"", logo.path),
        ] {
            assert!(page.contains(&tag), "{tag} in {page}");
        }
        let second: WorkspaceView = send_logo(&owner, png(64, 64)).await.ok();
        let second = second.logo.expect("a logo");
        visitor.get(&logo.path).await.nothing(StatusCode::NOT_FOUND);
        send_logo(&owner, b"<svg/>".to_vec()).await.problem(Code::NoPicture);
        assert_eq!(seen(&visitor).await.logo, Some(second.clone()));
        for _ in 0..2 {
            assert_eq!(owner.delete(LOGO).await.ok::<WorkspaceView>().logo, None);
        }
        visitor.get(&second.path).await.nothing(StatusCode::NOT_FOUND);
        assert_eq!(app.number("SELECT COUNT(*) FROM picture").await, 0);
        assert_eq!(app.number("SELECT COUNT(*) FROM audit WHERE act LIKE 'workspace.logo%'").await, 3);
    }

    only_addresses_of_the_domains_named_may_sign_up(app) {
        let owner = app.person(Role::Owner).await;
        let edit = json!({"sign_up": "domain", "domains": [" @Fournil.FR", "fournil.fr", "élan.example"]});
        let told: WorkspaceView = owner.patch(WORKSPACE, &edit).await.ok();
        assert_eq!((told.sign_up, told.domains), (SignUpRule::Domain, vec!["fournil.fr".to_owned(), "élan.example".into()]));
        for refused in ["zoe@example.org", "zoe@fournil.fr.example.org", "zoe@sub.fournil.fr", "zoe@notfournil.fr"] {
            let problem = sign_up(&app, refused, None).await.invalid(&["email"]);
            assert_eq!(problem.fields["email"].code, FieldCode::Domain, "{refused}");
        }
        sign_up(&app, "no address", None).await.invalid(&["email"]);
        sign_up(&app, "Zoe@FOURNIL.fr", None).await.nothing(StatusCode::ACCEPTED);
        let invite: InviteMade = owner.post("/api/v1/invites", &json!({"role": "customer"})).await.created();
        let secret = invite.path.rsplit('/').next().map(str::to_owned);
        sign_up(&app, "zoe@example.org", secret).await.nothing(StatusCode::ACCEPTED);
        assert!(html(&app.visitor().get("/sign-up").await).contains("fournil.fr"));
        // Under another rule they are nobody's business, and still there for when it comes back.
        let told: WorkspaceView = owner.patch(WORKSPACE, &json!({"sign_up": "open"})).await.ok();
        assert!(told.domains.is_empty());
        let told: WorkspaceView = owner.patch(WORKSPACE, &json!({"sign_up": "domain"})).await.ok();
        assert_eq!(told.domains.len(), 2);
    }
}

#[tokio::test]
async fn what_cannot_be_settled_is_refused_whole() {
    let app = App::new().await;
    let owner = app.person(Role::Owner).await;
    let before = seen(&owner).await;
    for (edit, fields) in [
        (json!({"name": " ", "accent": "#1d5fb8"}), &["name"][..]),
        (json!({"accent": "red", "languages": []}), &["accent", "languages"]),
        (json!({"languages": ["fr", "fr"]}), &["languages"]),
        (json!({"sign_up": "domain"}), &["domains"]),
        (json!({"sign_up": "domain", "domains": ["fournil"]}), &["domains"]),
        (json!({"domains": ["a@b.fr"]}), &["domains"]),
        (json!({"domains": vec!["fournil.fr"; 51]}), &["domains"]),
    ] {
        owner.patch(WORKSPACE, &edit).await.invalid(fields);
    }
    owner.patch(WORKSPACE, &json!({"languages": ["de"]})).await.problem(Code::BadJson);
    owner.patch(WORKSPACE, &json!({"owner": "me"})).await.problem(Code::BadJson);
    assert_eq!(seen(&owner).await, before);
    assert_eq!(app.number("SELECT COUNT(*) FROM audit").await, 0);
}

#[tokio::test]
async fn a_workspace_of_one_language_speaks_no_other() {
    let app = App::new().await;
    let owner = app.person(Role::Owner).await;
    let visitor = app.visitor();
    let page = async |language: &str, cookie: Option<&str>| {
        let mut request = visitor.request(Method::GET, "/").header(header::ACCEPT_LANGUAGE, language);
        if let Some(cookie) = cookie {
            request = request.header(header::COOKIE, cookie);
        }
        html(&visitor.send(request, axum::body::Body::empty()).await)
    };
    assert!(page("en", None).await.contains("<html lang=\"en\""));
    assert!(page("de", None).await.contains("?language="));
    owner.patch(WORKSPACE, &json!({"languages": ["fr"]})).await.nothing(StatusCode::OK);
    for cookie in [None, Some("language=en")] {
        let page = page("en", cookie).await;
        assert!(page.contains("<html lang=\"fr\"") && !page.contains("?language="), "{page}");
    }
    owner.patch("/api/v1/me", &json!({"locale": "en"})).await.invalid(&["locale"]);
    owner.patch(WORKSPACE, &json!({"languages": ["fr", "en"]})).await.nothing(StatusCode::OK);
    assert!(page("de", None).await.contains("<html lang=\"fr\""), "the first is for those who like none");
    assert!(page("en", None).await.contains("<html lang=\"en\""));
}

#[tokio::test]
async fn the_configuration_says_who_may_sign_up_until_an_owner_does() {
    let app = App::configured(|config| config.sign_up = SignUpArg::Invite).await;
    sign_up(&app, "zoe@example.org", None).await.invalid(&["invite"]);
    let page = html(&app.visitor().get("/sign-up").await);
    assert!(!page.contains("name=\"password\"") && !html(&app.visitor().get("/").await).contains("/sign-up"), "{page}");
    let owner = app.person(Role::Owner).await;
    owner.patch(WORKSPACE, &json!({"sign_up": "open"})).await.nothing(StatusCode::OK);
    sign_up(&app, "zoe@example.org", None).await.nothing(StatusCode::ACCEPTED);
    // What the next start would do.
    workspace::settle_sign_up(&app.atelier.db, SignUpRule::Invite).await.expect("settled");
    assert_eq!(seen(&owner).await.sign_up, SignUpRule::Open);
    // A workspace of before this was settled in it.
    app.execute("UPDATE workspace SET sign_up = NULL").await;
    workspace::settle_sign_up(&app.atelier.db, SignUpRule::Invite).await.expect("settled");
    assert_eq!(seen(&owner).await.sign_up, SignUpRule::Invite);
}

#[tokio::test]
async fn the_style_of_an_accent_is_kept_forever() {
    let app = App::new().await;
    let answer = app.visitor().get("/workspace/1d5fb8-1.css").await;
    answer.nothing(StatusCode::OK);
    assert_eq!(answer.headers[header::CONTENT_TYPE], "text/css; charset=utf-8");
    assert_eq!(answer.headers[header::CACHE_CONTROL], "public, max-age=31536000, immutable");
    assert!(html(&answer).starts_with(":root{--accent:#1d5fb8;"));
    for name in ["1d5fb8-0.css", "1D5FB8-1.css", "..%2f..%2fetc", "red-1.css"] {
        app.visitor().get(&format!("/workspace/{name}")).await.nothing(StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn a_name_stands_on_the_page_as_the_text_it_is() {
    let app = App::new().await;
    let owner = app.person(Role::Owner).await;
    let hostile = "<script>alert(1)</script>";
    owner.patch(WORKSPACE, &json!({ "name": hostile })).await.nothing(StatusCode::OK);
    assert!(!html(&app.visitor().get("/").await).contains(hostile));
}

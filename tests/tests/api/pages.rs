//! The pages as a browser without scripts gets them: status, policy, language, and whole HTML.

use http::{Method, StatusCode, header};
use shared::{
    Role,
    api::{BoardView, IdeaView, NewBoard, NewIdea},
    rules::{Audience, EditingRule},
};
use tests::app::{Answer, App, Client};

async fn board(owner: &Client, audience: Audience) -> BoardView {
    let request = NewBoard {
        title: format!("Le pain {}", audience.as_str()),
        purpose: "Ce qui manque au comptoir.".into(),
        audience,
        editing: EditingRule::Everyone,
    };
    owner.post("/api/v1/boards", &request).await.created()
}

async fn idea(owner: &Client, board: &BoardView, title: &str) -> IdeaView {
    let request = NewIdea {
        title: title.into(),
        pitch: "Pour le lundi.".into(),
        body: "Du **levain**.".into(),
        tags: Vec::new(),
    };
    owner.post(&format!("/api/v1/boards/{}/ideas", board.slug), &request).await.created()
}

fn html(answer: &Answer) -> String {
    String::from_utf8_lossy(&answer.body).into_owned()
}

fn location(answer: &Answer) -> &str {
    answer.headers[header::LOCATION].to_str().expect("text")
}

#[tokio::test]
async fn public_pages_are_whole_without_scripts() {
    let app = App::new().await;
    let owner = app.person(Role::Owner).await;
    let board = board(&owner, Audience::Public).await;
    let idea = idea(&owner, &board, "Un pain <frais>").await;
    let visitor = app.visitor();
    for (path, shown) in [
        ("/".to_owned(), "Un pain &lt;frais"),
        (format!("/b/{}", board.slug), "Ce qui manque au comptoir."),
        (format!("/b/{}/pipeline", board.slug), "Un pain &lt;frais"),
        (format!("/i/{}/{}", idea.card.number, idea.card.slug), "<strong>levain</strong>"),
    ] {
        let answer = visitor.get(&path).await;
        answer.nothing(StatusCode::OK);
        let page = html(&answer);
        for piece in [shown, "<title>", r#"name="description""#, r#"property="og:title""#, r#"rel="canonical""#, "<h1"]
        {
            assert!(page.contains(piece), "{path} lacks {piece}: {page}");
        }
        assert!(!page.contains(" style="), "{path} has an inline style");
        assert_eq!(answer.headers[header::CACHE_CONTROL], "private, no-cache");
    }
    assert_eq!(owner.get("/").await.headers[header::CACHE_CONTROL], "private, no-store");
}

#[tokio::test]
async fn every_page_carries_a_policy_with_a_nonce_of_its_own() {
    let app = App::new().await;
    let mut nonces = Vec::new();
    for path in ["/", "/sign-in", "/nowhere"] {
        let answer = app.visitor().get(path).await;
        let policy = answer.headers[header::CONTENT_SECURITY_POLICY].to_str().expect("text").to_owned();
        assert!(policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe-inline"), "{policy}");
        let nonce =
            policy.split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next()).expect("a nonce").to_owned();
        let page = html(&answer);
        for script in page.split("<script").skip(1) {
            let tag = script.split('>').next().unwrap_or_default();
            assert!(tag.contains(&nonce), "{path}: <script{tag}>");
        }
        nonces.push(nonce);
    }
    nonces.sort();
    nonces.dedup();
    assert_eq!(nonces.len(), 3);
}

#[tokio::test]
async fn what_a_visitor_may_not_see_is_not_there() {
    let app = App::new().await;
    let owner = app.person(Role::Owner).await;
    let hidden = board(&owner, Audience::Staff).await;
    let secret = idea(&owner, &hidden, "Un four à bois secret").await;
    let visitor = app.visitor();
    for path in [
        format!("/b/{}", hidden.slug),
        format!("/i/{}/x", secret.card.number),
        "/nowhere".into(),
        "/i/999".into(),
        "/i/x".into(),
    ] {
        let answer = visitor.get(&path).await;
        assert!(matches!(answer.status, StatusCode::NOT_FOUND | StatusCode::BAD_REQUEST), "{path}: {}", answer.status);
        assert!(!html(&answer).contains("four à bois"), "{path}");
    }
    let customer = app.person(Role::Customer).await;
    for path in ["/admin", "/admin/people", "/admin/boards"] {
        customer.get(path).await.nothing(StatusCode::FORBIDDEN);
    }
    customer.get("/b/new").await.nothing(StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn pages_for_the_signed_in_lead_to_signing_in_and_back() {
    let app = App::new().await;
    for path in ["/settings", "/admin", "/b/new"] {
        let answer = app.visitor().get(path).await;
        answer.nothing(StatusCode::SEE_OTHER);
        assert_eq!(location(&answer), format!("/sign-in?next={path}"));
    }
    let customer = app.person(Role::Customer).await;
    customer.get("/settings").await.nothing(StatusCode::OK);
    for (next, lead) in [("/settings", "/settings"), ("//evil.example", "/"), ("https://evil.example", "/")] {
        assert_eq!(location(&customer.get(&format!("/sign-in?next={next}")).await), lead);
    }
}

#[tokio::test]
async fn an_idea_has_one_address() {
    let app = App::new().await;
    let owner = app.person(Role::Owner).await;
    let board = board(&owner, Audience::Public).await;
    let idea = idea(&owner, &board, "Un pain frais").await;
    let number = idea.card.number;
    for path in [format!("/i/{number}"), format!("/i/{number}/another-title")] {
        let answer = app.visitor().get(&path).await;
        answer.nothing(StatusCode::PERMANENT_REDIRECT);
        assert_eq!(location(&answer), format!("/i/{number}/un-pain-frais"));
    }
}

#[tokio::test]
async fn a_language_is_chosen_by_cookie_then_person_then_browser() {
    let app = App::new().await;
    let visitor = app.visitor();
    let ask = |language: &'static str, cookie: Option<&'static str>| {
        let visitor = visitor.clone();
        async move {
            let mut request = visitor.request(Method::GET, "/").header(header::ACCEPT_LANGUAGE, language);
            if let Some(cookie) = cookie {
                request = request.header(header::COOKIE, cookie);
            }
            html(&visitor.send(request, "").await)
        }
    };
    assert!(ask("fr-CA, en;q=0.5", None).await.contains(r#"<html lang="fr""#));
    assert!(ask("de", None).await.contains(r#"<html lang="en""#));
    assert!(ask("en", Some("language=fr")).await.contains(r#"<html lang="fr""#));

    let answer = visitor.get("/b/x?language=fr").await;
    answer.nothing(StatusCode::SEE_OTHER);
    assert_eq!(location(&answer), "/b/x");
    assert!(answer.headers[header::SET_COOKIE].to_str().expect("text").starts_with("language=fr;"));
}

#[tokio::test]
async fn forms_cannot_put_a_password_into_an_address() {
    let app = App::new().await;
    for path in ["/sign-in", "/sign-up"] {
        let page = html(&app.visitor().get(path).await);
        let form = page.split("<form").nth(1).expect("a form");
        assert!(form.split('>').next().unwrap_or_default().contains(r#"method="post""#), "{path}");
        // Until a script listens, the button does nothing.
        let button = form.split(r#"type="submit""#).nth(1).expect("a button");
        assert!(button.split('>').next().unwrap_or_default().contains("disabled"), "{path}");
    }
    app.visitor()
        .send(app.visitor().request(Method::POST, "/sign-in"), "")
        .await
        .nothing(StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn without_its_database_a_page_says_so() {
    let app = App::new().await;
    app.atelier.db.close().await;
    let answer = app.visitor().get("/").await;
    answer.nothing(StatusCode::SERVICE_UNAVAILABLE);
    assert!(html(&answer).contains("<h1"));
}

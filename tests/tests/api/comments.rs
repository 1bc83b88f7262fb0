//! Discussions, as a program meets them.

use http::{Method, StatusCode, header};
use serde_json::json;
use shared::{
    Role,
    api::{BoardView, Code, CommentVersion, CommentView, FieldCode, Page, Thread},
    limits,
};
use tests::{
    app::{App, Client},
    on_each_database,
};

async fn idea(app: &App, audience: &str) -> Client {
    let owner = app.person(Role::Owner).await;
    let new = json!({"title": "Goûter", "audience": audience, "editing": "everyone"});
    let made: BoardView = owner.post("/api/v1/boards", &new).await.created();
    let path = format!("/api/v1/boards/{}/ideas", made.slug);
    owner.post(&path, &json!({"title": "Flan"})).await.nothing(StatusCode::CREATED);
    owner
}

const TALK: &str = "/api/v1/ideas/1/comments";

on_each_database! {
    a_comment_is_made_once_however_often_it_is_sent(app) {
        let owner = idea(&app, "public").await;
        let send = async |body: &str, key: &str| {
            let request = owner.request(Method::POST, TALK).header(header::CONTENT_TYPE, "application/json");
            owner.send(request.header("Idempotency-Key", key), json!({ "body": body }).to_string()).await
        };
        let first: CommentView = send("Oui", "k").await.created();
        assert_eq!(send("Oui", "k").await.created::<CommentView>(), first);
        send("Non", "k").await.problem(Code::IdempotencyKey);
        let page: Page<Thread> = owner.get(TALK).await.ok();
        assert_eq!((page.items.len(), page.next), (1, None));
        assert!(page.items[0].comment.may_edit && page.items[0].comment.may_delete);
        let seen: Page<Thread> = app.visitor().get(TALK).await.ok();
        assert!(!seen.items[0].comment.may_edit && !seen.items[0].comment.may_delete);
    }

    what_is_not_acceptable_is_named(app) {
        let owner = idea(&app, "public").await;
        for (body, code) in [(" \n".to_owned(), FieldCode::Required), ("é".repeat(limits::COMMENT + 1), FieldCode::TooLong)] {
            let problem = owner.post(TALK, &json!({ "body": body })).await.invalid(&["body"]);
            assert_eq!(problem.fields["body"].code, code);
        }
        owner.post(TALK, &json!({"body": "é".repeat(limits::COMMENT)})).await.nothing(StatusCode::CREATED);
        owner.post(TALK, &json!({"body": "a", "kind": "shout"})).await.problem(Code::BadJson);
        owner.post(TALK, &json!({"body": "a", "parent": uuid::Uuid::now_v7()})).await.invalid(&["parent"]);
        let none = format!("/api/v1/comments/{}", uuid::Uuid::now_v7());
        owner.patch(&none, &json!({"body": "a"})).await.problem(Code::NotFound);
        owner.delete(&none).await.problem(Code::NotFound);
        owner.put(&format!("{none}/reactions/agree"), &json!(null)).await.problem(Code::NotFound);
        owner.put(&format!("{none}/reactions/hate"), &json!(null)).await.problem(Code::BadRequest);
        owner.get("/api/v1/comments/x/versions").await.problem(Code::BadRequest);
        owner.get(&format!("{TALK}?cursor=1-x-2")).await.problem(Code::BadRequest);
    }

    nothing_in_a_comment_runs(app) {
        let owner = idea(&app, "public").await;
        for hostile in [
            "<script>alert(1)</script>",
            "<img src=x onerror=alert(1)>",
            "[x](javascript:alert(1))",
            "@<svg/onload=alert(1)>",
            "[@zoe\"onclick=alert(1)](/a \"onclick=alert(1)\")",
        ] {
            let made: CommentView = owner.post(TALK, &json!({ "body": hostile })).await.created();
            for wrong in ["<script", "<img", "<svg", "\"javascript:", " onclick=", " onerror="] {
                let html = made.body_html.replace("&lt;", "").replace("&quot;", "");
                assert!(!html.contains(&format!("<a{wrong}")) && (wrong.starts_with(' ') || !html.contains(wrong)), "{html}");
            }
            owner.patch(&format!("/api/v1/comments/{}", made.id), &json!({"body": "doux"})).await.nothing(StatusCode::OK);
            let said: Vec<CommentVersion> = owner.get(&format!("/api/v1/comments/{}/versions", made.id)).await.ok();
            assert_eq!((said.len(), said[1].body.as_str()), (2, hostile));
            assert!(!said[1].body_html.contains("<script") && !said[1].body_html.contains("<img"));
        }
    }

    a_mention_links_to_who_may_read_it(app) {
        let owner = idea(&app, "invited").await;
        let customer = app.person(Role::Customer).await;
        let (own, other) = (&owner.person().handle, &customer.person().handle);
        let made: CommentView = owner.post(TALK, &json!({"body": format!("@{own} @{other} @nobody")})).await.created();
        assert!(made.body_html.contains(&format!("<a href=\"/people/{own}\"")));
        assert!(!made.body_html.contains(&format!("/people/{other}")) && !made.body_html.contains("/people/nobody"));
        assert_eq!(app.number("SELECT count(*) FROM mention").await, 1);
        customer.get(TALK).await.problem(Code::NotFound);
        customer.get(&format!("/api/v1/comments/{}/versions", made.id)).await.problem(Code::NotFound);
        customer.delete(&format!("/api/v1/comments/{}", made.id)).await.problem(Code::NotFound);
    }
}

#[tokio::test]
async fn who_writes_too_much_waits() {
    let app = App::configured(|config| config.write_limits = std::num::NonZeroU32::MIN).await;
    idea(&app, "public").await;
    let customer = app.person(Role::Customer).await;
    for count in 0..30 {
        customer.post(TALK, &json!({"body": format!("{count}")})).await.nothing(StatusCode::CREATED);
    }
    let stopped = customer.post(TALK, &json!({"body": "31"})).await;
    stopped.problem(Code::TooMany);
    assert!(stopped.headers.contains_key(header::RETRY_AFTER));
    app.person(Role::Customer).await.post(TALK, &json!({"body": "1"})).await.nothing(StatusCode::CREATED);
}

//! Discussions, as a program meets them.

use http::{Method, StatusCode, header};
use serde_json::json;
use shared::{
    Role,
    api::{BoardView, Code, CommentVersion, CommentView, FieldCode, Page, Passages, PersonView, Thread},
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

    who_may_read_is_offered_to_be_mentioned(app) {
        let owner = idea(&app, "staff").await;
        let (customer, colleague) = (app.person(Role::Customer).await, app.person(Role::Employee).await);
        let offered = async |who: &Client, letters: &str| -> Vec<String> {
            let path = format!("/api/v1/ideas/1/mentionable?letters={letters}");
            who.get(&path).await.ok::<Vec<PersonView>>().into_iter().map(|person| person.handle).collect()
        };
        let (own, other) = (&owner.person().handle, &colleague.person().handle);
        assert_eq!(offered(&owner, "Emplo").await, [other.as_str()]);
        assert_eq!(offered(&owner, own).await, [own.as_str()]);
        for none in ["custom", "%25", "_", "%20", "zzz"] {
            assert_eq!(offered(&owner, none).await, [""; 0], "{none}");
        }
        customer.get("/api/v1/ideas/1/mentionable?letters=a").await.problem(Code::NotFound);
        owner.patch("/api/v1/boards/gouter", &json!({"audience": "public"})).await.nothing(StatusCode::OK);
        assert_eq!(offered(&customer, "custom").await, [customer.person().handle.as_str()]);
        app.visitor().get("/api/v1/ideas/1/mentionable?letters=a").await.problem(Code::SignIn);
    }

    a_comment_is_about_a_passage_that_stands(app) {
        let owner = idea(&app, "public").await;
        let about = |quote: &str| {
            let shown = json!({"seen": 1, "span": {"from": 0, "to": 4}, "quote": quote});
            json!({"body": "Oui", "anchor": {"field": "title", "passage": {"shown": shown}}})
        };
        let made: CommentView = owner.post(TALK, &about(" Fl an")).await.created();
        assert_eq!(made.anchor.as_ref().map(|anchor| anchor.quote.as_str()), Some("Flan"));
        let refused = owner.post(TALK, &about("Tarte")).await.invalid(&["anchor"]);
        assert_eq!(refused.fields["anchor"].code, FieldCode::Wrong);
        let mut reply = about("Flan");
        reply["parent"] = json!(made.id);
        owner.post(TALK, &reply).await.invalid(&["anchor"]);
        let passages: Passages = app.visitor().get("/api/v1/ideas/1/passages").await.ok();
        assert_eq!((passages.reflects, passages.items.len(), passages.items[0].said), (1, 1, 1));
        let cursors = json!({"first": passages.items[0].first, "last": passages.items[0].last});
        let edited = json!({"body": "Oui", "anchor": {"field": "title", "passage": {"cursors": cursors}}});
        let made: CommentView = owner.post(TALK, &edited).await.created();
        assert_eq!(made.anchor.map(|anchor| anchor.quote).as_deref(), Some("Flan"));
        for wrong in [json!({"first": "x", "last": "1@00"}), json!({"first": "1@00"})] {
            let request = json!({"body": "Oui", "anchor": {"field": "title", "passage": {"cursors": wrong}}});
            owner.post(TALK, &request).await.problem(Code::BadJson);
        }
        app.visitor().post(TALK, &about("Flan")).await.problem(Code::SignIn);
        owner.get("/api/v1/ideas/9/passages").await.problem(Code::NotFound);
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

//! Boards, members, ideas and co-authors, as a program meets them.

use http::{Method, StatusCode, header};
use serde_json::json;
use shared::{
    Role,
    api::{BoardView, Code, FieldCode, IdeaCard, IdeaView, MemberView, Page},
    limits,
};
use tests::{
    app::{Answer, Client},
    on_each_database,
};

async fn board(owner: &Client, title: &str, audience: &str) -> BoardView {
    let new = json!({"title": title, "audience": audience, "editing": "everyone"});
    owner.post("/api/v1/boards", &new).await.created()
}

async fn propose(who: &Client, board: &BoardView, title: &str, key: Option<&str>) -> Answer {
    let mut request = who
        .request(Method::POST, &format!("/api/v1/boards/{}/ideas", board.slug))
        .header(header::CONTENT_TYPE, "application/json");
    if let Some(key) = key {
        request = request.header("Idempotency-Key", key);
    }
    who.send(request, json!({ "title": title }).to_string()).await
}

on_each_database! {
    an_idea_is_proposed_once_however_often_it_is_sent(app) {
        let owner = app.person(Role::Owner).await;
        let made = board(&owner, "Goûter", "public").await;
        let first = propose(&owner, &made, "Flan", Some("k-1")).await;
        assert_eq!(first.headers.get(header::LOCATION).and_then(|value| value.to_str().ok()), Some("/api/v1/ideas/1"));
        let idea: IdeaView = first.created();
        let again: IdeaView = propose(&owner, &made, "Flan", Some("k-1")).await.created();
        assert_eq!(again, idea);
        propose(&owner, &made, "Tarte", Some("k-1")).await.problem(Code::IdempotencyKey);
        for wrong in ["", " ", "a b", "é", &"k".repeat(101)] {
            propose(&owner, &made, "Tarte", Some(wrong)).await.problem(Code::BadRequest);
        }
        let there: BoardView = app.visitor().get("/api/v1/boards/gouter").await.ok();
        assert_eq!(there.ideas, 1);
    }

    lists_are_read_page_by_page(app) {
        let owner = app.person(Role::Owner).await;
        let made = board(&owner, "Goûter", "invited").await;
        for count in 1..=5 {
            propose(&owner, &made, &format!("Idée {count}"), None).await.nothing(StatusCode::CREATED);
        }
        for list in ["/api/v1/ideas", "/api/v1/boards/gouter/ideas"] {
            let mut seen = Vec::new();
            let mut next = String::new();
            loop {
                let page: Page<IdeaCard> = owner.get(&format!("{list}?limit=2{next}")).await.ok();
                assert!(page.items.len() <= 2);
                seen.extend(page.items.into_iter().map(|card| card.number));
                match page.next {
                    Some(cursor) => next = format!("&cursor={cursor}"),
                    None => break,
                }
            }
            assert_eq!(seen, [5, 4, 3, 2, 1]);
            let whole: Page<IdeaCard> = owner.get(&format!("{list}?limit=5")).await.ok();
            assert_eq!((whole.items.len(), whole.next), (5, None), "there is no page after the last");
        }
        for _ in 0..3 {
            let guest = app.person(Role::Customer).await;
            let path = format!("/api/v1/boards/gouter/members/{}", guest.person().handle);
            owner.put(&path, &json!(null)).await.nothing(StatusCode::NO_CONTENT);
        }
        let first: Page<MemberView> = owner.get("/api/v1/boards/gouter/members?limit=2").await.ok();
        let cursor = first.next.expect("another page");
        let last: Page<MemberView> = owner.get(&format!("/api/v1/boards/gouter/members?limit=2&cursor={cursor}")).await.ok();
        assert_eq!((first.items.len(), last.items.len(), last.next), (2, 1, None));

        for list in ["/api/v1/ideas", "/api/v1/boards/gouter/ideas", "/api/v1/boards/gouter/members"] {
            for wrong in ["limit=0", "limit=101", "limit=-1", "limit=x", "cursor=x", "cursor=", "cursor=1-x", "cursor=x-1", "cursor=99999999999999999999-1"] {
                owner.get(&format!("{list}?{wrong}")).await.problem(Code::BadRequest);
            }
        }
    }

    each_field_that_is_not_acceptable_is_named(app) {
        let owner = app.person(Role::Owner).await;
        let made = board(&owner, "Goûter", "public").await;
        let long = |limit: usize| "é".repeat(limit + 1);
        let new = json!({"title": long(limits::BOARD_TITLE), "purpose": long(limits::PURPOSE), "audience": "staff", "editing": "staff"});
        owner.post("/api/v1/boards", &new).await.invalid(&["purpose", "title"]);
        owner.patch("/api/v1/boards/gouter", &json!({"title": " ", "audience": "staff"})).await.invalid(&["title"]);
        let unchanged: BoardView = owner.get("/api/v1/boards/gouter").await.ok();
        assert_eq!(unchanged, made);

        let new = json!({"title": long(limits::TITLE), "pitch": long(limits::PITCH), "body": long(limits::BODY)});
        let problem = owner.post("/api/v1/boards/gouter/ideas", &new).await.invalid(&["body", "pitch", "title"]);
        assert_eq!(problem.fields["title"].code, FieldCode::TooLong);
        assert_eq!(problem.fields["title"].limit, Some(200));
        owner.post("/api/v1/boards", &json!({"title": "T", "audience": "everybody", "editing": "staff"})).await.problem(Code::BadJson);
    }

    what_does_not_exist_is_not_found(app) {
        let owner = app.person(Role::Owner).await;
        board(&owner, "Goûter", "public").await;
        let title = json!({"title": "T"});
        for path in ["/api/v1/boards/none", "/api/v1/boards/none/ideas", "/api/v1/boards/none/members", "/api/v1/ideas/9", "/api/v1/boards/Gouter"] {
            owner.get(path).await.problem(Code::NotFound);
        }
        owner.patch("/api/v1/boards/none", &title).await.problem(Code::NotFound);
        owner.post("/api/v1/boards/none/ideas", &title).await.problem(Code::NotFound);
        owner.put("/api/v1/boards/gouter/members/nobody", &json!(null)).await.problem(Code::NotFound);
        owner.delete("/api/v1/boards/gouter/members/nobody").await.problem(Code::NotFound);
        owner.put("/api/v1/ideas/9/coauthors/nobody", &json!(null)).await.problem(Code::NotFound);
        for path in ["/api/v1/ideas/x", "/api/v1/ideas/-1", "/api/v1/ideas/4294967296", "/api/v1/ideas/1.5", "/api/v1/boards/%ff"] {
            owner.get(path).await.problem(Code::BadRequest);
        }
    }

    an_unseen_board_answers_word_for_word_as_an_unknown_one(app) {
        let owner = app.person(Role::Owner).await;
        let customer = app.person(Role::Customer).await;
        let hidden = board(&owner, "Secret", "staff").await;
        propose(&owner, &hidden, "Flan", None).await.nothing(StatusCode::CREATED);
        for who in [&app.visitor(), &customer] {
            for (seen, unknown) in [
                ("/api/v1/boards/secret", "/api/v1/boards/none"),
                ("/api/v1/boards/secret/ideas", "/api/v1/boards/none/ideas"),
                ("/api/v1/boards/secret/members", "/api/v1/boards/none/members"),
                ("/api/v1/ideas/1", "/api/v1/ideas/9"),
            ] {
                let (left, right) = (who.get(seen).await, who.get(unknown).await);
                assert_eq!((left.status, &left.body), (right.status, &right.body), "{seen}");
                assert_eq!(left.status, StatusCode::NOT_FOUND);
            }
            let title = json!({"title": ""});
            let left = who.post("/api/v1/boards/secret/ideas", &title).await;
            let right = who.post("/api/v1/boards/none/ideas", &title).await;
            assert_eq!((left.status, &left.body), (right.status, &right.body));
        }
    }
}

//! What people are told: those who are to know, once, and nobody else.

use std::time::Duration;

use http::StatusCode;
use serde_json::json;
use server::jobs::inbox::deliver_all;
use shared::{
    Role,
    api::{BoardView, IdeaView, NoticeKind, NoticeView, Page, Unread},
};
use tests::{
    app::{App, Client},
    on_each_database,
};

pub async fn told(app: &App, who: &Client) -> Vec<NoticeView> {
    // What is not under way in the background is done here; the rest is waited for.
    while app.number("SELECT count(*) FROM happening WHERE done_at IS NULL").await > 0 {
        deliver_all(&app.atelier.hub).await.expect("delivered");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    who.get("/api/v1/inbox").await.ok::<Page<NoticeView>>().items
}

pub async fn unread(who: &Client) -> u32 {
    who.get("/api/v1/inbox/unread").await.ok::<Unread>().unread
}

pub async fn scene(app: &App) -> (Client, Client, Client, BoardView, IdeaView) {
    let owner = app.person(Role::Owner).await;
    let zoe = app.person(Role::Customer).await;
    let ali = app.person(Role::Customer).await;
    let new = json!({"title": "Pains", "purpose": "", "audience": "public", "editing": "everyone"});
    let board: BoardView = owner.post("/api/v1/boards", &new).await.created();
    let idea =
        zoe.post(&format!("/api/v1/boards/{}/ideas", board.slug), &json!({"title": "Pain du soir"})).await.created();
    (owner, zoe, ali, board, idea)
}

async fn move_to(who: &Client, board: &BoardView, idea: &IdeaView, stage: usize, reason: &str) {
    let request = json!({"stage": board.stages[stage].id, "reason": reason});
    who.put(&format!("/api/v1/ideas/{}/stage", idea.card.number), &request).await.nothing(StatusCode::OK);
}

on_each_database! {
    a_move_is_told_to_the_proposer_and_to_followers_once(app) {
        let (owner, zoe, ali, board, idea) = scene(&app).await;
        let stranger = app.person(Role::Customer).await;
        ali.put(&format!("/api/v1/ideas/{}/vote", idea.card.number), &json!(null)).await.nothing(StatusCode::OK);
        move_to(&owner, &board, &idea, 6, "Le four est plein.").await;
        let of_zoe = told(&app, &zoe).await;
        assert_eq!(of_zoe.len(), 1);
        let notice = &of_zoe[0];
        assert_eq!((notice.kind, notice.number, notice.own, notice.read), (NoticeKind::Stage, Some(idea.card.number), true, false));
        assert_eq!((notice.words.as_str(), &notice.by, notice.stage.as_ref()), ("Le four est plein.", owner.person(), Some(&board.stages[6])));
        assert!(told(&app, &ali).await.iter().all(|notice| !notice.own));
        assert_eq!((unread(&zoe).await, unread(&ali).await, unread(&owner).await, unread(&stranger).await), (1, 1, 0, 0));
        assert_eq!(told(&app, &zoe).await.len(), 1, "delivering again tells nobody twice");

        let none: Unread = zoe.post("/api/v1/inbox/read", &json!({"id": notice.id})).await.ok();
        assert_eq!((none.unread, unread(&ali).await), (0, 1), "what one reads stays new for others");
        let foreign: Unread = owner.post("/api/v1/inbox/read", &json!({"id": notice.id})).await.ok();
        assert_eq!((foreign.unread, unread(&ali).await), (0, 1));
        ali.post("/api/v1/inbox/read", &json!({})).await.nothing(StatusCode::OK);
        assert_eq!(unread(&ali).await, 0);
        assert!(told(&app, &ali).await[0].read);
    }

    everything_can_be_turned_off_but_decisions_about_ones_own_idea(app) {
        let (owner, zoe, ali, board, idea) = scene(&app).await;
        let all = json!({"off": ["stage", "answer", "comment", "mention"]});
        for who in [&zoe, &ali] {
            who.put(&format!("/api/v1/ideas/{}/follow", idea.card.number), &json!(null)).await.nothing(StatusCode::NO_CONTENT);
            who.put("/api/v1/me/notices", &all).await.nothing(StatusCode::OK);
        }
        zoe.delete(&format!("/api/v1/ideas/{}/follow", idea.card.number)).await.nothing(StatusCode::NO_CONTENT);
        move_to(&owner, &board, &idea, 1, "").await;
        assert_eq!((told(&app, &zoe).await.len(), told(&app, &ali).await.len()), (1, 0));
        zoe.put("/api/v1/me/notices", &json!({"off": ["nonsense"]})).await.problem(shared::api::Code::BadJson);
        ali.put("/api/v1/me/notices", &json!({"off": []})).await.nothing(StatusCode::OK);
        move_to(&owner, &board, &idea, 2, "").await;
        assert_eq!((told(&app, &zoe).await.len(), told(&app, &ali).await.len()), (2, 1));
    }

    what_may_no_longer_be_seen_leaves_the_inbox(app) {
        let (owner, zoe, ali, board, idea) = scene(&app).await;
        ali.put(&format!("/api/v1/ideas/{}/follow", idea.card.number), &json!(null)).await.nothing(StatusCode::NO_CONTENT);
        move_to(&owner, &board, &idea, 1, "").await;
        assert_eq!(told(&app, &ali).await.len(), 1);
        let path = format!("/api/v1/boards/{}", board.slug);
        owner.patch(&path, &json!({"audience": "staff"})).await.nothing(StatusCode::OK);
        for who in [&zoe, &ali] {
            assert_eq!((told(&app, who).await.len(), unread(who).await), (0, 0));
        }
        owner.patch(&path, &json!({"audience": "public"})).await.nothing(StatusCode::OK);
        assert_eq!((told(&app, &ali).await.len(), unread(&ali).await), (1, 1));
    }

    an_inbox_comes_in_pages_the_last_first(app) {
        let (owner, zoe, _, board, idea) = scene(&app).await;
        for stage in [1, 2, 3, 4, 5] {
            move_to(&owner, &board, &idea, stage, "").await;
        }
        told(&app, &zoe).await;
        let mut stages = Vec::new();
        let mut after = String::new();
        loop {
            let page: Page<NoticeView> = zoe.get(&format!("/api/v1/inbox?limit=2{after}")).await.ok();
            stages.extend(page.items.into_iter().filter_map(|notice| notice.stage).map(|stage| stage.en));
            let Some(next) = page.next else { break };
            after = format!("&cursor={next}");
        }
        assert_eq!(stages, ["Launched", "Piloting", "Prototyping", "Exploring", "Listening"]);
    }

    what_is_said_reaches_followers_those_named_and_nobody_it_is_not_for(app) {
        let (owner, zoe, ali, _, idea) = scene(&app).await;
        let theo = app.person(Role::Employee).await;
        let number = idea.card.number;
        for who in [&ali, &theo] {
            who.put(&format!("/api/v1/ideas/{number}/follow"), &json!(null)).await.nothing(StatusCode::NO_CONTENT);
        }
        let path = format!("/api/v1/ideas/{number}/comments");
        let say = async |who: &Client, kind: &str, body: String| -> shared::api::CommentView {
            who.post(&path, &json!({ "kind": kind, "body": body })).await.created()
        };
        let kinds = async |who: &Client| told(&app, who).await.iter().map(|notice| notice.kind).collect::<Vec<_>>();
        let first = say(&ali, "comment", format!("Au **seigle** ?\n\n- @{}", theo.person().handle)).await;
        assert_eq!((kinds(&zoe).await, kinds(&theo).await, kinds(&ali).await), (vec![NoticeKind::Comment], vec![NoticeKind::Mention], vec![]));
        assert!(told(&app, &zoe).await[0].words.starts_with("Au seigle ?"));
        assert_eq!(told(&app, &zoe).await[0].comment, Some(first.id.to_string()));
        say(&owner, "note", format!("Entre nous. @{} @{}", theo.person().handle, ali.person().handle)).await;
        assert_eq!((kinds(&zoe).await.len(), kinds(&theo).await.len(), kinds(&ali).await.len()), (1, 2, 0));
        say(&owner, "answer", "Oui, lundi.".into()).await;
        assert_eq!(kinds(&zoe).await, [NoticeKind::Answer, NoticeKind::Comment]);
        ali.delete(&format!("/api/v1/comments/{}", first.id)).await;
        assert_eq!((kinds(&zoe).await, unread(&zoe).await), (vec![NoticeKind::Answer], 1), "what was deleted is told to nobody");
        let customer = json!({"role": "customer"});
        owner.patch(&format!("/api/v1/people/{}", theo.person().id), &customer).await;
        let left = told(&app, &theo).await;
        assert!(left.iter().all(|notice| !notice.words.contains("Entre nous")), "{left:?}");
    }
}

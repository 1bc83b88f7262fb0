//! What became of ideas lately, for those who see the ideas.

use http::StatusCode;
use serde_json::json;
use shared::{
    Role,
    api::{BoardView, CommentView, IdeaView, Page, ProgressView},
};
use tests::{app::Client, on_each_database};

async fn progress(who: &Client) -> Vec<ProgressView> {
    who.get("/api/v1/progress").await.ok::<Page<ProgressView>>().items
}

async fn idea(owner: &Client, audience: &str, title: &str) -> (BoardView, IdeaView) {
    let new = json!({"title": title, "purpose": "", "audience": audience, "editing": "everyone"});
    let board: BoardView = owner.post("/api/v1/boards", &new).await.created();
    let idea = owner.post(&format!("/api/v1/boards/{}/ideas", board.slug), &json!({"title": title})).await.created();
    (board, idea)
}

async fn say(who: &Client, idea: &IdeaView, kind: &str, body: &str) -> CommentView {
    let path = format!("/api/v1/ideas/{}/comments", idea.card.number);
    who.post(&path, &json!({"body": body, "kind": kind})).await.created()
}

async fn move_to(who: &Client, board: &BoardView, idea: &IdeaView, stage: usize) {
    let request = json!({"stage": board.stages[stage].id, "reason": "Parce que."});
    who.put(&format!("/api/v1/ideas/{}/stage", idea.card.number), &request).await.nothing(StatusCode::OK);
}

on_each_database! {
    moves_and_answers_are_progress_and_nothing_else_is(app) {
        let owner = app.person(Role::Owner).await;
        let (board, idea) = idea(&owner, "public", "Pain du soir").await;
        say(&owner, &idea, "comment", "Miam").await;
        say(&owner, &idea, "note", "Entre nous").await;
        let answer = say(&owner, &idea, "answer", "Dès lundi").await;
        move_to(&owner, &board, &idea, 2).await;

        let found = progress(&app.visitor()).await;
        assert_eq!(found.len(), 2);
        assert_eq!((found[0].stage.as_ref(), found[0].words.as_str()), (Some(&board.stages[2]), "Parce que."));
        assert_eq!((found[1].comment.as_deref(), found[1].words.as_str()), (Some(answer.id.to_string().as_str()), "Dès lundi"));
        assert_eq!((found[0].number, found[0].title.as_str(), &found[0].by), (idea.card.number, "Pain du soir", owner.person()));

        let first: Page<ProgressView> = app.visitor().get("/api/v1/progress?limit=1").await.ok();
        let rest: Page<ProgressView> =
            app.visitor().get(&format!("/api/v1/progress?limit=1&cursor={}", first.next.expect("more"))).await.ok();
        assert_eq!((first.items, rest.items, rest.next), (vec![found[0].clone()], vec![found[1].clone()], None));

        owner.delete(&format!("/api/v1/comments/{}", answer.id)).await.nothing(StatusCode::NO_CONTENT);
        assert_eq!(progress(&app.visitor()).await.len(), 1, "what was deleted is told no more");
    }

    a_board_one_does_not_see_makes_no_progress(app) {
        let owner = app.person(Role::Owner).await;
        let (employee, customer) = (app.person(Role::Employee).await, app.person(Role::Customer).await);
        for audience in ["public", "members", "staff", "invited"] {
            let (board, idea) = idea(&owner, audience, audience).await;
            move_to(&owner, &board, &idea, 1).await;
        }
        for (who, sees) in [(&app.visitor(), 1), (&customer, 2), (&employee, 3), (&owner, 4)] {
            assert_eq!(progress(who).await.len(), sees);
        }
    }

    what_is_away_makes_no_progress(app) {
        let owner = app.person(Role::Owner).await;
        let (board, idea) = idea(&owner, "public", "Pain du soir").await;
        say(&owner, &idea, "answer", "Dès lundi").await;
        move_to(&owner, &board, &idea, 2).await;
        app.execute("UPDATE comment SET away = 'hidden'").await;
        assert_eq!(progress(&app.visitor()).await.len(), 1);
        app.execute("UPDATE idea SET away = 'hidden'").await;
        assert_eq!(progress(&owner).await, []);
    }
}

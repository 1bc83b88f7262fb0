//! The pipeline of a board as the API answers it, and what open pages are told when an idea moves in it.

use http::StatusCode;
use serde_json::json;
use shared::{
    Role,
    api::{BoardView, Code, IdeaView, Pipeline},
};
use tests::{app::Client, on_each_database};

async fn board(owner: &Client) -> BoardView {
    let new = json!({"title": "Goûter", "audience": "public", "editing": "everyone"});
    owner.post("/api/v1/boards", &new).await.created()
}

async fn idea(who: &Client, board: &BoardView, title: &str) -> IdeaView {
    who.post(&format!("/api/v1/boards/{}/ideas", board.slug), &json!({"title": title})).await.created()
}

async fn pipeline(who: &Client, board: &BoardView, asked: &str) -> Pipeline {
    who.get(&format!("/api/v1/boards/{}/pipeline{asked}", board.slug)).await.ok()
}

on_each_database! {
    a_column_goes_on_by_its_cursor(app) {
        let owner = app.person(Role::Owner).await;
        let board = board(&owner).await;
        for n in 0..5 {
            idea(&owner, &board, &format!("Flan {n}")).await;
        }
        let first = pipeline(&app.visitor(), &board, "?limit=2&sort=recent").await;
        assert_eq!((first.columns.len(), first.columns[0].ideas, first.columns[0].items.len()), (7, 5, 2));
        let mut numbers: Vec<u32> = first.columns[0].items.iter().map(|item| item.card.number).collect();
        let mut next = first.columns[0].next.clone();
        while let Some(cursor) = next {
            let asked = format!("?limit=2&sort=recent&stage={}&cursor={cursor}", board.stages[0].id);
            let mut more = pipeline(&app.visitor(), &board, &asked).await;
            let column = more.columns.remove(0);
            assert_eq!((more.columns.len(), column.ideas), (0, 5), "one column, and all its ideas are counted");
            numbers.extend(column.items.iter().map(|item| item.card.number));
            next = column.next;
        }
        assert_eq!(numbers, [5, 4, 3, 2, 1]);
    }

    what_is_asked_makes_sense(app) {
        let owner = app.person(Role::Owner).await;
        let board = board(&owner).await;
        for asked in ["?cursor=1-1", "?limit=0", "?limit=101", "?sort=best", "?involved=never", "?stage=x&cursor=1-1"] {
            owner.get(&format!("/api/v1/boards/{}/pipeline{asked}", board.slug)).await.problem(Code::BadRequest);
        }
        let elsewhere = pipeline(&owner, &board, &format!("?stage={}", shared::StageId::new())).await;
        assert_eq!(elsewhere.columns, []);
    }

    stages_that_a_colleague_changed_are_not_set(app) {
        let owner = app.person(Role::Owner).await;
        let board = board(&owner).await;
        let path = format!("/api/v1/boards/{}/stages", board.slug);
        let known: Vec<_> = board.stages.iter().map(|stage| stage.id).collect();
        let wanted = json!({"stages": board.stages[..5], "known": known});
        owner.put(&path, &wanted).await.nothing(StatusCode::OK);
        for stale in [wanted, json!({"stages": board.stages[..4]})] {
            owner.put(&path, &stale).await.problem(Code::StagesChanged);
        }
    }

    researchers_may_move_and_others_see_where_and_why(app) {
        let owner = app.person(Role::Owner).await;
        let board = board(&owner).await;
        let number = idea(&owner, &board, "Flan").await.card.number;
        for (role, may) in [
            (None, false),
            (Some(Role::Customer), false),
            (Some(Role::Employee), false),
            (Some(Role::Researcher), true),
            (Some(Role::Moderator), true),
        ] {
            let who = app.somebody(role).await;
            assert_eq!(pipeline(&who, &board, "").await.may_move, may, "{role:?}");
        }
        let move_it = json!({"stage": board.stages[6].id, "reason": "Le four est plein."});
        let path = format!("/api/v1/ideas/{number}/stage");
        owner.put(&path, &move_it).await.nothing(StatusCode::OK);
        let seen = pipeline(&app.visitor(), &board, "").await;
        assert_eq!(seen.columns[6].items[0].reason, "Le four est plein.");
        assert_eq!((seen.columns[0].ideas, seen.columns[6].ideas), (0, 1));
    }
}

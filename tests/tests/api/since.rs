//! What came to an idea since somebody who supports it last looked at it: what is told, to whom, and what is kept of visits.

use std::time::Duration;

use http::StatusCode;
use serde_json::{Value, json};
use server::{
    domain::{now, since},
    store::since as store,
};
use shared::{
    Role,
    api::{
        Code, IdeaSince, IdeaView, Millis, PersonView, SinceWhat, Stretch, StretchKind, TextsSince, TimelineEntry,
        VISIT_PAUSE,
    },
};
use tests::{
    app::{App, Client},
    on_each_database,
};

use crate::{changes::rewrite_at, inbox::scene};

const HOUR: Millis = 3_600_000;

async fn since(who: &Client, number: u32) -> IdeaSince {
    who.get(&format!("/api/v1/ideas/{number}/since")).await.ok()
}

async fn visit(who: &Client, number: u32) {
    who.put(&format!("/api/v1/ideas/{number}/visit"), &json!(null)).await.nothing(StatusCode::NO_CONTENT);
}

async fn vote(who: &Client, number: u32) {
    who.put(&format!("/api/v1/ideas/{number}/vote"), &json!(null)).await.nothing(StatusCode::OK);
}

/// A moment in which nothing happens: what comes after it is later.
async fn moment() {
    tokio::time::sleep(Duration::from_millis(5)).await;
}

/// Somebody looked at an idea, some time ago.
async fn looked(app: &App, who: &PersonView, idea: &IdeaView, at: Millis) {
    let mut tx = app.atelier.db.write().await.expect("a transaction");
    let seq = store::support(&mut tx, idea.card.id, who.id).await.expect("found").seq;
    store::see(&mut tx, idea.card.id, who.id, (at, seq), VISIT_PAUSE).await.expect("noted");
    tx.commit().await.expect("a commit");
}

fn of(stretches: &[Stretch], kind: StretchKind) -> String {
    stretches.iter().filter(|stretch| stretch.kind == kind).map(|stretch| stretch.text.as_str()).collect()
}

on_each_database! {
    who_voted_is_told_what_came_since(app) {
        let (owner, zoe, ali, board, idea) = scene(&app).await;
        let number = idea.card.number;
        vote(&ali, number).await;
        moment().await;
        assert!(!since(&ali, number).await.is_news());
        zoe.post(&format!("/api/v1/ideas/{number}/comments"), &json!({"body": "Et le dimanche ?"})).await.nothing(StatusCode::CREATED);
        ali.post(&format!("/api/v1/ideas/{number}/comments"), &json!({"body": "Aussi !"})).await.nothing(StatusCode::CREATED);
        vote(&owner, number).await;
        let stage = json!({"stage": board.stages[1].id, "reason": "On essaie."});
        owner.put(&format!("/api/v1/ideas/{number}/stage"), &stage).await.nothing(StatusCode::OK);
        rewrite_at(&app, &zoe, number, ["Pain du matin", "Au levain."], now() + 10).await;
        rewrite_at(&app, &ali, number, ["Pain du matin", "Au levain dur."], now() + 20).await;
        let told = since(&ali, number).await;
        assert!(told.is_news());
        assert_eq!(told.moment.map(|moment| moment.what), Some(SinceWhat::Vote));
        assert_eq!((told.wrote, told.others_wrote), (vec![zoe.person().clone()], 0), "but for what they wrote themself");
        assert_eq!((told.comments, told.votes), (1, 1));
        let [TimelineEntry::Stage { to, .. }] = told.happened.as_slice() else { panic!("{:?}", told.happened) };
        assert_eq!((to, told.more_happened), (&board.stages[1], false));
        assert!(since(&owner, number).await.happened.is_empty(), "they moved it themself");
        let texts: TextsSince = ali.get(&format!("/api/v1/ideas/{number}/since/texts")).await.ok();
        assert_eq!((of(&texts.title, StretchKind::Removed), of(&texts.title, StretchKind::Added)), ("soir".into(), "matin".into()));
        assert_eq!(of(&texts.body, StretchKind::Added), "Au levain dur.");
    }

    who_comes_back_is_told_from_the_visit_before(app) {
        let (_, zoe, ali, _, idea) = scene(&app).await;
        let number = idea.card.number;
        vote(&ali, number).await;
        looked(&app, ali.person(), &idea, now() - 3 * HOUR).await;
        rewrite_at(&app, &zoe, number, ["Pain du matin", ""], now() - 2 * HOUR).await;
        for _ in 0..3 {
            let told = since(&ali, number).await;
            let what = told.moment.map(|moment| (moment.what, (now() - moment.at) / HOUR));
            assert_eq!((what, told.wrote.len()), (Some((SinceWhat::Visit, 3)), 1), "as long as the visit goes on");
            visit(&ali, number).await;
        }
        looked(&app, ali.person(), &idea, now() + HOUR).await;
        let told = since(&ali, number).await;
        assert!(!told.is_news(), "they have seen it: {told:?}");
        assert_eq!(told.moment.map(|moment| (now() - moment.at) / HOUR), Some(0));
    }

    only_supporters_are_told_and_of_nobody_else_a_visit_is_kept(app) {
        let (owner, zoe, ali, _, idea) = scene(&app).await;
        let number = idea.card.number;
        let seen = async |who: &Client| {
            let mut tx = app.atelier.db.read().await.expect("a transaction");
            store::support(&mut tx, idea.card.id, who.person().id).await.expect("found").seen_at.is_some()
        };
        visit(&owner, number).await;
        assert_eq!((since(&owner, number).await, seen(&owner).await), (IdeaSince::default(), false));
        owner.get(&format!("/api/v1/ideas/{number}/since/texts")).await.problem(Code::NotFound);
        assert_eq!(since(&app.visitor(), number).await, IdeaSince::default());
        app.visitor().put(&format!("/api/v1/ideas/{number}/visit"), &json!(null)).await.problem(Code::SignIn);
        app.visitor().get(&format!("/api/v1/ideas/{number}/since/texts")).await.problem(Code::SignIn);

        vote(&ali, number).await;
        visit(&ali, number).await;
        assert!(seen(&ali).await);
        ali.delete(&format!("/api/v1/ideas/{number}/support")).await.nothing(StatusCode::OK);
        assert_eq!(since(&ali, number).await, IdeaSince::default());
        visit(&ali, number).await;
        assert!(!seen(&ali).await, "who supports it no more is not noted, and what was is forgotten");
        visit(&zoe, number).await;
        assert!(seen(&zoe).await, "who proposed it follows it");
    }

    what_is_hidden_is_hidden_here(app) {
        let (owner, _, ali, _, _) = scene(&app).await;
        let employee = app.person(Role::Employee).await;
        let new = json!({"title": "Labo", "purpose": "", "audience": "staff", "editing": "everyone"});
        let board: Value = owner.post("/api/v1/boards", &new).await.created();
        let path = format!("/api/v1/boards/{}/ideas", board["slug"].as_str().expect("a slug"));
        let idea: IdeaView = owner.post(&path, &json!({"title": "Recette"})).await.created();
        let number = idea.card.number;
        for who in [&ali, &app.visitor()] {
            who.get(&format!("/api/v1/ideas/{number}/since")).await.problem(Code::NotFound);
        }
        ali.get(&format!("/api/v1/ideas/{number}/since/texts")).await.problem(Code::NotFound);
        ali.put(&format!("/api/v1/ideas/{number}/visit"), &json!(null)).await.problem(Code::NotFound);
        vote(&employee, number).await;
        moment().await;
        owner.post(&format!("/api/v1/ideas/{number}/comments"), &json!({"body": "Entre nous.", "kind": "note"})).await.nothing(StatusCode::CREATED);
        let update = json!({"body": "Pas encore dit.", "staff": true});
        owner.post(&format!("/api/v1/ideas/{number}/updates"), &update).await.nothing(StatusCode::CREATED);
        let told = since(&employee, number).await;
        assert_eq!((told.comments, told.happened.len()), (0, 0), "neither notes nor what is not published");
        assert!(since::places(&app.atelier.db, Some(employee.person()), number).await.is_ok());
    }
}

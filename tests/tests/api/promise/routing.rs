//! Who answers the ideas of a board: they are told of each, those in reserve once half of the time is over.

use http::StatusCode;
use serde_json::json;
use server::domain::{now, promise::remind};
use shared::{
    Role,
    api::{AnswererView, BoardView, Code, IdeaCard, NoticeKind, Page},
};
use tests::{
    app::{App, Client},
    on_each_database,
};

use super::{DAY, four_days_later, propose, say, scene};
use crate::inbox::told;

async fn name(who: &Client, board: &BoardView, person: &Client, wanted: serde_json::Value) -> tests::app::Answer {
    who.put(&format!("/api/v1/boards/{}/answerers/{}", board.slug, person.person().handle), &wanted).await
}

async fn kinds(app: &App, who: &Client) -> Vec<NoticeKind> {
    told(app, who).await.into_iter().map(|notice| notice.kind).collect()
}

async fn tag(who: &Client, board: &BoardView, name: &str) -> String {
    let path = format!("/api/v1/boards/{}/tags", board.slug);
    let board: BoardView = who.post(&path, &json!({"name": name, "colour": "amber"})).await.created();
    board.tags.iter().find(|tag| tag.name == name).expect("the tag").id.to_string()
}

on_each_database! {
    those_named_are_told_first_and_those_in_reserve_after_half_of_the_time(app) {
        let (owner, zoe, board) = scene(&app).await;
        let (theo, mia, noe) = (app.person(Role::Employee).await, app.person(Role::Researcher).await, app.person(Role::Moderator).await);
        name(&owner, &board, &theo, json!({})).await.nothing(StatusCode::OK);
        let all: Vec<AnswererView> = name(&owner, &board, &mia, json!({"reserve": true})).await.ok();
        assert_eq!(all.iter().map(|one| (one.person.id, one.reserve)).collect::<Vec<_>>(), [(theo.person().id, false), (mia.person().id, true)]);
        let idea = propose(&zoe, &board, "Pain du soir").await;
        assert_eq!(kinds(&app, &theo).await, [NoticeKind::Assigned]);
        assert_eq!((kinds(&app, &mia).await, kinds(&app, &noe).await, kinds(&app, &zoe).await), (vec![], vec![], vec![]));

        assert!(!remind(&app.atelier.db, now()).await.expect("looked"), "nothing is due yet");
        app.execute("UPDATE idea SET half_at = half_at - 259200000").await;
        assert!(remind(&app.atelier.db, now()).await.expect("reminded"));
        assert!(!remind(&app.atelier.db, now()).await.expect("looked"), "once");
        assert_eq!((kinds(&app, &mia).await, kinds(&app, &theo).await.len()), (vec![NoticeKind::Halfway], 1));

        four_days_later(&app).await;
        assert!(remind(&app.atelier.db, now()).await.expect("reminded"));
        for who in [&theo, &mia] {
            assert_eq!(kinds(&app, who).await[0], NoticeKind::Overdue);
        }
        assert_eq!(kinds(&app, &noe).await, [], "they have names");
        say(&theo, &idea, "answer").await;
        let next = propose(&zoe, &board, "Pain de nuit").await;
        say(&theo, &next, "answer").await;
        assert!(!remind(&app.atelier.db, now() + 30 * DAY).await.expect("looked"), "nobody is reminded of what was answered");
    }

    where_nobody_is_named_moderators_are_told_what_is_late(app) {
        let (owner, zoe, board) = scene(&app).await;
        let (theo, noe) = (app.person(Role::Employee).await, app.person(Role::Moderator).await);
        propose(&zoe, &board, "Pain du soir").await;
        four_days_later(&app).await;
        assert!(remind(&app.atelier.db, now()).await.expect("reminded"));
        assert_eq!((kinds(&app, &noe).await, kinds(&app, &owner).await), (vec![NoticeKind::Overdue], vec![NoticeKind::Overdue]));
        assert_eq!((kinds(&app, &theo).await, kinds(&app, &zoe).await), (vec![], vec![]));
    }

    while_the_author_is_asked_nobody_is_reminded(app) {
        let (owner, zoe, board) = scene(&app).await;
        let idea = propose(&zoe, &board, "Pain du soir").await;
        say(&owner, &idea, "question").await;
        four_days_later(&app).await;
        assert!(!remind(&app.atelier.db, now()).await.expect("looked"));
    }

    ideas_with_a_tag_go_to_who_answers_those(app) {
        let (owner, zoe, board) = scene(&app).await;
        let (theo, mia) = (app.person(Role::Employee).await, app.person(Role::Employee).await);
        let (oven, price) = (tag(&owner, &board, "Four").await, tag(&owner, &board, "Prix").await);
        name(&owner, &board, &theo, json!({"tag": oven})).await.nothing(StatusCode::OK);
        name(&owner, &board, &theo, json!({"tag": price})).await.nothing(StatusCode::OK);
        name(&owner, &board, &mia, json!({})).await.nothing(StatusCode::OK);
        let idea = propose(&zoe, &board, "Pain du soir").await;
        assert_eq!((kinds(&app, &theo).await.len(), kinds(&app, &mia).await.len()), (0, 1));
        let mine = async |who: &Client| who.get("/api/v1/desk/answers?mine=true").await.ok::<Page<IdeaCard>>().items.len();
        assert_eq!((mine(&theo).await, mine(&mia).await), (0, 1));
        let tags = format!("/api/v1/ideas/{}/tags", idea.card.number);
        zoe.put(&tags, &json!({"tags": [oven]})).await.nothing(StatusCode::OK);
        zoe.put(&tags, &json!({"tags": [oven, price]})).await.nothing(StatusCode::OK);
        assert_eq!((kinds(&app, &theo).await, kinds(&app, &mia).await), (vec![NoticeKind::Assigned], vec![NoticeKind::Assigned]), "once each");
        assert_eq!((mine(&theo).await, mine(&mia).await, mine(&owner).await), (1, 1, 0));

        let path = format!("/api/v1/boards/{}/answerers/{}", board.slug, theo.person().handle);
        owner.delete(&path).await.nothing(StatusCode::NO_CONTENT);
        assert_eq!(mine(&theo).await, 1, "of the tags they still do");
        for tag in [&oven, &price] {
            owner.delete(&format!("{path}?tag={tag}")).await.nothing(StatusCode::NO_CONTENT);
        }
        assert_eq!(mine(&theo).await, 0);
    }

    only_who_may_answer_is_named_and_only_moderators_name(app) {
        let (owner, zoe, board) = scene(&app).await;
        let theo = app.person(Role::Employee).await;
        for role in [Role::Customer, Role::Employee, Role::Researcher] {
            name(&app.person(role).await, &board, &theo, json!({})).await.problem(Code::Role);
        }
        name(&app.visitor(), &board, &theo, json!({})).await.problem(Code::SignIn);
        name(&owner, &board, &zoe, json!({})).await.invalid(&["handle"]);
        name(&owner, &board, &theo, json!({"tag": "018f6a10-0000-7000-8000-000000000000"})).await.invalid(&["tag"]);
        let list = format!("/api/v1/boards/{}/answerers", board.slug);
        assert!(theo.get(&list).await.ok::<Vec<AnswererView>>().is_empty());
        zoe.get(&list).await.problem(Code::Role);
        owner.put(&format!("{list}/nobody-at-all"), &json!({})).await.problem(Code::NotFound);

        let new = json!({"title": "Secret", "purpose": "", "audience": "invited", "editing": "staff"});
        let hidden: BoardView = owner.post("/api/v1/boards", &new).await.created();
        name(&owner, &hidden, &theo, json!({})).await.invalid(&["handle"]);
        theo.get(&format!("/api/v1/boards/{}/answerers", hidden.slug)).await.problem(Code::NotFound);
        name(&owner, &board, &theo, json!({})).await.nothing(StatusCode::OK);
        let customer = json!({"role": "customer"});
        owner.patch(&format!("/api/v1/people/{}", theo.person().id), &customer).await.nothing(StatusCode::OK);
        propose(&zoe, &board, "Pain du soir").await;
        assert_eq!(kinds(&app, &theo).await, [], "who is no longer of the company is not called");
    }
}

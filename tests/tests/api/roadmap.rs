//! The roadmap: what is on its way, for those who may read it and nobody else.

use http::StatusCode;
use serde_json::json;
use shared::{
    Role,
    api::{Code, Decide, Phase, Roadmap, RoadmapPhase, Subject},
};
use tests::{app::Client, on_each_database};

use crate::news::{Scene, board, move_to, propose, publish};

async fn roadmap(who: &Client, asked: &str) -> Vec<RoadmapPhase> {
    who.get(&format!("/api/v1/roadmap{asked}")).await.ok::<Roadmap>().phases
}

/// How many ideas somebody is told of under each heading.
async fn counts(who: &Client, asked: &str) -> Vec<u32> {
    roadmap(who, asked).await.iter().map(|phase| phase.ideas).collect()
}

on_each_database! {
    ideas_stand_under_the_heading_of_their_stage(app) {
        let scene = Scene::new(&app).await;
        let visitor = app.visitor();
        assert_eq!(counts(&visitor, "").await, [0, 0, 0, 0], "a new idea is not on its way");
        for (stage, place) in [(2, 0), (3, 1), (4, 2), (5, 3)] {
            scene.move_to(stage, "").await;
            let phases = roadmap(&visitor, "").await;
            assert_eq!(phases.iter().map(|phase| phase.phase).collect::<Vec<_>>(), Phase::ALL);
            for (at, phase) in phases.iter().enumerate() {
                assert_eq!((phase.ideas, phase.items.len(), &phase.next), (u32::from(at == place), usize::from(at == place), &None));
            }
            assert_eq!(phases[place].items[0].card.number, scene.idea.card.number);
        }
        scene.move_to(6, "Le four est plein.").await;
        assert_eq!(counts(&visitor, "").await, [0, 0, 0, 0]);
    }

    a_card_says_what_was_published_last_and_what_comes_next(app) {
        let scene = Scene::new(&app).await;
        scene.move_to(3, "").await;
        let card = async || roadmap(&app.visitor(), "").await[1].items[0].clone();
        assert_eq!((card().await.update, card().await.ahead), (None, None));
        scene.publish("updates", json!({"body": "Au **four**.", "percent": 40})).await;
        scene.publish("updates", json!({"body": "SECRET", "percent": 90, "staff": true})).await;
        scene.publish("milestones", json!({"title": "Sans date"})).await;
        scene.publish("milestones", json!({"title": "Plus tard", "due_on": "2031-05-01"})).await;
        let next = scene.publish("milestones", json!({"title": "D’abord", "due_on": "2031-01-01"})).await;
        scene.publish("milestones", json!({"title": "SECRET", "due_on": "2030-01-01", "staff": true})).await;
        let told = card().await;
        assert_eq!((told.update.expect("an update").words.as_str(), told.card.percent), ("Au four.", Some(40)));
        let ahead = told.ahead.expect("a milestone");
        assert_eq!((ahead.title.as_str(), ahead.due_on.as_deref()), ("D’abord", Some("2031-01-01")));
        let reached = json!({"title": "D’abord", "due_on": "2031-01-01", "done": true});
        scene.owner.put(&format!("/api/v1/milestones/{next}"), &reached).await.nothing(StatusCode::OK);
        assert_eq!(card().await.ahead.expect("a milestone").title, "Plus tard");
        for who in [&app.visitor(), &scene.owner] {
            for path in ["/api/v1/roadmap", "/roadmap", "/roadmap?phase=built"] {
                let answer = who.get(path).await;
                answer.nothing(StatusCode::OK);
                let said = String::from_utf8(answer.body.to_vec()).expect("text");
                assert!(said.contains("Au four.") && said.contains("Pain du soir") && !said.contains("SECRET"), "{path}");
            }
        }
    }

    a_heading_comes_in_pages_and_a_board_alone(app) {
        let scene = Scene::new(&app).await;
        let other = board(&scene.owner, "Ailleurs", "public").await;
        for n in 0..4 {
            let on = if n % 2 == 0 { &scene.board } else { &other };
            let idea = propose(&scene.owner, on, &format!("Idée {n}")).await;
            move_to(&scene.owner, on, &idea, 2, "").await;
        }
        scene.move_to(2, "").await;
        let visitor = app.visitor();
        let (mut all, mut after) = (Vec::new(), String::new());
        loop {
            let phases = roadmap(&visitor, &format!("?phase=explored&limit=2{after}")).await;
            let [phase] = &phases[..] else { panic!("{phases:?}") };
            assert_eq!((phase.phase, phase.ideas), (Phase::Explored, 5));
            all.extend(phase.items.iter().map(|idea| idea.card.title.clone()));
            let Some(next) = &phase.next else { break };
            after = format!("&cursor={next}");
        }
        assert_eq!(all, ["Idée 3", "Idée 2", "Idée 1", "Idée 0", "Pain du soir"], "those first in which most moves");
        assert_eq!(counts(&visitor, "?board=ailleurs").await, [2, 0, 0, 0]);
        visitor.get("/api/v1/roadmap?board=nowhere").await.problem(Code::NotFound);
        visitor.get("/api/v1/roadmap?cursor=1-1").await.problem(Code::BadRequest);
        visitor.get("/api/v1/roadmap?phase=nonsense").await.problem(Code::BadRequest);
    }

    what_one_may_not_see_is_neither_shown_nor_counted(app) {
        let owner = app.person(Role::Owner).await;
        let (employee, customer) = (app.person(Role::Employee).await, app.person(Role::Customer).await);
        for audience in ["public", "members", "staff", "invited"] {
            let made = board(&owner, audience, audience).await;
            let idea = propose(&owner, &made, audience).await;
            move_to(&owner, &made, &idea, 4, "").await;
            publish(&owner, &idea, "updates", json!({"body": audience})).await;
        }
        for (who, sees) in [(&app.visitor(), 1), (&customer, 2), (&employee, 3), (&owner, 4)] {
            assert_eq!(counts(who, "").await, [0, 0, sees, 0]);
            assert_eq!(roadmap(who, "").await[2].items.len() as u32, sees);
        }
        customer.get("/api/v1/roadmap?board=invited").await.problem(Code::NotFound);
        app.visitor().get("/api/v1/roadmap?board=members").await.problem(Code::NotFound);
        let named = format!("/api/v1/boards/invited/members/{}", customer.person().handle);
        owner.put(&named, &json!(null)).await.nothing(StatusCode::NO_CONTENT);
        assert_eq!((counts(&customer, "").await, counts(&customer, "?board=invited").await), (vec![0, 0, 3, 0], vec![0, 0, 1, 0]));
        owner.delete(&named).await.nothing(StatusCode::NO_CONTENT);
        assert_eq!(counts(&customer, "").await, [0, 0, 2, 0]);
    }

    what_is_away_is_on_no_roadmap(app) {
        let scene = Scene::new(&app).await;
        scene.move_to(2, "").await;
        let shown = async |who: &Client| (counts(who, "").await[0], roadmap(who, "").await[0].items.len());
        assert_eq!(shown(&app.visitor()).await, (1, 1));
        scene.decide(Subject::Idea(scene.idea.card.id), Decide::Hide).await;
        assert_eq!((shown(&app.visitor()).await, shown(&scene.owner).await, shown(&scene.zoe).await), ((0, 0), (0, 0), (0, 0)));
        scene.decide(Subject::Idea(scene.idea.card.id), Decide::Keep).await;
        let into = propose(&scene.owner, &scene.board, "Pain de nuit").await;
        let merge = json!({"into": into.card.number, "reason": ""});
        scene.owner.put(&format!("/api/v1/ideas/{}/merge", scene.idea.card.number), &merge).await.nothing(StatusCode::OK);
        assert_eq!((shown(&app.visitor()).await, shown(&scene.owner).await), ((0, 0), (0, 0)));
    }
}

//! The timeline: moves, answers, progress and freezing as they followed each other, in pages.

use std::collections::BTreeSet;

use http::StatusCode;
use serde_json::json;
use shared::api::{CommentView, IdeaView, Page, TimelineEntry};
use tests::{app::Client, on_each_database};

use super::{Scene, address, ended, trial};

/// What kind each is, and of what can be told apart, which.
fn kinds(timeline: &[TimelineEntry]) -> Vec<String> {
    let kind = |entry: &TimelineEntry| match entry {
        TimelineEntry::Stage { to, reason, .. } => format!("stage {} {reason}", to.en),
        TimelineEntry::Answer { body_html, .. } => format!("answer {body_html}").trim().to_owned(),
        TimelineEntry::Update(update) => format!("update {}", update.body),
        TimelineEntry::Milestone(milestone) => format!("milestone {}", milestone.title),
        TimelineEntry::Experiment(one) => {
            format!("experiment {}", one.conclusion.as_ref().map_or("runs", |said| said.outcome.as_str()))
        }
        TimelineEntry::Frozen { words, .. } => format!("frozen {words}"),
        TimelineEntry::Thawed { .. } => "thawed".into(),
    };
    timeline.iter().map(kind).collect()
}

async fn say(scene: &Scene, who: &Client, kind: &str, body: &str) -> CommentView {
    who.post(&scene.path("/comments"), &json!({"kind": kind, "body": body})).await.created()
}

/// All pages of a timeline, one after the other, with something done in between.
async fn in_pages(scene: &Scene, who: &Client, limit: u32, between: impl AsyncFn()) -> Vec<TimelineEntry> {
    let mut found = Vec::new();
    let mut after = String::new();
    loop {
        let page: Page<TimelineEntry> = who.get(&scene.path(&format!("/timeline?limit={limit}{after}"))).await.ok();
        assert!(page.items.len() <= limit as usize);
        found.extend(page.items);
        let Some(next) = page.next else { return found };
        after = format!("&cursor={next}");
        between().await;
    }
}

on_each_database! {
    it_holds_all_that_became_of_an_idea_the_last_first(app) {
        let scene = Scene::new(&app).await;
        say(&scene, &scene.zoe, "comment", "Quand ?").await;
        say(&scene, &scene.ben, "note", "Entre nous").await;
        let answer = say(&scene, &scene.ben, "answer", "Dès mars.").await;
        let to = json!({"stage": scene.board.stages[2].id, "reason": "Allons-y."});
        scene.rita.put(&scene.path("/stage"), &to).await.nothing(StatusCode::OK);
        let begun = scene.experiment(trial()).await;
        scene.milestone(json!({"title": "Un jour"})).await;
        let reached = scene.milestone(json!({"title": "Pétrir"})).await;
        scene.rita.put(&scene.path("/freeze"), &json!({"words": "On cuit."})).await.nothing(StatusCode::OK);
        scene.update(json!({"body": "Un"})).await;
        scene.rita.put(&address("milestones", reached.head.id), &json!({"title": "Pétrir", "done": true})).await.nothing(StatusCode::OK);
        scene.rita.delete(&scene.path("/freeze")).await.nothing(StatusCode::NO_CONTENT);
        scene.rita.put(&format!("{}/conclusion", address("experiments", begun.head.id)), &ended("reverted", "Trop cher.")).await.nothing(StatusCode::OK);
        let expected = ["experiment reverted", "thawed", "milestone Pétrir", "update Un", "frozen On cuit.",
            "stage Exploring Allons-y.", "answer <p>Dès mars.</p>"];
        for who in [&scene.visitor, &scene.zoe, &scene.rita] {
            let timeline = scene.timeline(who).await;
            assert_eq!(kinds(&timeline), expected);
            assert!(timeline.windows(2).all(|pair| pair[0].at() >= pair[1].at()), "{timeline:?}");
            assert_eq!(in_pages(&scene, who, 1, async || {}).await, timeline);
            assert_eq!(in_pages(&scene, who, 3, async || {}).await, timeline);
        }
        scene.marie.delete(&format!("/api/v1/comments/{}", answer.id)).await.nothing(StatusCode::NO_CONTENT);
        assert_eq!(kinds(&scene.timeline(&scene.visitor).await), expected[..6]);
    }

    an_answer_that_is_away_or_another_ideas_is_not_in_it(app) {
        let scene = Scene::new(&app).await;
        let hidden = say(&scene, &scene.ben, "answer", "Non.").await;
        assert_eq!(scene.timeline(&scene.visitor).await.len(), 1);
        app.execute("UPDATE comment SET away = 'hidden'").await;
        for who in [&scene.visitor, &scene.zoe] {
            assert_eq!(scene.timeline(who).await, []);
        }
        app.execute("UPDATE comment SET away = NULL").await;
        let TimelineEntry::Answer { comment, .. } = &scene.timeline(&scene.visitor).await[0] else { panic!("the answer") };
        assert_eq!(*comment, hidden.id);

        let path = format!("/api/v1/boards/{}/ideas", scene.board.slug);
        let target: IdeaView = scene.zoe.post(&path, &json!({"title": "Pain de nuit"})).await.created();
        let into = target.card.number;
        scene.owner.put(&scene.path("/merge"), &json!({ "into": into })).await.nothing(StatusCode::OK);
        let of_target: Page<TimelineEntry> = scene.visitor.get(&format!("/api/v1/ideas/{into}/timeline")).await.ok();
        assert_eq!(of_target.items, [], "it was not given to the target");
        scene.owner.delete(&scene.path("/merge")).await.nothing(StatusCode::OK);
        assert_eq!(kinds(&scene.timeline(&scene.visitor).await), ["answer <p>Non.</p>"]);
    }

    what_is_published_or_reached_later_stands_where_it_was(app) {
        let scene = Scene::new(&app).await;
        let draft = scene.update(json!({"body": "Tôt", "staff": true})).await;
        let early = scene.milestone(json!({"title": "Tôt", "staff": true, "done": true})).await;
        let begun = scene.experiment({ let mut said = trial(); said["staff"] = json!(true); said }).await;
        scene.rita.put(&format!("{}/conclusion", address("experiments", begun.head.id)), &ended("kept", "Oui.")).await.nothing(StatusCode::OK);
        scene.update(json!({"body": "Entre"})).await;
        assert_eq!(kinds(&scene.timeline(&scene.ben).await), ["update Entre", "experiment kept", "milestone Tôt", "update Tôt"]);
        assert_eq!(kinds(&scene.timeline(&scene.visitor).await), ["update Entre"]);
        scene.rita.put(&address("updates", draft.head.id), &json!({"body": "Tôt"})).await.nothing(StatusCode::OK);
        scene.rita.put(&address("milestones", early.head.id), &json!({"title": "Tôt", "done": true})).await.nothing(StatusCode::OK);
        scene.rita.put(&address("experiments", begun.head.id), &trial()).await.nothing(StatusCode::OK);
        for who in [&scene.visitor, &scene.ben] {
            let timeline = scene.timeline(who).await;
            assert_eq!(kinds(&timeline), ["experiment kept", "milestone Tôt", "update Tôt", "update Entre"]);
            assert!(timeline.windows(2).all(|pair| pair[0].at() >= pair[1].at()), "{timeline:?}");
        }
    }

    two_hundred_come_in_pages_whatever_happens_meanwhile(app) {
        let scene = Scene::new(&app).await;
        for place in 0..200 {
            scene.update(json!({"body": format!("n{place}")})).await;
        }
        let bodies = |timeline: &[TimelineEntry]| -> Vec<String> {
            kinds(timeline).into_iter().filter(|kind| kind.starts_with("update n")).collect()
        };
        let expected: Vec<String> = (0..200).rev().map(|place| format!("update n{place}")).collect();
        assert_eq!(bodies(&in_pages(&scene, &scene.visitor, 100, async || {}).await), expected);
        let meanwhile = async || drop(scene.update(json!({"body": "Encore"})).await);
        assert_eq!(bodies(&in_pages(&scene, &scene.visitor, 23, meanwhile).await), expected);
        let usual: Page<TimelineEntry> = scene.visitor.get(&scene.path("/timeline")).await.ok();
        assert_eq!((usual.items.len(), usual.next.is_some()), (25, true));

        app.execute("UPDATE entry SET shown_at = 1000, created_at = 1000, published_at = 1000").await;
        let found = in_pages(&scene, &scene.visitor, 7, async || {}).await;
        assert_eq!(bodies(&found).into_iter().collect::<BTreeSet<_>>(), expected.into_iter().collect(), "of the same moment");
        assert_eq!(bodies(&found).len(), 200, "each once");
    }
}

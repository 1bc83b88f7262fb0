//! Progress that is not what it should be: refused where it is wrong, in words, and nothing changed.

use http::{Method, StatusCode};
use serde_json::{Value, json};
use shared::{
    EntryId, Role,
    api::{Code, FieldCode},
    limits,
};
use tests::{app::App, on_each_database};

use super::{Scene, address, ended, trial};

/// `said` with another value in one field.
fn with(said: &Value, field: &str, value: impl Into<Value>) -> Value {
    let mut said = said.clone();
    said[field] = value.into();
    said
}

on_each_database! {
    each_field_that_is_wrong_is_named_with_what_is_wrong(app) {
        let scene = Scene::new(&app).await;
        let (update, milestone) = (json!({"body": "Oui"}), json!({"title": "Cuire"}));
        let long = |limit: usize| "é".repeat(limit + 1);
        let begun = scene.experiment(trial()).await.head.id;
        let before = app.number("SELECT count(*) FROM audit").await;
        let mut asked = Vec::new();
        for (path, good, field, limit) in [
            ("/updates", &update, "body", limits::UPDATE),
            ("/milestones", &milestone, "title", limits::MILESTONE),
            ("/experiments", &trial(), "hypothesis", limits::EXPERIMENT),
            ("/experiments", &trial(), "trial", limits::EXPERIMENT),
            ("/experiments", &trial(), "measure", limits::EXPERIMENT),
        ] {
            for (text, code) in [
                (String::new(), FieldCode::Required), (" \n ".into(), FieldCode::Required),
                (long(limit), FieldCode::TooLong), ("a\u{0}b".into(), FieldCode::Characters), ("a\u{1b}b".into(), FieldCode::Characters),
            ] {
                asked.push((Method::POST, scene.path(path), with(good, field, text), field, code));
            }
        }
        for (field, limit) in [("result", limits::RESULT), ("reason", limits::EXPERIMENT)] {
            let path = format!("{}/conclusion", address("experiments", begun));
            for (text, code) in [(String::new(), FieldCode::Required), (long(limit), FieldCode::TooLong), ("a\u{8}b".into(), FieldCode::Characters)] {
                asked.push((Method::PUT, path.clone(), with(&ended("kept", "Oui"), field, text), field, code));
            }
        }
        for day in ["2026-02-30", "2027-02-29", "2027-13-01", "2027-00-10", "2027-01-00", "0000-01-01", "31/03/2027", "2027-3-1",
            "demain", "2027-03-31T00:00", "+2027-03-31", "2027-9223372036854775807-01", "2027-03--1"] {
            asked.push((Method::POST, scene.path("/milestones"), with(&milestone, "due_on", day), "due_on", FieldCode::Unknown));
        }
        for percent in [101, 255] {
            asked.push((Method::POST, scene.path("/updates"), with(&update, "percent", percent), "percent", FieldCode::Unknown));
        }
        asked.push((Method::POST, scene.path("/milestones"), json!({"title": "a\nb"}), "title", FieldCode::Characters));
        asked.push((Method::POST, scene.path("/milestones"), json!({"title": "a\u{202e}b"}), "title", FieldCode::Characters));
        asked.push((Method::PUT, scene.path("/freeze"), json!({"words": long(limits::REASON)}), "words", FieldCode::TooLong));
        asked.push((Method::PUT, scene.path("/freeze"), json!({"words": "a\u{0}b"}), "words", FieldCode::Characters));
        for (method, path, said, field, code) in asked {
            let request = scene.rita.request(method, &path).header("content-type", "application/json");
            let problem = scene.rita.send(request, said.to_string()).await.invalid(&[field]);
            assert_eq!((problem.fields[field].code, problem.fields[field].message.is_empty()), (code, false), "{path} {field}");
        }
        let both = json!({"body": " ", "percent": 101});
        scene.rita.post(&scene.path("/updates"), &both).await.invalid(&["body", "percent"]);
        scene.rita.post(&scene.path("/experiments"), &json!({"hypothesis": "", "trial": "", "measure": ""})).await.invalid(&["hypothesis", "measure", "trial"]);
        assert_eq!(app.number("SELECT count(*) FROM audit").await, before);
        assert_eq!(app.number("SELECT count(*) FROM entry").await, 1);
        assert_eq!(app.number("SELECT count(*) FROM frozen_concept").await, 0);
    }

    what_fits_exactly_is_taken(app) {
        let scene = Scene::new(&app).await;
        for percent in [0, 100] {
            assert_eq!(scene.update(json!({"body": "é".repeat(limits::UPDATE), "percent": percent})).await.percent, Some(percent));
        }
        let day = scene.milestone(json!({"title": "é".repeat(limits::MILESTONE), "due_on": " 2028-02-29 "})).await;
        assert_eq!(day.due_on.as_deref(), Some("2028-02-29"));
        assert_eq!(scene.milestone(json!({"title": "Un jour", "due_on": " "})).await.due_on, None);
        let long = "é".repeat(limits::EXPERIMENT);
        let begun = scene.experiment(json!({"hypothesis": long, "trial": long, "measure": "a\n\tb"})).await;
        let said = json!({"outcome": "kept", "result": "é".repeat(limits::RESULT), "reason": long});
        scene.rita.put(&format!("{}/conclusion", address("experiments", begun.head.id)), &said).await.nothing(StatusCode::OK);
    }

    an_idea_has_so_many_milestones_and_no_more(app) {
        let scene = Scene::new(&app).await;
        let mut last = None;
        for place in 0..limits::MILESTONES {
            last = Some(scene.milestone(json!({"title": format!("{place}"), "staff": place % 2 == 0})).await);
        }
        let path = scene.path("/milestones");
        let problem = scene.rita.post(&path, &json!({"title": "Encore"})).await.invalid(&["title"]);
        assert_eq!((problem.fields["title"].code, problem.fields["title"].limit), (FieldCode::TooMany, u32::try_from(limits::MILESTONES).ok()));
        scene.rita.delete(&address("milestones", last.expect("one").head.id)).await.nothing(StatusCode::NO_CONTENT);
        scene.milestone(json!({"title": "Encore"})).await;
    }
}

#[tokio::test]
async fn what_is_no_such_request_is_refused() {
    let app = App::new().await;
    let scene = Scene::new(&app).await;
    let update = json!({"body": "Oui"});
    for wrong in [
        with(&update, "percent", 256),
        with(&update, "percent", -1),
        with(&update, "percent", 1.5),
        with(&update, "percent", "50"),
        with(&update, "published_at", 1),
        with(&update, "by", "zoe"),
        with(&update, "staff", "no"),
        json!({}),
    ] {
        scene.rita.post(&scene.path("/updates"), &wrong).await.problem(Code::BadJson);
    }
    let begun = scene.experiment(trial()).await.head.id;
    let conclusion = format!("{}/conclusion", address("experiments", begun));
    for wrong in [with(&ended("kept", "x"), "outcome", "failed"), json!({"outcome": "kept"}), trial()] {
        scene.rita.put(&conclusion, &wrong).await.problem(Code::BadJson);
    }
    for path in ["/api/v1/updates/1", "/api/v1/milestones/%00", "/api/v1/experiments/x"] {
        scene.rita.delete(path).await.problem(Code::BadRequest);
    }
    for kind in ["updates", "milestones", "experiments"] {
        scene.rita.delete(&address(kind, EntryId::new())).await.problem(Code::NotFound);
        scene.rita.post(&format!("/api/v1/ideas/999/{kind}"), &trial()).await.nothing(if kind == "experiments" {
            StatusCode::NOT_FOUND
        } else {
            StatusCode::BAD_REQUEST
        });
    }
    for query in ["cursor=x", "cursor=1-x", "limit=0", "limit=101"] {
        scene.rita.get(&scene.path(&format!("/timeline?{query}"))).await.problem(Code::BadRequest);
    }
}

#[tokio::test]
async fn markdown_that_is_no_text_is_made_harmless() {
    let app = App::new().await;
    let scene = Scene::new(&app).await;
    let evil = "<script>alert(1)</script> [x](javascript:alert(1)) <img src=x onerror=alert(1)> ![](https://evil.example/x.png)";
    let said = scene.update(json!({ "body": evil })).await;
    let begun = scene.experiment(trial()).await.head.id;
    let ended = json!({"outcome": "kept", "result": evil, "reason": evil});
    let path = format!("{}/conclusion", address("experiments", begun));
    let concluded = super::experiment(scene.rita.put(&path, &ended).await.ok()).conclusion.expect("concluded");
    for html in [said.body_html, concluded.result_html] {
        for harm in ["<script", "href=\"javascript", "<img"] {
            assert!(!html.contains(harm), "{html}");
        }
    }
}

#[tokio::test]
async fn who_publishes_too_much_waits() {
    let app = App::configured(|config| config.write_limits = std::num::NonZeroU32::MIN).await;
    let scene = Scene::new(&app).await;
    let id = scene.milestone(json!({"title": "0"})).await.head.id;
    let mut last = StatusCode::OK;
    for title in 1..200 {
        last = scene.rita.put(&address("milestones", id), &json!({"title": title.to_string()})).await.status;
        if last == StatusCode::TOO_MANY_REQUESTS {
            break;
        }
    }
    assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
    scene.rita.put(&scene.path("/freeze"), &json!({})).await.problem(Code::TooMany);
    let other = app.person(Role::Researcher).await;
    other.put(&address("milestones", id), &json!({"title": "Autre"})).await.nothing(StatusCode::OK);
}

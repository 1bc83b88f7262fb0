//! What only the company's people see, until it is published: nobody else reads a word of it, anywhere.

use http::StatusCode;
use serde_json::{Value, json};
use server::domain::{pictures, search};
use shared::{
    EntryId, Role,
    api::{BoardView, Code, NoticeKind, Outcome, Page, PictureView, ProgressView},
};
use tests::{
    app::{App, Client},
    on_each_database,
};

use super::{Scene, address, ended, experiment, trial, update, versions};
use crate::{
    inbox::{told, unread},
    pictures::{png, send},
};

/// A word that stands nowhere else.
const SECRET: &str = "Zanzibar";

fn staff(mut said: Value) -> Value {
    said["staff"] = json!(true);
    said
}

fn secret_trial() -> Value {
    json!({"hypothesis": SECRET, "trial": SECRET, "measure": SECRET, "staff": true})
}

async fn picture(scene: &Scene) -> PictureView {
    send(&scene.rita, &scene.board.slug, png(8, 6)).await.created()
}

async fn sees(who: &Client, picture: &PictureView) -> bool {
    who.get(&picture.path).await.status == StatusCode::OK
}

/// One of each kind that is not published: an update, a milestone that is reached, one that is not, an experiment.
async fn secrets(scene: &Scene) -> [(&'static str, EntryId); 4] {
    let said = scene.update(json!({"body": format!("{SECRET} 1"), "percent": 77, "staff": true})).await;
    let path = address("updates", said.head.id);
    let changed = json!({"body": format!("{SECRET} 2"), "percent": 78, "staff": true});
    scene.rita.put(&path, &changed).await.nothing(StatusCode::OK);
    let reached = scene.milestone(json!({"title": SECRET, "done": true, "staff": true})).await;
    let open = scene.milestone(json!({"title": SECRET, "staff": true})).await;
    let begun = scene.experiment(secret_trial()).await;
    let ended = json!({"outcome": "reverted", "result": SECRET, "reason": SECRET});
    let conclusion = format!("{}/conclusion", address("experiments", begun.head.id));
    scene.rita.put(&conclusion, &ended).await.nothing(StatusCode::OK);
    [
        ("updates", said.head.id),
        ("milestones", reached.head.id),
        ("milestones", open.head.id),
        ("experiments", begun.head.id),
    ]
}

/// Everything that somebody can read around the idea, pages included.
async fn read_all(app: &App, scene: &Scene, who: &Client) -> String {
    search::index_all(&app.atelier.db).await.expect("indexed");
    let slug = &scene.board.slug;
    let number = scene.idea.card.number;
    let mut all = String::new();
    for path in [
        scene.path(""),
        scene.path("/timeline"),
        scene.path("/comments"),
        format!("/api/v1/boards/{slug}"),
        format!("/api/v1/boards/{slug}/ideas"),
        format!("/api/v1/boards/{slug}/pipeline"),
        format!("/api/v1/boards/{slug}/canvas"),
        format!("/api/v1/boards/{slug}/canvas/ideas?ids={}", scene.idea.card.id),
        "/api/v1/ideas".into(),
        "/api/v1/progress".into(),
        "/api/v1/inbox".into(),
        "/api/v1/audit".into(),
        format!("/api/v1/people/{}", scene.rita.person().handle),
        format!("/api/v1/people/{}/comments", scene.rita.person().handle),
        format!("/api/v1/people/{}/improved", scene.rita.person().handle),
        format!("/api/v1/search?q={SECRET}"),
        format!("/api/v1/ideas/similar?title={SECRET}"),
        "/".into(),
        format!("/b/{slug}"),
        format!("/i/{number}/pain-du-soir"),
        "/inbox".into(),
    ] {
        let answer = who.get(&path).await;
        all.push_str(&String::from_utf8_lossy(&answer.body));
        all.push('\n');
    }
    all
}

on_each_database! {
    nobody_else_reads_a_word_of_it(app) {
        let scene = Scene::new(&app).await;
        let ali = app.person(Role::Customer).await;
        for who in [&ali, &scene.ben] {
            who.put(&scene.path("/follow"), &json!(null)).await.nothing(StatusCode::NO_CONTENT);
        }
        ali.put(&scene.path("/vote"), &json!(null)).await.nothing(StatusCode::OK);
        let active = async || scene.visitor.get(&format!("/api/v1/boards/{}", scene.board.slug)).await.ok::<BoardView>().active_at;
        let before = active().await;
        let entries = secrets(&scene).await;
        assert_eq!(active().await, before, "nor that something moves");
        for who in [&scene.visitor, &scene.zoe, &ali] {
            let all = read_all(&app, &scene, who).await;
            assert!(!all.contains(SECRET), "{}", all.lines().find(|line| line.contains(SECRET)).unwrap_or_default());
            let seen = scene.seen_by(who).await;
            assert_eq!((seen.card.percent, seen.milestones.len(), scene.timeline(who).await.len()), (None, 0, 0));
            for (kind, id) in entries {
                let path = address(kind, id);
                who.get(&format!("/api/v1/progress/{id}/versions")).await.problem(Code::NotFound);
                who.put(&path, &match kind { "updates" => json!({"body": "x"}), "milestones" => json!({"title": "x"}), _ => trial() }).await.problem(Code::NotFound);
                who.delete(&path).await.problem(Code::NotFound);
                who.put(&format!("{path}/conclusion"), &ended("kept", "x")).await.nothing(StatusCode::NOT_FOUND);
            }
        }
        for who in [&scene.zoe, &ali] {
            assert_eq!((told(&app, who).await.len(), unread(who).await), (0, 0));
        }
        for who in [&scene.ben, &scene.rita, &scene.marie, &scene.owner] {
            let seen = scene.seen_by(who).await;
            assert_eq!((seen.card.percent, seen.milestones.len(), scene.timeline(who).await.len()), (None, 2, 3));
            assert_eq!(versions(who, entries[0].1).await.len(), 1);
        }
        let of_ben: Vec<_> = told(&app, &scene.ben).await.iter().map(|notice| notice.kind).collect();
        assert_eq!(of_ben, [NoticeKind::Result, NoticeKind::Experiment, NoticeKind::Milestone, NoticeKind::Update]);
        assert!(read_all(&app, &scene, &scene.ben).await.contains(SECRET), "they do read it, so that it could have been found");
        let progress: Page<ProgressView> = scene.owner.get("/api/v1/progress").await.ok();
        assert_eq!(progress.items, [], "what is on the first page is for everyone");
        // Who belongs to the company no longer has nothing left of it.
        app.execute("UPDATE person SET role = 'customer' WHERE role = 'employee'").await;
        assert!(!read_all(&app, &scene, &scene.ben).await.contains(SECRET));
        assert_eq!(unread(&scene.ben).await, 0);
    }

    what_is_published_later_is_told_then_and_stays_so(app) {
        let scene = Scene::new(&app).await;
        let draft = scene.update(json!({"body": "Brouillon", "percent": 50, "staff": true})).await;
        assert_eq!((draft.head.published_at, told(&app, &scene.zoe).await.len()), (None, 0));
        let path = address("updates", draft.head.id);
        scene.rita.put(&path, &json!({"body": "Presque", "percent": 55, "staff": true})).await.nothing(StatusCode::OK);
        let shown = update(scene.rita.put(&path, &json!({"body": "Voilà", "percent": 60})).await.ok());
        assert!(shown.head.published_at > Some(draft.head.created_at));
        let of_zoe = told(&app, &scene.zoe).await;
        assert_eq!(of_zoe.len(), 1);
        assert_eq!((of_zoe[0].kind, of_zoe[0].words.as_str(), of_zoe[0].entry), (NoticeKind::Update, "Voilà", Some(draft.head.id)));
        let progress: Page<ProgressView> = scene.visitor.get("/api/v1/progress").await.ok();
        assert_eq!(progress.items.iter().map(|one| (one.kind, one.entry)).collect::<Vec<_>>(), [(NoticeKind::Update, Some(draft.head.id))]);
        for who in [&scene.visitor, &scene.zoe] {
            let [entry] = &scene.timeline(who).await[..] else { panic!("one entry") };
            let seen = update(entry.clone());
            assert_eq!((seen.body.as_str(), seen.head.edited_at), ("Voilà", None), "of the drafts nothing shows");
            assert_eq!(versions(who, draft.head.id).await, []);
        }
        assert_eq!(versions(&scene.ben, draft.head.id).await.len(), 2);
        let back = scene.rita.put(&path, &json!({"body": "Voilà", "percent": 60, "staff": true})).await.invalid(&["staff"]);
        assert!(back.fields["staff"].message.contains("published"));
        scene.rita.put(&path, &json!({"body": "Voilà !", "percent": 60})).await.nothing(StatusCode::OK);
        let [before] = &versions(&scene.visitor, draft.head.id).await[..] else { panic!("what was published") };
        assert_eq!(before.said["body"], "Voilà");
        assert_eq!(told(&app, &scene.zoe).await.len(), 1, "a change is no news");
    }

    how_an_experiment_had_ended_before_it_was_published_stays_inside(app) {
        let scene = Scene::new(&app).await;
        let begun = scene.experiment(staff(trial())).await;
        let path = address("experiments", begun.head.id);
        let conclusion = format!("{path}/conclusion");
        for (outcome, reason) in [("kept", SECRET), ("reverted", "Trop cher.")] {
            scene.rita.put(&conclusion, &ended(outcome, reason)).await.nothing(StatusCode::OK);
        }
        scene.rita.put(&path, &trial()).await.nothing(StatusCode::OK);
        let of_zoe = told(&app, &scene.zoe).await;
        let shown: Vec<_> = of_zoe.iter().map(|one| (one.kind, one.outcome, one.words.as_str())).collect();
        assert_eq!(shown, [(NoticeKind::Result, Some(Outcome::Reverted), "Trop cher.")]);
        let seen = async |who: &Client| experiment(scene.timeline(who).await.remove(0));
        assert_eq!(seen(&scene.visitor).await.before, []);
        assert_eq!(seen(&scene.ben).await.before[0].reason, SECRET);
        scene.rita.put(&conclusion, &ended("kept", "Moins cher.")).await.nothing(StatusCode::OK);
        let before: Vec<_> = seen(&scene.visitor).await.before.into_iter().map(|said| said.reason).collect();
        assert_eq!(before, ["Trop cher."], "what was said in public stays so");
        assert_eq!(seen(&scene.ben).await.before.len(), 2);
        assert!(!read_all(&app, &scene, &scene.zoe).await.contains(SECRET));
    }

    pictures_are_seen_by_who_sees_the_text_that_holds_them(app) {
        let scene = Scene::new(&app).await;
        let (open, draft, last, result) = (picture(&scene).await, picture(&scene).await, picture(&scene).await, picture(&scene).await);
        let with = |picture: &PictureView| format!("![]({})", picture.path);
        let said = scene.update(json!({"body": with(&open)})).await;
        assert!(said.body_html.contains("<img"), "{}", said.body_html);
        let hidden = scene.update(json!({"body": with(&draft), "staff": true})).await;
        let begun = scene.experiment(staff(trial())).await;
        let path = address("experiments", begun.head.id);
        let conclusion = json!({"outcome": "kept", "result": with(&result), "reason": "Oui."});
        scene.rita.put(&format!("{path}/conclusion"), &conclusion).await.nothing(StatusCode::OK);
        for (who, inside) in [(&scene.visitor, false), (&scene.zoe, false), (&scene.ben, true), (&scene.marie, true)] {
            assert_eq!((sees(who, &open).await, sees(who, &draft).await, sees(who, &result).await), (true, inside, inside));
        }
        let update = address("updates", hidden.head.id);
        scene.rita.put(&update, &json!({"body": with(&last)})).await.nothing(StatusCode::OK);
        scene.rita.put(&path, &trial()).await.nothing(StatusCode::OK);
        assert!(sees(&scene.visitor, &last).await && sees(&scene.visitor, &result).await);
        assert!(!sees(&scene.visitor, &draft).await && sees(&scene.ben, &draft).await, "what was in a draft stays inside");

        app.execute("UPDATE picture SET created_at = created_at - 90000000").await;
        assert_eq!(pictures::sweep(&app.atelier.db, &app.atelier.canvases).await.expect("swept"), 0);
        scene.rita.delete(&address("updates", said.head.id)).await.nothing(StatusCode::NO_CONTENT);
        assert!(!sees(&scene.visitor, &open).await && !sees(&scene.ben, &open).await, "with what held it, it is gone");
        assert_eq!(pictures::sweep(&app.atelier.db, &app.atelier.canvases).await.expect("swept"), 1);
    }

    a_board_shows_progress_to_its_audience_and_drafts_to_the_staff_among_it(app) {
        // Those who see nothing, what is published, and all of it.
        for (audience, nothing, open, all) in [
            ("members", "v", "z", "brm"), ("staff", "vc", "", "zbrm"), ("invited", "vce", "z", "brm"),
        ] {
            let scene = Scene::of(&app, audience).await;
            let (customer, employee) = (app.person(Role::Customer).await, app.person(Role::Employee).await);
            scene.update(json!({"body": "Pour qui le voit"})).await;
            let hidden = scene.update(json!({"body": SECRET, "staff": true})).await;
            let who = |letter: char| match letter {
                'v' => &scene.visitor, 'c' => &customer, 'e' => &employee, 'z' => &scene.zoe, 'b' => &scene.ben, 'r' => &scene.rita,
                _ => &scene.marie,
            };
            let inner = format!("/api/v1/progress/{}/versions", hidden.head.id);
            for who in nothing.chars().map(who) {
                for path in [scene.path(""), scene.path("/timeline"), scene.path("/freeze"), inner.clone()] {
                    who.get(&path).await.problem(Code::NotFound);
                }
                let progress: Page<ProgressView> = who.get("/api/v1/progress").await.ok();
                assert!(progress.items.iter().all(|one| one.number != scene.idea.card.number));
            }
            for who in open.chars().map(who) {
                assert_eq!(scene.timeline(who).await.len(), 1, "{audience}");
                who.get(&inner).await.problem(Code::NotFound);
            }
            for who in all.chars().map(who) {
                assert_eq!(scene.timeline(who).await.len(), 2, "{audience}");
                who.get(&inner).await.nothing(StatusCode::OK);
            }
        }
    }

    what_is_away_takes_no_progress_and_shows_it_to_nobody_else(app) {
        let scene = Scene::new(&app).await;
        let said = scene.update(json!({"body": "Oui"})).await;
        let versions = format!("/api/v1/progress/{}/versions", said.head.id);
        let acts = async |who: &Client, code: Code| {
            who.post(&scene.path("/updates"), &json!({"body": "x"})).await.problem(code);
            who.post(&scene.path("/milestones"), &json!({"title": "x"})).await.problem(code);
            who.post(&scene.path("/experiments"), &trial()).await.problem(code);
            who.put(&address("updates", said.head.id), &json!({"body": "x"})).await.problem(code);
            who.put(&scene.path("/freeze"), &json!({})).await.problem(code);
            who.delete(&scene.path("/freeze")).await.problem(code);
            who.delete(&address("updates", said.head.id)).await.problem(code);
        };
        for away in ["UPDATE idea SET away = 'hidden'", "UPDATE idea SET away = 'held'"] {
            app.execute(away).await;
            for who in [&scene.visitor, &scene.ben, &scene.rita] {
                who.get(&scene.path("/timeline")).await.problem(Code::NotFound);
                who.get(&versions).await.problem(Code::NotFound);
            }
            acts(&scene.rita, Code::NotFound).await;
            for who in [&scene.zoe, &scene.marie] {
                assert_eq!(scene.timeline(who).await.len(), 1, "it is there for its author and for moderators");
            }
            acts(&scene.marie, Code::Away).await;
            let progress: Page<ProgressView> = scene.owner.get("/api/v1/progress").await.ok();
            assert_eq!(progress.items, []);
            app.execute("UPDATE idea SET away = NULL").await;
        }
        let path = format!("/api/v1/boards/{}/ideas", scene.board.slug);
        let into = scene.zoe.post(&path, &json!({"title": "Autre"})).await.created::<shared::api::IdeaView>().card.number;
        scene.owner.put(&scene.path("/merge"), &json!({ "into": into })).await.nothing(StatusCode::OK);
        assert_eq!(scene.timeline(&scene.visitor).await.len(), 1, "as it was, it can be read");
        acts(&scene.rita, Code::Away).await;
        acts(&scene.marie, Code::Away).await;
    }

    who_is_suspended_or_no_researcher_any_more_publishes_nothing(app) {
        let scene = Scene::new(&app).await;
        let said = scene.update(json!({"body": "Oui"})).await;
        let path = address("updates", said.head.id);
        app.execute("UPDATE person SET role = 'employee' WHERE role = 'researcher'").await;
        scene.rita.put(&path, &json!({"body": "Non"})).await.problem(Code::Role);
        scene.rita.delete(&path).await.problem(Code::Role);
        let suspension = format!("/api/v1/people/{}/suspension", scene.rita.person().id);
        scene.owner.put(&suspension, &json!({"words": "Assez."})).await.nothing(StatusCode::NO_CONTENT);
        for answer in [
            scene.rita.post(&scene.path("/updates"), &json!({"body": "x"})).await, scene.rita.put(&path, &json!({"body": "x"})).await,
            scene.rita.delete(&path).await, scene.rita.put(&scene.path("/freeze"), &json!({})).await,
        ] {
            answer.problem(Code::SignIn);
        }
        assert_eq!(scene.timeline(&scene.visitor).await.len(), 1, "what was published stays");
    }
}

//! Concepts frozen at a version: what is being built, and what was written since.

use http::StatusCode;
use serde_json::json;
use shared::api::{Code, FrozenConcept, NoticeKind, Stretch, StretchKind, TimelineEntry};
use tests::{app::Client, on_each_database};

use crate::{changes::rewrite, entries::Scene, inbox::told};

async fn freeze(scene: &Scene, who: &Client, words: &str) -> FrozenConcept {
    who.put(&scene.path("/freeze"), &json!({ "words": words })).await.ok()
}

fn texts(stretches: &[Stretch], kind: StretchKind) -> String {
    stretches
        .iter()
        .filter(|stretch| stretch.kind == kind)
        .map(|stretch| stretch.text.trim())
        .collect::<Vec<_>>()
        .join(" ")
}

on_each_database! {
    a_concept_is_frozen_as_it_is_and_what_is_written_since_is_the_difference(app) {
        let scene = Scene::new(&app).await;
        scene.visitor.get(&scene.path("/freeze")).await.problem(Code::NotFound);
        assert_eq!(scene.seen_by(&scene.visitor).await.freeze, None);
        let made = freeze(&scene, &scene.rita, " On le cuit. ").await;
        assert_eq!((made.title.as_str(), made.body.as_str()), ("Pain du soir", "Cuit à dix-huit heures."));
        assert!(made.body_html.contains("<p>Cuit à dix-huit heures.</p>"));
        assert_eq!((made.freeze.words.as_str(), &made.freeze.by, &made.since), ("On le cuit.", scene.rita.person(), &None));
        for who in [&scene.visitor, &scene.zoe, &scene.ben] {
            assert_eq!(who.get(&scene.path("/freeze")).await.ok::<FrozenConcept>(), made);
            assert_eq!(scene.seen_by(who).await.freeze.as_ref(), Some(&made.freeze));
        }

        rewrite(&app, &scene.zoe, scene.idea.card.number, "Pain de nuit", "Cuit à vingt heures.").await;
        let shown: FrozenConcept = scene.visitor.get(&scene.path("/freeze")).await.ok();
        assert_eq!((&shown.title, &shown.body, &shown.freeze), (&made.title, &made.body, &made.freeze), "what is being built stays");
        let since = shown.since.expect("it was written in");
        assert_eq!((texts(&since.title, StretchKind::Removed), texts(&since.title, StretchKind::Added)), ("du soir".into(), "de nuit".into()));
        assert!(texts(&since.body, StretchKind::Added).contains("vingt"), "{since:?}");
        assert!(since.pitch.iter().all(|stretch| stretch.kind == StretchKind::Same));
        rewrite(&app, &scene.zoe, scene.idea.card.number, "Pain du soir", "Cuit à dix-huit heures.").await;
        assert_eq!(scene.visitor.get(&scene.path("/freeze")).await.ok::<FrozenConcept>().since, None, "as it was again");
    }

    frozen_again_it_is_the_later_version_and_each_time_stands_in_the_timeline(app) {
        let scene = Scene::new(&app).await;
        let first = freeze(&scene, &scene.rita, "").await;
        rewrite(&app, &scene.zoe, scene.idea.card.number, "Pain de nuit", "Autrement.").await;
        let second = freeze(&scene, &scene.remi, "Plutôt ainsi.").await;
        assert_eq!((second.title.as_str(), second.since.as_ref()), ("Pain de nuit", None));
        assert!(second.freeze.seq > first.freeze.seq && second.freeze.at > first.freeze.at);
        for _ in 0..2 {
            scene.rita.delete(&scene.path("/freeze")).await.nothing(StatusCode::NO_CONTENT);
        }
        scene.visitor.get(&scene.path("/freeze")).await.problem(Code::NotFound);
        assert_eq!(scene.seen_by(&scene.visitor).await.freeze, None);
        freeze(&scene, &scene.rita, "Enfin.").await;
        let kinds: Vec<_> = scene.timeline(&scene.visitor).await.into_iter().map(|entry| match entry {
            TimelineEntry::Frozen { words, by, .. } => (words, by.handle),
            TimelineEntry::Thawed { by, .. } => ("-".into(), by.handle),
            other => panic!("{other:?}"),
        }).collect();
        let (rita, remi) = (&scene.rita.person().handle, &scene.remi.person().handle);
        let expected = [("Enfin.", rita), ("-", rita), ("Plutôt ainsi.", remi), ("-", remi), ("", rita)];
        assert_eq!(kinds, expected.map(|(words, by)| (words.to_owned(), by.clone())));
        assert_eq!(app.number("SELECT count(*) FROM frozen_concept WHERE lifted_at IS NULL").await, 1);
        assert_eq!(app.number("SELECT count(*) FROM audit WHERE act = 'idea.freeze'").await, 3);
        assert_eq!(app.number("SELECT count(*) FROM audit WHERE act = 'idea.unfreeze'").await, 1, "a second time changes nothing");
    }

    those_who_support_the_idea_are_told_that_it_is_built_and_only_researchers_say_so(app) {
        let scene = Scene::new(&app).await;
        for (who, code) in [(&scene.visitor, Code::SignIn), (&scene.zoe, Code::Role), (&scene.ben, Code::Role)] {
            who.put(&scene.path("/freeze"), &json!({})).await.problem(code);
            who.delete(&scene.path("/freeze")).await.problem(code);
        }
        assert_eq!(app.number("SELECT count(*) FROM frozen_concept").await, 0);
        freeze(&scene, &scene.rita, "On le cuit.").await;
        let of_zoe = told(&app, &scene.zoe).await;
        assert_eq!(of_zoe.iter().map(|one| (one.kind, one.words.as_str(), one.own)).collect::<Vec<_>>(), [(NoticeKind::Frozen, "On le cuit.", true)]);
        assert_eq!(told(&app, &scene.rita).await, []);
        for code in [Code::NotFound, Code::NotFound] {
            scene.rita.get("/api/v1/ideas/999/freeze").await.problem(code);
            scene.rita.put("/api/v1/ideas/999/freeze", &json!({})).await.problem(code);
        }
    }

    who_freezes_at_once_leaves_one_version(app) {
        let scene = Scene::new(&app).await;
        let (a, b, c) = tokio::join!(freeze(&scene, &scene.rita, "a"), freeze(&scene, &scene.remi, "b"), freeze(&scene, &scene.owner, "c"));
        assert_eq!(app.number("SELECT count(*) FROM frozen_concept").await, 3);
        assert_eq!(app.number("SELECT count(*) FROM frozen_concept WHERE lifted_at IS NULL").await, 1);
        let last = [a, b, c].into_iter().max_by_key(|made| made.freeze.at).expect("three");
        assert_eq!(scene.seen_by(&scene.visitor).await.freeze, Some(last.freeze));
        let timeline = scene.timeline(&scene.visitor).await;
        assert_eq!(timeline.len(), 5);
        assert!(timeline.windows(2).all(|pair| pair[0].at() >= pair[1].at()));
    }
}

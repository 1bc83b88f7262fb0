//! How far an idea is: what the latest published update says of it, or else how many milestones are reached.

use http::StatusCode;
use serde_json::json;
use shared::api::{IdeaCard, IdeaView, Page, Pipeline};
use tests::on_each_database;

use super::{Scene, address};

on_each_database! {
    an_idea_is_as_far_as_the_latest_update_says_that_says_anything(app) {
        let scene = Scene::new(&app).await;
        let percent = async || scene.seen_by(&scene.visitor).await.card.percent;
        assert_eq!(percent().await, None);
        let first = scene.update(json!({"body": "1", "percent": 20})).await;
        assert_eq!(percent().await, Some(20));
        let second = scene.update(json!({"body": "2", "percent": 10})).await;
        assert_eq!(percent().await, Some(10), "it may go back");
        let third = scene.update(json!({"body": "3"})).await;
        assert_eq!(percent().await, Some(10), "who says nothing of it moves nothing");
        let path = |update: &shared::api::UpdateView| address("updates", update.head.id);
        scene.rita.put(&path(&first), &json!({"body": "1", "percent": 99})).await.nothing(StatusCode::OK);
        assert_eq!(percent().await, Some(10), "an older one does not become the latest by a change");
        scene.rita.put(&path(&third), &json!({"body": "3", "percent": 0})).await.nothing(StatusCode::OK);
        assert_eq!(percent().await, Some(0));
        scene.rita.put(&path(&third), &json!({"body": "3"})).await.nothing(StatusCode::OK);
        assert_eq!(percent().await, Some(10));
        scene.rita.delete(&path(&second)).await.nothing(StatusCode::NO_CONTENT);
        assert_eq!(percent().await, Some(99));
        scene.rita.delete(&path(&first)).await.nothing(StatusCode::NO_CONTENT);
        assert_eq!(percent().await, None);
    }

    without_one_it_is_as_far_as_milestones_are_reached(app) {
        let scene = Scene::new(&app).await;
        let percent = async || scene.seen_by(&scene.visitor).await.card.percent;
        let one = scene.milestone(json!({"title": "1"})).await;
        assert_eq!(percent().await, Some(0));
        let two = scene.milestone(json!({"title": "2", "done": true})).await;
        assert_eq!(percent().await, Some(50));
        scene.milestone(json!({"title": "3"})).await;
        assert_eq!(percent().await, Some(33));
        scene.milestone(json!({"title": "4", "staff": true, "done": true})).await;
        assert_eq!(percent().await, Some(33), "what others do not see moves nothing");
        let update = scene.update(json!({"body": "x", "percent": 90})).await;
        assert_eq!(percent().await, Some(90));
        scene.rita.put(&address("milestones", one.head.id), &json!({"title": "1", "done": true})).await.nothing(StatusCode::OK);
        assert_eq!(percent().await, Some(90));
        scene.rita.delete(&address("updates", update.head.id)).await.nothing(StatusCode::NO_CONTENT);
        assert_eq!(percent().await, Some(66));
        scene.rita.delete(&address("milestones", two.head.id)).await.nothing(StatusCode::NO_CONTENT);
        assert_eq!(percent().await, Some(50));
        scene.remi.put(&address("milestones", one.head.id), &json!({"title": "1"})).await.nothing(StatusCode::OK);
        assert_eq!(percent().await, Some(0));
    }

    what_is_published_later_counts_from_then(app) {
        let scene = Scene::new(&app).await;
        let percent = async || scene.seen_by(&scene.visitor).await.card.percent;
        let draft = scene.update(json!({"body": "1", "percent": 80, "staff": true})).await;
        assert_eq!(scene.seen_by(&scene.ben).await.card.percent, None, "nor for the company's people");
        scene.update(json!({"body": "2", "percent": 30})).await;
        assert_eq!(percent().await, Some(30));
        scene.rita.put(&address("updates", draft.head.id), &json!({"body": "1", "percent": 80})).await.nothing(StatusCode::OK);
        assert_eq!(percent().await, Some(80), "it was published last");
    }

    every_card_says_how_far_its_idea_is(app) {
        let scene = Scene::new(&app).await;
        scene.update(json!({"body": "1", "percent": 30})).await;
        let slug = &scene.board.slug;
        for who in [&scene.visitor, &scene.zoe, &scene.ben] {
            for path in ["/api/v1/ideas".to_owned(), format!("/api/v1/boards/{slug}/ideas"), "/api/v1/ideas?sort=recent".into()] {
                let cards: Page<IdeaCard> = who.get(&path).await.ok();
                assert_eq!(cards.items[0].percent, Some(30), "{path}");
            }
            let lanes: Pipeline = who.get(&format!("/api/v1/boards/{slug}/pipeline")).await.ok();
            assert_eq!(lanes.columns[0].items[0].card.percent, Some(30));
            let authored: Page<IdeaCard> = who.get(&format!("/api/v1/people/{}/ideas", scene.zoe.person().handle)).await.ok();
            assert_eq!(authored.items[0].percent, Some(30));
        }
        let new = json!({"title": "Autre"});
        let other: IdeaView = scene.zoe.post(&format!("/api/v1/boards/{slug}/ideas"), &new).await.created();
        assert_eq!(other.card.percent, None);
    }
}

//! What is sent again, because its answer was lost or its person was away for days, happens once.

use http::{Method, StatusCode, header};
use serde_json::{Value, json};
use shared::{
    Role,
    api::{BoardView, Code, CommentView, Page, Thread, VoteView},
    outbox::{OLD, ON_BEHALF, REMEMBERED},
};
use tests::{
    app::{Answer, App, Client},
    on_each_database,
};

const TALK: &str = "/api/v1/ideas/1/comments";
const VOTE: &str = "/api/v1/ideas/1/vote";
const FOLLOW: &str = "/api/v1/ideas/1/follow";

struct Scene {
    owner: Client,
    zoe: Client,
    board: String,
}

impl Scene {
    async fn new(app: &App) -> Self {
        let owner = app.person(Role::Owner).await;
        let new = json!({"title": "Goûter", "audience": "public", "editing": "everyone"});
        let made: BoardView = owner.post("/api/v1/boards", &new).await.created();
        let board = format!("/api/v1/boards/{}", made.slug);
        owner.post(&format!("{board}/ideas"), &json!({"title": "Flan"})).await.nothing(StatusCode::CREATED);
        Self { zoe: app.person(Role::Customer).await, owner, board }
    }

    async fn say(&self, body: &Value, key: &str) -> Answer {
        let request = self.zoe.request(Method::POST, TALK).header(header::CONTENT_TYPE, "application/json");
        self.zoe.send(request.header("Idempotency-Key", key), body.to_string()).await
    }

    async fn said(&self) -> usize {
        self.owner.get(TALK).await.ok::<Page<Thread>>().items.len()
    }
}

on_each_database! {
    a_comment_whose_passage_is_gone_since_was_made_all_the_same(app) {
        let scene = Scene::new(&app).await;
        let shown = json!({"seen": 1, "span": {"from": 0, "to": 4}, "quote": "Flan"});
        let about = json!({"body": "Oui", "anchor": {"field": "title", "passage": {"shown": shown}}});
        let made: CommentView = scene.say(&about, "k").await.created();
        // There is no log any more in which the passage could be found.
        app.execute("DELETE FROM change").await;
        scene.say(&about, "l").await.nothing(StatusCode::UNPROCESSABLE_ENTITY);
        let again: CommentView = scene.say(&about, "k").await.created();
        assert_eq!((again.id, scene.said().await), (made.id, 1));
    }

    a_comment_on_a_board_that_closed_or_an_idea_that_was_hidden_was_made_all_the_same(app) {
        let scene = Scene::new(&app).await;
        let body = json!({"body": "Oui"});
        let made: CommentView = scene.say(&body, "k").await.created();
        app.execute("UPDATE comment SET away = 'hidden'").await;
        assert_eq!(scene.say(&body, "k").await.created::<CommentView>().id, made.id);
        scene.say(&json!({"body": "Non"}), "k").await.problem(Code::IdempotencyKey);
        scene.owner.patch(&scene.board, &json!({"audience": "staff"})).await.nothing(StatusCode::OK);
        // They see nothing of it any more.
        scene.say(&body, "k").await.problem(Code::NotFound);
        assert_eq!(scene.said().await, 1);
    }

    a_key_is_remembered_for_longer_than_anything_waits_to_be_sent(app) {
        let scene = Scene::new(&app).await;
        let body = json!({"body": "Oui"});
        let made: CommentView = scene.say(&body, "k").await.created();
        const { assert!(OLD < REMEMBERED && REMEMBERED == 90 * 24 * 60 * 60 * 1000) };
        app.execute("UPDATE idempotency SET created_at = created_at - CAST(89 AS BIGINT) * 24 * 60 * 60 * 1000").await;
        // Another one, which forgets what is too old.
        scene.say(&body, "l").await.nothing(StatusCode::CREATED);
        assert_eq!(scene.say(&body, "k").await.created::<CommentView>().id, made.id);
        assert_eq!(scene.said().await, 2);
        app.execute("UPDATE idempotency SET created_at = created_at - CAST(2 AS BIGINT) * 24 * 60 * 60 * 1000").await;
        server::domain::again::sweep(&app.atelier.db).await.expect("swept");
        assert_eq!(app.number("SELECT count(*) FROM idempotency").await, 1);
    }

    votes_follows_and_reactions_come_to_the_same_however_often_they_are_sent(app) {
        let scene = Scene::new(&app).await;
        let (zoe, nothing) = (&scene.zoe, json!(null));
        let limit = json!({"votes_per_month": 1});
        scene.owner.patch(&scene.board, &limit).await.nothing(StatusCode::OK);
        for _ in 0..2 {
            // The last vote of the month, and again: it is counted already.
            let vote: VoteView = zoe.put(VOTE, &nothing).await.ok();
            assert_eq!((vote.votes, vote.voted, vote.left), (1, true, Some(0)));
        }
        for _ in 0..2 {
            let vote: VoteView = zoe.delete(VOTE).await.ok();
            assert_eq!((vote.votes, vote.voted, vote.left), (0, false, Some(1)));
        }
        let said: CommentView = scene.owner.post(TALK, &json!({"body": "Oui"})).await.created();
        let love = format!("/api/v1/comments/{}/reactions/love", said.id);
        for (path, count) in [(FOLLOW, "SELECT count(*) FROM follow WHERE muted_at IS NULL"), (&love, "SELECT count(*) FROM reaction")] {
            let before = app.number(count).await;
            for _ in 0..2 {
                zoe.put(path, &nothing).await.nothing(StatusCode::NO_CONTENT);
            }
            let more = app.number(count).await - before;
            assert!((0..=1).contains(&more), "{path}");
            for _ in 0..2 {
                zoe.delete(path).await.nothing(StatusCode::NO_CONTENT);
            }
            assert!(app.number(count).await < before + 1, "{path}");
        }
    }

    what_somebody_did_is_not_done_in_the_name_of_another(app) {
        let scene = Scene::new(&app).await;
        let send = async |who: &Client, meant: &str| {
            who.send(who.request(Method::PUT, VOTE).header(ON_BEHALF, meant), "").await
        };
        let zoe = scene.zoe.person().id.to_string();
        send(&scene.owner, &zoe).await.problem(Code::SignIn);
        send(&app.visitor(), &zoe).await.problem(Code::SignIn);
        send(&scene.zoe, "nobody").await.problem(Code::SignIn);
        assert_eq!(app.number("SELECT count(*) FROM vote").await, 0);
        send(&scene.zoe, &zoe).await.nothing(StatusCode::OK);
    }
}

//! Feeds: valid, complete for who may read them, and silent about everything else.

use http::{Method, StatusCode, header};
use serde_json::json;
use shared::{
    Role,
    api::{BoardView, Code, Decide, FeedKeyMade, FeedKeyView, IdeaView, Subject},
};
use tests::{
    app::{Answer, App, Client, HOST},
    atom::{self, Feed},
    on_each_database,
};

use crate::news::{Scene, board, move_to, propose, publish, say};

async fn key(who: &Client) -> String {
    who.post("/api/v1/me/feed-key", &json!(null)).await.created::<FeedKeyMade>().key
}

/// A feed as a program reads it that has this key, or none.
async fn asked(app: &App, path: &str, key: Option<&str>) -> Answer {
    let key = key.map(|key| format!("?key={key}")).unwrap_or_default();
    app.visitor().get(&format!("{path}{key}")).await
}

async fn read(app: &App, path: &str, key: Option<&str>) -> Feed {
    let answer = asked(app, path, key).await;
    answer.nothing(StatusCode::OK);
    assert_eq!(answer.headers[header::CONTENT_TYPE], "application/atom+xml; charset=utf-8");
    atom::read(&answer.body)
}

/// The addresses of the three feeds that could tell of an idea.
fn feeds(board: &BoardView, idea: &IdeaView) -> [String; 3] {
    ["/news.atom".to_owned(), format!("/b/{}/feed.atom", board.slug), format!("/i/{}/feed.atom", idea.card.number)]
}

/// Everything that the three feeds say.
async fn everything(app: &App, scene: &Scene, key: Option<&str>) -> String {
    let mut said = String::new();
    for path in feeds(&scene.board, &scene.idea) {
        let answer = asked(app, &path, key).await;
        said.push_str(&String::from_utf8_lossy(&answer.body));
    }
    said
}

on_each_database! {
    feeds_are_valid_and_tell_what_became_of_ideas(app) {
        let scene = Scene::new(&app).await;
        let hostile = "Un <b>pain</b> & [là](/i/1) ![x](http://evil.test/x.gif)\n\n<script>alert(1)</script>";
        let answer = scene.say("answer", hostile).await;
        scene.publish("updates", json!({"body": "Au four, [voyez](#progress).", "percent": 40})).await;
        scene.publish("milestones", json!({"title": "Premier \"pain\" <chaud>", "done": true})).await;
        scene.publish("milestones", json!({"title": "Pas encore atteint"})).await;
        let running = json!({"hypothesis": "On en veut.", "trial": "En vendre.", "measure": "Combien."});
        scene.publish("experiments", running.clone()).await;
        let ended = scene.publish("experiments", running).await;
        let said = json!({"outcome": "reverted", "result": "Peu.", "reason": "Trop tard le soir."});
        scene.owner.put(&format!("/api/v1/experiments/{ended}/conclusion"), &said).await.nothing(StatusCode::OK);
        scene.move_to(5, "Le four\net les gens.").await;

        let [news, of_board, of_idea] = feeds(&scene.board, &scene.idea);
        let news = read(&app, &news, None).await;
        assert_eq!((news.title.as_str(), news.titles()), ("Le Fournil: you said, we did", vec!["Pain du soir: it is there"]));
        assert!(news.entries[0].html.contains("Du pain chaud à 18 h.") && news.entries[0].html.contains("Le four<br>\net les gens."));
        assert_eq!((news.own.as_str(), news.page.as_str()), (format!("http://{HOST}/news.atom").as_str(), format!("http://{HOST}/news").as_str()));

        let of_board = read(&app, &of_board, None).await;
        let told = [
            "Pain du soir: now “Launched”",
            "Pain du soir: an experiment, and it is taken back",
            "Pain du soir: an experiment",
            "Pain du soir: reached, Premier \"pain\" <chaud>",
            "Pain du soir: an update",
            "Pain du soir: an answer",
            "New idea: Pain du soir",
        ];
        assert_eq!(of_board.titles(), told);
        let of_idea = read(&app, &of_idea, None).await;
        assert_eq!((of_idea.title.as_str(), of_idea.titles()), ("Pain du soir · Le Fournil", told.to_vec()));
        let ids = |feed: &Feed| feed.entries.iter().map(|entry| entry.id.clone()).collect::<Vec<_>>();
        assert_eq!(ids(&of_board), ids(&of_idea), "what is told twice has one id");
        assert_ne!(of_board.id, of_idea.id);
        let answered = &of_idea.entries[5];
        assert_eq!(answered.page, format!("http://{HOST}/i/{}#c-{}", scene.idea.card.number, answer.id));
        assert_eq!(answered.author, scene.owner.person().name);
        assert!(answered.html.contains(&format!("href=\"http://{HOST}/i/1\"")), "{}", answered.html);
        assert!(of_idea.entries[4].html.contains(&format!("href=\"http://{HOST}/i/{}#progress\"", scene.idea.card.number)));
        let everything = everything(&app, &scene, None).await;
        assert!(everything.contains("Trop tard le soir.") && !everything.contains("Pas encore atteint"));

        let french = app.visitor().get("/news.atom?lang=fr").await;
        let french = atom::read(&french.body);
        assert_eq!((french.language.as_str(), french.titles()), ("fr", vec!["Pain du soir\u{a0}: c’est lancé"]));
        assert_eq!((french.id, french.entries[0].id.clone()), (news.id, news.entries[0].id.clone()), "in any language the same");
        let visitor = app.visitor();
        let liked = visitor.request(Method::GET, "/news.atom").header(header::ACCEPT_LANGUAGE, "fr-CA, en;q=0.5");
        assert_eq!(atom::read(&visitor.send(liked, "").await.body).language, "fr");
    }

    what_is_not_published_is_in_no_feed_whoever_reads(app) {
        let scene = Scene::new(&app).await;
        let (of_owner, of_author) = (key(&scene.owner).await, key(&scene.zoe).await);
        let readers = [None, Some(of_owner.as_str()), Some(of_author.as_str())];
        scene.say("comment", "SECRET comment").await;
        scene.say("note", "SECRET note").await;
        let hidden = scene.say("answer", "SECRET hidden").await;
        scene.decide(Subject::Comment(hidden.id), Decide::Hide).await;
        let deleted = scene.say("answer", "SECRET deleted").await;
        scene.owner.delete(&format!("/api/v1/comments/{}", deleted.id)).await.nothing(StatusCode::NO_CONTENT);
        scene.publish("updates", json!({"body": "SECRET update", "percent": 77, "staff": true})).await;
        scene.publish("milestones", json!({"title": "SECRET milestone", "done": true, "staff": true})).await;
        let experiment = json!({"hypothesis": "SECRET h", "trial": "SECRET t", "measure": "SECRET m", "staff": true});
        let experiment = scene.publish("experiments", experiment).await;
        let ended = json!({"outcome": "kept", "result": "SECRET result", "reason": "SECRET reason"});
        scene.owner.put(&format!("/api/v1/experiments/{experiment}/conclusion"), &ended).await.nothing(StatusCode::OK);
        let removed = scene.publish("updates", json!({"body": "SECRET removed"})).await;
        scene.owner.delete(&format!("/api/v1/updates/{removed}")).await.nothing(StatusCode::NO_CONTENT);
        scene.say("answer", "Une réponse.").await;
        for reader in readers {
            let said = everything(&app, &scene, reader).await;
            assert!(said.contains("Une réponse.") && !said.contains("SECRET") && !said.contains("77 per"), "{said}");
        }

        let away = propose(&scene.zoe, &scene.board, "SECRET idea").await;
        say(&scene.owner, &away, "answer", "SECRET of it").await;
        scene.decide(Subject::Idea(away.card.id), Decide::Hide).await;
        scene.owner.patch(&format!("/api/v1/boards/{}", scene.board.slug), &json!({"holds_first": true})).await.nothing(StatusCode::OK);
        let held = propose(&app.person(Role::Customer).await, &scene.board, "SECRET held").await;
        let twin = propose(&scene.zoe, &scene.board, "SECRET twin").await;
        let merge = json!({"into": scene.idea.card.number, "reason": "SECRET"});
        scene.owner.put(&format!("/api/v1/ideas/{}/merge", twin.card.number), &merge).await.nothing(StatusCode::OK);
        for reader in readers {
            assert!(!everything(&app, &scene, reader).await.contains("SECRET"));
            for idea in [&away, &held, &twin] {
                asked(&app, &format!("/i/{}/feed.atom", idea.card.number), reader).await.problem(Code::NotFound);
            }
        }
    }

    a_key_reads_what_its_holder_may_and_nothing_more(app) {
        let owner = app.person(Role::Owner).await;
        let (employee, customer) = (app.person(Role::Employee).await, app.person(Role::Customer).await);
        let mut made = Vec::new();
        for audience in ["public", "members", "staff", "invited"] {
            let on = board(&owner, audience, audience).await;
            let idea = propose(&owner, &on, audience).await;
            publish(&owner, &idea, "updates", json!({"body": "Avance."})).await;
            move_to(&owner, &on, &idea, 5, "").await;
            made.push((on, idea));
        }
        let named = format!("/api/v1/boards/invited/members/{}", customer.person().handle);
        owner.put(&named, &json!(null)).await.nothing(StatusCode::NO_CONTENT);
        let keys = [None, Some(key(&customer).await), Some(key(&employee).await), Some(key(&owner).await)];
        let reads = async |key: Option<&str>| {
            let mut open = String::new();
            for (on, idea) in &made {
                let [news, of_board, of_idea] = feeds(on, idea);
                let news = read(&app, &news, key).await.titles().iter().any(|title| title.starts_with(&on.slug));
                for path in [of_board, of_idea] {
                    assert_eq!(asked(&app, &path, key).await.status == StatusCode::OK, news, "{path}");
                }
                open.push(if news { 'y' } else { '-' });
            }
            open
        };
        for (key, sees) in keys.iter().zip(["y---", "yy-y", "yyy-", "yyyy"]) {
            assert_eq!(reads(key.as_deref()).await, sees);
        }
        // As things are now, not as they were when the link was made.
        owner.delete(&named).await.nothing(StatusCode::NO_CONTENT);
        owner.patch(&format!("/api/v1/people/{}", employee.person().id), &json!({"role": "customer"})).await.nothing(StatusCode::OK);
        for (key, sees) in keys.iter().zip(["y---", "yy--", "yy--", "yyyy"]) {
            assert_eq!(reads(key.as_deref()).await, sees);
        }
        let ids = [read(&app, "/news.atom", None).await.id, read(&app, "/news.atom", keys[1].as_deref()).await.id];
        assert_ne!(ids[0], ids[1], "what is told to some is another feed");
        // It opens nothing else, and a cookie opens no feed.
        let customer_key = keys[1].as_deref().expect("a key");
        app.visitor().get(&format!("/api/v1/me/notices?key={customer_key}")).await.problem(Code::SignIn);
        app.visitor().with_token(customer_key).get("/api/v1/me").await.problem(Code::SignIn);
        let mut posing = app.visitor();
        posing.cookie = Some(format!("atelier={customer_key}"));
        posing.get("/api/v1/inbox").await.problem(Code::SignIn);
        owner.get("/b/staff/feed.atom").await.problem(Code::NotFound);
    }

    a_key_ends_when_it_is_made_anew_taken_back_or_its_holder_suspended(app) {
        let scene = Scene::new(&app).await;
        let closed = board(&scene.owner, "Entre nous", "members").await;
        let path = format!("/b/{}/feed.atom", closed.slug);
        let show = async || scene.zoe.get("/api/v1/me/feed-key").await.ok::<FeedKeyView>();
        assert_eq!(show().await, FeedKeyView::default());
        let first = key(&scene.zoe).await;
        assert!(show().await.created_at.is_some() && show().await.used_at.is_none());
        read(&app, &path, Some(&first)).await;
        assert!(show().await.used_at.is_some());
        let second = key(&scene.zoe).await;
        assert_ne!(first, second);
        asked(&app, &path, Some(&first)).await.problem(Code::NotFound);
        asked(&app, "/news.atom", Some(&first)).await.problem(Code::NotFound);
        read(&app, &path, Some(&second)).await;
        for wrong in ["", "guess", &"A".repeat(43), &"A".repeat(4000)] {
            asked(&app, "/news.atom", Some(wrong)).await.problem(Code::NotFound);
        }

        let suspension = format!("/api/v1/people/{}/suspension", scene.zoe.person().id);
        scene.owner.put(&suspension, &json!({"words": "Non."})).await.nothing(StatusCode::NO_CONTENT);
        for feed in [path.as_str(), "/news.atom", &format!("/i/{}/feed.atom", scene.idea.card.number)] {
            asked(&app, feed, Some(&second)).await.problem(Code::NotFound);
        }
        scene.owner.delete(&suspension).await.nothing(StatusCode::NO_CONTENT);
        read(&app, &path, Some(&second)).await;

        let mut zoe = app.visitor();
        zoe.sign_in(scene.zoe.email(), tests::app::PASSWORD).await;
        for _ in 0..2 {
            zoe.delete("/api/v1/me/feed-key").await.nothing(StatusCode::NO_CONTENT);
        }
        asked(&app, &path, Some(&second)).await.problem(Code::NotFound);
        let token: shared::api::TokenMade = zoe.post("/api/v1/tokens", &json!({"name": "N"})).await.created();
        zoe.with_token(&token.secret).post("/api/v1/me/feed-key", &json!(null)).await.problem(Code::Role);
    }

    what_did_not_change_is_not_sent_again(app) {
        let scene = Scene::new(&app).await;
        let update = scene.publish("updates", json!({"body": "Au four."})).await;
        let secret = key(&scene.zoe).await;
        for (key, keep) in [(None, "public, no-cache"), (Some(secret.as_str()), "private, no-cache")] {
            for path in feeds(&scene.board, &scene.idea) {
                let first = asked(&app, &path, key).await;
                assert_eq!((first.headers[header::CACHE_CONTROL].to_str().expect("text"), first.set_cookie()), (keep, None));
                let path = format!("{path}{}", key.map(|key| format!("?key={key}")).unwrap_or_default());
                for (asks, told) in [(header::IF_NONE_MATCH, header::ETAG), (header::IF_MODIFIED_SINCE, header::LAST_MODIFIED)] {
                    let visitor = app.visitor();
                    let again = visitor.request(Method::GET, &path).header(asks, &first.headers[&told]);
                    let again = visitor.send(again, "").await;
                    assert_eq!((again.status, again.body.len()), (StatusCode::NOT_MODIFIED, 0), "{path}");
                    assert_eq!(again.headers[header::ETAG], first.headers[header::ETAG]);
                }
            }
        }
        // Taken away, the latest time is an earlier one; who knows the later one is told all the same.
        let path = format!("/i/{}/feed.atom", scene.idea.card.number);
        app.execute("UPDATE entry SET published_at = published_at + 5000, shown_at = shown_at + 5000").await;
        let before = asked(&app, &path, None).await;
        scene.owner.delete(&format!("/api/v1/updates/{update}")).await.nothing(StatusCode::NO_CONTENT);
        for (asks, told) in [(header::IF_NONE_MATCH, header::ETAG), (header::IF_MODIFIED_SINCE, header::LAST_MODIFIED)] {
            let visitor = app.visitor();
            let again = visitor.request(Method::GET, &path).header(asks, &before.headers[&told]);
            visitor.send(again, "").await.nothing(StatusCode::OK);
        }
    }

    pages_say_where_their_feed_is(app) {
        let scene = Scene::new(&app).await;
        let closed = board(&scene.owner, "Entre nous", "members").await;
        let hidden = propose(&scene.owner, &closed, "À voix basse").await;
        let page = async |who: &Client, path: &str| {
            String::from_utf8(who.get(path).await.body.to_vec()).expect("text")
        };
        let idea = format!("/i/{}/pain-du-soir", scene.idea.card.number);
        for (path, feed) in [
            ("/news", "/news.atom".to_owned()),
            ("/", "/news.atom".to_owned()),
            ("/b/pains", "/b/pains/feed.atom".to_owned()),
            (idea.as_str(), format!("/i/{}/feed.atom", scene.idea.card.number)),
        ] {
            assert!(page(&app.visitor(), path).await.contains(&format!("href=\"http://{HOST}{feed}\"")), "{path}");
        }
        // Where only some may read, the way leads to where they make their links.
        for path in [format!("/b/{}", closed.slug), format!("/i/{}/a-voix-basse", hidden.card.number)] {
            let html = page(&scene.zoe, &path).await;
            assert!(!html.contains("feed.atom") && html.contains("/settings#feeds"), "{path}");
        }
    }
}

#[tokio::test]
async fn a_feed_tells_no_more_than_fifty_things() {
    let app = App::new().await;
    let scene = Scene::new(&app).await;
    for n in 0..60 {
        scene.publish("updates", json!({"body": format!("Pas {n}.")})).await;
    }
    let of_board = read(&app, "/b/pains/feed.atom", None).await;
    assert_eq!((of_board.entries.len(), of_board.entries[0].html.contains("Pas 59.")), (50, true));
    assert_eq!(read(&app, &format!("/i/{}/feed.atom", scene.idea.card.number), None).await.entries.len(), 50);
}

#[tokio::test]
async fn who_reads_feeds_without_end_waits() {
    let app = App::new().await;
    let visitor = app.visitor();
    for _ in 0..120 {
        visitor.get("/news.atom").await.nothing(StatusCode::OK);
    }
    visitor.get("/news.atom").await.problem(Code::TooMany);
    app.visitor().get("/news.atom").await.nothing(StatusCode::OK);
}

//! How a concept came to be: its versions, who wrote what, and who may know. Which changes make a version is tested where it
//! is decided; long texts in `live::history`.

use std::time::Duration;

use http::StatusCode;
use serde_json::json;
use server::{domain::now, jobs::follow::credit_all};
use shared::{
    Role,
    api::{
        BoardView, CanvasHistory, CanvasVersion, CanvasView, Code, Contributions, Extent, History, IdeaView, Subject,
    },
    canvas::{ItemKind, ItemRef, past::Past},
    field::Field,
    history::{View, back, text},
};
use tests::{
    app::{App, Client},
    canvas::{self as drawn, draw},
    on_each_database,
};

use crate::{canvas, changes::rewrite_at, inbox::scene};

const MINUTE: i64 = 60_000;

async fn history(who: &Client, number: u32) -> History {
    who.get(&format!("/api/v1/ideas/{number}/history")).await.ok()
}

fn texts(history: &History, version: u32) -> [String; 3] {
    Field::ALL.map(|field| text(history.runs(field), version))
}

async fn propose(who: &Client, board: &str, title: &str, body: &str) -> u32 {
    let new = json!({ "title": title, "body": body });
    let made: IdeaView = who.post(&format!("/api/v1/boards/{board}/ideas"), &new).await.created();
    made.card.number
}

async fn shares(app: &App, who: &Client, number: u32) -> Vec<(u32, String)> {
    credit_all(&app.atelier.db, || false).await.expect("worked out");
    let found: Contributions = who.get(&format!("/api/v1/ideas/{number}/contributions")).await.ok();
    found.shares.into_iter().map(|share| (share.percent, share.person.name)).collect()
}

on_each_database! {
    versions_say_who_wrote_what_and_when(app) {
        let (_, zoe, ali, board, _) = scene(&app).await;
        let number = propose(&zoe, &board.slug, "Pain de garde", "Une miche d’un kilo.").await;
        let at = now();
        rewrite_at(&app, &ali, number, ["Pain de garde", "Une miche d’un kilo, au levain."], at + 10 * MINUTE).await;
        rewrite_at(&app, &zoe, number, ["Pain du lundi", "Une miche, au levain."], at + 20 * MINUTE).await;
        let found = history(&app.visitor(), number).await;
        assert_eq!(found.people, [zoe.person().clone(), ali.person().clone()]);
        assert_eq!(found.reflects, 3);
        let versions: Vec<_> = found.versions.iter().map(|version| (version.by.clone(), version.changes, version.place)).collect();
        assert_eq!(versions, [(vec![0], 1, 1), (vec![1], 1, 2), (vec![0], 1, 3)]);
        assert_eq!(found.versions[1].ended_at, at + 10 * MINUTE);
        assert_eq!(texts(&found, 1), ["Pain de garde", "", "Une miche d’un kilo."]);
        assert_eq!(texts(&found, 2), ["Pain de garde", "", "Une miche d’un kilo, au levain."]);
        assert_eq!(texts(&found, 3), ["Pain du lundi", "", "Une miche, au levain."]);
        assert_eq!(texts(&found, 0), ["", "", ""]);
        assert_eq!(found.versions[1].body, Extent { added: 11, removed: 0 });
        assert_eq!(found.versions[2].body, Extent { added: 0, removed: 10 });
        let view = View { at: 3, since: Some(2) };
        let gone: Vec<_> = found.body.iter().filter_map(|run| Some((view.mark(run)?.1, run.by, run.gone?.by))).collect();
        assert_eq!(gone, [(0, 0, 0)], "who took it away is told, and who wrote it");
    }

    who_write_at_the_same_time_share_a_version(app) {
        let (_, zoe, ali, board, _) = scene(&app).await;
        let number = propose(&zoe, &board.slug, "Pain", "").await;
        let at = now() + 10 * MINUTE;
        for (turn, who) in [&zoe, &ali, &zoe, &ali].into_iter().enumerate() {
            let body = "mot ".repeat(turn + 1);
            rewrite_at(&app, who, number, ["Pain", &body], at + i64::try_from(turn).expect("few") * 1_000).await;
        }
        let found = history(&zoe, number).await;
        let by: Vec<_> = found.versions.iter().map(|version| version.by.clone()).collect();
        assert_eq!(by, [vec![0], vec![0, 1]]);
        assert_eq!(texts(&found, 2)[2], "mot mot mot mot ");
        let of_ali: usize = found.body.iter().filter(|run| run.by == 1).map(|run| run.text.chars().count()).sum();
        assert_eq!(of_ali, 8, "each letter is still told to be whose it is");
    }

    going_back_is_a_change_that_leaves_the_words_to_who_wrote_them(app) {
        let (_, zoe, ali, board, _) = scene(&app).await;
        let first = "Une miche d’un kilo, cuite le soir, qui se garde une semaine sans sécher.";
        let number = propose(&zoe, &board.slug, "Pain de garde", first).await;
        let before = shares(&app, &zoe, number).await;
        rewrite_at(&app, &ali, number, ["Pain de garde", "Rien de tout cela."], now() + 10 * MINUTE).await;
        let found = history(&ali, number).await;
        let mut body: Vec<u16> = text(&found.body, 2).encode_utf16().collect();
        for (at, delete, insert) in back(&found.body, 2, 1) {
            body.splice(at..at + delete, insert.encode_utf16());
        }
        let body = String::from_utf16(&body).expect("a text");
        assert_eq!(body, first);
        rewrite_at(&app, &ali, number, ["Pain de garde", &body], now() + 20 * MINUTE).await;
        let found = history(&ali, number).await;
        assert_eq!((found.versions.len(), &texts(&found, 3)[2]), (3, &body));
        assert_eq!(shares(&app, &zoe, number).await, before, "whoever brings words back did not write them");
    }

    a_canvas_is_told_version_by_version(app) {
        let (owner, zoe) = (app.person(Role::Owner).await, app.person(Role::Customer).await);
        let ali = app.person(Role::Customer).await;
        let board = canvas::board(&owner, "public").await;
        let path = format!("/api/v1/boards/{}/canvas/history", board.slug);
        let empty: CanvasHistory = app.visitor().get(&path).await.ok();
        assert_eq!((empty.versions.len(), empty.reflects), (0, 1), "making the board puts nothing there");
        canvas::note(&app, &board, &zoe, "n1", "Du pain").await;
        tokio::time::sleep(Duration::from_millis(3)).await;
        canvas::note(&app, &board, &ali, "n2", "Du café").await;
        tokio::time::sleep(Duration::from_millis(3)).await;
        let document = board.canvas;
        let gone = |doc: &mut _| drawn::remove(doc, ItemKind::Note, "n1");
        draw(&app.atelier.db, document, zoe.person().id, gone).await;
        app.execute("UPDATE change SET stored_at = stored_at + 600000 WHERE seq = 4").await;
        let told: CanvasHistory = app.visitor().get(&path).await.ok();
        let who = |version: &CanvasVersion| -> Vec<String> {
            version.by.iter().map(|by| told.people[*by as usize].name.clone()).collect()
        };
        let (of_zoe, of_ali) = (vec![zoe.person().name.clone()], vec![ali.person().name.clone()]);
        assert_eq!(told.versions.iter().map(who).collect::<Vec<_>>(), [of_zoe.clone(), of_ali, of_zoe]);
        let last = &told.versions[2];
        assert_eq!((last.put.len(), last.gone.clone()), (0, vec![ItemRef::new(ItemKind::Note, "n1")]));
        let past = Past::of(told.versions.clone());
        let words = |count: u32| -> String {
            past.at(count).notes.values().map(|note| note.text.as_str()).collect::<Vec<_>>().join(", ")
        };
        assert_eq!([words(0), words(1), words(2), words(3)], ["", "Du pain", "Du pain, Du café", "Du café"]);
        let now: CanvasView = app.visitor().get(&canvas::path(&board)).await.ok();
        assert_eq!(past.at(3), now.canvas);
        app.visitor().get("/api/v1/boards/none/canvas/history").await.problem(Code::NotFound);
    }

    who_may_not_read_an_idea_may_not_read_its_history(app) {
        let (owner, zoe, ali, board, idea) = scene(&app).await;
        let path = format!("/api/v1/ideas/{}/history", idea.card.number);
        let _: History = app.visitor().get(&path).await.ok();
        app.visitor().get("/api/v1/ideas/999/history").await.problem(Code::NotFound);
        app.visitor().get("/api/v1/ideas/none/history").await.problem(Code::BadRequest);
        let hide = json!({"subject": Subject::Idea(idea.card.id), "act": "hide", "reason": "spam", "words": "Non."});
        owner.post("/api/v1/desk/decisions", &hide).await.nothing(StatusCode::OK);
        for who in [&app.visitor(), &ali, &zoe, &owner] {
            let (page, history) = (who.get(&format!("/api/v1/ideas/{}", idea.card.number)).await, who.get(&path).await);
            assert_eq!(history.status, page.status);
        }
        ali.get(&path).await.problem(Code::NotFound);
        let _: History = owner.get(&path).await.ok();
        let closed = json!({"title": "Entre nous", "purpose": "", "audience": "invited", "editing": "everyone"});
        let closed: BoardView = owner.post("/api/v1/boards", &closed).await.created();
        let number = propose(&owner, &closed.slug, "Un secret", "").await;
        let path = format!("/api/v1/ideas/{number}/history");
        let employee = app.person(Role::Employee).await;
        for who in [&app.visitor(), &ali, &employee] {
            who.get(&path).await.problem(Code::NotFound);
        }
        let member = format!("/api/v1/boards/{}/members/{}", closed.slug, ali.person().handle);
        owner.put(&member, &json!(null)).await.nothing(StatusCode::NO_CONTENT);
        let _: History = ali.get(&path).await.ok();
        assert_ne!(board.slug, closed.slug);
    }
}

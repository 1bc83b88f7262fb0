//! Workshops: the timer, and dot votes of which nobody learns more than they should. Who may is in the tables of `rights`.

use http::StatusCode;
use serde_json::{Value, json};
use shared::{
    Role,
    api::{BoardView, Code, DotResult, DotVoteView, Dots, Workshop},
    canvas::ItemKind,
};
use tests::{
    app::{App, Client},
    canvas::{self, draw},
    on_each_database,
};

use crate::canvas::{board, note, path};

async fn show(who: &Client, board: &BoardView) -> Workshop {
    who.get(&format!("{}/workshop", path(board))).await.ok()
}

async fn begin(who: &Client, board: &BoardView, request: Value) -> DotVoteView {
    who.post(&format!("{}/dot-votes", path(board)), &request).await.created()
}

fn of(board: &BoardView, vote: &DotVoteView, what: &str) -> String {
    format!("{}/dot-votes/{}{what}", path(board), vote.id)
}

async fn set(who: &Client, board: &BoardView, vote: &DotVoteView, item: &str, dots: u32) -> tests::app::Answer {
    who.put(&of(board, vote, "/dots"), &json!({"item": item, "dots": dots})).await
}

/// A board with two notes, and who leads its workshop.
async fn scene(app: &App) -> (Client, BoardView) {
    let lead = app.person(Role::Owner).await;
    let board = board(&lead, "public").await;
    note(app, &board, &lead, "n1", "Du pain").await;
    note(app, &board, &lead, "n2", "Du beurre").await;
    (lead, board)
}

on_each_database! {
    a_timer_is_started_stopped_and_put_away(app) {
        let (lead, board) = scene(&app).await;
        let (timer, guest) = (format!("{}/timer", path(&board)), app.visitor());
        lead.put(&timer, &json!({"act": "pause"})).await.problem(Code::NotFound);
        let shown: Workshop = lead.put(&timer, &json!({"act": "start", "seconds": 300})).await.ok();
        let set = shown.timer.expect("a timer");
        assert_eq!((set.seconds, set.left, &set.by), (300, None, lead.person()));
        assert!(set.ends_at.is_some_and(|at| (290_000..=300_000).contains(&(at - shown.now))));
        let paused = lead.put(&timer, &json!({"act": "pause"})).await.ok::<Workshop>().timer.expect("a timer");
        assert!(paused.ends_at.is_none() && paused.left.is_some_and(|left| left <= 300_000));
        let more = lead.put(&timer, &json!({"act": "extend", "seconds": 60})).await.ok::<Workshop>().timer.expect("it");
        assert_eq!((more.seconds, more.left), (360, paused.left.map(|left| left + 60_000)));
        let going = lead.put(&timer, &json!({"act": "resume"})).await.ok::<Workshop>().timer.expect("a timer");
        assert_eq!(show(&guest, &board).await.timer, Some(going));
        for seconds in [0, 4, 86_401] {
            lead.put(&timer, &json!({"act": "start", "seconds": seconds})).await.invalid(&["seconds"]);
        }
        for wrong in [json!({"act": "stop"}), json!({"act": "start"}), json!({"act": "start", "seconds": -1}), json!({})] {
            lead.put(&timer, &wrong).await.problem(Code::BadJson);
        }
        for _ in 0..2 {
            lead.delete(&timer).await.nothing(StatusCode::NO_CONTENT);
        }
        assert_eq!(show(&guest, &board).await.timer, None);
    }

    dots_are_counted_and_seen_by_nobody_until_the_end(app) {
        let (lead, board) = scene(&app).await;
        let (zoe, ali) = (app.person(Role::Customer).await, app.person(Role::Customer).await);
        let vote = begin(&lead, &board, json!({"question": "  Le premier ?  ", "dots": 3})).await;
        assert_eq!((vote.question.as_str(), vote.dots, vote.one_each, vote.anonymous), ("Le premier ?", 3, false, false));
        lead.post(&format!("{}/dot-votes", path(&board)), &json!({"dots": 3})).await.problem(Code::VoteOn);
        lead.delete(&of(&board, &vote, "")).await.problem(Code::VoteOn);
        let mine: DotVoteView = set(&zoe, &board, &vote, "notes/n1", 2).await.ok();
        assert_eq!((mine.mine, mine.voters), (vec![Dots { item: "notes/n1".into(), dots: 2 }], 1));
        set(&zoe, &board, &vote, "notes/n2", 2).await.problem(Code::NoDotsLeft);
        set(&zoe, &board, &vote, "notes/n1", 4).await.invalid(&["dots"]);
        set(&zoe, &board, &vote, "notes/n2", 1).await.nothing(StatusCode::OK);
        set(&ali, &board, &vote, "notes/n2", 1).await.nothing(StatusCode::OK);
        for wrong in ["notes/n3", "cards/n1", "groups/g1", "n1", "notes/", "notes/n1/x"] {
            set(&ali, &board, &vote, wrong, 1).await.invalid(&["item"]);
        }
        for who in [&lead, &ali, &app.visitor()] {
            let seen = show(who, &board).await.vote.expect("a vote");
            assert_eq!((seen.voters, seen.results.as_slice(), seen.ended_at), (2, &[][..], None));
            let own: Vec<u32> = seen.mine.iter().map(|dots| dots.dots).collect();
            assert_eq!(own, if who.cookie == ali.cookie { vec![1] } else { vec![] });
        }
        // What is gone keeps its dots, until whoever set them takes them away.
        draw(&app.atelier.db, board.canvas, lead.person().id, |doc| canvas::remove(doc, ItemKind::Note, "n1")).await;
        set(&zoe, &board, &vote, "notes/n1", 1).await.invalid(&["item"]);
        let ended: DotVoteView = lead.post(&of(&board, &vote, "/end"), &json!(null)).await.ok();
        let again: DotVoteView = lead.post(&of(&board, &vote, "/end"), &json!(null)).await.ok();
        assert_eq!(ended, again);
        set(&zoe, &board, &vote, "notes/n1", 0).await.problem(Code::VoteEnded);
        let result = |item: &str, dots, people: &[&Client]| DotResult {
            item: item.into(), dots, people: people.iter().map(|who| who.person().clone()).collect()
        };
        let seen = show(&app.visitor(), &board).await.vote.expect("a vote");
        let both = if zoe.person().name < ali.person().name { [&zoe, &ali] } else { [&ali, &zoe] };
        assert_eq!(seen.results, [result("notes/n1", 2, &[&zoe]), result("notes/n2", 2, &both)]);
        assert_eq!(seen.voters, 2);
        lead.delete(&of(&board, &vote, "")).await.nothing(StatusCode::NO_CONTENT);
        lead.delete(&of(&board, &vote, "")).await.problem(Code::NotFound);
        assert_eq!(show(&zoe, &board).await.vote, None);
        assert_eq!(app.number("SELECT count(*) FROM audit WHERE act LIKE 'dots.%'").await, 3);
        assert_eq!(app.number("SELECT count(*) FROM audit WHERE detail LIKE '%n1%' OR detail LIKE '%voters%'").await, 0);
    }

    one_dot_each_and_one_vote_after_the_other(app) {
        let (lead, board) = scene(&app).await;
        let zoe = app.person(Role::Customer).await;
        let first = begin(&lead, &board, json!({"dots": 2, "one_each": true})).await;
        set(&zoe, &board, &first, "notes/n1", 2).await.invalid(&["dots"]);
        set(&zoe, &board, &first, "notes/n1", 1).await.nothing(StatusCode::OK);
        let none: DotVoteView = set(&zoe, &board, &first, "notes/n1", 0).await.ok();
        assert_eq!((none.mine.len(), none.voters), (0, 0));
        lead.post(&of(&board, &first, "/end"), &json!(null)).await.nothing(StatusCode::OK);
        let second = begin(&lead, &board, json!({"dots": 1})).await;
        lead.post(&of(&board, &second, "/end"), &json!(null)).await.nothing(StatusCode::OK);
        lead.delete(&of(&board, &second, "")).await.nothing(StatusCode::NO_CONTENT);
        assert_eq!(show(&zoe, &board).await.vote, None, "what came before does not come back");
        for (request, field) in [
            (json!({"dots": 0}), "dots"), (json!({"dots": 21}), "dots"), (json!({"dots": 1, "seconds": 4}), "seconds"),
            (json!({"dots": 1, "question": "é".repeat(201)}), "question"), (json!({"dots": 1, "question": "a\nb"}), "question"),
        ] {
            lead.post(&format!("{}/dot-votes", path(&board)), &request).await.invalid(&[field]);
        }
        set(&zoe, &board, &second, "notes/n1", 1).await.problem(Code::NotFound);
    }

    nobody_ever_learns_who_set_what_in_an_anonymous_vote(app) {
        let (lead, board) = scene(&app).await;
        let (zoe, ali) = (app.person(Role::Customer).await, app.person(Role::Customer).await);
        let vote = begin(&lead, &board, json!({"dots": 3, "anonymous": true})).await;
        set(&zoe, &board, &vote, "notes/n2", 3).await.nothing(StatusCode::OK);
        set(&ali, &board, &vote, "notes/n1", 1).await.nothing(StatusCode::OK);
        assert_eq!(app.number("SELECT count(*) FROM dot").await, 2);
        let ended: DotVoteView = lead.post(&of(&board, &vote, "/end"), &json!(null)).await.ok();
        let result = |item: &str, dots| DotResult { item: item.into(), dots, people: vec![] };
        assert_eq!((ended.results, ended.voters), (vec![result("notes/n2", 3), result("notes/n1", 1)], 2));
        let own = show(&zoe, &board).await.vote.expect("a vote");
        assert_eq!(own.mine, [], "not even to themself");
        assert_eq!(app.number("SELECT count(*) FROM dot").await, 0, "nor in the database");
    }

    a_vote_ends_in_time_whoever_looks(app) {
        let (lead, board) = scene(&app).await;
        let zoe = app.person(Role::Customer).await;
        let vote = begin(&lead, &board, json!({"dots": 3, "seconds": 60})).await;
        assert_eq!(vote.ends_at, Some(vote.started_at + 60_000));
        set(&zoe, &board, &vote, "notes/n1", 1).await.nothing(StatusCode::OK);
        app.execute("UPDATE dot_vote SET started_at = started_at - 60000, ends_at = ends_at - 60000").await;
        let answer = set(&zoe, &board, &vote, "notes/n2", 1).await;
        answer.problem(Code::VoteEnded);
        let seen = show(&zoe, &board).await.vote.expect("a vote");
        assert_eq!((seen.ended_at, seen.results.len(), seen.voters), (Some(vote.started_at), 1, 1));
        assert_eq!(app.number("SELECT count(*) FROM audit WHERE act = 'dots.end'").await, 0, "nobody did");
        // Where nobody looks, a job does.
        let vote = begin(&lead, &board, json!({"dots": 3, "seconds": 60})).await;
        app.execute("UPDATE dot_vote SET ends_at = 1 WHERE ended_at IS NULL").await;
        let began = std::time::Instant::now();
        while app.number("SELECT count(*) FROM dot_vote WHERE ended_at IS NULL").await > 0 {
            assert!(began.elapsed() < std::time::Duration::from_secs(10), "{} goes on", vote.id);
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    }
}

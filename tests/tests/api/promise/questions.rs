//! Asking the author of an idea something: the clock stands still until they reply.

use http::StatusCode;
use serde_json::json;
use shared::{
    Role,
    api::{Code, CommentView, NoticeKind, Page, Thread},
};
use tests::{app::Client, on_each_database};

use super::{clock, four_days_later, propose, record, say, scene};
use crate::inbox::told;

async fn asked(who: &Client, number: u32) -> Vec<CommentView> {
    let page: Page<Thread> = who.get(&format!("/api/v1/ideas/{number}/comments")).await.ok();
    page.items.into_iter().map(|thread| thread.comment).filter(|comment| comment.kind.as_str() == "question").collect()
}

on_each_database! {
    the_clock_stands_still_until_the_author_replies(app) {
        let (owner, zoe, board) = scene(&app).await;
        let theo = app.person(Role::Employee).await;
        let ali = app.person(Role::Customer).await;
        let idea = propose(&zoe, &board, "Pain du soir").await;
        ali.put(&format!("/api/v1/ideas/{}/follow", idea.card.number), &json!(null)).await.nothing(StatusCode::NO_CONTENT);
        let before = clock(&zoe, &idea).await.expect("a clock");
        let question = say(&theo, &idea, "question").await;
        assert!(question.waits);
        let paused = clock(&app.visitor(), &idea).await.expect("a clock");
        assert_eq!((paused.due_at, paused.paused_at), (before.due_at, Some(question.created_at)));
        let of_zoe = told(&app, &zoe).await;
        assert_eq!((of_zoe[0].kind, of_zoe[0].own, of_zoe.len()), (NoticeKind::Question, true, 1));
        assert_eq!(told(&app, &ali).await.iter().map(|notice| notice.kind).collect::<Vec<_>>(), [NoticeKind::Question]);

        assert_eq!(app.number("SELECT count(*) FROM mail WHERE kind = 'decision'").await, 1, "it reaches who is not here");

        // Who asks goes on, and somebody else replies: the author has not.
        say(&theo, &idea, "comment").await;
        say(&ali, &idea, "comment").await;
        say(&owner, &idea, "question").await;
        assert_eq!(clock(&zoe, &idea).await.and_then(|clock| clock.paused_at), Some(question.created_at));
        assert_eq!(asked(&zoe, idea.card.number).await.iter().filter(|question| question.waits).count(), 2);

        // A day and a half goes by, and then they do.
        app.execute("UPDATE question SET asked_at = asked_at - 129600000").await;
        app.execute("UPDATE idea SET clock_at = clock_at - 259200000").await;
        let reply = json!({"body": "À partir de 18 h.", "parent": question.id});
        zoe.post(&format!("/api/v1/ideas/{}/comments", idea.card.number), &reply).await.nothing(StatusCode::CREATED);
        let after = clock(&zoe, &idea).await.expect("a clock");
        assert_eq!(after.paused_at, None);
        let gone = app.number("SELECT paused_ms FROM idea").await;
        assert!((129_600_000..129_900_000).contains(&gone), "{gone}");
        assert!(asked(&zoe, idea.card.number).await.iter().all(|question| !question.waits));
    }

    whoever_may_answer_may_ask_and_nobody_else(app) {
        let (owner, zoe, board) = scene(&app).await;
        let idea = propose(&zoe, &board, "Pain du soir").await;
        let path = format!("/api/v1/ideas/{}/comments", idea.card.number);
        let question = json!({"kind": "question", "body": "À quelle heure ?"});
        app.visitor().post(&path, &question).await.problem(Code::SignIn);
        app.person(Role::Customer).await.post(&path, &question).await.problem(Code::Role);
        zoe.post(&path, &question).await.problem(Code::Role);
        assert_eq!(clock(&zoe, &idea).await.and_then(|clock| clock.paused_at), None);

        let own = propose(&owner, &board, "Pain de nuit").await;
        owner.post(&format!("/api/v1/ideas/{}/comments", own.card.number), &question).await.invalid(&["kind"]);
        assert_eq!(clock(&zoe, &own).await.and_then(|clock| clock.paused_at), None, "nobody stops the clock by asking themself");
        let under = say(&zoe, &idea, "comment").await;
        let reply = json!({"kind": "question", "body": "À quelle heure ?", "parent": under.id});
        owner.post(&path, &reply).await.invalid(&["kind"]);
    }

    a_question_that_is_taken_back_or_hidden_waits_for_nothing(app) {
        let (owner, zoe, board) = scene(&app).await;
        let idea = propose(&zoe, &board, "Pain du soir").await;
        let question = say(&owner, &idea, "question").await;
        owner.delete(&format!("/api/v1/comments/{}", question.id)).await.nothing(StatusCode::NO_CONTENT);
        assert_eq!(clock(&zoe, &idea).await.and_then(|clock| clock.paused_at), None);
        let theo = app.person(Role::Employee).await;
        let question = say(&theo, &idea, "question").await;
        assert!(clock(&zoe, &idea).await.is_some_and(|clock| clock.paused_at.is_some()));
        let subject = json!({"kind": "comment", "id": question.id});
        let hide = json!({"subject": subject, "act": "hide", "reason": "other"});
        owner.post("/api/v1/desk/decisions", &hide).await.nothing(StatusCode::OK);
        assert_eq!(clock(&zoe, &idea).await.and_then(|clock| clock.paused_at), None);
    }

    a_question_hides_no_delay_and_takes_no_time(app) {
        let (owner, zoe, board) = scene(&app).await;
        let late = propose(&zoe, &board, "Un").await;
        let asked = propose(&zoe, &board, "Deux").await;
        say(&owner, &asked, "question").await;
        four_days_later(&app).await;
        // It was asked four days ago too.
        app.execute("UPDATE question SET asked_at = asked_at - 345600000").await;
        app.execute("UPDATE idea SET paused_at = paused_at - 345600000 WHERE paused_at IS NOT NULL").await;
        say(&owner, &late, "question").await;
        assert_eq!(record(&zoe, &board).await.map(|record| (record.missed, record.overdue)), Some((1, 1)));
        say(&owner, &late, "answer").await;
        say(&owner, &asked, "answer").await;
        let now = record(&zoe, &board).await.expect("a record");
        assert_eq!((now.kept, now.missed, now.overdue), (1, 1, 0), "nobody was waited for in vain");
        assert!(now.median_wait.is_some_and(|wait| wait < 60_000), "{now:?}");
    }
}

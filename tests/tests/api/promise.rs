//! The time within which a board answers: the clocks of its ideas, how it kept its promises, and who is told.

mod questions;
mod routing;

use http::StatusCode;
use serde_json::{Value, json};
use shared::{
    Role,
    api::{BoardView, ClockView, Code, IdeaCard, IdeaFacts, IdeaView, Me, Millis, Page, PromiseRecord, WorkspaceView},
};
use tests::{
    app::{App, Client},
    on_each_database,
};

const DAY: Millis = 24 * 60 * 60 * 1000;

/// A board that promises an answer within three days, who opened it, and a customer.
async fn scene(app: &App) -> (Client, Client, BoardView) {
    let owner = app.person(Role::Owner).await;
    let zoe = app.person(Role::Customer).await;
    let new = json!({"title": "Pains", "purpose": "", "audience": "public", "editing": "everyone"});
    let board: BoardView = owner.post("/api/v1/boards", &new).await.created();
    let board = promise(&owner, &board, 3).await;
    (owner, zoe, board)
}

async fn promise(who: &Client, board: &BoardView, days: u32) -> BoardView {
    who.patch(&format!("/api/v1/boards/{}", board.slug), &json!({ "promise_days": days })).await.ok()
}

async fn propose(who: &Client, board: &BoardView, title: &str) -> IdeaView {
    who.post(&format!("/api/v1/boards/{}/ideas", board.slug), &json!({ "title": title })).await.created()
}

async fn say(who: &Client, idea: &IdeaView, kind: &str) -> shared::api::CommentView {
    let said = json!({ "kind": kind, "body": "Le four est plein jusqu’à lundi." });
    who.post(&format!("/api/v1/ideas/{}/comments", idea.card.number), &said).await.created()
}

async fn shown(who: &Client, idea: &IdeaView) -> IdeaCard {
    who.get(&format!("/api/v1/ideas/{}", idea.card.number)).await.ok::<IdeaView>().card
}

async fn clock(who: &Client, idea: &IdeaView) -> Option<ClockView> {
    shown(who, idea).await.clock
}

async fn record(who: &Client, board: &BoardView) -> Option<PromiseRecord> {
    who.get(&format!("/api/v1/boards/{}", board.slug)).await.ok::<BoardView>().record
}

async fn move_to(who: &Client, board: &BoardView, idea: &IdeaView, stage: usize, reason: &str) -> tests::app::Answer {
    let request = json!({ "stage": board.stages[stage].id, "reason": reason });
    who.put(&format!("/api/v1/ideas/{}/stage", idea.card.number), &request).await
}

/// Lets four days pass for all clocks that run: what was due within three is late.
async fn four_days_later(app: &App) {
    app.execute(
        "UPDATE idea SET created_at = created_at - 345600000, clock_at = clock_at - 345600000, half_at = half_at - 345600000,
             due_at = due_at - 345600000",
    )
    .await;
}

fn close(left: Millis, right: Millis, within: Millis) -> bool {
    (left - right).abs() <= within
}

on_each_database! {
    no_board_promises_anything_until_it_does(app) {
        let owner = app.person(Role::Owner).await;
        let new = json!({"title": "Pains", "purpose": "", "audience": "public", "editing": "everyone"});
        let board: BoardView = owner.post("/api/v1/boards", &new).await.created();
        assert_eq!((board.promise, board.record), (None, None));
        let before = propose(&owner, &board, "Pain du soir").await;
        assert_eq!(before.card.clock, None);
        let board = promise(&owner, &board, 3).await;
        assert_eq!(board.promise.map(|promise| promise.days), Some(3));
        let since = board.promise.expect("a promise").since;
        let after = propose(&owner, &board, "Pain de nuit").await;
        for idea in [&before, &after] {
            let due = clock(&app.visitor(), idea).await.expect("whoever waits is promised an answer from now on");
            // UTC: until the end of the third day from today on.
            assert_eq!((due.due_at + 1) % DAY, 0);
            assert!(due.due_at >= since + 3 * DAY && due.due_at < since + 4 * DAY, "{due:?} {since}");
        }
    }

    only_moderators_promise_and_no_more_than_a_year(app) {
        let (owner, zoe, board) = scene(&app).await;
        let path = format!("/api/v1/boards/{}", board.slug);
        for role in [Role::Customer, Role::Employee, Role::Researcher] {
            app.person(role).await.patch(&path, &json!({"promise_days": 1})).await.problem(Code::Role);
        }
        app.visitor().patch(&path, &json!({"promise_days": 1})).await.problem(Code::SignIn);
        let refused = owner.patch(&path, &json!({"promise_days": 366, "title": "Autre"})).await.invalid(&["promise_days"]);
        assert_eq!(refused.fields["promise_days"].limit, Some(365));
        let unchanged: BoardView = zoe.get(&path).await.ok();
        assert_eq!((unchanged.title.as_str(), unchanged.promise), ("Pains", board.promise));
        app.person(Role::Moderator).await.patch(&path, &json!({"promise_days": 365})).await.nothing(StatusCode::OK);
    }

    what_was_promised_for_an_idea_stays_so(app) {
        let (owner, zoe, board) = scene(&app).await;
        let first = propose(&zoe, &board, "Pain du soir").await;
        let due = clock(&zoe, &first).await.expect("a clock");
        let longer = promise(&owner, &board, 30).await;
        assert_eq!(longer.promise.map(|promise| promise.since), board.promise.map(|promise| promise.since));
        assert_eq!(clock(&zoe, &first).await, Some(due));
        let second = propose(&zoe, &board, "Pain de nuit").await;
        assert_eq!(clock(&zoe, &second).await.expect("a clock").due_at, due.due_at + 27 * DAY);

        four_days_later(&app).await;
        promise(&owner, &board, 0).await;
        assert!(clock(&zoe, &first).await.is_some_and(|clock| clock.is_late(due.due_at)), "what is late stays late");
        assert_eq!(clock(&zoe, &second).await, None);
        assert_eq!(record(&zoe, &board).await.map(|record| (record.kept, record.missed, record.overdue)), Some((0, 1, 1)));
        promise(&owner, &board, 3).await;
        assert!(clock(&zoe, &second).await.is_some(), "who waits is promised anew");
        assert!(clock(&zoe, &first).await.is_some_and(|clock| clock.is_late(due.due_at)));
    }

    an_answer_stops_the_clock_and_counts(app) {
        let (owner, zoe, board) = scene(&app).await;
        let [first, second, third] = ["Un", "Deux", "Trois"].map(|title| propose(&zoe, &board, title));
        let (first, second, third) = (first.await, second.await, third.await);
        assert_eq!(record(&zoe, &board).await, Some(PromiseRecord::default()));
        let answer = say(&owner, &first, "answer").await;
        assert_eq!(clock(&zoe, &first).await, None);
        four_days_later(&app).await;
        say(&owner, &second, "answer").await;
        let now = record(&zoe, &board).await.expect("a record");
        // The first was answered before it was proposed, as time was set back for what is due and not for what was said.
        assert_eq!((now.kept, now.missed, now.overdue), (0, 3, 1), "late, late, and still waiting");
        assert!(now.median_wait.is_some_and(|wait| close(wait, 4 * DAY, DAY)));

        owner.delete(&format!("/api/v1/comments/{}", answer.id)).await.nothing(StatusCode::NO_CONTENT);
        assert!(clock(&zoe, &first).await.is_some(), "an answer that was taken back answers nothing");
        assert_eq!(record(&zoe, &board).await.map(|record| record.overdue), Some(2));
        assert!(clock(&zoe, &third).await.is_some());
        // What was answered in time a hundred days ago is not told any more.
        app.execute("UPDATE idea SET answered_at = answered_at - 8640000000, clock_at = clock_at - 8640000000,
            due_at = due_at - 8640000000 WHERE answered_at IS NOT NULL").await;
        assert_eq!(record(&zoe, &board).await.map(|record| (record.kept, record.missed)), Some((0, 2)));
    }

    a_promise_is_kept_by_words_and_not_by_a_move_without_them(app) {
        let (owner, zoe, board) = scene(&app).await;
        let idea = propose(&zoe, &board, "Pain du soir").await;
        move_to(&owner, &board, &idea, 1, "").await.nothing(StatusCode::OK);
        assert!(clock(&zoe, &idea).await.is_some());
        let refused = move_to(&owner, &board, &idea, 6, "").await.invalid(&["reason"]);
        assert!(refused.fields["reason"].message.contains("needed"), "{refused:?}");
        assert_eq!(shown(&zoe, &idea).await.stage.id, board.stages[1].id, "declining needs a reason");
        move_to(&owner, &board, &idea, 6, "Le four est plein.").await.nothing(StatusCode::OK);
        assert_eq!(clock(&zoe, &idea).await, None);
        assert_eq!(record(&zoe, &board).await.map(|record| (record.kept, record.missed)), Some((1, 0)));
    }

    lists_put_first_what_is_due_first(app) {
        let (owner, zoe, board) = scene(&app).await;
        let [first, second, third] = ["Un", "Deux", "Trois"].map(|title| propose(&zoe, &board, title));
        let (first, second, third) = (first.await, second.await, third.await);
        app.execute("UPDATE idea SET due_at = due_at - number * 1000").await;
        say(&owner, &second, "answer").await;
        let page: Page<IdeaCard> = zoe.get("/api/v1/ideas?sort=due").await.ok();
        let numbers: Vec<u32> = page.items.iter().map(|card| card.number).collect();
        assert_eq!(numbers, [third.card.number, first.card.number]);
        let page: Page<IdeaCard> = zoe.get(&format!("/api/v1/boards/{}/ideas?sort=due&limit=1", board.slug)).await.ok();
        assert_eq!(page.items[0].number, third.card.number);
        let next = page.next.expect("another page");
        let page: Page<IdeaCard> =
            zoe.get(&format!("/api/v1/boards/{}/ideas?sort=due&limit=1&cursor={next}", board.slug)).await.ok();
        assert_eq!((page.items[0].number, page.next), (first.card.number, None));
        let columns: Value = zoe.get(&format!("/api/v1/boards/{}/pipeline?sort=due", board.slug)).await.ok();
        assert_eq!(columns["columns"][0]["ideas"], 2, "{columns}");
    }

    the_desk_tells_the_staff_what_waits_and_nobody_else(app) {
        let (owner, zoe, board) = scene(&app).await;
        let new = json!({"title": "Sans promesse", "purpose": "", "audience": "public", "editing": "everyone"});
        let other: BoardView = owner.post("/api/v1/boards", &new).await.created();
        let hidden: BoardView = owner.post("/api/v1/boards", &json!({"title": "Secret", "purpose": "", "audience": "invited", "editing": "staff"})).await.created();
        promise(&owner, &hidden, 3).await;
        let secret = propose(&owner, &hidden, "Levain secret").await;
        let unpromised = propose(&zoe, &other, "Plus de places").await;
        let waits = propose(&zoe, &board, "Pain du soir").await;
        four_days_later(&app).await;
        let theo = app.person(Role::Employee).await;
        let numbers = async |who: &Client| {
            let page: Page<IdeaCard> = who.get("/api/v1/desk/answers").await.ok();
            page.items.into_iter().map(|card| card.number).collect::<Vec<_>>()
        };
        assert_eq!(numbers(&theo).await, [waits.card.number, unpromised.card.number]);
        let all = numbers(&owner).await;
        assert_eq!(all.len(), 3);
        assert!(all.contains(&secret.card.number) && all.ends_with(&[unpromised.card.number]));
        let count = async |who: &Client| who.get("/api/v1/desk/count").await.ok::<Value>()["overdue"].clone();
        assert_eq!((count(&theo).await, count(&owner).await), (json!(1), json!(2)));
        for path in ["/api/v1/desk/answers", "/api/v1/desk/count"] {
            zoe.get(path).await.problem(Code::Role);
            app.visitor().get(path).await.problem(Code::SignIn);
        }
        let first: Page<IdeaCard> = theo.get("/api/v1/desk/answers?limit=1").await.ok();
        let next = first.next.expect("another page");
        let second: Page<IdeaCard> = theo.get(&format!("/api/v1/desk/answers?limit=1&cursor={next}")).await.ok();
        assert_eq!((second.items[0].number, second.next), (unpromised.card.number, None));
    }

    days_end_where_the_workspace_is(app) {
        let (owner, zoe, board) = scene(&app).await;
        let idea = propose(&zoe, &board, "Pain du soir").await;
        app.execute("UPDATE idea SET clock_at = 1792839600000").await; // 24 October 2026, 11:00 in Paris
        let settle = async |zone: &str| owner.patch("/api/v1/workspace", &json!({ "time_zone": zone })).await;
        let workspace: WorkspaceView = settle("Europe/Paris").await.ok();
        assert_eq!(workspace.time_zone, "Europe/Paris");
        // Summer time ends on the 25th: midnight after the 27th is an hour later in UTC.
        assert_eq!(clock(&zoe, &idea).await.map(|clock| clock.due_at + 1), Some(1_793_142_000_000));
        let _: WorkspaceView = settle("America/Montreal").await.ok();
        assert_eq!(clock(&zoe, &idea).await.map(|clock| clock.due_at + 1), Some(1_793_160_000_000));
        settle("Europe/Boulangerie").await.invalid(&["time_zone"]);
        zoe.patch("/api/v1/workspace", &json!({"time_zone": "UTC"})).await.problem(Code::Role);
        assert_eq!(owner.get("/api/v1/me").await.ok::<Me>().workspace.time_zone, "America/Montreal");
    }

    a_first_post_is_promised_an_answer_once_it_stands(app) {
        let (owner, _, board) = scene(&app).await;
        owner.patch(&format!("/api/v1/boards/{}", board.slug), &json!({"holds_first": true})).await.nothing(StatusCode::OK);
        let lea = app.person(Role::Customer).await;
        let idea = propose(&lea, &board, "Pain du soir").await;
        assert!(idea.card.away.is_some());
        four_days_later(&app).await;
        assert_eq!(record(&owner, &board).await, None, "nobody else waits for it");
        let subject = json!({"kind": "idea", "id": idea.card.id});
        let decision = json!({"subject": subject, "act": "keep"});
        owner.post("/api/v1/desk/decisions", &decision).await.nothing(StatusCode::OK);
        let after = shown(&lea, &idea).await;
        assert!(after.clock.is_some_and(|clock| clock.due_at > after.created_at + 3 * DAY), "{after:?}");
        assert_eq!(record(&owner, &board).await, Some(PromiseRecord::default()));
    }
}

/// What lists and events say of an idea agrees with what its page says.
#[tokio::test]
async fn events_tell_the_clock() {
    let facts = IdeaFacts {
        number: 1,
        board: "pains".into(),
        votes: 0,
        comments: 0,
        stage: serde_json::from_value(
            json!({"id": "018f6a10-0000-7000-8000-000000000000", "fr": "Nouveau", "en": "New",
            "colour": "sky", "kind": "new"}),
        )
        .expect("a stage"),
        percent: None,
        clock: Some(ClockView { due_at: 5, paused_at: Some(3) }),
        came: None,
    };
    let told = serde_json::to_value(&facts).expect("JSON");
    assert_eq!(told["clock"], json!({"due_at": 5, "paused_at": 3}));
}

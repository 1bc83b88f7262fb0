//! Rooms let go of what can be read again, and logs are packed, without anybody losing anything.

use std::time::Duration;

use http_body_util::BodyExt as _;
use server::{jobs::compact, store::Db};
use shared::{
    Role,
    api::IdeaView,
    live::concept::Field,
    rules::{Audience, EditingRule},
};
use tests::live::{Client, PATIENCE};
use tokio::time::{Instant, sleep};
use tower::ServiceExt as _;

use crate::house::House;

const NOTHING: &str = "atelier_sync_answers_total{path=\"nothing\"}";

async fn execute(db: &Db, statement: &'static str) {
    let Db::Sqlite { write, .. } = db else { panic!("this is on SQLite") };
    sqlx::query(statement).execute(write).await.expect("a statement");
}

/// Waits until nobody's rooms are open.
async fn until_unloaded(house: &House) {
    let end = Instant::now() + PATIENCE;
    while house.atelier.hub.open_rooms() > 0 {
        assert!(Instant::now() < end, "{} rooms stay open", house.atelier.hub.open_rooms());
        house.atelier.hub.unload_idle();
        sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn joining_with_equal_heads_reads_nothing_of_the_document() {
    let (house, ada, mut one) = House::with_idea("", "one").await;
    let document = one.document;
    for text in ["un ", "deux ", "trois "] {
        one.splice(Field::Body, 0, 0, text).await;
        one.saved().await;
    }
    one.leave().await;
    until_unloaded(&house).await;
    sleep(Duration::from_millis(100)).await;

    // No change of the log could be read now: who needs none must not notice.
    let db = house.atelier.db.clone();
    execute(&db, "UPDATE change SET bytes = CAST(x'00' || bytes AS BLOB)").await;
    let before = house.metric(NOTHING).expect("a metric");
    assert!(one.connect().await);
    house.until_metric(NOTHING, |answers| answers == before + 1.0).await;
    one.until("access", |client| client.write == Some(true)).await;
    let mut tx = db.read().await.expect("a transaction");
    assert!(!server::store::quarantine::is_set_aside(&mut tx, document).await.expect("an answer"));
    drop(tx);

    // And once it can be read again, it is written in as ever.
    execute(&db, "UPDATE change SET bytes = substr(bytes, 2)").await;
    one.splice(Field::Body, 0, 0, "quatre ").await;
    one.saved().await;
    let mut two = Client::new(house.address, &ada.token, "two", document);
    two.open().await;
    assert_eq!(two.texts().body, "quatre trois deux un ");
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_text_that_nobody_follows_is_fresh_for_whoever_asks() {
    let mut house = House::open().await;
    let ada = house.town.person(Role::Customer).await;
    let board = house.town.board(Audience::Public, EditingRule::Everyone).await;
    let long = "Une baguette bien cuite.\n\n".repeat(1200);
    let (number, document) = house.town.idea(&ada, &board, &long).await;
    let mut one = Client::new(house.address, &ada.token, "one", document);
    one.open().await;
    for (typed, reflects) in [("un ", 2), ("deux ", 3), ("trois ", 4), ("quatre ", 5)] {
        one.splice(Field::Body, 0, 0, typed).await;
        one.saved().await;
        let idea = show(&house, number).await;
        assert_eq!(idea.reflects, reflects, "what is stored is shown");
        assert!(idea.body.starts_with(typed) && idea.body_html.contains(typed.trim_end()));
    }
    house.close().await;
}

/// The idea as the API answers it to anybody.
async fn show(house: &House, number: u32) -> IdeaView {
    let request = http::Request::get(format!("/api/v1/ideas/{number}")).body(axum::body::Body::empty());
    let router = server::http::router(house.atelier.clone());
    let Ok(answer) = router.oneshot(request.expect("a request")).await;
    let body = answer.into_body().collect().await.expect("a body").to_bytes();
    serde_json::from_slice(&body).expect("an idea")
}

#[tokio::test(flavor = "multi_thread")]
async fn rooms_that_hold_too_much_together_let_go_and_their_peers_stay() {
    let mut house = House::configured(|config| config.live.room_bytes = 1 << 20).await;
    let ada = house.town.person(Role::Customer).await;
    let board = house.town.board(Audience::Public, EditingRule::Everyone).await;
    let long = "Une baguette bien cuite, et encore une. ".repeat(2000);
    let mut clients = Vec::new();
    for n in 0..6 {
        let (_, document) = house.town.idea(&ada, &board, &long).await;
        let mut client = Client::new(house.address, &ada.token, &format!("client {n}"), document);
        client.open().await;
        client.splice(Field::Body, 0, 0, "un ").await;
        client.saved().await;
        clients.push(client);
    }
    let held = "atelier_rooms_bytes";
    assert!(
        house.metric(held).is_some_and(|bytes| bytes > 1_048_576.0),
        "each holds its text: {:?}",
        house.metric(held)
    );
    // What is in use is kept; some seconds later there is room.
    house.until_metric(held, |bytes| bytes <= 1_048_576.0).await;
    assert!(house.metric("atelier_rooms_unloaded_total").is_some_and(|rooms| rooms >= 3.0));
    for client in &mut clients {
        assert!(client.is_connected(), "nobody was disconnected");
        client.splice(Field::Body, 0, 0, "deux ").await;
        client.saved().await;
        assert!(client.rejected.is_empty());
    }
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_away_while_the_log_was_packed_gets_exactly_what_they_lack() {
    let mut house = House::open().await;
    let (ada, ben) = (house.town.person(Role::Customer).await, house.town.person(Role::Customer).await);
    let board = house.town.board(Audience::Public, EditingRule::Everyone).await;
    let (_, document) = house.town.idea(&ada, &board, "").await;
    let mut away = Client::new(house.address, &ada.token, "away", document);
    away.open().await;
    let mut writer = Client::new(house.address, &ben.token, "writer", document);
    writer.open().await;
    for _ in 0..300 {
        writer.splice(Field::Body, 0, 0, "pain ").await;
    }
    writer.saved().await;
    let heads = writer.heads();
    away.until("the first changes", |client| client.heads() == heads).await;
    away.disconnect();
    away.splice(Field::Body, 0, 0, "seul ").await;
    for _ in 0..3200 {
        writer.splice(Field::Body, 0, 0, "pain ").await;
    }
    writer.saved().await;
    writer.leave().await;

    // The snapshot and the facts follow, and then most of the log is packed.
    let end = Instant::now() + PATIENCE;
    let mut made = 0;
    while made < 2 {
        assert!(Instant::now() < end, "only {made} segments were made");
        sleep(Duration::from_millis(200)).await;
        made += compact::pack_all(&house.atelier.hub).await.expect("it packs");
    }
    until_unloaded(&house).await;

    let before = away.doc.get_changes(&[]).len();
    assert!(away.connect().await);
    away.saved().await;
    away.until("what was written", |client| client.texts().body.matches("pain").count() == 3500).await;
    assert_eq!(away.doc.get_changes(&[]).len(), before + 3200, "no change more, and none less");
    let mut late = Client::new(house.address, &ben.token, "late", document);
    late.open().await;
    assert_eq!((late.heads(), late.texts()), (away.heads(), away.texts()));
    assert!(away.rejected.is_empty());
    house.close().await;
}

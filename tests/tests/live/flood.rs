//! Whoever says too much is read more slowly; whoever opens too many sockets gets no more. Others go on.

use std::{
    process::Command,
    time::{Duration, Instant},
};

use http::StatusCode;
use server::config::LiveLimits;
use shared::{
    DocumentId, Role,
    live::{
        concept::Field,
        message::{AtelierJoin, FromClient},
    },
    rules::{Audience, EditingRule},
};
use tests::{
    database::TestDb,
    live::{Client, Credential, Event, Socket},
    process::{self, Server, free_address},
    town::{Town, Townsperson},
};
use tokio::{task::JoinHandle, time::sleep};

use crate::house::House;

/// What a flood came to.
struct Flooded {
    sent: u32,
    ended: Event,
}

/// Says as much as the server takes, for so long or until it is closed; and reads what is answered.
fn flood(server: &Server, who: &Townsperson, document: DocumentId, time: Duration) -> JoinHandle<Flooded> {
    let (address, token) = (server.address, who.token.clone());
    tokio::spawn(async move {
        let mut socket = Socket::open(address, Credential::Token(&token)).await.expect("open");
        socket.join("flood", Some(AtelierJoin::default())).await;
        let (end, mut sent) = (Instant::now() + time, 0);
        // Of no document that is open: it is read, and put aside.
        let (session, data) = ("s".to_owned(), vec![0xf6]);
        while Instant::now() < end {
            let caret =
                FromClient::Ephemeral { document, count: sent.into(), session: session.clone(), data: data.clone() };
            if !socket.send(&caret).await {
                break;
            }
            sent += 1;
            // What was answered.
            if sent % 50 == 0
                && let Some(ended @ (Event::Closed(..) | Event::Broken)) =
                    socket.next_until(tokio::time::Instant::now()).await
            {
                return Flooded { sent, ended };
            }
        }
        let ended = loop {
            match socket.next().await {
                Event::Message(_) => {}
                ended => break ended,
            }
        };
        Flooded { sent, ended }
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_is_slowed_then_ended_and_others_write_on() {
    let test = TestDb::sqlite().await;
    let mut town = Town::settle(&test.url).await;
    let (ada, document) = town.proposal("").await;
    let mallory = town.person(Role::Customer).await;
    let mut command = Command::new(process::binary());
    command.envs([
        ("ATELIER_LIVE_MESSAGES", "400"),
        ("ATELIER_LIVE_BURST", "800"),
        ("ATELIER_LIVE_FLOOD_SECONDS", "4"),
    ]);
    let server = Server::start_at(free_address(), &test.url, &mut command).await;
    let mut writer = Client::new(server.address, &ada.token, "writer", document);
    let mut reader = Client::new(server.address, &ada.token, "reader", document);
    writer.open().await;
    reader.open().await;
    let began = Instant::now();
    let flooding = flood(&server, &mallory, document, Duration::from_secs(60));
    let mut edits = 0;
    while !flooding.is_finished() {
        writer.splice(Field::Body, 0, 0, "x").await;
        writer.saved().await;
        edits += 1;
        reader.until("what was written", |client| client.texts().body.len() == edits).await;
        sleep(Duration::from_millis(20)).await;
    }
    let lasted = began.elapsed().as_secs_f64();
    let flooded = flooding.await.expect("it ended");
    assert!(edits >= 10, "{edits} edits");
    // A caret counts for four.
    let read = server.metric("atelier_messages_total").await.expect("counted");
    assert!(
        read < 800.0 / 4.0 + lasted * 400.0 / 4.0 + 3.0 * f64::from(u32::try_from(edits).expect("few")),
        "{read} were read in {lasted} s"
    );
    assert!(read > 300.0, "{read} were read");
    assert!(server.metric("atelier_limits_hit_total{limit=\"messages\"}").await > Some(10.0));
    assert_eq!(server.metric("atelier_limits_hit_total{limit=\"flood\"}").await, Some(1.0));
    assert!(flooded.sent > 300, "{} were sent", flooded.sent);
    assert!(lasted >= 4.0, "it was closed after {lasted} s");
    match flooded.ended {
        Event::Closed(code, reason) => assert_eq!((code, &*reason), (1008, "you have sent far too much for too long")),
        other => panic!("{other:?}"),
    }
    test.db.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_burst_is_delayed_but_nothing_of_it_is_lost() {
    let mut house =
        House::configured(|config| config.live = LiveLimits { messages: 200, burst: 20, ..config.live }).await;
    let ada = house.town.person(Role::Customer).await;
    let board = house.town.board(Audience::Public, EditingRule::Everyone).await;
    let (_, document) = house.town.idea(&ada, &board, "").await;
    let mut client = Client::new(house.address, &ada.token, "writer", document);
    client.open().await;
    for _ in 0..200 {
        client.splice(Field::Body, 0, 0, "x").await;
    }
    client.saved().await;
    assert!(client.rejected.is_empty());
    assert!(house.metric("atelier_limits_hit_total{limit=\"messages\"}") > Some(0.0));
    let mut other = Client::new(house.address, &ada.token, "other", document);
    other.open().await;
    assert_eq!(other.texts().body.len(), 200);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn there_are_only_so_many_sockets() {
    let mut house =
        House::configured(|config| config.live = LiveLimits { sockets: 20, unjoined: 16, ..config.live }).await;
    let (ada, ben) = (house.town.person(Role::Customer).await, house.town.person(Role::Customer).await);
    let mut open = Vec::new();
    for _ in 0..10 {
        open.push(Socket::open(house.address, Credential::Token(&ada.token)).await.expect("open"));
    }
    let refused = Socket::open(house.address, Credential::Token(&ada.token)).await;
    assert_eq!(refused.err(), Some(StatusCode::SERVICE_UNAVAILABLE), "half of the places are for others");
    for _ in 0..6 {
        open.push(Socket::open(house.address, Credential::Token(&ben.token)).await.expect("open"));
    }
    let refused = Socket::open(house.address, Credential::Token(&ben.token)).await;
    assert_eq!(refused.err(), Some(StatusCode::SERVICE_UNAVAILABLE), "too many have not joined");
    assert_eq!(house.metric("atelier_limits_hit_total{limit=\"unjoined\"}"), Some(1.0));
    assert_eq!(house.metric("atelier_limits_hit_total{limit=\"sockets\"}"), Some(1.0));
    for (at, socket) in open.iter_mut().enumerate() {
        assert!(matches!(socket.join(&format!("peer {at}"), None).await, Event::Message(_)));
    }
    open.push(Socket::open(house.address, Credential::Token(&ben.token)).await.expect("who joined counts no longer"));
    drop(open);
    house.until_metric("atelier_sockets_open", |open| open == 0.0).await;
    assert!(Socket::open(house.address, Credential::Token(&ada.token)).await.is_ok(), "places are given back");
    house.close().await;
}

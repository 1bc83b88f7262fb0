//! Clients that stop reading while much is written, against the real program: they cost bounded memory and nobody else's
//! time, are let go, and come back to everything.

use std::time::{Duration, Instant};

use automerge::{
    Change,
    transaction::{CommitOptions, Transactable as _},
};
use shared::live::{
    concept::Field,
    message::FromClient,
    sync::{Hash, SyncMessage, Version},
};
use tests::{database::TestDb, live::Client, process::Server, town::Town};
use tokio::{task::JoinSet, time::sleep};

const LAGGARDS: usize = 10;
/// What is written: so many bytes, in messages of so many changes. Each has one character and says much about itself, so
/// that it is not the text that takes up room.
const WRITTEN: usize = 10_000_000;
const CHANGES: usize = 25;
const ABOUT: usize = 900;

/// Writes a message of many changes: their bytes, and the last of them.
async fn write(client: &mut Client) -> (usize, Hash) {
    let body = Field::Body.object(&client.doc).expect("a body");
    let mut changes = Vec::new();
    for _ in 0..CHANGES {
        client.doc.splice_text(&body, 0, 0, "🥖").expect("spliced");
        let about = CommitOptions::default().with_message("x".repeat(ABOUT)).with_time(0);
        client.doc.commit_with(about).expect("a change");
        changes.extend(client.doc.get_last_local_change());
    }
    let message = SyncMessage {
        version: Version::V1,
        heads: vec![],
        need: vec![],
        have: vec![],
        changes: changes.iter().map(Change::raw_bytes).collect(),
        flags: None,
    };
    let sync = FromClient::Sync { document: client.document, data: message.encode() };
    assert!(client.socket().expect("connected").send(&sync).await);
    let bytes = changes.iter().map(|change| change.raw_bytes().len()).sum();
    let last = changes.last().expect("changes").hash().0;
    client.unsaved.extend(changes);
    (bytes, last)
}

#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_read_costs_little_and_comes_back_to_everything() {
    let test = TestDb::sqlite().await;
    let mut town = Town::settle(&test.url).await;
    let (ada, document) = town.proposal("").await;
    let server = Server::start(&test.url).await;
    let mut laggards = Vec::new();
    for at in 0..LAGGARDS {
        let mut client = Client::new(server.address, &ada.token, &format!("laggard {at}"), document);
        // What the network would keep for them is no matter of the server's.
        client.takes_only(64 * 1024);
        client.open().await;
        laggards.push(client);
    }
    let mut writer = Client::new(server.address, &ada.token, "writer", document);
    let mut reader = Client::new(server.address, &ada.token, "reader", document);
    writer.open().await;
    reader.open().await;
    // The first pays for what is made once.
    write(&mut writer).await;
    writer.saved().await;
    let (before, began) = (server.memory(), Instant::now());
    let (mut bytes, mut grown, mut slowest) = (0, 0, Duration::ZERO);
    while bytes < WRITTEN {
        let one = Instant::now();
        let (more, last) = write(&mut writer).await;
        writer.saved().await;
        reader.until("what was written", |client| client.has(&last)).await;
        slowest = slowest.max(one.elapsed());
        bytes += more;
        grown = grown.max(server.memory().saturating_sub(before));
    }
    let written = began.elapsed();
    while server.metric("atelier_sockets_open").await != Some(2.0) {
        assert!(began.elapsed() < written + Duration::from_secs(30), "they are not let go");
        grown = grown.max(server.memory().saturating_sub(before));
        sleep(Duration::from_millis(100)).await;
    }
    eprintln!(
        "{} MB written in {written:?}, {slowest:?} at most each; let go after {:?}; memory grew by {} MB at most",
        bytes / 1_000_000,
        began.elapsed(),
        grown / 1_000_000
    );
    assert!(grown <= 32_000_000, "memory grew by {grown} bytes");
    assert!(server.metric("atelier_outbound_bytes").await < Some(1.0));
    let mut back = JoinSet::new();
    for mut client in laggards {
        back.spawn(async move {
            client.disconnect();
            client.takes_only(1 << 20);
            assert!(client.connect().await, "it comes back");
            client
        });
    }
    let heads = writer.heads();
    for mut client in back.join_all().await {
        let peer = client.peer.clone();
        client.until(&format!("{peer} to have everything"), |client| client.heads() == heads).await;
    }
    test.db.close().await;
}

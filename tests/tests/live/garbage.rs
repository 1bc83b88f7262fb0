//! Frames that nobody honest sends, by the thousand, against the real program: each connection is closed with a reason,
//! and nobody else notices.

use std::{net::SocketAddr, sync::Arc};

use rand::{Rng as _, SeedableRng as _, rngs::StdRng};
use shared::{
    DocumentId, Role,
    live::{
        codec::encode_client,
        concept::{ENCODING, Field},
        message::{AtelierJoin, FromClient, FromServer},
        sync::{Flags, Have, SyncMessage, Version},
    },
};
use tests::{
    database::TestDb,
    live::{Client, Credential, Event, Socket},
    process::Server,
    town::Town,
};
use tokio::{
    sync::Semaphore,
    task::JoinSet,
    time::{Duration, Instant, sleep},
};

const FRAMES: usize = 2000;

/// Frames as clients send them.
fn real(document: DocumentId, doc: &mut automerge::AutoCommit) -> Vec<Vec<u8>> {
    let change = doc.get_last_local_change().expect("a change").raw_bytes().to_vec();
    let whole = doc.save();
    let heads = doc.get_heads().iter().map(|head| head.0).collect();
    let sync = |version, changes: &[&[u8]]| {
        let heads = Vec::clone(&heads);
        let have = vec![Have { last_sync: heads.clone(), ..Have::default() }];
        let flags = Some(Flags::default());
        SyncMessage { version, heads, need: vec![], have, changes: changes.to_vec(), flags }.encode()
    };
    let mut frames = Vec::new();
    for data in [
        sync(Version::V1, &[]),
        sync(Version::V1, &[&change]),
        sync(Version::V2, &[&change]),
        sync(Version::V2, &[&whole]),
    ] {
        frames.push(FromClient::Sync { document, data });
    }
    frames.push(FromClient::Ephemeral { document, count: 1, session: "s".into(), data: vec![0xf6] });
    frames.push(FromClient::Subscribe { topics: vec!["idea:1".into()] });
    frames.push(FromClient::Close { document });
    frames.push(FromClient::Join {
        sender: "garbage".into(),
        versions: vec!["1".into()],
        atelier: Some(AtelierJoin::default()),
    });
    frames.iter().map(|frame| encode_client(frame, "garbage", "server")).collect()
}

/// Garbage: every truncation of each real frame, then mutations and noise.
fn garbage(real: &[Vec<u8>], rng: &mut StdRng) -> Vec<Vec<u8>> {
    let mut frames: Vec<Vec<u8>> = Vec::new();
    for frame in real {
        frames.extend((0..frame.len()).map(|length| frame[..length].to_vec()));
    }
    // Evenly over all lengths.
    let step = frames.len().div_ceil(FRAMES / 2);
    frames = frames.into_iter().step_by(step).collect();
    while frames.len() < FRAMES {
        frames.push(if rng.random_bool(0.3) {
            (0..rng.random_range(0..400)).map(|_| rng.random()).collect()
        } else {
            let mut frame = real[rng.random_range(0..real.len())].clone();
            for _ in 0..rng.random_range(1..6) {
                let at = rng.random_range(0..frame.len());
                match rng.random_range(0..4) {
                    0 => frame[at] = rng.random(),
                    1 => frame[at] ^= 1 << rng.random_range(0..8),
                    2 => frame.insert(at, rng.random()),
                    _ => {
                        let end = (at + rng.random_range(1..9)).min(frame.len() - 1).max(at);
                        frame.drain(at..end);
                    }
                }
            }
            frame
        });
    }
    frames
}

/// Sends a frame. What was harmless all the same is followed by one that is not, once the peer was seen to be alive.
async fn throw(address: SocketAddr, token: &str, peer: String, frame: Vec<u8>) -> (bool, u16, String) {
    let mut socket = Socket::open(address, Credential::Token(token)).await.expect("open");
    socket.join(&peer, Some(AtelierJoin::default())).await;
    socket.send_raw(frame).await;
    // Something that is answered, whatever came before.
    socket.send(&FromClient::Subscribe { topics: vec!["idea:999999".into()] }).await;
    loop {
        match socket.next().await {
            Event::Message(FromServer::Event { kind, .. }) if kind == "gone" => break,
            Event::Message(_) => {}
            Event::Closed(code, reason) => return (false, code, reason),
            Event::Broken => panic!("the connection broke without a reason"),
        }
    }
    socket.send_raw(vec![0xff]).await;
    let (code, reason) = socket.closed().await;
    (true, code, reason)
}

#[tokio::test(flavor = "multi_thread")]
async fn garbage_closes_its_connection_with_a_reason_and_others_write_on() {
    let test = TestDb::sqlite().await;
    let mut town = Town::settle(&test.url).await;
    let (ada, document) = town.proposal("").await;
    let mallory = town.person(Role::Customer).await;
    let server = Server::start(&test.url).await;
    let mut writer = Client::new(server.address, &ada.token, "writer", document);
    let mut reader = Client::new(server.address, &ada.token, "reader", document);
    writer.open().await;
    reader.open().await;
    let seed = rand::random();
    eprintln!("seed {seed}");
    let mut rng = StdRng::seed_from_u64(seed);
    // A change that would fit, by an actor id that anybody may claim.
    let mut doc = automerge::AutoCommit::load_with_options(
        &writer.doc.save(),
        automerge::LoadOptions::new().text_encoding(ENCODING),
    )
    .expect("a document");
    let body = Field::Body.object(&doc).expect("a body");
    automerge::transaction::Transactable::splice_text(&mut doc, &body, 0, 0, "mallory").expect("spliced");
    let real = real(document, &mut doc);
    let frames = garbage(&real, &mut rng);
    assert!(frames.len() >= FRAMES);
    let began = Instant::now();
    let (mut thrown, some_at_once) = (JoinSet::new(), Arc::new(Semaphore::new(16)));
    for (at, frame) in frames.into_iter().enumerate() {
        let (address, token, turn) = (server.address, mallory.token.clone(), some_at_once.clone());
        thrown.spawn(async move {
            let _turn = turn.acquire().await;
            throw(address, &token, format!("garbage {at}"), frame).await
        });
    }
    let (mut harmless, mut written) = (0, 0);
    let mut all = 0;
    while let Some(ended) = thrown.join_next().await {
        let (was_harmless, code, reason) = ended.expect("closed with a reason");
        assert!([1000, 1002, 1008].contains(&code) && !reason.is_empty(), "{code} {reason}");
        harmless += usize::from(was_harmless);
        all += 1;
        if all % 100 == 0 {
            writer.splice(Field::Title, 0, 0, "x").await;
            writer.saved().await;
            written += 1;
            reader.until("what was written", |client| client.texts().title.matches('x').count() == written).await;
        }
    }
    eprintln!("{all} thrown in {:?}; {harmless} were harmless", began.elapsed());
    assert!(harmless * 2 < all, "most of it is garbage");
    assert_eq!(server.metric("atelier_panics_total{in=\"task\"}").await, Some(0.0));
    assert_eq!(server.metric("atelier_panics_total{in=\"room\"}").await, Some(0.0));
    assert_eq!(reader.heads(), writer.heads());
    test.db.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_frame_too_large_is_not_taken_in() {
    const LARGE: usize = 128 << 20;
    let test = TestDb::sqlite().await;
    let mut town = Town::settle(&test.url).await;
    let (ada, document) = town.proposal("").await;
    let mallory = town.person(Role::Customer).await;
    let server = Server::start(&test.url).await;
    let mut writer = Client::new(server.address, &ada.token, "writer", document);
    writer.open().await;
    writer.splice(Field::Body, 0, 0, "avant").await;
    writer.saved().await;
    let before = server.memory();
    let large: Vec<u8> = vec![7; LARGE];
    let mut grown = 0;
    for at in 0..4 {
        let mut socket = Socket::open(server.address, Credential::Token(&mallory.token)).await.expect("open");
        socket.join(&format!("large {at}"), None).await;
        // The server hears the length, and no more than it must.
        socket.send_raw(large.clone()).await;
        let (code, reason) = socket.closed().await;
        assert_eq!((code, &*reason), (1009, "a frame may have 1048576 bytes at most"));
        grown = grown.max(server.memory().saturating_sub(before));
    }
    sleep(Duration::from_millis(100)).await;
    eprintln!("memory grew by {} kB", grown / 1000);
    assert!(grown <= 10_000_000, "memory grew by {grown} bytes");
    assert_eq!(server.metric("atelier_limits_hit_total{limit=\"frame\"}").await, Some(4.0));
    writer.splice(Field::Body, 0, 0, "après ").await;
    writer.saved().await;
    test.db.close().await;
}

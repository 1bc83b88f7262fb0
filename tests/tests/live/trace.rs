//! People write as they once did, through the real program: two friends together, and somebody alone before readers.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use automerge::{ChangeHash, ReadDoc as _, transaction::Transactable as _};
use rand::{Rng as _, SeedableRng as _, rngs::StdRng};
use shared::{
    Role,
    live::{concept::Field, replica::Pace, sync::Hash},
    rules::{Audience, EditingRule},
};
use tests::{
    live::Client,
    process::Server,
    town::Town,
    traces::{self, Trace},
};
use tokio::{sync::watch, task::JoinSet, time::Instant};

/// Which change each transaction became.
type Became = Arc<Mutex<HashMap<usize, ChangeHash>>>;

#[tokio::test(flavor = "multi_thread")]
async fn both_a_late_joiner_and_a_restarted_server_hold_exactly_what_they_wrote() {
    let trace = traces::friends_forever().unwrap_or_else(|| {
        eprintln!("skipped: no editing traces; a made-up session of the same size takes their place");
        traces::made_up()
    });
    let trace = Arc::new(trace);
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite:{}", folder.path().join("atelier.db").display());
    let mut town = Town::settle(&url).await;
    let board = town.board(Audience::Public, EditingRule::Everyone).await;
    let mut friends = Vec::new();
    for _ in 0..2 {
        friends.push(town.person(Role::Customer).await);
    }
    let (_, document) = town.idea(&friends[0], &board, "").await;
    let mut server = Server::start(&url).await;

    let became = Became::default();
    let tasks: Vec<_> = friends
        .iter()
        .enumerate()
        .map(|(agent, friend)| {
            let client = Client::new(server.address, &friend.token, &format!("friend {agent}"), document);
            tokio::spawn(write(agent, client, trace.clone(), became.clone()))
        })
        .collect();
    let mut clients = Vec::new();
    for task in tasks {
        clients.push(task.await.expect("a friend"));
    }
    let mut late = Client::new(server.address, &friends[1].token, "late", document);
    late.open().await;
    clients.push(late);
    for client in &mut clients {
        client.until("the end", |client| client.texts().body == trace.end_content).await;
        assert!(client.rejected.is_empty(), "{:?}", client.rejected);
    }
    let heads = clients[0].heads();
    assert!(clients.iter_mut().all(|client| client.heads() == heads));
    drop(clients);

    let (status, _) = server.stop().await;
    assert!(status.success());
    let server = Server::start(&url).await;
    let mut after = Client::new(server.address, &friends[0].token, "after", document);
    after.open().await;
    assert_eq!(after.texts().body, trace.end_content);
    assert_eq!(after.heads(), heads);
    // The facts have followed, or do so now.
    let end = Instant::now() + tests::live::PATIENCE;
    loop {
        let idea = server::domain::ideas::one(&town.db, None, 1).await.expect("the idea");
        if idea.body == trace.end_content {
            break;
        }
        assert!(Instant::now() < end, "the facts follow");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    town.db.close().await;
}

/// One friend writes their transactions, each on the text it was written on. One in ten connections breaks, without a
/// word, within the next ten of them.
async fn write(agent: usize, mut client: Client, trace: Arc<Trace>, became: Became) -> Client {
    let mut rng = StdRng::seed_from_u64(agent as u64);
    client.open().await;
    // An empty text: everything written on nothing stands on the change that made it.
    let origin = client.doc.get_heads();
    let own: Vec<usize> = (0..trace.txns.len()).filter(|at| trace.txns[*at].agent == agent).collect();
    let mut broken = 0;
    for at in &own {
        let txn = &trace.txns[*at];
        if client.is_connected() && rng.random_bool(0.0105) {
            client.disconnect();
            broken += 1;
        } else if !client.is_connected() && rng.random_bool(0.05) {
            assert!(client.connect().await, "connects again");
        }
        let end = Instant::now() + tests::live::PATIENCE;
        let parents = loop {
            let parents: Option<Vec<ChangeHash>> = {
                let became = became.lock().expect("a map");
                txn.parents.iter().map(|parent| became.get(parent).copied()).collect()
            };
            if let Some(parents) = parents
                && parents.iter().all(|parent| client.doc.get_change_by_hash(parent).is_some())
            {
                break parents;
            }
            assert!(client.rejected.is_empty(), "{:?}", client.rejected);
            assert!(Instant::now() < end, "what {at} was written on comes");
            if !client.is_connected() {
                assert!(client.connect().await, "connects again");
            }
            client.listen_once(Duration::from_millis(5)).await;
        };
        let mut parents = if parents.is_empty() { origin.clone() } else { parents };
        parents.sort_unstable();
        let body = Field::Body.object(&client.doc).expect("a body");
        let apart = client.doc.get_heads() != parents;
        if apart {
            client.doc.isolate(&parents);
        }
        let hash = client
            .edit(|doc| {
                for (position, delete, insert) in &txn.patches {
                    let delete = isize::try_from(*delete).expect("a length");
                    doc.splice_text(&body, *position, delete, insert).expect("within the text");
                }
            })
            .await
            .unwrap_or_else(|| panic!("{at} changes something"));
        if apart {
            client.doc.integrate();
        }
        became.lock().expect("a map").insert(*at, ChangeHash(hash));
        if rng.random_bool(0.02) {
            client.listen(Duration::from_micros(rng.random_range(0..3000))).await;
        }
    }
    if !client.is_connected() {
        assert!(client.connect().await, "connects again");
    }
    client.saved().await;
    eprintln!("friend {agent}: {} transactions, {broken} broken connections", own.len());
    client
}

/// Keystrokes a second of a person, fifty times faster.
const STROKES: f64 = 5.0 * 50.0;
/// How many keystrokes are typed, unless `ATELIER_TEST_PAPER` gives another number or says `all` (a quarter of an hour).
const TYPED: usize = 6000;

#[tokio::test(flavor = "multi_thread")]
async fn twenty_readers_follow_a_paper_being_written() {
    const READERS: usize = 20;
    let (mut strokes, end) = traces::paper().unwrap_or_else(|| {
        eprintln!("skipped: no editing traces; a made-up text takes their place");
        let strokes: Vec<_> = (0..TYPED).map(|at| (at * 7919 % (at + 1), 0, "o".to_owned())).collect();
        let end = "o".repeat(strokes.len());
        (strokes, end)
    });
    let asked = std::env::var("ATELIER_TEST_PAPER").ok();
    let part = asked.map_or(TYPED, |asked| asked.parse().unwrap_or(strokes.len()));
    let whole = part >= strokes.len();
    strokes.truncate(part);
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite:{}", folder.path().join("atelier.db").display());
    let mut town = Town::settle(&url).await;
    let board = town.board(Audience::Public, EditingRule::Staff).await;
    let ada = town.person(Role::Researcher).await;
    let (_, document) = town.idea(&ada, &board, "").await;
    let mut server = Server::start(&url).await;
    let mut readers = Vec::new();
    for at in 0..READERS {
        let ben = town.person(Role::Customer).await;
        let mut reader = Client::new(server.address, &ben.token, &format!("reader {at}"), document);
        reader.open().await;
        readers.push(reader);
    }
    let (finished, finish) = watch::channel(None);
    let reading: JoinSet<Client> = readers.into_iter().map(|reader| read_along(reader, finish.clone())).collect();

    let mut writer = Client::new(server.address, &ada.token, "writer", document);
    writer.open().await;
    let body = Field::Body.object(&writer.doc).expect("a body");
    let (began, mut typed, mut text, mut changes) = (Instant::now(), 0, Vec::new(), 0);
    while typed < strokes.len() {
        // As long as our own client gathers what is typed while others watch.
        writer.listen(Duration::from_millis(Pace::WATCHED)).await;
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a number of keystrokes")]
        let due = ((began.elapsed().as_secs_f64() * STROKES) as usize).min(strokes.len());
        let now = &strokes[typed..due];
        let made = writer.edit(|doc| {
            for (position, delete, insert) in now {
                let delete = isize::try_from(*delete).expect("a length");
                doc.splice_text(&body, *position, delete, insert).expect("within the text");
            }
        });
        changes += usize::from(made.await.is_some());
        for (position, delete, insert) in now {
            text.splice(*position..position + delete, insert.chars());
        }
        typed = due;
    }
    writer.saved().await;
    let text: String = text.into_iter().collect();
    assert!(!whole || text == end, "the recording ends as it says");
    assert!(writer.rejected.is_empty(), "{:?}", writer.rejected);
    let heads = writer.heads();
    finished.send_replace(Some(heads.clone()));
    eprintln!("{typed} keystrokes in {changes} changes, {:?}", began.elapsed());
    for reader in reading.join_all().await {
        assert_eq!(reader.texts().body, text, "{}", reader.peer);
    }
    let mut late = Client::new(server.address, &town.owner.token, "late", document);
    late.open().await;
    late.until("the end", |client| client.heads() == heads).await;
    assert_eq!(late.texts().body, text);

    assert!(server.stop().await.0.success());
    let server = Server::start(&url).await;
    let mut after = Client::new(server.address, &town.owner.token, "after", document);
    after.open().await;
    after.until("the end", |client| client.heads() == heads).await;
    assert_eq!(after.texts().body, text);
    town.db.close().await;
}

/// Reads until it has what the writer has in the end.
async fn read_along(mut reader: Client, mut finish: watch::Receiver<Option<Vec<Hash>>>) -> Client {
    while finish.borrow_and_update().is_none() {
        reader.listen(Duration::from_millis(100)).await;
    }
    let heads = finish.borrow().clone().unwrap_or_default();
    reader.until("the end", |client| client.heads() == heads).await;
    reader
}

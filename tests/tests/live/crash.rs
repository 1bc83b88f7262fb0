//! The real program is killed, or asked to stop, while people write.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex},
    time::Duration,
};

use automerge::ReadDoc as _;
use rand::{Rng as _, SeedableRng as _, rngs::StdRng};
use server::{
    live::room::{Copy, Whole},
    store::Db,
};
use shared::{
    DocumentId, Role,
    live::{concept::Field, sync::Hash},
    rules::{Audience, EditingRule},
};
use tests::{
    database::TestDb,
    live::Client,
    process::Server,
    town::{Town, Townsperson},
};
use tokio::{
    task::JoinSet,
    time::{Instant, sleep},
};

/// Times the server is killed on each database.
fn moments() -> u32 {
    std::env::var("ATELIER_TEST_KILLS").ok().and_then(|kills| kills.parse().ok()).unwrap_or(30)
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_acknowledged_or_seen_is_lost_when_killed_on_sqlite() {
    let test = TestDb::sqlite().await;
    kill_and_look(&test).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_acknowledged_or_seen_is_lost_when_killed_on_postgres() {
    if let Some(test) = TestDb::postgres().await {
        kill_and_look(&test).await;
    }
}

/// What writers were told, or saw of each other.
#[derive(Debug, Default)]
struct Told {
    stored: HashSet<Hash>,
    seen: HashSet<Hash>,
}

async fn kill_and_look(test: &TestDb) {
    let mut town = Town::settle(&test.url).await;
    let board = town.board(Audience::Public, EditingRule::Everyone).await;
    let mut writers = Vec::new();
    for _ in 0..3 {
        writers.push(town.person(Role::Customer).await);
    }
    let (_, document) = town.idea(&writers[0], &board, "").await;
    let seed = rand::random();
    eprintln!("seed {seed}");
    let mut rng = StdRng::seed_from_u64(seed);
    let told = Arc::new(Mutex::new(Told::default()));
    for moment in 0..moments() {
        let mut server = Server::start(&test.url).await;
        let mut tasks = JoinSet::new();
        for (at, writer) in writers.iter().enumerate() {
            let client = Client::new(server.address, &writer.token, &format!("writer {at}"), document);
            tasks.spawn(write_until_cut_off(client, told.clone(), rng.random()));
        }
        sleep(Duration::from_millis(rng.random_range(30..400))).await;
        server.kill();
        // The writers go down with it: only what the server kept is left.
        while let Some(ended) = tasks.join_next().await {
            ended.expect("a writer");
        }
        let (kept, followed) = at_rest(&test.db, document).await;
        let texts = kept.texts().expect("it is a concept");
        assert_eq!(followed.texts(), texts);
        let doc = kept.into_document();
        let told = told.lock().expect("what was told");
        for (hash, how) in
            told.stored.iter().map(|hash| (hash, "stored")).chain(told.seen.iter().map(|hash| (hash, "seen")))
        {
            let here = doc.get_change_by_hash(&automerge::ChangeHash(*hash)).is_some();
            assert!(here, "moment {moment}: a change that was {how} is lost");
        }
    }
    let (stored, seen) = {
        let told = told.lock().expect("what was told");
        (told.stored.len(), told.seen.len())
    };
    eprintln!("{stored} changes acknowledged, {seen} seen by others");
    assert!(stored > 30, "enough was written to mean anything");
    town.db.close().await;
    test.db.close().await;
}

/// The document once nothing is added any more: PostgreSQL may still be at what the server sent last.
async fn at_rest(db: &Db, document: DocumentId) -> (Whole, Copy) {
    loop {
        let before = Copy::load(db, document).await.expect("the log can be followed");
        let kept = Whole::load(db, document).await.expect("the document opens");
        let followed = Copy::load(db, document).await.expect("the log can be followed");
        if followed.upto() == before.upto() {
            return (kept, followed);
        }
    }
}

async fn write_until_cut_off(mut client: Client, told: Arc<Mutex<Told>>, seed: u64) {
    let mut rng = StdRng::seed_from_u64(seed);
    if !client.connect().await {
        return;
    }
    let mut own = HashSet::new();
    while client.listen(Duration::from_millis(rng.random_range(1..8))).await {
        let others: Vec<Hash> = client
            .doc
            .get_changes(&[])
            .iter()
            .map(|change| change.hash().0)
            .filter(|hash| !own.contains(hash))
            .collect();
        {
            let mut told = told.lock().expect("what was told");
            told.stored.extend(&client.stored);
            told.seen.extend(others);
        }
        if Field::Body.object(&client.doc).is_ok() {
            own.extend(client.splice(Field::Body, 0, 0, "mie ").await);
        }
    }
    told.lock().expect("what was told").stored.extend(&client.stored);
    assert!(client.rejected.is_empty(), "{:?}", client.rejected);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_asked_to_stop_loses_nothing_and_everyone_comes_back() {
    const CLIENTS: usize = 100;
    let test = TestDb::sqlite().await;
    let mut town = Town::settle(&test.url).await;
    let (ada, document) = town.proposal("").await;
    let mut server = Server::start(&test.url).await;
    let mut clients = open(CLIENTS, &server, &ada, document).await;
    // Everybody writes at the moment it is asked.
    let mut written: Vec<Hash> = Vec::new();
    for client in &mut clients {
        written.extend(client.splice(Field::Body, 0, 0, "x").await);
    }
    let (status, took) = server.stop().await;
    assert!(status.success(), "{status}");
    assert!(took < Duration::from_secs(5), "it took {took:?} to stop");
    let mut told = 0;
    for client in &mut clients {
        client.listen(Duration::from_secs(5)).await;
        let (code, reason) = client.closed.clone().expect("it was told why");
        assert_eq!((code, reason.as_str()), (1012, "the server restarts"));
        told += client.stored.len();
    }
    let address = server.address;
    drop(server);
    let mut command = std::process::Command::new(tests::process::binary());
    let server = Server::start_at(address, &test.url, &mut command).await;
    let began = Instant::now();
    let mut back = JoinSet::new();
    for mut client in clients {
        back.spawn(async move {
            assert!(client.connect().await, "it comes back");
            client.saved().await;
            client
        });
    }
    let mut clients = back.join_all().await;
    let took_back = began.elapsed();
    eprintln!(
        "stopped in {took:?} with {told} of {CLIENTS} told before; ready in {:?}; {CLIENTS} clients back in {took_back:?}",
        server.ready_after
    );
    assert!(took_back < Duration::from_secs(10), "{took_back:?}");
    for hash in &written {
        let one = &mut clients[0];
        one.until("every change", |client| client.has(hash)).await;
    }
    assert_eq!(clients[0].texts().body.len(), CLIENTS);
    town.db.close().await;
}

async fn open(count: usize, server: &Server, who: &Townsperson, document: DocumentId) -> Vec<Client> {
    let mut opening = JoinSet::new();
    for at in 0..count {
        let mut client = Client::new(server.address, &who.token, &format!("client {at}"), document);
        opening.spawn(async move {
            client.open().await;
            client
        });
    }
    opening.join_all().await
}

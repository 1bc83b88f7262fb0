//! The herd: a thousand tabs lose their connections at the same moment and come back, to the real program. By itself in a
//! program of its own, so that what is measured is not the other tests.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use rand::Rng as _;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use shared::{
    DocumentId, Role, backoff,
    live::concept::Field,
    rules::{Audience, EditingRule},
};
use tests::{
    database::TestDb,
    live::{Client, PATIENCE},
    process::{Server, binary},
    town::{Town, Townsperson},
};
use tokio::{
    sync::{mpsc, watch},
    task::{JoinHandle, JoinSet},
    time::{Instant, sleep, timeout},
};

const TABS: usize = 1_000;
const PEOPLE: usize = 200;
const DOCUMENTS: usize = 50;
/// People who write while the herd comes back, each with somebody who reads along.
const WRITERS: usize = 4;
/// How long each thinks after an edit was seen.
const THINKS: Duration = Duration::from_millis(150);

/// All are back within this time of being able to.
const BACK: Duration = Duration::from_secs(5);
/// An edit is stored and seen within this time of being sendable.
const SEEN: Duration = Duration::from_secs(1);
/// What the allocator keeps, and what the server learned meanwhile.
const MARGIN: u64 = 16_000_000;

/// A server that was away for longer has tabs that wait longer than `BACK`: what is measured then is their patience.
const AWAY: Duration = Duration::from_millis(3_500);
/// Times the server is restarted until it is back sooner.
const RESTARTS: u32 = 4;

/// What happens to the herd.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Order {
    Graze,
    /// The network breaks, for all at once.
    Cut,
    Leave,
}

struct Herd {
    order: watch::Sender<Order>,
    back: mpsc::UnboundedReceiver<Instant>,
    tabs: JoinSet<()>,
}

impl Herd {
    /// A thousand tabs, each with one document.
    async fn open(server: &Server, people: &[Townsperson], documents: &[DocumentId]) -> Self {
        let (order, orders) = watch::channel(Order::Graze);
        let (told, back) = mpsc::unbounded_channel();
        let mut tabs = JoinSet::new();
        for at in 0..TABS {
            let who = &people[at % people.len()];
            // Another document for each tab of somebody.
            let document = documents[(at + at / people.len()) % documents.len()];
            let client = Client::new(server.address, &who.token, &format!("tab {at}"), document);
            tabs.spawn(tab(client, orders.clone(), told.clone()));
        }
        let mut herd = Self { order, back, tabs };
        herd.all_back().await;
        herd
    }

    /// When the last of all is back.
    async fn all_back(&mut self) -> Instant {
        let mut last = Instant::now();
        for at in 0..TABS {
            let told = timeout(PATIENCE * 2, self.back.recv()).await;
            last = told.unwrap_or_else(|_| panic!("only {at} are back")).expect("tabs").max(last);
        }
        last
    }

    async fn leave(self) {
        self.order.send_replace(Order::Leave);
        self.tabs.join_all().await;
    }
}

/// A tab: connected, or waiting to connect again as the browser's does.
async fn tab(mut client: Client, mut orders: watch::Receiver<Order>, told: mpsc::UnboundedSender<Instant>) {
    let mut attempts = None;
    loop {
        come_back(&mut client, attempts).await;
        let _ = told.send(Instant::now());
        while client.is_connected() {
            tokio::select! {
                () = client.listen_once(PATIENCE) => {}
                _ = orders.changed() => {
                    let order = *orders.borrow_and_update();
                    match order {
                        Order::Graze => {}
                        Order::Cut => client.disconnect(),
                        Order::Leave => return client.leave().await,
                    }
                }
            }
        }
        attempts = Some(0);
    }
}

/// Waits and connects, until the server says what may be done with the document. Without a number of attempts, at once.
async fn come_back(client: &mut Client, mut attempts: Option<u32>) {
    loop {
        if let Some(before) = attempts {
            let chance = rand::rng().random_range(0.0..1.0);
            sleep(backoff::wait(before, chance)).await;
        }
        attempts = Some(attempts.map_or(0, |before| before + 1));
        client.write = None;
        if client.connect().await {
            while client.is_connected() && client.write.is_none() {
                client.listen_once(PATIENCE).await;
            }
            if client.is_connected() {
                return;
            }
        }
    }
}

/// Writes edit by edit: how long each took to be stored and seen by who reads along.
async fn write(mut writer: Client, mut reader: Client, stop: Arc<AtomicBool>) -> Vec<Duration> {
    tokio::join!(writer.open(), reader.open());
    let mut delays = Vec::new();
    while !stop.load(Ordering::Relaxed) {
        let hash = writer.splice(Field::Body, 0, 0, "mie ").await.expect("a change");
        let mut sendable = Instant::now();
        loop {
            if !writer.is_connected() || !reader.is_connected() {
                tokio::join!(connected(&mut writer), connected(&mut reader));
                sendable = Instant::now();
            }
            let (stored, seen) = tokio::join!(
                until(&mut writer, |client| client.stored.contains(&hash)),
                until(&mut reader, |client| client.has(&hash))
            );
            if stored && seen {
                break;
            }
        }
        delays.push(sendable.elapsed());
        sleep(THINKS).await;
    }
    delays
}

async fn connected(client: &mut Client) {
    if !client.is_connected() {
        come_back(client, Some(0)).await;
    }
}

/// Whether it becomes so before the connection is lost.
async fn until(client: &mut Client, so: impl Fn(&mut Client) -> bool) -> bool {
    while !so(client) {
        if !client.is_connected() {
            return false;
        }
        client.listen_once(PATIENCE).await;
    }
    true
}

struct Writers {
    stop: Arc<AtomicBool>,
    tasks: Vec<JoinHandle<Vec<Duration>>>,
}

impl Writers {
    fn start(server: &Server, people: &[Townsperson], documents: &[DocumentId]) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let task = |at: usize| {
            let client = |what: &str, who: &Townsperson| {
                Client::new(server.address, &who.token, &format!("{what} {at}"), documents[at])
            };
            let (writer, reader) = (client("writer", &people[at]), client("reader", &people[at + WRITERS]));
            tokio::spawn(write(writer, reader, stop.clone()))
        };
        let tasks = (0..WRITERS).map(task).collect();
        Self { stop, tasks }
    }

    /// How long each edit took, the quickest first.
    async fn end(self) -> Vec<Duration> {
        self.stop.store(true, Ordering::Relaxed);
        let mut all = Vec::new();
        for task in self.tasks {
            all.extend(task.await.expect("a writer"));
        }
        all.sort_unstable();
        all
    }
}

/// A thousand sockets at both ends are more files than many systems allow at first.
fn allow_files() {
    let limit = getrlimit(Resource::Nofile);
    let wanted = 4 * TABS as u64;
    if limit.current.is_some_and(|now| now < wanted) {
        let current = Some(limit.maximum.map_or(wanted, |most| most.min(wanted)));
        setrlimit(Resource::Nofile, Rlimit { current, ..limit }).expect("more files");
    }
}

fn in_words(what: &str, delays: &[Duration]) -> Duration {
    let (worst, half) = (delays.last().copied().expect("edits"), delays[delays.len() / 2]);
    eprintln!("{what}: {} edits, half stored and seen within {half:?}, all within {worst:?}", delays.len());
    worst
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_tabs_come_back_at_once_and_nobody_waits_for_them() {
    allow_files();
    let test = TestDb::sqlite().await;
    let mut town = Town::settle(&test.url).await;
    let board = town.board(Audience::Public, EditingRule::Everyone).await;
    let mut people = Vec::new();
    for _ in 0..PEOPLE {
        people.push(town.person(Role::Customer).await);
    }
    let mut documents = Vec::new();
    for at in 0..DOCUMENTS {
        documents.push(town.idea(&people[at], &board, "Un pain de plus").await.1);
    }
    let mut server = Server::start(&test.url).await;

    // Memory first: what a thousand tabs leave behind that came, lost their connections and came back.
    let writers = Writers::start(&server, &people, &documents);
    sleep(Duration::from_secs(3)).await;
    let before = server.memory();
    let began = Instant::now();
    let mut herd = Herd::open(&server, &people, &documents).await;
    let (came, with) = (began.elapsed(), server.memory());
    let first = in_words("while they came", &writers.end().await);
    let writers = Writers::start(&server, &people, &documents);
    sleep(Duration::from_millis(500)).await;
    let cut = Instant::now();
    herd.order.send_replace(Order::Cut);
    let back = herd.all_back().await - cut;
    let again = server.memory();
    let cut_off = in_words("after the cut", &writers.end().await);
    herd.leave().await;
    let (left, mut after) = (Instant::now(), server.memory());
    while after > before + MARGIN && left.elapsed() < PATIENCE {
        sleep(Duration::from_millis(250)).await;
        after = server.memory();
    }
    eprintln!(
        "{TABS} tabs came in {came:?}; cut off, all were back after {back:?}; memory {} MB before, {} MB with them, \
         {} MB with them again, {} MB {:?} after they left",
        before / 1_000_000,
        with / 1_000_000,
        again / 1_000_000,
        after / 1_000_000,
        left.elapsed()
    );
    assert!(back < BACK, "all are back after {back:?}");
    assert!(cut_off < SEEN, "an edit took {cut_off:?} after the cut");
    assert!(first < SEEN, "an edit took {first:?} while they came");
    assert!(after <= before + MARGIN, "memory went from {before} to {after} bytes");

    // Then the server restarts under them all.
    for attempt in 1.. {
        let writers = Writers::start(&server, &people, &documents);
        let mut herd = Herd::open(&server, &people, &documents).await;
        let (gone, address) = (Instant::now(), server.address);
        let (status, took) = server.stop().await;
        assert!(status.success(), "{status}");
        drop(server);
        server = Server::start_at(address, &test.url, &mut std::process::Command::new(binary())).await;
        let (ready, away) = (Instant::now(), gone.elapsed());
        let back = herd.all_back().await.saturating_duration_since(ready);
        let restarted = in_words("after the restart", &writers.end().await);
        eprintln!("stopped in {took:?}, ready after {away:?}; all {TABS} were back {back:?} later");
        herd.leave().await;
        if away > AWAY && attempt < RESTARTS {
            continue;
        }
        assert!(back < BACK, "all are back {back:?} after it was ready");
        assert!(restarted < SEEN, "an edit took {restarted:?} after the restart");
        break;
    }
    town.db.close().await;
    test.db.close().await;
}

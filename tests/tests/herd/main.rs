//! The herd: a thousand tabs lose their connections at the same moment and come back, to the real program. By itself in a
//! program of its own, so that what is measured is not the other tests.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use rand::Rng as _;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use server::live::room::Whole;
use shared::{
    DocumentId, Role, backoff,
    live::{
        concept::Field,
        message::{AtelierJoin, FromClient, FromServer},
        sync::{Flags, Hash, Have, SyncMessage, Version},
    },
    rules::{Audience, EditingRule},
};
use tests::{
    database::TestDb,
    live::{Client, Credential, Event, PATIENCE, Socket, dial},
    load::cpu,
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

/// Times it is tried until all of this is so: a machine that builds something else at the same moment says nothing of the
/// server, nor does one on which a restart takes so long that tabs wait longer than `BACK` by themselves.
const ATTEMPTS: u32 = 3;

/// What happens to the herd.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Order {
    Graze,
    /// The network breaks, for all at once.
    Cut,
    Leave,
}

/// A document, and what is in it at first.
type Document = (DocumentId, Vec<Hash>);

struct Herd {
    order: watch::Sender<Order>,
    back: mpsc::UnboundedReceiver<Instant>,
    tabs: JoinSet<()>,
}

impl Herd {
    /// A thousand tabs, each with one document.
    async fn open(server: &Server, people: &[Townsperson], documents: &[Document]) -> Self {
        let (order, orders) = watch::channel(Order::Graze);
        let (told, back) = mpsc::unbounded_channel();
        let mut tabs = JoinSet::new();
        for at in 0..TABS {
            let who = &people[at % people.len()];
            // Another document for each tab of somebody.
            let (document, heads) = documents[(at + at / people.len()) % documents.len()].clone();
            let (who, peer) = (who.clone(), format!("tab {at}"));
            let tab = Tab { address: server.address, who, peer, document, heads, actor: None };
            tabs.spawn(tab.live(orders.clone(), told.clone()));
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

/// A tab, as far as the server sees it: it says which changes it has, and applies none.
struct Tab {
    address: SocketAddr,
    who: Townsperson,
    peer: String,
    document: DocumentId,
    heads: Vec<Hash>,
    actor: Option<Vec<u8>>,
}

impl Tab {
    /// Connected, or waiting to connect again as the browser does, until it is to leave.
    async fn live(mut self, mut orders: watch::Receiver<Order>, told: mpsc::UnboundedSender<Instant>) {
        let mut attempts = None;
        loop {
            let mut socket = loop {
                if let Some(before) = attempts {
                    sleep(patience(before)).await;
                }
                attempts = Some(attempts.map_or(0, |before| before + 1));
                if let Some(socket) = self.come().await {
                    break socket;
                }
            };
            attempts = Some(0);
            let _ = told.send(Instant::now());
            loop {
                let order = tokio::select! {
                    event = socket.next_until(Instant::now() + PATIENCE) => match event {
                        None | Some(Event::Message(_)) => continue,
                        Some(_) => break,
                    },
                    _ = orders.changed() => *orders.borrow_and_update(),
                };
                match order {
                    Order::Graze => {}
                    Order::Cut => break,
                    Order::Leave => {
                        socket.send(&FromClient::Leave).await;
                        while let Some(Event::Message(_)) = socket.next_until(Instant::now() + PATIENCE).await {}
                        return;
                    }
                }
            }
        }
    }

    /// Connects, joins and opens its document: until the server says what may be done there.
    async fn come(&mut self) -> Option<Socket> {
        let stream = dial(self.address, None).await.ok()?;
        let mut socket = Socket::open_over(stream, Credential::Token(&self.who.token)).await.ok()?;
        let answer = socket.join(&self.peer, Some(AtelierJoin { actor: self.actor.take() })).await;
        let Event::Message(FromServer::Peer { atelier: Some(ours), .. }) = answer else { return None };
        self.actor = Some(ours.actor);
        let have = vec![Have::default()];
        let (heads, flags) = (self.heads.clone(), Some(Flags::default()));
        let message = SyncMessage { version: Version::V1, heads, need: vec![], have, changes: vec![], flags };
        socket.send(&FromClient::Sync { document: self.document, data: message.encode() }).await;
        loop {
            match socket.next_until(Instant::now() + PATIENCE).await? {
                Event::Message(FromServer::Access { .. }) => return Some(socket),
                Event::Message(_) => {}
                _ => return None,
            }
        }
    }
}

/// How long a tab waits.
fn patience(attempts: u32) -> Duration {
    backoff::wait(attempts, rand::rng().random_range(0.0..1.0))
}

/// Waits and connects, until the server says what may be done with the document. Without a number of attempts, at once.
async fn come_back(client: &mut Client, mut attempts: Option<u32>) {
    loop {
        if let Some(before) = attempts {
            sleep(patience(before)).await;
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
    fn start(server: &Server, people: &[Townsperson], documents: &[Document]) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let task = |at: usize| {
            let client = |what: &str, who: &Townsperson| {
                Client::new(server.address, &who.token, &format!("{what} {at}"), documents[at].0)
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
    for who in people.iter().take(DOCUMENTS) {
        let document = town.idea(who, &board, "Un pain de plus").await.1;
        let whole = Whole::load(&town.db, document).await.expect("the document opens").into_document();
        documents.push((document, whole.get_heads().iter().map(|head| head.0).collect()));
    }
    let mut server = Server::start(&test.url).await;

    // What a thousand tabs leave behind that came, lost their connections and came back.
    let writers = Writers::start(&server, &people, &documents);
    sleep(Duration::from_secs(3)).await;
    let before = server.memory();
    writers.end().await;
    for attempt in 1.. {
        let (writers, began, spent) = (Writers::start(&server, &people, &documents), Instant::now(), cpu(server.id()));
        let mut herd = Herd::open(&server, &people, &documents).await;
        let (came, with) = (began.elapsed(), server.memory());
        in_words("while they came", &writers.end().await);
        eprintln!("{TABS} tabs came in {came:?}, and took {:.1} s of the server's processor", cpu(server.id()) - spent);
        let writers = Writers::start(&server, &people, &documents);
        sleep(Duration::from_millis(500)).await;
        let (cut, spent) = (Instant::now(), cpu(server.id()));
        herd.order.send_replace(Order::Cut);
        let back = herd.all_back().await - cut;
        let spent = cpu(server.id()) - spent;
        let again = server.memory();
        let seen = in_words("after the cut", &writers.end().await);
        herd.leave().await;
        let (left, mut after) = (Instant::now(), server.memory());
        while after > before + MARGIN && left.elapsed() < PATIENCE {
            sleep(Duration::from_millis(250)).await;
            after = server.memory();
        }
        eprintln!(
            "cut off, all were back after {back:?}, for {spent:.1} s of the server's processor; memory {} MB before, \
             {} MB with them, {} MB with them again, {} MB {:?} after they left",
            before / 1_000_000,
            with / 1_000_000,
            again / 1_000_000,
            after / 1_000_000,
            left.elapsed()
        );
        assert!(after <= before + MARGIN, "memory went from {before} to {after} bytes");
        if (back < BACK && seen < SEEN) || attempt == ATTEMPTS {
            assert!(back < BACK, "all are back after {back:?}");
            assert!(seen < SEEN, "an edit took {seen:?} after the cut");
            break;
        }
    }

    // The server restarts under them all.
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
        let seen = in_words("after the restart", &writers.end().await);
        eprintln!("stopped in {took:?}, ready after {away:?}; all {TABS} were back {back:?} later");
        herd.leave().await;
        if (back < BACK && seen < SEEN) || attempt == ATTEMPTS {
            assert!(back < BACK, "all are back {back:?} after it was ready, which was away for {away:?}");
            assert!(seen < SEEN, "an edit took {seen:?} after the restart");
            break;
        }
    }
    town.db.close().await;
    test.db.close().await;
}

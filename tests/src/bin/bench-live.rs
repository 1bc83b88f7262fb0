//! The load client of `cargo xtask bench live`: starts the server `ATELIER_BINARY` names, loads it, and prints figures.
//!
//! Where there are two cores or more, the server has the first to itself and this program the others.

use std::{
    num::NonZeroU64,
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result};
use automerge::{
    ActorId, AutoCommit, Change, ChangeHash, ExpandedChange, ObjId, ReadDoc as _,
    legacy::{self, OpId},
    transaction::Transactable as _,
};
use serde::Serialize;
use server::store::log::{self, NewChange};
use shared::{
    DocumentId, Role,
    live::{
        concept::{ENCODING, Field},
        message::{AtelierJoin, FromClient, FromServer},
        sync::{Hash, Have, SyncMessage, Version},
    },
    rules::{Audience, EditingRule},
};
use tempfile::TempDir;
use tests::{
    live::{Credential, Event, Socket},
    process::{self, Server},
    town::{Town, Townsperson},
};
use tokio::{task::JoinSet, time::interval};

#[derive(Serialize)]
struct Figure<'a> {
    suite: &'a str,
    case: &'a str,
    metric: &'a str,
    value: f64,
    unit: &'a str,
    budget: Option<f64>,
    better: &'a str,
}

fn say(case: &str, metric: &str, value: f64, unit: &str, budget: Option<f64>) -> Result<()> {
    let figure = Figure { suite: "live", case, metric, value, unit, budget, better: "lower" };
    println!("{}", serde_json::to_string(&figure)?);
    Ok(())
}

/// How long each load lasts.
fn lasting() -> Duration {
    let seconds = std::env::var("ATELIER_BENCH_SECONDS").ok().and_then(|seconds| seconds.parse().ok());
    Duration::from_secs(seconds.unwrap_or(20))
}

/// A town's database and the server on it.
struct Bench {
    url: String,
    town: Town,
    _folder: TempDir,
}

impl Bench {
    async fn new() -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let url = format!("sqlite:{}", folder.path().join("atelier.db").display());
        Ok(Self { town: Town::settle(&url).await, url, _folder: folder })
    }

    async fn start(&self) -> Server {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let mut command = if cores > 1 && Command::new("taskset").arg("-V").output().is_ok() {
            let mut pinned = Command::new("taskset");
            pinned.args(["-c", "0"]).arg(process::binary());
            pinned
        } else {
            Command::new(process::binary())
        };
        Server::start_at(process::free_address(), &self.url, &mut command).await
    }
}

/// CPU seconds a process has used.
fn cpu(server: &Server) -> f64 {
    // Clock ticks are a hundredth of a second on every Linux we know.
    const TICK: f64 = 0.01;
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", server.id())).unwrap_or_default();
    let after_name = stat.rsplit(") ").next().unwrap_or_default();
    let ticks: f64 = after_name.split(' ').skip(11).take(2).filter_map(|ticks| ticks.parse::<f64>().ok()).sum();
    ticks * TICK
}

/// Resident memory of a process, in bytes.
fn memory(server: &Server) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.id())).unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|kilobytes| kilobytes.parse::<f64>().ok()).unwrap_or(0.0) * 1024.0
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Result<()> {
    if std::thread::available_parallelism().map_or(1, usize::from) > 1 {
        let own = std::process::id().to_string();
        let _ = Command::new("taskset").args(["-a", "-p", "-c", "1-1023", &own]).output();
    }
    let only = std::env::args().nth(1).unwrap_or_default();
    let wanted = |suite: &str| only.is_empty() || suite.contains(&only);
    if wanted("memory") {
        at_rest().await?;
    }
    if wanted("readers") {
        readers("20 readers, small document", 200).await?;
        readers("20 readers, 20,000 changes", 20_000).await?;
    }
    for clients in [10, 50, 100] {
        if wanted(&format!("{clients} clients")) {
            everybody_writes(clients).await?;
        }
    }
    if wanted("join") {
        cold_join().await?;
    }
    Ok(())
}

/// Memory at the start, with a thousand ideas, and for each document opened and left.
async fn at_rest() -> Result<()> {
    const IDEAS: usize = 1000;
    let mut bench = Bench::new().await?;
    let server = bench.start().await;
    say("memory", "started", memory(&server) / 1e6, "MB", Some(40.0))?;
    drop(server);
    let ada = bench.town.person(Role::Customer).await;
    let board = bench.town.board(Audience::Public, EditingRule::Everyone).await;
    let mut documents = Vec::with_capacity(IDEAS);
    for _ in 0..IDEAS {
        documents.push(bench.town.idea(&ada, &board, "Un pain au levain, lent et long.").await.1);
    }
    let server = bench.start().await;
    let before = memory(&server);
    say("memory", "started, 1,000 ideas", before / 1e6, "MB", Some(100.0))?;
    for batch in documents.chunks(100) {
        let mut socket = joined(&server, &ada, "opener", false).await?;
        for document in batch {
            socket.send(&hello(*document)).await;
            while !matches!(socket.next().await, Event::Message(FromServer::Sync { .. })) {}
        }
    }
    tokio::time::sleep(Duration::from_secs(2)).await;
    say("memory", "per document opened, then idle", (memory(&server) - before) / IDEAS as f64 / 1e3, "kB", Some(10.0))
}

async fn joined(server: &Server, who: &Townsperson, peer: &str, ours: bool) -> Result<Socket> {
    let opened = Socket::open(server.address, Credential::Token(&who.token)).await;
    let mut socket = opened.ok().context("the handshake")?;
    let atelier = ours.then(AtelierJoin::default);
    anyhow::ensure!(matches!(socket.join(peer, atelier).await, Event::Message(FromServer::Peer { .. })), "joins");
    Ok(socket)
}

/// The first sync message of a peer that has nothing.
fn hello(document: DocumentId) -> FromClient {
    let message = SyncMessage {
        version: Version::V1,
        heads: vec![],
        need: vec![],
        have: vec![Have::default()],
        changes: vec![],
        flags: Some(shared::live::sync::Flags::default()),
    };
    FromClient::Sync { document, data: message.encode() }
}

/// A document whose log holds so many changes of twelve characters, written directly.
async fn document(bench: &Bench, who: &Townsperson, board: &str, changes: usize) -> Result<DocumentId> {
    let (_, document) = bench.town.idea(who, board, "").await;
    let db = &bench.town.db;
    let first = log::changes_after(&mut db.read().await?, document, 0, 1).await?;
    let mut doc = AutoCommit::new_with_encoding(ENCODING);
    doc.load_incremental(&first.first().context("a first change")?.bytes)?;
    let actor = uuid::Uuid::new_v4();
    doc.set_actor(ActorId::from(actor.as_bytes().as_slice()));
    let body = Field::Body.object(&doc)?;
    let mut tx = db.write().await?;
    log::claim_actor(&mut tx, actor.as_bytes(), who.person.id, 0).await?;
    let mut rows = Vec::with_capacity(changes);
    for at in 1..changes {
        doc.splice_text(&body, doc.length(&body), 0, "douze signes")?;
        let change = doc.commit().and_then(|hash| doc.get_change_by_hash(&hash)).context("a change")?;
        rows.push(NewChange {
            document,
            seq: at as u64 + 1,
            hash: change.hash().0,
            actor: actor.as_bytes().to_vec(),
            person: who.person.id,
            bytes: change.raw_bytes().to_vec().into(),
            stored_at: 0,
        });
    }
    log::append(&mut tx, &rows.iter().collect::<Vec<_>>()).await?;
    tx.commit().await?;
    // As the server would have kept it by now.
    let snapshot = log::Snapshot { seq: changes as u64, bytes: doc.save() };
    let mut tx = db.write().await?;
    log::save_snapshot(&mut tx, document, &snapshot, 0).await?;
    tx.commit().await?;
    Ok(document)
}

/// A client that applies nothing: it notes when changes arrive, and what the next must build on.
struct Light {
    socket: Socket,
    document: DocumentId,
    actor: ActorId,
    body: OpId,
    heads: Vec<Hash>,
    max_op: u64,
    edits: u64,
}

/// A change on its way: when it was sent.
type Sent = Arc<std::sync::Mutex<std::collections::HashMap<Hash, Instant>>>;

#[derive(Default)]
struct Tally {
    delays: Vec<f64>,
    acknowledged: Vec<f64>,
}

impl Light {
    async fn open(server: &Server, who: &Townsperson, peer: &str, document: DocumentId, writes: bool) -> Result<Self> {
        let opened = Socket::open(server.address, Credential::Token(&who.token)).await;
        let mut socket = opened.ok().context("the handshake")?;
        let answer = socket.join(peer, Some(AtelierJoin::default())).await;
        let Event::Message(FromServer::Peer { atelier: Some(ours), .. }) = answer else { anyhow::bail!("joins") };
        socket.send(&hello(document)).await;
        let actor = ActorId::from(ours.actor.as_slice());
        let mut light = Self {
            socket,
            document,
            actor,
            body: OpId(0, ActorId::from([0].as_slice())),
            heads: vec![],
            max_op: 0,
            edits: 0,
        };
        loop {
            match light.socket.next().await {
                Event::Message(FromServer::Sync { data, .. }) => {
                    if writes {
                        let message = SyncMessage::decode(&data)?;
                        let mut doc = AutoCommit::new_with_encoding(ENCODING);
                        doc.load_incremental(&message.changes.concat())?;
                        light.heads = doc.get_heads().iter().map(|head| head.0).collect();
                        light.max_op = doc.get_changes(&[]).iter().map(Change::max_op).max().unwrap_or(0);
                        if let ObjId::Id(counter, actor, _) = Field::Body.object(&doc)? {
                            light.body = OpId(counter, actor);
                        }
                    }
                    return Ok(light);
                }
                Event::Message(_) => {}
                ended => anyhow::bail!("{ended:?}"),
            }
        }
    }

    /// Writes so often, on what has arrived, and notes when, until the end.
    async fn run(mut self, every: Option<Duration>, sent: Sent, end: Instant, count: Arc<AtomicU64>) -> Result<Tally> {
        let mut tally = Tally::default();
        let mut ticks = interval(every.unwrap_or(Duration::from_secs(3600)));
        ticks.reset();
        let until = tokio::time::Instant::from_std(end + Duration::from_secs(1));
        loop {
            tokio::select! {
                event = self.socket.next_until(until) => match event {
                    None => return Ok(tally),
                    Some(Event::Message(FromServer::Sync { data, .. })) => {
                        let now = Instant::now();
                        let message = SyncMessage::decode(&data)?;
                        for blob in &message.changes {
                            for chunk in shared::live::chunk::chunks(blob, 1 << 20) {
                                let chunk = chunk?;
                                let hash = chunk.hash;
                                if every.is_some() {
                                    let change = shared::live::change::Change::parse(&chunk)?;
                                    self.builds_on(hash, &change.deps, change.max_op());
                                }
                                if let Some(at) = sent.lock().ok().and_then(|sent| sent.get(&hash).copied()) {
                                    tally.delays.push((now - at).as_secs_f64() * 1e3);
                                }
                            }
                        }
                    }
                    Some(Event::Message(FromServer::Stored { hashes, .. })) => {
                        let now = Instant::now();
                        for hash in hashes {
                            if let Some(at) = sent.lock().ok().and_then(|sent| sent.get(&hash).copied()) {
                                tally.acknowledged.push((now - at).as_secs_f64() * 1e3);
                            }
                        }
                    }
                    Some(Event::Message(FromServer::Rejected { reason, .. })) => anyhow::bail!("refused: {reason}"),
                    Some(Event::Message(_)) => {}
                    Some(ended) => anyhow::bail!("{ended:?}"),
                },
                _ = ticks.tick(), if every.is_some() && Instant::now() < end => {
                    let change = self.edit()?;
                    let data = SyncMessage {
                        version: Version::V1,
                        heads: vec![],
                        need: vec![],
                        have: vec![Have::default()],
                        changes: vec![change.raw_bytes()],
                        flags: None,
                    }
                    .encode();
                    if let Ok(mut sent) = sent.lock() {
                        sent.insert(change.hash().0, Instant::now());
                    }
                    count.fetch_add(1, Ordering::Relaxed);
                    self.socket.send(&FromClient::Sync { document: self.document, data }).await;
                }
            }
        }
    }

    fn builds_on(&mut self, hash: Hash, deps: &[Hash], max_op: u64) {
        self.heads.retain(|head| !deps.contains(head));
        if !self.heads.contains(&hash) {
            self.heads.push(hash);
        }
        self.max_op = self.max_op.max(max_op);
    }

    /// A word put at the beginning of the body, on everything that has arrived.
    fn edit(&mut self) -> Result<Change> {
        self.edits += 1;
        self.heads.sort_unstable();
        let operation = legacy::Op {
            action: legacy::OpType::Put("pain".into()),
            obj: legacy::ObjectId::Id(self.body.clone()),
            key: legacy::Key::Seq(legacy::ElementId::Head),
            pred: Vec::new().into(),
            insert: true,
        };
        let change = Change::from(ExpandedChange {
            operations: vec![operation],
            actor_id: self.actor.clone(),
            author: None,
            hash: None,
            seq: self.edits,
            start_op: NonZeroU64::new(self.max_op + 1).context("not zero")?,
            time: 0,
            message: None,
            deps: self.heads.iter().map(|head| ChangeHash(*head)).collect(),
            extra_bytes: Vec::new(),
        });
        let deps = self.heads.clone();
        self.builds_on(change.hash().0, &deps, change.max_op());
        Ok(change)
    }
}

/// Runs clients for a while and says what they saw.
async fn load(
    case: &str,
    server: &Server,
    clients: Vec<(Light, Option<Duration>)>,
    p99: Option<f64>,
    per_second: Option<f64>,
    per_edit: Option<f64>,
) -> Result<()> {
    let sent = Sent::default();
    let count = Arc::new(AtomicU64::new(0));
    let readers = clients.len() as u64 - 1;
    let before = cpu(server);
    let began = Instant::now();
    let mut tasks = JoinSet::new();
    for (at, (client, every)) in clients.into_iter().enumerate() {
        let (sent, count) = (sent.clone(), count.clone());
        tasks.spawn(async move {
            // Not all in the same moment.
            tokio::time::sleep(Duration::from_micros(at as u64 * 1999)).await;
            client.run(every, sent, began + lasting(), count).await
        });
    }
    let mut all = Tally::default();
    while let Some(tally) = tasks.join_next().await {
        let tally = tally??;
        all.delays.extend(tally.delays);
        all.acknowledged.extend(tally.acknowledged);
    }
    let seconds = cpu(server) - before;
    let edits = count.load(Ordering::Relaxed);
    say(case, "deliveries missing", edits as f64 * readers as f64 - all.delays.len() as f64, "", Some(0.0))?;
    for (metric, part, budget) in [("p50", 0.5, None), ("p95", 0.95, None), ("p99", 0.99, p99)] {
        say(case, &format!("edit visible, {metric}"), percentile(&mut all.delays, part), "ms", budget)?;
    }
    say(case, "edit stored, p99", percentile(&mut all.acknowledged, 0.99), "ms", None)?;
    say(case, "server CPU per edit", seconds * 1e3 / edits.max(1) as f64, "ms", per_edit)?;
    say(case, "server CPU", seconds / lasting().as_secs_f64(), "s/s", per_second)?;
    say(case, "resident memory", memory(server) / 1e6, "MB", None)
}

fn percentile(values: &mut [f64], part: f64) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a place in the list")]
    let at = ((values.len() as f64 * part) as usize).min(values.len().saturating_sub(1));
    values.get(at).copied().unwrap_or(f64::NAN)
}

async fn readers(case: &str, changes: usize) -> Result<()> {
    let mut bench = Bench::new().await?;
    let ada = bench.town.person(Role::Customer).await;
    let board = bench.town.board(Audience::Public, EditingRule::Everyone).await;
    let document = document(&bench, &ada, &board, changes).await?;
    let server = bench.start().await;
    let mut clients =
        vec![(Light::open(&server, &ada, "writer", document, true).await?, Some(Duration::from_millis(200)))];
    for at in 0..20 {
        clients.push((Light::open(&server, &ada, &format!("reader {at}"), document, false).await?, None));
    }
    load(case, &server, clients, None, None, Some(0.5)).await
}

async fn everybody_writes(count: usize) -> Result<()> {
    let mut bench = Bench::new().await?;
    let ada = bench.town.person(Role::Customer).await;
    let board = bench.town.board(Audience::Public, EditingRule::Everyone).await;
    let (_, document) = bench.town.idea(&ada, &board, "").await;
    let server = bench.start().await;
    let mut clients = Vec::new();
    for at in 0..count {
        let client = Light::open(&server, &ada, &format!("client {at}"), document, true).await?;
        clients.push((client, Some(Duration::from_millis(200))));
    }
    let (p99, cpu) = match count {
        10 => (4.0, 0.025),
        50 => (9.0, 0.125),
        _ => (6.6, 0.35),
    };
    load(&format!("{count} clients, 5 edits/s each"), &server, clients, Some(p99), Some(cpu), None).await
}

async fn cold_join() -> Result<()> {
    const CASE: &str = "cold join, 20,000 changes";
    let mut bench = Bench::new().await?;
    let ada = bench.town.person(Role::Customer).await;
    let board = bench.town.board(Audience::Public, EditingRule::Everyone).await;
    let document = document(&bench, &ada, &board, 20_000).await?;
    let mut times = Vec::new();
    let mut used = 0.0;
    for _ in 0..5 {
        let server = bench.start().await;
        let mut socket = joined(&server, &ada, "joiner", true).await?;
        let before = cpu(&server);
        let began = Instant::now();
        socket.send(&hello(document)).await;
        while !matches!(socket.next().await, Event::Message(FromServer::Sync { .. })) {}
        times.push(began.elapsed().as_secs_f64() * 1e3);
        used += cpu(&server) - before;
    }
    say(CASE, "until the document is sent, median", percentile(&mut times, 0.5), "ms", Some(100.0))?;
    say(CASE, "server CPU", used * 1e3 / 5.0, "ms", None)
}

//! The load client of `cargo xtask bench live`: starts the server `ATELIER_BINARY` names, loads it, and prints figures.
//!
//! Where there are two cores or more, the server has the first to itself and this program the others.

use std::{
    process::Command,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result};
use automerge::{ActorId, AutoCommit, ReadDoc as _, transaction::Transactable as _};
use serde::Serialize;
use server::store::log::{self, NewChange};
use shared::{
    DocumentId, Role,
    live::{
        concept::{ENCODING, Field},
        message::{AtelierJoin, FromServer},
    },
    rules::{Audience, EditingRule},
};
use tempfile::TempDir;
use tests::{
    light::{Light, Sent, Tally, hello},
    live::{Credential, Event, Socket},
    process::{self, Server},
    town::{Town, Townsperson},
};
use tokio::task::JoinSet;

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
    say("memory", "started, 1,000 ideas", memory(&server) / 1e6, "MB", Some(100.0))?;
    // The first ones pay for what is made once, such as the database's connections.
    let (first, others) = documents.split_at(IDEAS / 10);
    let mut sockets = Vec::new();
    let mut before = 0.0;
    for batch in first.chunks(IDEAS / 10).chain(others.chunks(IDEAS / 10)) {
        if sockets.len() == 1 {
            tokio::time::sleep(Duration::from_secs(2)).await;
            before = memory(&server);
        }
        let mut socket = joined(&server, &ada, &format!("opener {}", sockets.len()), false).await?;
        for document in batch {
            socket.send(&hello(*document)).await;
            while !matches!(socket.next().await, Event::Message(FromServer::Sync { .. })) {}
        }
        sockets.push(socket);
    }
    let each = |after: f64| (after - before) / others.len() as f64 / 1e3;
    tokio::time::sleep(Duration::from_secs(2)).await;
    say("memory", "per document open, somebody idle in it", each(memory(&server)), "kB", Some(10.0))?;
    drop(sockets);
    tokio::time::sleep(Duration::from_secs(2)).await;
    say("memory", "per document opened, then idle", each(memory(&server)), "kB", Some(10.0))
}

async fn joined(server: &Server, who: &Townsperson, peer: &str, ours: bool) -> Result<Socket> {
    let opened = Socket::open(server.address, Credential::Token(&who.token)).await;
    let mut socket = opened.ok().context("the handshake")?;
    let atelier = ours.then(AtelierJoin::default);
    anyhow::ensure!(matches!(socket.join(peer, atelier).await, Event::Message(FromServer::Peer { .. })), "joins");
    Ok(socket)
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
        // Paragraphs of three hundred characters.
        let words = if at % 25 == 0 { "\n\ndix signes" } else { "douze signes" };
        doc.splice_text(&body, doc.length(&body), 0, words)?;
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
    let readers = clients.len() as u64 - 1;
    let before = cpu(server);
    let began = Instant::now();
    let mut tasks = JoinSet::new();
    for (at, (client, every)) in clients.into_iter().enumerate() {
        let sent = sent.clone();
        tasks.spawn(async move {
            // Not all in the same moment.
            tokio::time::sleep(Duration::from_micros(at as u64 * 1999)).await;
            client.run(every, sent, began + lasting()).await
        });
    }
    let mut all = Tally::default();
    while let Some(tally) = tasks.join_next().await {
        let tally = tally??;
        all.delays.extend(tally.delays);
        all.acknowledged.extend(tally.acknowledged);
    }
    let seconds = cpu(server) - before;
    let edits = sent.count();
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

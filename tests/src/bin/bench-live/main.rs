//! The load client of `cargo xtask bench live`: starts the server `ATELIER_BINARY` names, loads it, and prints figures.
//!
//! Where there are two cores or more, the server has the first to itself and this program the others.

mod flood;
mod harm;

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use shared::{
    Role,
    live::message::{AtelierJoin, FromServer},
    rules::{Audience, EditingRule},
};
use tempfile::TempDir;
use tests::{
    light::{Light, hello},
    live::{Credential, Event, Socket},
    load::{Figure, Sent, Tally, Writing, cpu, from_env, memory, percentile, pinned, stand_aside},
    peers::stored,
    process::{self, Server},
    town::{Town, Townsperson},
};
use tokio::task::JoinSet;

fn say(case: &str, metric: &str, value: f64, unit: &str, budget: Option<f64>) -> Result<()> {
    Figure::new(case, metric, value, unit, budget).say()
}

/// How long each load lasts.
fn lasting() -> Duration {
    Duration::from_secs(from_env("ATELIER_BENCH_SECONDS", 20).into())
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
        Server::start_at(process::free_address(), &self.url, &mut pinned(process::binary())).await
    }
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Result<()> {
    stand_aside();
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
    if wanted("refused") {
        harm::refusals().await?;
    }
    if wanted("hostile") {
        harm::hostile().await?;
    }
    if wanted("flood") {
        flood::flood().await?;
    }
    if wanted("stop reading") {
        Box::pin(harm::stalled()).await?;
    }
    Ok(())
}

/// Memory at the start, with a thousand ideas, and for each document opened and left.
async fn at_rest() -> Result<()> {
    const IDEAS: usize = 1000;
    let mut bench = Bench::new().await?;
    let server = bench.start().await;
    say("memory", "started", memory(server.id()) / 1e6, "MB", Some(40.0))?;
    drop(server);
    let ada = bench.town.person(Role::Customer).await;
    let board = bench.town.board(Audience::Public, EditingRule::Everyone).await;
    let mut documents = Vec::with_capacity(IDEAS);
    for _ in 0..IDEAS {
        documents.push(bench.town.idea(&ada, &board, "Un pain au levain, lent et long.").await.1);
    }
    let server = bench.start().await;
    say("memory", "started, 1,000 ideas", memory(server.id()) / 1e6, "MB", Some(100.0))?;
    // The first ones pay for what is made once, such as the database's connections.
    let (first, others) = documents.split_at(IDEAS / 10);
    let mut sockets = Vec::new();
    let mut before = 0.0;
    for batch in first.chunks(IDEAS / 10).chain(others.chunks(IDEAS / 10)) {
        if sockets.len() == 1 {
            tokio::time::sleep(Duration::from_secs(2)).await;
            before = memory(server.id());
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
    say("memory", "per document open, somebody idle in it", each(memory(server.id())), "kB", Some(10.0))?;
    drop(sockets);
    // Rooms stay for a while after the last has left.
    tokio::time::sleep(Duration::from_secs(25)).await;
    say("memory", "per document opened, then left", each(memory(server.id())), "kB", Some(10.0))
}

async fn joined(server: &Server, who: &Townsperson, peer: &str, ours: bool) -> Result<Socket> {
    let opened = Socket::open(server.address, Credential::Token(&who.token)).await;
    let mut socket = opened.ok().context("the handshake")?;
    let atelier = ours.then(AtelierJoin::default);
    anyhow::ensure!(matches!(socket.join(peer, atelier).await, Event::Message(FromServer::Peer { .. })), "joins");
    Ok(socket)
}

/// Runs clients for a while and says what they saw.
async fn load(
    case: &str,
    server: &Server,
    clients: Vec<(Light, Option<Writing>)>,
    p99: Option<f64>,
    per_second: Option<f64>,
    per_edit: Option<f64>,
) -> Result<()> {
    let sent = Sent::default();
    let readers = clients.len() as u64 - 1;
    let before = cpu(server.id());
    let began = Instant::now();
    let mut tasks = JoinSet::new();
    for (at, (client, writing)) in clients.into_iter().enumerate() {
        // Not all in the same moment.
        let after = Duration::from_micros(at as u64 * 1999);
        let writing = writing.map(|writing| Writing { after, ..writing });
        tasks.spawn(client.run(writing, sent.clone(), began + lasting()));
    }
    let mut all = Tally::default();
    while let Some(tally) = tasks.join_next().await {
        let tally = tally??;
        all.delays.extend(tally.delays);
        all.acknowledged.extend(tally.acknowledged);
    }
    let seconds = cpu(server.id()) - before;
    let edits = sent.count();
    say(case, "deliveries missing", edits as f64 * readers as f64 - all.delays.len() as f64, "", Some(0.0))?;
    for (metric, part, budget) in [("p50", 0.5, None), ("p95", 0.95, None), ("p99", 0.99, p99)] {
        say(case, &format!("edit visible, {metric}"), percentile(&mut all.delays, part), "ms", budget)?;
    }
    say(case, "edit stored, p99", percentile(&mut all.acknowledged, 0.99), "ms", None)?;
    say(case, "server CPU per edit", seconds * 1e3 / edits.max(1) as f64, "ms", per_edit)?;
    say(case, "server CPU", seconds / lasting().as_secs_f64(), "s/s", per_second)?;
    say(case, "resident memory", memory(server.id()) / 1e6, "MB", None)
}

async fn readers(case: &str, changes: usize) -> Result<()> {
    let mut bench = Bench::new().await?;
    let ada = bench.town.person(Role::Customer).await;
    let board = bench.town.board(Audience::Public, EditingRule::Everyone).await;
    let document = stored(&bench.town, &ada, &board, changes).await?;
    let server = bench.start().await;
    let mut clients = vec![(
        Light::open(server.address, &ada, "writer", document, true).await?,
        Some(Writing::every(Duration::from_millis(200))),
    )];
    for at in 0..20 {
        clients.push((Light::open(server.address, &ada, &format!("reader {at}"), document, false).await?, None));
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
        let client = Light::open(server.address, &ada, &format!("client {at}"), document, true).await?;
        clients.push((client, Some(Writing::every(Duration::from_millis(200)))));
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
    let document = stored(&bench.town, &ada, &board, 20_000).await?;
    let mut times = Vec::new();
    let mut used = 0.0;
    for _ in 0..5 {
        let server = bench.start().await;
        let mut socket = joined(&server, &ada, "joiner", true).await?;
        let before = cpu(server.id());
        let began = Instant::now();
        socket.send(&hello(document)).await;
        while !matches!(socket.next().await, Event::Message(FromServer::Sync { .. })) {}
        times.push(began.elapsed().as_secs_f64() * 1e3);
        used += cpu(server.id()) - before;
    }
    say(CASE, "until the document is sent, median", percentile(&mut times, 0.5), "ms", Some(100.0))?;
    say(CASE, "server CPU", used * 1e3 / 5.0, "ms", None)
}

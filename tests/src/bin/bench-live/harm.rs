//! What refusals and bad clients cost the others.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use automerge::ActorId;
use shared::{
    DocumentId, Role,
    live::{
        concept::Field,
        message::{FromClient, FromServer},
    },
    rules::{Audience, EditingRule},
};
use tests::{
    light::{Light, hello},
    live::{Client, Event},
    load::{Sent, Writing, memory, percentile},
    process::Server,
    town::Townsperson,
};
use tokio::time::sleep;

use crate::{Bench, joined, say};

/// How often something is refused.
const TIMES: usize = 200;
/// Those who stop reading.
const LAGGARDS: usize = 10;
/// What is written meanwhile, in bytes.
const WRITTEN: usize = 10_000_000;
/// Characters that one edit puts in place of those before.
const EDIT: usize = 15_000;

/// From an edit that may not be until word that it is refused: of who may only read, and in another's name.
pub async fn refusals() -> Result<()> {
    const CASE: &str = "refused edits";
    let mut bench = Bench::new().await?;
    let ada = bench.town.person(Role::Customer).await;
    let ben = bench.town.person(Role::Employee).await;
    let board = bench.town.board(Audience::Public, EditingRule::Staff).await;
    let (_, document) = bench.town.idea(&ada, &board, "").await;
    let server = bench.start().await;
    let mut author = Client::new(server.address, &bench.town.owner.token, "author", document);
    author.open().await;
    author.splice(Field::Body, 0, 0, "Un pain").await;
    author.saved().await;
    let theirs = author.doc.get_actor().clone();
    for (metric, who, actor) in
        [("of who may only read, p99", &ada, None), ("in another's name, p99", &ben, Some(theirs))]
    {
        let mut times = Vec::with_capacity(TIMES);
        for at in 0..TIMES {
            times.push(refused(&server, who, &format!("{metric} {at}"), document, actor.clone()).await?);
        }
        say(CASE, metric, percentile(&mut times, 0.99), "ms", Some(50.0))?;
    }
    Ok(())
}

async fn refused(
    server: &Server,
    who: &Townsperson,
    peer: &str,
    document: DocumentId,
    actor: Option<ActorId>,
) -> Result<f64> {
    let mut client = Client::new(server.address, &who.token, peer, document);
    client.open().await;
    if let Some(actor) = actor {
        client.doc.set_actor(actor);
    }
    let began = Instant::now();
    client.splice(Field::Body, 0, 0, "x").await;
    while client.rejected.is_empty() {
        ensure!(client.is_connected(), "it is refused, not hung up on");
        client.listen_once(Duration::from_secs(5)).await;
    }
    let took = began.elapsed().as_secs_f64() * 1e3;
    client.leave().await;
    Ok(took)
}

/// From a hostile frame until its connection is closed, while somebody honest is in the room; and what a frame costs that
/// is far too large.
pub async fn hostile() -> Result<()> {
    const CASE: &str = "hostile frames";
    let mut bench = Bench::new().await?;
    let ada = bench.town.person(Role::Customer).await;
    let board = bench.town.board(Audience::Public, EditingRule::Everyone).await;
    let (_, document) = bench.town.idea(&ada, &board, "").await;
    let server = bench.start().await;
    let mut honest = Client::new(server.address, &bench.town.owner.token, "honest", document);
    honest.open().await;
    let filters: [(&str, &[u8]); 3] = [
        ("a filter of no bits, refused, p99", &[1, 0, 7]),
        ("a filter of 100 million probes, refused, p99", &[1, 8, 0x80, 0xc2, 0xd7, 0x2f, 1]),
        ("a filter of four billion probes, refused, p99", &[1, 8, 0xff, 0xff, 0xff, 0xff, 0x0f, 1]),
    ];
    for (metric, filter) in filters {
        let mut data = vec![0x42, 0, 0, 1, 0, u8::try_from(filter.len())?];
        data.extend(filter);
        data.push(0);
        let mut times = Vec::with_capacity(TIMES);
        for at in 0..TIMES {
            let mut socket = joined(&server, &ada, &format!("hostile {at}"), false).await?;
            let began = Instant::now();
            socket.send(&FromClient::Sync { document, data: data.clone() }).await;
            let (code, _) = socket.closed().await;
            ensure!(code == 1002, "it is closed with {code}");
            times.push(began.elapsed().as_secs_f64() * 1e3);
        }
        say(CASE, metric, percentile(&mut times, 0.99), "ms", Some(1.0))?;
    }
    let before = memory(server.id());
    let mut most: f64 = 0.0;
    for at in 0..20 {
        let mut socket = joined(&server, &ada, &format!("large {at}"), false).await?;
        // It is closed before all of it has come.
        socket.send_raw(vec![0; 16 << 20]).await;
        most = most.max(memory(server.id()) - before);
    }
    say(CASE, "20 frames of 16 MiB, growth of memory", most / 1e6, "MB", Some(10.0))?;
    honest.splice(Field::Body, 0, 0, "toujours là").await;
    honest.saved().await;
    Ok(())
}

/// Ten stop reading while ten megabytes are written.
pub async fn stalled() -> Result<()> {
    const CASE: &str = "10 stop reading while 10 MB are written";
    let mut bench = Bench::new().await?;
    let ada = bench.town.person(Role::Customer).await;
    let board = bench.town.board(Audience::Public, EditingRule::Everyone).await;
    let (_, document) = bench.town.idea(&ada, &board, "").await;
    let server = bench.start().await;
    let mut watcher = Client::new(server.address, &bench.town.owner.token, "watcher", document);
    watcher.open().await;
    let writer = Light::open(server.address, &ada, "writer", document, true).await?;
    let mut laggards = Vec::new();
    for at in 0..LAGGARDS {
        let mut socket = joined(&server, &ada, &format!("laggard {at}"), true).await?;
        socket.send(&hello(document)).await;
        while !matches!(socket.next().await, Event::Message(FromServer::Sync { .. })) {}
        laggards.push(socket);
    }
    let (before, mut most, began) = (memory(server.id()), 0.0_f64, Instant::now());
    let every = Duration::from_millis(10);
    let end = began + every * u32::try_from(WRITTEN / EDIT)?;
    let sent = Sent::default();
    let writing =
        tokio::spawn(writer.run(Some(Writing { characters: EDIT, ..Writing::every(every) }), sent.clone(), end));
    let mut dropped = None;
    while dropped.is_none() && began.elapsed() < Duration::from_secs(60) {
        watcher.listen(Duration::from_millis(50)).await;
        most = most.max(memory(server.id()) - before);
        let present = watcher.other.iter().rev().find_map(|message| match message {
            FromServer::Present { peers, .. } => Some(peers),
            _ => None,
        });
        let lagging = present.is_none_or(|peers| peers.iter().any(|who| who.peer.starts_with("laggard")));
        dropped = (!lagging).then(|| began.elapsed());
    }
    writing.await??;
    watcher.listen(Duration::from_secs(1)).await;
    let megabytes = sent.count() as f64 * EDIT as f64 / 1e6;
    ensure!(megabytes > 9.0, "only {megabytes:.1} MB were written");
    say(CASE, "growth of memory", most / 1e6, "MB", Some(32.0))?;
    say(CASE, "until all are dropped", dropped.context("they never were")?.as_secs_f64(), "s", Some(30.0))?;
    drop(laggards);
    let (heads, mut behind) = (watcher.heads(), 0);
    for at in 0..LAGGARDS {
        let mut back = Client::new(server.address, &ada.token, &format!("laggard {at}"), document);
        back.open().await;
        let until = Instant::now() + Duration::from_secs(5);
        while back.heads() != heads && Instant::now() < until {
            back.listen(Duration::from_millis(20)).await;
        }
        behind += usize::from(back.heads() != heads);
    }
    sleep(Duration::from_millis(100)).await;
    say(CASE, "back, but not in step", behind as f64, "", Some(0.0))
}

//! A light client for load: it applies nothing, but notes when changes arrive and what its next one must build on.

use std::{
    collections::HashMap,
    num::NonZeroU64,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result};
use automerge::{
    ActorId, AutoCommit, Change, ChangeHash, ExpandedChange, ObjId,
    legacy::{self, OpId},
};
use shared::{
    DocumentId,
    live::{
        change,
        chunk::chunks,
        concept::{ENCODING, Field},
        message::{AtelierJoin, FromClient, FromServer},
        sync::{Flags, Hash, Have, SyncMessage, Version},
    },
};
use tokio::time::interval;

use crate::{
    live::{Credential, Event, Socket},
    process::Server,
    town::Townsperson,
};

/// The first sync message of a peer that has nothing.
#[must_use]
pub fn hello(document: DocumentId) -> FromClient {
    let message = SyncMessage {
        version: Version::V1,
        heads: vec![],
        need: vec![],
        have: vec![Have::default()],
        changes: vec![],
        flags: Some(Flags::default()),
    };
    FromClient::Sync { document, data: message.encode() }
}

/// The client.
#[derive(Debug)]
pub struct Light {
    socket: Socket,
    document: DocumentId,
    actor: ActorId,
    body: OpId,
    heads: Vec<Hash>,
    max_op: u64,
    edits: u64,
}

/// What all clients of one load have sent.
#[derive(Clone, Debug, Default)]
pub struct Sent {
    at: Arc<Mutex<HashMap<Hash, Instant>>>,
    count: Arc<AtomicU64>,
}

impl Sent {
    /// How many changes.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.count.load(Ordering::Relaxed)
    }

    fn add(&self, hash: Hash) {
        if let Ok(mut sent) = self.at.lock() {
            sent.insert(hash, Instant::now());
        }
        self.count.fetch_add(1, Ordering::Relaxed);
    }

    /// Milliseconds since a change was sent.
    fn since(&self, hash: &Hash, now: Instant) -> Option<f64> {
        let sent = self.at.lock().ok()?.get(hash).copied()?;
        Some((now - sent).as_secs_f64() * 1e3)
    }
}

/// What a client saw, in milliseconds.
#[derive(Debug, Default)]
pub struct Tally {
    /// From each change being sent to its arrival here.
    pub delays: Vec<f64>,
    /// From each of its own changes to word that it is stored.
    pub acknowledged: Vec<f64>,
}

impl Light {
    /// Connects and waits for the document.
    ///
    /// # Errors
    /// When it does not come that far.
    pub async fn open(
        server: &Server,
        who: &Townsperson,
        peer: &str,
        document: DocumentId,
        writes: bool,
    ) -> Result<Self> {
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
                        // As an editor does when somebody clicks into it; what it says is nobody's concern here.
                        let (count, session, data) = (1, peer.to_owned(), vec![0xf6]);
                        light.socket.send(&FromClient::Ephemeral { document, count, session, data }).await;
                    }
                    return Ok(light);
                }
                Event::Message(_) => {}
                ended => anyhow::bail!("{ended:?}"),
            }
        }
    }

    /// Writes so often, on what has arrived, and notes when, until the end.
    ///
    /// # Errors
    /// When the server refuses or goes away.
    pub async fn run(mut self, every: Option<Duration>, sent: Sent, end: Instant) -> Result<Tally> {
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
                            for chunk in chunks(blob, 1 << 20) {
                                let chunk = chunk?;
                                let hash = chunk.hash;
                                if every.is_some() {
                                    let change = change::Change::parse(&chunk)?;
                                    self.builds_on(hash, &change.deps, change.max_op());
                                }
                                tally.delays.extend(sent.since(&hash, now));
                            }
                        }
                    }
                    Some(Event::Message(FromServer::Stored { hashes, .. })) => {
                        let now = Instant::now();
                        tally.acknowledged.extend(hashes.iter().filter_map(|hash| sent.since(hash, now)));
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
                    sent.add(change.hash().0);
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

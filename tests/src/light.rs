//! A light client for load that speaks Automerge: it applies nothing, but notes when changes arrive and what its next one
//! must build on.

use std::{
    collections::HashSet,
    net::SocketAddr,
    num::NonZeroU64,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail};
use automerge::{
    ActorId, AutoCommit, Change, ChangeHash, ExpandedChange, ObjId,
    legacy::{self, OpId},
    sync::{Message, State, SyncDoc as _},
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
use tokio::time::timeout;

use crate::{
    live::{Credential, Event, PATIENCE, Socket},
    load::{Sent, Tally, Writing},
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
    /// Whether it speaks as Atelier's own client, which acknowledges nothing.
    ours: bool,
    actor: ActorId,
    body: OpId,
    heads: Vec<Hash>,
    max_op: u64,
    edits: u64,
    last: Option<OpId>,
}

impl Light {
    /// Connects to Atelier and waits for the document.
    ///
    /// # Errors
    /// When it does not come that far.
    pub async fn open(
        address: SocketAddr,
        who: &Townsperson,
        peer: &str,
        document: DocumentId,
        writes: bool,
    ) -> Result<Self> {
        let opened = Socket::open(address, Credential::Token(&who.token)).await;
        let mut socket = opened.ok().context("the handshake")?;
        let answer = socket.join(peer, Some(AtelierJoin::default())).await;
        let Event::Message(FromServer::Peer { atelier: Some(ours), .. }) = answer else { bail!("joins") };
        socket.send(&hello(document)).await;
        let mut light = Self::of(socket, document, true, ActorId::from(ours.actor.as_slice()));
        loop {
            match light.socket.next().await {
                Event::Message(FromServer::Sync { data, .. }) => {
                    if writes {
                        let message = SyncMessage::decode(&data)?;
                        let mut doc = AutoCommit::new_with_encoding(ENCODING);
                        doc.load_incremental(&message.changes.concat())?;
                        light.stand_on(&mut doc)?;
                        // As an editor does when somebody clicks into it; what it says is nobody's concern here.
                        let (count, session, data) = (1, peer.to_owned(), vec![0xf6]);
                        light.socket.send(&FromClient::Ephemeral { document, count, session, data }).await;
                    }
                    return Ok(light);
                }
                Event::Message(_) => {}
                ended => bail!("{ended:?}"),
            }
        }
    }

    /// Connects to a stock server and synchronises with this document: what is in it goes there, what is there comes.
    ///
    /// # Errors
    /// When it does not come that far.
    pub async fn open_stock(
        address: SocketAddr,
        peer: &str,
        document: DocumentId,
        doc: &mut AutoCommit,
    ) -> Result<Self> {
        let opened = Socket::open(address, Credential::None).await;
        let mut socket = opened.ok().context("the handshake")?;
        let Event::Message(FromServer::Peer { .. }) = socket.join(peer, None).await else { bail!("joins") };
        let mut light = Self::of(socket, document, false, ActorId::random());
        let mut state = State::new();
        timeout(PATIENCE, async {
            loop {
                let message = doc.sync().generate_sync_message(&mut state);
                // It has what is here, and nothing that is not; and knows the same of this side.
                let same = state.their_heads.as_ref().is_some_and(|heads| *heads == doc.get_heads());
                match message {
                    Some(message) => {
                        light.socket.send(&FromClient::Sync { document, data: message.encode() }).await;
                    }
                    None if same && !doc.get_heads().is_empty() => return Ok(()),
                    None => {}
                }
                match light.socket.next().await {
                    Event::Message(FromServer::Sync { data, .. }) => {
                        doc.sync().receive_sync_message(&mut state, Message::decode(&data)?)?;
                    }
                    Event::Message(_) => {}
                    ended => bail!("{ended:?}"),
                }
            }
        })
        .await
        .context("it never synchronises")??;
        light.stand_on(doc)?;
        Ok(light)
    }

    fn of(socket: Socket, document: DocumentId, ours: bool, actor: ActorId) -> Self {
        let body = OpId(0, ActorId::from([0].as_slice()));
        Self { socket, document, ours, actor, body, heads: vec![], max_op: 0, edits: 0, last: None }
    }

    fn stand_on(&mut self, doc: &mut AutoCommit) -> Result<()> {
        self.heads = doc.get_heads().iter().map(|head| head.0).collect();
        self.max_op = doc.get_changes(&[]).iter().map(Change::max_op).max().unwrap_or(0);
        if let ObjId::Id(counter, actor, _) = Field::Body.object(doc)? {
            self.body = OpId(counter, actor);
        }
        Ok(())
    }

    /// Writes, on what has arrived, and notes when it does, until a second after the end.
    ///
    /// # Errors
    /// When the server refuses or goes away.
    pub async fn run(mut self, writing: Option<Writing>, sent: Sent, end: Instant) -> Result<Tally> {
        let mut tally = Tally::default();
        let mut ticks = Writing::ticks(writing);
        let mut seen = HashSet::new();
        let until = tokio::time::Instant::from_std(end + Duration::from_secs(1));
        let follows = writing.is_some() || !self.ours;
        loop {
            tokio::select! {
                event = self.socket.next_until(until) => match event {
                    None => return Ok(tally),
                    Some(Event::Message(FromServer::Sync { data, .. })) => {
                        let now = Instant::now();
                        let message = SyncMessage::decode(&data)?;
                        let mut news = false;
                        for blob in &message.changes {
                            for chunk in chunks(blob, 1 << 20) {
                                let chunk = chunk?;
                                let hash = chunk.hash;
                                if !seen.insert(hash) {
                                    continue;
                                }
                                news = true;
                                if follows {
                                    let change = change::Change::parse(&chunk)?;
                                    self.builds_on(hash, &change.deps, change.max_op());
                                }
                                tally.delays.extend(sent.since(&hash, now));
                            }
                        }
                        if !self.ours {
                            let unknown = |head: &&Hash| !seen.contains(*head) && !self.heads.contains(*head);
                            let need: Vec<Hash> = message.heads.iter().filter(unknown).copied().collect();
                            // A stock client answers whatever is news, says with it what it has, and asks for the rest.
                            if news || !need.is_empty() {
                                self.say(vec![], need).await;
                            }
                        }
                    }
                    Some(Event::Message(FromServer::Stored { hashes, .. })) => {
                        let now = Instant::now();
                        tally.acknowledged.extend(hashes.iter().filter_map(|hash| sent.since(hash, now)));
                    }
                    Some(Event::Message(FromServer::Rejected { reason, .. })) => bail!("refused: {reason}"),
                    Some(Event::Message(_)) => {}
                    Some(ended) => bail!("{ended:?}"),
                },
                _ = ticks.tick(), if writing.is_some() => {
                    let Some(writing) = writing.filter(|_| Instant::now() < end) else { continue };
                    let change = self.edit(writing)?;
                    sent.add(change.hash().0);
                    seen.insert(change.hash().0);
                    self.say(vec![change.raw_bytes()], vec![]).await;
                }
            }
        }
    }

    /// Stays connected and reads nothing, until then.
    pub async fn stall(self, until: Instant) {
        tokio::time::sleep_until(until.into()).await;
        drop(self);
    }

    async fn say(&mut self, changes: Vec<&[u8]>, need: Vec<Hash>) {
        let mut have = Have::default();
        let mut heads = Vec::new();
        if !self.ours {
            self.heads.sort_unstable();
            have.last_sync.clone_from(&self.heads);
            heads.clone_from(&self.heads);
        }
        let message = SyncMessage { version: Version::V1, heads, need, have: vec![have], changes, flags: None };
        let data = message.encode();
        self.socket.send(&FromClient::Sync { document: self.document, data }).await;
    }

    fn builds_on(&mut self, hash: Hash, deps: &[Hash], max_op: u64) {
        self.heads.retain(|head| !deps.contains(head));
        if !self.heads.contains(&hash) {
            self.heads.push(hash);
        }
        self.max_op = self.max_op.max(max_op);
    }

    /// Characters put at the beginning of the body, on everything that has arrived.
    fn edit(&mut self, writing: Writing) -> Result<Change> {
        self.edits += 1;
        self.heads.sort_unstable();
        let mut operations = vec![legacy::Op {
            action: legacy::OpType::Put("o".repeat(writing.characters).into()),
            obj: legacy::ObjectId::Id(self.body.clone()),
            key: legacy::Key::Seq(legacy::ElementId::Head),
            pred: Vec::new().into(),
            insert: true,
        }];
        let replaced = self.last.replace(OpId(self.max_op + 1, self.actor.clone()));
        if let Some(replaced) = replaced.filter(|_| writing.replaces()) {
            operations.push(legacy::Op {
                action: legacy::OpType::Delete,
                obj: legacy::ObjectId::Id(self.body.clone()),
                key: legacy::Key::Seq(legacy::ElementId::Id(replaced.clone())),
                pred: vec![replaced].into(),
                insert: false,
            });
        }
        let change = Change::from(ExpandedChange {
            operations,
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

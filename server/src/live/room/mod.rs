//! A document's room: the one task on this node that decides what becomes part of it, and in which order.

mod answer;
mod edits;
mod mirror;
mod peers;
mod recent;

use std::{
    collections::{HashMap, VecDeque},
    panic::AssertUnwindSafe,
    time::Duration,
};

use bytes::Bytes;
use futures_util::FutureExt as _;
use shared::{DocumentId, live::sync::Hash};
use tokio::{
    sync::{mpsc, oneshot},
    time::{Instant, sleep_until},
};

use self::{
    answer::{Answer, Whole},
    edits::{InFlight, Pending},
    mirror::{Mirror, Mirrored},
    recent::Recent,
};
pub use self::{
    mirror::{Copy, catch_up},
    peers::Peer,
};
use super::{
    guard::Inbound,
    hub::{Hub, Key},
    ledger::{Index, Ledger},
    outbound::Close,
};
use crate::store::{
    StoreError,
    log::{self, LoggedChange},
};

/// Messages that may wait for a room before their senders do.
const INBOX: usize = 512;
/// How long a room without peers stays open.
const LINGER: Duration = Duration::from_secs(20);
/// Who came and went is told no more often than this.
const PRESENCE: Duration = Duration::from_millis(60);
/// How long the whole document is kept encoded for whoever asks next.
const WHOLE: Duration = Duration::from_secs(5);
/// How long a room waits between commits, for each peer in it: every batch costs a frame to each, whatever it holds.
const PACE: Duration = Duration::from_micros(20);
/// Changes read from the log at a time.
const PAGE: u32 = 5_000;

/// What a room is asked.
enum Ask {
    Enter { key: Key, peer: Box<Peer>, answer: oneshot::Sender<bool> },
    Sync { key: Key, inbound: Box<Inbound> },
    Ephemeral { key: Key, count: u64, session: String, data: Vec<u8> },
    Access { key: Key, write: bool },
    Leave { key: Key },
    Settle { answer: oneshot::Sender<()> },
}

/// What the room's own helpers tell it.
enum Told {
    Ledger(Result<Box<Ledger>, StoreError>),
    Answer(Result<Box<Answer>, StoreError>),
    Mirror(Box<Mirrored>),
}

/// The way to a room.
#[derive(Clone, Debug)]
pub struct RoomHandle(mpsc::Sender<Ask>);

/// What became of entering a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opened {
    /// The peer is in.
    Yes,
    /// There is no such document.
    NoSuchDocument,
    /// The room had just ended; ask the hub for a new one.
    Ended,
}

impl RoomHandle {
    /// Whether the room has ended.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.0.is_closed()
    }

    /// A peer enters.
    pub async fn enter(&self, key: Key, peer: Peer) -> Opened {
        let (answer, entered) = oneshot::channel();
        if self.0.send(Ask::Enter { key, peer: Box::new(peer), answer }).await.is_err() {
            return Opened::Ended;
        }
        match entered.await {
            Ok(true) => Opened::Yes,
            Ok(false) => Opened::NoSuchDocument,
            Err(_) => Opened::Ended,
        }
    }

    /// A peer's sync message. False when the room has ended.
    pub async fn sync(&self, key: Key, inbound: Inbound) -> bool {
        self.0.send(Ask::Sync { key, inbound: Box::new(inbound) }).await.is_ok()
    }

    /// Something fleeting from a peer, for the others.
    pub async fn ephemeral(&self, key: Key, count: u64, session: String, data: Vec<u8>) {
        let _ = self.0.send(Ask::Ephemeral { key, count, session, data }).await;
    }

    /// A peer may from now on write, or no longer.
    pub async fn access(&self, key: Key, write: bool) {
        let _ = self.0.send(Ask::Access { key, write }).await;
    }

    /// A peer leaves.
    pub async fn leave(&self, key: Key) {
        let _ = self.0.send(Ask::Leave { key }).await;
    }

    /// Waits until everything the room was given before is stored or refused.
    pub async fn settle(&self) {
        let (answer, settled) = oneshot::channel();
        if self.0.send(Ask::Settle { answer }).await.is_ok() {
            let _ = settled.await;
        }
    }
}

/// A room that is open.
struct Room {
    hub: Hub,
    document: DocumentId,
    /// The document id as frames name it.
    name: String,
    tell: mpsc::UnboundedSender<Told>,
    peers: HashMap<Key, Peer>,
    presence_due: Option<Instant>,
    /// The number of changes that are stored.
    stored: Index,
    /// The stored changes nothing builds on, sorted.
    heads: Vec<Hash>,
    recent: Recent,
    /// Loaded with the first message that needs it.
    ledger: Option<Ledger>,
    ledger_asked: bool,
    /// What came before the ledger.
    deferred: VecDeque<(Key, Inbound)>,
    /// Fit, and waiting for the commit under way.
    pending: Vec<Pending>,
    in_flight: Option<InFlight>,
    /// The next commit does not begin before.
    paced: Instant,
    settling: Vec<oneshot::Sender<()>>,
    whole: Option<Whole>,
    mirror: Mirror,
}

/// Opens the room of a document.
pub(super) fn open(hub: Hub, document: DocumentId) -> RoomHandle {
    let (asks, inbox) = mpsc::channel(INBOX);
    hub.clone().spawn(async move {
        // A fault in one room ends that room. Its peers' connections notice and come back to a new one.
        let ran = AssertUnwindSafe(run(hub.clone(), document, inbox)).catch_unwind().await;
        hub.forget(document);
        match ran {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::error!(%document, %error, "a room ended"),
            Err(_) => tracing::error!(%document, "a room broke"),
        }
    });
    RoomHandle(asks)
}

/// Closes the connections of whoever is in the room when it ends in any way but by itself.
struct Ending<'a>(&'a mut Room);

impl Drop for Ending<'_> {
    fn drop(&mut self) {
        for peer in self.0.peers.values() {
            peer.outbound.close(Close::new(Close::FAULT, "the document had to be closed; connect again"));
        }
    }
}

async fn run(hub: Hub, document: DocumentId, mut inbox: mpsc::Receiver<Ask>) -> Result<(), StoreError> {
    let (tell, mut told) = mpsc::unbounded_channel();
    let Some(room) = Room::load(hub, document, tell).await? else {
        inbox.close();
        while let Some(ask) = inbox.recv().await {
            if let Ask::Enter { answer, .. } = ask {
                let _ = answer.send(false);
            }
        }
        return Ok(());
    };
    let mut room = room;
    let room = Ending(&mut room);
    let room = &mut *room.0;
    let mut empty_since = Some(Instant::now());
    loop {
        let lingering = empty_since.map(|since| since + LINGER);
        let paced = (!room.pending.is_empty() && room.in_flight.is_none()).then_some(room.paced);
        let (presence, whole, mirror) = (room.presence_due, room.whole_until(), room.mirror.due());
        // The facts of what is stored are caught up at the next start.
        let may_stop = room.peers.is_empty() && room.has_stored_all();
        tokio::select! {
            ask = inbox.recv() => {
                let Some(ask) = ask else { break };
                room.act(ask);
                // What else has come in meanwhile goes into the same commit.
                while let Ok(ask) = inbox.try_recv() {
                    room.act(ask);
                }
                room.submit();
            }
            Some(news) = told.recv() => room.hear(news)?,
            stored = stored(&mut room.in_flight) => {
                room.committed(stored)?;
                room.submit();
            }
            () = due(paced) => room.submit(),
            () = due(presence) => room.tell_presence(),
            () = due(whole) => room.whole = None,
            () = due(mirror) => room.start_mirror(),
            () = due(lingering) => {
                if !room.is_idle() {
                    empty_since = Some(Instant::now());
                    continue;
                }
                // Who enters at this very moment finds the inbox closed, and a new room.
                inbox.close();
                break;
            }
            () = room.hub.stop().cancelled(), if may_stop => break,
        }
        room.answer_settling();
        empty_since = match (room.peers.is_empty(), empty_since) {
            (true, None) => Some(Instant::now()),
            (true, since) => since,
            (false, _) => None,
        };
    }
    Ok(())
}

async fn due(at: Option<Instant>) {
    match at {
        Some(at) => sleep_until(at).await,
        None => std::future::pending().await,
    }
}

async fn stored(in_flight: &mut Option<InFlight>) -> bool {
    match in_flight {
        Some(in_flight) => matches!((&mut in_flight.done).await, Ok(Ok(()))),
        None => std::future::pending().await,
    }
}

impl Room {
    /// Reads what joining needs: where the log ends, its heads and its last changes.
    async fn load(
        hub: Hub,
        document: DocumentId,
        tell: mpsc::UnboundedSender<Told>,
    ) -> Result<Option<Self>, StoreError> {
        let mut tx = hub.db().read().await?;
        if !log::document_exists(&mut tx, document).await? {
            return Ok(None);
        }
        let mut recent = Recent::default();
        let mut heads = Vec::new();
        let mut stored = 0;
        if let Some(snapshot) = log::snapshot(&mut tx, document).await? {
            heads = answer::heads_of(&snapshot).ok_or_else(|| corrupt("a snapshot"))?;
            stored = index(snapshot.seq)?;
            recent.begin_at(stored);
        }
        loop {
            let page = log::changes_after(&mut tx, document, u64::from(stored), PAGE).await?;
            let last = page.len() < PAGE as usize;
            for change in page {
                stored = index(change.seq)?;
                edits::advance(&mut heads, &change.bytes).ok_or_else(|| corrupt("a change"))?;
                recent.push(Bytes::from(change.bytes));
            }
            if last {
                break;
            }
        }
        drop(tx);
        Ok(Some(Self {
            mirror: Mirror::new(stored),
            hub,
            name: document.to_string(),
            document,
            tell,
            peers: HashMap::new(),
            presence_due: None,
            stored,
            heads,
            recent,
            ledger: None,
            ledger_asked: false,
            deferred: VecDeque::new(),
            pending: Vec::new(),
            in_flight: None,
            paced: Instant::now(),
            settling: Vec::new(),
            whole: None,
        }))
    }

    fn act(&mut self, ask: Ask) {
        match ask {
            Ask::Enter { key, peer, answer } => {
                self.enter(key, *peer);
                let _ = answer.send(true);
            }
            Ask::Sync { key, inbound } => self.sync(key, *inbound),
            Ask::Ephemeral { key, count, session, data } => self.relay(key, count, session, data),
            Ask::Access { key, write } => self.set_access(key, write),
            Ask::Leave { key } => self.leave(key),
            Ask::Settle { answer } => self.settling.push(answer),
        }
    }

    fn hear(&mut self, news: Told) -> Result<(), StoreError> {
        match news {
            Told::Ledger(ledger) => {
                self.ledger = Some(*ledger?);
                for (key, inbound) in std::mem::take(&mut self.deferred) {
                    self.sync(key, inbound);
                }
                self.submit();
            }
            Told::Answer(answer) => self.answered(*answer?),
            Told::Mirror(mirrored) => self.mirrored(*mirrored),
        }
        Ok(())
    }

    /// Reads the whole log into a ledger, beside the room's task.
    fn ask_ledger(&mut self) {
        if std::mem::replace(&mut self.ledger_asked, true) {
            return;
        }
        let (hub, document, tell) = (self.hub.clone(), self.document, self.tell.clone());
        let end = self.stored;
        self.hub.spawn(async move {
            let _ = tell.send(Told::Ledger(read_ledger(&hub, document, end).await.map(Box::new)));
        });
    }

    /// Whether the room may end: nobody is in it, and nothing is left to do.
    fn is_idle(&self) -> bool {
        self.peers.is_empty() && self.has_stored_all() && self.mirror.is_idle()
    }

    /// Whether everything the room was given is stored or refused.
    fn has_stored_all(&self) -> bool {
        self.pending.is_empty() && self.in_flight.is_none() && self.deferred.is_empty()
    }

    fn answer_settling(&mut self) {
        if self.has_stored_all() {
            for answer in self.settling.drain(..) {
                let _ = answer.send(());
            }
        }
    }
}

async fn read_ledger(hub: &Hub, document: DocumentId, end: Index) -> Result<Ledger, StoreError> {
    let mut ledger = Ledger::default();
    let mut tx = hub.db().read().await?;
    while ledger.len() < end {
        let page = log::changes_after(&mut tx, document, u64::from(ledger.len()), PAGE.min(end - ledger.len())).await?;
        if page.is_empty() {
            return Err(corrupt("a log with a gap"));
        }
        ledger = tokio::task::spawn_blocking(move || replay(ledger, &page))
            .await
            .map_err(|_| corrupt("a log that cannot be read"))??;
    }
    Ok(ledger)
}

fn replay(mut ledger: Ledger, page: &[LoggedChange]) -> Result<Ledger, StoreError> {
    for change in page {
        if change.seq != u64::from(ledger.len()) + 1 {
            return Err(corrupt("a log with a gap"));
        }
        edits::with_change(&change.bytes, |change| ledger.replay(change).ok())
            .flatten()
            .ok_or_else(|| corrupt("a change"))?;
    }
    Ok(ledger)
}

fn index(seq: u64) -> Result<Index, StoreError> {
    Index::try_from(seq).map_err(|_| corrupt("a place in a log"))
}

fn corrupt(what: &str) -> StoreError {
    StoreError::Corrupt(what.to_owned())
}

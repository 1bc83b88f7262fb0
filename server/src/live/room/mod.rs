//! A document's room: the one task on this node that decides what becomes part of it, and in which order.

mod answer;
mod copy;
mod edits;
mod load;
mod mirror;
mod peers;
mod recent;

use std::{
    collections::{HashMap, VecDeque},
    panic::AssertUnwindSafe,
    time::Duration,
};

use futures_util::FutureExt as _;
use shared::{
    DocumentId,
    live::{
        guard::Inbound,
        ledger::{Index, Ledger},
        permit::Rights,
        sync::Hash,
    },
};
use tokio::{
    sync::{mpsc, oneshot},
    time::{Instant, sleep_until},
};

use self::{
    answer::{Answer, Encoded},
    edits::{InFlight, Pending},
    mirror::{Mirror, Mirrored},
    recent::Recent,
};
pub use self::{
    copy::{Copy, Whole},
    mirror::catch_up,
    peers::{Fleeting, Peer},
};
use super::{
    hub::{Hub, Key},
    outbound::Close,
};
use crate::{metrics::Panicked, store::StoreError};

/// Messages that may wait for a room before their senders do.
const INBOX: usize = 512;
/// How long a room without peers stays open.
const LINGER: Duration = Duration::from_secs(20);
/// Who came and went is told no more often than this.
const PRESENCE: Duration = Duration::from_millis(60);
/// How long the whole document is kept encoded for whoever asks next.
const WHOLE: Duration = Duration::from_secs(5);
/// Changes read from the log at a time.
const PAGE: u32 = 5_000;

/// What a room is asked.
enum Ask {
    Enter { key: Key, peer: Box<Peer>, answer: oneshot::Sender<bool> },
    Sync { key: Key, inbound: Box<Inbound> },
    Ephemeral { key: Key, fleeting: Box<Fleeting> },
    Access { key: Key, rights: Rights },
    Leave { key: Key },
    Settle { answer: oneshot::Sender<()> },
}

/// What the room's own helpers tell it.
enum Told {
    Ledger(Result<Box<(Ledger, Copy)>, StoreError>),
    Answer(Result<Answer, StoreError>),
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
    pub async fn ephemeral(&self, key: Key, fleeting: Fleeting) {
        let _ = self.0.send(Ask::Ephemeral { key, fleeting: Box::new(fleeting) }).await;
    }

    /// What a peer may change has changed.
    pub async fn access(&self, key: Key, rights: Rights) {
        let _ = self.0.send(Ask::Access { key, rights }).await;
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
    tell: mpsc::UnboundedSender<Box<Told>>,
    peers: HashMap<Key, Box<Peer>>,
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
    whole: Option<Encoded>,
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
            Err(_) => {
                hub.metrics().panicked(Panicked::Room);
                tracing::error!(%document, "a room broke");
            }
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
    // Reading takes far more room than the loop below, and is soon over.
    let Some(room) = Box::pin(Room::load(hub, document, tell)).await? else {
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
            Some(news) = told.recv() => room.hear(*news)?,
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
    fn act(&mut self, ask: Ask) {
        match ask {
            Ask::Enter { key, peer, answer } => {
                self.enter(key, peer);
                let _ = answer.send(true);
            }
            Ask::Sync { key, inbound } => self.sync(key, *inbound),
            Ask::Ephemeral { key, fleeting } => self.relay(key, *fleeting),
            Ask::Access { key, rights } => self.set_access(key, rights),
            Ask::Leave { key } => self.leave(key),
            Ask::Settle { answer } => self.settling.push(answer),
        }
    }

    fn hear(&mut self, news: Told) -> Result<(), StoreError> {
        match news {
            Told::Ledger(ledger) => {
                let (ledger, copy) = *ledger?;
                self.ledger = Some(ledger);
                self.mirror.give(copy);
                for (key, inbound) in std::mem::take(&mut self.deferred) {
                    self.sync(key, inbound);
                }
                self.submit();
            }
            Told::Answer(answer) => self.answered(answer?),
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
            let _ = tell.send(Box::new(Told::Ledger(load::ledger(&hub, document, end).await.map(Box::new))));
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

fn index(seq: u64) -> Result<Index, StoreError> {
    Index::try_from(seq).map_err(|_| corrupt("a place in a log"))
}

fn corrupt(what: &str) -> StoreError {
    StoreError::Corrupt(what.to_owned())
}

//! What a peer lacks: nothing, exactly these changes, or the whole document; without loading it.

use bytes::Bytes;
use shared::{
    DocumentId,
    live::{
        bloom::Bloom,
        chunk::{chunks, document_heads},
        codec::sync_frame,
        ledger::Index,
        sync::{Hash, Have, SyncMessage, Version},
    },
};
use tokio::time::Instant;

use super::{
    PAGE, Room, Told,
    peers::{Asks, Link},
};
use crate::{
    live::{
        hub::{Hub, Key},
        outbound::Frame,
    },
    metrics::SyncPath,
    store::{
        StoreError,
        log::{self, Snapshot},
    },
};

/// With this many changes or fewer, they are sent one by one.
const FEW: usize = 64;
/// Heads one peer may be asked for.
const ASKED: usize = 1024;
/// Pieces of the log read one by one; beyond that it is read in one go.
const PIECES: usize = 32;

/// An answer made beside the room's task.
pub(super) struct Answer {
    key: Key,
    /// The number of changes its receiver then has.
    upto: Index,
    frame: Frame,
    /// It holds the whole document, and names nobody.
    whole: bool,
}

/// What an answer says beside the changes.
struct Envelope {
    node: String,
    target: String,
    document: DocumentId,
    name: String,
    heads: Vec<Hash>,
    have: Vec<Have>,
    v2: bool,
}

/// The whole document, encoded for whoever asks next with Atelier's own client.
pub(super) struct Encoded {
    upto: Index,
    frame: Frame,
    until: Instant,
}

/// The heads of a snapshot, without loading it.
pub(super) fn heads_of(snapshot: &Snapshot) -> Option<Vec<Hash>> {
    let mut heads = document_heads(&chunks(&snapshot.bytes, 0).next()?.ok()?)?;
    heads.sort_unstable();
    Some(heads)
}

impl Room {
    /// Answers every peer that waits and has nothing of its own on the way to disk.
    pub(super) fn answer_asks(&mut self) {
        if self.mend.is_some() {
            return;
        }
        let waiting: Vec<Key> = self
            .peers
            .iter()
            .filter(|(_, peer)| peer.asks.is_some() && peer.link != Link::Answering)
            .map(|(key, _)| *key)
            .collect();
        for key in waiting {
            let in_flight = self.in_flight.iter().flat_map(|batch| batch.changes());
            if self.pending.iter().chain(in_flight).chain(&self.again).any(|pending| pending.is_from(key)) {
                continue;
            }
            self.answer(key);
        }
    }

    fn answer(&mut self, key: Key) {
        let Some(peer) = self.peers.get_mut(&key) else { return };
        let Some(Asks { heads, need }) = peer.asks.take() else { return };
        if heads == self.heads && need.is_empty() {
            peer.link = Link::InSync;
            self.hub.metrics().answered(SyncPath::Nothing);
            let Some(peer) = self.peers.get(&key) else { return };
            return peer.outbound.answer(self.edit_frame(peer, &[]));
        }
        peer.being_answered = Some(Asks { heads: heads.clone(), need: need.clone() });
        let Some(ledger) = &self.ledger else {
            if heads.is_empty() && need.is_empty() || self.aside.is_some() {
                return self.answer_whole(key);
            }
            peer.asks = Some(Asks { heads, need });
            return self.ask_ledger();
        };
        let unknown: Vec<Hash> = heads
            .iter()
            .filter(|head| ledger.find(head).is_none() && !peer.refused.contains(*head) && !peer.asked.contains(*head))
            .copied()
            .collect();
        if !unknown.is_empty() && !peer.atelier && peer.asked.len() + unknown.len() <= ASKED {
            return self.ask(key, unknown);
        }
        let stored = |index: &Index| *index < self.stored;
        let known: Vec<Index> =
            heads.iter().filter_map(|head| ledger.find(head)).chain(peer.has.iter().copied()).filter(stored).collect();
        if known.is_empty() {
            return self.answer_whole(key);
        }
        let mut lacks = ledger.outside(&known, self.stored).changes;
        lacks.extend(need.iter().filter_map(|hash| ledger.find(hash)).filter(stored));
        lacks.sort_unstable();
        lacks.dedup();
        if lacks.len() > FEW && lacks.len() > self.stored as usize / 3 && peer.reads_v2 {
            return self.answer_whole(key);
        }
        self.send_places(key, lacks);
    }

    /// Sends a peer the changes at these places, after which it is in step.
    pub(super) fn send_places(&mut self, key: Key, places: Vec<Index>) {
        let Some(peer) = self.peers.get_mut(&key) else { return };
        let at_hand: Option<Vec<Bytes>> = places.iter().map(|index| self.recent.get(*index).cloned()).collect();
        if let Some(changes) = at_hand {
            peer.link = Link::InSync;
            self.hub.metrics().answered(if changes.is_empty() { SyncPath::Nothing } else { SyncPath::AtHand });
            peer.being_answered = None;
            let Some(peer) = self.peers.get(&key) else { return };
            let changes: Vec<&[u8]> = changes.iter().map(|bytes| &**bytes).collect();
            return peer.outbound.answer(self.edit_frame(peer, &changes));
        }
        peer.link = Link::Answering;
        self.hub.metrics().answered(SyncPath::Log);
        let Some(envelope) = self.envelope(key) else { return };
        let (hub, upto) = (self.hub.clone(), self.stored);
        let work = async move {
            let made = read_changes(&hub, envelope.document, &places).await.map(|changes| {
                let changes: Vec<&[u8]> = changes.iter().map(Vec::as_slice).collect();
                Answer { key, upto, frame: envelope.frame(&changes), whole: false }
            });
            Told::Answer(made)
        };
        self.help(work, |broke| Told::Answer(Err(broke)));
    }

    /// Asks a stock peer for what it has and we do not; it answers with that and its heads, which are then known.
    fn ask(&mut self, key: Key, unknown: Vec<Hash>) {
        let (Some(peer), Some(ledger)) = (self.peers.get_mut(&key), &self.ledger) else { return };
        let message = SyncMessage {
            version: Version::V1,
            heads: self.heads.clone(),
            need: unknown.clone(),
            have: vec![Have { last_sync: Vec::new(), bloom: Bloom::of(ledger.hashes(self.stored)) }],
            changes: Vec::new(),
            flags: None,
        };
        self.hub.metrics().answered(SyncPath::Asked);
        peer.asked.extend(unknown);
        peer.link = Link::Apart;
        let frame = sync_frame(self.hub.name(), &peer.who.peer, &self.name, &message.encode());
        peer.outbound.answer(Frame::new(&frame));
    }

    fn answer_whole(&mut self, key: Key) {
        let Some(peer) = self.peers.get_mut(&key) else { return };
        if let Some(whole) = &self.whole
            && whole.upto == self.stored
            && peer.atelier
        {
            peer.link = Link::InSync;
            self.hub.metrics().answered(SyncPath::Snapshot);
            return peer.outbound.answer(whole.frame.clone());
        }
        let at_hand = self.recent.since(0).filter(|changes| changes.len() <= FEW);
        if let Some(changes) = at_hand {
            peer.link = Link::InSync;
            self.hub.metrics().answered(SyncPath::AtHand);
            let Some(peer) = self.peers.get(&key) else { return };
            let changes: Vec<&[u8]> = changes.iter().map(|change| &*change.bytes).collect();
            return peer.outbound.answer(self.edit_frame(peer, &changes));
        }
        peer.link = Link::Answering;
        self.hub.metrics().answered(if peer.reads_v2 { SyncPath::Snapshot } else { SyncPath::Log });
        let whole = peer.atelier;
        let from_snapshot = self.aside.as_ref().is_none_or(|aside| aside.from_snapshot);
        let Some(envelope) = self.envelope(key) else { return };
        let (hub, upto) = (self.hub.clone(), self.stored);
        let work = async move {
            let from_snapshot = from_snapshot && envelope.v2;
            let made = read_whole(&hub, envelope.document, upto, from_snapshot).await.map(|pieces| {
                let pieces: Vec<&[u8]> = pieces.iter().map(Vec::as_slice).collect();
                Answer { key, upto, frame: envelope.frame(&pieces), whole }
            });
            Told::Answer(made)
        };
        self.help(work, |broke| Told::Answer(Err(broke)));
    }

    fn envelope(&self, key: Key) -> Option<Envelope> {
        let peer = self.peers.get(&key)?;
        Some(Envelope {
            node: self.hub.name().to_owned(),
            target: if peer.atelier { String::new() } else { peer.who.peer.clone() },
            document: self.document,
            name: self.name.clone(),
            heads: if peer.atelier { Vec::new() } else { self.heads.clone() },
            have: if peer.atelier { Vec::new() } else { vec![self.have_all()] },
            v2: peer.reads_v2,
        })
    }

    /// An answer is made: sends it, and what was stored since it was begun.
    pub(super) fn answered(&mut self, answer: Answer) {
        let Answer { key, upto, frame, whole } = answer;
        if whole {
            let until = Instant::now() + super::WHOLE;
            self.whole = Some(Encoded { upto, frame: frame.clone(), until });
        }
        let Some(peer) = self.peers.get_mut(&key).filter(|peer| peer.link == Link::Answering) else { return };
        peer.link = Link::InSync;
        peer.being_answered = None;
        peer.outbound.answer(frame);
        if upto < self.stored {
            self.send_places(key, (upto..self.stored).collect());
        }
        self.answer_asks();
    }

    /// Bytes of the whole document, kept encoded.
    pub(super) fn whole_weight(&self) -> usize {
        self.whole.as_ref().map_or(0, |whole| whole.frame.len())
    }

    pub(super) fn whole_until(&self) -> Option<Instant> {
        self.whole.as_ref().map(|whole| whole.until)
    }
}

impl Envelope {
    fn frame(self, changes: &[&[u8]]) -> Frame {
        let message = SyncMessage {
            version: if self.v2 { Version::V2 } else { Version::V1 },
            heads: self.heads,
            need: Vec::new(),
            have: self.have,
            changes: changes.to_vec(),
            flags: None,
        };
        Frame::new(&sync_frame(&self.node, &self.target, &self.name, &message.encode()))
    }
}

/// The snapshot and the changes after it, up to `upto`; every change when whole documents are not understood.
async fn read_whole(hub: &Hub, document: DocumentId, upto: Index, snapshot: bool) -> Result<Vec<Vec<u8>>, StoreError> {
    let mut tx = hub.db().read().await?;
    let mut pieces = Vec::new();
    let mut after = 0;
    if snapshot && let Some(saved) = log::snapshot(&mut tx, document).await? {
        after = saved.seq;
        pieces.push(saved.bytes);
    }
    while after < u64::from(upto) {
        let page = log::changes_between(&mut tx, document, after, u64::from(upto), PAGE).await?;
        let Some(last) = page.last() else { return Err(super::corrupt("a log with a gap")) };
        after = last.seq;
        pieces.extend(page.into_iter().map(|change| change.bytes));
    }
    Ok(pieces)
}

/// The changes at these places, in order.
async fn read_changes(hub: &Hub, document: DocumentId, places: &[Index]) -> Result<Vec<Vec<u8>>, StoreError> {
    // Places that follow one another are read together.
    let mut ranges: Vec<(u64, u64)> = Vec::new();
    for place in places {
        match ranges.last_mut() {
            Some((_, end)) if *end == u64::from(*place) => *end += 1,
            _ => ranges.push((u64::from(*place), u64::from(*place) + 1)),
        }
    }
    if let (true, Some(first), Some(last)) = (ranges.len() > PIECES, ranges.first(), ranges.last()) {
        ranges = vec![(first.0, last.1)];
    }
    let mut tx = hub.db().read().await?;
    let mut changes = Vec::with_capacity(places.len());
    for (mut after, end) in ranges {
        while after < end {
            let page = log::changes_between(&mut tx, document, after, end, PAGE).await?;
            let Some(last) = page.last() else { return Err(super::corrupt("a log with a gap")) };
            after = last.seq;
            let wanted = |seq: u64| Index::try_from(seq - 1).is_ok_and(|place| places.binary_search(&place).is_ok());
            changes.extend(page.into_iter().filter(|change| wanted(change.seq)).map(|change| change.bytes));
        }
    }
    Ok(changes)
}

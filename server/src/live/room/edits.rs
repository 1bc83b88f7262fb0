//! The path of an edit: identify, permit, verify, store; then acknowledge and pass on.

use std::{collections::HashSet, sync::atomic::Ordering, time::Duration};

use shared::{
    PersonId,
    api::Millis,
    live::{
        change::Change,
        chunk::{Kind, chunks},
        codec::sync_frame,
        guard::{Arrived, CHANGE, Inbound},
        ledger::{Author, Fit},
        message::{FromServer, RejectCode},
        permit::Rights,
        sync::{Hash, Have, SyncMessage, Version},
    },
};
use tokio::{sync::oneshot, time::Instant};

use super::{
    Room,
    judge::{self, Refused, Verdict},
    mend::{self, Fault},
    peers::{Asks, Link, Peer},
    recent::Stored,
};
use crate::{
    domain::now,
    live::{committer::CommitError, hub::Key, outbound::Frame},
    store::log::NewChange,
};

/// Every batch costs a frame to each peer, whatever it holds; so after passing one on, a room gathers the next for as
/// long as that took, but no longer than this.
const LONGEST_REST: Duration = Duration::from_millis(5);
/// Changes that may wait for others they build on, per peer.
const WAITING: usize = 4096;

/// A change found fit.
#[derive(Debug)]
pub(super) struct Pending {
    arrived: Arrived,
    person: PersonId,
    /// What they might do when it was found fit.
    rights: Rights,
    /// Who waits for word that it is stored: who sent it, and sent it again on another connection.
    senders: Vec<Key>,
}

/// Changes on their way to disk.
#[derive(Debug)]
pub(super) struct InFlight {
    changes: Vec<Pending>,
    /// When they are stored.
    stored_at: Millis,
    /// Nothing once it has ended.
    pub(super) done: Option<oneshot::Receiver<Result<(), CommitError>>>,
}

/// What became of the changes of a message.
#[derive(Clone, Copy, Debug, Default)]
struct News {
    new: bool,
    refused: bool,
}

impl Room {
    /// A sync message of a peer.
    pub(super) fn sync(&mut self, key: Key, inbound: Inbound) {
        let is_plain = inbound.changes.is_empty() && inbound.need.is_empty();
        let needs_ledger = !is_plain || !(inbound.heads.is_empty() || inbound.heads == self.heads);
        let lacks_ledger = needs_ledger && self.ledger.is_none() && self.aside.is_none();
        if lacks_ledger || self.mend.is_some() || !self.deferred.is_empty() {
            self.waiting += size(&inbound);
            self.deferred.push_back((key, inbound));
            return self.ask_ledger();
        }
        self.sync_now(key, inbound);
    }

    /// A sync message of a peer, when everything is here to work on it.
    pub(super) fn sync_now(&mut self, key: Key, inbound: Inbound) {
        let Some(peer) = self.peers.get_mut(&key) else { return };
        peer.reads_v2 |= inbound.reads_v2;
        let first = peer.link == Link::Apart && peer.asks.is_none();
        let news = self.take(key, inbound.changes);
        let Some(peer) = self.peers.get_mut(&key) else { return };
        let quiet = if self.aside.is_some() {
            // What cannot be read any more may be among what the peer has.
            !first && !inbound.reset && (news.refused || !peer.atelier)
        } else if peer.atelier {
            // Ours says hello with its heads, and from then on sends only changes.
            !first && (news.new || news.refused)
        } else {
            // An edit, or the acknowledgement a stock peer sends for everything; answering those would never end.
            let expected = |head: &Hash| {
                let known = self.ledger.as_ref().is_some_and(|ledger| ledger.find(head).is_some());
                known || peer.refused.contains(head) || peer.asked.contains(head)
            };
            let heads_expected = inbound.heads == self.heads || inbound.heads.iter().all(expected);
            let lost_all = inbound.heads.is_empty();
            !first
                && heads_expected
                && !lost_all
                && inbound.need.is_empty()
                && !inbound.reset
                && peer.waiting.is_empty()
        };
        if quiet {
            return;
        }
        if peer.link == Link::InSync {
            peer.link = Link::Apart;
        }
        peer.asks = Some(Asks { heads: inbound.heads, need: inbound.need });
        self.answer_asks();
    }

    /// Takes changes of a peer as far as they are fit.
    fn take(&mut self, key: Key, arrived: Vec<Arrived>) -> News {
        let mut news = News::default();
        let Some(peer) = self.peers.get_mut(&key) else { return news };
        let mut queue = std::mem::take(&mut peer.waiting);
        queue.extend(arrived);
        let mut known = Vec::new();
        // A change may come before those it builds on; go over them until none gets any further.
        loop {
            let before = queue.len();
            let mut early = Vec::new();
            for arrived in queue {
                match self.judge(key, &arrived) {
                    Verdict::Fit(fit) => {
                        news.new = true;
                        self.add(key, arrived, *fit);
                    }
                    Verdict::Known { stored: true } => known.push(arrived.hash),
                    Verdict::Known { stored: false } => self.also_acknowledge(key, arrived.hash),
                    Verdict::Early => early.push(arrived),
                    Verdict::Refused(refused) => {
                        news.refused = true;
                        self.refuse(key, &arrived, &refused);
                    }
                }
            }
            queue = early;
            if queue.is_empty() || queue.len() == before {
                break;
            }
        }
        let Some(peer) = self.peers.get_mut(&key) else { return news };
        if peer.atelier || queue.len() > WAITING {
            // Ours sends its changes in order, so what these build on will not come.
            news.refused |= !queue.is_empty();
            for arrived in queue {
                let refused = Refused::new(RejectCode::Orphan, "it builds on a change that is not here");
                self.refuse(key, &arrived, &refused);
            }
        } else {
            peer.waiting = queue;
        }
        if let Some(peer) = self.peers.get(&key)
            && peer.atelier
            && !known.is_empty()
        {
            peer.send(&FromServer::Stored { document: self.document, hashes: known });
        }
        news
    }

    /// Makes a change that was judged fit part of what is to be stored.
    fn add(&mut self, key: Key, arrived: Arrived, fit: Fit) {
        let (Some(peer), Some(ledger)) = (self.peers.get(&key), &mut self.ledger) else { return };
        let Some(person) = peer.who.person.as_ref().map(|person| person.id) else { return };
        let rights = peer.rights;
        ledger.add(fit);
        self.waiting += arrived.bytes.len();
        self.pending.push(Pending { arrived, person, rights, senders: vec![key] });
    }

    /// Takes in again a change that was fit before the room was made anew; or says why not.
    pub(super) fn fit_again(&mut self, pending: Pending) -> Result<(), Box<(Pending, Refused)>> {
        let Some(ledger) = &mut self.ledger else { return Err(Box::new((pending, mend::set_aside()))) };
        let author = Author { person: pending.person, rights: pending.rights };
        match judge::check(ledger, &pending.arrived, &author) {
            Ok(fit) => {
                ledger.add(fit);
                self.waiting += pending.size();
                self.pending.push(pending);
                Ok(())
            }
            Err(unfit) => Err(Box::new((pending, unfit.into()))),
        }
    }

    fn also_acknowledge(&mut self, key: Key, hash: Hash) {
        let in_flight = self.in_flight.iter_mut().flat_map(|batch| &mut batch.changes);
        let mut waiting = self.pending.iter_mut().chain(in_flight);
        if let Some(pending) = waiting.find(|pending| pending.arrived.hash == hash)
            && !pending.senders.contains(&key)
        {
            pending.senders.push(key);
        }
    }

    /// Gives what is pending to the committer, unless a commit is under way or has just been.
    pub(super) fn submit(&mut self) -> Result<(), Fault> {
        if self.submit_due().is_none_or(|due| Instant::now() < due) {
            return Ok(());
        }
        let stored_at = now();
        let rows = self
            .pending
            .iter()
            .zip(u64::from(self.stored) + 1..)
            .map(|(pending, seq)| NewChange {
                document: self.document,
                seq,
                hash: pending.arrived.hash,
                actor: pending.arrived.actor.clone(),
                person: pending.person,
                bytes: pending.arrived.bytes.clone(),
                stored_at,
            })
            .collect();
        let done = self.hub.committer().commit(rows);
        self.in_flight = Some(InFlight { changes: std::mem::take(&mut self.pending), stored_at, done: Some(done) });
        Ok(())
    }

    /// When the next commit may begin, if there is something for it.
    pub(super) fn submit_due(&self) -> Option<Instant> {
        let due = !self.pending.is_empty() && self.in_flight.is_none() && self.mend.is_none();
        due.then_some(self.paced)
    }

    /// The commit under way has ended. When it failed, so does the room: what it believes is not what is stored.
    pub(super) fn committed(&mut self, outcome: Result<(), CommitError>) -> Result<(), Fault> {
        let Some(in_flight) = &mut self.in_flight else { return Ok(()) };
        in_flight.done = None;
        if self.mend.is_some() {
            // The log says what became of it.
            return Ok(());
        }
        outcome.map_err(Fault::Commit)?;
        let mut bytes = 0;
        for pending in &in_flight.changes {
            replace_heads(&mut self.heads, pending.arrived.hash, &pending.arrived.deps);
            self.recent.push(Stored { bytes: pending.arrived.bytes.clone(), at: in_flight.stored_at });
            self.stored += 1;
            bytes += pending.size();
            #[cfg(test)]
            super::tests::trap(self.document);
        }
        self.mirror.stored(self.stored);
        self.held.ahead.store(self.mirror.ahead(), Ordering::Relaxed);
        let began = Instant::now();
        if let Some(in_flight) = &self.in_flight {
            self.fan_out(&in_flight.changes);
        }
        self.passed_on = self.stored;
        self.in_flight = None;
        self.waiting = self.waiting.saturating_sub(bytes);
        self.trouble = None;
        let now = Instant::now();
        self.paced = now + (now - began).min(LONGEST_REST);
        self.answer_asks();
        Ok(())
    }

    /// Acknowledges to the senders, and passes on to everybody who has all that came before: the changes are encoded once.
    fn fan_out(&self, changes: &[Pending]) {
        let senders: HashSet<Key> = changes.iter().flat_map(|pending| &pending.senders).copied().collect();
        let all: Vec<&[u8]> = changes.iter().map(|pending| &*pending.arrived.bytes).collect();
        let mut ours = None;
        let mut stock = [None, None];
        for (key, peer) in &self.peers {
            if !senders.contains(key) {
                if peer.link == Link::InSync && peer.atelier {
                    let frame = ours.get_or_insert_with(|| self.edit_frame(peer, &all));
                    peer.outbound.push(frame.clone());
                } else if peer.link == Link::InSync {
                    let at = usize::from(peer.reads_v2);
                    let data = stock[at].get_or_insert_with(|| self.edit_data(peer, &all));
                    peer.outbound.push(self.frame_to(peer, data));
                }
                continue;
            }
            let (own, others): (Vec<_>, Vec<_>) = changes.iter().partition(|pending| pending.senders.contains(key));
            if peer.link == Link::InSync && !(peer.atelier && others.is_empty()) {
                let others: Vec<&[u8]> = others.iter().map(|pending| &*pending.arrived.bytes).collect();
                peer.outbound.push(self.edit_frame(peer, &others));
            }
            if peer.atelier {
                let hashes = own.iter().map(|pending| pending.arrived.hash).collect();
                let stored = FromServer::Stored { document: self.document, hashes };
                peer.outbound.push(Frame::of(&stored));
            }
        }
    }

    /// The frame that tells a peer in sync of these changes. Atelier's own clients share theirs.
    pub(super) fn edit_frame(&self, peer: &Peer, changes: &[&[u8]]) -> Frame {
        self.frame_to(peer, &self.edit_data(peer, changes))
    }

    /// Stock peers may ignore what does not name them.
    fn frame_to(&self, peer: &Peer, data: &[u8]) -> Frame {
        let target = if peer.atelier { "" } else { &peer.who.peer };
        Frame::new(&sync_frame(self.hub.name(), target, &self.name, data))
    }

    fn edit_data(&self, peer: &Peer, changes: &[&[u8]]) -> Vec<u8> {
        let message = SyncMessage {
            version: if peer.reads_v2 { Version::V2 } else { Version::V1 },
            // Ours knows by itself what follows from the changes.
            heads: if peer.atelier { Vec::new() } else { self.heads.clone() },
            need: Vec::new(),
            have: if peer.atelier { Vec::new() } else { vec![self.have_all()] },
            changes: changes.to_vec(),
            flags: None,
        };
        message.encode()
    }

    /// Tells a stock peer that all it need send is what comes after our heads.
    pub(super) fn have_all(&self) -> Have {
        Have { last_sync: self.heads.clone(), ..Have::default() }
    }
}

/// Reads a change chunk of our own log.
pub(in crate::live) fn with_change<T>(bytes: &[u8], read: impl FnOnce(&Change<'_>) -> T) -> Option<T> {
    let chunk = chunks(bytes, CHANGE).next()?.ok()?;
    if chunk.kind != Kind::Change {
        return None;
    }
    Change::parse(&chunk).ok().map(|change| read(&change))
}

/// The heads after one more change of our own log.
pub(super) fn advance(heads: &mut Vec<Hash>, bytes: &[u8]) -> Option<()> {
    with_change(bytes, |change| replace_heads(heads, change.hash, &change.deps))
}

fn replace_heads(heads: &mut Vec<Hash>, hash: Hash, deps: &[Hash]) {
    heads.retain(|head| !deps.contains(head));
    if let Err(at) = heads.binary_search(&hash) {
        heads.insert(at, hash);
    }
}

impl Pending {
    /// Whether this peer waits for word that it is stored.
    pub(super) fn is_from(&self, key: Key) -> bool {
        self.senders.contains(&key)
    }

    /// Who waits for word that it is stored.
    pub(super) fn senders(&self) -> &[Key] {
        &self.senders
    }

    pub(super) fn arrived(&self) -> &Arrived {
        &self.arrived
    }

    pub(super) fn hash(&self) -> Hash {
        self.arrived.hash
    }

    /// Its bytes.
    pub(super) fn size(&self) -> usize {
        self.arrived.bytes.len()
    }
}

/// The bytes of changes in a message.
pub(super) fn size(inbound: &Inbound) -> usize {
    inbound.changes.iter().map(|change| change.bytes.len()).sum()
}

impl InFlight {
    /// The changes on their way.
    pub(super) fn changes(&self) -> &[Pending] {
        &self.changes
    }

    pub(super) fn into_changes(self) -> Vec<Pending> {
        self.changes
    }
}

//! What a room holds in memory, and letting go of it when all rooms together hold too much.

use std::sync::atomic::{AtomicU32, AtomicU64, AtomicUsize, Ordering};

use super::{Room, peers::Link};
use crate::store::{StoreError, log};

/// What every room holds, and what each peer adds to that.
const ROOM: usize = 2048;
const PEER: usize = 1024;
/// What a change adds to a ledger, until that is weighed again.
const CHANGE: usize = 192;
/// After so many more changes a ledger is weighed again.
const AGAIN: u32 = 1024;
/// A difference in weight that is worth telling.
const WORTH: usize = 1024;

/// What the rooms of a node know of one of them.
#[derive(Debug, Default)]
pub struct Held {
    /// Bytes it holds, about.
    pub(in crate::live) bytes: AtomicUsize,
    /// When somebody last did something in it, in milliseconds of the hub's clock.
    pub(in crate::live) used: AtomicU64,
    /// The number of changes stored that the facts do not reflect yet.
    pub(in crate::live) ahead: AtomicU32,
}

/// What a ledger weighed, and with how many changes.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Weighed {
    bytes: usize,
    changes: u32,
}

impl Room {
    /// Says how much it holds, and how far ahead of the facts it is.
    pub(super) fn weigh(&mut self) {
        self.held.ahead.store(self.mirror.ahead(), Ordering::Relaxed);
        let ledger = match &self.ledger {
            Some(ledger) => {
                if ledger.len() >= self.weighed.changes + AGAIN || self.weighed.bytes == 0 {
                    self.weighed = Weighed { bytes: ledger.weight(), changes: ledger.len() };
                }
                self.weighed.bytes + (ledger.len() - self.weighed.changes) as usize * CHANGE
            }
            None => {
                self.weighed = Weighed::default();
                0
            }
        };
        let held = ROOM
            + self.peers.len() * PEER
            + ledger
            + self.mirror.weight()
            + self.recent.weight()
            + self.whole_weight()
            + self.waiting;
        if held.abs_diff(self.held.bytes.load(Ordering::Relaxed)) >= WORTH {
            self.hub.weigh(&self.held, held);
        }
    }

    /// Somebody does something here.
    pub(super) fn is_used(&self) {
        self.held.used.store(self.hub.clock(), Ordering::Relaxed);
    }

    /// Lets go of everything that can be read again, unless the room is at work. With nobody in it, it ends.
    pub(super) fn unload(&mut self) {
        let waits = |peer: &super::Peer| peer.asks.is_some() || peer.link == Link::Answering;
        let reads_ledger = self.ledger_asked && self.ledger.is_none();
        let at_work = self.mend.is_some()
            || self.aside.is_some()
            || reads_ledger
            || !self.has_stored_all()
            || !self.mirror.is_idle()
            || self.peers.values().any(|peer| waits(peer));
        if at_work {
            // So that it may do so the next time.
            self.mirror.hurry();
            return;
        }
        self.ledger = None;
        self.ledger_asked = false;
        self.whole = None;
        self.recent.begin_at(self.stored);
        self.mirror.let_go();
        self.save_tip();
        self.hub.metrics().rooms_unloaded.increment(1);
        self.may_end = self.peers.is_empty();
    }

    /// Keeps the heads, so that the next room of this document need not read the log to know them.
    pub(super) fn save_tip(&mut self) {
        if self.aside.is_some() || self.mend.is_some() || self.tip >= self.stored {
            return;
        }
        self.tip = self.stored;
        let (hub, document) = (self.hub.clone(), self.document);
        let tip = log::Tip { seq: self.stored.into(), heads: self.heads.clone() };
        self.hub.spawn(async move {
            let saved: Result<(), StoreError> = async {
                let mut tx = hub.db().write().await?;
                log::save_tip(&mut tx, document, &tip).await?;
                tx.commit().await
            }
            .await;
            if let Err(error) = saved {
                tracing::warn!(%document, %error, "the end of a log is not kept");
            }
        });
    }
}

//! The way to a room, and what it is asked.

use std::sync::Arc;

use shared::live::guard::Inbound;
use tokio::sync::{mpsc, oneshot};

use super::{
    peers::{Fleeting, Footing, Peer},
    weight::Held,
};
use crate::live::hub::Key;

/// What a room is asked.
pub(super) enum Ask {
    Enter {
        key: Key,
        peer: Box<Peer>,
        answer: oneshot::Sender<bool>,
    },
    Sync {
        key: Key,
        inbound: Box<Inbound>,
    },
    Ephemeral {
        key: Key,
        fleeting: Box<Fleeting>,
    },
    Footing {
        key: Key,
        footing: Box<Footing>,
    },
    Leave {
        key: Key,
    },
    Settle {
        answer: oneshot::Sender<()>,
    },
    Look {
        answer: oneshot::Sender<()>,
    },
    Reload,
    Withdraw,
    Unload,
    #[cfg(test)]
    Break(super::tests::Break),
}

/// The way to a room.
#[derive(Clone, Debug)]
pub struct RoomHandle {
    pub(super) asks: mpsc::Sender<Ask>,
    held: Arc<Held>,
}

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
    pub(super) fn new(asks: mpsc::Sender<Ask>, held: Arc<Held>) -> Self {
        Self { asks, held }
    }

    /// What is known of the room without asking it.
    pub(in crate::live) fn held(&self) -> &Held {
        &self.held
    }

    /// Lets go of what can be read again; ends when nobody is in it. Not when it is at work.
    pub(in crate::live) fn unload(&self) {
        // One whose inbox is full is at work.
        let _ = self.asks.try_send(Ask::Unload);
    }

    /// Whether the room has ended.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.asks.is_closed()
    }

    /// A peer enters.
    pub async fn enter(&self, key: Key, peer: Peer) -> Opened {
        let (answer, entered) = oneshot::channel();
        if self.asks.send(Ask::Enter { key, peer: Box::new(peer), answer }).await.is_err() {
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
        self.asks.send(Ask::Sync { key, inbound: Box::new(inbound) }).await.is_ok()
    }

    /// Something fleeting from a peer, for the others.
    pub async fn ephemeral(&self, key: Key, fleeting: Fleeting) {
        let _ = self.asks.send(Ask::Ephemeral { key, fleeting: Box::new(fleeting) }).await;
    }

    /// Who a peer is, or what they may change, has changed.
    pub async fn footing(&self, key: Key, footing: Footing) {
        let _ = self.asks.send(Ask::Footing { key, footing: Box::new(footing) }).await;
    }

    /// A peer leaves.
    pub async fn leave(&self, key: Key) {
        let _ = self.asks.send(Ask::Leave { key }).await;
    }

    /// Waits until the facts follow what is stored by now.
    pub(in crate::live) async fn look(&self) {
        let (answer, looked) = oneshot::channel();
        if self.asks.send(Ask::Look { answer }).await.is_ok() {
            let _ = looked.await;
        }
    }

    /// Something about the document was changed beside the room: it reads everything again.
    pub async fn reload(&self) {
        let _ = self.asks.send(Ask::Reload).await;
    }

    /// The document is gone: everybody in the room is told, and it ends.
    pub(in crate::live) async fn withdraw(&self) {
        let _ = self.asks.send(Ask::Withdraw).await;
    }

    /// Waits until everything the room was given before is stored or refused.
    pub async fn settle(&self) {
        let (answer, settled) = oneshot::channel();
        if self.asks.send(Ask::Settle { answer }).await.is_ok() {
            let _ = settled.await;
        }
    }
}

//! What waits to be sent to one peer: bounded, so that who does not read cannot fill the server.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use bytes::Bytes;
use tokio::sync::Notify;

/// Bytes that may wait for one peer, beside the answers it asked for.
const WAITING: usize = 4 * 1024 * 1024;
/// When this much waits, fleeting messages are left out.
const FLEETING: usize = 256 * 1024;

/// Why a connection is closed, as the peer is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Close {
    /// The WebSocket close code.
    pub code: u16,
    /// In English.
    pub reason: String,
}

impl Close {
    /// The peer went away or says goodbye.
    pub const GOODBYE: u16 = 1000;
    /// The frame is not a message of the protocol, or one that may not be sent.
    pub const PROTOCOL: u16 = 1002;
    /// The session ended, or something is done that may not be.
    pub const POLICY: u16 = 1008;
    /// The frame is larger than allowed.
    pub const TOO_BIG: u16 = 1009;
    /// A fault of ours.
    pub const FAULT: u16 = 1011;
    /// The server restarts.
    pub const RESTART: u16 = 1012;
    /// Try again later: the peer did not read what it was sent.
    pub const LATER: u16 = 1013;

    /// A reason to close.
    #[must_use]
    pub fn new(code: u16, reason: impl Into<String>) -> Self {
        Self { code, reason: reason.into() }
    }
}

#[derive(Debug, Default)]
struct Queue {
    frames: VecDeque<Bytes>,
    /// Bytes of the frames, without answers.
    waiting: usize,
    close: Option<Close>,
}

/// The way to one peer. Clones lead to the same peer.
#[derive(Clone, Debug, Default)]
pub struct Outbound(Arc<(Mutex<Queue>, Notify)>);

/// What is to be sent now.
#[derive(Debug)]
pub enum Next {
    /// These frames.
    Frames(VecDeque<Bytes>),
    /// Nothing more: close.
    Close(Close),
}

impl Outbound {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sends a frame after those before it. A peer for whom too much waits is closed instead.
    pub fn push(&self, frame: Bytes) {
        let mut queue = self.queue();
        if queue.close.is_some() {
            return;
        }
        if queue.waiting + frame.len() > WAITING {
            queue.frames.clear();
            queue.close = Some(Close::new(Close::LATER, "you did not read fast enough; connect again"));
        } else {
            queue.waiting += frame.len();
            queue.frames.push_back(frame);
        }
        drop(queue);
        self.0.1.notify_one();
    }

    /// Sends what the peer asked for, however large.
    pub fn answer(&self, frame: Bytes) {
        let mut queue = self.queue();
        if queue.close.is_some() {
            return;
        }
        queue.frames.push_back(frame);
        drop(queue);
        self.0.1.notify_one();
    }

    /// Sends something fleeting, unless too much waits already.
    pub fn fleeting(&self, frame: Bytes) {
        if self.queue().waiting < FLEETING {
            self.push(frame);
        }
    }

    /// Closes the connection once what waits is sent.
    pub fn close(&self, close: Close) {
        let mut queue = self.queue();
        if queue.close.is_none() {
            queue.close = Some(close);
        }
        drop(queue);
        self.0.1.notify_one();
    }

    /// Whether it is closed, or about to be.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.queue().close.is_some()
    }

    /// What is to be sent next; waits until there is something. Losing the future loses nothing.
    pub async fn next(&self) -> Next {
        loop {
            {
                let mut queue = self.queue();
                if !queue.frames.is_empty() {
                    queue.waiting = 0;
                    return Next::Frames(std::mem::take(&mut queue.frames));
                }
                if let Some(close) = &queue.close {
                    return Next::Close(close.clone());
                }
            }
            self.0.1.notified().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn who_does_not_read_is_dropped_and_not_buffered() {
        let out = Outbound::default();
        let frame = Bytes::from(vec![0; 1024 * 1024]);
        out.answer(frame.clone());
        for _ in 0..4 {
            out.push(frame.clone());
        }
        assert!(!out.is_closed());
        out.fleeting(Bytes::from_static(b"caret"));
        assert_eq!(out.queue().frames.len(), 5);
        out.push(Bytes::from_static(b"one more"));
        assert!(out.is_closed());
        assert!(matches!(out.next().await, Next::Close(close) if close.code == Close::LATER));
    }

    #[tokio::test]
    async fn what_waits_is_sent_before_closing() {
        let out = Outbound::default();
        out.push(Bytes::from_static(b"last words"));
        out.close(Close::new(Close::RESTART, "restart"));
        out.push(Bytes::from_static(b"too late"));
        assert!(matches!(out.next().await, Next::Frames(frames) if frames.len() == 1));
        assert!(matches!(out.next().await, Next::Close(close) if close.code == Close::RESTART));
    }
}

//! The way to one peer: what is sent is written to its socket at once, by whoever has something to say; what the peer
//! is too slow for waits here, bounded, so that who does not read cannot fill the server.

use std::{
    collections::VecDeque,
    io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use bytes::{Buf as _, Bytes};
use shared::live::{codec::encode_server, message::FromServer};
use tokio::{
    net::tcp::OwnedWriteHalf,
    sync::Notify,
    time::{Instant, timeout_at},
};

use crate::{
    config::LiveLimits,
    metrics::{Limit, Metrics},
};

/// When this much waits, fleeting messages are left out.
const FLEETING: usize = 256 * 1024;
/// A peer that takes less than this in the time it has is not reading.
const PROGRESS: u64 = 16 * 1024;
/// How many times what may wait for a peer the answers it asked for may be, before it is closed: one large answer is
/// always sent, and a peer that asks without reading does not get far.
const ANSWERS: usize = 16;

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
    /// A text that is not UTF-8.
    pub const NOT_TEXT: u16 = 1007;
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

/// A WebSocket frame as it goes over the wire. A server's frames are not masked, so one serves every peer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame(Bytes);

impl Frame {
    /// Its bytes.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether it has none, which no frame is.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The frame of a binary message.
    #[must_use]
    pub fn new(message: &[u8]) -> Self {
        let mut bytes = Vec::with_capacity(message.len() + 10);
        // The last of its message, and binary.
        bytes.push(0x82);
        match (u8::try_from(message.len()), u16::try_from(message.len())) {
            (Ok(length @ ..126), _) => bytes.push(length),
            (_, Ok(length)) => {
                bytes.push(126);
                bytes.extend(length.to_be_bytes());
            }
            _ => {
                bytes.push(127);
                bytes.extend((message.len() as u64).to_be_bytes());
            }
        }
        bytes.extend(message);
        Self(bytes.into())
    }

    /// The frame of a message.
    #[must_use]
    pub fn of(message: &FromServer) -> Self {
        Self::new(&encode_server(message))
    }
}

#[derive(Debug, Default)]
struct Queue {
    wire: Option<Arc<OwnedWriteHalf>>,
    /// Each with how much of it counts as waiting: nothing, if it is an answer.
    frames: VecDeque<(Bytes, usize)>,
    /// Whether some of the first frame is sent already.
    begun: bool,
    waiting: usize,
    /// All bytes that wait, and how many of them the metrics know of.
    length: usize,
    shown: usize,
    /// Bytes that the peer's socket has taken, ever.
    taken: u64,
    close: Option<Close>,
}

/// What a queue can do next.
enum Step {
    /// Nothing waits.
    Rest,
    /// The peer takes nothing more for now, after the bytes it has taken.
    Blocked(Arc<OwnedWriteHalf>, u64),
    /// Everything is sent, and nothing more may be.
    Close(Close),
    /// The connection is gone.
    Gone,
}

/// The way to one peer. Clones lead to the same peer.
#[derive(Clone, Debug)]
pub struct Outbound(Arc<Way>);

#[derive(Debug)]
struct Way {
    queue: Mutex<Queue>,
    news: Notify,
    /// Told when enough was sent for more to be read.
    room: Notify,
    /// Bytes that may wait for the peer, beside the answers it asked for.
    waiting: usize,
    /// How long the peer may take nothing of what waits for it.
    stall: Duration,
    metrics: Metrics,
}

impl Queue {
    /// Writes as much as the peer takes.
    fn write(&mut self) -> Step {
        let Some(wire) = &self.wire else { return Step::Rest };
        while let Some((first, counts)) = self.frames.front_mut() {
            let written = match wire.try_write(first) {
                Ok(written) => written,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    return Step::Blocked(wire.clone(), self.taken);
                }
                Err(_) => return Step::Gone,
            };
            self.taken += written as u64;
            self.length -= written;
            self.begun = written < first.len();
            if self.begun {
                first.advance(written);
            } else {
                self.waiting -= *counts;
                self.frames.pop_front();
            }
        }
        self.close.clone().map_or(Step::Rest, Step::Close)
    }
}

impl Way {
    /// Tells the metrics how much waits now.
    fn show(&self, queue: &mut Queue) {
        if queue.length != queue.shown {
            #[allow(clippy::cast_precision_loss, reason = "no queue is that long")]
            self.metrics.outbound_bytes.increment(queue.length as f64 - queue.shown as f64);
            queue.shown = queue.length;
        }
    }
}

impl Drop for Way {
    fn drop(&mut self) {
        let queue = self.queue.get_mut().unwrap_or_else(PoisonError::into_inner);
        #[allow(clippy::cast_precision_loss, reason = "no queue is that long")]
        self.metrics.outbound_bytes.decrement(queue.shown as f64);
    }
}

impl Outbound {
    /// A way that is not connected yet.
    #[must_use]
    pub fn new(limits: &LiveLimits, metrics: Metrics) -> Self {
        let (queue, news, room) = (Mutex::default(), Notify::new(), Notify::new());
        Self(Arc::new(Way { queue, news, room, waiting: limits.waiting, stall: limits.stall(), metrics }))
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.0.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What was said so far, and what comes, goes out here.
    pub fn connect(&self, wire: OwnedWriteHalf) {
        self.queue().wire = Some(Arc::new(wire));
        self.0.news.notify_one();
    }

    /// Lets go of the socket. Nothing more is sent.
    pub fn hang_up(&self) {
        let mut queue = self.queue();
        queue.close.get_or_insert_with(|| Close::new(Close::GOODBYE, "goodbye"));
        (queue.wire, queue.frames, queue.length) = (None, VecDeque::new(), 0);
        self.0.show(&mut queue);
    }

    fn add(&self, mut queue: MutexGuard<'_, Queue>, bytes: Bytes, counts: bool) {
        let counts = if counts { bytes.len() } else { 0 };
        let was_empty = queue.frames.is_empty();
        queue.length += bytes.len();
        queue.frames.push_back((bytes, counts));
        queue.waiting += counts;
        // When something waits already, the connection's own task is at it.
        let rests = !was_empty || matches!(queue.write(), Step::Rest);
        self.0.show(&mut queue);
        if rests {
            return;
        }
        drop(queue);
        self.0.news.notify_one();
    }

    /// Sends a frame after those before it. A peer for whom too much waits is closed instead.
    pub fn push(&self, frame: Frame) {
        let queue = self.queue();
        if queue.close.is_some() {
            return;
        }
        if queue.waiting + frame.0.len() <= self.0.waiting {
            return self.add(queue, frame.0, true);
        }
        self.give_up(queue);
    }

    /// Sends what the peer asked for, however large. Only one for whom many such wait is closed instead.
    pub fn answer(&self, frame: Frame) {
        let queue = self.queue();
        if queue.close.is_some() {
            return;
        }
        if queue.length > self.0.waiting.saturating_mul(ANSWERS) {
            return self.give_up(queue);
        }
        self.add(queue, frame.0, false);
    }

    /// Drops what waits, and closes.
    fn give_up(&self, mut queue: MutexGuard<'_, Queue>) {
        // Half a frame would hide from the peer why it is closed.
        let keep = usize::from(queue.begun);
        queue.frames.truncate(keep);
        queue.waiting = queue.frames.iter().map(|(_, counts)| counts).sum();
        queue.length = queue.frames.iter().map(|(bytes, _)| bytes.len()).sum();
        queue.close = Some(Close::new(Close::LATER, "you did not read fast enough; connect again"));
        self.0.show(&mut queue);
        self.0.metrics.met(Limit::Waiting);
        drop(queue);
        self.0.news.notify_one();
    }

    /// Waits until little enough waits for the peer that it may say more: who asks without reading is not heard.
    pub async fn has_room(&self) {
        while self.queue().length > self.0.waiting {
            self.0.room.notified().await;
        }
    }

    /// Sends something fleeting, unless too much waits already.
    pub fn fleeting(&self, frame: Frame) {
        if self.queue().waiting < FLEETING {
            self.push(frame);
        }
    }

    /// Sends a frame of the WebSocket itself, such as the one that closes it. False when too much waits.
    pub(super) fn control(&self, bytes: &[u8]) -> bool {
        let queue = self.queue();
        let fits = queue.waiting + bytes.len() <= self.0.waiting + FLEETING;
        if fits {
            self.add(queue, Bytes::copy_from_slice(bytes), true);
        }
        fits
    }

    /// Closes the connection once what waits is sent.
    pub fn close(&self, close: Close) {
        self.queue().close.get_or_insert(close);
        self.0.news.notify_one();
    }

    /// Whether it is closed, or about to be.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.queue().close.is_some()
    }

    /// Sends what waits whenever the peer takes more, until it is to be closed: then why, with nothing left to send;
    /// nothing when the connection broke off, or the peer has taken nothing for long.
    pub async fn drive(&self) -> Option<Close> {
        // How much was taken then, and until when more must be.
        let mut stalled: Option<(u64, Instant)> = None;
        loop {
            let step = {
                let mut queue = self.queue();
                let was_full = queue.length > self.0.waiting;
                let step = queue.write();
                self.0.show(&mut queue);
                if was_full && queue.length <= self.0.waiting {
                    self.0.room.notify_one();
                }
                step
            };
            match step {
                Step::Rest => {
                    stalled = None;
                    self.0.news.notified().await;
                }
                Step::Blocked(wire, taken) => {
                    let (_, until) = *match &mut stalled {
                        Some(since) if taken < since.0 + PROGRESS => since,
                        other => other.insert((taken, Instant::now() + self.0.stall)),
                    };
                    match timeout_at(until, wire.writable()).await {
                        Ok(Ok(())) => {}
                        Ok(Err(_)) => return None,
                        Err(_) => {
                            self.0.metrics.met(Limit::Stall);
                            return None;
                        }
                    }
                }
                Step::Close(close) => return Some(close),
                Step::Gone => return None,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::{
        io::AsyncReadExt as _,
        net::{TcpListener, TcpStream},
    };

    use super::*;

    /// A way to a peer, and what the peer reads from.
    async fn pair() -> (Outbound, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let (here, there) = tokio::join!(TcpStream::connect(address), listener.accept());
        let out = Outbound::new(&LiveLimits::default(), Metrics::default());
        let (_, wire) = here.expect("connected").into_split();
        wire.writable().await.expect("open");
        out.connect(wire);
        (out, there.expect("accepted").0)
    }

    #[test]
    fn a_frame_says_its_length() {
        for (length, head) in [
            (0, &[0x82, 0][..]),
            (125, &[0x82, 125]),
            (126, &[0x82, 126, 0, 126]),
            (65_535, &[0x82, 126, 0xff, 0xff]),
            (65_536, &[0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0]),
        ] {
            let Frame(bytes) = Frame::new(&vec![7; length]);
            assert_eq!((&bytes[..head.len()], bytes.len()), (head, head.len() + length));
        }
    }

    #[tokio::test]
    async fn who_does_not_read_is_dropped_and_not_buffered() {
        let (out, _peer) = pair().await;
        let frame = Frame::new(&vec![0; 1024 * 1024]);
        // What the network itself holds is not ours to bound.
        while out.queue().frames.is_empty() {
            out.answer(frame.clone());
        }
        let in_answers = out.queue().frames.len();
        for _ in 0..3 {
            out.push(frame.clone());
        }
        assert!(!out.is_closed());
        out.fleeting(Frame::new(b"caret"));
        assert_eq!(out.queue().frames.len(), in_answers + 3);
        out.push(frame);
        assert!(out.is_closed());
        assert!(out.queue().frames.len() <= 1, "only what is half sent stays");
    }

    #[tokio::test]
    async fn what_waits_is_sent_before_closing() {
        let (out, mut peer) = pair().await;
        let large = Frame::new(&vec![1; 3 * 1024 * 1024]);
        while out.queue().frames.is_empty() {
            out.answer(large.clone());
        }
        out.push(Frame::new(b"last words"));
        out.close(Close::new(Close::RESTART, "restart"));
        out.push(Frame::new(b"too late"));
        let reading = tokio::spawn(async move {
            let mut all = Vec::new();
            peer.read_to_end(&mut all).await.map(|_| all)
        });
        assert_eq!(out.drive().await, Some(Close::new(Close::RESTART, "restart")));
        out.hang_up();
        let all = reading.await.expect("ends").expect("reads");
        assert!(all.ends_with(b"\x82\x0alast words"));
        assert_eq!((all.len() - 12) % large.0.len(), 0, "whole frames, in order");
    }

    #[tokio::test]
    async fn what_is_said_before_the_socket_is_there_is_sent_first() {
        let out = Outbound::new(&LiveLimits::default(), Metrics::default());
        out.push(Frame::new(b"early"));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let (here, there) = tokio::join!(TcpStream::connect(address), listener.accept());
        out.connect(here.expect("connected").into_split().1);
        out.push(Frame::new(b"late"));
        out.close(Close::new(Close::GOODBYE, "goodbye"));
        assert_eq!(out.drive().await.map(|close| close.code), Some(Close::GOODBYE));
        out.hang_up();
        let mut all = Vec::new();
        there.expect("accepted").0.read_to_end(&mut all).await.expect("reads");
        assert_eq!(all, b"\x82\x05early\x82\x04late");
    }
}

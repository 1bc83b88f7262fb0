//! A light client for load that speaks to servers of Yjs: it applies nothing, and knows edits by a marker in their text.

use std::{
    collections::HashSet,
    net::SocketAddr,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail};
use futures_util::{SinkExt as _, StreamExt as _};
use tokio::{
    net::TcpStream,
    time::{timeout, timeout_at},
};
use tokio_tungstenite::{
    WebSocketStream, client_async_with_config,
    tungstenite::{Message, protocol::WebSocketConfig},
};

use crate::{
    live::PATIENCE,
    load::{Mark, Sent, Tally, Writing},
};

/// The length of a marker: a tilde, four digits of its client and seven of its edit.
const MARKER: usize = 12;
/// The name of the text.
const TEXT: &str = "body";
/// The messages of y-protocols, as both servers number them.
const SYNC: u64 = 0;
const AUTH: u64 = 2;
const SYNC_REPLY: u64 = 4;
const STEP_1: u64 = 0;
const STEP_2: u64 = 1;
const UPDATE: u64 = 2;
/// An item of text, and that something stands on its left.
const STRING: u8 = 4;
const HAS_ORIGIN: u8 = 0x80;

/// How a server frames the messages of y-protocols.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framing {
    /// As y-websocket does: the document is in the address.
    Plain,
    /// As Hocuspocus does: the name of the document comes first, and a token before anything else.
    Named,
}

/// The client.
#[derive(Debug)]
pub struct Yjs {
    socket: WebSocketStream<TcpStream>,
    prefix: Vec<u8>,
    client: u64,
    /// Characters written so far, and in the last edit.
    clock: u64,
    last: u64,
    edits: u32,
}

impl Yjs {
    /// Connects and waits for the document.
    ///
    /// # Errors
    /// When it does not come that far.
    pub async fn open(address: SocketAddr, framing: Framing, document: &str, client: u16) -> Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let config = WebSocketConfig::default().read_buffer_size(4096);
        let (socket, _) = client_async_with_config(format!("ws://{address}/{document}"), stream, Some(config)).await?;
        let mut prefix = Vec::new();
        if framing == Framing::Named {
            text(&mut prefix, document);
        }
        let mut yjs = Self { socket, prefix, client: u64::from(client) + 1, clock: 0, last: 0, edits: 0 };
        if framing == Framing::Named {
            // No token is asked for, but the message is.
            let mut auth = yjs.prefix.clone();
            auth.extend([AUTH as u8, 0, 0]);
            yjs.send(auth).await?;
        }
        yjs.say(STEP_1, &[0]).await?;
        timeout(PATIENCE, yjs.until_synchronised()).await.context("it never synchronises")??;
        Ok(yjs)
    }

    async fn until_synchronised(&mut self) -> Result<()> {
        loop {
            let frame = self.next().await?;
            let mut rest = frame.get(self.prefix.len()..).context("too short")?;
            let kind = number(&mut rest).context("a kind")?;
            if kind != SYNC && kind != SYNC_REPLY {
                continue;
            }
            match number(&mut rest).context("a step")? {
                // Nothing is here that is not there.
                STEP_1 => self.say(STEP_2, &[0, 0]).await?,
                STEP_2 => return Ok(()),
                _ => {}
            }
        }
    }

    /// Puts this text at the end of an empty document, in one update: Yjs keeps what one person wrote on end as one.
    ///
    /// # Errors
    /// When the server is gone.
    pub async fn fill(&mut self, content: &str) -> Result<()> {
        let update = self.insert(content, false);
        self.say(UPDATE, &update).await
    }

    /// Writes at the end of what it wrote, and notes when others' edits arrive, until a second after the end.
    ///
    /// # Errors
    /// When the server goes away.
    pub async fn run(mut self, writing: Option<Writing>, sent: Sent, end: Instant) -> Result<Tally> {
        let mut tally = Tally::default();
        let mut ticks = Writing::ticks(writing);
        let mut seen = HashSet::new();
        let until = tokio::time::Instant::from_std(end + Duration::from_secs(1));
        loop {
            tokio::select! {
                frame = timeout_at(until, self.next()) => {
                    let Ok(frame) = frame else { return Ok(tally) };
                    let (frame, now) = (frame?, Instant::now());
                    for mark in markers(&frame) {
                        // Some servers send back what one wrote.
                        if seen.insert(mark) {
                            tally.delays.extend(sent.since(&mark, now));
                        }
                    }
                },
                _ = ticks.tick(), if writing.is_some() => {
                    let Some(writing) = writing.filter(|_| Instant::now() < end) else { continue };
                    self.edits += 1;
                    let mut content = format!("~{:04x}{:07x}", self.client, self.edits);
                    let mark = mark(content.as_bytes());
                    content.extend(std::iter::repeat_n('o', writing.characters.saturating_sub(MARKER)));
                    let update = self.insert(&content, writing.replaces());
                    seen.insert(mark);
                    sent.add(mark);
                    self.say(UPDATE, &update).await?;
                }
            }
        }
    }

    /// Stays connected and reads nothing, until then.
    pub async fn stall(self, until: Instant) {
        tokio::time::sleep_until(until.into()).await;
        drop(self);
    }

    /// An update of Yjs, version 1: one item after the last one, which is deleted if it is replaced.
    fn insert(&mut self, content: &str, replace: bool) -> Vec<u8> {
        let mut update = vec![1, 1];
        put(&mut update, self.client);
        put(&mut update, self.clock);
        if let Some(left) = self.clock.checked_sub(1) {
            update.push(STRING | HAS_ORIGIN);
            put(&mut update, self.client);
            put(&mut update, left);
        } else {
            update.push(STRING);
            update.push(1);
            text(&mut update, TEXT);
        }
        text(&mut update, content);
        if replace && self.last > 0 {
            update.push(1);
            put(&mut update, self.client);
            update.push(1);
            put(&mut update, self.clock - self.last);
            put(&mut update, self.last);
        } else {
            update.push(0);
        }
        self.last = content.len() as u64;
        self.clock += self.last;
        update
    }

    async fn say(&mut self, step: u64, payload: &[u8]) -> Result<()> {
        let mut frame = self.prefix.clone();
        put(&mut frame, SYNC);
        put(&mut frame, step);
        put(&mut frame, payload.len() as u64);
        frame.extend(payload);
        self.send(frame).await
    }

    async fn send(&mut self, frame: Vec<u8>) -> Result<()> {
        Ok(self.socket.send(Message::Binary(frame.into())).await?)
    }

    async fn next(&mut self) -> Result<Vec<u8>> {
        loop {
            match self.socket.next().await.context("the connection ended")?? {
                Message::Binary(frame) => return Ok(frame.into()),
                Message::Close(close) => bail!("closed: {close:?}"),
                _ => {}
            }
        }
    }
}

fn markers(frame: &[u8]) -> impl Iterator<Item = Mark> {
    let found = frame.windows(MARKER).filter(|window| window[0] == b'~');
    found.filter(|window| window[1..].iter().all(u8::is_ascii_hexdigit)).map(mark)
}

fn mark(marker: &[u8]) -> Mark {
    let mut mark = Mark::default();
    mark.iter_mut().zip(marker.iter().take(MARKER)).for_each(|(to, from)| *to = *from);
    mark
}

/// Writes a number as lib0 does: seven bits at a time, the lowest first.
fn put(into: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        into.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    into.push(value as u8);
}

fn text(into: &mut Vec<u8>, content: &str) {
    put(into, content.len() as u64);
    into.extend(content.as_bytes());
}

fn number(from: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for shift in (0..63).step_by(7) {
        let (first, rest) = from.split_first()?;
        *from = rest;
        value |= u64::from(first & 0x7f) << shift;
        if first & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

//! A WebSocket over TCP: what comes is read within bounds, what goes out is queued within bounds, and closing follows
//! RFC 6455. Autobahn's cases are tried on it (see `docs/protocol.md`).

use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use futures_util::{SinkExt as _, StreamExt as _};
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, ReadBuf},
    net::{TcpStream, tcp::OwnedReadHalf},
    time::timeout,
};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{
        self, Message, Utf8Bytes,
        protocol::{CloseFrame, Role, WebSocketConfig},
    },
};

use super::outbound::{Close, Outbound};

/// Bytes read at a time. The reader clears as much memory before each time it looks.
const READ: usize = 4096;
/// How many times the largest message may be read before one is whole: a message may come in small pieces, but not in
/// pieces of nothing for ever.
const PIECES: usize = 8;
/// How long closing may take.
const CLOSE_WAIT: Duration = Duration::from_secs(1);

/// What is read comes from the peer; what the WebSocket itself has to say queues with all the rest.
struct Wire {
    read: OwnedReadHalf,
    outbound: Outbound,
    /// Bytes that may still come before something is whole.
    left: usize,
}

impl AsyncRead for Wire {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if self.left == 0 {
            return Poll::Ready(Err(io::ErrorKind::FileTooLarge.into()));
        }
        let before = buf.filled().len();
        let read = Pin::new(&mut self.read).poll_read(cx, buf);
        self.left = self.left.saturating_sub(buf.filled().len() - before);
        read
    }
}

impl AsyncWrite for Wire {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let taken = self.outbound.control(bytes);
        Poll::Ready(if taken { Ok(bytes.len()) } else { Err(io::ErrorKind::BrokenPipe.into()) })
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

/// What a peer said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// A binary message.
    Binary(Bytes),
    /// A text message.
    Text(Utf8Bytes),
    /// It asked whether we are there, or answered that it is.
    Alive,
    /// It ended the conversation, in one of these ways.
    End(End),
}

/// How a conversation ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// We close, and say why.
    Ours(Close),
    /// The peer closed; it gets its answer.
    Theirs,
    /// The connection is gone.
    Broken,
}

/// An open WebSocket.
pub struct Socket {
    stream: WebSocketStream<Wire>,
    outbound: Outbound,
    /// Bytes of a message, at most.
    frame: usize,
}

impl Socket {
    /// Opens one after the handshake, of which `read` is what was read too much. Messages may have `frame` bytes.
    pub async fn open(tcp: TcpStream, read: Bytes, outbound: Outbound, frame: usize) -> Self {
        let (half, write) = tcp.into_split();
        outbound.connect(write);
        let config =
            WebSocketConfig::default().read_buffer_size(READ).max_frame_size(Some(frame)).max_message_size(Some(frame));
        let wire = Wire { read: half, outbound: outbound.clone(), left: 0 };
        let stream = WebSocketStream::from_partially_read(wire, read.into(), Role::Server, Some(config)).await;
        Self { stream, outbound, frame }
    }

    /// The next thing the peer says. Nothing is lost when this is not waited for to the end.
    pub async fn next(&mut self) -> Heard {
        self.stream.get_mut().left = self.frame.saturating_mul(PIECES);
        match self.stream.next().await {
            Some(Ok(Message::Binary(message))) => Heard::Binary(message),
            Some(Ok(Message::Text(text))) => Heard::Text(text),
            Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => Heard::Alive,
            Some(Ok(Message::Close(_))) => Heard::End(End::Theirs),
            Some(Err(error)) => Heard::End(self.broken(&error)),
            None => Heard::End(End::Broken),
        }
    }

    /// What a failed read means.
    fn broken(&self, error: &tungstenite::Error) -> End {
        use tungstenite::{Error as E, error::ProtocolError};
        let too_big = || Close::new(Close::TOO_BIG, format!("a frame may have {} bytes at most", self.frame));
        match error {
            E::Protocol(ProtocolError::ResetWithoutClosingHandshake) => End::Broken,
            E::Capacity(_) => End::Ours(too_big()),
            E::Io(error) if error.kind() == io::ErrorKind::FileTooLarge => End::Ours(too_big()),
            E::Protocol(error) => End::Ours(Close::new(Close::PROTOCOL, format!("not a WebSocket frame: {error}"))),
            E::Utf8(_) => End::Ours(Close::new(Close::NOT_TEXT, "a text that is not UTF-8")),
            _ => End::Broken,
        }
    }

    /// Says something of the WebSocket itself, after all that waits. False when the connection is gone.
    pub async fn say(&mut self, message: Message) -> bool {
        self.stream.send(message).await.is_ok()
    }

    /// Ends the conversation: sends what waits, then the reason or the answer to the peer's, and lets go.
    pub async fn close(mut self, end: End) {
        let polite = end != End::Broken;
        let _ = timeout(CLOSE_WAIT, async {
            match end {
                End::Broken => {}
                End::Theirs => {
                    // The answer is made already, and goes out with this.
                    let _ = self.stream.flush().await;
                    self.outbound.close(Close::new(Close::GOODBYE, "goodbye"));
                    self.outbound.drive().await;
                }
                End::Ours(close) => self.tell(close).await,
            }
        })
        .await;
        self.outbound.hang_up();
        if polite {
            // Letting go while something is still coming would take our last words away with it.
            let read = &mut self.stream.get_mut().read;
            let _ = timeout(CLOSE_WAIT, async { while let Ok(1..) = read.read(&mut [0; READ]).await {} }).await;
        }
    }

    async fn tell(&mut self, close: Close) {
        self.outbound.close(close.clone());
        self.outbound.drive().await;
        let frame = CloseFrame { code: close.code.into(), reason: close.reason.into() };
        if self.stream.send(Message::Close(Some(frame))).await.is_err() {
            return;
        }
        self.outbound.drive().await;
        // The peer's own close ends the exchange; without it some would not see ours. After a fault it cannot be read.
        while let Some(Ok(_)) = self.stream.next().await {
            self.stream.get_mut().left = self.frame;
        }
    }
}

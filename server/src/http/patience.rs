//! How long the listener waits for those at the other end: bounded, and never at the cost of the others.

use std::{
    collections::BTreeMap,
    io::{self, IoSlice},
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, ready},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    time::{Instant, Sleep, sleep_until},
};
use tokio_util::sync::CancellationToken;

use crate::metrics::{Limit, Metrics};

/// How long an answer may wait for whoever asked to take some of it.
const STALL: Duration = Duration::from_secs(20);
/// How much counts as some.
const PROGRESS: usize = 16 * 1024;

/// A connection whose answers must be read.
pub struct Patient {
    tcp: TcpStream,
    metrics: Metrics,
    /// While it blocks: when patience ends, and what was taken since.
    blocked: Option<(Pin<Box<Sleep>>, usize)>,
}

impl Patient {
    /// Watches over a connection.
    #[must_use]
    pub fn new(tcp: TcpStream, metrics: Metrics) -> Self {
        Self { tcp, metrics, blocked: None }
    }

    /// The connection, which others now watch over.
    #[must_use]
    pub fn into_inner(self) -> TcpStream {
        self.tcp
    }

    fn wrote(&mut self, written: Poll<io::Result<usize>>, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        if let Poll::Ready(written) = written {
            if let (Some((_, taken)), Ok(more)) = (&mut self.blocked, &written) {
                *taken += more;
            }
            return Poll::Ready(written);
        }
        if self.blocked.as_ref().is_none_or(|(_, taken)| *taken >= PROGRESS) {
            self.blocked = Some((Box::pin(sleep_until(Instant::now() + STALL)), 0));
        }
        if let Some((end, _)) = &mut self.blocked {
            ready!(end.as_mut().poll(cx));
            self.metrics.met(Limit::Slow);
        }
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl AsyncRead for Patient {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let read = Pin::new(&mut self.tcp).poll_read(cx, buf);
        if buf.filled().len() > before {
            // What is asked now is another matter.
            self.blocked = None;
        }
        read
    }
}

impl AsyncWrite for Patient {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.tcp).poll_write(cx, bytes);
        self.wrote(written, cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.tcp).poll_write_vectored(cx, bytes);
        self.wrote(written, cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.tcp.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_shutdown(cx)
    }
}

/// The connections that have not sent the head of a first request: of too many, the longest silent is let go.
#[derive(Clone, Debug)]
pub struct Silent(Arc<Mutex<Waiting>>);

#[derive(Debug, Default)]
struct Waiting {
    most: usize,
    next: u64,
    /// By when they came.
    silent: BTreeMap<u64, CancellationToken>,
}

/// A connection that has not said anything yet, until it is dropped.
#[derive(Debug)]
pub struct Newcomer {
    silent: Silent,
    place: u64,
    /// Cancelled when it is to be let go.
    pub out: CancellationToken,
}

impl Silent {
    /// At most so many at once.
    #[must_use]
    pub fn new(most: usize) -> Self {
        Self(Arc::new(Mutex::new(Waiting { most, ..Waiting::default() })))
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A connection came. Says whether another had to go for it.
    pub fn enter(&self) -> (Newcomer, bool) {
        let mut waiting = self.lock();
        let (place, out) = (waiting.next, CancellationToken::new());
        waiting.next += 1;
        waiting.silent.insert(place, out.clone());
        let oldest = if waiting.silent.len() > waiting.most { waiting.silent.pop_first() } else { None };
        if let Some((_, out)) = &oldest {
            out.cancel();
        }
        (Newcomer { silent: self.clone(), place, out }, oldest.is_some())
    }

    /// Lets the longest silent go. False when there is none.
    pub fn thin(&self) -> bool {
        let oldest = self.lock().silent.pop_first();
        oldest.is_some_and(|(_, out)| {
            out.cancel();
            true
        })
    }
}

impl Newcomer {
    /// It has said something: it may stay.
    pub fn spoke(&self) {
        self.silent.lock().silent.remove(&self.place);
    }
}

impl Drop for Newcomer {
    fn drop(&mut self) {
        self.spoke();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_too_many_silent_ones_the_oldest_goes() {
        let silent = Silent::new(2);
        let (first, _) = silent.enter();
        let (second, went) = silent.enter();
        assert!(!went);
        first.spoke();
        let (third, went) = silent.enter();
        assert!(!went, "who spoke counts no longer");
        let (_fourth, went) = silent.enter();
        assert!(went && second.out.is_cancelled() && !third.out.is_cancelled() && !first.out.is_cancelled());
        drop(third);
        let (_fifth, went) = silent.enter();
        assert!(!went);
        assert!(silent.thin() && silent.thin() && !silent.thin());
    }
}

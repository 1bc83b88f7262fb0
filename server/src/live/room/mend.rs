//! A room that breaks is made anew from the log, and its peers do not notice: their connections, what they may do and how
//! far they are stay. Only who sent what broke it is hung up on, with a reason.
//!
//! What was on its way to disk is found in the log afterwards, or is judged again. See `docs/decisions/0008`.

use std::{any::Any, panic::AssertUnwindSafe, time::Duration};

use futures_util::FutureExt as _;
use shared::{
    DocumentId,
    live::message::{FromServer, RejectCode},
};
use tokio::{
    sync::mpsc,
    time::{Instant, sleep},
};

use super::{
    Room, Told, corrupt,
    edits::{InFlight, Pending},
    judge::Refused,
    load::{self, Read},
    peers::Link,
};
use crate::{
    live::{committer::CommitError, hub::Hub, outbound::Close},
    metrics::Panicked,
    panic::words,
    store::StoreError,
};

/// How long after a failure the log is read again; after each further one, twice as long.
const WAIT: Duration = Duration::from_millis(50);
/// But no longer than this.
const LONGEST_WAIT: Duration = Duration::from_secs(5);
/// When the database has refused for so long, a room lets its peers go: what they have not stored, they keep.
const GIVE_UP: Duration = Duration::from_secs(60);
/// Who opens a document waits no longer than this for a log that cannot be read.
const OPENING: Duration = Duration::from_secs(5);

/// Why a room broke.
#[derive(Debug, thiserror::Error)]
pub(super) enum Fault {
    /// A part of this program gave up.
    #[error("{0}")]
    Panic(String),
    /// The log could not be read, or does not hold what it should.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A commit failed: what the room believes is not what is stored.
    #[error(transparent)]
    Commit(CommitError),
}

/// A room about to be made anew.
#[derive(Debug)]
pub(super) struct Mend {
    /// When the log is read; nothing while it is being read.
    at: Option<Instant>,
    /// Set the document aside first, for this reason.
    aside: Option<String>,
}

/// Failures since something last went well.
#[derive(Debug)]
pub(super) struct Trouble {
    since: Instant,
    attempts: u32,
    last: Fault,
}

impl Fault {
    pub(super) fn panicked(panic: &(dyn Any + Send)) -> Self {
        Self::Panic(format!("a panic: {}", words(panic).unwrap_or("without a word")))
    }

    /// Whether it is about this document, rather than about the database.
    fn blames_document(&self) -> bool {
        match self {
            Self::Panic(_) => true,
            Self::Store(error) => matches!(error, StoreError::Corrupt(_) | StoreError::Taken(_)),
            Self::Commit(error) => error.is_conflict(),
        }
    }
}

fn wait(attempts: u32) -> Duration {
    WAIT.saturating_mul(1 << attempts.min(16)).min(LONGEST_WAIT)
}

/// Reads what a room begins with; nothing when there is no such document.
pub(super) async fn first_read(hub: &Hub, document: DocumentId) -> Result<Option<Read>, Fault> {
    let began = Instant::now();
    for attempts in 0.. {
        let fault = match AssertUnwindSafe(load::read(hub, document)).catch_unwind().await {
            Ok(Ok(read)) => return Ok(read),
            Ok(Err(error)) => Fault::Store(error),
            Err(panic) => Fault::panicked(&*panic),
        };
        tracing::warn!(%document, %fault, attempts, "a document could not be opened");
        if fault.blames_document()
            && let Some(failures) = hub.faults().note(document)
        {
            hub.set_aside(document, failures, &fault.to_string()).await?;
        }
        if began.elapsed() > OPENING || hub.stop().is_cancelled() {
            return Err(fault);
        }
        sleep(wait(attempts)).await;
    }
    Ok(None)
}

async fn read_again(hub: Hub, document: DocumentId, aside: Option<String>) -> Result<Option<Box<Read>>, StoreError> {
    if let Some(why) = aside {
        hub.set_aside(document, super::super::faults::FAILURES, &why).await?;
    }
    Ok(load::read(&hub, document).await?.map(Box::new))
}

impl Room {
    /// Does a piece of the room's work. When that breaks, the room is to be made anew.
    pub(super) fn guarded(&mut self, work: impl FnOnce(&mut Self) -> Result<(), Fault>) {
        let fault = match std::panic::catch_unwind(AssertUnwindSafe(|| work(self))) {
            Ok(Ok(())) => return self.working.clear(),
            Ok(Err(fault)) => fault,
            Err(panic) => Fault::panicked(&*panic),
        };
        self.broke(fault);
    }

    /// Runs a helper beside the room's task. It says how it went even when it breaks.
    pub(super) fn help(&self, work: impl Future<Output = Told> + Send + 'static, broke: fn(StoreError) -> Told) {
        let tell = self.tell.clone();
        self.hub.spawn(async move {
            let told = AssertUnwindSafe(work).catch_unwind().await;
            let told = told.unwrap_or_else(|panic| broke(corrupt(&Fault::panicked(&*panic).to_string())));
            let _ = tell.send(Box::new(told));
        });
    }

    fn broke(&mut self, fault: Fault) {
        let document = self.document;
        if matches!(fault, Fault::Panic(_)) {
            self.hub.metrics().panicked(Panicked::Room);
        }
        tracing::error!(%document, %fault, "a room broke, and is made anew from the log");
        for key in std::mem::take(&mut self.working) {
            if let Some(peer) = self.peers.get(&key) {
                peer.outbound.close(Close::new(Close::FAULT, "what you sent could not be worked on; connect again"));
            }
            self.leave(key);
        }
        let noted = if fault.blames_document() { self.hub.faults().note(document) } else { None };
        let aside = noted.map(|_| fault.to_string());
        let (since, attempts) =
            self.trouble.take().map_or((Instant::now(), 0), |trouble| (trouble.since, trouble.attempts + 1));
        self.trouble = Some(Box::new(Trouble { since, attempts, last: fault }));
        self.start_over(wait(attempts), aside);
    }

    /// The log is read again, after something about the document was changed beside the room.
    pub(super) fn reload(&mut self) {
        self.start_over(Duration::ZERO, None);
    }

    /// The document is gone: whoever is in the room is told so, as who asks for it from now on is.
    pub(super) fn withdraw(&mut self) {
        for peer in std::mem::take(&mut self.peers).into_values() {
            peer.send(&FromServer::Unavailable {
                sender: self.hub.name().to_owned(),
                target: peer.who.peer.clone(),
                document: self.document,
            });
        }
        self.may_end = true;
    }

    /// Lets go of everything that the log says better.
    fn start_over(&mut self, wait: Duration, aside: Option<String>) {
        let stored = self.stored;
        for peer in self.peers.values_mut() {
            // Places beyond were not final.
            peer.has.retain(|index| *index < stored);
        }
        (self.tell, self.told) = mpsc::unbounded_channel();
        self.ledger = None;
        self.ledger_asked = false;
        self.whole = None;
        self.mirror.start_over();
        self.mend = Some(Box::new(Mend { at: Some(Instant::now() + wait), aside }));
    }

    /// When the log is to be read; not before it is known what became of the commit under way.
    pub(super) fn mend_due(&self) -> Option<Instant> {
        let is_final = self.in_flight.as_ref().is_none_or(|in_flight| in_flight.done.is_none());
        self.mend.as_ref().filter(|_| is_final)?.at
    }

    pub(super) fn read_again(&mut self) {
        let Some(mend) = &mut self.mend else { return };
        mend.at = None;
        let (hub, document, aside) = (self.hub.clone(), self.document, mend.aside.take());
        self.help(async move { Told::Read(read_again(hub, document, aside).await) }, |broke| Told::Read(Err(broke)));
    }

    /// The log is read: goes on from there.
    pub(super) fn mended(&mut self, read: Read) {
        let Read { stored, heads, recent, aside, tip } = read;
        self.tip = tip;
        (self.stored, self.heads, self.recent) = (stored, heads, recent);
        let was_aside = std::mem::replace(&mut self.aside, aside).is_some();
        self.mend = None;
        self.mirror.stored_anew(stored);
        let in_flight = self.in_flight.take().map(InFlight::into_changes).unwrap_or_default();
        let fit = in_flight.into_iter().chain(std::mem::take(&mut self.pending));
        self.again = fit.chain(std::mem::take(&mut self.again)).collect();
        for peer in self.peers.values_mut().filter(|peer| peer.link == Link::Answering) {
            // That answer will not come any more.
            peer.link = Link::Apart;
            peer.asks = peer.asks.take().or(peer.being_answered.take());
        }
        let passed_on = std::mem::replace(&mut self.passed_on, stored);
        let in_step: Vec<_> =
            self.peers.iter().filter(|(_, peer)| peer.link == Link::InSync).map(|(key, _)| *key).collect();
        for key in in_step {
            // What they were sent already does no harm a second time.
            self.send_places(key, (passed_on.min(stored)..stored).collect());
        }
        if self.aside.is_some() || was_aside {
            self.tell_access();
        }
        if self.aside.is_some() {
            self.trouble = None;
            self.judge_again();
            self.take_deferred();
        } else if self.again.is_empty() && self.deferred.is_empty() {
            self.trouble = None;
        } else {
            self.ask_ledger();
        }
        self.answer_asks();
    }

    /// Goes once more over what was fit before the room was made anew. What breaks now goes, with who sent it.
    pub(super) fn judge_again(&mut self) {
        while let Some(pending) = self.again.pop_front() {
            self.waiting = self.waiting.saturating_sub(pending.size());
            self.working.extend(pending.senders());
            self.judge_once_more(pending);
            self.working.clear();
        }
        if self.pending.is_empty() {
            self.trouble = None;
        }
    }

    fn judge_once_more(&mut self, pending: Pending) {
        let is_stored = self.is_stored(pending.hash());
        if is_stored {
            let stored = FromServer::Stored { document: self.document, hashes: vec![pending.hash()] };
            for peer in pending.senders().iter().filter_map(|key| self.peers.get(key)).filter(|peer| peer.atelier) {
                peer.send(&stored);
            }
            return;
        }
        let Err(refused) = self.fit_again(pending) else { return };
        let (pending, refused) = *refused;
        for key in pending.senders() {
            self.refuse(*key, pending.arrived(), &refused);
        }
    }

    fn is_stored(&self, hash: shared::live::sync::Hash) -> bool {
        match (&self.aside, &self.ledger) {
            (Some(aside), _) => aside.known.contains(&hash),
            (None, Some(ledger)) => ledger.find(&hash).is_some_and(|index| index < self.stored),
            (None, None) => false,
        }
    }

    /// Why the room ends although people are in it: the database has refused for long.
    pub(super) fn gives_up(&mut self) -> Option<Fault> {
        let trouble = self.trouble.take_if(|trouble| trouble.since.elapsed() > GIVE_UP)?;
        Some(trouble.last)
    }
}

/// A change that a document set aside does not take.
pub(super) fn set_aside() -> Refused {
    Refused::new(RejectCode::Quarantined, "it is set aside")
}

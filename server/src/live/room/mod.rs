//! A document's room: the one task on this node that decides what becomes part of it, and in which order.

mod answer;
mod copy;
mod edits;
mod handle;
mod judge;
mod load;
mod mend;
mod mirror;
mod peers;
mod recent;
#[cfg(test)]
mod tests;
mod weight;

use std::{
    collections::{HashMap, VecDeque},
    sync::Arc,
    time::Duration,
};

use shared::{
    DocumentId,
    live::{
        guard::Inbound,
        ledger::{Index, Ledger},
        sync::Hash,
    },
};
use tokio::{
    sync::{mpsc, oneshot},
    time::{Instant, sleep_until},
};

use self::{
    answer::{Answer, Encoded},
    edits::{InFlight, Pending},
    handle::Ask,
    load::{Aside, Loaded, Read},
    mend::{Fault, Mend, Trouble},
    mirror::{Mirror, Mirrored},
    recent::Recent,
    weight::Weighed,
};
pub(super) use self::{copy::in_background, edits::with_change};
pub use self::{
    copy::{Copy, Whole},
    handle::{Opened, RoomHandle},
    mirror::catch_up,
    peers::{Fleeting, Footing, Peer},
    weight::Held,
};
use super::{
    committer::CommitError,
    hub::{Hub, Key},
    outbound::Close,
};
use crate::store::StoreError;

/// Messages that may wait for a room before their senders do.
const INBOX: usize = 512;
/// Bytes of changes a room holds that are not stored yet, before those who send more must wait.
const WAITING: usize = 16 * 1024 * 1024;
/// How long a room without peers stays open.
const LINGER: Duration = Duration::from_secs(20);
/// Who came and went is told no more often than this.
const PRESENCE: Duration = Duration::from_millis(60);
/// How long the whole document is kept encoded for whoever asks next.
const WHOLE: Duration = Duration::from_secs(5);
/// Changes read from the log at a time.
const PAGE: u32 = 5_000;

/// What the room's own helpers tell it.
enum Told {
    Ledger(Result<Box<Loaded>, StoreError>),
    Answer(Result<Answer, StoreError>),
    Mirror(Box<Mirrored>),
    /// What was read when the room is made anew; nothing where the document is gone.
    Read(Result<Option<Box<Read>>, StoreError>),
}

/// What a room does next.
enum Step {
    Ask(Ask),
    Told(Told),
    Committed(Result<(), CommitError>),
    Submit,
    Presence,
    ForgetWhole,
    Mirror,
    Mend,
}

/// A room that is open.
struct Room {
    hub: Hub,
    document: DocumentId,
    /// The document id as frames name it.
    name: String,
    /// Where helpers tell what they did. Made anew with the room, so that nothing from before is heard after.
    tell: mpsc::UnboundedSender<Box<Told>>,
    told: mpsc::UnboundedReceiver<Box<Told>>,
    peers: HashMap<Key, Box<Peer>>,
    presence_due: Option<Instant>,
    /// The number of changes that are stored.
    stored: Index,
    /// Of those, the number that everybody in step was sent.
    passed_on: Index,
    /// The stored changes nothing builds on, sorted.
    heads: Vec<Hash>,
    recent: Recent,
    /// Loaded with the first message that needs it. Boxed, as the copy is, because most rooms have none.
    ledger: Option<Box<Ledger>>,
    ledger_asked: bool,
    /// What came before the ledger.
    deferred: VecDeque<(Key, Inbound)>,
    /// Fit before the room was made anew, and to be judged again.
    again: VecDeque<Pending>,
    /// Fit, and waiting for the commit under way.
    pending: Vec<Pending>,
    in_flight: Option<InFlight>,
    /// The bytes of what is deferred, fit or in flight.
    waiting: usize,
    /// The next commit does not begin before.
    paced: Instant,
    settling: Vec<oneshot::Sender<()>>,
    whole: Option<Encoded>,
    mirror: Mirror,
    /// Whose message is being worked on.
    working: Vec<Key>,
    mend: Option<Box<Mend>>,
    trouble: Option<Box<Trouble>>,
    /// Present while the document takes no changes, because it broke again and again.
    aside: Option<Box<Aside>>,
    /// What the hub knows of it.
    held: Arc<Held>,
    weighed: Weighed,
    /// The place in the log for which the heads are kept.
    tip: Index,
    /// It was told to unload, and nobody is in it; or its document is gone.
    may_end: bool,
}

/// Opens the room of a document.
pub(super) fn open(hub: Hub, document: DocumentId) -> RoomHandle {
    let (asks, inbox) = mpsc::channel(INBOX);
    let held = Arc::new(Held::default());
    let handle = RoomHandle::new(asks, held.clone());
    hub.clone().spawn(async move {
        let ran = run(hub.clone(), document, held.clone(), inbox).await;
        hub.weigh(&held, 0);
        hub.forget(document);
        if let Err(fault) = ran {
            tracing::error!(%document, %fault, "a room ended");
        }
    });
    handle
}

/// Closes the connections of whoever is in the room when it ends in any way but by itself.
struct Ending<'a>(&'a mut Room);

impl Drop for Ending<'_> {
    fn drop(&mut self) {
        for peer in self.0.peers.values() {
            peer.outbound.close(Close::new(Close::FAULT, "the document had to be closed; connect again"));
        }
    }
}

async fn run(hub: Hub, document: DocumentId, held: Arc<Held>, mut inbox: mpsc::Receiver<Ask>) -> Result<(), Fault> {
    // Reading takes far more room than the loop below, and is soon over.
    let Some(read) = Box::pin(mend::first_read(&hub, document)).await? else {
        inbox.close();
        while let Some(ask) = inbox.recv().await {
            if let Ask::Enter { answer, .. } = ask {
                let _ = answer.send(false);
            }
        }
        return Ok(());
    };
    let mut room = Room::new(hub, document, held, read);
    room.is_used();
    let room = Ending(&mut room);
    let room = &mut *room.0;
    let mut empty_since = Some(Instant::now());
    loop {
        let lingering = empty_since.map(|since| since + LINGER);
        let (paced, mending) = (room.submit_due(), room.mend_due());
        let (presence, whole, mirror) = (room.presence_due, room.whole_until(), room.mirror_due());
        // The facts of what is stored are caught up at the next start.
        let may_stop = room.peers.is_empty() && room.has_stored_all();
        let step = tokio::select! {
            ask = inbox.recv(), if room.waiting < WAITING => match ask {
                Some(ask) => Step::Ask(ask),
                None => break,
            },
            Some(news) = room.told.recv() => Step::Told(*news),
            stored = stored(&mut room.in_flight) => Step::Committed(stored),
            () = due(paced) => Step::Submit,
            () = due(presence) => Step::Presence,
            () = due(whole) => Step::ForgetWhole,
            () = due(mirror) => Step::Mirror,
            () = due(mending) => Step::Mend,
            () = due(lingering) => {
                if !room.is_idle() {
                    empty_since = Some(Instant::now());
                    continue;
                }
                room.save_tip();
                // Who enters at this very moment finds the inbox closed, and a new room.
                inbox.close();
                break;
            }
            () = room.hub.stop().cancelled(), if may_stop => break,
        };
        let gathers = matches!(step, Step::Ask(_));
        room.guarded(|room| room.take_step(step));
        if gathers {
            // What else has come in meanwhile goes into the same commit.
            while room.waiting < WAITING
                && let Ok(ask) = inbox.try_recv()
            {
                room.guarded(|room| room.take_step(Step::Ask(ask)));
            }
            room.guarded(Room::submit);
        }
        room.guarded(Room::answer_settling);
        room.weigh();
        if room.may_end {
            inbox.close();
            break;
        }
        if let Some(fault) = room.gives_up() {
            return Err(fault);
        }
        empty_since = match (room.peers.is_empty(), empty_since) {
            (true, None) => Some(Instant::now()),
            (true, since) => since,
            (false, _) => None,
        };
    }
    Ok(())
}

async fn due(at: Option<Instant>) {
    match at {
        Some(at) => sleep_until(at).await,
        None => std::future::pending().await,
    }
}

async fn stored(in_flight: &mut Option<InFlight>) -> Result<(), CommitError> {
    match in_flight.as_mut().and_then(|in_flight| in_flight.done.as_mut()) {
        Some(done) => done.await.unwrap_or_else(|_| Err(CommitError::ended())),
        None => std::future::pending().await,
    }
}

impl Room {
    fn new(hub: Hub, document: DocumentId, held: Arc<Held>, read: Read) -> Self {
        let (tell, told) = mpsc::unbounded_channel();
        let Read { stored, heads, recent, aside, tip } = read;
        Self {
            mirror: Mirror::new(stored),
            hub,
            name: document.to_string(),
            document,
            tell,
            told,
            peers: HashMap::new(),
            presence_due: None,
            stored,
            passed_on: stored,
            heads,
            recent,
            ledger: None,
            ledger_asked: false,
            deferred: VecDeque::new(),
            again: VecDeque::new(),
            pending: Vec::new(),
            in_flight: None,
            waiting: 0,
            paced: Instant::now(),
            settling: Vec::new(),
            whole: None,
            working: Vec::new(),
            mend: None,
            trouble: None,
            aside,
            held,
            weighed: Weighed::default(),
            tip,
            may_end: false,
        }
    }

    fn take_step(&mut self, step: Step) -> Result<(), Fault> {
        match step {
            Step::Ask(ask) => self.act(ask),
            Step::Told(news) => return self.hear(news),
            Step::Committed(outcome) => {
                self.committed(outcome)?;
                self.submit()?;
            }
            Step::Submit => self.submit()?,
            Step::Presence => self.tell_presence(),
            Step::ForgetWhole => self.whole = None,
            Step::Mirror => self.start_mirror(),
            Step::Mend => self.read_again(),
        }
        Ok(())
    }

    fn act(&mut self, ask: Ask) {
        match ask {
            Ask::Enter { key, peer, answer } => {
                self.working.push(key);
                self.enter(key, peer);
                let _ = answer.send(true);
            }
            Ask::Sync { key, inbound } => {
                self.is_used();
                self.working.push(key);
                self.sync(key, *inbound);
            }
            Ask::Ephemeral { key, fleeting } => {
                self.is_used();
                self.working.push(key);
                self.relay(key, *fleeting);
            }
            Ask::Footing { key, footing } => self.set_footing(key, *footing),
            Ask::Leave { key } => self.leave(key),
            Ask::Settle { answer } => self.settling.push(answer),
            Ask::Look { answer } => self.look_for(answer),
            Ask::Reload => self.reload(),
            Ask::Withdraw => self.withdraw(),
            Ask::Unload => self.unload(),
            #[cfg(test)]
            Ask::Break(how) => self.break_on_purpose(how),
        }
    }

    fn hear(&mut self, news: Told) -> Result<(), Fault> {
        match news {
            Told::Ledger(ledger) => {
                let Loaded { ledger, copy, topic } = *ledger?;
                self.ledger = Some(Box::new(ledger));
                self.mirror.begin_with(copy, topic);
                self.judge_again();
                self.take_deferred();
                self.answer_asks();
                self.submit()?;
            }
            Told::Answer(answer) => self.answered(answer?),
            Told::Mirror(mirrored) => self.mirrored(*mirrored)?,
            Told::Read(read) => match read? {
                Some(read) => self.mended(*read),
                None => self.withdraw(),
            },
        }
        Ok(())
    }

    /// Works on what came before it could be.
    fn take_deferred(&mut self) {
        // One by one, so that a message that breaks something takes no other with it.
        for _ in 0..self.deferred.len() {
            let Some((key, inbound)) = self.deferred.pop_front() else { return };
            self.waiting = self.waiting.saturating_sub(edits::size(&inbound));
            self.working.push(key);
            self.sync_now(key, inbound);
            self.working.clear();
        }
    }

    /// Reads the whole log into a ledger, beside the room's task.
    fn ask_ledger(&mut self) {
        if self.mend.is_some() || self.aside.is_some() || std::mem::replace(&mut self.ledger_asked, true) {
            return;
        }
        let (hub, document, end) = (self.hub.clone(), self.document, self.stored);
        self.help(async move { Told::Ledger(load::ledger(&hub, document, end).await.map(Box::new)) }, |broke| {
            Told::Ledger(Err(broke))
        });
    }

    /// Whether the room may end: nobody is in it, and nothing is left to do.
    fn is_idle(&self) -> bool {
        self.peers.is_empty() && self.mend.is_none() && self.has_stored_all() && self.mirror.is_idle()
    }

    /// Whether everything the room was given is stored or refused.
    fn has_stored_all(&self) -> bool {
        self.pending.is_empty() && self.in_flight.is_none() && self.deferred.is_empty() && self.again.is_empty()
    }

    fn answer_settling(&mut self) -> Result<(), Fault> {
        if self.has_stored_all() {
            for answer in self.settling.drain(..) {
                let _ = answer.send(());
            }
        }
        Ok(())
    }
}

fn index(seq: u64) -> Result<Index, StoreError> {
    Index::try_from(seq).map_err(|_| corrupt("a place in a log"))
}

fn corrupt(what: &str) -> StoreError {
    StoreError::Corrupt(what.to_owned())
}

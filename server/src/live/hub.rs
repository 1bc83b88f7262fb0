//! Everything live on this node: the rooms, the peers, the leases of actor ids and the subscriptions.

use std::{
    collections::HashMap,
    panic::AssertUnwindSafe,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use futures_util::FutureExt as _;
use shared::{DocumentId, PersonId, live::message::FromServer};
use tokio::{
    sync::{Semaphore, SemaphorePermit},
    task::JoinHandle,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{
    committer::Committer,
    faults::Faults,
    lender::Lender,
    outbound::{Close, Frame, Outbound},
    room::{self, Held, RoomHandle},
    seats::{Seats, Sitter},
    whereabouts::Everywhere,
};
use crate::{
    config::LiveLimits,
    domain::now,
    metrics::{Metrics, Panicked},
    store::{Db, StoreError, log, quarantine},
};

/// Owners of actor ids remembered; beyond that they are asked of the database again.
const OWNERS: usize = 20_000;
/// A room used within so many milliseconds is not told to unload.
const IN_USE: u64 = 2000;
/// A room that holds fewer bytes has nothing to let go of.
const LIGHT: usize = 8 * 1024;
/// How many who arrive are looked up at the same time.
const ARRIVALS: usize = 16;
/// How long somebody who reads an idea waits for its row to follow its concept.
const LOOK: Duration = Duration::from_secs(1);
/// How long rooms and connections may take to end.
const DRAIN: Duration = Duration::from_secs(4);

/// Names a connection on this node.
pub type Key = u64;

/// Everything live on this node. Clones are the same.
#[derive(Clone, Debug)]
pub struct Hub(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    db: Db,
    limits: LiveLimits,
    metrics: Metrics,
    committer: Committer,
    lender: Lender,
    committing: Mutex<Option<JoinHandle<()>>>,
    /// The peer id of this node.
    name: String,
    stop: CancellationToken,
    tasks: TaskTracker,
    keys: AtomicU64,
    rooms: Mutex<HashMap<DocumentId, RoomHandle>>,
    peers: Mutex<HashMap<String, Registered>>,
    /// The actor ids that connections make changes with.
    held: Mutex<HashMap<Vec<u8>, Key>>,
    owners: Mutex<HashMap<Vec<u8>, PersonId>>,
    faults: Faults,
    /// Bytes that all rooms together hold, about.
    weight: AtomicUsize,
    /// Whoever makes a snapshot, which takes a document whole into memory, several times what it is in the log.
    snapshots: Semaphore,
    /// Whoever is looked up to be let in.
    arrivals: Semaphore,
    began: Instant,
    topics: Mutex<HashMap<String, HashMap<Key, Outbound>>>,
    everywhere: Everywhere,
    seats: Seats,
}

#[derive(Debug)]
struct Registered {
    key: Key,
    sitter: Sitter,
    outbound: Outbound,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Hub {
    /// Starts what lives beside requests. Everything ends some seconds after `stop`: see [`Hub::drain`].
    #[must_use]
    pub fn start(db: Db, limits: LiveLimits, metrics: Metrics, stop: CancellationToken) -> Self {
        let (committer, committing) = Committer::start(db.clone(), metrics.clone());
        let lender = Lender::start(db.clone(), metrics.clone());
        Self(Arc::new(Inner {
            db,
            limits,
            metrics,
            committer,
            lender,
            committing: Mutex::new(Some(committing)),
            name: format!("atelier-{}", uuid::Uuid::new_v4().simple()),
            stop,
            tasks: TaskTracker::new(),
            keys: AtomicU64::new(1),
            rooms: Mutex::default(),
            peers: Mutex::default(),
            held: Mutex::default(),
            owners: Mutex::default(),
            faults: Faults::default(),
            weight: AtomicUsize::new(0),
            snapshots: Semaphore::new(1),
            arrivals: Semaphore::new(ARRIVALS),
            began: Instant::now(),
            topics: Mutex::default(),
            everywhere: Everywhere::default(),
            seats: Seats::default(),
        }))
    }

    /// The turn of somebody who arrives, until it is dropped: so many are looked up at a time that those who are in need not
    /// wait for them.
    pub(super) async fn arrive(&self) -> Option<SemaphorePermit<'_>> {
        // It is never closed.
        self.0.arrivals.acquire().await.ok()
    }

    /// The database.
    #[must_use]
    pub fn db(&self) -> &Db {
        &self.0.db
    }

    /// What live connections and rooms may cost.
    #[must_use]
    pub fn limits(&self) -> &LiveLimits {
        &self.0.limits
    }

    /// Waits until no other snapshot is being made.
    pub(super) async fn may_snapshot(&self) -> Option<SemaphorePermit<'_>> {
        self.0.snapshots.acquire().await.ok()
    }

    /// What is counted and measured.
    #[must_use]
    pub fn metrics(&self) -> &Metrics {
        &self.0.metrics
    }

    /// The places for sockets.
    pub(super) fn seats(&self) -> &Seats {
        &self.0.seats
    }

    pub(super) fn committer(&self) -> &Committer {
        &self.0.committer
    }

    /// The peer id of this node.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// Cancelled when the server stops.
    #[must_use]
    pub fn stop(&self) -> &CancellationToken {
        &self.0.stop
    }

    /// A name no other connection of this node has.
    #[must_use]
    pub fn new_key(&self) -> Key {
        self.0.keys.fetch_add(1, Ordering::Relaxed)
    }

    /// Runs a task that [`Hub::drain`] waits for. One that panics ends alone.
    pub fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        let metrics = self.0.metrics.clone();
        // Not awaited in a block of its own, which would have room for the task twice.
        self.0.tasks.spawn(AssertUnwindSafe(task).catch_unwind().map(move |ran| {
            if ran.is_err() {
                metrics.panicked(Panicked::Task);
                tracing::error!("a live task broke");
            }
        }));
    }

    /// Waits, after `stop`, until every connection and room has stored what it was given and closed.
    pub async fn drain(&self) {
        self.0.tasks.close();
        if tokio::time::timeout(DRAIN, self.0.tasks.wait()).await.is_err() {
            tracing::warn!("some live connections did not end in time");
        }
        lock(&self.0.rooms).clear();
        if let Some(task) = lock(&self.0.committing).take() {
            task.abort();
        }
    }

    /// The room of a document; opened when it is not. The document must exist.
    #[must_use]
    pub fn room(&self, document: DocumentId) -> RoomHandle {
        let mut rooms = lock(&self.0.rooms);
        if let Some(room) = rooms.get(&document).filter(|room| !room.is_closed()) {
            return room.clone();
        }
        let room = room::open(self.clone(), document);
        rooms.insert(document, room.clone());
        room
    }

    /// The rooms that are open.
    #[must_use]
    pub fn open_rooms(&self) -> usize {
        lock(&self.0.rooms).len()
    }

    /// Forgets a room that has ended.
    pub(super) fn forget(&self, document: DocumentId) {
        let mut rooms = lock(&self.0.rooms);
        if rooms.get(&document).is_some_and(RoomHandle::is_closed) {
            rooms.remove(&document);
        }
    }

    /// Milliseconds since the hub began.
    pub(super) fn clock(&self) -> u64 {
        u64::try_from(self.0.began.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// A room holds so many bytes now.
    pub(super) fn weigh(&self, room: &Held, bytes: usize) {
        let before = room.bytes.swap(bytes, Ordering::Relaxed);
        let others = self.0.weight.fetch_add(bytes.wrapping_sub(before), Ordering::Relaxed).wrapping_sub(before);
        #[allow(clippy::cast_precision_loss, reason = "no memory is that large")]
        self.0.metrics.rooms_bytes.set(others.wrapping_add(bytes) as f64);
    }

    /// When all rooms together hold too much, those that were used least lately let go of some.
    pub fn make_room(&self) {
        let (held, most) = (self.0.weight.load(Ordering::Relaxed), self.0.limits.room_bytes);
        if held > most {
            self.unload(self.clock().saturating_sub(IN_USE), LIGHT, held - most / 10 * 9);
        }
    }

    /// Lets rooms go of what can be read again, those used least lately first, until about so many bytes are free; not
    /// those used since, nor those that hold less than `least`.
    fn unload(&self, since: u64, least: usize, bytes: usize) {
        let mut idle: Vec<(u64, usize, RoomHandle)> = lock(&self.0.rooms)
            .values()
            .map(|room| {
                let (used, bytes) =
                    (room.held().used.load(Ordering::Relaxed), room.held().bytes.load(Ordering::Relaxed));
                (used, bytes, room.clone())
            })
            .filter(|(used, held, _)| *used <= since && *held >= least)
            .collect();
        idle.sort_unstable_by_key(|(used, ..)| *used);
        let mut freed = 0;
        for (_, bytes_held, room) in idle {
            if freed >= bytes {
                break;
            }
            room.unload();
            freed += bytes_held;
        }
    }

    /// Lets every room that is not at work go of what can be read again; those that nobody is in end.
    pub fn unload_idle(&self) {
        self.unload(u64::MAX, 0, usize::MAX);
    }

    pub(super) fn faults(&self) -> &Faults {
        &self.0.faults
    }

    /// Sets a document aside: from now on it is read only, until a moderator lets it try again.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) async fn set_aside(&self, document: DocumentId, failures: u32, why: &str) -> Result<(), StoreError> {
        let mut tx = self.db().write().await?;
        quarantine::set_aside(&mut tx, document, failures, why, now()).await?;
        tx.commit().await?;
        tracing::error!(%document, why, "a document is set aside");
        Ok(())
    }

    /// Something about a document was changed beside its room: a room that is open reads everything again.
    pub async fn reload(&self, document: DocumentId) {
        let room = lock(&self.0.rooms).get(&document).cloned();
        if let Some(room) = room {
            room.reload().await;
        }
    }

    /// A document is gone: its room, if it is open, tells whoever is in it, and ends.
    pub async fn withdraw(&self, document: DocumentId) {
        let room = lock(&self.0.rooms).get(&document).cloned();
        if let Some(room) = room {
            room.withdraw().await;
        }
    }

    /// A document broke outside its room, such as when its facts were to follow.
    ///
    /// # Errors
    /// When it must be set aside, and the database fails.
    pub async fn broke(&self, document: DocumentId, why: &str) -> Result<(), StoreError> {
        if let Some(failures) = self.0.faults.note(document) {
            self.set_aside(document, failures, why).await?;
            self.reload(document).await;
        }
        Ok(())
    }

    /// Binds a peer id to a connection. The same person's older connection of that id is closed; so is one of nobody known,
    /// for a person or for who comes from the same network.
    ///
    /// # Errors
    /// When the id is somebody else's at this moment.
    pub(super) fn register(&self, peer: &str, key: Key, sitter: Sitter, outbound: &Outbound) -> Result<(), PeerTaken> {
        let mut peers = lock(&self.0.peers);
        if let Some(older) = peers.get(peer) {
            let gives_way = matches!((older.sitter, sitter), (Sitter::Nobody(_), Sitter::Person(_)));
            if older.sitter != sitter && !gives_way {
                return Err(PeerTaken);
            }
            older.outbound.close(Close::new(Close::GOODBYE, "this peer connected again"));
        }
        peers.insert(peer.to_owned(), Registered { key, sitter, outbound: outbound.clone() });
        Ok(())
    }

    pub(super) fn unregister(&self, peer: &str, key: Key) {
        let mut peers = lock(&self.0.peers);
        if peers.get(peer).is_some_and(|registered| registered.key == key) {
            peers.remove(peer);
        }
    }

    /// Lends an actor id to a connection: the one its tab had before, or one freed by a clean leave, or a new one.
    ///
    /// A tab that reconnects may come before its old connection has ended; `replaced` names the peer id they share.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) async fn lease(
        &self,
        key: Key,
        person: PersonId,
        before: Option<&[u8]>,
        replaces: Option<Key>,
    ) -> Result<Vec<u8>, StoreError> {
        if let Some(actor) = before {
            let free = {
                let mut held = lock(&self.0.held);
                let free = held.get(actor).is_none_or(|holder| Some(*holder) == replaces);
                if free {
                    held.insert(actor.to_vec(), key);
                }
                free
            };
            if free {
                if self.has(actor, person).await? || self.0.lender.resume(person, actor).await? {
                    self.remember(actor, person);
                    return Ok(actor.to_vec());
                }
                self.release(actor, key);
            }
        }
        let actor = self.0.lender.lend(person).await?;
        lock(&self.0.held).insert(actor.clone(), key);
        self.remember(&actor, person);
        Ok(actor)
    }

    /// Whether an actor id is lent to a person as it is, as it is to a tab whose connection broke: nothing is to be written.
    async fn has(&self, actor: &[u8], person: PersonId) -> Result<bool, StoreError> {
        log::is_lent(&mut self.db().read().await?, actor, person).await
    }

    /// Lets an actor id be lent again that nobody holds.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) async fn free(&self, actor: Vec<u8>) -> Result<(), StoreError> {
        self.0.lender.free(actor).await
    }

    /// The connection that has this peer id now.
    pub(super) fn holder(&self, peer: &str, person: PersonId) -> Option<Key> {
        let peers = lock(&self.0.peers);
        peers.get(peer).filter(|holder| holder.sitter == Sitter::Person(person)).map(|holder| holder.key)
    }

    /// The connection no longer makes changes with this actor id. True when it was its holder.
    pub(super) fn release(&self, actor: &[u8], key: Key) -> bool {
        let mut held = lock(&self.0.held);
        let is_holder = held.get(actor) == Some(&key);
        if is_holder {
            held.remove(actor);
            drop(held);
            // Whose it was is in the database.
            lock(&self.0.owners).remove(actor);
        }
        is_holder
    }

    fn remember(&self, actor: &[u8], person: PersonId) {
        let mut owners = lock(&self.0.owners);
        if owners.len() >= OWNERS {
            owners.clear();
        }
        owners.insert(actor.to_vec(), person);
    }

    /// Whether changes by `actor` are `person`'s own. An actor id nobody had becomes theirs, while `claims` are left.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) async fn is_own(&self, actor: &[u8], person: PersonId, claims: &mut u32) -> Result<bool, StoreError> {
        if let Some(owner) = lock(&self.0.owners).get(actor) {
            return Ok(*owner == person);
        }
        let mut tx = self.db().read().await?;
        let mut owner = log::actor_owner(&mut tx, actor).await?;
        drop(tx);
        if owner.is_none() && *claims > 0 {
            *claims -= 1;
            let mut tx = self.db().write().await?;
            owner = Some(log::claim_actor(&mut tx, actor, person, now()).await?);
            tx.commit().await?;
        }
        let Some(owner) = owner else { return Ok(true) };
        self.remember(actor, owner);
        Ok(owner == person)
    }

    /// Gives a connection the events of these topics, in place of those it had.
    pub(super) fn subscribe(&self, key: Key, outbound: &Outbound, topics: Vec<String>) {
        let mut subscriptions = lock(&self.0.topics);
        subscriptions.retain(|_, peers| {
            peers.remove(&key);
            !peers.is_empty()
        });
        for topic in topics {
            subscriptions.entry(topic).or_default().insert(key, outbound.clone());
        }
    }

    /// Who is where on the boards.
    pub(super) fn everywhere(&self) -> &Everywhere {
        &self.0.everywhere
    }

    /// Whether anybody subscribed to a topic.
    pub(super) fn is_followed(&self, topic: &str) -> bool {
        lock(&self.0.topics).contains_key(topic)
    }

    /// Whether a document has a room open that is ahead of its facts.
    #[must_use]
    pub fn is_ahead(&self, document: DocumentId) -> bool {
        lock(&self.0.rooms).get(&document).is_some_and(|room| room.held().ahead.load(Ordering::Relaxed) > 0)
    }

    /// Lets the facts follow a document whose room is ahead of them. False when it has no room open.
    pub async fn look(&self, document: DocumentId) -> bool {
        let room = lock(&self.0.rooms).get(&document).filter(|room| !room.is_closed()).cloned();
        let Some(room) = room else { return false };
        if room.held().ahead.load(Ordering::Relaxed) > 0 {
            // Nobody waits long: what there is says how fresh it is.
            let _ = tokio::time::timeout(LOOK, room.look()).await;
        }
        true
    }

    /// Tells everyone who subscribed to a topic. The data is made only if somebody did.
    pub fn publish(&self, topic: &str, kind: &str, data: impl FnOnce() -> Option<String>) {
        // Not while the lock is held: sending takes time.
        let peers: Vec<Outbound> = match lock(&self.0.topics).get(topic) {
            Some(peers) => peers.values().cloned().collect(),
            None => return,
        };
        let Some(data) = data() else { return };
        let event = FromServer::Event { topic: topic.to_owned(), kind: kind.to_owned(), data };
        let frame = Frame::of(&event);
        for outbound in peers {
            outbound.push(frame.clone());
        }
    }
}

impl Hub {
    /// Tells who follows the canvas of the board of this slug that its workshop changed. Each asks for what they see of it.
    pub fn tell_workshop(&self, slug: &str) {
        self.publish(&format!("canvas:{slug}"), "workshop", || Some("null".to_owned()));
    }
}

/// The peer id belongs to somebody else's connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this peer id is in use by somebody else")]
pub struct PeerTaken;

//! What lies on canvases, read from their logs. What was read lately is kept, and read anew only when the log has gone on.

use std::{
    collections::{HashMap, HashSet},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use automerge::ActorId;
use shared::{DocumentId, canvas::Canvas};
use tokio::sync::Mutex as Turn;

use super::{PAGE, corrupt, document::Document};
use crate::store::{Db, StoreError, log};

/// Canvases kept, at most.
const KEPT: usize = 64;
/// Bytes of all that are kept, about, at most.
const BYTES: usize = 64 << 20;
/// Bytes in memory of something that lies on a canvas, about, besides its words; and of who has written there.
const ITEM: usize = 320;
const WRITER: usize = 64;
/// How long one is kept that nobody asks for.
const KEEP: Duration = Duration::from_secs(120);

/// What lies on a canvas, up to a place in its log.
#[derive(Debug)]
pub struct Reading {
    /// The place.
    pub seq: u64,
    /// What lies on it.
    pub canvas: Canvas,
    writers: Arc<HashSet<ActorId>>,
    bytes: usize,
}

impl Reading {
    pub(super) fn new(seq: u64, canvas: Canvas, writers: Arc<HashSet<ActorId>>) -> Self {
        let words = canvas.notes.values().map(|note| note.text.len());
        let words = words.chain(canvas.groups.values().map(|group| group.title.len()));
        let words = words.chain(canvas.links.values().map(|link| link.from.len() + link.to.len()));
        let words = words.chain(canvas.pictures.values().map(|picture| picture.picture.len() + picture.alt.len()));
        let bytes = canvas.len() * ITEM + words.sum::<usize>() + writers.len() * WRITER;
        Self { seq, canvas, writers, bytes }
    }

    /// Whether a change of this actor is in the log up to there.
    #[must_use]
    pub fn has_written(&self, actor: &ActorId) -> bool {
        self.writers.contains(actor)
    }
}

/// Reads canvases. Clones share what is kept.
#[derive(Clone, Debug)]
pub struct Canvases(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    db: Db,
    bytes: usize,
    kept: Mutex<HashMap<DocumentId, Slot>>,
    loaded: AtomicU64,
}

/// What is kept of a canvas.
#[derive(Debug)]
struct Slot {
    /// Whoever brings it up to date has the turn, and the others wait for that.
    turn: Arc<Turn<()>>,
    last: Option<Last>,
    /// What the next changes are added to. That of a large canvas is not kept: what lies there is, and is a small part.
    document: Option<Document>,
    used: Instant,
}

/// What was last read of it.
#[derive(Debug)]
struct Last {
    reading: Arc<Reading>,
    /// Nothing that was stored before then is missing.
    looked: Instant,
}

impl Slot {
    fn new() -> Self {
        Self { turn: Arc::default(), last: None, document: None, used: Instant::now() }
    }

    fn is_in_use(&self) -> bool {
        Arc::strong_count(&self.turn) > 1
    }

    fn bytes(&self) -> usize {
        self.last.as_ref().map_or(0, |last| last.reading.bytes) + self.document.as_ref().map_or(0, Document::bytes)
    }
}

impl Canvases {
    /// Reads from a database.
    #[must_use]
    pub fn new(db: Db) -> Self {
        Self::within(db, BYTES)
    }

    /// Reads from a database, and keeps so many bytes, about, at most.
    #[must_use]
    pub fn within(db: Db, bytes: usize) -> Self {
        Self(Arc::new(Inner { db, bytes, kept: Mutex::default(), loaded: AtomicU64::new(0) }))
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<DocumentId, Slot>> {
        self.0.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn turn(&self, document: DocumentId) -> Arc<Turn<()>> {
        let mut slots = self.lock();
        let slot = slots.entry(document).or_insert_with(Slot::new);
        slot.used = Instant::now();
        slot.turn.clone()
    }

    /// What lies on the canvas of this document, by all that is stored.
    ///
    /// # Errors
    /// When the database fails, or the log cannot be read.
    pub async fn read(&self, document: DocumentId) -> Result<Arc<Reading>, StoreError> {
        let asked = Instant::now();
        let turn = self.turn(document).lock_owned().await;
        // Who had the turn looked for all who waited by then: a log that goes on all the time is not read once for each.
        if let Some(reading) = self.looked_since(document, asked) {
            return Ok(reading);
        }
        let all = self.clone();
        // By itself, so that what is begun is of use to the next when whoever asked does not wait for it.
        let task = tokio::spawn(async move {
            let read = all.bring_up_to_date(document).await;
            drop(turn);
            all.make_room();
            read
        });
        task.await.unwrap_or_else(|broke| Err(corrupt(format!("a canvas that cannot be read: {broke}"))))
    }

    fn looked_since(&self, document: DocumentId, asked: Instant) -> Option<Arc<Reading>> {
        let slots = self.lock();
        let last = slots.get(&document)?.last.as_ref()?;
        (last.looked >= asked).then(|| last.reading.clone())
    }

    async fn bring_up_to_date(&self, document: DocumentId) -> Result<Arc<Reading>, StoreError> {
        let looked = Instant::now();
        let end = log::end(&mut self.0.db.read().await?, document).await?;
        let known = {
            let mut slots = self.lock();
            let slot = slots.entry(document).or_insert_with(Slot::new);
            if let Some(last) = slot.last.as_mut().filter(|last| last.reading.seq >= end) {
                last.looked = looked;
                return Ok(last.reading.clone());
            }
            // Taken out: of what breaks half-way nothing is kept.
            slot.document.take()
        };
        let known = self.read_on(document, known, end).await?;
        let bytes = self.0.bytes;
        let (reading, known) = in_background(move || {
            let reading = known.read();
            let fits = known.bytes() + reading.bytes <= bytes;
            (Arc::new(reading), fits.then_some(known))
        })
        .await?;
        let mut slots = self.lock();
        let slot = slots.entry(document).or_insert_with(Slot::new);
        slot.last = Some(Last { reading: reading.clone(), looked });
        slot.document = known;
        Ok(reading)
    }

    /// Reads the log up to this place. No connection is held while what came is worked on: there are few of them.
    async fn read_on(&self, document: DocumentId, known: Option<Document>, end: u64) -> Result<Document, StoreError> {
        let db = &self.0.db;
        let mut known = match known {
            Some(known) => known,
            None => {
                self.0.loaded.fetch_add(1, Ordering::Relaxed);
                let snapshot = log::snapshot(&mut db.read().await?, document).await?;
                in_background(move || Document::of_snapshot(snapshot)).await??
            }
        };
        while known.seq() < end {
            let page = log::changes_between(&mut db.read().await?, document, known.seq(), end, PAGE).await?;
            if page.is_empty() {
                return Err(corrupt("a log that is shorter than it was"));
            }
            known = in_background(move || known.with(page)).await??;
        }
        Ok(known)
    }

    /// While too much is kept, lets go of what was used least lately: of documents first, as what lies on a canvas is all
    /// that is asked for until it is changed.
    fn make_room(&self) {
        let mut gone = Vec::new();
        let mut slots = self.lock();
        loop {
            let many = slots.len() > KEPT;
            if !many && slots.values().map(Slot::bytes).sum::<usize>() <= self.0.bytes {
                break;
            }
            let documents = slots.values_mut().filter(|slot| !many && slot.document.is_some());
            if let Some(slot) = documents.min_by_key(|slot| slot.used) {
                gone.extend(slot.document.take());
                continue;
            }
            let idle = slots.iter().filter(|(_, slot)| !slot.is_in_use());
            let Some(oldest) = idle.min_by_key(|(_, slot)| slot.used).map(|(id, _)| *id) else { break };
            gone.extend(slots.remove(&oldest).and_then(|slot| slot.document));
        }
        // Giving that much memory back takes a while.
        drop(slots);
        drop(gone);
    }

    /// Lets go of those that nobody has asked for lately.
    pub fn let_go(&self) {
        self.lock().retain(|_, slot| slot.used.elapsed() < KEEP || slot.is_in_use());
    }

    /// Of how many something is kept.
    #[must_use]
    pub fn kept(&self) -> usize {
        self.lock().len()
    }

    /// How often a canvas was read from the beginning.
    #[must_use]
    pub fn loaded(&self) -> u64 {
        self.0.loaded.load(Ordering::Relaxed)
    }
}

/// Runs what takes long where it holds up nothing.
pub(super) async fn in_background<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, StoreError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|broke| corrupt(format!("a canvas that cannot be worked on: {broke}")))
}

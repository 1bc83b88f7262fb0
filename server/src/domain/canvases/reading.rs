//! What lies on canvases, read from their logs. Those read lately are kept, and brought up to date by what came since.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use automerge::{ActorId, Automerge, Change, LoadOptions};
use shared::{
    DocumentId,
    canvas::Canvas,
    live::{canvas, concept::ENCODING},
};
use tokio::sync::Mutex as Turn;

use super::{PAGE, corrupt};
use crate::store::{
    Db, StoreError,
    log::{self, LoggedChange, Snapshot},
};

/// Canvases kept, at most.
const KEPT: usize = 64;
/// Bytes of all that are kept, about, at most. One that is larger by itself is read anew each time.
const BYTES: usize = 64 << 20;
/// Bytes in memory of an operation, about, and of a change.
const OPERATION: usize = 128;
const CHANGE: usize = 512;
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
}

impl Reading {
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
    kept: Mutex<HashMap<DocumentId, Slot>>,
}

#[derive(Debug)]
struct Slot {
    /// Whoever reads it brings it up to date, and the others wait for that.
    kept: Arc<Turn<Option<Kept>>>,
    bytes: usize,
    used: Instant,
}

impl Canvases {
    /// Reads from a database.
    #[must_use]
    pub fn new(db: Db) -> Self {
        Self(Arc::new(Inner { db, kept: Mutex::default() }))
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<DocumentId, Slot>> {
        self.0.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn slot(&self, document: DocumentId) -> Arc<Turn<Option<Kept>>> {
        let mut slots = self.lock();
        let slot =
            slots.entry(document).or_insert_with(|| Slot { kept: Arc::default(), bytes: 0, used: Instant::now() });
        slot.used = Instant::now();
        slot.kept.clone()
    }

    /// What lies on the canvas of this document, by all that is stored.
    ///
    /// # Errors
    /// When the database fails, or the log cannot be read.
    pub async fn read(&self, document: DocumentId) -> Result<Arc<Reading>, StoreError> {
        let slot = self.slot(document);
        let mut kept = slot.lock().await;
        // Taken out: of what breaks half-way nothing is kept.
        let now = Kept::bring_up_to_date(&self.0.db, document, kept.take()).await?;
        let (reading, bytes) = (now.reading.clone(), now.bytes());
        if bytes <= BYTES {
            *kept = Some(now);
        }
        drop(kept);
        self.make_room(document, bytes);
        Ok(reading)
    }

    /// Lets go of those used least lately, while too many are kept.
    fn make_room(&self, document: DocumentId, bytes: usize) {
        let mut slots = self.lock();
        if let Some(slot) = slots.get_mut(&document) {
            slot.bytes = if bytes <= BYTES { bytes } else { 0 };
        }
        while slots.len() > KEPT || slots.values().map(|slot| slot.bytes).sum::<usize>() > BYTES {
            let Some(oldest) = slots.iter().min_by_key(|(_, slot)| slot.used).map(|(id, _)| *id) else { return };
            slots.remove(&oldest);
        }
    }

    /// Lets go of those that nobody has asked for lately.
    pub fn let_go(&self) {
        self.lock().retain(|_, slot| slot.used.elapsed() < KEEP);
    }

    /// How many are kept.
    #[must_use]
    pub fn kept(&self) -> usize {
        self.lock().len()
    }
}

#[derive(Debug)]
struct Kept {
    doc: Automerge,
    changes: usize,
    operations: usize,
    reading: Arc<Reading>,
}

impl Kept {
    fn bytes(&self) -> usize {
        self.operations * OPERATION + self.changes * CHANGE
    }

    async fn bring_up_to_date(db: &Db, document: DocumentId, kept: Option<Self>) -> Result<Self, StoreError> {
        let mut tx = db.read().await?;
        let (mut now, mut news) = match kept {
            Some(kept) => (kept, false),
            None => {
                let snapshot = log::snapshot(&mut tx, document).await?;
                (in_background(move || Self::of_snapshot(snapshot)).await??, true)
            }
        };
        loop {
            let page = log::changes_after(&mut tx, document, now.reading.seq, PAGE).await?;
            if page.is_empty() {
                break;
            }
            news = true;
            now = in_background(move || now.with(page)).await??;
        }
        drop(tx);
        if news { in_background(move || now.read()).await } else { Ok(now) }
    }

    fn of_snapshot(snapshot: Option<Snapshot>) -> Result<Self, StoreError> {
        let (doc, seq) = match snapshot {
            Some(Snapshot { seq, bytes }) => {
                let options = LoadOptions::new().text_encoding(ENCODING);
                (Automerge::load_with_options(&bytes, options).map_err(corrupt)?, seq)
            }
            None => (Automerge::new_with_encoding(ENCODING), 0),
        };
        let (mut changes, mut operations, mut writers) = (0, 0, HashSet::new());
        for change in doc.get_changes_meta(&[]) {
            changes += 1;
            operations += usize::try_from(change.max_op - change.start_op + 1).unwrap_or_default();
            if !writers.contains(&*change.actor) {
                writers.insert(change.actor.into_owned());
            }
        }
        let reading = Arc::new(Reading { seq, canvas: Canvas::default(), writers: Arc::new(writers) });
        Ok(Self { doc, changes, operations, reading })
    }

    /// With these changes, the next of its log. What lies on it is read afterwards.
    fn with(mut self, page: Vec<LoggedChange>) -> Result<Self, StoreError> {
        let seq = page.last().map_or(self.reading.seq, |last| last.seq);
        let changes: Vec<Change> = page
            .into_iter()
            .map(|change| Change::from_bytes(change.bytes).map_err(corrupt))
            .collect::<Result<_, _>>()?;
        let mut writers = self.reading.writers.clone();
        for change in &changes {
            self.changes += 1;
            self.operations += change.len();
            if !writers.contains(change.actor_id()) {
                Arc::make_mut(&mut writers).insert(change.actor_id().clone());
            }
        }
        self.doc.apply_changes_batch(changes).map_err(corrupt)?;
        self.reading = Arc::new(Reading { seq, canvas: Canvas::default(), writers });
        Ok(self)
    }

    fn read(mut self) -> Self {
        let canvas = canvas::read(&self.doc);
        self.reading = Arc::new(Reading { seq: self.reading.seq, canvas, writers: self.reading.writers.clone() });
        self
    }
}

/// Runs what takes long where it holds up nothing.
async fn in_background<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, StoreError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|broke| corrupt(format!("a canvas that cannot be worked on: {broke}")))
}

//! The document itself, applied some moments after the log, beside the room's task: for the facts that follow it,
//! for the lengths of its texts, and for snapshots.

use std::time::Duration;

use automerge::{Automerge, Change};
use bytes::Bytes;
use shared::{
    DocumentId, limits,
    live::concept::{self, ENCODING, Field, Texts},
};
use tokio::time::Instant;

use super::{PAGE, Room, Told, index};
use crate::{
    domain::{ideas, now},
    live::{
        hub::Hub,
        ledger::{Growth, Index},
    },
    store::{
        Db, StoreError,
        log::{self, Snapshot},
    },
};

/// How long after a change the facts follow.
const FOLLOW: Duration = Duration::from_millis(600);
/// How long the document stays in memory after the last change.
const KEEP: Duration = Duration::from_secs(20);
/// A snapshot is made when at least this many changes came after the last one, and an eighth of those before.
const SNAPSHOT: Index = 400;

/// Characters a text may have, at most. Beyond the limits of the forms, so that two people writing at once do not meet it.
const LENGTHS: [i64; 3] = [5 * limits::TITLE as i64, 5 * limits::PITCH as i64, limits::BODY as i64 * 5 / 4];

/// A document in memory.
#[derive(Debug)]
pub struct Copy {
    doc: Automerge,
    upto: Index,
}

/// What a room knows of its document's copy.
pub(super) struct Mirror {
    copy: Option<Copy>,
    busy: bool,
    /// The number of changes stored, and of those that the facts reflect.
    stored: Index,
    reflected: Index,
    due: Option<Instant>,
    snapshot: Option<Index>,
    /// Characters of each text, when it was last looked at.
    lengths: [i64; 3],
    /// How much they have grown since, and had when the look under way began.
    grown: [i64; 3],
    grown_then: [i64; 3],
}

/// What a look at the document gave.
pub(super) struct Mirrored {
    copy: Option<Copy>,
    reflected: Option<Index>,
    lengths: Option<[i64; 3]>,
    snapshot: Option<Index>,
}

impl Mirror {
    pub(super) fn new(stored: Index) -> Self {
        Self {
            copy: None,
            busy: false,
            stored,
            reflected: stored,
            due: None,
            snapshot: None,
            lengths: [0; 3],
            grown: [0; 3],
            grown_then: [0; 3],
        }
    }

    /// The text that would become too long.
    pub(super) fn too_long(&self, growth: Growth) -> Option<Field> {
        Field::ALL.into_iter().find(|field| {
            let at = *field as usize;
            let more = i64::from(growth.added[at]) - i64::from(growth.removed[at]);
            more > 0 && self.lengths[at] + self.grown[at] + more > LENGTHS[at]
        })
    }

    pub(super) fn grow(&mut self, growth: Growth) {
        for at in 0..3 {
            self.grown[at] += i64::from(growth.added[at]) - i64::from(growth.removed[at]);
        }
    }

    /// So many changes are stored now.
    pub(super) fn stored(&mut self, stored: Index) {
        // What is due later than this is only letting go of the copy.
        let follow = Instant::now() + FOLLOW;
        self.stored = stored;
        self.due = Some(self.due.map_or(follow, |due| due.min(follow)));
    }

    pub(super) fn due(&self) -> Option<Instant> {
        if self.busy { None } else { self.due }
    }

    pub(super) fn is_idle(&self) -> bool {
        !self.busy && self.reflected == self.stored
    }
}

impl Room {
    /// Looks at the document, beside the room's task; or lets go of it, when nothing has changed for long.
    pub(super) fn start_mirror(&mut self) {
        let mirror = &mut self.mirror;
        mirror.due = None;
        if mirror.reflected == mirror.stored {
            mirror.copy = None;
            return;
        }
        mirror.busy = true;
        mirror.grown_then = mirror.grown;
        let copy = mirror.copy.take();
        let news = copy.as_ref().and_then(|copy| self.recent.since(copy.upto));
        let (hub, document, tell, snapshot) = (self.hub.clone(), self.document, self.tell.clone(), mirror.snapshot);
        self.hub.spawn(async move {
            let mirrored = look(&hub, document, copy.zip(news), snapshot).await.unwrap_or_else(|error| {
                tracing::error!(%document, %error, "the facts do not follow a document");
                Mirrored { copy: None, reflected: None, lengths: None, snapshot }
            });
            let _ = tell.send(Told::Mirror(Box::new(mirrored)));
        });
    }

    pub(super) fn mirrored(&mut self, mirrored: Mirrored) {
        let mirror = &mut self.mirror;
        mirror.busy = false;
        mirror.copy = mirrored.copy;
        mirror.snapshot = mirrored.snapshot;
        if let Some(lengths) = mirrored.lengths {
            mirror.lengths = lengths;
            for at in 0..3 {
                mirror.grown[at] -= mirror.grown_then[at];
            }
        }
        // After a failure the job that catches up tries again; a room must not try forever.
        mirror.reflected = mirrored.reflected.unwrap_or(mirror.stored);
        let wait = if mirror.reflected < mirror.stored { FOLLOW } else { KEEP };
        mirror.due = Some(Instant::now() + wait);
    }
}

async fn look(
    hub: &Hub,
    document: DocumentId,
    copy: Option<(Copy, Vec<Bytes>)>,
    snapshot: Option<Index>,
) -> Result<Mirrored, StoreError> {
    let (copy, mut snapshot) = match copy {
        Some((copy, news)) => (in_background(move || copy.applied(&news)).await??, snapshot),
        None => {
            let (copy, saved) = Copy::load(hub.db(), document).await?;
            (copy, Some(saved))
        }
    };
    let since = copy.upto - snapshot.unwrap_or(0);
    let (copy, texts, saved) = in_background(move || {
        let texts = copy.texts()?;
        let saved = if since >= SNAPSHOT && since >= copy.upto / 8 { copy.save() } else { None };
        Ok::<_, StoreError>((copy, texts, saved))
    })
    .await??;
    if let Some(saved) = saved {
        let mut tx = hub.db().write().await?;
        log::save_snapshot(&mut tx, document, &saved, now()).await?;
        tx.commit().await?;
        snapshot = Some(copy.upto);
    }
    reflect(hub, document, copy.upto, &texts).await?;
    let lengths =
        [&texts.title, &texts.pitch, &texts.body].map(|text| i64::try_from(text.chars().count()).unwrap_or(i64::MAX));
    Ok(Mirrored { reflected: Some(copy.upto), copy: Some(copy), lengths: Some(lengths), snapshot })
}

/// Gives the facts the texts of a document, and tells who listens.
async fn reflect(hub: &Hub, document: DocumentId, upto: Index, texts: &Texts) -> Result<(), StoreError> {
    if let Some(changed) = ideas::reflect(hub.db(), document, u64::from(upto), texts).await?
        && let Ok(data) = serde_json::to_string(&changed)
    {
        hub.publish(&format!("idea:{}", changed.number), "concept", data);
    }
    Ok(())
}

/// Lets the facts follow a document whose room was not open when they should have.
///
/// # Errors
/// When the database fails, or the document cannot be read.
pub async fn catch_up(hub: &Hub, document: DocumentId) -> Result<(), StoreError> {
    let (copy, _) = Copy::load(hub.db(), document).await?;
    let (copy, texts) = in_background(move || copy.texts().map(|texts| (copy, texts))).await??;
    reflect(hub, document, copy.upto, &texts).await
}

/// Runs what takes long where it holds up nothing.
async fn in_background<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, StoreError> {
    tokio::task::spawn_blocking(work).await.map_err(|_| super::corrupt("a document that cannot be applied"))
}

impl Copy {
    /// Reads a document, and says up to where its snapshot went.
    ///
    /// # Errors
    /// When the database fails, or the log cannot be applied.
    pub async fn load(db: &Db, document: DocumentId) -> Result<(Self, Index), StoreError> {
        let mut tx = db.read().await?;
        let snapshot = log::snapshot(&mut tx, document).await?;
        let saved = snapshot.as_ref().map_or(Ok(0), |snapshot| index(snapshot.seq))?;
        let mut copy = match snapshot {
            Some(snapshot) => in_background(move || Self::of_snapshot(&snapshot)).await??,
            None => Self { doc: Automerge::new_with_encoding(ENCODING), upto: 0 },
        };
        loop {
            let page = log::changes_after(&mut tx, document, u64::from(copy.upto), PAGE).await?;
            let last = page.len() < PAGE as usize;
            let changes: Vec<Bytes> = page.into_iter().map(|change| change.bytes.into()).collect();
            copy = in_background(move || copy.applied(&changes)).await??;
            if last {
                return Ok((copy, saved));
            }
        }
    }

    fn of_snapshot(snapshot: &Snapshot) -> Result<Self, StoreError> {
        let options = automerge::LoadOptions::new().text_encoding(ENCODING);
        let doc = Automerge::load_with_options(&snapshot.bytes, options)
            .map_err(|error| super::corrupt(&format!("a snapshot that cannot be loaded: {error}")))?;
        Ok(Self { doc, upto: index(snapshot.seq)? })
    }

    /// With these changes, the next of the log.
    fn applied(mut self, changes: &[Bytes]) -> Result<Self, StoreError> {
        let read: Result<Vec<Change>, _> = changes.iter().map(|bytes| Change::try_from(&**bytes)).collect();
        let read = read.map_err(|error| super::corrupt(&format!("a change that cannot be read: {error}")))?;
        self.upto += Index::try_from(read.len()).unwrap_or(Index::MAX);
        self.doc
            .apply_changes_batch(read)
            .map_err(|error| super::corrupt(&format!("a change that cannot be applied: {error}")))?;
        Ok(self)
    }

    /// Its texts.
    ///
    /// # Errors
    /// When it is no concept.
    pub fn texts(&self) -> Result<Texts, StoreError> {
        concept::read(&self.doc).map_err(|error| super::corrupt(&error.to_string()))
    }

    /// Saved whole; nothing when it would not come back the same, which the log makes good.
    fn save(&self) -> Option<Snapshot> {
        let bytes = self.doc.save();
        let options = automerge::LoadOptions::new().text_encoding(ENCODING);
        match Automerge::load_with_options(&bytes, options) {
            Ok(back) if back.get_heads() == self.doc.get_heads() => Some(Snapshot { seq: u64::from(self.upto), bytes }),
            _ => {
                tracing::error!(
                    changes = self.upto,
                    "a snapshot would not come back as it was; the log is kept as it is"
                );
                None
            }
        }
    }

    /// The document.
    #[must_use]
    pub fn into_document(self) -> Automerge {
        self.doc
    }
}

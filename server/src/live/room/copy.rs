//! A document brought into memory: its texts alone, or whole as Automerge has it.

use std::ops::Range;
use std::sync::Arc;

use automerge::{Automerge, Change};
use shared::{
    DocumentId,
    api::{LetterId, Millis},
    live::{
        change::{self, Unreadable},
        concept::{self, ENCODING, Field, Texts},
        ledger::Index,
    },
};

use super::{
    PAGE,
    credit::{self, Twins},
    edits::with_change,
    index,
    recent::Stored,
};
use crate::{
    domain::{
        credit::{Credit, Written},
        ideas::Shown,
        markdown::Renderer,
        passages::Anchor,
    },
    live::letters::Letters,
    store::{
        Db, StoreError,
        log::{self, Snapshot},
    },
};

/// Bytes of a log that are saved whole without a second thought.
const LIGHT: usize = 4 << 20;
/// Bytes of a change, on average, up to which a longer log is: it is of people typing.
const TERSE: usize = 512;

/// The texts of a document after some of its changes.
#[derive(Debug, Default)]
pub struct Copy {
    letters: Letters,
    upto: Index,
    bytes: usize,
    renderer: Renderer,
    twins: Option<Twins>,
    credit: Option<Credit>,
}

impl Copy {
    /// Reads the log of a document.
    ///
    /// # Errors
    /// When the database fails, or the log cannot be applied.
    pub async fn load(db: &Db, document: DocumentId) -> Result<Self, StoreError> {
        Self::load_upto(db, document, Index::MAX).await
    }

    /// Reads the log of a document up to a place.
    ///
    /// # Errors
    /// When the database fails, or the log cannot be applied.
    pub async fn load_upto(db: &Db, document: DocumentId, upto: Index) -> Result<Self, StoreError> {
        let mut tx = db.read().await?;
        let mut copy = Self::default();
        loop {
            let more = PAGE.min(upto.saturating_sub(copy.upto));
            let page = match more {
                0 => Vec::new(),
                _ => log::changes_after(&mut tx, document, u64::from(copy.upto), more).await?,
            };
            if page.is_empty() {
                return Ok(copy);
            }
            copy = in_background(move || {
                page.iter().try_for_each(|change| copy.take(&change.bytes, change.stored_at))?;
                Ok::<_, StoreError>(copy)
            })
            .await??;
        }
    }

    /// The texts of a document as they were after each of these places of its log, which are in order.
    ///
    /// # Errors
    /// When the database fails, or the log cannot be applied.
    pub async fn texts_at(db: &Db, document: DocumentId, places: Vec<i64>) -> Result<Vec<Texts>, StoreError> {
        let mut tx = db.read().await?;
        let mut read = (Self::default(), Vec::with_capacity(places.len()));
        let places: Arc<[i64]> = places.into();
        while read.1.len() < places.len() {
            let page = log::changes_after(&mut tx, document, u64::from(read.0.upto), PAGE).await?;
            if page.is_empty() {
                return Err(super::corrupt("a log that is shorter than what was read of it"));
            }
            let places = places.clone();
            read = in_background(move || {
                let (mut copy, mut texts) = read;
                for change in page {
                    copy.take(&change.bytes, change.stored_at)?;
                    while places.get(texts.len()).is_some_and(|place| *place == i64::from(copy.upto)) {
                        texts.push(copy.texts());
                    }
                }
                Ok::<_, StoreError>((copy, texts))
            })
            .await??;
        }
        Ok(read.1)
    }

    /// The number of changes it holds.
    #[must_use]
    pub fn upto(&self) -> Index {
        self.upto
    }

    /// Whether a snapshot spares more than it costs: see `docs/decisions/0012`.
    pub(super) fn is_worth_saving(&self) -> bool {
        self.bytes <= LIGHT || self.bytes / (self.upto as usize).max(1) <= TERSE
    }

    /// The texts.
    #[must_use]
    pub fn texts(&self) -> Texts {
        self.letters.texts()
    }

    /// The bytes of its text that a passage is; nothing when it has no such letters.
    #[must_use]
    pub fn range(&self, anchor: &Anchor) -> Option<Range<usize>> {
        self.letters.range(anchor.field, &anchor.first, &anchor.last)
    }

    /// The first and the last letter that stand in these bytes of a text.
    #[must_use]
    pub fn ends(&self, field: Field, range: Range<usize>) -> Option<(LetterId, LetterId)> {
        self.letters.ends(field, range)
    }

    /// Every letter ever written.
    #[must_use]
    pub fn written(&self) -> Written {
        self.letters.written()
    }

    /// Reads the texts merged into the document, unless it holds them.
    pub(super) async fn bring_twins(&mut self, db: &Db, document: DocumentId) -> Result<(), StoreError> {
        self.twins = Some(credit::twins(db, document, self.twins.take()).await?);
        Ok(())
    }

    /// Works out who is credited with the texts as they are.
    pub fn work_out_credit(&mut self) {
        self.credit = Some(credit::of(&self.written(), &self.twins.clone().unwrap_or_default()));
    }

    /// Who was credited with the texts when that was last worked out.
    #[must_use]
    pub fn credit(&self) -> Option<&Credit> {
        self.credit.as_ref()
    }

    /// Bytes it holds, about.
    pub(super) fn weight(&self) -> usize {
        let twins: usize = self.twins.iter().flat_map(|twins| twins.iter()).map(|(_, twin)| twin.weight()).sum();
        self.letters.weight() + self.renderer.weight() + twins
    }

    /// What the facts show of the texts.
    pub(super) fn shown(&mut self) -> Shown {
        Shown::of(&self.letters.texts(), &mut self.renderer)
    }

    /// Takes in the next change of the log, of so many bytes, stored at `stored_at`.
    pub(super) fn apply(
        &mut self,
        change: &change::Change<'_>,
        bytes: usize,
        stored_at: Millis,
    ) -> Result<(), Unreadable> {
        self.letters.apply(change, stored_at)?;
        self.credit = None;
        self.upto += 1;
        self.bytes += bytes;
        Ok(())
    }

    fn take(&mut self, bytes: &[u8], stored_at: Millis) -> Result<(), StoreError> {
        with_change(bytes, |change| self.apply(change, bytes.len(), stored_at).ok())
            .flatten()
            .ok_or_else(|| super::corrupt("a change that cannot be applied"))
    }

    /// With these changes, the next of the log.
    pub(super) fn applied(mut self, changes: &[Stored]) -> Result<Self, StoreError> {
        changes.iter().try_for_each(|change| self.take(&change.bytes, change.at))?;
        Ok(self)
    }
}

/// A document as Automerge has it.
#[derive(Debug)]
pub struct Whole {
    doc: Automerge,
    upto: Index,
}

impl Whole {
    /// Reads a document from its snapshot and the log after it.
    ///
    /// # Errors
    /// When the database fails, or the log cannot be applied.
    pub async fn load(db: &Db, document: DocumentId) -> Result<Self, StoreError> {
        let mut tx = db.read().await?;
        let mut whole = match log::snapshot(&mut tx, document).await? {
            Some(snapshot) => in_background(move || Self::of_snapshot(&snapshot)).await??,
            None => Self { doc: Automerge::new_with_encoding(ENCODING), upto: 0 },
        };
        loop {
            let page = log::changes_after(&mut tx, document, u64::from(whole.upto), PAGE).await?;
            if page.is_empty() {
                return Ok(whole);
            }
            whole = in_background(move || {
                whole.apply(page.into_iter().map(|change| change.bytes))?;
                Ok::<_, StoreError>(whole)
            })
            .await??;
        }
    }

    /// A document as its snapshot has it.
    ///
    /// # Errors
    /// When that cannot be loaded.
    pub(super) fn of_snapshot(snapshot: &Snapshot) -> Result<Self, StoreError> {
        let options = automerge::LoadOptions::new().text_encoding(ENCODING);
        let doc = Automerge::load_with_options(&snapshot.bytes, options)
            .map_err(|error| super::corrupt(&format!("a snapshot that cannot be loaded: {error}")))?;
        Ok(Self { doc, upto: index(snapshot.seq)? })
    }

    fn apply(&mut self, changes: impl Iterator<Item = Vec<u8>>) -> Result<(), StoreError> {
        let read: Result<Vec<Change>, _> = changes.map(Change::from_bytes).collect();
        let read = read.map_err(|error| super::corrupt(&format!("a change that cannot be read: {error}")))?;
        self.upto += Index::try_from(read.len()).unwrap_or(Index::MAX);
        self.doc
            .apply_changes_batch(read)
            .map_err(|error| super::corrupt(&format!("a change that cannot be applied: {error}")))
    }

    /// The number of changes it holds.
    pub(super) fn upto(&self) -> Index {
        self.upto
    }

    /// Its texts.
    ///
    /// # Errors
    /// When it is no concept.
    pub fn texts(&self) -> Result<Texts, StoreError> {
        concept::read(&self.doc).map_err(|error| super::corrupt(&error.to_string()))
    }

    /// Saved; nothing when it would not come back the same, which the log makes good.
    pub(super) fn save(self) -> Option<Snapshot> {
        let Self { doc, upto } = self;
        let (bytes, heads) = (doc.save(), doc.get_heads());
        // Never twice in memory.
        drop(doc);
        let options = automerge::LoadOptions::new().text_encoding(ENCODING);
        match Automerge::load_with_options(&bytes, options) {
            Ok(back) if back.get_heads() == heads => Some(Snapshot { seq: u64::from(upto), bytes }),
            _ => {
                tracing::error!(changes = upto, "a snapshot would not come back as it was; the log is kept as it is");
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

/// Runs what takes long where it holds up nothing.
pub(in crate::live) async fn in_background<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, StoreError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|broke| super::corrupt(&format!("a document that cannot be worked on: {broke}")))
}

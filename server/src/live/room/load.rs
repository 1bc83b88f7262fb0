//! What a room reads from the log: little to let people in, all of it before the first change.

use std::{collections::HashSet, sync::Arc};

use bytes::Bytes;
use shared::{
    DocumentId,
    live::{
        ledger::{Index, Ledger},
        sync::Hash,
    },
};

use super::{
    PAGE, answer,
    copy::{self, Copy, Whole},
    corrupt, edits, index, mirror,
    recent::{Recent, Stored},
};
use crate::{
    live::hub::Hub,
    store::{
        StoreError, Tx,
        log::{self, LoggedChange, Snapshot},
        quarantine,
    },
};

/// What a room begins with: where the log ends, its heads and its last changes.
pub(super) struct Read {
    pub(super) stored: Index,
    pub(super) heads: Vec<Hash>,
    pub(super) recent: Recent,
    /// The document is set aside.
    pub(super) aside: Option<Box<Aside>>,
    /// The place in the log for which the heads are kept.
    pub(super) tip: Index,
}

/// What is known of a document that is set aside: it is read as far as it can be, and takes no change.
pub(super) struct Aside {
    /// Every change of its log.
    pub(super) known: HashSet<Hash>,
    /// Its snapshot can be read.
    pub(super) from_snapshot: bool,
}

/// Reads what joining needs; nothing when there is no such document.
pub(super) async fn read(hub: &Hub, document: DocumentId) -> Result<Option<Read>, StoreError> {
    let mut tx = hub.db().read().await?;
    let Some(tip) = log::tip(&mut tx, document).await? else { return Ok(None) };
    if quarantine::is_set_aside(&mut tx, document).await? {
        return read_aside(&mut tx, document).await.map(Some);
    }
    let mut read = Read { tip: index(tip.seq)?, ..Read::nothing() };
    if log::snapshot_seq(&mut tx, document).await? > tip.seq {
        if let Some(snapshot) = log::snapshot(&mut tx, document).await? {
            read.begin(&snapshot)?;
        }
    } else {
        // Mostly the end of the log: then no change is read.
        (read.stored, read.heads) = (read.tip, tip.heads);
        read.recent.begin_at(read.stored);
    }
    while read.take_page(&mut tx, document).await? {}
    Ok(Some(read))
}

/// As far as it can be read: from the snapshot if that holds, else from the beginning, up to the first flaw.
async fn read_aside(tx: &mut Tx, document: DocumentId) -> Result<Read, StoreError> {
    let known = log::hashes(tx, document).await?.into_iter().collect();
    let mut read = Read::nothing();
    let mut from_snapshot = false;
    if let Some(snapshot) = log::snapshot(tx, document).await? {
        let snapshot = Arc::new(snapshot);
        let tried = snapshot.clone();
        let loads = copy::in_background(move || Whole::of_snapshot(&tried).is_ok()).await.unwrap_or(false);
        from_snapshot = loads && read.begin(&snapshot).is_ok();
    }
    loop {
        match read.take_page(tx, document).await {
            Ok(true) => {}
            Err(error) if !matches!(error, StoreError::Corrupt(_)) => return Err(error),
            Ok(false) | Err(_) => break,
        }
    }
    read.aside = Some(Box::new(Aside { known, from_snapshot }));
    Ok(read)
}

impl Read {
    fn nothing() -> Self {
        Self { stored: 0, heads: Vec::new(), recent: Recent::default(), aside: None, tip: 0 }
    }

    fn begin(&mut self, snapshot: &Snapshot) -> Result<(), StoreError> {
        self.heads = answer::heads_of(snapshot).ok_or_else(|| corrupt("a snapshot"))?;
        self.stored = index(snapshot.seq)?;
        self.recent.begin_at(self.stored);
        Ok(())
    }

    /// Takes in the next changes of the log; false when there are no more.
    async fn take_page(&mut self, tx: &mut Tx, document: DocumentId) -> Result<bool, StoreError> {
        let page = log::changes_after(tx, document, u64::from(self.stored), PAGE).await?;
        let more = !page.is_empty();
        for change in page {
            if change.seq != u64::from(self.stored) + 1 {
                return Err(corrupt("a log with a gap"));
            }
            edits::advance(&mut self.heads, &change.bytes).ok_or_else(|| corrupt("a change that cannot be read"))?;
            self.stored += 1;
            self.recent.push(Stored { bytes: Bytes::from(change.bytes), at: change.stored_at });
        }
        Ok(more)
    }
}

/// The whole log, read for what is asked of the graph of changes and for the texts at once.
pub(super) struct Loaded {
    pub(super) ledger: Ledger,
    pub(super) copy: Copy,
    /// Under which name the document is followed, if its texts are long.
    pub(super) topic: Option<String>,
}

/// Reads the log up to `end`.
pub(super) async fn ledger(hub: &Hub, document: DocumentId, end: Index) -> Result<Loaded, StoreError> {
    let mut read = (Ledger::default(), Copy::default());
    let mut tx = hub.db().read().await?;
    while read.0.len() < end {
        let at = read.0.len();
        let page = log::changes_after(&mut tx, document, u64::from(at), PAGE.min(end - at)).await?;
        if page.is_empty() {
            return Err(corrupt("a log with a gap"));
        }
        read = copy::in_background(move || replay(read, &page)).await??;
    }
    let (ledger, copy) = read;
    let topic = mirror::topic_of_long(&mut tx, document, &copy).await?;
    Ok(Loaded { ledger, copy, topic })
}

fn replay(read: (Ledger, Copy), page: &[LoggedChange]) -> Result<(Ledger, Copy), StoreError> {
    let (mut ledger, mut copy) = read;
    for logged in page {
        if logged.seq != u64::from(ledger.len()) + 1 {
            return Err(corrupt("a log with a gap"));
        }
        edits::with_change(&logged.bytes, |change| {
            ledger.replay(change, logged.person).ok()?;
            copy.apply(change, logged.bytes.len(), logged.stored_at).ok()
        })
        .flatten()
        .ok_or_else(|| corrupt("a change"))?;
    }
    Ok((ledger, copy))
}

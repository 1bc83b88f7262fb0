//! What a room reads from the log: little to let people in, all of it before the first change.

use std::collections::{HashMap, VecDeque};

use bytes::Bytes;
use shared::{
    DocumentId,
    live::ledger::{Index, Ledger},
};
use tokio::{sync::mpsc, time::Instant};

use super::{
    PAGE, Room, Told, answer,
    copy::{self, Copy},
    corrupt, edits, index,
    mirror::Mirror,
    recent::Recent,
};
use crate::{
    live::hub::Hub,
    store::{
        StoreError,
        log::{self, LoggedChange},
    },
};

impl Room {
    /// Reads what joining needs: where the log ends, its heads and its last changes.
    pub(super) async fn load(
        hub: Hub,
        document: DocumentId,
        tell: mpsc::UnboundedSender<Box<Told>>,
    ) -> Result<Option<Self>, StoreError> {
        let mut tx = hub.db().read().await?;
        if !log::document_exists(&mut tx, document).await? {
            return Ok(None);
        }
        let mut recent = Recent::default();
        let mut heads = Vec::new();
        let mut stored = 0;
        if let Some(snapshot) = log::snapshot(&mut tx, document).await? {
            heads = answer::heads_of(&snapshot).ok_or_else(|| corrupt("a snapshot"))?;
            stored = index(snapshot.seq)?;
            recent.begin_at(stored);
        }
        loop {
            let page = log::changes_after(&mut tx, document, u64::from(stored), PAGE).await?;
            let last = page.len() < PAGE as usize;
            for change in page {
                stored = index(change.seq)?;
                edits::advance(&mut heads, &change.bytes).ok_or_else(|| corrupt("a change"))?;
                recent.push(Bytes::from(change.bytes));
            }
            if last {
                break;
            }
        }
        drop(tx);
        Ok(Some(Self {
            mirror: Mirror::new(stored),
            hub,
            name: document.to_string(),
            document,
            tell,
            peers: HashMap::new(),
            presence_due: None,
            stored,
            heads,
            recent,
            ledger: None,
            ledger_asked: false,
            deferred: VecDeque::new(),
            pending: Vec::new(),
            in_flight: None,
            paced: Instant::now(),
            settling: Vec::new(),
            whole: None,
        }))
    }
}

/// Reads the log up to `end`, for what is asked of the graph of changes and for the texts at once.
pub(super) async fn ledger(hub: &Hub, document: DocumentId, end: Index) -> Result<(Ledger, Copy), StoreError> {
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
    Ok(read)
}

fn replay(read: (Ledger, Copy), page: &[LoggedChange]) -> Result<(Ledger, Copy), StoreError> {
    let (mut ledger, mut copy) = read;
    for logged in page {
        if logged.seq != u64::from(ledger.len()) + 1 {
            return Err(corrupt("a log with a gap"));
        }
        edits::with_change(&logged.bytes, |change| {
            ledger.replay(change, logged.person).ok()?;
            copy.apply(change).ok()
        })
        .flatten()
        .ok_or_else(|| corrupt("a change"))?;
    }
    Ok((ledger, copy))
}

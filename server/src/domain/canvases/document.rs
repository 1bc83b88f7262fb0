//! A canvas as Automerge has it, up to a place in its log. All of this takes a while, and none of it asks the database.

use std::{collections::HashSet, sync::Arc};

use automerge::{ActorId, Automerge, Change, LoadOptions};
use shared::live::{canvas, concept::ENCODING};

use super::{Reading, corrupt};
use crate::store::{
    StoreError,
    log::{LoggedChange, Snapshot},
};

/// Bytes in memory of an operation, about, and of a change.
const OPERATION: usize = 128;
const CHANGE: usize = 512;

/// A canvas, with all that was ever changed on it.
#[derive(Debug)]
pub(super) struct Document {
    doc: Automerge,
    seq: u64,
    changes: usize,
    operations: usize,
    writers: Arc<HashSet<ActorId>>,
}

impl Document {
    /// Up to where the snapshot goes; without one, before the first change.
    pub(super) fn of_snapshot(snapshot: Option<Snapshot>) -> Result<Self, StoreError> {
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
        Ok(Self { doc, seq, changes, operations, writers: Arc::new(writers) })
    }

    /// The place in its log.
    pub(super) fn seq(&self) -> u64 {
        self.seq
    }

    /// Bytes it holds, about.
    pub(super) fn bytes(&self) -> usize {
        self.operations * OPERATION + self.changes * CHANGE
    }

    /// With these changes, the next of its log.
    pub(super) fn with(mut self, page: Vec<LoggedChange>) -> Result<Self, StoreError> {
        self.seq = page.last().map_or(self.seq, |last| last.seq);
        let changes: Vec<Change> = page
            .into_iter()
            .map(|change| Change::from_bytes(change.bytes).map_err(corrupt))
            .collect::<Result<_, _>>()?;
        for change in &changes {
            self.changes += 1;
            self.operations += change.len();
            if !self.writers.contains(change.actor_id()) {
                Arc::make_mut(&mut self.writers).insert(change.actor_id().clone());
            }
        }
        self.doc.apply_changes_batch(changes).map_err(corrupt)?;
        Ok(self)
    }

    /// What lies on it.
    pub(super) fn read(&self) -> Reading {
        Reading::new(self.seq, canvas::read(&self.doc), self.writers.clone())
    }
}

//! The last changes of a document, kept at hand for those who were away for a moment.

use std::collections::VecDeque;

use bytes::Bytes;

use shared::{api::Millis, live::ledger::Index};

/// Bytes kept, at most.
const BYTES: usize = 256 * 1024;

/// A change that was stored.
#[derive(Clone, Debug)]
pub(super) struct Stored {
    /// The change chunk.
    pub(super) bytes: Bytes,
    /// When.
    pub(super) at: Millis,
}

/// The last changes.
#[derive(Debug, Default)]
pub(super) struct Recent {
    first: Index,
    changes: VecDeque<Stored>,
    bytes: usize,
}

impl Recent {
    /// The next change pushed is that at `first`.
    pub(super) fn begin_at(&mut self, first: Index) {
        *self = Self { first, ..Self::default() };
    }

    pub(super) fn push(&mut self, change: Stored) {
        self.bytes += change.bytes.len();
        self.changes.push_back(change);
        while self.bytes > BYTES
            && let Some(dropped) = self.changes.pop_front()
        {
            self.bytes -= dropped.bytes.len();
            self.first += 1;
        }
    }

    /// Bytes it holds.
    pub(super) fn weight(&self) -> usize {
        self.bytes + self.changes.capacity() * size_of::<Stored>()
    }

    pub(super) fn get(&self, index: Index) -> Option<&Bytes> {
        self.changes.get(index.checked_sub(self.first)? as usize).map(|change| &change.bytes)
    }

    /// The changes from `first` on, when all of them are still here.
    pub(super) fn since(&self, first: Index) -> Option<Vec<Stored>> {
        let skip = first.checked_sub(self.first)? as usize;
        Some(self.changes.iter().skip(skip).cloned().collect())
    }
}

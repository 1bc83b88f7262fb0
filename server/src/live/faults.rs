//! How often documents broke lately, on this node.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Mutex, PoisonError},
    time::Duration,
};

use shared::DocumentId;
use tokio::time::Instant;

/// A document that broke so many times within [`SPAN`] is set aside.
pub const FAILURES: u32 = 3;
/// See [`FAILURES`].
pub const SPAN: Duration = Duration::from_secs(600);

/// When documents broke.
#[derive(Debug, Default)]
pub struct Faults(Mutex<HashMap<DocumentId, VecDeque<Instant>>>);

impl Faults {
    /// A document broke. Says how often within [`SPAN`], when that is too often; it then counts anew.
    pub fn note(&self, document: DocumentId) -> Option<u32> {
        self.note_at(document, Instant::now())
    }

    fn note_at(&self, document: DocumentId, now: Instant) -> Option<u32> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, times| {
            times.retain(|at| now - *at < SPAN);
            !times.is_empty()
        });
        let times = all.entry(document).or_default();
        times.push_back(now);
        let failures = u32::try_from(times.len()).unwrap_or(u32::MAX);
        if failures < FAILURES {
            return None;
        }
        all.remove(&document);
        Some(failures)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_failures_close_together_set_a_document_aside() {
        let (faults, one, other) = (Faults::default(), DocumentId::new(), DocumentId::new());
        let begin = Instant::now();
        let later = begin + SPAN;
        assert_eq!([one, other, one].map(|document| faults.note_at(document, begin)), [None; 3]);
        assert_eq!([one, one].map(|document| faults.note_at(document, later)), [None; 2], "the first are forgotten");
        assert_eq!(faults.note_at(one, later), Some(FAILURES));
        assert_eq!(faults.note_at(one, later), None, "and it counts anew");
    }
}

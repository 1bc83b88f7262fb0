//! When typing becomes a change: rarely enough that history stays small, soon enough for those who watch.

/// Decides when an open transaction ends. Times are milliseconds of any clock that does not go back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pace {
    since: Option<u64>,
    watched: bool,
}

impl Pace {
    /// Typing is gathered this long while others are present.
    pub const WATCHED: u64 = 150;
    /// Typing is gathered this long while nobody else is there.
    pub const ALONE: u64 = 500;

    /// Others came, or the last of them left.
    pub fn watched(&mut self, by_others: bool) {
        self.watched = by_others;
    }

    /// Something was typed.
    pub fn typed(&mut self, now: u64) {
        self.since.get_or_insert(now);
    }

    /// The person ended a line, left the field or the page: what was typed is due at once.
    pub fn hurry(&mut self) {
        if self.since.is_some() {
            self.since = Some(0);
        }
    }

    /// The transaction ended.
    pub fn committed(&mut self) {
        self.since = None;
    }

    /// In how many milliseconds the transaction is to end: 0 is now, none is no transaction.
    #[must_use]
    pub fn due_in(&self, now: u64) -> Option<u64> {
        let patience = if self.watched { Self::WATCHED } else { Self::ALONE };
        self.since.map(|since| since.saturating_add(patience).saturating_sub(now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typing_is_gathered_from_its_first_letter_on() {
        let mut pace = Pace::default();
        assert_eq!(pace.due_in(1_000), None);
        pace.typed(1_000);
        pace.typed(1_400);
        assert_eq!(pace.due_in(1_400), Some(100));
        pace.watched(true);
        assert_eq!(pace.due_in(1_100), Some(50));
        assert_eq!(pace.due_in(1_400), Some(0));
        pace.committed();
        assert_eq!(pace.due_in(1_400), None);
    }

    #[test]
    fn leaving_makes_it_due() {
        let mut pace = Pace::default();
        pace.hurry();
        assert_eq!(pace.due_in(10_000), None);
        pace.typed(10_000);
        pace.hurry();
        assert_eq!(pace.due_in(10_000), Some(0));
    }
}

//! Sets of operations of one actor, as ranges of their counters: people remove neighbouring letters.

use std::collections::BTreeMap;

/// A set of counters.
#[derive(Clone, Debug, Default)]
pub(super) struct Ranges(pub(super) BTreeMap<u32, u32>);

impl Ranges {
    /// Whether it holds a counter.
    pub(super) fn contains(&self, counter: u32) -> bool {
        self.0.range(..=counter).next_back().is_some_and(|(_, end)| counter < *end)
    }

    /// Adds a counter.
    pub(super) fn insert(&mut self, counter: u32) {
        self.insert_range(counter, counter.saturating_add(1));
    }

    /// Adds those of another set.
    pub(super) fn extend(&mut self, other: &Self) {
        for (start, end) in &other.0 {
            self.insert_range(*start, *end);
        }
    }

    /// How many ranges there are.
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    fn insert_range(&mut self, mut start: u32, mut end: u32) {
        if let Some((before, until)) = self.0.range(..=start).next_back().map(|(start, end)| (*start, *end))
            && until >= start
        {
            if until >= end {
                return;
            }
            start = before;
        }
        while let Some((next, until)) = self.0.range(start..=end).next_back().map(|(start, end)| (*start, *end)) {
            self.0.remove(&next);
            end = end.max(until);
        }
        self.0.insert(start, end);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn it_holds_what_was_put_in(parts in prop::collection::vec((0_u32..60, 1_u32..9), 0..30)) {
            let (mut ranges, mut known) = (Ranges::default(), HashSet::new());
            for (start, length) in parts {
                let mut part = Ranges::default();
                for counter in start..start + length {
                    part.insert(counter);
                    known.insert(counter);
                }
                prop_assert_eq!(part.len(), 1);
                ranges.extend(&part);
            }
            for counter in 0..80 {
                prop_assert_eq!(ranges.contains(counter), known.contains(&counter));
            }
        }
    }
}

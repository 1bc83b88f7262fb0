//! Which letters of a text stand at some time, and which is the next.

/// A set of places, with a word of bits for each 64 of them, one for each 64 words, and so on: what is next is found in as
/// many steps as there are such levels.
pub(super) struct Standing {
    levels: Vec<Vec<u64>>,
}

impl Standing {
    /// None of so many places.
    pub(super) fn none_of(places: usize) -> Self {
        let mut levels = Vec::new();
        let mut width = places.max(1);
        loop {
            width = width.div_ceil(64);
            levels.push(vec![0; width]);
            if width == 1 {
                return Self { levels };
            }
        }
    }

    pub(super) fn insert(&mut self, mut place: usize) {
        for level in &mut self.levels {
            level[place / 64] |= 1 << (place % 64);
            place /= 64;
        }
    }

    pub(super) fn remove(&mut self, mut place: usize) {
        for level in &mut self.levels {
            level[place / 64] &= !(1 << (place % 64));
            if level[place / 64] != 0 {
                return;
            }
            place /= 64;
        }
    }

    /// The places from this one on, in order.
    pub(super) fn onward(&self, place: usize) -> impl Iterator<Item = usize> {
        let next = move |place: usize| self.at_or_after(place);
        std::iter::successors(next(place), move |place| next(place + 1))
    }

    /// The places before this one, the last first.
    pub(super) fn before(&self, place: usize) -> impl Iterator<Item = usize> {
        std::iter::successors(self.last_before(place), move |place| self.last_before(*place))
    }

    fn at_or_after(&self, place: usize) -> Option<usize> {
        let mut at = place;
        for (height, level) in self.levels.iter().enumerate() {
            let word = level.get(at / 64)? & (u64::MAX << (at % 64));
            if word != 0 {
                let found = at / 64 * 64 + word.trailing_zeros() as usize;
                return Some(self.lowest(height, found));
            }
            at = at / 64 + 1;
        }
        None
    }

    fn last_before(&self, place: usize) -> Option<usize> {
        let mut at = place;
        for (height, level) in self.levels.iter().enumerate() {
            let below = level.get(at / 64).map_or(0, |word| word & ((1 << (at % 64)) - 1));
            if below != 0 {
                let found = at / 64 * 64 + 63 - below.leading_zeros() as usize;
                return Some(self.highest(height, found));
            }
            at /= 64;
        }
        None
    }

    fn lowest(&self, height: usize, place: usize) -> usize {
        let levels = self.levels[..height].iter().rev();
        levels.fold(place, |place, level| place * 64 + level[place].trailing_zeros() as usize)
    }

    fn highest(&self, height: usize, place: usize) -> usize {
        let levels = self.levels[..height].iter().rev();
        levels.fold(place, |place, level| place * 64 + 63 - level[place].leading_zeros() as usize)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// It is a set, however many levels it takes.
        #[test]
        fn it_is_a_set(places in 1..20_000_usize, steps in prop::collection::vec((any::<bool>(), 0.0..1.0), 1..200)) {
            let (mut set, mut plain) = (Standing::none_of(places), BTreeSet::new());
            for (insert, place) in steps {
                #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a place")]
                let place = (place * places as f64) as usize;
                if insert {
                    set.insert(place);
                    plain.insert(place);
                } else {
                    set.remove(place);
                    plain.remove(&place);
                }
                prop_assert!(set.onward(place).take(5).eq(plain.range(place..).copied().take(5)));
                prop_assert!(set.before(place).take(5).eq(plain.range(..place).rev().copied().take(5)));
            }
            prop_assert!(set.onward(0).eq(plain.iter().copied()));
            prop_assert!(set.before(places).eq(plain.iter().rev().copied()));
        }
    }
}

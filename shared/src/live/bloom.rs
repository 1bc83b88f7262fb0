//! The Bloom filters of the Automerge sync protocol, with sizes checked before use.

use super::{
    leb::{Input, put_unsigned},
    sync::Hash,
};

/// One percent of false positives, as Automerge chooses.
const BITS: u32 = 10;
const PROBES: u32 = 7;
/// More bits or probes than any honest peer uses.
const MOST: u32 = 32;

/// A set of hashes that may also hold some it was not given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bloom {
    entries: u32,
    bits_per_entry: u32,
    probes: u32,
    bits: Vec<u8>,
}

impl Bloom {
    /// The filter of these hashes.
    #[must_use]
    pub fn of<'a>(hashes: impl ExactSizeIterator<Item = &'a Hash>) -> Self {
        let entries = u32::try_from(hashes.len()).unwrap_or(u32::MAX);
        if entries == 0 {
            return Self::default();
        }
        let size = (u64::from(entries) * u64::from(BITS)).div_ceil(8);
        let mut filter = Self {
            entries,
            bits_per_entry: BITS,
            probes: PROBES,
            bits: vec![0; usize::try_from(size).unwrap_or(usize::MAX)],
        };
        for hash in hashes {
            let mut bits = std::mem::take(&mut filter.bits);
            for at in filter.places(hash, bits.len()) {
                bits[at >> 3] |= 1 << (at & 7);
            }
            filter.bits = bits;
        }
        filter
    }

    /// Whether the hash may be one of the set.
    #[must_use]
    pub fn may_contain(&self, hash: &Hash) -> bool {
        self.entries != 0
            && self
                .places(hash, self.bits.len())
                .all(|at| self.bits.get(at >> 3).is_some_and(|b| b >> (at & 7) & 1 == 1))
    }

    fn places(&self, hash: &Hash, bytes: usize) -> impl Iterator<Item = usize> + use<> {
        let word = |at: usize| u64::from(u32::from_le_bytes([hash[at], hash[at + 1], hash[at + 2], hash[at + 3]]));
        // The size is that of a frame at most, so this never comes near the end of its range.
        let modulo = (bytes as u64 * 8).max(1);
        let (mut x, mut y, z) = (word(0) % modulo, word(4) % modulo, word(8) % modulo);
        (0..self.probes).map(move |probe| {
            if probe > 0 {
                x = (x + y) % modulo;
                y = (y + z) % modulo;
            }
            usize::try_from(x).unwrap_or_default()
        })
    }

    /// Bytes of its bits.
    #[must_use]
    pub fn size(&self) -> usize {
        self.bits.len()
    }

    /// Reads a filter; an empty input is the empty set.
    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        let mut input = Input(bytes);
        if input.is_empty() {
            return Some(Self::default());
        }
        let mut number = || u32::try_from(input.unsigned()?).ok();
        let (entries, bits_per_entry, probes) = (number()?, number()?, number()?);
        if entries == 0 {
            return Some(Self::default());
        }
        if !(1..=MOST).contains(&bits_per_entry) || !(1..=MOST).contains(&probes) {
            return None;
        }
        let size = (u64::from(entries) * u64::from(bits_per_entry)).div_ceil(8);
        Some(Self { entries, bits_per_entry, probes, bits: input.take(size)?.to_vec() })
    }

    pub(super) fn write(&self, out: &mut Vec<u8>) {
        if self.entries == 0 {
            return put_unsigned(out, 0);
        }
        let mut head = Vec::with_capacity(12);
        for number in [self.entries, self.bits_per_entry, self.probes] {
            put_unsigned(&mut head, u64::from(number));
        }
        put_unsigned(out, (head.len() + self.bits.len()) as u64);
        out.extend(head);
        out.extend(&self.bits);
    }
}

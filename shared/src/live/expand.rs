//! Documents and bundles taken apart into their changes, so that each is checked like any other.
//!
//! Automerge's own reader believes what they say of their sizes; here they are counted before it sees them. The layouts are
//! those of Automerge's binary format (document chunk, and the experimental bundle chunk of automerge 0.12).

use std::{io::Read, panic::catch_unwind};

use automerge::{Automerge, Bundle, Change, LoadOptions};

use super::{
    chunk::{Chunk, Kind},
    column::{Booleans, Runs},
    concept::ENCODING,
    guard::CHANGES,
    leb::Input,
};

/// Bytes of all columns, inflated, at most.
const INFLATED: u64 = 8 * 1024 * 1024;
/// Rows of a column, at most: operations, or what one operation replaces.
const ROWS: u64 = 1_000_000;
/// Columns in one part, at most.
const COLUMNS: usize = 64;

/// A document or bundle that cannot be taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExpandError {
    /// It cannot be read, or is larger than allowed when unpacked.
    #[error("a document or bundle cannot be unpacked within bounds")]
    Bounds,
    /// Automerge cannot read it.
    #[error("a document or bundle cannot be read")]
    Unreadable,
}

/// The changes of a document or bundle chunk, in an order in which each comes after those it builds on.
///
/// This may take long: a second for the largest. Not on a task that others wait for.
///
/// # Errors
/// When it is too large, or cannot be read.
pub fn expand(chunk: &Chunk<'_>) -> Result<Vec<Change>, ExpandError> {
    within_bounds(chunk).ok_or(ExpandError::Bounds)?;
    // Automerge's reader can panic on what it does not expect; nothing it was given outlives this.
    let read = catch_unwind(|| match chunk.kind {
        Kind::Document => {
            let options = LoadOptions::new().text_encoding(ENCODING);
            Automerge::load_with_options(&chunk.bytes, options).ok().map(|doc| doc.get_changes(&[]))
        }
        Kind::Bundle => Bundle::try_from(&*chunk.bytes).ok().and_then(|bundle| bundle.to_changes().ok()),
        Kind::Change => None,
    });
    read.ok().flatten().ok_or(ExpandError::Unreadable)
}

/// Reads over a chunk as far as its sizes go.
fn within_bounds(chunk: &Chunk<'_>) -> Option<()> {
    let mut input = Input(chunk.body());
    let mut left = INFLATED;
    match chunk.kind {
        Kind::Document => {
            skip_prefixed(&mut input)?;
            skip_hashes(&mut input)?;
            let changes = specs(&mut input)?;
            let operations = specs(&mut input)?;
            columns(&mut input, &changes, CHANGES as u64, &mut left)?;
            columns(&mut input, &operations, ROWS, &mut left)
        }
        Kind::Bundle => {
            skip_hashes(&mut input)?;
            skip_prefixed(&mut input)?;
            let changes = specs(&mut input)?;
            columns(&mut input, &changes, CHANGES as u64, &mut left)?;
            let operations = specs(&mut input)?;
            columns(&mut input, &operations, ROWS, &mut left)
        }
        Kind::Change => None,
    }
}

fn skip_prefixed(input: &mut Input<'_>) -> Option<()> {
    for _ in 0..input.count(1)? {
        input.prefixed()?;
    }
    Some(())
}

fn skip_hashes(input: &mut Input<'_>) -> Option<()> {
    let hashes = input.count(32)?;
    input.take(hashes as u64 * 32).map(drop)
}

/// What columns follow, and how long each is.
fn specs(input: &mut Input<'_>) -> Option<Vec<(u64, u64)>> {
    let count = input.count(2).filter(|count| *count <= COLUMNS)?;
    (0..count).map(|_| Some((input.unsigned()?, input.unsigned()?))).collect()
}

/// Counts the rows of each column.
fn columns(input: &mut Input<'_>, specs: &[(u64, u64)], most: u64, left: &mut u64) -> Option<()> {
    const DEFLATED: u64 = 8;
    for (spec, length) in specs {
        let bytes = input.take(*length)?;
        if spec & DEFLATED == 0 {
            *left = left.checked_sub(*length)?;
            rows(spec & 7, bytes, most)?;
            continue;
        }
        let mut inflated = Vec::new();
        flate2::bufread::DeflateDecoder::new(bytes).take(*left + 1).read_to_end(&mut inflated).ok()?;
        *left = left.checked_sub(inflated.len() as u64)?;
        rows(spec & 7, &inflated, most)?;
    }
    Some(())
}

/// Whether a column of this type has no more rows than that.
fn rows(kind: u64, bytes: &[u8], most: u64) -> Option<()> {
    match kind {
        // How many of a group's values each row has: they are rows of other columns.
        0 => Runs::<u64>::new(bytes).sum(most).map(drop),
        1 | 2 | 6 => Runs::<u64>::new(bytes).count(most).map(drop),
        3 => Runs::<i64>::new(bytes).count(most).map(drop),
        4 => Booleans::new(bytes).count(most).map(drop),
        5 => strings(bytes, most),
        _ => Some(()),
    }
}

/// Whether a column of texts has no more rows than that, none of them long: a run repeats one as often as it likes.
fn strings(bytes: &[u8], most: u64) -> Option<()> {
    const LONGEST: usize = 4096;
    Runs::<&str>::new(bytes).count(most)?;
    let mut runs = Runs::<&str>::new(bytes);
    while !runs.is_used_up() {
        if runs.next()?.is_some_and(|text| text.len() > LONGEST) {
            return None;
        }
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use automerge::{ActorId, AutoCommit, ObjType, ROOT, transaction::Transactable as _};

    use super::*;
    use crate::live::chunk::chunks;

    fn doc() -> AutoCommit {
        let mut doc = AutoCommit::new_with_encoding(ENCODING).with_actor(ActorId::from([1; 16].as_slice()));
        let text = doc.put_object(ROOT, "body", ObjType::Text).expect("a text");
        for at in 0..200 {
            doc.splice_text(&text, at * 7, 0, "levain ").expect("spliced");
            doc.commit();
        }
        doc
    }

    fn whole(bytes: &[u8]) -> Chunk<'_> {
        chunks(bytes, 1 << 20).next().expect("one").expect("a chunk")
    }

    #[test]
    fn a_document_and_a_bundle_give_their_changes() {
        let mut doc = doc();
        let expected: Vec<_> = doc.get_changes(&[]).iter().map(|change| change.hash()).collect();
        let bundle = doc.bundle(expected.iter().copied()).expect("a bundle");
        for bytes in [doc.save(), doc.save_nocompress(), bundle.bytes().to_vec()] {
            let changes = expand(&whole(&bytes)).expect("expands");
            assert_eq!(changes.iter().map(Change::hash).collect::<Vec<_>>(), expected);
        }
    }

    #[test]
    fn what_claims_too_many_rows_is_refused_before_automerge_sees_it() {
        // A group of 2^60 values in one row; a run of as many rows; a boolean run of them.
        let huge = [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x10];
        assert_eq!(rows(0, &[&[1][..], &huge].concat(), ROWS), None);
        assert_eq!(rows(2, &[&huge[..], &[1]].concat(), ROWS), None);
        assert_eq!(rows(4, &huge, ROWS), None);
        let long = [&[2, 0x81, 0x20][..], &[b'x'; 4097]].concat();
        assert_eq!(rows(5, &long, ROWS), None);
        assert_eq!(rows(5, &[2, 1, b'x'], ROWS), Some(()));
        assert_eq!(rows(0, &[3, 2], 5), None);
        assert_eq!(rows(0, &[3, 2], 6), Some(()));
    }

    #[test]
    fn damage_is_an_error_and_nothing_worse() {
        let mut doc = doc();
        let hashes: Vec<_> = doc.get_changes(&[]).iter().map(|change| change.hash()).collect();
        let bundle = doc.bundle(hashes).expect("a bundle").bytes().to_vec();
        for bytes in [doc.save(), bundle] {
            let chunk = whole(&bytes);
            for at in (chunk.body_at..bytes.len()).step_by(3) {
                let mut damaged = chunk.clone();
                damaged.bytes.to_mut()[at] ^= 0x55;
                let _ = expand(&damaged);
            }
        }
    }
}

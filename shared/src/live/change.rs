//! One Automerge change, read within bounds: who made it, what it builds on, and its operations.
//!
//! Automerge's own reader believes the lengths of runs: sixty bytes can claim 2^60 operations. This one counts first.

mod operations;

use super::{
    chunk::{Chunk, Kind},
    column::{Booleans, Deltas, Runs},
    leb::Input,
    sync::Hash,
};

pub use operations::{Action, Key, Op, OpRef, Operations, Replaces, Value};

/// Operations in one change, at most: a whole body pasted or removed fits.
pub const OPERATIONS: u64 = 250_000;
/// Changes one change builds on, at most.
const DEPENDENCIES: usize = 4096;
/// Predecessors of one operation, at most.
const PREDECESSORS: u64 = 256;

/// A change that cannot be read, and what of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the change's {0} cannot be read")]
pub struct Unreadable(pub &'static str);

/// A change.
#[derive(Clone, Debug)]
pub struct Change<'a> {
    /// Its hash.
    pub hash: Hash,
    /// What it builds on, in order and without repetition.
    pub deps: Vec<Hash>,
    /// Its own actor first, then the others its operations name.
    pub actors: Vec<&'a [u8]>,
    /// Its place among the changes of its actor, from 1.
    pub seq: u64,
    /// The counter of its first operation.
    pub start_op: u64,
    /// Seconds since 1970, by the clock of whoever made it.
    pub time: i64,
    /// A note.
    pub message: &'a str,
    /// The number of its operations.
    pub ops: u64,
    /// What follows the operations.
    pub extra: &'a [u8],
    /// Bytes of its chunk, not compressed.
    pub size: usize,
    columns: Columns<'a>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Columns<'a> {
    object_actor: &'a [u8],
    object_counter: &'a [u8],
    key_actor: &'a [u8],
    key_counter: &'a [u8],
    key_text: &'a [u8],
    insert: &'a [u8],
    action: &'a [u8],
    value_head: &'a [u8],
    value: &'a [u8],
    predecessors: &'a [u8],
    predecessor_actor: &'a [u8],
    predecessor_counter: &'a [u8],
    expand: &'a [u8],
    mark: &'a [u8],
}

impl<'a> Change<'a> {
    /// Reads a change chunk.
    ///
    /// # Errors
    /// Says what of it cannot be read.
    pub fn parse(chunk: &'a Chunk<'_>) -> Result<Self, Unreadable> {
        let bad = |what| move || Unreadable(what);
        if chunk.kind != Kind::Change {
            return Err(Unreadable("kind"));
        }
        let mut input = Input(chunk.body());
        let count = input.count(32).filter(|count| *count <= DEPENDENCIES).ok_or_else(bad("dependencies"))?;
        let mut deps: Vec<Hash> = Vec::with_capacity(count);
        for _ in 0..count {
            let dep = input.take(32).and_then(|bytes| bytes.try_into().ok()).ok_or_else(bad("dependencies"))?;
            if deps.last().is_some_and(|last| *last >= dep) {
                return Err(Unreadable("dependencies"));
            }
            deps.push(dep);
        }
        let own = input.prefixed().ok_or_else(bad("actor"))?;
        let seq = input.unsigned().ok_or_else(bad("sequence number"))?;
        let start_op = input.unsigned().filter(|op| *op > 0).ok_or_else(bad("first operation"))?;
        let time = input.signed().ok_or_else(bad("time"))?;
        let message = input.prefixed().and_then(|bytes| std::str::from_utf8(bytes).ok()).ok_or_else(bad("message"))?;
        let others = input.count(1).ok_or_else(bad("actors"))?;
        let mut actors = Vec::with_capacity(others.min(64) + 1);
        actors.push(own);
        for _ in 0..others {
            actors.push(input.prefixed().ok_or_else(bad("actors"))?);
        }
        let count = input.count(2).ok_or_else(bad("columns"))?;
        let mut lengths = Vec::with_capacity(count.min(32));
        for _ in 0..count {
            let spec = input.unsigned().ok_or_else(bad("columns"))?;
            lengths.push((spec, input.unsigned().ok_or_else(bad("columns"))?));
        }
        let mut columns = Columns::default();
        for (spec, length) in lengths {
            let data = input.take(length).ok_or_else(bad("columns"))?;
            *match spec {
                0x01 => &mut columns.object_actor,
                0x02 => &mut columns.object_counter,
                0x11 => &mut columns.key_actor,
                0x13 => &mut columns.key_counter,
                0x15 => &mut columns.key_text,
                0x34 => &mut columns.insert,
                0x42 => &mut columns.action,
                0x56 => &mut columns.value_head,
                0x57 => &mut columns.value,
                0x70 => &mut columns.predecessors,
                0x71 => &mut columns.predecessor_actor,
                0x73 => &mut columns.predecessor_counter,
                0x94 => &mut columns.expand,
                0xa5 => &mut columns.mark,
                _ => return Err(Unreadable("columns")),
            } = data;
        }
        let ops = Runs::<u64>::new(columns.action).count(OPERATIONS).ok_or_else(bad("operations"))?;
        // Each replaces one at most, but for what several people changed at once.
        Runs::<u64>::new(columns.predecessors).sum(OPERATIONS + PREDECESSORS).ok_or_else(bad("predecessors"))?;
        Ok(Self {
            hash: chunk.hash,
            deps,
            actors,
            seq,
            start_op,
            time,
            message,
            ops,
            extra: input.0,
            size: chunk.bytes.len(),
            columns,
        })
    }

    /// The actor that made it.
    #[must_use]
    pub fn actor(&self) -> &'a [u8] {
        self.actors[0]
    }

    /// The counter of its last operation; one less than `start_op` when it has none.
    #[must_use]
    pub fn max_op(&self) -> u64 {
        self.start_op.saturating_add(self.ops) - 1
    }

    /// Its operations. After an error it ends.
    #[must_use]
    pub fn operations(&self) -> Operations<'a> {
        let columns = self.columns;
        Operations {
            left: self.ops,
            actors: self.actors.len() as u64,
            object_actor: Runs::new(columns.object_actor),
            object_counter: Runs::new(columns.object_counter),
            key_actor: Runs::new(columns.key_actor),
            key_counter: Deltas::new(columns.key_counter),
            key_text: Runs::new(columns.key_text),
            insert: Booleans::new(columns.insert),
            action: Runs::new(columns.action),
            value_head: Runs::new(columns.value_head),
            value: Input(columns.value),
            predecessors: Runs::new(columns.predecessors),
            predecessor_actor: Runs::new(columns.predecessor_actor),
            predecessor_counter: Deltas::new(columns.predecessor_counter),
            expand: Booleans::new(columns.expand),
            mark: Runs::new(columns.mark),
        }
    }
}

#[cfg(test)]
mod tests {
    use automerge::{ActorId, AutoCommit, ObjType, ROOT, transaction::Transactable};

    use super::*;
    use crate::live::chunk::chunks;

    fn changes() -> Vec<automerge::Change> {
        let mut doc = AutoCommit::new().with_actor(ActorId::from([1; 16].as_slice()));
        let text = doc.put_object(ROOT, "body", ObjType::Text).expect("text");
        doc.splice_text(&text, 0, 0, "Bonjour à tous, 🍞").expect("splice");
        doc.commit();
        let mut other = doc.fork().with_actor(ActorId::from([2; 16].as_slice()));
        other.splice_text(&text, 3, 4, "soir").expect("splice");
        other.commit();
        doc.splice_text(&text, 0, 3, "").expect("splice");
        doc.put(ROOT, "n", 3).expect("put");
        doc.commit();
        doc.merge(&mut other).expect("merge");
        doc.splice_text(&text, 0, 2, "Re").expect("splice");
        doc.commit();
        doc.get_changes(&[])
    }

    #[test]
    fn a_change_reads_as_automerge_reads_it() {
        for theirs in changes() {
            let chunk = chunks(theirs.raw_bytes(), 1 << 20).next().expect("one").expect("a chunk");
            let ours = Change::parse(&chunk).expect("reads");
            assert_eq!(ours.hash, theirs.hash().0);
            assert_eq!(ours.deps, theirs.deps().iter().map(|dep| dep.0).collect::<Vec<_>>());
            assert_eq!(ours.actor(), theirs.actor_id().to_bytes());
            assert_eq!((ours.seq, ours.start_op), (theirs.seq(), theirs.start_op().get()));
            assert_eq!((ours.time, ours.ops), (theirs.timestamp(), theirs.len() as u64));
            assert_eq!(ours.max_op(), theirs.max_op());
            assert!(ours.extra.is_empty());
            let expanded = theirs.decode();
            let read: Vec<_> = ours.operations().collect::<Result<_, _>>().expect("reads");
            assert_eq!(read.len(), expanded.operations.len());
            for (ours, theirs) in read.iter().zip(&expanded.operations) {
                assert_eq!(ours.insert, theirs.insert);
                assert_eq!(ours.replaces.len(), theirs.pred.len());
                assert_eq!(ours.value.text(), theirs.primitive_value().as_ref().and_then(|value| value.as_str()));
                assert_eq!(matches!(ours.key, Key::Map(_)), matches!(theirs.key, automerge::legacy::Key::Map(_)));
            }
        }
    }

    #[test]
    fn a_change_that_claims_to_replace_too_much_is_refused() {
        // A thousand operations, in a run, that each replace as many as one may: read out, they would fill the memory.
        let change = |replaced: u8| {
            let columns = [&[2, 0x42, 3, 0x70, 4][..], &[0xe8, 7, 3], &[0xe8, 7, replaced | 0x80, 1]].concat();
            let body = [&[0, 1, 9, 1, 1, 0, 0, 0][..], &columns].concat();
            let chunk = Chunk { kind: Kind::Change, hash: [0; 32], bytes: body.into(), body_at: 0 };
            Change::parse(&chunk).map(|change| change.ops)
        };
        assert_eq!(change(0x70), Ok(1000));
        assert_eq!(change(0x7f), Err(Unreadable("predecessors")));
    }

    #[test]
    fn damage_is_noticed_or_harmless() {
        for theirs in changes() {
            let bytes = theirs.raw_bytes();
            let whole = chunks(bytes, 1 << 20).next().expect("one").expect("a chunk");
            for at in whole.body_at..bytes.len() {
                for flip in [0x01, 0x40, 0x80, 0xff] {
                    let mut chunk = whole.clone();
                    chunk.bytes.to_mut()[at] ^= flip;
                    if let Ok(change) = Change::parse(&chunk) {
                        assert!(change.operations().count() as u64 <= change.ops);
                    }
                }
            }
        }
    }
}

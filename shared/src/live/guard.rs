//! The first look at what a peer sends, on its own connection's task: whoever sends something hostile or broken pays for
//! it alone.

use crate::live::{
    change::Change,
    chunk::{Chunk, ChunkError, Kind, MAGIC, chunks},
    expand::{ExpandError, expand},
    sync::{Hash, SyncError, SyncMessage},
};
use bytes::Bytes;

/// Changes that one message may bring.
pub const CHANGES: usize = 50_000;
/// Bytes of a change, inflated, at most.
pub const CHANGE: usize = 2 * 1024 * 1024;

/// What a sync message may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Filters. Honest peers send one.
    pub filters: usize,
    /// Bytes of all filters together.
    pub filter_bytes: usize,
    /// Bytes of a change, inflated; all changes together may have [`Bounds::CHANGES`] times as many.
    pub change: usize,
}

impl Bounds {
    /// How many times the largest change all changes of a message may have together, inflated.
    pub const CHANGES: usize = 8;
}

impl Default for Bounds {
    fn default() -> Self {
        Self { filters: 8, filter_bytes: 512 * 1024, change: CHANGE }
    }
}

/// A sync message from a peer, read and checked.
#[derive(Debug)]
pub struct Inbound {
    /// The heads the peer says it has.
    pub heads: Vec<Hash>,
    /// Changes it asks for.
    pub need: Vec<Hash>,
    /// Whether it asks to begin afresh.
    pub reset: bool,
    /// Whether it reads messages of version 2.
    pub reads_v2: bool,
    /// The changes it sends.
    pub changes: Vec<Arrived>,
}

/// A change that arrived.
#[derive(Clone, Debug)]
pub struct Arrived {
    /// Its hash, computed here.
    pub hash: Hash,
    /// The chunk, not compressed.
    pub bytes: Bytes,
    /// Where in it the body begins.
    body_at: usize,
    /// The actor that made it.
    pub actor: Vec<u8>,
    /// What it builds on.
    pub deps: Vec<Hash>,
    /// Whether it can be read, and is written as Automerge writes it. Otherwise a saved document could not be loaded.
    pub sound: bool,
    /// Whether that actor is the sender's own; set by the connection.
    pub own: bool,
}

impl Arrived {
    /// The chunk again.
    #[must_use]
    pub fn chunk(&self) -> Chunk<'_> {
        Chunk { kind: Kind::Change, hash: self.hash, bytes: (&*self.bytes).into(), body_at: self.body_at }
    }
}

/// Something no honest peer sends. The connection is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Hostile {
    /// The sync message.
    #[error(transparent)]
    Sync(#[from] SyncError),
    /// A chunk in it.
    #[error(transparent)]
    Chunk(#[from] ChunkError),
    /// A document or bundle in it.
    #[error(transparent)]
    Expand(#[from] ExpandError),
    /// More changes than one message may bring.
    #[error("a message may bring {CHANGES} changes at most")]
    TooMany,
    /// Filters beyond the bounds.
    #[error("the sync message's filters are too many or too large")]
    Filters,
    /// Changes that inflate, together, beyond the bounds.
    #[error("the changes of one message are too large")]
    TooLarge,
    /// A change of which not even the head can be read.
    #[error("a change cannot be read")]
    Unreadable,
}

/// Reads a sync message within the usual bounds.
///
/// # Errors
/// When no honest peer sends such a message.
pub fn read(data: &[u8]) -> Result<Inbound, Hostile> {
    read_within(data, &Bounds::default())
}

/// Reads a sync message.
///
/// # Errors
/// When no honest peer sends such a message.
pub fn read_within(data: &[u8], bounds: &Bounds) -> Result<Inbound, Hostile> {
    let message = SyncMessage::decode(data)?;
    let filter_bytes: usize = message.have.iter().map(|have| have.bloom.size()).sum();
    if message.have.len() > bounds.filters || filter_bytes > bounds.filter_bytes {
        return Err(Hostile::Filters);
    }
    let mut left = bounds.change.saturating_mul(Bounds::CHANGES);
    let mut changes = Vec::new();
    for blob in &message.changes {
        for chunk in chunks(blob, bounds.change) {
            let chunk = chunk?;
            if chunk.kind == Kind::Change {
                left = left.checked_sub(chunk.bytes.len()).ok_or(Hostile::TooLarge)?;
                changes.push(arrived(chunk, is_canonical)?);
            } else {
                for change in expand(&chunk)? {
                    // As Automerge wrote it just now.
                    let chunk = chunks(change.raw_bytes(), bounds.change).next().ok_or(Hostile::Unreadable)??;
                    left = left.checked_sub(chunk.bytes.len()).ok_or(Hostile::TooLarge)?;
                    changes.push(arrived(chunk, |_| true)?);
                }
            }
            if changes.len() > CHANGES {
                return Err(Hostile::TooMany);
            }
        }
    }
    let reset = message.is_reset();
    let reads_v2 = message.flags.is_some();
    Ok(Inbound { heads: message.heads, need: message.need, reset, reads_v2, changes })
}

fn arrived(chunk: Chunk<'_>, is_canonical: impl Fn(&Chunk<'_>) -> bool) -> Result<Arrived, Hostile> {
    let change = Change::parse(&chunk).map_err(|_| Hostile::Unreadable)?;
    if change.actor().is_empty() || change.actor().len() > crate::live::codec::ACTOR {
        return Err(Hostile::Unreadable);
    }
    // Read first by ours, which counts, then by Automerge's, which believes.
    let sound = change.operations().all(|op| op.is_ok()) && is_canonical(&chunk);
    let (actor, deps) = (change.actor().to_vec(), change.deps.clone());
    let (hash, body_at) = (chunk.hash, chunk.body_at);
    Ok(Arrived { hash, bytes: Bytes::from(chunk.bytes.into_owned()), body_at, actor, deps, sound, own: false })
}

/// Whether reading this message may take so long that it should not be done on a task that others wait for.
#[must_use]
pub fn is_heavy(data: &[u8]) -> bool {
    // A document or a bundle; or else changes, each of which is written anew to be compared.
    const LARGE: usize = 4096;
    data.len() > LARGE || data.windows(9).any(|bytes| bytes.starts_with(&MAGIC) && matches!(bytes[8], 0 | 3))
}

/// Whether Automerge, given the operations of this change, writes these very bytes.
///
/// A saved document keeps operations, not changes, and rebuilds the changes when it is loaded; one written in any other
/// way would come back with another hash, and the document would not load.
fn is_canonical(chunk: &Chunk<'_>) -> bool {
    // Its own reader can panic on what it does not expect; nothing it was given outlives this.
    std::panic::catch_unwind(|| {
        let Ok(change) = automerge::Change::try_from(&*chunk.bytes) else { return false };
        automerge::Change::from(change.decode()).raw_bytes() == &*chunk.bytes
    })
    .unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use automerge::{ActorId, AutoCommit, ROOT, sync::SyncDoc, transaction::Transactable};

    use super::*;

    fn doc() -> AutoCommit {
        let mut doc = AutoCommit::new().with_actor(ActorId::from([1; 16].as_slice()));
        doc.put(ROOT, "a", 1).expect("put");
        doc
    }

    /// A sync message with these changes.
    fn message(changes: &[&[u8]]) -> Vec<u8> {
        SyncMessage {
            version: crate::live::sync::Version::V1,
            heads: vec![],
            need: vec![],
            have: vec![],
            changes: changes.to_vec(),
            flags: None,
        }
        .encode()
    }

    /// The same change with a run of two equal values written one by one: as true, and with another hash.
    fn written_otherwise(change: &[u8]) -> Vec<u8> {
        // The column of the values' kinds and lengths: its number, its length, and later twice a text of one byte.
        let (column, run) = ([0x56, 2], [2, 0x16]);
        let place = |bytes: &[u8]| change.windows(2).position(|window| window == bytes).expect("there");
        let (column, run) = (place(&column), place(&run));
        // Magic and checksum take eight bytes, the kind one, and the length of so short a change one or two.
        let body_at = if change[9] < 0x80 { 10 } else { 11 };
        let mut body = change[body_at..column].to_vec();
        body.extend([0x56, 3]);
        body.extend(&change[column + 2..run]);
        body.extend([0x7e, 0x16, 0x16]);
        body.extend(&change[run + 2..]);
        let length = u8::try_from(body.len()).expect("short");
        let mut hashed = if length < 0x80 { vec![1, length] } else { vec![1, length, 1] };
        hashed.extend(body);
        let digest = <sha2::Sha256 as sha2::Digest>::digest(&hashed);
        [&change[..4], &digest[..4], &hashed].concat()
    }

    #[test]
    fn a_change_automerge_would_write_otherwise_is_not_sound() {
        let mut doc = AutoCommit::new().with_actor(ActorId::from([1; 16].as_slice()));
        let text = doc.put_object(ROOT, "t", automerge::ObjType::Text).expect("a text");
        doc.commit();
        doc.splice_text(&text, 0, 0, "aa").expect("spliced");
        let honest = doc.get_last_local_change().expect("a change").raw_bytes().to_vec();
        let other = written_otherwise(&honest);
        let inbound = read(&message(&[&honest, &other])).expect("both can be read");
        let [honest, other] = &inbound.changes[..] else { panic!("two changes") };
        assert!(honest.sound);
        assert!(!other.sound);
        let (honest, other) = (honest.chunk(), other.chunk());
        let (honest, other) = (Change::parse(&honest).expect("read"), Change::parse(&other).expect("read"));
        let texts = |change: &Change<'_>| -> Vec<Option<String>> {
            change.operations().map(|op| op.expect("read").value.text().map(str::to_owned)).collect()
        };
        assert_eq!(texts(&honest), texts(&other), "they say the same");
    }

    #[test]
    fn an_honest_message_passes() {
        let mut doc = doc();
        let mut peer = automerge::sync::State::new();
        let mut other = AutoCommit::new();
        let mut theirs = automerge::sync::State::new();
        let hello = doc.sync().generate_sync_message(&mut peer).expect("hello");
        assert!(read(&hello.clone().encode()).expect("honest").changes.is_empty());
        other.sync().receive_sync_message(&mut theirs, hello).expect("applies");
        let ask = other.sync().generate_sync_message(&mut theirs).expect("ask");
        doc.sync().receive_sync_message(&mut peer, ask).expect("applies");
        let answer = doc.sync().generate_sync_message(&mut peer).expect("answer").encode();
        let change = doc.get_changes(&[]).remove(0);
        // To one that has nothing, a peer that knows it reads version 2 sends the whole document.
        assert!(is_heavy(&answer));
        let inbound = read(&answer).expect("a document");
        assert_eq!(inbound.changes.iter().map(|change| change.hash).collect::<Vec<_>>(), [change.hash().0]);
        assert!(inbound.changes[0].sound);
        let inbound = read(&message(&[change.raw_bytes()])).expect("honest");
        assert_eq!(inbound.changes.len(), 1);
        assert!(inbound.changes[0].sound);
        assert_eq!(inbound.changes[0].hash, change.hash().0);
    }
}

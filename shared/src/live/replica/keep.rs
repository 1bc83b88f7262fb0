//! What a browser keeps of a document, so that it opens without a network and nothing done here is lost.
//!
//! A [`Keeper`] does no input or output: it says what is to be written next, and is told what became of that. Records lie
//! under the document's id and
//!
//! - `part` and the SHA-256 of their bytes: chunks of Automerge that the server has. Two tabs that keep the same write the
//!   same record, so that neither can overwrite what the other keeps;
//! - `own`, the tab and a number: a change made here that the server has not said to have, and what was done in it.
//!
//! A change leaves `own` in the transaction that puts it into a `part`. What could not be read is never written over.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    mem,
};

use minicbor::{Decoder, Encoder};
use serde::{Serialize, de::DeserializeOwned};
use sha2::{Digest as _, Sha256};

use super::{Replicated, line::Pending};

const PART: &str = "part";
const OWN: &str = "own";
/// Parts beyond the largest, from which on they are made one.
const PARTS: usize = 40;
/// Bytes beyond the largest part, from which on they are made one.
const LOOSE: usize = 64 * 1024;

/// Where a record lies: a list of words, the first of which is the document's id.
pub type Key = Vec<String>;

/// What is to be written, all of it or nothing: `removes` first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Batch {
    /// Records to keep.
    pub puts: Vec<(Key, Vec<u8>)>,
    /// Keys to keep nothing under.
    pub removes: Vec<Key>,
}

/// What has to be written, and how soon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Due {
    /// Nothing.
    Nothing,
    /// Only what the server has anyway.
    Sometime,
    /// Something that is nowhere else.
    Now,
}

/// What lay on the disk.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    parts: Vec<(Key, Vec<u8>)>,
    own: Vec<(Key, Vec<u8>)>,
}

/// Keeps one document for one tab.
#[derive(Debug)]
pub struct Keeper {
    document: String,
    tab: String,
    next: u32,
    /// The changes of anybody's here that lie under `own`, by their hashes.
    own: HashMap<[u8; 32], Key>,
    /// The parts whose content this tab has, with their sizes.
    parts: BTreeMap<Key, usize>,
    flying: Option<Flying>,
}

/// A batch under way.
#[derive(Debug)]
struct Flying {
    own: Vec<([u8; 32], Key)>,
    gone: Vec<[u8; 32]>,
    settled: Vec<u8>,
    part: Option<(Key, usize)>,
    /// Parts that it makes one.
    merged: Vec<Key>,
}

impl Kept {
    /// Sorts what was read of a document, in the order of its keys.
    #[must_use]
    pub fn of(records: Vec<(Key, Vec<u8>)>) -> Self {
        let mut kept = Self::default();
        for (key, bytes) in records {
            match key.get(1).map(String::as_str) {
                Some(PART) => kept.parts.push((key, bytes)),
                Some(OWN) => kept.own.push((key, bytes)),
                _ => {}
            }
        }
        kept
    }

    /// Whether nothing was kept.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.parts.is_empty() && self.own.is_empty()
    }
}

/// Whether a key is that of something done here that the server has not said to have.
#[must_use]
pub fn is_own(key: &[String]) -> bool {
    key.get(1).is_some_and(|kind| kind == OWN)
}

fn write_own(bytes: &[u8], made: &impl Serialize) -> Vec<u8> {
    let made = serde_json::to_string(made).unwrap_or_default();
    let mut encoder = Encoder::new(Vec::with_capacity(bytes.len() + made.len() + 16));
    // Writing into memory cannot fail.
    let _ = encoder.array(2).and_then(|encoder| encoder.bytes(bytes)?.str(&made));
    encoder.into_writer()
}

fn read_own<M: DeserializeOwned + Default>(record: &[u8]) -> Option<(Vec<u8>, M)> {
    let mut decoder = Decoder::new(record);
    decoder.array().ok()?;
    let bytes = decoder.bytes().ok()?.to_vec();
    // A later version's acts are unknown here; the change itself is what counts.
    let made = decoder.str().ok().and_then(|made| serde_json::from_str(made).ok()).unwrap_or_default();
    Some((bytes, made))
}

impl Keeper {
    /// Opens a document from what was kept of it, into a replica that has nothing yet. `tab` is a name no other living tab
    /// has.
    pub fn open<R>(replica: &mut R, tab: &str, kept: Kept) -> Self
    where
        R: Replicated,
        R::Made: DeserializeOwned,
    {
        let document = replica.document().to_string();
        let mut keeper =
            Self { document, tab: tab.to_owned(), next: 0, own: HashMap::new(), parts: BTreeMap::new(), flying: None };
        let line = replica.line_mut();
        line.settled = Some(Vec::new());
        let mut parts = kept.parts;
        // The largest is the document as it was written whole last; the others are quickest taken together.
        parts.sort_by_key(|(_, bytes)| std::cmp::Reverse(bytes.len()));
        let rest: Vec<u8> = parts.iter().skip(1).flat_map(|(_, bytes)| bytes.iter().copied()).collect();
        let first = parts.first().is_none_or(|(_, bytes)| line.doc.load_incremental(bytes).is_ok());
        let whole = first && line.doc.load_incremental(&rest).is_ok() && line.doc.get_missing_deps(&[]).is_empty();
        for (key, bytes) in parts {
            // One that is broken stays where it is; the server has what was in it.
            if whole || line.doc.load_incremental(&bytes).is_ok() {
                keeper.parts.insert(key, bytes.len());
            }
        }
        line.heads = line.doc.get_heads();
        for (key, record) in kept.own {
            let Some((bytes, made)) = read_own(&record) else { continue };
            let Ok(change) = automerge::Change::from_bytes(bytes.clone()) else { continue };
            keeper.own.insert(change.hash().0, key);
            line.adopt(bytes, made);
        }
        line.adopt_early();
        replica.look_again();
        keeper
    }

    /// Takes in what another tab of the person keeps of its own by now; it shows once it is integrated. True when there is
    /// something new.
    pub fn hear<R>(&mut self, replica: &mut R, kept: Kept) -> bool
    where
        R: Replicated,
        R::Made: DeserializeOwned,
    {
        let line = replica.line_mut();
        let before = line.early.len();
        for (key, record) in kept.own.into_iter().filter(|(key, _)| key.get(2) != Some(&self.tab)) {
            let Some((bytes, made)) = read_own(&record) else { continue };
            let Ok(change) = automerge::Change::from_bytes(bytes.clone()) else { continue };
            if self.own.insert(change.hash().0, key).is_none() {
                line.early.push((bytes, made));
            }
        }
        let came = line.early.len() > before;
        line.knocks |= came;
        came
    }

    /// What has to be written.
    #[must_use]
    pub fn due<R: Replicated>(&self, replica: &R) -> Due {
        let line = replica.line();
        if self.flying.is_some() {
            return Due::Nothing;
        }
        if line.pending.iter().any(|change| !self.own.contains_key(&change.hash.0)) {
            Due::Now
        } else if line.settled.as_ref().is_some_and(|settled| !settled.is_empty()) || !self.gone(replica).is_empty() {
            Due::Sometime
        } else {
            Due::Nothing
        }
    }

    /// Whether everything done here lies on the disk or on the server.
    #[must_use]
    pub fn keeps_all<R: Replicated>(&self, replica: &R) -> bool {
        let line = replica.line();
        line.open.is_none() && line.pending.iter().all(|change| self.own.contains_key(&change.hash.0))
    }

    /// The changes under `own` that wait no more: the server has them, or refused them.
    fn gone<R: Replicated>(&self, replica: &R) -> Vec<[u8; 32]> {
        let line = replica.line();
        let waits: HashSet<[u8; 32]> = line.pending.iter().map(|change| change.hash.0).collect();
        let early: HashSet<[u8; 32]> = line
            .early
            .iter()
            .filter_map(|(bytes, _)| automerge::Change::from_bytes(bytes.clone()).ok())
            .map(|change| change.hash().0)
            .collect();
        self.own.keys().filter(|hash| !waits.contains(*hash) && !early.contains(*hash)).copied().collect()
    }

    /// The next batch to write; nothing while one is under way, or when there is nothing to write.
    pub fn next<R>(&mut self, replica: &mut R) -> Option<Batch>
    where
        R: Replicated,
        R::Made: Serialize,
    {
        if self.due(replica) == Due::Nothing {
            return None;
        }
        let gone = self.gone(replica);
        let line = replica.line_mut();
        let settled = line.settled.as_mut().map(mem::take).unwrap_or_default();
        let mut batch = Batch::default();
        let mut own = Vec::new();
        for Pending { hash, bytes, made, .. } in line.pending.iter().filter(|one| !self.own.contains_key(&one.hash.0)) {
            let key = vec![self.document.clone(), OWN.into(), self.tab.clone(), format!("{:08}", self.next)];
            self.next += 1;
            batch.puts.push((key.clone(), write_own(bytes, made)));
            own.push((hash.0, key));
        }
        batch.removes.extend(gone.iter().filter_map(|hash| self.own.get(hash).cloned()));
        let mut part = None;
        if !settled.is_empty() {
            let key = self.part_key(&settled);
            part = Some((key.clone(), settled.len()));
            batch.puts.push((key, settled.clone()));
        }
        self.flying = Some(Flying { own, gone, settled, part, merged: Vec::new() });
        Some(batch)
    }

    /// A batch that makes one of all parts, when there are many: writing a document whole takes a moment, so this is for when
    /// nobody waits. Nothing when there is no need, or while something done here waits: that must not be in a part.
    pub fn merge<R: Replicated>(&mut self, replica: &mut R) -> Option<Batch> {
        let largest = self.parts.values().copied().max().unwrap_or(0);
        let loose = self.parts.values().sum::<usize>() - largest;
        let line = replica.line_mut();
        let rests = line.pending.is_empty() && line.early.is_empty() && line.open.is_none();
        if self.flying.is_some() || !rests || (self.parts.len() <= PARTS && loose <= LOOSE) {
            return None;
        }
        let whole = line.doc.save();
        let settled = line.settled.as_mut().map(mem::take).unwrap_or_default();
        let key = self.part_key(&whole);
        let merged: Vec<Key> = self.parts.keys().filter(|known| **known != key).cloned().collect();
        let part = Some((key.clone(), whole.len()));
        self.flying = Some(Flying { own: Vec::new(), gone: Vec::new(), settled, part, merged: merged.clone() });
        Some(Batch { puts: vec![(key, whole)], removes: merged })
    }

    fn part_key(&self, bytes: &[u8]) -> Key {
        let hash = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        vec![self.document.clone(), PART.into(), hash]
    }

    /// The batch under way is on the disk.
    pub fn written(&mut self) {
        let Some(Flying { own, gone, part, merged, .. }) = self.flying.take() else { return };
        self.own.extend(own);
        for hash in gone {
            self.own.remove(&hash);
        }
        for key in merged {
            self.parts.remove(&key);
        }
        self.parts.extend(part);
    }

    /// The batch under way is not on the disk; what it held is to be written again.
    pub fn failed<R: Replicated>(&mut self, replica: &mut R) {
        let Some(Flying { mut settled, .. }) = self.flying.take() else { return };
        if let Some(since) = &mut replica.line_mut().settled {
            settled.append(since);
            *since = settled;
        }
    }
}

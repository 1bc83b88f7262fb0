//! What a browser keeps of a document, so that it opens without a network and nothing done here is lost.
//!
//! A [`Keeper`] does no input or output: it says what is to be written next, and is told what became of that. Records lie
//! under the document's id and
//!
//! - `part` and the SHA-256 of their bytes: chunks of Automerge that the server has. Two tabs that keep the same write the
//!   same record, so that neither can overwrite what the other keeps;
//! - `own`, the tab and a number: a change made here that the server has not said to have, and what was done in it;
//! - `open`, the tab and a number: what was done since the last change, letter by letter, and at which state of the document.
//!
//! What is `open` leaves in the transaction that puts the change it became into `own`, and a change leaves `own` in the one
//! that puts it into a `part`. A change is sent once it is kept, so that nothing is found both as `open` and on the server. What
//! could not be read is never written over.

use std::{
    collections::{BTreeMap, HashMap, HashSet, hash_map::Entry},
    mem,
};

use automerge::{ActorId, Change, ChangeHash};
use minicbor::{Decoder, Encoder};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use sha2::{Digest as _, Sha256};

use super::{Replicated, line::Pending};

const PART: &str = "part";
const OWN: &str = "own";
const OPEN: &str = "open";
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
    /// Something that is nowhere else, or would be found twice.
    Now,
}

/// What lay on the disk.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    parts: Vec<(Key, Vec<u8>)>,
    own: Vec<(Key, Vec<u8>)>,
    open: Vec<(Key, Vec<u8>)>,
}

/// What is being done, as it is kept.
#[derive(Serialize, Deserialize)]
struct Open<M> {
    /// The state of the document in which it was begun.
    heads: Vec<String>,
    made: M,
}

/// A record of what is being done, to be written at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Jot {
    /// Where it lies.
    pub key: Key,
    /// The record.
    pub bytes: Vec<u8>,
    strokes: u64,
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
    /// Up to which stroke what is being done is kept.
    jotted: u64,
    /// What pages that are gone had begun, and which is among what waits by now.
    stale: Vec<Key>,
    /// What they had begun and what does not fit here: its words are for the person.
    unfit: Vec<Key>,
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
    jotted: u64,
    stale: usize,
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
                Some(OPEN) => kept.open.push((key, bytes)),
                _ => {}
            }
        }
        kept
    }

    /// The tabs that had begun something.
    pub fn tabs(&self) -> impl Iterator<Item = &str> {
        self.open.iter().filter_map(|(key, _)| key.get(2)).map(String::as_str)
    }

    /// Leaves aside what living tabs have begun: they go on with it.
    pub fn without(&mut self, is_alive: impl Fn(&str) -> bool) {
        self.open.retain(|(key, _)| !key.get(2).is_some_and(|tab| is_alive(tab)));
    }
}

/// Whether a key is that of something done here that the server has not said to have.
#[must_use]
pub fn is_own(key: &[String]) -> bool {
    key.get(1).is_some_and(|kind| kind == OWN || kind == OPEN)
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
        let mut keeper = Self {
            document,
            tab: tab.to_owned(),
            next: 0,
            own: HashMap::new(),
            parts: BTreeMap::new(),
            flying: None,
            jotted: 0,
            stale: Vec::new(),
            unfit: Vec::new(),
        };
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
            let read = read_own(&record)
                .and_then(|(bytes, made)| Some((Change::from_bytes(bytes.clone()).ok()?, bytes, made)));
            let Some((change, bytes, made)) = read else {
                // Nothing can be made of it, here or anywhere.
                keeper.stale.push(key);
                continue;
            };
            // Two tabs may have gone on with the same.
            keeper.stale.extend(keeper.own.insert(change.hash().0, key));
            line.adopt(bytes, made, true);
        }
        line.adopt_early();
        let mut before = None;
        for (key, record) in kept.open {
            before = go_on(replica, &key, &record, before);
            if before.is_some() { keeper.stale.push(key) } else { keeper.unfit.push(key) }
        }
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
            let Ok(change) = Change::from_bytes(bytes.clone()) else { continue };
            if let Entry::Vacant(unknown) = self.own.entry(change.hash().0) {
                unknown.insert(key);
                line.early.push((change.hash(), bytes, made));
            }
        }
        let came = line.early.len() > before;
        line.knocks |= came;
        came
    }

    /// The words of what does not fit are kept otherwise by now: [`Replicated::give_up_early`] told them.
    pub fn gave_up(&mut self) {
        self.stale.append(&mut self.unfit);
    }

    /// What has to be written.
    #[must_use]
    pub fn due<R: Replicated>(&self, replica: &R) -> Due {
        let line = replica.line();
        if self.flying.is_some() {
            return Due::Nothing;
        }
        let settled = line.settled.as_ref().is_some_and(|settled| !settled.is_empty());
        // What is being done builds on what the server sent: both are kept together.
        let begun = settled && line.open.is_some() && self.jotted != line.strokes;
        if begun || line.took_back || !self.keeps_changes(replica) {
            Due::Now
        } else if settled || !self.stale.is_empty() || !self.gone(replica).is_empty() {
            Due::Sometime
        } else {
            Due::Nothing
        }
    }

    /// Whether everything done here lies on the disk or on the server.
    #[must_use]
    pub fn keeps_all<R: Replicated>(&self, replica: &R) -> bool {
        let line = replica.line();
        (line.open.is_none() || self.jotted == line.strokes) && self.keeps_changes(replica)
    }

    /// What is being done, to be kept before it is a change; nothing when it is, when nothing is, or when a whole batch is due
    /// that holds it as well.
    #[must_use]
    pub fn jot<R>(&self, replica: &R) -> Option<Jot>
    where
        R: Replicated,
        R::Made: Serialize,
    {
        let line = replica.line();
        if line.settled.as_ref().is_none_or(|settled| !settled.is_empty()) || !self.keeps_changes(replica) {
            return None;
        }
        self.open_record(replica)
    }

    fn open_record<R>(&self, replica: &R) -> Option<Jot>
    where
        R: Replicated,
        R::Made: Serialize,
    {
        let line = replica.line();
        let made = line.open.as_ref().filter(|_| self.jotted != line.strokes)?;
        let heads = line.heads.iter().map(ToString::to_string).collect();
        let bytes = serde_json::to_vec(&Open { heads, made }).ok()?;
        let key = vec![self.document.clone(), OPEN.into(), self.tab.clone(), format!("{:08}", line.sealed)];
        Some(Jot { key, bytes, strokes: line.strokes })
    }

    /// What was to be kept so is on the disk.
    pub fn jotted(&mut self, jot: &Jot) {
        self.jotted = self.jotted.max(jot.strokes);
    }

    fn keeps_changes<R: Replicated>(&self, replica: &R) -> bool {
        // What is not kept yet was made last.
        replica.line().pending.iter().rev().all(|change| self.own.contains_key(&change.hash.0))
    }

    /// The changes under `own` that wait no more: the server has them, or refused them.
    fn gone<R: Replicated>(&self, replica: &R) -> Vec<[u8; 32]> {
        let line = replica.line();
        let pending = line.pending.iter().map(|change| change.hash.0);
        let waits: HashSet<[u8; 32]> = pending.chain(line.early.iter().map(|(hash, ..)| hash.0)).collect();
        self.own.keys().filter(|hash| !waits.contains(*hash)).copied().collect()
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
        self.jotted = 0;
        let jot = self.open_record(replica);
        let line = replica.line_mut();
        line.took_back = false;
        let settled = line.settled.as_mut().map(mem::take).unwrap_or_default();
        let mut batch = Batch::default();
        let mut own = Vec::new();
        for Pending { hash, bytes, made, .. } in line.pending.iter().filter(|one| !self.own.contains_key(&one.hash.0)) {
            let key = vec![self.document.clone(), OWN.into(), self.tab.clone(), format!("{:08}", self.next)];
            self.next += 1;
            batch.puts.push((key.clone(), write_own(bytes, made)));
            own.push((hash.0, key));
        }
        // All of it is a change by now, which is among these, but what was begun since.
        batch.removes.push(self.begun());
        batch.removes.extend(self.stale.iter().cloned());
        let jotted = jot.as_ref().map_or(0, |jot| jot.strokes);
        batch.puts.extend(jot.map(|jot| (jot.key, jot.bytes)));
        batch.removes.extend(gone.iter().filter_map(|hash| self.own.get(hash).cloned()));
        let mut part = None;
        if !settled.is_empty() {
            let key = self.part_key(&settled);
            part = Some((key.clone(), settled.len()));
            batch.puts.push((key, settled.clone()));
        }
        let stale = self.stale.len();
        self.flying = Some(Flying { own, gone, settled, part, merged: Vec::new(), jotted, stale });
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
        let (own, gone, jotted) = (Vec::new(), Vec::new(), self.jotted);
        self.flying = Some(Flying { own, gone, settled, part, merged: merged.clone(), jotted, stale: 0 });
        Some(Batch { puts: vec![(key, whole)], removes: merged })
    }

    fn part_key(&self, bytes: &[u8]) -> Key {
        vec![self.document.clone(), PART.into(), ChangeHash(Sha256::digest(bytes).into()).to_string()]
    }

    /// Where what is being done lies.
    #[must_use]
    pub fn begun(&self) -> Key {
        vec![self.document.clone(), OPEN.into(), self.tab.clone()]
    }

    /// The batch under way takes too long, or there is no time left: what waits goes out all the same.
    pub fn hurry<R: Replicated>(&self, replica: &mut R) {
        replica.line_mut().release(|_| true);
    }

    /// The batch under way is on the disk: its changes may go out ([`Replicated::flush`]).
    pub fn written<R: Replicated>(&mut self, replica: &mut R) {
        let Some(Flying { own, gone, part, merged, jotted, stale, .. }) = self.flying.take() else { return };
        self.jotted = self.jotted.max(jotted);
        self.stale.drain(..stale);
        let now: HashSet<[u8; 32]> = own.iter().map(|(hash, _)| *hash).collect();
        replica.line_mut().release(|hash| now.contains(hash));
        self.own.extend(own);
        for hash in gone {
            self.own.remove(&hash);
        }
        for key in merged {
            self.parts.remove(&key);
        }
        self.parts.extend(part);
    }

    /// The batch under way is not on the disk; what it held is to be written again. It goes out all the same once what was
    /// being done is forgotten ([`begun`](Self::begun), [`hurry`](Self::hurry)), or both would be found.
    pub fn failed<R: Replicated>(&mut self, replica: &mut R) {
        let Some(Flying { mut settled, gone, .. }) = self.flying.take() else { return };
        let line = replica.line_mut();
        line.took_back |= !gone.is_empty();
        if let Some(since) = &mut line.settled {
            settled.append(since);
            *since = settled;
        }
    }
}

/// Does again what a page that is gone had begun, as a change of its own, at the state of the document in which it was begun
/// or behind `before`, what it had begun before that. The actor follows from the record and that state, so that two
/// tabs make the same change of it. Answers with that change; its words are kept where it does not fit.
fn go_on<R>(replica: &mut R, key: &Key, record: &[u8], before: Option<(Key, ChangeHash)>) -> Option<(Key, ChangeHash)>
where
    R: Replicated,
    R::Made: DeserializeOwned,
{
    let open: Open<R::Made> = serde_json::from_slice(record).ok()?;
    let line = replica.line_mut();
    let heads: Option<Vec<ChangeHash>> = open.heads.iter().map(|head| head.parse().ok()).collect();
    let known = heads.filter(|heads| heads.iter().all(|head| line.doc.get_change_by_hash(head).is_some()));
    let behind = before.filter(|(other, _)| other.get(2) == key.get(2)).map(|(_, hash)| vec![hash]);
    let Some(heads) = known.or(behind) else {
        line.lost.extend(R::words_of_made(&open.made));
        return None;
    };
    let state: Vec<u8> = heads.iter().flat_map(|head| head.0).collect();
    let name = Sha256::digest([record, &state].concat());
    // In a document that is in that state: what else there is would count in the change.
    let Ok(past) = line.doc.fork_at(&heads) else {
        line.lost.extend(R::words_of_made(&open.made));
        return None;
    };
    let now = mem::replace(&mut line.doc, past.with_actor(ActorId::from(&name[..16])));
    let fits = replica.do_again(&open.made);
    let line = replica.line_mut();
    line.open = None;
    let hash = if fits { line.doc.commit() } else { None };
    let change = hash.and_then(|hash| line.doc.get_change_by_hash(&hash));
    line.doc = now;
    let Some(change) = change else {
        line.lost.extend(R::words_of_made(&open.made));
        return None;
    };
    line.adopt(change.raw_bytes().to_vec(), R::remembered(open.made), false);
    Some((key.clone(), change.hash()))
}

//! A log written anew without the letters of somebody who left: every change of everybody else, in the order in which they
//! were stored, by actors of their own, with the times and the people it had.
//!
//! The order in which letters stand follows from the log as it was. A letter goes behind the nearest one before it that is
//! still there, removed or not; since each change builds on all before it, that is where every reader puts it.

use std::collections::{HashMap, HashSet};

use automerge::{
    ActorId, Automerge, Change as Made, ChangeHash, ExpandedChange, ObjType, ScalarValue,
    legacy::{ElementId, Key, ObjectId, Op, OpId, OpType, SortedVec},
};
use shared::{
    PersonId,
    api::LetterId,
    live::{
        concept::{self, ENCODING, Field, SCHEMA, Texts},
        ledger::Ledger,
    },
};

use super::tidy;
use crate::{
    domain::credit,
    live::{
        letters::{Deed, Id, Letter, Letters},
        room::with_change,
    },
    store::{StoreError, segment::Entry},
};

/// So many letters that others put somewhere in one go are a passage of whoever wrote them first.
pub(super) const PASSAGE: usize = 40;

/// Whom a log is written anew without, and what is put where nothing is left.
#[derive(Clone, Debug)]
pub struct Without {
    /// Who left.
    pub person: PersonId,
    /// The title of a concept that has none of anybody else.
    pub title: String,
}

/// A change of the new log.
#[derive(Clone, Debug)]
pub struct NewEntry {
    /// The change.
    pub change: Made,
    /// Who made it.
    pub person: PersonId,
    /// When it was stored: as the one it was made of.
    pub stored_at: i64,
}

/// A concept's log, written anew.
#[derive(Debug)]
pub struct Replayed {
    /// The new log.
    pub entries: Vec<NewEntry>,
    /// How many changes of the new log there are after each of the old.
    places: Vec<u64>,
    /// Where the letters that are left are now.
    letters: HashMap<Id, OpId>,
    old: Letters,
}

/// What becomes of a passage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Moved {
    /// It is between these letters now.
    To {
        /// The first.
        first: LetterId,
        /// The last.
        last: LetterId,
        /// Whether nothing of it was of who left.
        whole: bool,
    },
    /// Nothing of it is left.
    Gone,
}

impl Replayed {
    /// The place in the new log that stands for one of the old.
    #[must_use]
    pub fn place(&self, old: u64) -> u64 {
        let at = usize::try_from(old).unwrap_or(usize::MAX);
        match at.checked_sub(1) {
            None => 0,
            Some(at) => self.places.get(at).or(self.places.last()).copied().unwrap_or_default(),
        }
    }

    /// Whether a letter of anybody else stands that can be seen.
    #[must_use]
    pub fn is_anything_left(&self) -> bool {
        let is_seen = |letter: Letter<'_>| match letter {
            Letter::Char(letter) => !letter.is_whitespace(),
            Letter::Word(word) => word.chars().any(|letter| !letter.is_whitespace()),
        };
        Field::ALL.into_iter().any(|field| {
            self.old.all(field).any(|(id, letter)| self.letters.contains_key(&id) && letter.is_some_and(is_seen))
        })
    }

    /// The end of the new log.
    #[must_use]
    pub fn end(&self) -> u64 {
        self.entries.len() as u64
    }

    /// Where a passage is now.
    #[must_use]
    pub fn passage(&self, field: Field, first: &LetterId, last: &LetterId) -> Moved {
        let Some(all) = self.old.between(field, first, last) else { return Moved::Gone };
        let left: Vec<&OpId> = all.iter().filter_map(|id| self.letters.get(id)).collect();
        let letter = |id: &OpId| LetterId { counter: id.counter(), actor: id.actor().to_bytes().to_vec() };
        match (left.first(), left.last()) {
            (Some(first), Some(last)) => {
                Moved::To { first: letter(first), last: letter(last), whole: left.len() == all.len() }
            }
            _ => Moved::Gone,
        }
    }

    /// The texts after each of these places of the new log, which are in order.
    ///
    /// # Errors
    /// When a change cannot be read: it was just made.
    pub fn texts_at(&self, places: &[u64]) -> Result<Vec<Texts>, StoreError> {
        let (mut letters, mut texts) = (Letters::default(), Vec::new());
        let mut wanted = places.iter().peekable();
        for at in 0..=self.entries.len() {
            if let Some(entry) = at.checked_sub(1).and_then(|at| self.entries.get(at)) {
                take(&mut letters, entry)?;
            }
            while wanted.next_if(|place| **place == at as u64).is_some() {
                texts.push(letters.texts());
            }
        }
        Ok(texts)
    }
}

/// Takes a change of the new log into these letters.
pub(super) fn take(letters: &mut Letters, entry: &NewEntry) -> Result<(), StoreError> {
    with_change(entry.change.raw_bytes(), |change| letters.apply(change, entry.stored_at).ok())
        .flatten()
        .ok_or_else(|| corrupt("a change that was just made"))
}

/// Writes the log of a concept anew; nothing where there is no letter in it of who left.
///
/// # Errors
/// When the log cannot be read, or the new one would not be what is left of it.
pub fn replay(entries: &[Entry], without: &Without) -> Result<Option<Replayed>, StoreError> {
    let mut replay = Replay {
        without,
        moved: moved(entries, without.person)?,
        old: Letters::default(),
        letters: HashMap::new(),
        gone: HashSet::new(),
        fields: [const { None }; 3],
        log: Log::default(),
        places: Vec::with_capacity(entries.len()),
        took: false,
    };
    for entry in entries {
        replay.take(entry)?;
    }
    if !replay.took {
        return Ok(None);
    }
    let at = entries.last().map_or(0, |entry| entry.stored_at);
    replay.tidy(at)?;
    let Replay { old, letters, places, log, .. } = replay;
    let replayed = Replayed { entries: log.entries, places, letters, old };
    prove(&replayed)?;
    Ok(Some(replayed))
}

/// The log as it grows.
#[derive(Default)]
pub(super) struct Log {
    pub(super) entries: Vec<NewEntry>,
    actors: HashMap<Vec<u8>, (ActorId, u64)>,
    last: Option<ChangeHash>,
    /// The counter of the last operation.
    pub(super) last_op: u64,
}

impl Log {
    /// The actor that stands for one of the old log.
    pub(super) fn actor(&mut self, old: &[u8]) -> ActorId {
        let new = || (ActorId::from(uuid::Uuid::now_v7().into_bytes().as_slice()), 0);
        self.actors.entry(old.to_vec()).or_insert_with(new).0.clone()
    }

    /// Adds a change of these operations, which count on from the last.
    pub(super) fn add(
        &mut self,
        old: &[u8],
        operations: Vec<Op>,
        (person, time, stored_at): (PersonId, i64, i64),
    ) -> Result<(), StoreError> {
        let actor_id = self.actor(old);
        let start_op = std::num::NonZeroU64::new(self.last_op + 1).ok_or_else(|| corrupt("an operation"))?;
        self.last_op += operations.len() as u64;
        let (_, seq) = self.actors.get_mut(old).ok_or_else(|| corrupt("an actor"))?;
        *seq += 1;
        let change = Made::from(ExpandedChange {
            operations,
            actor_id,
            hash: None,
            seq: *seq,
            start_op,
            time,
            message: None,
            deps: self.last.into_iter().collect(),
            extra_bytes: Vec::new(),
            author: None,
        });
        self.last = Some(change.hash());
        self.entries.push(NewEntry { change, person, stored_at });
        Ok(())
    }
}

/// The letters that others put into a concept though who left wrote them first, and the other way round: who moves a passage
/// does not make it theirs. Of those of who left only whole passages are meant, since people also write the same by chance;
/// of those of others, all that is credited to them.
fn moved(entries: &[Entry], person: PersonId) -> Result<HashSet<Id>, StoreError> {
    let mut letters = Letters::default();
    let mut theirs: HashSet<&[u8]> = HashSet::new();
    for entry in entries {
        with_change(&entry.bytes, |change| letters.apply(change, entry.stored_at).ok())
            .flatten()
            .ok_or_else(|| corrupt("a change that cannot be applied"))?;
        if entry.person == person {
            theirs.insert(&entry.actor);
        }
    }
    let moved = credit::moved(&letters.written(), |author| theirs.contains(&*author.actor), PASSAGE);
    Ok(moved.into_iter().map(|(counter, actor)| Id { counter, actor }).collect())
}

struct Replay<'a> {
    without: &'a Without,
    /// Letters that others put here, of who left; and that who left put here, of others.
    moved: HashSet<Id>,
    old: Letters,
    /// Where the letters of everybody else are now, removed or not.
    letters: HashMap<Id, OpId>,
    /// Those of them that were removed.
    gone: HashSet<Id>,
    /// The texts, by the operations that made them anew.
    fields: [Option<OpId>; 3],
    log: Log,
    places: Vec<u64>,
    /// Whether a letter of who left was left out.
    took: bool,
}

impl Replay<'_> {
    fn take(&mut self, entry: &Entry) -> Result<(), StoreError> {
        let leaves = entry.person == self.without.person;
        let first = self.log.entries.is_empty();
        let actor = self.log.actor(&entry.actor);
        let mut operations = Vec::new();
        if first {
            operations.push(at_root("schema", OpType::Put(ScalarValue::Int(SCHEMA))));
        }
        let moved = &self.moved;
        let (letters, gone, fields, took) = (&mut self.letters, &mut self.gone, &mut self.fields, &mut self.took);
        let start = self.log.last_op;
        let old = &mut self.old;
        let time = with_change(&entry.bytes, |change| {
            let followed = old.follow(change, entry.stored_at, |field, deed| {
                let next = |operations: &[Op]| OpId::new(start + 1 + operations.len() as u64, &actor);
                match deed {
                    Deed::Makes => {
                        fields[field as usize] = Some(next(&operations));
                        operations.push(at_root(field.key(), OpType::Make(ObjType::Text)));
                    }
                    Deed::Adds { letter, .. } if leaves != moved.contains(&letter) => *took = true,
                    Deed::Adds { letter, word, mut behind } => {
                        let Some(text) = fields[field as usize].clone() else { return };
                        let before = behind.find_map(|id| letters.get(&id).cloned());
                        letters.insert(letter, next(&operations));
                        operations.push(added(text, before, word));
                    }
                    Deed::Removes { letter } => {
                        let (Some(text), Some(now)) = (fields[field as usize].clone(), letters.get(&letter)) else {
                            return;
                        };
                        if gone.insert(letter) {
                            operations.push(removed(text, now.clone()));
                        }
                    }
                }
            });
            followed.map(|()| change.time)
        });
        let time = time.and_then(Result::ok).ok_or_else(|| corrupt("a change that cannot be applied"))?;
        if !operations.is_empty() {
            self.log.add(&entry.actor, operations, (entry.person, time, entry.stored_at))?;
        }
        self.places.push(self.log.entries.len() as u64);
        Ok(())
    }

    /// Puts blanks where words that went kept others apart, and a title where nobody else wrote one. Nothing that anybody
    /// wrote goes for it.
    fn tidy(&mut self, at: i64) -> Result<(), StoreError> {
        const SHELL: &[u8] = b"";
        let mut operations: Vec<Op> = Vec::new();
        let actor = self.log.actor(SHELL);
        for field in Field::ALL {
            let Some(text) = self.fields[field as usize].clone() else { continue };
            let stands: Vec<(Option<OpId>, String)> = self
                .old
                .all(field)
                .filter_map(|(id, letter)| {
                    let letter = match letter? {
                        Letter::Char(letter) => letter.to_string(),
                        Letter::Word(word) => word.to_owned(),
                    };
                    Some((self.letters.get(&id).cloned(), letter))
                })
                .collect();
            let title = (field == Field::Title).then_some(self.without.title.as_str());
            for (behind, words) in tidy::gaps(&stands, title) {
                let mut behind = behind;
                for letter in words.chars() {
                    let id = OpId::new(self.log.last_op + 1 + operations.len() as u64, &actor);
                    operations.push(added(text.clone(), behind.replace(id), letter.encode_utf8(&mut [0; 4])));
                }
            }
        }
        if operations.is_empty() {
            return Ok(());
        }
        self.log.add(SHELL, operations, (self.without.person, at / 1000, at))?;
        // What follows from the last change of the old log is all there is of the new.
        if let Some(last) = self.places.last_mut() {
            *last = self.log.entries.len() as u64;
        }
        Ok(())
    }
}

/// The new log is read as it will be: by the ledger of a room, by Automerge, and letter by letter.
fn prove(replayed: &Replayed) -> Result<(), StoreError> {
    let (mut ledger, mut letters) = (Ledger::default(), Letters::default());
    for entry in &replayed.entries {
        let known = with_change(entry.change.raw_bytes(), |change| ledger.replay(change, entry.person).is_ok());
        if known != Some(true) {
            return Err(corrupt("a log that a room would not take"));
        }
        take(&mut letters, entry)?;
    }
    let mut doc = Automerge::new_with_encoding(ENCODING);
    doc.apply_changes_batch(replayed.entries.iter().map(|entry| entry.change.clone()))
        .map_err(|error| corrupt(&format!("a log that Automerge would not take: {error}")))?;
    let texts = concept::read(&doc).map_err(|error| corrupt(&error.to_string()))?;
    if texts != letters.texts() {
        return Err(corrupt("a log that is read in two ways"));
    }
    for field in Field::ALL {
        let kept = replayed.old.all(field).filter(|(id, letter)| letter.is_some() && replayed.letters.contains_key(id));
        let mut now = letters.all(field).filter(|(_, letter)| letter.is_some());
        for (id, letter) in kept {
            let same = |new: Id| {
                replayed.letters.get(&id).is_some_and(|moved| letters.actor_of(new) == Some(moved.actor().to_bytes()))
            };
            if !now.any(|(new, word)| word == letter && same(new)) {
                return Err(corrupt("a log that lacks a letter"));
            }
        }
    }
    Ok(())
}

fn at_root(key: &str, action: OpType) -> Op {
    Op { action, obj: ObjectId::Root, key: Key::Map(key.into()), pred: SortedVec::new(), insert: false }
}

fn added(text: OpId, behind: Option<OpId>, word: &str) -> Op {
    Op {
        action: OpType::Put(ScalarValue::Str(word.into())),
        obj: ObjectId::Id(text),
        key: Key::Seq(behind.map_or(ElementId::Head, ElementId::Id)),
        pred: SortedVec::new(),
        insert: true,
    }
}

fn removed(text: OpId, letter: OpId) -> Op {
    Op {
        action: OpType::Delete,
        obj: ObjectId::Id(text),
        key: Key::Seq(ElementId::Id(letter.clone())),
        pred: vec![letter].into(),
        insert: false,
    }
}

pub(super) fn corrupt(what: &str) -> StoreError {
    StoreError::Corrupt(format!("a document could not be written anew: {what}"))
}

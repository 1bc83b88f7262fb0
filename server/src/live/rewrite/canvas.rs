//! A canvas written anew without what somebody who left wrote there: their notes and pictures go, whoever moved them, and
//! their letters in what others put there. What others wrote into a note of theirs stays, and so does the note for it. Cards,
//! links and groups say where things are, and stay; the titles of groups are words, and go as such.

use std::collections::{HashMap, HashSet};

use automerge::{
    Automerge, Change as Stored, ExpandedChange, ObjType, ScalarValue,
    legacy::{ElementId, Key, ObjectId, Op, OpId, OpType, SortedVec},
};
use shared::{
    PersonId,
    canvas::ItemKind,
    live::{
        canvas,
        concept::ENCODING,
        ledger::Ledger,
        schema::{Part, actor_of},
    },
};

use super::replay::{Log, NewEntry, corrupt};
use crate::{
    live::room::with_change,
    store::{StoreError, segment::Entry},
};

/// A text on the canvas: its letters in order, each with whose it is, and those that were removed.
#[derive(Default)]
struct Text {
    item: Option<OpId>,
    letters: Vec<(OpId, PersonId)>,
    gone: HashSet<OpId>,
}

impl Text {
    /// Puts a letter where Automerge does, and says at which place.
    fn add(&mut self, letter: OpId, person: PersonId, key: &Key) -> Option<usize> {
        let mut at = match key {
            Key::Seq(ElementId::Head) => 0,
            Key::Seq(ElementId::Id(before)) => self.letters.iter().position(|(id, _)| id == before)? + 1,
            Key::Map(_) => return None,
        };
        while self.letters.get(at).is_some_and(|(other, _)| later(other, &letter)) {
            at += 1;
        }
        self.letters.insert(at, (letter, person));
        Some(at)
    }
}

/// Something on the canvas.
struct Item {
    kind: ItemKind,
    id: String,
    owner: PersonId,
    /// It was put back for whoever made it before, by a change of somebody else.
    back: bool,
}

/// What is known of a canvas, by the operations of its log.
#[derive(Default)]
struct Known {
    maps: HashMap<OpId, ItemKind>,
    items: HashMap<OpId, Item>,
    texts: HashMap<OpId, Text>,
    people: HashMap<Vec<u8>, PersonId>,
}

fn later(one: &OpId, other: &OpId) -> bool {
    (one.counter(), one.actor().to_bytes()) > (other.counter(), other.actor().to_bytes())
}

fn expand(entry: &Entry) -> Result<ExpandedChange, StoreError> {
    let change = Stored::from_bytes(entry.bytes.clone());
    Ok(change.map_err(|error| corrupt(&format!("a change that cannot be read: {error}")))?.decode())
}

/// The operation that this one of a change is known by.
fn own(change: &ExpandedChange, at: usize) -> OpId {
    OpId::new(change.start_op.get() + at as u64, &change.actor_id)
}

impl Known {
    /// Takes note of what an operation makes. Answers the place of the letter that it adds.
    fn note(&mut self, id: &OpId, op: &Op, person: PersonId) -> Result<Option<usize>, StoreError> {
        match (&op.obj, &op.key, &op.action) {
            (ObjectId::Root, Key::Map(key), OpType::Make(_)) => {
                if let Some(kind) = ItemKind::parse(key) {
                    self.maps.insert(id.clone(), kind);
                }
            }
            (ObjectId::Id(map), Key::Map(key), OpType::Make(ObjType::Map)) => {
                if let Some(kind) = self.maps.get(map) {
                    let item = Item { kind: *kind, id: key.to_string(), owner: person, back: false };
                    self.items.insert(id.clone(), item);
                }
            }
            (ObjectId::Id(item), Key::Map(_), OpType::Make(ObjType::Text)) => {
                self.texts.insert(id.clone(), Text { item: Some(item.clone()), ..Text::default() });
            }
            (ObjectId::Id(item), Key::Map(key), OpType::Put(ScalarValue::Str(actor))) if key == Part::By.key() => {
                let owner = actor_of(actor).and_then(|actor| self.people.get(actor.to_bytes()));
                if let (Some(item), Some(owner)) = (self.items.get_mut(item), owner) {
                    (item.owner, item.back) = (*owner, true);
                }
            }
            (ObjectId::Id(text), key, OpType::Put(_)) if op.insert => {
                let text = self.texts.get_mut(text).ok_or_else(|| corrupt("a text of nothing"))?;
                let at = text.add(id.clone(), person, key);
                return at.map(Some).ok_or_else(|| corrupt("a letter behind nothing"));
            }
            (ObjectId::Id(text), Key::Seq(ElementId::Id(letter)), OpType::Delete) => {
                if let Some(text) = self.texts.get_mut(text) {
                    text.gone.insert(letter.clone());
                }
            }
            _ => {}
        }
        Ok(None)
    }

    /// What goes with who left.
    fn goes(&self, person: PersonId) -> HashSet<OpId> {
        let others: HashSet<&OpId> = self
            .texts
            .values()
            .filter(|text| text.letters.iter().any(|(id, by)| *by != person && !text.gone.contains(id)))
            .filter_map(|text| text.item.as_ref())
            .collect();
        let goes = |(id, item): (&OpId, &Item)| {
            let words = matches!(item.kind, ItemKind::Note | ItemKind::Picture);
            (item.owner == person && words && (item.back || !others.contains(id))).then(|| id.clone())
        };
        self.items.iter().filter_map(goes).collect()
    }
}

/// Writes the log of a canvas anew; nothing where there is nothing in it that who left wrote.
///
/// # Errors
/// When the log cannot be read, or the new one would not be what is left of it.
pub fn replay(entries: &[Entry], person: PersonId) -> Result<Option<Vec<NewEntry>>, StoreError> {
    let mut known = Known::default();
    for entry in entries {
        known.people.insert(entry.actor.clone(), entry.person);
    }
    let changes: Vec<ExpandedChange> = entries.iter().map(expand).collect::<Result<_, _>>()?;
    for (change, entry) in changes.iter().zip(entries) {
        for (at, op) in change.operations.iter().enumerate() {
            known.note(&own(change, at), op, entry.person)?;
        }
    }
    let goes = known.goes(person);
    let wrote = known.texts.values().any(|text| text.letters.iter().any(|(_, by)| *by == person));
    if goes.is_empty() && !wrote {
        return Ok(None);
    }
    let people = std::mem::take(&mut known.people);
    let known = Known { people, ..Known::default() };
    let mut replay = Replay {
        person,
        goes,
        known,
        log: Log::default(),
        moved: HashMap::new(),
        said: HashMap::new(),
        gone: HashSet::new(),
    };
    for (change, entry) in changes.iter().zip(entries) {
        replay.take(change, entry)?;
    }
    let left = replay.left();
    let made = replay.log.entries;
    prove(&made, &left)?;
    Ok(Some(made))
}

/// Where something is said: the object, by the operation of the old log that made it, and the key.
type Spot = (Option<OpId>, String);

/// What is said at a spot.
#[derive(Default)]
struct Said {
    /// By which operations of the old log: by several when they did not know of each other.
    old: Vec<(OpId, OpType)>,
    /// By which operation of the new one, and for which of the old.
    new: Option<(OpId, OpId)>,
}

impl Said {
    /// What counts of what several said without knowing of each other.
    fn counts(&self, locks: bool) -> Option<&(OpId, OpType)> {
        let truth = |action: &OpType| locks && *action == OpType::Put(ScalarValue::Boolean(true));
        self.old.iter().max_by(|(one, first), (other, second)| {
            let key = |id: &OpId, action: &OpType| (truth(action), id.counter(), id.actor().to_bytes().to_vec());
            key(one, first).cmp(&key(other, second))
        })
    }
}

struct Replay {
    person: PersonId,
    goes: HashSet<OpId>,
    known: Known,
    log: Log,
    /// The operations that stand in the new log for those of the old.
    moved: HashMap<OpId, OpId>,
    said: HashMap<Spot, Said>,
    /// Letters that were removed in the new log.
    gone: HashSet<OpId>,
}

impl Replay {
    fn take(&mut self, change: &ExpandedChange, entry: &Entry) -> Result<(), StoreError> {
        let actor = self.log.actor(&entry.actor);
        let mut operations: Vec<Op> = Vec::new();
        for (at, op) in change.operations.iter().enumerate() {
            let id = own(change, at);
            let place = self.known.note(&id, op, entry.person)?;
            let next = OpId::new(self.log.last_op + 1 + operations.len() as u64, &actor);
            if let Some(made) = self.operation(&id, op, place, entry.person, &next)? {
                operations.push(made);
                self.moved.insert(id, next);
            }
        }
        if operations.is_empty() {
            return Ok(());
        }
        self.log.add(&entry.actor, operations, (entry.person, change.time, entry.stored_at))
    }

    /// The operation of the new log that stands for one of the old; none where nothing does.
    fn operation(
        &mut self,
        id: &OpId,
        op: &Op,
        place: Option<usize>,
        by: PersonId,
        next: &OpId,
    ) -> Result<Option<Op>, StoreError> {
        let (obj, object) = match &op.obj {
            ObjectId::Root => (ObjectId::Root, None),
            ObjectId::Id(old) => {
                let Some(new) = self.moved.get(old) else { return Ok(None) };
                (ObjectId::Id(new.clone()), Some(old.clone()))
            }
        };
        match (&op.key, &op.action) {
            (Key::Seq(_), OpType::Put(_)) if op.insert => {
                if by == self.person {
                    return Ok(None);
                }
                let text = object.as_ref().and_then(|text| self.known.texts.get(text));
                let (text, place) = text.zip(place).ok_or_else(|| corrupt("a letter of nothing"))?;
                let before = text.letters[..place].iter().rev().find_map(|(id, _)| self.moved.get(id));
                let key = Key::Seq(before.cloned().map_or(ElementId::Head, ElementId::Id));
                Ok(Some(Op { obj, key, pred: SortedVec::new(), ..op.clone() }))
            }
            (Key::Seq(ElementId::Id(letter)), OpType::Delete) => {
                let Some(now) = self.moved.get(letter).cloned() else { return Ok(None) };
                if !self.gone.insert(letter.clone()) {
                    return Ok(None);
                }
                let key = Key::Seq(ElementId::Id(now.clone()));
                Ok(Some(Op { obj, key, pred: vec![now].into(), ..op.clone() }))
            }
            (Key::Map(key), action) => {
                if self.goes.contains(id) {
                    return Ok(None);
                }
                Ok(self.say((object, key.to_string()), id, op, action, next).map(|(action, pred)| Op {
                    action,
                    obj,
                    key: op.key.clone(),
                    pred: pred.into_iter().collect::<Vec<_>>().into(),
                    insert: false,
                }))
            }
            _ => Err(corrupt("an operation that no canvas knows")),
        }
    }

    /// What is said at a spot from now on, and what it takes the place of; nothing where that stays as it is. What several
    /// said without knowing of each other is decided as it was: the new log has one after the other.
    fn say(&mut self, spot: Spot, id: &OpId, op: &Op, action: &OpType, next: &OpId) -> Option<(OpType, Option<OpId>)> {
        let locks = spot.1 == Part::Locked.key();
        let said = self.said.entry(spot).or_default();
        said.old.retain(|(old, _)| !op.pred.iter().any(|pred| pred == old));
        if *action != OpType::Delete {
            said.old.push((id.clone(), action.clone()));
        }
        let Some((by, counts)) = said.counts(locks).cloned() else {
            return said.new.take().map(|(new, _)| (OpType::Delete, Some(new)));
        };
        // What somebody else said at the same time stays, or counts again. A thing is made once.
        let stands = said.new.as_ref().is_some_and(|(_, old)| *old == by);
        if stands || (by != *id && matches!(counts, OpType::Make(_))) {
            return None;
        }
        let before = said.new.replace((next.clone(), by)).map(|(new, _)| new);
        Some((self.renamed(&counts), before))
    }

    /// Who made something before is named by an actor.
    fn renamed(&mut self, action: &OpType) -> OpType {
        if let OpType::Put(ScalarValue::Str(word)) = action
            && let Some(actor) = actor_of(word)
            && self.known.people.contains_key(actor.to_bytes())
        {
            let now = self.log.actor(actor.to_bytes());
            return OpType::Put(ScalarValue::Str(now.to_hex_string().into()));
        }
        action.clone()
    }

    /// What each thing with words says that others wrote there and that stands: by its kind, its id and how many letters they are.
    fn left(&self) -> Vec<(ItemKind, String, usize)> {
        let mut left = Vec::new();
        for (id, text) in &self.known.texts {
            let Some(item) = text.item.as_ref().filter(|item| self.moved.contains_key(item)) else { continue };
            let Some(item) = self.known.items.get(item) else { continue };
            if self.moved.contains_key(id) {
                let letters =
                    text.letters.iter().filter(|(id, _)| self.moved.contains_key(id) && !text.gone.contains(id));
                left.push((item.kind, item.id.clone(), letters.count()));
            }
        }
        left
    }
}

/// The new log is read as it will be, by the ledger of a room and by Automerge, and has what is left.
fn prove(made: &[NewEntry], left: &[(ItemKind, String, usize)]) -> Result<(), StoreError> {
    let mut ledger = Ledger::default();
    for entry in made {
        let known = with_change(entry.change.raw_bytes(), |change| ledger.replay(change, entry.person).is_ok());
        if known != Some(true) {
            return Err(corrupt("a log that a room would not take"));
        }
    }
    let mut doc = Automerge::new_with_encoding(ENCODING);
    doc.apply_changes_batch(made.iter().map(|entry| entry.change.clone()))
        .map_err(|error| corrupt(&format!("a log that Automerge would not take: {error}")))?;
    let canvas = canvas::read(&doc);
    for (kind, id, letters) in left {
        let words = match kind {
            ItemKind::Note => canvas.notes.get(id).map(|note| &note.text),
            ItemKind::Group => canvas.groups.get(id).map(|group| &group.title),
            ItemKind::Picture => canvas.pictures.get(id).map(|picture| &picture.alt),
            ItemKind::Card | ItemKind::Link => None,
        };
        // One that was taken away is not there to be read; one that was put back stands for both.
        if let Some(words) = words
            && words.chars().count() != *letters
            && left.iter().filter(|(other, name, _)| other == kind && name == id).count() == 1
        {
            return Err(corrupt("a canvas that lacks a letter"));
        }
    }
    Ok(())
}

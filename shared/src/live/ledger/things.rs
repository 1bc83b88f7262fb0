//! The objects of a document and which operations made what in them.

use std::collections::HashMap;

use crate::{
    PersonId,
    live::schema::{ItemKind, Part, Shape},
};

/// An object, by its place in [`Things::objects`].
pub(super) type Obj = u32;

/// Where an operation put something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Slot {
    /// A letter of a text.
    Letter(Obj),
    /// The value of a part of an item.
    Part(Obj, Part),
    /// The item itself, among those of its kind.
    Item(Obj),
}

/// What the operations `start..end` of an actor put somewhere.
#[derive(Clone, Copy, Debug)]
pub(super) struct Run {
    pub(super) start: u32,
    pub(super) end: u32,
    pub(super) slot: Slot,
}

/// A text, a map, or an item.
#[derive(Clone, Debug)]
pub(super) struct Object {
    pub(super) shape: Shape,
    /// What it is, or belongs to.
    pub(super) item: Option<u32>,
    /// Characters, if it is a text.
    pub(super) chars: u64,
}

/// Something on a canvas.
#[derive(Clone, Debug)]
pub(super) struct Item {
    pub(super) kind: ItemKind,
    pub(super) id: Box<str>,
    pub(super) owner: PersonId,
    /// What was said last of whether it is locked: more than one word where that was said at the same time.
    pub(super) locks: Vec<Lock>,
}

/// A word on whether something is locked, by the operation that says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Lock {
    pub(super) said: (u32, u32),
    pub(super) locked: bool,
}

/// Whether something is locked: where two words contradict each other, it is.
pub(super) fn is_locked(locks: &[Lock]) -> bool {
    locks.iter().any(|lock| lock.locked)
}

/// The objects of a document.
#[derive(Debug, Default)]
pub(super) struct Things {
    pub(super) objects: Vec<Object>,
    /// By the operation that made each: its actor and its counter.
    pub(super) by_op: HashMap<(u32, u32), Obj>,
    pub(super) items: Vec<Item>,
    /// Those that stand on the canvas.
    pub(super) standing: HashMap<(ItemKind, Box<str>), u32>,
    /// The first that stood there, of what does not stand any more.
    pub(super) fallen: HashMap<(ItemKind, Box<str>), u32>,
}

impl Things {
    /// The object that an operation made.
    pub(super) fn made_by(&self, actor: u32, counter: u32) -> Option<Obj> {
        self.by_op.get(&(actor, counter)).copied()
    }

    /// Takes in an object made by this operation.
    pub(super) fn add(&mut self, made: (u32, u32), object: Object) -> Obj {
        let place = self.next_object();
        self.objects.push(object);
        self.by_op.insert(made, place);
        place
    }

    /// Takes in an item, which stands from now on.
    pub(super) fn stand(&mut self, item: Item) {
        let place = self.next_item();
        self.standing.insert((item.kind, item.id.clone()), place);
        self.items.push(item);
    }

    /// An item no longer stands.
    pub(super) fn remove(&mut self, place: u32) {
        let Some(item) = self.items.get(place as usize) else { return };
        let key = (item.kind, item.id.clone());
        if self.standing.get(&key) == Some(&place) {
            self.standing.remove(&key);
            self.fallen.entry(key).or_insert(place);
        }
    }

    /// Whose the first was that stood there and does not any more.
    pub(super) fn first_owner(&self, kind: ItemKind, id: &str) -> Option<PersonId> {
        let place = self.fallen.get(&(kind, id.into()))?;
        self.items.get(*place as usize).map(|item| item.owner)
    }

    /// The item of this kind and id that stands.
    pub(super) fn standing(&self, kind: ItemKind, id: &str) -> Option<u32> {
        self.standing.get(&(kind, id.into())).copied()
    }

    /// Whose the item was that once stood there by an operation of this actor.
    pub(super) fn owner_before(&self, kind: ItemKind, id: &str, actor: u32) -> Option<PersonId> {
        let made_it = |place: usize| {
            self.by_op.iter().any(|((by, _), object)| {
                let object = self.objects.get(*object as usize);
                *by == actor
                    && object.is_some_and(|object| {
                        object.shape == Shape::Item(kind) && object.item.is_some_and(|item| item as usize == place)
                    })
            })
        };
        let once = self.items.iter().enumerate().filter(|(_, item)| item.kind == kind && *item.id == *id);
        once.into_iter().find_map(|(place, item)| made_it(place).then_some(item.owner))
    }

    /// How many items stand.
    pub(super) fn count(&self) -> usize {
        self.standing.len()
    }

    /// How many of those that stand are this person's.
    pub(super) fn count_of(&self, person: PersonId) -> usize {
        let own = |place: &&u32| self.items.get(**place as usize).is_some_and(|item| item.owner == person);
        self.standing.values().filter(own).count()
    }

    /// The place the next object will have.
    pub(super) fn next_object(&self) -> Obj {
        u32::try_from(self.objects.len()).unwrap_or(Obj::MAX)
    }

    /// The place the next item will have.
    pub(super) fn next_item(&self) -> u32 {
        u32::try_from(self.items.len()).unwrap_or(u32::MAX)
    }
}

/// Appends what an operation put somewhere.
pub(super) fn push_run(runs: &mut Vec<Run>, counter: u32, slot: Slot) {
    match runs.last_mut() {
        Some(last) if last.end == counter && last.slot == slot => last.end += 1,
        _ => runs.push(Run { start: counter, end: counter + 1, slot }),
    }
}

/// Where the operation of that counter put something.
pub(super) fn in_runs(runs: &[Run], made: u32) -> Option<Slot> {
    let at = runs.partition_point(|run| run.start <= made).checked_sub(1)?;
    runs.get(at).filter(|run| made < run.end).map(|run| run.slot)
}

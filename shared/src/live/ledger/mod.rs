//! What a room knows of a document without holding it: the graph of its changes, its objects, and who made what in them.
//!
//! It is enough to say, before a change is stored, that applying it can never fail and that its author may make it:
//! afterwards there is no way back. And it is enough to say exactly which changes a peer lacks.

mod begin;
mod check;
mod graph;
mod ranges;
mod study;
#[cfg(test)]
mod tests;
mod things;
mod weight;

use std::collections::HashMap;

pub use self::{check::Unfit, graph::Outside};
use self::{
    graph::{Graph, New},
    ranges::Ranges,
    study::Found,
    things::{Obj, Run, Things},
};
use super::{change::Change, permit::Rights, sync::Hash};
use crate::PersonId;

/// Actors in one document, at most. Each costs every reader some bytes.
pub const ACTORS: usize = 10_000;
/// Operations in one document, at most.
pub const OPERATIONS: u32 = 8_000_000;

/// The part of a canvas, in items, operations and bytes, that one person may fill who does not tidy it: one divided by this.
pub const SHARE: u32 = 4;

/// A change of the document, by its place in the log less one.
pub type Index = u32;

/// Who makes a change, and what they may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Author {
    /// The person.
    pub person: PersonId,
    /// What they may do in this document.
    pub rights: Rights,
}

#[derive(Debug)]
struct Actor {
    changes: u64,
    first_op: u32,
    /// What its operations put where.
    runs: Vec<Run>,
    /// Letters of its own that somebody removed.
    gone: Ranges,
}

/// The changes of a document: see the module.
#[derive(Debug, Default)]
pub struct Ledger {
    graph: Graph,
    actors: Vec<Actor>,
    by_actor: HashMap<Box<[u8]>, u32>,
    /// The greatest counter of any operation.
    max_op: u32,
    /// Bytes of all changes.
    bytes: u64,
    things: Things,
    /// Operations and bytes of each person's changes.
    spent: HashMap<PersonId, Spent>,
    /// Letters that are more than one character, by actor and counter. Honest editors make none.
    wide: HashMap<(u32, u32), u32>,
}

/// What somebody's changes take up.
#[derive(Clone, Copy, Debug, Default)]
struct Spent {
    ops: u32,
    bytes: u64,
}

/// A change found fit, not yet part of the ledger.
#[derive(Debug)]
pub struct Fit {
    hash: Hash,
    actor: Box<[u8]>,
    /// Who made it; nothing when the server did.
    person: Option<PersonId>,
    start_op: u32,
    ops: u32,
    size: usize,
    deps: Vec<Index>,
    outside: HashMap<u32, u32>,
    found: Found,
}

impl Ledger {
    /// The number of changes.
    #[must_use]
    pub fn len(&self) -> Index {
        self.graph.len()
    }

    /// Whether it has no change yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.graph.len() == 0
    }

    /// The characters of each text of a concept, in reading order.
    #[must_use]
    pub fn lengths(&self) -> [u64; 3] {
        std::array::from_fn(|at| self.things.objects.get(at).map_or(0, |object| object.chars))
    }

    /// The place of a change.
    #[must_use]
    pub fn find(&self, hash: &Hash) -> Option<Index> {
        self.graph.find(hash)
    }

    /// The hashes of the changes before `end`, in their order.
    pub fn hashes(&self, end: Index) -> impl ExactSizeIterator<Item = &Hash> {
        self.graph.hashes(end)
    }

    /// The hash of a change.
    #[must_use]
    pub fn hash(&self, index: Index) -> Option<Hash> {
        self.graph.hash(index)
    }

    /// The changes before `end` that are not among `known` nor their ancestors, latest first.
    #[must_use]
    pub fn outside(&self, known: &[Index], end: Index) -> Outside {
        self.graph.outside(known, end)
    }

    /// Takes in a change found fit just now.
    pub fn add(&mut self, fit: Fit) -> Index {
        let Fit { hash, actor, person, start_op, ops, size, deps, outside, found } = fit;
        let own = self.actor(actor, start_op);
        self.actors[own as usize].changes += 1;
        self.max_op = self.max_op.max(start_op + ops - 1);
        self.bytes += size as u64;
        if let Some(person) = person {
            let spent = self.spent.entry(person).or_default();
            spent.ops = spent.ops.saturating_add(ops);
            spent.bytes += size as u64;
        }
        self.take_in(own, found);
        self.graph.add(New { hash, actor: own, start_op, ops, deps, outside })
    }

    fn actor(&mut self, actor: Box<[u8]>, start_op: u32) -> u32 {
        let next = u32::try_from(self.actors.len()).unwrap_or(u32::MAX);
        let own = *self.by_actor.entry(actor).or_insert(next);
        if own == next {
            self.actors.push(Actor { changes: 0, first_op: start_op, runs: Vec::new(), gone: Ranges::default() });
        }
        own
    }

    fn take_in(&mut self, own: u32, found: Found) {
        let runs = &mut self.actors[own as usize].runs;
        for run in found.runs {
            match runs.last_mut() {
                Some(last) if last.end == run.start && last.slot == run.slot => last.end = run.end,
                _ => runs.push(run),
            }
        }
        for (actor, gone) in found.gone {
            self.actors[actor as usize].gone.extend(&gone);
        }
        self.wide.extend(found.wide.into_iter().map(|(counter, chars)| ((own, counter), chars)));
        for (counter, object) in found.objects {
            self.things.add((own, counter), object);
        }
        for item in found.items {
            self.things.stand(item);
        }
        for (place, locks) in found.locks {
            if let Some(item) = self.things.items.get_mut(place as usize) {
                item.locks = locks;
            }
        }
        for place in found.removed {
            self.things.remove(place);
        }
        for (object, chars) in found.chars {
            self.things.objects[object as usize].chars = chars;
        }
    }

    /// Takes in a change of the log, stored by `person`, without asking whether it is fit: it was, when it was stored.
    ///
    /// # Errors
    /// When it cannot be read at all.
    pub fn replay(&mut self, change: &Change<'_>, person: PersonId) -> Result<(), Unfit> {
        if self.is_empty() {
            return self.begin(change);
        }
        let deps: Option<Vec<Index>> = change.deps.iter().map(|dep| self.find(dep)).collect();
        let deps = deps.ok_or(Unfit::UnknownDependency)?;
        let own = self.by_actor.get(change.actor()).copied();
        let (start_op, ops) = self.room_for(change, own.is_none())?;
        let named = self.named(change, own);
        let found = self.study(change, &named, start_op, person)?;
        let (hash, actor, size) = (change.hash, change.actor().into(), change.size);
        let person = Some(person);
        self.add(Fit { hash, actor, person, start_op, ops, size, deps, outside: HashMap::new(), found });
        Ok(())
    }

    /// The actors a change names, by their places here; its own first, at the place it has or will have.
    fn named(&self, change: &Change<'_>, own: Option<u32>) -> Vec<Option<u32>> {
        let next = u32::try_from(self.actors.len()).unwrap_or(u32::MAX);
        let others = change.actors.iter().skip(1).map(|actor| self.by_actor.get(*actor).copied());
        std::iter::once(Some(own.unwrap_or(next))).chain(others).collect()
    }

    /// What an actor's operation put somewhere.
    fn slot(&self, actor: u32, counter: u32) -> Option<things::Slot> {
        things::in_runs(&self.actors.get(actor as usize)?.runs, counter)
    }

    fn object(&self, object: Obj) -> Option<&things::Object> {
        self.things.objects.get(object as usize)
    }
}

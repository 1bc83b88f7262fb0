//! What a room knows of a document without holding it: the graph of its changes, and which texts hold which elements.
//!
//! It is enough to say, before a change is stored, that applying it can never fail: afterwards there is no way back.
//! And it is enough to say exactly which changes a peer lacks.

mod check;
mod graph;

use std::collections::HashMap;

use crate::live::{
    change::{Action, Change, Key},
    concept::Field,
    sync::Hash,
};

use self::graph::{Graph, New};
pub use self::{check::Unfit, graph::Outside};

/// Actors in one document, at most. Each costs every reader some bytes.
pub const ACTORS: usize = 10_000;
/// Operations in one document, at most.
pub const OPERATIONS: u32 = 8_000_000;

/// A change of the document, by its place in the log less one.
pub type Index = u32;

/// What a change does to the lengths of the texts, in characters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Growth {
    /// Characters added, by field.
    pub added: [u32; 3],
    /// Characters removed, by field; some may have been removed by others before.
    pub removed: [u32; 3],
}

/// Elements a text has from one actor: those made by the operations `start..end`.
#[derive(Clone, Copy, Debug)]
struct Run {
    start: u32,
    end: u32,
    field: Field,
}

#[derive(Debug)]
struct Actor {
    changes: u64,
    first_op: u32,
    runs: Vec<Run>,
}

/// The changes of a document: see the module.
#[derive(Debug, Default)]
pub struct Ledger {
    graph: Graph,
    actors: Vec<Actor>,
    by_actor: HashMap<Box<[u8]>, u32>,
    /// The greatest counter of any operation.
    max_op: u32,
    /// The texts, by the operation that made each.
    texts: Vec<((u32, u32), Field)>,
}

/// A change found fit, not yet part of the ledger.
#[derive(Debug)]
pub struct Fit {
    hash: Hash,
    actor: Box<[u8]>,
    start_op: u32,
    ops: u32,
    deps: Vec<Index>,
    runs: Vec<Run>,
    outside: HashMap<u32, u32>,
    /// What it does to the lengths of the texts.
    pub growth: Growth,
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
        let next = u32::try_from(self.actors.len()).unwrap_or(u32::MAX);
        let own = *self.by_actor.entry(fit.actor).or_insert(next);
        if own == next {
            self.actors.push(Actor { changes: 0, first_op: fit.start_op, runs: Vec::new() });
        }
        let actor = &mut self.actors[own as usize];
        actor.changes += 1;
        for run in fit.runs {
            match actor.runs.last_mut() {
                Some(last) if last.end == run.start && last.field == run.field => last.end = run.end,
                _ => actor.runs.push(run),
            }
        }
        let Fit { hash, start_op, ops, deps, outside, .. } = fit;
        self.max_op = self.max_op.max(start_op + ops - 1);
        self.graph.add(New { hash, actor: own, start_op, ops, deps, outside })
    }

    /// Takes in the document's first change, which the server made: it makes the texts.
    ///
    /// # Errors
    /// When it is not the first change of a concept.
    pub fn begin(&mut self, change: &Change<'_>) -> Result<(), Unfit> {
        if !self.is_empty() || !change.deps.is_empty() || change.seq != 1 {
            return Err(Unfit::Branch);
        }
        let (start_op, ops) = self.room_for(change, true)?;
        let mut runs = Vec::new();
        for (op, counter) in change.operations().zip(start_op..) {
            let op = op.map_err(|_| Unfit::Unreadable)?;
            match (op.action, op.object, op.key) {
                (Action::MakeText, None, Key::Map(key)) => {
                    let field = Field::parse(key).ok_or(Unfit::NotText)?;
                    self.texts.push(((0, counter), field));
                }
                (Action::Set, None, Key::Map(_)) => {}
                (Action::Set, Some(made), _) if op.insert => {
                    let made = (0, u32::try_from(made.counter).map_err(|_| Unfit::Element)?);
                    let text = self.texts.iter().find(|(text, _)| *text == made).ok_or(Unfit::NotText)?;
                    push_run(&mut runs, counter, text.1);
                }
                _ => return Err(Unfit::NotText),
            }
        }
        let (hash, actor) = (change.hash, change.actor().into());
        self.add(Fit {
            hash,
            actor,
            start_op,
            ops,
            deps: Vec::new(),
            runs,
            outside: HashMap::new(),
            growth: Growth::default(),
        });
        Ok(())
    }

    /// Takes in a change of the log without asking whether it is fit: it was, when it was stored.
    ///
    /// # Errors
    /// When it cannot be read at all.
    pub fn replay(&mut self, change: &Change<'_>) -> Result<(), Unfit> {
        if self.is_empty() {
            return self.begin(change);
        }
        let deps: Option<Vec<Index>> = change.deps.iter().map(|dep| self.find(dep)).collect();
        let deps = deps.ok_or(Unfit::UnknownDependency)?;
        let own = self.by_actor.get(change.actor()).copied();
        let (start_op, ops) = self.room_for(change, own.is_none())?;
        let mut runs = Vec::new();
        for (op, counter) in change.operations().zip(start_op..) {
            let op = op.map_err(|_| Unfit::Unreadable)?;
            // A text is made by the first actor of the document.
            let made = op.object.and_then(|made| {
                let actor = change.actors.get(made.actor).and_then(|actor| self.by_actor.get(*actor))?;
                Some((*actor, u32::try_from(made.counter).ok()?))
            });
            let text = self.texts.iter().find(|(text, _)| Some(*text) == made);
            if let (Some((_, field)), true) = (text, op.insert) {
                push_run(&mut runs, counter, *field);
            }
        }
        let (hash, actor) = (change.hash, change.actor().into());
        self.add(Fit { hash, actor, start_op, ops, deps, runs, outside: HashMap::new(), growth: Growth::default() });
        Ok(())
    }
}

fn push_run(runs: &mut Vec<Run>, counter: u32, field: Field) {
    match runs.last_mut() {
        Some(last) if last.end == counter && last.field == field => last.end += 1,
        _ => runs.push(Run { start: counter, end: counter + 1, field }),
    }
}

fn in_runs(runs: &[Run], made: u32) -> Option<Field> {
    let at = runs.partition_point(|run| run.start <= made).checked_sub(1)?;
    runs.get(at).filter(|run| made < run.end).map(|run| run.field)
}

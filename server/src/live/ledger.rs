//! What a room knows of a document without holding it: the graph of its changes, and which texts hold which elements.
//!
//! It is enough to say, before a change is stored, that applying it can never fail: afterwards there is no way back.
//! And it is enough to say exactly which changes a peer lacks.

use std::collections::{BTreeMap, HashMap};

use shared::live::{
    change::{Action, Change, Key, OpRef},
    concept::Field,
    sync::Hash,
};

/// Actors in one document, at most. Each costs every reader some bytes.
pub const ACTORS: usize = 10_000;
/// Operations in one document, at most.
pub const OPERATIONS: u32 = 8_000_000;
/// Bytes of a change's note, at most.
const MESSAGE: usize = 1024;
/// The greatest time a change may claim: far beyond any clock, near enough for every number format.
const TIME: i64 = 1 << 52;

/// A change of the document, by its place in the log less one.
pub type Index = u32;

/// Why a change cannot be part of the document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// It builds on a change that is not here.
    #[error("it builds on a change that is not here")]
    UnknownDependency,
    /// It builds on nothing.
    #[error("it builds on nothing")]
    NoDependency,
    /// Its sequence number is not the next of its actor.
    #[error("its sequence number is not the next of its actor")]
    Sequence,
    /// It does not build on its actor's last change.
    #[error("it does not build on its actor's last change")]
    Branch,
    /// Its first operation does not follow those it builds on, or leaves a gap behind all there are.
    #[error("its first operation does not follow those before it")]
    StartOp,
    /// It names an actor that it does not build on.
    #[error("it names an actor that it does not build on")]
    Actor,
    /// It does something other than adding characters to, or removing them from, the texts of a concept.
    #[error("only the characters of the title, the pitch and the body may be added and removed")]
    NotText,
    /// An operation names a character that it does not build on.
    #[error("an operation names a character that it does not build on")]
    Element,
    /// An operation cannot be read.
    #[error("an operation cannot be read")]
    Unreadable,
    /// It claims an impossible time, an over-long note, or carries something behind its operations.
    #[error("it carries an impossible time, an over-long note or extra bytes")]
    Extra,
    /// The document has as many changes, operations or authors as it can have.
    #[error("the document is full")]
    Full,
}

/// What a change does to the lengths of the texts, in characters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Growth {
    /// Characters added, by field.
    pub added: [u32; 3],
    /// Characters removed, by field; some may have been removed by others before.
    pub removed: [u32; 3],
}

#[derive(Debug)]
struct Node {
    hash: Hash,
    actor: u32,
    start_op: u32,
    ops: u32,
    /// Where its dependencies begin in [`Ledger::deps`]; they end where the next node's begin.
    deps_at: u32,
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

/// What the last change of a branch does not build on, so that the next one need not be looked at from the start.
#[derive(Debug)]
struct Branch {
    first_op: HashMap<u32, u32>,
    /// The number of changes there were.
    seen: Index,
}

/// Branches remembered.
const BRANCHES: usize = 256;

/// The changes of a document: see the module.
#[derive(Debug, Default)]
pub struct Ledger {
    nodes: Vec<Node>,
    deps: Vec<Index>,
    by_hash: HashMap<Hash, Index>,
    actors: Vec<Actor>,
    by_actor: HashMap<Box<[u8]>, u32>,
    heads: Vec<Index>,
    /// The greatest counter of any operation.
    max_op: u32,
    /// By the last change of each.
    branches: HashMap<Index, Branch>,
    /// The texts, by the operation that made each.
    texts: Vec<((u32, u32), Field)>,
}

/// The changes that some changes do not build on.
#[derive(Debug, Default)]
pub struct Outside {
    /// Latest first.
    pub changes: Vec<Index>,
    /// Per actor, the first operation among them.
    first_op: HashMap<u32, u32>,
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
        u32::try_from(self.nodes.len()).unwrap_or(u32::MAX)
    }

    /// Whether it has no change yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// The place of a change.
    #[must_use]
    pub fn find(&self, hash: &Hash) -> Option<Index> {
        self.by_hash.get(hash).copied()
    }

    /// The hashes of the changes before `end`, in their order.
    pub fn hashes(&self, end: Index) -> impl ExactSizeIterator<Item = &Hash> {
        self.nodes[..(end as usize).min(self.nodes.len())].iter().map(|node| &node.hash)
    }

    /// The hash of a change.
    #[must_use]
    pub fn hash(&self, index: Index) -> Option<Hash> {
        self.nodes.get(index as usize).map(|node| node.hash)
    }

    fn deps_of(&self, index: Index) -> &[Index] {
        let at = index as usize;
        let end = self.nodes.get(at + 1).map_or(self.deps.len(), |next| next.deps_at as usize);
        self.nodes.get(at).map_or(&[], |node| &self.deps[node.deps_at as usize..end])
    }

    /// The changes before `end` that are not among `known` nor their ancestors, latest first.
    ///
    /// Walks back from the latest change, and no further than the two sides differ.
    #[must_use]
    pub fn outside(&self, known: &[Index], end: Index) -> Outside {
        let mut outside = Outside::default();
        // What is still to be looked at, latest first, and whether it is known.
        let mut open: BTreeMap<Index, bool> = BTreeMap::new();
        let mut unknown = 0_usize;
        for index in known.iter().filter(|index| **index < end) {
            open.insert(*index, true);
        }
        for index in self.heads_before(end) {
            open.entry(index).or_insert_with(|| {
                unknown += 1;
                false
            });
        }
        while unknown > 0
            && let Some((index, is_known)) = open.pop_last()
        {
            if !is_known {
                unknown -= 1;
                outside.changes.push(index);
                let node = &self.nodes[index as usize];
                let first = outside.first_op.entry(node.actor).or_insert(node.start_op);
                *first = (*first).min(node.start_op);
            }
            for dep in self.deps_of(index) {
                let before = open.insert(*dep, is_known || open.get(dep) == Some(&true));
                match (before, is_known) {
                    (None, false) => unknown += 1,
                    (Some(false), true) => unknown -= 1,
                    _ => {}
                }
            }
        }
        outside
    }

    fn heads_before(&self, end: Index) -> Vec<Index> {
        if end >= self.len() {
            return self.heads.clone();
        }
        // Only the few changes not committed yet lie beyond; every other one has been built upon or is a head.
        let mut heads: Vec<Index> = self.heads.iter().copied().filter(|head| *head < end).collect();
        let mut dropped: Vec<Index> = (end..self.len()).flat_map(|index| self.deps_of(index).to_vec()).collect();
        dropped.retain(|index| *index < end);
        dropped.sort_unstable();
        dropped.dedup();
        for candidate in dropped {
            if !heads.contains(&candidate)
                && !(candidate + 1..end).any(|later| self.deps_of(later).contains(&candidate))
            {
                heads.push(candidate);
            }
        }
        heads
    }

    /// Whether `change` can be part of the document: that it builds on what is here, comes next from its actor,
    /// and only adds characters to the texts or removes them. The document's first change, made by the server, is taken
    /// as it is.
    ///
    /// # Errors
    /// Says what is wrong with it.
    pub fn check(&self, change: &Change<'_>) -> Result<Fit, Unfit> {
        if change.time.abs() > TIME || change.message.len() > MESSAGE || !change.extra.is_empty() {
            return Err(Unfit::Extra);
        }
        if change.deps.is_empty() {
            return Err(Unfit::NoDependency);
        }
        let mut deps = Vec::with_capacity(change.deps.len());
        for dep in &change.deps {
            deps.push(self.find(dep).ok_or(Unfit::UnknownDependency)?);
        }
        deps.sort_unstable();
        let outside = self.first_ops_outside(&deps);
        let own = self.by_actor.get(change.actor()).copied();
        let changes = own.map_or(0, |own| self.actors[own as usize].changes);
        if change.seq != changes + 1 {
            return Err(Unfit::Sequence);
        }
        if own.is_some_and(|own| outside.contains_key(&own)) {
            return Err(Unfit::Branch);
        }
        let last = deps.iter().map(|dep| self.nodes[*dep as usize].max_op()).max().unwrap_or(0);
        // It counts on from all its author had, which may be more than it builds on; but not from nowhere.
        if change.start_op <= u64::from(last) || change.start_op > u64::from(self.max_op) + 1 {
            return Err(Unfit::StartOp);
        }
        let (start_op, ops) = self.room_for(change, own.is_none())?;
        // The actors the change names, by their places in it.
        let mut named = Vec::with_capacity(change.actors.len());
        named.push(own);
        for (at, actor) in change.actors.iter().enumerate().skip(1) {
            let sorted = at == 1 || change.actors[at - 1] < *actor;
            let known =
                self.by_actor.get(*actor).copied().filter(|known| {
                    outside.get(known).is_none_or(|first| *first > self.actors[*known as usize].first_op)
                });
            if !sorted || known.is_none() || *actor == change.actor() {
                return Err(Unfit::Actor);
            }
            named.push(known);
        }
        let mut fit = Fit {
            hash: change.hash,
            actor: change.actor().into(),
            start_op,
            ops,
            deps,
            runs: Vec::new(),
            outside: HashMap::new(),
            growth: Growth::default(),
        };
        for (op, counter) in change.operations().zip(start_op..) {
            let op = op.map_err(|_| Unfit::Unreadable)?;
            let field = op
                .object
                .and_then(|made| Some((named.get(made.actor).copied()??, u32::try_from(made.counter).ok()?)))
                .and_then(|made| self.texts.iter().find(|(text, _)| *text == made))
                .map(|(_, field)| *field)
                .ok_or(Unfit::NotText)?;
            let at = match op.key {
                Key::Head => None,
                Key::Element(element) => {
                    self.find_element(element, &named, &outside, &fit, counter, field)?;
                    Some(element)
                }
                Key::Map(_) => return Err(Unfit::NotText),
            };
            match op.action {
                Action::Set if op.insert => {
                    let text = op.value.text().filter(|text| !text.is_empty()).ok_or(Unfit::NotText)?;
                    if op.predecessors != 0 || op.marks {
                        return Err(Unfit::NotText);
                    }
                    fit.growth.added[field as usize] += u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
                    push_run(&mut fit.runs, counter, field);
                }
                Action::Delete if !op.insert => {
                    let removes_it = at.is_some() && op.predecessors == 1 && op.predecessor == at;
                    if !removes_it || op.value.kind != 0 || !op.value.bytes.is_empty() || op.marks {
                        return Err(Unfit::NotText);
                    }
                    fit.growth.removed[field as usize] += 1;
                }
                _ => return Err(Unfit::NotText),
            }
        }
        fit.outside = outside;
        Ok(fit)
    }

    /// Per actor, the first operation that these changes do not build on.
    fn first_ops_outside(&self, deps: &[Index]) -> HashMap<u32, u32> {
        let [tip] = deps else { return self.outside(deps, self.len()).first_op };
        let Some(branch) = self.branches.get(tip) else { return self.outside(deps, self.len()).first_op };
        let mut first_op = branch.first_op.clone();
        for node in &self.nodes[branch.seen as usize..] {
            let first = first_op.entry(node.actor).or_insert(node.start_op);
            *first = (*first).min(node.start_op);
        }
        first_op
    }

    /// The first operation and the number of them, when the document has room for the change.
    fn room_for(&self, change: &Change<'_>, new_actor: bool) -> Result<(u32, u32), Unfit> {
        let full = self.len() == u32::MAX || (new_actor && self.actors.len() >= ACTORS);
        let start_op = u32::try_from(change.start_op).map_err(|_| Unfit::Full)?;
        let ops = u32::try_from(change.ops).map_err(|_| Unfit::Full)?;
        let end = start_op.checked_add(ops).ok_or(Unfit::Full)?;
        if full || end > OPERATIONS { Err(Unfit::Full) } else { Ok((start_op, ops)) }
    }

    fn find_element(
        &self,
        element: OpRef,
        named: &[Option<u32>],
        outside: &HashMap<u32, u32>,
        fit: &Fit,
        counter: u32,
        field: Field,
    ) -> Result<(), Unfit> {
        let made = u32::try_from(element.counter).map_err(|_| Unfit::Element)?;
        if element.actor == 0 && made >= fit.start_op {
            let here = made < counter && in_runs(&fit.runs, made) == Some(field);
            return if here { Ok(()) } else { Err(Unfit::Element) };
        }
        let actor = named.get(element.actor).copied().flatten().ok_or(Unfit::Element)?;
        let seen = outside.get(&actor).is_none_or(|first| made < *first);
        if seen && in_runs(&self.actors[actor as usize].runs, made) == Some(field) {
            Ok(())
        } else {
            Err(Unfit::Element)
        }
    }

    /// Takes in a change found fit just now.
    pub fn add(&mut self, fit: Fit) -> Index {
        let index = self.len();
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
        let deps_at = u32::try_from(self.deps.len()).unwrap_or(u32::MAX);
        self.heads.retain(|head| !fit.deps.contains(head));
        self.heads.push(index);
        if let [tip] = fit.deps[..] {
            self.branches.remove(&tip);
        }
        if self.branches.len() >= BRANCHES {
            self.branches.clear();
        }
        if !fit.outside.is_empty() {
            self.branches.insert(index, Branch { first_op: fit.outside, seen: index + 1 });
        }
        self.deps.extend(fit.deps);
        self.by_hash.insert(fit.hash, index);
        self.max_op = self.max_op.max(fit.start_op + fit.ops - 1);
        self.nodes.push(Node { hash: fit.hash, actor: own, start_op: fit.start_op, ops: fit.ops, deps_at });
        index
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

    /// The hashes of the changes nothing builds on yet.
    #[cfg(test)]
    #[must_use]
    pub fn heads(&self) -> Vec<Hash> {
        let mut heads: Vec<Hash> = self.heads.iter().filter_map(|head| self.hash(*head)).collect();
        heads.sort_unstable();
        heads
    }
}

impl Node {
    fn max_op(&self) -> u32 {
        self.start_op + self.ops - 1
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

//! The graph of a document's changes: which builds on which, and so what a peer lacks.

use std::collections::{BTreeMap, HashMap};

use crate::live::sync::Hash;

use super::Index;

/// Branches remembered.
const BRANCHES: usize = 256;

#[derive(Debug)]
pub(super) struct Node {
    hash: Hash,
    /// Who made it, by its place in the ledger.
    actor: u32,
    start_op: u32,
    ops: u32,
    /// Where its dependencies begin in [`Graph::deps`]; they end where the next node's begin.
    deps_at: u32,
}

/// What the last change of a branch does not build on, so that the next one need not be looked at from the start.
#[derive(Debug)]
pub(super) struct Branch {
    pub(super) first_op: HashMap<u32, u32>,
    /// The number of changes there were.
    seen: Index,
}

/// The changes of a document, in the order of its log.
#[derive(Debug, Default)]
pub(super) struct Graph {
    pub(super) nodes: Vec<Node>,
    pub(super) deps: Vec<Index>,
    pub(super) by_hash: HashMap<Hash, Index>,
    pub(super) heads: Vec<Index>,
    /// By the last change of each.
    pub(super) branches: HashMap<Index, Branch>,
}

/// The changes that some changes do not build on.
#[derive(Debug, Default)]
pub struct Outside {
    /// Latest first.
    pub changes: Vec<Index>,
    /// Per actor, the first operation among them.
    pub(super) first_op: HashMap<u32, u32>,
}

/// A change to add.
pub(super) struct New {
    pub(super) hash: Hash,
    pub(super) actor: u32,
    pub(super) start_op: u32,
    pub(super) ops: u32,
    /// Sorted.
    pub(super) deps: Vec<Index>,
    /// Per actor, the first operation that it does not build on; nothing when that was not looked at.
    pub(super) outside: HashMap<u32, u32>,
}

impl Graph {
    /// The number of changes.
    pub(super) fn len(&self) -> Index {
        u32::try_from(self.nodes.len()).unwrap_or(u32::MAX)
    }

    /// The place of a change.
    pub(super) fn find(&self, hash: &Hash) -> Option<Index> {
        self.by_hash.get(hash).copied()
    }

    /// The hashes of the changes before `end`, in their order.
    pub(super) fn hashes(&self, end: Index) -> impl ExactSizeIterator<Item = &Hash> {
        self.nodes[..(end as usize).min(self.nodes.len())].iter().map(|node| &node.hash)
    }

    /// The hash of a change.
    pub(super) fn hash(&self, index: Index) -> Option<Hash> {
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
    pub(super) fn outside(&self, known: &[Index], end: Index) -> Outside {
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

    /// Per actor, the first operation that these changes do not build on.
    pub(super) fn first_ops_outside(&self, deps: &[Index]) -> HashMap<u32, u32> {
        let [tip] = deps else { return self.outside(deps, self.len()).first_op };
        let Some(branch) = self.branches.get(tip) else { return self.outside(deps, self.len()).first_op };
        let mut first_op = branch.first_op.clone();
        for node in &self.nodes[branch.seen as usize..] {
            let first = first_op.entry(node.actor).or_insert(node.start_op);
            *first = (*first).min(node.start_op);
        }
        first_op
    }

    /// The greatest counter of the operations of a change.
    pub(super) fn max_op(&self, index: Index) -> u32 {
        self.nodes.get(index as usize).map_or(0, |node| node.start_op + node.ops - 1)
    }

    pub(super) fn add(&mut self, new: New) -> Index {
        let New { hash, actor, start_op, ops, deps, outside } = new;
        let index = self.len();
        let deps_at = u32::try_from(self.deps.len()).unwrap_or(u32::MAX);
        self.heads.retain(|head| !deps.contains(head));
        self.heads.push(index);
        if let [tip] = deps[..] {
            self.branches.remove(&tip);
        }
        if self.branches.len() >= BRANCHES {
            self.branches.clear();
        }
        if !outside.is_empty() {
            self.branches.insert(index, Branch { first_op: outside, seen: index + 1 });
        }
        self.deps.extend(deps);
        self.by_hash.insert(hash, index);
        self.nodes.push(Node { hash, actor, start_op, ops, deps_at });
        index
    }
}

//! What a ledger takes up in memory.

use std::{collections::HashMap, mem::size_of};

use super::{Ledger, graph::Graph, ranges::Ranges, things::Things};

/// Bytes of a table, with the byte of bookkeeping that each slot has and the slots that are kept free.
fn table<K, V>(map: &HashMap<K, V>) -> usize {
    map.capacity() * 8 / 7 * (size_of::<(K, V)>() + 1)
}

fn list<T>(items: &Vec<T>) -> usize {
    items.capacity() * size_of::<T>()
}

impl Ledger {
    /// Bytes it holds, about. Goes over its actors and objects, but not over its changes.
    #[must_use]
    pub fn weight(&self) -> usize {
        let actors = self.actors.iter().map(|actor| list(&actor.runs) + actor.gone.weight()).sum::<usize>();
        let names = self.by_actor.keys().map(|actor| actor.len()).sum::<usize>();
        size_of::<Self>()
            + self.graph.weight()
            + self.things.weight()
            + list(&self.actors)
            + actors
            + table(&self.by_actor)
            + names
            + table(&self.wide)
            + table(&self.spent)
    }
}

impl Graph {
    fn weight(&self) -> usize {
        let branches = self.branches.values().map(|branch| table(&branch.first_op)).sum::<usize>();
        list(&self.nodes)
            + list(&self.deps)
            + table(&self.by_hash)
            + list(&self.heads)
            + table(&self.branches)
            + branches
    }
}

impl Things {
    fn weight(&self) -> usize {
        // An item's name is kept twice.
        let names = self.items.iter().map(|item| 2 * item.id.len()).sum::<usize>();
        let tables = table(&self.by_op) + table(&self.standing) + table(&self.fallen);
        list(&self.objects) + list(&self.items) + tables + names
    }
}

impl Ranges {
    /// A node of the tree has room for eleven pairs, and is mostly two thirds full.
    fn weight(&self) -> usize {
        self.0.len() * 14
    }
}

//! Real recordings of two people writing one text.
//!
//! They are of the collection `josephg/editing-traces` (CC BY 4.0), read where `ATELIER_TRACES` says, or beside the project.

use std::{io::Read as _, path::PathBuf};

use rand::{Rng as _, SeedableRng as _, rngs::StdRng};
use serde::Deserialize;

/// A recording: each transaction stands on the text as it was after merging its parents.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Trace {
    /// The text in the end.
    pub end_content: String,
    /// The transactions, each after its parents.
    pub txns: Vec<Txn>,
}

/// A transaction.
#[derive(Clone, Debug, Deserialize)]
pub struct Txn {
    /// What it stands on.
    pub parents: Vec<usize>,
    /// Who made it.
    pub agent: usize,
    /// Position, characters removed, text put there.
    pub patches: Vec<(usize, usize, String)>,
}

/// The recording of two friends, where it is at hand.
#[must_use]
pub fn friends_forever() -> Option<Trace> {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data/editing-traces");
    let folder = std::env::var_os("ATELIER_TRACES").map_or_else(|| PathBuf::from(beside), PathBuf::from);
    let file = std::fs::File::open(folder.join("friendsforever.json.gz")).ok()?;
    let mut json = String::new();
    flate2::read::GzDecoder::new(file).read_to_string(&mut json).ok()?;
    serde_json::from_str(&json).ok()
}

/// A made-up session of two people of the same size, where the recording is not at hand.
///
/// # Panics
/// Never, with the parameters inside.
#[must_use]
pub fn made_up() -> Trace {
    use automerge::{AutoCommit, ObjType, ROOT, ReadDoc as _, transaction::Transactable as _};
    let mut rng = StdRng::seed_from_u64(1);
    let mut origin = AutoCommit::new();
    let text = origin.put_object(ROOT, "text", ObjType::Text).expect("a text");
    let mut docs = [origin.fork(), origin.fork()];
    let mut heads: [Vec<usize>; 2] = [vec![], vec![]];
    let mut txns: Vec<Txn> = Vec::new();
    while txns.len() < 4000 {
        let agent = rng.random_range(0..2);
        if rng.random_bool(0.3) {
            let (a, b) = docs.split_at_mut(1);
            let (own, other) = if agent == 0 { (&mut a[0], &mut b[0]) } else { (&mut b[0], &mut a[0]) };
            own.merge(other).expect("merged");
            let mut both = [heads[0].clone(), heads[1].clone()].concat();
            both.sort_unstable();
            both.dedup();
            // What one has built upon is no head any more.
            let covered: Vec<usize> = both.iter().copied().filter(|at| both.iter().any(|of| descends(&txns, *of, *at))).collect();
            both.retain(|at| !covered.contains(at));
            heads[agent] = both;
        }
        let length = docs[agent].length(&text);
        let at = rng.random_range(0..=length);
        let delete = if rng.random_bool(0.2) { rng.random_range(0..=(length - at).min(8)) } else { 0 };
        let insert: String = (0..rng.random_range(1..12)).map(|_| rng.random_range('a'..='z')).collect();
        docs[agent].splice_text(&text, at, isize::try_from(delete).expect("small"), &insert).expect("spliced");
        let parents = std::mem::replace(&mut heads[agent], vec![txns.len()]);
        txns.push(Txn { parents, agent, patches: vec![(at, delete, insert)] });
    }
    let [mut one, mut two] = docs;
    one.merge(&mut two).expect("merged");
    Trace { end_content: one.text(&text).expect("a text"), txns }
}

/// Whether `of` builds on `on`, which is not itself.
fn descends(txns: &[Txn], of: usize, on: usize) -> bool {
    let mut open = vec![of];
    let mut seen = std::collections::HashSet::new();
    while let Some(at) = open.pop() {
        for parent in txns[at].parents.iter().copied().filter(|parent| *parent >= on) {
            if parent == on {
                return true;
            }
            if seen.insert(parent) {
                open.push(parent);
            }
        }
    }
    false
}

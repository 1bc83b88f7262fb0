//! Real recordings of people writing texts.
//!
//! They are of the collection `josephg/editing-traces` (CC BY 4.0), read where `ATELIER_TRACES` says, or beside the project.

use std::{io::Read as _, path::PathBuf};

use rand::{Rng as _, SeedableRng as _, rngs::StdRng};
use serde::{Deserialize, de::DeserializeOwned};

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

/// A recording of one person: position, characters removed, text put there, one after the other.
pub type Strokes = Vec<(usize, usize, String)>;

/// The recording of two friends, where it is at hand.
#[must_use]
pub fn friends_forever() -> Option<Trace> {
    read("friendsforever.json.gz")
}

/// The recording of somebody writing a paper, where it is at hand, and the text in the end.
#[must_use]
pub fn paper() -> Option<(Strokes, String)> {
    #[derive(Deserialize)]
    struct Alone {
        patches: Strokes,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Paper {
        end_content: String,
        txns: Vec<Alone>,
    }
    let Paper { end_content, txns } = read("automerge-paper.json.gz")?;
    Some((txns.into_iter().flat_map(|alone| alone.patches).collect(), end_content))
}

fn read<T: DeserializeOwned>(file: &str) -> Option<T> {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data/editing-traces");
    let folder = std::env::var_os("ATELIER_TRACES").map_or_else(|| PathBuf::from(beside), PathBuf::from);
    let file = std::fs::File::open(folder.join(file)).ok()?;
    let mut json = String::new();
    flate2::read::GzDecoder::new(file).read_to_string(&mut json).ok()?;
    serde_json::from_str(&json).ok()
}

/// A made-up session of two people of the same size, where the recording is not at hand.
///
/// Each writes on their side of a line, so that the end does not depend on whose actor id is the greater.
///
/// # Panics
/// Never, with the parameters inside.
#[must_use]
pub fn made_up() -> Trace {
    const LINE: &str = "|";
    let mut rng = StdRng::seed_from_u64(1);
    let mut txns = vec![Txn { parents: vec![], agent: 0, patches: vec![(0, 0, LINE.to_owned())] }];
    // What each side says; what each friend has seen of the other side, and the last transaction of both they know.
    let mut sides = [String::new(), String::new()];
    let mut seen = [0, 0];
    let mut known = [[0, 0], [0, 0]];
    while txns.len() < 4000 {
        let agent = rng.random_range(0..2);
        let other = 1 - agent;
        if rng.random_bool(0.3) {
            seen[agent] = sides[other].len();
            known[agent][other] = known[other][other];
        }
        let length = sides[agent].len();
        let at = rng.random_range(0..=length);
        let insert: String = (0..rng.random_range(1..12)).map(|_| rng.random_range('a'..='z')).collect();
        sides[agent].insert_str(at, &insert);
        let position = if agent == 0 { at } else { seen[agent] + LINE.len() + at };
        let mut parents = known[agent].to_vec();
        parents.sort_unstable();
        parents.dedup();
        known[agent][agent] = txns.len();
        txns.push(Txn { parents, agent, patches: vec![(position, 0, insert)] });
    }
    Trace { end_content: sides.join(LINE), txns }
}

//! Who is credited with the letters of a long text: worked out from its log, and after one more change.

use std::time::{Duration, Instant};

use anyhow::Result;
use automerge::{ActorId, AutoCommit, transaction::Transactable as _};
use server::{domain::credit::Credit, live::letters::Letters};
use shared::live::concept::{ENCODING, Field, Texts, first_change};
use tests::{
    authors::{Stored, changes_of, take},
    load::Figure,
    traces::{self, Trace},
};

use crate::MEMORY;

/// What each figure is the median of.
const TIMES: usize = 7;
/// The last changes, which are taken in one by one.
const LAST: usize = 50;

/// Prints a figure of which less is better.
fn say(case: &str, metric: &str, value: f64, unit: &str, budget: Option<f64>) -> Result<()> {
    Figure { suite: "recognition", ..Figure::new(case, metric, value, unit, budget) }.say()
}

/// Two friends who write, and somebody alone at a paper, as they once did; where no recording is at hand, made up.
pub fn measure() -> Result<()> {
    let friends = traces::friends_forever().unwrap_or_else(traces::made_up);
    let first = Trace { txns: friends.txns.into_iter().take(20_000).collect(), ..friends };
    of("two friends", &changes_of(&first))?;
    if let Some((strokes, _)) = traces::paper() {
        of("a paper, its beginning", &typed(&strokes[..20_000.min(strokes.len())]))?;
        of("a paper", &typed(&strokes))?;
    }
    Ok(())
}

/// Each stroke one change.
fn typed(strokes: &[(usize, usize, String)]) -> Vec<Stored> {
    let first = first_change(ActorId::from([9; 16].as_slice()), 0, &Texts::default()).expect("a first change");
    let mut doc = AutoCommit::new_with_encoding(ENCODING).with_actor([1; 16].as_slice().into());
    doc.apply_changes([first.clone()]).expect("applies");
    let body = Field::Body.object(&doc).expect("a body");
    let mut changes = vec![(first, 0)];
    for (at, delete, insert) in strokes {
        doc.splice_text(&body, *at, isize::try_from(*delete).expect("short"), insert).expect("spliced");
        doc.commit();
        changes.extend(doc.get_last_local_change().map(|change| (change, 0)));
    }
    changes
}

fn of(what: &str, changes: &[Stored]) -> Result<()> {
    let case = format!("{what}, {} changes", changes.len());
    let (before, last) = changes.split_at(changes.len() - LAST);
    let mut cold = Vec::new();
    let mut letters = Letters::default();
    for _ in 0..TIMES {
        letters = Letters::default();
        let began = Instant::now();
        before.iter().for_each(|change| take(&mut letters, change));
        let credit = Credit::of(&letters.written(), &[]);
        cold.push(began.elapsed());
        anyhow::ensure!(!credit.letters().is_empty(), "somebody is credited");
    }
    say(&case, "from the changes, cold", median(cold), "ms", None)?;
    let mut more = Vec::new();
    for change in last {
        let began = Instant::now();
        take(&mut letters, change);
        let credit = Credit::of(&letters.written(), &[]);
        more.push(began.elapsed());
        anyhow::ensure!(!credit.letters().is_empty(), "somebody is credited");
    }
    let budget = (changes.len() <= 20_001).then_some(100.0);
    say(&case, "after one more change", median(more), "ms", budget)?;
    say(&case, "letters kept in memory", letters.weight() as f64 / 1024.0, "KiB", None)?;
    MEMORY.reset_peak_usage();
    let held = MEMORY.current_usage();
    let credit = Credit::of(&letters.written(), &[]);
    let peak = MEMORY.peak_usage();
    anyhow::ensure!(!credit.letters().is_empty(), "somebody is credited");
    say(&case, "memory while it is worked out, at most", (peak - held) as f64 / 1024.0, "KiB", None)
}

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort_unstable();
    times[times.len() / 2].as_secs_f64() * 1e3
}

//! What the load clients of the bench share: figures, the process they look at, and what each saw.

use std::{
    collections::HashMap,
    process::Command,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::Result;
use serde::Serialize;
use tokio::time::{Interval, interval_at};

/// A figure as `cargo xtask bench` reads it.
#[derive(Clone, Debug, Serialize)]
pub struct Figure {
    /// `live`, for one.
    pub suite: &'static str,
    /// What was done.
    pub case: String,
    /// What was measured.
    pub metric: String,
    /// The figure.
    pub value: f64,
    /// Its unit.
    pub unit: String,
    /// What it should not be over.
    pub budget: Option<f64>,
    /// Which way is better.
    pub better: &'static str,
    /// Whose figure it is, where others are measured too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub system: Option<&'static str>,
}

impl Figure {
    /// A figure of which less is better.
    #[must_use]
    pub fn new(case: &str, metric: &str, value: f64, unit: &str, budget: Option<f64>) -> Self {
        let (case, metric, unit) = (case.to_owned(), metric.to_owned(), unit.to_owned());
        Self { suite: "live", case, metric, value, unit, budget, better: "lower", system: None }
    }

    /// Prints it.
    ///
    /// # Errors
    /// None is expected.
    pub fn say(&self) -> Result<()> {
        println!("{}", serde_json::to_string(self)?);
        Ok(())
    }
}

/// A number from the environment.
#[must_use]
pub fn from_env(name: &str, otherwise: u32) -> u32 {
    std::env::var(name).ok().and_then(|number| number.parse().ok()).unwrap_or(otherwise)
}

/// A command whose process has the first core to itself, where there are two or more.
#[must_use]
pub fn pinned(program: impl AsRef<std::ffi::OsStr>) -> Command {
    if has_cores() {
        let mut pinned = Command::new("taskset");
        pinned.args(["-c", "0"]).arg(program);
        pinned
    } else {
        Command::new(program)
    }
}

/// Leaves the first core to the server.
pub fn stand_aside() {
    if has_cores() {
        let own = std::process::id().to_string();
        let _ = Command::new("taskset").args(["-a", "-p", "-c", "1-1023", &own]).output();
    }
}

fn has_cores() -> bool {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    cores > 1 && Command::new("taskset").arg("-V").output().is_ok()
}

/// CPU seconds a process has used.
#[must_use]
pub fn cpu(process: u32) -> f64 {
    // Clock ticks are a hundredth of a second on every Linux we know.
    const TICK: f64 = 0.01;
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    let after_name = stat.rsplit(") ").next().unwrap_or_default();
    let ticks: f64 = after_name.split(' ').skip(11).take(2).filter_map(|ticks| ticks.parse::<f64>().ok()).sum();
    ticks * TICK
}

/// Resident memory of a process, in bytes.
#[must_use]
pub fn memory(process: u32) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|kilobytes| kilobytes.parse::<f64>().ok()).unwrap_or(0.0) * 1024.0
}

/// The value below which this part of them lies. Sorts them.
pub fn percentile(values: &mut [f64], part: f64) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a place in the list")]
    let at = ((values.len() as f64 * part) as usize).min(values.len().saturating_sub(1));
    values.get(at).copied().unwrap_or(f64::NAN)
}

/// What an edit is known by: the hash of its change, or the marker in its text.
pub type Mark = [u8; 32];

/// What all clients of one load have sent.
#[derive(Clone, Debug, Default)]
pub struct Sent {
    at: Arc<Mutex<HashMap<Mark, Instant>>>,
    count: Arc<AtomicU64>,
}

impl Sent {
    /// How many edits.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.count.load(Ordering::Relaxed)
    }

    pub(crate) fn add(&self, mark: Mark) {
        if let Ok(mut sent) = self.at.lock() {
            sent.insert(mark, Instant::now());
        }
        self.count.fetch_add(1, Ordering::Relaxed);
    }

    /// Milliseconds since an edit was sent.
    pub(crate) fn since(&self, mark: &Mark, now: Instant) -> Option<f64> {
        let sent = self.at.lock().ok()?.get(mark).copied()?;
        Some((now - sent).as_secs_f64() * 1e3)
    }
}

/// How long clients only read at first.
const LEAD: Duration = Duration::from_millis(250);
const NEVER: Duration = Duration::from_secs(3600);

/// What a client saw, in milliseconds.
#[derive(Debug, Default)]
pub struct Tally {
    /// From each edit of somebody else being sent to its first arrival here.
    pub delays: Vec<f64>,
    /// From each of its own edits to word that it is stored.
    pub acknowledged: Vec<f64>,
}

/// How a client writes.
#[derive(Clone, Copy, Debug)]
pub struct Writing {
    /// How often.
    pub every: Duration,
    /// How long after the others it begins.
    pub after: Duration,
    /// How many characters each time; with more than a few, they take the place of those before.
    pub characters: usize,
}

impl Writing {
    /// A few characters, this often.
    #[must_use]
    pub fn every(every: Duration) -> Self {
        Self { every, after: Duration::ZERO, characters: 4 }
    }

    /// When to write. Everybody reads before anybody writes: an edit waits for nobody who comes late.
    pub(crate) fn ticks(writing: Option<Self>) -> Interval {
        let (every, after) = writing.map_or((NEVER, NEVER), |writing| (writing.every, LEAD + writing.after));
        interval_at(tokio::time::Instant::now() + after, every)
    }

    pub(crate) fn replaces(self) -> bool {
        self.characters > 64
    }
}

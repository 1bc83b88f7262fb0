//! What happens in one run: made from a seed, kept as JSON, and shorter by whatever steps can be left out.

use std::{path::PathBuf, time::Duration};

use rand::{Rng as _, SeedableRng as _, rngs::StdRng};
use serde::{Deserialize, Serialize};
use shared::live::concept::Field;
use tokio::time::Instant;

/// How long a failing plan is shortened, unless `ATELIER_TEST_SHORTEN` says other seconds.
const SHORTEN: u64 = 90;

/// A run.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Plan {
    pub seed: u64,
    pub clients: Vec<Kind>,
    /// Whether everybody has the document before anything happens.
    pub settled: bool,
    pub steps: Vec<Step>,
}

/// What a client is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// What a browser runs: the replica of `shared`.
    Ours,
    /// A stock automerge-repo client.
    Samod,
    /// Automerge's own sync, by hand, on an actor id of its own.
    Hand,
    /// Somebody who tries what nobody may.
    Forger,
}

/// What happens next. A step that cannot be done just then is left out, so that any part of a plan is a plan.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Step {
    /// Somebody types, at so many 65,536ths of the text; a browser may leave it in the open transaction.
    Type { client: usize, field: Field, at: u16, delete: u8, words: usize, commit: bool },
    /// Somebody, or everybody, hears what has come within so many milliseconds.
    Listen { client: Option<usize>, time: u64 },
    /// The forger tries this.
    Forge { client: usize, what: Forgery },
    /// Somebody may write, or may no longer.
    Right { client: usize, may: bool },
    /// The board is for staff only, or for everybody.
    Audience { open: bool },
    /// The connection breaks.
    Cut { client: usize },
    /// Connects again; the old connection, if there is one, stays open.
    Connect { client: usize },
    /// Everything not stored goes out again, and on a second socket, last change first or first change first.
    Twice { client: usize, backwards: bool },
    /// A tab is gone with all it had, and another opened.
    Reload { client: usize },
    /// The server is killed, and started again.
    Kill,
    /// The server is asked to stop, and started again.
    Restart,
    /// The older part of the log is packed.
    Pack,
    /// Everybody leaves for so many milliseconds.
    Empty { time: u64 },
    /// Somebody types so many changes at once.
    Burst { client: usize, changes: usize },
}

/// What nobody may do to a concept.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Forgery {
    Overwrite,
    Delete,
    UnknownKey,
    OtherSchema,
    Mark,
    Number,
    TooLong,
    ForeignActor,
}

const FORGERIES: [Forgery; 8] = [
    Forgery::Overwrite,
    Forgery::Delete,
    Forgery::UnknownKey,
    Forgery::OtherSchema,
    Forgery::Mark,
    Forgery::Number,
    Forgery::TooLong,
    Forgery::ForeignActor,
];

impl Plan {
    /// The plan of a seed.
    pub fn of(seed: u64) -> Self {
        let mut rng = StdRng::seed_from_u64(seed);
        let mut clients = vec![Kind::Samod, Kind::Samod];
        for _ in 0..rng.random_range(0..=6) {
            clients.push([Kind::Ours, Kind::Ours, Kind::Ours, Kind::Hand, Kind::Forger][rng.random_range(0..5)]);
        }
        let count = clients.len();
        let settled = rng.random_bool(0.8);
        let steps = (0..rng.random_range(100..400)).map(|_| step(&mut rng, count)).collect();
        Self { seed, clients, settled, steps }
    }

    /// The same with as few steps as still fail, as far as time allows.
    pub async fn shortened<F: Future<Output = bool>>(mut self, fails: impl Fn(Self) -> F) -> Self {
        let seconds = std::env::var("ATELIER_TEST_SHORTEN").ok().and_then(|seconds| seconds.parse().ok());
        let end = Instant::now() + Duration::from_secs(seconds.unwrap_or(SHORTEN));
        let mut part = self.steps.len().div_ceil(2);
        while part > 0 {
            let mut at = 0;
            while at < self.steps.len() {
                if Instant::now() > end {
                    return self;
                }
                let mut shorter = self.clone();
                shorter.steps.drain(at..(at + part).min(self.steps.len()));
                if fails(shorter.clone()).await {
                    self = shorter;
                } else {
                    at += part;
                }
            }
            part /= 2;
        }
        self
    }

    /// Writes the plan where it can be run again from.
    pub fn save(&self) -> PathBuf {
        let path = std::env::temp_dir().join(format!("atelier-plan-{}.json", self.seed));
        std::fs::write(&path, self.to_string()).expect("the plan is kept");
        path
    }

    /// A plan that was saved.
    pub fn read(path: &str) -> Self {
        let json = std::fs::read_to_string(path).expect("ATELIER_TEST_PLAN names a file");
        serde_json::from_str(&json).expect("a plan")
    }
}

impl std::fmt::Display for Plan {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let json = |value: Result<String, _>| value.map_err(|_: serde_json::Error| std::fmt::Error);
        let Self { seed, settled, .. } = self;
        let clients = json(serde_json::to_string(&self.clients))?;
        writeln!(f, r#"{{"seed":{seed},"clients":{clients},"settled":{settled},"steps":["#)?;
        for (at, step) in self.steps.iter().enumerate() {
            let comma = if at + 1 < self.steps.len() { "," } else { "" };
            writeln!(f, "{}{comma}", json(serde_json::to_string(step))?)?;
        }
        writeln!(f, "]}}")
    }
}

fn step(rng: &mut StdRng, clients: usize) -> Step {
    let client = rng.random_range(0..clients);
    match rng.random_range(0..1000) {
        0..600 => Step::Type {
            client,
            field: FIELDS[rng.random_range(0..FIELDS.len())],
            at: rng.random(),
            delete: if rng.random_bool(0.3) { rng.random_range(0..5) } else { 0 },
            words: rng.random_range(0..WORDS.len()),
            commit: rng.random_bool(0.7),
        },
        600..780 => {
            let time = if rng.random_bool(0.1) { 60 } else { rng.random_range(0..6) };
            Step::Listen { client: rng.random_bool(0.6).then_some(client), time }
        }
        780..840 => Step::Forge { client, what: FORGERIES[rng.random_range(0..FORGERIES.len())] },
        840..865 => Step::Right { client, may: rng.random_bool(0.6) },
        865..871 => Step::Audience { open: rng.random_bool(0.7) },
        871..906 => Step::Cut { client },
        906..956 => Step::Connect { client },
        956..975 => Step::Twice { client, backwards: rng.random() },
        975..980 => Step::Reload { client },
        980..986 => Step::Kill,
        986..989 => Step::Restart,
        989..993 => Step::Empty { time: rng.random_range(0..400) },
        993..995 => Step::Pack,
        // Now and then enough to be packed.
        995 => Step::Burst { client, changes: rng.random_range(1000..2500) },
        _ => Step::Burst { client, changes: rng.random_range(20..400) },
    }
}

/// Where: in the title so little that nobody meets its limit.
const FIELDS: [Field; 6] = [Field::Body, Field::Body, Field::Body, Field::Pitch, Field::Pitch, Field::Title];
/// What people write.
pub const WORDS: [&str; 8] = ["pain", " ", "é", "\n", "seigle ", "🍞", "un", "abc"];

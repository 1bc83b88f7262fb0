//! The load client of `cargo xtask bench soak`: people come, read, write, rest and go, in many documents, for
//! `ATELIER_SOAK_MINUTES`; says whether the server's memory stays as it was after the first fifth.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Result, ensure};
use rand::{Rng as _, SeedableRng as _, rngs::StdRng};
use shared::{
    DocumentId, Role,
    live::concept::Field,
    rules::{Audience, EditingRule},
};
use tests::{
    live::Client,
    load::{Figure, from_env, memory, percentile, pinned, stand_aside},
    process::{self, Server},
    town::{Town, Townsperson},
};
use tokio::{
    task::JoinSet,
    time::{interval, sleep},
};

/// People there at a time.
const PEOPLE: usize = 40;
/// Documents they go to at a time, and how often all of these are left behind for others: a history that people never
/// leave has no end, and neither has what it takes.
const DOCUMENTS: usize = 400;
const TURNS: usize = 5;
/// What a document may grow to before somebody tidies it.
const LONGEST: usize = 3000;
/// Documents that many are drawn to, of so many that stand beside each other.
const DRAWS: usize = 5;
const BESIDE: usize = 50;
/// The part of the time in which everything that is made once is made.
const WARM_UP: f64 = 0.2;

/// What everybody did.
#[derive(Default)]
struct Done {
    visits: AtomicU64,
    edits: AtomicU64,
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Result<()> {
    stand_aside();
    let lasting = Duration::from_secs(60 * u64::from(from_env("ATELIER_SOAK_MINUTES", 30).max(1)));
    let folder = tempfile::tempdir()?;
    let url = format!("sqlite:{}", folder.path().join("atelier.db").display());
    let mut town = Town::settle(&url).await;
    let board = town.board(Audience::Public, EditingRule::Everyone).await;
    let mut people = Vec::new();
    for _ in 0..PEOPLE {
        people.push(town.person(Role::Customer).await);
    }
    let mut documents = Vec::new();
    for _ in 0..DOCUMENTS * (TURNS + 1) {
        documents.push(town.idea(&people[0], &board, "Un pain au levain, lent et long.").await.1);
    }
    let documents = Arc::new(documents);
    let server = Server::start_at(process::free_address(), &url, &mut pinned(process::binary())).await;
    let began = Instant::now();
    let done = Arc::new(Done::default());
    let mut living = JoinSet::new();
    for (at, who) in people.into_iter().enumerate() {
        living.spawn(live(server.address, who, at, documents.clone(), (began, began + lasting), done.clone()));
    }
    let mut samples = Vec::new();
    let mut ticks = interval((lasting / 200).max(Duration::from_secs(1)));
    while began.elapsed() < lasting {
        ticks.tick().await;
        samples.push((began.elapsed().as_secs_f64() / 60.0, memory(server.id()) / 1e6));
        if samples.len() % 20 == 0 {
            let (visits, edits) = (done.visits.load(Ordering::Relaxed), done.edits.load(Ordering::Relaxed));
            let (minutes, now) = samples.last().copied().unwrap_or_default();
            let rooms = server.metric("atelier_rooms_bytes").await.unwrap_or_default() / 1e6;
            eprintln!("  {minutes:.1} min: {now:.1} MB, of which rooms {rooms:.1}; {visits} visits, {edits} edits");
        }
    }
    while let Some(ended) = living.join_next().await {
        ended??;
    }
    let warm = samples.len() as f64 * WARM_UP;
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a number of samples")]
    let settled = samples.split_off((warm as usize).min(samples.len()));
    ensure!(settled.len() >= 10, "too short to say anything");
    let fifth = settled.len() / 5;
    let median = |part: &[(f64, f64)]| percentile(&mut part.iter().map(|(_, value)| *value).collect::<Vec<_>>(), 0.5);
    let (early, late) = (median(&settled[..fifth]), median(&settled[settled.len() - fifth..]));
    let figure = |metric: &str, value: f64, unit: &str, budget| Figure {
        suite: "soak",
        ..Figure::new("people come and go", metric, value, unit, budget)
    };
    figure("memory after the warm-up", early, "MB", None).say()?;
    figure("memory in the end", late, "MB", None).say()?;
    figure("growth", (late / early - 1.0) * 100.0, "%", Some(5.0)).say()?;
    figure("slope", slope(&settled), "MB/min", None).say()?;
    figure("visits", done.visits.load(Ordering::Relaxed) as f64, "", None).say()?;
    figure("edits", done.edits.load(Ordering::Relaxed) as f64, "", None).say()?;
    Ok(())
}

/// Somebody goes from document to document: reads, mostly writes, rests, and leaves politely or not.
async fn live(
    address: std::net::SocketAddr,
    who: Townsperson,
    number: usize,
    documents: Arc<Vec<DocumentId>>,
    (began, end): (Instant, Instant),
    done: Arc<Done>,
) -> Result<()> {
    let mut rng = StdRng::seed_from_u64(number as u64);
    let mut visit = 0;
    while Instant::now() < end {
        visit += 1;
        // A few documents are where everybody is, for a while.
        let passed = began.elapsed().as_secs_f64() / (end - began).as_secs_f64();
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a place in the list")]
        let first = ((DOCUMENTS * TURNS) as f64 * passed.min(1.0)) as usize;
        let at = if rng.random_bool(0.3) {
            (first + DOCUMENTS / 2) / BESIDE * BESIDE + rng.random_range(0..DRAWS)
        } else {
            first + rng.random_range(0..DOCUMENTS)
        };
        let mut client = Client::new(address, &who.token, &format!("{number}, visit {visit}"), documents[at]);
        client.open().await;
        done.visits.fetch_add(1, Ordering::Relaxed);
        let writes = rng.random_bool(0.7);
        for _ in 0..rng.random_range(1..12) {
            client.listen(Duration::from_millis(rng.random_range(50..400))).await;
            if !writes {
                continue;
            }
            let body = client.texts().body;
            let length = body.encode_utf16().count();
            let made = if length > LONGEST {
                client.splice(Field::Body, 0, isize::try_from(length / 2)?, "").await
            } else {
                client.splice(Field::Body, rng.random_range(0..=length), 0, "pain ").await
            };
            done.edits.fetch_add(u64::from(made.is_some()), Ordering::Relaxed);
        }
        ensure!(client.rejected.is_empty(), "refused: {:?}", client.rejected);
        if rng.random_bool(0.5) {
            client.leave().await;
        }
        drop(client);
        sleep(Duration::from_millis(rng.random_range(0..1000))).await;
    }
    Ok(())
}

/// How fast values rise: the line through them by least squares.
fn slope(samples: &[(f64, f64)]) -> f64 {
    let count = samples.len() as f64;
    let mean = |of: fn(&(f64, f64)) -> f64| samples.iter().map(of).sum::<f64>() / count;
    let (x, y) = (mean(|(x, _)| *x), mean(|(_, y)| *y));
    let together: f64 = samples.iter().map(|(a, b)| (a - x) * (b - y)).sum();
    let alone: f64 = samples.iter().map(|(a, _)| (a - x).powi(2)).sum();
    together / alone
}

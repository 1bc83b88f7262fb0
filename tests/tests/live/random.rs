//! Any interleaving of edits, refusals, rights that change, cuts, reconnects and kills leaves every replica, the log and a
//! second server the same.
//!
//! `ATELIER_TEST_SEED` runs one plan again, `ATELIER_TEST_PLANS` so many new ones; `ATELIER_TEST_PLAN` names a file that a
//! failing run left, with as few steps as still failed.

mod check;
mod hand;
mod ours;
mod plan;
mod stock;
mod world;

use std::time::{Duration, Instant};

use automerge::ChangeHash;
use shared::live::{replica::Splice, sync::Hash};
use tests::database::TestDb;
use tokio::time::timeout;

use plan::{Plan, Step};
use world::{Tab, World};

/// As long as no number of plans is given, no new one begins after this time.
const BOUND: Duration = Duration::from_secs(32);
/// And not more than these.
const PLANS: usize = 8;
/// How long one plan may take.
const LONGEST: Duration = Duration::from_secs(150);

#[tokio::test(flavor = "multi_thread")]
async fn every_replica_the_log_and_a_second_server_agree_in_the_end() {
    let number = |name: &str| std::env::var(name).ok().and_then(|number| number.parse::<u64>().ok());
    if let Ok(path) = std::env::var("ATELIER_TEST_PLAN") {
        return try_it(Plan::read(&path)).await;
    }
    if let Some(seed) = number("ATELIER_TEST_SEED") {
        return try_it(Plan::of(seed)).await;
    }
    let asked = number("ATELIER_TEST_PLANS");
    let began = Instant::now();
    for _ in 0..asked.unwrap_or(PLANS as u64) {
        if asked.is_none() && began.elapsed() > BOUND {
            break;
        }
        try_it(Plan::of(rand::random())).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn they_agree_on_postgres_too() {
    if let Some(test) = TestDb::postgres().await {
        let seed = rand::random();
        eprintln!("ATELIER_TEST_SEED={seed}");
        run(&Plan::of(seed), test).await;
    }
}

/// Runs a plan; one that fails is shortened, said and kept.
async fn try_it(plan: Plan) {
    eprintln!("ATELIER_TEST_SEED={}", plan.seed);
    if !fails(plan.clone()).await {
        return;
    }
    let shortened = plan.shortened(fails).await;
    let path = shortened.save();
    panic!("it fails again with ATELIER_TEST_PLAN={}:\n{shortened}", path.display());
}

async fn fails(plan: Plan) -> bool {
    let run = tokio::spawn(async move { run(&plan, TestDb::sqlite().await).await });
    run.await.is_err()
}

async fn run(plan: &Plan, test: TestDb) {
    let began = Instant::now();
    let whole = async {
        let mut world = World::new(plan, &test.url).await;
        for step in &plan.steps {
            world.act(*step).await;
        }
        let (heads, texts) = world.quiesce().await;
        let connections: usize = world
            .people
            .iter()
            .map(|person| if let Tab::Stock(stock) = &person.client { stock.connections() } else { 0 })
            .sum();
        for person in &world.people {
            if let Tab::Stock(stock) = &person.client {
                stock.close().await;
            }
        }
        world.server.kill();
        let came = check::log(&world, &heads, &texts).await;
        let kills = plan.steps.iter().filter(|step| matches!(step, Step::Kill)).count();
        let World { town, document, .. } = world;
        let reader = town.owner.clone();
        town.db.close().await;
        let copy = test.copy().await;
        check::second_server(&copy.url, &reader, document, &heads, &texts).await;
        eprintln!(
            "{} clients, {} steps, {kills} kills, {connections} connections of stock clients: {came}; {:.1} s",
            plan.clients.len(),
            plan.steps.len(),
            began.elapsed().as_secs_f64()
        );
    };
    timeout(LONGEST, Box::pin(whole)).await.expect("a plan takes its time, but not for ever");
}

/// Where in a text of that length.
fn place(length: usize, at: u16, delete: u8) -> (usize, usize) {
    let at = (length * usize::from(at)).div_ceil(usize::from(u16::MAX));
    (at, usize::from(delete).min(length - at))
}

/// The same in UTF-16, without cutting a character in two.
fn splice(text: &[u16], at: u16, delete: u8, insert: &str) -> Splice {
    let whole = |at: &usize| !text.get(*at).is_some_and(|unit| (0xdc00..0xe000).contains(unit));
    let (at, delete) = place(text.len(), at, delete);
    let start = (at..=text.len()).find(whole).unwrap_or(text.len());
    let end = (start.max(at + delete)..=text.len()).find(whole).unwrap_or(text.len());
    Splice { at: start, delete: end - start, insert: insert.to_owned() }
}

fn sorted(heads: Vec<ChangeHash>) -> Vec<Hash> {
    let mut heads: Vec<Hash> = heads.into_iter().map(|head| head.0).collect();
    heads.sort_unstable();
    heads
}

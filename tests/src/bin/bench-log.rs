//! The load client of `cargo xtask bench log`: what the log of a long document takes up, before and after it is packed, and
//! what packing costs those who write meanwhile. On SQLite, and on PostgreSQL where `ATELIER_TEST_POSTGRES` names one.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use automerge::{ActorId, AutoCommit, transaction::Transactable as _};
use rand::{Rng as _, SeedableRng as _, rngs::StdRng};
use serde::Serialize;
use server::store::{
    Db, follow, ideas,
    log::{self, NewChange},
    segment::{self, KEEP, SIZE},
};
use shared::{
    DocumentId, Role,
    live::concept::{ENCODING, Field},
    rules::{Audience, EditingRule},
};
use tests::{
    postgres,
    town::{Town, Townsperson},
};
use tokio_util::sync::CancellationToken;

const CHANGES: u64 = 20_000;
/// How often somebody else stores a change meanwhile.
const EVERY: Duration = Duration::from_millis(10);

#[derive(Serialize)]
struct Figure<'a> {
    suite: &'a str,
    case: &'a str,
    metric: &'a str,
    value: f64,
    unit: &'a str,
    budget: Option<f64>,
    better: &'a str,
}

fn say(case: &str, metric: &str, value: f64, unit: &str) -> Result<()> {
    let figure = Figure { suite: "log", case, metric, value, unit, budget: None, better: "lower" };
    println!("{}", serde_json::to_string(&figure)?);
    Ok(())
}

#[tokio::main]
async fn main() -> Result<()> {
    let folder = tempfile::tempdir()?;
    measure("SQLite", &format!("sqlite:{}", folder.path().join("atelier.db").display())).await?;
    if let Some(postgres) = postgres::fresh().await {
        measure("PostgreSQL", &postgres.url).await?;
    }
    Ok(())
}

async fn measure(case: &str, url: &str) -> Result<()> {
    let mut town = Town::settle(url).await;
    let people = [town.person(Role::Customer).await, town.person(Role::Customer).await, town.owner.clone()];
    let board = town.board(Audience::Public, EditingRule::Everyone).await;
    let (_, document) = town.idea(&people[0], &board, "").await;
    let (_, other) = town.idea(&people[0], &board, "").await;
    let db = &town.db;
    let empty = size(db).await?;
    write(db, document, &people, CHANGES).await?;
    let each = |bytes: f64| (bytes - empty) / CHANGES as f64;
    say(case, "stored, each change", each(size(db).await?), "bytes")?;
    say(case, "whole log read", read(db, document).await?, "ms")?;

    reflect(db, document).await?;
    let quiet = CancellationToken::new();
    let writing = tokio::spawn(write_on(db.clone(), other, people[1].clone(), 1, quiet.clone()));
    tokio::time::sleep(Duration::from_secs(2)).await;
    quiet.cancel();
    let (seq, alone) = writing.await??;
    let busy = CancellationToken::new();
    let writing = tokio::spawn(write_on(db.clone(), other, people[1].clone(), seq, busy.clone()));
    let (mut steps, mut longest) = (0, Duration::ZERO);
    while segment::packable(&mut db.read().await?).await?.contains(&document) {
        let began = Instant::now();
        anyhow::ensure!(segment::pack_oldest(db, document).await?, "it packs");
        longest = longest.max(began.elapsed());
        steps += 1;
        tokio::time::sleep(began.elapsed() * 9).await;
    }
    busy.cancel();
    let (_, beside) = writing.await??;
    say(case, "segments made", f64::from(steps), "")?;
    say(case, "longest step", ms(longest), "ms")?;
    say(case, "a commit of somebody else, p99, alone", alone, "ms")?;
    say(case, "a commit of somebody else, p99, meanwhile", beside, "ms")?;
    say(case, "packed, each change of the document", each(size(db).await?), "bytes")?;
    let packed = f64::from(steps) * f64::from(SIZE);
    let bytes: i64 = number(db, "SELECT CAST(SUM(LENGTH(bytes)) AS BIGINT) FROM segment").await?;
    say(case, "packed, each packed change", bytes as f64 / packed, "bytes")?;
    say(case, "changes left as they were", CHANGES as f64 - packed, "")?;
    anyhow::ensure!(CHANGES as f64 - packed >= f64::from(KEEP), "the last ones stay");
    say(case, "whole log read, packed", read(db, document).await?, "ms")
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// Bytes that the database holds, without room that is free.
async fn size(db: &Db) -> Result<f64> {
    Ok(match db {
        Db::Sqlite { write, .. } => {
            let pages: i64 = sqlx::query_scalar("PRAGMA page_count").fetch_one(write).await?;
            let free: i64 = sqlx::query_scalar("PRAGMA freelist_count").fetch_one(write).await?;
            let page: i64 = sqlx::query_scalar("PRAGMA page_size").fetch_one(write).await?;
            ((pages - free) * page) as f64
        }
        Db::Postgres(pool) => {
            sqlx::query("VACUUM FULL change").execute(pool).await?;
            let bytes: i64 = sqlx::query_scalar(
                "SELECT pg_total_relation_size('change') + pg_total_relation_size('segment') \
                 + pg_total_relation_size('snapshot')",
            )
            .fetch_one(pool)
            .await?;
            bytes as f64
        }
    })
}

async fn number(db: &Db, query: &'static str) -> Result<i64> {
    Ok(match db {
        Db::Sqlite { read, .. } => sqlx::query_scalar(query).fetch_one(read).await?,
        Db::Postgres(pool) => sqlx::query_scalar(query).fetch_one(pool).await?,
    })
}

/// Three people write in turns, some words at a time.
async fn write(db: &Db, document: DocumentId, people: &[Townsperson; 3], changes: u64) -> Result<()> {
    let mut random = StdRng::seed_from_u64(7);
    let first = log::changes_after(&mut db.read().await?, document, 0, 1).await?;
    let mut doc = AutoCommit::new_with_encoding(ENCODING);
    doc.load_incremental(&first.first().context("a first change")?.bytes)?;
    let body = Field::Body.object(&doc)?;
    let actors = [(); 3].map(|()| uuid::Uuid::now_v7());
    let mut tx = db.write().await?;
    for (actor, who) in actors.iter().zip(people) {
        log::claim_actor(&mut tx, actor.as_bytes(), who.person.id, 0).await?;
    }
    let (mut rows, mut at, mut length, mut now) = (Vec::new(), 0, 0, 1_763_800_000_000_i64);
    for seq in 2..=changes {
        let who = usize::try_from(seq / 200 % 3)?;
        if random.random_ratio(1, 20) {
            at = random.random_range(0..=length);
        }
        let words: String = (0..random.random_range(4..20)).map(|_| random.random_range('a'..='z')).collect();
        doc.set_actor(ActorId::from(actors[who].as_bytes().as_slice()));
        doc.splice_text(&body, at, 0, &words)?;
        (at, length) = (at + words.len(), length + words.len());
        let change = doc.commit().and_then(|hash| doc.get_change_by_hash(&hash)).context("a change")?;
        now += random.random_range(150..2000);
        rows.push(NewChange {
            document,
            seq,
            hash: change.hash().0,
            actor: actors[who].as_bytes().to_vec(),
            person: people[who].person.id,
            bytes: change.raw_bytes().to_vec().into(),
            stored_at: now,
        });
    }
    log::append(&mut tx, &rows.iter().collect::<Vec<_>>()).await?;
    Ok(tx.commit().await?)
}

/// Says that the facts and a snapshot reflect the whole log. The snapshot itself is not what is measured.
async fn reflect(db: &Db, document: DocumentId) -> Result<()> {
    let mut tx = db.write().await?;
    let idea = follow::lock(&mut tx, document).await?.context("the idea")?;
    let seq = i64::try_from(CHANGES)?;
    let texts = ideas::Follow { title: "t", pitch: "", body: "", body_html: "", seq, at: 0 };
    follow::update(&mut tx, idea.idea, &texts).await?;
    log::save_snapshot(&mut tx, document, &log::Snapshot { seq: CHANGES, bytes: vec![1] }, 0).await?;
    Ok(tx.commit().await?)
}

/// Milliseconds to read the log from its beginning to its end.
async fn read(db: &Db, document: DocumentId) -> Result<f64> {
    let began = Instant::now();
    let mut tx = db.read().await?;
    let mut after = 0;
    while let Some(last) = log::changes_after(&mut tx, document, after, 5000).await?.last() {
        after = last.seq;
    }
    anyhow::ensure!(after == CHANGES, "all of it");
    Ok(ms(began.elapsed()))
}

/// Somebody stores a change now and then: the place of the last, and how long a commit took, but for one in a hundred.
async fn write_on(
    db: Db,
    document: DocumentId,
    who: Townsperson,
    mut seq: u64,
    until: CancellationToken,
) -> Result<(u64, f64)> {
    let actor = uuid::Uuid::now_v7().into_bytes();
    let mut tx = db.write().await?;
    log::claim_actor(&mut tx, &actor, who.person.id, 0).await?;
    tx.commit().await?;
    let mut times = Vec::new();
    while !until.is_cancelled() {
        seq += 1;
        let mut hash = [0; 32];
        hash[..8].copy_from_slice(&seq.to_be_bytes());
        let bytes = vec![0; 120].into();
        let change =
            NewChange { document, seq, hash, actor: actor.to_vec(), person: who.person.id, bytes, stored_at: 0 };
        let began = Instant::now();
        log::store(&db, &[&change]).await?;
        times.push(began.elapsed());
        tokio::time::sleep(EVERY).await;
    }
    times.sort_unstable();
    let p99 = times.get(times.len() * 99 / 100).copied().unwrap_or_default();
    Ok((seq, ms(p99)))
}

//! One update that many are told of: written once, told in the background, while others ask for pages.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use serde_json::{Value, json};
use tests::{crowd::Crowd, load::percentile};

use super::ask::Asker;

/// How often the other pages are asked for before.
const TIMES: usize = 200;
/// Within this everybody must be told.
const PATIENCE: Duration = Duration::from_secs(120);

/// What was measured.
pub struct Fan {
    /// How long publishing took, in milliseconds.
    pub published: f64,
    /// When the last one was told, in seconds after it was published.
    pub told: f64,
    /// How long nearly all of the other pages took before, in milliseconds.
    pub before: f64,
    /// The same while people were told.
    pub meanwhile: f64,
}

/// Publishes an update of the idea that many follow.
pub async fn measure(address: &str, crowd: &Crowd, other: &Asker) -> Result<Fan> {
    let owner = Asker::signed_in(address, &crowd.owner).await?;
    let last = Asker::signed_in(address, &crowd.last_told).await?;
    let page = |n: usize| &crowd.pages[(2 + n) % crowd.pages.len()];
    let mut took = Vec::new();
    for n in 0..TIMES {
        took.push(timed(other, page(n)).await?);
    }
    let before = percentile(&mut took, 0.95);
    ensure!(unread(&last).await? == 0, "the last one was told before");
    let path = format!("/api/v1/ideas/{}/updates", crowd.followed);
    let began = Instant::now();
    owner.post(&path, &json!({ "body": "It is **there**." })).await?;
    let published = began.elapsed().as_secs_f64() * 1e3;
    let mut took = Vec::new();
    while unread(&last).await? == 0 {
        took.push(timed(other, page(took.len())).await?);
        ensure!(began.elapsed() < PATIENCE, "not everybody was told");
    }
    let told = began.elapsed().as_secs_f64();
    ensure!(!took.is_empty(), "everybody was told before anybody asked for another page");
    Ok(Fan { published, told, before, meanwhile: percentile(&mut took, 0.95) })
}

/// How long a page took, in milliseconds.
async fn timed(asker: &Asker, path: &str) -> Result<f64> {
    let began = Instant::now();
    asker.ask(path).await?;
    Ok(began.elapsed().as_secs_f64() * 1e3)
}

async fn unread(asker: &Asker) -> Result<u64> {
    let answer: Value = asker.json("/api/v1/inbox/unread").await?;
    Ok(answer["unread"].as_u64().unwrap_or_default())
}

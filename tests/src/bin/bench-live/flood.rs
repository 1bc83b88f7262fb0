//! What one client that writes a thousand times a second costs those who write as people do.

use std::time::{Duration, Instant};

use anyhow::Result;
use shared::{
    Role,
    rules::{Audience, EditingRule},
};
use tests::{
    light::Light,
    load::{Sent, Writing, percentile},
};
use tokio::task::JoinSet;

use crate::{Bench, lasting, say};

/// Those who write as people do.
const HONEST: usize = 10;

/// Ten people, and one who floods the same document.
pub async fn flood() -> Result<()> {
    const CASE: &str = "1,000 messages/s of one beside 10 clients";
    let mut bench = Bench::new().await?;
    let ada = bench.town.person(Role::Customer).await;
    let board = bench.town.board(Audience::Public, EditingRule::Everyone).await;
    let (_, document) = bench.town.idea(&ada, &board, "").await;
    let server = bench.start().await;
    let (sent, flooded) = (Sent::default(), Sent::default());
    let mut clients = Vec::new();
    for at in 0..HONEST {
        clients.push(Light::open(server.address, &ada, &format!("client {at}"), document, true).await?);
    }
    let flooder = Light::open(server.address, &ada, "flooder", document, true).await?;
    let end = Instant::now() + lasting();
    let thousand = Writing::every(Duration::from_millis(1));
    let flooding = tokio::spawn(flooder.run(Some(thousand), flooded.clone(), end));
    let mut writing = JoinSet::new();
    for (at, client) in clients.into_iter().enumerate() {
        // Not all in the same moment.
        let after = Duration::from_micros(at as u64 * 1999);
        let own = Writing { after, ..Writing::every(Duration::from_millis(200)) };
        writing.spawn(client.run(Some(own), sent.clone(), end));
    }
    let mut delays = Vec::new();
    while let Some(tally) = writing.join_next().await {
        delays.extend(tally??.delays);
    }
    flooding.abort();
    let expected = sent.count() as f64 * (HONEST - 1) as f64;
    say(CASE, "deliveries missing", expected - delays.len() as f64, "", Some(0.0))?;
    say(CASE, "edit of the others visible, p50", percentile(&mut delays, 0.5), "ms", None)?;
    say(CASE, "edit of the others visible, p99", percentile(&mut delays, 0.99), "ms", Some(50.0))?;
    say(CASE, "sent by the one", flooded.count() as f64 / lasting().as_secs_f64(), "/s", None)
}

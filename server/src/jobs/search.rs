//! What changed is indexed for search right after, and what a crash or an import left, too.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::regularly;
use crate::{domain::search, live::Hub, store::StoreError};

/// How often it looks: what changes can be found within a second.
const PERIOD: Duration = Duration::from_millis(250);

/// Runs until the server stops.
pub async fn run(hub: Hub) {
    regularly(hub, PERIOD, |hub| async move {
        if let Err(error) = index_all(&hub).await {
            tracing::error!(%error, "what changed could not be indexed");
        }
    })
    .await;
}

/// Indexes what waits, a little at a time and resting as long as that took, so that others may write in between.
async fn index_all(hub: &Hub) -> Result<(), StoreError> {
    loop {
        let began = Instant::now();
        if hub.stop().is_cancelled() || !search::index_some(hub.db()).await? {
            return Ok(());
        }
        tokio::select! {
            () = hub.stop().cancelled() => return Ok(()),
            () = sleep(began.elapsed()) => {}
        }
    }
}

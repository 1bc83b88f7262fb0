//! The older part of logs is packed in the background: see `docs/decisions/0009`.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::regularly;
use crate::{
    live::Hub,
    store::{StoreError, segment},
};

/// How often it looks for logs that have grown.
const PERIOD: Duration = Duration::from_secs(60);
/// After each step it rests so many times as long as that took: edits come first.
const REST: u32 = 9;

/// Runs until the server stops.
pub async fn run(hub: Hub) {
    regularly(hub, PERIOD, |hub| async move {
        if let Err(error) = pack_all(&hub).await {
            tracing::error!(%error, "the logs could not be packed");
        }
    })
    .await;
}

/// Packs whatever can be, step by step. Answers how many segments it made.
///
/// # Errors
/// When the database fails.
pub async fn pack_all(hub: &Hub) -> Result<u32, StoreError> {
    let mut made = 0;
    let mut unfit = Vec::new();
    loop {
        let mut documents = segment::packable(&mut hub.db().read().await?).await?;
        documents.retain(|document| !unfit.contains(document));
        if documents.is_empty() {
            return Ok(made);
        }
        for document in documents {
            if hub.stop().is_cancelled() {
                return Ok(made);
            }
            let began = Instant::now();
            match segment::pack_oldest(hub.db(), document).await {
                Ok(true) => made += 1,
                Ok(false) => unfit.push(document),
                Err(error @ (StoreError::Corrupt(_) | StoreError::Taken(_))) => {
                    tracing::error!(%document, %error, "a log is not packed");
                    unfit.push(document);
                }
                Err(error) => return Err(error),
            }
            tokio::select! {
                () = hub.stop().cancelled() => return Ok(made),
                () = sleep(began.elapsed() * REST) => {}
            }
        }
    }
}

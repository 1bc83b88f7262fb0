//! Facts follow documents: a room sees to that within a second, and this job to what a crash or a failure left behind,
//! and to credit that is to be worked out anew.

use std::time::Duration;

use super::regularly;
use crate::{
    live::{Hub, room},
    store::{Db, StoreError, credit, log},
};

/// How often it looks for ideas that were left behind.
const PERIOD: Duration = Duration::from_secs(60);

/// Runs until the server stops.
pub async fn run(hub: Hub) {
    regularly(hub, PERIOD, |hub| async move {
        if let Err(error) = catch_up(&hub).await {
            tracing::error!(%error, "ideas that their concepts left behind could not be found");
        }
        if let Err(error) = credit_all(hub.db(), || hub.stop().is_cancelled()).await {
            tracing::error!(%error, "ideas whose credit is to be worked out could not be found");
        }
    })
    .await;
}

/// Works out the credit for the ideas whose credit is not that of their texts; stops early when `stop` says so.
///
/// # Errors
/// When the database fails.
pub async fn credit_all(db: &Db, stop: impl Fn() -> bool) -> Result<(), StoreError> {
    let behind = credit::behind(&mut db.read().await?).await?;
    for document in behind {
        if stop() {
            return Ok(());
        }
        // One document that cannot be read must not keep the others behind.
        if let Err(error) = room::credit(db, document).await {
            tracing::error!(%document, %error, "the credit for an idea cannot be worked out");
        }
    }
    Ok(())
}

async fn catch_up(hub: &Hub) -> Result<(), StoreError> {
    let mut tx = hub.db().read().await?;
    let behind = log::behind(&mut tx).await?;
    drop(tx);
    for document in behind {
        if hub.stop().is_cancelled() {
            return Ok(());
        }
        if hub.look(document).await {
            // Its room sees to it.
            continue;
        }
        // One document that cannot be read must not keep the others behind.
        if let Err(error) = room::catch_up(hub, document).await {
            tracing::error!(%document, %error, "an idea cannot follow its concept");
            if matches!(error, StoreError::Corrupt(_)) {
                hub.broke(document, &error.to_string()).await?;
            }
        }
    }
    Ok(())
}

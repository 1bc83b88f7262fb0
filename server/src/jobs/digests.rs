//! Digests are queued when their time has come.

use std::time::Duration;

use super::regularly;
use crate::{
    domain::{
        mail::{Delivery, digests},
        now,
    },
    live::Hub,
};

/// How often it looks.
const PERIOD: Duration = Duration::from_secs(60);

/// Runs until the server stops.
pub async fn run(hub: Hub, delivery: Delivery) {
    regularly(hub, PERIOD, |hub| async move {
        match digests::queue_due(hub.db(), delivery, now()).await {
            Ok(0) => {}
            Ok(queued) => tracing::info!(queued, "digests are on their way"),
            Err(error) => tracing::error!(%error, "digests could not be queued"),
        }
    })
    .await;
}

//! Dot votes whose time is over end.

use std::time::Duration;

use super::regularly;
use crate::{domain::workshop, live::Hub};

/// How often it looks.
const PERIOD: Duration = Duration::from_secs(1);

/// Runs until the server stops.
pub async fn run(hub: Hub) {
    regularly(hub, PERIOD, |hub| async move {
        match workshop::end_due(hub.db()).await {
            Ok(ended) => ended.iter().for_each(|slug| hub.tell_workshop(slug)),
            Err(error) => tracing::error!(%error, "dot votes whose time is over could not be ended"),
        }
    })
    .await;
}

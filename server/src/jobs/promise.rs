//! People are reminded of ideas for which half of the promised time, or all of it, is over.

use std::{sync::Arc, time::Duration};

use tokio::sync::Notify;

use super::regularly;
use crate::{
    domain::{now, promise},
    live::Hub,
};

/// How often it looks.
const PERIOD: Duration = Duration::from_secs(30);

/// Runs until the server stops. Wakes who tells people through `happened`.
pub async fn run(hub: Hub, happened: Arc<Notify>) {
    regularly(hub, PERIOD, |hub| {
        let happened = happened.clone();
        async move {
            loop {
                match promise::remind(hub.db(), now()).await {
                    Ok(true) if !hub.stop().is_cancelled() => happened.notify_one(),
                    Ok(_) => return,
                    Err(error) => return tracing::error!(%error, "nobody could be reminded of a promised answer"),
                }
            }
        }
    })
    .await;
}

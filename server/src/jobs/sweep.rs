//! Pictures that nobody put anywhere are swept out, and mails and keys of requests that were kept long enough.

use std::time::Duration;

use super::regularly;
use crate::{
    domain::{again, canvases::Canvases, mail, pictures},
    live::Hub,
};

/// How often it looks.
const PERIOD: Duration = Duration::from_secs(60 * 60);

/// Runs until the server stops.
pub async fn run(hub: Hub, canvases: Canvases) {
    let canvases = &canvases;
    regularly(hub, PERIOD, |hub| async move {
        match pictures::sweep(hub.db(), canvases).await {
            Ok(0) => {}
            Ok(swept) => tracing::info!(swept, "pictures that were put nowhere are gone"),
            Err(error) => tracing::error!(%error, "pictures that were put nowhere could not be swept out"),
        }
        match mail::sweep(hub.db()).await {
            Ok(0) => {}
            Ok(swept) => tracing::info!(swept, "old mails are gone from the outbox"),
            Err(error) => tracing::error!(%error, "old mails could not be swept out"),
        }
        if let Err(error) = again::sweep(hub.db()).await {
            tracing::error!(%error, "old keys of requests could not be swept out");
        }
    })
    .await;
}

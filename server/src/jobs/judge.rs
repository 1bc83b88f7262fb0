//! Concepts that changed and have rested are compared with what their voters saw, and those are told for whom they became
//! others: see `docs/material-change.md`.

use std::{sync::Arc, time::Duration};

use tokio::sync::Notify;

use super::regularly;
use crate::{
    domain::{changes, now},
    live::{Hub, room::Copy},
    store::{StoreError, changes::Unjudged},
};

/// How often it looks, at most.
const PERIOD: Duration = Duration::from_secs(60);

/// Runs until the server stops. A concept has rested once it did not change for `rest`; `happened` wakes who tells.
pub async fn run(hub: Hub, happened: Arc<Notify>, rest: Duration) {
    regularly(hub, PERIOD.min(rest.max(Duration::from_secs(1))), |hub| {
        let happened = happened.clone();
        async move {
            match judge_all(&hub, rest).await {
                Ok(true) => happened.notify_one(),
                Ok(false) => {}
                Err(error) => tracing::error!(%error, "concepts could not be compared with what was voted for"),
            }
        }
    })
    .await;
}

/// Compares every concept that has rested. Answers whether anybody is to be told.
///
/// # Errors
/// When the database fails.
pub async fn judge_all(hub: &Hub, rest: Duration) -> Result<bool, StoreError> {
    let mut any = false;
    let before = now().saturating_sub(i64::try_from(rest.as_millis()).unwrap_or(i64::MAX));
    loop {
        let ideas = changes::unjudged(hub.db(), before).await?;
        if ideas.is_empty() {
            return Ok(any);
        }
        for idea in ideas {
            if hub.stop().is_cancelled() {
                return Ok(any);
            }
            any |= judge(hub, &idea).await?;
        }
    }
}

async fn judge(hub: &Hub, idea: &Unjudged) -> Result<bool, StoreError> {
    let places = changes::places(hub.db(), idea).await?;
    let mut wanted = places.clone();
    if !places.is_empty() {
        wanted.push(idea.seq);
    }
    let mut texts = match Copy::texts_at(hub.db(), idea.document, wanted).await {
        Ok(texts) => texts,
        Err(StoreError::Corrupt(error)) => {
            // One log that cannot be read must not keep the others waiting.
            tracing::error!(%error, document = %idea.document, "a concept cannot be compared with what was voted for");
            Vec::new()
        }
        Err(other) => return Err(other),
    };
    let now_says = texts.pop().unwrap_or_default();
    let before: Vec<_> = places.into_iter().zip(texts).collect();
    changes::judge(hub.db(), idea, &before, &now_says).await
}

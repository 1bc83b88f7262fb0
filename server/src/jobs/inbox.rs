//! What happened to ideas is told to those who are to know: at once when it happens on this node, and from time to time
//! for what a crash left.

use std::{sync::Arc, time::Duration};

use tokio::sync::Notify;

use crate::{
    domain::now,
    live::Hub,
    store::{StoreError, inbox},
};

/// How often it looks without being woken.
const PERIOD: Duration = Duration::from_secs(30);

/// Runs until the server stops. `happened` wakes it.
pub async fn run(hub: Hub, happened: Arc<Notify>) {
    loop {
        if let Err(error) = deliver_all(&hub).await {
            tracing::error!(%error, "what happened could not be told");
        }
        tokio::select! {
            () = hub.stop().cancelled() => return,
            () = happened.notified() => {}
            () = tokio::time::sleep(PERIOD) => {}
        }
    }
}

/// Tells everything that waits, a batch of people at a time so that others may write in between.
///
/// # Errors
/// When the database fails.
pub async fn deliver_all(hub: &Hub) -> Result<(), StoreError> {
    loop {
        if hub.stop().is_cancelled() {
            return Ok(());
        }
        let mut tx = hub.db().write().await?;
        let Some(told) = inbox::deliver(&mut tx, now()).await? else { return Ok(()) };
        tx.commit().await?;
        for person in told {
            hub.publish(&format!("person:{person}"), "inbox", || Some("null".to_owned()));
        }
    }
}

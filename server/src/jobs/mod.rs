//! What runs by itself beside the requests.

pub mod compact;
pub mod digests;
pub mod erase;
pub mod exports;
pub mod follow;
pub mod inbox;
pub mod judge;
pub mod mail;
pub mod promise;
pub mod search;
pub mod sweep;
pub mod unload;
pub mod workshop;

use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval};

use crate::live::Hub;

/// Does some work at once and then once every so often, one piece after the other, until the server stops.
async fn regularly<W: Future<Output = ()>>(hub: Hub, every: Duration, work: impl Fn(Hub) -> W) {
    let mut period = interval(every);
    period.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = hub.stop().cancelled() => return,
            _ = period.tick() => {}
        }
        work(hub.clone()).await;
    }
}

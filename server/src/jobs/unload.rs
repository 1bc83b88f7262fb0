//! Rooms that hold too much together let go of what can be read again.

use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval};

use crate::live::Hub;

/// How often it looks.
const PERIOD: Duration = Duration::from_secs(1);

/// Runs until the server stops.
pub async fn run(hub: Hub) {
    let mut period = interval(PERIOD);
    period.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = hub.stop().cancelled() => return,
            _ = period.tick() => hub.make_room(),
        }
    }
}

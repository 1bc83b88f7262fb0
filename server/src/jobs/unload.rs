//! Rooms that hold too much together let go of what can be read again.

use std::time::Duration;

use super::regularly;
use crate::live::Hub;

/// How often it looks.
const PERIOD: Duration = Duration::from_secs(1);

/// Runs until the server stops.
pub async fn run(hub: Hub) {
    regularly(hub, PERIOD, |hub| async move { hub.make_room() }).await;
}

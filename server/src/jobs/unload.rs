//! Rooms that hold too much together let go of what can be read again, and canvases go that nobody asks for.

use std::time::Duration;

use super::regularly;
use crate::{domain::canvases::Canvases, live::Hub};

/// How often it looks.
const PERIOD: Duration = Duration::from_secs(1);

/// Runs until the server stops.
pub async fn run(hub: Hub, canvases: Canvases) {
    let canvases = &canvases;
    regularly(hub, PERIOD, |hub| async move {
        hub.make_room();
        canvases.let_go();
    })
    .await;
}

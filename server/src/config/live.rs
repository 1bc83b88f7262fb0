//! What live connections and rooms may cost.

use std::time::Duration;

use clap::{Args, builder::RangedU64ValueParser};
use shared::live::guard::Bounds;

/// Bounds for live connections, so that nobody can take more than their share. The defaults suit most workspaces.
#[derive(Args, Clone, Copy, Debug, PartialEq, Eq)]
#[command(next_help_heading = "Limits of live editing")]
pub struct LiveLimits {
    /// Bytes of a frame from a peer, at most.
    #[arg(long = "live-frame-bytes", env = "ATELIER_LIVE_FRAME_BYTES", default_value_t = 1 << 20, value_parser = within(1 << 12, 1 << 28))]
    pub frame: usize,

    /// Filters of one sync message. Honest peers send one.
    #[arg(long = "live-filters", env = "ATELIER_LIVE_FILTERS", default_value_t = 8, value_parser = within(1, 64))]
    pub filters: usize,

    /// Bytes of all filters of one sync message: ten bits for each change of a document.
    #[arg(long = "live-filter-bytes", env = "ATELIER_LIVE_FILTER_BYTES", default_value_t = 1 << 19, value_parser = within(1 << 10, 1 << 28))]
    pub filter_bytes: usize,

    /// Bytes of a change when inflated; all changes of a message together may have eight times as many.
    #[arg(long = "live-change-bytes", env = "ATELIER_LIVE_CHANGE_BYTES", default_value_t = 2 << 20, value_parser = within(1 << 12, 1 << 28))]
    pub change: usize,

    /// Messages a second that are read from one connection; a large one counts once more for each 16 KiB. A peer that
    /// sends more is read more slowly; nothing is lost.
    #[arg(long = "live-messages", env = "ATELIER_LIVE_MESSAGES", default_value_t = 500, value_parser = within32(10, 1_000_000))]
    pub messages: u32,

    /// Messages read from one connection at once, after it has been quiet.
    #[arg(long = "live-burst", env = "ATELIER_LIVE_BURST", default_value_t = 1000, value_parser = within32(10, 1_000_000))]
    pub burst: u32,

    /// Seconds without a pause for which a peer may send more than is read; then it is closed.
    #[arg(long = "live-flood-seconds", env = "ATELIER_LIVE_FLOOD_SECONDS", default_value_t = 60, value_parser = within32(1, 86_400))]
    pub flood_seconds: u32,

    /// Documents one connection may have open.
    #[arg(long = "live-documents", env = "ATELIER_LIVE_DOCUMENTS", default_value_t = 256, value_parser = within(1, 1 << 20))]
    pub documents: usize,

    /// Connections of any kind that have not sent the head of a first request yet; beyond that, the longest silent is
    /// closed.
    #[arg(long = "live-silent", env = "ATELIER_LIVE_SILENT", default_value_t = 1024, value_parser = within(16, 1 << 20))]
    pub silent: usize,

    /// Sockets that have not joined yet; beyond that, a new one is asked to come later.
    #[arg(long = "live-unjoined", env = "ATELIER_LIVE_UNJOINED", default_value_t = 1024, value_parser = within(16, 1 << 20))]
    pub unjoined: usize,

    /// Sockets of all people; beyond that, a new one is asked to come later. One person may have half of them.
    #[arg(long = "live-sockets", env = "ATELIER_LIVE_SOCKETS", default_value_t = 10_000, value_parser = within(16, 1 << 22))]
    pub sockets: usize,

    /// Bytes that may wait for one peer that does not read, beside the answers it asked for.
    #[arg(long = "live-waiting-bytes", env = "ATELIER_LIVE_WAITING_BYTES", default_value_t = 4 << 20, value_parser = within(1 << 18, 1 << 30))]
    pub waiting: usize,

    /// Seconds for which a peer may take nothing of what waits for it.
    #[arg(long = "live-stall-seconds", env = "ATELIER_LIVE_STALL_SECONDS", default_value_t = 20, value_parser = within32(1, 3600))]
    pub stall_seconds: u32,

    /// Bytes that all rooms together may hold before those used least lately let go of what can be read again.
    #[arg(long = "live-room-bytes", env = "ATELIER_LIVE_ROOM_BYTES", default_value_t = 64 << 20, value_parser = within(1 << 20, 1 << 40))]
    pub room_bytes: usize,

    /// Changes after which a document is saved whole again, once they are also an eighth of those before.
    #[arg(long = "live-snapshot-changes", env = "ATELIER_LIVE_SNAPSHOT_CHANGES", default_value_t = 400, value_parser = within32(10, 1_000_000))]
    pub snapshot_changes: u32,
}

fn within(from: u64, to: u64) -> RangedU64ValueParser<usize> {
    RangedU64ValueParser::new().range(from..=to)
}

fn within32(from: u64, to: u64) -> RangedU64ValueParser<u32> {
    RangedU64ValueParser::new().range(from..=to)
}

impl LiveLimits {
    /// What a sync message may hold.
    #[must_use]
    pub fn bounds(&self) -> Bounds {
        Bounds { filters: self.filters, filter_bytes: self.filter_bytes, change: self.change }
    }

    /// For how long a peer may send more than is read.
    #[must_use]
    pub fn flood(&self) -> Duration {
        Duration::from_secs(self.flood_seconds.into())
    }

    /// For how long a peer may take nothing of what waits for it.
    #[must_use]
    pub fn stall(&self) -> Duration {
        Duration::from_secs(self.stall_seconds.into())
    }
}

impl Default for LiveLimits {
    /// As without any option; the environment is not looked at.
    fn default() -> Self {
        let bounds = Bounds::default();
        Self {
            frame: 1 << 20,
            filters: bounds.filters,
            filter_bytes: bounds.filter_bytes,
            change: bounds.change,
            messages: 500,
            burst: 1000,
            flood_seconds: 60,
            documents: 256,
            silent: 1024,
            unjoined: 1024,
            sockets: 10_000,
            waiting: 4 << 20,
            stall_seconds: 20,
            room_bytes: 64 << 20,
            snapshot_changes: 400,
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::FromArgMatches as _;

    use super::*;

    fn parsed(arguments: &[&str]) -> Result<LiveLimits, clap::Error> {
        let command = LiveLimits::augment_args(clap::Command::new("atelier"));
        let matches = command.try_get_matches_from([&["atelier"], arguments].concat())?;
        LiveLimits::from_arg_matches(&matches)
    }

    #[test]
    fn the_defaults_are_the_same_with_and_without_a_command_line() {
        assert_eq!(parsed(&[]).expect("defaults"), LiveLimits::default());
    }

    #[test]
    fn a_limit_that_makes_no_sense_is_not_taken() {
        assert_eq!(parsed(&["--live-frame-bytes", "65536"]).expect("a limit").frame, 65_536);
        for wrong in [["--live-frame-bytes", "0"], ["--live-messages", "0"], ["--live-stall-seconds", "-1"]] {
            assert!(parsed(&wrong).is_err(), "{wrong:?}");
        }
    }
}

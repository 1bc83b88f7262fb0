//! What is counted and measured while the server runs, for `/metrics` in Prometheus' text format.
//!
//! Each workspace has a recorder of its own. Handles are made once, so that counting costs an atomic addition and no
//! allocation; what can be looked up when somebody asks is not counted at all. See `docs/operating.md`.

use std::{sync::Arc, time::Duration};

use metrics::{Counter, Gauge, Histogram, Key, KeyName, Label, Level, Metadata, Recorder as _, Unit};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle, PrometheusRecorder};
use shared::live::message::RejectCode;

/// How often what histograms gathered is put into their buckets.
const UPKEEP: Duration = Duration::from_secs(5);
/// Seconds of a commit.
const COMMIT_SECONDS: [f64; 12] = [0.0005, 0.001, 0.002, 0.004, 0.008, 0.016, 0.032, 0.064, 0.125, 0.25, 1.0, 4.0];
/// Changes in a commit.
const COMMIT_CHANGES: [f64; 10] = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 256.0, 1024.0, 4096.0];

const METADATA: Metadata<'static> = Metadata::new("atelier", Level::INFO, None);

macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name { $($(#[$doc])* $variant,)* }

        impl $name {
            const WORDS: &'static [&'static str] = &[$($word),*];
        }
    };
}

words! {
    /// A limit that somebody met.
    Limit {
        /// A frame too large.
        Frame = "frame",
        /// A sync message with too many or too large filters.
        Filters = "filters",
        /// Changes that inflate beyond the bounds.
        Inflated = "inflated",
        /// A connection that sends more than is read at once, and so is read more slowly.
        Messages = "messages",
        /// A connection closed because it did so for long.
        Flood = "flood",
        /// Too many documents on one connection.
        Documents = "documents",
        /// A silent connection closed because there were too many.
        Silent = "silent",
        /// A connection whose request, or answer, moved too slowly.
        Slow = "slow",
        /// A socket that did not join in time, or came when too many had not.
        Unjoined = "unjoined",
        /// A socket too many.
        Sockets = "sockets",
        /// A peer for whom too much waited.
        Waiting = "waiting",
        /// A peer that took nothing for long.
        Stall = "stall",
    }
}

words! {
    /// How an answer to a peer was found.
    SyncPath {
        /// The peer lacked nothing.
        Nothing = "nothing",
        /// In the changes kept at hand.
        AtHand = "at_hand",
        /// In the log.
        Log = "log",
        /// In the last snapshot, and what came after.
        Snapshot = "snapshot",
        /// The peer was asked for what it named and we do not have.
        Asked = "asked",
    }
}

words! {
    /// Where a panic was caught.
    Panicked {
        /// In a room.
        Room = "room",
        /// In a request.
        Request = "request",
        /// In a connection or another task.
        Task = "task",
    }
}

/// The metrics of one workspace. Clones are the same.
#[derive(Clone)]
pub struct Metrics(Arc<Inner>);

/// The handles.
pub struct Inner {
    recorder: PrometheusRecorder,
    handle: PrometheusHandle,
    /// Rooms that are open.
    pub rooms_open: Gauge,
    /// Bytes that open rooms hold, about.
    pub rooms_bytes: Gauge,
    /// Times a room let go of what can be read again.
    pub rooms_unloaded: Counter,
    /// Sockets that are open.
    pub sockets_open: Gauge,
    /// Documents open on sockets; one that two sockets have open counts twice.
    pub documents_open: Gauge,
    /// Messages from peers.
    pub messages: Counter,
    /// Changes stored.
    pub edits_stored: Counter,
    /// Requests of rooms the committer has not answered yet.
    pub committer_requests: Gauge,
    /// Bytes waiting for peers that have not taken them yet.
    pub outbound_bytes: Gauge,
    /// Seconds of each commit.
    pub commit_seconds: Histogram,
    /// Changes in each commit.
    pub commit_changes: Histogram,
    /// Snapshots made.
    pub snapshots_made: Counter,
    /// Rows and bytes of the log and of the snapshots.
    pub storage: Storage,
    limits: Vec<Counter>,
    paths: Vec<Counter>,
    panics: Vec<Counter>,
}

/// What documents take up in the database.
pub struct Storage {
    /// Changes in the log.
    pub log_rows: Gauge,
    /// Their bytes.
    pub log_bytes: Gauge,
    /// Snapshots.
    pub snapshot_rows: Gauge,
    /// Their bytes.
    pub snapshot_bytes: Gauge,
}

impl std::ops::Deref for Metrics {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl std::fmt::Debug for Metrics {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Metrics")
    }
}

/// Makes handles, and says once what each is.
struct Maker(PrometheusRecorder);

impl Maker {
    fn key(name: &'static str, label: Option<(&'static str, &'static str)>) -> Key {
        Key::from_parts(
            name,
            label.map(|(key, value)| Label::from_static_parts(key, value)).into_iter().collect::<Vec<_>>(),
        )
    }

    fn gauge(&self, name: &'static str, unit: Unit, help: &'static str) -> Gauge {
        self.0.describe_gauge(KeyName::from_const_str(name), Some(unit), help.into());
        self.0.register_gauge(&Self::key(name, None), &METADATA)
    }

    fn gauge_of(&self, name: &'static str, of: &'static str) -> Gauge {
        self.0.register_gauge(&Self::key(name, Some(("of", of))), &METADATA)
    }

    fn counter(&self, name: &'static str, help: &'static str) -> Counter {
        self.0.describe_counter(KeyName::from_const_str(name), Some(Unit::Count), help.into());
        self.0.register_counter(&Self::key(name, None), &METADATA)
    }

    fn counters(
        &self,
        name: &'static str,
        label: &'static str,
        words: &[&'static str],
        help: &'static str,
    ) -> Vec<Counter> {
        self.0.describe_counter(KeyName::from_const_str(name), Some(Unit::Count), help.into());
        words.iter().map(|word| self.0.register_counter(&Self::key(name, Some((label, word))), &METADATA)).collect()
    }

    fn histogram(&self, name: &'static str, unit: Unit, help: &'static str) -> Histogram {
        self.0.describe_histogram(KeyName::from_const_str(name), Some(unit), help.into());
        self.0.register_histogram(&Self::key(name, None), &METADATA)
    }
}

const COMMITS_SECONDS: &str = "atelier_commit_seconds";
const COMMITS_CHANGES: &str = "atelier_commit_changes";
const REFUSALS: &str = "atelier_refusals_total";
const STORAGE_ROWS: &str = "atelier_storage_rows";
const STORAGE_BYTES: &str = "atelier_storage_bytes";

impl Default for Metrics {
    fn default() -> Self {
        let mut builder = PrometheusBuilder::new();
        for (name, buckets) in [(COMMITS_SECONDS, &COMMIT_SECONDS[..]), (COMMITS_CHANGES, &COMMIT_CHANGES[..])] {
            // Fails only without buckets; then there would be quantiles instead.
            builder = match builder.set_buckets_for_metric(Matcher::Full(name.to_owned()), buckets) {
                Ok(builder) => builder,
                Err(_) => PrometheusBuilder::new(),
            };
        }
        Self(Arc::new(Inner::new(Maker(builder.build_recorder()))))
    }
}

impl Inner {
    fn new(make: Maker) -> Self {
        make.0.describe_counter(
            KeyName::from_const_str(REFUSALS),
            Some(Unit::Count),
            "Changes refused, by code of the refusal".into(),
        );
        let storage = [
            (STORAGE_ROWS, Unit::Count, "Changes in the log, and snapshots, at the last count"),
            (STORAGE_BYTES, Unit::Bytes, "Bytes of the changes in the log, and of the snapshots, at the last count"),
        ];
        for (name, unit, help) in storage {
            make.0.describe_gauge(KeyName::from_const_str(name), Some(unit), help.into());
        }
        Self {
            rooms_open: make.gauge("atelier_rooms_open", Unit::Count, "Rooms open: documents in memory"),
            rooms_bytes: make.gauge("atelier_rooms_bytes", Unit::Bytes, "Memory that open rooms hold, about"),
            rooms_unloaded: make
                .counter("atelier_rooms_unloaded_total", "Times a room let go of what can be read again"),
            sockets_open: make.gauge("atelier_sockets_open", Unit::Count, "Live sockets open"),
            documents_open: make.gauge(
                "atelier_documents_open",
                Unit::Count,
                "Documents open on sockets; one that two sockets have open counts twice",
            ),
            messages: make.counter("atelier_messages_total", "Messages from peers"),
            edits_stored: make.counter("atelier_edits_stored_total", "Changes stored"),
            committer_requests: make.gauge("atelier_committer_requests", Unit::Count, "Commits that rooms wait for"),
            outbound_bytes: make.gauge(
                "atelier_outbound_bytes",
                Unit::Bytes,
                "Bytes waiting for peers to take them; what waits for many is counted for each",
            ),
            commit_seconds: make.histogram(COMMITS_SECONDS, Unit::Seconds, "Time one commit of changes took"),
            commit_changes: make.histogram(COMMITS_CHANGES, Unit::Count, "Changes in one commit"),
            snapshots_made: make.counter("atelier_snapshots_made_total", "Documents saved whole"),
            storage: Storage {
                log_rows: make.gauge_of(STORAGE_ROWS, "log"),
                log_bytes: make.gauge_of(STORAGE_BYTES, "log"),
                snapshot_rows: make.gauge_of(STORAGE_ROWS, "snapshots"),
                snapshot_bytes: make.gauge_of(STORAGE_BYTES, "snapshots"),
            },
            limits: make.counters(
                "atelier_limits_hit_total",
                "limit",
                Limit::WORDS,
                "Limits that a connection met, by name",
            ),
            paths: make.counters(
                "atelier_sync_answers_total",
                "path",
                SyncPath::WORDS,
                "Answers to peers that asked what they lack, by where it was found",
            ),
            panics: make.counters("atelier_panics_total", "in", Panicked::WORDS, "Panics caught, by where"),
            handle: make.0.handle(),
            recorder: make.0,
        }
    }

    /// A connection met a limit.
    pub fn met(&self, limit: Limit) {
        self.limits[limit as usize].increment(1);
    }

    /// An answer was found this way.
    pub fn answered(&self, path: SyncPath) {
        self.paths[path as usize].increment(1);
    }

    /// A panic was caught.
    pub fn panicked(&self, place: Panicked) {
        self.panics[place as usize].increment(1);
    }

    /// A change was refused.
    pub fn refused(&self, code: RejectCode) {
        let key = Maker::key(REFUSALS, Some(("code", code.as_str())));
        self.recorder.register_counter(&key, &METADATA).increment(1);
    }

    /// Everything, in Prometheus' text format.
    #[must_use]
    pub fn render(&self) -> String {
        self.handle.render()
    }

    /// Puts what histograms gathered into their buckets, from time to time, for ever.
    pub async fn keep_small(&self) {
        loop {
            tokio::time::sleep(UPKEEP).await;
            self.handle.run_upkeep();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_counted_is_shown_with_what_it_is() {
        let metrics = Metrics::default();
        metrics.met(Limit::Stall);
        metrics.refused(RejectCode::TooLarge);
        metrics.refused(RejectCode::TooLarge);
        metrics.answered(SyncPath::AtHand);
        metrics.panicked(Panicked::Task);
        metrics.commit_seconds.record(0.003);
        metrics.storage.log_bytes.set(7.0);
        let text = metrics.render();
        for line in [
            "# TYPE atelier_limits_hit_total counter",
            "# HELP atelier_commit_seconds Time one commit of changes took",
            "atelier_limits_hit_total{limit=\"stall\"} 1",
            "atelier_limits_hit_total{limit=\"frame\"} 0",
            "atelier_refusals_total{code=\"too-large\"} 2",
            "atelier_sync_answers_total{path=\"at_hand\"} 1",
            "atelier_panics_total{in=\"task\"} 1",
            "atelier_commit_seconds_bucket{le=\"0.002\"} 0",
            "atelier_commit_seconds_bucket{le=\"0.004\"} 1",
            "atelier_storage_bytes{of=\"log\"} 7",
        ] {
            assert!(text.lines().any(|shown| shown == line), "{line} in\n{text}");
        }
        assert!(Metrics::default().render().contains("atelier_limits_hit_total{limit=\"stall\"} 0"), "each its own");
    }
}

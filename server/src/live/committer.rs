//! The node's committer: what all rooms have waiting goes to disk in one transaction.
//!
//! While a commit is under way the next one gathers, so batches grow with the load by themselves.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Instant};

use futures_util::FutureExt as _;
use tokio::{
    sync::{mpsc, oneshot},
    task::JoinHandle,
};

use crate::{
    metrics::{Metrics, Panicked},
    store::{
        Db, StoreError,
        log::{self, NewChange},
    },
};

/// Changes in one transaction, at most.
const BATCH: usize = 4096;

/// A room's changes, and where to say that they are stored.
#[derive(Debug)]
struct Request {
    changes: Vec<NewChange>,
    done: oneshot::Sender<Result<(), CommitError>>,
}

/// The changes could not be stored. None of them was.
#[derive(Clone, Debug, thiserror::Error)]
#[error("the changes could not be stored: {why}")]
pub struct CommitError {
    why: Arc<str>,
    conflict: bool,
}

impl CommitError {
    /// The committer has ended, or broke; whether they are stored, the log says.
    pub(super) fn ended() -> Self {
        Self { why: "the committer gave no answer".into(), conflict: false }
    }

    /// Whether the log has something else where these were to go.
    pub(super) fn is_conflict(&self) -> bool {
        self.conflict
    }
}

impl From<StoreError> for CommitError {
    fn from(error: StoreError) -> Self {
        Self { why: error.to_string().into(), conflict: matches!(error, StoreError::Taken(_)) }
    }
}

/// The way to the committer. It ends when the last of these is dropped.
#[derive(Clone, Debug)]
pub struct Committer {
    requests: mpsc::UnboundedSender<Request>,
    metrics: Metrics,
}

impl Committer {
    /// Starts the committer of a database.
    #[must_use]
    pub fn start(db: Db, metrics: Metrics) -> (Self, JoinHandle<()>) {
        let (requests, mut inbox) = mpsc::unbounded_channel();
        let counted = metrics.clone();
        let work = async move {
            // Rooms take a broken commit for a failed one, and read the log.
            while AssertUnwindSafe(run(&db, &counted, &mut inbox)).catch_unwind().await.is_err() {
                counted.panicked(Panicked::Task);
                tracing::error!("the committer broke, and begins anew");
            }
        };
        (Self { requests, metrics }, tokio::spawn(work))
    }

    /// Stores changes of one document; all of them or none. A room has one request under way at a time.
    pub fn commit(&self, changes: Vec<NewChange>) -> oneshot::Receiver<Result<(), CommitError>> {
        let (done, answer) = oneshot::channel();
        // When the committer has ended, the answer is dropped, which the room takes for a failure.
        if self.requests.send(Request { changes, done }).is_ok() {
            self.metrics.committer_requests.increment(1.0);
        }
        answer
    }
}

async fn run(db: &Db, metrics: &Metrics, inbox: &mut mpsc::UnboundedReceiver<Request>) {
    let mut batch = Vec::new();
    while inbox.recv_many(&mut batch, BATCH).await > 0 {
        let requests = batch.len();
        if requests > 1 && store(db, metrics, &batch).await.is_ok() {
            metrics.committer_requests.decrement(count(requests));
            for request in batch.drain(..) {
                let _ = request.done.send(Ok(()));
            }
            continue;
        }
        // Alone, so that one room's failure is not another's.
        for request in batch.drain(..) {
            let stored = store(db, metrics, std::slice::from_ref(&request)).await;
            metrics.committer_requests.decrement(1.0);
            if let Err(error) = &stored {
                tracing::error!(%error, changes = request.changes.len(), "changes could not be stored");
            }
            let _ = request.done.send(stored.map_err(CommitError::from));
        }
    }
}

async fn store(db: &Db, metrics: &Metrics, batch: &[Request]) -> Result<(), StoreError> {
    let changes: Vec<&NewChange> = batch.iter().flat_map(|request| &request.changes).collect();
    let began = Instant::now();
    log::store(db, &changes).await?;
    metrics.commit_seconds.record(began.elapsed().as_secs_f64());
    metrics.commit_changes.record(count(changes.len()));
    metrics.edits_stored.increment(changes.len() as u64);
    Ok(())
}

fn count(number: usize) -> f64 {
    u32::try_from(number).map_or(f64::INFINITY, f64::from)
}

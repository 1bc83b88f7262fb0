//! The node's committer: what all rooms have waiting goes to disk in one transaction.
//!
//! While a commit is under way the next one gathers, so batches grow with the load by themselves.

use std::sync::Arc;

use tokio::{
    sync::{mpsc, oneshot},
    task::JoinHandle,
};

use crate::store::{
    Db, StoreError,
    log::{self, NewChange},
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
#[error("the changes could not be stored: {0}")]
pub struct CommitError(Arc<str>);

impl From<StoreError> for CommitError {
    fn from(error: StoreError) -> Self {
        Self(error.to_string().into())
    }
}

/// The way to the committer. It ends when the last of these is dropped.
#[derive(Clone, Debug)]
pub struct Committer(mpsc::UnboundedSender<Request>);

impl Committer {
    /// Starts the committer of a database.
    #[must_use]
    pub fn start(db: Db) -> (Self, JoinHandle<()>) {
        let (requests, inbox) = mpsc::unbounded_channel();
        (Self(requests), tokio::spawn(run(db, inbox)))
    }

    /// Stores changes of one document; all of them or none. A room has one request under way at a time.
    pub fn commit(&self, changes: Vec<NewChange>) -> oneshot::Receiver<Result<(), CommitError>> {
        let (done, answer) = oneshot::channel();
        // When the committer has ended, the answer is dropped, which the room takes for a failure.
        let _ = self.0.send(Request { changes, done });
        answer
    }
}

async fn run(db: Db, mut inbox: mpsc::UnboundedReceiver<Request>) {
    let mut batch = Vec::new();
    while inbox.recv_many(&mut batch, BATCH).await > 0 {
        if batch.len() > 1 && store(&db, &batch).await.is_ok() {
            for request in batch.drain(..) {
                let _ = request.done.send(Ok(()));
            }
            continue;
        }
        // Alone, so that one room's failure is not another's.
        for request in batch.drain(..) {
            let stored = store(&db, std::slice::from_ref(&request)).await;
            if let Err(error) = &stored {
                tracing::error!(%error, changes = request.changes.len(), "changes could not be stored");
            }
            let _ = request.done.send(stored.map_err(CommitError::from));
        }
    }
}

async fn store(db: &Db, batch: &[Request]) -> Result<(), StoreError> {
    let changes: Vec<&NewChange> = batch.iter().flat_map(|request| &request.changes).collect();
    log::store(db, &changes).await
}

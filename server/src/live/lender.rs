//! The node's lender of actor ids: what everyone who joins or leaves at the same time asks for goes to disk in one
//! transaction. A thousand tabs that come back at once would otherwise keep what people write waiting behind a thousand.

use std::panic::AssertUnwindSafe;

use futures_util::FutureExt as _;
use shared::PersonId;
use tokio::sync::{mpsc, oneshot};

use crate::{
    domain::now,
    metrics::{Metrics, Panicked},
    store::{Db, StoreError, Tx, log},
};

/// Wishes in one transaction, at most: what is written meanwhile waits for it.
const BATCH: usize = 256;

#[derive(Debug)]
enum Wish {
    /// An actor id, whichever.
    Lend(PersonId),
    /// This one again.
    Resume(PersonId, Vec<u8>),
    /// It may be lent again.
    Free(Vec<u8>),
}

#[derive(Debug)]
struct Request {
    wish: Wish,
    /// The actor id, unless it is not theirs to have.
    done: oneshot::Sender<Result<Option<Vec<u8>>, StoreError>>,
}

/// The way to the lender. It ends when this is dropped.
#[derive(Debug)]
pub(super) struct Lender(mpsc::UnboundedSender<Request>);

impl Lender {
    /// Starts the lender of a database.
    pub fn start(db: Db, metrics: Metrics) -> Self {
        let (requests, mut inbox) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            while AssertUnwindSafe(run(&db, &mut inbox)).catch_unwind().await.is_err() {
                metrics.panicked(Panicked::Task);
                tracing::error!("the lender broke, and begins anew");
            }
        });
        Self(requests)
    }

    /// Lends an actor id to a tab of a person: one that was freed, or a new one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn lend(&self, person: PersonId) -> Result<Vec<u8>, StoreError> {
        self.ask(Wish::Lend(person)).await?.ok_or_else(ended)
    }

    /// Lends the one again that a tab of theirs had. Whether it is theirs to have.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn resume(&self, person: PersonId, actor: &[u8]) -> Result<bool, StoreError> {
        Ok(self.ask(Wish::Resume(person, actor.to_vec())).await?.is_some())
    }

    /// Lets an actor id be lent again.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn free(&self, actor: Vec<u8>) -> Result<(), StoreError> {
        self.ask(Wish::Free(actor)).await.map(drop)
    }

    async fn ask(&self, wish: Wish) -> Result<Option<Vec<u8>>, StoreError> {
        let (done, answer) = oneshot::channel();
        self.0.send(Request { wish, done }).map_err(|_| ended())?;
        answer.await.map_err(|_| ended())?
    }
}

fn ended() -> StoreError {
    StoreError::Corrupt("the lender of actor ids gave no answer".into())
}

async fn run(db: &Db, inbox: &mut mpsc::UnboundedReceiver<Request>) {
    let mut batch = Vec::new();
    while inbox.recv_many(&mut batch, BATCH).await > 0 {
        if batch.len() > 1
            && let Ok(answers) = grant(db, &batch).await
        {
            for (request, answer) in batch.drain(..).zip(answers) {
                let _ = request.done.send(Ok(answer));
            }
            continue;
        }
        // Alone, so that one's failure is not another's.
        for request in batch.drain(..) {
            let granted = grant(db, std::slice::from_ref(&request)).await;
            let _ = request.done.send(granted.map(|mut answers| answers.pop().flatten()));
        }
    }
}

async fn grant(db: &Db, batch: &[Request]) -> Result<Vec<Option<Vec<u8>>>, StoreError> {
    let mut tx = db.write().await?;
    let mut answers = Vec::with_capacity(batch.len());
    for Request { wish, .. } in batch {
        answers.push(one(&mut tx, wish).await?);
    }
    tx.commit().await?;
    Ok(answers)
}

async fn one(tx: &mut Tx, wish: &Wish) -> Result<Option<Vec<u8>>, StoreError> {
    Ok(match wish {
        Wish::Lend(person) => Some(log::lease_actor(tx, *person, uuid::Uuid::new_v4().as_bytes(), now()).await?),
        Wish::Resume(person, actor) => log::resume_actor(tx, actor, *person).await?.then(|| actor.clone()),
        Wish::Free(actor) => {
            log::free_actor(tx, actor, now()).await?;
            None
        }
    })
}

//! Where pictures are developed: away from the threads that serve requests, and one at a time, since each takes a core
//! and much memory.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    task::spawn_blocking,
    time::timeout,
};

use super::develop::{Developed, Sides, Unfit, develop};
use crate::domain::Error;

/// Pictures that may be on their way here at once; each may hold [`shared::limits::PICTURE`] bytes.
const ARRIVING: usize = 12;
/// How long a picture waits for its turn before whoever sent it is asked to come back.
const TURN_WAIT: Duration = Duration::from_secs(30);

/// Develops pictures.
#[derive(Clone, Debug)]
pub struct Darkroom {
    arriving: Arc<Semaphore>,
    turn: Arc<Semaphore>,
}

impl Default for Darkroom {
    fn default() -> Self {
        Self { arriving: Arc::new(Semaphore::new(ARRIVING)), turn: Arc::new(Semaphore::new(1)) }
    }
}

impl Darkroom {
    /// A place for a picture that is about to be sent.
    ///
    /// # Errors
    /// [`Error::Busy`] when too many are on their way.
    pub fn place(&self) -> Result<Place, Error> {
        let permit = self.arriving.clone().try_acquire_owned().map_err(|_| Error::Busy)?;
        Ok(Place { turn: self.turn.clone(), _permit: permit })
    }
}

/// A place in the darkroom, for one picture.
#[derive(Debug)]
pub struct Place {
    turn: Arc<Semaphore>,
    _permit: OwnedSemaphorePermit,
}

impl Place {
    /// Develops the picture once it has its turn.
    ///
    /// # Errors
    /// When it is no picture, or one that is too large; [`Error::Busy`] when its turn does not come.
    pub async fn develop(self, bytes: Bytes, sides: Sides) -> Result<Developed, Error> {
        let turn = timeout(TURN_WAIT, self.turn.clone().acquire_owned()).await;
        let turn = turn.map_err(|_| Error::Busy)?.map_err(|_| Error::Busy)?;
        let work = spawn_blocking(move || {
            // Held until the work has ended, even if nobody waits for it any more.
            let _held = (turn, self);
            develop(&bytes, sides)
        });
        match work.await {
            Ok(developed) => developed.map_err(Error::from),
            Err(ended) if ended.is_panic() => {
                tracing::warn!("a picture could not be read: its decoder panicked");
                Err(Unfit::NoPicture.into())
            }
            Err(ended) => Err(Error::Fault(ended.to_string())),
        }
    }
}

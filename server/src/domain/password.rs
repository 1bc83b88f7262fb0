//! Passwords: hashed with Argon2id, away from the threads that serve requests and a few at a time.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use argon2::{
    Algorithm, Argon2, Params, PasswordHash, PasswordHasher as _, PasswordVerifier as _, Version,
    password_hash::SaltString,
};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    task::spawn_blocking,
    time::timeout,
};

use super::{Error, secret::Secret};

/// How long somebody waits for their turn before being asked to come back.
const TURN_WAIT: Duration = Duration::from_secs(10);

/// Hashes and verifies passwords.
#[derive(Clone, Debug)]
pub struct Passwords(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    argon2: Argon2<'static>,
    /// Verified in place of the password of an account that does not exist, so that the work is the same.
    nobodys: String,
    turns: Arc<Semaphore>,
    done: AtomicU64,
}

/// The turn to hash: only as many at once as there are cores, since each takes a core and much memory.
#[derive(Debug)]
pub struct Turn {
    inner: Arc<Inner>,
    // Shared with the work under way: a request that is given up does not make room before its work has ended.
    permit: Arc<OwnedSemaphorePermit>,
}

impl Passwords {
    /// A hasher that takes `memory` KiB and goes over it `passes` times.
    ///
    /// # Errors
    /// When Argon2 does not accept these numbers.
    pub fn new(memory: u32, passes: u32) -> Result<Self, Error> {
        let params = Params::new(memory, passes, 1, None).map_err(fault)?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let nobodys = hash(&argon2, Secret::new()?.expose())?;
        let cores = std::thread::available_parallelism().map_or(1, Into::into);
        Ok(Self(Arc::new(Inner { argon2, nobodys, turns: Arc::new(Semaphore::new(cores)), done: AtomicU64::new(0) })))
    }

    /// Waits for a turn.
    ///
    /// # Errors
    /// [`Error::Busy`] when it takes too long.
    pub async fn turn(&self) -> Result<Turn, Error> {
        let permit = timeout(TURN_WAIT, self.0.turns.clone().acquire_owned()).await;
        let permit = permit.map_err(|_| Error::Busy)?.map_err(|_| Error::Busy)?;
        Ok(Turn { inner: self.0.clone(), permit: Arc::new(permit) })
    }

    /// How many passwords were hashed or verified so far.
    #[must_use]
    pub fn done(&self) -> u64 {
        self.0.done.load(Ordering::Relaxed)
    }
}

impl Turn {
    /// The hash to store of a new password.
    ///
    /// # Errors
    /// When hashing fails.
    pub async fn hash(&self, password: String) -> Result<String, Error> {
        self.work(move |inner| hash(&inner.argon2, &password)).await
    }

    /// Whether `password` is the one that was stored as `hash`. Without a hash it is not, after the same work.
    ///
    /// # Errors
    /// When what was stored is no hash.
    pub async fn verify(&self, password: String, stored: Option<String>) -> Result<bool, Error> {
        self.work(move |inner| {
            let hash = PasswordHash::new(stored.as_deref().unwrap_or(&inner.nobodys)).map_err(fault)?;
            let right = inner.argon2.verify_password(password.as_bytes(), &hash).is_ok();
            Ok(right && stored.is_some())
        })
        .await
    }

    /// Whether what was stored was made with other numbers than those configured now.
    ///
    /// # Errors
    /// When what was stored is no hash.
    pub fn is_outdated(&self, stored: &str) -> Result<bool, Error> {
        let params = Params::try_from(&PasswordHash::new(stored).map_err(fault)?).map_err(fault)?;
        let now = self.inner.argon2.params();
        Ok((params.m_cost(), params.t_cost()) != (now.m_cost(), now.t_cost()))
    }

    async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Inner) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let (inner, permit) = (self.inner.clone(), self.permit.clone());
        spawn_blocking(move || {
            let result = work(&inner);
            inner.done.fetch_add(1, Ordering::Relaxed);
            drop(permit);
            result
        })
        .await
        .map_err(fault)?
    }
}

fn hash(argon2: &Argon2<'_>, password: &str) -> Result<String, Error> {
    let mut salt = [0; 16];
    getrandom::fill(&mut salt).map_err(fault)?;
    let salt = SaltString::encode_b64(&salt).map_err(fault)?;
    Ok(argon2.hash_password(password.as_bytes(), &salt).map_err(fault)?.to_string())
}

fn fault(error: impl std::fmt::Display) -> Error {
    Error::Fault(format!("a password could not be hashed: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_opens_only_its_own_account() {
        let passwords = Passwords::new(8, 1).expect("a hasher");
        let turn = passwords.turn().await.expect("a turn");
        let stored = turn.hash("correct horse".into()).await.expect("a hash");
        assert!(stored.starts_with("$argon2id$v=19$m=8,t=1,p=1$"), "{stored}");
        assert!(turn.verify("correct horse".into(), Some(stored.clone())).await.expect("verified"));
        assert!(!turn.verify("correct horsf".into(), Some(stored)).await.expect("verified"));
        assert!(!turn.verify("correct horse".into(), None).await.expect("verified"));
        assert_eq!(passwords.done(), 4, "nobody's password costs as much as anybody's");
    }

    #[tokio::test]
    async fn a_hash_made_with_other_numbers_still_opens_and_is_known_as_such() {
        let before = Passwords::new(8, 1).expect("a hasher").turn().await.expect("a turn");
        let after = Passwords::new(16, 2).expect("a hasher").turn().await.expect("a turn");
        let stored = before.hash("correct horse".into()).await.expect("a hash");
        assert!(after.verify("correct horse".into(), Some(stored.clone())).await.expect("verified"));
        assert!(after.is_outdated(&stored).expect("a hash"));
        assert!(!before.is_outdated(&stored).expect("a hash"));
    }
}

//! How often signing in may fail: [`FAILURES`] times within [`WINDOW`] for an account, and as often for an address.
//!
//! `governor` does not fit here: it counts what is asked, and here only what failed counts, which is known later.
//! The counters are this node's own. An account that does not exist is counted like any other.

use std::{
    collections::HashMap,
    hash::Hash,
    net::IpAddr,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use super::Error;

/// As many failures are answered as failures; further attempts are not looked at.
pub const FAILURES: u32 = 5;
/// Counted from the first failure.
pub const WINDOW: Duration = Duration::from_secs(5 * 60);
/// Above this, what has run out is removed first.
const KEPT: usize = 10_000;

/// The counters.
#[derive(Debug, Default)]
pub struct Attempts {
    accounts: Counters<String>,
    addresses: Counters<IpAddr>,
}

#[derive(Debug)]
struct Counters<K>(Mutex<HashMap<K, Counter>>);

#[derive(Clone, Copy, Debug)]
struct Counter {
    first: Instant,
    failures: u32,
}

impl Attempts {
    /// Asks whether another attempt may be made.
    ///
    /// # Errors
    /// [`Error::TooMany`], with the longer of the two waits.
    pub fn check(&self, email: &str, address: IpAddr) -> Result<(), Error> {
        let now = Instant::now();
        let waits = [self.accounts.wait(&email.to_owned(), now), self.addresses.wait(&address, now)];
        match waits.into_iter().flatten().max() {
            None => Ok(()),
            Some(retry_after) => Err(Error::TooMany { retry_after }),
        }
    }

    /// Counts a failure.
    pub fn failed(&self, email: &str, address: IpAddr) {
        let now = Instant::now();
        self.accounts.count(email.to_owned(), now);
        self.addresses.count(address, now);
    }

    /// Starts the account afresh. The address is not: its owner may be signing in to their own account in between.
    pub fn succeeded(&self, email: &str) {
        self.accounts.forget(&email.to_owned());
    }
}

impl<K> Default for Counters<K> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Eq + Hash> Counters<K> {
    fn wait(&self, key: &K, now: Instant) -> Option<Duration> {
        let counters = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let counter = counters.get(key).filter(|counter| counter.failures >= FAILURES)?;
        WINDOW.checked_sub(now.saturating_duration_since(counter.first)).filter(|wait| !wait.is_zero())
    }

    fn count(&self, key: K, now: Instant) {
        let mut counters = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let runs = |counter: &Counter| now.saturating_duration_since(counter.first) < WINDOW;
        if counters.len() >= KEPT {
            counters.retain(|_, counter| runs(counter));
        }
        let counter = counters.entry(key).or_insert(Counter { first: now, failures: 0 });
        if !runs(counter) {
            *counter = Counter { first: now, failures: 0 };
        }
        counter.failures += 1;
    }

    fn forget(&self, key: &K) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sixth_attempt_waits_and_the_window_passes() {
        let counters = Counters::default();
        let start = Instant::now();
        for n in 0..FAILURES {
            assert_eq!(counters.wait(&"marie", start), None);
            counters.count("marie", start + Duration::from_secs(n.into()));
        }
        assert_eq!(counters.wait(&"marie", start + Duration::from_secs(60)), Some(WINDOW - Duration::from_secs(60)));
        assert_eq!(counters.wait(&"paul", start), None);
        assert_eq!(counters.wait(&"marie", start + WINDOW), None);
        counters.count("marie", start + WINDOW);
        assert_eq!(counters.wait(&"marie", start + WINDOW), None, "one failure of a new window");
    }

    #[test]
    fn an_account_is_stopped_from_everywhere_and_an_address_for_every_account() {
        let attempts = Attempts::default();
        let address = |n: u8| IpAddr::from([192, 0, 2, n]);
        for n in 0..5 {
            attempts.failed("marie@example.org", address(n));
        }
        assert!(attempts.check("marie@example.org", address(9)).is_err());
        assert!(attempts.check("paul@example.org", address(0)).is_ok());
        attempts.succeeded("marie@example.org");
        assert!(attempts.check("marie@example.org", address(9)).is_ok());
        for n in 0..5 {
            attempts.failed(&format!("{n}@example.org"), address(7));
        }
        attempts.succeeded("0@example.org");
        assert!(attempts.check("paul@example.org", address(7)).is_err());
    }
}

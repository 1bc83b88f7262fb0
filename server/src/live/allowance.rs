//! How much of one connection is read: as much as it may say, and the rest later. Nothing is dropped; whoever says more
//! finds that the network takes it no faster.

use std::time::Duration;

use tokio::time::Instant;

use crate::config::LiveLimits;

/// Bytes of a message that count as one more.
const LARGE: usize = 16 * 1024;
/// Reading pauses once this much more was said than allowed, so that not every message costs a timer.
const OVERDRAFT: f64 = 0.02;
/// Whoever has saved up this many seconds of what may be said is not flooding.
const QUIET: f64 = 0.5;

/// What a message asks of the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// It is looked at and put aside, such as a caret that a stock peer passes on.
    Light,
    /// It is for one document.
    Usual,
    /// It goes to everybody in the room at once.
    Spread,
}

/// What one connection may still say.
#[derive(Debug)]
pub struct Allowance {
    rate: f64,
    burst: f64,
    flood: Duration,
    left: f64,
    counted: Instant,
    /// Nothing is read before.
    until: Option<Instant>,
    /// Since when it has been saying more than it may.
    over: Option<Instant>,
}

/// What a message led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Charge {
    /// The next may be read at once.
    Within,
    /// The next is read a little later.
    Later,
    /// It has gone on for too long.
    Flood,
}

impl Allowance {
    /// What a connection may say from `now` on.
    #[must_use]
    pub fn new(limits: &LiveLimits, now: Instant) -> Self {
        let burst = f64::from(limits.burst);
        Self {
            rate: f64::from(limits.messages),
            burst,
            flood: limits.flood(),
            left: burst,
            counted: now,
            until: None,
            over: None,
        }
    }

    /// Counts a message of so many bytes.
    pub fn charge(&mut self, weight: Weight, bytes: usize, now: Instant) -> Charge {
        let weight = match weight {
            Weight::Light => 0.25,
            Weight::Usual => 1.0,
            Weight::Spread => 4.0,
        };
        #[allow(clippy::cast_precision_loss, reason = "a frame is not that long")]
        let cost = weight + (bytes / LARGE) as f64;
        let gained = (now - self.counted).as_secs_f64() * self.rate;
        self.counted = now;
        self.left = (self.left + gained).min(self.burst) - cost;
        if self.left >= self.rate * QUIET || self.left >= self.burst * QUIET {
            self.over = None;
        }
        if self.left >= -self.rate * OVERDRAFT {
            self.until = None;
            return Charge::Within;
        }
        let since = *self.over.get_or_insert(now);
        self.until = Some(now + Duration::from_secs_f64(-self.left / self.rate));
        if now - since > self.flood { Charge::Flood } else { Charge::Later }
    }

    /// When the next message may be read; at once, if nothing.
    #[must_use]
    pub fn until(&self) -> Option<Instant> {
        self.until
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits() -> LiveLimits {
        LiveLimits { messages: 100, burst: 200, flood_seconds: 10, ..LiveLimits::default() }
    }

    /// Reads what a peer that always has something to say says in so many seconds.
    fn flooded(seconds: u64) -> (u32, Option<Duration>) {
        let start = Instant::now();
        let mut allowance = Allowance::new(&limits(), start);
        let (mut now, mut read) = (start, 0);
        while now < start + Duration::from_secs(seconds) {
            read += 1;
            if allowance.charge(Weight::Usual, 100, now) == Charge::Flood {
                return (read, Some(now - start));
            }
            now = allowance.until().unwrap_or(now);
        }
        (read, None)
    }

    #[test]
    fn a_flood_is_read_as_fast_as_allowed_and_ends_after_a_while() {
        let (read, ended) = flooded(5);
        assert!((690..=710).contains(&read), "{read}");
        assert_eq!(ended, None);
        let (_, ended) = flooded(30);
        assert!(ended.is_some_and(|at| (10..14).contains(&at.as_secs())), "{ended:?}");
    }

    #[test]
    fn who_says_less_than_allowed_is_never_kept_waiting() {
        let start = Instant::now();
        let mut allowance = Allowance::new(&limits(), start);
        for at in 0..10_000 {
            let now = start + Duration::from_millis(at * 11);
            assert_eq!(allowance.charge(Weight::Usual, 200, now), Charge::Within);
        }
        // Nor is a burst after that.
        let now = start + Duration::from_secs(200);
        assert!((0..200).all(|_| allowance.charge(Weight::Usual, 200, now) == Charge::Within));
    }

    #[test]
    fn a_pause_now_and_then_is_no_flood() {
        let start = Instant::now();
        let mut allowance = Allowance::new(&limits(), start);
        for second in 0..60 {
            let now = start + Duration::from_secs(second * 4);
            let mut last = Charge::Within;
            for _ in 0..300 {
                last = allowance.charge(Weight::Usual, 0, now);
            }
            assert_eq!(last, Charge::Later);
        }
    }

    #[test]
    fn what_is_large_or_spread_counts_for_more() {
        let start = Instant::now();
        let mut allowance = Allowance::new(&limits(), start);
        assert_eq!(allowance.charge(Weight::Usual, 1 << 20, start), Charge::Within);
        assert!((allowance.left - 135.0).abs() < 1e-9);
        for _ in 0..34 {
            assert_eq!(allowance.charge(Weight::Spread, 0, start), Charge::Within);
        }
        assert_eq!(allowance.charge(Weight::Spread, 0, start), Charge::Later);
    }
}

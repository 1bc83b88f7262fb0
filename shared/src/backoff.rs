//! How long to wait before trying again what did not get through.

use std::time::Duration;

/// The shortest wait, in milliseconds.
const SHORTEST: u32 = 500;
/// The longest.
const LONGEST: u32 = 30_000;

/// The wait after so many attempts in a row: twice as long each time, and half of it by `chance`, which is from 0 to 1, so
/// that those who lost one server do not all come back at once.
#[must_use]
pub fn wait(attempts: u32, chance: f64) -> Duration {
    let wait = SHORTEST.saturating_mul(1 << attempts.min(10)).min(LONGEST);
    Duration::from_millis(wait.into()).mul_f64(0.5 + chance.clamp(0.0, 1.0) / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_grows_and_ends() {
        let longest: Vec<u64> =
            (0..8).map(|attempts| u64::try_from(wait(attempts, 1.0).as_millis()).expect("it is short")).collect();
        assert_eq!(longest, [500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
        for attempts in [0, 3, 40, u32::MAX] {
            assert_eq!(wait(attempts, 0.0) * 2, wait(attempts, 1.0));
        }
    }
}

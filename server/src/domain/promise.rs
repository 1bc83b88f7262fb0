//! The time within which a board answers: until when, whatever the clocks of the place are set to meanwhile.
//!
//! Days are those of the workspace's time zone. An idea proposed on a day is answered in time until the end of the day that
//! is so many days later. Time during which its author was asked something does not count: as long as it lasted, the moment
//! from which one counts lies later.

use jiff::{Timestamp, ToSpan as _, tz::TimeZone};
use shared::api::Millis;

/// Until when an answer is promised, and when half of the time is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Due {
    /// When half of the time is over.
    pub half_at: Millis,
    /// The last moment in time.
    pub due_at: Millis,
}

/// Until when an idea whose clock runs since `clock_at` and stood still for `paused` is answered in time, where that is
/// promised within so many days. Nothing beyond the years that a calendar knows.
#[must_use]
pub fn due(clock_at: Millis, paused: Millis, days: u32, zone: &TimeZone) -> Option<Due> {
    let from = Timestamp::from_millisecond(clock_at.checked_add(paused)?).ok()?;
    let after = zone.to_datetime(from).date().checked_add((i64::from(days) + 1).days()).ok()?;
    // Where the clocks are set forward at midnight, the day begins when they were.
    let begins = zone.to_timestamp(after.to_datetime(jiff::civil::Time::midnight())).ok()?;
    let due_at = begins.as_millisecond() - 1;
    let from = from.as_millisecond();
    Some(Due { half_at: from + (due_at - from) / 2, due_at })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zone(name: &str) -> TimeZone {
        TimeZone::get(name).expect("a time zone")
    }

    fn at(text: &str) -> Millis {
        text.parse::<Timestamp>().expect("a moment").as_millisecond()
    }

    fn until(from: &str, paused: Millis, days: u32, name: &str) -> String {
        let due = due(at(from), paused, days, &zone(name)).expect("a day");
        Timestamp::from_millisecond(due.due_at + 1).expect("a moment").to_string()
    }

    const HOUR: Millis = 3_600_000;

    #[test]
    fn the_last_day_counts_to_its_end_where_the_company_is() {
        // Half past eleven in the evening in Paris is still that day; in Tokyo the next has begun.
        assert_eq!(until("2026-11-20T22:30:00Z", 0, 7, "Europe/Paris"), "2026-11-27T23:00:00Z");
        assert_eq!(until("2026-11-20T22:30:00Z", 0, 7, "Asia/Tokyo"), "2026-11-28T15:00:00Z");
        assert_eq!(until("2026-11-20T22:30:00Z", 0, 7, "America/Los_Angeles"), "2026-11-28T08:00:00Z");
        assert_eq!(until("2026-11-20T22:30:00Z", 0, 7, "UTC"), "2026-11-28T00:00:00Z");
    }

    #[test]
    fn clocks_set_forward_or_back_make_no_day_longer_or_shorter() {
        // In Paris summer time ends on 25 October 2026 and begins on 28 March 2027.
        assert_eq!(until("2026-10-23T08:00:00Z", 0, 3, "Europe/Paris"), "2026-10-26T23:00:00Z");
        assert_eq!(until("2027-03-26T08:00:00Z", 0, 3, "Europe/Paris"), "2027-03-29T22:00:00Z");
        // On the very days on which that happens.
        assert_eq!(until("2026-10-24T23:30:00Z", 0, 0, "Europe/Paris"), "2026-10-25T23:00:00Z");
        assert_eq!(until("2027-03-28T00:30:00Z", 0, 0, "Europe/Paris"), "2027-03-28T22:00:00Z");
        // In Beirut they are set forward at midnight: 28 March 2027 begins at one.
        assert_eq!(until("2027-03-26T10:00:00Z", 0, 1, "Asia/Beirut"), "2027-03-27T22:00:00Z");
    }

    #[test]
    fn what_the_author_was_asked_takes_no_time() {
        let without = until("2026-11-20T09:00:00Z", 0, 5, "Europe/Paris");
        assert_eq!(until("2026-11-20T09:00:00Z", 2 * HOUR, 5, "Europe/Paris"), without, "the same day still");
        assert_eq!(until("2026-11-20T09:00:00Z", 14 * HOUR, 5, "Europe/Paris"), "2026-11-26T23:00:00Z");
        assert_eq!(until("2026-11-20T09:00:00Z", 72 * HOUR, 5, "Europe/Paris"), "2026-11-28T23:00:00Z");
        // A pause over the night on which the clocks are set back: seven hours that pass are seven hours.
        assert_eq!(until("2026-10-24T18:00:00Z", 4 * HOUR, 1, "Europe/Paris"), "2026-10-26T23:00:00Z");
    }

    #[test]
    fn half_of_the_time_lies_in_the_middle() {
        let Due { half_at, due_at } = due(at("2026-11-20T09:00:00Z"), 0, 7, &zone("Europe/Paris")).expect("a day");
        assert_eq!(half_at - at("2026-11-20T09:00:00Z"), (due_at - at("2026-11-20T09:00:00Z")) / 2);
        assert_eq!(due(Millis::MAX, 1, 7, &TimeZone::UTC), None);
        assert_eq!(due(at("9999-12-30T00:00:00Z"), 0, 365, &TimeZone::UTC), None);
    }
}

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

/// How long a clock that began at `since` stood still while a question waited for its reply, and since when it does now.
/// Questions are told by when they were asked and settled, in the order in which they were asked; what waited at the same
/// time as another counts once, and nothing counts that was asked after the answer, or before the clock began.
#[must_use]
pub fn paused(
    questions: &[(Millis, Option<Millis>)],
    since: Millis,
    answered_at: Option<Millis>,
) -> (Millis, Option<Millis>) {
    let end = answered_at.unwrap_or(Millis::MAX);
    let (mut total, mut reached) = (0, since);
    for (asked, settled) in questions {
        let from = (*asked).max(reached);
        if from >= end {
            break;
        }
        let Some(settled) = settled else { return (total, Some(from)) };
        let to = (*settled).min(end);
        if to > from {
            total += to - from;
            reached = to;
        }
    }
    (total, None)
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

    #[test]
    fn what_waited_at_the_same_time_counts_once() {
        assert_eq!(paused(&[], 10, None), (0, None));
        assert_eq!(paused(&[(20, Some(30)), (40, Some(45))], 10, None), (15, None));
        assert_eq!(paused(&[(20, Some(50)), (30, Some(40)), (45, Some(60))], 10, None), (40, None));
        assert_eq!(paused(&[(20, Some(30)), (25, None)], 10, None), (10, Some(30)));
        assert_eq!(paused(&[(20, None), (25, Some(90))], 10, None), (0, Some(20)));
        assert_eq!(paused(&[(5, Some(15)), (12, None)], 10, None), (5, Some(15)), "before the clock began");
        assert_eq!(
            paused(&[(20, Some(90)), (95, None)], 10, Some(40)),
            (20, None),
            "until the answer, and not after it"
        );
        assert_eq!(paused(&[(20, None)], 10, Some(40)), (0, Some(20)));
    }
}

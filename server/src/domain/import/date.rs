//! The forms of ISO 8601 in which files say when something was.

use shared::{api::Millis, calendar};

/// A date; a date and a time, with `T` or a space between; with or without seconds, parts of them, and `Z` or the
/// offset from UTC. Nothing for anything else, days that no calendar has included.
#[must_use]
pub fn read(text: &str) -> Option<Millis> {
    let (date, time) = match text.split_once(['T', 't', ' ']) {
        Some((date, time)) => (date, Some(time)),
        None => (text, None),
    };
    let day = match date.split('-').collect::<Vec<_>>()[..] {
        [year, month, day] => calendar::day(digits(year, 4)?, digits(month, 2)?, digits(day, 2)?)?,
        _ => return None,
    };
    Some(day + time.map_or(Some(0), time_of_day)?)
}

/// Milliseconds since midnight UTC.
fn time_of_day(text: &str) -> Option<Millis> {
    let (clock, offset) = match text.find(['Z', 'z', '+', '-']) {
        Some(at) => (text[..at].trim_end(), offset(&text[at..])?),
        None => (text, 0),
    };
    let (clock, parts) = clock.split_once('.').unwrap_or((clock, "0"));
    if !parts.bytes().all(|byte| byte.is_ascii_digit()) || parts.is_empty() {
        return None;
    }
    let parts: Millis = format!("{parts:0<3}").get(..3)?.parse().ok()?;
    let fields: Vec<i64> = clock.split(':').map(|field| digits(field, 2)).collect::<Option<_>>()?;
    let (hour, minute, second) = match fields[..] {
        [hour, minute] => (hour, minute, 0),
        [hour, minute, second] => (hour, minute, second),
        _ => return None,
    };
    // 60: a leap second, which counts as the first of the next minute.
    let well = hour < 24 && minute < 60 && second <= 60;
    well.then_some(((hour * 60 + minute) * 60 + second) * 1000 + parts - offset)
}

/// `Z`, `+02`, `+0200` or `+02:00` in milliseconds.
fn offset(text: &str) -> Option<Millis> {
    if text.eq_ignore_ascii_case("z") {
        return Some(0);
    }
    let (sign, rest) = (if text.starts_with('-') { -1 } else { 1 }, text.get(1..)?.replace(':', ""));
    let (hours, minutes) = match rest.len() {
        2 => (digits(&rest, 2)?, 0),
        4 => (digits(rest.get(..2)?, 2)?, digits(rest.get(2..)?, 2)?),
        _ => return None,
    };
    (hours <= 18 && minutes < 60).then_some(sign * (hours * 60 + minutes) * 60_000)
}

/// A number of exactly so many digits.
fn digits(text: &str, count: usize) -> Option<i64> {
    (text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn a_time_is_read_in_each_of_its_forms() {
        for (text, at) in [
            ("1970-01-01", 0),
            ("2015-12-25T02:35:06", 1_451_010_906_000),
            ("2015-12-25T02:35:06Z", 1_451_010_906_000),
            ("2015-12-25 02:35:06.25", 1_451_010_906_250),
            ("2015-12-25 02:35:06.123456 +00:00", 1_451_010_906_123),
            ("2015-12-25T04:35:06+02:00", 1_451_010_906_000),
            ("2015-12-24T21:35-0500", 1_451_010_900_000),
            ("2024-02-29", 1_709_164_800_000),
        ] {
            assert_eq!(read(text), Some(at), "{text}");
        }
    }

    #[test]
    fn what_is_no_time_is_none() {
        for text in [
            "",
            "yesterday",
            "2015",
            "2015-13-01",
            "2015-02-29",
            "25/12/2015",
            "2015-12-25T",
            "2015-12-25T24:00",
            "2015-12-25T10",
            "2015-12-25T10:00+",
            "2015-12-25T10:00:00.",
            "2015-12-25T10:00:00+2",
            "２０１５-12-25",
            "2015-12-25T10:00:00.x",
            "-2015-12-25",
            "2015-1-5",
            "2015-12-25é",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}

//! Dates: relative while fresh, then the day. The same text on the server and at first in the browser, because both count
//! from the moment the page was drawn.

use leptos::prelude::*;
use leptos_i18n::td_string;
use shared::{
    api::Millis,
    calendar::{DAY, civil},
};

use crate::{
    i18n::{Locale, t_string, use_i18n},
    visit::here,
    words::Texts,
};

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
/// Within so many milliseconds a day needs no year.
const THIS_YEAR: i64 = 300 * DAY;

/// A time as machines read it: `2026-11-22T07:30:00Z`.
fn iso(at: Millis) -> String {
    let (year, month, day) = civil(at);
    let seconds = at.rem_euclid(DAY) / 1_000;
    format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z", seconds / 3_600, seconds / 60 % 60, seconds % 60)
}

/// A day in words, with its year where that needs to be said.
pub fn day(i18n: Texts, at: Millis, now: Millis) -> String {
    if (now - at).abs() < THIS_YEAR { day_of_year(i18n, at) } else { whole_day(i18n, at) }
}

fn whole_day(i18n: Texts, at: Millis) -> String {
    let (year, ..) = civil(at);
    format!("{} {year}", day_of_year(i18n, at))
}

fn day_of_year(i18n: Texts, at: Millis) -> String {
    day_in(i18n.get_locale(), at)
}

/// A day without its year, in a language.
pub fn day_in(language: Locale, at: Millis) -> String {
    let (_, month, day) = civil(at);
    let name = td_string!(language, time.months).split(' ').nth(month - 1).unwrap_or_default();
    match (language, day) {
        (Locale::fr, 1) => format!("1er {name}"),
        _ => format!("{day} {name}"),
    }
}

/// How long ago, or in how long, in words.
pub fn relative(i18n: Texts, at: Millis, now: Millis) -> String {
    // What was just done may be later than the minute the page counts from.
    if at > now && at - now < 2 * MINUTE {
        return t_string!(i18n, time.now).to_owned();
    }
    let past = at <= now;
    let span = (now - at).abs();
    let (minutes, hours, days) = (span / MINUTE, span / HOUR, (span + HOUR) / DAY);
    match (past, minutes, hours, days) {
        (_, 0, ..) => t_string!(i18n, time.now).to_owned(),
        (true, n, 0, _) => t_string!(i18n, time.minutes_ago, n = n),
        (false, n, 0, _) => t_string!(i18n, time.in_minutes, n = n),
        (true, _, n, 0) => t_string!(i18n, time.hours_ago, n = n),
        (false, _, n, 0) => t_string!(i18n, time.in_hours, n = n),
        (true, .., 1) => t_string!(i18n, time.yesterday).to_owned(),
        (false, .., 1) => t_string!(i18n, time.tomorrow).to_owned(),
        (true, .., n) if n < 8 => t_string!(i18n, time.days_ago, n = n),
        (false, .., n) if n < 31 => t_string!(i18n, time.in_days, n = n),
        _ => t_string!(i18n, time.on, date = day(i18n, at, now)),
    }
}

/// A length of time in words, in its largest unit.
pub fn span(i18n: Texts, span: Millis) -> String {
    match (span / DAY, span / HOUR, span / MINUTE) {
        (0, 0, n) => t_string!(i18n, time.minutes, n = n.max(1)),
        (0, n, _) => t_string!(i18n, time.hours, n = n),
        (1, ..) => t_string!(i18n, time.day).to_owned(),
        (n, ..) => t_string!(i18n, time.days, n = n),
    }
}

/// How long ago, as an element that keeps itself true.
pub fn ago(at: Millis) -> AnyView {
    let i18n = use_i18n();
    let here = here();
    view! {
        <time datetime=iso(at) title=move || whole_day(i18n, at)>
            {move || relative(i18n, at, here.now.get())}
        </time>
    }
    .into_any()
}

/// Moves the time that relative dates count from, once a minute.
#[cfg(feature = "hydrate")]
pub fn keep_time(here: crate::visit::Here) {
    #[allow(clippy::cast_possible_truncation, reason = "milliseconds since 1970 fit for 285,000 years")]
    let tick = move || here.now.set(js_sys::Date::now() as Millis);
    Effect::new(move || {
        tick();
        set_interval(tick, std::time::Duration::from_secs(60));
    });
}

#[cfg(test)]
mod tests {
    use super::{civil, iso};

    #[test]
    fn days_are_those_of_the_calendar() {
        assert_eq!(civil(0), (1970, 1, 1));
        assert_eq!(civil(951_782_400_000), (2000, 2, 29));
        assert_eq!(civil(1_795_305_600_000), (2026, 11, 22));
        assert_eq!(civil(-1), (1969, 12, 31));
        assert_eq!(iso(1_795_332_661_000), "2026-11-22T07:31:01Z");
    }
}

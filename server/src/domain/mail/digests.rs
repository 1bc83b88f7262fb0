//! Digests: at eight in the morning where the workspace is, each day or each Monday, and only where something happened.

use jiff::{Timestamp, ToSpan as _, civil::Weekday, tz::TimeZone};
use shared::{
    PersonId,
    api::{Digest, Millis, PersonView},
};

use super::{Delivery, zone};
use crate::{
    domain::access,
    store::{
        Db, StoreError, Tx,
        inbox::{self, Period},
        mail::{self, choices},
        people,
    },
};

/// The hour at which they are sent.
const HOUR: i8 = 8;
/// A digest looks back no further: what is older, somebody meets in the inbox.
const BACK: Millis = 31 * 24 * 60 * 60 * 1000;
/// What somebody was told at the last moment is stored by so much later.
const SETTLED: Millis = 60_000;

/// Queues the digests that are due. Answers how many.
///
/// # Errors
/// When the database fails.
pub async fn queue_due(db: &Db, delivery: Delivery, now: Millis) -> Result<u32, StoreError> {
    let zone = zone(&mut db.read().await?).await?;
    let mut queued = 0;
    for every in [Digest::Daily, Digest::Weekly] {
        let Some(until) = last(every, now - SETTLED, &zone) else { continue };
        while let Some(any) = queue_next(db, delivery, every, until, now).await? {
            queued += u32::from(any == News::Some);
        }
    }
    Ok(queued)
}

/// Whether something happened that a person is to be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum News {
    Some,
    None,
}

/// Queues the digest of the next person who is due, if there is anything to tell them. Nothing when nobody is.
async fn queue_next(
    db: &Db,
    delivery: Delivery,
    every: Digest,
    until: Millis,
    now: Millis,
) -> Result<Option<News>, StoreError> {
    if !choices::is_any_due(&mut db.read().await?, every, until, delivery.addresses()).await? {
        return Ok(None);
    }
    let mut tx = db.write().await?;
    let Some((person, since)) = choices::due(&mut tx, every, until, delivery.addresses()).await? else {
        return Ok(None);
    };
    let within = Period { since: since.max(until - BACK), until };
    choices::told_until(&mut tx, person, until).await?;
    let who = somebody(&mut tx, person).await?;
    let sight = access::sight(Some(&who));
    let news = if inbox::news(&mut tx, &sight, within, 1).await?.is_empty() { News::None } else { News::Some };
    if news == News::Some {
        mail::digest(&mut tx, person, within, now).await?;
    }
    tx.commit().await?;
    Ok(Some(news))
}

async fn somebody(tx: &mut Tx, id: PersonId) -> Result<PersonView, StoreError> {
    people::person(tx, id).await?.ok_or_else(|| StoreError::Corrupt(format!("person {id}")))
}

/// The last moment, at or before another, at which digests of this kind are sent. Where the clocks are set forward over
/// that hour, it is when they were; where it comes twice, the first time counts.
fn last(every: Digest, at: Millis, zone: &TimeZone) -> Option<Millis> {
    let at = Timestamp::from_millisecond(at).ok()?;
    let mut day = zone.to_datetime(at).date();
    loop {
        let sends = match every {
            Digest::Never => return None,
            Digest::Daily => true,
            Digest::Weekly => day.weekday() == Weekday::Monday,
        };
        let moment = zone.to_timestamp(day.at(HOUR, 0, 0, 0)).ok()?;
        if sends && moment <= at {
            return Some(moment.as_millisecond());
        }
        day = day.checked_sub(1.day()).ok()?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Millis {
        text.parse::<Timestamp>().expect("a moment").as_millisecond()
    }

    fn sent(every: Digest, now: &str, zone: &str) -> String {
        let zone = TimeZone::get(zone).expect("a time zone");
        let moment = last(every, at(now), &zone).expect("a moment");
        Timestamp::from_millisecond(moment).expect("a moment").to_string()
    }

    #[test]
    fn a_day_ends_at_eight_where_the_workspace_is() {
        let paris = "Europe/Paris";
        assert_eq!(sent(Digest::Daily, "2026-11-20T06:59:59Z", paris), "2026-11-19T07:00:00Z");
        assert_eq!(sent(Digest::Daily, "2026-11-20T07:00:00Z", paris), "2026-11-20T07:00:00Z");
        assert_eq!(sent(Digest::Daily, "2026-11-20T22:00:00Z", "Asia/Tokyo"), "2026-11-19T23:00:00Z");
        assert_eq!(sent(Digest::Daily, "2026-11-20T23:00:00Z", "Asia/Tokyo"), "2026-11-20T23:00:00Z");
    }

    #[test]
    fn a_week_ends_on_monday() {
        assert_eq!(sent(Digest::Weekly, "2026-11-29T23:00:00Z", "UTC"), "2026-11-23T08:00:00Z");
        assert_eq!(sent(Digest::Weekly, "2026-11-30T07:59:00Z", "UTC"), "2026-11-23T08:00:00Z");
        assert_eq!(sent(Digest::Weekly, "2026-11-30T08:00:00Z", "UTC"), "2026-11-30T08:00:00Z");
        // Monday begins in Tokyo while it is Sunday here.
        assert_eq!(sent(Digest::Weekly, "2026-11-29T23:00:00Z", "Asia/Tokyo"), "2026-11-29T23:00:00Z");
    }

    #[test]
    fn eight_is_eight_when_the_clocks_are_set() {
        let paris = "Europe/Paris";
        // Summer time began on 29 March 2026 and ended on 25 October.
        assert_eq!(sent(Digest::Daily, "2026-03-28T12:00:00Z", paris), "2026-03-28T07:00:00Z");
        assert_eq!(sent(Digest::Daily, "2026-03-29T12:00:00Z", paris), "2026-03-29T06:00:00Z");
        assert_eq!(sent(Digest::Daily, "2026-10-25T12:00:00Z", paris), "2026-10-25T07:00:00Z");
        // Samoa left out 30 December 2011: that day never had an eight o'clock of its own.
        let samoa = "Pacific/Apia";
        let before = sent(Digest::Daily, "2011-12-30T09:00:00Z", samoa);
        let after = sent(Digest::Daily, "2011-12-31T00:00:00Z", samoa);
        assert!(before < after, "{before} {after}");
    }

    #[test]
    fn who_wants_none_is_never_due() {
        assert_eq!(last(Digest::Never, at("2026-11-20T08:00:00Z"), &TimeZone::UTC), None);
    }
}

//! What stands out, for owners to look at: found in the transaction that gives it.

use shared::{
    BoardId, PersonId, RecognitionId, Role,
    api::{FlagKind, Millis},
    calendar::month_of,
};

use crate::store::{
    StoreError, Tx, people,
    recognition::{
        self, Act,
        flags::{self, NewFlag},
    },
};

const DAY: Millis = 24 * 60 * 60 * 1000;
const HOUR: Millis = 60 * 60 * 1000;

/// Points stand out beyond so many times what half of all are given, …
const TIMES_USUAL: u32 = 4;
/// … of the last so many days, …
const USUAL_DAYS: u32 = 90;
/// … once so many were given.
const KNOWN: u32 = 5;
/// Points stand out that are more than this part of what the board gives in a month, in percent.
const SHARE: u32 = 40;
/// The same person by the same moderator stands out the so many-th time …
const PAIR: u32 = 3;
/// … within so many days; and so do two who recognise each other.
const PAIR_DAYS: u32 = 30;
/// So many acts of one moderator within an hour stand out.
const AN_HOUR: u32 = 10;

/// Looks at an act of a board: the first entry for each person, and the points they were given. Points come first.
///
/// # Errors
/// When the database fails.
pub(super) async fn look(
    tx: &mut Tx,
    act: &Act,
    board: BoardId,
    given: &[(RecognitionId, PersonId, u32)],
) -> Result<(), StoreError> {
    let (count, usual) = flags::median(tx, act.id, act.at - Millis::from(USUAL_DAYS) * DAY).await?;
    let (monthly, _) = recognition::budget(tx, board, month_of(act.at)).await?;
    let lately = act.at - Millis::from(PAIR_DAYS) * DAY;
    for (entry, person, points) in given.iter().copied() {
        let mut found = Vec::new();
        if count >= KNOWN && points > usual.saturating_mul(TIMES_USUAL) {
            found.push((FlagKind::Size, points, usual));
        }
        if points > 0 && u64::from(points) * 100 > u64::from(monthly) * u64::from(SHARE) {
            found.push((FlagKind::Share, points, monthly));
        }
        let times = flags::times(tx, act.by, person, lately).await?;
        if times >= PAIR {
            found.push((FlagKind::Pair, times, PAIR_DAYS));
        }
        let moderates = people::person(tx, person).await?.is_some_and(|person| person.role >= Role::Moderator);
        if moderates {
            let back = flags::times(tx, person, act.by, lately).await?;
            if back > 0 {
                found.push((FlagKind::Mutual, back, PAIR_DAYS));
            }
        }
        for (kind, value, usual) in found {
            flags::add(tx, &NewFlag { entry, kind, value, usual }, act.at).await?;
        }
    }
    let acts = flags::acts(tx, act.by, act.at - HOUR).await?;
    if let Some((entry, ..)) = given.first().filter(|_| acts > AN_HOUR) {
        let flag = NewFlag { entry: *entry, kind: FlagKind::Frequency, value: acts, usual: AN_HOUR };
        flags::add(tx, &flag, act.at).await?;
    }
    Ok(())
}

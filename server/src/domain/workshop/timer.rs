//! The timer of a workshop.

use shared::{
    BoardId,
    api::{Millis, PersonView, SetTimer, TimerView, Workshop},
    rules::BoardAct,
};

use super::{LONGEST, seconds, view as workshop};
use crate::{
    domain::{Error, access, now, signed},
    store::{
        Db, StoreError, Tx, canvases,
        timers::{self, Going, Timer},
    },
};

pub(super) async fn view(tx: &mut Tx, board: BoardId) -> Result<Option<TimerView>, StoreError> {
    Ok(timers::of(tx, board).await?.map(|timer| {
        let (ends_at, left) = match timer.going {
            Going::Until(at) => (Some(at), None),
            Going::PausedWith(left) => (None, Some(left)),
        };
        TimerView { seconds: timer.seconds, ends_at, left, by: timer.by }
    }))
}

/// What becomes of a timer, and for how long it counts as set. Nothing: it stays as it is.
fn turned(timer: Option<&Timer>, act: SetTimer, at: Millis) -> Result<Option<(u32, Going)>, Error> {
    let of = |seconds: u32| Millis::from(seconds) * 1000;
    let checked = |wanted: u32| seconds(wanted).map_err(|problem| Error::field("seconds", problem));
    if let SetTimer::Start { seconds } = act {
        let seconds = checked(seconds)?;
        return Ok(Some((seconds, Going::Until(at + of(seconds)))));
    }
    let timer = timer.ok_or(Error::NotFound("timer"))?;
    Ok(match (act, timer.going) {
        (SetTimer::Start { .. }, _) => None,
        // One that is over has nothing left to stop.
        (SetTimer::Pause, Going::Until(end)) if end > at => Some((timer.seconds, Going::PausedWith(end - at))),
        (SetTimer::Resume, Going::PausedWith(left)) => Some((timer.seconds, Going::Until(at + left))),
        (SetTimer::Pause | SetTimer::Resume, _) => None,
        (SetTimer::Extend { seconds }, Going::Until(end)) if end <= at => {
            let seconds = checked(seconds)?;
            Some((seconds, Going::Until(at + of(seconds))))
        }
        (SetTimer::Extend { seconds }, going) => {
            let (more, most) = (checked(seconds)?, of(LONGEST));
            let whole = timer.seconds.saturating_add(more).min(LONGEST);
            Some((
                whole,
                match going {
                    Going::Until(end) => Going::Until((end + of(more)).min(at + most)),
                    Going::PausedWith(left) => Going::PausedWith((left + of(more)).min(most)),
                },
            ))
        }
    })
}

/// Does something with the timer on a board's canvas. To stop what is stopped, or let go on what goes on, changes nothing.
///
/// # Errors
/// When the board is unseen, the person may not, there is no timer, or the time is too short or too long.
pub async fn set_timer(db: &Db, who: Option<&PersonView>, slug: &str, act: SetTimer) -> Result<Workshop, Error> {
    let mut tx = db.write().await?;
    let (board, _) = access::board(&mut tx, who, slug, BoardAct::Facilitate).await?;
    let by = signed(who)?;
    canvases::lock(&mut tx, board.id).await?;
    let timer = timers::of(&mut tx, board.id).await?;
    if let Some((seconds, going)) = turned(timer.as_ref(), act, now())? {
        timers::set(&mut tx, board.id, seconds, going, by.id).await?;
    }
    let after = workshop(&mut tx, who, board.id).await?;
    tx.commit().await?;
    Ok(after)
}

/// Puts the timer on a board's canvas away. A second time changes nothing.
///
/// # Errors
/// When the board is unseen, or the person may not.
pub async fn put_away(db: &Db, who: Option<&PersonView>, slug: &str) -> Result<(), Error> {
    let mut tx = db.write().await?;
    let (board, _) = access::board(&mut tx, who, slug, BoardAct::Facilitate).await?;
    canvases::lock(&mut tx, board.id).await?;
    timers::remove(&mut tx, board.id).await?;
    Ok(tx.commit().await?)
}

#[cfg(test)]
mod tests {
    use shared::{PersonId, Role};

    use super::*;

    fn timer(seconds: u32, going: Going) -> Timer {
        let person = PersonView {
            id: PersonId::new(),
            handle: "zoe".into(),
            name: "Zoé".into(),
            role: Role::Researcher,
            unclaimed: false,
            left: false,
        };
        Timer { seconds, going, by: person }
    }

    fn after(seconds: u32, going: Going, act: SetTimer) -> Option<(u32, Going)> {
        turned(Some(&timer(seconds, going)), act, 100_000).expect("it can be done")
    }

    #[test]
    fn a_timer_stops_goes_on_and_is_given_more() {
        use Going::{PausedWith, Until};
        use SetTimer::{Extend, Pause, Resume, Start};
        for (going, act, expected) in [
            (Until(130_000), Start { seconds: 60 }, Some((60, Until(160_000)))),
            (Until(130_000), Pause, Some((30, PausedWith(30_000)))),
            (Until(130_000), Resume, None),
            (PausedWith(20_000), Pause, None),
            (PausedWith(20_000), Resume, Some((30, Until(120_000)))),
            (Until(130_000), Extend { seconds: 60 }, Some((90, Until(190_000)))),
            (PausedWith(20_000), Extend { seconds: 60 }, Some((90, PausedWith(80_000)))),
            // Over.
            (Until(90_000), Pause, None),
            (Until(90_000), Extend { seconds: 60 }, Some((60, Until(160_000)))),
            // No more than a day is left.
            (Until(130_000), Extend { seconds: LONGEST }, Some((LONGEST, Until(100_000 + i64::from(LONGEST) * 1000)))),
        ] {
            assert_eq!(after(30, going, act), expected, "{going:?} {act:?}");
        }
        for act in [Start { seconds: 4 }, Start { seconds: LONGEST + 1 }, Extend { seconds: 0 }] {
            let refused = turned(Some(&timer(30, Until(130_000))), act, 100_000);
            assert!(matches!(refused, Err(Error::Invalid(fields)) if fields.contains_key("seconds")), "{act:?}");
        }
        assert!(matches!(turned(None, Pause, 0), Err(Error::NotFound("timer"))));
    }
}

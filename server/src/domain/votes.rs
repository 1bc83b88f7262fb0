//! Wanting an idea, and being told what becomes of it.

use shared::{
    api::{IdeaFacts, Millis, PersonView, VoteView},
    rules::BoardAct,
};

use super::{Error, access, ideas, now, signed};
use crate::store::{Db, Tx, boards, ideas::InBoard, votes};

/// Counts a person's vote; a second time changes nothing. Who votes follows the idea, unless they said not to.
///
/// # Errors
/// When the idea is unseen, nobody is signed in, or they have no vote left on the board this month.
pub async fn vote(db: &Db, who: Option<&PersonView>, number: u32) -> Result<(VoteView, IdeaFacts), Error> {
    let mut tx = db.write().await?;
    let (place, _) = access::idea(&mut tx, who, number, BoardAct::Vote).await?;
    let who = signed(who)?;
    let at = now();
    let before = left(&mut tx, who, &place, at).await?;
    if votes::add(&mut tx, place.idea, who.id, at).await? {
        if before == Some(0) {
            return Err(Error::NoVotesLeft);
        }
        votes::take_part(&mut tx, place.idea, who.id, at).await?;
    }
    told(tx, who, &place, true, at).await
}

/// Takes a person's vote back; a second time changes nothing.
///
/// # Errors
/// When the idea is unseen or nobody is signed in.
pub async fn withdraw(db: &Db, who: Option<&PersonView>, number: u32) -> Result<(VoteView, IdeaFacts), Error> {
    let mut tx = db.write().await?;
    let (place, _) = access::idea(&mut tx, who, number, BoardAct::Vote).await?;
    let who = signed(who)?;
    votes::remove(&mut tx, place.idea, who.id).await?;
    told(tx, who, &place, false, now()).await
}

async fn told(
    mut tx: Tx,
    who: &PersonView,
    place: &InBoard,
    voted: bool,
    at: Millis,
) -> Result<(VoteView, IdeaFacts), Error> {
    let left = left(&mut tx, who, place, at).await?;
    let facts = ideas::facts(&mut tx, place.number).await?;
    tx.commit().await?;
    Ok((VoteView { votes: facts.votes, voted, left }, facts))
}

/// How many votes a person has left on the board this month; nothing where there is no limit.
async fn left(tx: &mut Tx, who: &PersonView, place: &InBoard, at: Millis) -> Result<Option<u32>, Error> {
    let Some(limit) = boards::votes_per_month(tx, place.board).await? else { return Ok(None) };
    let given = votes::given(tx, who.id, place.board, month_of(at)).await?;
    Ok(Some(limit.saturating_sub(given)))
}

/// Lets somebody follow an idea, or no longer. A second time changes nothing.
///
/// # Errors
/// When the idea is unseen or nobody is signed in.
pub async fn follow(db: &Db, who: Option<&PersonView>, number: u32, wanted: Following) -> Result<(), Error> {
    let mut tx = db.write().await?;
    let (place, _) = access::idea(&mut tx, who, number, BoardAct::Follow).await?;
    let at = now();
    let muted = (wanted == Following::No).then_some(at);
    votes::follow(&mut tx, place.idea, signed(who)?.id, muted, at).await?;
    Ok(tx.commit().await?)
}

/// Whether somebody is to be told what happens to an idea.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Following {
    /// They are.
    Yes,
    /// They are not, whatever they do there.
    No,
}

/// The first moment of the calendar month, in UTC, of a moment. Days are counted as in Howard Hinnant's
/// `civil_from_days` (<https://howardhinnant.github.io/date_algorithms.html>).
fn month_of(at: Millis) -> Millis {
    const DAY: Millis = 24 * 60 * 60 * 1000;
    let days = at.div_euclid(DAY);
    let day_of_era = (days + 719_468).rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    // Months begin in March, so that the odd day of February comes last.
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5;
    (days - day) * DAY
}

#[cfg(test)]
mod tests {
    use super::month_of;

    #[test]
    fn a_month_begins_on_its_first() {
        for (at, first) in [
            (0, 0),
            (1_767_225_600_000, 1_767_225_600_000),
            (1_767_225_599_999, 1_764_547_200_000),
            // 29 February 2024, noon; 1 March 2024; 31 December 1999.
            (1_709_208_000_000, 1_706_745_600_000),
            (1_709_251_200_000, 1_709_251_200_000),
            (946_684_799_999, 944_006_400_000),
        ] {
            assert_eq!(month_of(at), first, "{at}");
        }
    }
}

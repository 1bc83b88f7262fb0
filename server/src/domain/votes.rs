//! Wanting an idea, and being told what becomes of it.

use shared::{
    BoardId,
    api::{IdeaFacts, Millis, PersonView, VoteView},
    calendar::month_of,
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
    let (place, _) = access::idea_to_change(&mut tx, who, number, BoardAct::Vote).await?;
    let who = signed(who)?;
    let at = now();
    votes::lock_voter(&mut tx, who.id).await?;
    let before = left(&mut tx, who, place.board, at).await?;
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
    let (place, _) = access::idea_to_change(&mut tx, who, number, BoardAct::Vote).await?;
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
    let left = left(&mut tx, who, place.board, at).await?;
    let facts = ideas::facts(&mut tx, place.number).await?;
    tx.commit().await?;
    Ok((VoteView { votes: facts.votes, voted, left }, facts))
}

/// How many votes a person has left on the board this month; nothing where there is no limit.
pub(super) async fn left(tx: &mut Tx, who: &PersonView, board: BoardId, at: Millis) -> Result<Option<u32>, Error> {
    let Some(limit) = boards::votes_per_month(tx, board).await? else { return Ok(None) };
    let given = votes::given(tx, who.id, board, month_of(at)).await?;
    Ok(Some(limit.saturating_sub(given)))
}

/// Takes a person's vote back and lets them follow the idea no longer, in one; a second time changes nothing.
///
/// # Errors
/// When the idea is unseen or nobody is signed in.
pub async fn leave(db: &Db, who: Option<&PersonView>, number: u32) -> Result<(VoteView, IdeaFacts), Error> {
    let mut tx = db.write().await?;
    let (place, _) = access::idea_to_change(&mut tx, who, number, BoardAct::Vote).await?;
    let (who, at) = (signed(who)?, now());
    votes::remove(&mut tx, place.idea, who.id).await?;
    votes::follow(&mut tx, place.idea, who.id, Some(at), at).await?;
    told(tx, who, &place, false, at).await
}

/// Lets somebody follow an idea, or no longer. A second time changes nothing.
///
/// # Errors
/// When the idea is unseen or nobody is signed in.
pub async fn follow(db: &Db, who: Option<&PersonView>, number: u32, wanted: Following) -> Result<(), Error> {
    let mut tx = db.write().await?;
    let (place, _) = access::idea_to_change(&mut tx, who, number, BoardAct::Follow).await?;
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

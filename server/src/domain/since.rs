//! What came to an idea since somebody who supports it last looked at it.

use shared::{
    DocumentId,
    api::{IdeaSince, Millis, PersonView, SinceMoment, SinceWhat, TimelineEntry, VISIT_PAUSE},
    rules::BoardAct,
};

use super::{Error, access, now, signed};
use crate::store::{
    Db,
    since::{self, Support},
    timeline,
};

/// A visit is written down at most so often, while nothing changes.
const OFTEN: Millis = 60 * 1000;
/// People and happenings that are named; the rest is counted.
const NAMED: u32 = 3;

/// When somebody last looked at an idea they support, and the place in the concept's log that they saw. A visit that goes on
/// is not the last one.
fn moment(support: &Support, at: Millis) -> Option<(SinceMoment, i64)> {
    if !support.stands() {
        return None;
    }
    let seen = support.seen_at.zip(support.seen_seq);
    let before = support.before_at.zip(support.before_seq);
    let visit = seen.filter(|(seen, _)| at - seen >= VISIT_PAUSE).or(before);
    let vote = || support.voted_at.zip(support.voted_seq).map(|found| (SinceWhat::Vote, found));
    let (what, (at, seq)) = visit.map(|found| (SinceWhat::Visit, found)).or_else(vote)?;
    Some((SinceMoment { what, at }, seq.min(support.seq)))
}

/// What came to an idea since the person asking last looked at it, if they support it.
///
/// # Errors
/// When the idea is unseen.
pub async fn of_idea(db: &Db, who: Option<&PersonView>, number: u32) -> Result<IdeaSince, Error> {
    let mut tx = db.read().await?;
    let (place, _) = access::idea(&mut tx, who, number, BoardAct::Read).await?;
    let Some(who) = who else { return Ok(IdeaSince::default()) };
    let support = since::support(&mut tx, place.idea, who.id).await?;
    let Some((moment, seq)) = moment(&support, now()) else { return Ok(IdeaSince::default()) };
    let since = (moment.at, who.id);
    let (wrote, all) =
        if seq < support.seq { since::writers(&mut tx, place.idea, since, NAMED).await? } else { Default::default() };
    let (comments, votes) = since::counts(&mut tx, place.idea, since).await?;
    // Some more, for what they did themselves.
    let last = timeline::page(&mut tx, place.idea, false, timeline::START, 4 * NAMED).await?;
    let after = last.into_iter().filter(|(_, (at, _))| *at > moment.at).map(|(entry, _)| entry);
    let mut happened: Vec<TimelineEntry> = after.filter(|entry| !is_deed_of(entry, who)).collect();
    let more_happened = happened.len() > NAMED as usize;
    happened.truncate(NAMED as usize);
    let others_wrote = all.saturating_sub(u32::try_from(wrote.len()).unwrap_or(u32::MAX));
    Ok(IdeaSince { moment: Some(moment), wrote, others_wrote, comments, votes, happened, more_happened })
}

/// Whether somebody did this themself, as far as that is told: who reached a milestone is not.
fn is_deed_of(entry: &TimelineEntry, who: &PersonView) -> bool {
    match entry {
        TimelineEntry::Stage { by, .. }
        | TimelineEntry::Answer { by, .. }
        | TimelineEntry::Frozen { by, .. }
        | TimelineEntry::Thawed { by, .. } => by.id == who.id,
        TimelineEntry::Update(update) => update.head.by.id == who.id,
        TimelineEntry::Milestone(_) | TimelineEntry::Experiment(_) => false,
    }
}

/// The document of its concept, the place in its log that the person asking last saw, and the one that the idea reflects.
///
/// # Errors
/// When the idea is unseen, or they do not support it.
pub async fn places(db: &Db, who: Option<&PersonView>, number: u32) -> Result<(DocumentId, i64, i64), Error> {
    let mut tx = db.read().await?;
    let (place, _) = access::idea(&mut tx, who, number, BoardAct::Read).await?;
    let who = signed(who)?;
    let support = since::support(&mut tx, place.idea, who.id).await?;
    let (_, seq) = moment(&support, now()).ok_or(Error::NotFound("visit of yours"))?;
    Ok((place.document, seq, support.seq))
}

/// Notes that somebody looks at an idea, if they support it; of anybody else nothing is kept.
///
/// # Errors
/// When the idea is unseen, or nobody is signed in.
pub async fn visit(db: &Db, who: Option<&PersonView>, number: u32) -> Result<(), Error> {
    let at = now();
    let (idea, who, support) = {
        let mut tx = db.read().await?;
        let (place, _) = access::idea(&mut tx, who, number, BoardAct::Read).await?;
        let who = signed(who)?;
        (place.idea, who.id, since::support(&mut tx, place.idea, who.id).await?)
    };
    let noted = support.seen_at.is_some_and(|seen| at - seen < OFTEN) && support.seen_seq == Some(support.seq);
    if support.stands() && !noted {
        let mut tx = db.write().await?;
        since::see(&mut tx, idea, who, (at, support.seq), VISIT_PAUSE).await?;
        tx.commit().await?;
    } else if !support.stands() && support.seen_at.is_some() {
        let mut tx = db.write().await?;
        since::forget(&mut tx, idea, who).await?;
        tx.commit().await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Millis = 60 * 60 * 1000;

    fn support() -> Support {
        Support {
            voted_at: Some(0),
            voted_seq: Some(1),
            followed_at: None,
            seen_at: None,
            seen_seq: None,
            before_at: None,
            before_seq: None,
            seq: 9,
        }
    }

    fn told(support: Support, at: Millis) -> Option<(SinceWhat, Millis, i64)> {
        moment(&support, at).map(|(SinceMoment { what, at }, seq)| (what, at, seq))
    }

    #[test]
    fn who_did_not_look_since_they_voted_is_told_from_then() {
        assert_eq!(told(support(), HOUR), Some((SinceWhat::Vote, 0, 1)));
        let looks = Support { seen_at: Some(2 * HOUR), seen_seq: Some(4), ..support() };
        assert_eq!(told(looks, 2 * HOUR + 1), Some((SinceWhat::Vote, 0, 1)), "the first visit goes on");
        assert_eq!(told(looks, 3 * HOUR), Some((SinceWhat::Visit, 2 * HOUR, 4)));
    }

    #[test]
    fn a_visit_that_goes_on_tells_from_the_one_before() {
        let looks = Support {
            seen_at: Some(5 * HOUR),
            seen_seq: Some(7),
            before_at: Some(HOUR),
            before_seq: Some(3),
            ..support()
        };
        assert_eq!(told(looks, 5 * HOUR + VISIT_PAUSE - 1), Some((SinceWhat::Visit, HOUR, 3)));
        assert_eq!(told(looks, 5 * HOUR + VISIT_PAUSE), Some((SinceWhat::Visit, 5 * HOUR, 7)));
    }

    #[test]
    fn who_supports_it_no_more_is_told_nothing() {
        let left = Support { voted_at: None, voted_seq: None, seen_at: Some(HOUR), seen_seq: Some(2), ..support() };
        assert_eq!(told(left, 9 * HOUR), None);
        assert_eq!(told(Support { followed_at: Some(0), ..left }, 9 * HOUR), Some((SinceWhat::Visit, HOUR, 2)));
    }

    #[test]
    fn a_log_that_became_shorter_is_not_read_beyond_its_end() {
        assert_eq!(told(Support { voted_seq: Some(20), ..support() }, HOUR), Some((SinceWhat::Vote, 0, 9)));
    }
}

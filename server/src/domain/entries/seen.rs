//! Who sees which progress, and what of it.

use shared::{
    EntryId, PersonId,
    api::{Conclusion, EntryHead, EntryVersion, ExperimentView, MilestoneView, Millis, PersonView, TimelineEntry},
    rules::{BoardAct, Refusal, Standing, may_on_board},
};

use super::super::{Error, access, inbox::Place};
use crate::store::{
    Db, Tx,
    entries::{self, EntryKind, Head},
    ideas::InBoard,
    timeline,
};

/// How many earlier texts of an entry are shown.
const VERSIONS: u32 = 50;

/// Whether somebody sees what is not published.
fn sees_unpublished(standing: Standing, place: &InBoard) -> bool {
    may_on_board(BoardAct::StaffNote, Standing { away: None, ..standing }, place.rules).is_ok()
}

/// An entry that the person asking sees and may do `act` with, where it stands, and what they are there.
pub(in super::super) async fn find(
    tx: &mut Tx,
    who: Option<&PersonView>,
    id: EntryId,
    act: BoardAct,
) -> Result<(Head, InBoard, Standing), Error> {
    let head = entries::head(tx, id).await?.ok_or(Refusal::Unseen)?;
    let (place, standing) = access::idea(tx, who, head.number, BoardAct::Read).await?;
    if head.published_at.is_none() && !sees_unpublished(standing, &place) {
        return Err(Refusal::Unseen.into());
    }
    may_on_board(act, standing, place.rules)?;
    Ok((head, place, standing))
}

/// Refuses whoever does not see the texts of an entry that were never published.
///
/// # Errors
/// When the entry is unseen, or those texts are.
pub(in super::super) async fn find_unpublished(
    tx: &mut Tx,
    who: Option<&PersonView>,
    id: EntryId,
) -> Result<(), Error> {
    let (_, place, standing) = find(tx, who, id, BoardAct::Read).await?;
    if sees_unpublished(standing, &place) { Ok(()) } else { Err(Refusal::Unseen.into()) }
}

/// Whether somebody who may publish may change an entry: an update is its author's, the others are the work of them all.
pub(super) fn may_edit(by: PersonId, kind: EntryKind, who: Option<&PersonView>) -> Result<(), Refusal> {
    let own = who.is_some_and(|who| who.id == by);
    if kind == EntryKind::Update && !own { Err(Refusal::Author) } else { Ok(()) }
}

/// Says what the person asking may do with an entry, and leaves out what was said and taken back before it was published,
/// where they are not of those who saw it.
pub(super) fn permit(entry: &mut TimelineEntry, who: Option<&PersonView>, standing: Standing, place: &InBoard) {
    let may = |act| may_on_board(act, standing, place.rules).is_ok();
    let (publishes, tidies) = (may(BoardAct::Publish), may(BoardAct::Hush));
    let unpublished = sees_unpublished(standing, place);
    let set = |head: &mut EntryHead, kind, open: bool| {
        let own = who.is_some_and(|who| who.id == head.by.id);
        head.may_edit = publishes && open && may_edit(head.by.id, kind, who).is_ok();
        head.may_remove = (publishes && own) || tidies;
        if !unpublished {
            head.edited_at = head.edited_at.filter(|at| Some(*at) > head.published_at);
        }
    };
    match entry {
        TimelineEntry::Update(update) => set(&mut update.head, EntryKind::Update, true),
        TimelineEntry::Milestone(milestone) => set(&mut milestone.head, EntryKind::Milestone, true),
        TimelineEntry::Experiment(one) => {
            set(&mut one.head, EntryKind::Experiment, one.conclusion.is_none());
            if !unpublished {
                one.before = published_before(one);
            }
        }
        TimelineEntry::Stage { .. }
        | TimelineEntry::Answer { .. }
        | TimelineEntry::Frozen { .. }
        | TimelineEntry::Thawed { .. } => {}
    }
}

/// How an experiment had ended, of what others than the company's people ever saw: what was still said when it was published.
fn published_before(one: &ExperimentView) -> Vec<Conclusion> {
    let until = one.conclusion.iter().chain(&one.before).map(|later| later.at);
    let said = one.before.iter().zip(until);
    said.filter(|(_, until)| Some(*until) > one.head.published_at).map(|(said, _)| said.clone()).collect()
}

/// At most `limit` of what became of an idea, the last first, from before a place on, each with its own place.
///
/// # Errors
/// When the idea is unseen or unknown.
pub async fn timeline(
    db: &Db,
    who: Option<&PersonView>,
    number: u32,
    before: Place,
    limit: u32,
) -> Result<Vec<(TimelineEntry, Place)>, Error> {
    let mut tx = db.read().await?;
    let (place, standing) = access::idea(&mut tx, who, number, BoardAct::Read).await?;
    let unpublished = sees_unpublished(standing, &place);
    let found = timeline::page(&mut tx, place.idea, unpublished, (before.0, before.1), limit).await?;
    let shown = |(mut entry, (at, id)): (TimelineEntry, (Millis, uuid::Uuid))| {
        permit(&mut entry, who, standing, &place);
        (entry, Place(at, id))
    };
    Ok(found.into_iter().map(shown).collect())
}

/// The milestones of an idea that somebody sees.
///
/// # Errors
/// When the database fails.
pub(in super::super) async fn milestones(
    tx: &mut Tx,
    who: Option<&PersonView>,
    place: &InBoard,
    standing: Standing,
) -> Result<Vec<MilestoneView>, Error> {
    let found = entries::milestones(tx, place.idea, sees_unpublished(standing, place)).await?;
    let shown = |milestone| {
        let mut entry = TimelineEntry::Milestone(milestone);
        permit(&mut entry, who, standing, place);
        if let TimelineEntry::Milestone(milestone) = entry { Some(milestone) } else { None }
    };
    Ok(found.into_iter().filter_map(shown).collect())
}

/// What an entry said. What it said before it was published stays with those who saw it then.
///
/// # Errors
/// When it is unseen or was taken away.
pub async fn versions(db: &Db, who: Option<&PersonView>, id: EntryId) -> Result<Vec<EntryVersion>, Error> {
    let mut tx = db.read().await?;
    let (head, place, standing) = find(&mut tx, who, id, BoardAct::Read).await?;
    let since = if sees_unpublished(standing, &place) { None } else { head.published_at };
    Ok(entries::versions(&mut tx, id, since.unwrap_or_default(), VERSIONS).await?)
}

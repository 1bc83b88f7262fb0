//! The progress of ideas, as the company publishes it: updates, milestones and experiments. What is not published is for
//! the company's people alone; what was published stays so.

mod said;

pub use said::Said;

use serde_json::json;
use sha2::{Digest, Sha256};
use shared::{
    EntryId, IdeaId, PersonId,
    api::{
        AuditAct, Conclude, EntryHead, EntryVersion, FieldCode, FieldProblem, IdeaFacts, MilestoneView, Millis,
        NoticeKind, PersonView, TimelineEntry,
    },
    limits,
    rules::{BoardAct, Refusal, Standing, may_on_board},
};

use self::said::{Ended, What, parts};
use super::{Error, access, ideas, inbox::Place, now, pictures, signed};
use crate::store::{
    Db, StoreError, Tx, audit, boards,
    entries::{self, EntryKind, Head, NewConclusion, NewEntry},
    ideas::{self as rows, InBoard},
    idempotency::{self, Remembered},
    inbox::{self, Cause, Happening},
    timeline,
};

/// How many earlier texts of an entry are shown.
const VERSIONS: u32 = 50;

/// What is told after the progress of an idea changed.
#[derive(Clone, Debug)]
pub struct News {
    /// The number of the idea.
    pub number: u32,
    /// What everyone may know of the idea since then; nothing where only the company's people may know of it.
    pub facts: Option<IdeaFacts>,
}

/// Whether somebody sees what is not published.
fn sees_unpublished(standing: Standing, place: &InBoard) -> bool {
    may_on_board(BoardAct::StaffNote, Standing { away: None, ..standing }, place.rules).is_ok()
}

/// An entry that the person asking sees and may do `act` with, where it stands, and what they are there.
pub(super) async fn find(
    tx: &mut Tx,
    who: Option<&PersonView>,
    id: EntryId,
    act: BoardAct,
) -> Result<(Head, InBoard, Standing), Error> {
    let head = entries::head(tx, id).await?.ok_or(Refusal::Unseen)?;
    let (place, standing) = access::idea(tx, who, head.number, BoardAct::Read).await?;
    if !head.published && !sees_unpublished(standing, &place) {
        return Err(Refusal::Unseen.into());
    }
    may_on_board(act, standing, place.rules)?;
    Ok((head, place, standing))
}

/// Whether somebody may change an entry: an update is its author's, the others are the work of all who publish.
fn may_edit(by: PersonId, kind: EntryKind, who: Option<&PersonView>, may_publish: bool) -> Result<(), Refusal> {
    let own = who.is_some_and(|who| who.id == by);
    if may_publish && kind == EntryKind::Update && !own { Err(Refusal::Author) } else { Ok(()) }
}

/// Says what the person asking may do with an entry.
fn permit(entry: &mut TimelineEntry, who: Option<&PersonView>, standing: Standing, place: &InBoard) {
    let may = |act| may_on_board(act, standing, place.rules).is_ok();
    let (publishes, tidies) = (may(BoardAct::Publish), may(BoardAct::Hush));
    let set = |head: &mut EntryHead, kind, open: bool| {
        let own = who.is_some_and(|who| who.id == head.by.id);
        head.may_edit = publishes && open && may_edit(head.by.id, kind, who, publishes).is_ok();
        head.may_remove = (publishes && own) || tidies;
    };
    match entry {
        TimelineEntry::Update(update) => set(&mut update.head, EntryKind::Update, true),
        TimelineEntry::Milestone(milestone) => set(&mut milestone.head, EntryKind::Milestone, true),
        TimelineEntry::Experiment(one) => set(&mut one.head, EntryKind::Experiment, one.conclusion.is_none()),
        TimelineEntry::Stage { .. }
        | TimelineEntry::Answer { .. }
        | TimelineEntry::Frozen { .. }
        | TimelineEntry::Thawed { .. } => {}
    }
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
pub(super) async fn milestones(
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

/// What an entry says and said.
///
/// # Errors
/// When it is unseen or was taken away.
pub async fn versions(db: &Db, who: Option<&PersonView>, id: EntryId) -> Result<Vec<EntryVersion>, Error> {
    let mut tx = db.read().await?;
    find(&mut tx, who, id, BoardAct::Read).await?;
    Ok(entries::versions(&mut tx, id, VERSIONS).await?)
}

/// Adds a piece of progress to an idea. The same `key` again, with the same request, answers with what it made the first
/// time.
///
/// # Errors
/// When the idea is unseen, the person may not, or the key came with another request.
pub async fn add(
    db: &Db,
    who: Option<&PersonView>,
    number: u32,
    said: &Said,
    key: Option<&str>,
) -> Result<(TimelineEntry, News), Error> {
    match attempt(db, who, number, said, key).await {
        // The same request came twice at the same time, and the other was first: now the key is known.
        Err(Error::Store(StoreError::Taken(_))) if key.is_some() => attempt(db, who, number, said, key).await,
        other => other,
    }
}

async fn attempt(
    db: &Db,
    who: Option<&PersonView>,
    number: u32,
    said: &Said,
    key: Option<&str>,
) -> Result<(TimelineEntry, News), Error> {
    let mut tx = db.write().await?;
    let (place, standing) = access::idea_to_change(&mut tx, who, number, BoardAct::Publish).await?;
    let by = signed(who)?.id;
    let at = now();
    let request = digest(place.idea, said);
    if let Some(key) = key
        && let Some(before) = idempotency::recall(&mut tx, by, key, at).await?
    {
        if before.request != request {
            return Err(Error::IdempotencyKey);
        }
        let id = before.made.parse().map_err(|_| StoreError::Corrupt(format!("entry `{}`", before.made)))?;
        let (head, place, standing) = find(&mut tx, who, id, BoardAct::Read).await?;
        return finish(&mut tx, who, &head, &place, standing).await;
    }
    if said.kind() == EntryKind::Milestone {
        room_for_one_more(&mut tx, place.idea).await?;
    }
    let id = EntryId::new();
    let new = NewEntry { id, idea: place.idea, by, texts: said.texts(), published: !said.staff, at };
    entries::insert(&mut tx, &new).await?;
    if let What::Milestone { done: true, .. } = said.what {
        entries::set_done(&mut tx, id, Some((at, by))).await?;
    }
    pictures::put_in_entry(&mut tx, id, said.body()).await?;
    let act = match said.kind() {
        EntryKind::Update => AuditAct::PublishUpdate,
        EntryKind::Milestone => AuditAct::AddMilestone,
        EntryKind::Experiment => AuditAct::BeginExperiment,
    };
    audit::add(&mut tx, by, act, &format!("idea:{}", place.idea), &json!({ "entry": id, "staff": said.staff })).await?;
    let head = entries::head(&mut tx, id).await?.ok_or(Refusal::Unseen)?;
    announce(&mut tx, &head, by, at).await?;
    boards::touch(&mut tx, place.board, at).await?;
    if let Some(key) = key {
        idempotency::remember(&mut tx, by, key, &Remembered { request, made: id.to_string() }, at).await?;
    }
    let told = finish(&mut tx, who, &head, &place, standing).await?;
    tx.commit().await?;
    Ok(told)
}

async fn room_for_one_more(tx: &mut Tx, idea: IdeaId) -> Result<(), Error> {
    if entries::milestones(tx, idea, true).await?.len() < limits::MILESTONES {
        return Ok(());
    }
    let limit = u32::try_from(limits::MILESTONES).ok();
    let message = format!("an idea has at most {} milestones", limits::MILESTONES);
    Err(Error::field("title", FieldProblem { limit, ..FieldProblem::new(FieldCode::TooMany, message) }))
}

fn digest(idea: IdeaId, said: &Said) -> Vec<u8> {
    let mut hash = Sha256::new();
    let said = format!("{:?} {}", said.kind(), json!([said.parts(), said.staff]));
    for part in ["entry", &idea.to_string(), &said] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().to_vec()
}

/// Lets those be told who are to know of an entry as it stands now: where it turns the idea's course.
async fn announce(tx: &mut Tx, head: &Head, by: PersonId, at: Millis) -> Result<(), Error> {
    let kind = match entries::one(tx, head).await? {
        TimelineEntry::Update(_) => Some(NoticeKind::Update),
        TimelineEntry::Milestone(milestone) => milestone.done_at.map(|_| NoticeKind::Milestone),
        TimelineEntry::Experiment(one) if one.conclusion.is_some() => Some(NoticeKind::Result),
        TimelineEntry::Experiment(_) => Some(NoticeKind::Experiment),
        _ => None,
    };
    let Some(kind) = kind else { return Ok(()) };
    let told = Happening { idea: head.idea, kind, by, stage: None, comment: None, words: "", at };
    Ok(inbox::happen_by(tx, &told, Cause { entry: Some(head.id), ..Cause::default() }).await?)
}

/// An entry as it stands now, and what is told of it; the idea is as far as it says.
async fn finish(
    tx: &mut Tx,
    who: Option<&PersonView>,
    head: &Head,
    place: &InBoard,
    standing: Standing,
) -> Result<(TimelineEntry, News), Error> {
    entries::refresh(tx, head.idea).await?;
    let mut entry = entries::one(tx, head).await?;
    permit(&mut entry, who, standing, place);
    Ok((entry, news(tx, head).await?))
}

async fn news(tx: &mut Tx, head: &Head) -> Result<News, Error> {
    let facts = if head.published { Some(ideas::facts(tx, head.number).await?) } else { None };
    Ok(News { number: head.number, facts })
}

/// Lets an entry say something else, publishes it, or says that a milestone is reached. What it said before is kept.
/// Saying the same again changes nothing.
///
/// # Errors
/// When the entry is unseen or of another kind, the person may not, it was published and is to be so no longer, or it is an
/// experiment that was concluded.
pub async fn edit(
    db: &Db,
    who: Option<&PersonView>,
    id: EntryId,
    said: &Said,
) -> Result<(TimelineEntry, News), Error> {
    let mut tx = db.write().await?;
    let (head, ..) = find(&mut tx, who, id, BoardAct::Publish).await?;
    rows::lock(&mut tx, &[head.number]).await?;
    let (head, place, standing) = find(&mut tx, who, id, BoardAct::Publish).await?;
    if head.kind != said.kind() {
        return Err(Refusal::Unseen.into());
    }
    may_edit(head.by, head.kind, who, true)?;
    if head.published && said.staff {
        let message = "it was published, and stays so";
        return Err(Error::field("staff", FieldProblem::new(FieldCode::Wrong, message)));
    }
    let by = signed(who)?.id;
    let at = now().max(head.said_at + 1);
    let before = entries::one(&mut tx, &head).await?;
    let was = parts(&before);
    let rewritten = was != said.parts();
    if rewritten {
        if matches!(&before, TimelineEntry::Experiment(one) if one.conclusion.is_some()) {
            return Err(Error::Concluded);
        }
        entries::keep_version(&mut tx, id, by, &was, at).await?;
        entries::edit(&mut tx, id, &said.texts(), at).await?;
        pictures::put_in_entry(&mut tx, id, said.body()).await?;
    }
    let reached = match (&before, &said.what) {
        (TimelineEntry::Milestone(before), What::Milestone { done, .. }) if *done != before.done_at.is_some() => {
            entries::set_done(&mut tx, id, done.then_some((at, by))).await?;
            Some(*done)
        }
        _ => None,
    };
    let published = !head.published && !said.staff;
    if published {
        entries::publish(&mut tx, id, at).await?;
    }
    if !rewritten && !published && reached.is_none() {
        return finish(&mut tx, who, &head, &place, standing).await;
    }
    let head = Head { published: head.published || published, ..head };
    if published || reached == Some(true) {
        announce(&mut tx, &head, by, at).await?;
    }
    let act = match head.kind {
        EntryKind::Update => AuditAct::EditUpdate,
        EntryKind::Milestone => AuditAct::EditMilestone,
        EntryKind::Experiment => AuditAct::EditExperiment,
    };
    let detail = json!({ "entry": id, "published": published, "done": reached });
    audit::add(&mut tx, by, act, &format!("idea:{}", head.idea), &detail).await?;
    let told = finish(&mut tx, who, &head, &place, standing).await?;
    tx.commit().await?;
    Ok(told)
}

/// Says how an experiment ended. Said again, what was said before stays to be read.
///
/// # Errors
/// When the experiment is unseen, the person may not, or something is not said.
pub async fn conclude(
    db: &Db,
    who: Option<&PersonView>,
    id: EntryId,
    said: &Conclude,
) -> Result<(TimelineEntry, News), Error> {
    let ended = Ended::try_from(said)?;
    let mut tx = db.write().await?;
    let (head, ..) = find(&mut tx, who, id, BoardAct::Publish).await?;
    rows::lock(&mut tx, &[head.number]).await?;
    let (head, place, standing) = find(&mut tx, who, id, BoardAct::Publish).await?;
    let TimelineEntry::Experiment(before) = entries::one(&mut tx, &head).await? else {
        return Err(Refusal::Unseen.into());
    };
    let by = signed(who)?.id;
    let before = before.conclusion;
    let same = before.as_ref().is_some_and(|before| {
        (before.outcome, &before.result, &before.reason) == (said.outcome, &ended.result, &ended.reason)
    });
    if !same {
        let at = before.map_or_else(now, |before| now().max(before.at + 1));
        let Ended { result, html, reason } = &ended;
        let new = NewConclusion { outcome: said.outcome, result, html, reason, by, at };
        entries::conclude(&mut tx, id, &new).await?;
        pictures::put_in_entry(&mut tx, id, result).await?;
        announce(&mut tx, &head, by, at).await?;
        let detail = json!({ "entry": id, "to": said.outcome, "reason": ended.reason });
        audit::add(&mut tx, by, AuditAct::Conclude, &format!("idea:{}", head.idea), &detail).await?;
        boards::touch(&mut tx, place.board, at).await?;
    }
    let told = finish(&mut tx, who, &head, &place, standing).await?;
    tx.commit().await?;
    Ok(told)
}

/// Takes an entry away: one's own, or as a moderator another's.
///
/// # Errors
/// When the entry is unseen or of another kind, or the person may not.
pub async fn remove(db: &Db, who: Option<&PersonView>, id: EntryId, kind: EntryKind) -> Result<News, Error> {
    let mut tx = db.write().await?;
    let (head, ..) = find(&mut tx, who, id, BoardAct::Read).await?;
    rows::lock(&mut tx, &[head.number]).await?;
    let (head, place, standing) = find(&mut tx, who, id, BoardAct::Read).await?;
    if head.kind != kind {
        return Err(Refusal::Unseen.into());
    }
    let by = signed(who)?.id;
    let act = if head.by == by { BoardAct::Publish } else { BoardAct::Hush };
    may_on_board(act, standing, place.rules)?;
    entries::remove(&mut tx, id, by, now()).await?;
    entries::refresh(&mut tx, head.idea).await?;
    let detail = json!({ "entry": id, "author": head.by, "kind": format!("{:?}", head.kind).to_lowercase() });
    audit::add(&mut tx, by, AuditAct::RemoveEntry, &format!("idea:{}", head.idea), &detail).await?;
    let told = news(&mut tx, &head).await?;
    tx.commit().await?;
    Ok(told)
}

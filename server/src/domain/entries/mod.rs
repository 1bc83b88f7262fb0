//! The progress of ideas, as the company publishes it: updates, milestones and experiments. What is not published is for
//! the company's people alone; what was published stays so.

mod said;
mod seen;

pub use said::Said;
pub(super) use seen::{find, find_unpublished, milestones};
pub use seen::{timeline, versions};

use serde_json::json;
use shared::{
    EntryId, IdeaId, PersonId,
    api::{AuditAct, Conclude, FieldCode, FieldProblem, IdeaFacts, Millis, NoticeKind, PersonView, TimelineEntry},
    limits,
    rules::{BoardAct, Refusal, Standing, may_on_board},
};

use self::{
    said::{Ended, What, parts},
    seen::{may_edit, permit},
};
use super::{Error, access, ideas, now, now_after, pictures, signed};
use crate::store::{
    Db, StoreError, Tx, audit, boards,
    entries::{self, EntryKind, Head, NewConclusion, NewEntry},
    ideas::{self as rows, InBoard},
    idempotency::{self, Remembered},
    inbox::{self, Cause, Happening},
};

/// What is told after the progress of an idea changed.
#[derive(Clone, Debug)]
pub struct News {
    /// The number of the idea.
    pub number: u32,
    /// What everyone may know of the idea since then; nothing where only the company's people may know of it.
    pub facts: Option<IdeaFacts>,
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
    let at = moment(&mut tx, place.idea).await?;
    let request = digest(place.idea, said);
    if let Some(key) = key
        && let Some(before) = idempotency::recall(&mut tx, by, key, at).await?
    {
        if before.request != request {
            return Err(Error::IdempotencyKey);
        }
        let id = before.made.parse().map_err(|_| StoreError::Corrupt(format!("entry `{}`", before.made)))?;
        let (head, place, standing) = find(&mut tx, who, id, BoardAct::Read).await?;
        let entry = entries::one(&mut tx, &head).await?;
        return finish(&mut tx, who, &head, entry, &place, standing).await;
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
    pictures::put_in_entry(&mut tx, id, said.body(), new.published.then_some(at)).await?;
    let act = match said.kind() {
        EntryKind::Update => AuditAct::PublishUpdate,
        EntryKind::Milestone => AuditAct::AddMilestone,
        EntryKind::Experiment => AuditAct::BeginExperiment,
    };
    audit::add(&mut tx, by, act, &format!("idea:{}", place.idea), &json!({ "entry": id, "staff": said.staff })).await?;
    let head = entries::head(&mut tx, id).await?.ok_or(Refusal::Unseen)?;
    let entry = entries::one(&mut tx, &head).await?;
    announce(&mut tx, &head, &entry, &place, by, at).await?;
    if let Some(key) = key {
        idempotency::remember(&mut tx, by, key, &Remembered { request, made: id.to_string() }, at).await?;
    }
    let told = finish(&mut tx, who, &head, entry, &place, standing).await?;
    tx.commit().await?;
    Ok(told)
}

/// Now, and in any case after all that happened so far in the progress of an idea, so that no two pieces of it are told
/// apart by chance.
async fn moment(tx: &mut Tx, idea: IdeaId) -> Result<Millis, StoreError> {
    Ok(entries::last_shown(tx, idea).await?.map_or_else(now, now_after))
}

async fn room_for_one_more(tx: &mut Tx, idea: IdeaId) -> Result<(), Error> {
    if entries::milestones(tx, idea, true).await?.len() < limits::MILESTONES {
        return Ok(());
    }
    let message = format!("an idea has at most {} milestones", limits::MILESTONES);
    Err(Error::field("title", FieldProblem::limited(FieldCode::TooMany, limits::MILESTONES, message)))
}

fn digest(idea: IdeaId, said: &Said) -> Vec<u8> {
    let said = format!("{:?} {}", said.kind(), json!([said.parts(), said.staff]));
    idempotency::digest(["entry", &idea.to_string(), &said])
}

/// Lets those be told who are to know of an entry as it stands now: where it turns the idea's course. What is not published
/// moves nothing that others see.
async fn announce(
    tx: &mut Tx,
    head: &Head,
    entry: &TimelineEntry,
    place: &InBoard,
    by: PersonId,
    at: Millis,
) -> Result<(), Error> {
    if head.published_at.is_some() {
        boards::touch(tx, place.board, at).await?;
    }
    let kind = match entry {
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
    mut entry: TimelineEntry,
    place: &InBoard,
    standing: Standing,
) -> Result<(TimelineEntry, News), Error> {
    entries::refresh(tx, head.idea).await?;
    permit(&mut entry, who, standing, place);
    Ok((entry, news(tx, head).await?))
}

async fn news(tx: &mut Tx, head: &Head) -> Result<News, Error> {
    let facts = if head.published_at.is_some() { Some(ideas::facts(tx, head.number).await?) } else { None };
    Ok(News { number: head.number, facts })
}

/// Lets an entry say something else, publishes it, or says that a milestone is reached. What it said before is kept.
/// Saying the same again changes nothing.
///
/// # Errors
/// When the entry is unseen or of another kind, the person may not, it was published and is to be so no longer, or it is an
/// experiment that was concluded.
pub async fn edit(db: &Db, who: Option<&PersonView>, id: EntryId, said: &Said) -> Result<(TimelineEntry, News), Error> {
    let mut tx = db.write().await?;
    let (head, ..) = find(&mut tx, who, id, BoardAct::Publish).await?;
    rows::lock(&mut tx, &[head.number]).await?;
    let (head, place, standing) = find(&mut tx, who, id, BoardAct::Publish).await?;
    if head.kind != said.kind() {
        return Err(Refusal::Unseen.into());
    }
    may_edit(head.by, head.kind, who)?;
    if head.published_at.is_some() && said.staff {
        let message = "it was published, and stays so";
        return Err(Error::field("staff", FieldProblem::new(FieldCode::Wrong, message)));
    }
    let by = signed(who)?.id;
    let at = moment(&mut tx, head.idea).await?.max(head.said_at + 1);
    let before = entries::one(&mut tx, &head).await?;
    let was = parts(&before);
    let rewritten = was != said.parts();
    if rewritten {
        if matches!(&before, TimelineEntry::Experiment(one) if one.conclusion.is_some()) {
            return Err(Error::Concluded);
        }
        entries::keep_version(&mut tx, id, by, &was, at).await?;
        entries::edit(&mut tx, id, &said.texts(), at).await?;
    }
    let reached = match (&before, &said.what) {
        (TimelineEntry::Milestone(before), What::Milestone { done, .. }) if *done != before.done_at.is_some() => {
            entries::set_done(&mut tx, id, done.then_some((at, by))).await?;
            Some(*done)
        }
        _ => None,
    };
    let published = head.published_at.is_none() && !said.staff;
    if published {
        entries::publish(&mut tx, id, at).await?;
    }
    if !rewritten && !published && reached.is_none() {
        return finish(&mut tx, who, &head, before, &place, standing).await;
    }
    let head = Head { published_at: head.published_at.or(published.then_some(at)), ..head };
    for text in [said.body(), result(&before)] {
        pictures::put_in_entry(&mut tx, id, text, head.published_at).await?;
    }
    let entry = entries::one(&mut tx, &head).await?;
    if published || reached == Some(true) {
        announce(&mut tx, &head, &entry, &place, by, at).await?;
    }
    let act = match head.kind {
        EntryKind::Update => AuditAct::EditUpdate,
        EntryKind::Milestone => AuditAct::EditMilestone,
        EntryKind::Experiment => AuditAct::EditExperiment,
    };
    let detail = json!({ "entry": id, "published": published, "done": reached });
    audit::add(&mut tx, by, act, &format!("idea:{}", head.idea), &detail).await?;
    let told = finish(&mut tx, who, &head, entry, &place, standing).await?;
    tx.commit().await?;
    Ok(told)
}

/// What is said to have come of an entry that is an experiment.
fn result(entry: &TimelineEntry) -> &str {
    match entry {
        TimelineEntry::Experiment(one) => one.conclusion.as_ref().map_or("", |conclusion| &conclusion.result),
        _ => "",
    }
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
    let mut entry = entries::one(&mut tx, &head).await?;
    let TimelineEntry::Experiment(before) = &entry else {
        return Err(Refusal::Unseen.into());
    };
    let by = signed(who)?.id;
    let same = before.conclusion.as_ref().is_some_and(|before| {
        (before.outcome, &before.result, &before.reason) == (said.outcome, &ended.result, &ended.reason)
    });
    if !same {
        let at = moment(&mut tx, head.idea).await?;
        let Ended { result, html, reason } = &ended;
        let new = NewConclusion { outcome: said.outcome, result, html, reason, by, at };
        entries::conclude(&mut tx, id, &new).await?;
        pictures::put_in_entry(&mut tx, id, result, head.published_at).await?;
        entry = entries::one(&mut tx, &head).await?;
        announce(&mut tx, &head, &entry, &place, by, at).await?;
        let detail = json!({ "entry": id, "to": said.outcome });
        audit::add(&mut tx, by, AuditAct::Conclude, &format!("idea:{}", head.idea), &detail).await?;
    }
    let told = finish(&mut tx, who, &head, entry, &place, standing).await?;
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

//! Merging ideas that say the same, and taking that back: see `docs/merging.md`.

use serde_json::json;
use shared::{
    DocumentId, MergeId,
    api::{
        AuditAct, FieldCode, FieldProblem, IdeaFacts, IdeaName, IdeaView, MergeIdea, MergePreview, NoticeKind,
        PersonView,
    },
    limits,
    rules::{Audience, Away, BoardAct, Refusal, Standing, may_on_board},
};

use super::{
    Error,
    access::{self, AccessChange, AccessNews},
    fields::{self, Fields},
    ideas, now, promise, signed,
};
use crate::store::{
    Db, StoreError, Tx, audit,
    ideas::{self as rows, InBoard},
    inbox::{self, Cause, Happening},
    merges::{self, Merge},
};

/// What is told after two ideas were merged, or parted again.
#[derive(Clone, Debug)]
pub struct News {
    /// What everyone may know of the idea that others live on in.
    pub target: IdeaFacts,
    /// The number of the other.
    pub twin: u32,
    /// Where that lives on now; nothing when it stands by itself again.
    pub into: Option<IdeaName>,
}

/// An idea that may be merged into another.
struct Pair {
    twin: InBoard,
    target: InBoard,
}

/// The two ideas, when the person may merge the one into the other.
async fn pair(tx: &mut Tx, who: Option<&PersonView>, number: u32, into: u32) -> Result<Pair, Error> {
    let (twin, _) = access::idea(tx, who, number, BoardAct::Merge).await?;
    let wrong = |code, message: &str| Error::field("into", FieldProblem::new(code, message));
    if into == number {
        return Err(wrong(FieldCode::Itself, "is the idea itself"));
    }
    let target = match access::idea(tx, who, into, BoardAct::Merge).await {
        Ok((target, _)) => target,
        Err(Error::Refused(Refusal::Unseen)) => return Err(wrong(FieldCode::Unknown, "is no idea here")),
        Err(Error::Refused(Refusal::Away(_))) => {
            return Err(wrong(FieldCode::Away, "waits for a moderator, is hidden, or was merged itself"));
        }
        Err(other) => return Err(other),
    };
    if !same_eyes(&twin, &target) {
        let message = "is seen by others: what was said here would be shown to them, or hidden from those who said it";
        return Err(wrong(FieldCode::Audience, message));
    }
    Ok(Pair { twin, target })
}

/// Whether whoever sees the one sees the other.
fn same_eyes(twin: &InBoard, target: &InBoard) -> bool {
    let (one, other) = (twin.rules.audience, target.rules.audience);
    twin.board == target.board || (one == other && one != Audience::Invited)
}

/// What merging an idea into another would carry.
///
/// # Errors
/// When an idea is unseen, the person may not, or the two cannot be merged.
pub async fn preview(db: &Db, who: Option<&PersonView>, number: u32, into: u32) -> Result<MergePreview, Error> {
    let mut tx = db.read().await?;
    let Pair { twin, target } = pair(&mut tx, who, number, into).await?;
    let load = merges::load(&mut tx, twin.idea, target.idea).await?;
    let found = rows::by_number(&mut tx, who.map(|who| who.id), into).await?;
    let into = found.ok_or_else(|| StoreError::Corrupt(format!("idea {into} is gone")))?.card;
    Ok(MergePreview {
        votes: load.votes,
        votes_shared: load.votes_shared,
        votes_then: into.votes + load.votes,
        comments: load.comments,
        followers: load.followers,
        coauthors: load.coauthors,
        into,
    })
}

/// Merges an idea into another, in which it lives on. Answers with the other.
///
/// # Errors
/// When an idea is unseen, the person may not, or the two cannot be merged.
pub async fn merge(
    db: &Db,
    news: &AccessNews,
    who: Option<&PersonView>,
    number: u32,
    request: &MergeIdea,
) -> Result<(IdeaView, News), Error> {
    let mut tx = db.write().await?;
    rows::lock(&mut tx, &[number, request.into]).await?;
    let Pair { twin, target } = pair(&mut tx, who, number, request.into).await?;
    let who = signed(who)?;
    let mut problems = Fields::default();
    let reason = problems.check("reason", fields::lines(&request.reason, limits::REASON));
    problems.done()?;
    let reason = reason.unwrap_or_default();
    let made = Merge { id: MergeId::new(), twin: twin.idea, target: target.idea };
    let at = now();
    merges::merge(&mut tx, &made, who.id, &reason, at).await?;
    // Whoever proposed the twin is not waited for any more.
    promise::settle(&mut tx, made.twin, None, at).await?;
    let detail = json!({ "into": target.idea, "merge": made.id });
    let (view, facts) = finish(&mut tx, who, &made, request.into, (AuditAct::Merge, &detail), &reason).await?;
    tx.commit().await?;
    tell(news, [twin.document, target.document]);
    let into = merged_into(&view);
    Ok((view, News { target: facts, twin: number, into: Some(into) }))
}

fn merged_into(view: &IdeaView) -> IdeaName {
    let card = &view.card;
    IdeaName { number: card.number, slug: card.slug.clone(), title: card.title.clone() }
}

/// Writes down what was done to the twin, lets its supporters be told, and reads the idea of this number anew.
async fn finish(
    tx: &mut Tx,
    who: &PersonView,
    merge: &Merge,
    number: u32,
    (act, detail): (AuditAct, &serde_json::Value),
    words: &str,
) -> Result<(IdeaView, IdeaFacts), Error> {
    let (idea, kind) = (merge.twin, NoticeKind::Merged);
    let told = Happening { idea, kind, by: who.id, stage: None, comment: None, words, at: now() };
    inbox::happen_by(tx, &told, Cause { merge: Some(merge.id), ..Cause::default() }).await?;
    audit::add(tx, who.id, act, &format!("idea:{}", merge.twin), detail).await?;
    Ok((ideas::whole(tx, Some(who), number).await?, ideas::facts(tx, number).await?))
}

/// Whoever has the concepts open may write there no longer, or again.
fn tell(news: &AccessNews, documents: [DocumentId; 2]) {
    for document in documents {
        news.tell(AccessChange::Document(document));
    }
}

/// Takes back that an idea was merged. Everything is as it was, but for what people did since. Answers with the idea.
///
/// # Errors
/// When the idea is unseen or was not merged, the person may not, or the other was itself merged since.
pub async fn undo(
    db: &Db,
    news: &AccessNews,
    who: Option<&PersonView>,
    number: u32,
) -> Result<(IdeaView, News), Error> {
    let mut tx = db.write().await?;
    let (twin, standing) = access::idea(&mut tx, who, number, BoardAct::Read).await?;
    may_on_board(BoardAct::Merge, Standing { away: None, ..standing }, twin.rules)?;
    let who = signed(who)?;
    let not_merged = || Error::Conflict("this idea is not merged into another".to_owned());
    let (found, into) = merges::of(&mut tx, twin.idea).await?.ok_or_else(not_merged)?;
    rows::lock(&mut tx, &[number, into]).await?;
    // Somebody else may have been faster.
    let (merge, into) =
        merges::of(&mut tx, twin.idea).await?.filter(|(now, _)| now.id == found.id).ok_or_else(not_merged)?;
    let target = match access::idea(&mut tx, Some(who), into, BoardAct::Merge).await {
        Ok((target, _)) => target,
        Err(Error::Refused(Refusal::Away(Away::Merged))) => return Err(Error::MergedOn),
        Err(other) => return Err(other),
    };
    merges::undo(&mut tx, &merge, who.id, now()).await?;
    let detail = json!({ "from": target.idea, "merge": merge.id });
    let (view, _) = finish(&mut tx, who, &merge, number, (AuditAct::Unmerge, &detail), "").await?;
    let facts = ideas::facts(&mut tx, into).await?;
    tx.commit().await?;
    tell(news, [twin.document, target.document]);
    Ok((view, News { target: facts, twin: number, into: None }))
}

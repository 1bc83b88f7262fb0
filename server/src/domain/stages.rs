//! Moving ideas through the stages of their board.

use serde_json::json;
use shared::{
    api::{AuditAct, Came, FieldCode, FieldProblem, IdeaFacts, IdeaView, MoveIdea, NoticeKind, PersonView, StageKind},
    limits,
    rules::BoardAct,
};

use super::{
    Error, access,
    fields::{self, Fields},
    ideas, now, signed,
};
use crate::store::{
    Db, audit, boards,
    inbox::{self, Happening},
    stages::{self, Move},
};

/// Moves an idea to another stage of its board; to the one it is in, nothing changes. Answers with the idea, and with
/// what everyone is told when it moved.
///
/// # Errors
/// When the idea is unseen, the person may not, the stage is none of the board's, or its reason is missing.
pub async fn set(
    db: &Db,
    who: Option<&PersonView>,
    number: u32,
    to: &MoveIdea,
) -> Result<(IdeaView, Option<IdeaFacts>), Error> {
    let mut tx = db.write().await?;
    let (place, _) = access::idea(&mut tx, who, number, BoardAct::SetStage).await?;
    stages::hold(&mut tx, place.board).await?;
    let (place, _) = access::idea_to_change(&mut tx, who, number, BoardAct::SetStage).await?;
    let who = signed(who)?;
    let stage = boards::stages(&mut tx, place.board).await?.into_iter().find(|stage| stage.id == to.stage);
    let mut problems = Fields::default();
    let reason = problems.check("reason", fields::lines(&to.reason, limits::REASON));
    if stage.is_none() {
        let unknown = FieldProblem::new(FieldCode::Unknown, "is no stage of the idea's board");
        problems.check::<()>("stage", Err(unknown));
    }
    let declines = stage.as_ref().is_some_and(|stage| stage.kind == StageKind::Declined);
    if declines && reason.as_deref() == Some("") {
        let needed = FieldProblem::new(FieldCode::Required, "is needed when an idea will not be done");
        problems.check::<()>("reason", Err(needed));
    }
    problems.done()?;
    let from = stages::of(&mut tx, place.idea).await?;
    if from == to.stage {
        return Ok((ideas::whole(&mut tx, Some(who), number).await?, None));
    }
    let reason = reason.unwrap_or_default();
    let to = Move { idea: place.idea, from, to: to.stage, by: who.id, reason: &reason, at: now() };
    stages::set(&mut tx, &to).await?;
    let (kind, words) = (NoticeKind::Stage, reason.as_str());
    let told = Happening { idea: place.idea, kind, by: who.id, stage: Some(to.to), comment: None, words, at: to.at };
    inbox::happen(&mut tx, &told).await?;
    let detail = json!({ "from": from, "to": to.to });
    audit::add(&mut tx, who.id, AuditAct::MoveIdea, &format!("idea:{}", place.idea), &detail).await?;
    let view = ideas::whole(&mut tx, Some(who), number).await?;
    let came = Some(Came { from: Some(from), reason: reason.clone(), at: to.at });
    let facts = IdeaFacts { came, ..ideas::facts(&mut tx, number).await? };
    tx.commit().await?;
    Ok((view, Some(facts)))
}

//! The stages of a board: which there are, in which order, and where ideas go whose stage goes.

use std::collections::HashMap;

use serde_json::json;
use shared::{
    BoardId, StageId,
    api::{
        AuditAct, BoardView, FieldCode, FieldProblem, IdeaFacts, PersonView, SetStages, StageCount, StageKind,
        StageView, WantedStage,
    },
    limits,
    rules::BoardAct,
};

use super::{
    Error, access, boards,
    fields::{self, Fields},
    ideas, now, signed,
};
use crate::store::{
    Db, Tx, audit,
    boards::stages as stages_of,
    news,
    stages::{self, MoveAll, Step},
};

/// Of how many ideas that were moved together open pages are told.
const TOLD: usize = 100;

/// The stages of a board, in order, with how many ideas stand in each.
///
/// # Errors
/// When the board is unseen, or the person may not.
pub async fn list(db: &Db, who: Option<&PersonView>, slug: &str) -> Result<Vec<StageCount>, Error> {
    let mut tx = db.read().await?;
    let (board, _) = access::board(&mut tx, who, slug, BoardAct::Govern).await?;
    counted(&mut tx, board.id).await
}

async fn counted(tx: &mut Tx, board: BoardId) -> Result<Vec<StageCount>, Error> {
    let counts = stages::counts(tx, board).await?;
    let phases = stages::phases(tx, board).await?;
    let stages = stages_of(tx, board).await?.into_iter();
    Ok(stages
        .map(|stage| StageCount {
            phase: phases.get(&stage.id).copied(),
            ideas: counts.get(&stage.id).copied().unwrap_or_default(),
            stage,
        })
        .collect())
}

/// Sets the stages of a board. Ideas whose stage goes are moved to another, and the move is kept with each. Answers with
/// the board, and with what everyone may know of ideas that moved and stand.
///
/// # Errors
/// When the board is unseen, the person may not, other stages stand than the wish was made from, or the stages are not
/// acceptable.
pub async fn set(
    db: &Db,
    who: Option<&PersonView>,
    slug: &str,
    wanted: &SetStages,
) -> Result<(BoardView, Vec<IdeaFacts>), Error> {
    let mut tx = db.write().await?;
    let (board, _) = access::board(&mut tx, who, slug, BoardAct::Govern).await?;
    let who = signed(who)?;
    stages::lock(&mut tx, board.id).await?;
    let before = counted(&mut tx, board.id).await?;
    if !is_current(wanted, &before) {
        return Err(Error::StagesChanged);
    }
    let after = acceptable(&wanted.stages, &before)?;
    let targets = targets(wanted, &before, &after)?;
    let at = now();
    stages::replace(&mut tx, board.id, &after, at).await?;
    for old in &before {
        // What is launched or declined is news.
        if after.iter().any(|step| step.view.id == old.stage.id && step.view.kind != old.stage.kind) {
            news::refresh_stage(&mut tx, old.stage.id).await?;
        }
    }
    let mut moved = Vec::new();
    // Asked for after the stages went: whoever moved an idea into one of them meanwhile has done so by now.
    for gone in before.iter().filter(|old| after.iter().all(|step| step.view.id != old.stage.id)) {
        let to = targets.get(&gone.stage.id).copied().or_else(|| after.first().map(|step| step.view.id));
        if let Some(to) = to {
            let to = MoveAll { from: gone.stage.id, to, by: who.id, at };
            moved.extend(stages::move_all(&mut tx, &to).await?);
        }
    }
    audit::add(&mut tx, who.id, AuditAct::SetStages, &format!("board:{}", board.id), &json!(wanted)).await?;
    let mut news = Vec::new();
    for number in moved.into_iter().take(TOLD) {
        news.push(ideas::facts(&mut tx, number).await?);
    }
    let view = boards::whole(&mut tx, Some(who), slug).await?;
    tx.commit().await?;
    Ok((view, news))
}

/// Whether the wish was made from the stages that stand, so that nothing a colleague did meanwhile is undone unseen.
fn is_current(wanted: &SetStages, before: &[StageCount]) -> bool {
    let mut stand = before.iter().map(|counted| counted.stage.id);
    match &wanted.known {
        Some(known) => stand.eq(known.iter().copied()),
        None => stand.all(|id| {
            let stays = wanted.stages.iter().any(|stage| stage.id == Some(id));
            stays || wanted.moved.iter().any(|moved| moved.from == id)
        }),
    }
}

/// The stages as they will be kept.
fn acceptable(wanted: &[WantedStage], before: &[StageCount]) -> Result<Vec<Step>, Error> {
    let mut problems = Fields::default();
    if wanted.is_empty() {
        problems.check::<()>("stages", Err(FieldProblem::new(FieldCode::Required, "a board has a stage at least")));
    }
    if wanted.len() > limits::STAGES {
        problems.check::<()>("stages", Err(FieldProblem::too_many(limits::STAGES)));
    }
    let mut stages: Vec<Step> = Vec::with_capacity(wanted.len());
    for (at, stage) in wanted.iter().enumerate() {
        let fr = problems.check(&format!("stages.{at}.fr"), fields::line(&stage.fr, limits::STAGE));
        let en = problems.check(&format!("stages.{at}.en"), fields::line(&stage.en, limits::STAGE));
        if (stage.kind == StageKind::New) != (at == 0) {
            let message = "the first stage is `new`, and no other";
            problems.check::<()>(&format!("stages.{at}.kind"), Err(FieldProblem::new(FieldCode::Wrong, message)));
        }
        let phase = stage.kind.phase(stage.phase);
        if stage.phase.is_some() && stage.phase != phase {
            let message = "only `open` stages choose where they show, and not `launched`";
            problems.check::<()>(&format!("stages.{at}.phase"), Err(FieldProblem::new(FieldCode::Wrong, message)));
        }
        let id = stage.id.unwrap_or_else(StageId::new);
        let known = stage.id.is_none() || before.iter().any(|old| old.stage.id == id);
        if !known || stages.iter().any(|other| other.view.id == id) {
            let message = "is no stage of the board, or named twice";
            problems.check::<()>(&format!("stages.{at}.id"), Err(FieldProblem::new(FieldCode::Unknown, message)));
        }
        let (fr, en) = (fr.unwrap_or_default(), en.unwrap_or_default());
        let view = StageView { id, fr, en, colour: stage.colour, kind: stage.kind };
        stages.push(Step { view, phase });
    }
    problems.done()?;
    Ok(stages)
}

/// Where the ideas go of each stage that goes: to one that stays.
fn targets(wanted: &SetStages, before: &[StageCount], after: &[Step]) -> Result<HashMap<StageId, StageId>, Error> {
    let stays = |id: StageId| after.iter().any(|step| step.view.id == id);
    let targets: HashMap<StageId, StageId> = wanted.moved.iter().map(|moved| (moved.from, moved.to)).collect();
    let gone = before.iter().filter(|old| !stays(old.stage.id));
    let without = gone.filter(|old| old.ideas > 0).find(|old| !targets.get(&old.stage.id).is_some_and(|to| stays(*to)));
    match without {
        Some(old) => {
            let message = format!("{} ideas stand in `{}`: say in which stage they are then", old.ideas, old.stage.en);
            Err(Error::field("moved", FieldProblem::new(FieldCode::Required, message)))
        }
        None => Ok(targets),
    }
}

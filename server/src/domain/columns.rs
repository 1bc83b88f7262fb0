//! The pipeline of a board: its ideas, a column for each stage.

use std::collections::HashMap;

use shared::{
    IdeaId, StageId,
    api::{IdeaCard, PersonView, PipelineCard, StageView},
    rules::{BoardAct, may_on_board},
};

use super::{
    Error, access,
    ideas::{self, Place, Wanted},
};
use crate::store::{Db, boards, cards, columns};

/// A stage, and some of the ideas that stand in it, each with its own place.
#[derive(Clone, Debug)]
pub struct Column {
    /// Which.
    pub stage: StageView,
    /// How many ideas there are.
    pub ideas: u32,
    /// The first of them from after the place asked for.
    pub cards: Vec<(PipelineCard, Place)>,
}

/// The columns of a board's pipeline, or the one of the stage asked for, with at most `limit` ideas in each from after a
/// place on; and whether the person may move them.
///
/// # Errors
/// When the board is unseen or unknown.
pub async fn list(
    db: &Db,
    who: Option<&PersonView>,
    slug: &str,
    wanted: &Wanted,
    from: Place,
    limit: u32,
) -> Result<(Vec<Column>, bool), Error> {
    let mut tx = db.read().await?;
    let (board, standing) = access::board(&mut tx, who, slug, BoardAct::Read).await?;
    let may_move = may_on_board(BoardAct::SetStage, standing, board.rules).is_ok();
    let mut stages = boards::stages(&mut tx, board.id).await?;
    stages.retain(|stage| wanted.stage.is_none_or(|only| only == stage.id));
    let empty = |stage| Column { stage, ideas: 0, cards: Vec::new() };
    let Some(wish) = ideas::wish(&mut tx, Some(board.id), wanted).await? else {
        return Ok((stages.into_iter().map(empty).collect(), may_move));
    };
    let person = who.map(|who| who.id);
    let counts = columns::counts(&mut tx, board.id, person, &wish).await?;
    let held: Vec<StageId> = stages.iter().map(|stage| stage.id).filter(|id| counts.contains_key(id)).collect();
    let found = columns::first(&mut tx, board.id, person, &wish, &held, from, limit).await?;
    let ids: Vec<_> = found.iter().map(|idea| idea.id).collect();
    let shown = cards::of(&mut tx, &access::sight(who), &ids).await?;
    let mut shown: HashMap<IdeaId, IdeaCard> = shown.into_iter().map(|card| (card.id, card)).collect();
    let mut came = columns::came(&mut tx, &ids).await?;
    let mut columns: Vec<Column> = stages.into_iter().map(empty).collect();
    for column in &mut columns {
        column.ideas = counts.get(&column.stage.id).copied().unwrap_or_default();
        for idea in found.iter().filter(|idea| idea.stage_id == column.stage.id.0) {
            let Some(card) = shown.remove(&IdeaId(idea.id)) else { continue };
            let place = Place { key: idea.key, number: card.number };
            // What an order puts last has the lowest rank, whichever way it counts.
            let rank = if Place::start(wish.sort) == Place::FIRST { -idea.key } else { idea.key };
            let (since, reason) = came.remove(&card.id).unwrap_or_else(|| (card.created_at, String::new()));
            column.cards.push((PipelineCard { card, rank, since, reason }, place));
        }
    }
    Ok((columns, may_move))
}

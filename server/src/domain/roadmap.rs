//! The roadmap: what is explored, built, piloted and launched, across the boards that somebody sees.

use std::collections::HashMap;

use shared::{
    IdeaId,
    api::{IdeaCard, PersonView, Phase, RoadmapCard},
    rules::BoardAct,
};

use super::{Error, access, ideas::Place, inbox::TOLD, markdown};
use crate::store::{
    Db, cards,
    roadmap::{self, Shown},
};

/// A heading of the roadmap, and some of the ideas under it, each with its own place.
#[derive(Clone, Debug)]
pub struct Heading {
    /// Which.
    pub phase: Phase,
    /// How many ideas there are.
    pub ideas: u32,
    /// The first of them from after the place asked for.
    pub cards: Vec<(RoadmapCard, Place)>,
}

/// The headings of the roadmap, or the one asked for, with at most `limit` ideas under each from after a place on; of the
/// board of this slug, where one is asked for.
///
/// # Errors
/// When the board is unseen or unknown.
pub async fn show(
    db: &Db,
    who: Option<&PersonView>,
    board: Option<&str>,
    only: Option<Phase>,
    from: Place,
    limit: u32,
) -> Result<Vec<Heading>, Error> {
    let mut tx = db.read().await?;
    let board = match board {
        Some(slug) => Some(access::board(&mut tx, who, slug, BoardAct::Read).await?.0.id),
        None => None,
    };
    let sight = access::sight(who);
    let stages = roadmap::stages(&mut tx, &sight, board).await?;
    let counts = roadmap::counts(&mut tx, &sight, board).await?;
    let mut found = Vec::new();
    for phase in Phase::ALL.iter().copied().filter(|phase| only.is_none_or(|only| only == *phase)) {
        let of_phase: Vec<Shown> = stages.iter().copied().filter(|stage| stage.phase == phase).collect();
        let ideas = counts.get(&phase).copied().unwrap_or_default();
        let first = if ideas == 0 { Vec::new() } else { roadmap::first(&mut tx, &of_phase, from, limit).await? };
        found.push((phase, ideas, first));
    }
    let ids: Vec<_> = found.iter().flat_map(|(_, _, first)| first.iter().map(|idea| idea.id)).collect();
    let shown = cards::of(&mut tx, &sight, &ids).await?;
    let mut shown: HashMap<IdeaId, IdeaCard> = shown.into_iter().map(|card| (card.id, card)).collect();
    let mut updates = roadmap::updates(&mut tx, &ids).await?;
    let mut ahead = roadmap::ahead(&mut tx, &ids).await?;
    let mut headings = Vec::with_capacity(found.len());
    for (phase, ideas, first) in found {
        let mut cards = Vec::with_capacity(first.len());
        for idea in first {
            let Some(card) = shown.remove(&IdeaId(idea.id)) else { continue };
            let mut update = updates.remove(&card.id);
            if let Some(update) = &mut update {
                update.words = markdown::beginning(&update.words, TOLD);
            }
            let ahead = ahead.remove(&card.id);
            cards.push((RoadmapCard { card, update, ahead }, idea.place()?));
        }
        headings.push(Heading { phase, ideas, cards });
    }
    Ok(headings)
}

//! Ideas that say what a new title says, shown while it is typed.

use shared::{
    api::{IdeaCard, PersonView},
    limits,
};
use uuid::Uuid;

use super::{
    acceptable, best, in_order,
    query::Query,
    rank,
    terms::{self, Field, Kind},
};
use crate::{
    domain::{Error, access},
    store::{
        Db, cards,
        search::{self, First, Match},
    },
};

/// How many ideas are shown as similar.
const SHOWN: u32 = 3;
/// How many are looked at more closely.
const CANDIDATES: u32 = 200;
/// From which likeness on an idea is shown.
const ALIKE: f64 = 0.5;
/// What it counts that an idea is on the board where one proposes.
const HERE: f64 = 0.05;
/// What it counts that a title is the same, which comes before everything else.
const SAME: f64 = 2.0;

/// At most three ideas, on all boards somebody sees, whose titles are the same or nearly say the same as this one; of
/// equals, those on the `board` of this slug first. Whoever is about to propose may not know that it was said elsewhere.
///
/// # Errors
/// When the title is too long.
pub async fn similar(
    db: &Db,
    who: Option<&PersonView>,
    title: &str,
    board: Option<&str>,
) -> Result<Vec<IdeaCard>, Error> {
    acceptable("title", title, limits::TITLE)?;
    if title.trim().is_empty() {
        return Ok(Vec::new());
    }
    let whole = terms::whole(title);
    let mut query = Query::read(title);
    let mut tx = db.read().await?;
    query.weigh(&mut tx).await?;
    let sight = access::sight(who);
    let mut ids: Vec<Uuid> = Vec::new();
    let wishes =
        [Match::Term(Kind::Idea.term(&whole)), query.two(Kind::Idea, Field::Title), query.all(Kind::Idea, Field::Any)];
    for wish in &wishes {
        ids.extend(search::candidates(&mut tx, &sight, wish, First::Heaviest, None, CANDIDATES).await?);
    }
    ids.sort_unstable();
    ids.dedup();
    let found = search::ideas(&mut tx, &sight, &ids).await?;
    let ranked = found.iter().filter_map(|idea| {
        let likeness = if terms::whole(&idea.title) == whole {
            SAME
        } else if query.is_telling() {
            rank::likeness(&query, &idea.title, &idea.pitch)
        } else {
            0.0
        };
        let here = if board == Some(idea.board.as_str()) { HERE } else { 0.0 };
        (likeness >= ALIKE).then_some((likeness + here, idea.id))
    });
    let (ids, _) = best(ranked.collect(), SHOWN);
    Ok(in_order(cards::of(&mut tx, &sight, &ids).await?, &ids, |card| card.id.0))
}

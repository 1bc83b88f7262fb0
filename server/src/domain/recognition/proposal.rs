//! What is proposed to whoever recognises those who shaped an idea: by what each brought.

use shared::{
    IdeaId, PersonId,
    api::{IdeaName, Proposed, RecognitionProposal, Share},
    calendar::month_of,
    rules::BoardAct,
    shares::split,
};

use super::super::{
    Error,
    access::{self, Signed},
    credit, now,
};
use crate::store::{
    Db, Tx, ideas,
    recognition::{self, badges, choices, desk, perks},
};

/// How many points are proposed for an idea, as long as the board has as many.
const PROPOSED: u32 = 100;

/// Who shaped an idea and could be recognised, what could be given, and what is proposed.
///
/// # Errors
/// When the idea is unseen, or the person may not.
pub async fn proposal(db: &Db, signed: &Signed, number: u32) -> Result<RecognitionProposal, Error> {
    let mut tx = db.read().await?;
    let who = &signed.person;
    let (place, _) = access::idea(&mut tx, Some(who), number, BoardAct::Recognise).await?;
    let (monthly, spent) = recognition::budget(&mut tx, place.board, month_of(now())).await?;
    let left = monthly.saturating_sub(spent);
    let became = desk::one(&mut tx, place.idea).await?;
    let title = ideas::by_number(&mut tx, Some(who.id), number).await?.map(|idea| idea.card.title).unwrap_or_default();
    Ok(RecognitionProposal {
        idea: IdeaName { number, slug: shared::slug::slug(&title), title },
        launched: became.as_ref().is_some_and(|became| became.launched),
        milestone: became.and_then(|became| became.milestone),
        people: people(&mut tx, who.id, place.idea, left.min(PROPOSED)).await?,
        left,
        badges: badges::list(&mut tx).await?.into_iter().filter(|badge| !badge.retired).collect(),
        perks: perks::list(&mut tx, who.id).await?.into_iter().filter(|perk| !perk.retired).collect(),
    })
}

/// Those who shaped an idea and whom `asking` may recognise, the most first, with `points` split among them.
pub(super) async fn people(tx: &mut Tx, asking: PersonId, idea: IdeaId, points: u32) -> Result<Vec<Proposed>, Error> {
    let mut people = Vec::new();
    for Share { person, percent, .. } in credit::shares(tx, idea).await?.shares {
        if person.id != asking && recognition::takes(tx, person.id).await? {
            let private = choices::of(tx, person.id).await?.private;
            people.push(Proposed { person, percent, points: 0, private });
        }
    }
    let weights: Vec<u32> = people.iter().map(|one| one.percent).collect();
    for (one, points) in people.iter_mut().zip(split(points, &weights)) {
        one.points = points;
    }
    Ok(people)
}

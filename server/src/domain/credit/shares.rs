//! People's shares in ideas.

use shared::{
    IdeaId,
    api::{Contributions, Given, PersonContributions, PersonShare, PersonView, Weights},
    rules::BoardAct,
};

use crate::{
    domain::{Error, access, profiles},
    store::{
        Db, StoreError, Tx,
        credit::{self, Amounts, ToIdea},
    },
};

/// How many ideas are named that somebody gave most to.
const MOST: usize = 12;

/// Who shaped an idea, and by how much.
///
/// # Errors
/// When the idea is unseen or unknown.
pub async fn of_idea(db: &Db, who: Option<&PersonView>, number: u32) -> Result<Contributions, Error> {
    let mut tx = db.read().await?;
    let (place, _) = access::idea(&mut tx, who, number, BoardAct::Read).await?;
    Ok(shares(&mut tx, place.idea).await?)
}

/// Who shaped an idea, and by how much.
///
/// # Errors
/// When the database fails.
pub async fn shares(tx: &mut Tx, idea: IdeaId) -> Result<Contributions, StoreError> {
    let weights = credit::weights(tx).await?;
    shares_by(tx, idea, &weights).await
}

async fn shares_by(tx: &mut Tx, idea: IdeaId, weights: &Weights) -> Result<Contributions, StoreError> {
    let given = credit::to_idea(tx, idea).await?;
    Ok(Contributions::of(given.into_iter().map(|(person, amounts)| (person, weights.given(&amounts))).collect()))
}

/// What somebody gave to the ideas that the person asking sees.
///
/// # Errors
/// When there is nobody of this id or handle.
pub async fn of_person(db: &Db, who: Option<&PersonView>, named: &str) -> Result<PersonContributions, Error> {
    let mut tx = db.read().await?;
    let person = profiles::find(&mut tx, named).await?;
    let weights = credit::weights(&mut tx).await?;
    let given = credit::of_person(&mut tx, &access::sight(who), person.id).await?;
    let mut all = Amounts::default();
    let mut ideas: Vec<(u32, ToIdea)> = Vec::with_capacity(given.len());
    for to in given {
        all.iter_mut().zip(to.amounts).for_each(|(all, more)| *all = all.saturating_add(more));
        let points = Given::sum(&weights.given(&to.amounts));
        if points > 0 {
            ideas.push((points, to));
        }
    }
    ideas.sort_by_key(|(points, to)| (std::cmp::Reverse(*points), to.name.number));
    let given = weights.given(&all);
    let mut contributions = PersonContributions {
        ideas: u32::try_from(ideas.len()).unwrap_or(u32::MAX),
        points: Given::sum(&given),
        given,
        most: Vec::new(),
    };
    for (points, ToIdea { idea, name, proposed, .. }) in ideas.into_iter().take(MOST) {
        let shares = shares_by(&mut tx, idea, &weights).await?.shares;
        let percent = shares.iter().find(|share| share.person.id == person.id).map_or(0, |share| share.percent);
        contributions.most.push(PersonShare { idea: name, proposed, percent, points });
    }
    Ok(contributions)
}

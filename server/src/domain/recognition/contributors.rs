//! Who contributes: by what the ideas' credit says. Customers are listed by how much; the company's people by their names,
//! as nobody is ranked against the other.

use shared::{
    Role,
    api::{Contributor, Contributors, ContributorsBy, ContributorsSince, Given, PersonView, Weights},
    calendar::month_of,
};

use super::super::{Error, access, now};
use crate::store::{Db, credit};

const DAY: i64 = 24 * 60 * 60 * 1000;
/// How many are looked at.
const SOUGHT: u32 = 300;
/// How many customers are listed, and how many of the company's people.
const LISTED: usize = 10;
const TEAM: usize = 40;

/// Who contributed most to the ideas that somebody sees. Those who do not want to be listed are not, nor are names that are
/// not here and who is suspended.
///
/// # Errors
/// When the database fails.
pub async fn list(
    db: &Db,
    who: Option<&PersonView>,
    by: ContributorsBy,
    since: ContributorsSince,
) -> Result<Contributors, Error> {
    let mut tx = db.read().await?;
    let mut weights = credit::weights(&mut tx).await?;
    if by == ContributorsBy::Helpfulness {
        let helpful = weights.helpful;
        weights = Weights { helpful, ..NOTHING };
    }
    let day = match since {
        ContributorsSince::Month => u32::try_from(month_of(now()) / DAY).unwrap_or_default(),
        ContributorsSince::Ever => 0,
    };
    let mut found = Contributors::default();
    for (person, amounts) in credit::most(&mut tx, &access::sight(who), day, &weights, SOUGHT).await? {
        let is_customer = person.role == Role::Customer;
        let full = if is_customer { found.customers.len() >= LISTED } else { found.team.len() >= TEAM };
        if full {
            continue;
        }
        if is_customer {
            let points = Given::sum(&weights.given(&amounts));
            found.customers.push(Contributor { person, points });
        } else {
            found.team.push(person);
        }
    }
    found.team.sort_by_cached_key(|person| (person.name.to_lowercase(), person.id));
    Ok(found)
}

/// Weights by which nothing counts.
const NOTHING: Weights =
    Weights { title: 0, pitch: 0, body: 0, improvement: 0, note: 0, twin: 0, helpful: 0, experiment: 0 };

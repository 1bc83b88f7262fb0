//! People's pages: what somebody did, as far as whoever looks may see it.

use shared::{
    PersonId, Role,
    api::{IdeaCard, PersonView, Profile, SaidView},
};

use super::{Error, access, markdown};
use crate::store::{
    Db, Tx, people,
    profiles::{self, Said},
};

pub use crate::store::{
    cards::Place,
    profiles::{Deed, SaidPlace},
};

/// Characters of what somebody said that their page shows.
const WORDS: usize = 280;

/// The person of this id, or of this handle.
pub(super) async fn find(tx: &mut Tx, named: &str) -> Result<PersonView, Error> {
    let found = match named.parse::<PersonId>() {
        Ok(id) => people::person(tx, id).await?,
        Err(_) => people::person_by_handle(tx, &named.to_lowercase()).await?,
    };
    match found {
        Some(person) if person.left => Err(Error::Left),
        found => found.ok_or(Error::NotFound("person")),
    }
}

/// A person's page.
///
/// # Errors
/// When there is nobody of this id or handle.
pub async fn one(db: &Db, who: Option<&PersonView>, named: &str) -> Result<Profile, Error> {
    let mut tx = db.read().await?;
    let person = find(&mut tx, named).await?;
    let profiles::Facts { about, created_at, suspended_at } = profiles::facts(&mut tx, person.id).await?;
    let profiles::Counts { proposed, improved, comments } =
        profiles::counts(&mut tx, &access::sight(who), person.id).await?;
    let moderates = who.is_some_and(|who| who.role >= Role::Moderator);
    let suspended_at = suspended_at.filter(|_| moderates);
    Ok(Profile { person, about, created_at, suspended_at, proposed, improved, comments })
}

/// At most `limit` ideas that a person did something with, the last first, from after a place on.
///
/// # Errors
/// When there is nobody of this id or handle.
pub async fn ideas(
    db: &Db,
    who: Option<&PersonView>,
    named: &str,
    deed: Deed,
    from: Place,
    limit: u32,
) -> Result<Vec<(IdeaCard, Place)>, Error> {
    let mut tx = db.read().await?;
    let person = find(&mut tx, named).await?;
    Ok(profiles::ideas(&mut tx, &access::sight(who), person.id, deed, from, limit).await?)
}

/// At most `limit` things that a person said, the last first, from after a place on.
///
/// # Errors
/// When there is nobody of this id or handle.
pub async fn said(
    db: &Db,
    who: Option<&PersonView>,
    named: &str,
    from: SaidPlace,
    limit: u32,
) -> Result<Vec<SaidView>, Error> {
    let mut tx = db.read().await?;
    let person = find(&mut tx, named).await?;
    let found = profiles::said(&mut tx, &access::sight(who), person.id, from, limit).await?;
    drop(tx);
    let view = |said: Said| SaidView {
        comment: said.id,
        kind: said.kind,
        words: markdown::Visible::markdown(&said.body).beginning(WORDS),
        number: said.number,
        slug: said.slug,
        title: said.title,
        board_title: said.board_title,
        created_at: said.created_at,
    };
    Ok(found.into_iter().map(view).collect())
}

//! What is shown of recognition, to whom: what is private is the person's own, and for moderators and owners; of what is taken
//! back nobody is reminded.

use shared::{
    PersonId,
    api::{BadgeHeld, FreshView, OwnRecognition, PersonView, RecognitionChoices, RecognitionView},
    rules::{Act, BoardAct, may},
};
use uuid::Uuid;

use super::super::{
    Error,
    access::{self, Signed},
    now, profiles,
};
use crate::store::{
    Db,
    recognition::{self, badges as held_badges, choices, perks, read, told},
};

/// How many are shown beside an idea.
const BESIDE: u32 = 50;
/// How many perks of one's own are shown.
const PERKS: u32 = 100;
/// How many are shown at once to who was away.
const FRESH: u32 = 5;

/// At most `limit` thanks for everybody on the boards somebody sees, the last first, from before an entry on.
///
/// # Errors
/// When the database fails.
pub async fn recent(
    db: &Db,
    who: Option<&PersonView>,
    before: Uuid,
    limit: u32,
) -> Result<Vec<RecognitionView>, Error> {
    Ok(read::public(&mut db.read().await?, &access::sight(who), None, before, limit).await?)
}

/// Who was thanked for an idea, and which badges were given for it.
///
/// # Errors
/// When the idea is unseen.
pub async fn of_idea(db: &Db, who: Option<&PersonView>, number: u32) -> Result<Vec<RecognitionView>, Error> {
    let mut tx = db.read().await?;
    let (place, _) = access::idea(&mut tx, who, number, BoardAct::Read).await?;
    let moderates = may(Act::Moderate, who.map(|who| who.role)).is_ok();
    Ok(read::of_idea(&mut tx, &access::sight(who), place.idea, moderates, BESIDE).await?)
}

/// The badges that the person of this id or handle has and shows.
///
/// # Errors
/// When there is nobody of it.
pub async fn badges(db: &Db, who: Option<&PersonView>, named: &str) -> Result<Vec<BadgeHeld>, Error> {
    let mut tx = db.read().await?;
    let person = profiles::find(&mut tx, named).await?;
    Ok(held_badges::of(&mut tx, &access::sight(who), person.id).await?)
}

/// At most `limit` thanks that the person of this id or handle got and shows, the last first, from before an entry on.
///
/// # Errors
/// When there is nobody of it.
pub async fn thanks(
    db: &Db,
    who: Option<&PersonView>,
    named: &str,
    before: Uuid,
    limit: u32,
) -> Result<Vec<RecognitionView>, Error> {
    let mut tx = db.read().await?;
    let person = profiles::find(&mut tx, named).await?;
    Ok(read::public(&mut tx, &access::sight(who), Some(person.id), before, limit).await?)
}

/// What a person has: points, perks with their codes, and what they want of it. For nobody else.
///
/// # Errors
/// When the database fails.
pub async fn mine(db: &Db, signed: &Signed) -> Result<OwnRecognition, Error> {
    let mut tx = db.read().await?;
    let who = signed.person.id;
    Ok(OwnRecognition {
        points: recognition::points(&mut tx, who).await?,
        perks: perks::held(&mut tx, who, None, PERKS).await?,
        choices: choices::of(&mut tx, who).await?,
    })
}

/// At most `limit` entries for a person, whatever they are, the last first, from before one on.
///
/// # Errors
/// When the database fails.
pub async fn own(db: &Db, signed: &Signed, before: Uuid, limit: u32) -> Result<Vec<RecognitionView>, Error> {
    Ok(read::own(&mut db.read().await?, &access::sight(Some(&signed.person)), before, limit).await?)
}

/// What a person was given and was not shown yet, the first first.
///
/// # Errors
/// When the database fails.
pub async fn fresh(db: &Db, signed: &Signed) -> Result<Vec<FreshView>, Error> {
    Ok(told::fresh(&mut db.read().await?, &access::sight(Some(&signed.person)), FRESH).await?)
}

/// Notes that a person was shown what was given until a moment.
///
/// # Errors
/// When the database fails.
pub async fn see(db: &Db, who: PersonId, until: shared::api::Millis) -> Result<(), Error> {
    let mut tx = db.write().await?;
    told::see(&mut tx, who, until, now()).await?;
    Ok(tx.commit().await?)
}

/// Sets what a person wants of recognition; it holds at once, for what was given before too.
///
/// # Errors
/// When the database fails.
pub async fn choose(db: &Db, signed: &Signed, wanted: RecognitionChoices) -> Result<RecognitionChoices, Error> {
    may(Act::Claim, Some(signed.role()))?;
    let mut tx = db.write().await?;
    choices::set(&mut tx, signed.person.id, wanted, now()).await?;
    let chosen = choices::of(&mut tx, signed.person.id).await?;
    tx.commit().await?;
    Ok(chosen)
}

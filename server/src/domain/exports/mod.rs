//! What somebody takes along of what they gave and did: one file, made in the background, kept for a week.
//!
//! It holds `data.json` for programs, `index.html` to be read, and the pictures they added. What they wrote is in it whatever
//! became of it; of what others wrote only what they may see at that moment: the titles of ideas, the names of boards.

use std::collections::HashSet;

use serde_json::{Map, Value};
use shared::{
    ExportId, Locale, PersonId, Role,
    api::{ExportView, Millis, PersonView},
    rules::{Act, BoardAct, may},
};
use uuid::Uuid;

use super::{Error, access, access::Signed, now};
use crate::store::{
    Db, StoreError, Tx, boards,
    exports::{self, parts},
};

/// How long a file is kept.
pub const KEPT: Millis = 7 * 24 * 60 * 60 * 1000;
/// The form of `data.json`: see `docs/privacy.md`.
pub const FORM: &str = "atelier-export";
/// Its version.
pub const VERSION: u32 = 1;
/// The parts that are no rows.
pub const TEXTS: &str = "texts";
/// The same of pictures.
pub const PICTURES: &str = "pictures";

/// How many parts there are.
#[must_use]
pub fn count() -> u32 {
    u32::try_from(parts::PARTS.len() + 2).unwrap_or(u32::MAX)
}

/// The names of all parts.
pub fn names() -> impl Iterator<Item = &'static str> {
    parts::PARTS.iter().map(|(name, _)| *name).chain([TEXTS, PICTURES])
}

fn own(signed: &Signed) -> Result<PersonId, Error> {
    signed.session().ok_or(Error::NeedsSession)?;
    may(Act::OwnData, Some(signed.role()))?;
    Ok(signed.person.id)
}

/// Asks for a file, in a language.
///
/// # Errors
/// When one is being made, or an access token asks.
pub async fn ask(db: &Db, signed: &Signed, language: Locale) -> Result<ExportView, Error> {
    let person = own(signed)?;
    // Not to be guessed, and not in the order of time.
    let id = ExportId(Uuid::new_v4());
    let mut tx = db.write().await?;
    match exports::ask(&mut tx, id, person, language, count(), now()).await {
        Err(StoreError::Taken(_)) => return Err(Error::Conflict("a file is being made already".into())),
        asked => asked?,
    }
    let all = exports::of(&mut tx, person, KEPT).await?;
    tx.commit().await?;
    all.into_iter().find(|one| one.id == id).ok_or_else(|| Error::Fault("a file that was just asked for".into()))
}

/// The files of a person, the last first.
///
/// # Errors
/// When an access token asks.
pub async fn list(db: &Db, signed: &Signed) -> Result<Vec<ExportView>, Error> {
    let person = own(signed)?;
    Ok(exports::of(&mut db.read().await?, person, KEPT).await?)
}

/// A file, and when it was made.
///
/// # Errors
/// When there is none such of this person, or an access token asks.
pub async fn file(db: &Db, signed: &Signed, id: ExportId) -> Result<(Millis, Vec<u8>), Error> {
    let person = own(signed)?;
    let file = exports::file(&mut db.read().await?, person, id).await?;
    file.filter(|(made_at, _)| made_at + KEPT > now()).ok_or(Error::NotFound("file"))
}

/// Removes a file.
///
/// # Errors
/// When there is none such of this person, or an access token asks.
pub async fn remove(db: &Db, signed: &Signed, id: ExportId) -> Result<(), Error> {
    let person = own(signed)?;
    let mut tx = db.write().await?;
    if !exports::remove(&mut tx, person, id).await? {
        return Err(Error::NotFound("file"));
    }
    Ok(tx.commit().await?)
}

/// What a person may see of what others wrote.
#[derive(Debug, Default)]
pub struct Sees {
    /// The titles of boards.
    boards: HashSet<String>,
    is_staff: bool,
}

impl Sees {
    /// What somebody sees now.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn of(tx: &mut Tx, person: &PersonView) -> Result<Self, StoreError> {
        let boards = boards::titles(tx, &access::sight(Some(person))).await?.into_iter().collect();
        Ok(Self { boards, is_staff: person.role >= Role::Employee })
    }
}

/// A part of the file, of rows.
///
/// # Errors
/// When the database fails.
pub async fn part(
    tx: &mut Tx,
    person: &PersonView,
    sees: &Sees,
    language: Locale,
    lists: &'static [(&'static str, &'static str)],
) -> Result<Value, Error> {
    let mut part = parts::read(tx, person.id, lists).await?;
    for things in part.as_object_mut().into_iter().flat_map(Map::values_mut).filter_map(Value::as_array_mut) {
        // Notes of the staff, and what is not published, stay with the staff.
        things.retain(|thing| sees.is_staff || (thing["kind"] != "note" && !is_unpublished(thing)));
        for thing in things.iter_mut().filter_map(Value::as_object_mut) {
            in_language(thing, language);
            veil(tx, person, sees, thing).await?;
        }
    }
    Ok(part)
}

/// Leaves of what is named in two languages the name in one.
fn in_language(thing: &mut Map<String, Value>, language: Locale) {
    let names: Vec<String> = thing.keys().filter_map(|key| Some(key.strip_suffix("_fr")?.to_owned())).collect();
    for name in names {
        let (fr, en) = (thing.remove(&format!("{name}_fr")), thing.remove(&format!("{name}_en")));
        let chosen = if language == Locale::Fr { fr } else { en };
        thing.extend(chosen.map(|chosen| (name, chosen)));
    }
}

fn is_unpublished(thing: &Value) -> bool {
    thing.get("published_at").is_some_and(Value::is_null)
}

/// Takes out of a thing what others wrote and the person does not see now.
async fn veil(tx: &mut Tx, person: &PersonView, sees: &Sees, thing: &mut Map<String, Value>) -> Result<(), Error> {
    if thing.get("board").and_then(Value::as_str).is_some_and(|board| !sees.boards.contains(board)) {
        thing.remove("board");
    }
    let Some(number) = thing.get("number").and_then(Value::as_u64).and_then(|number| u32::try_from(number).ok()) else {
        return Ok(());
    };
    if !reads(tx, person, number).await? {
        for others in ["idea", "title", "pitch", "board", "about", "stage", "votes"] {
            thing.remove(others);
        }
    }
    Ok(())
}

/// Whether a person reads an idea.
///
/// # Errors
/// When the database fails.
pub async fn reads(tx: &mut Tx, person: &PersonView, number: u32) -> Result<bool, Error> {
    match access::idea(tx, Some(person), number, BoardAct::Read).await {
        Ok(_) => Ok(true),
        Err(Error::Store(error)) => Err(error.into()),
        Err(_) => Ok(false),
    }
}

//! Pictures: adding them, seeing them, and noting where they are. See `docs/decisions/0013`.

mod darkroom;
pub mod develop;

pub use darkroom::{Darkroom, Place as Arriving};

use std::collections::BTreeSet;

use shared::{
    CommentId, EntryId, IdeaId, PictureId,
    api::{Millis, PersonView, PictureView},
    picture::{Address, PREFIX},
    rules::{BoardAct, Refusal},
};

use self::develop::{Developed, Sides};
use super::{
    Error,
    access::{self, Watcher},
    canvases::Canvases,
    comments, entries, now, signed,
};
use crate::store::{
    Db, StoreError, Tx, canvases,
    pictures::{self, Kept, MediaType, NewPicture, Place},
};

/// How many pictures of one text are noted; further ones are seen by nobody else.
const NOTED: usize = 200;
/// How many of a picture's places are looked at to find one that somebody sees.
const PLACES: u32 = 20;
/// How long a picture waits to be put somewhere.
const WAITS: Millis = 24 * 60 * 60 * 1000;

/// Says whether somebody may add a picture to a board: before it is sent, and again when it is kept.
///
/// # Errors
/// When the board is unseen, or the person may not.
pub async fn may_add(db: &Db, who: Option<&PersonView>, board: &str) -> Result<(), Error> {
    access::board(&mut db.read().await?, who, board, BoardAct::AddPicture).await?;
    Ok(())
}

/// Adds a picture to a board. Until it is put into an idea or a comment there, only who added it sees it.
///
/// # Errors
/// When the board is unseen, the person may not, or it is no picture.
pub async fn add(
    db: &Db,
    who: Option<&PersonView>,
    board: &str,
    arriving: Arriving,
    bytes: bytes::Bytes,
) -> Result<PictureView, Error> {
    let developed = arriving.develop(bytes, Sides::TEXT).await?;
    let mut tx = db.write().await?;
    let (board, _) = access::board(&mut tx, who, board, BoardAct::AddPicture).await?;
    let address = keep(&mut tx, signed(who)?, Some(board.id), &developed).await?;
    tx.commit().await?;
    Ok(address.into())
}

/// Keeps a picture that was developed.
pub(super) async fn keep(
    tx: &mut Tx,
    who: &PersonView,
    board: Option<shared::BoardId>,
    developed: &Developed,
) -> Result<Address, Error> {
    let mut random = [0; 16];
    getrandom::fill(&mut random).map_err(|error| Error::Fault(error.to_string()))?;
    let id = PictureId::from_random(random);
    let Developed { width, height, media_type, large, small } = developed;
    let (width, height) = (*width, *height);
    let new = NewPicture {
        id,
        board,
        by: who.id,
        media_type: *media_type,
        width,
        height,
        large,
        small: small.as_deref(),
        at: now(),
    };
    pictures::insert(tx, &new).await?;
    Ok(Address { id, width, height })
}

/// Which form of a picture is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// The large one, of this width and height.
    Large(u32, u32),
    /// The small one.
    Small,
}

/// A picture to be shown.
#[derive(Clone, Debug)]
pub struct Shown {
    /// What it is.
    pub media_type: MediaType,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// A picture, for whoever sees one of the places where it is, and for who added it.
///
/// # Errors
/// When it is unseen or unknown.
pub async fn show(db: &Db, all: &Canvases, watcher: Watcher<'_>, id: PictureId, form: Form) -> Result<Shown, Error> {
    let mut tx = db.read().await?;
    let kept = pictures::one(&mut tx, id).await?.ok_or(Refusal::Unseen)?;
    if let Form::Large(width, height) = form
        && (width, height) != (kept.width, kept.height)
    {
        return Err(Refusal::Unseen.into());
    }
    if !sees(&mut tx, watcher.who, id, &kept).await? {
        drop(tx);
        if !lies_there(db, all, watcher, id, &kept).await? {
            return Err(Refusal::Unseen.into());
        }
        tx = db.read().await?;
    }
    let bytes = match form {
        Form::Large(..) => pictures::large(&mut tx, id).await?,
        Form::Small => pictures::small(&mut tx, id).await?,
    };
    Ok(Shown { media_type: kept.media_type, bytes })
}

async fn sees(tx: &mut Tx, who: Option<&PersonView>, id: PictureId, kept: &Kept) -> Result<bool, Error> {
    // The workspace's own are for everyone.
    let Some(board) = &kept.board else { return Ok(true) };
    if !seen(access::board(tx, who, board, BoardAct::Read).await)? {
        return Ok(false);
    }
    if who.is_some_and(|who| who.id == kept.by) {
        return Ok(true);
    }
    for place in pictures::places(tx, id, PLACES).await? {
        let there = match place {
            Place::Idea(number) => seen(access::idea(tx, who, number, BoardAct::Read).await)?,
            Place::Comment(comment) => seen(comments::stands(tx, who, comment).await)?,
            Place::Entry { id, published: true } => seen(entries::find(tx, who, id, BoardAct::Read).await)?,
            Place::Entry { id, published: false } => seen(entries::find_unpublished(tx, who, id).await)?,
        };
        if there {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether a picture lies on the canvas of the board it was added to, and the watcher sees that.
async fn lies_there(db: &Db, all: &Canvases, watcher: Watcher<'_>, id: PictureId, kept: &Kept) -> Result<bool, Error> {
    let Some(slug) = &kept.board else { return Ok(true) };
    let mut tx = db.read().await?;
    let board = match access::canvas(&mut tx, watcher, slug).await {
        Ok((board, _)) => board,
        Err(Error::Refused(_)) => return Ok(false),
        Err(other) => return Err(other),
    };
    // Not held while the canvas is read, which takes a connection of its own.
    drop(tx);
    let reading = all.read(board.canvas).await?;
    Ok(reading.canvas.pictures.values().any(|picture| address(&picture.picture) == Some(id)))
}

/// The picture that is at an address.
fn address(address: &str) -> Option<PictureId> {
    address.parse::<Address>().ok().map(|address| address.id)
}

/// A refusal is an answer too; what else goes wrong is not.
fn seen<T>(found: Result<T, Error>) -> Result<bool, Error> {
    match found {
        Ok(_) => Ok(true),
        Err(Error::Refused(_) | Error::NotFound(_)) => Ok(false),
        Err(other) => Err(other),
    }
}

/// The pictures whose addresses are in a text.
fn named(text: &str) -> BTreeSet<PictureId> {
    let after = text.split(PREFIX).skip(1).filter_map(|rest| rest.split_once('/'));
    after.filter_map(|(id, _)| id.parse().ok()).take(NOTED).collect()
}

/// Notes which pictures a concept holds.
///
/// # Errors
/// When the database fails.
pub async fn put_in_idea(tx: &mut Tx, idea: IdeaId, body: &str) -> Result<(), StoreError> {
    for picture in named(body) {
        pictures::put_in_idea(tx, idea, picture).await?;
    }
    Ok(())
}

/// Notes which pictures a comment holds.
///
/// # Errors
/// When the database fails.
pub async fn put_in_comment(tx: &mut Tx, comment: CommentId, body: &str) -> Result<(), StoreError> {
    for picture in named(body) {
        pictures::put_in_comment(tx, comment, picture).await?;
    }
    Ok(())
}

/// Notes which pictures a text of a piece of progress holds, and when that text was published.
///
/// # Errors
/// When the database fails.
pub async fn put_in_entry(
    tx: &mut Tx,
    entry: EntryId,
    text: &str,
    published_at: Option<Millis>,
) -> Result<(), StoreError> {
    for picture in named(text) {
        pictures::put_in_entry(tx, entry, picture, published_at).await?;
    }
    Ok(())
}

/// Removes the pictures that were put nowhere for a day. Answers how many. Those that lie on a canvas are noted first, so
/// that what was taken off it can be put back.
///
/// # Errors
/// When the database fails.
pub async fn sweep(db: &Db, all: &Canvases) -> Result<u64, StoreError> {
    let before = now() - WAITS;
    let documents = canvases::with_loose_pictures(&mut db.read().await?, before).await?;
    for document in documents {
        let reading = all.read(document).await?;
        let lying: Vec<PictureId> =
            reading.canvas.pictures.values().filter_map(|picture| address(&picture.picture)).collect();
        let mut tx = db.write().await?;
        canvases::put_pictures(&mut tx, document, &lying).await?;
        tx.commit().await?;
    }
    let mut tx = db.write().await?;
    let swept = pictures::sweep(&mut tx, before).await?;
    tx.commit().await?;
    Ok(swept)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_names_its_pictures() {
        let one = PictureId::from_random([1; 16]);
        let two = PictureId::from_random([2; 16]);
        let text =
            format!("![a](/pictures/{one}/9x9) /pictures/x/ [b](/pictures/{two}/small) /pictures/{one}/9x9 /pictures/");
        assert_eq!(named(&text), BTreeSet::from([one, two]));
        assert!(named("no picture").is_empty());
    }
}

//! The canvas of a board, as somebody sees it.

use std::collections::BTreeSet;

use automerge::ActorId;
use shared::{
    DocumentId,
    api::{CanvasMay, CanvasView, IdeaCard, MakerView, NoteReactions, PersonView, Promoted},
    canvas::Canvas,
    rules::{BoardAct, BoardRules, Standing, may_on_board, sees_away},
};
use uuid::Uuid;

use super::{Canvases, Reading};
use crate::{
    domain::{
        Error,
        access::{self, Watcher},
        workshop,
    },
    store::{
        Db, StoreError, Tx,
        boards::Board,
        canvases as rows, cards,
        notes::{self, Promotion},
    },
};

/// All that is on the canvas of a board, and what one may do there.
///
/// # Errors
/// When the board is unseen or unknown.
pub async fn view(db: &Db, canvases: &Canvases, watcher: Watcher<'_>, slug: &str) -> Result<CanvasView, Error> {
    let (_, _, reading) = look(db, canvases, watcher, slug).await?;
    // Asked for after the document, so that nothing here is older than that.
    let mut tx = db.read().await?;
    let (board, standing) = access::canvas(&mut tx, watcher, slug).await?;
    let promotions = notes::promotions(&mut tx, board.canvas).await?;
    let canvas = reading.canvas.clone();
    let person = watcher.who.map(|who| who.id);
    let on_it = lying(&canvas).chain(promotions.iter().map(|promotion| promotion.idea.0)).collect::<BTreeSet<_>>();
    let on_it: Vec<Uuid> = on_it.into_iter().collect();
    let reactions = notes::reactions(&mut tx, person, board.canvas).await?;
    Ok(CanvasView {
        document: board.canvas,
        reflects: place(&reading)?,
        makers: people(&mut tx, makers_of(&canvas)).await?,
        ideas: cards::of_board(&mut tx, person, board.id, &on_it).await?,
        promoted: promotions.iter().filter(|promotion| sees(promotion, watcher.who)).map(promoted).collect(),
        reactions: reactions
            .into_iter()
            .filter(|(note, _)| canvas.notes.contains_key(note))
            .map(|(note, reactions)| NoteReactions { note, reactions })
            .collect(),
        workshop: workshop::view(&mut tx, watcher.who, board.id).await?,
        may: may(standing, board.rules),
        canvas,
    })
}

/// The board of this slug and what a watcher is to it, with what lies on its canvas.
async fn look(
    db: &Db,
    canvases: &Canvases,
    watcher: Watcher<'_>,
    slug: &str,
) -> Result<(Board, Standing, std::sync::Arc<Reading>), Error> {
    // Not held while the canvas is read, which takes a connection of its own.
    let mut tx = db.read().await?;
    let (board, standing) = access::canvas(&mut tx, watcher, slug).await?;
    drop(tx);
    let reading = canvases.read(board.canvas).await?;
    Ok((board, standing, reading))
}

fn place(reading: &Reading) -> Result<i64, StoreError> {
    i64::try_from(reading.seq).map_err(super::corrupt)
}

fn may(standing: Standing, rules: BoardRules) -> CanvasMay {
    let may = |act| may_on_board(act, standing, rules).is_ok();
    CanvasMay {
        note: may(BoardAct::Note),
        arrange: may(BoardAct::Arrange),
        tidy: may(BoardAct::Tidy),
        promote: may(BoardAct::Promote),
        facilitate: may(BoardAct::Facilitate),
        invite_guests: may(BoardAct::InviteGuests),
    }
}

pub(super) fn promoted(promotion: &Promotion) -> Promoted {
    Promoted { note: promotion.note.clone(), number: promotion.number }
}

/// Whether the idea that a note became is there for somebody who sees the board.
pub(super) fn sees(promotion: &Promotion, who: Option<&PersonView>) -> bool {
    let own = who.is_some_and(|who| who.id == promotion.author);
    promotion.away.is_none_or(|away| sees_away(away, own, who.map(|who| who.role)))
}

/// The ideas whose cards lie on a canvas. That an id lies there says nothing of whose board its idea stands on.
pub(super) fn lying(canvas: &Canvas) -> impl Iterator<Item = Uuid> + '_ {
    canvas.cards.keys().filter_map(|id| Uuid::try_parse(id).ok())
}

pub(super) fn makers_of(canvas: &Canvas) -> BTreeSet<&str> {
    let Canvas { cards, notes, groups, links, pictures } = canvas;
    let cards = cards.values().map(|card| &card.maker).chain(notes.values().map(|note| &note.maker));
    let groups = groups.values().map(|group| &group.maker).chain(links.values().map(|link| &link.maker));
    cards.chain(groups).chain(pictures.values().map(|picture| &picture.maker)).map(String::as_str).collect()
}

/// Whose these actor ids are, of those that are ids and somebody's.
pub(super) async fn people(tx: &mut Tx, actors: impl IntoIterator<Item = &str>) -> Result<Vec<MakerView>, StoreError> {
    let actors: Vec<Vec<u8>> = actors.into_iter().filter_map(actor).map(|actor| actor.to_bytes().to_vec()).collect();
    if actors.is_empty() {
        return Ok(Vec::new());
    }
    let makers = rows::makers(tx, &actors).await?.into_iter();
    Ok(makers.map(|(id, person)| MakerView { actor: ActorId::from(id).to_hex_string(), person }).collect())
}

/// The actor id in these hexadecimal letters.
pub(super) fn actor(hex: &str) -> Option<ActorId> {
    hex.parse().ok()
}

/// Whose these actor ids are, of those that have written on the canvas of a board.
///
/// # Errors
/// When the board is unseen or unknown.
pub async fn makers(
    db: &Db,
    canvases: &Canvases,
    watcher: Watcher<'_>,
    slug: &str,
    actors: &[&str],
) -> Result<Vec<MakerView>, Error> {
    let (_, _, reading) = look(db, canvases, watcher, slug).await?;
    let written: BTreeSet<&str> =
        actors.iter().copied().filter(|hex| actor(hex).is_some_and(|actor| reading.has_written(&actor))).collect();
    Ok(people(&mut db.read().await?, written).await?)
}

/// The cards of these ideas, of those that stand on the board; to a guest, only of those that lie on its canvas or came from
/// there.
///
/// # Errors
/// When the board is unseen or unknown.
pub async fn ideas(
    db: &Db,
    canvases: &Canvases,
    watcher: Watcher<'_>,
    slug: &str,
    ids: &[Uuid],
) -> Result<Vec<IdeaCard>, Error> {
    let mut tx = db.read().await?;
    let (board, standing) = access::canvas(&mut tx, watcher, slug).await?;
    let mut wanted = ids.to_vec();
    if may_on_board(BoardAct::Read, standing, board.rules).is_err() {
        drop(tx);
        let theirs = of_canvas(db, canvases, board.canvas).await?;
        wanted.retain(|id| theirs.contains(id));
        tx = db.read().await?;
    }
    Ok(cards::of_board(&mut tx, watcher.who.map(|who| who.id), board.id, &wanted).await?)
}

/// The ideas that lie on a canvas, or came from there.
async fn of_canvas(db: &Db, canvases: &Canvases, document: DocumentId) -> Result<BTreeSet<Uuid>, StoreError> {
    let reading = canvases.read(document).await?;
    let promotions = notes::promotions(&mut db.read().await?, document).await?;
    Ok(lying(&reading.canvas).chain(promotions.iter().map(|promotion| promotion.idea.0)).collect())
}

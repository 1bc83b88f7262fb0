//! How a canvas came to be, read from its log: see `docs/history.md`.

use automerge::{Automerge, Change};
use shared::{
    PersonId,
    api::{CanvasHistory, CanvasVersion, PersonView},
    canvas::{Canvas, ItemRef, past::Past},
    live::{
        canvas::{read, read_item},
        concept::ENCODING,
        replica::touched,
    },
    rules::BoardAct,
};
use uuid::Uuid;

use super::{
    PAGE, corrupt,
    reading::in_background,
    view::{lying, makers_of, people},
};
use crate::{
    domain::{
        Error, access,
        history::{self, Span, Strokes, versions},
    },
    store::{
        Db, StoreError, cards,
        log::{self, LoggedChange},
    },
};

/// Versions of a canvas, at most.
const MOST: usize = 300;
/// Things that all versions together tell of, at most: where there are more, the oldest versions are told as one.
const THINGS: usize = 20_000;

/// How the canvas of a board came to be, for who may read the board.
///
/// # Errors
/// When it is unseen or unknown. Guests see what lies there today.
pub async fn history(db: &Db, who: Option<&PersonView>, slug: &str) -> Result<CanvasHistory, Error> {
    let mut tx = db.read().await?;
    let (board, _) = access::board(&mut tx, who, slug, BoardAct::Read).await?;
    drop(tx);
    let mut changes: Vec<LoggedChange> = Vec::new();
    loop {
        let page = log::changes_after(&mut db.read().await?, board.canvas, changes.len() as u64, PAGE).await?;
        if page.is_empty() {
            break;
        }
        changes.extend(page);
    }
    let reflects = i64::try_from(changes.len()).unwrap_or(i64::MAX);
    let (told, ids, ever) = in_background(move || {
        let (told, ids) = told(changes)?;
        let told = within(told, THINGS);
        let ever = Past::of(told.clone()).ever();
        Ok::<_, StoreError>((told, ids, ever))
    })
    .await??;
    let wrote = history::people(db, &ids).await?;
    let mut tx = db.read().await?;
    let on_it: Vec<Uuid> = lying(&ever).collect();
    Ok(CanvasHistory {
        document: board.canvas,
        reflects,
        people: wrote,
        versions: told,
        makers: people(&mut tx, makers_of(&ever)).await?,
        ideas: cards::of_board(&mut tx, who.map(|who| who.id), board.id, &on_it).await?,
    })
}

/// The versions in which something changed, and whom they name.
fn told(changes: Vec<LoggedChange>) -> Result<(Vec<CanvasVersion>, Vec<PersonId>), StoreError> {
    let mut strokes = Strokes::default();
    for change in &changes {
        let by = strokes.name(change.person);
        strokes.push(by, change.stored_at, None);
    }
    let mut changes = changes.into_iter();
    let mut doc = Automerge::new_with_encoding(ENCODING);
    let mut told = Vec::new();
    for range in versions(strokes.all(), MOST) {
        let before = doc.get_heads();
        let next: Result<Vec<Change>, _> = changes
            .by_ref()
            .take(range.len())
            .map(|change| Change::from_bytes(change.bytes).map_err(corrupt))
            .collect();
        let was = range.start == 0;
        doc.apply_changes_batch(next?).map_err(corrupt)?;
        let items: Vec<ItemRef> = match touched(&doc.diff(&before, &doc.get_heads())) {
            Some(items) => items.into_iter().collect(),
            // The maps themselves were made: with them everything that is in them.
            None if was => read(&doc).items().collect(),
            None => continue,
        };
        let mut put = Canvas::default();
        items.iter().for_each(|item| read_item(&doc, item, &mut put));
        let gone: Vec<ItemRef> = items.into_iter().filter(|item| !put.has(item)).collect();
        let Span { by, began_at, ended_at, changes, place } = Span::of(strokes.all(), &range);
        let version = CanvasVersion { by, began_at, ended_at, changes, place, put, gone };
        if version.things() > 0 {
            told.push(version);
        }
    }
    Ok((told, strokes.people().to_vec()))
}

/// These versions, of which the first ones are one where that is what it takes to tell of few enough things.
fn within(mut told: Vec<CanvasVersion>, most: usize) -> Vec<CanvasVersion> {
    let mut sum = 0;
    let late = told.iter().rev().take_while(|version| {
        sum += version.things() as usize;
        sum <= most
    });
    let first = told.len() - late.count();
    if first < 2 {
        return told;
    }
    let rest = told.split_off(first);
    let Some(mut one) = told.pop() else { return rest };
    let mut put = Canvas::default();
    for version in told.iter().chain([&one]) {
        version.gone.iter().for_each(|item| put.take(item));
        put.put(&version.put);
    }
    for version in told.iter().rev() {
        let others: Vec<u32> = version.by.iter().copied().filter(|by| !one.by.contains(by)).collect();
        one.by.splice(..0, others);
        one.began_at = version.began_at;
        one.changes = one.changes.saturating_add(version.changes);
    }
    (one.put, one.gone) = (put, Vec::new());
    std::iter::once(one).chain(rest).collect()
}

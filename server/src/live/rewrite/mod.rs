//! Documents written anew without the words of somebody who left. See `docs/decisions/0018`.
//!
//! The new document has another id, and takes the place of the old one in the transaction that removes that with its log.
//! Whoever has the old one open is told that it is not there, and goes on in the new one.

pub mod canvas;
mod replay;
#[cfg(test)]
mod tests;
mod tidy;

use bytes::Bytes;
use shared::{DocumentId, IdeaId, PersonId, limits, live::schema::DocumentKind, passage::Span};

use self::replay::corrupt;
pub use self::replay::{Moved, NewEntry, Replayed, Without, replay};
use super::{anchors::visible, letters::Letters, room::in_background};
use crate::{
    domain::{
        ideas::{Shown, rewritten},
        markdown::Renderer,
        now,
        passages::{Anchor, Letters as Passages},
    },
    store::{
        Db, StoreError, Tx, anchors,
        erasure::documents::{self, Frozen, Of},
        log::{self, NewChange},
        segment::Entry,
    },
};

/// How often a document is read again that went on meanwhile; then nobody else writes until it is done.
const TRIES: u32 = 5;
/// Changes read from the log at a time.
const PAGE: u32 = 5_000;

/// What became of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Became {
    /// There is nothing in it of who left.
    Same,
    /// It is in another document now; of a concept, the number of its idea.
    Another(Option<u32>),
    /// The idea is gone with it: nobody else had anything to do with it.
    Gone(u32),
}

/// Writes a document anew without the words of a person who left.
///
/// # Errors
/// When the database fails, or the document cannot be read; then nothing is changed.
pub async fn without(db: &Db, document: DocumentId, person: PersonId, untitled: &str) -> Result<Became, StoreError> {
    for attempt in 1.. {
        let mut held = None;
        if attempt > TRIES {
            let mut tx = db.write().await?;
            log::lock_document(&mut tx, document).await?;
            held = Some(tx);
        }
        let (of, entries) = match &mut held {
            Some(tx) => read_all(tx, document).await?,
            None => read_all(&mut db.read().await?, document).await?,
        };
        let Some(of) = of else { return Ok(Became::Same) };
        if !entries.iter().any(|entry| entry.person == person) {
            return Ok(Became::Same);
        }
        let end = entries.len() as u64;
        let made = match of {
            Of::Concept(_, number) => {
                let without = Without { person, title: untitled.replace("{}", &number.to_string()) };
                let work = move || replay(&entries, &without);
                in_background(work).await??.map(Box::new).map(Anew::Concept)
            }
            Of::Canvas => in_background(move || canvas::replay(&entries, person)).await??.map(Anew::Canvas),
        };
        let Some(made) = made else { return Ok(Became::Same) };
        let mut tx = match held {
            Some(tx) => tx,
            None => db.write().await?,
        };
        if !log::lock_document(&mut tx, document).await? || log::end(&mut tx, document).await? != end {
            continue;
        }
        let became = put(&mut tx, document, of, made, person).await?;
        tx.commit().await?;
        return Ok(became);
    }
    Ok(Became::Same)
}

/// A document written anew.
enum Anew {
    Concept(Box<Replayed>),
    Canvas(Vec<NewEntry>),
}

/// A document with the whole of its log.
pub(super) async fn read_all(tx: &mut Tx, document: DocumentId) -> Result<(Option<Of>, Vec<Entry>), StoreError> {
    let of = documents::of(tx, document).await?;
    let mut entries: Vec<Entry> = Vec::new();
    loop {
        let page = log::entries_after(tx, document, entries.len() as u64, PAGE).await?;
        if page.is_empty() {
            return Ok((of, entries));
        }
        for entry in page {
            if entry.seq != entries.len() as u64 + 1 {
                return Err(corrupt("a log with a gap"));
            }
            entries.push(entry);
        }
    }
}

/// Puts the new document in the place of the old one.
async fn put(tx: &mut Tx, old: DocumentId, of: Of, made: Anew, person: PersonId) -> Result<Became, StoreError> {
    let new = DocumentId::new();
    match (of, made) {
        (Of::Concept(idea, number), Anew::Concept(replayed)) => {
            write(tx, new, DocumentKind::Concept, &replayed.entries).await?;
            concept(tx, idea, (old, new), &replayed).await?;
            documents::unshape(tx, idea, person).await?;
            log::remove_document(tx, old).await?;
            if !replayed.is_anything_left() && documents::is_alone(tx, idea, person).await? {
                documents::remove_idea(tx, idea, new).await?;
                return Ok(Became::Gone(number));
            }
            Ok(Became::Another(Some(number)))
        }
        (Of::Canvas, Anew::Canvas(entries)) => {
            write(tx, new, DocumentKind::Canvas, &entries).await?;
            documents::give_canvas(tx, old, new).await?;
            log::remove_document(tx, old).await?;
            Ok(Became::Another(None))
        }
        _ => Err(corrupt("a document of another kind")),
    }
}

async fn write(tx: &mut Tx, document: DocumentId, kind: DocumentKind, entries: &[NewEntry]) -> Result<(), StoreError> {
    let change = |(entry, seq): (&NewEntry, u64)| NewChange {
        document,
        seq,
        hash: entry.change.hash().0,
        actor: entry.change.actor_id().to_bytes().to_vec(),
        person: entry.person,
        bytes: Bytes::copy_from_slice(entry.change.raw_bytes()),
        stored_at: entry.stored_at,
    };
    let changes: Vec<NewChange> = entries.iter().zip(1..).map(change).collect();
    log::write_document(tx, document, kind, &changes, now()).await
}

/// Lets the facts of an idea be those of its new document.
async fn concept(
    tx: &mut Tx,
    idea: IdeaId,
    documents: (DocumentId, DocumentId),
    replayed: &Replayed,
) -> Result<(), StoreError> {
    let place = |old: i64| {
        let old = u64::try_from(old).unwrap_or_default();
        i64::try_from(replayed.place(old)).unwrap_or(i64::MAX)
    };
    let mut letters = Letters::default();
    for entry in &replayed.entries {
        replay::take(&mut letters, entry)?;
    }
    documents::move_places(tx, idea, place).await?;
    documents::give_document(tx, idea, documents, place, now()).await?;
    move_anchors(tx, idea, replayed, &letters).await?;
    freeze_anew(tx, idea, replayed, place).await?;
    let shown = Shown::of(&letters.texts(), &mut Renderer::default());
    rewritten(tx, idea, replayed.end(), &shown, &letters).await
}

async fn move_anchors(tx: &mut Tx, idea: IdeaId, replayed: &Replayed, letters: &Letters) -> Result<(), StoreError> {
    for mut placed in anchors::of_idea(tx, idea).await? {
        let Anchor { field, first, last } = placed.anchor.clone();
        match replayed.passage(field, &first, &last) {
            Moved::To { first, last, whole } => {
                placed.anchor = Anchor { field, first, last };
                // What stood there may be quoted from who left.
                let quote = if whole { None } else { Some(quote(letters, &placed.anchor)) };
                match quote {
                    Some(quote) if quote.is_empty() => documents::remove_anchor(tx, placed.comment).await?,
                    quote => documents::move_anchor(tx, &placed, quote.as_deref()).await?,
                }
            }
            Moved::Gone => documents::remove_anchor(tx, placed.comment).await?,
        }
    }
    Ok(())
}

/// The words of a passage as they stand; none where nothing does.
fn quote(letters: &Letters, anchor: &Anchor) -> String {
    let words = || {
        let range = letters.range(anchor.field, &anchor.first, &anchor.last).filter(|range| !range.is_empty())?;
        let seen = visible(anchor.field, &letters.texts());
        let span = seen.span(&range)?;
        Some(seen.words(span)?.chars().take(limits::QUOTE).collect())
    };
    words().unwrap_or_default()
}

async fn freeze_anew(
    tx: &mut Tx,
    idea: IdeaId,
    replayed: &Replayed,
    place: impl Fn(i64) -> i64,
) -> Result<(), StoreError> {
    let frozen = documents::frozen(tx, idea).await?;
    let seqs: Vec<i64> = frozen.iter().map(|(_, seq)| place(*seq)).collect();
    let places: Vec<u64> = seqs.iter().map(|seq| u64::try_from(*seq).unwrap_or_default()).collect();
    let texts = replayed.texts_at(&places)?;
    for (((id, _), seq), texts) in frozen.into_iter().zip(seqs).zip(texts) {
        let shown = Shown::of(&texts, &mut Renderer::default());
        let (title, pitch, body, body_html) = shown.parts();
        documents::freeze_anew(tx, id, &Frozen { seq, title, pitch, body, body_html }).await?;
    }
    Ok(())
}

impl Passages for Letters {
    fn spans(&self, anchors: &[Anchor]) -> Vec<Option<Span>> {
        let texts = self.texts();
        let span = |anchor: &Anchor| {
            let range = self.range(anchor.field, &anchor.first, &anchor.last).filter(|range| !range.is_empty())?;
            visible(anchor.field, &texts).span(&range)
        };
        anchors.iter().map(span).collect()
    }
}

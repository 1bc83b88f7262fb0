//! Canvases drawn directly in their logs, while no room is open.

use automerge::{ActorId, AutoCommit, ObjId, ObjType, ROOT, ReadDoc as _, transaction::Transactable as _};
use server::{
    domain::now,
    live::room::Whole,
    store::{
        Db,
        log::{self, NewChange},
    },
};
use shared::{DocumentId, PersonId, canvas::ItemKind};

/// Changes a canvas in somebody's name.
///
/// # Panics
/// When that fails, or nothing is changed.
pub async fn draw(db: &Db, document: DocumentId, person: PersonId, edit: impl FnOnce(&mut AutoCommit)) {
    let mut edit = Some(edit);
    Box::pin(draw_many(db, document, person, 1, |doc, _| edit.take().expect("once")(doc))).await;
}

/// The same in so many changes, each of which is told its number.
///
/// # Panics
/// As [`draw`].
pub async fn draw_many(
    db: &Db,
    document: DocumentId,
    person: PersonId,
    count: i64,
    mut edit: impl FnMut(&mut AutoCommit, i64),
) {
    let whole = Whole::load(db, document).await.expect("the canvas is read").into_document();
    let before = whole.get_changes_meta(&[]).len() as u64;
    let mut doc = AutoCommit::load(&whole.save()).expect("it loads").with_actor(actor(person));
    let mut changes = Vec::new();
    for (n, seq) in (0..count).zip(before + 1..) {
        edit(&mut doc, n);
        doc.commit().expect("something changed");
        let change = doc.get_last_local_change().expect("a change");
        let (actor, bytes) = (change.actor_id().to_bytes().to_vec(), change.raw_bytes().to_vec().into());
        changes.push(NewChange { document, seq, hash: change.hash().0, actor, person, bytes, stored_at: now() });
    }
    let mut tx = db.write().await.expect("a transaction");
    log::claim_actor(&mut tx, actor(person).to_bytes(), person, now()).await.expect("an actor");
    log::append(&mut tx, &changes.iter().collect::<Vec<_>>()).await.expect("they are appended");
    tx.commit().await.expect("committed");
}

/// The actor in whose name [`draw`] changes things for somebody.
#[must_use]
pub fn actor(person: PersonId) -> ActorId {
    ActorId::from(person.0.as_bytes().as_slice())
}

fn items(doc: &AutoCommit, kind: ItemKind) -> ObjId {
    doc.get(ROOT, kind.key()).expect("read").expect("a map").1
}

fn item(doc: &mut AutoCommit, kind: ItemKind, id: &str) -> ObjId {
    let all = items(doc, kind);
    let item = doc.put_object(all, id, ObjType::Map).expect("put");
    for key in ["x", "y"] {
        doc.put(&item, key, 10).expect("put");
    }
    item
}

fn text(doc: &mut AutoCommit, item: &ObjId, key: &str, words: &str) {
    let text = doc.put_object(item, key, ObjType::Text).expect("put");
    doc.splice_text(&text, 0, 0, words).expect("spliced");
}

/// Adds a note.
///
/// # Panics
/// When that fails.
pub fn note(doc: &mut AutoCommit, id: &str, words: &str) {
    let note = item(doc, ItemKind::Note, id);
    text(doc, &note, "text", words);
    doc.put(&note, "colour", "amber").expect("put");
}

/// Adds the card of an idea.
///
/// # Panics
/// When that fails.
pub fn card(doc: &mut AutoCommit, idea: &str) {
    item(doc, ItemKind::Card, idea);
}

/// Adds a picture.
///
/// # Panics
/// When that fails.
pub fn picture(doc: &mut AutoCommit, id: &str, picture: &str) {
    let item = item(doc, ItemKind::Picture, id);
    doc.put(&item, "picture", picture).expect("put");
    text(doc, &item, "alt", "");
    for key in ["w", "h"] {
        doc.put(&item, key, 100).expect("put");
    }
}

/// Moves a note.
///
/// # Panics
/// When there is none.
pub fn shift(doc: &mut AutoCommit, id: &str, x: i64) {
    let note = doc.get(items(doc, ItemKind::Note), id).expect("read").expect("a note").1;
    doc.put(note, "x", x).expect("put");
}

/// Removes something.
///
/// # Panics
/// When that fails.
pub fn remove(doc: &mut AutoCommit, kind: ItemKind, id: &str) {
    let all = items(doc, kind);
    doc.delete(all, id).expect("deleted");
}

//! Words kept in this browser's storage until they are in the document, put back or discarded.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use shared::{
    DocumentId, PersonId,
    live::{concept::Field, replica::Draft},
};

use super::{
    desk::Desk,
    hold,
    kept::{Kept, Why},
    local::{self, forget, get, key_of, keys_of, put},
};

/// What is stored.
#[derive(Serialize, Deserialize)]
struct Record {
    why: String,
    draft: Draft,
}

/// The beginning of the keys of a person's words for a document.
fn prefix(desk: Desk) -> String {
    begins(desk, desk.document)
}

fn begins(desk: Desk, document: DocumentId) -> String {
    format!("{}.", key_of("words", desk.me, document))
}

/// The key of a person's words for the document, by a name.
pub(super) fn key(desk: Desk, name: &str) -> String {
    format!("{}{name}", prefix(desk))
}

/// The same, without a page.
pub(super) fn key_for(person: PersonId, document: DocumentId, name: &str) -> String {
    format!("{}.{name}", local::key_for("words", Some(person), document))
}

/// The name for the words of a refused change: two tabs of a person that wait with the same words keep them once.
pub(super) fn name_of(hash: [u8; 32]) -> String {
    hash.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// Keeps words under a key. Says whether there was room.
pub(super) fn keep(key: &str, why: &Why, draft: &Draft) -> bool {
    put(key, &Record { why: why.stored(), draft: draft.clone() })
}

/// The person does not want the words.
pub(super) fn discard(desk: Desk, key: &str) {
    forget(key);
    desk.kept.update(|kept| kept.retain(|one| one.key != key));
}

/// The words kept under a key.
pub(super) fn read(key: &str) -> Option<(Why, Draft)> {
    let record: Record = get(key)?;
    Some((Why::parse(&record.why), record.draft))
}

/// The keys of everything kept for the document at hand, and for those the concept was in before.
pub(super) fn keys(desk: Desk) -> Vec<String> {
    let former = desk.former.try_get_value().unwrap_or_default();
    std::iter::once(desk.document).chain(former).flat_map(|document| keys_of(&begins(desk, document))).collect()
}

/// Kept words as the person sees them; nothing, when something was only removed.
pub(super) fn shown(key: String, why: Why, draft: &Draft) -> Option<Kept> {
    let passages = Field::ALL.into_iter().flat_map(|field| draft.words(field));
    let words = passages.collect::<Vec<_>>().join("\n…\n");
    (!words.trim().is_empty()).then_some(Kept { key, why, words, only_here: false })
}

/// Shows everything kept for the document at hand by tabs that are gone, to somebody who cannot put it back.
pub(super) fn show_all(desk: Desk) {
    for key in keys(desk) {
        hold::once_free(&key.clone(), move || {
            if let Some((why, draft)) = read(&key)
                && let Some(kept) = shown(key, why, &draft)
            {
                offer(desk, kept);
            }
        });
    }
}

/// Shows kept words, once.
pub(super) fn offer(desk: Desk, kept: Kept) {
    let fresh = desk.kept.try_with_untracked(|all| all.iter().all(|one| one.key != kept.key));
    if fresh == Some(true) {
        desk.kept.update(|all| all.push(kept));
    }
}

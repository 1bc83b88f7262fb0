//! What is kept in this browser's storage, under keys.

use leptos::prelude::{GetValue as _, StoredValue, window};
use serde::{Serialize, de::DeserializeOwned};
use shared::{DocumentId, PersonId, api::PersonView};

fn storage() -> Option<web_sys::Storage> {
    window().local_storage().ok().flatten()
}

/// The key of what a person keeps of one kind for a document; a visitor's, when nobody is signed in.
pub(crate) fn key_of(kind: &str, me: StoredValue<Option<PersonView>>, document: DocumentId) -> String {
    key_for(kind, me.try_get_value().flatten().map(|me| me.id), document)
}

/// The same, of a person by their id.
pub(crate) fn key_for(kind: &str, person: Option<PersonId>, document: DocumentId) -> String {
    let person = person.map(|person| person.to_string()).unwrap_or_default();
    format!("atelier.{kind}.{person}.{document}")
}

/// Forgets everything that a person keeps here.
pub(crate) fn forget_all(person: PersonId) {
    let person = person.to_string();
    keys_of("atelier.").iter().filter(|key| key.split('.').nth(2) == Some(&person)).for_each(|key| forget(key));
}

/// Keeps something under a key. Says whether there was room.
pub(crate) fn put(key: &str, value: &impl Serialize) -> bool {
    let (Some(storage), Ok(text)) = (storage(), serde_json::to_string(value)) else { return false };
    storage.set_item(key, &text).is_ok()
}

/// What is kept under a key, if it can be read.
pub(crate) fn get<T: DeserializeOwned>(key: &str) -> Option<T> {
    serde_json::from_str(&storage()?.get_item(key).ok().flatten()?).ok()
}

/// Keeps nothing under a key any more.
pub(crate) fn forget(key: &str) {
    if let Some(storage) = storage() {
        let _ = storage.remove_item(key);
    }
}

/// The keys that begin so.
pub(crate) fn keys_of(prefix: &str) -> Vec<String> {
    let Some(storage) = storage() else { return Vec::new() };
    let count = storage.length().unwrap_or(0);
    let keys = (0..count).filter_map(|n| storage.key(n).ok().flatten());
    keys.filter(|key| key.starts_with(prefix)).collect()
}

//! The draft of an idea, kept in the browser for each board until it is proposed.

use serde::{Deserialize, Serialize};
use shared::api::NewIdea;

/// An idea not yet proposed.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Draft {
    /// Its texts so far.
    pub idea: NewIdea,
    /// The idempotency key of exactly these texts, so that sending them twice proposes one idea.
    pub key: String,
}

impl Draft {
    /// A draft of these texts, with a key of its own.
    #[must_use]
    pub fn of(idea: NewIdea) -> Self {
        Self { idea, key: key() }
    }

    /// Whether nothing is written in it.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        [&self.idea.title, &self.idea.pitch, &self.idea.body].iter().all(|text| text.trim().is_empty())
    }

    /// What is kept for a board.
    #[must_use]
    pub fn find(board: &str) -> Option<Self> {
        #[cfg(feature = "hydrate")]
        {
            let text = storage()?.get_item(&name(board)).ok().flatten()?;
            serde_json::from_str(&text).ok()
        }
        #[cfg(not(feature = "hydrate"))]
        {
            let _ = board;
            None
        }
    }

    /// Keeps it for a board. Whether that was possible: private windows may forbid it, or the disk be full.
    pub fn keep(&self, board: &str) -> bool {
        #[cfg(feature = "hydrate")]
        {
            let text = serde_json::to_string(self).unwrap_or_default();
            storage().is_some_and(|storage| storage.set_item(&name(board), &text).is_ok())
        }
        #[cfg(not(feature = "hydrate"))]
        {
            let _ = board;
            false
        }
    }

    /// Forgets what is kept for a board.
    pub fn forget(board: &str) {
        #[cfg(feature = "hydrate")]
        if let Some(storage) = storage() {
            let _ = storage.remove_item(&name(board));
        }
        #[cfg(not(feature = "hydrate"))]
        let _ = board;
    }
}

#[cfg(feature = "hydrate")]
fn storage() -> Option<web_sys::Storage> {
    leptos::prelude::window().local_storage().ok().flatten()
}

#[cfg(feature = "hydrate")]
fn name(board: &str) -> String {
    format!("atelier.draft.{board}")
}

/// What of a text is kept under this name.
#[must_use]
pub fn kept_text(name: &str) -> String {
    #[cfg(feature = "hydrate")]
    if let Some(storage) = storage() {
        return storage.get_item(name).ok().flatten().unwrap_or_default();
    }
    let _ = name;
    String::new()
}

/// Keeps a text under this name; an empty one is forgotten.
pub fn keep_text(name: &str, text: &str) {
    #[cfg(feature = "hydrate")]
    if let Some(storage) = storage() {
        // Without room it stays where it was typed.
        let _ = if text.is_empty() { storage.remove_item(name) } else { storage.set_item(name, text) };
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = (name, text);
}

/// What of a text is kept under this name for as long as the tab is open.
#[must_use]
pub fn kept_in_tab(name: &str) -> String {
    #[cfg(feature = "hydrate")]
    if let Some(storage) = tab() {
        return storage.get_item(name).ok().flatten().unwrap_or_default();
    }
    let _ = name;
    String::new()
}

/// Keeps a text under this name for as long as the tab is open.
pub fn keep_in_tab(name: &str, text: &str) {
    #[cfg(feature = "hydrate")]
    if let Some(storage) = tab() {
        let _ = storage.set_item(name, text);
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = (name, text);
}

#[cfg(feature = "hydrate")]
fn tab() -> Option<web_sys::Storage> {
    leptos::prelude::window().session_storage().ok().flatten()
}

/// A fresh key. It needs to differ, not to be secret.
pub fn key() -> String {
    #[cfg(feature = "hydrate")]
    {
        let random = || js_sys::Math::random().to_bits();
        format!("{:x}-{:016x}{:016x}", js_sys::Date::now().to_bits(), random(), random())
    }
    #[cfg(not(feature = "hydrate"))]
    String::new()
}

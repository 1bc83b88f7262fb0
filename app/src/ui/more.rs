//! A list of which more is shown on demand, page by page.

use leptos::prelude::*;
use serde::de::DeserializeOwned;
use shared::api::Page;

use super::toast;
use crate::{
    api,
    words::{self, Texts},
};

/// What came after the first page, and where what comes next begins.
pub struct More<T: 'static> {
    items: RwSignal<Vec<T>>,
    next: RwSignal<Option<String>>,
}

impl<T> Clone for More<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for More<T> {}

impl<T: Clone + DeserializeOwned + Send + Sync + 'static> More<T> {
    /// Nothing yet, after a page that says where the next begins.
    pub fn after(next: Option<String>) -> Self {
        Self { items: RwSignal::new(Vec::new()), next: RwSignal::new(next) }
    }

    /// What came.
    pub fn items(self) -> Vec<T> {
        self.items.get()
    }

    /// Whether more can be asked for.
    pub fn is_there(self) -> bool {
        self.next.with(Option::is_some)
    }

    /// Asks for the next page, at the path for its cursor.
    pub fn ask(self, i18n: Texts, path: impl FnOnce(&str) -> String) {
        let Some(cursor) = self.next.get_untracked() else { return };
        let path = path(&cursor);
        leptos::task::spawn_local(async move {
            match api::get::<Page<T>>(path).await {
                Ok(page) => {
                    let _ = self.items.try_update(|items| items.extend(page.items));
                    let _ = self.next.try_set(page.next);
                }
                Err(problem) => toast::warn(words::problem(i18n, &problem)),
            }
        });
    }
}

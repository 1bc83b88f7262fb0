//! The dialog in which one finds things, and the one that lists the keys. What they show comes in a chunk of its own.

use leptos::prelude::*;

use crate::{
    i18n::{t, t_string, use_i18n},
    pages::{chunk, problem},
    ui::{dialog::Dialog, icon::icon},
};

/// What the dialog shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(not(feature = "hydrate"), expect(dead_code, reason = "only a browser has keys"))]
pub enum Part {
    /// What is searched for and found.
    Search,
    /// The keys and what they do.
    Keys,
}

/// The dialog, and what it shows while it is open.
#[derive(Clone, Copy)]
pub struct Finder {
    dialog: Dialog,
    shown: RwSignal<Option<Part>>,
}

impl Finder {
    /// Opens the dialog.
    pub fn open(self, part: Part) {
        self.shown.set(Some(part));
        self.dialog.open();
    }

    /// Closes it; the focus returns to where it was.
    pub fn close(self) {
        self.dialog.close();
    }
}

/// Makes the dialog known to every page, and the keys that open it.
pub fn provide() {
    let finder = Finder { dialog: Dialog::new(), shown: RwSignal::new(None) };
    provide_context(finder);
    #[cfg(feature = "hydrate")]
    super::keys::listen(finder);
}

/// The dialog at hand.
///
/// # Panics
/// Outside of [`App`](crate::App).
#[must_use]
pub fn finder() -> Finder {
    expect_context()
}

/// The way to search, in the header. Without a script it leads to the page.
pub fn button() -> AnyView {
    let i18n = use_i18n();
    let finder = finder();
    let open = move |event: leptos::ev::MouseEvent| {
        if !(event.ctrl_key() || event.meta_key() || event.shift_key()) {
            event.prevent_default();
            finder.open(Part::Search);
        }
    };
    view! {
        <a class="top-search" href="/search" aria-keyshortcuts="Control+K Meta+K" on:click=open>
            {icon("magnifying-glass")} <span class="top-search-word">{t!(i18n, search.title)}</span>
            <kbd class="top-search-key" aria-hidden="true">"Ctrl K"</kbd>
        </a>
    }
    .into_any()
}

/// The dialog itself, closed.
pub fn dialog() -> AnyView {
    let i18n = use_i18n();
    let Finder { dialog, shown } = finder();
    let label = move || match shown.get() {
        Some(Part::Keys) => t_string!(i18n, keys.title),
        _ => t_string!(i18n, search.title),
    };
    let content = move || {
        shown
            .get()
            .map(|part| Suspend::new(async move { chunk::find(part).await.unwrap_or_else(|_| problem::missing()) }))
    };
    view! {
        <dialog class="dialog finder" aria-label=label node_ref=dialog.node() on:close=move |_| shown.set(None)>
            <Transition fallback=|| ()>{content}</Transition>
        </dialog>
    }
    .into_any()
}

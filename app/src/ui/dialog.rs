//! A dialog: the browser's own, so that focus stays in it and Esc leaves it.

use std::sync::Arc;

use leptos::{html, prelude::*};

use crate::i18n::{t, t_string, use_i18n};

/// Opens and closes one dialog.
#[derive(Clone, Copy, Default)]
pub struct Dialog(NodeRef<html::Dialog>);

impl Dialog {
    /// A closed dialog.
    #[must_use]
    pub fn new() -> Self {
        Self(NodeRef::new())
    }

    /// The element, for a dialog that is not drawn here.
    #[must_use]
    pub fn node(self) -> NodeRef<html::Dialog> {
        self.0
    }

    /// Opens it over the page.
    pub fn open(self) {
        #[cfg(feature = "hydrate")]
        if let Some(dialog) = self.0.get_untracked() {
            // It fails only when it is open already.
            let _ = dialog.show_modal();
        }
    }

    /// Closes it; focus returns to what opened it.
    pub fn close(self) {
        #[cfg(feature = "hydrate")]
        if let Some(dialog) = self.0.get_untracked() {
            dialog.close();
        }
    }
}

/// Shows something to read, with a button that closes it.
pub fn shown(
    dialog: Dialog,
    title: impl Fn() -> &'static str + Send + Sync + Copy + 'static,
    content: AnyView,
) -> AnyView {
    let i18n = use_i18n();
    view! {
        <dialog class="dialog dialog-wide" aria-label=title node_ref=dialog.0>
            <p class="dialog-title">{title}</p>
            {content}
            <div class="row row-end">
                <button type="button" class="button" on:click=move |_| dialog.close()>
                    {t!(i18n, ui.close)}
                </button>
            </div>
        </dialog>
    }
    .into_any()
}

/// Asks before something that cannot be undone. `act` runs on yes.
pub fn confirm(
    dialog: Dialog,
    title: impl Fn() -> String + Send + Sync + 'static,
    yes: impl Fn() -> String + Send + 'static,
    act: impl Fn() + 'static,
) -> AnyView {
    let i18n = use_i18n();
    draw(dialog, Arc::new(title), Box::new(move || t_string!(i18n, ui.sure)), Box::new(yes), Box::new(act))
}

/// Asks before something that matters, and says in a sentence what it does. `act` runs on yes.
pub fn ask(
    dialog: Dialog,
    title: impl Fn() -> String + Send + Sync + 'static,
    hint: impl Fn() -> &'static str + Send + 'static,
    yes: impl Fn() -> &'static str + Send + 'static,
    act: impl Fn() + 'static,
) -> AnyView {
    draw(dialog, Arc::new(title), Box::new(hint), Box::new(move || yes().to_owned()), Box::new(act))
}

fn draw(
    dialog: Dialog,
    title: Arc<dyn Fn() -> String + Send + Sync>,
    hint: Box<dyn Fn() -> &'static str + Send>,
    yes: Box<dyn Fn() -> String + Send>,
    act: Box<dyn Fn()>,
) -> AnyView {
    let i18n = use_i18n();
    let name = title.clone();
    view! {
        <dialog class="dialog" role="alertdialog" aria-label=move || name() node_ref=dialog.0>
            <p class="dialog-title">{move || title()}</p>
            <p>{move || hint()}</p>
            <div class="row row-end">
                <button type="button" class="button" on:click=move |_| dialog.close()>
                    {t!(i18n, ui.cancel)}
                </button>
                <button
                    type="button"
                    class="button button-danger"
                    on:click=move |_| {
                        dialog.close();
                        act();
                    }
                >
                    {move || yes()}
                </button>
            </div>
        </dialog>
    }
    .into_any()
}

//! Passages of the concept that comments are about: how they are marked, and which one somebody is about to comment on.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use shared::{
    CommentId,
    api::{NewAnchor, PassageView},
    field::Field,
    limits,
    passage::{self, Mark},
};

use crate::{
    i18n::{t_string, use_i18n},
    ui::{icon::icon, toast},
    visit::here,
    words::Texts,
};

/// A passage that somebody chose to say something about, and its words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quoted {
    /// Where it stands.
    pub anchor: NewAnchor,
    /// What it says.
    pub words: String,
}

/// What the concept and the discussion on a page tell each other.
#[derive(Clone, Copy)]
pub struct Quoting {
    /// The passage that the next comment is about.
    pub chosen: RwSignal<Option<Quoted>>,
    /// Told each time that somebody chose one.
    pub asked: Trigger,
    /// The comment to whose passage the person wants to be led.
    pub sought: RwSignal<Option<CommentId>>,
    /// Whether the editors lead there, and not the page.
    pub in_editors: RwSignal<bool>,
}

impl Quoting {
    /// Nothing is chosen yet.
    #[must_use]
    pub fn new() -> Self {
        Self {
            chosen: RwSignal::new(None),
            asked: Trigger::new(),
            sought: RwSignal::new(None),
            in_editors: RwSignal::new(false),
        }
    }
}

impl Default for Quoting {
    fn default() -> Self {
        Self::new()
    }
}

/// The address of a passage's mark in the page.
#[must_use]
pub fn mark_id(comment: CommentId) -> String {
    format!("p-{comment}")
}

/// What the mark of a passage is called.
pub(super) fn label(i18n: Texts, passage: &PassageView) -> String {
    let quote: String = passage.quote.chars().take(60).collect();
    match passage.said {
        1 => t_string!(i18n, passage.mark_one, quote = quote),
        said => t_string!(i18n, passage.mark_many, quote = quote, count = said),
    }
}

/// The HTML of a text in which its passages are marked.
pub(super) fn marked(i18n: Texts, html: &str, field: Field, passages: &[PassageView]) -> String {
    let mark = |passage: &PassageView| Mark {
        span: passage.span,
        id: mark_id(passage.comment),
        href: format!("#c-{}", passage.comment),
        count: passage.said,
        label: label(i18n, passage),
    };
    let marks: Vec<Mark> = passages.iter().filter(|passage| passage.field == field).map(mark).collect();
    passage::mark(html, &marks)
}

/// What is selected in the concept, and where the means to comment on it stand.
#[derive(Clone, Copy)]
pub(super) struct Selected {
    pub(super) quoted: RwSignal<Option<Quoted>>,
    pub(super) place: NodeRef<leptos::html::Div>,
}

impl Selected {
    pub(super) fn new() -> Self {
        Self { quoted: RwSignal::new(None), place: NodeRef::new() }
    }
}

/// The means to comment on what is selected, beside it.
pub(super) fn offer(quoting: Quoting, selected: Selected) -> AnyView {
    let i18n = use_i18n();
    let choose = move |_| choose(i18n, quoting, selected);
    view! {
        <div class="passage-offer" hidden=move || selected.quoted.with(Option::is_none) node_ref=selected.place>
            <button
                type="button"
                class="button button-small"
                aria-keyshortcuts="Control+Alt+M Meta+Alt+M"
                disabled=move || !here().awake.get()
                // What is selected stays so.
                on:mousedown=|event| event.prevent_default()
                on:click=choose
            >
                {icon("chat-circle")} {move || t_string!(i18n, passage.comment)}
            </button>
        </div>
    }
    .into_any()
}

/// The next comment is about what is selected.
pub(super) fn choose(i18n: Texts, quoting: Quoting, selected: Selected) {
    let Some(quoted) = selected.quoted.get_untracked() else {
        toast::warn(t_string!(i18n, passage.select_first));
        return;
    };
    if quoted.words.chars().count() > limits::QUOTE {
        toast::warn(t_string!(i18n, passage.too_long, limit = limits::QUOTE));
        return;
    }
    selected.quoted.set(None);
    quoting.chosen.set(Some(quoted));
    quoting.asked.notify();
}

//! The concept on an idea's page: read by everybody, written in by those who may.

use leptos::prelude::*;
use shared::{
    api::{IdeaView, PersonView},
    field::Field,
    passage::escape,
};

use crate::i18n::{t, use_i18n};

use super::{
    desk::{Access, Desk, Mode},
    kept::kept_words,
    passages::{Quoting, Selected, marked, offer},
    status::{notice, status},
};

/// The concept of an idea: its title, pitch and body.
///
/// Rendered complete on the server. In the browser it becomes a co-editor for those who may edit,
/// and follows what others write for anybody else who is signed in.
#[component]
pub fn Concept(
    /// The idea, as the page was rendered with it.
    idea: IdeaView,
    /// Who is signed in.
    me: Option<PersonView>,
    /// Whether they may write, kept true while the page is open.
    access: RwSignal<Access>,
    /// What is said about its passages.
    quoting: Quoting,
) -> impl IntoView {
    let signed_in = me.is_some();
    let i18n = use_i18n();
    let desk = Desk::new(&idea, me, access);
    let selected = Selected::new();
    #[cfg(feature = "hydrate")]
    if signed_in {
        super::follow::start(desk, quoting, selected);
    }

    let editing = move || desk.mode.get() == Mode::Editing;
    let may_edit = move || signed_in && access.with(|access| access.may_edit);
    let shown = desk.shown;
    // Texts as they are shown, each passage marked that comments are about.
    let text = move |field: Field| {
        move || {
            shown.with(|shown| match field {
                Field::Title => marked(i18n, &escape(&shown.title), field, &shown.passages),
                Field::Pitch => marked(i18n, &escape(&shown.pitch), field, &shown.passages),
                Field::Body => marked(i18n, &shown.body_html, field, &shown.passages),
            })
        }
    };
    view! {
        <article class="concept" class:is-editing=editing class:may-edit=may_edit>
            <Show when=may_edit>{status(desk)}</Show>
            {signed_in.then(|| notice(desk))}
            {signed_in.then(|| kept_words(desk))}
            <h1 class="concept-title" class:unseen=editing data-field="title" inner_html=text(Field::Title)></h1>
            <div class="concept-title concept-editor" data-field="title" hidden=move || !editing() node_ref=desk.title></div>
            <p class="concept-pitch" hidden=editing data-field="pitch" inner_html=text(Field::Pitch)></p>
            <div class="concept-pitch concept-editor" data-field="pitch" hidden=move || !editing() node_ref=desk.pitch></div>
            <h2 class="unseen">{t!(i18n, idea.details)}</h2>
            <div
                class="concept-body prose"
                hidden=editing
                data-field="body"
                inner_html=text(Field::Body)
            ></div>
            <div class="concept-body concept-editor" data-field="body" hidden=move || !editing() node_ref=desk.body></div>
            {signed_in.then(|| offer(quoting, selected))}
        </article>
    }
}

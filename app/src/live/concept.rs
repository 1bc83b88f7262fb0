//! The concept on an idea's page: read by everybody, written in by those who may.

use leptos::prelude::*;
use shared::api::{IdeaView, PersonView};

use crate::i18n::{t, use_i18n};

use super::{
    desk::{Access, Desk, Mode},
    kept::kept_words,
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
) -> impl IntoView {
    let signed_in = me.is_some();
    let i18n = use_i18n();
    let desk = Desk::new(&idea, me, access);
    #[cfg(feature = "hydrate")]
    if signed_in {
        super::follow::start(desk);
    }

    let editing = move || desk.mode.get() == Mode::Editing;
    let may_edit = move || signed_in && access.with(|access| access.may_edit);
    let shown = desk.shown;
    view! {
        <article class="concept" class:is-editing=editing class:may-edit=may_edit>
            <Show when=may_edit>{status(desk)}</Show>
            {signed_in.then(|| notice(desk))}
            {signed_in.then(|| kept_words(desk))}
            <h1 class="concept-title" class:unseen=editing>
                {move || shown.with(|shown| shown.title.clone())}
            </h1>
            <div class="concept-title concept-editor" hidden=move || !editing() node_ref=desk.title></div>
            <p class="concept-pitch" hidden=editing>
                {move || shown.with(|shown| shown.pitch.clone())}
            </p>
            <div class="concept-pitch concept-editor" hidden=move || !editing() node_ref=desk.pitch></div>
            <h2 class="unseen">{t!(i18n, idea.details)}</h2>
            <div
                class="concept-body prose"
                hidden=editing
                inner_html=move || shown.with(|shown| shown.body_html.clone())
            ></div>
            <div class="concept-body concept-editor" hidden=move || !editing() node_ref=desk.body></div>
        </article>
    }
}

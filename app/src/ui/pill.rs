//! A pill: a word with a colour, never a colour alone.

use leptos::prelude::*;
use shared::api::{Colour, StageView};

use crate::{i18n::use_i18n, words};

/// A word on a colour.
pub fn pill(colour: Colour, text: impl Fn() -> String + Send + 'static) -> AnyView {
    draw(colour, Box::new(text))
}

fn draw(colour: Colour, text: Box<dyn Fn() -> String + Send>) -> AnyView {
    view! {
        <span class="pill" data-colour=colour.as_str()>
            <span class="pill-dot" aria-hidden="true"></span>
            {move || text()}
        </span>
    }
    .into_any()
}

/// Where an idea stands.
pub fn stage(stage: &StageView) -> AnyView {
    let i18n = use_i18n();
    let stage = stage.clone();
    pill(stage.colour, move || words::stage(i18n, &stage))
}

/// Where an idea stands, as that changes: what it moves to arrives.
pub fn standing(now: Memo<StageView>) -> AnyView {
    let first = now.get_untracked().id;
    view! {
        {move || {
            let here = now.get();
            let moved = here.id != first;
            view! { <span class="pill-place" class:is-moved=moved>{stage(&here)}</span> }
        }}
    }
    .into_any()
}

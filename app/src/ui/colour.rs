//! Choosing a colour of the palette: by its name, with the colour beside it.

use leptos::prelude::*;
use shared::api::Colour;

use crate::{i18n::use_i18n, words};

/// A list of the colours that sets `colour`; `label` says of what.
pub fn choose(label: impl Fn() -> String + Send + Sync + 'static, colour: RwSignal<Colour>) -> AnyView {
    let i18n = use_i18n();
    let options = Colour::ALL
        .map(|one| {
            view! {
                <option value=one.as_str() selected=move || colour.get() == one>
                    {move || words::colour(i18n, one)}
                </option>
            }
        })
        .collect_view();
    view! {
        <span class="colour" data-colour=move || colour.get().as_str()>
            <span class="chip-dot" aria-hidden="true"></span>
            <select
                class="input input-small"
                aria-label=label
                on:change=move |event| {
                    if let Some(chosen) = Colour::parse(&event_target_value(&event)) {
                        colour.set(chosen);
                    }
                }
            >
                {options}
            </select>
        </span>
    }
    .into_any()
}

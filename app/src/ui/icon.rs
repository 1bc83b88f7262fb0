//! Icons: one sprite, made from the names in `app/icons.txt`.

use leptos::prelude::*;

use crate::visit::here;

/// An icon beside a text that already says it. The name is one of `app/icons.txt`.
pub fn icon(name: &'static str) -> AnyView {
    let href = format!("{}#{name}", here().asset("icons.svg"));
    view! {
        <svg class="icon" aria-hidden="true" focusable="false">
            <use href=href></use>
        </svg>
    }
    .into_any()
}

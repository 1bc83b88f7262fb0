//! The empty state: says what will be here, and the next step.

use leptos::prelude::*;

use crate::ui::icon::icon;

/// A friendly emptiness. `step` is what to do next, if the person may do anything.
pub fn empty(
    symbol: &'static str,
    title: impl Fn() -> &'static str + Send + 'static,
    hint: impl Fn() -> &'static str + Send + 'static,
    step: Option<AnyView>,
) -> AnyView {
    view! {
        <div class="empty">
            <div class="empty-symbol">{icon(symbol)}</div>
            <p class="empty-title">{title}</p>
            <p class="empty-hint">{hint}</p>
            {step}
        </div>
    }
    .into_any()
}

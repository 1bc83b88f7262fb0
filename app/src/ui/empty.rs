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
    draw(symbol, Box::new(title), Box::new(hint), step)
}

type Said = Box<dyn Fn() -> &'static str + Send>;

fn draw(symbol: &'static str, title: Said, hint: Said, step: Option<AnyView>) -> AnyView {
    view! {
        <div class="empty">
            <div class="empty-symbol">{icon(symbol)}</div>
            <p class="empty-title">{move || title()}</p>
            <p class="empty-hint">{move || hint()}</p>
            {step}
        </div>
    }
    .into_any()
}

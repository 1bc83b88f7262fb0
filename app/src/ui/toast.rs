//! Toasts: a short word that something was done, read aloud, gone after a while.

use std::time::Duration;

use leptos::prelude::*;

use crate::{
    i18n::{t_string, use_i18n},
    ui::icon::icon,
};

/// How long a toast stays.
const STAY: Duration = Duration::from_secs(6);

#[derive(Clone, Copy)]
struct Toasts {
    shown: RwSignal<Option<(u32, String)>>,
}

thread_local! {
    static THE_TOASTS: std::cell::Cell<Option<Toasts>> = const { std::cell::Cell::new(None) };
}

/// Makes toasts possible below.
pub fn provide() {
    let toasts = Toasts { shown: RwSignal::new(None) };
    provide_context(toasts);
    #[cfg(feature = "hydrate")]
    THE_TOASTS.with(|the| the.set(Some(toasts)));
}

/// Says `text` to the person. Answers come after the page asked for them is gone from the context: hence the global.
pub fn say(text: impl Into<String>) {
    let Some(Toasts { shown }) = THE_TOASTS.with(std::cell::Cell::get) else { return };
    let number = shown.with_untracked(|shown| shown.as_ref().map_or(0, |(number, _)| number.wrapping_add(1)));
    shown.set(Some((number, text.into())));
    set_timeout(
        move || {
            if shown.with_untracked(|shown| shown.as_ref().is_some_and(|(at, _)| *at == number)) {
                shown.set(None);
            }
        },
        STAY,
    );
}

/// Where toasts appear.
pub fn region() -> AnyView {
    let i18n = use_i18n();
    let Toasts { shown } = expect_context();
    view! {
        <div class="toasts" role="status" aria-live="polite">
            {move || {
                shown
                    .get()
                    .map(|(_, text)| {
                        view! {
                            <div class="toast">
                                {icon("check-circle")} <span>{text}</span>
                                <button
                                    type="button"
                                    class="button-plain"
                                    aria-label=move || t_string!(i18n, ui.close)
                                    on:click=move |_| shown.set(None)
                                >
                                    {icon("x")}
                                </button>
                            </div>
                        }
                    })
            }}
        </div>
    }
    .into_any()
}

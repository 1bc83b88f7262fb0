//! Toasts: a short word that something was done, or was not, read aloud, gone after a while.

use std::time::Duration;

use leptos::prelude::*;

use crate::{
    i18n::{t_string, use_i18n},
    ui::icon::icon,
};

/// How long a toast stays.
const STAY: Duration = Duration::from_secs(6);

/// What is said.
#[derive(Clone)]
struct Toast {
    number: u32,
    text: String,
    /// Whether something was not done.
    warns: bool,
}

#[derive(Clone, Copy)]
struct Toasts {
    shown: RwSignal<Option<Toast>>,
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

/// Says that something was done. Answers come after the page asked for them is gone from the context: hence the global.
pub fn say(text: impl Into<String>) {
    show(text.into(), false);
}

/// Says that something was not done, and why.
pub fn warn(text: impl Into<String>) {
    show(text.into(), true);
}

fn show(text: String, warns: bool) {
    let Some(Toasts { shown }) = THE_TOASTS.with(std::cell::Cell::get) else { return };
    let number = shown.with_untracked(|shown| shown.as_ref().map_or(0, |shown| shown.number.wrapping_add(1)));
    shown.set(Some(Toast { number, text, warns }));
    set_timeout(
        move || {
            if shown.with_untracked(|shown| shown.as_ref().is_some_and(|at| at.number == number)) {
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
                    .map(|Toast { text, warns, .. }| {
                        view! {
                            <div class="toast" class:warns=warns>
                                {icon(if warns { "warning-circle" } else { "check-circle" })} <span>{text}</span>
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

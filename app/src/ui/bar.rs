//! How far something is, as a bar: always with the figure beside it or said.

use leptos::prelude::*;

use crate::i18n::{t_string, use_i18n};

/// The thin bar of a card; nothing where nothing is said of how far it is.
pub fn thin(percent: impl Fn() -> Option<u8> + Copy + Send + Sync + 'static) -> AnyView {
    (move || percent().map(|_| drawn("bar", move || percent().unwrap_or_default()))).into_any()
}

/// The bar with its figure.
pub fn with_figure(percent: impl Fn() -> Option<u8> + Copy + Send + Sync + 'static) -> AnyView {
    let i18n = use_i18n();
    let figure = move || t_string!(i18n, progress.percent, n = percent().unwrap_or_default());
    (move || {
        percent().map(|_| {
            view! {
                <div class="bar-figure">
                    {drawn("bar bar-thick", move || percent().unwrap_or_default())}
                    <span aria-hidden="true">{figure}</span>
                </div>
            }
        })
    })
    .into_any()
}

/// The thin bar of a share whose figure stands beside it.
pub fn share(percent: u8) -> AnyView {
    view! {
        <svg class="bar" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
            <rect class="bar-done" width=percent.to_string() height="4" />
        </svg>
    }
    .into_any()
}

/// A drawing rather than a box with a width, which a page of ours may not say in its markup.
fn drawn(class: &'static str, percent: impl Fn() -> u8 + Copy + Send + Sync + 'static) -> AnyView {
    let i18n = use_i18n();
    view! {
        <svg
            class=class
            viewBox="0 0 100 4"
            preserveAspectRatio="none"
            role="img"
            aria-label=move || t_string!(i18n, progress.so_far, n = percent())
        >
            <rect class="bar-done" width=move || percent().to_string() height="4" />
        </svg>
    }
    .into_any()
}

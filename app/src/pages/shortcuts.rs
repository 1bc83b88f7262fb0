//! The keys that work on every page, as a list in a dialog.

use leptos::prelude::*;

use crate::{
    i18n::{t, t_string, use_i18n},
    ui::finder::finder,
};

/// The list.
pub fn view() -> AnyView {
    let i18n = use_i18n();
    let finder = finder();
    let key = |key: &'static str| view! { <kbd>{key}</kbd> };
    let line =
        move |keys: AnyView, what: AnyView| view! { <div class="keys-line"><dt>{keys}</dt><dd>{what}</dd></div> };
    let or = move || t_string!(i18n, keys.or);
    view! {
        <h2 class="dialog-title">{t!(i18n, keys.title)}</h2>
        <dl class="keys">
            {line(
                view! { {key("Ctrl")} " + " {key("K")} " " {or} " " {key("⌘")} " + " {key("K")} " " {or} " " {key("/")} }.into_any(),
                t!(i18n, keys.search).into_any(),
            )}
            {line(view! { {key("J")} " " {or} " " {key("K")} }.into_any(), t!(i18n, keys.step).into_any())}
            {line(view! { {key("↵")} }.into_any(), t!(i18n, keys.open).into_any())}
            {line(view! { {key("V")} }.into_any(), t!(i18n, keys.vote).into_any())}
            {line(
                view! { {key("[")} " " {or} " " {key("]")} " " {or} " " {key("Alt")} " + " {key("←")} " " {or} " " {key("→")} }.into_any(),
                t!(i18n, keys.shift).into_any(),
            )}
            {line(
                view! { {key("N")} " · " {key("G")} " · " {key("L")} " · " {key("I")} }.into_any(),
                t!(i18n, keys.canvas_add).into_any(),
            )}
            {line(view! { {key("Alt")} " + " {key("←↑↓→")} }.into_any(), t!(i18n, keys.canvas_move).into_any())}
            {line(view! { {key(".")} " " {or} " " {key(",")} }.into_any(), t!(i18n, keys.canvas_dot).into_any())}
            {line(view! { {key("F")} " · " {key("+")} " · " {key("−")} " · " {key("0")} }.into_any(), t!(i18n, keys.canvas_look).into_any())}
            {line(view! { {key("[")} " " {or} " " {key("]")} }.into_any(), t!(i18n, keys.canvas_size).into_any())}
            {line(view! { {key("Ctrl")} " + " {key("D")} }.into_any(), t!(i18n, keys.canvas_copy).into_any())}
            {line(view! { {key("Ctrl")} " + " {key("Z")} }.into_any(), t!(i18n, keys.canvas_undo).into_any())}
            {line(view! { {key("Esc")} }.into_any(), t!(i18n, keys.leave).into_any())}
            {line(view! { {key("?")} }.into_any(), t!(i18n, keys.list).into_any())}
        </dl>
        <p class="quiet">{t!(i18n, keys.hint)}</p>
        <div class="row row-end">
            <button type="button" class="button" on:click=move |_| finder.close()>{t!(i18n, ui.close)}</button>
        </div>
    }
    .into_any()
}

//! The word in the header that something waits to be sent, and the list of it. Nothing while nothing waits.

use leptos::prelude::*;
use shared::outbox::Entry;

use super::{all, marks};
use crate::{
    i18n::{t_string, use_i18n},
    ui::{
        card,
        dialog::{self, Dialog},
        icon::icon,
    },
};

/// The button in the header.
pub fn button() -> AnyView {
    let i18n = use_i18n();
    let (all, list) = (all(), Dialog::new());
    let count = move || all.with(Vec::len);
    let refused = move || all.with(|all| all.iter().any(|entry| entry.refused.is_some()));
    let text = move || match count() {
        1 => t_string!(i18n, waits.one).to_owned(),
        count => t_string!(i18n, waits.many, count = count),
    };
    let lines = move || all.get().iter().map(|entry| line(entry, list)).collect_view();
    let content = view! { <ul class="unsent-list">{lines}</ul> }.into_any();
    view! {
        <Show when=move || count() != 0>
            <button type="button" class="button button-quiet unsent-button" on:click=move |_| list.open()>
                {move || icon(if refused() { "warning" } else { "hourglass" })}
                <span class="unsent-word">{text}</span>
                <span class="unsent-count" aria-hidden="true">{count}</span>
            </button>
        </Show>
        {dialog::shown(list, move || t_string!(i18n, waits.title), content)}
    }
    .into_any()
}

fn line(entry: &Entry, list: Dialog) -> AnyView {
    let i18n = use_i18n();
    let text = entry.text().map(|text| view! { <p class="unsent-text">{text.to_owned()}</p> });
    let copy = entry.text().is_some().then(|| marks::copy(i18n, entry));
    let again = entry.refused.is_some().then(|| marks::again(i18n, entry));
    let about = entry.about.clone();
    view! {
        <li class="unsent">
            <a href=card::path(entry.deed.idea(), "") on:click=move |_| list.close()>{about}</a>
            {text}
            {marks::state(i18n, entry)}
            <div class="unsent-acts">{again} {copy} {marks::discard(i18n, entry)}</div>
        </li>
    }
    .into_any()
}

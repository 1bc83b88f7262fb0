//! The names that came with imports, and saying who they are.

use leptos::prelude::*;
use shared::api::{MatchName, NameView, Page};

use crate::{
    api,
    i18n::{t, t_string, use_i18n},
    ui::{
        load::{self, Loaded},
        toast,
    },
    visit::here,
    words,
};

/// The names, as far as they are looked for.
#[derive(Clone, Copy)]
pub(super) struct List {
    word: RwSignal<String>,
    loaded: Loaded<Page<NameView>>,
}

impl List {
    /// Asks once more: some came.
    pub(super) fn again(self) {
        self.loaded.again();
    }
}

/// Asks for the names.
pub(super) fn list() -> List {
    let word = RwSignal::new(String::new());
    let path = move || format!("/names?limit=20&q={}", encoded(&word.get()));
    List { word, loaded: load::ask(path) }
}

/// A text as it may stand in an address.
fn encoded(text: &str) -> String {
    use std::fmt::Write as _;
    text.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
        out
    })
}

/// The names, each with a field for the handle of who it is.
pub(super) fn view(list: List) -> AnyView {
    let i18n = use_i18n();
    let here = here();
    view! {
        <section class="panel" aria-labelledby="names">
            <div class="panel-head">
                <h2 class="panel-title" id="names">{t!(i18n, import.names)}</h2>
                <p class="quiet">{t!(i18n, import.names_lead)}</p>
            </div>
            <div class="field">
                <label class="field-label" for="names-word">{t!(i18n, import.names_find)}</label>
                <input
                    class="input"
                    id="names-word"
                    type="search"
                    autocomplete="off"
                    maxlength=shared::limits::NAME
                    disabled=move || !here.awake.get()
                    on:change=move |event| list.word.set(event_target_value(&event))
                />
            </div>
            {load::load(list.loaded, move |page: Page<NameView>| rows(page, list))}
        </section>
    }
    .into_any()
}

fn rows(page: Page<NameView>, list: List) -> AnyView {
    let i18n = use_i18n();
    if page.items.is_empty() {
        return view! { <p class="quiet">{t!(i18n, import.names_none)}</p> }.into_any();
    }
    let more = page.next.is_some();
    view! {
        <ul class="lines">{page.items.into_iter().map(|name| row(name, list)).collect_view()}</ul>
        {more.then(|| view! { <p class="quiet">{t!(i18n, import.names_more)}</p> })}
    }
    .into_any()
}

fn row(name: NameView, list: List) -> AnyView {
    let i18n = use_i18n();
    let NameView { person, ideas, matched_to } = name;
    let shown = person.name.clone();
    let control = match matched_to {
        Some(to) => matched(&person.handle, &person.name, &words::name(i18n, &to), list),
        None => free(person.handle.clone(), person.name.clone(), list),
    };
    view! {
        <li class="name-line">
            <div class="line-main">
                <span class="person-name">{shown}</span>
                <span class="quiet">{move || words::ideas(i18n, ideas)}</span>
            </div>
            {control}
        </li>
    }
    .into_any()
}

fn free(handle: String, name: String, list: List) -> AnyView {
    let i18n = use_i18n();
    let here = here();
    let id = format!("name-{handle}");
    let value = RwSignal::new(String::new());
    let label = {
        let name = name.clone();
        move || t_string!(i18n, import.match_of, name = name.clone())
    };
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let (path, request) = (format!("/names/{handle}/match"), MatchName { handle: value.get_untracked() });
        leptos::task::spawn_local(async move {
            match api::put_with::<NameView>(&path, &request).await {
                Ok(_) => {
                    toast::say(t_string!(i18n, import.matched));
                    list.again();
                }
                Err(problem) if problem.fields.contains_key("handle") => toast::warn(t_string!(i18n, import.nobody)),
                Err(problem) => toast::warn(words::problem(i18n, &problem)),
            }
        });
    };
    view! {
        <form class="name-form" on:submit=send>
            <label class="unseen" for=id.clone()>{label}</label>
            <input
                class="input input-small"
                id=id
                placeholder=move || t_string!(i18n, import.handle)
                autocomplete="off"
                autocapitalize="none"
                required=true
                disabled=move || !here.awake.get()
                on:input=move |event| value.set(event_target_value(&event))
            />
            <button type="submit" class="button button-small" disabled=move || !here.awake.get()>
                {t!(i18n, import.match_it)}
            </button>
        </form>
    }
    .into_any()
}

fn matched(handle: &str, name: &str, to: &str, list: List) -> AnyView {
    let i18n = use_i18n();
    let here = here();
    let (handle, name, to) = (handle.to_owned(), name.to_owned(), to.to_owned());
    let undo = move |_| {
        let path = format!("/names/{handle}/match");
        leptos::task::spawn_local(async move {
            match api::delete_for::<NameView>(&path).await {
                Ok(_) => {
                    toast::say(t_string!(i18n, import.unmatched));
                    list.again();
                }
                Err(problem) => toast::warn(words::problem(i18n, &problem)),
            }
        });
    };
    view! {
        <div class="name-form">
            <span>{t!(i18n, import.is, name = to.clone())}</span>
            <button
                type="button"
                class="button button-small"
                aria-label=move || t_string!(i18n, import.unmatch_of, name = name.clone())
                disabled=move || !here.awake.get()
                on:click=undo
            >
                {t!(i18n, import.unmatch)}
            </button>
        </div>
    }
    .into_any()
}

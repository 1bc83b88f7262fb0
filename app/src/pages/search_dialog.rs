//! The dialog of search: results as one types, and keys that lead through them.
//!
//! The field keeps the focus; the arrows move a mark through the results, which screen readers follow by
//! `aria-activedescendant`. What was found stays until something else is.

use std::time::Duration;

use leptos::{ev, html, prelude::*};
use leptos_router::hooks::use_navigate;
use shared::{
    api::{Found, Problem},
    limits,
};

use crate::{
    answer, api,
    i18n::{t, t_string, use_i18n},
    pages::{
        draft,
        found::{self, Lines},
    },
    ui::{
        finder::{Finder, finder},
        icon::icon,
    },
    words,
};

/// How long nothing is typed before it is searched for.
const PAUSE: Duration = Duration::from_millis(150);
/// What was searched for in this tab is kept under this name.
const KEPT: &str = "atelier.searches";
/// How many of those are shown.
const RECENT: usize = 5;

/// A search under way.
#[derive(Clone, Copy)]
struct Search {
    finder: Finder,
    field: NodeRef<html::Input>,
    /// What stands in the field.
    words: RwSignal<String>,
    /// What was found last, and for which words.
    found: RwSignal<Option<(String, Result<Found, Problem>)>>,
    /// Which result is marked.
    marked: RwSignal<Option<usize>>,
    /// How many results are shown.
    length: RwSignal<usize>,
}

impl Search {
    /// What was typed is searched for once the hands rest.
    fn typed(self, typed: String) {
        self.words.set(typed.clone());
        self.marked.set(None);
        if typed.trim().is_empty() {
            self.found.set(None);
            return;
        }
        set_timeout(
            move || {
                if self.is_now(&typed) {
                    self.ask(typed);
                }
            },
            PAUSE,
        );
    }

    fn is_now(self, typed: &str) -> bool {
        self.words.try_with_untracked(|words| words == typed).unwrap_or_default()
    }

    fn ask(self, typed: String) {
        leptos::task::spawn_local(async move {
            let found = api::get::<Found>(format!("/search?q={}&limit=5", answer::encode(&typed))).await;
            if self.is_now(&typed) {
                self.marked.set(None);
                self.found.set(Some((typed, found)));
            }
        });
    }

    /// Moves the mark, from the last result to the field and to the first again.
    fn step(self, by: isize) {
        let length = self.length.get_untracked().cast_signed();
        if length == 0 {
            return;
        }
        let at = self.marked.get_untracked().map_or(-1, usize::cast_signed);
        let to = (at + 1 + by).rem_euclid(length + 1) - 1;
        self.marked.set((to >= 0).then_some(to.cast_unsigned()));
        #[cfg(feature = "hydrate")]
        if let Some(option) = document().get_element_by_id(&option_id(to.cast_unsigned())) {
            crate::ui::sight::bring(&option, web_sys::ScrollLogicalPosition::Nearest);
        }
    }

    /// Follows the marked result. Whether there is one.
    fn follow(self) -> bool {
        let Some(at) = self.marked.get_untracked() else { return false };
        #[cfg(feature = "hydrate")]
        {
            use wasm_bindgen::JsCast;
            let option = document().get_element_by_id(&option_id(at));
            if let Some(option) = option.and_then(|option| option.dyn_into::<web_sys::HtmlElement>().ok()) {
                option.click();
            }
        }
        let _ = at;
        true
    }

    /// A result is followed: the words are kept for the next time, and the dialog leaves.
    fn leave(self) {
        let words = self.words.get_untracked().trim().to_owned();
        if !words.is_empty() {
            let mut recent = recent();
            recent.retain(|kept| *kept != words);
            recent.insert(0, words);
            recent.truncate(RECENT);
            draft::keep_in_tab(KEPT, &recent.join("\n"));
        }
        self.finder.close();
    }
}

fn recent() -> Vec<String> {
    draft::kept_in_tab(KEPT).lines().map(str::to_owned).collect()
}

fn option_id(at: usize) -> String {
    format!("found-{at}")
}

/// What the dialog shows.
pub fn view() -> AnyView {
    let i18n = use_i18n();
    let search = Search {
        finder: finder(),
        field: NodeRef::new(),
        words: RwSignal::new(String::new()),
        found: RwSignal::new(None),
        marked: RwSignal::new(None),
        length: RwSignal::new(0),
    };
    let navigate = use_navigate();
    Effect::new(move || {
        if let Some(field) = search.field.get() {
            let _ = field.focus();
        }
    });
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let words = search.words.get_untracked();
        if !search.follow() && !words.trim().is_empty() {
            navigate(&found::page(&words, None), Default::default());
            search.leave();
        }
    };
    let press = move |event: ev::KeyboardEvent| {
        let by = match event.key().as_str() {
            "ArrowDown" => 1,
            "ArrowUp" => -1,
            "Escape" => {
                // A search field would only be emptied.
                event.prevent_default();
                search.finder.close();
                return;
            }
            _ => return,
        };
        event.prevent_default();
        search.step(by);
    };
    let status = move || match search.found.get() {
        Some((_, Ok(found))) => found::summary(i18n, &found),
        Some((_, Err(problem))) => words::problem(i18n, &problem).to_owned(),
        None => String::new(),
    };
    let active = move || search.marked.get().map(option_id);
    view! {
        <form class="finder-form" role="search" action="/search" method="get" on:submit=submit>
            {icon("magnifying-glass")}
            <input
                class="finder-field"
                type="search"
                name="q"
                maxlength=limits::QUERY
                autocomplete="off"
                autocapitalize="off"
                spellcheck="false"
                enterkeyhint="search"
                role="combobox"
                aria-autocomplete="list"
                aria-expanded=move || (search.length.get() > 0).to_string()
                aria-controls="finder-list"
                aria-activedescendant=active
                aria-label=move || t_string!(i18n, search.field)
                placeholder=move || t_string!(i18n, search.placeholder)
                node_ref=search.field
                on:input=move |event| search.typed(event_target_value(&event))
                on:keydown=press
            />
            <button type="button" class="button-plain" on:click=move |_| search.finder.close()>
                <span class="unseen">{t!(i18n, ui.close)}</span>
                {icon("x")}
            </button>
        </form>
        <p class="unseen" role="status">{status}</p>
        <div class="finder-list">{move || results(search)}</div>
        <p class="finder-foot quiet" aria-hidden="true">
            <span><kbd>"↑"</kbd> <kbd>"↓"</kbd> " " {t!(i18n, search.choose)}</span>
            <span><kbd>"↵"</kbd> " " {t!(i18n, search.open)}</span>
            <span><kbd>"Esc"</kbd> " " {t!(i18n, search.leave)}</span>
            <span><kbd>"?"</kbd> " " {t!(i18n, keys.title)}</span>
        </p>
    }
    .into_any()
}

fn results(search: Search) -> AnyView {
    let i18n = use_i18n();
    match search.found.get() {
        None => help(search),
        Some((_, Err(problem))) => {
            search.length.set(0);
            view! { <p class="finder-hint">{move || words::problem(i18n, &problem)}</p> }.into_any()
        }
        Some((words, Ok(found))) if found.count() == 0 => {
            search.length.set(0);
            view! {
                <div class="finder-hint">
                    <p class="finder-nothing">{move || t_string!(i18n, search.nothing_for, words = words.clone())}</p>
                    <p>{t!(i18n, search.nothing_hint)}</p>
                </div>
            }
            .into_any()
        }
        Some((words, Ok(found))) => list(search, &words, found),
    }
}

/// What was searched for before; and what one can search for.
fn help(search: Search) -> AnyView {
    let i18n = use_i18n();
    let recent = recent();
    search.length.set(recent.len());
    let hint = view! { <p class="finder-hint">{t!(i18n, search.help)}</p> };
    if recent.is_empty() {
        return hint.into_any();
    }
    let lines = recent.into_iter().enumerate().map(|(at, words)| {
        let href = found::page(&words, None);
        option(search, at, href, view! { <span class="found-title">{words}</span> }.into_any())
    });
    view! {
        <div id="finder-list" role="listbox" aria-label=move || t_string!(i18n, search.title)>
            <div role="group" aria-labelledby="finder-recent">
                <p class="finder-group" id="finder-recent">{t!(i18n, search.recent)}</p>
                {lines.collect_view()}
            </div>
        </div>
        {hint}
    }
    .into_any()
}

fn list(search: Search, words: &str, found: Found) -> AnyView {
    let i18n = use_i18n();
    let groups = found::lines(found);
    search.length.set(groups.iter().map(|group| group.lines.len()).sum::<usize>() + 1);
    let mut at = 0;
    let mut next = || {
        at += 1;
        at - 1
    };
    let groups: Vec<_> = groups
        .into_iter()
        .map(|Lines { kind, lines, .. }| {
            let id = format!("finder-{}", kind.as_str());
            let labelled = id.clone();
            let lines: Vec<_> = lines.into_iter().map(|line| option(search, next(), line.href, line.content)).collect();
            view! {
                <div role="group" aria-labelledby=labelled>
                    <p class="finder-group" id=id>{move || found::kind(i18n, kind)}</p>
                    {lines}
                </div>
            }
        })
        .collect();
    let all = view! { <span class="finder-all">{icon("magnifying-glass")} {t!(i18n, search.see_all)}</span> };
    let all = option(search, next(), found::page(words, None), all.into_any());
    view! {
        <div id="finder-list" role="listbox" aria-label=move || t_string!(i18n, search.title)>
            {groups}
            {all}
        </div>
    }
    .into_any()
}

/// A result: a link, which the field's arrows choose.
fn option(search: Search, at: usize, href: String, content: AnyView) -> AnyView {
    view! {
        <a
            class="found"
            role="option"
            id=option_id(at)
            tabindex="-1"
            aria-selected=move || (search.marked.get() == Some(at)).to_string()
            href=href
            on:click=move |event| {
                if !(event.ctrl_key() || event.meta_key() || event.shift_key()) {
                    search.leave();
                }
            }
        >
            {content}
        </a>
    }
    .into_any()
}

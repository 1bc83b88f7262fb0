//! `/search`: what is found, on a page that works without a script.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use shared::{
    api::{Found, SearchKind},
    limits,
    rules::{Act, may},
};

use crate::{
    answer,
    i18n::{t, t_string, use_i18n},
    live::facts,
    pages::found::{self, Lines},
    ui::{empty::empty, head, icon::icon, load},
    visit::here,
};

/// How many things of each kind, and of the only one that is asked for.
const SOME: u32 = 10;

/// The page of search.
pub fn view() -> AnyView {
    facts::follow(Vec::new());
    let i18n = use_i18n();
    let query = use_query_map();
    let words = Memo::new(move |_| query.with(|query| query.get("q").unwrap_or_default()));
    let kind = Memo::new(move |_| query.with(|query| query.get("kind").and_then(|word| SearchKind::parse(&word))));
    let found = load::ask::<Found>(move || {
        let limit = if kind.get().is_some() { limits::FOUND } else { SOME };
        let kind = kind.get().map_or_else(String::new, |kind| format!("&kind={}", kind.as_str()));
        format!("/search?q={}&limit={limit}{kind}", answer::encode(&words.get()))
    });
    let title = move || {
        let words = words.get();
        if words.is_empty() {
            t_string!(i18n, search.title).to_owned()
        } else {
            t_string!(i18n, search.title_of, words = words)
        }
    };
    view! {
        {head::title(title)}
        <div class="page page-middle">
            <header class="page-head">
                {head::heading(move || t_string!(i18n, search.title).to_owned())}
                <form class="search-form" role="search" action="/search" method="get">
                    <input
                        class="input"
                        type="search"
                        name="q"
                        value=move || words.get()
                        maxlength=limits::QUERY
                        autocomplete="off"
                        aria-label=move || t_string!(i18n, search.field)
                        placeholder=move || t_string!(i18n, search.placeholder)
                    />
                    <button type="submit" class="button button-strong">
                        {icon("magnifying-glass")} {t!(i18n, search.title)}
                    </button>
                </form>
            </header>
            <nav class="tools" aria-label=move || t_string!(i18n, search.kinds)>
                <ul class="chips">{move || kinds(&words.get(), kind.get())}</ul>
            </nav>
            {load::load(found, move |found| results(found, words, kind))}
        </div>
    }
    .into_any()
}

/// Everything, or one kind of it.
fn kinds(words: &str, now: Option<SearchKind>) -> AnyView {
    let i18n = use_i18n();
    let link = |kind: Option<SearchKind>| {
        let current = (kind == now).then_some("true");
        let text = move || kind.map_or_else(|| t_string!(i18n, search.all), |kind| found::kind(i18n, kind));
        view! { <li><a class="chip" href=found::page(words, kind) aria-current=current>{text}</a></li> }
    };
    let people = may(Act::FindPeople, here().role()).is_ok();
    let all = [SearchKind::Idea, SearchKind::Board, SearchKind::Person, SearchKind::Comment];
    let offered = all.into_iter().filter(|kind| people || *kind != SearchKind::Person);
    std::iter::once(None).chain(offered.map(Some)).map(link).collect_view().into_any()
}

fn results(found: Found, words: Memo<String>, kind: Memo<Option<SearchKind>>) -> AnyView {
    let i18n = use_i18n();
    if words.with_untracked(|words| words.trim().is_empty()) {
        let (title, hint) = (move || t_string!(i18n, search.start), move || t_string!(i18n, search.help));
        return empty("magnifying-glass", title, hint, None);
    }
    if found.count() == 0 {
        let boards = view! { <a class="button" href="/b">{t!(i18n, search.browse)}</a> }.into_any();
        let (title, hint) = (move || t_string!(i18n, search.nothing), move || t_string!(i18n, search.nothing_hint));
        return empty("magnifying-glass", title, hint, Some(boards));
    }
    let summary = found::summary(i18n, &found);
    view! {
        <p class="quiet" role="status">{summary}</p>
        {found::lines(found).into_iter().map(|lines| group(lines, words, kind)).collect_view()}
    }
    .into_any()
}

fn group(lines: Lines, words: Memo<String>, now: Memo<Option<SearchKind>>) -> AnyView {
    let i18n = use_i18n();
    let Lines { kind, lines, more } = lines;
    let more = (more && now.get_untracked().is_none()).then(|| {
        view! {
            <a class="button" href=move || found::page(&words.get(), Some(kind))>
                {icon("caret-down")} {t!(i18n, search.more)}
            </a>
        }
    });
    let id = format!("found-{}", kind.as_str());
    let labelled = id.clone();
    view! {
        <section class="found-group" aria-labelledby=labelled>
            <h2 class="section-title" id=id>{move || found::kind(i18n, kind)}</h2>
            <ul class="found-list">
                {lines
                    .into_iter()
                    .map(|line| view! { <li><a class="found" href=line.href>{line.content}</a></li> })
                    .collect_view()}
            </ul>
            {more}
        </section>
    }
    .into_any()
}

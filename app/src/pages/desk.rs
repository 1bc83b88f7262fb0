//! `/desk`: what waits for the company's people.

use leptos::prelude::*;
use shared::{Role, api::DocumentAside};

use super::{
    desk_answers,
    desk_cases::{self, Queue},
    desk_recognise,
};
use crate::{
    api,
    i18n::{t, t_string, use_i18n},
    live::facts,
    pages::gate,
    ui::{
        card, date, head,
        icon::icon,
        load::{self, Loaded},
        toast,
    },
    words,
};

/// The page of what waits for the company's people: ideas for all who answer, the rest for moderators.
pub fn view() -> AnyView {
    gate::at_least(Role::Employee, |me| {
        let i18n = use_i18n();
        let title = move || t_string!(i18n, desk.title).to_owned();
        facts::follow(Vec::new());
        let moderates = me.role >= Role::Moderator;
        let cases = moderates.then(|| desk_cases::view(Queue::new()));
        let aside = moderates.then(|| {
            let aside = load::ask::<Vec<DocumentAside>>(|| "/desk/documents".to_owned());
            load::load(aside, move |documents| documents_aside(documents, aside))
        });
        view! {
            {head::title(title)}
            <div class="page page-middle">
                <header class="page-head">
                    {head::heading(title)} <p class="lead">{t!(i18n, desk.lead)}</p>
                </header>
                {cases}
                {desk_answers::section()}
                {moderates.then(desk_recognise::section)}
                {aside}
            </div>
        }
        .into_any()
    })
}

fn documents_aside(documents: Vec<DocumentAside>, list: Loaded<Vec<DocumentAside>>) -> AnyView {
    let i18n = use_i18n();
    if documents.is_empty() {
        return ().into_any();
    }
    view! {
        <section class="panel" aria-labelledby="aside">
            <div class="panel-head">
                <h2 class="panel-title" id="aside">{t!(i18n, desk.aside)}</h2>
                <p class="quiet">{t!(i18n, desk.aside_hint)}</p>
            </div>
            <ul class="lines">{documents.into_iter().map(|document| row(document, list)).collect_view()}</ul>
        </section>
    }
    .into_any()
}

fn row(aside: DocumentAside, list: Loaded<Vec<DocumentAside>>) -> AnyView {
    let i18n = use_i18n();
    let DocumentAside { document, idea, board, board_title, since, failures, reason, changes } = aside;
    let path = idea.as_ref().map_or_else(|| format!("/b/{board}"), |idea| card::path(idea.number, &idea.slug));
    let title = {
        let (idea, board) = (idea.map(|idea| idea.title), board_title.clone());
        move || idea.clone().unwrap_or_else(|| t_string!(i18n, desk.canvas_of, board = board.clone()))
    };
    let release = move |_| {
        leptos::task::spawn_local(async move {
            match api::put(&format!("/desk/documents/{document}/release")).await {
                Ok(()) => toast::say(t_string!(i18n, desk.released)),
                Err(problem) => toast::warn(words::problem(i18n, &problem)),
            }
            list.again();
        });
    };
    let label = {
        let title = title.clone();
        move || t_string!(i18n, desk.release_of, title = title())
    };
    view! {
        <li class="desk-line">
            <div class="line-main">
                <a class="person-name" href=path>{title}</a>
                <span class="quiet">
                    {board_title} " · " {t!(i18n, desk.since, ago = move || date::ago(since))} " · "
                    {t!(i18n, desk.failures, count = failures)} " · " {t!(i18n, desk.changes, count = changes)}
                </span>
                <details class="fold">
                    <summary>{t!(i18n, desk.why)} {icon("caret-down")}</summary>
                    <p class="desk-reason" lang="en">{reason}</p>
                </details>
            </div>
            <button type="button" class="button button-small" aria-label=label on:click=release>
                {t!(i18n, desk.release)}
            </button>
        </li>
    }
    .into_any()
}

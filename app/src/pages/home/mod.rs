//! `/`: what moves now.

mod progress;
mod waits;

use leptos::prelude::*;
use shared::api::{BoardView, Colour, IdeaCard, Numbers, Page, ProgressView, SignUpRule};

use crate::{
    i18n::{t, t_string, use_i18n},
    live::facts,
    pages::boards,
    ui::{card, date, empty::empty, head, load, pill},
    visit::here,
};

/// The start page.
pub fn view() -> AnyView {
    let i18n = use_i18n();
    let here = here();
    let boards = load::ask::<Vec<BoardView>>(|| "/boards".to_owned());
    let ideas = load::ask::<Page<IdeaCard>>(|| "/ideas?sort=trending&limit=10".to_owned());
    let progress = load::ask::<Page<ProgressView>>(|| "/progress?limit=8".to_owned());
    let numbers = load::ask::<Numbers>(|| "/numbers".to_owned());
    let name = move || here.me.with(|me| me.workspace.name.clone());
    view! {
        {head::public(
            String::new,
            move || t_string!(i18n, home.description, name = name()).to_owned(),
            "/".to_owned(),
        )}
        {head::feed(move || t_string!(i18n, feed.news_link), "/news.atom")}
        <div class="page">
            {hero()}
            {here.me.with_untracked(|me| me.person.clone()).map(|person| waits::section(&person))}
            {load::load(numbers, |numbers| numbers_view(&numbers))}
            <div class="home-now">
                <section class="section" aria-labelledby="moving">
                    <h2 class="section-title" id="moving">{t!(i18n, home.moving)}</h2>
                    <p class="section-hint">{t!(i18n, home.moving_hint)}</p>
                    {load::load(ideas, |page| ideas_view(&page.items))}
                </section>
                <section class="section" aria-labelledby="progress">
                    <h2 class="section-title" id="progress">{t!(i18n, home.progress)}</h2>
                    <p class="section-hint">{t!(i18n, home.progress_hint)}</p>
                    {load::load(progress, |page| progress::list(&page.items))}
                    <p class="home-ways">
                        <a href="/news">{t!(i18n, home.to_news)}</a>
                        <a href="/roadmap">{t!(i18n, home.to_roadmap)}</a>
                    </p>
                </section>
            </div>
            <section class="section" aria-labelledby="boards">
                <h2 class="section-title" id="boards">{t!(i18n, boards.title)}</h2>
                {load::load(boards, |boards| boards::list(&boards))}
            </section>
        </div>
    }
    .into_any()
}

fn hero() -> AnyView {
    let i18n = use_i18n();
    let here = here();
    let (waits, person) = here.me.with_untracked(|me| (me.workspace.waits_for_owner, me.person.clone()));
    let open = here.me.with_untracked(|me| me.workspace.sign_up != SignUpRule::Invite);
    if waits {
        return view! {
            <section class="hero">
                {head::heading(move || t_string!(i18n, home.waiting).to_owned())}
                <p class="lead">{t!(i18n, home.waiting_hint)}</p>
            </section>
        }
        .into_any();
    }
    if let Some(person) = person {
        let first = person.name.split_whitespace().next().unwrap_or_default().to_owned();
        return view! {
            <section class="hero hero-small">
                {head::heading(move || t_string!(i18n, home.hello, name = first.clone()))}
                <p class="lead">{t!(i18n, home.hello_hint)}</p>
            </section>
        }
        .into_any();
    }
    view! {
        <section class="hero">
            <div class="hero-text">
                {head::heading(move || t_string!(i18n, home.welcome).to_owned())}
                <p class="lead">{t!(i18n, home.lead)}</p>
                <div class="row">
                    {open.then(|| view! {
                        <a class="button button-strong button-large" href="/sign-up">{t!(i18n, home.start)}</a>
                    })}
                    <a class="button button-large" href="/b">{t!(i18n, home.look)}</a>
                </div>
            </div>
            {bench()}
        </section>
    }
    .into_any()
}

/// A picture of what happens here: a note became an idea, and two people write it.
fn bench() -> AnyView {
    let i18n = use_i18n();
    view! {
        <div class="bench" aria-hidden="true">
            <p class="bench-note">{t!(i18n, home.art_note)}</p>
            <div class="bench-sheet">
                <p class="bench-title">
                    {t!(i18n, home.art_title)} <span class="bench-caret" data-colour="coral"><b>"Nadia"</b></span>
                </p>
                <p class="bench-text">
                    <span class="bench-line">{t!(i18n, home.art_text_1)}</span>
                    <span class="bench-line">
                        <span class="bench-mark" data-colour="sky">{t!(i18n, home.art_text_2)}</span>
                        <span class="bench-caret" data-colour="sky"><b>"Lucas"</b></span>
                    </span>
                    <span class="bench-line">{t!(i18n, home.art_text_3)}</span>
                </p>
                <div class="bench-foot">
                    {pill::pill(Colour::Teal, move || t_string!(i18n, home.art_stage).to_owned())}
                    <span class="faces">
                        <span class="face" data-colour="coral">"N"</span>
                        <span class="face" data-colour="sky">"L"</span>
                        <span class="face" data-colour="leaf">"A"</span>
                    </span>
                </div>
            </div>
        </div>
    }
    .into_any()
}

/// How the company answers, in three figures; nothing while there is nothing to answer.
fn numbers_view(numbers: &Numbers) -> AnyView {
    let i18n = use_i18n();
    let Numbers { ideas, answered, median_wait } = *numbers;
    if ideas == 0 {
        return ().into_any();
    }
    let wait = median_wait.map(|wait| {
        view! {
            <div>
                <dt>{t!(i18n, home.median)}</dt>
                <dd>{move || date::span(i18n, wait)}</dd>
            </div>
        }
    });
    view! {
        <dl class="numbers" aria-label=move || t_string!(i18n, home.numbers)>
            <div>
                <dt>{t!(i18n, home.proposed)}</dt>
                <dd>{ideas}</dd>
            </div>
            <div>
                <dt>{t!(i18n, home.answered)}</dt>
                <dd>{answered}</dd>
            </div>
            {wait}
        </dl>
    }
    .into_any()
}

fn ideas_view(ideas: &[IdeaCard]) -> AnyView {
    let i18n = use_i18n();
    if ideas.is_empty() {
        return empty(
            "lightbulb",
            move || t_string!(i18n, home.no_ideas),
            move || t_string!(i18n, home.no_ideas_hint),
            None,
        );
    }
    let boards: std::collections::BTreeSet<_> = ideas.iter().map(|idea| idea.board.clone()).collect();
    facts::follow(boards.into_iter().collect());
    card::ideas(ideas, true)
}

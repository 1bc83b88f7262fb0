//! `/roadmap`: what is explored, built, piloted and launched, across the boards one sees.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use shared::api::{BoardView, Phase, Roadmap, RoadmapAhead, RoadmapCard, RoadmapPhase};

use crate::{
    i18n::{t, t_string, use_i18n},
    live::facts,
    pages::progress::moment,
    ui::{avatar, bar, card, date, empty::empty, head, icon::icon, load, pill},
    visit::here,
    words,
};

/// How many ideas under each heading, where all are shown; and where it is one alone.
const FIRST: u32 = 6;
const ALONE: u32 = 24;

/// What of the roadmap somebody wants to see. It stands in the address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Wish {
    board: Option<String>,
    phase: Option<Phase>,
    cursor: Option<String>,
}

impl Wish {
    /// What comes behind `/roadmap`, on the page as in the API.
    fn query(&self) -> Vec<String> {
        let phase = self.phase.map(|phase| phase.as_str().to_owned());
        let parts = [("board", self.board.clone()), ("phase", phase), ("cursor", self.cursor.clone())];
        parts.into_iter().filter_map(|(name, value)| value.map(|value| format!("{name}={value}"))).collect()
    }

    fn address(&self) -> String {
        let query = self.query();
        if query.is_empty() { "/roadmap".to_owned() } else { format!("/roadmap?{}", query.join("&")) }
    }

    fn asked(&self) -> String {
        let limit = if self.phase.is_some() { ALONE } else { FIRST };
        let mut query = self.query();
        query.push(format!("limit={limit}"));
        format!("/roadmap?{}", query.join("&"))
    }
}

fn wish() -> Memo<Wish> {
    let query = use_query_map();
    // Only what could be ours goes on to the API, which says what is wrong with the rest.
    let plain = |value: String| {
        Some(value).filter(|value| value.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'))
    };
    Memo::new(move |_| {
        query.with(|query| {
            let phase = query.get("phase").and_then(|word| Phase::parse(&word));
            let cursor = query.get("cursor").and_then(plain).filter(|_| phase.is_some());
            Wish { board: query.get("board").and_then(plain), phase, cursor }
        })
    })
}

/// The page.
pub fn view() -> AnyView {
    facts::follow(Vec::new());
    let i18n = use_i18n();
    let here = here();
    let title = move || t_string!(i18n, roadmap.title).to_owned();
    let name = move || here.me.with(|me| me.workspace.name.clone());
    let wish = wish();
    let found = load::ask::<Roadmap>(move || wish.with(Wish::asked));
    let boards = load::ask::<Vec<BoardView>>(|| "/boards".to_owned());
    view! {
        {head::public(title, move || t_string!(i18n, roadmap.description, name = name()), "/roadmap".to_owned())}
        <div class="page road-page">
            <header class="page-head">
                {head::heading(title)} <p class="lead">{t!(i18n, roadmap.lead)}</p>
            </header>
            {load::load(boards, move |boards| choose(boards, wish))}
            {load::load(found, move |roadmap| whole(roadmap, wish))}
        </div>
    }
    .into_any()
}

/// The boards, of which one can be shown alone; nothing where there is one.
fn choose(boards: Vec<BoardView>, wish: Memo<Wish>) -> AnyView {
    let i18n = use_i18n();
    if boards.len() < 2 {
        return ().into_any();
    }
    let link = move |slug: Option<String>, text: AnyView| {
        let (to, own) = (slug.clone(), slug);
        let address = move || wish.with(|wish| Wish { board: to.clone(), cursor: None, ..wish.clone() }.address());
        let current = move || wish.with(|wish| wish.board == own).then_some("true");
        view! { <li><a class="chip" href=address data-noscroll="" aria-current=current>{text}</a></li> }
    };
    let each = boards.into_iter().map(|board| link(Some(board.slug), board.title.into_any())).collect_view();
    view! {
        <nav class="tools" aria-label=move || t_string!(i18n, roadmap.board)>
            <ul class="chips">{link(None, t!(i18n, roadmap.all_boards).into_any())} {each}</ul>
        </nav>
    }
    .into_any()
}

fn whole(roadmap: Roadmap, wish: Memo<Wish>) -> AnyView {
    let i18n = use_i18n();
    let now = wish.get_untracked();
    if now.phase.is_none() && roadmap.phases.iter().all(|phase| phase.ideas == 0) {
        let step = view! { <a class="button" href="/b">{t!(i18n, roadmap.to_boards)}</a> }.into_any();
        let (title, hint) = (move || t_string!(i18n, roadmap.empty), move || t_string!(i18n, roadmap.empty_hint));
        return empty("path", title, hint, Some(step));
    }
    let alone = now.phase.is_some();
    let back = alone.then(|| {
        let all = Wish { board: now.board.clone(), ..Wish::default() }.address();
        view! { <a class="back" href=all>{icon("arrow-left")} {t!(i18n, roadmap.title)}</a> }
    });
    let jump = (!alone).then(|| jump(&roadmap.phases));
    view! {
        {back}
        {jump}
        <div class="road" class:is-alone=alone>
            {roadmap.phases.into_iter().map(|phase| section(phase, &now)).collect_view()}
        </div>
    }
    .into_any()
}

/// The ways to each heading, where they stand below one another.
fn jump(phases: &[RoadmapPhase]) -> AnyView {
    let i18n = use_i18n();
    let link = |of: &RoadmapPhase| {
        let (phase, ideas) = (of.phase, of.ideas);
        view! {
            <li>
                <a class="chip" href=format!("#{}", phase.as_str()) rel="external">
                    {move || words::phase(i18n, phase)} <span class="road-count">{ideas}</span>
                </a>
            </li>
        }
    };
    view! {
        <nav class="tools road-jump" aria-label=move || t_string!(i18n, roadmap.jump)>
            <ul class="chips">{phases.iter().map(link).collect_view()}</ul>
        </nav>
    }
    .into_any()
}

fn section(of: RoadmapPhase, wish: &Wish) -> AnyView {
    let i18n = use_i18n();
    let RoadmapPhase { phase, ideas, items, next } = of;
    let id = phase.as_str();
    let more = next.map(|cursor| {
        // Where all headings are shown, the way leads to this one from its beginning.
        let cursor = wish.phase.map(|_| cursor);
        let to = Wish { board: wish.board.clone(), phase: Some(phase), cursor }.address();
        view! { <a class="button road-more" href=to>{t!(i18n, roadmap.more)}</a> }
    });
    let none = items.is_empty().then(|| view! { <p class="quiet road-none">{t!(i18n, roadmap.none_here)}</p> });
    view! {
        <section class="road-phase" data-phase=id aria-labelledby=id>
            <div class="road-head">
                <h2 class="road-title" id=id tabindex="-1">{move || words::phase(i18n, phase)}</h2>
                <span class="road-count" aria-hidden="true">{ideas}</span>
                <span class="unseen">{move || words::ideas(i18n, ideas)}</span>
                <p class="quiet">{move || words::phase_hint(i18n, phase)}</p>
            </div>
            {none}
            <ul class="road-ideas">{items.iter().map(|idea| view! { <li>{on_its_way(idea)}</li> }).collect_view()}</ul>
            {more}
        </section>
    }
    .into_any()
}

/// An idea on its way: a small sister of its card in lists.
fn on_its_way(idea: &RoadmapCard) -> AnyView {
    let i18n = use_i18n();
    let RoadmapCard { card, update, ahead } = idea;
    let (percent, votes) = (card.percent, card.votes);
    let pitch =
        (update.is_none() && !card.pitch.is_empty()).then(|| view! { <p class="idea-pitch">{card.pitch.clone()}</p> });
    let update = update.as_ref().map(|update| {
        view! {
            <p class="road-update">
                {icon("megaphone")} <span class="unseen">{t!(i18n, progress.update)} " "</span>
                <span class="road-words">{update.words.clone()}</span> " "
                <span class="quiet">{date::ago(update.at)}</span>
            </p>
        }
    });
    view! {
        <article class="card road-card">
            <div class="idea-top">{pill::stage(&card.stage)} <span class="idea-board">{card.board_title.clone()}</span></div>
            <h3 class="road-idea"><a class="card-link" href=card::idea_path(card)>{card.title.clone()}</a></h3>
            {bar::with_figure(move || percent)}
            {pitch}
            {update}
            {ahead.as_ref().map(next_one)}
            <div class="idea-foot">
                {avatar::faces(&card.shaped_by, card.shapers)}
                <span class="idea-talk quiet">
                    {icon("thumbs-up")} <span aria-hidden="true">{votes}</span>
                    <span class="unseen">{move || words::votes(i18n, votes)}</span>
                </span>
            </div>
        </article>
    }
    .into_any()
}

/// What is to be reached next, and when.
fn next_one(ahead: &RoadmapAhead) -> AnyView {
    let i18n = use_i18n();
    let title = ahead.title.clone();
    let due = ahead.due_on.as_deref().and_then(moment);
    let when = move || due.map(|day| t_string!(i18n, roadmap.planned, date = date::day(i18n, day, here().now.get())));
    view! {
        <p class="road-ahead">
            {icon("flag")}
            <span>{t!(i18n, roadmap.ahead, title = title)} <span class="quiet">" " {when}</span></span>
        </p>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wish_stands_in_the_address() {
        let all = Wish::default();
        assert_eq!((all.address(), all.asked()), ("/roadmap".to_owned(), "/roadmap?limit=6".to_owned()));
        let some = Wish { board: Some("pain".into()), phase: Some(Phase::Built), cursor: Some("9-1".into()) };
        assert_eq!(some.address(), "/roadmap?board=pain&phase=built&cursor=9-1");
        assert_eq!(some.asked(), "/roadmap?board=pain&phase=built&cursor=9-1&limit=24");
    }
}

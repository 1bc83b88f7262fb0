//! `/b/{board}`: what the board is for, and its ideas.

use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};
use serde::Deserialize;
use shared::{
    api::{BoardView, IdeaCard, Page, Problem},
    limits,
};

use crate::{
    api,
    i18n::{t, t_string, use_i18n},
    pages::problem,
    ui::{
        card,
        empty::empty,
        head,
        icon::icon,
        load::{self, Loaded},
    },
    visit::here,
    words,
};

/// How many ideas at first, and how many more each time. A multiple of two and three, so that rows are full.
const STEP: usize = 24;

/// The page of a board.
pub fn view() -> AnyView {
    let params = use_params_map();
    let query = use_query_map();
    let slug = Memo::new(move |_| params.with(|params| params.get("board").unwrap_or_default()));
    // How many are shown stands in the address: it survives reload and Back, and works without scripts.
    let shown = Memo::new(move |_| {
        query
            .with(|query| query.get("show"))
            .and_then(|show| show.parse::<usize>().ok())
            .unwrap_or(STEP)
            .clamp(STEP, 1_200)
    });
    let board = load::ask::<BoardView>(move || format!("/boards/{}", slug.get()));
    let ideas = load::ask_by(move || format!("{}/{}", shown.get(), slug.get()), |key| Box::pin(first(key)));
    load::load(board, move |board| page(&board, ideas, shown))
}

/// The first ideas of a board, as the JSON array of the pages they come in. `key` is how many, `/`, the board.
async fn first(key: String) -> Result<String, Problem> {
    /// All of a page that matters here.
    #[derive(Deserialize)]
    struct Next {
        next: Option<String>,
    }
    let (shown, slug) = key.split_once('/').unwrap_or_default();
    let mut wanted = shown.parse().unwrap_or(STEP);
    let mut pages = Vec::new();
    let mut after = String::new();
    loop {
        let limit = wanted.min(limits::PAGE as usize);
        let page = api::text(format!("/boards/{slug}/ideas?limit={limit}{after}")).await?;
        let next = serde_json::from_str::<Next>(&page).ok().and_then(|page| page.next);
        pages.push(page);
        wanted -= limit;
        match next {
            Some(next) if wanted > 0 => after = format!("&cursor={next}"),
            _ => return Ok(format!("[{}]", pages.join(","))),
        }
    }
}

fn page(board: &BoardView, ideas: Loaded<Vec<Page<IdeaCard>>>, shown: Memo<usize>) -> AnyView {
    let i18n = use_i18n();
    let (title, purpose) = (board.title.clone(), board.purpose.clone());
    let (audience, editing, count) = (board.audience, board.editing, board.ideas);
    let propose = format!("/b/{}/propose", board.slug);
    let description = move || if purpose.is_empty() { words::ideas(i18n, count) } else { purpose.clone() };
    let tab = title.clone();
    // A visitor may propose too: they write first and sign in at the end.
    let may_propose = board.may_propose || here().me.with_untracked(|me| me.person.is_none());
    let first = propose.clone();
    view! {
        {head::public(move || tab.clone(), description, format!("/b/{}", board.slug))}
        <div class="page">
            <header class="page-head board-head">
                <div class="board-intro">
                    {head::heading(move || title.clone())}
                    <p class="lead">{board.purpose.clone()}</p>
                    <dl class="board-rules">
                        <div>
                            <dt>{icon("eye")} {t!(i18n, board.read_by)}</dt>
                            <dd title=move || words::audience_hint(i18n, audience)>{move || words::audience(i18n, audience)}</dd>
                        </div>
                        <div>
                            <dt>{icon("pencil-simple")} {t!(i18n, board.written_by)}</dt>
                            <dd title=move || words::editing_hint(i18n, editing)>{move || words::editing(i18n, editing)}</dd>
                        </div>
                    </dl>
                </div>
                <div class="board-acts">
                    {may_propose
                        .then(|| {
                            view! {
                                <a class="button button-strong button-large" href=propose>
                                    {icon("lightbulb")} {t!(i18n, board.propose)}
                                </a>
                            }
                        })}
                    {board
                        .may_govern
                        .then(|| {
                            view! {
                                <a class="button button-quiet" href=format!("/b/{}/settings", board.slug)>
                                    {icon("gear-six")} {t!(i18n, board.settings)}
                                </a>
                            }
                        })}
                </div>
            </header>
            <section aria-labelledby="ideas">
                <h2 class="unseen" id="ideas">{t!(i18n, board.ideas)}</h2>
                {load::load(ideas, move |pages| list(pages, shown, may_propose.then(|| first.clone())))}
            </section>
        </div>
    }
    .into_any()
}

fn list(pages: Vec<Page<IdeaCard>>, shown: Memo<usize>, propose: Option<String>) -> AnyView {
    let i18n = use_i18n();
    let more = pages.last().is_some_and(|page| page.next.is_some());
    let cards: Vec<_> = pages.into_iter().flat_map(|page| page.items).collect();
    if cards.is_empty() {
        let step = propose
            .map(|href| view! { <a class="button button-strong" href=href>{t!(i18n, board.propose)}</a> }.into_any());
        return empty(
            "lightbulb",
            move || t_string!(i18n, board.empty),
            move || t_string!(i18n, board.empty_hint),
            step,
        );
    }
    view! {
        {card::ideas(&cards, false)}
        {more
            .then(|| {
                view! {
                    <p class="board-more">
                        <a class="button" data-noscroll="" href=move || format!("?show={}", shown.get() + STEP)>
                            {icon("caret-down")} {t!(i18n, board.more)}
                        </a>
                    </p>
                }
            })}
    }
    .into_any()
}

/// What is wrong with a board's address, or the board.
pub fn of_address(draw: impl Fn(BoardView) -> AnyView + Clone + Send + Sync + 'static) -> AnyView {
    let params = use_params_map();
    let board = load::ask::<BoardView>(move || {
        format!("/boards/{}", params.with(|params| params.get("board").unwrap_or_default()))
    });
    load::load(board, draw)
}

/// The page for somebody who may not do this on the board.
pub fn refused(code: shared::api::Code) -> AnyView {
    problem::view(Problem::new(code, "The board does not allow this."))
}

//! `/b/{board}`: what the board is for, and its ideas.

use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};
use shared::{
    api::{BoardView, IdeaCard, Page, Problem},
    limits,
};

use crate::{
    api,
    i18n::{t, t_string, use_i18n},
    pages::problem,
    ui::{card, empty::empty, head, icon::icon, load},
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
    let ideas = Resource::new(move || (slug.get(), shown.get()), |(slug, shown)| first(slug, shown));
    load::load(board, move |board| page(&board, ideas, shown))
}

/// The first `shown` ideas of a board, and whether there are more.
async fn first(slug: String, shown: usize) -> Result<(Vec<IdeaCard>, bool), Problem> {
    let mut cards = Vec::new();
    let mut cursor = None;
    loop {
        let limit = (shown - cards.len()).min(limits::PAGE as usize);
        let after = cursor.map(|cursor: String| format!("&cursor={cursor}")).unwrap_or_default();
        let page = api::get::<Page<IdeaCard>>(format!("/boards/{slug}/ideas?limit={limit}{after}")).await?;
        cards.extend(page.items);
        match page.next {
            Some(next) if cards.len() < shown => cursor = Some(next),
            next => return Ok((cards, next.is_some())),
        }
    }
}

fn page(board: &BoardView, ideas: Resource<Result<(Vec<IdeaCard>, bool), Problem>>, shown: Memo<usize>) -> AnyView {
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
                {load::load(ideas, move |(cards, more)| list(&cards, more, shown, may_propose.then(|| first.clone())))}
            </section>
        </div>
    }
    .into_any()
}

fn list(cards: &[IdeaCard], more: bool, shown: Memo<usize>, propose: Option<String>) -> AnyView {
    let i18n = use_i18n();
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
        {card::ideas(cards, false)}
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

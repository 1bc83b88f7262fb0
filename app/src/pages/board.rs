//! `/b/{board}`: what the board is for, and its ideas.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use shared::api::{BoardView, IdeaCard, Page, Problem};

use crate::{
    i18n::{t, use_i18n},
    live::facts,
    pages::{
        board_list::{self, Wish},
        problem,
    },
    ui::{
        head,
        icon::icon,
        load::{self, Loaded},
    },
    visit::here,
    words,
};

/// The page of a board.
pub fn view() -> AnyView {
    let params = use_params_map();
    let slug = Memo::new(move |_| params.with(|params| params.get("board").unwrap_or_default()));
    let board = load::ask::<BoardView>(move || format!("/boards/{}", slug.get()));
    let wish = board_list::wish();
    let ideas = load::ask_by(move || wish.with(|wish| wish.key(&slug.get())), |key| Box::pin(board_list::first(key)));
    load::load(board, move |board| page(&board, ideas, wish))
}

fn page(board: &BoardView, ideas: Loaded<Vec<Page<IdeaCard>>>, wish: Memo<Wish>) -> AnyView {
    facts::follow(vec![board.slug.clone()]);
    let i18n = use_i18n();
    let (title, purpose) = (board.title.clone(), board.purpose.clone());
    let (audience, editing, count) = (board.audience, board.editing, board.ideas);
    let propose = format!("/b/{}/propose", board.slug);
    let description = move || if purpose.is_empty() { words::ideas(i18n, count) } else { purpose.clone() };
    let tab = title.clone();
    // A visitor may propose too: they write first and sign in at the end.
    let may_propose = board.may_propose || here().me.with_untracked(|me| me.person.is_none());
    let first = propose.clone();
    let slug = board.slug.clone();
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
                {board_list::tools(board, wish)}
                {load::load(ideas, move |pages| board_list::list(pages, wish, &slug, may_propose.then(|| first.clone())))}
            </section>
        </div>
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

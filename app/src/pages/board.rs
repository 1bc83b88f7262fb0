//! `/b/{board}`: what the board is for, and its ideas.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use shared::api::{BoardView, IdeaCard, Page, Problem};

use crate::{
    i18n::{t, use_i18n},
    live::facts,
    pages::{
        board_head::{self, View},
        board_list::{self, Wish},
        problem,
    },
    ui::load::{self, Loaded},
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
    let propose = board_head::may_propose(board).then(|| format!("/b/{}/propose", board.slug));
    let slug = board.slug.clone();
    view! {
        <div class="page">
            {board_head::head(board, View::List, wish)}
            <section aria-labelledby="ideas">
                <h2 class="unseen" id="ideas">{t!(i18n, board.ideas)}</h2>
                {board_head::tools(board, View::List, wish)}
                {load::load(ideas, move |pages| board_list::list(pages, wish, &slug, propose.clone()))}
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

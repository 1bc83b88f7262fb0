//! `/b/{board}/canvas`: where people put notes and ideas side by side.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use shared::api::{BoardView, CanvasView};

use crate::{
    canvas::{self, Scene},
    i18n::{t, use_i18n},
    pages::{
        board_head::{self, View},
        board_list::{self, Wish},
    },
    ui::{icon::icon, load},
    visit::here,
};

/// The page of a canvas.
pub fn view() -> AnyView {
    let params = use_params_map();
    let slug = Memo::new(move |_| params.with(|params| params.get("board").unwrap_or_default()));
    let board = load::ask::<BoardView>(move || format!("/boards/{}", slug.get()));
    let drawn = load::ask::<CanvasView>(move || format!("/boards/{}/canvas", slug.get()));
    let wish = board_list::wish();
    load::load(board, move |board| load::load(drawn, move |drawn| page(&board, drawn, wish)))
}

fn page(board: &BoardView, drawn: CanvasView, wish: Memo<Wish>) -> AnyView {
    let me = here().me.with_untracked(|me| me.person.clone());
    let i18n = use_i18n();
    let scene = Scene::new(i18n, board, drawn, me, wish);
    let past = format!("/b/{}/canvas/history", board.slug);
    view! {
        <div class="page page-wide canvas-page">
            {board_head::head(board, View::Canvas, wish)}
            {board_head::tools(board, View::Canvas, wish)}
            {canvas::view(scene)}
            <p class="canvas-past">
                <a href=past>{icon("clock-counter-clockwise")} {t!(i18n, history.canvas_title)}</a>
            </p>
        </div>
    }
    .into_any()
}

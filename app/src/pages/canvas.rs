//! `/b/{board}/canvas`: where people put notes and ideas side by side.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use shared::api::{BoardView, CanvasView};

use crate::{
    canvas::{self, Scene},
    i18n::use_i18n,
    ui::{head, load},
    visit::here,
    words,
};

/// The page of a canvas.
pub fn view() -> AnyView {
    let params = use_params_map();
    let slug = Memo::new(move |_| params.with(|params| params.get("board").unwrap_or_default()));
    let board = load::ask::<BoardView>(move || format!("/boards/{}", slug.get()));
    let drawn = load::ask::<CanvasView>(move || format!("/boards/{}/canvas", slug.get()));
    load::load(board, move |board| load::load(drawn, move |drawn| page(&board, drawn)))
}

fn page(board: &BoardView, drawn: CanvasView) -> AnyView {
    let i18n = use_i18n();
    let me = here().me.with_untracked(|me| me.person.clone());
    let (title, purpose, count) = (board.title.clone(), board.purpose.clone(), board.ideas);
    let description = move || if purpose.is_empty() { words::ideas(i18n, count) } else { purpose.clone() };
    let tab = title.clone();
    let scene = Scene::new(i18n, board, drawn, me);
    view! {
        {head::public(move || tab.clone(), description, format!("/b/{}/canvas", board.slug))}
        <div class="page canvas-page">
            <header class="page-head">{head::heading(move || title.clone())}</header>
            {canvas::view(scene)}
        </div>
    }
    .into_any()
}

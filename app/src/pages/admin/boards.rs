//! `/admin/boards`: every board, and the way to its settings.

use leptos::prelude::*;
use shared::api::BoardView;

use crate::{
    i18n::{t, t_string, use_i18n},
    ui::{date, empty::empty, icon::icon, load},
    words,
};

/// The list of boards, and the way to a new one.
pub(super) fn view() -> AnyView {
    let i18n = use_i18n();
    let boards = load::ask::<Vec<BoardView>>(|| "/boards".to_owned());
    view! {
        <p class="row">
            <a class="button button-strong" href="/b/new">{icon("plus")} {t!(i18n, nav.new_board)}</a>
        </p>
        {load::load(boards, list)}
    }
    .into_any()
}

fn list(boards: Vec<BoardView>) -> AnyView {
    let i18n = use_i18n();
    if boards.is_empty() {
        let (title, hint) =
            (move || t_string!(i18n, admin.boards_empty), move || t_string!(i18n, admin.boards_empty_hint));
        return empty("squares-four", title, hint, None);
    }
    view! { <ul class="lines panel admin-boards">{boards.into_iter().map(row).collect_view()}</ul> }.into_any()
}

fn row(board: BoardView) -> AnyView {
    let i18n = use_i18n();
    let BoardView { slug, title, audience, ideas, active_at, .. } = board;
    let label = {
        let title = title.clone();
        move || t_string!(i18n, board.settings_title, title = title.clone())
    };
    view! {
        <li>
            <div class="line-main">
                <a class="person-name" href=format!("/b/{slug}")>{title}</a>
                <span class="quiet">
                    {move || words::audience(i18n, audience)} " · " {move || words::ideas(i18n, ideas)} " · "
                    {t!(i18n, board.active, ago = move || date::ago(active_at))}
                </span>
            </div>
            <a class="button button-small" href=format!("/b/{slug}/settings") aria-label=label>
                {icon("gear-six")} {t!(i18n, nav.settings)}
            </a>
        </li>
    }
    .into_any()
}

//! `/b`: every board there is for the person looking.

use leptos::prelude::*;
use shared::{Role, api::BoardView};

use crate::{
    i18n::{t, t_string, use_i18n},
    live::facts,
    ui::{card, empty::empty, head, icon::icon, load},
    visit::here,
};

/// The page of boards.
pub fn view() -> AnyView {
    facts::follow(Vec::new());
    let i18n = use_i18n();
    let title = move || t_string!(i18n, boards.title).to_owned();
    let boards = load::ask::<Vec<BoardView>>(|| "/boards".to_owned());
    let opens = here().role() >= Some(Role::Moderator);
    view! {
        {head::public(title, move || t_string!(i18n, boards.lead).to_owned(), "/b".to_owned())}
        <div class="page">
            <header class="page-head board-head">
                <div class="board-intro">{head::heading(title)} <p class="lead">{t!(i18n, boards.lead)}</p></div>
                {opens
                    .then(|| {
                        view! {
                            <div class="board-acts">
                                <a class="button" href="/b/new">{icon("plus")} {t!(i18n, nav.new_board)}</a>
                            </div>
                        }
                    })}
            </header>
            <section aria-labelledby="all">
                <h2 class="unseen" id="all">{t!(i18n, boards.all)}</h2>
                {load::load(boards, |boards| list(&boards))}
            </section>
        </div>
    }
    .into_any()
}

/// Boards as cards; where there are none, what a board is and who opens one.
pub fn list(boards: &[BoardView]) -> AnyView {
    let i18n = use_i18n();
    if boards.is_empty() {
        let opens = here().role() >= Some(Role::Moderator);
        let step = opens
            .then(|| view! { <a class="button button-strong" href="/b/new">{t!(i18n, nav.new_board)}</a> }.into_any());
        let hint = move || if opens { t_string!(i18n, boards.first) } else { t_string!(i18n, boards.none_hint) };
        return empty("squares-four", move || t_string!(i18n, boards.none), hint, step);
    }
    view! { <ul class="boards">{boards.iter().map(|board| view! { <li>{card::board(board)}</li> }).collect_view()}</ul> }.into_any()
}

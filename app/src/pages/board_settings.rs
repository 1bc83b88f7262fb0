//! `/b/{board}/settings`: a board's texts and rules; its stages, tags and members stand in files of their own.

use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use shared::{
    Role,
    api::{BoardView, Code, EditBoard},
};

use crate::{
    api,
    i18n::{t, t_string, use_i18n},
    pages::{board, board_answerers, board_form, board_members, board_stages, board_tags, gate},
    ui::{
        field::field,
        form::{Form, form, submit},
        head,
        icon::icon,
        toast,
    },
};

/// The page where moderators set a board.
pub fn view() -> AnyView {
    gate::at_least(Role::Moderator, |_| {
        board::of_address(|board| if board.may_govern { page(&board) } else { board::refused(Code::Role) })
    })
}

fn page(board: &BoardView) -> AnyView {
    let i18n = use_i18n();
    let navigate = use_navigate();
    let title = board.title.clone();
    let title = move || t_string!(i18n, board.settings_title, title = title.clone());
    let state = Form::new("board");
    let back = format!("/b/{}", board.slug);
    let slug = board.slug.clone();
    let save = move || {
        let navigate = navigate.clone();
        let wanted = board_form::read(state);
        let change = EditBoard {
            title: Some(wanted.title),
            purpose: Some(wanted.purpose),
            audience: Some(wanted.audience),
            editing: Some(wanted.editing),
            holds_first: Some(!state.value("holds_first").is_empty()),
            // No limit, where nothing is said; what is no number of votes is refused by the server as too many.
            votes_per_month: Some(match state.value("votes_per_month").as_str() {
                "" => 0,
                number => number.parse().ok().filter(|votes| *votes > 0).unwrap_or(u32::MAX),
            }),
            promise_days: Some(match state.value("promise_days").as_str() {
                "" => 0,
                number => number.parse().ok().filter(|days| *days > 0).unwrap_or(u32::MAX),
            }),
        };
        let path = format!("/boards/{slug}");
        state.send(async move { api::patch::<BoardView>(&path, &change).await }, move |board| {
            toast::say(t_string!(i18n, board.saved));
            navigate(&format!("/b/{}", board.slug), Default::default());
        });
    };
    view! {
        {head::title(title.clone())}
        <div class="page page-narrow">
            <header class="page-head">
                <a class="back" href=back>{icon("arrow-left")} {t!(i18n, board.back)}</a>
                {head::heading(title)}
            </header>
            <section class="panel">
                {form(state, save, fields(state, board), submit(state, move || t_string!(i18n, settings.save)))}
            </section>
            {board_stages::section(board)}
            {board_tags::section(board)}
            {board_answerers::answerers(board)}
            {board_members::members(board.slug.clone())}
        </div>
    }
    .into_any()
}

/// The fields that a new board has too, and those that matter once there are people on it.
fn fields(state: Form, board: &BoardView) -> AnyView {
    let i18n = use_i18n();
    let days = board.promise.map(|promise| promise.days.to_string()).unwrap_or_default();
    let votes = board.votes_per_month.map(|votes| votes.to_string()).unwrap_or_default();
    view! {
        {board_form::fields(state, Some(board))}
        {field("promise_days", t!(i18n, board.promise_days))
            .hint(t!(i18n, board.promise_days_hint))
            .kind("number")
            .value(days)
            .optional()
            .place(state)}
        {field("votes_per_month", t!(i18n, board.votes_per_month))
            .hint(t!(i18n, board.votes_per_month_hint))
            .kind("number")
            .value(votes)
            .optional()
            .place(state)}
        <label class="tick">
            <input type="checkbox" name="holds_first" checked=board.holds_first aria-describedby="holds-first-hint" />
            <span>{t!(i18n, board.holds_first)}</span>
        </label>
        <p class="field-hint" id="holds-first-hint">{t!(i18n, board.holds_first_hint)}</p>
    }
    .into_any()
}

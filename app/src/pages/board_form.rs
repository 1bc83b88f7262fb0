//! `/b/new`, and the form that makes and changes boards.

use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use shared::{
    Role,
    api::{BoardView, NewBoard},
    rules::{Audience, EditingRule},
};

use crate::{
    api,
    i18n::{t, t_string, use_i18n},
    pages::gate,
    ui::{
        field::{Choice, choices, field},
        form::{Form, form, submit},
        head,
    },
    words,
};

/// The page where a moderator opens a board.
pub fn view() -> AnyView {
    gate::at_least(Role::Moderator, |_| {
        let i18n = use_i18n();
        let navigate = use_navigate();
        let title = move || t_string!(i18n, board.new_title).to_owned();
        let state = Form::new("board");
        let make = move || {
            let navigate = navigate.clone();
            let request = read(state);
            state.send(async move { api::post::<BoardView>("/boards", &request).await }, move |board| {
                navigate(&format!("/b/{}", board.slug), Default::default());
            });
        };
        view! {
            {head::title(title)}
            <div class="page page-narrow">
                <header class="page-head">{head::heading(title)} <p class="lead">{t!(i18n, board.new_lead)}</p></header>
                {form(state, make, fields(state, None), submit(state, move || t_string!(i18n, board.create)))}
            </div>
        }
        .into_any()
    })
}

/// What the form says.
pub fn read(form: Form) -> NewBoard {
    NewBoard {
        title: form.value("title"),
        purpose: form.value("purpose"),
        audience: Audience::parse(&form.value("audience")).unwrap_or_default(),
        editing: EditingRule::parse(&form.value("editing")).unwrap_or_default(),
    }
}

/// The fields of a board; those of `board` at first, when there is one.
pub fn fields(form: Form, board: Option<&BoardView>) -> AnyView {
    let i18n = use_i18n();
    let text = |pick: fn(&BoardView) -> &String| board.map(pick).cloned().unwrap_or_default();
    let audience = board.map_or(Audience::default(), |board| board.audience);
    let editing = board.map_or(EditingRule::default(), |board| board.editing);
    let audiences = Audience::ALL.iter().map(|&value| Choice {
        value: value.as_str(),
        label: (move || words::audience(i18n, value)).into_any(),
        hint: Some((move || words::audience_hint(i18n, value)).into_any()),
    });
    let rules = EditingRule::ALL.iter().map(|&value| Choice {
        value: value.as_str(),
        label: (move || words::editing(i18n, value)).into_any(),
        hint: Some((move || words::editing_hint(i18n, value)).into_any()),
    });
    view! {
        {field("title", t!(i18n, board.title)).hint(t!(i18n, board.title_hint)).value(text(|board| &board.title)).place(form)}
        {field("purpose", t!(i18n, board.purpose))
            .hint(t!(i18n, board.purpose_hint))
            .value(text(|board| &board.purpose))
            .lines(3)
            .optional()
            .place(form)}
        {choices(form, "audience", t!(i18n, board.audience), audience.as_str(), audiences.collect())}
        {choices(form, "editing", t!(i18n, board.editing), editing.as_str(), rules.collect())}
    }
    .into_any()
}

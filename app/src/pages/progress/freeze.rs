//! The version of a concept that is being built, and what was written since.

use leptos::{prelude::*, task::spawn_local};
use shared::api::{Freeze, FreezeView, FrozenConcept};

use super::Story;
use crate::{
    api,
    i18n::{t, t_string, use_i18n},
    pages::idea_change::difference,
    ui::{
        date,
        dialog::{self, Dialog},
        field::field,
        form::{Form, form, submit},
        icon::icon,
        toast,
    },
    words,
};

/// Says that the concept is frozen, with the way to the text and to what changed since.
pub(super) fn banner(story: Story) -> AnyView {
    (move || story.freeze.get().map(|freeze| said(story, &freeze))).into_any()
}

fn said(story: Story, freeze: &FreezeView) -> AnyView {
    let i18n = use_i18n();
    let shown = Dialog::new();
    let frozen = RwSignal::new(None::<FrozenConcept>);
    let (by, at) = (words::name(i18n, &freeze.by), freeze.at);
    let words = (!freeze.words.is_empty()).then(|| view! { <p class="story-text">{freeze.words.clone()}</p> });
    let number = story.number;
    let show = move |_| {
        spawn_local(async move {
            match api::get::<FrozenConcept>(format!("/ideas/{number}/freeze")).await {
                Ok(concept) => {
                    let _ = frozen.try_set(Some(concept));
                    shown.open();
                }
                Err(problem) => toast::warn(words::problem(i18n, &problem)),
            }
        });
    };
    let lift = move |_| {
        spawn_local(async move {
            if let Err(problem) = api::delete(&format!("/ideas/{number}/freeze")).await {
                toast::warn(words::problem(i18n, &problem));
            }
            let _ = story.refresh().await;
        });
    };
    let lift = story.may_publish.then(|| {
        view! {
            <button type="button" class="said-act" on:click=lift>{icon("sun")} {t!(i18n, progress.thaw)}</button>
        }
    });
    let content = (move || frozen.get().map(concept)).into_any();
    view! {
        <aside class="freeze" aria-label=move || t_string!(i18n, progress.being_built)>
            <p class="freeze-title">{icon("snowflake")} {t!(i18n, progress.being_built)}</p>
            <p class="quiet">{by} ", " {date::ago(at)}</p>
            {words}
            <p class="said-foot">
                <button type="button" class="button button-small" on:click=show>{t!(i18n, progress.read_frozen)}</button>
                {lift}
            </p>
            {dialog::shown(shown, move || t_string!(i18n, progress.being_built), content)}
        </aside>
    }
    .into_any()
}

fn concept(concept: FrozenConcept) -> AnyView {
    let i18n = use_i18n();
    let since = match &concept.since {
        None => view! { <p class="quiet">{t!(i18n, progress.same_as_now)}</p> }.into_any(),
        Some(since) => {
            let changed = difference(&since.title, &since.pitch, &since.body);
            view! { <div class="freeze-since"><h3>{t!(i18n, progress.since)}</h3> {changed}</div> }.into_any()
        }
    };
    view! {
        <div class="freeze-concept">
            <h3 class="freeze-name">{concept.title}</h3>
            <p class="lead">{concept.pitch}</p>
            <div class="prose" inner_html=concept.body_html></div>
            {since}
        </div>
    }
    .into_any()
}

/// The form that freezes the concept as it is now.
pub(super) fn form_of(story: Story) -> AnyView {
    let i18n = use_i18n();
    let state = Form::new("freeze");
    let number = story.number;
    let freeze = move || {
        let asked = Freeze { words: state.raw("words") };
        let call = async move { api::put_with::<FrozenConcept>(&format!("/ideas/{number}/freeze"), &asked).await };
        state.send(call, move |_| {
            story.writing.set(None);
            toast::say(t_string!(i18n, progress.is_frozen));
            spawn_local(async move {
                let _ = story.refresh().await;
            });
        });
    };
    let fields = field("words", t!(i18n, progress.freeze_words))
        .hint(t!(i18n, progress.freeze_hint))
        .lines(2)
        .optional()
        .place(state);
    let buttons = view! {
        {submit(state, move || t_string!(i18n, progress.freeze))}
        <button type="button" class="button" on:click=move |_| story.writing.set(None)>{t!(i18n, ui.cancel)}</button>
    };
    view! {
        <div class="story-write" role="group" aria-label=move || t_string!(i18n, progress.new_freeze)>
            {form(state, freeze, fields, buttons.into_any())}
        </div>
    }
    .into_any()
}

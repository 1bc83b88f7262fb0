//! What became of a concept since one voted for it, and whether one keeps the vote.

use leptos::{prelude::*, task::spawn_local};
use shared::api::{ConceptChange, IdeaView, KeepVote, Problem, Stretch, StretchKind, VoteView};

use crate::{
    api,
    i18n::{t, t_string, use_i18n},
    ui::{date, toast},
    visit::here,
    words::{self, Texts},
};

/// The question, where it waits for an answer.
pub(super) fn section(idea: &IdeaView) -> Option<AnyView> {
    let number = idea.card.number;
    let asks = RwSignal::new(idea.changed);
    idea.changed.then(|| view! { <Show when=move || asks.get()>{question(number, asks)}</Show> }.into_any())
}

fn question(number: u32, asks: RwSignal<bool>) -> AnyView {
    let i18n = use_i18n();
    let here = here();
    let change = RwSignal::new(None::<ConceptChange>);
    Effect::new(move |_| {
        spawn_local(async move {
            if let Ok(told) = api::get::<ConceptChange>(format!("/ideas/{number}/change")).await {
                let _ = change.try_set(Some(told));
            }
        });
    });
    let keep = move |_| {
        let Some(upto) = change.with_untracked(|change| change.as_ref().map(|change| change.upto)) else { return };
        spawn_local(async move {
            let kept = api::put_with::<()>(&format!("/ideas/{number}/change"), &KeepVote { upto }).await;
            settle(i18n, kept.map(|()| t_string!(i18n, change.kept)), asks);
        });
    };
    let withdraw = move |_| {
        spawn_local(async move {
            let gone = api::delete_for::<VoteView>(&format!("/ideas/{number}/vote")).await;
            settle(i18n, gone.map(|_| t_string!(i18n, change.withdrawn)), asks);
        });
    };
    let waits = move || !here.awake.get() || change.with(Option::is_none);
    view! {
        <section class="change" id="change" aria-labelledby="change-title" data-colour="amber">
            <h2 class="change-title" id="change-title">{t!(i18n, change.title)}</h2>
            <p>
                {move || change.get().map(|change| t!(i18n, change.since, ago = move || date::ago(change.voted_at)))}
            </p>
            {move || change.get().map(|change| difference(&change.title, &change.pitch, &change.body))}
            <div class="row">
                <button type="button" class="button button-strong" disabled=waits on:click=keep>
                    {t!(i18n, change.keep)}
                </button>
                <button type="button" class="button" disabled=waits on:click=withdraw>
                    {t!(i18n, vote.withdraw)}
                </button>
            </div>
        </section>
    }
    .into_any()
}

/// Says what was done, and asks no longer.
fn settle(i18n: Texts, done: Result<&'static str, Problem>, asks: RwSignal<bool>) {
    match done {
        Ok(said) => {
            let _ = asks.try_set(false);
            toast::say(said);
        }
        Err(problem) => toast::warn(words::problem(i18n, &problem)),
    }
}

/// Those of the texts of a concept that changed, with what came and went.
pub(super) fn difference(title: &[Stretch], pitch: &[Stretch], body: &[Stretch]) -> AnyView {
    let i18n = use_i18n();
    let part = |name: AnyView, stretches: &[Stretch]| {
        is_changed(stretches).then(|| {
            view! {
                <div class="change-part">
                    <h3 class="facts-title">{name}</h3>
                    <p class="change-text">{stretches.iter().map(stretch).collect_view()}</p>
                </div>
            }
        })
    };
    view! {
        {part(t!(i18n, live.title).into_any(), title)}
        {part(t!(i18n, change.pitch).into_any(), pitch)}
        {part(t!(i18n, live.body).into_any(), body)}
    }
    .into_any()
}

/// Whether anything came or went.
pub(super) fn is_changed(stretches: &[Stretch]) -> bool {
    stretches.iter().any(|stretch| stretch.kind != StretchKind::Same)
}

fn stretch(stretch: &Stretch) -> AnyView {
    let text = stretch.text.clone();
    match stretch.kind {
        StretchKind::Same => view! { <span>{text}</span> }.into_any(),
        StretchKind::Added => view! { <ins>{text}</ins> }.into_any(),
        StretchKind::Removed => view! { <del>{text}</del> }.into_any(),
    }
}

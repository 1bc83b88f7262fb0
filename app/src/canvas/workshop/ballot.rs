//! A dot vote: begun by who leads, seen by all while it is on, and its results.

use leptos::prelude::*;
use shared::api::{DotResult, DotVoteView, NewDotVote};

use super::{Way, send};
use crate::{
    canvas::{names, scene::Scene, vote},
    i18n::{t, t_string},
    ui::{dialog::Dialog, icon::icon},
};

/// Dots that are offered.
const DOTS: [u32; 6] = [1, 2, 3, 4, 5, 8];
/// Minutes that are offered; none: somebody ends it.
const MINUTES: [u32; 5] = [0, 1, 2, 3, 5];

/// Opens the dialog, or ends the vote that is on.
pub(super) fn button(scene: Scene) -> AnyView {
    let on = Memo::new(move |_| vote::on(scene).map(|vote| vote.id));
    let press = move |_| match on.get_untracked() {
        Some(id) => send(scene, Way::Post, &format!("dot-votes/{id}/end"), ()),
        None => scene.asks_vote.open(),
    };
    view! {
        <button type="button" class="button button-small" on:click=press>
            {icon("circles-three")}
            {move || if on.get().is_some() { t_string!(scene.i18n, workshop.end_vote) } else { t_string!(scene.i18n, workshop.vote) }}
        </button>
    }
    .into_any()
}

/// What the vote is to be.
pub(super) fn dialog(scene: Scene) -> AnyView {
    let dialog: Dialog = scene.asks_vote;
    let question = RwSignal::new(String::new());
    let (dots, minutes) = (RwSignal::new(3_u32), RwSignal::new(0_u32));
    let (one_each, anonymous) = (RwSignal::new(false), RwSignal::new(true));
    let begin = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let minutes = minutes.get_untracked();
        let asked = NewDotVote {
            question: question.get_untracked().trim().to_owned(),
            dots: dots.get_untracked(),
            one_each: one_each.get_untracked(),
            anonymous: anonymous.get_untracked(),
            seconds: (minutes > 0).then_some(minutes * 60),
        };
        dialog.close();
        send(scene, Way::Post, "dot-votes", asked);
    };
    let number = move |value: RwSignal<u32>| {
        move |event| {
            if let Ok(chosen) = event_target_value(&event).parse() {
                value.set(chosen);
            }
        }
    };
    let check = move |label: fn(Scene) -> &'static str, hint: fn(Scene) -> &'static str, value: RwSignal<bool>| {
        view! {
            <label class="workshop-check">
                <input type="checkbox" prop:checked=move || value.get() on:change=move |event| value.set(event_target_checked(&event)) />
                <span>
                    {move || label(scene)} <span class="field-hint">{move || hint(scene)}</span>
                </span>
            </label>
        }
    };
    view! {
        <dialog class="dialog" aria-labelledby="vote-title" node_ref=dialog.node()>
            <form method="dialog" class="workshop-form" on:submit=begin>
                <p class="dialog-title" id="vote-title">{t!(scene.i18n, workshop.vote)}</p>
                <label class="field">
                    <span class="field-label">
                        {t!(scene.i18n, workshop.question)} <span class="field-optional">{t!(scene.i18n, ui.optional)}</span>
                    </span>
                    <input
                        class="input"
                        maxlength="200"
                        prop:value=move || question.get()
                        on:input=move |event| question.set(event_target_value(&event))
                    />
                </label>
                <div class="workshop-pair">
                    <label class="field">
                        <span class="field-label">{t!(scene.i18n, workshop.dots_each)}</span>
                        <select class="input" on:change=number(dots)>
                            {DOTS.map(|count| view! { <option value=count selected=count == 3>{count}</option> }).collect_view()}
                        </select>
                    </label>
                    <label class="field">
                        <span class="field-label">{t!(scene.i18n, workshop.lasts)}</span>
                        <select class="input" on:change=number(minutes)>
                            {MINUTES
                                .map(|count| {
                                    let word = move || match count {
                                        0 => t_string!(scene.i18n, workshop.until_ended).to_owned(),
                                        count => t_string!(scene.i18n, workshop.minutes, count = count),
                                    };
                                    view! { <option value=count>{word}</option> }
                                })
                                .collect_view()}
                        </select>
                    </label>
                </div>
                {check(
                    |scene| t_string!(scene.i18n, workshop.one_each),
                    |scene| t_string!(scene.i18n, workshop.one_each_hint),
                    one_each,
                )}
                {check(
                    |scene| t_string!(scene.i18n, workshop.anonymous),
                    |scene| t_string!(scene.i18n, workshop.anonymous_hint),
                    anonymous,
                )}
                <div class="row row-end">
                    <button type="button" class="button" on:click=move |_| dialog.close()>
                        {t!(scene.i18n, ui.cancel)}
                    </button>
                    <button type="submit" class="button button-strong">{t!(scene.i18n, workshop.begin_vote)}</button>
                </div>
            </form>
        </dialog>
    }
    .into_any()
}

/// What everyone sees of the vote: how many dots they have left, or what came of it.
pub(super) fn shown(scene: Scene) -> AnyView {
    let vote = Memo::new(move |_| scene.workshop.with(|workshop| workshop.vote.clone()));
    view! {
        {move || {
            let vote = vote.get()?;
            Some(if vote.ended_at.is_some() { results(scene, vote) } else { open(scene, &vote) })
        }}
    }
    .into_any()
}

fn question(scene: Scene, vote: &DotVoteView) -> String {
    if vote.question.is_empty() { t_string!(scene.i18n, workshop.vote).to_owned() } else { vote.question.clone() }
}

fn open(scene: Scene, vote: &DotVoteView) -> AnyView {
    let (left, voters, may) = (vote::left(vote), vote.voters, scene.may.get().note);
    let question = question(scene, vote);
    let secret = vote.anonymous;
    view! {
        <div class="workshop-vote" role="status">
            <p class="workshop-question">{icon("circles-three")} <strong>{question}</strong></p>
            {may.then(|| view! { <p class="workshop-left">{t!(scene.i18n, canvas.dots_left, count = left)}</p> })}
            <p class="quiet">
                {t!(scene.i18n, workshop.voters, count = voters)} " · "
                {move || if secret { t_string!(scene.i18n, workshop.is_anonymous) } else { t_string!(scene.i18n, workshop.is_named) }}
            </p>
        </div>
    }
    .into_any()
}

fn results(scene: Scene, vote: DotVoteView) -> AnyView {
    let (title, id, voters) = (question(scene, &vote), vote.id, vote.voters);
    let most = vote.results.iter().map(|result| result.dots).max().unwrap_or(1);
    let nothing = vote.results.is_empty();
    let row = move |result: &DotResult| {
        let item = result.item.parse::<shared::canvas::ItemRef>().ok();
        let name = item.as_ref().map(|item| names::name(scene, item)).unwrap_or_default();
        let (dots, people) = (result.dots, names::people(scene.i18n, &result.people));
        let stands = item.clone().filter(|item| scene.rect(item).is_some());
        let show = move |_| {
            #[cfg(feature = "hydrate")]
            if let Some(item) = &stands {
                crate::canvas::deeds::show(scene, item);
            }
            #[cfg(not(feature = "hydrate"))]
            let _ = &stands;
        };
        view! {
            <li>
                <button type="button" class="workshop-result" on:click=show>
                    <span class="workshop-result-name">{name}</span>
                    <meter min="0" max=most value=dots aria-hidden="true"></meter>
                    <strong>{move || crate::words::dots(scene.i18n, dots)}</strong>
                    {(!people.is_empty()).then(|| view! { <span class="quiet">{people.clone()}</span> })}
                </button>
            </li>
        }
    };
    let may = scene.may.get().facilitate;
    view! {
        <details class="workshop-results" open="">
            <summary>
                {icon("circles-three")} <strong>{t!(scene.i18n, workshop.results, name = title.clone())}</strong>
                <span class="quiet">{t!(scene.i18n, workshop.voters, count = voters)}</span>
            </summary>
            {nothing.then(|| view! { <p class="quiet">{t!(scene.i18n, workshop.no_dots)}</p> })}
            <ol>{vote.results.iter().map(row).collect_view()}</ol>
            {may.then(|| {
                view! {
                    <button
                        type="button"
                        class="button button-small"
                        on:click=move |_| send(scene, Way::Delete, &format!("dot-votes/{id}"), ())
                    >
                        {t!(scene.i18n, workshop.put_away)}
                    </button>
                }
            })}
        </details>
    }
    .into_any()
}

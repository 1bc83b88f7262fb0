//! What is done with an idea beside its text: voting, following, moving it to another stage.

use leptos::{ev::SubmitEvent, prelude::*};
use shared::{
    api::{IdeaView, MoveIdea, StageKind, StageMove, StageView},
    outbox::{Deed, Entry, Thing},
};

use crate::{
    answer, api,
    i18n::{t, t_string, use_i18n},
    live::facts,
    outbox::{self, marks::marks},
    pages::reason,
    ui::{card, clock, date, icon::icon, pill, toast, vote},
    visit::here,
    words,
};

/// The id of the field that asks why.
const REASON: &str = "move-reason";

/// The vote and whether one follows the idea, side by side; nothing while the idea is away, as neither is possible then.
pub fn acts(idea: &IdeaView) -> AnyView {
    let i18n = use_i18n();
    if idea.card.away.is_some() {
        return ().into_any();
    }
    let number = idea.card.number;
    view! {
        <div class="idea-acts">
            {vote::vote(&idea.card)}
            <div class="idea-acts-text">
                <p class="idea-acts-title">{t!(i18n, vote.want)}</p>
                {follow(idea)}
                {vote::left(&idea.card.board, idea.votes_left)}
                {marks(move |deed| matches!(deed, Deed::Vote { idea, .. } | Deed::Follow { idea, .. } if *idea == number))}
            </div>
        </div>
    }
    .into_any()
}

fn follow(idea: &IdeaView) -> AnyView {
    let i18n = use_i18n();
    let here = here();
    if here.me.with_untracked(|me| me.person.is_none()) {
        let path = answer::sign_in_path(&card::idea_path(&idea.card));
        return view! { <a class="idea-follow" href=path>{icon("bell")} {t!(i18n, idea.follow)}</a> }.into_any();
    }
    let number = idea.card.number;
    let title = StoredValue::new(idea.card.title.clone());
    // As the server was told last; what waits to be sent comes before that.
    let told = RwSignal::new(idea.card.followed);
    let waits = outbox::word(Thing::Follow(number));
    let sent = facts::followed(number);
    Effect::new(move |_| {
        if let Some(follows) = sent.get() {
            told.set(follows);
        }
    });
    let follows = Memo::new(move |_| waits.with(|word| outbox::wanted(word.as_ref())).unwrap_or_else(|| told.get()));
    let press = move |_| {
        let wanted = !follows.get_untracked();
        let was = told.get_untracked();
        let deed = Deed::Follow { idea: number, on: wanted };
        let entry = Entry { was, ..Entry::new(outbox::key(), deed, title.get_value()) };
        leptos::task::spawn_local(async move {
            let show = move |set| {
                let _ = told.try_set(if set { wanted } else { was });
            };
            if let Err(problem) = outbox::set(entry, show).await {
                toast::warn(words::problem(i18n, &problem));
            }
        });
    };
    view! {
        <button
            type="button"
            class="idea-follow"
            aria-pressed=move || follows.get().to_string()
            title=move || if follows.get() { t_string!(i18n, idea.unfollow) } else { t_string!(i18n, idea.follow_hint) }
            disabled=move || !here.awake.get()
            on:click=press
        >
            {move || icon(if follows.get() { "check" } else { "bell" })}
            {move || if follows.get() { t_string!(i18n, idea.following) } else { t_string!(i18n, idea.follow) }}
        </button>
    }
    .into_any()
}

/// Where the idea stands, why, and how it came there; with the means to move it for those who may.
pub fn stage(idea: &IdeaView) -> AnyView {
    let number = idea.card.number;
    let news = facts::of(number);
    let moves = RwSignal::new(idea.moves.clone());
    let at_first = idea.card.stage.clone();
    let now = Memo::new(move |_| {
        let told = news.get().map(|facts| facts.stage);
        let moved = moves.with(|moves| moves.first().map(|last| last.to.clone()));
        told.or(moved).unwrap_or_else(|| at_first.clone())
    });
    // Somebody else moved it: who and why is asked for.
    Effect::new(move |_| {
        let Some(told) = news.get().map(|facts| facts.stage.id) else { return };
        let known = moves.with_untracked(|moves| moves.first().map(|last| last.to.id));
        if known != Some(told) {
            leptos::task::spawn_local(async move {
                if let Ok(fresh) = api::get::<IdeaView>(format!("/ideas/{number}")).await {
                    let _ = moves.try_set(fresh.moves);
                }
            });
        }
    });
    let clock = facts::latest(news, idea.card.clock, |facts| facts.clock);
    let stages = idea.stages.clone();
    let mover = (!stages.is_empty()).then(|| mover(number, &stages, now, moves));
    view! {
        <div class="idea-standing">
            {pill::standing(now)}
            {clock::clock(clock)}
            {move || moves.with(|moves| moves.first().map(moved))}
            {move || moves.with(|moves| (moves.len() > 1).then(|| history(moves)))}
            {mover}
        </div>
    }
    .into_any()
}

/// Who moved it last, and why.
fn moved(last: &StageMove) -> AnyView {
    let by = words::name(use_i18n(), &last.by);
    let at = last.at;
    view! {
        {reason::quoted(&last.reason, &last.to)}
        <p class="quiet">{by} ", " {date::ago(at)}</p>
    }
    .into_any()
}

/// Every move, the last first.
fn history(moves: &[StageMove]) -> AnyView {
    let i18n = use_i18n();
    let line = |one: &StageMove| {
        let why = (!one.reason.is_empty()).then(|| view! { <p>{one.reason.clone()}</p> });
        view! {
            <li>
                {pill::stage(&one.to)}
                <p class="quiet">{words::name(i18n, &one.by)} ", " {date::ago(one.at)}</p>
                {why}
            </li>
        }
    };
    view! {
        <details class="fold">
            <summary>{t!(i18n, idea.moves)} {icon("caret-down")}</summary>
            <ol class="idea-moves">{moves.iter().map(line).collect_view()}</ol>
        </details>
    }
    .into_any()
}

/// The form that moves it.
fn mover(number: u32, stages: &[StageView], now: Memo<StageView>, moves: RwSignal<Vec<StageMove>>) -> AnyView {
    let i18n = use_i18n();
    let all = StoredValue::new(stages.to_vec());
    let chosen = RwSignal::new(now.get_untracked().id.to_string());
    let why = RwSignal::new(String::new());
    let wrong = RwSignal::new(None::<String>);
    let busy = RwSignal::new(false);
    let open = RwSignal::new(false);
    let declines = move || {
        let chosen = chosen.get();
        all.with_value(|all| {
            all.iter().any(|stage| stage.id.to_string() == chosen && stage.kind == StageKind::Declined)
        })
    };
    let send = move |event: SubmitEvent| {
        event.prevent_default();
        let stage = chosen.with_untracked(|chosen| chosen.parse());
        let Ok(stage) = stage else { return };
        let asked = MoveIdea { stage, reason: why.get_untracked() };
        busy.set(true);
        leptos::task::spawn_local(async move {
            match api::put_with::<IdeaView>(&format!("/ideas/{number}/stage"), &asked).await {
                Ok(idea) => {
                    let name = words::stage(i18n, &idea.card.stage);
                    let _ = moves.try_set(idea.moves);
                    let _ = why.try_set(String::new());
                    let _ = wrong.try_set(None);
                    let _ = open.try_set(false);
                    toast::say(t_string!(i18n, idea.moved, stage = name));
                }
                Err(problem) => {
                    let _ = wrong.try_set(Some(reason::refused(i18n, &problem)));
                    reason::focus(REASON);
                }
            }
            let _ = busy.try_set(false);
        });
    };
    let options = stages
        .iter()
        .cloned()
        .map(|stage| {
            let id = stage.id.to_string();
            let here = id.clone();
            view! {
                <option value=id selected=move || now.get().id.to_string() == here>
                    {move || words::stage(i18n, &stage)}
                </option>
            }
        })
        .collect_view();
    view! {
        <details class="fold" prop:open=move || open.get() on:toggle=move |event| {
            #[cfg(feature = "hydrate")]
            {
                use wasm_bindgen::JsCast;
                let is_open = event
                    .target()
                    .and_then(|target| target.dyn_into::<web_sys::Element>().ok())
                    .is_some_and(|details| details.has_attribute("open"));
                open.set(is_open);
            }
            #[cfg(not(feature = "hydrate"))]
            let _ = event;
        }>
            <summary>{t!(i18n, idea.move_on)} {icon("caret-down")}</summary>
            <form class="idea-move" novalidate="" on:submit=send>
                <label class="field-label" for="move-stage">{t!(i18n, idea.move_to)}</label>
                <select
                    class="input"
                    id="move-stage"
                    on:change=move |event| chosen.set(event_target_value(&event))
                >
                    {options}
                </select>
                {reason::field(REASON, why, wrong, move || !declines())}
                <button type="submit" class="button" disabled=move || busy.get() || !here().awake.get()>
                    {t!(i18n, idea.move_send)}
                </button>
            </form>
        </details>
    }
    .into_any()
}

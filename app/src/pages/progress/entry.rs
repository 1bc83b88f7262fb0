//! One thing of the timeline.

use leptos::prelude::*;
use shared::{
    EntryId,
    api::{Conclusion, EntryHead, ExperimentView, Millis, Outcome, PersonView, TimelineEntry},
};

use super::{Story, Writing, write};
use crate::{
    i18n::{t, t_string, use_i18n},
    pages::reason,
    ui::{avatar, date, icon::icon, pill},
    words::{self, Texts},
};

/// Of what a part of an entry is, by its name in the API.
pub(super) fn part(i18n: Texts, name: &str) -> &'static str {
    match name {
        "percent" => t_string!(i18n, progress.part_percent),
        "title" => t_string!(i18n, progress.part_title),
        "due_on" => t_string!(i18n, progress.part_due_on),
        "hypothesis" => t_string!(i18n, progress.hypothesis),
        "trial" => t_string!(i18n, progress.trial),
        "measure" => t_string!(i18n, progress.measure),
        _ => t_string!(i18n, progress.part_body),
    }
}

/// A row of the timeline.
pub(super) fn row(story: Story, entry: TimelineEntry) -> AnyView {
    let i18n = use_i18n();
    match entry {
        TimelineEntry::Stage { to, by, reason, at, .. } => {
            let said = reason::quoted(&reason, &to);
            let head = head(&by, at, None);
            step("arrow-right", "is-quiet", None, view! { {pill::stage(&to)} {head} {said} }.into_any())
        }
        TimelineEntry::Answer { comment, by, body_html, at } => {
            let link = format!("#c-{comment}");
            let body = view! {
                <p class="step-title">{t!(i18n, progress.answer)}</p>
                {head(&by, at, None)}
                <div class="prose step-answer" inner_html=body_html></div>
                <a class="step-link" href=link rel="external">{t!(i18n, progress.to_answer)}</a>
            };
            step("seal-check", "is-answer", None, body.into_any())
        }
        TimelineEntry::Update(update) => {
            let id = update.head.id;
            let said = update.percent.map(|percent| {
                view! { <span class="step-percent">{t!(i18n, progress.percent, n = percent)}</span> }
            });
            let html = update.body_html.clone();
            let (editing, kept) = (story.writing, StoredValue::new(update.clone()));
            let at = update.head.published_at.unwrap_or(update.head.created_at);
            let body = view! {
                <p class="step-title">{t!(i18n, progress.update)} {said} {private(&update.head)}</p>
                {head(&update.head.by, at, Some((story, &update.head)))}
                {move || if editing.get() == Some(Writing::Edit(id)) {
                    write::update(story, Some(kept.get_value()))
                } else {
                    view! { <div class="prose" inner_html=html.clone()></div> }.into_any()
                }}
                {foot(story, "updates", &update.head, None)}
            };
            step("megaphone", "", Some(id), body.into_any())
        }
        TimelineEntry::Milestone(milestone) => {
            let at = milestone.done_at.unwrap_or(milestone.head.created_at);
            let body = view! {
                <p class="step-title">{t!(i18n, progress.reached)} {private(&milestone.head)}</p>
                {head(&milestone.head.by, at, Some((story, &milestone.head)))}
                <p class="step-milestone">{milestone.title.clone()}</p>
            };
            step("flag", "is-reached", Some(milestone.head.id), body.into_any())
        }
        TimelineEntry::Experiment(experiment) => self::experiment(story, experiment),
        TimelineEntry::Frozen { by, words, at } => {
            let said = (!words.is_empty()).then(|| view! { <p class="story-text">{words}</p> });
            let body = view! {
                <p class="step-title">{t!(i18n, progress.frozen)}</p>
                {head(&by, at, None)}
                {said}
            };
            step("snowflake", "is-quiet", None, body.into_any())
        }
        TimelineEntry::Thawed { by, at } => {
            let body = view! {
                <p class="step-title">{t!(i18n, progress.thawed)}</p>
                {head(&by, at, None)}
            };
            step("sun", "is-quiet", None, body.into_any())
        }
    }
}

fn step(symbol: &'static str, class: &'static str, id: Option<EntryId>, body: AnyView) -> AnyView {
    let id = id.map(|id| format!("p-{id}"));
    view! {
        <li class=format!("step {class}") id=id>
            <span class="step-mark" aria-hidden="true">{icon(symbol)}</span>
            <div class="step-body">{body}</div>
        </li>
    }
    .into_any()
}

/// That only the company's people see it, where that is so.
fn private(head: &EntryHead) -> Option<AnyView> {
    let i18n = use_i18n();
    head.published_at.is_none().then(|| {
        view! { <span class="step-private">{icon("lock-simple")} {t!(i18n, progress.private)}</span> }.into_any()
    })
}

/// Who, when, and whether it said something else before.
fn head(by: &PersonView, at: Millis, entry: Option<(Story, &EntryHead)>) -> AnyView {
    let i18n = use_i18n();
    let edited = entry.filter(|(_, head)| head.edited_at.is_some()).map(|(story, head)| {
        let id = head.id;
        view! {
            <button type="button" class="said-act" on:click=move |_| story.show_history(id)>
                {t!(i18n, talk.edited)}
            </button>
        }
    });
    let time = match entry {
        Some((_, head)) => {
            let link = format!("#p-{}", head.id);
            view! { <a class="said-date quiet" href=link rel="external">{date::ago(at)}</a> }.into_any()
        }
        None => view! { <span class="quiet">{date::ago(at)}</span> }.into_any(),
    };
    view! { <p class="step-head">{avatar::person(by)} {time} {edited}</p> }.into_any()
}

/// What one can do with it: conclude, change and take it away.
fn foot(story: Story, kind: &'static str, head: &EntryHead, conclude: Option<bool>) -> AnyView {
    let i18n = use_i18n();
    let id = head.id;
    let conclude = conclude.map(|again| {
        let text = move || {
            if again { t_string!(i18n, progress.conclude_again) } else { t_string!(i18n, progress.conclude) }
        };
        view! {
            <button type="button" class="said-act" on:click=move |_| story.writing.set(Some(Writing::Conclude(id)))>
                {icon("check-circle")} {text}
            </button>
        }
    });
    let edit = head.may_edit.then(|| {
        view! {
            <button type="button" class="said-act" on:click=move |_| story.writing.set(Some(Writing::Edit(id)))>
                {icon("pencil-simple")} {t!(i18n, talk.edit)}
            </button>
        }
    });
    let remove = head.may_remove.then(|| {
        view! {
            <button type="button" class="said-act" on:click=move |_| story.remove(kind, id)>
                {icon("trash")} {t!(i18n, progress.remove)}
            </button>
        }
    });
    if conclude.is_none() && edit.is_none() && remove.is_none() {
        return ().into_any();
    }
    view! { <footer class="said-foot">{conclude} {edit} {remove}</footer> }.into_any()
}

/// An experiment: what is believed and tried, and what came of it. One that was reverted stands as tall as one that is kept.
fn experiment(story: Story, experiment: ExperimentView) -> AnyView {
    let i18n = use_i18n();
    let id = experiment.head.id;
    let outcome = experiment.conclusion.as_ref().map(|ended| ended.outcome);
    let at = match &experiment.conclusion {
        Some(ended) => ended.at,
        None => experiment.head.published_at.unwrap_or(experiment.head.created_at),
    };
    let state = move || match outcome {
        None => t_string!(i18n, progress.running),
        Some(Outcome::Kept) => t_string!(i18n, progress.kept),
        Some(Outcome::Reverted) => t_string!(i18n, progress.reverted),
    };
    let symbol = match outcome {
        None => "hourglass-medium",
        Some(Outcome::Kept) => "check-circle",
        Some(Outcome::Reverted) => "arrow-counter-clockwise",
    };
    let word = outcome.map_or("running", Outcome::as_str);
    let parts = [
        ("hypothesis", experiment.hypothesis.clone()),
        ("trial", experiment.trial.clone()),
        ("measure", experiment.measure.clone()),
    ];
    let parts = parts.map(|(name, text)| {
        view! { <div><dt>{move || part(i18n, name)}</dt> <dd class="story-text">{text}</dd></div> }
    });
    let ended = experiment.conclusion.as_ref().map(conclusion);
    let before = (!experiment.before.is_empty()).then(|| {
        let before = experiment.before.iter().map(conclusion).collect_view();
        view! {
            <details class="fold">
                <summary>{t!(i18n, progress.before)} {icon("caret-down")}</summary>
                {before}
            </details>
        }
    });
    let conclude = story.may_publish.then_some(outcome.is_some());
    let foot = foot(story, "experiments", &experiment.head, conclude);
    let (writing, kept) = (story.writing, StoredValue::new(experiment.clone()));
    let title = view! {
        <p class="step-title">
            {t!(i18n, progress.experiment)}
            <span class="outcome" data-outcome=word>{icon(symbol)} {state}</span>
            {private(&experiment.head)}
        </p>
    };
    let body = view! {
        {title}
        {head(&experiment.head.by, at, Some((story, &experiment.head)))}
        {move || if writing.get() == Some(Writing::Edit(id)) {
            write::experiment(story, Some(kept.get_value()))
        } else {
            ().into_any()
        }}
        <dl class="story-parts" hidden=move || writing.get() == Some(Writing::Edit(id))>{parts}</dl>
        {ended}
        {before}
        {move || if writing.get() == Some(Writing::Conclude(id)) {
            write::conclusion(story, kept.get_value())
        } else {
            ().into_any()
        }}
        {foot}
    };
    step("flask", "is-experiment", Some(id), body.into_any())
}

/// What came of an experiment, and why what was tried is kept or reverted.
fn conclusion(ended: &Conclusion) -> AnyView {
    let i18n = use_i18n();
    let outcome = ended.outcome;
    let why = move || match outcome {
        Outcome::Kept => t_string!(i18n, progress.why_kept),
        Outcome::Reverted => t_string!(i18n, progress.why_reverted),
    };
    let by = words::name(i18n, &ended.by);
    view! {
        <div class="conclusion" data-outcome=outcome.as_str()>
            <p class="conclusion-title">{t!(i18n, progress.result)}</p>
            <div class="prose" inner_html=ended.result_html.clone()></div>
            <p class="conclusion-title">{why}</p>
            <p class="story-text">{ended.reason.clone()}</p>
            <p class="quiet">{by} ", " {date::ago(ended.at)}</p>
        </div>
    }
    .into_any()
}

//! The milestones of an idea, in order: what is reached, and what is still to come.

use leptos::{prelude::*, task::spawn_local};
use shared::{
    api::{MilestoneView, Millis, TimelineEntry, WrittenMilestone},
    calendar,
};

use super::{Story, Writing, write};
use crate::{
    api,
    i18n::{t, t_string, use_i18n},
    ui::{date, icon::icon, toast},
    visit::here,
    words,
};

/// The list; nothing while there is none.
pub(super) fn list(story: Story) -> AnyView {
    let i18n = use_i18n();
    let rows = move || story.milestones.get().into_iter().map(|one| row(story, one)).collect_view();
    view! {
        <Show when=move || !story.milestones.with(Vec::is_empty)>
            <h3 class="facts-title" id="milestones">{t!(i18n, progress.milestones)}</h3>
            <ol class="milestones" aria-labelledby="milestones">{rows}</ol>
        </Show>
    }
    .into_any()
}

/// The first moment of a day that is written as in `2027-03-31`.
pub(in crate::pages) fn moment(day: &str) -> Option<Millis> {
    let mut parts = day.split('-').map(str::parse::<i64>);
    let mut part = || parts.next()?.ok();
    calendar::day(part()?, part()?, part()?)
}

fn row(story: Story, milestone: MilestoneView) -> AnyView {
    let i18n = use_i18n();
    let id = milestone.head.id;
    let (done, private) = (milestone.done_at, milestone.head.published_at.is_none());
    let due = milestone.due_on.as_deref().and_then(moment);
    let when = move || match (done, due) {
        (Some(at), _) => t_string!(i18n, progress.reached_on, date = date::day(i18n, at, here().now.get())),
        (None, Some(day)) => t_string!(i18n, progress.planned_for, date = date::day(i18n, day, here().now.get())),
        (None, None) => t_string!(i18n, progress.no_date).to_owned(),
    };
    let kept = StoredValue::new(milestone.clone());
    let flip = move |_| {
        let MilestoneView { title, due_on, head, .. } = kept.get_value();
        let wanted = WrittenMilestone { title, due_on, done: done.is_none(), staff: head.published_at.is_none() };
        spawn_local(async move {
            if let Err(problem) = api::put_with::<TimelineEntry>(&format!("/milestones/{id}"), &wanted).await {
                toast::warn(words::problem(i18n, &problem));
            }
            let _ = story.refresh().await;
        });
    };
    let acts = (milestone.head.may_edit || milestone.head.may_remove).then(|| {
        let text = move || {
            if done.is_some() { t_string!(i18n, progress.not_reached) } else { t_string!(i18n, progress.is_reached) }
        };
        let edit = milestone.head.may_edit.then(|| {
            view! {
                <button type="button" class="said-act" disabled=move || !here().awake.get() on:click=flip>
                    {icon("flag")} {text}
                </button>
                <button type="button" class="said-act" on:click=move |_| story.writing.set(Some(Writing::Edit(id)))>
                    {icon("pencil-simple")} {t!(i18n, talk.edit)}
                </button>
            }
        });
        let remove = milestone.head.may_remove.then(|| {
            view! {
                <button type="button" class="said-act" on:click=move |_| story.remove("milestones", id)>
                    {icon("trash")} {t!(i18n, progress.remove)}
                </button>
            }
        });
        view! { <span class="milestone-acts">{edit} {remove}</span> }
    });
    let mark = move || if done.is_some() { t_string!(i18n, progress.reached) } else { t_string!(i18n, progress.ahead) };
    let lock = private.then(|| {
        view! { <span class="step-private">{icon("lock-simple")} {t!(i18n, progress.private)}</span> }
    });
    let title = milestone.title.clone();
    view! {
        <li class="milestone" class:is-reached=done.is_some()>
            <span class="milestone-mark">
                {icon(if done.is_some() { "check-circle" } else { "circle" })}
                <span class="unseen">{mark}</span>
            </span>
            <div class="milestone-body">
                {move || if story.writing.get() == Some(Writing::Edit(id)) {
                    write::milestone(story, Some(kept.get_value()))
                } else {
                    view! { <span class="milestone-title">{title.clone()}</span> }.into_any()
                }}
                <span class="quiet">{when}</span>
                {lock}
                {acts}
            </div>
        </li>
    }
    .into_any()
}

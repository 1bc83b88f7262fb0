//! Writing progress: an update, a milestone, an experiment, and how one ended.

use leptos::{prelude::*, task::spawn_local};
use serde::Serialize;
use shared::{
    EntryId,
    api::{
        Conclude, ExperimentView, MilestoneView, Outcome, Problem, TimelineEntry, UpdateView, WrittenExperiment,
        WrittenMilestone, WrittenUpdate,
    },
};

use super::Story;
use crate::{
    api,
    i18n::{t, t_string, use_i18n},
    pages::draft::{keep_text, kept_text, key},
    ui::{
        attach::{Pictures, attach},
        field::{Choice, choices, field},
        form::{Form, form, submit},
        toast,
    },
};

/// What was typed into a form and not yet sent, kept in this browser by the names of its fields.
#[derive(Clone, Copy)]
struct Kept {
    form: Form,
    name: StoredValue<String>,
    fields: &'static [&'static str],
    /// The idempotency key of exactly what is typed now.
    once: StoredValue<String>,
}

impl Kept {
    fn new(story: Story, form: Form, what: &str, id: Option<EntryId>, fields: &'static [&'static str]) -> Self {
        let of = id.map_or_else(|| story.number.to_string(), |id| id.to_string());
        Self {
            form,
            name: StoredValue::new(format!("atelier.progress.{what}.{of}")),
            fields,
            once: StoredValue::new(key()),
        }
    }

    /// What is kept of a field, or else what it says now.
    fn value(self, field: &str, now: &str) -> String {
        let kept: std::collections::BTreeMap<String, String> =
            serde_json::from_str(&self.name.with_value(|name| kept_text(name))).unwrap_or_default();
        kept.get(field).cloned().unwrap_or_else(|| now.to_owned())
    }

    fn typed(self) {
        self.once.set_value(key());
        let now: std::collections::BTreeMap<&str, String> =
            self.fields.iter().map(|field| (*field, self.form.raw(field))).collect();
        let text = serde_json::to_string(&now).unwrap_or_default();
        self.name.with_value(|name| keep_text(name, &text));
    }

    fn forget(self) {
        self.name.with_value(|name| keep_text(name, ""));
    }
}

/// Sends what was written, shows it where it belongs, and ends the writing.
fn send(story: Story, kept: Kept, call: impl Future<Output = Result<TimelineEntry, Problem>> + 'static) {
    let i18n = use_i18n();
    kept.form.send(call, move |_| {
        kept.forget();
        story.writing.set(None);
        toast::say(t_string!(i18n, progress.saved));
        spawn_local(async move {
            let _ = story.refresh().await;
        });
    });
}

/// Where it goes: a new one of an idea, or the one that is changed.
async fn deliver(
    story: Story,
    kept: Kept,
    kind: &'static str,
    id: Option<EntryId>,
    body: impl Serialize,
) -> Result<TimelineEntry, Problem> {
    match id {
        Some(id) => api::put_with(&format!("/{kind}/{id}"), &body).await,
        None => api::post_once(&format!("/ideas/{}/{kind}", story.number), &body, &kept.once.get_value()).await,
    }
}

/// Whether only the company's people see it: of what is published already, that cannot be said again.
fn private(form: Form, published: bool, staff: bool) -> AnyView {
    let i18n = use_i18n();
    if published {
        return ().into_any();
    }
    view! {
        <label class="tick">
            <input type="checkbox" name="staff" value="1" id=form.id("staff") checked=staff />
            <span>{t!(i18n, progress.only_staff)}</span>
        </label>
    }
    .into_any()
}

fn buttons(story: Story, state: Form, label: impl Fn() -> &'static str + Send + Sync + 'static) -> AnyView {
    let i18n = use_i18n();
    view! {
        {submit(state, label)}
        <button type="button" class="button" on:click=move |_| story.writing.set(None)>{t!(i18n, ui.cancel)}</button>
    }
    .into_any()
}

fn wrapped(kept: Kept, label: impl Fn() -> &'static str + Send + Sync + 'static, inside: AnyView) -> AnyView {
    view! {
        <div class="story-write" role="group" aria-label=label on:input=move |_| kept.typed()>
            {inside}
        </div>
    }
    .into_any()
}

/// How an idea stands, in Markdown, with a percentage or none.
pub(super) fn update(story: Story, before: Option<UpdateView>) -> AnyView {
    let i18n = use_i18n();
    let id = before.as_ref().map(|update| update.head.id);
    let state = Form::new("update");
    let kept = Kept::new(story, state, "update", id, &["body", "percent"]);
    let (body, percent) = before.as_ref().map_or_else(Default::default, |update| {
        (update.body.clone(), update.percent.map(|percent| percent.to_string()).unwrap_or_default())
    });
    let published = before.as_ref().is_some_and(|update| update.head.published_at.is_some());
    let pictures = Pictures::new();
    let publish = move || {
        let written = WrittenUpdate {
            body: state.raw("body"),
            percent: percent_of(&state.value("percent")),
            staff: !state.ticked("staff").is_empty(),
        };
        if !pictures.busy.get_untracked() {
            send(story, kept, async move { deliver(story, kept, "updates", id, written).await });
        }
    };
    let fields = view! {
        {field("body", t!(i18n, progress.update_body))
            .hint(t!(i18n, progress.update_hint))
            .value(kept.value("body", &body))
            .lines(5)
            .place(state)}
        {attach(pictures, story.board.get_value(), state.id("body"))}
        {field("percent", t!(i18n, progress.part_percent))
            .hint(t!(i18n, progress.percent_hint))
            .kind("number")
            .value(kept.value("percent", &percent))
            .optional()
            .place(state)}
        {private(state, published, before.is_some())}
    };
    let buttons = buttons(story, state, move || match id {
        Some(_) => t_string!(i18n, progress.save),
        None => t_string!(i18n, progress.publish),
    });
    let inside = form(state, publish, fields.into_any(), buttons);
    wrapped(kept, move || t_string!(i18n, progress.update), inside)
}

/// The percentage that a text names; where it names none that there is, one that is refused.
fn percent_of(text: &str) -> Option<u8> {
    (!text.is_empty()).then(|| text.parse().unwrap_or(u8::MAX))
}

/// Something to be reached, with a day or none.
pub(super) fn milestone(story: Story, before: Option<MilestoneView>) -> AnyView {
    let i18n = use_i18n();
    let id = before.as_ref().map(|milestone| milestone.head.id);
    let state = Form::new("milestone");
    let kept = Kept::new(story, state, "milestone", id, &["title", "due_on"]);
    let (title, due_on) = before
        .as_ref()
        .map_or_else(Default::default, |one| (one.title.clone(), one.due_on.clone().unwrap_or_default()));
    let published = before.as_ref().is_some_and(|one| one.head.published_at.is_some());
    let done = before.as_ref().is_some_and(|one| one.done_at.is_some());
    let save = move || {
        let due_on = Some(state.value("due_on")).filter(|day| !day.is_empty());
        let staff = !state.ticked("staff").is_empty();
        let written = WrittenMilestone { title: state.value("title"), due_on, done, staff };
        send(story, kept, async move { deliver(story, kept, "milestones", id, written).await });
    };
    let fields = view! {
        {field("title", t!(i18n, progress.part_title)).value(kept.value("title", &title)).place(state)}
        {field("due_on", t!(i18n, progress.part_due_on))
            .kind("date")
            .value(kept.value("due_on", &due_on))
            .optional()
            .place(state)}
        {private(state, published, before.is_some())}
    };
    let buttons = buttons(story, state, move || t_string!(i18n, progress.save));
    let inside = form(state, save, fields.into_any(), buttons);
    wrapped(kept, move || t_string!(i18n, progress.milestone), inside)
}

/// What is believed, what will be done, and by what it will be judged.
pub(super) fn experiment(story: Story, before: Option<ExperimentView>) -> AnyView {
    let i18n = use_i18n();
    let id = before.as_ref().map(|one| one.head.id);
    let state = Form::new("experiment");
    let kept = Kept::new(story, state, "experiment", id, &["hypothesis", "trial", "measure"]);
    let (hypothesis, trial, measure) = before
        .as_ref()
        .map_or_else(Default::default, |one| (one.hypothesis.clone(), one.trial.clone(), one.measure.clone()));
    let published = before.as_ref().is_some_and(|one| one.head.published_at.is_some());
    let save = move || {
        let written = WrittenExperiment {
            hypothesis: state.raw("hypothesis"),
            trial: state.raw("trial"),
            measure: state.raw("measure"),
            staff: !state.ticked("staff").is_empty(),
        };
        send(story, kept, async move { deliver(story, kept, "experiments", id, written).await });
    };
    let fields = view! {
        {field("hypothesis", t!(i18n, progress.hypothesis))
            .hint(t!(i18n, progress.hypothesis_hint))
            .value(kept.value("hypothesis", &hypothesis))
            .lines(2)
            .place(state)}
        {field("trial", t!(i18n, progress.trial)).value(kept.value("trial", &trial)).lines(2).place(state)}
        {field("measure", t!(i18n, progress.measure))
            .hint(t!(i18n, progress.measure_hint))
            .value(kept.value("measure", &measure))
            .lines(2)
            .place(state)}
        {private(state, published, before.is_some())}
    };
    let buttons = buttons(story, state, move || match id {
        Some(_) => t_string!(i18n, progress.save),
        None => t_string!(i18n, progress.begin),
    });
    let inside = form(state, save, fields.into_any(), buttons);
    wrapped(kept, move || t_string!(i18n, progress.experiment), inside)
}

/// What came of an experiment, and whether what was tried is kept.
pub(super) fn conclusion(story: Story, of: ExperimentView) -> AnyView {
    let i18n = use_i18n();
    let id = of.head.id;
    let state = Form::new("conclusion");
    let kept = Kept::new(story, state, "conclusion", Some(id), &["result", "reason", "outcome"]);
    let before = of.conclusion.as_ref();
    let (result, reason, outcome) = before.map_or_else(
        || (String::new(), String::new(), ""),
        |ended| (ended.result.clone(), ended.reason.clone(), ended.outcome.as_str()),
    );
    let outcome = kept.value("outcome", outcome);
    let pictures = Pictures::new();
    let save = move || {
        let (result, reason) = (state.raw("result"), state.raw("reason"));
        let outcome = Outcome::parse(&state.value("outcome"));
        if pictures.busy.get_untracked() {
            return;
        }
        send(story, kept, async move {
            let Some(outcome) = outcome else { return Err(unsaid("outcome")) };
            api::put_with(&format!("/experiments/{id}/conclusion"), &Conclude { outcome, result, reason }).await
        });
    };
    let choice = |value: Outcome| {
        let label = move || match value {
            Outcome::Kept => t_string!(i18n, progress.kept),
            Outcome::Reverted => t_string!(i18n, progress.reverted),
        };
        Choice { value: value.as_str(), label: label.into_any(), hint: None }
    };
    let all = Outcome::ALL.iter().map(|outcome| choice(*outcome)).collect();
    let fields = view! {
        {field("result", t!(i18n, progress.result))
            .hint(t!(i18n, progress.result_hint))
            .value(kept.value("result", &result))
            .lines(4)
            .place(state)}
        {attach(pictures, story.board.get_value(), state.id("result"))}
        {choices(state, "outcome", t!(i18n, progress.outcome), &outcome, all)}
        {field("reason", t!(i18n, progress.why))
            .hint(t!(i18n, progress.why_hint))
            .value(kept.value("reason", &reason))
            .lines(2)
            .place(state)}
    };
    let buttons = buttons(story, state, move || t_string!(i18n, progress.publish));
    let inside = form(state, save, fields.into_any(), buttons);
    wrapped(kept, move || t_string!(i18n, progress.conclude), inside)
}

/// The problem that a choice was not made.
fn unsaid(field: &str) -> Problem {
    use shared::api::{Code, FieldCode, FieldProblem};
    let problem = FieldProblem::new(FieldCode::Required, "is needed");
    Problem { fields: [(field.to_owned(), problem)].into(), ..Problem::new(Code::Invalid, "something is not said") }
}

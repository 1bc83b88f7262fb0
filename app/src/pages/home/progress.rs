//! Fresh progress: what became of ideas lately.

use leptos::prelude::*;
use shared::api::{NoticeKind, Outcome, ProgressView, StageKind};

use crate::{
    i18n::{t, t_string, use_i18n},
    ui::{card, date, empty::empty, icon::icon, pill},
    words,
};

/// The moves and answers, the last first.
pub fn list(progress: &[ProgressView]) -> AnyView {
    let i18n = use_i18n();
    if progress.is_empty() {
        let (title, hint) = (move || t_string!(i18n, home.no_progress), move || t_string!(i18n, home.no_progress_hint));
        return empty("compass", title, hint, None);
    }
    view! { <ol class="progress">{progress.iter().map(line).collect_view()}</ol> }.into_any()
}

fn marked(symbol: &'static str, what: AnyView) -> AnyView {
    view! { <span class="progress-answer">{icon(symbol)} {what}</span> }.into_any()
}

fn line(progress: &ProgressView) -> AnyView {
    let i18n = use_i18n();
    let mut path = card::path(progress.number, &progress.slug);
    if let Some(comment) = &progress.comment {
        path.push_str("#c-");
        path.push_str(comment);
    }
    if let Some(entry) = &progress.entry {
        path.push_str(&format!("#p-{entry}"));
    }
    let outcome = progress.outcome;
    let mark = match (&progress.stage, progress.kind) {
        (Some(stage), _) => pill::stage(stage),
        (None, NoticeKind::Update) => marked("megaphone", t!(i18n, progress.update).into_any()),
        (None, NoticeKind::Milestone) => marked("flag", t!(i18n, progress.reached).into_any()),
        (None, NoticeKind::Experiment) => marked("flask", t!(i18n, progress.experiment).into_any()),
        (None, NoticeKind::Result) => {
            let said = move || match outcome {
                Some(Outcome::Reverted) => t_string!(i18n, progress.reverted),
                _ => t_string!(i18n, progress.kept),
            };
            let what = view! { {t!(i18n, progress.experiment)} " · " {said} };
            marked("flask", what.into_any())
        }
        (None, _) => marked("seal-check", t!(i18n, home.an_answer).into_any()),
    };
    let declined = progress.stage.as_ref().is_some_and(|stage| stage.kind == StageKind::Declined);
    let words = (!progress.words.is_empty()).then(|| view! { <p class="progress-words">{progress.words.clone()}</p> });
    view! {
        <li class="progress-line" class:is-declined=declined>
            <p class="progress-what">{mark} <span class="quiet">{date::ago(progress.at)}</span></p>
            <a class="card-link progress-idea" href=path>{progress.title.clone()}</a>
            {words}
            <p class="quiet">{words::name(i18n, &progress.by)} " · " {progress.board_title.clone()}</p>
        </li>
    }
    .into_any()
}

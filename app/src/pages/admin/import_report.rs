//! What a file would bring to a board, and what is wrong with it.

use leptos::prelude::*;
use shared::api::{FieldCode, FieldProblem, ImportReport, RowProblem, RowReason};

use crate::{
    i18n::{t, t_string, use_i18n},
    ui::{form::Form, pill},
    words::{self, Texts},
};

/// How many bad rows are shown at first.
const SHOWN: usize = 20;

/// The report, and the button that has the ideas come in.
pub(super) fn view(report: &ImportReport, form: Form, bring: Callback<()>) -> AnyView {
    let i18n = use_i18n();
    let new = report.new;
    let button = (new > 0).then(|| {
        view! {
            <p class="row">
                <button
                    type="button"
                    class="button button-strong"
                    aria-busy=move || form.pending().then_some("true")
                    on:click=move |_| if !form.pending() { bring.run(()) }
                >
                    {move || if form.pending() {
                        t!(i18n, ui.working).into_any()
                    } else {
                        t!(i18n, import.bring, count = move || words::ideas(i18n, new)).into_any()
                    }}
                </button>
                <span class="quiet">{t!(i18n, import.batches)}</span>
            </p>
        }
    });
    view! {
        <div class="import-report">
            <h3>{t!(i18n, import.report)}</h3>
            {counts(report)}
            {remarks(report)}
            {statuses(report)}
            {problems(report)}
            {button}
        </div>
    }
    .into_any()
}

fn counts(report: &ImportReport) -> AnyView {
    let i18n = use_i18n();
    let ImportReport { rows, new, known, repeated, bad, .. } = *report;
    let one = |count: u32, label: AnyView| view! { <div><dt>{label}</dt> <dd>{count}</dd></div> };
    view! {
        <dl class="import-counts">
            {one(rows, t!(i18n, import.rows).into_any())}
            {one(new, t!(i18n, import.new_ideas).into_any())}
            {one(known, t!(i18n, import.known).into_any())}
            {(repeated > 0).then(|| one(repeated, t!(i18n, import.repeated).into_any()))}
            {one(bad, t!(i18n, import.bad_rows).into_any())}
        </dl>
    }
    .into_any()
}

/// How many of the authors are named.
const NAMED: usize = 6;

/// What somebody should know before the ideas come in.
fn remarks(report: &ImportReport) -> AnyView {
    let i18n = use_i18n();
    let ImportReport { unknown_authors, nameless, undated, untagged, .. } = *report;
    let names = |names: &[String]| names.join(", ");
    let (ignored, tags) = (names(&report.ignored), names(&report.new_tags));
    let mut authors =
        report.authors.iter().take(NAMED).map(|author| author.name.as_str()).collect::<Vec<_>>().join(", ");
    if unknown_authors as usize > NAMED {
        authors.push('…');
    }
    let line = |text: AnyView| view! { <li>{text}</li> };
    view! {
        <ul class="import-remarks">
            {report.windows_1252.then(|| line(t!(i18n, import.windows_1252).into_any()))}
            {(!ignored.is_empty()).then(|| line(t!(i18n, import.ignored, names = ignored.clone()).into_any()))}
            {(unknown_authors > 0).then(|| {
                line(t!(i18n, import.authors, count = unknown_authors, names = authors.clone()).into_any())
            })}
            {(nameless > 0).then(|| line(t!(i18n, import.nameless, count = nameless).into_any()))}
            {(undated > 0).then(|| line(t!(i18n, import.undated, count = undated).into_any()))}
            {(!tags.is_empty()).then(|| line(t!(i18n, import.new_tags, names = tags.clone()).into_any()))}
            {(untagged > 0).then(|| line(t!(i18n, import.untagged, count = untagged).into_any()))}
        </ul>
    }
    .into_any()
}

fn statuses(report: &ImportReport) -> Option<AnyView> {
    let i18n = use_i18n();
    let rows = report.statuses.iter().map(|seen| {
        let to = match &seen.stage {
            Some(stage) => pill::stage(stage),
            None => t!(i18n, import.no_stage).into_any(),
        };
        view! { <tr><th scope="row">{seen.status.clone()}</th> <td>{seen.rows}</td> <td>{to}</td></tr> }
    });
    (!report.statuses.is_empty()).then(|| {
        view! {
            <div class="import-table">
                <table>
                    <caption>{t!(i18n, import.statuses)}</caption>
                    <thead>
                        <tr>
                            <th scope="col">{t!(i18n, import.status)}</th>
                            <th scope="col">{t!(i18n, import.rows)}</th>
                            <th scope="col">{t!(i18n, import.stage)}</th>
                        </tr>
                    </thead>
                    <tbody>{rows.collect_view()}</tbody>
                </table>
            </div>
        }
        .into_any()
    })
}

fn problems(report: &ImportReport) -> Option<AnyView> {
    let i18n = use_i18n();
    let all = report.problems.clone();
    let shown = RwSignal::new(SHOWN);
    let total = all.len();
    let row = move |problem: RowProblem| {
        let column = problem.column.map(|column| view! { <code>{column.as_str()}</code> " " });
        view! {
            <tr>
                <th scope="row">{problem.line}</th>
                <td>{column} {move || reason(i18n, &problem)}</td>
            </tr>
        }
    };
    (total > 0).then(|| {
        view! {
            <div class="import-table">
                <table>
                    <caption>{t!(i18n, import.problems)}</caption>
                    <thead>
                        <tr><th scope="col">{t!(i18n, import.line)}</th> <th scope="col">{t!(i18n, import.why)}</th></tr>
                    </thead>
                    <tbody>{move || all.iter().take(shown.get()).cloned().map(row).collect_view()}</tbody>
                </table>
                <Show when=move || shown.get() < total>
                    <p><button type="button" class="button button-small" on:click=move |_| shown.set(total)>
                        {t!(i18n, import.all_problems, count = total)}
                    </button></p>
                </Show>
            </div>
        }
        .into_any()
    })
}

fn reason(i18n: Texts, problem: &RowProblem) -> String {
    let (limit, found) = (problem.limit.unwrap_or_default(), problem.found.unwrap_or_default());
    match problem.reason {
        RowReason::Required => t_string!(i18n, import.required).to_owned(),
        RowReason::TooLong => t_string!(i18n, import.too_long, found = found, limit = limit),
        RowReason::Characters => t_string!(i18n, import.characters).to_owned(),
        RowReason::NotADate => t_string!(i18n, import.not_a_date).to_owned(),
        RowReason::InTheFuture => t_string!(i18n, import.in_the_future).to_owned(),
        RowReason::NotANumber => t_string!(i18n, import.not_a_number).to_owned(),
        RowReason::AnEmail => t_string!(i18n, import.an_email).to_owned(),
        RowReason::Fields if problem.found.is_none() => t_string!(i18n, import.far_too_many_fields).to_owned(),
        RowReason::Fields => t_string!(i18n, import.fields, found = found, limit = limit),
        RowReason::Huge => t_string!(i18n, import.huge).to_owned(),
        RowReason::Unclosed => t_string!(i18n, import.unclosed).to_owned(),
    }
}

/// What is wrong with the file as a whole.
pub(super) fn file_problem(i18n: Texts, problem: &FieldProblem) -> String {
    match problem.code {
        FieldCode::Required => t_string!(i18n, import.no_file).to_owned(),
        FieldCode::TooLong => t_string!(i18n, import.large_file).to_owned(),
        _ => words::field(i18n, problem),
    }
}

//! `/admin/import`: ideas from a file. First what would come in, then the ideas, and how far they are.

use leptos::{html, prelude::*};
use shared::api::{BoardView, ImportReport, ImportState, ImportView, Problem};

use super::{import_report as report, names};
use crate::{
    api,
    i18n::{t, t_string, use_i18n},
    ui::{
        date,
        form::{Form, form, submit},
        load::{self, Loaded},
    },
    visit::here,
    words,
};

/// How often somebody who waits asks how far an import is, in milliseconds.
#[cfg(feature = "hydrate")]
const EVERY: u64 = 400;

/// The file, what came of files before, and the names that came with them.
pub(super) fn view() -> AnyView {
    let boards = load::ask::<Vec<BoardView>>(|| "/boards".to_owned());
    let before = load::ask::<Vec<ImportView>>(|| "/imports".to_owned());
    let names = names::list();
    view! { {load::load(boards, move |boards| file(boards, before, names))} {earlier(before)} {names::view(names)} }
        .into_any()
}

/// What somebody has before them.
#[derive(Clone)]
enum Step {
    /// They choose a file.
    Choose,
    /// They look at what it would bring.
    Look(Box<ImportReport>),
    /// It comes in, or is in.
    Watch(Box<ImportView>),
}

fn file(boards: Vec<BoardView>, before: Loaded<Vec<ImportView>>, names: names::List) -> AnyView {
    let i18n = use_i18n();
    let boards: Vec<BoardView> = boards.into_iter().filter(|board| board.may_govern).collect();
    let step = RwSignal::new(Step::Choose);
    let state = Form::new("import");
    let node = NodeRef::<html::Input>::new();
    let preview = move || {
        let path = format!("/boards/{}/imports/preview", state.value("board"));
        state.send(send::<ImportReport>(path, node), move |report| step.set(Step::Look(Box::new(report))));
    };
    let bring = Callback::new(move |()| {
        let path = format!("/boards/{}/imports?{}", state.value("board"), name(node));
        state.send(send::<ImportView>(path, node), move |import| {
            step.set(Step::Watch(Box::new(import)));
            watch(step, move || {
                before.again();
                names.again();
            });
        });
    });
    let options = boards
        .iter()
        .map(|board| view! { <option value=board.slug.clone()>{board.title.clone()}</option> })
        .collect_view();
    let fields = view! {
        <div class="field">
            <label class="field-label" for=state.id("board")>{t!(i18n, import.board)}</label>
            <select class="input" id=state.id("board") name="board" on:change=move |_| step.set(Step::Choose)>
                {options}
            </select>
        </div>
        {file_field(state, node, step)}
    };
    let buttons = move || {
        let looked = matches!(&*step.read(), Step::Look(_));
        (!looked).then(|| submit(state, move || t_string!(i18n, import.look)))
    };
    let content = move || match step.get() {
        Step::Choose => ().into_any(),
        Step::Look(told) => report::view(&told, state, bring),
        Step::Watch(import) => progress(&import),
    };
    view! {
        <section class="panel" aria-labelledby="import-title">
            <div class="panel-head">
                <h2 class="panel-title" id="import-title">{t!(i18n, import.file_title)}</h2>
                <p class="quiet">{t!(i18n, import.file_lead)}</p>
            </div>
            {form(state, preview, fields.into_any(), buttons.into_any())}
            <div class="import-step" aria-live="polite">{content}</div>
        </section>
    }
    .into_any()
}

fn file_field(state: Form, node: NodeRef<html::Input>, step: RwSignal<Step>) -> AnyView {
    let i18n = use_i18n();
    let here = here();
    let described = format!("{0}-hint {0}-error", state.id("file"));
    view! {
        <div class="field">
            <label class="field-label" for=state.id("file")>{t!(i18n, import.file)}</label>
            <p class="field-hint" id=format!("{}-hint", state.id("file"))>{t!(i18n, import.file_hint)}</p>
            <input
                class="input import-file"
                id=state.id("file")
                name="file"
                type="file"
                accept=".csv,.tsv,text/csv"
                required=true
                node_ref=node
                disabled=move || !here.awake.get()
                aria-describedby=described
                aria-invalid=move || state.wrong("file").is_some().then_some("true")
                on:change=move |_| {
                    state.correct("file");
                    step.set(Step::Choose);
                }
            />
                        <p class="field-error" id=format!("{}-error", state.id("file"))>
                {move || state.wrong("file").map(|problem| report::file_problem(i18n, &problem))}
            </p>
        </div>
    }
    .into_any()
}

/// How far an import is.
fn progress(import: &ImportView) -> AnyView {
    let i18n = use_i18n();
    let ImportView { board, new, made, state, .. } = import;
    let (new, made, running) = (*new, *made, *state == ImportState::Running);
    let path = format!("/b/{board}");
    let said = match state {
        ImportState::Running => t!(i18n, import.running, made = made, new = new).into_any(),
        ImportState::Done => t!(i18n, import.done, count = move || words::ideas(i18n, made)).into_any(),
        ImportState::BrokenOff => t!(i18n, import.broken, made = made, new = new).into_any(),
    };
    let colour = if *state == ImportState::Done { "leaf" } else { "amber" };
    view! {
        <div class="note-bar note-bar-tall" data-colour=colour data-state=state_word(*state)>
            <p role="status">{said}</p>
            {running.then(|| view! {
                <progress class="import-bar" max=new value=made aria-label=move || t_string!(i18n, import.progress)></progress>
            })}
            {(!running).then(|| view! { <p><a href=path>{t!(i18n, import.see)}</a></p> })}
        </div>
    }
    .into_any()
}

fn state_word(state: ImportState) -> &'static str {
    match state {
        ImportState::Running => "running",
        ImportState::Done => "done",
        ImportState::BrokenOff => "broken-off",
    }
}

fn earlier(before: Loaded<Vec<ImportView>>) -> AnyView {
    let i18n = use_i18n();
    view! {
        <section class="panel" aria-labelledby="import-before">
            <h2 class="panel-title" id="import-before">{t!(i18n, import.before)}</h2>
            {load::load(before, move |imports: Vec<ImportView>| {
                if imports.is_empty() {
                    return view! { <p class="quiet">{t!(i18n, import.before_none)}</p> }.into_any();
                }
                view! { <ul class="lines">{imports.into_iter().map(earlier_row).collect_view()}</ul> }.into_any()
            })}
        </section>
    }
    .into_any()
}

fn earlier_row(import: ImportView) -> AnyView {
    let i18n = use_i18n();
    let ImportView { board, board_title, by, file, state, made, bad, started_at, .. } = import;
    let title = if file.is_empty() { board_title.clone() } else { file };
    view! {
        <li>
            <div class="line-main">
                <span class="person-name import-name">{title}</span>
                <span class="quiet">
                    <a href=format!("/b/{board}")>{board_title}</a> " · " {move || words::ideas(i18n, made)} " · "
                    {(bad > 0).then(|| view! { {move || words::rows_left_out(i18n, bad)} " · " })}
                    {(state == ImportState::BrokenOff).then(|| view! { {t!(i18n, import.broken_word)} " · " })}
                    {words::name(i18n, &by)} " · " {move || date::ago(started_at)}
                </span>
            </div>
        </li>
    }
    .into_any()
}

/// Sends the file that was chosen.
#[cfg(feature = "hydrate")]
async fn send<T: serde::de::DeserializeOwned>(path: String, node: NodeRef<html::Input>) -> Result<T, Problem> {
    use shared::api::{FieldCode, FieldProblem};
    let chosen = node.get_untracked().and_then(|input| input.files()).and_then(|files| files.get(0));
    let Some(file) = chosen else {
        let needed = FieldProblem::new(FieldCode::Required, "is needed");
        return Err(Problem::invalid([("file".to_owned(), needed)].into()));
    };
    if file.size() > shared::limits::IMPORT as f64 {
        let limit = FieldProblem::length(FieldCode::TooLong, shared::limits::IMPORT);
        return Err(Problem::invalid([("file".to_owned(), limit)].into()));
    }
    api::post_file(path, "text/csv", &file).await
}

#[cfg(not(feature = "hydrate"))]
async fn send<T: serde::de::DeserializeOwned>(path: String, _: NodeRef<html::Input>) -> Result<T, Problem> {
    // Nobody sends a form before the browser has taken over.
    api::get(path).await
}

/// The name of the file that was chosen, as a parameter.
#[cfg(feature = "hydrate")]
fn name(node: NodeRef<html::Input>) -> String {
    let chosen = node.get_untracked().and_then(|input| input.files()).and_then(|files| files.get(0));
    let name: String = chosen.map(|file| file.name()).unwrap_or_default().chars().take(shared::limits::TITLE).collect();
    let parameters = web_sys::UrlSearchParams::new().ok();
    parameters
        .map(|parameters| {
            parameters.append("name", &name);
            String::from(parameters.to_string())
        })
        .unwrap_or_default()
}

#[cfg(not(feature = "hydrate"))]
fn name(_: NodeRef<html::Input>) -> String {
    String::new()
}

/// Asks how far the import is until it has ended.
#[cfg(feature = "hydrate")]
fn watch(step: RwSignal<Step>, ended: impl Fn() + 'static) {
    use std::time::Duration;
    let Some(Step::Watch(import)) = step.try_get_untracked() else { return };
    if import.state != ImportState::Running {
        ended();
        return;
    }
    set_timeout(
        move || {
            leptos::task::spawn_local(async move {
                let told = api::get::<ImportView>(format!("/imports/{}", import.id)).await;
                // Without an answer it is asked again: the import goes on all the same.
                let now = told.map_or(import, Box::new);
                // Whoever left the page, or looks at another file, waits no longer.
                if matches!(step.try_get_untracked(), Some(Step::Watch(_))) {
                    step.set(Step::Watch(now));
                    watch(step, ended);
                }
            });
        },
        Duration::from_millis(EVERY),
    );
}

#[cfg(not(feature = "hydrate"))]
fn watch(_: RwSignal<Step>, _: impl Fn() + 'static) {}

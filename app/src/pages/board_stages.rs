//! The stages of a board: added, named in both languages, coloured, ordered and taken away.

use leptos::{prelude::*, task::spawn_local};
use shared::{
    StageId,
    api::{BoardView, Colour, MovedOn, Phase, SetStages, StageCount, StageKind, WantedStage},
    limits,
};

use crate::{
    api,
    i18n::{t, t_string, use_i18n},
    ui::{colour, icon::icon, load, toast},
    visit::here,
    words,
};

/// A stage as the person has it just now.
#[derive(Clone, Copy)]
struct Row {
    /// Names it on the page.
    key: u32,
    /// Which it is; none for a new one.
    id: Option<StageId>,
    /// How many ideas stand in it.
    ideas: u32,
    fr: RwSignal<String>,
    en: RwSignal<String>,
    colour: RwSignal<Colour>,
    kind: RwSignal<StageKind>,
    /// Where it is to show on the roadmap, as far as its kind lets it choose.
    phase: RwSignal<Option<Phase>>,
    /// Where its ideas go, once it was taken away.
    to: RwSignal<Option<StageId>>,
}

/// What the parts of the section share.
#[derive(Clone, Copy)]
struct Stages {
    path: StoredValue<String>,
    /// Those there were when the rows were made of them.
    known: StoredValue<Vec<StageId>>,
    rows: RwSignal<Vec<Row>>,
    /// Those taken away in which ideas stand.
    gone: RwSignal<Vec<Row>>,
    next_key: RwSignal<u32>,
    wrong: RwSignal<Option<String>>,
    busy: RwSignal<bool>,
    /// Said when a row was moved, for those who do not see it.
    said: RwSignal<String>,
}

impl Stages {
    fn row(self, stage: Option<&StageCount>) -> Row {
        let key = self.next_key.get_untracked();
        self.next_key.set(key + 1);
        let view = stage.map(|counted| &counted.stage);
        Row {
            key,
            id: view.map(|stage| stage.id),
            ideas: stage.map_or(0, |counted| counted.ideas),
            fr: RwSignal::new(view.map(|stage| stage.fr.clone()).unwrap_or_default()),
            en: RwSignal::new(view.map(|stage| stage.en.clone()).unwrap_or_default()),
            colour: RwSignal::new(view.map_or(Colour::Sky, |stage| stage.colour)),
            kind: RwSignal::new(view.map_or(StageKind::Open, |stage| stage.kind)),
            phase: RwSignal::new(stage.and_then(|counted| counted.phase)),
            to: RwSignal::new(None),
        }
    }

    /// Takes in the stages there are.
    fn fill(self, counts: &[StageCount]) {
        self.known.set_value(counts.iter().map(|counted| counted.stage.id).collect());
        self.rows.set(counts.iter().map(|counted| self.row(Some(counted))).collect());
        self.gone.set(Vec::new());
    }

    /// Ideas begin in the first stage, and in no other.
    fn settle(self) {
        self.rows.with_untracked(|rows| {
            for (at, row) in rows.iter().enumerate() {
                match (at, row.kind.get_untracked()) {
                    (0, StageKind::New) => {}
                    (0, _) => row.kind.set(StageKind::New),
                    (_, StageKind::New) => row.kind.set(StageKind::Open),
                    _ => {}
                }
            }
        });
    }

    fn shift(self, key: u32, up: bool) {
        let i18n = use_i18n();
        self.rows.update(|rows| {
            let Some(at) = rows.iter().position(|row| row.key == key) else { return };
            let to = if up { at.checked_sub(1) } else { Some(at + 1).filter(|to| *to < rows.len()) };
            let Some(to) = to else { return };
            rows.swap(at, to);
            let name = rows[to].name();
            self.said.set(t_string!(i18n, stages.moved, name = name, place = to + 1));
        });
        self.settle();
    }

    fn remove(self, key: u32) {
        let mut taken = None;
        self.rows.update(|rows| {
            if let Some(at) = rows.iter().position(|row| row.key == key).filter(|_| rows.len() > 1) {
                taken = Some(rows.remove(at));
            }
        });
        self.settle();
        if let Some(row) = taken.filter(|row| row.ideas > 0) {
            row.to.set(self.rows.with_untracked(|rows| rows.iter().find_map(|row| row.id)));
            self.gone.update(|gone| gone.push(row));
        }
    }

    fn keep(self, key: u32) {
        let mut kept = None;
        self.gone.update(|gone| {
            if let Some(at) = gone.iter().position(|row| row.key == key) {
                kept = Some(gone.remove(at));
            }
        });
        if let Some(row) = kept {
            self.rows.update(|rows| rows.push(row));
            self.settle();
        }
    }

    fn wanted(self) -> SetStages {
        let stage = |row: &Row| WantedStage {
            id: row.id,
            fr: row.fr.get_untracked(),
            en: row.en.get_untracked(),
            colour: row.colour.get_untracked(),
            kind: row.kind.get_untracked(),
            phase: row.kind.get_untracked().phase(row.phase.get_untracked()),
        };
        let moved = |row: &Row| Some(MovedOn { from: row.id?, to: row.to.get_untracked()? });
        SetStages {
            stages: self.rows.with_untracked(|rows| rows.iter().map(stage).collect()),
            moved: self.gone.with_untracked(|gone| gone.iter().filter_map(moved).collect()),
            known: Some(self.known.get_value()),
        }
    }

    fn save(self) {
        let i18n = use_i18n();
        let wanted = self.wanted();
        self.busy.set(true);
        spawn_local(async move {
            let path = self.path.get_value();
            match api::put_with::<BoardView>(&path, &wanted).await {
                Ok(_) => {
                    let _ = self.wrong.try_set(None);
                    if let Ok(counts) = api::get::<Vec<StageCount>>(path).await
                        && self.rows.try_with_untracked(Vec::len).is_some()
                    {
                        self.fill(&counts);
                    }
                    toast::say(t_string!(i18n, stages.saved));
                }
                Err(problem) => {
                    let text = match problem.fields.iter().next() {
                        Some((name, field)) => {
                            let place = name.split('.').nth(1).and_then(|at| at.parse::<usize>().ok());
                            let text = words::field(i18n, field);
                            place.map_or(text.clone(), |at| t_string!(i18n, stages.wrong, place = at + 1, text = text))
                        }
                        None => words::problem(i18n, &problem).to_owned(),
                    };
                    let _ = self.wrong.try_set(Some(text));
                }
            }
            let _ = self.busy.try_set(false);
        });
    }
}

impl Row {
    /// Its name in the language of the page.
    fn name(self) -> String {
        let i18n = use_i18n();
        match i18n.get_locale() {
            crate::i18n::Locale::en => self.en.get(),
            crate::i18n::Locale::fr => self.fr.get(),
        }
    }
}

/// The stages there are, to be changed together.
pub(super) fn section(board: &BoardView) -> AnyView {
    let i18n = use_i18n();
    let path = format!("/boards/{}/stages", board.slug);
    let asked = {
        let path = path.clone();
        load::ask::<Vec<StageCount>>(move || path.clone())
    };
    view! {
        <section class="panel" aria-labelledby="stages">
            <div class="panel-head">
                <h2 class="panel-title" id="stages">{t!(i18n, stages.title)}</h2>
                <p class="quiet">{t!(i18n, stages.hint)}</p>
            </div>
            {load::load(asked, move |counts: Vec<StageCount>| editor(path.clone(), &counts))}
        </section>
    }
    .into_any()
}

fn editor(path: String, counts: &[StageCount]) -> AnyView {
    let i18n = use_i18n();
    let here = here();
    let stages = Stages {
        path: StoredValue::new(path),
        known: StoredValue::new(Vec::new()),
        rows: RwSignal::new(Vec::new()),
        gone: RwSignal::new(Vec::new()),
        next_key: RwSignal::new(0),
        wrong: RwSignal::new(None),
        busy: RwSignal::new(false),
        said: RwSignal::new(String::new()),
    };
    stages.fill(counts);
    let add = move |_| {
        let row = stages.row(None);
        stages.rows.update(|rows| rows.push(row));
    };
    let full = move || stages.rows.with(|rows| rows.len() >= limits::STAGES);
    view! {
        <ol class="stage-rows">
            <For each=move || stages.rows.get() key=|row| row.key let:row>
                {line(stages, row)}
            </For>
        </ol>
        <For each=move || stages.gone.get() key=|row| row.key let:row>
            {leaving(stages, row)}
        </For>
        <p class="unseen" aria-live="polite">{move || stages.said.get()}</p>
        <p class="field-error" role="alert">{move || stages.wrong.get()}</p>
        <div class="row">
            <button
                type="button"
                class="button button-strong"
                disabled=move || !here.awake.get() || stages.busy.get()
                on:click=move |_| stages.save()
            >
                {t!(i18n, stages.save)}
            </button>
            <button type="button" class="button" disabled=move || !here.awake.get() || full() on:click=add>
                {icon("plus")} {t!(i18n, stages.add)}
            </button>
        </div>
    }
    .into_any()
}

fn line(stages: Stages, row: Row) -> AnyView {
    let i18n = use_i18n();
    let here = here();
    let place = move || stages.rows.with(|rows| rows.iter().position(|other| other.key == row.key)).unwrap_or_default();
    let last = move || stages.rows.with(|rows| place() + 1 >= rows.len());
    let number = move || place() + 1;
    let name = move |label: &'static str, text: RwSignal<String>, lang: &'static str| {
        view! {
            <label class="stage-name">
                <span class="quiet">{label}</span>
                <input
                    class="input input-small"
                    lang=lang
                    maxlength=limits::STAGE
                    prop:value=move || text.get()
                    on:input=move |event| text.set(event_target_value(&event))
                />
            </label>
        }
    };
    let kinds = StageKind::ALL
        .map(|kind| {
            view! {
                <option
                    value=kind.as_str()
                    selected=move || row.kind.get() == kind
                    disabled=move || (kind == StageKind::New) != (place() == 0)
                >
                    {move || words::stage_kind(i18n, kind)}
                </option>
            }
        })
        .collect_view();
    let choose = move |event| {
        if let Some(kind) = StageKind::parse(&event_target_value(&event)) {
            row.kind.set(kind);
        }
    };
    let sleeps = move || !here.awake.get();
    view! {
        <li class="stage-row" data-colour=move || row.colour.get().as_str()>
            <span class="stage-place" aria-hidden="true">{number}</span>
            <div class="stage-fields">
                {move || name(t_string!(i18n, stages.in_french), row.fr, "fr")}
                {move || name(t_string!(i18n, stages.in_english), row.en, "en")}
                <label class="stage-kind">
                    <span class="quiet">{t!(i18n, stages.kind)}</span>
                    <select
                        class="input input-small"
                        disabled=move || place() == 0
                        prop:value=move || row.kind.get().as_str()
                        on:change=choose
                    >
                        {kinds}
                    </select>
                </label>
                {phase(row)}
                <div class="stage-colour">
                    <span class="quiet" aria-hidden="true">{t!(i18n, stages.colour)}</span>
                    {colour::choose(move || t_string!(i18n, stages.colour_of, place = number()), row.colour)}
                </div>
            </div>
            <div class="stage-acts">
                <button
                    type="button"
                    class="button-plain"
                    aria-label=move || t_string!(i18n, stages.up, name = row.name())
                    disabled=move || sleeps() || place() == 0
                    on:click=move |_| stages.shift(row.key, true)
                >
                    {icon("caret-up")}
                </button>
                <button
                    type="button"
                    class="button-plain"
                    aria-label=move || t_string!(i18n, stages.down, name = row.name())
                    disabled=move || sleeps() || last()
                    on:click=move |_| stages.shift(row.key, false)
                >
                    {icon("caret-down")}
                </button>
                <button
                    type="button"
                    class="button-plain"
                    aria-label=move || t_string!(i18n, stages.remove, name = row.name())
                    disabled=move || sleeps() || stages.rows.with(|rows| rows.len() < 2)
                    on:click=move |_| stages.remove(row.key)
                >
                    {icon("trash")}
                </button>
            </div>
        </li>
    }
    .into_any()
}

/// Where a stage shows its ideas on the roadmap. Only what is being worked on chooses.
fn phase(row: Row) -> AnyView {
    let i18n = use_i18n();
    let shown = move || row.kind.get().phase(row.phase.get());
    let option = move |value: Option<Phase>| {
        view! {
            <option
                value=value.map_or("", Phase::as_str)
                selected=move || shown() == value
                disabled=move || row.kind.get().phase(value) != value
            >
                {move || value.map_or_else(|| t_string!(i18n, stages.phase_none), |phase| words::phase(i18n, phase))}
            </option>
        }
    };
    let options = std::iter::once(None).chain(Phase::ALL.iter().copied().map(Some)).map(option).collect_view();
    view! {
        <label class="stage-kind">
            <span class="quiet">{t!(i18n, stages.phase)}</span>
            <select
                class="input input-small"
                disabled=move || row.kind.get() != StageKind::Open
                prop:value=move || shown().map_or("", Phase::as_str)
                on:change=move |event| row.phase.set(Phase::parse(&event_target_value(&event)))
            >
                {options}
            </select>
        </label>
    }
    .into_any()
}

/// A stage that is taken away, with the question where its ideas go.
fn leaving(stages: Stages, row: Row) -> AnyView {
    let i18n = use_i18n();
    let options = move || {
        stages.rows.with(|rows| {
            let option = |stay: &Row| {
                let (stay, id) = (*stay, stay.id?);
                Some(view! {
                    <option value=id.to_string() selected=move || row.to.get() == Some(id)>
                        {move || stay.name()}
                    </option>
                })
            };
            rows.iter().filter_map(option).collect_view()
        })
    };
    view! {
        <div class="note-bar" data-colour="amber">
            <label class="stage-leaving">
                <span>{move || t_string!(i18n, stages.leaving, name = row.name(), ideas = words::ideas(i18n, row.ideas))}</span>
                <select
                    class="input input-small"
                    on:change=move |event| row.to.set(event_target_value(&event).parse().ok())
                >
                    {options}
                </select>
            </label>
            <button type="button" class="button-plain" on:click=move |_| stages.keep(row.key)>
                {t!(i18n, stages.keep)}
            </button>
        </div>
    }
    .into_any()
}

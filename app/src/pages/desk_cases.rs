//! What was reported and the first posts that wait, each decided with one key.

use leptos::{ev::KeyboardEvent, html, prelude::*, task::spawn_local};
use shared::{
    DecisionId,
    api::{CaseView, Decide, Decided, NewDecision, Problem, ReportView, Subject},
    limits,
};

use crate::{
    api,
    i18n::{t, t_string, use_i18n},
    live::facts,
    ui::{avatar, date, empty::empty, icon::icon, load, toast},
    visit::here,
    words::{self, Texts},
};

/// What waits, and what was decided last.
#[derive(Clone, Copy)]
pub(super) struct Queue {
    reported: RwSignal<Vec<CaseView>>,
    held: RwSignal<Vec<CaseView>>,
    last: RwSignal<Option<Last>>,
    i18n: Texts,
}

/// The last decision: what it was about, and how to take it back.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Last {
    act: Decide,
    title: String,
    undo: Option<DecisionId>,
}

impl Queue {
    pub fn new() -> Self {
        Self {
            reported: RwSignal::new(Vec::new()),
            held: RwSignal::new(Vec::new()),
            last: RwSignal::new(None),
            i18n: use_i18n(),
        }
    }

    /// Asks anew what waits.
    async fn refresh(self) {
        for (path, list) in [("/desk/reports", self.reported), ("/desk/held", self.held)] {
            if let Ok(cases) = api::get::<Vec<CaseView>>(path.to_owned()).await
                && list.try_with_untracked(|known| *known != cases) == Some(true)
            {
                let _ = list.try_set(cases);
            }
        }
    }

    /// It waits no more: the next one takes the focus.
    fn remove(self, subject: Subject) {
        for list in [self.reported, self.held] {
            let _ = list.try_update(|cases| cases.retain(|case| case.subject != subject));
        }
    }
}

/// Both lists, and above them what was decided last.
pub(super) fn view(queue: Queue) -> AnyView {
    let reported = load::ask::<Vec<CaseView>>(|| "/desk/reports".to_owned());
    let held = load::ask::<Vec<CaseView>>(|| "/desk/held".to_owned());
    let news = facts::desk();
    Effect::new(move |before: Option<()>| {
        news.track();
        if before.is_some() {
            spawn_local(queue.refresh());
        }
    });
    view! {
        {last(queue)}
        {load::load(reported, move |cases| section(queue, queue.reported, cases, "reports"))}
        {load::load(held, move |cases| section(queue, queue.held, cases, "held"))}
    }
    .into_any()
}

/// What was decided last, read aloud, with the way back.
fn last(queue: Queue) -> AnyView {
    let i18n = use_i18n();
    let said = move |last: &Last| {
        let title = last.title.clone();
        match last.act {
            Decide::Keep => t_string!(i18n, desk.kept, title = title),
            Decide::Hide => t_string!(i18n, desk.hid, title = title),
            Decide::Warn => t_string!(i18n, desk.warned, title = title),
            Decide::Suspend => t_string!(i18n, desk.suspended, title = title),
        }
    };
    view! {
        <div class="desk-last" role="status">
            {move || queue.last.get().map(|last| {
                let back = last.undo.map(|id| view! {
                    <button type="button" class="button button-small" on:click=move |_| undo(queue, id)>
                        {icon("arrow-counter-clockwise")} {t!(i18n, desk.undo)} " " <kbd>"Z"</kbd>
                    </button>
                });
                view! { <div class="note-bar" data-colour="leaf"><p>{said(&last)}</p> {back}</div> }
            })}
        </div>
    }
    .into_any()
}

fn undo(queue: Queue, id: DecisionId) {
    let i18n = queue.i18n;
    spawn_local(async move {
        match api::delete(&format!("/desk/decisions/{id}")).await {
            Ok(()) => toast::say(t_string!(i18n, desk.undone)),
            Err(problem) => toast::warn(words::problem(i18n, &problem)),
        }
        let _ = queue.last.try_set(None);
        queue.refresh().await;
    });
}

fn section(queue: Queue, list: RwSignal<Vec<CaseView>>, first: Vec<CaseView>, name: &'static str) -> AnyView {
    let i18n = use_i18n();
    list.set(first);
    let held = name == "held";
    let title = move || if held { t_string!(i18n, desk.held) } else { t_string!(i18n, desk.reported) };
    let hint = move || if held { t_string!(i18n, desk.held_hint) } else { t_string!(i18n, desk.reported_hint) };
    let rows = view! {
        <ul class="cases">
            <For each=move || list.get() key=|case| (case.subject, case.count) let(case)>
                {row(queue, case)}
            </For>
        </ul>
    };
    if held {
        return view! {
            <section class="panel" aria-labelledby=name hidden=move || list.with(Vec::is_empty)>
                <div class="panel-head">
                    <h2 class="panel-title" id=name>{title}</h2>
                    <p class="quiet">{hint}</p>
                </div>
                {rows}
            </section>
        }
        .into_any();
    }
    view! {
        <section class="panel" aria-labelledby=name>
            <div class="panel-head">
                <h2 class="panel-title" id=name>{title}</h2>
                <p class="quiet">{hint}</p>
            </div>
            <Show when=move || list.with(Vec::is_empty) && queue.held.with(Vec::is_empty)>
                {empty("tray", move || t_string!(i18n, desk.empty), move || t_string!(i18n, desk.empty_hint), None)}
            </Show>
            {rows}
        </section>
    }
    .into_any()
}

/// What a moderator is about to say before an act that needs words.
#[derive(Clone, Copy)]
struct Saying {
    act: RwSignal<Option<Decide>>,
    text: NodeRef<html::Textarea>,
    wrong: RwSignal<Option<Problem>>,
}

fn row(queue: Queue, case: CaseView) -> AnyView {
    let i18n = use_i18n();
    let saying = Saying { act: RwSignal::new(None), text: NodeRef::new(), wrong: RwSignal::new(None) };
    let (subject, may_suspend, hides) = (case.subject, case.may_suspend, !matches!(case.subject, Subject::Person(_)));
    let title = StoredValue::new(case.title.clone());
    let press = move |act: Decide| match act {
        Decide::Warn | Decide::Suspend => {
            saying.act.set(Some(act));
            focus(saying.text);
        }
        Decide::Keep | Decide::Hide => send(queue, subject, act, title, String::new(), saying),
    };
    let keys = move |event: KeyboardEvent| {
        if event.ctrl_key() || event.meta_key() || event.alt_key() || writes(&event) {
            return;
        }
        match event.key().to_lowercase().as_str() {
            "k" => press(Decide::Keep),
            "h" if hides => press(Decide::Hide),
            "w" => press(Decide::Warn),
            "s" if may_suspend => press(Decide::Suspend),
            "z" => match queue.last.get_untracked().and_then(|last| last.undo) {
                Some(id) => undo(queue, id),
                None => return,
            },
            _ => return,
        }
        event.prevent_default();
    };
    let act = move |act: Decide, key: &'static str, symbol: &'static str, offered: bool| {
        offered.then(|| {
            view! {
                <button type="button" class="button button-small" disabled=move || !here().awake.get() on:click=move |_| press(act)>
                    {icon(symbol)} {move || words::decide(i18n, act)} " " <kbd>{key}</kbd>
                </button>
            }
        })
    };
    view! {
        <li class="case" tabindex="0" aria-label=move || t_string!(i18n, desk.case_of, title = title.get_value()) on:keydown=keys>
            {about(&case)}
            {case.reports.iter().map(report).collect_view()}
            <div class="row case-acts">
                {act(Decide::Keep, "K", "check", true)}
                {act(Decide::Hide, "H", "eye-slash", hides)}
                {act(Decide::Warn, "W", "megaphone", true)}
                {act(Decide::Suspend, "S", "prohibit", may_suspend)}
            </div>
            {say(queue, subject, title, saying)}
        </li>
    }
    .into_any()
}

/// Whether the key was pressed in a text.
fn writes(event: &KeyboardEvent) -> bool {
    #[cfg(feature = "hydrate")]
    {
        use wasm_bindgen::JsCast;
        event.target().is_some_and(|target| target.has_type::<web_sys::HtmlTextAreaElement>())
    }
    #[cfg(not(feature = "hydrate"))]
    {
        let _ = event;
        false
    }
}

/// What it is, who wrote it, and what is known of them.
fn about(case: &CaseView) -> AnyView {
    let i18n = use_i18n();
    let (count, trouble, held) = (case.count, case.trouble, case.held);
    let comment = matches!(case.subject, Subject::Comment(_));
    let title = case.title.clone();
    let title = move || if comment { t_string!(i18n, desk.comment_on, title = title.clone()) } else { title.clone() };
    let words =
        (!case.words.is_empty()).then(|| view! { <blockquote class="case-words">{case.words.clone()}</blockquote> });
    view! {
        <p class="case-title"><a href=case.path.clone()>{title}</a></p>
        <p class="quiet case-facts">
            {avatar::person(&case.author)}
            <span>{date::ago(case.created_at)}</span>
            {(!case.board_title.is_empty()).then(|| view! { <span>{case.board_title.clone()}</span> })}
            {held.then(|| view! { <span>{t!(i18n, desk.first_post)}</span> })}
            {(count > 0).then(|| view! { <span>{move || words::reports(i18n, count)}</span> })}
            {(trouble > 0).then(|| view! { <span>{move || t_string!(i18n, desk.trouble, count = trouble)}</span> })}
            {case.suspended.then(|| view! { <span>{t!(i18n, desk.is_suspended)}</span> })}
        </p>
        {words}
    }
    .into_any()
}

fn report(report: &ReportView) -> AnyView {
    let i18n = use_i18n();
    let reason = report.reason;
    let said = (!report.words.is_empty()).then(|| view! { <q>{report.words.clone()}</q> });
    view! {
        <p class="case-report">
            {icon("flag")}
            <span><strong>{move || words::reason(i18n, reason)}</strong> " " {said} " "
                <span class="quiet">{words::name(i18n, &report.by)} ", " {date::ago(report.at)}</span>
            </span>
        </p>
    }
    .into_any()
}

/// The words that a warning and a suspension need.
fn say(queue: Queue, subject: Subject, title: StoredValue<String>, saying: Saying) -> AnyView {
    let i18n = use_i18n();
    let id = format!("say-{}", subject.uuid());
    let label = move || match saying.act.get() {
        Some(Decide::Suspend) => t_string!(i18n, desk.say_suspend),
        _ => t_string!(i18n, desk.say_warn),
    };
    let go = move || {
        let Some(act) = saying.act.get_untracked() else { return };
        let words = saying.text.get_untracked().map(|text| text.value()).unwrap_or_default();
        send(queue, subject, act, title, words, saying);
    };
    let keys = move |event: KeyboardEvent| {
        if event.key() == "Enter" && (event.ctrl_key() || event.meta_key()) {
            event.prevent_default();
            go();
        } else if event.key() == "Escape" {
            saying.act.set(None);
        }
    };
    view! {
        <div class="case-say" hidden=move || saying.act.with(Option::is_none)>
            <label class="field-label" for=id.clone()>{label}</label>
            <textarea
                class="input"
                id=id
                rows="3"
                maxlength=limits::ORDER
                node_ref=saying.text
                on:keydown=keys
            ></textarea>
            <p class="field-error" role="alert">
                {move || saying.wrong.get().map(|problem| match problem.fields.get("words") {
                    Some(field) => words::field(i18n, field),
                    None => words::problem(i18n, &problem).to_owned(),
                })}
            </p>
            <div class="row">
                <button type="button" class="button button-strong" on:click=move |_| go()>
                    {move || saying.act.get().map(|act| words::decide(i18n, act))} " " <kbd>"Ctrl ↵"</kbd>
                </button>
                <button type="button" class="button" on:click=move |_| saying.act.set(None)>{t!(i18n, ui.cancel)}</button>
            </div>
        </div>
    }
    .into_any()
}

fn send(queue: Queue, subject: Subject, act: Decide, title: StoredValue<String>, words: String, saying: Saying) {
    let i18n = queue.i18n;
    let request = NewDecision { subject, act, reason: None, words, waiting: true };
    spawn_local(async move {
        match api::post::<Decided>("/desk/decisions", &request).await {
            Ok(Decided { id: Some(id), may_undo }) => {
                let last = Last { act, title: title.get_value(), undo: may_undo.then_some(id) };
                focus_beside();
                let _ = queue.last.try_set(Some(last));
                queue.remove(subject);
            }
            Ok(Decided { id: None, .. }) => {
                focus_beside();
                toast::say(t_string!(i18n, desk.was_first));
                queue.remove(subject);
            }
            Err(problem) if saying.act.get_untracked().is_some() => {
                let _ = saying.wrong.try_set(Some(problem));
            }
            Err(problem) => toast::warn(words::problem(i18n, &problem)),
        }
    });
}

fn focus(text: NodeRef<html::Textarea>) {
    #[cfg(feature = "hydrate")]
    request_animation_frame(move || {
        if let Some(text) = text.try_get_untracked().flatten() {
            let _ = text.focus();
        }
    });
    #[cfg(not(feature = "hydrate"))]
    let _ = text;
}

/// The focus goes to the case below, or above, before the one that has it goes.
fn focus_beside() {
    #[cfg(feature = "hydrate")]
    {
        use wasm_bindgen::JsCast;
        let now = document().active_element().and_then(|element| element.closest(".case").ok().flatten());
        let Some(now) = now else { return };
        let beside = now.next_element_sibling().or_else(|| now.previous_element_sibling());
        let heading = || document().query_selector("h1").ok().flatten();
        if let Some(next) = beside.or_else(heading).and_then(|next| next.dyn_into::<web_sys::HtmlElement>().ok()) {
            let _ = next.focus();
        }
    }
}

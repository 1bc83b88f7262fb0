//! `/i/{number}/{slug}/history`: how a concept came to be. `?at=` names a version by a moment, `?from=` another to compare it
//! with, and `?changes` compares it with the one before.

mod list;
mod player;
mod sheet;

pub(super) use list::Row;
pub(super) use player::{Player, player};

use std::collections::BTreeMap;

use leptos::prelude::*;
use leptos_router::hooks::{use_navigate, use_params_map, use_query_map};
use shared::{
    PersonId,
    api::{Colour, History, IdeaCard, IdeaView, Millis, PersonView, VersionView},
    history::{View, begun_by, whole_by},
    passage::escape,
};

use self::{
    list::{Ink, last_first, list, when},
    sheet::{Sheet, sheet},
};
use crate::{
    i18n::{t, t_string, use_i18n},
    live::restore,
    ui::{card, empty, head, icon::icon, load},
    visit::here,
    words::{self, Texts},
};

/// How many ways there are to underline words.
const LINES: usize = 4;

/// What the version is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Compare {
    /// Nothing: it is shown by itself.
    Nothing,
    /// The version before.
    Before,
    /// A version.
    With(u32),
}

/// What the address asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Asked {
    at: Option<Millis>,
    from: Option<Millis>,
    changes: bool,
}

/// The address of the history of an idea.
pub(super) fn path(idea: &IdeaCard) -> String {
    format!("{}/history", card::idea_path(idea))
}

/// The page.
pub fn view() -> AnyView {
    let params = use_params_map();
    let number = Memo::new(move |_| params.with(|params| params.get("number").unwrap_or_default()));
    let idea = load::ask::<IdeaView>(move || format!("/ideas/{}", number.get()));
    let history = load::ask::<History>(move || format!("/ideas/{}/history", number.get()));
    // Asked for by the page itself: what is drawn later would hear of an address before it.
    let query = use_query_map();
    let asked = Memo::new(move |_| {
        let moment = |name: &str| query.with(|query| query.get(name)).and_then(|at| at.parse().ok());
        Asked { at: moment("at"), from: moment("from"), changes: query.with(|query| query.get("changes").is_some()) }
    });
    load::load(idea, move |idea| load::load(history, move |history| page(&idea, history, asked)))
}

/// The inks of people who wrote together.
pub(super) fn inks(i18n: Texts, people: &[PersonView]) -> Vec<Ink> {
    let colours: BTreeMap<PersonId, Colour> = Colour::of_people(people.iter().map(|person| person.id));
    let mut lines: BTreeMap<&str, usize> = BTreeMap::new();
    let ink = |person: &PersonView| {
        let colour = colours.get(&person.id).copied().unwrap_or_default().as_str();
        let line = lines.entry(colour).or_default();
        *line += 1;
        Ink { name: words::name(i18n, person), colour, line: (*line - 1) % LINES }
    };
    people.iter().map(ink).collect()
}

fn page(idea: &IdeaView, history: History, asked: Memo<Asked>) -> AnyView {
    let i18n = use_i18n();
    let body = if history.versions.is_empty() {
        let teaches = (move || t_string!(i18n, history.empty), move || t_string!(i18n, history.empty_hint));
        empty::empty("clock", teaches.0, teaches.1, None)
    } else {
        whole(idea, history, asked)
    };
    let heading = move || t_string!(i18n, history.title);
    let lead = move || t_string!(i18n, history.lead);
    frame("page history-page", (idea.card.title.clone(), card::idea_path(&idea.card)), heading, lead, body)
}

/// The page around a history. `of` is what it is the history of, by its name and where that is.
pub(super) fn frame(
    class: &'static str,
    (name, back): (String, String),
    heading: impl Fn() -> &'static str + Copy + Send + Sync + 'static,
    lead: impl Fn() -> &'static str + Send + Sync + 'static,
    body: AnyView,
) -> AnyView {
    let title = name.clone();
    view! {
        {head::title(move || format!("{} · {title}", heading()))}
        <div class=class>
            <header class="page-head">
                <a class="back" href=back>{icon("arrow-left")} {name}</a>
                {head::heading(move || heading().to_owned())}
                <p class="lead">{lead}</p>
            </header>
            {body}
        </div>
    }
    .into_any()
}

/// What is said of each version, from 1 on.
pub(super) fn said(i18n: Texts, rows: StoredValue<Vec<Row>>) -> impl Fn(u32) -> String + Copy + Send + Sync + 'static {
    move |version| rows.with_value(|rows| rows.get(version as usize - 1).map(|row| row.said(i18n))).unwrap_or_default()
}

/// The versions beside what is looked at, to choose another.
pub(super) fn choice(
    rows: StoredValue<Vec<Row>>,
    played: Player,
    address: impl Fn(u32) -> String + Copy + Send + Sync + 'static,
) -> AnyView {
    let i18n = use_i18n();
    view! {
        <section class="history-versions" aria-labelledby="versions">
            <h2 class="facts-title" id="versions">{t!(i18n, history.versions)}</h2>
            {list(rows, Signal::derive(move || played.at()), address, move |version| played.go(version))}
        </section>
    }
    .into_any()
}

/// What the parts of the page share.
#[derive(Clone, Copy)]
struct Story {
    i18n: Texts,
    path: StoredValue<String>,
    versions: StoredValue<Vec<VersionView>>,
    player: Player,
    compare: RwSignal<Compare>,
}

impl Story {
    /// When a version ended; before the first, nothing had.
    fn moment(self, version: u32) -> Millis {
        let ended = |versions: &Vec<VersionView>| Some(versions.get(version.checked_sub(1)? as usize)?.ended_at);
        self.versions.with_value(ended).unwrap_or_default()
    }

    fn address(self, at: u32, compare: Compare) -> String {
        let compared = match compare {
            Compare::Nothing => String::new(),
            Compare::Before => "&changes".to_owned(),
            Compare::With(version) => format!("&from={}", self.moment(version)),
        };
        format!("{}?at={}{compared}", self.path.get_value(), self.moment(at))
    }
}

fn whole(idea: &IdeaView, history: History, asked: Memo<Asked>) -> AnyView {
    let i18n = use_i18n();
    let count = u32::try_from(history.versions.len()).unwrap_or(u32::MAX);
    let Asked { at, from, changes } = asked.get_untracked();
    let at = at.map_or(count, |at| begun_by(&history.versions, at));
    let compare = match from {
        Some(from) => Compare::With(whole_by(&history.versions, from)),
        None if changes => Compare::Before,
        None => Compare::Nothing,
    };
    let inks = inks(i18n, &history.people);
    let row = |version: &VersionView| Row {
        by: version.by.iter().filter_map(|by| inks.get(*by as usize).cloned()).collect(),
        at: version.ended_at,
        extent: Some(version.extent()),
        things: None,
    };
    let rows = StoredValue::new(history.versions.iter().map(row).collect::<Vec<_>>());
    let inks = StoredValue::new(inks);
    let story = Story {
        i18n,
        path: StoredValue::new(path(&idea.card)),
        versions: StoredValue::new(history.versions.clone()),
        player: Player::new(count, at),
        compare: RwSignal::new(compare),
    };
    let Story { player: played, compare, .. } = story;
    let view = Memo::new(move |_| {
        let at = played.at();
        let since = match compare.get() {
            Compare::Nothing => None,
            Compare::Before => Some(at - 1),
            Compare::With(version) => Some(version),
        };
        View { at, since }
    });
    #[cfg(feature = "hydrate")]
    in_browser::keep_address(story);
    let texts = Sheet::new(&history, view, inks);
    // What one version is compared with stays when another is looked at.
    let address = move |version: u32| story.address(version, compare.get_untracked());
    view! {
        <div class="history">
            {player(played, said(i18n, rows))}
            <div class="history-ways">{ways(story)} {comparing(story, rows)} {bring_back(idea, story)}</div>
            {legend(texts, inks)}
            {sheet(texts)}
            {choice(rows, played, address)}
        </div>
    }
    .into_any()
}

/// The text by itself, or what changed: two links, which are there without a script too.
fn ways(story: Story) -> AnyView {
    let Story { i18n, player, compare, .. } = story;
    let one = move |changes: bool| {
        let is = move || (compare.get() == Compare::Nothing) != changes;
        let way = if changes { Compare::Before } else { Compare::Nothing };
        let text = move || if changes { t_string!(i18n, history.changes) } else { t_string!(i18n, history.text) };
        let choose = move |event: leptos::ev::MouseEvent| {
            if !event.ctrl_key() && !event.meta_key() && !event.shift_key() {
                event.prevent_default();
                if !is() {
                    compare.set(way);
                }
            }
        };
        view! {
            <li>
                <a
                    class="chip"
                    href=move || story.address(player.at(), way)
                    data-noscroll=""
                    aria-current=move || is().then_some("true")
                    on:click=choose
                >
                    {text}
                </a>
            </li>
        }
    };
    view! { <ul class="history-how" aria-label=move || t_string!(i18n, history.how)>{one(false)} {one(true)}</ul> }
        .into_any()
}

/// With which version it is compared.
fn comparing(story: Story, rows: StoredValue<Vec<Row>>) -> AnyView {
    let Story { i18n, compare, player, path, .. } = story;
    // One piece of HTML, as the list is.
    let options = move || {
        let before = escape(t_string!(i18n, history.before));
        let first = escape(t_string!(i18n, history.nothing));
        let chosen = compare.get_untracked();
        let option = |value: String, chosen: bool, text: &str| {
            format!("<option value=\"{value}\"{}>{text}</option>", if chosen { " selected" } else { "" })
        };
        let mut html = option(String::new(), !matches!(chosen, Compare::With(_)), &before);
        html.push_str(&option("0".into(), chosen == Compare::With(0), &first));
        rows.with_value(|rows| {
            for (row, version) in last_first(rows) {
                let text = escape(&format!("{} · {}", when(i18n, row.at), row.names()));
                html.push_str(&option(row.at.to_string(), chosen == Compare::With(version), &text));
            }
        });
        html
    };
    let choose = move |event| {
        let from: Option<Millis> = event_target_value(&event).parse().ok();
        compare.set(match from {
            Some(from) => Compare::With(story.versions.with_value(|versions| whole_by(versions, from))),
            None => Compare::Before,
        });
    };
    let here = here();
    view! {
        <form class="history-with" method="get" action=path.get_value() hidden=move || compare.get() == Compare::Nothing>
            <input type="hidden" name="at" value=move || story.moment(player.at()).to_string() />
            <input type="hidden" name="changes" value="" />
            <label for="compare-with">{t!(i18n, history.with)}</label>
            <select class="input input-small" id="compare-with" name="from" inner_html=options on:change=choose></select>
            <button type="submit" class="button button-small" hidden=move || here.awake.get()>{t!(i18n, history.compare)}</button>
        </form>
    }
    .into_any()
}

/// Makes an earlier version the last again, in the editor of the concept.
fn bring_back(idea: &IdeaView, story: Story) -> Option<AnyView> {
    let Story { i18n, player, .. } = story;
    let (number, page) = (idea.card.number, StoredValue::new(card::idea_path(&idea.card)));
    let here = here();
    idea.may_edit.then(|| {
        let navigate = StoredValue::new_local(use_navigate());
        let bring = move |_| {
            restore::ask(number, story.moment(player.at_untracked()));
            navigate.with_value(|navigate| navigate(&page.get_value(), leptos_router::NavigateOptions::default()));
        };
        view! {
            <button
                type="button"
                class="button history-restore"
                title=move || t_string!(i18n, history.restore_hint)
                disabled=move || !here.awake.get() || player.is_last()
                on:click=bring
            >
                {icon("arrow-counter-clockwise")} {t!(i18n, history.restore)}
            </button>
        }
        .into_any()
    })
}

/// Who wrote, in which tint. Choosing one of them shows their words alone.
fn legend(sheet: Sheet, inks: StoredValue<Vec<Ink>>) -> AnyView {
    let i18n = sheet.i18n;
    let here = here();
    let one = move |(by, ink): (u32, Ink)| {
        let pressed = move || sheet.only.get() == Some(by);
        view! {
            <li>
                <button
                    type="button"
                    class="history-author"
                    aria-pressed=move || pressed().to_string()
                    disabled=move || !here.awake.get()
                    on:click=move |_| sheet.only.set((sheet.only.get_untracked() != Some(by)).then_some(by))
                >
                    <span class="history-swatch" data-colour=ink.colour data-line=ink.line.to_string() aria-hidden="true"></span>
                    {ink.name}
                </button>
            </li>
        }
    };
    let all: Vec<(u32, Ink)> = (0..).zip(inks.get_value()).collect();
    view! {
        <ul class="history-legend" aria-label=move || t_string!(i18n, history.authors)>
            {all.into_iter().map(one).collect_view()}
        </ul>
    }
    .into_any()
}

#[cfg(feature = "hydrate")]
mod in_browser {
    use std::time::Duration;

    use leptos::prelude::*;

    use super::Story;

    /// The address says what is looked at, for whoever reloads or passes it on; not at each step of the slider.
    pub(super) fn keep_address(story: Story) {
        Effect::new(move |before: Option<()>| {
            let (at, compare) = (story.player.at(), story.compare.get());
            if before.is_none() {
                return;
            }
            let keep = move || {
                let address = story.path.try_get_value().map(|_| story.address(at, compare));
                if let (Some(address), Ok(history)) = (address, window().history()) {
                    let state = history.state().unwrap_or_default();
                    let _ = history.replace_state_with_url(&state, "", Some(&address));
                }
            };
            if let Ok(timer) = set_timeout_with_handle(keep, Duration::from_millis(400)) {
                on_cleanup(move || timer.clear());
            }
        });
    }
}

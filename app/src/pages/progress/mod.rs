//! What becomes of an idea, on its page: how far it is, what is to be reached, and one timeline of what happened.

mod entry;
mod freeze;
mod milestones;
mod write;

pub(super) use milestones::moment;

use leptos::{prelude::*, task::spawn_local};
use leptos_router::hooks::use_query_map;
use shared::{
    EntryId,
    api::{EntryVersion, FreezeView, IdeaView, MilestoneView, Page, Problem, TimelineEntry},
};

use crate::{
    api,
    i18n::{t, t_string, use_i18n},
    live::facts,
    ui::{
        bar, date,
        dialog::{self, Dialog},
        empty,
        icon::icon,
        load, toast,
    },
    visit::here,
    words,
};

/// How much of the timeline is shown at first.
const FIRST: u32 = 12;

/// What the page asks for at first.
pub(super) type Asked = load::Loaded<Page<TimelineEntry>>;

/// Asks for the timeline of an idea: from its end, or with `?progress=all` for more of it.
pub(super) fn ask(number: Memo<String>) -> Asked {
    let query = use_query_map();
    let all = Memo::new(move |_| query.with(|query| query.get("progress").is_some_and(|wish| wish == "all")));
    load::ask(move || path(&number.get(), if all.get() { shared::limits::PAGE } else { FIRST }, None))
}

fn path(number: &str, limit: u32, cursor: Option<&str>) -> String {
    let cursor = cursor.map(|cursor| format!("&cursor={cursor}")).unwrap_or_default();
    format!("/ideas/{number}/timeline?limit={limit}{cursor}")
}

/// What is being written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Writing {
    Update,
    Milestone,
    Experiment,
    Freeze,
    Edit(EntryId),
    Conclude(EntryId),
}

/// What the parts of the section share.
#[derive(Clone, Copy)]
pub(super) struct Story {
    pub number: u32,
    /// The slug of the idea's board.
    pub board: StoredValue<String>,
    pub may_publish: bool,
    pub entries: RwSignal<Vec<TimelineEntry>>,
    pub milestones: RwSignal<Vec<MilestoneView>>,
    pub freeze: RwSignal<Option<FreezeView>>,
    /// Where what came before begins, if there is more.
    next: RwSignal<Option<String>>,
    pub writing: RwSignal<Option<Writing>>,
    /// What the person is about to take away, by the word of its kind and its id.
    removing: RwSignal<Option<(&'static str, EntryId)>>,
    sure: Dialog,
    versions: RwSignal<Vec<EntryVersion>>,
    history: Dialog,
}

impl Story {
    /// Asks anew for as much as is shown.
    pub async fn refresh(self) -> Result<(), Problem> {
        let shown = self.entries.try_with_untracked(Vec::len).unwrap_or_default();
        let (mut all, mut next): (Vec<TimelineEntry>, Option<String>) = (Vec::new(), None);
        loop {
            let page: Page<TimelineEntry> =
                api::get(path(&self.number.to_string(), shared::limits::PAGE, next.as_deref())).await?;
            all.extend(page.items);
            next = page.next;
            if next.is_none() || all.len() > shown {
                break;
            }
        }
        let idea: IdeaView = api::get(format!("/ideas/{}", self.number)).await?;
        let _ = self.next.try_set(next);
        let _ = self.milestones.try_set(idea.milestones);
        let _ = self.freeze.try_set(idea.freeze);
        if self.entries.try_with_untracked(|entries| *entries != all) == Some(true) {
            let _ = self.entries.try_set(all);
        }
        Ok(())
    }

    /// Asks anew if something became of the idea since what is shown.
    async fn catch_up(self) {
        let Ok(page) = api::get::<Page<TimelineEntry>>(path(&self.number.to_string(), 1, None)).await else { return };
        if self.entries.try_with_untracked(|entries| entries.first() != page.items.first()) == Some(true) {
            // What is shown stays, if nothing newer comes.
            let _ = self.refresh().await;
        }
    }

    /// Shows what came before. Whether there was anything.
    async fn more(self) -> bool {
        let Some(cursor) = self.next.try_get_untracked().flatten() else { return false };
        let path = path(&self.number.to_string(), shared::limits::PAGE, Some(&cursor));
        api::get::<Page<TimelineEntry>>(path).await.is_ok_and(|page| {
            let _ = self.entries.try_update(|entries| entries.extend(page.items));
            self.next.try_set(page.next).is_none()
        })
    }

    /// Asks whether to take a piece of progress away.
    pub fn remove(self, kind: &'static str, id: EntryId) {
        self.removing.set(Some((kind, id)));
        self.sure.open();
    }

    /// Shows what a piece of progress said before.
    pub fn show_history(self, id: EntryId) {
        spawn_local(async move {
            if let Ok(versions) = api::get::<Vec<EntryVersion>>(format!("/progress/{id}/versions")).await {
                let _ = self.versions.try_set(versions);
                self.history.open();
            }
        });
    }
}

/// The section of the page of an idea. Where nothing became of it yet and the person publishes nothing, there is none.
pub(super) fn section(idea: &IdeaView, asked: Asked) -> AnyView {
    let (number, may_publish) = (idea.card.number, idea.may_publish);
    let board = StoredValue::new(idea.card.board.clone());
    let percent = idea.card.percent;
    let milestones = RwSignal::new(idea.milestones.clone());
    let freeze = RwSignal::new(idea.freeze.clone());
    let path = StoredValue::new(crate::ui::card::idea_path(&idea.card));
    load::load(asked, move |page| {
        let story = Story {
            number,
            board,
            may_publish,
            entries: RwSignal::new(page.items),
            milestones,
            freeze,
            next: RwSignal::new(page.next),
            writing: RwSignal::new(None),
            removing: RwSignal::new(None),
            sure: Dialog::new(),
            versions: RwSignal::new(Vec::new()),
            history: Dialog::new(),
        };
        drawn(story, percent, path)
    })
}

fn drawn(story: Story, percent: Option<u8>, path: StoredValue<String>) -> AnyView {
    let i18n = use_i18n();
    let told = facts::progress();
    Effect::new(move |before: Option<()>| {
        told.track();
        if before.is_some() {
            spawn_local(async move {
                // What is shown stays, if nothing newer comes.
                let _ = story.refresh().await;
            });
        }
    });
    let listening = facts::listening();
    Effect::new(move |before: Option<()>| {
        listening.track();
        if before.is_some() {
            spawn_local(story.catch_up());
        }
    });
    #[cfg(feature = "hydrate")]
    crate::ui::sight::follow_address(|hash| hash.starts_with("p-").then(|| hash.to_owned()), move || story.more());
    let news = facts::of(story.number);
    let percent = move || news.get().map_or(percent, |facts| facts.percent);
    let nothing = move || {
        story.entries.with(Vec::is_empty) && story.milestones.with(Vec::is_empty) && story.freeze.with(Option::is_none)
    };
    let rows = move || story.entries.get().into_iter().map(|one| entry::row(story, one)).collect_view();
    let more = move |event: leptos::ev::MouseEvent| {
        event.prevent_default();
        spawn_local(async move {
            story.more().await;
        });
    };
    view! {
        <section class="story" aria-labelledby="progress" hidden=move || !story.may_publish && nothing()>
            <h2 class="talk-title" id="progress">{t!(i18n, progress.title)}</h2>
            {bar::with_figure(percent)}
            {freeze::banner(story)}
            {milestones::list(story)}
            {story.may_publish.then(|| acts(story))}
            <Show when=nothing>
                {empty::empty(
                    "flag",
                    move || t_string!(i18n, progress.empty),
                    move || t_string!(i18n, progress.empty_hint),
                    None,
                )}
            </Show>
            <ol class="timeline">{rows}</ol>
            <Show when=move || story.next.with(Option::is_some)>
                <a class="button" href=move || format!("{}?progress=all#progress", path.get_value()) on:click=more>
                    {t!(i18n, progress.more)}
                </a>
            </Show>
            {dialogs(story)}
        </section>
    }
    .into_any()
}

/// What who publishes can add, and where it is written.
fn acts(story: Story) -> AnyView {
    let i18n = use_i18n();
    let act = move |writing: Writing, symbol: &'static str, text: AnyView| {
        view! {
            <button
                type="button"
                class="button button-small"
                aria-pressed=move || (story.writing.get() == Some(writing)).to_string()
                disabled=move || !here().awake.get()
                on:click=move |_| story.writing.update(|now| *now = if *now == Some(writing) { None } else { Some(writing) })
            >
                {icon(symbol)}
                {text}
            </button>
        }
    };
    view! {
        <div class="story-acts" role="group" aria-label=move || t_string!(i18n, progress.publish)>
            {act(Writing::Update, "megaphone", t!(i18n, progress.new_update).into_any())}
            {act(Writing::Milestone, "flag", t!(i18n, progress.new_milestone).into_any())}
            {act(Writing::Experiment, "flask", t!(i18n, progress.new_experiment).into_any())}
            {act(Writing::Freeze, "snowflake", t!(i18n, progress.new_freeze).into_any())}
        </div>
        {move || match story.writing.get() {
            Some(Writing::Update) => write::update(story, None),
            Some(Writing::Milestone) => write::milestone(story, None),
            Some(Writing::Experiment) => write::experiment(story, None),
            Some(Writing::Freeze) => freeze::form_of(story),
            _ => ().into_any(),
        }}
    }
    .into_any()
}

fn dialogs(story: Story) -> AnyView {
    let i18n = use_i18n();
    let remove = move || {
        let Some((kind, id)) = story.removing.get_untracked() else { return };
        spawn_local(async move {
            if let Err(problem) = api::delete(&format!("/{kind}/{id}")).await {
                toast::warn(words::problem(i18n, &problem));
            }
            let _ = story.refresh().await;
        });
    };
    let versions = move || story.versions.get().into_iter().map(version).collect_view();
    let list = view! { <ol class="talk-versions">{versions}</ol> }.into_any();
    view! {
        {dialog::confirm(
            story.sure,
            move || t_string!(i18n, progress.remove_title).to_owned(),
            move || t_string!(i18n, progress.remove).to_owned(),
            remove,
        )}
        {dialog::shown(story.history, move || t_string!(i18n, progress.history), list)}
    }
    .into_any()
}

/// What a piece of progress said until somebody changed it.
fn version(version: EntryVersion) -> AnyView {
    let i18n = use_i18n();
    let by = words::name(i18n, &version.by);
    let parts = version.said.into_iter().map(|(name, text)| {
        let label = move || entry::part(i18n, &name).to_owned();
        view! { <div><dt>{label}</dt> <dd class="story-text">{text}</dd></div> }
    });
    view! {
        <li>
            <p class="quiet">{t!(i18n, progress.changed_by, name = by)} " " {date::ago(version.until)}</p>
            <dl class="story-parts">{parts.collect_view()}</dl>
        </li>
    }
    .into_any()
}

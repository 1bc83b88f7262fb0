//! What was merged into an idea, that it was merged itself, and the means to do so.

use leptos::{ev::SubmitEvent, prelude::*, task::spawn_local};
use leptos_router::hooks::{use_location, use_query_map};
use shared::{
    api::{Found, IdeaCard, IdeaName, IdeaView, MergeIdea, MergePreview, MergedIdea, Problem},
    limits,
};

use crate::{
    answer, api,
    i18n::{t, t_string, use_i18n},
    live::facts,
    ui::{
        avatar, card, chrome, date,
        dialog::{self, Dialog},
        head,
        icon::icon,
        pill, tag, toast,
    },
    visit::here,
    words::{self, Texts},
};

/// How many ideas are offered to merge into.
const OFFERED: usize = 5;

/// The number of the merged idea by which one came, as the address tells. Asked for by the page itself: what is drawn
/// once its idea is there would hear of an address before it.
pub(super) fn came_by() -> Memo<Option<u32>> {
    let query = use_query_map();
    Memo::new(move |_| query.with(|query| query.get("from")).and_then(|from| from.parse().ok()))
}

/// Leads from a merged idea to the one in which it lives on.
pub(super) fn lead_on(twin: u32, into: &IdeaName) -> AnyView {
    let hash = use_location().hash.get_untracked();
    answer::go(&format!("{}?from={twin}{hash}", card::path(into.number, &into.slug)));
    ().into_any()
}

/// Whether the address asks for a merged idea as it was, rather than for where it lives on.
pub(super) fn as_it_was() -> Memo<bool> {
    let query = use_query_map();
    Memo::new(move |_| query.with(|query| query.get("as-it-was").is_some()))
}

/// The address of a merged idea as it was. Links to it are external: a page of the same route does not hear of the query.
pub(super) fn as_it_was_path(idea: &IdeaName) -> String {
    format!("{}?as-it-was", card::path(idea.number, &idea.slug))
}

/// A merged idea as it was when it was merged, to be read.
pub(super) fn alone(idea: &IdeaView, into: &IdeaName) -> AnyView {
    let i18n = use_i18n();
    let card = &idea.card;
    let title = card.title.clone();
    let href = card::path(into.number, &into.slug);
    view! {
        {head::title(move || title.clone())}
        {head::arrive_at_title()}
        <div class="page idea-page">
            <nav class="idea-trail" aria-label=move || t_string!(i18n, idea.board)>
                <a class="back" href=href.clone()>{icon("arrow-left")} <span class="idea-trail-board">{into.title.clone()}</span></a>
                <span class="quiet">{t!(i18n, idea.number, number = card.number)}</span>
            </nav>
            <div class="idea-sheet">
                <p class="note-bar" data-colour="sky">
                    <span>{t!(i18n, merge.lives_on)} " " <a href=href>{into.title.clone()}</a></span>
                </p>
                <article class="concept">
                    <h1 class="concept-title">{card.title.clone()}</h1>
                    <p class="concept-pitch">{card.pitch.clone()}</p>
                    <div class="concept-body prose" inner_html=idea.body_html.clone()></div>
                </article>
            </div>
            <aside class="idea-facts" aria-label=move || t_string!(i18n, idea.facts)>
                <dl class="facts">
                    <div>
                        <dt>{t!(i18n, idea.proposed_by)}</dt>
                        <dd>{avatar::person(&card.author)}</dd>
                    </div>
                    <div>
                        <dt>{t!(i18n, idea.proposed)}</dt>
                        <dd>{date::ago(card.created_at)}</dd>
                    </div>
                </dl>
            </aside>
        </div>
    }
    .into_any()
}

/// Says at the top of the page that another idea led here; and, while it is open, that this one lives on elsewhere.
pub(super) fn notices(idea: &IdeaView, from: Memo<Option<u32>>) -> AnyView {
    let i18n = use_i18n();
    let twins = idea.twins.clone();
    let led = move || {
        let from = from.get()?;
        twins.iter().find(|twin| twin.idea.number == from).map(|twin| twin.idea.title.clone())
    };
    let merged = facts::merged();
    view! {
        {move || {
            led()
                .map(|title| {
                    view! {
                        <p class="note-bar" data-colour="sky">
                            <span>{move || t_string!(i18n, merge.led_here, title = title.clone())}</span>
                        </p>
                    }
                })
        }}
        <div role="status">
            {move || {
                merged
                    .get()
                    .map(|into| {
                        let href = card::path(into.number, &into.slug);
                        view! {
                            <p class="note-bar" data-colour="amber">
                                <span>{t!(i18n, merge.merged_now)} " " <a href=href>{into.title.clone()}</a></span>
                            </p>
                        }
                    })
            }}
        </div>
    }
    .into_any()
}

/// The ideas merged into this one, and the form that merges it into another; for who may, with the means to part them.
pub(super) fn section(idea: &IdeaView) -> AnyView {
    let i18n = use_i18n();
    let (number, may) = (idea.card.number, idea.may_merge);
    let path = StoredValue::new(card::idea_path(&idea.card));
    let twins = RwSignal::new(idea.twins.clone());
    let news = facts::twins();
    // The page's own idea stays, so that an editor at work is not disturbed.
    Effect::new(move |before: Option<()>| {
        news.track();
        if before.is_some() {
            spawn_local(async move {
                if let Ok(fresh) = api::get::<IdeaView>(format!("/ideas/{number}")).await {
                    let _ = twins.try_set(fresh.twins);
                }
            });
        }
    });
    let parting = RwSignal::new(None::<MergedIdea>);
    let sure = Dialog::new();
    let part = move || {
        let Some(twin) = parting.get_untracked() else { return };
        spawn_local(async move {
            match api::delete_for::<IdeaView>(&format!("/ideas/{}/merge", twin.idea.number)).await {
                // Its votes, comments and co-authors went with it.
                Ok(_) => chrome::leave_to(&path.get_value()),
                Err(problem) => toast::warn(words::problem(i18n, &problem)),
            }
        });
    };
    let title = move || {
        let title = parting.with(|twin| twin.as_ref().map(|twin| twin.idea.title.clone())).unwrap_or_default();
        t_string!(i18n, merge.part_title, title = title)
    };
    let line = move |twin: MergedIdea| {
        let (by, at) = (words::name(i18n, &twin.by), twin.at);
        let why = (!twin.reason.is_empty()).then(|| view! { <p class="idea-why">{twin.reason.clone()}</p> });
        let label = twin.idea.title.clone();
        let undo = may.then(|| {
            let twin = twin.clone();
            let ask = move |_| {
                parting.set(Some(twin.clone()));
                sure.open();
            };
            view! {
                <button
                    type="button"
                    class="button button-small"
                    aria-label=move || t_string!(i18n, merge.part_of, title = label.clone())
                    disabled=move || !here().awake.get()
                    on:click=ask
                >
                    {t!(i18n, merge.part)}
                </button>
            }
        });
        view! {
            <li class="twin">
                <a class="twin-title" href=as_it_was_path(&twin.idea) rel="external">{twin.idea.title.clone()}</a>
                <span class="quiet">{t!(i18n, idea.number, number = twin.idea.number)} ", " {by} ", " {date::ago(at)}</span>
                {why}
                {undo}
            </li>
        }
    };
    let list = move || {
        let all = twins.get();
        (!all.is_empty()).then(|| {
            view! {
                <h3 class="facts-title" id="twins">{t!(i18n, merge.twins)}</h3>
                <ul class="twins">{all.into_iter().map(line).collect_view()}</ul>
            }
        })
    };
    view! {
        <section class="idea-twins" aria-label=move || t_string!(i18n, merge.twins)>
            {list}
            {may.then(|| form(idea))}
            {may.then(|| dialog::ask(sure, title, move || t_string!(i18n, merge.part_hint), move || t_string!(i18n, merge.part), part))}
        </section>
    }
    .into_any()
}

/// What the parts of the form share.
#[derive(Clone, Copy)]
struct Merger {
    i18n: Texts,
    number: u32,
    board: StoredValue<String>,
    offered: RwSignal<Vec<IdeaCard>>,
    /// What merging would carry, once an idea was chosen.
    preview: RwSignal<Option<MergePreview>>,
    wrong: RwSignal<Option<String>>,
    busy: RwSignal<bool>,
}

impl Merger {
    /// Says what stands against it.
    fn refuse(self, problem: &Problem) {
        let i18n = self.i18n;
        let text = match problem.fields.get("into") {
            Some(field) => words::field(i18n, field),
            None => words::problem(i18n, problem).to_owned(),
        };
        let _ = self.wrong.try_set(Some(text));
    }

    /// Shows what merging into the idea of this number would carry.
    fn choose(self, into: u32) {
        self.busy.set(true);
        spawn_local(async move {
            match api::get::<MergePreview>(format!("/ideas/{}/merge?into={into}", self.number)).await {
                Ok(preview) => {
                    let _ = self.wrong.try_set(None);
                    let _ = self.preview.try_set(Some(preview));
                }
                Err(problem) => self.refuse(&problem),
            }
            let _ = self.busy.try_set(false);
        });
    }

    /// Looks for ideas by words, unless they are the number of one.
    fn find(self, text: String) {
        if let Ok(number) = text.trim_start_matches('#').parse() {
            self.choose(number);
            return;
        }
        self.busy.set(true);
        spawn_local(async move {
            let path = format!("/search?q={}&kind=idea&limit={OFFERED}", answer::encode(&text));
            match api::get::<Found>(path).await {
                Ok(found) => self.offer(found.ideas.items.into_iter().map(|found| found.card).collect()),
                Err(problem) => self.refuse(&problem),
            }
            let _ = self.busy.try_set(false);
        });
    }

    /// Offers what says the same, before anything was looked for.
    fn suggest(self, title: &str) {
        let path =
            format!("/ideas/similar?title={}&board={}", answer::encode(title), answer::encode(&self.board.get_value()));
        spawn_local(async move {
            if let Ok(found) = api::get::<Vec<IdeaCard>>(path).await
                && found.iter().any(|card| card.number != self.number)
            {
                self.offer(found);
            }
        });
    }

    fn offer(self, mut found: Vec<IdeaCard>) {
        let i18n = self.i18n;
        found.retain(|card| card.number != self.number);
        let none = found.is_empty().then(|| t_string!(i18n, merge.none).to_owned());
        let _ = self.wrong.try_set(none);
        let _ = self.offered.try_set(found);
    }
}

fn form(idea: &IdeaView) -> AnyView {
    let i18n = use_i18n();
    let merger = Merger {
        i18n,
        number: idea.card.number,
        board: StoredValue::new(idea.card.board.clone()),
        offered: RwSignal::new(Vec::new()),
        preview: RwSignal::new(None),
        wrong: RwSignal::new(None),
        busy: RwSignal::new(false),
    };
    let text = RwSignal::new(String::new());
    let title = idea.card.title.clone();
    let open = move |_| {
        if merger.offered.with_untracked(Vec::is_empty) {
            merger.suggest(&title);
        }
    };
    let find = move |event: SubmitEvent| {
        event.prevent_default();
        merger.find(text.get_untracked().trim().to_owned());
    };
    let offer = move |found: IdeaCard| {
        let number = found.number;
        view! {
            <li>
                <button type="button" class="merge-offer" on:click=move |_| merger.choose(number)>
                    <strong>{found.title.clone()}</strong>
                    <span class="quiet">
                        {t!(i18n, idea.number, number = number)} ", " {move || words::votes(i18n, found.votes)}
                    </span>
                </button>
            </li>
        }
    };
    let asleep = move || merger.busy.get() || !here().awake.get();
    view! {
        <details class="fold" on:toggle=open>
            <summary>{t!(i18n, merge.open)} {icon("caret-down")}</summary>
            <form class="idea-move" novalidate="" on:submit=find>
                <label class="field-label" for="merge-into">{t!(i18n, merge.into)}</label>
                <p class="field-hint" id="merge-hint">{t!(i18n, merge.into_hint)}</p>
                <input
                    class="input"
                    id="merge-into"
                    aria-describedby="merge-hint merge-wrong"
                    prop:value=move || text.get()
                    on:input=move |event| {
                        text.set(event_target_value(&event));
                        merger.wrong.set(None);
                        merger.preview.set(None);
                    }
                />
                <p class="field-error" id="merge-wrong" role="alert">{move || merger.wrong.get()}</p>
                <button type="submit" class="button" disabled=asleep>{t!(i18n, merge.find)}</button>
            </form>
            <ul class="merge-offers">
                {move || {
                    let chosen = merger.preview.with(Option::is_some);
                    (!chosen).then(|| merger.offered.get().into_iter().map(offer).collect_view())
                }}
            </ul>
            {move || merger.preview.get().map(|preview| confirm(merger, &preview))}
        </details>
    }
    .into_any()
}

/// What would be carried, why, and the button that does it.
fn confirm(merger: Merger, preview: &MergePreview) -> AnyView {
    let i18n = use_i18n();
    let into = preview.into.clone();
    let reason = RwSignal::new(String::new());
    let number = into.number;
    let send = move |event: SubmitEvent| {
        event.prevent_default();
        let asked = MergeIdea { into: number, reason: reason.get_untracked() };
        merger.busy.set(true);
        spawn_local(async move {
            match api::put_with::<IdeaView>(&format!("/ideas/{}/merge", merger.number), &asked).await {
                // Loaded anew, like for everybody who comes by the twin's address.
                Ok(target) => {
                    chrome::leave_to(&format!("{}?from={}", card::idea_path(&target.card), merger.number));
                }
                Err(problem) => merger.refuse(&problem),
            }
            let _ = merger.busy.try_set(false);
        });
    };
    let MergePreview { votes, votes_shared, votes_then, comments, followers, coauthors, .. } = *preview;
    let counts = move || {
        [
            t_string!(i18n, merge.votes, count = votes, then = votes_then),
            t_string!(i18n, merge.shared, count = votes_shared),
            t_string!(i18n, merge.comments, count = comments),
            t_string!(i18n, merge.followers, count = followers),
            t_string!(i18n, merge.coauthors, count = coauthors),
        ]
        .map(|line| view! { <li>{line}</li> })
        .collect_view()
    };
    view! {
        <form class="merge-confirm" novalidate="" on:submit=send>
            <div class="merge-target">
                {pill::stage(&into.stage)}
                <a href=card::idea_path(&into) target="_blank">{into.title.clone()}</a>
                {tag::few(&into.tags)}
            </div>
            <ul class="merge-counts">{counts}</ul>
            <label class="field-label" for="merge-reason">
                {t!(i18n, merge.reason)} <span class="field-optional">{t!(i18n, ui.optional)}</span>
            </label>
            <textarea
                class="input"
                id="merge-reason"
                rows="2"
                maxlength=limits::REASON
                prop:value=move || reason.get()
                on:input=move |event| reason.set(event_target_value(&event))
            ></textarea>
            <p class="quiet">{t!(i18n, merge.undoable)}</p>
            <div class="row">
                <button
                    type="submit"
                    class="button button-strong"
                    disabled=move || merger.busy.get() || !here().awake.get()
                >
                    {t!(i18n, merge.send)}
                </button>
                <button type="button" class="button" on:click=move |_| merger.preview.set(None)>
                    {t!(i18n, ui.cancel)}
                </button>
            </div>
        </form>
    }
    .into_any()
}

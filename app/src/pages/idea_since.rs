//! What came to an idea since somebody who supports it last looked at it: at the top of its page, in one glance.

use leptos::{prelude::*, task::spawn_local};
use shared::api::{
    IdeaCard, IdeaSince, PersonView, SinceMoment, SinceWhat, Stretch, StretchKind, TextsSince, TimelineEntry,
};

use super::{
    history,
    idea_change::{difference, is_changed},
};
use crate::{
    api,
    i18n::{t, t_string, use_i18n},
    ui::{
        date,
        icon::icon,
        load::{self, Loaded},
        pill,
    },
    words::{self, Texts},
};

/// Changes of so few letters are shown without being asked for.
const FEW: usize = 600;

/// Asks what came.
pub(super) fn ask(number: Memo<String>) -> Loaded<IdeaSince> {
    load::ask(move || format!("/ideas/{}/since", number.get()))
}

/// What came, where something did. The visit is noted once the page lives.
pub(super) fn section(idea: &IdeaCard, asked: Loaded<IdeaSince>) -> AnyView {
    #[cfg(feature = "hydrate")]
    note(idea.number, asked);
    let idea = StoredValue::new(idea.clone());
    load::aside(asked, move |since| idea.with_value(|idea| glance(idea, since)))
}

/// Notes that the person looks at the idea: when the page is shown, and when they leave it. Who comes back to it after a
/// while is told anew what came.
#[cfg(feature = "hydrate")]
fn note(number: u32, asked: Loaded<IdeaSince>) {
    use crate::visit::{elapsed, here};
    use send_wrapper::SendWrapper;
    use shared::api::VISIT_PAUSE;

    let visit = move || {
        if here().me.with_untracked(|me| me.person.is_some()) {
            spawn_local(async move {
                // Without it, they are told again what they saw.
                let _ = api::put(&format!("/ideas/{number}/visit")).await;
            });
        }
    };
    Effect::new(move || {
        let hidden = || document().hidden();
        #[expect(clippy::cast_precision_loss, reason = "half an hour")]
        let pause = VISIT_PAUSE as f64;
        if !hidden() {
            visit();
        }
        let left = StoredValue::new(hidden().then(elapsed));
        let listener = window_event_listener_untyped("visibilitychange", move |_| {
            if hidden() {
                left.set_value(Some(elapsed()));
                visit();
            } else if left.try_update_value(Option::take).flatten().is_some_and(|left| elapsed() - left >= pause) {
                asked.again();
                visit();
            }
        });
        let listener = SendWrapper::new(listener);
        on_cleanup(move || listener.take().remove());
    });
}

fn glance(idea: &IdeaCard, since: IdeaSince) -> AnyView {
    let i18n = use_i18n();
    let Some(SinceMoment { what, at }) = since.moment.filter(|_| since.is_news()) else { return ().into_any() };
    let title = match what {
        SinceWhat::Visit => t!(i18n, since.visit, ago = move || date::ago(at)).into_any(),
        SinceWhat::Vote => t!(i18n, since.vote, ago = move || date::ago(at)).into_any(),
    };
    let IdeaSince { wrote, others_wrote, comments, votes, happened, more_happened, .. } = since;
    let happened = happened.into_iter().map(happening).collect_view();
    let more = more_happened.then(|| item("flag", "#progress".to_owned(), view! { {t!(i18n, since.more)} }.into_any()));
    let comments = (comments > 0).then(|| {
        item("chat-circle", "#talk".to_owned(), view! { {move || words::new_comments(i18n, comments)} }.into_any())
    });
    let votes = (votes > 0).then(|| {
        view! { <li class="since-item">{icon("caret-up")} <span>{move || words::new_votes(i18n, votes)}</span></li> }
    });
    let walk = format!("{}?changes&from={at}", history::path(idea));
    let texts = (!wrote.is_empty()).then(|| texts(idea.number, wrote, others_wrote, walk));
    view! {
        <section class="since" data-colour="sky" aria-labelledby="since-title">
            <h2 class="since-title" id="since-title">{title}</h2>
            <ul class="since-list">{happened} {more} {comments} {votes}</ul>
            {texts}
        </section>
    }
    .into_any()
}

/// Something that came, and where it stands.
fn item(symbol: &'static str, link: String, said: AnyView) -> AnyView {
    // Some are further down the page.
    view! { <li class="since-item"><a href=link rel="external">{icon(symbol)} <span>{said}</span></a></li> }.into_any()
}

fn happening(entry: TimelineEntry) -> AnyView {
    let i18n = use_i18n();
    let progress = |id: shared::EntryId| format!("#p-{id}");
    match entry {
        TimelineEntry::Stage { to, .. } => {
            let said = view! { {t!(i18n, since.moved)} " " {pill::stage(&to)} };
            item("arrow-right", "#progress".to_owned(), said.into_any())
        }
        TimelineEntry::Answer { comment, .. } => {
            item("seal-check", format!("#c-{comment}"), t!(i18n, since.answered).into_any())
        }
        TimelineEntry::Update(update) => {
            let percent = update.percent.map(|n| view! { " " {t!(i18n, progress.percent, n = n)} });
            let said = view! { {t!(i18n, progress.update)} {percent} };
            item("megaphone", progress(update.head.id), said.into_any())
        }
        TimelineEntry::Milestone(milestone) => {
            let said = t!(i18n, since.reached, title = milestone.title.clone());
            item("flag", progress(milestone.head.id), said.into_any())
        }
        TimelineEntry::Experiment(experiment) => {
            let ended = experiment.conclusion.is_some();
            let said = move || if ended { t_string!(i18n, since.concluded) } else { t_string!(i18n, since.begun) };
            item("flask", progress(experiment.head.id), view! { {said} }.into_any())
        }
        TimelineEntry::Frozen { .. } => item("snowflake", "#progress".to_owned(), t!(i18n, progress.frozen).into_any()),
        TimelineEntry::Thawed { .. } => item("sun", "#progress".to_owned(), t!(i18n, progress.thawed).into_any()),
    }
}

/// Who wrote.
fn writers(i18n: Texts, wrote: &[PersonView], others: u32) -> String {
    let name = |at: usize| wrote.get(at).map(|person| words::name(i18n, person)).unwrap_or_default();
    let (first, second, third) = (name(0), name(1), name(2));
    match (wrote.len(), others) {
        (0 | 1, _) => t_string!(i18n, since.wrote_one, name = first),
        (2, _) => t_string!(i18n, since.wrote_two, first = first, second = second),
        (_, 0) => t_string!(i18n, since.wrote_three, first = first, second = second, third = third),
        (_, others) => t_string!(i18n, since.wrote_many, first = first, second = second, count = others + 1),
    }
}

/// Who wrote in the concept, and what came and went: shown at once where that is little.
fn texts(number: u32, wrote: Vec<PersonView>, others: u32, walk: String) -> AnyView {
    let i18n = use_i18n();
    let changed = RwSignal::new(None::<TextsSince>);
    let is_open = RwSignal::new(false);
    Effect::new(move |_| {
        spawn_local(async move {
            let Ok(texts) = api::get::<TextsSince>(format!("/ideas/{number}/since/texts")).await else { return };
            let letters = |stretches: &[Stretch]| stretches.iter().map(|one| one.text.chars().count()).sum::<usize>();
            let all = [&texts.title, &texts.pitch, &texts.body];
            let shown =
                all.into_iter().filter(|stretches| is_changed(stretches)).map(|text| letters(text)).sum::<usize>();
            let _ = is_open.try_set(shown <= FEW);
            let _ = changed.try_set(Some(texts));
        });
    });
    let extent = move || {
        changed.with(|changed| changed.as_ref().map(extent)).map(|(added, removed)| {
            view! {
                <span class="since-extent">
                    <span class="unseen">{t!(i18n, since.words_came, count = added)} ", "</span>
                    <span aria-hidden="true">"+" {added}</span>
                    " "
                    <span class="unseen">{t!(i18n, since.words_went, count = removed)}</span>
                    <span aria-hidden="true">"−" {removed}</span>
                </span>
            }
        })
    };
    let said = move || writers(i18n, &wrote, others);
    let told = move || {
        changed.with(|changed| changed.as_ref().map(|TextsSince { title, pitch, body }| difference(title, pitch, body)))
    };
    view! {
        <details class="since-texts" prop:open=move || is_open.get()>
            <summary>{icon("pencil-simple")} <span>{said}</span> {extent}</summary>
            {told}
            <a class="since-walk" href=walk>{icon("clock-counter-clockwise")} {t!(i18n, since.walk)}</a>
        </details>
    }
    .into_any()
}

/// How many words came and went.
fn extent(texts: &TextsSince) -> (usize, usize) {
    let of = |kind: StretchKind| {
        let all = [&texts.title, &texts.pitch, &texts.body].into_iter().flatten();
        all.filter(|stretch| stretch.kind == kind).map(|stretch| stretch.text.split_whitespace().count()).sum()
    };
    (of(StretchKind::Added), of(StretchKind::Removed))
}

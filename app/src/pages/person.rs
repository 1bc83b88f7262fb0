//! `/people/{handle}`: what somebody proposed, improved and said.

use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};
use serde::Deserialize;
use shared::api::{
    BadgeHeld, CommentKind, IdeaCard, Page, PersonContributions, PersonView, Profile, RecognitionView, SaidView,
    Subject,
};

use crate::{
    api,
    i18n::{t, t_string, use_i18n},
    live::facts,
    pages::{person_credit, recognition::thanks},
    ui::{
        avatar, badge, card, date,
        empty::empty,
        head,
        icon::icon,
        load::{self, Loaded},
        order, pill,
    },
    visit::here,
    words::{self, Texts},
};

/// How many at first, and how many more each time. A multiple of two and three, so that rows are full.
const STEP: usize = 24;
/// How many thanks at first, and how many more each time.
const THANKS: u32 = 3;

/// What of somebody a page shows.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Proposed,
    Improved,
    Comments,
}

impl Part {
    const ALL: [Self; 3] = [Self::Proposed, Self::Improved, Self::Comments];

    /// The word in the page's address.
    fn word(self) -> &'static str {
        match self {
            Self::Proposed => "proposed",
            Self::Improved => "improved",
            Self::Comments => "comments",
        }
    }

    /// The word in the address of the API.
    fn path(self) -> &'static str {
        match self {
            Self::Proposed => "ideas",
            Self::Improved => "improved",
            Self::Comments => "comments",
        }
    }
}

/// What the address asks for: the part, and the place after which it begins.
#[derive(Clone, PartialEq, Eq)]
struct Wish {
    part: Part,
    after: Option<String>,
}

impl Wish {
    fn path(&self, handle: &str) -> String {
        let after = self.after.as_ref().map(|after| format!("&cursor={after}")).unwrap_or_default();
        format!("/people/{handle}/{}?limit={STEP}{after}", self.part.path())
    }

    fn address(&self) -> String {
        let after = self.after.as_ref().map(|after| format!("&after={after}")).unwrap_or_default();
        format!("?show={}{after}", self.part.word())
    }
}

/// Something that somebody did: an idea they proposed or improved, or something they said.
#[derive(Clone, Deserialize)]
#[serde(untagged)]
enum Deed {
    Said(SaidView),
    Idea(Box<IdeaCard>),
}

/// A piece of an address that goes into one of the API's: nothing else than what handles and cursors are made of.
fn plain(text: String) -> Option<String> {
    text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-').then_some(text)
}

/// The page of a person.
pub fn view() -> AnyView {
    facts::follow(Vec::new());
    let (params, query) = (use_params_map(), use_query_map());
    let handle = Memo::new(move |_| params.with(|params| params.get("handle").and_then(plain).unwrap_or_default()));
    let wish = Memo::new(move |_| {
        query.with(|query| {
            let word = query.get("show").unwrap_or_default();
            let part = Part::ALL.into_iter().find(|part| part.word() == word).unwrap_or(Part::Proposed);
            Wish { part, after: query.get("after").and_then(plain) }
        })
    });
    let profile = load::ask::<Profile>(move || format!("/people/{}", handle.get()));
    let deeds = load::ask::<Page<Deed>>(move || wish.get().path(&handle.get()));
    let asked = Given {
        credit: load::ask(move || format!("/people/{}/contributions", handle.get())),
        badges: load::ask(move || format!("/people/{}/badges", handle.get())),
        thanks: load::ask(move || format!("/people/{}/recognition?limit={THANKS}", handle.get())),
    };
    load::load(profile, move |profile| page(&profile, wish, deeds, asked))
}

/// What somebody gave, and what they were given and show.
#[derive(Clone, Copy)]
struct Given {
    credit: Loaded<PersonContributions>,
    badges: Loaded<Vec<BadgeHeld>>,
    thanks: Loaded<Page<RecognitionView>>,
}

fn page(profile: &Profile, wish: Memo<Wish>, deeds: Loaded<Page<Deed>>, asked: Given) -> AnyView {
    let i18n = use_i18n();
    let Profile { person, about, .. } = profile;
    let (name, said, handle) = (person.name.clone(), about.clone(), person.handle.clone());
    let workspace = here().me.with_untracked(|me| me.workspace.name.clone());
    let own = is_own(person);
    let title = name.clone();
    let description = move || match said.as_str() {
        "" => t_string!(i18n, person.description, name = name.clone(), workspace = workspace.clone()),
        about => about.to_owned(),
    };
    view! {
        {head::public(move || title.clone(), description, avatar::path(person))}
        <div class="page">
            {top(profile)}
            {load::load(asked.badges, |badges| medals(&badges))}
            {load::load(asked.credit, move |given| person_credit::section(&given, own))}
            {load::load(asked.thanks, {
                let handle = handle.clone();
                move |page| words_of_thanks(page, &handle)
            })}
            {parts(profile, wish)}
            <section class="person-deeds" aria-labelledby="deeds">
                <h2 class="unseen" id="deeds">{move || part_name(i18n, wish.get().part)}</h2>
                {load::load(deeds, move |page| list(page, &handle, wish.get_untracked()))}
            </section>
        </div>
    }
    .into_any()
}

/// Whether somebody looks at their own page.
fn is_own(person: &PersonView) -> bool {
    here().me.with_untracked(|me| me.person.as_ref().is_some_and(|me| me.id == person.id))
}

/// Who it is.
fn top(profile: &Profile) -> AnyView {
    let i18n = use_i18n();
    let Profile { person, about, created_at, suspended_at, .. } = profile;
    let (role, name, created_at) = (person.role, person.name.clone(), *created_at);
    let own = is_own(person);
    let about = (!about.is_empty()).then(|| view! { <p class="lead person-about">{about.clone()}</p> });
    let since = if person.unclaimed {
        view! { <span>{t!(i18n, person.unclaimed)}</span> }.into_any()
    } else {
        view! { <span>{t!(i18n, person.since, ago = move || date::ago(created_at))}</span> }.into_any()
    };
    let suspended = suspended_at.map(|at| {
        view! { <p class="note-bar" data-colour="coral">{t!(i18n, person.suspended, ago = move || date::ago(at))}</p> }
    });
    let edit = own.then(|| {
        view! { <a class="button button-small" href="/settings">{icon("pencil-simple")} {t!(i18n, person.edit)}</a> }
    });
    let asks = order::Asks::new();
    let report = (!own && !person.unclaimed).then(|| {
        view! {
            <p class="order-acts">{order::acts(asks, Subject::Person(person.id), "said-act", || true)}</p>
            {asks.view("order-person", || ())}
        }
    });
    view! {
        <header class="person-head">
            {avatar::face(person)}
            <div class="person-intro">
                {head::heading(move || name.clone())}
                <p class="person-facts quiet">
                    <span>"@" {person.handle.clone()}</span>
                    {role.is_staff().then(|| pill::pill(shared::api::Colour::Amber, move || words::role(i18n, role).to_owned()))}
                    {since}
                </p>
                {about}
                {suspended}
                {edit}
                {report}
            </div>
        </header>
    }
    .into_any()
}

/// The badges, each with how often.
fn medals(badges: &[BadgeHeld]) -> AnyView {
    let i18n = use_i18n();
    if badges.is_empty() {
        return ().into_any();
    }
    let one = |held: &BadgeHeld| {
        let times = held.times;
        let often =
            (times > 1).then(|| view! { <span class="quiet">{t!(i18n, recognition.times, count = times)}</span> });
        view! { <li class="badge">{badge::badge(&held.badge)} {often}</li> }
    };
    view! {
        <section class="person-given" aria-labelledby="badges">
            <h2 class="unseen" id="badges">{t!(i18n, recognition.badges)}</h2>
            <ul class="badges">{badges.iter().map(one).collect_view()}</ul>
        </section>
    }
    .into_any()
}

/// What they were thanked for.
fn words_of_thanks(page: Page<RecognitionView>, handle: &str) -> AnyView {
    let i18n = use_i18n();
    if page.items.is_empty() {
        return ().into_any();
    }
    let path = StoredValue::new(format!("/people/{handle}/recognition?limit={THANKS}"));
    let list = thanks::list(page, move |cursor| format!("{}&cursor={cursor}", path.get_value()));
    view! {
        <section class="person-given" aria-labelledby="thanked">
            <h2 class="section-title" id="thanked">{t!(i18n, recognition.thanked)}</h2>
            {list}
        </section>
    }
    .into_any()
}

fn part_name(i18n: Texts, part: Part) -> &'static str {
    match part {
        Part::Proposed => t_string!(i18n, person.proposed),
        Part::Improved => t_string!(i18n, person.improved),
        Part::Comments => t_string!(i18n, person.comments),
    }
}

/// What they did, each kind with its number, as links.
fn parts(profile: &Profile, wish: Memo<Wish>) -> AnyView {
    let i18n = use_i18n();
    let counts = [profile.proposed, profile.improved, profile.comments];
    let link = move |(part, count): (Part, u32)| {
        let current = move || (wish.get().part == part).then_some("true");
        let href = Wish { part, after: None }.address();
        view! {
            <li>
                <a class="chip" href=href data-noscroll="" aria-current=current>
                    {move || part_name(i18n, part)} " " <span class="person-count">{count}</span>
                </a>
            </li>
        }
    };
    view! {
        <nav class="tools" aria-label=move || t_string!(i18n, person.parts)>
            <ul class="chips chips-sort">{Part::ALL.into_iter().zip(counts).map(link).collect_view()}</ul>
        </nav>
    }
    .into_any()
}

/// What they did, and more of it; without scripts, by a link.
fn list(page: Page<Deed>, handle: &str, wish: Wish) -> AnyView {
    let i18n = use_i18n();
    if page.items.is_empty() {
        let title = move || match wish.part {
            Part::Proposed => t_string!(i18n, person.none_proposed),
            Part::Improved => t_string!(i18n, person.none_improved),
            Part::Comments => t_string!(i18n, person.none_said),
        };
        return empty("lightbulb", title, move || t_string!(i18n, person.none_hint), None);
    }
    let handle = handle.to_owned();
    let part = wish.part;
    let pages = RwSignal::new(Vec::<Vec<Deed>>::new());
    let next = RwSignal::new(page.next);
    let more = move |event: leptos::ev::MouseEvent| {
        event.prevent_default();
        let path = Wish { part, after: next.get_untracked() }.path(&handle);
        leptos::task::spawn_local(async move {
            // When it fails, the link stays and can be followed once more.
            if let Ok(page) = api::get::<Page<Deed>>(path).await {
                let _ = pages.try_update(|pages| pages.push(page.items));
                let _ = next.try_set(page.next);
            }
        });
    };
    view! {
        {deeds(page.items)}
        <For each=move || pages.get().into_iter().enumerate() key=|(at, _)| *at let((_, items))>
            {deeds(items)}
        </For>
        {move || {
            let (more, after) = (more.clone(), next.get()?);
            let href = Wish { part, after: Some(after) }.address();
            Some(view! {
                <p class="board-more">
                    <a class="button" data-noscroll="" href=href on:click=more>
                        {icon("caret-down")} {t!(i18n, person.more)}
                    </a>
                </p>
            })
        }}
    }
    .into_any()
}

fn deeds(items: Vec<Deed>) -> AnyView {
    let (mut ideas, mut said) = (Vec::new(), Vec::new());
    for item in items {
        match item {
            Deed::Idea(card) => ideas.push(*card),
            Deed::Said(view) => said.push(view),
        }
    }
    if said.is_empty() {
        return card::ideas(&ideas, true);
    }
    view! { <ul class="said-list">{said.iter().map(line).collect_view()}</ul> }.into_any()
}

fn line(said: &SaidView) -> AnyView {
    let i18n = use_i18n();
    let path = format!("{}#c-{}", card::path(said.number, &said.slug), said.comment);
    let answer = (said.kind == CommentKind::Answer).then(|| {
        view! { <span class="said-voice">{icon("seal-check")} {t!(i18n, talk.answer)}</span> }
    });
    view! {
        <li class="said-line">
            <p class="quiet">{said.board_title.clone()} " · " {date::ago(said.created_at)}</p>
            <h2 class="said-idea"><a class="card-link" href=path>{said.title.clone()}</a></h2>
            {answer}
            <p class="said-words">{said.words.clone()}</p>
        </li>
    }
    .into_any()
}

//! The list of a board: its orders, its filters, and more of it as one reads on.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use serde::Deserialize;
use shared::{
    api::{BoardView, IdeaCard, IdeaSort, Involved, Page, Problem, TagView},
    limits,
};

use crate::{
    api,
    i18n::{t, t_string, use_i18n},
    ui::{card, empty::empty, icon::icon, tag, vote},
    visit::here,
    words,
};

/// How many ideas at first, and how many more each time. A multiple of two and three, so that rows are full.
const STEP: usize = 24;
/// More tags than these are folded away, so that the ideas stay in sight.
const TAGS: usize = 8;
/// As many as a page shows again at once, after Back or a reload.
const MOST: usize = 1_200;

/// Which ideas a person wants to see. It stands in the address: it survives reload and Back, and works without scripts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wish {
    sort: IdeaSort,
    stage: Option<String>,
    tag: Option<String>,
    /// The handle of who proposed them.
    author: Option<String>,
    involved: Option<Involved>,
    shown: usize,
}

/// The wish that the address tells.
pub fn wish() -> Memo<Wish> {
    let query = use_query_map();
    Memo::new(move |_| {
        query.with(|query| Wish {
            sort: query.get("sort").and_then(|word| IdeaSort::parse(&word)).unwrap_or(IdeaSort::Trending),
            stage: query.get("stage").filter(|id| is_id(id)),
            tag: query.get("tag").filter(|id| is_id(id)),
            author: query.get("author").filter(|handle| is_handle(handle)),
            involved: query.get("show-me").and_then(|word| Involved::parse(&word)),
            shown: query.get("shown").and_then(|shown| shown.parse().ok()).unwrap_or(STEP).clamp(STEP, MOST),
        })
    })
}

/// An id is all it can be: nothing else goes into the API's address.
fn is_id(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-')
}

fn is_handle(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
}

impl Wish {
    /// The call for it: how many, the board, and what else the API is asked.
    pub fn key(&self, slug: &str) -> String {
        let mut asked = format!("{}/{slug}/sort={}", self.shown, self.sort.as_str());
        for (name, value) in [("stage", &self.stage), ("tag", &self.tag), ("author", &self.author)] {
            if let Some(value) = value {
                asked.push_str(&format!("&{name}={value}"));
            }
        }
        if let Some(involved) = self.involved {
            asked.push_str("&involved=");
            asked.push_str(involved.as_str());
        }
        asked
    }

    /// The address that tells it.
    fn address(&self) -> String {
        let mut parts = Vec::new();
        if self.sort != IdeaSort::Trending {
            parts.push(format!("sort={}", self.sort.as_str()));
        }
        for (name, value) in [("stage", &self.stage), ("tag", &self.tag), ("author", &self.author)] {
            if let Some(value) = value {
                parts.push(format!("{name}={value}"));
            }
        }
        if let Some(involved) = self.involved {
            parts.push(format!("show-me={}", involved.as_str()));
        }
        if self.shown > STEP {
            parts.push(format!("shown={}", self.shown));
        }
        format!("?{}", parts.join("&"))
    }

    fn is_narrowed(&self) -> bool {
        self.stage.is_some() || self.tag.is_some() || self.author.is_some() || self.involved.is_some()
    }
}

/// The first ideas of a board, as the JSON array of the pages they come in. `key` is that of a [`Wish`].
pub async fn first(key: String) -> Result<String, Problem> {
    /// All of a page that matters here.
    #[derive(Deserialize)]
    struct Next {
        next: Option<String>,
    }
    let mut parts = key.splitn(3, '/');
    let mut wanted = parts.next().and_then(|shown| shown.parse().ok()).unwrap_or(STEP);
    let (slug, asked) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let mut pages = Vec::new();
    let mut after = String::new();
    loop {
        let limit = wanted.min(limits::PAGE as usize);
        let page = api::text(format!("/boards/{slug}/ideas?{asked}&limit={limit}{after}")).await?;
        let next = serde_json::from_str::<Next>(&page).ok().and_then(|page| page.next);
        pages.push(page);
        wanted -= limit;
        match next {
            Some(next) if wanted > 0 => after = format!("&cursor={next}"),
            _ => return Ok(format!("[{}]", pages.join(","))),
        }
    }
}

/// The orders and the filters, as links.
pub fn tools(board: &BoardView, wish: Memo<Wish>) -> AnyView {
    let i18n = use_i18n();
    let signed_in = here().me.with_untracked(|me| me.person.is_some());
    let link = move |current: bool, to: Wish, text: AnyView| {
        let current = current.then_some("true");
        view! { <li><a class="chip" href=to.address() data-noscroll="" aria-current=current>{text}</a></li> }
    };
    let sorts = move || {
        let now = wish.get();
        IdeaSort::OFFERED
            .map(|sort| {
                let to = Wish { sort, shown: STEP, ..now.clone() };
                link(now.sort == sort, to, (move || words::sort(i18n, sort)).into_any())
            })
            .collect_view()
    };
    let by_tag = move |now: &Wish, tag: &TagView| {
        let id = tag.id.to_string();
        let on = now.tag.as_ref() == Some(&id);
        let to = Wish { tag: (!on).then_some(id), shown: STEP, ..now.clone() };
        link(on, to, tag::one(tag))
    };
    let (stages, tags, folded) = (board.stages.clone(), board.tags.clone(), board.tags.len() > TAGS);
    let filters = move || {
        let now = wish.get();
        let everything = Wish { stage: None, tag: None, author: None, involved: None, shown: STEP, ..now.clone() };
        let all = link(!now.is_narrowed(), everything, t!(i18n, filter.all).into_any());
        let own = signed_in.then(|| {
            Involved::ALL
                .map(|involved| {
                    let on = now.involved == Some(involved);
                    let to = Wish { involved: (!on).then_some(involved), shown: STEP, ..now.clone() };
                    link(on, to, (move || words::involved(i18n, involved)).into_any())
                })
                .collect_view()
        });
        let stages = stages.iter().cloned().map(|stage| {
            let id = stage.id.to_string();
            let on = now.stage.as_ref() == Some(&id);
            let to = Wish { stage: (!on).then_some(id), shown: STEP, ..now.clone() };
            let colour = stage.colour.as_str();
            let text = view! {
                <span class="chip-dot" data-colour=colour aria-hidden="true"></span>
                {move || words::stage(i18n, &stage)}
            };
            link(on, to, text.into_any())
        });
        let author = now.author.as_ref().map(|handle| {
            let text = view! { "@" {handle.clone()} " " {icon("x")} };
            let to = Wish { author: None, shown: STEP, ..now.clone() };
            link(true, to, text.into_any())
        });
        // Folded away, the one that counts is still seen.
        let tags = tags.iter().filter(|tag| !folded || now.tag == Some(tag.id.to_string()));
        let tags = tags.map(|tag| by_tag(&now, tag)).collect_view();
        view! { {all} {author} {own} {stages.collect_view()} {tags} }
    };
    let fold = folded.then(|| {
        let tags = board.tags.clone();
        let all = move || wish.with(|now| tags.iter().map(|tag| by_tag(now, tag)).collect_view());
        view! {
            <details class="fold tools-fold">
                <summary>{t!(i18n, filter.tags)} {icon("caret-down")}</summary>
                <ul class="chips">{all}</ul>
            </details>
        }
    });
    view! {
        <nav class="tools" aria-label=move || t_string!(i18n, sort.label)>
            <ul class="chips chips-sort">{sorts}</ul>
        </nav>
        <nav class="tools" aria-label=move || t_string!(i18n, filter.label)>
            <ul class="chips">{filters}</ul>
            {fold}
        </nav>
        {vote::left(&board.slug, board.votes_left)}
    }
    .into_any()
}

/// The ideas, and more of them as one reads on; without scripts, by a link.
pub fn list(pages: Vec<Page<IdeaCard>>, wish: Memo<Wish>, slug: &str, propose: Option<String>) -> AnyView {
    let i18n = use_i18n();
    let next = pages.last().and_then(|page| page.next.clone());
    let cards: Vec<_> = pages.into_iter().flat_map(|page| page.items).collect();
    if cards.is_empty() {
        let now = wish.get_untracked();
        if now.is_narrowed() || now.sort == IdeaSort::Unanswered {
            let all = view! { <a class="button" href="?">{t!(i18n, filter.clear)}</a> }.into_any();
            let (title, hint) = (move || t_string!(i18n, filter.none), move || t_string!(i18n, filter.none_hint));
            return empty("funnel-simple", title, hint, Some(all));
        }
        let step = propose
            .map(|href| view! { <a class="button button-strong" href=href>{t!(i18n, board.propose)}</a> }.into_any());
        let (title, hint) = (move || t_string!(i18n, board.empty), move || t_string!(i18n, board.empty_hint));
        return empty("lightbulb", title, hint, step);
    }
    let shown = cards.len();
    let more = next.map(|next| more(Wish { shown, ..wish.get_untracked() }, slug.to_owned(), next));
    view! {
        {card::ideas(&cards, false)}
        {more}
    }
    .into_any()
}

/// What follows on the ideas shown: more of them, each page fetched when its link comes into sight.
fn more(wish: Wish, slug: String, next: String) -> AnyView {
    let i18n = use_i18n();
    let pages = RwSignal::new(Vec::<Vec<IdeaCard>>::new());
    let place = RwSignal::new(Some((wish, next)));
    let busy = RwSignal::new(false);
    let link = NodeRef::<leptos::html::A>::new();
    let fetch = move || {
        let Some((wish, next)) = place.get_untracked().filter(|_| !busy.get_untracked()) else { return };
        busy.set(true);
        let key = wish.key(&slug);
        let asked = key.splitn(3, '/').nth(2).unwrap_or_default();
        let path = format!("/boards/{slug}/ideas?{asked}&limit={STEP}&cursor={next}");
        leptos::task::spawn_local(async move {
            // When it fails, the link stays and can be followed once more.
            if let Ok(page) = api::get::<Page<IdeaCard>>(path).await {
                let wish = Wish { shown: wish.shown + page.items.len(), ..wish };
                crate::answer::settle(&format!("{}{}", path_name(), wish.address()));
                let _ = place.try_set(page.next.map(|next| (wish, next)));
                let _ = pages.try_update(|pages| pages.push(page.items));
            }
            let _ = busy.try_set(false);
        });
    };
    #[cfg(feature = "hydrate")]
    in_sight(link, fetch.clone());
    let followed = move |event: leptos::ev::MouseEvent| {
        event.prevent_default();
        fetch();
    };
    view! {
        <For each=move || pages.get().into_iter().enumerate() key=|(at, _)| *at let((_, cards))>
            {card::ideas(&cards, false)}
        </For>
        {move || {
            let followed = followed.clone();
            place
                .get()
                .map(|(wish, _)| {
                    let href = Wish { shown: wish.shown + STEP, ..wish }.address();
                    view! {
                        <p class="board-more">
                            <a class="button" data-noscroll="" href=href node_ref=link on:click=followed>
                                {icon("caret-down")} {t!(i18n, board.more)}
                            </a>
                        </p>
                    }
                })
        }}
    }
    .into_any()
}

fn path_name() -> String {
    #[cfg(feature = "hydrate")]
    return window().location().pathname().unwrap_or_default();
    #[cfg(not(feature = "hydrate"))]
    String::new()
}

/// Calls `fetch` each time the link comes near the screen.
#[cfg(feature = "hydrate")]
fn in_sight(link: NodeRef<leptos::html::A>, fetch: impl Fn() + Clone + 'static) {
    use wasm_bindgen::{JsCast, closure::Closure};

    Effect::new(move |before: Option<Option<send_wrapper::SendWrapper<Watch>>>| {
        drop(before);
        let link = link.get()?;
        let fetch = fetch.clone();
        let seen = Closure::<dyn FnMut(js_sys::Array)>::new(move |entries: js_sys::Array| {
            let near = entries.iter().any(|entry| {
                entry.dyn_into::<web_sys::IntersectionObserverEntry>().is_ok_and(|entry| entry.is_intersecting())
            });
            if near {
                fetch();
            }
        });
        let init = web_sys::IntersectionObserverInit::new();
        init.set_root_margin("600px");
        let observer = web_sys::IntersectionObserver::new_with_options(seen.as_ref().unchecked_ref(), &init).ok()?;
        observer.observe(&link);
        Some(send_wrapper::SendWrapper::new(Watch { observer, _seen: seen }))
    });
}

/// Something that watches until it is dropped.
#[cfg(feature = "hydrate")]
struct Watch {
    observer: web_sys::IntersectionObserver,
    _seen: wasm_bindgen::closure::Closure<dyn FnMut(js_sys::Array)>,
}

#[cfg(feature = "hydrate")]
impl Drop for Watch {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}

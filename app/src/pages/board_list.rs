//! The list of a board: which ideas somebody wishes to see, and more of them as one reads on.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use serde::Deserialize;
use shared::{
    PersonId,
    api::{IdeaCard, IdeaSort, Involved, Page, Problem},
    limits,
};

use crate::{
    api,
    i18n::{t, t_string, use_i18n},
    ui::{card, empty::empty, icon::icon},
};

/// How many ideas at first, and how many more each time. A multiple of two and three, so that rows are full.
const STEP: usize = 24;
/// As many as a page shows again at once, after Back or a reload.
const MOST: usize = 1_200;

/// Which ideas a person wants to see. It stands in the address: it survives reload and Back, and works without scripts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wish {
    pub sort: IdeaSort,
    pub stage: Option<String>,
    pub tag: Option<String>,
    /// The handle of who proposed them.
    pub author: Option<String>,
    pub involved: Option<Involved>,
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
    /// What the API is asked for it.
    fn asked(&self, stage: Option<&String>) -> String {
        let mut asked = format!("sort={}", self.sort.as_str());
        for (name, value) in [("stage", stage), ("tag", self.tag.as_ref()), ("author", self.author.as_ref())] {
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

    /// The call for it: how many, the board, and what else the API is asked.
    pub fn key(&self, slug: &str) -> String {
        format!("{}/{slug}/{}", self.shown, self.asked(self.stage.as_ref()))
    }

    /// What the API is asked for all of it.
    pub fn whole(&self) -> String {
        self.asked(self.stage.as_ref())
    }

    /// The call for all stages of it, side by side.
    pub fn pipeline(&self, slug: &str) -> String {
        format!("/boards/{slug}/pipeline?{}", self.asked(None))
    }

    /// The query that tells it.
    fn query(&self) -> String {
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
        parts.join("&")
    }

    /// The address that tells it, on the page at hand.
    pub fn address(&self) -> String {
        format!("?{}", self.query())
    }

    /// The address that tells it on the page at `path`, from its beginning.
    pub fn at(&self, path: &str) -> String {
        let query = Self { shown: STEP, ..self.clone() }.query();
        if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
    }

    /// The wish changed, and from its beginning.
    pub fn with(&self, change: impl FnOnce(&mut Self)) -> Self {
        let mut changed = Self { shown: STEP, ..self.clone() };
        change(&mut changed);
        changed
    }

    /// Whether it leaves ideas out of the stages it shows.
    pub fn is_choosy(&self) -> bool {
        self.tag.is_some() || self.author.is_some() || self.involved.is_some()
    }

    /// Whether it is for this idea, as far as its card says: whose co-author somebody is stands there only by who shaped it.
    pub fn is_for(&self, card: &IdeaCard, me: Option<PersonId>) -> bool {
        let is = |wanted: &Option<String>, id: &dyn Fn(&str) -> bool| wanted.as_deref().is_none_or(id);
        is(&self.stage, &|id| card.stage.id.to_string() == id)
            && is(&self.tag, &|id| card.tags.iter().any(|tag| tag.id.to_string() == id))
            && is(&self.author, &|handle| card.author.handle == handle)
            && self.involved.is_none_or(|involved| match involved {
                Involved::Mine => card.shaped_by.iter().chain([&card.author]).any(|person| Some(person.id) == me),
                Involved::Voted => card.voted,
                Involved::Followed => card.followed,
            })
    }

    /// Whether it leaves ideas out.
    pub fn is_narrowed(&self) -> bool {
        self.stage.is_some() || self.is_choosy()
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

#[cfg(test)]
mod tests {
    use super::*;

    fn wish() -> Wish {
        Wish { sort: IdeaSort::Trending, stage: None, tag: None, author: None, involved: None, shown: STEP }
    }

    #[test]
    fn a_wish_goes_along_to_another_view() {
        assert_eq!(wish().at("/b/bread/pipeline"), "/b/bread/pipeline");
        let asked = Wish { sort: IdeaSort::Wanted, author: Some("zoe".into()), shown: 3 * STEP, ..wish() };
        assert_eq!(asked.at("/b/bread"), "/b/bread?sort=wanted&author=zoe");
        let staged = Wish { stage: Some("abc".into()), involved: Some(Involved::Voted), ..asked };
        assert_eq!(staged.at("/b/bread"), "/b/bread?sort=wanted&stage=abc&author=zoe&show-me=voted");
        assert_eq!(staged.pipeline("bread"), "/boards/bread/pipeline?sort=wanted&author=zoe&involved=voted");
        assert!(staged.is_choosy() && !wish().is_choosy());
    }
}

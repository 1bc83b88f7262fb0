//! What is said about an idea, below its concept: the company's answers first, then everything else, the oldest first.

use leptos::{prelude::*, task::spawn_local};
use shared::{
    CommentId,
    api::{CommentVersion, CommentView, IdeaView, Page, PersonView, Problem, Thread},
};

use crate::{
    answer, api,
    i18n::{t, t_string, use_i18n},
    live::{Quoting, facts},
    pages::{talk_comment::thread, talk_waiting::waiting, talk_write::composer},
    ui::{
        card, date,
        dialog::{self, Dialog},
        empty, load, order, toast,
    },
    visit::here,
    words,
};

/// What the page asks for at first.
pub(super) type Asked = load::Loaded<Page<Thread>>;

/// Asks for the discussion of an idea.
pub(super) fn ask(number: Memo<String>) -> Asked {
    load::ask(move || path(&number.get(), None))
}

fn path(number: &str, cursor: Option<&str>) -> String {
    let cursor = cursor.map(|cursor| format!("&cursor={cursor}")).unwrap_or_default();
    format!("/ideas/{number}/comments?limit=100{cursor}")
}

/// What the parts of a discussion share.
#[derive(Clone, Copy)]
pub(super) struct Talk {
    pub number: u32,
    /// The slug of the idea's board.
    pub board: StoredValue<String>,
    /// The title of the idea.
    pub title: StoredValue<String>,
    pub me: StoredValue<Option<PersonView>>,
    /// Whether somebody else proposed the idea, who is here to be asked something.
    pub may_ask: bool,
    pub threads: RwSignal<Vec<Thread>>,
    /// Where the next page begins, if there is one.
    next: RwSignal<Option<String>>,
    /// Which comment the person is about to delete.
    deleting: RwSignal<Option<CommentId>>,
    sure: Dialog,
    versions: RwSignal<Vec<CommentVersion>>,
    history: Dialog,
    /// Asks why something is reported or hidden.
    pub asks: order::Asks,
    /// The passages of the concept that things are said about.
    pub quoting: Quoting,
    /// The comment that the page's address names.
    pub led: RwSignal<Option<CommentId>>,
}

impl Talk {
    /// A comment as it is now; nothing once it is gone.
    pub fn comment(self, id: CommentId) -> Memo<Option<CommentView>> {
        Memo::new(move |_| {
            self.threads.with(|threads| {
                let all = threads.iter().flat_map(|thread| std::iter::once(&thread.comment).chain(&thread.replies));
                all.into_iter().find(|comment| comment.id == id).cloned()
            })
        })
    }

    /// Asks anew for as many threads as are shown.
    pub async fn refresh(self) -> Result<(), Problem> {
        let shown = self.threads.try_with_untracked(Vec::len).unwrap_or_default();
        let (mut all, mut next): (Vec<Thread>, Option<String>) = (Vec::new(), None);
        loop {
            let page: Page<Thread> = api::get(path(&self.number.to_string(), next.as_deref())).await?;
            all.extend(page.items);
            next = page.next;
            if next.is_none() || all.len() >= shown {
                break;
            }
        }
        let _ = self.next.try_set(next);
        if self.threads.try_with_untracked(|threads| *threads != all) == Some(true) {
            let _ = self.threads.try_set(all);
        }
        Ok(())
    }

    /// Shows the threads that follow. Whether there were any.
    async fn more(self) -> bool {
        let Some(cursor) = self.next.try_get_untracked().flatten() else { return false };
        let page = api::get::<Page<Thread>>(path(&self.number.to_string(), Some(&cursor))).await;
        page.is_ok_and(|page| {
            let _ = self.threads.try_update(|threads| threads.extend(page.items));
            self.next.try_set(page.next).is_none()
        })
    }

    /// Asks whether to delete a comment.
    pub fn delete(self, id: CommentId) {
        self.deleting.set(Some(id));
        self.sure.open();
    }

    /// The comment behind this one, or before it where it is the last.
    fn beside(self, id: CommentId) -> Option<CommentId> {
        let all: Vec<CommentId> = self.threads.with_untracked(|threads| {
            threads
                .iter()
                .flat_map(|thread| std::iter::once(&thread.comment).chain(&thread.replies))
                .map(|comment| comment.id)
                .collect()
        });
        let at = all.iter().position(|other| *other == id)?;
        all.get(at + 1).or_else(|| at.checked_sub(1).and_then(|before| all.get(before))).copied()
    }

    /// Shows what a comment said before.
    pub fn show_history(self, id: CommentId) {
        spawn_local(async move {
            if let Ok(versions) = api::get::<Vec<CommentVersion>>(format!("/comments/{id}/versions")).await {
                let _ = self.versions.try_set(versions);
                self.history.open();
            }
        });
    }
}

/// The discussion of an idea.
pub(super) fn section(idea: &IdeaView, asked: Asked, quoting: Quoting) -> AnyView {
    let i18n = use_i18n();
    let about = About {
        number: idea.card.number,
        board: StoredValue::new(idea.card.board.clone()),
        title: StoredValue::new(idea.card.title.clone()),
        author: StoredValue::new(idea.card.author.clone()),
    };
    let sign_in = answer::sign_in_path(&card::idea_path(&idea.card));
    let closed = idea.card.away.is_some();
    view! {
        <section class="talk" aria-labelledby="talk">
            <h2 class="talk-title" id="talk">{t!(i18n, talk.title)}</h2>
            {load::load(asked, move |page| discussion(about, page, (!closed).then(|| sign_in.clone()), quoting))}
        </section>
    }
    .into_any()
}

/// The idea that a discussion is about.
#[derive(Clone, Copy)]
struct About {
    number: u32,
    board: StoredValue<String>,
    title: StoredValue<String>,
    author: StoredValue<PersonView>,
}

/// What was said, and where more is: without `sign_in`, nothing can be added.
fn discussion(about: About, page: Page<Thread>, sign_in: Option<String>, quoting: Quoting) -> AnyView {
    let i18n = use_i18n();
    let me = here().me.with_untracked(|me| me.person.clone());
    let About { number, board, title, author } = about;
    let may_ask = author.with_value(|author| !author.unclaimed && me.as_ref().is_some_and(|me| me.id != author.id));
    let talk = Talk {
        number,
        board,
        title,
        me: StoredValue::new(me.clone()),
        may_ask,
        threads: RwSignal::new(page.items),
        next: RwSignal::new(page.next),
        deleting: RwSignal::new(None),
        sure: Dialog::new(),
        versions: RwSignal::new(Vec::new()),
        history: Dialog::new(),
        asks: order::Asks::new(),
        quoting,
        led: RwSignal::new(None),
    };
    #[cfg(feature = "hydrate")]
    lead(talk);
    let news = facts::talk();
    Effect::new(move |before: Option<()>| {
        news.track();
        if before.is_some() {
            spawn_local(async move {
                // What is shown stays, if nothing newer comes.
                let _ = talk.refresh().await;
            });
        }
    });
    let write = sign_in.map(|sign_in| {
        if me.is_some() {
            composer(talk, None, || ())
        } else {
            view! { <p><a class="button" href=sign_in>{t!(i18n, talk.sign_in)}</a></p> }.into_any()
        }
    });
    let ids = move || talk.threads.with(|threads| threads.iter().map(|thread| thread.comment.id).collect::<Vec<_>>());
    view! {
        <Show when=move || talk.threads.with(Vec::is_empty)>
            {empty::empty(
                "chat-circle",
                move || t_string!(i18n, talk.empty),
                move || t_string!(i18n, talk.empty_hint),
                None,
            )}
        </Show>
        <ol class="talk-threads">
            <For each=ids key=|id| *id let:id>
                {thread(talk, id)}
            </For>
        </ol>
        <Show when=move || talk.next.with(Option::is_some)>
            <button type="button" class="button" on:click=move |_| spawn_local(async move { talk.more().await; })>
                {t!(i18n, talk.more)}
            </button>
        </Show>
        {waiting(talk, None)}
        {write}
        {dialogs(talk)}
    }
    .into_any()
}

/// Leads to the comment that the page's address names, wherever in the discussion it stands.
#[cfg(feature = "hydrate")]
fn lead(talk: Talk) {
    let named = move |hash: &str| {
        let id = hash.strip_prefix("c-").and_then(|id| id.parse().ok())?;
        talk.led.try_set(Some(id)).is_none().then(|| format!("c-{id}"))
    };
    crate::ui::sight::follow_address(named, move || talk.more());
}

/// Leads a keyboard on, when what had the focus is no more.
pub(super) fn focus_on(id: String) {
    #[cfg(feature = "hydrate")]
    {
        use wasm_bindgen::JsCast as _;
        let found = document().get_element_by_id(&id).and_then(|found| found.dyn_into::<web_sys::HtmlElement>().ok());
        if let Some(found) = found {
            let _ = found.set_attribute("tabindex", "-1");
            let _ = found.focus();
        }
    }
    #[cfg(not(feature = "hydrate"))]
    drop(id);
}

fn dialogs(talk: Talk) -> AnyView {
    let i18n = use_i18n();
    let delete = move || {
        let Some(id) = talk.deleting.get_untracked() else { return };
        let beside = talk.beside(id);
        spawn_local(async move {
            if let Err(problem) = api::delete(&format!("/comments/{id}")).await {
                toast::warn(words::problem(i18n, &problem));
            }
            let _ = talk.refresh().await;
            leptos::task::tick().await;
            focus_on(beside.map_or_else(|| "talk".to_owned(), |beside| format!("c-{beside}")));
        });
    };
    let versions = move || talk.versions.get().into_iter().map(version).collect_view();
    let list = view! { <ol class="talk-versions">{versions}</ol> }.into_any();
    view! {
        {dialog::confirm(
            talk.sure,
            move || t_string!(i18n, talk.delete_title).to_owned(),
            move || t_string!(i18n, talk.delete).to_owned(),
            delete,
        )}
        {talk.asks.view("order-talk", move || spawn_local(async move {
            let _ = talk.refresh().await;
        }))}
        {dialog::shown(talk.history, move || t_string!(i18n, talk.history), list)}
    }
    .into_any()
}

fn version(version: CommentVersion) -> AnyView {
    view! {
        <li>
            <p class="quiet">{date::ago(version.written_at)}</p>
            <div class="prose" inner_html=version.body_html></div>
        </li>
    }
    .into_any()
}

//! The secret links by which a feed reader follows what one may read.

use leptos::{prelude::*, task::spawn_local};
use serde_json::Value;
use shared::api::{BoardView, FeedKeyMade, FeedKeyView};

use super::panel;
use crate::{
    api,
    i18n::{t, t_string, use_i18n},
    ui::{
        copy, date,
        dialog::{self, Dialog},
        load::{self, Loaded},
        toast,
    },
    visit::here,
    words,
};

/// The links just made, each with what it is of: a board's title, or nothing of the news.
type Links = Vec<(Option<String>, String)>;

/// The section.
pub(super) fn section() -> AnyView {
    let i18n = use_i18n();
    let key = load::ask::<FeedKeyView>(|| "/me/feed-key".to_owned());
    let links = RwSignal::new(Links::new());
    let content = view! {
        {load::load(key, move |found| standing(found, key, links))}
        {move || made(links.get())}
    };
    panel(
        "feeds",
        t!(i18n, settings.feeds).into_any(),
        Some(t!(i18n, settings.feeds_hint).into_any()),
        content.into_any(),
    )
}

/// Whether there is a key, and what can be done about it.
fn standing(found: FeedKeyView, key: Loaded<FeedKeyView>, links: RwSignal<Links>) -> AnyView {
    let i18n = use_i18n();
    let sleeps = move || !here().awake.get();
    let (renewing, ending) = (Dialog::new(), Dialog::new());
    let Some(since) = found.created_at else {
        return view! {
            <p class="quiet">{t!(i18n, settings.feed_none)}</p>
            <div class="row">
                <button type="button" class="button" disabled=sleeps on:click=move |_| make(key, links)>
                    {t!(i18n, settings.feed_make)}
                </button>
            </div>
        }
        .into_any();
    };
    let used = match found.used_at {
        Some(at) => t!(i18n, settings.feed_used, ago = move || date::ago(at)).into_any(),
        None => t!(i18n, settings.feed_unused).into_any(),
    };
    let renew_title = move || t_string!(i18n, settings.feed_renew_title).to_owned();
    let renew = move || t_string!(i18n, settings.feed_renew).to_owned();
    let end_title = move || t_string!(i18n, settings.feed_end_title).to_owned();
    let end = move || t_string!(i18n, settings.feed_end).to_owned();
    view! {
        <p class="quiet">{t!(i18n, settings.feed_since, ago = move || date::ago(since))} " · " {used}</p>
        <div class="row">
            <button type="button" class="button" disabled=sleeps on:click=move |_| renewing.open()>
                {t!(i18n, settings.feed_renew)}
            </button>
            <button type="button" class="button button-quiet" disabled=sleeps on:click=move |_| ending.open()>
                {t!(i18n, settings.feed_end)}
            </button>
        </div>
        {dialog::confirm(renewing, renew_title, renew, move || make(key, links))}
        {dialog::confirm(ending, end_title, end, move || remove(key, links))}
    }
    .into_any()
}

/// Makes a key, and shows the links with it: of the news, and of each board one sees.
fn make(key: Loaded<FeedKeyView>, links: RwSignal<Links>) {
    let i18n = use_i18n();
    let origin = here().origin();
    spawn_local(async move {
        match api::post::<FeedKeyMade>("/me/feed-key", &Value::Null).await {
            Ok(made) => {
                let mut all = vec![(None, format!("{origin}{}", made.news))];
                let boards = api::get::<Vec<BoardView>>("/boards".to_owned()).await.unwrap_or_default();
                all.extend(boards.into_iter().map(|board| {
                    let link = format!("{origin}/b/{}/feed.atom?key={}", board.slug, made.key);
                    (Some(board.title), link)
                }));
                let _ = links.try_set(all);
            }
            Err(problem) => toast::warn(words::problem(i18n, &problem)),
        }
        key.again();
    });
}

fn remove(key: Loaded<FeedKeyView>, links: RwSignal<Links>) {
    let i18n = use_i18n();
    spawn_local(async move {
        match api::delete("/me/feed-key").await {
            Ok(()) => {
                let _ = links.try_set(Vec::new());
                toast::say(t_string!(i18n, settings.feed_ended));
            }
            Err(problem) => toast::warn(words::problem(i18n, &problem)),
        }
        key.again();
    });
}

fn made(links: Links) -> AnyView {
    let i18n = use_i18n();
    if links.is_empty() {
        return ().into_any();
    }
    let field = |(at, (board, link)): (usize, (Option<String>, String))| {
        let label = move || match &board {
            Some(title) => t_string!(i18n, settings.feed_board, title = title),
            None => t_string!(i18n, settings.feed_news).to_owned(),
        };
        copy::copy_named(format!("feed-{at}"), label, link)
    };
    view! {
        <div class="note-bar note-bar-tall" data-colour="leaf" role="status">
            <p>{t!(i18n, settings.feed_made)}</p>
            {links.into_iter().enumerate().map(field).collect_view()}
            <p class="quiet">{t!(i18n, settings.feed_idea_hint)}</p>
        </div>
    }
    .into_any()
}

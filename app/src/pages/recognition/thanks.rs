//! Thanks, as everybody reads them.

use leptos::prelude::*;
use shared::api::{Page, RecognitionView};

use crate::{
    api,
    i18n::{t, use_i18n},
    ui::{avatar, card, date, toast},
    visit::here,
    words,
};

/// Thanks in a list, and those before them on demand. `path`: where they are asked for, by their cursor.
pub fn list(page: Page<RecognitionView>, path: impl Fn(&str) -> String + Copy + Send + Sync + 'static) -> AnyView {
    let i18n = use_i18n();
    let next = RwSignal::new(page.next);
    let older = RwSignal::new(Vec::<RecognitionView>::new());
    let more = move |_| {
        let Some(cursor) = next.get_untracked() else { return };
        let path = path(&cursor);
        leptos::task::spawn_local(async move {
            match api::get::<Page<RecognitionView>>(path).await {
                Ok(page) => {
                    let _ = older.try_update(|older| older.extend(page.items));
                    let _ = next.try_set(page.next);
                }
                Err(problem) => toast::warn(words::problem(i18n, &problem)),
            }
        });
    };
    view! {
        <ul class="thanks-list">
            {page.items.iter().map(one).collect_view()}
            <For each=move || older.get() key=|entry| entry.id let(entry)>
                {one(&entry)}
            </For>
        </ul>
        <Show when=move || next.with(Option::is_some)>
            <p class="board-more">
                <button type="button" class="button" disabled=move || !here().awake.get() on:click=more>
                    {t!(i18n, recognition.more)}
                </button>
            </p>
        </Show>
    }
    .into_any()
}

fn one(entry: &RecognitionView) -> AnyView {
    let i18n = use_i18n();
    let RecognitionView { person, by, idea, board_title, words: said, at, .. } = entry;
    let at = *at;
    let idea = idea.as_ref().map(|idea| {
        view! { <a class="thanks-idea" href=card::path(idea.number, &idea.slug)>{idea.title.clone()}</a> " · " }
    });
    let board = board_title.clone().map(|title| view! { <span>{title}</span> " · " });
    let said = (!said.is_empty()).then(|| view! { <blockquote class="thanks-words">{said.clone()}</blockquote> });
    view! {
        <li class="thanks">
            {avatar::face(person)}
            <div class="thanks-main">
                <p class="thanks-whom">
                    {avatar::name(by)} " " {t!(i18n, recognition.thanks_whom)} " "
                    <span class="thanks-person">{avatar::name(person)}</span>
                </p>
                {said}
                <p class="quiet">{idea} {board} {date::ago(at)}</p>
            </div>
        </li>
    }
    .into_any()
}

//! Thanks, as everybody reads them.

use leptos::prelude::*;
use shared::api::{Page, RecognitionView};

use crate::{
    i18n::{t, use_i18n},
    ui::{avatar, card, date, more::More},
    visit::here,
};

/// Thanks in a list, and those before them on demand. `path`: where they are asked for, by their cursor.
pub fn list(page: Page<RecognitionView>, path: impl Fn(&str) -> String + Copy + Send + Sync + 'static) -> AnyView {
    let i18n = use_i18n();
    let more = More::<RecognitionView>::after(page.next);
    let ask = move |_| more.ask(i18n, path);
    view! {
        <ul class="thanks-list">
            {page.items.iter().map(one).collect_view()}
            <For each=move || more.items() key=|entry| entry.id let(entry)>
                {one(&entry)}
            </For>
        </ul>
        <Show when=move || more.is_there()>
            <p class="board-more">
                <button type="button" class="button" disabled=move || !here().awake.get() on:click=ask>
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

//! What somebody said while the server could not be reached: in the discussion, marked as waiting, theirs alone to see.

use leptos::{html, prelude::*, task::spawn_local};
use shared::{
    CommentId, limits,
    outbox::{Deed, Entry},
};

use super::talk::{Talk, focus_on};
use crate::{
    i18n::{t, t_string, use_i18n},
    outbox::{self, Act, marks},
    ui::avatar,
};

/// What waits under a comment, or to begin threads.
pub(super) fn waiting(talk: Talk, parent: Option<CommentId>) -> AnyView {
    let number = talk.number;
    let waits = outbox::matching(move |entry| match &entry.deed {
        Deed::Comment { idea, new } => *idea == number && new.parent == parent,
        Deed::Edit { idea, .. } => *idea == number && parent.is_none(),
        _ => false,
    });
    let keys = move || waits.with(|waits| waits.iter().map(|entry| entry.key.clone()).collect::<Vec<_>>());
    view! {
        <Show when=move || !waits.with(Vec::is_empty)>
            <ol class="talk-waiting">
                <For each=keys key=String::clone let:key>
                    {one(talk, waits, key)}
                </For>
            </ol>
        </Show>
    }
    .into_any()
}

fn one(talk: Talk, waits: Memo<Vec<Entry>>, key: String) -> AnyView {
    let i18n = use_i18n();
    let editing = RwSignal::new(false);
    let of = key.clone();
    let now = Memo::new(move |_| waits.with(|waits| waits.iter().find(|entry| entry.key == of).cloned()));
    let text = move || now.with(|now| now.as_ref().and_then(|now| now.text().map(str::to_owned)).unwrap_or_default());
    let name = format!("w-{key}");
    let discarded = move || {
        let gone = now.try_with_untracked(Option::is_none).unwrap_or(true);
        if gone {
            focus_on("talk".to_owned());
        }
    };
    let state = move || now.get().map(|now| marks::state(i18n, &now));
    let acts = move || {
        now.get().map(|now| {
            view! {
                {(now.refused.is_some() || marks::is_old(&now)).then(|| marks::again(i18n, &now))}
                {marks::button("pencil-simple", move || t_string!(i18n, waits.change), move || editing.set(true))}
                {marks::copy(i18n, &now)}
                {marks::discard_then(i18n, &now, discarded)}
            }
        })
    };
    let who = talk.me.with_value(|me| me.as_ref().map(avatar::person));
    view! {
        <li>
            <article class="said said-unsent" id=name>
                <header class="said-head">{who}</header>
                {move || if editing.get() {
                    rewrite(key.clone(), text(), editing)
                } else {
                    view! { <p class="unsent-text">{text}</p> }.into_any()
                }}
                {state}
                <footer class="said-foot">{move || (!editing.get()).then(acts)}</footer>
            </article>
        </li>
    }
    .into_any()
}

/// Other words, before it is sent.
fn rewrite(key: String, before: String, editing: RwSignal<bool>) -> AnyView {
    let i18n = use_i18n();
    let text: NodeRef<html::Textarea> = NodeRef::new();
    Effect::new(move |_| {
        if let Some(text) = text.get() {
            let _ = text.focus();
        }
    });
    let save = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let body = text.get_untracked().map(|text| text.value()).unwrap_or_default();
        if body.trim().is_empty() {
            return;
        }
        let key = key.clone();
        spawn_local(async move {
            if outbox::act(Act::Rewrite(key, body)).await {
                let _ = editing.try_set(false);
            }
        });
    };
    view! {
        <form class="talk-edit" novalidate=true on:submit=save>
            <textarea
                class="input"
                rows="3"
                maxlength=limits::COMMENT
                aria-label=move || t_string!(i18n, talk.edit_label)
                node_ref=text
                prop:value=before
            ></textarea>
            <div class="row">
                <button type="submit" class="button button-strong">{t!(i18n, waits.save)}</button>
                <button type="button" class="button" on:click=move |_| editing.set(false)>{t!(i18n, ui.cancel)}</button>
            </div>
        </form>
    }
    .into_any()
}

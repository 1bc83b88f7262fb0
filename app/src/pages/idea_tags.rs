//! The tags of an idea, with the means to set them for those who may.

use leptos::{prelude::*, task::spawn_local};
use shared::{
    TagId,
    api::{IdeaView, SetTags, TagView},
};

use crate::{
    api,
    i18n::{t, use_i18n},
    ui::{icon::icon, tag, toast},
    visit::here,
    words,
};

/// The tags; nothing where there are none and the person may set none.
pub(super) fn tags(idea: &IdeaView) -> Option<AnyView> {
    let i18n = use_i18n();
    let offered = idea.tags.clone();
    if offered.is_empty() && idea.card.tags.is_empty() {
        return None;
    }
    let board = idea.card.board.clone();
    let set = RwSignal::new(idea.card.tags.clone());
    let link = move |one: &TagView| {
        let href = format!("/b/{board}?tag={}", one.id);
        view! { <a class="tag-link" href=href>{tag::one(one)}</a> }
    };
    let chooser = (!offered.is_empty()).then(|| chooser(idea.card.number, &offered, set));
    Some(
        view! {
            <div>
                <dt>{t!(i18n, idea.tags)}</dt>
                <dd>
                    <p class="tags">{move || set.with(|tags| tags.iter().map(&link).collect_view())}</p>
                    {chooser}
                </dd>
            </div>
        }
        .into_any(),
    )
}

fn chooser(number: u32, offered: &[TagView], set: RwSignal<Vec<TagView>>) -> AnyView {
    let i18n = use_i18n();
    let here = here();
    let flip = move |id: TagId, wanted: bool| {
        let mut tags: Vec<TagId> = set.with_untracked(|tags| tags.iter().map(|tag| tag.id).collect());
        tags.retain(|other| *other != id);
        if wanted {
            tags.push(id);
        }
        spawn_local(async move {
            match api::put_with::<IdeaView>(&format!("/ideas/{number}/tags"), &SetTags { tags }).await {
                Ok(idea) => {
                    let _ = set.try_set(idea.card.tags);
                }
                Err(problem) => {
                    // The boxes go back to what holds.
                    set.try_update(|_| ());
                    toast::warn(match problem.fields.get("tags") {
                        Some(field) => words::field(i18n, field),
                        None => words::problem(i18n, &problem).to_owned(),
                    });
                }
            }
        });
    };
    let choice = |one: &TagView| {
        let (id, colour) = (one.id, one.colour.as_str());
        let on = move || set.with(|tags| tags.iter().any(|tag| tag.id == id));
        view! {
            <label class="tag-choice" data-colour=colour>
                <input
                    type="checkbox"
                    checked=untrack(on)
                    prop:checked=on
                    disabled=move || !here.awake.get()
                    on:change=move |event| flip(id, event_target_checked(&event))
                />
                {one.name.clone()}
            </label>
        }
    };
    view! {
        <details class="fold">
            <summary>{t!(i18n, idea.set_tags)} {icon("caret-down")}</summary>
            <div class="tag-choices">{offered.iter().map(choice).collect_view()}</div>
        </details>
    }
    .into_any()
}

//! Tags on cards and pages.

use leptos::prelude::*;
use shared::api::TagView;

/// How many a card shows.
const FEW: usize = 3;

/// A few tags, and how many more there are; nothing where there are none.
pub fn few(tags: &[TagView]) -> Option<AnyView> {
    let more = tags.len().saturating_sub(FEW);
    let more = (more > 0).then(|| view! { <span class="tag-more quiet">{format!("+{more}")}</span> });
    (!tags.is_empty())
        .then(|| view! { <p class="tags">{tags.iter().take(FEW).map(one).collect_view()} {more}</p> }.into_any())
}

/// A tag.
pub fn one(tag: &TagView) -> AnyView {
    view! { <span class="tag" data-colour=tag.colour.as_str()>{tag.name.clone()}</span> }.into_any()
}

//! The way to a feed of what a page tells.

use leptos::prelude::*;
use shared::rules::Audience;

use crate::{ui::icon::icon, visit::here};

/// The link to a feed that everyone may read; where only some may, to where they make secret links.
pub fn link(audience: Audience, path: String, name: AnyView) -> AnyView {
    let open = audience == Audience::Public;
    let signed_in = here().me.with_untracked(|me| me.person.is_some());
    if !open && !signed_in {
        return ().into_any();
    }
    let (path, rel) = if open { (path, "external") } else { ("/settings#feeds".to_owned(), "") };
    view! { <a class="feed-link" href=path rel=rel>{icon("rss")} <span>{name}</span></a> }.into_any()
}

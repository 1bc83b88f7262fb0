//! Bringing things into sight.

use std::future::Future;

use leptos::{prelude::*, task::spawn_local};
use web_sys::{Element, ScrollIntoViewOptions, ScrollLogicalPosition};

/// Brings a thing into sight, to this place from side to side, without moving the page up or down more than it must.
pub fn bring(thing: &Element, across: ScrollLogicalPosition) {
    let how = ScrollIntoViewOptions::new();
    how.set_inline(across);
    how.set_block(ScrollLogicalPosition::Nearest);
    thing.scroll_into_view_with_scroll_into_view_options(&how);
}

/// Leads to what the page's address names, now and whenever the address changes: `named` answers the id of what stands
/// behind its `#`, if that is sought here. While it is not on the page, `more` is shown; it says whether there was any.
pub fn follow_address<M>(named: impl Fn(&str) -> Option<String> + Copy + 'static, more: impl Fn() -> M + Copy + 'static)
where
    M: Future<Output = bool> + 'static,
{
    Effect::new(move |_| {
        spawn_local(to_address(named, more));
        let listener = window_event_listener_untyped("hashchange", move |_| spawn_local(to_address(named, more)));
        on_cleanup(move || listener.remove());
    });
}

async fn to_address<M>(named: impl Fn(&str) -> Option<String>, more: impl Fn() -> M)
where
    M: Future<Output = bool>,
{
    let hash = window().location().hash().unwrap_or_default();
    let Some(id) = hash.strip_prefix('#').and_then(named) else { return };
    loop {
        // What was added is drawn first.
        leptos::task::tick().await;
        if let Some(found) = document().get_element_by_id(&id) {
            found.scroll_into_view();
            return;
        }
        if !more().await {
            return;
        }
    }
}

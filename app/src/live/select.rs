//! What somebody selects in the concept, to say something about it.

use leptos::prelude::*;
use send_wrapper::SendWrapper;
use shared::{
    api::{NewAnchor, NewPassage},
    field::Field,
    passage::{Span, letters},
};
use wasm_bindgen::JsCast as _;
use web_sys::{Element, KeyboardEvent, Node, Range};

use super::{
    desk::Desk,
    follow::WriterSlot,
    passages::{self, Quoted, Quoting, Selected},
};
use crate::words::Texts;

/// Room between what is selected and the button, in pixels.
const BELOW: f64 = 8.0;

/// Follows what is selected, and the keys by which it is commented on.
pub(super) fn follow(desk: Desk, quoting: Quoting, selected: Selected, i18n: Texts, writer: &WriterSlot) {
    let slot = SendWrapper::new(writer.clone());
    let changed = move || {
        let found = find(desk, &slot);
        if let (Some((_, range)), Some(place)) = (&found, selected.place.get_untracked()) {
            put(&place, range);
        }
        let quoted = found.map(|(quoted, _)| quoted);
        if selected.quoted.try_with_untracked(|now| *now != quoted) == Some(true) {
            selected.quoted.set(quoted);
        }
    };
    let listener = wasm_bindgen::closure::Closure::<dyn Fn()>::new(changed);
    let target = document();
    let _ = target.add_event_listener_with_callback("selectionchange", listener.as_ref().unchecked_ref());
    let asks = move |event: &web_sys::Event| {
        let keys = event
            .dyn_ref::<KeyboardEvent>()
            .is_some_and(|event| event.code() == "KeyM" && event.alt_key() && (event.ctrl_key() || event.meta_key()));
        if keys {
            event.prevent_default();
            passages::choose(i18n, quoting, selected);
        }
    };
    let pressed = window_event_listener_untyped("keydown", move |event| asks(&event));
    let tool = window_event_listener_untyped("comment-passage", move |_| passages::choose(i18n, quoting, selected));
    let parts = SendWrapper::new((target, listener, pressed, tool));
    on_cleanup(move || {
        let (target, listener, pressed, tool) = parts.take();
        let _ = target.remove_event_listener_with_callback("selectionchange", listener.as_ref().unchecked_ref());
        pressed.remove();
        tool.remove();
    });
}

/// The passage that is selected, with what the browser has selected.
fn find(desk: Desk, writer: &WriterSlot) -> Option<(Quoted, Range)> {
    let selection = window().get_selection().ok()??;
    if selection.is_collapsed() || selection.range_count() == 0 {
        return None;
    }
    let range = selection.get_range_at(0).ok()?;
    let words = String::from(range.to_string()).trim().to_owned();
    if letters(&words) == 0 {
        return None;
    }
    let host = element(&range.common_ancestor_container().ok()?)?.closest(".concept [data-field]").ok()??;
    let field = Field::parse(&host.get_attribute("data-field")?)?;
    let anchor = if host.class_list().contains("concept-editor") {
        writer.borrow().as_ref()?.passage().filter(|anchor| anchor.field == field)?
    } else {
        NewAnchor { field, passage: shown(desk, &host, &range, &words)? }
    };
    Some((Quoted { anchor, words }, range))
}

fn element(node: &Node) -> Option<Element> {
    node.dyn_ref::<Element>().cloned().or_else(|| node.parent_element())
}

/// Where in the page it stands.
fn shown(desk: Desk, host: &Element, range: &Range, words: &str) -> Option<NewPassage> {
    let before = document().create_range().ok()?;
    before.set_start(host, 0).ok()?;
    before.set_end(&range.start_container().ok()?, range.start_offset().ok()?).ok()?;
    let from = letters(&String::from(before.to_string()));
    let span = Span { from, to: from + letters(words) };
    let seen = desk.shown.try_with_untracked(|shown| shown.reflects)?;
    Some(NewPassage::Shown { seen, span, quote: words.to_owned() })
}

/// Puts the button below what is selected.
fn put(place: &web_sys::HtmlElement, range: &Range) {
    let Some(within) = place.parent_element() else { return };
    let (around, lines) = (within.get_bounding_client_rect(), range.get_bounding_client_rect());
    let style = place.style();
    let left = (lines.left() - around.left()).clamp(0.0, (around.width() - 140.0).max(0.0));
    for (property, value) in [("left", left), ("top", lines.bottom() - around.top() + BELOW)] {
        // The element takes any length.
        let _ = style.set_property(property, &format!("{value}px"));
    }
}

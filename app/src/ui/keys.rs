//! Keys that work on every page: search, the list of keys, and moving through the cards of a list. They are left alone
//! while somebody writes.

use leptos::{ev, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, KeyboardEvent};

use super::finder::{Finder, Part};

/// Where people write; what is typed there is text.
const WRITING: &str = "input, textarea, select, [contenteditable], [role=textbox]";
/// What one goes through in a list: the links of its cards, and the cases on the desk.
const CARDS: &str = "main .card .card-link, main .case";

/// Listens as long as the page is there.
pub fn listen(finder: Finder) {
    let _ = window_event_listener(ev::keydown, move |event| {
        if press(finder, &event) {
            event.prevent_default();
        }
    });
}

/// Whether the key meant something.
fn press(finder: Finder, event: &KeyboardEvent) -> bool {
    if event.default_prevented() || event.is_composing() || event.alt_key() {
        return false;
    }
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    let within =
        |selector: &str| target.as_ref().is_some_and(|target| target.closest(selector).ok().flatten().is_some());
    let key = event.key();
    if event.ctrl_key() || event.meta_key() {
        // In an editor the same keys make a link.
        let search = key.eq_ignore_ascii_case("k") && !event.shift_key() && !within("[contenteditable]");
        if search {
            finder.open(Part::Search);
        }
        return search;
    }
    if within(WRITING) || document().query_selector("dialog[open]").ok().flatten().is_some() {
        return false;
    }
    match key.as_str() {
        "/" => finder.open(Part::Search),
        "?" => finder.open(Part::Keys),
        "j" | "J" => return step(1),
        "k" | "K" => return step(-1),
        "ArrowDown" if within(".case") => return step(1),
        "ArrowUp" if within(".case") => return step(-1),
        "v" | "V" => return vote(),
        "Escape" => return leave(),
        _ => return false,
    }
    true
}

fn element(selector: &str) -> Option<HtmlElement> {
    document().query_selector(selector).ok().flatten()?.dyn_into().ok()
}

/// Moves the focus to the next card of the page, or the one before.
fn step(by: i32) -> bool {
    let Ok(cards) = document().query_selector_all(CARDS) else { return false };
    let active = document().active_element();
    let card = active.and_then(|active| active.closest(".card, .case").ok().flatten());
    let length = cards.length().cast_signed();
    let at = (0..length).find(|at| {
        let link = cards.item(at.cast_unsigned());
        link.is_some_and(|link| card.as_ref().is_some_and(|card| card.contains(Some(&link))))
    });
    let to = at.map_or(if by > 0 { 0 } else { length - 1 }, |at| (at + by).clamp(0, length - 1));
    let link = cards.item(to.cast_unsigned()).and_then(|link| link.dyn_into::<HtmlElement>().ok());
    link.is_some_and(|link| link.focus().is_ok())
}

/// Votes for the idea of the card that has the focus.
fn vote() -> bool {
    let Some(card) = document().active_element().and_then(|active| active.closest(".card").ok().flatten()) else {
        return false;
    };
    let vote = card.query_selector(".vote").ok().flatten().and_then(|vote| vote.dyn_into::<HtmlElement>().ok());
    vote.inspect(HtmlElement::click).is_some()
}

/// Leaves the card that has the focus.
fn leave() -> bool {
    element(".card .card-link:focus").is_some_and(|link| link.blur().is_ok())
}

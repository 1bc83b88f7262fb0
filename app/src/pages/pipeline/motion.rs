//! Motion that explains: what changes its place on the page is seen to go there. None where the person asked for less.

use std::collections::HashMap;

use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use web_sys::{Element, HtmlElement};

/// How long a card is under way.
const CALM: f64 = 200.0;

#[wasm_bindgen]
extern "C" {
    /// An element, for what the bindings offer only behind a flag.
    type Animated;

    #[wasm_bindgen(method)]
    fn animate(this: &Animated, frames: &JsValue, options: &JsValue) -> JsValue;
}

/// Where something is on the screen.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spot {
    pub x: f64,
    pub y: f64,
}

impl Spot {
    pub fn of(element: &Element) -> Self {
        let rect = element.get_bounding_client_rect();
        Self { x: rect.left(), y: rect.top() }
    }
}

/// A card on the screen: where it is, and in which column.
struct Seen {
    spot: Spot,
    lane: String,
}

fn cards() -> Vec<(u32, HtmlElement)> {
    let Ok(found) = document().query_selector_all(".lanes [data-number]") else { return Vec::new() };
    (0..found.length())
        .filter_map(|at| found.item(at)?.dyn_into::<HtmlElement>().ok())
        .filter_map(|card| Some((card.get_attribute("data-number")?.parse().ok()?, card)))
        .collect()
}

fn lane(card: &Element) -> String {
    card.closest(".lane").ok().flatten().map(|lane| lane.id()).unwrap_or_default()
}

fn calm() -> bool {
    window().match_media("(prefers-reduced-motion: reduce)").ok().flatten().is_some_and(|asked| asked.matches())
}

/// Changes the page, and lets the cards go from where they were to where they are then. `from` is where a hand holds one
/// of them. What had the focus in a card has it again.
pub(super) fn change<T>(from: Option<(u32, Spot)>, change: impl FnOnce() -> T) -> T {
    let focus = focused();
    let mut before: HashMap<u32, Seen> =
        cards().into_iter().map(|(number, card)| (number, Seen { spot: Spot::of(&card), lane: lane(&card) })).collect();
    if let Some((number, spot)) = from {
        // From the hand: as if from another column, above everything.
        before.insert(number, Seen { spot, lane: String::new() });
    }
    let done = change();
    if let Some((number, control)) = focus {
        // Before the next key is pressed.
        leptos::task::spawn_local(async move {
            leptos::task::tick().await;
            focus_on(number, control);
        });
    }
    request_animation_frame(move || {
        if let Some((number, control)) = focus.filter(|_| focused() != focus) {
            focus_on(number, control);
        }
        if calm() {
            return;
        }
        for (number, card) in cards() {
            let Some(seen) = before.get(&number) else { continue };
            let now = Spot::of(&card);
            let (dx, dy) = (seen.spot.x - now.x, seen.spot.y - now.y);
            if dx.abs() + dy.abs() < 1.0 {
                continue;
            }
            if lane(&card) == seen.lane {
                animate(&card, dx, dy);
            } else {
                travel(&card, now, dx, dy);
            }
        }
    });
    done
}

fn animate(card: &HtmlElement, dx: f64, dy: f64) {
    let frames = format!(r#"[{{"transform":"translate({dx}px,{dy}px)"}},{{"transform":"none"}}]"#);
    let options = format!(r#"{{"duration":{CALM},"easing":"cubic-bezier(0.2, 0.7, 0.3, 1)"}}"#);
    if let (Ok(frames), Ok(options)) = (js_sys::JSON::parse(&frames), js_sys::JSON::parse(&options)) {
        card.unchecked_ref::<Animated>().animate(&frames, &options);
    }
}

/// A likeness of the card goes there, as the columns hide what leaves them.
fn travel(card: &HtmlElement, to: Spot, dx: f64, dy: f64) {
    let Some(likeness) = likeness(card, to) else { return };
    let _ = card.class_list().add_1("is-under-way");
    animate(&likeness, dx, dy);
    let card = card.clone();
    set_timeout(
        move || {
            likeness.remove();
            let _ = card.class_list().remove_1("is-under-way");
        },
        std::time::Duration::from_millis(200),
    );
}

/// A likeness of a card above the page, for the eye alone.
pub(super) fn likeness(card: &HtmlElement, at: Spot) -> Option<HtmlElement> {
    let likeness = card.clone_node_with_deep(true).ok()?.dyn_into::<HtmlElement>().ok()?;
    let rect = card.get_bounding_client_rect();
    for (name, value) in [("aria-hidden", "true"), ("inert", "")] {
        likeness.set_attribute(name, value).ok()?;
    }
    likeness.remove_attribute("data-number").ok()?;
    likeness.class_list().add_1("is-likeness").ok()?;
    let style = likeness.style();
    for (name, length) in [("left", at.x), ("top", at.y), ("width", rect.width()), ("height", rect.height())] {
        style.set_property(name, &format!("{length}px")).ok()?;
    }
    document().query_selector(".pipeline-body").ok().flatten()?.append_child(&likeness).ok()?;
    Some(likeness)
}

/// The card that has the focus, and what in it.
fn focused() -> Option<(u32, &'static str)> {
    let active = document().active_element()?;
    let number = active.closest("[data-number]").ok().flatten()?.get_attribute("data-number")?.parse().ok()?;
    let control = [".lane-move", ".vote"].into_iter().find(|control| active.matches(control).unwrap_or(false));
    Some((number, control.unwrap_or(".card-link")))
}

/// Gives a card the focus, and brings it into sight.
pub(super) fn focus_on(number: u32, control: &str) {
    let selector = format!(".lanes [data-number='{number}'] {control}");
    let found = document().query_selector(&selector).ok().flatten();
    if let Some(element) = found.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        let _ = element.focus();
    }
}

//! Moving a card by hand: with a mouse or a pen by drawing it away, with a finger by holding it first, so that the page
//! still scrolls. Where it would go is seen before it is let go; Esc puts it back.

use std::{cell::RefCell, rc::Rc, time::Duration};

use leptos::prelude::*;
use send_wrapper::SendWrapper;
use shared::api::StageView;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Element, Event, EventTarget, HtmlElement, KeyboardEvent, PointerEvent};

use super::{
    board::Board,
    motion::{self, Spot},
};

/// How far a mouse goes before it drags.
const SLACK: f64 = 6.0;
/// How long a finger holds a card before it has it.
const HOLD: Duration = Duration::from_millis(350);
/// So near an edge the columns begin to scroll, and so much each frame.
const EDGE: f64 = 56.0;
const SCROLL: f64 = 14.0;

/// A pointer that went down on a card.
struct Press {
    pointer: i32,
    number: u32,
    card: HtmlElement,
    from: Spot,
    now: Spot,
    touch: bool,
    hand: Option<Hand>,
}

/// The card in the hand.
struct Hand {
    likeness: HtmlElement,
    /// Where the pointer holds it.
    grip: Spot,
    over: Option<StageView>,
}

type Slot = Rc<RefCell<Option<Press>>>;

/// A listener that goes when it is dropped.
struct Ear {
    on: EventTarget,
    name: &'static str,
    hear: Closure<dyn FnMut(Event)>,
}

impl Ear {
    fn new<E: JsCast>(on: EventTarget, name: &'static str, hear: impl Fn(E) + 'static) -> Option<Self> {
        let hear = Closure::new(move |event: Event| hear(event.unchecked_into()));
        // Before anybody else: what is dragged is not clicked, and Esc means the card.
        on.add_event_listener_with_callback_and_bool(name, hear.as_ref().unchecked_ref(), true).ok()?;
        Some(Self { on, name, hear })
    }
}

impl Drop for Ear {
    fn drop(&mut self) {
        let hear = self.hear.as_ref().unchecked_ref();
        let _ = self.on.remove_event_listener_with_callback_and_bool(self.name, hear, true);
    }
}

/// Listens to hands as long as the columns are there.
pub(super) fn listen(board: Board) {
    let Some(lanes) = lanes() else { return };
    let slot = Slot::default();
    let (target, page): (EventTarget, EventTarget) = (lanes.into(), window().into());
    let ears = [
        hear(&slot, &target, "pointerdown", move |slot, event: PointerEvent| press(board, slot, &event)),
        hear(&slot, &page, "pointermove", move |slot, event: PointerEvent| go(board, slot, &event)),
        hear(&slot, &page, "pointerup", move |slot, event: PointerEvent| end(board, slot, event.pointer_id(), true)),
        hear(&slot, &page, "pointercancel", move |slot, event: PointerEvent| {
            end(board, slot, event.pointer_id(), false);
        }),
        hear(&slot, &page, "keydown", move |slot, event: KeyboardEvent| {
            let held = slot.borrow().as_ref().filter(|press| press.hand.is_some()).map(|press| press.pointer);
            if let Some(pointer) = held.filter(|_| event.key() == "Escape") {
                event.prevent_default();
                event.stop_propagation();
                end(board, slot, pointer, false);
            }
        }),
        // A finger that has a card does not scroll, and a long press is no question for a menu.
        hear(&slot, &target, "touchmove", |slot, event: Event| {
            if slot.borrow().as_ref().is_some_and(|press| press.hand.is_some()) {
                event.prevent_default();
            }
        }),
        hear(&slot, &target, "contextmenu", |slot, event: Event| {
            if slot.borrow().as_ref().is_some_and(|press| press.touch) {
                event.prevent_default();
            }
        }),
        hear(&slot, &target, "dragstart", |_, event: Event| event.prevent_default()),
    ];
    let held = SendWrapper::new((ears, slot));
    on_cleanup(move || {
        let (ears, slot) = held.take();
        drop(ears);
        if let Some(press) = slot.take() {
            clear(&press);
        }
    });
}

fn hear<E: JsCast>(
    slot: &Slot,
    on: &EventTarget,
    name: &'static str,
    hear: impl Fn(&Slot, E) + 'static,
) -> Option<Ear> {
    let slot = slot.clone();
    Ear::new(on.clone(), name, move |event| hear(&slot, event))
}

fn lanes() -> Option<HtmlElement> {
    document().query_selector(".lanes").ok().flatten()?.dyn_into().ok()
}

fn at(event: &PointerEvent) -> Spot {
    Spot { x: f64::from(event.client_x()), y: f64::from(event.client_y()) }
}

fn press(board: Board, slot: &Slot, event: &PointerEvent) {
    if event.button() != 0 || !event.is_primary() || !board.may_move.get_untracked() || slot.borrow().is_some() {
        return;
    }
    let Some(target) = event.target().and_then(|target| target.dyn_into::<Element>().ok()) else { return };
    // What has a use of its own is no handle.
    if target.closest("button, .vote, .face-link").ok().flatten().is_some() {
        return;
    }
    let card = target.closest("[data-number]").ok().flatten().and_then(|card| card.dyn_into::<HtmlElement>().ok());
    let Some(card) = card else { return };
    let Some(number) = card.get_attribute("data-number").and_then(|number| number.parse().ok()) else { return };
    let touch = event.pointer_type() == "touch";
    let (from, pointer) = (at(event), event.pointer_id());
    *slot.borrow_mut() = Some(Press { pointer, number, card, from, now: from, touch, hand: None });
    if touch {
        let slot = slot.clone();
        set_timeout(
            move || {
                let mut press = slot.borrow_mut();
                if let Some(press) = press.as_mut().filter(|press| press.pointer == pointer && press.hand.is_none()) {
                    lift(press);
                    frames(board, &slot);
                }
            },
            HOLD,
        );
    }
}

/// Takes the card up.
fn lift(press: &mut Press) {
    let spot = Spot::of(&press.card);
    let grip = Spot { x: press.from.x - spot.x, y: press.from.y - spot.y };
    let Some(likeness) = motion::likeness(&press.card, spot) else { return };
    let _ = likeness.class_list().add_1("is-held");
    let _ = press.card.class_list().add_1("is-lifted");
    if let Some(lanes) = lanes() {
        let _ = lanes.class_list().add_1("is-dragging");
        let high = press.card.get_bounding_client_rect().height();
        let _ = lanes.style().set_property("--gap", &format!("{high}px"));
    }
    if let Ok(Some(selection)) = window().get_selection() {
        let _ = selection.remove_all_ranges();
    }
    press.hand = Some(Hand { likeness, grip, over: None });
}

fn go(board: Board, slot: &Slot, event: &PointerEvent) {
    let mut held = slot.borrow_mut();
    let Some(press) = held.as_mut().filter(|press| press.pointer == event.pointer_id()) else { return };
    press.now = at(event);
    let far = (press.now.x - press.from.x).hypot(press.now.y - press.from.y);
    match (&press.hand, press.touch) {
        (None, false) if far > SLACK => {
            lift(press);
            follow(board, press);
            frames(board, slot);
        }
        // The finger scrolls the page.
        (None, true) if far > SLACK => *held = None,
        (Some(_), _) => {
            event.prevent_default();
            follow(board, press);
        }
        _ => {}
    }
}

/// The card follows the hand, and its place shows in the column below.
fn follow(board: Board, press: &mut Press) {
    let Some(hand) = press.hand.as_mut() else { return };
    let style = hand.likeness.style();
    for (name, length) in [("left", press.now.x - hand.grip.x), ("top", press.now.y - hand.grip.y)] {
        let _ = style.set_property(name, &format!("{length}px"));
    }
    let over = over(press.now.x).and_then(|id| {
        board.lanes.with_untracked(|lanes| {
            lanes.columns.iter().map(|column| &column.stage).find(|stage| stage.id.to_string() == id).cloned()
        })
    });
    if over != hand.over {
        hand.over = over;
        gap(board, press.number, hand.over.as_ref());
    }
}

/// The id of the stage whose column is there.
fn over(x: f64) -> Option<String> {
    let found = document().query_selector_all(".lane").ok()?;
    (0..found.length()).filter_map(|at| found.item(at)?.dyn_into::<Element>().ok()).find_map(|lane| {
        let rect = lane.get_bounding_client_rect();
        (rect.left()..rect.right()).contains(&x).then(|| lane.get_attribute("data-stage")).flatten()
    })
}

/// Opens a gap where the card would go.
fn gap(board: Board, number: u32, to: Option<&StageView>) {
    for class in ["has-gap", "is-over"] {
        let selector = format!(".lanes .{class}");
        while let Ok(Some(element)) = document().query_selector(&selector) {
            let _ = element.class_list().remove_1(class);
        }
    }
    let known = board.lanes.with_untracked(|lanes| lanes.stage(number).map(|stage| stage.id));
    let Some(to) = to.filter(|to| Some(to.id) != known) else { return };
    let Ok(Some(lane)) = document().query_selector(&format!(".lane[data-stage='{}']", to.id)) else { return };
    let _ = lane.class_list().add_1("is-over");
    let before = board.lanes.with_untracked(|lanes| lanes.before(number, to.id));
    let place = match before {
        Some(before) => lane
            .query_selector(&format!("[data-number='{before}']"))
            .ok()
            .flatten()
            .and_then(|card| card.closest("li").ok().flatten()),
        None => lane.query_selector(".lane-cards").ok().flatten(),
    };
    let Some(place) = place.and_then(|place| place.dyn_into::<HtmlElement>().ok()) else { return };
    let _ = place.class_list().add_1("has-gap");
    // Within its column it is in sight.
    if let Ok(Some(body)) = lane.query_selector(".lane-body") {
        let (seen, whole) = (place.get_bounding_client_rect(), body.get_bounding_client_rect());
        let end = if before.is_some() { seen.top() } else { seen.bottom() };
        if !(whole.top()..whole.bottom()).contains(&end) {
            #[allow(clippy::cast_possible_truncation, reason = "pixels of a page")]
            body.set_scroll_top(body.scroll_top() + (end - whole.top() - EDGE) as i32);
        }
    }
}

/// As long as the card is in the hand, the columns scroll where it comes to an edge.
fn frames(board: Board, slot: &Slot) {
    let slot = slot.clone();
    request_animation_frame(move || {
        {
            let mut held = slot.borrow_mut();
            let Some(press) = held.as_mut().filter(|press| press.hand.is_some()) else { return };
            let Some(lanes) = lanes() else { return };
            let rect = lanes.get_bounding_client_rect();
            let by = if press.now.x < rect.left() + EDGE {
                -SCROLL
            } else if press.now.x > rect.right() - EDGE {
                SCROLL
            } else {
                0.0
            };
            if by != 0.0 {
                lanes.scroll_by_with_x_and_y(by, 0.0);
                follow(board, press);
            }
        }
        frames(board, &slot);
    });
}

/// The hand lets go: the card goes where it is held, or back.
fn end(board: Board, slot: &Slot, pointer: i32, there: bool) {
    if slot.borrow().as_ref().is_none_or(|press| press.pointer != pointer) {
        return;
    }
    let Some(press) = slot.take() else { return };
    let held = press.hand.as_ref().map(|hand| Spot::of(&hand.likeness));
    gap(board, press.number, None);
    clear(&press);
    let Some(hand) = press.hand else { return };
    swallow_click();
    let known = board.lanes.with_untracked(|lanes| lanes.stage(press.number).map(|stage| stage.id));
    match hand.over.filter(|over| there && Some(over.id) != known) {
        Some(to) => board.go(press.number, &to, held),
        None => motion::change(held.map(|held| (press.number, held)), || {}),
    }
}

/// Nothing is in the hand any more.
fn clear(press: &Press) {
    let _ = press.card.class_list().remove_1("is-lifted");
    if let Some(hand) = &press.hand {
        hand.likeness.remove();
    }
    if let Some(lanes) = lanes() {
        let _ = lanes.class_list().remove_1("is-dragging");
    }
}

/// The click that ends a drag follows no link.
fn swallow_click() {
    let ear = Ear::new(window().into(), "click", |event: Event| {
        event.prevent_default();
        event.stop_immediate_propagation();
    });
    set_timeout(move || drop(ear), Duration::ZERO);
}

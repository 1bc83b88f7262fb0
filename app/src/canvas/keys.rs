//! What is done on the stage by keys alone.

use leptos::prelude::*;
use shared::canvas::{
    ItemKind, ItemRef,
    layout::{self, GAP, NOTE_WIDTH},
};
use wasm_bindgen::JsCast as _;
use web_sys::KeyboardEvent;

use super::{
    copy, deeds,
    focus::{focus, focus_stage},
    hand, names, pick,
    scene::{Scene, Tool, When},
    vote,
};
use crate::i18n::t_string;

/// How far a key moves something, and with Shift.
const STEP: (f64, f64) = (8.0, 40.0);
/// How far a key moves the canvas.
const PAN: f64 = 80.0;

/// Where keys are somebody else's: where one writes, and where something lies over the page.
const OTHERS: &str = "input, textarea, select, [contenteditable], dialog, [popover], .outline";

/// Listens as long as the stage is there: its keys work wherever on the page the focus is, unless that has keys of its own.
pub(super) fn start(scene: Scene) {
    let listener = window_event_listener(leptos::ev::keydown, move |event| anywhere(scene, &event));
    on_cleanup(move || listener.remove());
}

fn anywhere(scene: Scene, event: &KeyboardEvent) {
    let writes = scene.editing.try_get_untracked().is_none_or(|at| at.is_some());
    if event.default_prevented() || event.is_composing() || writes {
        return;
    }
    let Some(target) = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok()) else { return };
    let within = |selector: &str| target.closest(selector).ok().flatten().is_some();
    let covered = document().query_selector("dialog[open], :popover-open").ok().flatten().is_some();
    // A click beside everything gives the focus to what is around the canvas.
    let around = target.query_selector(".canvas").ok().flatten().is_some();
    let is_here = around || within(".canvas");
    // What moves the focus or presses what has it is the browser's here.
    let moves = direction(&event.key()).is_some() || matches!(event.key().as_str(), "Enter" | " ");
    if is_here && !covered && !moves && !within(OTHERS) && act(scene, event) {
        event.prevent_default();
    }
}

/// A key was pressed on the stage.
pub(super) fn pressed(scene: Scene, event: &KeyboardEvent) {
    if event.default_prevented() || event.is_composing() {
        return;
    }
    let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    let in_control =
        target.is_some_and(|target| target.closest("button, a, input, textarea, select").ok().flatten().is_some());
    if in_control {
        return;
    }
    if act(scene, event) {
        event.prevent_default();
        event.stop_propagation();
    }
}

fn direction(key: &str) -> Option<(f64, f64)> {
    Some(match key {
        "ArrowLeft" => (-1.0, 0.0),
        "ArrowRight" => (1.0, 0.0),
        "ArrowUp" => (0.0, -1.0),
        "ArrowDown" => (0.0, 1.0),
        _ => return None,
    })
}

/// Whether the key meant something.
fn act(scene: Scene, event: &KeyboardEvent) -> bool {
    let key = event.key();
    let command = event.ctrl_key() || event.meta_key();
    if let Some(way) = direction(&key) {
        if event.alt_key() {
            shift(scene, way, if event.shift_key() { STEP.1 } else { STEP.0 });
        } else if scene.current.with_untracked(Option::is_none) && scene.items.with_untracked(Vec::is_empty) {
            pan(scene, way);
        } else {
            step(scene, way, event.shift_key());
        }
        return true;
    }
    if command {
        match key.to_lowercase().as_str() {
            "a" => scene.select(scene.items.get_untracked()),
            "d" => copy::duplicate(scene),
            "g" => deeds::group(scene),
            "z" => scene.turn(event.shift_key()),
            "y" => scene.turn(true),
            _ => return false,
        }
        return true;
    }
    if event.alt_key() {
        return false;
    }
    match key.as_str() {
        "n" | "N" => {
            let at = scene.pointer.get_value();
            deeds::new_note(scene, at, "");
        }
        "g" | "G" => deeds::group(scene),
        "l" | "L" => deeds::link(scene),
        "i" | "I" if scene.may.get_untracked().note => pick::open(scene),
        "f" | "F" => scene.fit(),
        "j" | "J" => along(scene, 1),
        "k" | "K" => along(scene, -1),
        "v" | "V" => return wish(scene),
        "]" => deeds::resize(scene, 1.0),
        "[" => deeds::resize(scene, -1.0),
        "x" | "X" => deeds::lock(scene),
        "+" | "=" => zoom(scene, 1.25),
        "-" | "_" => zoom(scene, 0.8),
        "0" => {
            let zoom_now = scene.camera.get_untracked().zoom;
            zoom(scene, 1.0 / zoom_now);
        }
        "Enter" | "F2" => return enter(scene),
        " " => return select_current(scene),
        "Delete" | "Backspace" => deeds::remove(scene),
        "." => return vote::set(scene, 1),
        "," => return vote::set(scene, -1),
        "Escape" => return escape(scene),
        _ => return false,
    }
    true
}

fn enter(scene: Scene) -> bool {
    let Some(item) = scene.current.get_untracked() else { return false };
    if scene.tool.get_untracked() == Tool::Link {
        deeds::link_to(scene, &item);
    } else {
        deeds::open(scene, &item);
    }
    true
}

/// Selects what the keyboard is at besides, or no longer.
fn select_current(scene: Scene) -> bool {
    let Some(item) = scene.current.get_untracked() else { return false };
    let mut selected = scene.selected.get_untracked();
    let name = names::name(scene, &item);
    if selected.remove(&item) {
        scene.say(t_string!(scene.i18n, canvas.unselected, name = name));
    } else {
        selected.insert(item);
        scene.say(t_string!(scene.i18n, canvas.selected_one, name = name));
    }
    scene.select(selected);
    true
}

fn escape(scene: Scene) -> bool {
    if scene.drag.get_value().is_some() {
        hand::let_go(scene);
        scene.stir();
        return true;
    }
    if scene.tool.get_untracked() == Tool::Link {
        scene.tool.set(Tool::Hand);
        return true;
    }
    if scene.selected.with_untracked(|selected| !selected.is_empty()) {
        scene.select([]);
        return true;
    }
    if scene.current.with_untracked(Option::is_some) {
        scene.current.set(None);
        focus_stage();
        return true;
    }
    false
}

fn pan(scene: Scene, (dx, dy): (f64, f64)) {
    scene.leave_view();
    scene.camera.update(|camera| {
        camera.x -= dx * PAN;
        camera.y -= dy * PAN;
    });
}

/// Larger or smaller, around the middle.
pub(super) fn zoom(scene: Scene, by: f64) {
    let (w, h) = scene.window.get_untracked();
    scene.leave_view();
    scene.camera.update(|camera| *camera = camera.zoomed(by, (w / 2.0, h / 2.0)));
}

/// Moves what is selected, or else what the keyboard is at, and says where it is.
fn shift(scene: Scene, (dx, dy): (f64, f64), by: f64) {
    if scene.selected.with_untracked(|selected| selected.is_empty()) {
        scene.select(scene.current.get_untracked());
    }
    let held = deeds::with_members(scene);
    if held.is_empty() {
        return;
    }
    let places = held.iter().filter_map(|item| {
        let rect = scene.rect(item)?;
        Some((item.clone(), (rect.x + dx * by, rect.y + dy * by)))
    });
    if !deeds::put(scene, places.collect(), When::Later) {
        return;
    }
    let Some(item) = scene.current.get_untracked().or_else(|| held.first().cloned()) else { return };
    let group = scene.with(|canvas| {
        let group = canvas.group_of(&item)?;
        canvas.groups.get(group).map(|group| names::short(&group.title))
    });
    let way = match (dx > 0.0, dx < 0.0, dy > 0.0) {
        (true, ..) => t_string!(scene.i18n, canvas.moved_right),
        (_, true, _) => t_string!(scene.i18n, canvas.moved_left),
        (.., true) => t_string!(scene.i18n, canvas.moved_down),
        _ => t_string!(scene.i18n, canvas.moved_up),
    };
    let said = match group.flatten().filter(|group| !group.is_empty()) {
        Some(group) => format!("{way}, {}", t_string!(scene.i18n, canvas.in_group, name = group)),
        None => way.to_owned(),
    };
    scene.say(said);
}

/// To the next thing in that direction; the first in reading order, when the keyboard is at none.
fn step(scene: Scene, way: (f64, f64), adds: bool) {
    let items = scene.items.get_untracked();
    let rects: Vec<_> = items.iter().filter_map(|item| Some((item.clone(), scene.rect(item)?))).collect();
    let next = match scene.current.get_untracked().and_then(|item| scene.rect(&item).map(|rect| (item, rect))) {
        Some((at, from)) => {
            let others: Vec<_> = rects.into_iter().filter(|(item, _)| *item != at).collect();
            layout::towards(from, &others, way)
        }
        None => {
            let mut all = items;
            scene.with(|canvas| layout::in_reading_order(canvas, &mut all));
            all.into_iter().next()
        }
    };
    if let Some(next) = next {
        go_to(scene, next, adds);
    }
}

/// To the next thing in reading order, or the one before: however they lie on each other, each is come by.
fn along(scene: Scene, by: isize) {
    let mut all = scene.items.get_untracked();
    scene.with(|canvas| layout::in_reading_order(canvas, &mut all));
    let at = scene.current.get_untracked().and_then(|item| all.iter().position(|one| *one == item));
    let next = match at {
        // At either end the focus comes back to what the keyboard is at.
        Some(at) => at.checked_add_signed(by).map(|next| next.min(all.len() - 1)).or(Some(at)),
        None if by > 0 => Some(0),
        None => all.len().checked_sub(1),
    };
    if let Some(next) = next.and_then(|next| all.into_iter().nth(next)) {
        go_to(scene, next, false);
    }
}

/// Votes for the idea that the keyboard is at. Whether it is at one.
fn wish(scene: Scene) -> bool {
    let Some(item) = scene.current.get_untracked().filter(|item| item.kind == ItemKind::Card) else { return false };
    let card = scene.elements.with_value(|elements| elements.get(&item).map(|card| (**card).clone()));
    let vote = card.and_then(|card| card.query_selector(".vote").ok().flatten());
    vote.and_then(|vote| vote.dyn_into::<web_sys::HtmlElement>().ok()).inspect(web_sys::HtmlElement::click).is_some()
}

fn go_to(scene: Scene, next: ItemRef, adds: bool) {
    if adds {
        let mut selected = scene.selected.get_untracked();
        selected.extend([scene.current.get_untracked(), Some(next.clone())].into_iter().flatten());
        scene.select(selected);
        into_sight(scene, &next);
        focus(scene, &next);
    } else {
        into_sight(scene, &next);
        // While a link is drawn, what it comes from stays chosen.
        if scene.tool.get_untracked() != Tool::Link {
            scene.select([next.clone()]);
        }
        focus(scene, &next);
    }
}

fn into_sight(scene: Scene, item: &ItemRef) {
    let (Some(rect), (w, h)) = (scene.rect(item), scene.window.get_untracked()) else { return };
    let camera = scene.camera.get_untracked();
    let view = camera.view((w, h));
    let near = |at: f64, size: f64, from: f64, room: f64| {
        if size > room || at < from { from - at } else { (from + room - at - size).min(0.0) }
    };
    let (dx, dy) = (near(rect.x, rect.w, view.x, view.w), near(rect.y, rect.h, view.y, view.h));
    if dx != 0.0 || dy != 0.0 {
        scene.leave_view();
        let room = |by: f64| if by == 0.0 { 0.0 } else { by.signum() * 24.0 };
        scene.camera.update(|camera| {
            camera.x += dx * camera.zoom + room(dx);
            camera.y += dy * camera.zoom + room(dy);
        });
    }
}

/// Another note beside this one, with the caret ready.
pub(super) fn note_beside(scene: Scene, item: &ItemRef) {
    let Some(rect) = scene.rect(item) else { return };
    let size = (NOTE_WIDTH, layout::NOTE_HEIGHT);
    let near = (rect.x + rect.w + GAP / 2.0 + size.0 / 2.0, rect.y + size.1 / 2.0);
    let spot = scene.with(|canvas| layout::free_spot(canvas, near, size));
    if let Some((x, y)) = spot {
        deeds::new_note(scene, Some((x + size.0 / 2.0, y + size.1 / 2.0)), "");
    }
}

//! What is done on the stage by mouse, pen and finger.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

use leptos::prelude::*;
use send_wrapper::SendWrapper;
use shared::{
    canvas::{
        ItemKind, ItemRef,
        layout::{GROUP_LEAST, PICTURE_LEAST, Rect},
    },
    live::replica::Act,
};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Element, Event, HtmlElement, MouseEvent, PointerEvent, WheelEvent};

use super::{
    camera::Camera,
    deeds,
    focus::focus,
    names::place,
    scene::{Scene, Tool, When},
};

/// How far one has to go, in pixels of the screen, before it is a drag: a finger is less steady.
const STEADY: (f64, f64) = (4.0, 10.0);
/// How near the edge things that are dragged move the canvas on, and how far with each frame.
const EDGE: (f64, f64) = (36.0, 14.0);
/// What is pressed by itself, and no handle of the thing it is on.
const OWN: &str = "button, a, textarea, input, select";

/// What the hand is doing.
enum Doing {
    Nothing,
    /// Moves the canvas; a press that goes nowhere selects nothing.
    Pan {
        from: (f64, f64),
        camera: Camera,
        moved: bool,
    },
    /// Pressed something, and may drag it.
    Press {
        at: (f64, f64),
        touch: bool,
    },
    /// Drags what is selected.
    Drag {
        from: (f64, f64),
    },
    /// Gives a group or a picture another size.
    Resize {
        item: ItemRef,
        from: (f64, f64),
        rect: Rect,
    },
    /// Draws a rectangle around things.
    Marquee {
        from: (f64, f64),
        before: BTreeSet<ItemRef>,
    },
    /// Two fingers.
    Pinch {
        middle: (f64, f64),
        apart: f64,
        camera: Camera,
    },
}

struct Hand {
    scene: Scene,
    stage: HtmlElement,
    doing: RefCell<Doing>,
    /// The fingers on the stage.
    touches: RefCell<BTreeMap<i32, (f64, f64)>>,
    /// Where the pointer is, on the stage.
    at: RefCell<(f64, f64)>,
    /// The next frame is waited for.
    waits: RefCell<bool>,
}

type Listener = (&'static str, Closure<dyn FnMut(Event)>);

/// Brings the stage to life under the hand.
pub(super) fn start(scene: Scene, stage: &HtmlElement) {
    let hand = Rc::new(Hand {
        scene,
        stage: stage.clone(),
        doing: RefCell::new(Doing::Nothing),
        touches: RefCell::default(),
        at: RefCell::default(),
        waits: RefCell::new(false),
    });
    let on = |name: &'static str, act: fn(&Rc<Hand>, &Event)| -> Listener {
        let hand = hand.clone();
        (name, Closure::new(move |event: Event| act(&hand, &event)))
    };
    fn as_pointer(event: &Event, act: impl FnOnce(&PointerEvent)) {
        event.dyn_ref::<PointerEvent>().map(act);
    }
    let listeners = vec![
        on("pointerdown", |hand, event| as_pointer(event, |event| hand.down(event))),
        on("pointermove", |hand, event| as_pointer(event, |event| hand.moved(event))),
        on("pointerup", |hand, event| as_pointer(event, |event| hand.up(event))),
        on("pointercancel", |hand, event| as_pointer(event, |event| hand.cancel(event))),
        on("pointerleave", |hand, event| as_pointer(event, |event| hand.leave(event))),
        on("dblclick", |hand, event| {
            if let Some(event) = event.dyn_ref::<MouseEvent>() {
                hand.twice(event);
            }
        }),
        on("wheel", |hand, event| {
            if let Some(event) = event.dyn_ref::<WheelEvent>() {
                hand.wheel(event);
            }
        }),
    ];
    let options = web_sys::AddEventListenerOptions::new();
    options.set_passive(false);
    for (name, listener) in &listeners {
        let _ = stage.add_event_listener_with_callback_and_add_event_listener_options(
            name,
            listener.as_ref().unchecked_ref(),
            &options,
        );
    }
    let parts = SendWrapper::new((stage.clone(), listeners));
    on_cleanup(move || {
        let (stage, listeners) = parts.take();
        for (name, listener) in listeners {
            let _ = stage.remove_event_listener_with_callback(name, listener.as_ref().unchecked_ref());
        }
    });
}

/// The thing that an event is on, and the element that was hit.
fn hit(event: &Event) -> (Option<ItemRef>, Option<Element>) {
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    let item = target.as_ref().and_then(|target| target.closest("[data-item]").ok().flatten());
    (item.and_then(|item| item.get_attribute("data-item")?.parse().ok()), target)
}

fn within(target: Option<&Element>, selector: &str) -> bool {
    target.is_some_and(|target| target.closest(selector).ok().flatten().is_some())
}

impl Hand {
    fn on_stage(&self, event: &MouseEvent) -> (f64, f64) {
        let around = self.stage.get_bounding_client_rect();
        (f64::from(event.client_x()) - around.left(), f64::from(event.client_y()) - around.top())
    }

    fn camera(&self) -> Camera {
        self.scene.camera.get_untracked()
    }

    fn down(self: &Rc<Self>, event: &PointerEvent) {
        let (scene, at) = (self.scene, self.on_stage(event));
        *self.at.borrow_mut() = at;
        let touch = event.pointer_type() == "touch";
        if touch {
            self.touches.borrow_mut().insert(event.pointer_id(), at);
            if self.pinch_begins() {
                return;
            }
        }
        let (item, target) = hit(event);
        if within(target.as_ref(), OWN) {
            return;
        }
        // What one wrote in is left, as the focus goes with the press.
        if scene.editing.get_untracked().is_some() {
            let _ = self.stage.focus();
        }
        let adds = event.shift_key() || event.ctrl_key() || event.meta_key();
        let doing = match item {
            _ if event.button() == 1 => self.pan(at),
            _ if event.button() != 0 => return,
            Some(item) if within(target.as_ref(), "[data-handle]") => {
                let Some(rect) = scene.rect(&item) else { return };
                Doing::Resize { item, from: self.camera().place(at), rect }
            }
            Some(item) if scene.tool.get_untracked() == Tool::Link && item.kind != ItemKind::Link => {
                deeds::link_to(scene, &item);
                return event.prevent_default();
            }
            Some(item) if adds => {
                toggle(scene, item);
                return event.prevent_default();
            }
            Some(item) => {
                if !scene.selected.with_untracked(|selected| selected.contains(&item)) {
                    scene.select([item.clone()]);
                }
                scene.current.set(Some(item));
                Doing::Press { at, touch }
            }
            None if adds && !touch => {
                Doing::Marquee { from: self.camera().place(at), before: scene.selected.get_untracked() }
            }
            None => self.pan(at),
        };
        *self.doing.borrow_mut() = doing;
    }

    fn pan(&self, from: (f64, f64)) -> Doing {
        Doing::Pan { from, camera: self.camera(), moved: false }
    }

    /// Two fingers move and zoom. What one of them began is undone.
    fn pinch_begins(&self) -> bool {
        let touches: Vec<(f64, f64)> = self.touches.borrow().values().copied().collect();
        let [a, b] = touches[..] else { return touches.len() > 2 };
        self.drop_back();
        let (middle, apart) = between(a, b);
        *self.doing.borrow_mut() = Doing::Pinch { middle, apart, camera: self.camera() };
        true
    }

    fn moved(self: &Rc<Self>, event: &PointerEvent) {
        let at = self.on_stage(event);
        *self.at.borrow_mut() = at;
        if let Some(touch) = self.touches.borrow_mut().get_mut(&event.pointer_id()) {
            *touch = at;
        }
        let (scene, camera) = (self.scene, self.camera());
        scene.pointer.set_value(Some(camera.place(at)));
        scene.stir();
        let begins = match &*self.doing.borrow() {
            Doing::Press { at: from, touch } => {
                let steady = if *touch { STEADY.1 } else { STEADY.0 };
                ((at.0 - from.0).hypot(at.1 - from.1) > steady).then(|| camera.place(*from))
            }
            _ => None,
        };
        if let Some(from) = begins {
            let holds = self.hold();
            let _ = self.stage.set_pointer_capture(event.pointer_id());
            *self.doing.borrow_mut() = if holds { Doing::Drag { from } } else { Doing::Nothing };
        }
        if !matches!(&*self.doing.borrow(), Doing::Nothing | Doing::Press { .. }) {
            event.prevent_default();
            if !matches!(&*self.doing.borrow(), Doing::Drag { .. }) {
                let _ = self.stage.set_pointer_capture(event.pointer_id());
            }
            self.next_frame();
        }
    }

    /// However many movements come, one frame shows them.
    fn next_frame(self: &Rc<Self>) {
        if !self.waits.replace(true) {
            let hand = self.clone();
            request_animation_frame(move || hand.frame());
        }
    }

    fn frame(self: &Rc<Self>) {
        self.waits.replace(false);
        let (scene, at) = (self.scene, *self.at.borrow());
        if scene.camera.try_get_untracked().is_none() {
            return;
        }
        // What was in the hand was given up, by Esc.
        if matches!(&*self.doing.borrow(), Doing::Drag { .. }) && scene.drag.get_value().is_none() {
            *self.doing.borrow_mut() = Doing::Nothing;
        }
        match &mut *self.doing.borrow_mut() {
            Doing::Nothing | Doing::Press { .. } => {}
            Doing::Pan { from, camera, moved } => {
                let (dx, dy) = (at.0 - from.0, at.1 - from.1);
                if *moved || dx.hypot(dy) > STEADY.0 {
                    *moved = true;
                    scene.leave_view();
                    scene.camera.set(Camera { x: camera.x + dx, y: camera.y + dy, ..*camera });
                }
            }
            Doing::Drag { from } => {
                if self.push_edges() {
                    self.next_frame();
                }
                let (x, y) = self.camera().place(at);
                carry(scene, (x - from.0, y - from.1));
            }
            Doing::Resize { item, from, rect } => {
                let (x, y) = self.camera().place(at);
                let sized = sized(item.kind, *rect, (x - from.0, y - from.1));
                scene.elements.with_value(|elements| {
                    if let Some(element) = elements.get(item) {
                        super::stage::in_browser::put(element, sized);
                    }
                });
            }
            Doing::Marquee { from, before } => {
                let rect = Rect::between(*from, self.camera().place(at));
                scene.marquee.set(Some(rect));
                let meets = |item: &ItemRef| scene.rect(item).is_some_and(|other| other.meets(rect));
                let found = scene.items.get_untracked().into_iter().filter(|item| {
                    // A group is taken when it is whole in it.
                    meets(item)
                        && (item.kind != ItemKind::Group || scene.rect(item).is_some_and(|one| rect.with(one) == rect))
                });
                scene.select(before.iter().cloned().chain(found));
            }
            Doing::Pinch { middle, apart, camera } => {
                let touches: Vec<(f64, f64)> = self.touches.borrow().values().copied().collect();
                let [a, b] = touches[..] else { return };
                let (now, wide) = between(a, b);
                let zoomed = camera.zoomed(wide / apart.max(1.0), *middle);
                scene.leave_view();
                scene.camera.set(Camera { x: zoomed.x + now.0 - middle.0, y: zoomed.y + now.1 - middle.1, ..zoomed });
            }
        }
    }

    /// At the edge, the canvas moves on under what is dragged. Whether it does.
    fn push_edges(&self) -> bool {
        let ((x, y), (w, h)) = (*self.at.borrow(), self.scene.window.get_untracked());
        let push = |at: f64, size: f64| match at {
            at if at < EDGE.0 => EDGE.1,
            at if at > size - EDGE.0 => -EDGE.1,
            _ => 0.0,
        };
        let (dx, dy) = (push(x, w), push(y, h));
        if dx == 0.0 && dy == 0.0 {
            return false;
        }
        self.scene.camera.update(|camera| {
            camera.x += dx;
            camera.y += dy;
        });
        true
    }

    /// Takes hold of what is selected, and of what lies in the groups among it. Whether there is something to hold.
    fn hold(&self) -> bool {
        let held = deeds::with_members(self.scene);
        if held.is_empty() {
            return false;
        }
        mark_held(self.scene, &held, true);
        self.scene.held.set_value(held);
        self.scene.drag.set_value(Some((0.0, 0.0)));
        true
    }

    /// What is held goes back to where it stands.
    fn drop_back(&self) {
        if matches!(self.doing.replace(Doing::Nothing), Doing::Drag { .. }) {
            let_go(self.scene);
        }
        self.scene.marquee.set(None);
    }

    fn up(self: &Rc<Self>, event: &PointerEvent) {
        self.touches.borrow_mut().remove(&event.pointer_id());
        // Lets the last movement count.
        self.frame();
        let scene = self.scene;
        match self.doing.replace(Doing::Nothing) {
            Doing::Drag { .. } => {
                let by = scene.drag.get_value().unwrap_or_default();
                let held = scene.held.get_value();
                deeds::shift(scene, &held, by);
                let_go(scene);
            }
            Doing::Resize { item, from, rect } => {
                let (x, y) = self.camera().place(*self.at.borrow());
                let Rect { w, h, .. } = sized(item.kind, rect, (x - from.0, y - from.1));
                scene.act(vec![Act::Resize { item: item.clone(), w, h }], When::Now);
                if let Some(now) = scene.rect(&item) {
                    scene.elements.with_value(|elements| {
                        if let Some(element) = elements.get(&item) {
                            super::stage::in_browser::put(element, now);
                        }
                    });
                }
            }
            Doing::Pan { moved: false, .. } => {
                scene.select([]);
                scene.current.set(None);
                let _ = self.stage.focus();
            }
            Doing::Press { .. } => {
                if let Some(item) = scene.current.get_untracked() {
                    // Of several, a press that goes nowhere chooses the one.
                    scene.select([item.clone()]);
                    focus(scene, &item);
                }
            }
            Doing::Marquee { .. } => scene.marquee.set(None),
            _ => {}
        }
        scene.stir();
    }

    fn cancel(&self, event: &PointerEvent) {
        self.touches.borrow_mut().remove(&event.pointer_id());
        self.drop_back();
    }

    fn leave(&self, event: &PointerEvent) {
        if event.pointer_type() != "touch" && matches!(&*self.doing.borrow(), Doing::Nothing) {
            self.scene.pointer.set_value(None);
            self.scene.stir();
        }
    }

    /// A double click writes: in what is there, or in a new note.
    fn twice(&self, event: &MouseEvent) {
        let (item, target) = hit(event);
        if within(target.as_ref(), OWN) {
            return;
        }
        match item {
            Some(item) => deeds::open(self.scene, &item),
            None => {
                let place = self.camera().place(self.on_stage(event));
                deeds::new_note(self.scene, Some(place), "");
            }
        }
    }

    /// The wheel moves the canvas; with Ctrl, and by pinching a touchpad, it zooms.
    fn wheel(&self, event: &WheelEvent) {
        let (item, target) = hit(event);
        // A long note being written scrolls by itself.
        if item.is_some() && within(target.as_ref(), "textarea:focus") && !event.ctrl_key() {
            return;
        }
        event.prevent_default();
        let lines = if event.delta_mode() == WheelEvent::DOM_DELTA_LINE { 24.0 } else { 1.0 };
        let (dx, dy) = (event.delta_x() * lines, event.delta_y() * lines);
        self.scene.leave_view();
        let camera = self.camera();
        let camera = if event.ctrl_key() || event.meta_key() {
            camera.zoomed((-dy * 0.01).clamp(-0.6, 0.6).exp(), self.on_stage(event))
        } else if event.shift_key() && dx == 0.0 {
            Camera { x: camera.x - dy, ..camera }
        } else {
            Camera { x: camera.x - dx, y: camera.y - dy, ..camera }
        };
        self.scene.camera.set(camera);
    }
}

fn between(a: (f64, f64), b: (f64, f64)) -> ((f64, f64), f64) {
    (((a.0 + b.0) / 2.0, (a.1 + b.1) / 2.0), (a.0 - b.0).hypot(a.1 - b.1))
}

/// A rectangle whose lower right corner is dragged; a picture keeps its shape.
fn sized(kind: ItemKind, rect: Rect, (dx, dy): (f64, f64)) -> Rect {
    if kind == ItemKind::Picture {
        let by = ((rect.w + dx) / rect.w).max((rect.h + dy) / rect.h).max(PICTURE_LEAST / rect.w.min(rect.h));
        return Rect { w: rect.w * by, h: rect.h * by, ..rect };
    }
    Rect { w: (rect.w + dx).max(GROUP_LEAST), h: (rect.h + dy).max(GROUP_LEAST), ..rect }
}

/// Selects something besides, or no longer.
fn toggle(scene: Scene, item: ItemRef) {
    let mut selected = scene.selected.get_untracked();
    if !selected.remove(&item) {
        selected.insert(item.clone());
    }
    scene.current.set(Some(item));
    scene.select(selected);
}

/// Shows what is held as far away as it was dragged.
fn carry(scene: Scene, by: (f64, f64)) {
    scene.drag.set_value(Some(by));
    let held = scene.held.get_value();
    held.iter().for_each(|item| place(scene, item));
    scene.stir();
}

/// Nothing is held any more: everything is shown where it stands.
pub(super) fn let_go(scene: Scene) {
    let held = scene.held.try_update_value(std::mem::take).unwrap_or_default();
    scene.drag.set_value(None);
    held.iter().for_each(|item| place(scene, item));
    mark_held(scene, &held, false);
}

fn mark_held(scene: Scene, held: &BTreeSet<ItemRef>, are: bool) {
    scene.elements.with_value(|elements| {
        for element in held.iter().filter_map(|item| elements.get(item)) {
            let _ = element.class_list().toggle_with_force("is-held", are);
        }
    });
}

//! The whole canvas, small, with the part that is seen: to find one's way, and to go there.

use leptos::{html, prelude::*};

use super::scene::Scene;

/// How large it is, in pixels.
#[cfg(feature = "hydrate")]
const SIZE: (f64, f64) = (176.0, 112.0);

/// The minimap. By keys and by ear there is the outline.
pub(super) fn minimap(scene: Scene) -> AnyView {
    let canvas = NodeRef::<html::Canvas>::new();
    #[cfg(feature = "hydrate")]
    in_browser::start(scene, canvas);
    let hidden = move || scene.items.with(Vec::is_empty);
    view! { <canvas class="canvas-map" width="352" height="224" aria-hidden="true" hidden=hidden node_ref=canvas></canvas> }
        .into_any()
}

#[cfg(feature = "hydrate")]
mod in_browser {
    use std::{cell::Cell, rc::Rc};

    use leptos::{html, prelude::*};
    use shared::canvas::{ItemKind, layout::Rect};
    use wasm_bindgen::JsCast as _;
    use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, PointerEvent};

    use super::SIZE;
    use crate::canvas::scene::Scene;

    pub(super) fn start(scene: Scene, canvas: NodeRef<html::Canvas>) {
        let waits = Rc::new(Cell::new(false));
        Effect::new(move |_| {
            scene.version.track();
            scene.camera.track();
            scene.window.track();
            scene.selected.track();
            let Some(canvas) = canvas.get() else { return };
            // Once with the next frame, however much changes until then.
            if !waits.replace(true) {
                let waits = waits.clone();
                request_animation_frame(move || {
                    waits.set(false);
                    let _ = draw(scene, &canvas);
                });
            }
        });
        Effect::new(move |_| {
            let Some(canvas) = canvas.get() else { return };
            let go = move |event: &PointerEvent| {
                let (Some(target), true) = (
                    event.current_target().and_then(|target| target.dyn_into::<web_sys::Element>().ok()),
                    event.buttons() == 1,
                ) else {
                    return;
                };
                let around = target.get_bounding_client_rect();
                let Some((scale, all)) = scale(scene) else { return };
                let (dx, dy) = margins(all, scale);
                let x = (f64::from(event.client_x()) - around.left() - dx) / scale + all.x;
                let y = (f64::from(event.client_y()) - around.top() - dy) / scale + all.y;
                scene.look_at((x, y));
            };
            let target: &web_sys::EventTarget = canvas.as_ref();
            for name in ["pointerdown", "pointermove"] {
                let listener =
                    wasm_bindgen::closure::Closure::<dyn Fn(PointerEvent)>::new(move |event: PointerEvent| {
                        if name == "pointerdown" {
                            let _ = event
                                .target()
                                .and_then(|target| target.dyn_into::<web_sys::Element>().ok())
                                .map(|target| target.set_pointer_capture(event.pointer_id()));
                        }
                        go(&event);
                    });
                let _ = target.add_event_listener_with_callback(name, listener.as_ref().unchecked_ref());
                let parts = send_wrapper::SendWrapper::new((target.clone(), listener));
                on_cleanup(move || {
                    let (target, listener) = parts.take();
                    let _ = target.remove_event_listener_with_callback(name, listener.as_ref().unchecked_ref());
                });
            }
        });
    }

    /// What is shown, and how small.
    fn scale(scene: Scene) -> Option<(f64, Rect)> {
        let view = scene.camera.get_untracked().view(scene.window.get_untracked());
        let all = scene.bounds()?.with(view).grown(40.0);
        Some(((SIZE.0 / all.w).min(SIZE.1 / all.h), all))
    }

    fn margins(all: Rect, scale: f64) -> (f64, f64) {
        ((SIZE.0 - all.w * scale) / 2.0, (SIZE.1 - all.h * scale) / 2.0)
    }

    fn draw(scene: Scene, canvas: &HtmlCanvasElement) -> Option<()> {
        let context: CanvasRenderingContext2d = canvas.get_context("2d").ok()??.dyn_into().ok()?;
        let style = window().get_computed_style(canvas).ok()??;
        let colour = |name: &str| style.get_property_value(name).unwrap_or_default();
        context.set_transform(2.0, 0.0, 0.0, 2.0, 0.0, 0.0).ok()?;
        context.clear_rect(0.0, 0.0, SIZE.0, SIZE.1);
        let (scale, all) = scale(scene)?;
        let (dx, dy) = margins(all, scale);
        let fill = |rect: Rect| {
            context.fill_rect(
                (rect.x - all.x) * scale + dx,
                (rect.y - all.y) * scale + dy,
                (rect.w * scale).max(1.5),
                (rect.h * scale).max(1.5),
            );
        };
        let selected = scene.selected.try_get_untracked()?;
        let colours = [
            (ItemKind::Group, "--map-group"),
            (ItemKind::Picture, "--map-card"),
            (ItemKind::Card, "--map-card"),
            (ItemKind::Note, "--map-note"),
        ];
        scene.with_rects(|rects| {
            for (kind, name) in colours {
                context.set_fill_style_str(&colour(name));
                let of_kind = rects.iter().filter(|(item, _)| item.kind == kind && !selected.contains(item));
                of_kind.for_each(|(_, rect)| fill(*rect));
            }
            context.set_fill_style_str(&colour("--map-selected"));
            selected.iter().filter_map(|item| rects.get(item)).for_each(|rect| fill(*rect));
        })?;
        let view = scene.camera.try_get_untracked()?.view(scene.window.try_get_untracked()?);
        context.set_stroke_style_str(&colour("--map-view"));
        context.set_line_width(1.5);
        context.stroke_rect(
            (view.x - all.x) * scale + dx,
            (view.y - all.y) * scale + dy,
            view.w * scale,
            view.h * scale,
        );
        Some(())
    }
}

//! The stage: a window on the canvas, through which one moves by hand, by wheel and by keys.

use leptos::{ev, html, prelude::*};
use shared::canvas::{ItemKind, ItemRef, layout::Rect, svg};

use super::{
    bar, cursors, item, links, minimap, names, outline,
    scene::{Saving, Scene, Tool},
    status, tools, workshop,
};
use crate::{
    i18n::{t, t_string},
    visit::here,
    words,
};

/// From this width of the window on there is room for a stage. The styles say the same.
#[cfg(feature = "hydrate")]
const ROOM: &str = "(min-width: 720px)";

/// The canvas: its stage where there is room for one, and its outline.
pub(crate) fn view(scene: Scene) -> AnyView {
    let room = RwSignal::new(false);
    #[cfg(feature = "hydrate")]
    {
        in_browser::watch_room(room);
        super::follow::start(scene);
    }
    let outlined = RwSignal::new(false);
    view! {
        <div
            class="canvas"
            class:is-outlined=move || outlined.get()
            data-alive=move || (scene.saving.get() != Saving::Opening).then_some("")
        >
            {status::notices(scene)}
            <div class="workshop">{status::line(scene)} {workshop::strip(scene)}</div>
            <div class="canvas-frame">
                <Show when=move || room.get() fallback=move || drawing(scene)>
                    {stage(scene)}
                </Show>
                {tools::tools(scene, room, outlined)}
            </div>
            {outline::outline(scene, room, outlined)}
            <p class="unseen" role="status" aria-live="polite">{move || scene.said.get()}</p>
        </div>
    }
    .into_any()
}

/// What the canvas names, for its drawing.
struct Named(Scene);

impl svg::Names for Named {
    fn maker(&self, actor: &str) -> Option<String> {
        self.0.makers.with_untracked(|makers| makers.get(actor).map(|maker| maker.name.clone()))
    }

    fn card(&self, idea: &str) -> Option<svg::CardWords> {
        let card = self.0.ideas.with_untracked(|ideas| ideas.get(idea).cloned())?;
        let i18n = self.0.i18n;
        let (stage, votes) = untrack(|| (words::stage(i18n, &card.stage), words::votes(i18n, card.votes)));
        Some(svg::CardWords { title: card.title, stage, colour: card.stage.colour, votes })
    }

    fn picture(&self, picture: &str) -> Option<String> {
        picture.parse::<shared::picture::Address>().ok().map(|address| address.to_string())
    }
}

/// The drawing of the canvas as it is now.
pub(super) fn drawn(scene: Scene, names: &impl svg::Names, used: svg::Use) -> String {
    let title = scene.title.get_value();
    scene.with(|canvas| svg::svg(canvas, names, used, &title)).unwrap_or_default()
}

/// The names of a scene, for its drawing.
#[cfg(feature = "hydrate")]
pub(super) fn named(scene: Scene) -> impl svg::Names {
    Named(scene)
}

/// What is seen of the canvas before the stage is there.
fn drawing(scene: Scene) -> AnyView {
    view! { <div class="canvas-drawing" inner_html=drawn_now(scene)></div> }.into_any()
}

/// The drawing of the canvas as it is now; nothing of an empty one.
pub(super) fn drawn_now(scene: Scene) -> String {
    let empty = scene.with(shared::canvas::Canvas::is_empty).unwrap_or(true);
    if empty { String::new() } else { drawn(scene, &Named(scene), svg::Use::Page) }
}

pub(super) fn stage(scene: Scene) -> AnyView {
    let stage = NodeRef::<html::Div>::new();
    let world = NodeRef::<html::Div>::new();
    #[cfg(feature = "hydrate")]
    in_browser::start(scene, stage, world);
    let of = move |kinds: fn(ItemKind) -> bool| {
        move || {
            let items = scene.items.get();
            items.into_iter().filter(|item| kinds(item.kind)).collect::<Vec<ItemRef>>()
        }
    };
    let groups = of(|kind| kind == ItemKind::Group);
    let rest = of(|kind| kind != ItemKind::Group);
    let empty = move || scene.items.with(Vec::is_empty);
    let pressed = move |event: ev::KeyboardEvent| {
        #[cfg(feature = "hydrate")]
        super::keys::pressed(scene, &event);
        #[cfg(not(feature = "hydrate"))]
        let _ = event;
    };
    view! {
        <div
            class="canvas-stage"
            class:is-linking=move || scene.tool.get() == Tool::Link
            node_ref=stage
            role="application"
            aria-label=move || t_string!(scene.i18n, canvas.stage)
            aria-describedby="canvas-help"
            tabindex=move || if scene.current.with(Option::is_none) { "0" } else { "-1" }
            on:keydown=pressed
        >
            <p class="unseen" id="canvas-help">{t!(scene.i18n, canvas.help)}</p>
            <div class="canvas-world" node_ref=world>
                <div class="canvas-layer">
                    <For each=groups key=Clone::clone let:one>
                        {item::item(scene, one)}
                    </For>
                </div>
                {links::layer(scene)}
                <div class="canvas-layer">
                    <For each=rest key=Clone::clone let:one>
                        {item::item(scene, one)}
                    </For>
                </div>
                {cursors::boxes(scene)}
                {move || scene.marquee.get().map(marquee)}
            </div>
            {cursors::cursors(scene)}
            <Show when=empty>{nothing(scene)}</Show>
        </div>
        {bar::bar(scene)}
        {minimap::minimap(scene)}
    }
    .into_any()
}

fn marquee(rect: Rect) -> AnyView {
    let node = NodeRef::<html::Div>::new();
    #[cfg(feature = "hydrate")]
    Effect::new(move |_| {
        if let Some(div) = node.get() {
            in_browser::put(&div, rect);
        }
    });
    #[cfg(not(feature = "hydrate"))]
    let _ = rect;
    view! { <div class="canvas-marquee" node_ref=node></div> }.into_any()
}

/// What an empty canvas says.
fn nothing(scene: Scene) -> AnyView {
    let may = move || scene.may.with(|may| may.note);
    let visitor = here().me.with_untracked(|me| me.person.is_none());
    view! {
        <div class="canvas-nothing">
            <p class="canvas-nothing-title">{t!(scene.i18n, canvas.empty)}</p>
            <p>{move || match may() {
                true => t_string!(scene.i18n, canvas.empty_hint),
                false if visitor => t_string!(scene.i18n, canvas.empty_visitor),
                false => t_string!(scene.i18n, canvas.empty_reader),
            }}</p>
            <Show when=may>{super::templates::offer(scene)}</Show>
        </div>
    }
    .into_any()
}

/// The name of what is selected, in a few words.
pub(super) fn selection_name(scene: Scene) -> String {
    let selected = scene.selected.get();
    match selected.len() {
        0 => String::new(),
        1 => selected.first().map(|item| names::name(scene, item)).unwrap_or_default(),
        count => t_string!(scene.i18n, canvas.selected, count = count),
    }
}

#[cfg(feature = "hydrate")]
pub(super) mod in_browser {
    use leptos::{html, prelude::*};
    use send_wrapper::SendWrapper;
    use shared::canvas::layout::Rect;
    use wasm_bindgen::{JsCast, closure::Closure};

    use super::ROOM;
    use crate::canvas::{hand, keys, paste, scene::Scene};

    /// Follows whether there is room for a stage.
    pub(crate) fn watch_room(room: RwSignal<bool>) {
        Effect::new(move |_| {
            let Ok(Some(query)) = window().match_media(ROOM) else { return };
            room.set(query.matches());
            let changed = {
                let query = query.clone();
                Closure::<dyn FnMut()>::new(move || {
                    let _ = room.try_set(query.matches());
                })
            };
            let _ = query.add_event_listener_with_callback("change", changed.as_ref().unchecked_ref());
            let parts = SendWrapper::new((query, changed));
            on_cleanup(move || {
                let (query, changed) = parts.take();
                let _ = query.remove_event_listener_with_callback("change", changed.as_ref().unchecked_ref());
            });
        });
    }

    /// Puts an element over this part of the canvas.
    pub(crate) fn put(element: &web_sys::HtmlElement, rect: Rect) {
        let style = element.style();
        let transform = format!("translate({}px,{}px)", rect.x, rect.y);
        let (width, height) = (format!("{}px", rect.w), format!("{}px", rect.h));
        for (name, value) in [("transform", transform), ("width", width), ("height", height)] {
            // The element takes any length.
            let _ = style.set_property(name, &value);
        }
    }

    /// Brings the stage to life.
    pub(super) fn start(scene: Scene, stage: NodeRef<html::Div>, world: NodeRef<html::Div>) {
        Effect::new(move |begun: Option<bool>| {
            let Some(stage) = stage.get() else { return begun == Some(true) };
            if begun != Some(true) {
                measure(scene, &stage);
                untrack(|| scene.fit());
                hand::start(scene, &stage);
                paste::start(scene);
                keys::start(scene);
            }
            true
        });
        Effect::new(move |_| {
            let camera = scene.camera.get();
            let Some(world) = world.get() else { return };
            let world: &web_sys::HtmlElement = &world;
            let style = world.style();
            let transform = format!("translate({:.2}px,{:.2}px) scale({:.4})", camera.x, camera.y, camera.zoom);
            let _ = style.set_property("transform", &transform);
            let _ = style.set_property("--zoom", &format!("{:.4}", camera.zoom));
            if let Some(stage) = stage.get_untracked() {
                let stage: &web_sys::HtmlElement = &stage;
                let _ = stage.style().set_property("--grid-x", &format!("{:.1}px", camera.x));
                let _ = stage.style().set_property("--grid-y", &format!("{:.1}px", camera.y));
                let _ = stage.style().set_property("--grid", &format!("{:.2}px", grid(camera.zoom)));
            }
            if scene.leading.get_untracked() {
                scene.stir();
            }
        });
    }

    /// The distance of the dots of the ground: never so close that they are a grey.
    fn grid(zoom: f64) -> f64 {
        let mut distance = 32.0 * zoom;
        while distance < 18.0 {
            distance *= 2.0;
        }
        distance
    }

    /// How large the stage is, now and whenever that changes.
    fn measure(scene: Scene, stage: &web_sys::HtmlElement) {
        let size = |stage: &web_sys::HtmlElement| (f64::from(stage.client_width()), f64::from(stage.client_height()));
        // It ends where the window does, whatever stands above it.
        let top = stage.get_bounding_client_rect().top() + window().scroll_y().unwrap_or_default();
        let _ = stage.style().set_property("--stage-top", &format!("{top:.0}px"));
        scene.window.set(size(stage));
        let of = stage.clone();
        let changed = Closure::<dyn FnMut()>::new(move || {
            let now = size(&of);
            if scene.window.try_get_untracked().is_some_and(|before| before != now && now.0 > 0.0) {
                scene.window.set(now);
            }
        });
        let Ok(observer) = web_sys::ResizeObserver::new(changed.as_ref().unchecked_ref()) else { return };
        observer.observe(stage);
        let parts = SendWrapper::new((observer, changed));
        on_cleanup(move || parts.take().0.disconnect());
    }
}

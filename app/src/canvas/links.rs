//! The lines between things on the stage.

use leptos::prelude::*;
use shared::canvas::Item;
#[cfg(feature = "hydrate")]
use shared::canvas::ItemRef;

use super::scene::Scene;

/// The layer of links, below notes and above groups.
pub(super) fn layer(scene: Scene) -> AnyView {
    view! {
        <svg class="canvas-links" aria-hidden="true">
            <defs>
                <marker id="arrow" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" orient="auto-start-reverse">
                    <path d="M0 0 10 5 0 10z" />
                </marker>
            </defs>
            <For each=move || scene.links.get() key=Clone::clone let:id>
                {link(scene, id)}
            </For>
        </svg>
    }
    .into_any()
}

fn link(scene: Scene, id: String) -> AnyView {
    let item = shared::canvas::ItemRef::new(shared::canvas::ItemKind::Link, id.clone());
    let look = scene.look(&item);
    let selected = {
        let item = item.clone();
        move || scene.selected.with(|selected| selected.contains(&item))
    };
    let path = move || {
        // Where its ends are may change with anything; by hand they are moved by `redraw`.
        scene.version.track();
        match look.get() {
            Some(Item::Link(link)) => line(scene, &link.from, &link.to),
            _ => String::new(),
        }
    };
    let hit = path.clone();
    view! {
        <g class="canvas-link" class:is-selected=selected data-item=item.to_string()>
            <path class="canvas-link-hit" d=hit />
            <path class="canvas-link-line" d=path marker-end="url(#arrow)" />
        </g>
    }
    .into_any()
}

/// The line from one thing to another, as they are carried just now.
fn line(scene: Scene, from: &str, to: &str) -> String {
    let rect = |end: &str| {
        let item = end.parse().ok()?;
        let rect = scene.rect(&item)?;
        #[cfg(feature = "hydrate")]
        let rect = {
            let (dx, dy) = super::names::offset(scene, &item);
            rect.shifted(dx, dy)
        };
        Some(rect)
    };
    let (Some(from), Some(to)) = (rect(from), rect(to)) else { return String::new() };
    let (start, end) = (from.edge_towards(to.middle()), to.edge_towards(from.middle()));
    format!("M{:.0} {:.0}L{:.0} {:.0}", start.0, start.1, end.0, end.1)
}

/// Draws the links of something anew that is carried by hand.
#[cfg(feature = "hydrate")]
pub(super) fn redraw(scene: Scene, item: &ItemRef) {
    let name = item.to_string();
    let of = |canvas: &shared::canvas::Canvas| -> Vec<(String, String, String)> {
        let links = canvas.links.iter().filter(|(_, link)| link.from == name || link.to == name);
        links.map(|(id, link)| (id.clone(), link.from.clone(), link.to.clone())).collect()
    };
    for (id, from, to) in scene.with(of).unwrap_or_default() {
        let path = line(scene, &from, &to);
        let Ok(lines) = document().query_selector_all(&format!("[data-item=\"links/{id}\"] path")) else { return };
        for at in 0..lines.length() {
            use wasm_bindgen::JsCast as _;
            if let Some(line) = lines.item(at).and_then(|line| line.dyn_into::<web_sys::Element>().ok()) {
                let _ = line.set_attribute("d", &path);
            }
        }
    }
}

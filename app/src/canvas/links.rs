//! The lines between things on the stage.

use leptos::{prelude::*, svg};
use shared::canvas::Item;

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
    let lines = [NodeRef::<svg::Path>::new(), NodeRef::<svg::Path>::new()];
    #[cfg(feature = "hydrate")]
    in_browser::know(scene, id, lines);
    let [under, over] = lines;
    view! {
        <g class="canvas-link" class:is-selected=selected data-item=item.to_string()>
            <path class="canvas-link-hit" d=hit node_ref=under />
            <path class="canvas-link-line" d=path marker-end="url(#arrow)" node_ref=over />
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

#[cfg(feature = "hydrate")]
pub(super) use in_browser::redraw;

#[cfg(feature = "hydrate")]
mod in_browser {
    use leptos::{prelude::*, svg};
    use send_wrapper::SendWrapper;
    use shared::canvas::ItemRef;

    use super::line;
    use crate::canvas::scene::Scene;

    /// Keeps the elements of a link at hand.
    pub(super) fn know(scene: Scene, id: String, lines: [NodeRef<svg::Path>; 2]) {
        let of = id.clone();
        Effect::new(move |_| {
            let [Some(under), Some(over)] = lines.map(|line| line.get()) else { return };
            let both = SendWrapper::new([web_sys::Element::clone(&under), web_sys::Element::clone(&over)]);
            let _ = scene.lines.try_update_value(|lines| lines.insert(of.clone(), both));
        });
        on_cleanup(move || {
            let _ = scene.lines.try_update_value(|lines| lines.remove(&id));
        });
    }

    /// Draws the links of something anew that is carried by hand.
    pub(in crate::canvas) fn redraw(scene: Scene, item: &ItemRef) {
        for (id, link) in scene.links_of(item) {
            let path = line(scene, &link.from, &link.to);
            scene.lines.with_value(|lines| {
                for element in lines.get(&id).into_iter().flat_map(|both| both.iter()) {
                    let _ = element.set_attribute("d", &path);
                }
            });
        }
    }
}

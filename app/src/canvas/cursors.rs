//! Where the others point, and what they have selected.

use leptos::{html, prelude::*};

use super::scene::{Peer, Scene};
use crate::i18n::t_string;

/// Things of one person that are framed, at most.
const FRAMED: usize = 24;

/// The named cursors of the others, above everything.
pub(super) fn cursors(scene: Scene) -> AnyView {
    view! {
        <div class="canvas-cursors" aria-hidden="true">
            <For each=move || scene.peers.get() key=|peer| (peer.peer.clone(), peer.colour.as_str()) let:peer>
                {cursor(scene, peer)}
            </For>
        </div>
    }
    .into_any()
}

fn cursor(scene: Scene, peer: Peer) -> AnyView {
    let node = NodeRef::<html::Div>::new();
    let does = peer.does.clone();
    #[cfg(feature = "hydrate")]
    {
        let does = does.clone();
        Effect::new(move |_| {
            let (at, camera) = (does.get().at, scene.camera.get());
            let (Some(div), Some((x, y))) = (node.get(), at) else { return };
            let (x, y) = (f64::from(x) * camera.zoom + camera.x, f64::from(y) * camera.zoom + camera.y);
            let div: &web_sys::HtmlElement = &div;
            let _ = div.style().set_property("transform", &format!("translate({x:.1}px,{y:.1}px)"));
        });
    }
    let hidden = {
        let does = does.clone();
        move || does.get().at.is_none()
    };
    let writes = move || does.get().typing;
    let name = peer.person.name.clone();
    view! {
        <div class="canvas-cursor" data-colour=peer.colour.as_str() hidden=hidden node_ref=node>
            <svg viewBox="0 0 20 20" width="20" height="20"><path d="M3 2l14 6.5-6 2.2-2.4 6.1z" /></svg>
            <span class="canvas-cursor-name">
                {name} {move || writes().then(|| t_string!(scene.i18n, canvas.writes))}
            </span>
        </div>
    }
    .into_any()
}

/// Frames around what the others have selected.
pub(super) fn boxes(scene: Scene) -> AnyView {
    view! {
        <div class="canvas-layer canvas-boxes" aria-hidden="true">
            <For each=move || scene.peers.get() key=|peer| (peer.peer.clone(), peer.colour.as_str()) let:peer>
                {frames(scene, &peer)}
            </For>
        </div>
    }
    .into_any()
}

fn frames(scene: Scene, peer: &Peer) -> AnyView {
    let (does, colour) = (peer.does.clone(), peer.colour.as_str());
    let items = Memo::new(move |_| {
        let items = does.get().items.unwrap_or_default();
        items.into_iter().take(FRAMED).collect::<Vec<_>>()
    });
    view! {
        <For each=move || items.get() key=Clone::clone let:item>
            {
                let node = NodeRef::<html::Div>::new();
                #[cfg(feature = "hydrate")]
                {
                    let item = item.clone();
                    Effect::new(move |_| {
                        scene.version.track();
                        scene.frames.track();
                        let (Some(div), Some(rect)) = (node.get(), scene.rect(&item)) else { return };
                        let (dx, dy) = super::names::offset(scene, &item);
                        super::stage::in_browser::put(&div, rect.shifted(dx, dy).grown(4.0));
                    });
                }
                #[cfg(not(feature = "hydrate"))]
                let _ = (scene, item);
                view! { <div class="canvas-box" data-colour=colour node_ref=node></div> }
            }
        </For>
    }
    .into_any()
}

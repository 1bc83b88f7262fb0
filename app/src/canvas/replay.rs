//! A canvas as it was, to be looked at: the same stage and outline, on which nobody changes anything.

use leptos::prelude::*;

use super::{outline, scene::Scene, stage, tools};

/// The canvas as the scene has it.
pub(crate) fn replay(scene: Scene) -> AnyView {
    let room = RwSignal::new(false);
    #[cfg(feature = "hydrate")]
    stage::in_browser::watch_room(room);
    let outlined = RwSignal::new(false);
    // Where there is no room for the stage, each version is drawn.
    let drawn = move || {
        scene.version.track();
        stage::drawn_now(scene)
    };
    view! {
        <div class="canvas is-replay" class:is-outlined=move || outlined.get()>
            <div class="canvas-frame">
                <Show when=move || room.get() fallback=move || view! { <div class="canvas-drawing" inner_html=drawn></div> }>
                    {stage::stage(scene)}
                </Show>
                {tools::tools(scene, room, outlined)}
            </div>
            {outline::outline(scene, room, outlined)}
        </div>
    }
    .into_any()
}

/// Shows what lay there at another time. What is the same then is not touched.
#[cfg(feature = "hydrate")]
pub(crate) fn show(scene: Scene, canvas: &shared::canvas::Canvas) {
    use std::collections::BTreeSet;

    let changed = scene.with(|now| {
        let all: BTreeSet<_> = now.items().chain(canvas.items()).collect();
        all.into_iter().filter(|item| now.clone_of(item) != canvas.clone_of(item)).collect::<BTreeSet<_>>()
    });
    scene.see(canvas, &changed.unwrap_or_default());
}

//! Where the keyboard is.

use leptos::prelude::*;
use shared::canvas::ItemRef;

use super::scene::Scene;

/// Gives something the focus, once it is on the stage.
pub(super) fn focus(scene: Scene, item: &ItemRef) {
    scene.current.set(Some(item.clone()));
    #[cfg(feature = "hydrate")]
    {
        let item = item.clone();
        request_animation_frame(move || {
            // Who has begun to write meanwhile has the focus where they write.
            if scene.editing.try_with_untracked(Option::is_some) != Some(false) {
                return;
            }
            let element = scene.elements.try_with_value(|elements| elements.get(&item).map(|one| (**one).clone()));
            if let Some(element) = element.flatten() {
                quietly(&element);
            }
        });
    }
}

/// Gives the stage itself the focus.
pub(super) fn focus_stage() {
    #[cfg(feature = "hydrate")]
    request_animation_frame(|| {
        use wasm_bindgen::JsCast as _;
        let stage = document().query_selector(".canvas-stage").ok().flatten();
        if let Some(stage) = stage.and_then(|stage| stage.dyn_into::<web_sys::HtmlElement>().ok()) {
            quietly(&stage);
        }
    });
}

/// The canvas moves under the window by itself: the browser scrolls nothing.
#[cfg(feature = "hydrate")]
fn quietly(element: &web_sys::HtmlElement) {
    let options = web_sys::FocusOptions::new();
    options.set_prevent_scroll(true);
    let _ = element.focus_with_options(&options);
}

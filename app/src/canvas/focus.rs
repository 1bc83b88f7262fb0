//! Where the keyboard is.

use leptos::prelude::*;
use shared::canvas::ItemRef;

use super::scene::Scene;

/// Gives something the focus: at once where it is on the stage, so that no key is pressed on nothing; else as soon as it is.
pub(super) fn focus(scene: Scene, item: &ItemRef) {
    scene.current.set(Some(item.clone()));
    #[cfg(feature = "hydrate")]
    {
        let is_given = give(scene, item);
        let item = item.clone();
        request_animation_frame(move || {
            // What is drawn anew in the meantime has lost it; whoever has gone on has not.
            if !is_given || is_nowhere() {
                give(scene, &item);
            }
        });
    }
}

/// Gives the stage itself the focus.
pub(super) fn focus_stage() {
    #[cfg(feature = "hydrate")]
    {
        use wasm_bindgen::JsCast as _;
        let stage = document().query_selector(".canvas-stage").ok().flatten();
        if let Some(stage) = stage.and_then(|stage| stage.dyn_into::<web_sys::HtmlElement>().ok()) {
            quietly(&stage);
        }
    }
}

/// Whether it could be given. Who writes has the focus where they write.
#[cfg(feature = "hydrate")]
fn give(scene: Scene, item: &ItemRef) -> bool {
    if scene.editing.try_with_untracked(Option::is_some) != Some(false) {
        return false;
    }
    let element = scene.elements.try_with_value(|elements| elements.get(item).map(|one| (**one).clone())).flatten();
    element.inspect(quietly).is_some()
}

/// Whether nothing on the page has the focus.
#[cfg(feature = "hydrate")]
fn is_nowhere() -> bool {
    document().active_element().is_none_or(|active| document().body().is_some_and(|body| *body == active))
}

/// The canvas moves under the window by itself: the browser scrolls nothing.
#[cfg(feature = "hydrate")]
fn quietly(element: &web_sys::HtmlElement) {
    let options = web_sys::FocusOptions::new();
    options.set_prevent_scroll(true);
    let _ = element.focus_with_options(&options);
}

//! The place in a list: after Back it is where it was left, though the list is drawn anew.

#[cfg(feature = "hydrate")]
mod kept {
    use std::{
        cell::{Cell, RefCell},
        collections::HashMap,
    };

    use leptos::prelude::*;

    thread_local! {
        static LEFT_AT: RefCell<HashMap<String, f64>> = RefCell::default();
        static CAME_BACK: Cell<bool> = const { Cell::new(false) };
    }

    fn address() -> String {
        window().location().href().unwrap_or_default()
    }

    /// Notices when the person goes back or forward.
    pub fn watch() {
        let _ = window_event_listener(leptos::ev::popstate, |_| CAME_BACK.set(true));
    }

    /// A link is followed: the list is left here.
    pub fn leave() {
        CAME_BACK.set(false);
        let at = window().scroll_y().unwrap_or_default();
        LEFT_AT.with_borrow_mut(|left_at| left_at.insert(address(), at));
    }

    /// The list is drawn: on the way back it stands where it was left.
    pub fn come() {
        request_animation_frame(|| {
            if !CAME_BACK.get() {
                return;
            }
            if let Some(at) = LEFT_AT.with_borrow(|left_at| left_at.get(&address()).copied()) {
                window().scroll_to_with_x_and_y(0.0, at);
            }
        });
    }
}
#[cfg(feature = "hydrate")]
pub use kept::{come, leave, watch};

/// A link is followed. Nobody follows links on the server.
#[cfg(not(feature = "hydrate"))]
pub fn leave() {}

//! What an open document does when the page or the network comes and goes.

use leptos::prelude::*;
use send_wrapper::SendWrapper;

use super::socket::Socket;

/// Leaves and comes back with the page and the network. `unsaved` says whether something is not stored yet, and sends what was
/// done first; `at_risk` whether it would be lost with the page; `keep` keeps it where it outlives the page.
pub(crate) fn mind(
    socket: &Socket,
    unsaved: impl Fn() -> bool + Clone + 'static,
    at_risk: impl Fn() -> bool + Clone + 'static,
    keep: impl Fn() + Clone + 'static,
) -> Vec<WindowListenerHandle> {
    let parts = SendWrapper::new((socket.clone(), unsaved, keep, at_risk));
    let (online, offline, hide, show, unload, hidden) =
        (parts.clone(), parts.clone(), parts.clone(), parts.clone(), parts.clone(), parts);
    vec![
        window_event_listener_untyped("online", move |_| online.0.hurry()),
        window_event_listener_untyped("offline", move |_| offline.0.unplug()),
        window_event_listener_untyped("pagehide", move |_| {
            if hide.1() {
                hide.2();
                hide.0.end();
            } else {
                hide.0.leave();
            }
        }),
        window_event_listener_untyped("pageshow", move |_| show.0.resume()),
        window_event_listener_untyped("beforeunload", move |event| {
            if unload.3() {
                event.prevent_default();
            }
        }),
        window_event_listener_untyped("visibilitychange", move |_| {
            // A hidden page may be put to sleep: this sends what was typed.
            let _ = hidden.1();
        }),
    ]
}

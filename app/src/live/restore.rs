//! Bringing an earlier version of a concept back: asked for on the page of its history, done by the editor on its own page,
//! as if the person wrote it. Not by an address: whoever follows a link must change nothing by that.

use std::sync::{Mutex, PoisonError};

use shared::api::Millis;

/// The idea, and the moment of its version.
static WISH: Mutex<Option<(u32, Millis)>> = Mutex::new(None);

/// Asks for the version that ended at a moment, of the idea whose page comes next.
pub(crate) fn ask(number: u32, at: Millis) {
    if cfg!(feature = "hydrate") {
        *WISH.lock().unwrap_or_else(PoisonError::into_inner) = Some((number, at));
    }
}

/// What was asked for on the page before, if it was of this idea.
#[cfg(feature = "hydrate")]
pub(super) fn take(number: u32) -> Option<Millis> {
    let (of, at) = WISH.lock().unwrap_or_else(PoisonError::into_inner).take()?;
    (of == number).then_some(at)
}

//! What arrives is shown with the next frame of the screen; while the person types, out of the way of their letters.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    time::Duration,
};

use leptos::prelude::{request_animation_frame, set_timeout};
use shared::live::replica::{Ease, Replicated};

use super::shelf::Shelved;
use crate::visit::elapsed;

/// The next frame of an open document.
#[derive(Default)]
pub(crate) struct Frames {
    asked: Cell<bool>,
    ease: RefCell<Ease>,
}

/// What is shown frame by frame.
pub(crate) trait Framed: Shelved {
    /// Its next frame.
    fn frames(&self) -> &Frames;

    /// Applies what has arrived, and shows it.
    fn frame(&self);
}

impl Frames {
    /// The person typed.
    pub(crate) fn typed(&self) {
        self.ease.borrow_mut().typed(now_ms());
    }

    /// Shows what there is with the next frame, unless that is asked for already.
    pub(crate) fn schedule<S: Framed>(this: &Rc<S>) {
        if !this.frames().asked.replace(true) {
            let this = this.clone();
            request_animation_frame(move || Self::run(&this));
        }
    }

    fn run<S: Framed>(this: &Rc<S>) {
        let frames = this.frames();
        frames.asked.set(false);
        if this.with_replica(|replica| replica.has_news()) != Some(true) {
            return this.frame();
        }
        let began = now_ms();
        let due = frames.ease.borrow_mut().due_in(began);
        if due > 0 {
            // Until then, whoever asks for a frame waits for that one.
            frames.asked.set(true);
            let again = this.clone();
            let later = move || {
                again.frames().asked.set(false);
                Self::schedule(&again);
            };
            return set_timeout(later, Duration::from_millis(due));
        }
        this.frame();
        frames.ease.borrow_mut().took(began, now_ms());
    }
}

/// Milliseconds since the page began.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a page is not open for ages")]
pub(crate) fn now_ms() -> u64 {
    elapsed() as u64
}

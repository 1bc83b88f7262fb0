//! Bringing an earlier version back: the person's own editor writes what is missing and removes what came since, and touches
//! nothing else, so that the words of others and the passages that comments are about stay where they are.

use std::{rc::Rc, time::Duration};

use leptos::{prelude::*, task::spawn_local};
use shared::{
    api::{History, Millis},
    history::{back, begun_by, text},
    live::{concept::Field, replica::Splice},
};

use super::Session;
use crate::{api, live::desk::Notice};

/// How often the history is asked for while what it tells is not what is here yet, and the time between.
const TRIES: u32 = 8;
const PAUSE: Duration = Duration::from_millis(400);

impl Session {
    /// Makes the version that ended at a moment the last again.
    pub(super) fn bring_back(&self, at: Millis) {
        self.try_to_bring_back(at, TRIES);
    }

    fn try_to_bring_back(&self, at: Millis, left: u32) {
        let Some(session) = self.this.upgrade() else { return };
        spawn_local(async move {
            let asked = api::get::<History>(format!("/ideas/{}/history", session.desk.number)).await;
            let notice = match asked {
                Ok(history) if session.is_at_the_end_of(&history) => {
                    if session.write_back(&history, at) {
                        Notice::Restored
                    } else {
                        Notice::NotRestored
                    }
                }
                Ok(_) if left > 0 => {
                    set_timeout(move || session.try_to_bring_back(at, left - 1), PAUSE);
                    return;
                }
                _ => Notice::NotRestored,
            };
            session.desk.notice.try_set(Some(notice));
        });
    }

    /// Whether what is here is what a history tells to be the last version.
    fn is_at_the_end_of(self: &Rc<Self>, history: &History) -> bool {
        let core = self.core.borrow();
        let last = u32::try_from(history.versions.len()).unwrap_or(u32::MAX);
        let same = |field: Field| {
            core.replica.as_ref().is_some_and(|replica| replica.text(field) == text(history.runs(field), last))
        };
        Field::ALL.into_iter().all(same)
    }

    /// Says whether there was room for all of it.
    fn write_back(self: &Rc<Self>, history: &History, at: Millis) -> bool {
        let last = u32::try_from(history.versions.len()).unwrap_or(u32::MAX);
        let version = begun_by(&history.versions, at);
        let mut written = true;
        for field in Field::ALL {
            let splices: Vec<Splice> = back(history.runs(field), last, version)
                .into_iter()
                .map(|(at, delete, insert)| Splice { at, delete, insert })
                .collect();
            if let (false, Some(editor)) = (splices.is_empty(), self.editor(field)) {
                written &= editor.write(splices.iter());
                // Where Ctrl+Z takes it back.
                editor.focus();
            }
        }
        self.commit();
        written
    }
}

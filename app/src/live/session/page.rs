//! The session's side towards the page: editors, frames, carets.

use std::{rc::Rc, time::Duration};

use leptos::prelude::*;
use shared::{
    limits,
    live::{
        caret::{self, Caret},
        concept::Field,
        message::FromClient,
        replica::{Draft, Replicated},
    },
};
use wasm_bindgen::closure::Closure;
use web_sys::HtmlElement;

use super::{CARET, Session, local, nonce, replace, storage};
use crate::live::{
    desk::{Mode, Notice},
    editor::{self, Events, Marked, Options},
    hold,
    kept::Why,
    restore,
    shelf::Shelved as _,
};

impl Session {
    /// Once per frame of the screen: applies what arrived, shows it, moves the others' carets.
    pub(super) fn apply(&self) {
        // While an input method composes, what others write waits: the end of the composition asks again.
        if self.composing() {
            return;
        }
        let done = {
            let mut core = self.core.borrow_mut();
            let Some(replica) = &mut core.replica else { return };
            let done = replica.integrate();
            if done.as_ref().is_ok_and(|done| done.send.is_some()) {
                core.pace.committed();
            }
            done
        };
        match done {
            Ok(done) => {
                self.show(&done.patches);
                if done.patches.iter().any(|patch| patch.field == Field::Title) {
                    self.tell_title();
                }
                if let Some(data) = done.send {
                    self.sync(data);
                }
                if done.behind && self.socket.joined().is_some() {
                    self.hello();
                } else {
                    self.give_up_early();
                }
            }
            Err(_) => self.socket.renew(),
        }
        self.stir_shelf();
        self.mount();
        if self.core.borrow().awaited {
            self.show_passages();
        }
        self.show_carets();
        self.tell_saving();
    }

    /// Words of before that fit nowhere, now that all is here that the server has, are for the person to put back.
    fn give_up_early(&self) {
        let words = self.with_replica(Replicated::give_up_early).unwrap_or_default();
        if !words.is_empty() {
            let name = uuid::Uuid::now_v7().to_string();
            self.keep_words(&name, Why::Unsaved, &Draft::of_words(words));
            self.shelf.gave_up();
        }
    }

    fn show_carets(&self) {
        for field in Field::ALL {
            let flags = {
                let core = self.core.borrow();
                core.replica.as_ref().map(|replica| core.presence.flags(replica, field)).unwrap_or_default()
            };
            if let Some(editor) = self.editor(field) {
                editor.show_carets(flags.into_iter());
            }
        }
    }

    /// Shows the passages that comments are about. From then on the editors keep them where they are.
    pub(super) fn show_passages(&self) {
        if self.editors.borrow().is_empty() {
            return;
        }
        let placed = {
            let mut core = self.core.borrow_mut();
            let core = &mut *core;
            core.awaited = false;
            let Some(replica) = &core.replica else { return };
            let mut placed = [const { Vec::new() }; 3];
            for (passage, label) in &core.passages {
                match replica.range(passage.field, &passage.first, &passage.last) {
                    Some(range) => placed[passage.field as usize].push(Marked {
                        comment: passage.comment.to_string(),
                        range,
                        count: passage.said,
                        label: label.clone(),
                    }),
                    None => core.awaited = true,
                }
            }
            placed
        };
        for (field, passages) in Field::ALL.into_iter().zip(placed) {
            if let Some(editor) = self.editor(field) {
                editor.show_passages(passages);
            }
        }
    }

    /// Puts the editors in place of the reading view, once the document is here.
    fn mount(&self) {
        let open = {
            let core = self.core.borrow();
            !core.leaving && core.replica.as_ref().is_some_and(|replica| replica.is_open())
        };
        if !open || !self.editors.borrow().is_empty() {
            return;
        }
        let nonce = nonce();
        let places =
            [self.desk.title, self.desk.pitch, self.desk.body].map(|place| place.try_get_untracked().flatten());
        let limits = [limits::TITLE, limits::PITCH, limits::BODY];
        let mut editors = Vec::new();
        for (field, (place, limit)) in Field::ALL.into_iter().zip(places.into_iter().zip(limits)) {
            let Some(place) = place else { return };
            let text = self.core.borrow().replica.as_ref().map(|replica| replica.text(field)).unwrap_or_default();
            let (board, words) = (self.desk.board.get_value(), self.labels.borrow().of(field));
            let options = Options { field, text, limit, board, nonce: nonce.clone(), words };
            let parent: &HtmlElement = &place;
            match self.script.mount(parent, &options, self.events(field)) {
                Ok(editor) => editors.push(editor),
                Err(_) => {
                    self.desk.notice.try_set(Some(Notice::NoEditor));
                    return;
                }
            }
        }
        *self.editors.borrow_mut() = editors;
        self.show_passages();
        let may_write = self.core.borrow().may_write;
        if may_write {
            self.desk.mode.try_set(Mode::Editing);
        } else {
            self.set_read_only(true);
        }
        self.offer_kept();
        if let Some(at) = restore::take(self.desk.number) {
            self.bring_back(at);
        }
    }

    pub(super) fn set_read_only(&self, read_only: bool) {
        for field in Field::ALL {
            if let Some(editor) = self.editor(field) {
                editor.set_read_only(read_only);
            }
        }
    }

    /// Offers words of before: those of a page that closed too soon, and refused ones.
    fn offer_kept(&self) {
        for key in storage::keys(self.desk).into_iter().filter(|key| !key.starts_with(&self.own_key)) {
            let this = self.this.clone();
            hold::once_free(&key.clone(), move || {
                if let Some(session) = this.upgrade() {
                    session.offer(key);
                }
            });
        }
    }

    fn offer(&self, key: String) {
        let Some((why, draft)) = storage::read(&key) else { return };
        let stored = self.core.borrow_mut().replica.as_mut().is_some_and(|replica| replica.holds(&draft));
        match storage::shown(key.clone(), why, &draft).filter(|_| !stored) {
            Some(kept) => storage::offer(self.desk, kept),
            None => local::forget(&key),
        }
    }

    fn events(&self, field: Field) -> Events {
        let this = self.this.clone();
        let with = move |act: Box<dyn Fn(Rc<Self>)>| {
            let this = this.clone();
            move || {
                if let Some(session) = this.upgrade() {
                    act(session);
                }
            }
        };
        let (typing, selecting, turning) = (self.this.clone(), self.this.clone(), self.this.clone());
        Events {
            splices: Closure::new(move |flat| {
                if let Some(session) = typing.upgrade() {
                    session.typed(field, &editor::splices(&flat));
                }
            }),
            selection: Closure::new(move |anchor, head| {
                if let Some(session) = selecting.upgrade() {
                    session.selected(Some((field, anchor, head)));
                }
            }),
            focus: Closure::new(with(Box::new(|_| {}))),
            blur: Closure::new(with(Box::new(move |session| {
                session.core.borrow_mut().pace.hurry();
                session.schedule_commit();
                // Whoever went on to another text is there by now: an editor tells late that it was left.
                if session.core.borrow().caret.is_some_and(|(of, ..)| of == field) {
                    session.selected(None);
                }
            }))),
            enter: Closure::new(with(Box::new(|session| {
                if let Some(next) = session.editor(Field::Pitch) {
                    next.focus();
                }
            }))),
            composition_end: Closure::new(with(Box::new(|session| session.schedule_frame()))),
            step: Closure::new(with(Box::new(move |session| session.stepped(field)))),
            turn: Closure::new(move |again| {
                if let Some(session) = turning.upgrade() {
                    session.turn_one(again);
                }
            }),
        }
    }

    /// The person's caret moved, or left.
    pub(super) fn selected(&self, caret: Option<(Field, usize, usize)>) {
        let mut core = self.core.borrow_mut();
        core.caret = caret;
        if core.caret_timer.is_none()
            && core.presence.is_watched()
            && let Some(this) = self.this.upgrade()
        {
            core.caret_timer = set_timeout_with_handle(move || this.send_caret(), Duration::from_millis(CARET)).ok();
        }
    }

    /// Tells the others where the person's caret is.
    pub(super) fn send_caret(&self) {
        let message = {
            let mut core = self.core.borrow_mut();
            let core = &mut *core;
            replace(&mut core.caret_timer, None);
            let Some(replica) = core.replica.as_ref().filter(|_| core.may_write) else { return };
            let caret = core.caret.and_then(|(field, anchor, head)| {
                let (anchor, head) = (replica.cursor(field, anchor)?, replica.cursor(field, head)?);
                Some(Caret { field, anchor, head })
            });
            core.carets += 1;
            FromClient::Ephemeral {
                document: self.desk.document,
                count: core.carets,
                session: self.socket.peer().to_owned(),
                data: caret::encode(caret.as_ref()),
            }
        };
        self.socket.send(&message);
    }
}

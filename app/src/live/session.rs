//! An editing session: the replica between the socket and the editors.

mod page;
mod past;
mod turns;
mod wire;

use std::{
    cell::RefCell,
    rc::{Rc, Weak},
    time::Duration,
};

use leptos::prelude::*;
use shared::{
    CommentId, PersonId,
    api::{NewAnchor, NewPassage, PassageView},
    live::{
        concept::Field,
        message::FromClient,
        replica::{Pace, Patch, Refusing, Replica, Replicated, Saving as ReplicaSaving, Splice},
    },
};

use super::{
    desk::{Desk, Notice, Saving},
    editor::{Editor, Handle, Script},
    follow::Writer,
    frames::{Framed, Frames, now_ms},
    hold::{Hold, lock_of_tab},
    labels::Labels,
    local,
    presence::Presence,
    shelf::{self, Shelf, Shelved, Subject},
    socket::Socket,
    storage,
};
use crate::visit::elapsed;

/// The browser's clock is marked so when a document is asked for: how long it takes to open is measured from there.
const OPENED: &str = "atelier-edit";
/// Between two words about where the person's caret is, in milliseconds.
const CARET: u64 = 80;
/// Unsaved words are copied to the browser's storage after this long.
const KEEP: f64 = 1_000.0;
/// A connection that stores nothing for this long is given up as dead.
const DEAD: f64 = 10_000.0;

/// An editing session.
pub(super) struct Session {
    this: Weak<Session>,
    desk: Desk,
    socket: Socket,
    script: Script,
    labels: RefCell<Labels>,
    /// The key under which unsaved words are kept.
    own_key: String,
    /// In the order of the fields; empty until the document has arrived.
    editors: RefCell<Vec<Editor>>,
    core: RefCell<Core>,
    shelf: Shelf,
    frames: Frames,
    /// As long as this tab lives, nobody else takes what it keeps for left behind.
    _alive: Hold,
}

/// What changes while the session lasts.
#[derive(Default)]
struct Core {
    replica: Option<Replica>,
    pace: Pace,
    turns: turns::Turns,
    presence: Presence,
    /// Where the person's caret is.
    caret: Option<(Field, usize, usize)>,
    /// The passages that comments are about, each with the name of its mark.
    passages: Vec<(PassageView, String)>,
    /// Some of them are in words that have not arrived.
    awaited: bool,
    /// Caret messages sent.
    carets: u64,
    /// While a copy of unsaved words is kept, this tab holds it.
    hold: Option<Hold>,
    /// And those of refused words.
    holds: Vec<Hold>,
    /// Since when words have waited, and since when nothing was acknowledged.
    waiting: Option<(f64, f64)>,
    may_write: bool,
    /// The concept is not on the screen any more.
    leaving: bool,
    /// Called once nothing waits then.
    stored: Option<Box<dyn FnOnce()>>,
    commit_timer: Option<TimeoutHandle>,
    caret_timer: Option<TimeoutHandle>,
    watch_timer: Option<TimeoutHandle>,
}

impl Session {
    /// Opens the document; the editors appear when it was found on this device, or has arrived.
    pub fn start(desk: Desk, socket: Socket, script: Script, labels: Labels) -> Rc<Self> {
        if let Some(clock) = window().performance() {
            let _ = clock.mark(OPENED);
        }
        let core = RefCell::new(Core { may_write: true, ..Core::default() });
        let session = Rc::new_cyclic(|this| Self {
            this: this.clone(),
            desk,
            socket: socket.clone(),
            script,
            labels: RefCell::new(labels),
            own_key: storage::key(desk, socket.peer()),
            editors: RefCell::default(),
            core,
            shelf: Shelf::default(),
            frames: Frames::default(),
            _alive: Hold::of(&lock_of_tab(socket.peer())),
        });
        // The socket keeps the session alive until everything is stored.
        let listener = session.clone();
        socket.listen(move |heard| listener.hear(heard));
        leptos::task::spawn_local(find(session.clone()));
        session
    }

    fn editor(&self, field: Field) -> Option<Handle> {
        self.editors.borrow().get(field as usize).map(Editor::handle)
    }

    fn composing(&self) -> bool {
        self.editors.borrow().iter().any(|editor| editor.handle().composing())
    }

    /// Shows patches in the editors.
    fn show(&self, patches: &[Patch]) {
        for field in Field::ALL {
            if let Some(editor) = self.editor(field) {
                editor.show(patches.iter().filter(|patch| patch.field == field).map(|patch| &patch.splice));
            }
        }
    }

    /// Shows what there is with the next frame of the screen.
    fn schedule_frame(&self) {
        if let Some(this) = self.this.upgrade() {
            Frames::schedule(&this);
        }
    }

    /// The person typed.
    fn typed(&self, field: Field, splices: &[Splice]) {
        let shown = {
            let mut core = self.core.borrow_mut();
            let core = &mut *core;
            let Some(replica) = &mut core.replica else { return };
            let drifted = splices.iter().any(|splice| replica.splice(field, splice).is_err());
            core.pace.typed(now_ms());
            if splices.iter().any(|splice| splice.insert.contains('\n')) {
                core.pace.hurry();
            }
            drifted.then(|| replica.text(field))
        };
        self.frames.typed();
        if let (Some(text), Some(editor)) = (shown, self.editor(field)) {
            editor.set_text(&text);
        }
        if self.desk.notice.try_get_untracked().flatten() == Some(Notice::MayEdit) {
            self.desk.notice.set(None);
        }
        if let Some(this) = self.this.upgrade() {
            Shelf::jot(&this);
        }
        self.schedule_commit();
        self.watch();
        self.tell_saving();
    }

    fn schedule_commit(&self) {
        let mut core = self.core.borrow_mut();
        let (Some(due), Some(this)) = (core.pace.due_in(now_ms()), self.this.upgrade()) else { return };
        let timer = set_timeout_with_handle(move || this.commit_if_due(), Duration::from_millis(due)).ok();
        replace(&mut core.commit_timer, timer);
    }

    fn commit_if_due(&self) {
        let due = self.core.borrow().pace.due_in(now_ms());
        match due {
            Some(0) => self.commit(),
            Some(_) => self.schedule_commit(),
            None => {}
        }
    }

    /// What was typed becomes a change, and goes out.
    fn commit(&self) {
        let data = {
            let mut core = self.core.borrow_mut();
            core.pace.committed();
            core.replica.as_mut().and_then(Replica::commit)
        };
        self.stir_shelf();
        if let Some(data) = data {
            self.sync(data);
        }
        // It is so from now on, sent or not.
        self.tell_title();
        self.take_back_what_would_be_refused();
        self.tell_saving();
    }

    /// What the server would refuse is not sent, but taken back as if it had been.
    fn take_back_what_would_be_refused(&self) {
        loop {
            let refusing = self.core.borrow().replica.as_ref().and_then(Replica::refusing);
            let Some(Refusing { hash, code, path }) = refusing else { return };
            self.rejected(hash, code, &path);
        }
    }

    /// Says how it is with the person's words.
    fn tell_saving(&self) {
        let kept = self.shelf.keeps();
        let saving = {
            let core = self.core.borrow();
            let Some(replica) = &core.replica else { return };
            match replica.saving() {
                _ if !replica.is_open() => Saving::Opening,
                ReplicaSaving::Saved => Saving::Saved,
                ReplicaSaving::Saving => Saving::Sending,
                ReplicaSaving::Offline if replica.has_unsaved() && kept => Saving::OfflineKept,
                ReplicaSaving::Offline if replica.has_unsaved() => Saving::OfflineUnsaved,
                ReplicaSaving::Offline => Saving::Offline,
            }
        };
        if self.desk.saving.try_get_untracked().is_some_and(|now| now != saving) {
            self.desk.saving.try_set(saving);
        }
    }

    /// The page's heading, for those who do not see that the editor stands in its place.
    fn tell_title(&self) {
        let title = {
            let core = self.core.borrow();
            let Some(replica) = core.replica.as_ref().filter(|replica| replica.is_open()) else { return };
            replica.text(Field::Title)
        };
        if self.desk.shown.try_with_untracked(|shown| shown.title != title) == Some(true) {
            self.desk.shown.update(|shown| shown.title = title);
        }
    }

    /// Keeps what has to be kept on this device.
    fn stir_shelf(&self) {
        if let Some(this) = self.this.upgrade() {
            Shelf::stir(&this);
        }
    }

    fn unsaved_now(&self) -> bool {
        self.core.borrow().replica.as_ref().is_some_and(Replica::has_unsaved)
    }

    /// Looks after words that wait: copies them to the browser's storage, and doubts the connection.
    fn watch(&self) {
        let now = elapsed();
        let mut core = self.core.borrow_mut();
        core.waiting.get_or_insert((now, now));
        if core.watch_timer.is_none()
            && let Some(this) = self.this.upgrade()
        {
            core.watch_timer = set_timeout_with_handle(move || this.check_waiting(), Duration::from_secs(1)).ok();
        }
    }

    fn check_waiting(&self) {
        self.core.borrow_mut().watch_timer = None;
        if !self.unsaved_now() {
            self.all_saved();
            return;
        }
        let (since, heard) = self.core.borrow().waiting.unwrap_or_else(|| (elapsed(), elapsed()));
        if elapsed() - since >= KEEP && !Shelf::keeps_all(self) {
            self.keep();
        }
        if elapsed() - heard >= DEAD && self.socket.joined().is_some() {
            self.core.borrow_mut().waiting = Some((since, elapsed()));
            self.socket.renew();
        }
        self.watch();
    }

    /// Nothing waits any more.
    fn all_saved(&self) {
        let leaving = {
            let mut core = self.core.borrow_mut();
            core.waiting = None;
            core.leaving
        };
        local::forget(&self.own_key);
        self.core.borrow_mut().hold = None;
        self.desk.no_room.try_set(false);
        if leaving {
            // What the server has now leaves the disk with the last write.
            if let Some(this) = self.this.upgrade() {
                Shelf::leave(&this);
            }
            self.socket.leave();
            self.socket.forget_listeners();
            self.tell_stored();
        }
    }

    /// Tells who waits for it that this session is over.
    fn tell_stored(&self) {
        let stored = self.core.borrow_mut().stored.take();
        if let Some(stored) = stored {
            stored();
        }
    }
}

/// Looks for what is kept of the document on this device, and opens it with that.
async fn find(session: Rc<Session>) {
    let desk = session.desk;
    let found = match desk.me.try_get_value().flatten() {
        Some(me) => shelf::find(me.id, desk.document, Subject::Concept(desk.number)).await.ok(),
        None => None,
    };
    session.begin(found);
}

impl Framed for Session {
    fn frames(&self) -> &Frames {
        &self.frames
    }

    fn frame(&self) {
        self.apply();
    }
}

impl Shelved for Session {
    type Replica = Replica;

    fn shelf(&self) -> &Shelf {
        &self.shelf
    }

    fn with_replica<T>(&self, act: impl FnOnce(&mut Replica) -> T) -> Option<T> {
        self.core.borrow_mut().replica.as_mut().map(act)
    }

    fn kept(&self) {
        if Shelf::keeps_all(self) {
            // What the slower storage holds of it is not needed any more.
            local::forget(&self.own_key);
            self.core.borrow_mut().hold = None;
            self.desk.no_room.try_set(false);
        } else if self.shelf.fails() {
            self.keep();
        }
        self.tell_saving();
    }

    fn sync(&self, data: Vec<u8>) {
        self.socket.send(&FromClient::Sync { document: self.desk.document, data });
    }

    fn heard(&self) {
        self.schedule_frame();
    }
}

impl Writer for Session {
    fn has_unsaved(&self) -> bool {
        self.commit();
        // The page may go before it is kept.
        Shelf::hurry(self);
        self.unsaved_now()
    }

    fn is_at_risk(&self) -> bool {
        self.has_unsaved() && !Shelf::keeps_all(self) && !self.keep()
    }

    fn keep(&self) -> bool {
        let words = self.core.borrow_mut().replica.as_mut().map(Replica::unsaved).unwrap_or_default();
        let mut kept = true;
        if !words.is_empty() && !Shelf::keeps_all(self) {
            let key = self.own_key.clone();
            self.core.borrow_mut().hold.get_or_insert_with(|| Hold::of(&key));
            kept = storage::keep(&key, &super::kept::Why::Unsaved, &words);
            self.desk.no_room.try_set(!kept);
        }
        // Keeping made a change of what was being typed.
        self.commit();
        kept
    }

    fn put_back(&self, key: &str) {
        let found = storage::read(key);
        let mut written = true;
        if let Some((_, draft)) = &found {
            let patches =
                self.core.borrow().replica.as_ref().map(|replica| replica.put_back(draft)).unwrap_or_default();
            for field in Field::ALL {
                let splices: Vec<_> =
                    patches.iter().filter(|patch| patch.field == field).map(|patch| &patch.splice).collect();
                if let (false, Some(editor)) = (splices.is_empty(), self.editor(field)) {
                    written &= editor.write(splices.into_iter());
                }
            }
        }
        if written {
            self.commit();
            storage::discard(self.desk, key);
        }
    }

    fn speak(&self, labels: Labels) {
        for field in Field::ALL {
            if let Some(editor) = self.editor(field) {
                editor.speak(&labels.of(field));
            }
        }
        self.labels.replace(labels);
    }

    fn mark(&self, passages: Vec<(PassageView, String)>) {
        self.core.borrow_mut().passages = passages;
        self.show_passages();
    }

    fn passage(&self) -> Option<NewAnchor> {
        // Those who are to find it need its letters.
        self.commit();
        let core = self.core.borrow();
        let (field, anchor, head) = core.caret?;
        let replica = core.replica.as_ref()?;
        let (first, last) = replica.ends(field, replica.without_margins(field, anchor.min(head)..anchor.max(head)))?;
        Some(NewAnchor { field, passage: NewPassage::Cursors { first, last } })
    }

    fn turn(&self, again: bool) {
        self.turn_one(again);
    }

    fn reveal(&self, comment: CommentId) {
        let field = {
            let core = self.core.borrow();
            core.passages.iter().find(|(passage, _)| passage.comment == comment).map(|(passage, _)| passage.field)
        };
        if let Some(editor) = field.and_then(|field| self.editor(field)) {
            editor.reveal(&comment.to_string());
        }
    }

    fn find(&self, person: PersonId) {
        let found = {
            let core = self.core.borrow();
            core.replica.as_ref().and_then(|replica| core.presence.caret(person, replica))
        };
        if let Some((field, at)) = found
            && let Some(editor) = self.editor(field)
        {
            editor.look_at(at);
        }
    }

    fn leave(&self, stored: Box<dyn FnOnce()>) {
        self.commit();
        self.editors.borrow_mut().clear();
        {
            let mut core = self.core.borrow_mut();
            core.leaving = true;
            core.stored = Some(stored);
        }
        if self.unsaved_now() {
            self.keep();
            self.watch();
        } else {
            self.all_saved();
        }
    }
}

fn replace(slot: &mut Option<TimeoutHandle>, timer: Option<TimeoutHandle>) {
    if let Some(before) = std::mem::replace(slot, timer) {
        before.clear();
    }
}

/// The nonce of this page's policy: what the editor adds to the page needs it.
fn nonce() -> String {
    let carrier = document().query_selector("script[nonce]").ok().flatten();
    let nonce = carrier.and_then(|element| js_sys::Reflect::get(&element, &"nonce".into()).ok());
    nonce.and_then(|nonce| nonce.as_string()).unwrap_or_default()
}

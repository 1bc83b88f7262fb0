//! A session on a canvas: the replica between the socket and the scene.

mod news;
mod presence;
mod wire;

use std::{
    cell::RefCell,
    collections::BTreeSet,
    rc::{Rc, Weak},
    time::Duration,
};

use leptos::prelude::*;
use shared::{
    canvas::ItemRef,
    live::{
        message::FromClient,
        permit::Rights,
        replica::{Act, CanvasReplica, Pace, Refusal, Replicated, Saving as ReplicaSaving, Unsaved},
    },
};

use self::{news::News, presence::Presence};
use super::{
    kept,
    scene::{Painter, Saving, Scene, When},
};
use crate::live::{
    frames::{Framed, Frames, now_ms},
    hold::{self, Hold},
    local,
    shelf::{self, Shelf, Shelved, Subject},
    socket::Socket,
};
use crate::visit::elapsed;

/// What is not stored is copied to the browser's storage after this long.
const KEEP: f64 = 1_000.0;
/// A connection that stores nothing for this long is given up as dead.
const DEAD: f64 = 10_000.0;

/// A session.
pub(super) struct Session {
    this: Weak<Session>,
    scene: Scene,
    socket: Socket,
    /// The key under which what is not stored is kept.
    own_key: String,
    /// The key under which words that stand nowhere are kept.
    kept_key: String,
    core: RefCell<Core>,
    shelf: Shelf,
    frames: Frames,
    /// As long as this tab lives, nobody else takes what it keeps for left behind.
    _alive: Hold,
}

/// What changes while the session lasts.
#[derive(Default)]
struct Core {
    replica: Option<CanvasReplica>,
    rights: Rights,
    pace: Pace,
    presence: Presence,
    news: News,
    /// While a copy of what is not stored is kept, this tab holds it.
    hold: Option<Hold>,
    /// Since when something has waited, and since when nothing was acknowledged.
    waiting: Option<(f64, f64)>,
    /// Kept by tabs that are gone, and taken over: the keys, until it is stored.
    adopted: Vec<String>,
    /// What tabs that are gone had not stored was taken over.
    took_over: bool,
    /// The canvas is not on the screen any more.
    leaving: bool,
    /// Called once nothing waits then.
    stored: Option<Box<dyn FnOnce()>>,
    /// Actors and ideas that were asked for.
    asked: BTreeSet<String>,
    asks: bool,
    commit_timer: Option<TimeoutHandle>,
    watch_timer: Option<TimeoutHandle>,
    look_timer: Option<TimeoutHandle>,
}

/// The beginning of the keys of what a person did on a canvas.
fn prefix(scene: Scene) -> String {
    format!("{}.", local::key_of("canvas", scene.me, scene.document))
}

impl Session {
    /// Opens the canvas: from then on the scene is kept true.
    pub fn start(scene: Scene, socket: &Socket) -> Rc<Self> {
        let session = Rc::new_cyclic(|this| Self {
            this: this.clone(),
            scene,
            socket: socket.clone(),
            own_key: format!("{}{}", prefix(scene), socket.peer()),
            kept_key: kept::key(scene),
            core: RefCell::new(Core { rights: scene.rights(), ..Core::default() }),
            shelf: Shelf::default(),
            frames: Frames::default(),
            _alive: Hold::of(&hold::lock_of_tab(socket.peer())),
        });
        // The socket keeps the session alive until everything is stored.
        let listener = session.clone();
        socket.listen(move |heard| listener.hear(heard));
        leptos::task::spawn_local(find(session.clone()));
        scene.give_painter(Some(session.clone()));
        session
    }

    /// Shows what changed.
    fn show(&self, items: &BTreeSet<ItemRef>) {
        {
            let core = self.core.borrow();
            // Before it has arrived, what the page was drawn with stands.
            let Some(replica) = core.replica.as_ref().filter(|replica| replica.is_open()) else { return };
            self.scene.see(replica.canvas(), items);
        }
        self.ask_names(items);
    }

    /// Shows what there is with the next frame of the screen.
    fn schedule_frame(&self) {
        if let Some(this) = self.this.upgrade() {
            Frames::schedule(&this);
        }
    }

    /// Applies what has arrived, and shows where the others are.
    fn apply(&self) {
        let seen = self.core.borrow_mut().replica.as_mut().map(CanvasReplica::integrate);
        match seen {
            None => {}
            Some(Ok(seen)) => {
                if let Some(data) = seen.send {
                    self.sync(data);
                }
                self.note_news(&seen.items);
                self.show(&seen.items);
                if seen.behind && self.socket.joined().is_some() {
                    self.hello();
                } else {
                    self.give_up_early();
                }
            }
            Some(Err(_)) => self.socket.renew(),
        }
        self.stir_shelf();
        let takes_over = {
            let mut core = self.core.borrow_mut();
            let in_step = core.replica.as_ref().is_some_and(|replica| replica.is_in_step());
            in_step && !std::mem::replace(&mut core.took_over, true)
        };
        if takes_over {
            self.adopt_kept();
        }
        let again = self.core.borrow_mut().presence.show(self.scene);
        if let (Some(again), Some(this)) = (again, self.this.upgrade()) {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "some seconds")]
            let timer =
                set_timeout_with_handle(move || this.schedule_frame(), Duration::from_millis(again as u64)).ok();
            replace(&mut self.core.borrow_mut().look_timer, timer);
        }
        self.tell_saving();
    }

    fn is_open(&self) -> bool {
        self.core.borrow().replica.as_ref().is_some_and(CanvasReplica::is_open)
    }

    /// Words of before that fit nowhere, now that all is here that the server has, are shown.
    fn give_up_early(&self) {
        let words = self.with_replica(Replicated::give_up_early).unwrap_or_default();
        if !words.is_empty() {
            self.keep_words(words);
            self.shelf.gave_up();
        }
    }

    /// Takes over what tabs that are gone had not stored.
    fn adopt_kept(&self) {
        for key in local::keys_of(&prefix(self.scene)).into_iter().filter(|key| *key != self.own_key) {
            let this = self.this.clone();
            hold::once_free(&key.clone(), move || {
                if let Some(session) = this.upgrade() {
                    session.adopt(key);
                }
            });
        }
    }

    fn adopt(&self, key: String) {
        let Some(changes) = local::get::<Vec<Unsaved>>(&key) else { return local::forget(&key) };
        let back = self.core.borrow_mut().replica.as_mut().map(|replica| replica.adopt(changes));
        let Some(back) = back else { return };
        self.show(&back.items);
        self.keep_words(back.words);
        self.core.borrow_mut().adopted.push(key);
        self.commit_now();
        if self.unsaved_now() {
            self.watch();
        } else {
            self.all_saved();
        }
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
            Some(0) => self.commit_now(),
            Some(_) => self.schedule_commit(),
            None => {}
        }
    }

    /// What was done becomes a change, and goes out.
    fn commit_now(&self) {
        let data = {
            let mut core = self.core.borrow_mut();
            core.pace.committed();
            core.replica.as_mut().and_then(|replica| replica.commit())
        };
        self.stir_shelf();
        if let Some(data) = data {
            self.sync(data);
        }
        self.tell_saving();
    }

    /// Says how it is with what the person did, to a canvas that stays on the screen.
    fn tell_saving(&self) {
        if self.core.borrow().leaving {
            return;
        }
        let turns = self.core.borrow().replica.as_ref().map(|replica| (replica.can_undo(), replica.can_redo()));
        if let (Some(turns), Some(before)) = (turns, self.scene.turns.try_get_untracked())
            && turns != before
        {
            self.scene.turns.set(turns);
        }
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
        if self.scene.saving.try_get_untracked().is_some_and(|now| now != saving) {
            self.scene.saving.try_set(saving);
        }
    }

    /// Keeps what has to be kept on this device.
    fn stir_shelf(&self) {
        if let Some(this) = self.this.upgrade() {
            Shelf::stir(&this);
        }
    }

    fn unsaved_now(&self) -> bool {
        self.core.borrow().replica.as_ref().is_some_and(|replica| replica.has_unsaved())
    }

    /// Looks after what waits: copies it to the browser's storage, and doubts the connection.
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
        let (leaving, adopted) = {
            let mut core = self.core.borrow_mut();
            core.waiting = None;
            core.hold = None;
            (core.leaving, std::mem::take(&mut core.adopted))
        };
        local::forget(&self.own_key);
        adopted.iter().for_each(|key| local::forget(key));
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

    /// Words that stand nowhere are shown, for the person to copy or put back.
    fn keep_words(&self, words: Vec<String>) {
        kept::store(self.scene, &self.kept_key, words);
    }
}

/// Looks for what is kept of the canvas on this device, and opens it with that.
async fn find(session: Rc<Session>) {
    let scene = session.scene;
    let me = scene.me.try_get_value().flatten();
    let found = match (me, scene.slug.try_get_value()) {
        (Some(me), Some(slug)) => shelf::find(me.id, scene.document, Subject::Canvas(slug)).await.ok(),
        _ => None,
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
    type Replica = CanvasReplica;

    fn shelf(&self) -> &Shelf {
        &self.shelf
    }

    fn with_replica<T>(&self, act: impl FnOnce(&mut CanvasReplica) -> T) -> Option<T> {
        self.core.borrow_mut().replica.as_mut().map(act)
    }

    fn kept(&self) {
        if Shelf::keeps_all(self) {
            // What the slower storage holds of it is not needed any more.
            local::forget(&self.own_key);
            self.core.borrow_mut().hold = None;
        } else if self.shelf.fails() {
            self.keep();
        }
        self.tell_saving();
    }

    fn sync(&self, data: Vec<u8>) {
        self.socket.send(&FromClient::Sync { document: self.scene.document, data });
    }

    fn heard(&self) {
        self.schedule_frame();
    }
}

impl Painter for Session {
    fn act(&self, acts: Vec<Act>, when: When) -> Vec<Refusal> {
        let (items, refusals) = {
            let mut core = self.core.borrow_mut();
            let core = &mut *core;
            let Some(replica) = core.replica.as_mut().filter(|replica| replica.is_open()) else { return Vec::new() };
            let done = replica.act(acts, when == When::Later);
            if replica.is_typing() {
                core.pace.typed(now_ms());
                if when == When::Now {
                    core.pace.hurry();
                }
            }
            done
        };
        self.frames.typed();
        self.show(&items);
        match when {
            When::Now => self.commit_now(),
            When::Later => {
                if let Some(this) = self.this.upgrade() {
                    Shelf::jot(&this);
                }
                self.schedule_commit();
            }
        }
        if self.unsaved_now() {
            self.watch();
        }
        self.tell_saving();
        refusals
    }

    fn is_open(&self) -> bool {
        Session::is_open(self)
    }

    fn permit(&self, act: &Act) -> Result<(), Refusal> {
        self.core.borrow().replica.as_ref().map_or(Ok(()), |replica| replica.permit(act))
    }

    fn stir(&self) {
        self.schedule_presence();
    }

    fn commit(&self) {
        if let Some(replica) = &mut self.core.borrow_mut().replica {
            replica.end_gesture();
        }
        self.commit_now();
    }

    fn turn(&self, again: bool) -> bool {
        let seen = {
            let mut core = self.core.borrow_mut();
            let Some(replica) = &mut core.replica else { return false };
            if again { replica.redo() } else { replica.undo() }
        };
        self.show(&seen);
        self.commit_now();
        if self.unsaved_now() {
            self.watch();
        }
        !seen.is_empty()
    }

    fn look(&self) {
        self.schedule_frame();
    }

    fn has_unsaved(&self) -> bool {
        self.commit_now();
        // The page may go before it is kept.
        Shelf::hurry(self);
        self.unsaved_now()
    }

    fn is_at_risk(&self) -> bool {
        self.has_unsaved() && !Shelf::keeps_all(self) && !self.keep()
    }

    fn keep(&self) -> bool {
        let unsaved = self.core.borrow_mut().replica.as_mut().map(CanvasReplica::unsaved).unwrap_or_default();
        let mut kept = true;
        if !unsaved.is_empty() && !Shelf::keeps_all(self) {
            let key = self.own_key.clone();
            self.core.borrow_mut().hold.get_or_insert_with(|| Hold::of(&key));
            kept = local::put(&key, &unsaved);
        }
        // Keeping made a change of what was being done.
        self.commit_now();
        kept
    }

    fn leave(&self, stored: Box<dyn FnOnce()>) {
        {
            let mut core = self.core.borrow_mut();
            core.leaving = true;
            core.stored = Some(stored);
        }
        self.commit_now();
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

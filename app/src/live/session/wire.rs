//! The session's side towards the server.

use leptos::prelude::*;
use shared::{
    api::IdeaView,
    live::{
        message::{AtelierPeer, FromClient, FromServer, RejectCode},
        permit::Rights,
        replica::{Draft, Replica, Replicated as _},
    },
};

use super::{Session, local, storage};
use crate::{
    api,
    live::{
        desk::{Mode, Notice},
        follow,
        hold::Hold,
        kept::Why,
        shelf::{Found, Shelf, Shelved as _},
        socket::Heard,
    },
    visit::elapsed,
};

impl Session {
    pub(super) fn hear(&self, heard: &Heard) {
        match heard {
            Heard::Joined(lease) => self.joined(lease),
            Heard::Lost => self.lost(),
            Heard::Told(message) => self.told(message),
        }
    }

    /// Opens the document with what was found of it on this device. A page that begins without a network makes its changes by
    /// an actor id of its own.
    pub(super) fn begin(&self, found: Option<Found>) {
        if self.core.borrow().leaving {
            return;
        }
        let lease = self.socket.joined();
        let actor =
            lease.as_ref().map_or_else(|| uuid::Uuid::new_v4().as_bytes().to_vec(), |lease| lease.actor.clone());
        {
            let mut core = self.core.borrow_mut();
            let mut replica = Replica::new(self.desk.document, &actor);
            replica.may(Rights { edit: core.may_write, ..Rights::default() });
            core.replica = Some(replica);
        }
        if let (Some(found), Some(this)) = (found, self.this.upgrade()) {
            Shelf::open(&this, self.socket.peer(), found);
        }
        self.schedule_frame();
        match lease {
            Some(lease) => self.joined(&lease),
            None => self.tell_saving(),
        }
        if self.unsaved_now() {
            self.watch();
        }
    }

    pub(super) fn joined(&self, lease: &AtelierPeer) {
        let may_write = {
            let mut core = self.core.borrow_mut();
            // What was found on this device comes first.
            let Some(replica) = &mut core.replica else { return };
            replica.lease(&lease.actor);
            core.may_write
        };
        self.hello();
        if !may_write {
            self.subscribe(true);
        }
    }

    pub(super) fn hello(&self) {
        let data = {
            let mut core = self.core.borrow_mut();
            core.pace.committed();
            let Some(replica) = &mut core.replica else { return };
            replica.hello()
        };
        self.sync(data);
        self.stir_shelf();
        self.tell_saving();
    }

    fn lost(&self) {
        {
            let mut core = self.core.borrow_mut();
            core.presence.clear();
            core.pace.watched(false);
            if let Some(replica) = &mut core.replica {
                replica.disconnected();
            }
        }
        self.desk.here.try_set(Vec::new());
        self.schedule_frame();
        self.tell_saving();
    }

    fn told(&self, message: &FromServer) {
        let ours = self.desk.document;
        match message {
            FromServer::Sync { document, data, .. } if *document == ours => {
                let received = self.core.borrow_mut().replica.as_mut().map(|replica| replica.receive(data));
                match received {
                    Some(Err(_)) => self.socket.renew(),
                    _ => self.schedule_frame(),
                }
            }
            FromServer::Stored { document, hashes } if *document == ours => self.stored(hashes),
            FromServer::Rejected { document, hash, code, path, .. } if *document == ours => {
                self.rejected(*hash, *code, path);
            }
            FromServer::Present { document, peers } if *document == ours => {
                let somebody_came = {
                    let mut core = self.core.borrow_mut();
                    let came = core.presence.set(self.socket.peer(), peers);
                    let watched = core.presence.is_watched();
                    core.pace.watched(watched);
                    came
                };
                self.tell_here();
                self.schedule_frame();
                if somebody_came {
                    let caret = self.core.borrow().caret;
                    self.selected(caret);
                }
            }
            FromServer::Ephemeral { document, data, from: Some(from), .. } if *document == ours => {
                if self.core.borrow_mut().presence.heard(from, data) {
                    self.tell_here();
                }
                self.schedule_frame();
            }
            FromServer::Access { document, write, .. } if *document == ours => self.access(*write),
            FromServer::Unavailable { document, .. } if *document == ours => {
                self.unavailable();
            }
            _ => {}
        }
    }

    /// Says who is here, and where.
    fn tell_here(&self) {
        let me = self.desk.me.try_get_value().flatten();
        let people = self.core.borrow().presence.people(me.as_ref());
        self.desk.here.try_set(people);
    }

    /// The document is not there. It may have been written anew, in another: then the page goes on in that, and what was not
    /// stored is kept for the person to put back.
    fn unavailable(&self) {
        let desk = self.desk;
        if self.core.borrow().replica.is_none() {
            return;
        }
        // Before anything is asked: the page may go at any moment.
        self.keep_for_later();
        let this = self.this.clone();
        leptos::task::spawn_local(async move {
            let now = api::get::<IdeaView>(format!("/ideas/{}", desk.number)).await;
            let Some(session) = this.upgrade() else { return };
            match now {
                Ok(idea) if idea.document != desk.document => {
                    session.give_up(Why::Rewritten);
                    follow::draw_anew();
                }
                _ => {
                    session.give_up(Why::forbidden());
                    desk.notice.try_set(Some(Notice::Gone));
                }
            }
        });
    }

    /// Copies what is not stored to the browser's storage.
    fn keep_for_later(&self) {
        let words = self.core.borrow_mut().replica.as_mut().map(Replica::unsaved).unwrap_or_default();
        if !words.is_empty() {
            storage::keep(&self.own_key, &Why::Unsaved, &words);
        }
    }

    fn stored(&self, hashes: &[[u8; 32]]) {
        let (saved, more) = {
            let mut core = self.core.borrow_mut();
            let Some(replica) = &mut core.replica else { return };
            let more = replica.stored(hashes);
            let saved = !replica.has_unsaved();
            if let Some((since, _)) = core.waiting {
                core.waiting = Some((since, elapsed()));
            }
            (saved, more)
        };
        if let Some(data) = more {
            self.sync(data);
        }
        self.stir_shelf();
        self.tell_saving();
        if saved {
            self.all_saved();
        }
    }

    pub(super) fn rejected(&self, hash: [u8; 32], code: RejectCode, path: &str) {
        let refused = self.core.borrow_mut().replica.as_mut().and_then(|replica| replica.rejected(hash, code, path));
        let Some(refused) = refused else { return };
        self.show(&refused.patches);
        let why = Why::Refused { code, path: path.to_owned() };
        self.keep_words(&storage::name_of(hash), why, &refused.words);
        // What the refusal is not about was made again, and goes out.
        self.commit();
        if code == RejectCode::ForeignActor {
            self.socket.lease_another();
        }
        if !self.unsaved_now() {
            self.all_saved();
        }
        self.schedule_frame();
        self.tell_saving();
    }

    /// Keeps words that are in no document any more, for the person to see.
    pub(super) fn keep_words(&self, name: &str, why: Why, words: &Draft) {
        let key = storage::key(self.desk, name);
        if let Some(mut kept) = storage::shown(key.clone(), why.clone(), words) {
            self.core.borrow_mut().holds.push(Hold::of(&key));
            kept.only_here = !storage::keep(&key, &why, words);
            self.desk.kept.try_update(|all| all.push(kept));
        }
    }

    /// The document is closed to the person: keeps what was not stored, and ends.
    fn give_up(&self, why: Why) {
        let words = self.core.borrow_mut().replica.as_mut().map(Replica::unsaved).unwrap_or_default();
        self.keep_words(&format!("{}.left", self.socket.peer()), why, &words);
        self.shelf.forget(self.desk.document);
        local::forget(&self.own_key);
        self.core.borrow_mut().hold = None;
        self.core.borrow_mut().replica = None;
        self.desk.mode.try_set(Mode::Reading);
        self.socket.end();
        self.tell_stored();
    }

    fn access(&self, write: bool) {
        {
            let mut core = self.core.borrow_mut();
            if let Some(replica) = &mut core.replica {
                replica.may(Rights { edit: write, ..Rights::default() });
            }
            if std::mem::replace(&mut core.may_write, write) == write {
                return;
            }
        }
        self.set_read_only(!write);
        self.subscribe(!write);
        self.desk.access.try_update(|access| access.may_edit = write);
        if write {
            self.desk.notice.try_set(Some(Notice::MayEdit));
            if !self.editors.borrow().is_empty() {
                self.desk.mode.try_set(Mode::Editing);
            }
        } else {
            self.desk.notice.try_set(Some(Notice::ReadOnly));
            self.desk.mode.try_set(Mode::Reading);
            follow::refresh(self.desk);
        }
    }

    /// Asks for the events of the page, and those of the concept if it is only read.
    fn subscribe(&self, reads: bool) {
        let topics = follow::topics(self.desk, reads);
        self.socket.send(&FromClient::Subscribe { topics });
    }
}

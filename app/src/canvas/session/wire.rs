//! The session's side towards the server.

use std::{collections::BTreeSet, time::Duration};

use leptos::{prelude::*, task::spawn_local};
use shared::{
    DocumentId,
    api::{CanvasView, IdeaCard, MakerView},
    canvas::{ItemKind, ItemRef},
    live::{
        message::{AtelierPeer, FromServer, RejectCode},
        permit::Rights,
        replica::{CanvasReplica, Refusal, Replicated as _},
    },
};

use super::Session;
use crate::{
    api,
    canvas::{
        kept,
        scene::{Notice, Painter as _},
    },
    live::{
        local,
        shelf::{Found, Shelf, Shelved as _},
        socket::Heard,
    },
    visit::elapsed,
};

/// How long names are gathered before they are asked for, in milliseconds.
const GATHER: u64 = 60;
/// How many are asked for at once.
const ASKED: usize = 50;

impl Session {
    pub(super) fn hear(&self, heard: &Heard) {
        match heard {
            Heard::Joined(lease) => self.joined(lease),
            Heard::Lost => self.lost(),
            Heard::Told(message) => self.told(message),
        }
    }

    /// Opens the canvas with what was found of it on this device. A page that begins without a network makes its changes by an
    /// actor id of its own.
    pub(super) fn begin(&self, found: Option<Found>) {
        if self.core.borrow().leaving {
            return;
        }
        let lease = self.socket.joined();
        let actor =
            lease.as_ref().map_or_else(|| uuid::Uuid::new_v4().as_bytes().to_vec(), |lease| lease.actor.clone());
        {
            let mut core = self.core.borrow_mut();
            let mut replica = CanvasReplica::new(self.scene.document, &actor);
            replica.may(core.rights);
            core.replica = Some(replica);
        }
        self.own_actor(&actor);
        self.know_makers();
        if let (Some(found), Some(this)) = (found, self.this.upgrade()) {
            Shelf::open(&this, self.socket.peer(), found);
        }
        self.show_found();
        self.schedule_frame();
        match lease {
            Some(lease) => self.joined(&lease),
            None => self.tell_saving(),
        }
        if self.unsaved_now() {
            self.watch();
        }
    }

    /// Shows what was found on this device in place of what the page was drawn with.
    fn show_found(&self) {
        let all = {
            let core = self.core.borrow();
            let Some(replica) = &core.replica else { return };
            let drawn = self.scene.with(|canvas| canvas.items().collect::<Vec<_>>()).unwrap_or_default();
            replica.canvas().items().chain(drawn).collect()
        };
        self.show(&all);
    }

    /// What this actor makes is the person's own, which is known before anything is made.
    fn own_actor(&self, actor: &[u8]) {
        if let Some(me) = self.scene.me.try_get_value().flatten() {
            let actor = actor.iter().map(|byte| format!("{byte:02x}")).collect();
            self.scene.makers.try_update(|makers| makers.insert(actor, me));
        }
    }

    pub(super) fn joined(&self, lease: &AtelierPeer) {
        self.own_actor(&lease.actor);
        {
            let mut core = self.core.borrow_mut();
            // What was found on this device comes first.
            let Some(replica) = &mut core.replica else { return };
            replica.lease(&lease.actor);
        }
        self.know_makers();
        self.hello();
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
        self.schedule_frame();
        self.tell_saving();
    }

    fn told(&self, message: &FromServer) {
        let ours = self.scene.document;
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
                let (somebody_came, before, now) = {
                    let mut core = self.core.borrow_mut();
                    let before = core.presence.names();
                    let came = core.presence.set(self.socket.peer(), peers);
                    let watched = core.presence.is_watched();
                    core.pace.watched(watched);
                    (came, before, core.presence.names().unwrap_or_default())
                };
                // Who is there when one comes is no news.
                if let Some(before) = before {
                    self.note_people(&now - &before, &before - &now);
                }
                self.schedule_frame();
                if somebody_came {
                    self.stir();
                }
            }
            FromServer::Ephemeral { document, data, from: Some(from), .. } if *document == ours => {
                self.core.borrow_mut().presence.heard(from, data);
                self.schedule_frame();
            }
            FromServer::Access { document, write, arrange, tidy } if *document == ours => {
                self.access(Rights { edit: false, note: *write, arrange: *arrange, tidy: *tidy });
            }
            FromServer::Unavailable { document, .. } if *document == ours => self.unavailable(),
            _ => {}
        }
    }

    /// The canvas is not there. It may have been written anew, in another document: then the page goes on in that, and shows
    /// the words that were not stored.
    fn unavailable(&self) {
        self.socket.end();
        // Before anything is asked: the page may go at any moment.
        self.keep();
        let (scene, this) = (self.scene, self.this.clone());
        let Some(slug) = scene.slug.try_get_value() else { return self.tell_stored() };
        spawn_local(async move {
            let now = api::get::<CanvasView>(format!("/boards/{slug}/canvas")).await;
            let Some(session) = this.upgrade() else { return };
            match now {
                Ok(view) if view.document != scene.document => session.go_on_in(view.document),
                _ => {
                    scene.notice.try_set(Some(Notice::Gone));
                    session.shelf.forget(scene.document);
                    session.tell_stored();
                }
            }
        });
    }

    fn go_on_in(&self, document: DocumentId) {
        let replica = self.core.borrow_mut().replica.take();
        let words = replica.map(|mut replica| replica.unsaved_words()).unwrap_or_default();
        kept::put_by(&local::key_of("canvas-kept", self.scene.me, document), words);
        local::forget(&self.own_key);
        self.shelf.forget(self.scene.document);
        let _ = window().location().reload();
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

    fn rejected(&self, hash: [u8; 32], code: RejectCode, path: &str) {
        let back = self.core.borrow_mut().replica.as_mut().and_then(|replica| replica.rejected(hash, code, path));
        let Some(back) = back else { return };
        self.show(&back.items);
        self.scene.refuse(&Refusal { code, path: path.to_owned() });
        self.keep_words(back.words);
        if code == RejectCode::ForeignActor {
            self.socket.lease_another();
        }
        // What the refusal is not about was done again, and goes out.
        self.commit_now();
        if !self.unsaved_now() {
            self.all_saved();
        }
        self.tell_saving();
    }

    fn access(&self, rights: Rights) {
        let before = {
            let mut core = self.core.borrow_mut();
            if let Some(replica) = &mut core.replica {
                replica.may(rights);
            }
            std::mem::replace(&mut core.rights, rights)
        };
        if before == rights {
            return;
        }
        let may = |may: &mut shared::api::CanvasMay| {
            (may.note, may.arrange, may.tidy) = (rights.note, rights.arrange, rights.tidy);
        };
        self.scene.may.try_update(may);
        if before.note != rights.note {
            let notice = if rights.note { Notice::MayNote } else { Notice::ReadOnly };
            self.scene.notice.try_set(Some(notice));
            if !rights.note {
                self.scene.editing.try_set(None);
            }
        }
    }

    /// Tells the replica whose everything is, as far as that is known.
    fn know_makers(&self) {
        let me = self.scene.me.try_get_value().flatten().map(|me| me.id);
        let mut core = self.core.borrow_mut();
        let Some(replica) = &mut core.replica else { return };
        let _ = self.scene.makers.try_with_untracked(|makers| {
            for (actor, person) in makers {
                replica.know(actor.clone(), Some(person.id) == me);
            }
        });
    }

    /// Asks who made these and which ideas they are, where that is not known.
    pub(super) fn ask_names(&self, items: &BTreeSet<ItemRef>) {
        let wanted = {
            let core = self.core.borrow();
            let Some(replica) = &core.replica else { return };
            let unknown = |item: &ItemRef| -> Vec<String> {
                let actor = replica.canvas().maker(item).map(str::to_owned);
                let known = |actor: &String| {
                    self.scene.makers.try_with_untracked(|makers| makers.contains_key(actor)) != Some(false)
                };
                let idea = (item.kind == ItemKind::Card && replica.canvas().has(item)).then(|| item.id.clone());
                let seen = |idea: &String| {
                    self.scene.ideas.try_with_untracked(|ideas| ideas.contains_key(idea)) != Some(false)
                };
                let actor = actor.filter(|actor| !known(actor)).map(|actor| format!("a{actor}"));
                let idea = idea.filter(|idea| !seen(idea)).map(|idea| format!("i{idea}"));
                actor.into_iter().chain(idea).collect()
            };
            items.iter().flat_map(unknown).filter(|name| !core.asked.contains(name)).collect::<BTreeSet<_>>()
        };
        if wanted.is_empty() {
            return;
        }
        let mut core = self.core.borrow_mut();
        core.asked.extend(wanted);
        if !std::mem::replace(&mut core.asks, true)
            && let Some(this) = self.this.upgrade()
        {
            set_timeout(move || this.send_asks(), Duration::from_millis(GATHER));
        }
    }

    fn send_asks(&self) {
        let wanted: Vec<String> = {
            let mut core = self.core.borrow_mut();
            core.asks = false;
            core.asked.iter().cloned().collect()
        };
        let of = |kind: char| -> Vec<String> {
            wanted.iter().filter_map(|name| name.strip_prefix(kind).map(str::to_owned)).collect()
        };
        for actors in of('a').chunks(ASKED) {
            self.ask_makers(actors.to_vec());
        }
        for ideas in of('i').chunks(ASKED) {
            self.ask_ideas(ideas.to_vec());
        }
    }

    fn ask_makers(&self, actors: Vec<String>) {
        let (this, scene) = (self.this.clone(), self.scene);
        // The page may have been left meanwhile.
        let Some(slug) = scene.slug.try_get_value() else { return };
        spawn_local(async move {
            let path = format!("/boards/{slug}/canvas/makers?actors={}", actors.join(","));
            let found = api::get::<Vec<MakerView>>(path).await;
            let Some(session) = this.upgrade() else { return };
            session.core.borrow_mut().asked.retain(|name| !actors.iter().any(|actor| name == &format!("a{actor}")));
            let Ok(found) = found else { return };
            scene.makers.try_update(|makers| {
                makers.extend(found.into_iter().map(|maker| (maker.actor, maker.person)));
            });
            session.know_makers();
        });
    }

    fn ask_ideas(&self, ideas: Vec<String>) {
        let (this, scene) = (self.this.clone(), self.scene);
        let Some(slug) = scene.slug.try_get_value() else { return };
        spawn_local(async move {
            let path = format!("/boards/{slug}/canvas/ideas?ids={}", ideas.join(","));
            let found = api::get::<Vec<IdeaCard>>(path).await;
            let Some(session) = this.upgrade() else { return };
            // What is not seen is not asked for again: it stays asked.
            let Ok(found) = found else {
                session.core.borrow_mut().asked.retain(|name| !ideas.iter().any(|idea| name == &format!("i{idea}")));
                return;
            };
            scene.ideas.try_update(|known| known.extend(found.into_iter().map(|card| (card.id.to_string(), card))));
        });
    }
}

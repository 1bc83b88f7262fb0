//! Carries what was done offline to the server, of documents that nobody has open any more.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeSet,
    rc::Rc,
};

use leptos::task::spawn_local;
use serde::{Serialize, de::DeserializeOwned};
use shared::{
    DocumentId, PersonId,
    live::{
        message::{FromClient, FromServer, RejectCode},
        permit::Rights,
        replica::{CanvasReplica, Draft, Due, Replica, ReplicaError, Replicated, is_own},
    },
};

use super::{
    hold::{self, lock_of_tab},
    kept::Why,
    local,
    shelf::{self, Found, Shelf, Shelved, Subject},
    socket::{Heard, Socket},
    storage,
};
use crate::{
    canvas,
    disk::{Disk, Store},
};

/// A document that can be carried without being shown.
trait Carried: Replicated<Made: Serialize + DeserializeOwned> + Sized + 'static {
    /// One that has nothing yet.
    fn blank(document: DocumentId, actor: &[u8]) -> Self;

    /// Applies what arrived. Answers with what is to be sent, and whether it has to be begun anew.
    fn take_in(&mut self) -> Result<(Option<Vec<u8>>, bool), ReplicaError>;

    /// Takes a refused change back, and keeps its words for the person.
    fn refuse(&mut self, person: PersonId, hash: [u8; 32], code: RejectCode, path: &str);

    /// Keeps the words of all that waits: the document is not there any more.
    fn salvage(&mut self, person: PersonId);

    /// Keeps words that stand nowhere.
    fn keep(person: PersonId, document: DocumentId, words: Vec<String>);
}

impl Carried for Replica {
    fn blank(document: DocumentId, actor: &[u8]) -> Self {
        Self::new(document, actor)
    }

    fn take_in(&mut self) -> Result<(Option<Vec<u8>>, bool), ReplicaError> {
        self.integrate().map(|done| (done.send, done.behind))
    }

    fn refuse(&mut self, person: PersonId, hash: [u8; 32], code: RejectCode, path: &str) {
        if let Some(refused) = self.rejected(hash, code, path) {
            let why = Why::Refused { code, path: path.to_owned() };
            storage::keep(&storage::key_for(person, self.document(), &storage::name_of(hash)), &why, &refused.words);
        }
    }

    fn salvage(&mut self, person: PersonId) {
        let words = self.unsaved();
        if !words.is_empty() {
            let name = uuid::Uuid::now_v7().to_string();
            storage::keep(&storage::key_for(person, self.document(), &name), &Why::Rewritten, &words);
        }
    }

    fn keep(person: PersonId, document: DocumentId, words: Vec<String>) {
        let name = uuid::Uuid::now_v7().to_string();
        storage::keep(&storage::key_for(person, document, &name), &Why::Unsaved, &Draft::of_words(words));
    }
}

impl Carried for CanvasReplica {
    fn blank(document: DocumentId, actor: &[u8]) -> Self {
        let mut replica = Self::new(document, actor);
        replica.may(Rights { note: true, arrange: true, tidy: true, edit: false });
        replica
    }

    fn take_in(&mut self) -> Result<(Option<Vec<u8>>, bool), ReplicaError> {
        self.integrate().map(|seen| (seen.send, seen.behind))
    }

    fn refuse(&mut self, person: PersonId, hash: [u8; 32], code: RejectCode, path: &str) {
        if let Some(back) = self.rejected(hash, code, path) {
            Self::keep(person, self.document(), back.words);
        }
    }

    fn salvage(&mut self, person: PersonId) {
        let words = self.unsaved_words();
        Self::keep(person, self.document(), words);
    }

    fn keep(person: PersonId, document: DocumentId, words: Vec<String>) {
        canvas::keep_words(&local::key_for("canvas-kept", Some(person), document), words);
    }
}

/// Told once nothing waits any more, and whether all of it was taken.
type Done = Box<dyn FnOnce(bool)>;

/// Carries one document.
struct Courier<R> {
    person: PersonId,
    document: DocumentId,
    socket: Socket,
    replica: RefCell<Option<R>>,
    shelf: Shelf,
    /// Whether something was refused, or has nowhere to go any more: its words are kept for the person.
    kept_back: Cell<bool>,
    done: Cell<Option<Done>>,
}

impl<R: Carried> Shelved for Courier<R> {
    type Replica = R;

    fn shelf(&self) -> &Shelf {
        &self.shelf
    }

    fn with_replica<T>(&self, act: impl FnOnce(&mut R) -> T) -> Option<T> {
        self.replica.borrow_mut().as_mut().map(act)
    }

    fn kept(&self) {
        self.end_if_done();
    }

    fn sync(&self, data: Vec<u8>) {
        self.socket.send(&FromClient::Sync { document: self.document, data });
    }

    fn heard(&self) {}
}

impl<R: Carried> Courier<R> {
    fn send_out(person: PersonId, document: DocumentId, socket: &Socket, found: Found, done: Done) {
        let actor = uuid::Uuid::new_v4();
        let courier = Rc::new(Self {
            person,
            document,
            socket: socket.clone(),
            replica: RefCell::new(Some(R::blank(document, actor.as_bytes()))),
            shelf: Shelf::default(),
            kept_back: Cell::new(false),
            done: Cell::new(Some(done)),
        });
        Shelf::open(&courier, socket.peer(), found);
        let listener = courier.clone();
        socket.listen(move |heard| listener.hear(heard));
        if socket.joined().is_some() {
            courier.hello();
        }
    }

    fn hello(&self) {
        if let Some(data) = self.with_replica(Replicated::hello) {
            self.sync(data);
        }
    }

    fn hear(self: &Rc<Self>, heard: &Heard) {
        match heard {
            Heard::Joined(_) => self.hello(),
            Heard::Lost => drop(self.with_replica(Replicated::disconnected)),
            Heard::Told(message) => self.told(message),
        }
        Shelf::stir(self);
        self.end_if_done();
    }

    fn told(&self, message: &FromServer) {
        match message {
            FromServer::Sync { document, data, .. } if *document == self.document => {
                let taken = self.with_replica(|replica| replica.receive(data).and_then(|()| replica.take_in()));
                match taken {
                    Some(Ok((send, behind))) => {
                        send.into_iter().for_each(|data| self.sync(data));
                        if behind {
                            self.hello();
                        } else if let Some(words) = self.with_replica(Replicated::give_up_early)
                            && !words.is_empty()
                        {
                            R::keep(self.person, self.document, words);
                            self.kept_back.set(true);
                            self.shelf.gave_up();
                        }
                    }
                    Some(Err(_)) => self.socket.renew(),
                    None => {}
                }
            }
            FromServer::Stored { document, hashes } if *document == self.document => {
                let more = self.with_replica(|replica| replica.stored(hashes)).flatten();
                more.into_iter().for_each(|data| self.sync(data));
            }
            FromServer::Rejected { document, hash, code, path, .. } if *document == self.document => {
                self.with_replica(|replica| replica.refuse(self.person, *hash, *code, path));
                self.kept_back.set(true);
                let more = self.with_replica(Replicated::commit).flatten();
                more.into_iter().for_each(|data| self.sync(data));
            }
            FromServer::Unavailable { document, .. } if *document == self.document => {
                self.with_replica(|replica| replica.salvage(self.person));
                self.kept_back.set(true);
                self.shelf.forget(self.document);
                self.replica.take();
                self.end();
            }
            _ => {}
        }
    }

    /// Nothing waits, here or on the disk.
    fn end_if_done(&self) {
        let waits = self.with_replica(|replica| replica.has_unsaved()).unwrap_or(false);
        if !waits && Shelf::due(self) == Due::Nothing {
            self.end();
        }
    }

    fn end(&self) {
        if let Some(done) = self.done.take() {
            self.socket.send(&FromClient::Close { document: self.document });
            self.shelf.close();
            done(!self.kept_back.get());
        }
    }
}

/// Carries everything that waits on this device and is open nowhere. `told` hears of each document of which all was taken.
pub(super) async fn carry_all(person: PersonId, told: Rc<dyn Fn(Subject)>) {
    let Ok(disk) = Disk::open(person).await else { return };
    let Ok(documents) = shelf::documents(&disk).await else { return };
    let waiting: Vec<_> =
        documents.into_iter().filter(|(document, _, waits)| *waits && !shelf::is_open(*document)).collect();
    if waiting.is_empty() {
        return;
    }
    let socket = Socket::open();
    let left = Rc::new(Cell::new(waiting.len()));
    for (document, about, _) in waiting {
        let (socket, left, told, subject) = (socket.clone(), left.clone(), told.clone(), about.subject.clone());
        let ended = {
            let socket = socket.clone();
            move || {
                left.set(left.get() - 1);
                if left.get() == 0 {
                    socket.leave();
                    socket.forget_listeners();
                }
            }
        };
        let Ok(keys) = disk.keys(Store::Chunk, &[document.to_string()]).await else {
            ended();
            continue;
        };
        let tabs: BTreeSet<String> =
            keys.into_iter().filter(|key| is_own(key)).filter_map(|key| key.get(2).cloned()).collect();
        spawn_local(async move {
            // What a living tab holds it sends itself.
            if !hold::held(tabs.iter().map(|tab| lock_of_tab(tab)).collect()).await.is_empty() {
                return ended();
            }
            let Ok(found) = shelf::find(person, document, about.subject.clone()).await else { return ended() };
            let done: Done = Box::new(move |all| {
                if all {
                    told(subject);
                }
                ended();
            });
            match about.subject {
                Subject::Concept(_) => Courier::<Replica>::send_out(person, document, &socket, found, done),
                Subject::Canvas(_) => Courier::<CanvasReplica>::send_out(person, document, &socket, found, done),
            }
        });
    }
}

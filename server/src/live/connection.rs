//! One connection: who it is, which documents it has open, and what it may do there.

use std::{collections::HashMap, time::Duration};

use shared::{
    DocumentId, Locale,
    api::PersonView,
    live::{
        chunk::ChunkError,
        codec::{DecodeError, VERSION, decode_client},
        guard::{self, Hostile},
        message::{AtelierJoin, AtelierPeer, FromClient, FromServer, Known, Who},
        permit::Rights,
        sync::SyncError,
    },
};

use super::{
    allowance::Weight,
    caller::{Caller, Guest, granted},
    hub::{Hub, Key},
    outbound::{Close, Frame, Outbound},
    room::{Fleeting, Footing, Opened, Peer, RoomHandle},
    seats::{Seat, Sitter},
    whereabouts::{Place, Stay},
};
use crate::{
    domain::{
        access::{self, AccessChange, Credential, DocumentAccess, Watcher},
        now,
    },
    metrics::{Limit, Panicked},
    store::StoreError,
};

/// Actor ids that one message may claim for its sender. Honest peers claim one.
const CLAIMS: u32 = 16;

struct Open {
    room: RoomHandle,
    access: DocumentAccess,
    /// As the room was told.
    footing: Footing,
    /// While others may be told that somebody is in it.
    stay: Option<Stay>,
}

/// Who the peer said it is.
struct Joined {
    peer: String,
    /// The actor id leased to Atelier's own client.
    lease: Option<Vec<u8>>,
    /// It says goodbye with nothing unsent.
    left: bool,
}

/// A connection.
pub struct Connection {
    hub: Hub,
    key: Key,
    caller: Caller,
    guest: Option<Guest>,
    seat: Seat,
    /// The language the person is told things in.
    locale: Locale,
    outbound: Outbound,
    joined: Option<Joined>,
    /// Whether it is Atelier's own client.
    ours: bool,
    documents: HashMap<DocumentId, Open>,
    /// What the peer follows, and whether it was told that it may write there.
    topics: Vec<(String, Option<bool>)>,
}

impl Connection {
    /// A connection of somebody, or of nobody known.
    #[must_use]
    pub fn new(hub: Hub, caller: Caller, guest: Option<Guest>, seat: Seat, locale: Locale) -> Self {
        let outbound = Outbound::new(hub.limits(), hub.metrics().clone());
        Self {
            key: hub.new_key(),
            hub,
            caller,
            guest,
            seat,
            locale,
            outbound,
            joined: None,
            ours: false,
            documents: HashMap::new(),
            topics: Vec::new(),
        }
    }

    /// Who it is, if that is known.
    fn person(&self) -> Option<&PersonView> {
        self.caller.person()
    }

    fn watcher(&self) -> Watcher<'_> {
        Watcher { who: self.person(), guest: self.guest.as_ref().map(|guest| guest.pass.board) }
    }

    /// How long the link still opens a canvas by which the peer follows it.
    #[must_use]
    pub fn guest_for(&self) -> Option<Duration> {
        let left = self.guest.as_ref()?.pass.expires_at - now();
        Some(Duration::from_millis(u64::try_from(left).unwrap_or_default() + 1))
    }

    /// The way to the peer.
    #[must_use]
    pub fn outbound(&self) -> Outbound {
        self.outbound.clone()
    }

    /// Whether the peer has said who it is.
    #[must_use]
    pub fn has_joined(&self) -> bool {
        self.joined.is_some()
    }

    /// Acts on a frame, and says how much it asked for.
    ///
    /// # Errors
    /// When the connection must be closed, and why.
    pub async fn receive(&mut self, frame: &[u8]) -> Result<Weight, Close> {
        let frame =
            decode_client(frame).map_err(|error: DecodeError| Close::new(Close::PROTOCOL, error.to_string()))?;
        let Some(joined) = &mut self.joined else {
            return match frame.message {
                FromClient::Join { sender, versions, atelier } => {
                    self.join(sender, &versions, atelier).await?;
                    Ok(Weight::Usual)
                }
                _ => Err(Close::new(Close::PROTOCOL, "the first message must be `join`")),
            };
        };
        if frame.sender.is_some_and(|sender| sender != joined.peer) {
            // automerge-repo passes on to all its peers what it hears from one, even to where it came from.
            if matches!(frame.message, FromClient::Ephemeral { .. }) {
                return Ok(Weight::Light);
            }
            return Err(Close::new(Close::POLICY, "`senderId` is not the id you joined with"));
        }
        match frame.message {
            FromClient::Join { .. } => return Err(Close::new(Close::PROTOCOL, "`join` comes once")),
            FromClient::Sync { document, data } => self.sync(document, data).await?,
            FromClient::Ephemeral { document, count, session, data } => {
                // Who may not write has no caret to show.
                if let Some(open) = self.documents.get(&document).filter(|open| open.access.rights.any()) {
                    open.room.ephemeral(self.key, Fleeting { count, session, data }).await;
                }
                return Ok(Weight::Spread);
            }
            FromClient::Close { document } => {
                self.leave(document).await;
            }
            FromClient::Subscribe { topics } => {
                self.topics = topics.into_iter().map(|topic| (topic, None)).collect();
                self.subscribe().await.map_err(fault)?;
            }
            FromClient::Leave => {
                joined.left = true;
                return Err(Close::new(Close::GOODBYE, "goodbye"));
            }
            FromClient::Other => {}
        }
        Ok(Weight::Usual)
    }

    async fn join(&mut self, peer: String, versions: &[String], atelier: Option<AtelierJoin>) -> Result<(), Close> {
        if !versions.iter().any(|version| version == VERSION) {
            let reason = "this server speaks the protocol version 1 only";
            self.send(&FromServer::Error {
                sender: self.hub.name().to_owned(),
                target: peer,
                message: reason.to_owned(),
            });
            return Err(Close::new(Close::PROTOCOL, reason));
        }
        let sitter = self.seat.sitter();
        let replaces = match sitter {
            Sitter::Person(person) => self.hub.holder(&peer, person),
            Sitter::Nobody(_) => None,
        };
        self.hub
            .register(&peer, self.key, sitter, &self.outbound)
            .map_err(|error| Close::new(Close::POLICY, error.to_string()))?;
        let lease = match (&atelier, sitter) {
            (Some(ours), Sitter::Person(person)) => {
                Some(self.hub.lease(self.key, person, ours.actor.as_deref(), replaces).await.map_err(fault)?)
            }
            _ => None,
        };
        let who = Who { peer: peer.clone(), person: self.known(), rights: Rights::default() };
        // Nothing is ever stored under what nobody known is told.
        let actor = |_| lease.clone().unwrap_or_else(|| uuid::Uuid::new_v4().as_bytes().to_vec());
        self.send(&FromServer::Peer {
            sender: self.hub.name().to_owned(),
            target: peer.clone(),
            atelier: atelier.as_ref().map(actor).map(|actor| AtelierPeer { actor, who }),
        });
        self.ours = atelier.is_some();
        self.seat.join();
        self.joined = Some(Joined { peer, lease, left: false });
        Ok(())
    }

    /// Who it is, as others are told.
    fn known(&self) -> Option<Known> {
        self.person().map(|person| Known { id: person.id, name: person.name.clone(), role: person.role })
    }

    fn footing(&self, access: &DocumentAccess) -> Footing {
        // Whoever was invited, by an account or by a link, is told whom they meet.
        let invited = self.guest.as_ref().is_some_and(|guest| guest.pass.board == access.board);
        Footing { person: self.known(), rights: access.rights, meets: invited || self.person().is_some() }
    }

    /// They are there from now on, as far as others may be told.
    fn stay(&self, access: &DocumentAccess) -> Option<Stay> {
        let place = Place { board: access.slug.clone(), idea: access.idea };
        self.known().filter(|_| access.in_sight).map(|who| self.hub.stay(place, self.key, who))
    }

    /// They are there otherwise than before, or others may be told no more.
    fn move_to(&mut self, document: DocumentId, access: &DocumentAccess) {
        if let Some(open) = self.documents.get_mut(&document) {
            // It ends before the next begins: both go by the connection.
            open.stay = None;
        }
        let stay = self.stay(access);
        if let Some(open) = self.documents.get_mut(&document) {
            open.stay = stay;
        }
    }

    fn send(&self, message: &FromServer) {
        self.outbound.push(Frame::of(message));
    }

    async fn sync(&mut self, document: DocumentId, data: Vec<u8>) -> Result<(), Close> {
        if !self.documents.contains_key(&document) && !self.open(document).await? {
            return Ok(());
        }
        let bounds = self.hub.limits().bounds();
        let read = if guard::is_heavy(&data) {
            // Reading it takes a while, and others are served here meanwhile.
            let reading = tokio::task::spawn_blocking(move || guard::read_within(&data, &bounds)).await;
            reading.map_err(|_| self.broken())?
        } else {
            guard::read_within(&data, &bounds)
        };
        let mut inbound = read.map_err(|error| self.hostile(error))?;
        let Some(open) = self.documents.get(&document) else { return Ok(()) };
        let mut owned: HashMap<&[u8], bool> = HashMap::new();
        let mut claims = if open.access.rights.any() { CLAIMS } else { 0 };
        for change in &mut inbound.changes {
            change.own = match owned.get(&*change.actor) {
                Some(own) => *own,
                None => match self.caller {
                    Caller::Person(ref signed, _) => {
                        self.hub.is_own(&change.actor, signed.person.id, &mut claims).await.map_err(fault)?
                    }
                    // Whose it is does not matter: nothing of nobody's is taken.
                    Caller::Nobody(_) => true,
                },
            };
            owned.insert(&change.actor, change.own);
        }
        if open.room.sync(self.key, inbound).await { Ok(()) } else { Err(broken_room()) }
    }

    fn broken(&self) -> Close {
        self.hub.metrics().panicked(Panicked::Task);
        tracing::error!("a message broke what reads it");
        Close::new(Close::FAULT, "a fault of the server")
    }

    /// What a hostile message closes the connection with.
    fn hostile(&self, error: Hostile) -> Close {
        let limit = match error {
            Hostile::Filters | Hostile::Sync(SyncError::TooManyFilters) => Some(Limit::Filters),
            Hostile::TooLarge | Hostile::Chunk(ChunkError::Inflate) => Some(Limit::Inflated),
            _ => None,
        };
        if let Some(limit) = limit {
            self.hub.metrics().met(limit);
        }
        Close::new(Close::PROTOCOL, error.to_string())
    }

    /// Opens a document; false when there is none, or not for this person.
    async fn open(&mut self, document: DocumentId) -> Result<bool, Close> {
        let Some(joined) = &self.joined else { return Ok(false) };
        if self.documents.len() >= self.hub.limits().documents {
            self.hub.metrics().met(Limit::Documents);
            return Err(Close::new(Close::POLICY, "too many documents on one connection"));
        }
        let access = self.access(document).await.map_err(fault)?;
        let Some(access) = access else {
            self.unavailable(document);
            return Ok(false);
        };
        // A room may end between being found and being entered; a new one then takes its place.
        for _ in 0..3 {
            let room = self.hub.room(document);
            let (peer, footing) = (joined.peer.clone(), self.footing(&access));
            let peer = Peer::new(peer, footing.clone(), self.outbound.clone(), self.ours, self.locale);
            match room.enter(self.key, peer).await {
                Opened::Yes => {
                    self.hub.metrics().documents_open.increment(1.0);
                    let stay = self.stay(&access);
                    self.documents.insert(document, Open { room, access, footing, stay });
                    return Ok(true);
                }
                Opened::NoSuchDocument => {
                    self.unavailable(document);
                    return Ok(false);
                }
                Opened::Ended => self.hub.forget(document),
            }
        }
        Err(broken_room())
    }

    fn unavailable(&self, document: DocumentId) {
        let Some(joined) = &self.joined else { return };
        self.send(&FromServer::Unavailable {
            sender: self.hub.name().to_owned(),
            target: joined.peer.clone(),
            document,
        });
    }

    async fn access(&self, document: DocumentId) -> Result<Option<DocumentAccess>, StoreError> {
        let mut tx = self.hub.db().read().await?;
        access::document_access(&mut tx, self.watcher(), document).await
    }

    /// Subscribes to those of the wished topics whose idea or board the person may see, and says which are gone. Of the others it
    /// says whether the person may write in them, when that is news.
    async fn subscribe(&mut self) -> Result<(), StoreError> {
        let (mut seen, mut news) = (Vec::new(), Vec::new());
        let mut tx = self.hub.db().read().await?;
        for (topic, told) in std::mem::take(&mut self.topics) {
            let write = match (self.person(), topic.split_once(':')) {
                // On a canvas, whether they may put anything there.
                (_, Some(("canvas", slug))) => access::canvas_access(&mut tx, self.watcher(), slug).await?,
                (Some(person), _) => granted(&mut tx, person, &topic).await?,
                (None, _) => None,
            };
            let (kind, data) = match write {
                Some(write) => ("access", write.to_string()),
                None => ("gone", "null".to_owned()),
            };
            if write.is_none() || write != told {
                news.push(FromServer::Event { topic: topic.clone(), kind: kind.to_owned(), data });
            }
            if write.is_some() {
                seen.push((topic, write));
            }
        }
        drop(tx);
        self.topics = seen;
        // Staff notes have a topic of their own, which nobody asks for by name: rights give it.
        let notes = self.topics.iter().filter(|(_, granted)| *granted == Some(true));
        let notes = notes.filter_map(|(topic, _)| topic.strip_prefix("talk:")).map(|number| format!("notes:{number}"));
        let topics = self.topics.iter().map(|(topic, _)| topic.clone()).chain(notes).collect();
        self.hub.subscribe(self.key, &self.outbound, topics);
        for (topic, _) in &self.topics {
            // Whoever begins to read an idea shows nobody in it, and is told only if somebody is.
            let here = self.hub.everywhere().by_topic(topic);
            let here = here.filter(|here| topic.starts_with("board:") || !here.places.is_empty());
            if let Some(data) = here.and_then(|here| serde_json::to_string(&here).ok()) {
                news.push(FromServer::Event { topic: topic.clone(), kind: "here".to_owned(), data });
            }
        }
        // Whoever then asks what happened before is told all that happens after.
        news.iter().for_each(|event| self.send(event));
        Ok(())
    }

    /// Looks again at what the person may, when the news concerns them.
    ///
    /// # Errors
    /// When the connection must be closed, and why.
    pub async fn hear(&mut self, news: AccessChange) -> Result<(), Close> {
        let concerns_all = match news {
            AccessChange::Session(id) => self.caller.signed_by(Credential::Session(id)),
            AccessChange::Token(id) => self.caller.signed_by(Credential::Token(id)),
            AccessChange::Person(id) => {
                // A link ends with the right of who made it.
                let made = self.guest.as_ref().is_some_and(|guest| guest.pass.by == id);
                made || self.person().is_some_and(|person| person.id == id)
            }
            AccessChange::Guest(id) => self.guest.as_ref().is_some_and(|guest| guest.pass.link == id),
            AccessChange::Board(board) => {
                let here = self.documents.values().any(|open| open.access.board == board);
                return if here || !self.topics.is_empty() { self.recheck_documents().await } else { Ok(()) };
            }
            AccessChange::Document(document) => {
                let here = self.documents.contains_key(&document);
                return if here || !self.topics.is_empty() { self.recheck_documents().await } else { Ok(()) };
            }
        };
        if concerns_all { self.recheck().await } else { Ok(()) }
    }

    /// Looks again at everything: who this is, and what they may.
    ///
    /// # Errors
    /// When the connection must be closed, and why.
    pub async fn recheck(&mut self) -> Result<(), Close> {
        if !self.caller.calls_still(self.hub.db()).await.map_err(fault)? {
            return Err(Close::new(Close::POLICY, "you are no longer signed in"));
        }
        if let Some(guest) = self.guest.take() {
            self.guest = guest.again(self.hub.db()).await.map_err(fault)?;
        }
        self.recheck_documents().await
    }

    async fn recheck_documents(&mut self) -> Result<(), Close> {
        let documents: Vec<DocumentId> = self.documents.keys().copied().collect();
        for document in documents {
            let access = self.access(document).await.map_err(fault)?;
            let Some(access) = access else {
                self.leave(document).await;
                self.unavailable(document);
                continue;
            };
            let footing = self.footing(&access);
            let moved = self
                .documents
                .get(&document)
                .is_some_and(|open| open.access.in_sight != access.in_sight || open.footing.person != footing.person);
            if moved {
                self.move_to(document, &access);
            }
            if let Some(open) = self.documents.get_mut(&document) {
                if open.footing != footing {
                    open.room.footing(self.key, footing.clone()).await;
                    open.footing = footing;
                }
                open.access = access;
            }
        }
        if !self.topics.is_empty() {
            self.subscribe().await.map_err(fault)?;
        }
        Ok(())
    }

    async fn leave(&mut self, document: DocumentId) {
        if let Some(open) = self.documents.remove(&document) {
            self.hub.metrics().documents_open.decrement(1.0);
            open.room.leave(self.key).await;
        }
    }

    /// Waits until everything this connection sent is stored or refused.
    pub async fn settle(&self) {
        for open in self.documents.values() {
            open.room.settle().await;
        }
    }

    /// Leaves everything.
    pub async fn end(mut self) {
        let Some(joined) = self.joined.take() else { return };
        // What is under way must be stored before the actor id can be lent again: who has it next counts on from there.
        if joined.left {
            self.settle().await;
        }
        let open: Vec<DocumentId> = self.documents.keys().copied().collect();
        for document in open {
            self.leave(document).await;
        }
        self.hub.subscribe(self.key, &self.outbound, Vec::new());
        self.hub.unregister(&joined.peer, self.key);
        if let Some(actor) = joined.lease
            && self.hub.release(&actor, self.key)
            && joined.left
            && let Err(error) = self.hub.free(actor).await
        {
            tracing::warn!(%error, "an actor id could not be freed");
        }
    }
}

/// Listens to the news of access for a connection; a listener that lagged must look at everything.
pub async fn next_news(news: &mut tokio::sync::broadcast::Receiver<AccessChange>) -> Option<AccessChange> {
    use tokio::sync::broadcast::error::RecvError;
    match news.recv().await {
        Ok(change) => Some(change),
        Err(RecvError::Lagged(_)) => None,
        // The sender lives as long as the workspace.
        Err(RecvError::Closed) => std::future::pending().await,
    }
}

fn fault(error: StoreError) -> Close {
    tracing::error!(%error, "a live connection met a fault");
    Close::new(Close::FAULT, "a fault of the server")
}

fn broken_room() -> Close {
    Close::new(Close::FAULT, "the document had to be closed; connect again")
}

//! Who is in the room: presence, fleeting messages, and what each may do.

use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

use shared::{
    Locale,
    live::{
        guard::Arrived,
        ledger::Index,
        message::{FromServer, Known, Who},
        permit::Rights,
        sync::Hash,
    },
};
use tokio::time::Instant;

use super::{PRESENCE, Room};
use crate::live::{
    hub::Key,
    outbound::{Frame, Outbound},
};

/// How many of those who are nobody known are named to who is in the room.
const GUESTS: usize = 100;
/// For each of them, who came and went is told this much later.
const PER_GUEST: Duration = Duration::from_millis(1);

/// A peer in a room.
#[derive(Debug)]
pub struct Peer {
    pub(super) who: Who,
    pub(super) outbound: Outbound,
    /// Whether it is Atelier's own client.
    pub(super) atelier: bool,
    pub(super) rights: Rights,
    pub(super) meets: bool,
    /// The language of refusals.
    pub(super) locale: Locale,
    pub(super) reads_v2: bool,
    pub(super) link: Link,
    /// Heads it named for which it waits for an answer.
    pub(super) asks: Option<Asks>,
    /// What the answer being made is to.
    pub(super) being_answered: Option<Asks>,
    /// Changes of a stock peer that build on others still to come.
    pub(super) waiting: Vec<Arrived>,
    /// What it sent and was refused, so that what builds on it is refused too.
    pub(super) refused: HashSet<Hash>,
    /// Changes it was asked for by name.
    pub(super) asked: HashSet<Hash>,
    /// Changes it has, though its heads do not say so.
    pub(super) has: Vec<Index>,
}

/// On what footing a peer is in a room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Footing {
    /// Who is there, as the others are told; nobody known where a visitor or a guest follows a canvas.
    pub person: Option<Known>,
    /// What they may change.
    pub rights: Rights,
    /// Whether they are told who the others are, rather than only that somebody is there.
    pub meets: bool,
}

/// What is passed on and not kept, such as where a caret is.
#[derive(Debug)]
pub struct Fleeting {
    /// Its sender's count.
    pub count: u64,
    /// The sender's session, in which the count counts.
    pub session: String,
    /// What it says.
    pub data: Vec<u8>,
}

/// How a peer stands to the document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Link {
    /// It has not asked for anything yet, or must ask again.
    Apart,
    /// An answer is being made; it brings the peer up to the given number of changes.
    Answering,
    /// Everything stored was sent to it.
    InSync,
}

/// What a peer wants an answer to.
#[derive(Clone, Debug, Default)]
pub(super) struct Asks {
    pub(super) heads: Vec<Hash>,
    pub(super) need: Vec<Hash>,
}

impl Peer {
    /// A peer that enters.
    #[must_use]
    pub fn new(peer: String, footing: Footing, outbound: Outbound, atelier: bool, locale: Locale) -> Self {
        let Footing { person, rights, meets } = footing;
        Self {
            who: Who { peer, person, rights: Rights::default() },
            outbound,
            atelier,
            rights,
            meets,
            locale,
            reads_v2: atelier,
            link: Link::Apart,
            asks: None,
            being_answered: None,
            waiting: Vec::new(),
            refused: HashSet::new(),
            asked: HashSet::new(),
            has: Vec::new(),
        }
    }

    pub(super) fn send(&self, message: &FromServer) {
        self.outbound.push(Frame::of(message));
    }
}

impl Room {
    pub(super) fn enter(&mut self, key: Key, peer: Box<Peer>) {
        if peer.atelier {
            peer.send(&self.access_of(peer.rights));
        }
        self.peers.insert(key, peer);
        self.presence_changed();
    }

    pub(super) fn leave(&mut self, key: Key) {
        if self.peers.remove(&key).is_some() {
            if self.peers.is_empty() {
                self.peers = HashMap::new();
            }
            self.presence_changed();
        }
    }

    pub(super) fn set_footing(&mut self, key: Key, footing: Footing) {
        let Footing { person, rights, meets } = footing;
        let access = self.access_of(rights);
        let Some(peer) = self.peers.get_mut(&key) else { return };
        let told = std::mem::replace(&mut peer.rights, rights);
        if peer.atelier && told != rights && self.aside.is_none() {
            peer.send(&access);
        }
        // By their role the others know whether somebody brings them to what they see, and by their rights what of all
        // that they say they carry would be let move.
        if told != rights || peer.who.person != person || peer.meets != meets {
            (peer.who.person, peer.meets) = (person, meets);
            self.presence_changed();
        }
    }

    /// Tells those who have the right to write whether the document takes changes just now.
    pub(super) fn tell_access(&self) {
        for peer in self.peers.values().filter(|peer| peer.atelier && peer.rights.any()) {
            peer.send(&self.access_of(peer.rights));
        }
    }

    /// What somebody with these rights is told of them: nobody writes in what is set aside.
    fn access_of(&self, rights: Rights) -> FromServer {
        let Rights { arrange, tidy, .. } = if self.aside.is_none() { rights } else { Rights::default() };
        let write = self.aside.is_none() && rights.any();
        FromServer::Access { document: self.document, write, arrange, tidy }
    }

    fn presence_changed(&mut self) {
        if self.peers.values().any(|peer| peer.atelier) {
            // Each is told of each: the more follow along, the less often.
            let guests = self.peers.values().filter(|peer| peer.who.person.is_none()).count();
            let wait = PRESENCE + PER_GUEST * u32::try_from(guests).unwrap_or(u32::MAX);
            self.presence_due.get_or_insert_with(|| Instant::now() + wait);
        }
    }

    pub(super) fn tell_presence(&mut self) {
        self.presence_due = None;
        let here = self.peers.values().map(|peer| Who { rights: peer.rights, ..peer.who.clone() });
        let mut peers: Vec<Who> = here.collect();
        peers.sort_unstable_by(|a, b| a.peer.cmp(&b.peer));
        let mut guests = 0;
        peers.retain(|who| {
            guests += usize::from(who.person.is_none());
            who.person.is_some() || guests <= GUESTS
        });
        let document = self.document;
        let frame = |peers: Vec<Who>| Frame::of(&FromServer::Present { document, peers });
        let strangers = self.peers.values().any(|peer| peer.atelier && !peer.meets);
        let unnamed = strangers.then(|| frame(peers.iter().map(nameless).collect()));
        let named = frame(peers);
        for peer in self.peers.values().filter(|peer| peer.atelier) {
            let told = unnamed.as_ref().filter(|_| !peer.meets).unwrap_or(&named);
            peer.outbound.push(told.clone());
        }
    }

    /// Passes something fleeting on to the others, with who it is from, as the server knows it.
    pub(super) fn relay(&mut self, key: Key, fleeting: Fleeting) {
        if self.peers.get(&key).is_some_and(|sender| sender.rights.any()) {
            // Whose caret moves is about to write.
            self.ask_ledger();
        }
        let Some(sender) = self.peers.get(&key) else { return };
        let Fleeting { count, session, data } = fleeting;
        let mut message = FromServer::Ephemeral {
            sender: sender.who.peer.clone(),
            target: String::new(),
            document: self.document,
            count,
            session,
            data,
            from: Some(sender.who.clone()),
        };
        let ours = Frame::of(&message);
        let mut unnamed = None;
        for (_, peer) in self.peers.iter().filter(|(other, _)| **other != key) {
            let mut frame = |to: &str, by: Option<Who>| {
                if let FromServer::Ephemeral { target, from, .. } = &mut message {
                    to.clone_into(target);
                    *from = by;
                }
                Frame::of(&message)
            };
            peer.outbound.fleeting(match (peer.atelier, peer.meets) {
                (true, true) => ours.clone(),
                (true, false) => unnamed.get_or_insert_with(|| frame("", Some(nameless(&sender.who)))).clone(),
                // Stock peers may ignore what does not name them.
                (false, _) => frame(&peer.who.peer, None),
            });
        }
    }
}

/// That somebody is there, without who it is.
fn nameless(who: &Who) -> Who {
    Who { person: None, ..who.clone() }
}

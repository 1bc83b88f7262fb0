//! Atelier's own client, as a browser runs it, with an editor that shows what the patches say.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::SocketAddr,
    time::Duration,
};

use shared::{
    DocumentId,
    live::{
        concept::{Field, Texts},
        message::{AtelierJoin, FromClient, FromServer},
        replica::{Patch, Replica, Replicated as _, Splice},
        sync::{Hash, SyncMessage},
    },
};
use tests::{
    live::{Credential, Event, Socket},
    town::Townsperson,
};
use tokio::time::Instant;

/// A tab.
pub struct Ours {
    pub who: Townsperson,
    peer: String,
    document: DocumentId,
    replica: Option<Replica>,
    actor: Option<Vec<u8>>,
    socket: Option<Socket>,
    /// Connections still open that nobody reads from any more.
    spares: Vec<Socket>,
    /// The texts in UTF-16, as the editor shows them.
    shown: [Vec<u16>; 3],
    /// The document was taken away.
    pub gone: bool,
    /// What the server said is stored.
    pub stored: BTreeSet<Hash>,
    /// What it refused, and why.
    pub refused: BTreeMap<Hash, String>,
    /// What went out on a second socket, where its fate may be another.
    pub twice: BTreeSet<Hash>,
    reloads: usize,
}

impl Ours {
    pub fn new(who: Townsperson, peer: String, document: DocumentId) -> Self {
        Self {
            who,
            peer,
            document,
            replica: None,
            actor: None,
            socket: None,
            spares: Vec::new(),
            shown: Default::default(),
            gone: false,
            stored: BTreeSet::new(),
            refused: BTreeMap::new(),
            twice: BTreeSet::new(),
            reloads: 0,
        }
    }

    pub fn is_connected(&self) -> bool {
        self.socket.is_some() && !self.gone
    }

    /// Connects, even if it is connected. Whether it came that far.
    pub async fn connect(&mut self, address: SocketAddr) -> bool {
        let before = self.socket.take();
        if let Some(replica) = &mut self.replica {
            replica.disconnected();
        }
        let Ok(mut socket) = Socket::open(address, Credential::Token(&self.who.token)).await else { return false };
        let join = AtelierJoin { actor: self.actor.clone() };
        let answer = socket.join(&self.peer, Some(join)).await;
        let Event::Message(FromServer::Peer { atelier: Some(lease), .. }) = answer else { return false };
        let replica = self.replica.get_or_insert_with(|| Replica::new(self.document, &lease.actor));
        replica.lease(&lease.actor);
        let hello = replica.hello();
        self.actor = Some(lease.actor);
        self.gone = false;
        self.spares.extend(before);
        self.socket = Some(socket);
        self.send(hello).await;
        true
    }

    pub fn cut(&mut self) {
        self.lost();
        self.spares.clear();
    }

    fn lost(&mut self) {
        self.socket = None;
        if let Some(replica) = &mut self.replica {
            replica.disconnected();
        }
    }

    /// A new tab of the same person.
    pub fn reload(&mut self) {
        self.cut();
        (self.replica, self.actor, self.shown) = (None, None, Default::default());
        self.reloads += 1;
        self.peer = format!("{} {}", self.peer, self.reloads);
    }

    async fn send(&mut self, data: Vec<u8>) {
        if let Some(socket) = &mut self.socket
            && !socket.send(&FromClient::Sync { document: self.document, data }).await
        {
            self.lost();
        }
    }

    /// Types, if the document is here.
    pub async fn write(&mut self, field: Field, at: u16, delete: u8, insert: &str, commit: bool) {
        let Some(replica) = self.replica.as_mut().filter(|replica| replica.is_open()) else { return };
        let splice = super::splice(&self.shown[field as usize], at, delete, insert);
        replica.splice(field, &splice).expect("the editor shows what the replica has");
        self.show(&[Patch { field, splice }]);
        if commit {
            self.commit().await;
        }
    }

    /// Sends what waits in the open transaction.
    pub async fn commit(&mut self) {
        if let Some(message) = self.replica.as_mut().and_then(Replica::commit) {
            self.send(message).await;
        }
    }

    /// Sends everything not stored again, on this socket and on another, one by one.
    pub async fn twice(&mut self, address: SocketAddr, backwards: bool) {
        let Some(replica) = self.replica.as_mut().filter(|_| self.socket.is_some()) else { return };
        let hello = replica.hello();
        let Ok(mut other) = Socket::open(address, Credential::Token(&self.who.token)).await else { return };
        other.join(&format!("{} again", self.peer), Some(AtelierJoin::default())).await;
        let message = SyncMessage::decode(&hello).expect("our own");
        let mut blobs = message.changes.clone();
        if backwards {
            blobs.reverse();
        }
        for blob in blobs {
            let hash = automerge::Change::from_bytes(blob.to_vec()).expect("our own").hash().0;
            self.twice.insert(hash);
            let data = SyncMessage { changes: vec![blob], ..message.clone() }.encode();
            other.send(&FromClient::Sync { document: self.document, data }).await;
        }
        self.spares.push(other);
        self.send(hello).await;
    }

    /// Takes what the server says, for so long.
    pub async fn listen(&mut self, time: Duration) {
        let end = Instant::now() + time;
        while let Some(socket) = &mut self.socket {
            match socket.next_until(end).await {
                None => break,
                Some(Event::Message(message)) => {
                    let refused = matches!(message, FromServer::Rejected { .. });
                    if let Some(more) = self.take(message) {
                        self.send(more).await;
                    }
                    if refused {
                        // What the refusal was not about was made again.
                        self.commit().await;
                    }
                }
                Some(Event::Closed(code, reason)) => {
                    assert!(matches!(code, 1000 | 1011 | 1012), "{}: closed: {code} {reason}", self.peer);
                    self.lost();
                }
                Some(Event::Broken) => self.lost(),
            }
        }
        let Some(replica) = &mut self.replica else { return };
        let done = replica.integrate().expect("what the server sends applies");
        self.show(&done.patches);
        if let Some(message) = done.send {
            self.send(message).await;
        }
        if let Some(hello) = self.replica.as_mut().filter(|_| done.behind).map(Replica::hello) {
            self.send(hello).await;
        }
    }

    /// Takes a message. Answers with one that had to wait for it.
    fn take(&mut self, message: FromServer) -> Option<Vec<u8>> {
        let replica = self.replica.as_mut()?;
        match message {
            FromServer::Sync { data, .. } => replica.receive(&data).expect("a sync message"),
            FromServer::Stored { hashes, .. } => {
                let more = replica.stored(&hashes);
                self.stored.extend(hashes);
                return more;
            }
            FromServer::Rejected { hash, code, path, reason, .. } => {
                if let Some(refused) = replica.rejected(hash, code, &path) {
                    self.refused.extend(refused.words.changes.iter().map(|hash| (*hash, reason.clone())));
                    self.show(&refused.patches);
                }
            }
            FromServer::Unavailable { .. } => self.gone = true,
            _ => {}
        }
        None
    }

    /// The editor does what it is told, and then shows what the replica has.
    fn show(&mut self, patches: &[Patch]) {
        for Patch { field, splice: Splice { at, delete, insert } } in patches {
            self.shown[*field as usize].splice(*at..at + delete, insert.encode_utf16());
        }
        if let Some(replica) = &self.replica {
            for field in Field::ALL {
                let shown = String::from_utf16(&self.shown[field as usize]).expect("whole characters");
                assert_eq!(shown, replica.text(field), "{}: the editor shows something else", self.peer);
            }
        }
    }

    /// Whether everything it wrote is stored or refused.
    pub fn is_saved(&self) -> bool {
        self.replica.as_ref().is_some_and(|replica| replica.is_open() && !replica.has_unsaved())
    }

    pub fn describe(&self) -> String {
        let (open, unsaved) =
            self.replica.as_ref().map(|replica| (replica.is_open(), replica.has_unsaved())).unwrap_or_default();
        let connected = self.socket.is_some();
        format!("connected: {connected}, gone: {}, open: {open}, unsaved: {unsaved}", self.gone)
    }

    /// What it shows.
    pub fn texts(&self) -> Texts {
        let text = |field| self.replica.as_ref().map(|replica| replica.text(field)).unwrap_or_default();
        Texts { title: text(Field::Title), pitch: text(Field::Pitch), body: text(Field::Body) }
    }

    /// The heads of what it has, sorted.
    pub fn heads(&mut self) -> Vec<Hash> {
        let Some(replica) = &mut self.replica else { return Vec::new() };
        let hello = replica.hello();
        let mut heads = SyncMessage::decode(&hello).expect("our own").heads;
        heads.sort_unstable();
        heads
    }
}

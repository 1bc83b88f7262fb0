//! A peer that knows nothing of Atelier and speaks Automerge's own sync protocol, by hand.

use std::{net::SocketAddr, time::Duration};

use automerge::{
    ActorId, AutoCommit,
    sync::{Message, State, SyncDoc as _},
    transaction::Transactable as _,
};
use shared::{
    DocumentId,
    live::{
        concept::{ENCODING, Field},
        message::{FromClient, FromServer},
        sync::Hash,
    },
};
use tests::{
    live::{Credential, Event, Socket},
    town::Townsperson,
};
use tokio::time::Instant;

/// The peer.
pub struct Hand {
    pub doc: AutoCommit,
    pub who: Townsperson,
    peer: String,
    document: DocumentId,
    state: State,
    socket: Option<Socket>,
    spares: Vec<Socket>,
    /// Refusals it was told of.
    pub errors: usize,
    pub gone: bool,
}

impl Hand {
    pub fn new(who: Townsperson, peer: String, document: DocumentId) -> Self {
        let doc = AutoCommit::new_with_encoding(ENCODING);
        Self { doc, who, peer, document, state: State::new(), socket: None, spares: vec![], errors: 0, gone: false }
    }

    pub fn is_connected(&self) -> bool {
        self.socket.is_some() && !self.gone
    }

    /// Connects, even if it is connected. Whether it came that far.
    pub async fn connect(&mut self, address: SocketAddr) -> bool {
        let before = self.socket.take();
        let Ok(mut socket) = Socket::open(address, Credential::Token(&self.who.token)).await else { return false };
        let answer = socket.join(&self.peer, None).await;
        if !matches!(answer, Event::Message(FromServer::Peer { atelier: None, .. })) {
            return false;
        }
        self.spares.extend(before);
        self.socket = Some(socket);
        self.gone = false;
        self.state = State::new();
        self.send().await;
        true
    }

    pub fn cut(&mut self) {
        self.socket = None;
        self.spares.clear();
    }

    /// Begins anew with nothing: what was refused is only here.
    pub fn reload(&mut self) {
        self.cut();
        self.doc = AutoCommit::new_with_encoding(ENCODING).with_actor(ActorId::random());
    }

    async fn send(&mut self) {
        let Some(socket) = &mut self.socket else { return };
        if let Some(message) = self.doc.sync().generate_sync_message(&mut self.state) {
            let data = message.encode();
            if !socket.send(&FromClient::Sync { document: self.document, data }).await {
                self.socket = None;
            }
        }
    }

    pub async fn listen(&mut self, time: Duration) {
        let end = Instant::now() + time;
        while let Some(socket) = &mut self.socket {
            match socket.next_until(end).await {
                None => return,
                Some(Event::Message(FromServer::Sync { data, target, .. })) => {
                    assert_eq!(target, self.peer, "a stock peer is named in what it gets");
                    let message = Message::decode(&data).expect("a sync message");
                    self.doc.sync().receive_sync_message(&mut self.state, message).expect("it applies");
                    self.send().await;
                }
                Some(Event::Message(FromServer::Error { .. })) => self.errors += 1,
                Some(Event::Message(FromServer::Unavailable { .. })) => self.gone = true,
                Some(Event::Message(other)) => panic!("a stock peer was sent {other:?}"),
                Some(Event::Closed(code, reason)) => {
                    assert!(matches!(code, 1000 | 1011 | 1012), "{}: closed: {code} {reason}", self.peer);
                    self.socket = None;
                }
                Some(Event::Broken) => self.socket = None,
            }
        }
    }

    pub async fn write(&mut self, field: Field, at: u16, delete: u8, insert: &str) {
        let Ok(text) = field.object(&self.doc) else { return };
        let shown: Vec<u16> = automerge::ReadDoc::text(&self.doc, &text).expect("a text").encode_utf16().collect();
        let splice = super::splice(&shown, at, delete, insert);
        let delete = isize::try_from(splice.delete).expect("small");
        self.doc.splice_text(&text, splice.at, delete, insert).expect("within the text");
        self.doc.commit();
        self.send().await;
    }

    pub fn heads(&mut self) -> Vec<Hash> {
        super::sorted(self.doc.get_heads())
    }
}

//! Any interleaving of edits, cuts, refusals and restarts leaves every replica and the log the same.
//!
//! The plan follows from a seed: `ATELIER_TEST_SEED` runs one again.

use std::time::Duration;

use automerge::{
    ActorId, AutoCommit, ReadDoc as _,
    sync::{Message, State, SyncDoc as _},
    transaction::Transactable as _,
};
use rand::{Rng as _, SeedableRng as _, rngs::StdRng};
use server::live::room::{Copy, Whole};
use shared::{
    DocumentId, Role,
    live::{
        concept::{ENCODING, Field, read},
        message::{FromClient, FromServer},
    },
    rules::{Audience, EditingRule},
};
use tests::live::{Client, Credential, Event, PATIENCE, Socket};
use tokio::time::Instant;

use crate::house::House;

/// A peer that knows nothing of Atelier and speaks Automerge's own sync protocol.
struct Stock {
    doc: AutoCommit,
    state: State,
    socket: Option<Socket>,
    token: String,
    document: DocumentId,
    errors: usize,
}

impl Stock {
    fn new(token: &str, document: DocumentId, actor: u8) -> Self {
        Self {
            doc: AutoCommit::new_with_encoding(ENCODING).with_actor(ActorId::from([actor; 16].as_slice())),
            state: State::new(),
            socket: None,
            token: token.into(),
            document,
            errors: 0,
        }
    }

    async fn connect(&mut self, house: &House, peer: &str) {
        let mut socket = Socket::open(house.address, Credential::Token(&self.token)).await.expect("open");
        assert!(matches!(socket.join(peer, None).await, Event::Message(FromServer::Peer { atelier: None, .. })));
        self.socket = Some(socket);
        self.state = State::new();
        self.send().await;
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

    async fn listen(&mut self, time: Duration) {
        let end = Instant::now() + time;
        while let Some(socket) = &mut self.socket {
            match socket.next_until(end).await {
                None => return,
                Some(Event::Message(FromServer::Sync { data, .. })) => {
                    let message = Message::decode(&data).expect("a sync message");
                    self.doc.sync().receive_sync_message(&mut self.state, message).expect("it applies");
                    self.send().await;
                }
                Some(Event::Message(FromServer::Error { .. })) => self.errors += 1,
                Some(Event::Message(other)) => panic!("a stock peer was sent {other:?}"),
                Some(Event::Closed(code, reason)) => panic!("closed: {code} {reason}"),
                Some(Event::Broken) => self.socket = None,
            }
        }
    }

    async fn edit(&mut self, rng: &mut StdRng) {
        if let Ok(body) = Field::Body.object(&self.doc) {
            type_something(&mut self.doc, &body, rng);
            self.doc.commit();
            self.send().await;
        }
    }
}

fn type_something(doc: &mut AutoCommit, text: &automerge::ObjId, rng: &mut StdRng) {
    let length = doc.length(text);
    let at = rng.random_range(0..=length);
    let delete = if rng.random_bool(0.3) { rng.random_range(0..=(length - at).min(4)) } else { 0 };
    let words = ["pain", " ", "é", "\n", "seigle ", "un", "abc"];
    let insert = words[rng.random_range(0..words.len())];
    doc.splice_text(text, at, isize::try_from(delete).expect("small"), insert).expect("within the text");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_replica_and_the_log_agree_in_the_end() {
    let seeds: Vec<u64> = match std::env::var("ATELIER_TEST_SEED").ok().and_then(|seed| seed.parse().ok()) {
        Some(seed) => vec![seed],
        None => (0..4).map(|_| rand::random()).collect(),
    };
    for seed in seeds {
        eprintln!("ATELIER_TEST_SEED={seed}");
        run(seed).await;
    }
}

async fn run(seed: u64) {
    let mut rng = StdRng::seed_from_u64(seed);
    let mut house = House::open().await;
    let board = house.town.board(Audience::Public, EditingRule::Coauthors).await;
    let owner = house.town.owner.clone();
    let (_, document) = house.town.idea(&owner, &board, "Un pain").await;
    let mut ours = Vec::new();
    for at in 0..3 {
        let person = house.town.person(Role::Employee).await;
        ours.push(Client::new(house.address, &person.token, &format!("ours {at}"), document));
    }
    let mut stock = Vec::new();
    for at in 0..3 {
        let person = house.town.person(Role::Researcher).await;
        stock.push(Stock::new(&person.token, document, 100 + at));
    }
    // One who may only read, and tries to write all the same.
    let reader = house.town.person(Role::Customer).await;
    let mut reader = Client::new(house.address, &reader.token, "reader", document);
    reader.open().await;
    for client in &mut ours {
        client.open().await;
    }
    for (peer, at) in stock.iter_mut().zip(0..) {
        peer.connect(&house, &format!("stock {at}")).await;
    }
    for _ in 0..200 {
        let at = rng.random_range(0..3);
        match rng.random_range(0..20) {
            0..8 => {
                let client = &mut ours[at];
                let field = Field::ALL[rng.random_range(0..3)];
                if let Ok(text) = field.object(&client.doc) {
                    client.edit(|doc| type_something(doc, &text, &mut rng)).await;
                }
            }
            8..14 => stock[at].edit(&mut rng).await,
            14 => ours[at].disconnect(),
            15 => stock[at].socket = None,
            16 if !ours[at].is_connected() => assert!(ours[at].connect().await, "connects again"),
            17 if stock[at].socket.is_none() => stock[at].connect(&house, &format!("stock {at}")).await,
            18 if reader.is_connected() => {
                reader.splice(Field::Body, 0, 0, "non ").await;
            }
            _ => {
                let time = Duration::from_millis(rng.random_range(0..6));
                ours[at].listen(time).await;
                stock[at].listen(time).await;
            }
        }
    }
    for client in &mut ours {
        if !client.is_connected() {
            assert!(client.connect().await, "connects again");
        }
    }
    for (peer, at) in stock.iter_mut().zip(0..) {
        if peer.socket.is_none() {
            peer.connect(&house, &format!("stock {at}")).await;
        }
    }
    reader.saved().await;
    let refused: Vec<_> = reader.rejected.iter().map(|(hash, _)| *hash).collect();
    let end = Instant::now() + PATIENCE;
    loop {
        for client in &mut ours {
            client.listen(Duration::from_millis(5)).await;
        }
        for peer in &mut stock {
            peer.listen(Duration::from_millis(5)).await;
        }
        let heads = ours[0].heads();
        let stock_heads = |peer: &mut Stock| {
            let mut heads: Vec<_> = peer.doc.get_heads().iter().map(|head| head.0).collect();
            heads.sort_unstable();
            heads
        };
        let all = ours.iter_mut().all(|client| client.heads() == heads && client.unsaved.is_empty())
            && stock.iter_mut().all(|peer| stock_heads(peer) == heads);
        if all {
            break;
        }
        assert!(Instant::now() < end, "seed {seed}: the replicas never agree");
    }
    let texts = ours[0].texts();
    for client in &ours {
        assert_eq!(client.texts(), texts);
        assert!(client.rejected.is_empty(), "seed {seed}: {:?}", client.rejected);
    }
    for peer in &stock {
        assert_eq!(read(&peer.doc).expect("a concept"), texts);
        assert_eq!(peer.errors, 0, "seed {seed}");
    }
    let followed = Copy::load(&house.town.db, document).await.expect("the log applies");
    assert_eq!(followed.texts(), texts);
    let log = Whole::load(&house.town.db, document).await.expect("the log applies");
    assert_eq!(log.texts().expect("a concept"), texts);
    let log = log.into_document();
    assert!(refused.iter().all(|hash| log.get_change_by_hash(&automerge::ChangeHash(*hash)).is_none()));
    let mut heads: Vec<_> = log.get_heads().iter().map(|head| head.0).collect();
    heads.sort_unstable();
    assert_eq!(heads, ours[0].heads());
    house.close().await;
}

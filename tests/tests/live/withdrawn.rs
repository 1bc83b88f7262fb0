//! Access that is taken away is gone at open sockets within a second: nothing more is read, nothing more is written.

use std::time::{Duration, Instant};

use automerge::{ActorId, AutoCommit, Change, transaction::Transactable as _};
use http::StatusCode;
use server::domain::{
    access::{Credential as SignedBy, Signed},
    accounts::{self, NewAccount},
    boards, people, tokens,
};
use shared::{
    DocumentId, Role, SessionId,
    api::{EditBoard, EditPerson, PersonView, SignIn},
    live::{
        concept::{ENCODING, Field},
        message::{AtelierJoin, FromClient, FromServer},
        sync::{Flags, Have, SyncMessage, Version},
    },
    rules::{Audience, EditingRule},
};
use tests::{
    app::PASSWORD,
    light::hello,
    live::{Client, Credential, Event, Socket},
};

use crate::house::House;

/// The longest that access may outlive the right to it.
const SOON: Duration = Duration::from_secs(1);

/// A house with an idea for staff, which Ada, who is staff, has open; and Ben writes in it.
struct Scene {
    house: House,
    board: String,
    document: DocumentId,
    ada: PersonView,
    token: String,
    cookie: String,
    ben: Client,
}

/// What Ada has open.
struct Tab {
    socket: Socket,
    doc: AutoCommit,
    document: DocumentId,
}

impl Scene {
    async fn new() -> Self {
        let mut house = House::open().await;
        let board = house.town.board(Audience::Staff, EditingRule::Everyone).await;
        let (_, document) = house.town.idea(&house.town.owner, &board, "Un pain").await;
        let ada = house.town.person(Role::Employee).await;
        let mut ben = Client::new(house.address, &house.town.owner.token, "ben", document);
        ben.open().await;
        // Who comes by the cookie is somebody else than who comes by the token.
        let cookie = sign_in(&house).await;
        Self { board, document, ada: ada.person, token: ada.token, cookie, ben, house }
    }

    async fn open(&self, credential: Credential<'_>) -> Tab {
        let mut socket = Socket::open(self.house.address, credential).await.expect("open");
        let answer = socket.join("ada", Some(AtelierJoin::default())).await;
        let Event::Message(FromServer::Peer { atelier: Some(lease), .. }) = answer else { panic!("{answer:?}") };
        socket.send(&hello(self.document)).await;
        let mut doc = AutoCommit::new_with_encoding(ENCODING).with_actor(ActorId::from(lease.actor.as_slice()));
        loop {
            match socket.next().await {
                Event::Message(FromServer::Sync { data, .. }) => {
                    let message = SyncMessage::decode(&data).expect("a sync message");
                    doc.load_incremental(&message.changes.concat()).expect("it applies");
                    return Tab { socket, doc, document: self.document };
                }
                Event::Message(_) => {}
                ended => panic!("{ended:?}"),
            }
        }
    }

    /// Ada wrote and read; from now on she may do neither, and loses both within a second.
    async fn withdraws(mut self, mut tab: Tab, since: Instant) {
        let gone = loop {
            match tab.socket.next().await {
                Event::Message(FromServer::Unavailable { .. }) => break false,
                Event::Closed(code, _) => {
                    assert_eq!(code, 1008);
                    break true;
                }
                Event::Message(_) => {}
                Event::Broken => panic!("the connection broke without a reason"),
            }
        };
        assert!(since.elapsed() < SOON, "it took {:?}", since.elapsed());
        self.ben.splice(Field::Body, 0, 0, "secret ").await;
        self.ben.saved().await;
        if !gone {
            tab.write("too late ").await;
            let end = tokio::time::Instant::now() + Duration::from_millis(300);
            while let Some(said) = tab.socket.next_until(end).await {
                let read = matches!(said, Event::Message(FromServer::Sync { .. } | FromServer::Stored { .. }));
                assert!(!read, "{said:?}");
            }
        }
        self.ben.listen(Duration::from_millis(100)).await;
        assert_eq!(self.ben.texts().body, "secret Un pain");
        self.house.close().await;
    }
}

impl Tab {
    async fn write(&mut self, words: &str) {
        let body = Field::Body.object(&self.doc).expect("a body");
        self.doc.splice_text(&body, 0, 0, words).expect("at the beginning");
        self.doc.commit();
        let change: &Change = &self.doc.get_last_local_change().expect("a change");
        let data = SyncMessage {
            version: Version::V1,
            heads: vec![],
            need: vec![],
            have: vec![Have::default()],
            changes: vec![change.raw_bytes()],
            flags: Some(Flags::default()),
        }
        .encode();
        self.socket.send(&FromClient::Sync { document: self.document, data }).await;
    }
}

/// Somebody of the staff signs in with a browser: the cookie.
async fn sign_in(house: &House) -> String {
    let turn = house.atelier.passwords.turn().await.expect("a turn");
    let password_hash = turn.hash(PASSWORD.into()).await.expect("a hash");
    drop(turn);
    let email = "eve@example.org".to_owned();
    let new = NewAccount { name: "Eve".into(), email: email.clone(), password_hash, role: Role::Employee };
    let mut tx = house.atelier.db.write().await.expect("a transaction");
    accounts::create(&mut tx, new).await.expect("an account").expect("an address nobody has");
    tx.commit().await.expect("committed");
    let origin = format!("http://{}", house.address);
    let request = reqwest::Client::new().post(format!("{origin}/api/v1/session")).header("origin", &origin);
    let answer = request.json(&SignIn { email, password: PASSWORD.into() }).send().await.expect("an answer");
    assert_eq!(answer.status(), StatusCode::OK);
    let cookie = answer.headers().get("set-cookie").and_then(|cookie| cookie.to_str().ok()).expect("a cookie");
    cookie.split(';').next().unwrap_or_default().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn by_signing_out() {
    let scene = Scene::new().await;
    let origin = format!("http://{}", scene.house.address);
    let tab = scene.open(Credential::Cookie(&scene.cookie, &origin)).await;
    let since = Instant::now();
    let request = reqwest::Client::new().delete(format!("{origin}/api/v1/session"));
    let answer = request.header("cookie", &scene.cookie).header("origin", &origin).send().await.expect("an answer");
    assert_eq!(answer.status(), StatusCode::NO_CONTENT);
    let again = Socket::open(scene.house.address, Credential::Cookie(&scene.cookie, &origin)).await;
    assert_eq!(again.map(drop), Err(StatusCode::UNAUTHORIZED));
    Box::pin(scene.withdraws(tab, since)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn by_another_role() {
    let scene = Scene::new().await;
    let tab = scene.open(Credential::Token(&scene.token)).await;
    let signed = Signed { person: scene.house.town.owner.person.clone(), by: SignedBy::Session(SessionId::new()) };
    let atelier = scene.house.atelier.clone();
    let since = Instant::now();
    let edit = EditPerson { role: Role::Customer };
    people::edit(&atelier.db, &atelier.access_news, &signed, scene.ada.id, edit).await.expect("edited");
    Box::pin(scene.withdraws(tab, since)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn by_another_audience() {
    let scene = Scene::new().await;
    let tab = scene.open(Credential::Token(&scene.token)).await;
    let (owner, atelier) = (scene.house.town.owner.person.clone(), scene.house.atelier.clone());
    let since = Instant::now();
    let edit = EditBoard { audience: Some(Audience::Invited), ..EditBoard::default() };
    boards::edit(&atelier.db, &atelier.access_news, Some(&owner), &scene.board, &edit).await.expect("edited");
    Box::pin(scene.withdraws(tab, since)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn by_revoking_the_token() {
    let scene = Scene::new().await;
    let tab = scene.open(Credential::Token(&scene.token)).await;
    let hers = Signed { person: scene.ada.clone(), by: SignedBy::Session(SessionId::new()) };
    let atelier = scene.house.atelier.clone();
    let token = tokens::list(&atelier.db, &hers).await.expect("a list").remove(0);
    let since = Instant::now();
    tokens::revoke(&atelier.db, &atelier.access_news, &hers, token.id).await.expect("revoked");
    Box::pin(scene.withdraws(tab, since)).await;
}

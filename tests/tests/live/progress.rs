//! Progress as it is told to open pages: to who may read it, and to nobody else.

use std::time::Duration;

use serde_json::json;
use server::domain::{
    access::{Credential as SignedBy, Signed},
    freezes, people,
};
use shared::{
    Role, SessionId,
    api::EditPerson,
    live::{
        codec::encode_server,
        concept::Field,
        message::{FromClient, FromServer},
    },
    rules::{Audience, EditingRule},
};
use tests::{
    live::{Client, Credential, Event, Socket},
    town::Townsperson,
};
use tokio::time::Instant;

use crate::house::House;

/// A tab that listens to what is told of an idea, by all the names there are for it.
struct Tab {
    socket: Socket,
}

impl Tab {
    async fn open(house: &House, who: &Townsperson, number: u32) -> Self {
        let mut socket = Socket::open(house.address, Credential::Token(&who.token)).await.expect("open");
        socket.join(&who.person.handle, None).await;
        let topics = vec![format!("facts:{number}"), format!("talk:{number}"), format!("notes:{number}")];
        socket.send(&FromClient::Subscribe { topics }).await;
        for _ in 0..3 {
            let Event::Message(FromServer::Event { topic, kind, .. }) = socket.next().await else { panic!("an event") };
            assert_eq!(kind == "gone", topic.starts_with("notes:"), "{topic}: nobody asks for notes by name");
        }
        Self { socket }
    }

    /// What it is told until nothing comes for a while: the topics without the idea's number, and the kinds.
    async fn told(&mut self) -> Vec<String> {
        let mut told = Vec::new();
        while let Some(event) = self.socket.next_until(Instant::now() + Duration::from_millis(300)).await {
            let Event::Message(FromServer::Event { topic, kind, data }) = event else { panic!("{event:?}") };
            let topic = topic.split(':').next().unwrap_or_default();
            // Nothing is said but that something changed, and what everyone may know of the idea.
            let percent = serde_json::from_str::<serde_json::Value>(&data).expect("JSON")["percent"].clone();
            told.push(if kind == "facts" {
                format!("{topic} {kind} {percent}")
            } else {
                format!("{topic} {kind} {data}")
            });
        }
        told
    }
}

/// The id of the last entry that was made.
async fn last(house: &House) -> String {
    let server::store::Db::Sqlite { read, .. } = &house.atelier.db else { panic!("this is SQLite") };
    let id: uuid::Uuid =
        sqlx::query_scalar("SELECT id FROM entry ORDER BY id DESC LIMIT 1").fetch_one(read).await.expect("an entry");
    id.to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_published_is_told_to_all_and_what_is_not_to_the_staff() {
    let mut house = House::open().await;
    let (zoe, ben) = (house.town.person(Role::Customer).await, house.town.person(Role::Employee).await);
    let rita = house.town.person(Role::Researcher).await;
    let board = house.town.board(Audience::Public, EditingRule::Everyone).await;
    let (number, _) = house.town.idea(&zoe, &board, "Un pain").await;
    let mut customer = Tab::open(&house, &zoe, number).await;
    let mut employee = Tab::open(&house, &ben, number).await;
    let idea = format!("/ideas/{number}");
    let everyone = |percent: &str| vec!["talk progress null".to_owned(), format!("facts facts {percent}")];
    let staff = vec!["notes progress null".to_owned()];
    let nothing: Vec<String> = Vec::new();
    let trial = json!({"hypothesis": "a", "trial": "b", "measure": "c"}).to_string();
    let secret = json!({"hypothesis": "a", "trial": "b", "measure": "c", "staff": true}).to_string();
    let ended = json!({"outcome": "kept", "result": "a", "reason": "b"}).to_string();
    // What is done to what, and what of it the customer is told, and the employee.
    for (method, path, body, status, of_customer, of_employee) in [
        ("POST", "/updates", r#"{"body": "a", "percent": 40}"#, 201, everyone("40"), everyone("40")),
        ("POST", "/updates", r#"{"body": "b", "percent": 90, "staff": true}"#, 201, nothing.clone(), staff.clone()),
        ("PUT", "updates", r#"{"body": "c", "percent": 90, "staff": true}"#, 200, nothing.clone(), staff.clone()),
        ("PUT", "updates", r#"{"body": "c", "percent": 90}"#, 200, everyone("90"), everyone("90")),
        ("DELETE", "updates", "", 204, everyone("40"), everyone("40")),
        ("POST", "/milestones", r#"{"title": "a", "staff": true}"#, 201, nothing.clone(), staff.clone()),
        ("PUT", "milestones", r#"{"title": "a", "done": true, "staff": true}"#, 200, nothing.clone(), staff.clone()),
        ("DELETE", "milestones", "", 204, nothing.clone(), staff.clone()),
        ("POST", "/experiments", secret.as_str(), 201, nothing.clone(), staff.clone()),
        ("PUT", "experiments/conclusion", ended.as_str(), 200, nothing.clone(), staff.clone()),
        ("PUT", "experiments", trial.as_str(), 200, everyone("40"), everyone("40")),
        ("PUT", "/freeze", "{}", 200, everyone("40")[..1].to_vec(), everyone("40")[..1].to_vec()),
        ("DELETE", "/freeze", "", 204, everyone("40")[..1].to_vec(), everyone("40")[..1].to_vec()),
        ("DELETE", "/freeze", "", 204, nothing.clone(), nothing.clone()),
    ] {
        let address = match path.split_once('/') {
            Some(("", rest)) => format!("{idea}/{rest}"),
            Some((kind, rest)) => format!("/{kind}/{}/{rest}", last(&house).await),
            None => format!("/{path}/{}", last(&house).await),
        };
        assert_eq!(house.ask(&rita.token, method, &address, body).await, status, "{method} {address}");
        assert_eq!(customer.told().await, of_customer, "{method} {address} {body}");
        assert_eq!(employee.told().await, of_employee, "{method} {address} {body}");
    }
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_leaves_the_staff_hears_no_more_of_what_is_not_published() {
    let mut house = House::open().await;
    let (zoe, ben) = (house.town.person(Role::Customer).await, house.town.person(Role::Employee).await);
    let rita = house.town.person(Role::Researcher).await;
    let board = house.town.board(Audience::Public, EditingRule::Everyone).await;
    let (number, _) = house.town.idea(&zoe, &board, "Un pain").await;
    let mut tab = Tab::open(&house, &ben, number).await;
    let path = format!("/ideas/{number}/updates");
    let draft = r#"{"body": "a", "staff": true}"#;
    assert_eq!(house.ask(&rita.token, "POST", &path, draft).await, 201);
    assert_eq!(tab.told().await, ["notes progress null"]);
    let signed = Signed { person: house.town.owner.person.clone(), by: SignedBy::Session(SessionId::new()) };
    let (db, news) = (house.atelier.db.clone(), house.atelier.access_news.clone());
    people::edit(&db, &news, &signed, ben.person.id, EditPerson { role: Role::Customer }).await.expect("edited");
    assert_eq!(tab.told().await, ["talk access false"]);
    assert_eq!(house.ask(&rita.token, "POST", &path, draft).await, 201);
    assert_eq!(tab.told().await, [""; 0]);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_a_board_one_does_not_see_there_is_nothing_to_hear() {
    let mut house = House::open().await;
    let (zoe, ben) = (house.town.person(Role::Customer).await, house.town.person(Role::Employee).await);
    let board = house.town.board(Audience::Staff, EditingRule::Everyone).await;
    let (number, _) = house.town.idea(&ben, &board, "Un pain").await;
    let mut socket = Socket::open(house.address, Credential::Token(&zoe.token)).await.expect("open");
    socket.join("zoe", None).await;
    let topics: Vec<String> =
        ["facts", "talk", "notes", "idea"].iter().map(|kind| format!("{kind}:{number}")).collect();
    socket.send(&FromClient::Subscribe { topics: topics.clone() }).await;
    for _ in topics {
        assert!(matches!(socket.next().await, Event::Message(FromServer::Event { kind, .. }) if kind == "gone"));
    }
    let owner = house.town.owner.token.clone();
    assert_eq!(house.ask(&owner, "POST", &format!("/ideas/{number}/updates"), r#"{"body": "a"}"#).await, 201);
    let heard = socket.next_until(Instant::now() + Duration::from_millis(300)).await;
    assert!(heard.is_none(), "{heard:?}");
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_concept_is_frozen_with_what_was_typed_a_moment_ago() {
    let (mut house, zoe, mut typing) = House::with_idea("Cuit", "typing").await;
    let rita = house.town.person(Role::Researcher).await;
    let long = "é".repeat(20_000);
    typing.splice(Field::Body, 4, 0, &long).await;
    typing.splice(Field::Title, 0, 0, "Un ").await;
    typing.saved().await;
    assert_eq!(house.ask(&rita.token, "PUT", "/ideas/1/freeze", "{}").await, 200);
    let frozen = freezes::show(&house.atelier.db, Some(&zoe.person), 1).await.expect("frozen").frozen;
    assert_eq!((frozen.title.as_str(), frozen.body.chars().count()), ("Un Pain du soir", 20_004));
    // It goes on, and asking how it differs shows what was typed since.
    typing.splice(Field::Body, 0, 0, "Bien ").await;
    typing.saved().await;
    assert_eq!(house.ask(&zoe.token, "GET", "/ideas/1/freeze", "").await, 200);
    let shown = freezes::show(&house.atelier.db, Some(&zoe.person), 1).await.expect("frozen");
    assert!(shown.now.expect("it differs").body.starts_with("Bien Cuit"));
    house.close().await;
}

/// Progress is published by the API alone: what a socket says of it reaches nobody.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_published_through_a_socket() {
    let mut house = House::open().await;
    let zoe = house.town.person(Role::Customer).await;
    let rita = house.town.person(Role::Researcher).await;
    let board = house.town.board(Audience::Public, EditingRule::Everyone).await;
    let (number, document) = house.town.idea(&zoe, &board, "Un pain").await;
    let mut listening = Tab::open(&house, &zoe, number).await;
    for topic in ["talk", "notes", "facts"] {
        let mut socket = Socket::open(house.address, Credential::Token(&rita.token)).await.expect("open");
        socket.join(&format!("rita-{topic}"), None).await;
        let event =
            FromServer::Event { topic: format!("{topic}:{number}"), kind: "progress".into(), data: "null".into() };
        socket.send_raw(encode_server(&event)).await;
        // A frame that is no request closes the connection, or is passed over.
        let _ = socket.next_until(Instant::now() + Duration::from_millis(100)).await;
    }
    let mut client = Client::new(house.address, &rita.token, "rita", document);
    client.open().await;
    let said = FromClient::Ephemeral { document, count: 1, session: "s".into(), data: b"progress".to_vec() };
    client.socket().expect("connected").send(&said).await;
    assert_eq!(listening.told().await, [""; 0]);
    let server::store::Db::Sqlite { read, .. } = &house.atelier.db else { panic!("this is SQLite") };
    let entries: i64 = sqlx::query_scalar("SELECT count(*) FROM entry").fetch_one(read).await.expect("a number");
    assert_eq!(entries, 0);
    house.close().await;
}

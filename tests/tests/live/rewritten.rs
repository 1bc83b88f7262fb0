//! Somebody leaves and takes their words along while others write: these lose none, and nothing brings the words back.

use std::time::{Duration, Instant};

use server::{
    domain::{
        access::{Credential as SignedBy, Signed},
        erasure, ideas,
    },
    store::{Db, log},
};
use shared::{
    DocumentId, PersonId, Role, SessionId,
    api::{ErasePerson, EraseReason, Fate},
    live::{
        concept::Field,
        message::{FromClient, FromServer, RejectCode},
        sync::{Flags, Have, SyncMessage, Version},
    },
};
use tests::live::{Client, Credential, Event, Socket};

use crate::house::House;

/// An owner erases somebody, with their words.
async fn erase(house: &House, person: PersonId) {
    let owner = Signed { person: house.town.owner.person.clone(), by: SignedBy::Session(SessionId::new()) };
    let request = ErasePerson { reason: EraseReason::Asked, comments: Fate::Remove, texts: Fate::Remove };
    let atelier = &house.atelier;
    erasure::erase(&atelier.db, &atelier.left, &atelier.access_news, &owner, person, request).await.expect("erased");
    atelier.leaving.notify_one();
    let end = Instant::now() + Duration::from_secs(20);
    while !erasure::waiting(&atelier.db).await.expect("a list").is_empty() {
        assert!(Instant::now() < end, "it takes too long");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

fn is_gone(client: &Client, document: DocumentId) -> bool {
    let of =
        |message: &FromServer| matches!(message, FromServer::Unavailable { document: gone, .. } if *gone == document);
    client.other.iter().any(of)
}

/// What a stock peer sends that believes its copy to be of that document.
fn all_of(client: &mut Client, document: DocumentId) -> FromClient {
    let changes = client.doc.get_changes(&[]);
    let message = SyncMessage {
        version: Version::V1,
        heads: client.heads(),
        need: Vec::new(),
        have: vec![Have::default()],
        changes: changes.iter().map(automerge::Change::raw_bytes).collect(),
        flags: Some(Flags::default()),
    };
    FromClient::Sync { document, data: message.encode() }
}

async fn hashes(db: &Db, document: DocumentId) -> Vec<[u8; 32]> {
    log::hashes(&mut db.read().await.expect("a transaction"), document).await.expect("hashes")
}

async fn leaving_while_others_write(mut house: House) {
    let (zoe, old) = house.town.proposal("Au levain de Zoé. ").await;
    let number = 1;
    let ada = house.town.person(Role::Customer).await;
    let ben = house.town.person(Role::Customer).await;
    let mut hers = Client::new(house.address, &zoe.token, "zoe", old);
    let mut one = Client::new(house.address, &ada.token, "ada", old);
    let mut two = Client::new(house.address, &ben.token, "ben", old);
    for client in [&mut hers, &mut one, &mut two] {
        client.open().await;
    }
    let end = one.texts().body.encode_utf16().count();
    one.splice(Field::Body, end, 0, "Ada ajoute du sel.").await;
    one.saved().await;
    two.until("Ada's words", |client| client.texts().body.ends_with("du sel.")).await;
    hers.splice(Field::Body, 0, 0, "Encore Zoé. ").await;
    hers.saved().await;
    two.until("Zoé's words", |client| client.texts().body.starts_with("Encore")).await;
    // Ben is away, and writes into the middle of Zoé's words.
    two.disconnect();
    let lost = two.splice(Field::Body, 3, 0, " [Ben, hors ligne] ").await.expect("a change");
    // Ada is in the middle of a word.
    one.splice(Field::Body, 0, 0, "Vite, ").await;
    let since = Instant::now();
    erase(&house, zoe.person.id).await;

    let closed = hers.socket().expect("it was connected").closed().await;
    assert_eq!(closed.0, 1008, "who left is out: {closed:?}");
    assert!(since.elapsed() < Duration::from_secs(5));
    one.until("the old document to go", |client| is_gone(client, old)).await;
    let idea = ideas::one(&house.atelier.db, Some(&ada.person), number).await.expect("the idea");
    let new = idea.document;
    assert_ne!(new, old);
    assert!(!idea.body.contains("Zoé") && idea.body.contains("Ada ajoute du sel."), "{}", idea.body);
    assert_eq!(idea.former, [old]);

    // Ada's page goes on in the new document.
    let mut again = Client::new(house.address, &ada.token, "ada-2", new);
    again.open().await;
    let stands = again.texts().body;
    assert!(!stands.contains("Zoé") && stands.contains("Ada ajoute du sel."), "{stands}");
    let unsaved = !one.unsaved.is_empty();
    assert!(unsaved || stands.starts_with("Vite, "), "what was acknowledged is there: {stands}");
    again.splice(Field::Body, 0, 0, "Ici. ").await;
    again.saved().await;

    // Ben comes back with what he has: to the old id there is nothing any more.
    assert!(two.connect().await);
    two.until("the old document to be gone", |client| is_gone(client, old)).await;
    assert!(two.unsaved.iter().any(|change| change.hash().0 == lost), "his words are his still");
    // His changes under the new id build on what is not there.
    two.document = new;
    two.disconnect();
    assert!(two.connect().await);
    two.until("an answer", |client| !client.rejected.is_empty()).await;
    assert_eq!(two.rejected[0].1.code, RejectCode::Orphan);

    // A stock peer sends the whole of the old document under the new id, from its first change on.
    let known = hashes(&house.atelier.db, new).await;
    let mut stock = Socket::open(house.address, Credential::Token(&ben.token)).await.expect("open");
    stock.join("stock", None).await;
    stock.send(&all_of(&mut two, new)).await;
    let until = tokio::time::Instant::now() + Duration::from_millis(700);
    while let Some(event) = stock.next_until(until).await {
        if !matches!(event, Event::Message(_)) {
            break;
        }
    }
    assert_eq!(hashes(&house.atelier.db, new).await, known, "nothing of it is in the log");
    let mut reader = Client::new(house.address, &ada.token, "ada-3", new);
    reader.open().await;
    assert_eq!(reader.texts().body, format!("Ici. {stands}"));
    let mut tx = house.atelier.db.read().await.expect("a transaction");
    assert_eq!(log::tip(&mut tx, old).await.expect("a look"), None, "the old document is gone with its log");
    drop(tx);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn leaving_while_others_write_on_sqlite() {
    Box::pin(leaving_while_others_write(House::open().await)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn leaving_while_others_write_on_postgres() {
    let Some(house) = House::on_postgres().await else { return };
    Box::pin(leaving_while_others_write(house)).await;
}

/// What was written and acknowledged up to the last moment is in the new document, however many write.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_acknowledged_is_lost_to_a_rewriting() {
    let mut house = House::open().await;
    let (zoe, old) = house.town.proposal("Zoé. ").await;
    let ada = house.town.person(Role::Customer).await;
    let (address, token) = (house.address, ada.token.clone());
    let writing = tokio::spawn(async move {
        let mut client = Client::new(address, &token, "ada", old);
        client.open().await;
        for n in 0..400 {
            if client.splice(Field::Body, 0, 0, &format!("#{n};")).await.is_none() || !client.is_connected() {
                break;
            }
            client.listen_once(Duration::from_millis(2)).await;
            if is_gone(&client, old) {
                break;
            }
        }
        client.listen(Duration::from_millis(200)).await;
        let unsaved: Vec<_> = client.unsaved.iter().map(automerge::Change::hash).collect();
        let acknowledged = |n: &u32| {
            let word = format!("#{n};");
            client.texts().body.contains(&word) && !is_unsaved(&client, &word, &unsaved)
        };
        (0..400).filter(acknowledged).collect::<Vec<u32>>()
    });
    tokio::time::sleep(Duration::from_millis(150)).await;
    erase(&house, zoe.person.id).await;
    let acknowledged = writing.await.expect("it ends");
    assert!(!acknowledged.is_empty(), "it wrote before");
    let idea = ideas::one(&house.atelier.db, Some(&ada.person), 1).await.expect("the idea");
    for n in acknowledged {
        assert!(idea.body.contains(&format!("#{n};")), "{n} was acknowledged, and is lost: {}", idea.body);
    }
    assert!(!idea.body.contains("Zoé"));
    house.close().await;
}

/// Whether the change that wrote these words was not acknowledged.
fn is_unsaved(client: &Client, word: &str, unsaved: &[automerge::ChangeHash]) -> bool {
    client.unsaved.iter().filter(|change| unsaved.contains(&change.hash())).any(|change| {
        let ops = change.decode().operations;
        let text: String = ops.iter().filter_map(|op| op.primitive_value()?.as_str().map(str::to_owned)).collect();
        text == word
    })
}

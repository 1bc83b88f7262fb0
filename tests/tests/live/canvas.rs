//! The canvas of a board in a room: its rules at the socket, and that everybody ends with the same.

use std::time::{Duration, Instant};

use automerge::{AutoCommit, ObjId, ObjType, ROOT, ReadDoc as _, transaction::Transactable as _};
use server::domain::{
    access::{Credential as SignedBy, Signed},
    boards, people,
};
use shared::{
    Role, SessionId,
    api::{EditBoard, EditPerson, NoteReacted, Promoted, Reaction},
    live::message::{FromClient, FromServer, RejectCode},
    rules::{Audience, EditingRule},
};
use tests::live::{Client, Credential, Event, Socket};

use crate::{guests::present, house::House};

pub fn notes(doc: &AutoCommit) -> ObjId {
    doc.get(ROOT, "notes").expect("read").expect("a map").1
}

fn note(doc: &AutoCommit, id: &str) -> ObjId {
    doc.get(notes(doc), id).expect("read").expect("a note").1
}

pub fn add_note(doc: &mut AutoCommit, id: &str, words: &str) {
    let note = doc.put_object(notes(doc), id, ObjType::Map).expect("put");
    let text = doc.put_object(&note, "text", ObjType::Text).expect("put");
    doc.splice_text(&text, 0, 0, words).expect("spliced");
    for (key, value) in [("x", 0), ("y", 0)] {
        doc.put(&note, key, value).expect("put");
    }
    doc.put(&note, "colour", "amber").expect("put");
}

fn refusals(client: &Client) -> Vec<(RejectCode, &str)> {
    client.rejected.iter().map(|(_, refusal)| (refusal.code, refusal.path.as_str())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn notes_are_their_makers_and_everybody_arranges_them() {
    let mut house = House::open().await;
    let (ada, eve) = (house.town.person(Role::Customer).await, house.town.person(Role::Customer).await);
    let tidy = house.town.person(Role::Moderator).await;
    let board = house.town.board(Audience::Members, EditingRule::Everyone).await;
    let canvas = house.town.canvas(&board).await;
    let mut one = Client::new(house.address, &ada.token, "one", canvas);
    let mut two = Client::new(house.address, &eve.token, "two", canvas);
    let mut three = Client::new(house.address, &tidy.token, "three", canvas);
    for client in [&mut one, &mut two, &mut three] {
        client.open().await;
        assert_eq!(client.write, Some(true));
    }
    one.edit(|doc| add_note(doc, "n1", "Du pain")).await;
    one.saved().await;
    two.until("the note", |client| client.doc.get(notes(&client.doc), "n1").is_ok_and(|found| found.is_some())).await;

    // Eve moves it, which she may; what she does else is refused, and what builds on that with it.
    two.edit(|doc| doc.put(note(doc, "n1"), "x", 120).expect("put")).await;
    two.saved().await;
    assert!(two.rejected.is_empty(), "{:?}", two.rejected);
    two.edit(|doc| doc.delete(notes(doc), "n1").expect("deleted")).await;
    two.edit(|doc| add_note(doc, "n2", "après")).await;
    two.saved().await;
    assert_eq!(refusals(&two), [(RejectCode::NotYours, "notes/n1"), (RejectCode::Orphan, "")]);
    assert_eq!(
        two.rejected[0].1.reason,
        "This note is somebody else’s: only they and moderators may change or remove it."
    );

    // The board's rule narrows: at the open socket she may no longer arrange, but still note.
    let narrow = EditBoard { editing: Some(EditingRule::Staff), ..EditBoard::default() };
    let (db, news) = (house.atelier.db.clone(), house.atelier.access_news.clone());
    boards::edit(&db, &news, Some(&house.town.owner.person), &board, &narrow).await.expect("edited");
    let mut two = Client::new(house.address, &eve.token, "two", canvas);
    two.open().await;
    two.edit(|doc| doc.put(note(doc, "n1"), "x", 0).expect("put")).await;
    two.saved().await;
    assert_eq!(refusals(&two), [(RejectCode::NotYours, "notes/n1/x")]);
    let mut two = Client::new(house.address, &eve.token, "two", canvas);
    two.open().await;
    two.edit(|doc| add_note(doc, "n2", "Du beurre")).await;
    two.saved().await;
    assert!(two.rejected.is_empty(), "{:?}", two.rejected);

    // The moderator clears up, and all three hold the same, as does the log.
    three.until("the second note", |client| client.doc.get(notes(&client.doc), "n2").is_ok_and(|n| n.is_some())).await;
    three.edit(|doc| doc.delete(notes(doc), "n1").expect("deleted")).await;
    three.saved().await;
    assert!(three.rejected.is_empty(), "{:?}", three.rejected);
    let heads = three.heads();
    one.until("the end", |client| client.heads() == heads).await;
    two.until("the end", |client| client.heads() == heads).await;
    assert_eq!(one.doc.keys(notes(&one.doc)).collect::<Vec<_>>(), ["n2"]);
    let log = server::live::room::Whole::load(&db, canvas).await.expect("the log applies").into_document();
    let mut kept: Vec<_> = log.get_heads().iter().map(|head| head.0).collect();
    kept.sort_unstable();
    assert_eq!(kept, heads);

    // Who no longer sees the board no longer has its canvas.
    let hide = EditBoard { audience: Some(Audience::Staff), ..EditBoard::default() };
    boards::edit(&db, &news, Some(&house.town.owner.person), &board, &hide).await.expect("edited");
    one.until("the canvas to be gone", |client| {
        client.other.iter().any(|message| matches!(message, FromServer::Unavailable { .. }))
    })
    .await;
    let mut late = Client::new(house.address, &ada.token, "late", canvas);
    assert!(late.connect().await);
    late.until("no canvas", |client| {
        client.other.iter().any(|message| matches!(message, FromServer::Unavailable { .. }))
    })
    .await;
    house.close().await;
}

/// The next event of a canvas: its kind and data.
async fn event(socket: &mut Socket) -> (String, String) {
    loop {
        match socket.next().await {
            Event::Message(FromServer::Event { topic, kind, data }) if topic.starts_with("canvas:") => {
                return (kind, data);
            }
            Event::Message(_) => {}
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_follows_a_canvas_is_told_what_becomes_of_it() {
    let mut house = House::open().await;
    let (ada, ben) = (house.town.person(Role::Customer).await, house.town.person(Role::Employee).await);
    let lead = house.town.owner.clone();
    let board = house.town.board(Audience::Members, EditingRule::Everyone).await;
    let canvas = house.town.canvas(&board).await;
    let mut one = Client::new(house.address, &ada.token, "one", canvas);
    one.open().await;
    one.edit(|doc| add_note(doc, "n1", "Du pain")).await;
    one.saved().await;
    let mut socket = Socket::open(house.address, Credential::Token(&ben.token)).await.expect("open");
    socket.join("ben", None).await;
    socket.send(&FromClient::Subscribe { topics: vec![format!("canvas:{board}"), "canvas:none".into()] }).await;
    assert_eq!(event(&mut socket).await, ("access".into(), "true".into()));
    assert_eq!(event(&mut socket).await, ("gone".into(), "null".into()));

    let path = format!("/boards/{board}/canvas");
    let love = format!("{path}/notes/n1/reactions/love");
    // What is in the room is stored when its maker is told so: at once it can be reacted to.
    assert_eq!(house.ask(&ada.token, "PUT", &love, "").await, 204);
    let told = NoteReacted { note: "n1".into(), kind: Reaction::Love, count: 1 };
    let (kind, data) = event(&mut socket).await;
    assert_eq!((kind.as_str(), serde_json::from_str::<NoteReacted>(&data).expect("a reaction")), ("reaction", told));
    assert_eq!(house.ask(&ada.token, "PUT", &love, "").await, 204);
    assert_eq!(house.ask(&lead.token, "POST", &format!("{path}/notes/n1/promote"), "").await, 201);
    let told = Promoted { note: "n1".into(), number: 1 };
    let (kind, data) = event(&mut socket).await;
    assert_eq!((kind.as_str(), serde_json::from_str::<Promoted>(&data).expect("an idea")), ("promoted", told));

    let workshop = ("workshop".to_owned(), "null".to_owned());
    let start = r#"{"act":"start","seconds":60}"#;
    assert_eq!(house.ask(&lead.token, "PUT", &format!("{path}/timer"), start).await, 200);
    assert_eq!(event(&mut socket).await, workshop);
    assert_eq!(house.ask(&lead.token, "POST", &format!("{path}/dot-votes"), r#"{"dots":3,"seconds":5}"#).await, 201);
    assert_eq!(event(&mut socket).await, workshop);
    let id = boards::one(&house.atelier.db, Some(&lead.person), &board).await.expect("the board").id;
    let mut tx = house.atelier.db.read().await.expect("a transaction");
    let vote = server::domain::workshop::view(&mut tx, None, id).await.expect("a workshop").vote.expect("a vote");
    drop(tx);
    let dots = format!("{path}/dot-votes/{}/dots", vote.id);
    // That one more takes part is told; what they set, and that they set something else, is not.
    for (count, told) in [(1, true), (2, false), (3, false), (0, true)] {
        let wanted = format!(r#"{{"item":"notes/n1","dots":{count}}}"#);
        assert_eq!(house.ask(&ada.token, "PUT", &dots, &wanted).await, 200);
        if told {
            assert_eq!(event(&mut socket).await, workshop);
        }
    }
    // It ends by itself, though nobody looks.
    let end = tokio::time::Instant::now() + std::time::Duration::from_secs(10);
    let ended = tokio::time::timeout_at(end, event(&mut socket)).await.expect("it ends");
    assert_eq!(ended, workshop);
    house.close().await;
}

/// Who brings everyone to their view does so by a role, which the others learn from the server.
#[tokio::test(flavor = "multi_thread")]
async fn the_others_learn_of_a_role_that_changes() {
    let mut house = House::open().await;
    let (lead, eve) = (house.town.person(Role::Researcher).await, house.town.person(Role::Customer).await);
    let board = house.town.board(Audience::Members, EditingRule::Everyone).await;
    let canvas = house.town.canvas(&board).await;
    let mut one = Client::new(house.address, &lead.token, "one", canvas);
    let mut two = Client::new(house.address, &eve.token, "two", canvas);
    one.open().await;
    two.open().await;
    let role = |client: &Client| {
        let known = present(client).into_iter().find(|who| who.peer == "one").and_then(|who| who.person.as_ref());
        known.map(|known| known.role)
    };
    two.until("the researcher", |client| role(client) == Some(Role::Researcher)).await;
    let (db, news) = (house.atelier.db.clone(), house.atelier.access_news.clone());
    let owner = Signed { person: house.town.owner.person.clone(), by: SignedBy::Session(SessionId::new()) };
    let began = Instant::now();
    // What an employee may change on a canvas is the same.
    for next in [Role::Employee, Role::Customer, Role::Researcher] {
        people::edit(&db, &news, &owner, lead.person.id, EditPerson { role: next }).await.expect("edited");
        two.until("the new role", |client| role(client) == Some(next)).await;
    }
    assert!(began.elapsed() < Duration::from_secs(3), "{:?}", began.elapsed());
    let view = FromClient::Ephemeral { document: canvas, count: 1, session: "s".into(), data: vec![0xf6] };
    people::edit(&db, &news, &owner, lead.person.id, EditPerson { role: Role::Customer }).await.expect("edited");
    two.until("the last role", |client| role(client) == Some(Role::Customer)).await;
    one.socket().expect("connected").send(&view).await;
    two.until("what they do", |client| {
        let from = |message: &FromServer| match message {
            FromServer::Ephemeral { from: Some(who), .. } => who.person.as_ref().map(|person| person.role),
            _ => None,
        };
        client.other.iter().find_map(from) == Some(Role::Customer)
    })
    .await;
    house.close().await;
}

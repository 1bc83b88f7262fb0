//! The canvas of a board in a room: its rules at the socket, and that everybody ends with the same.

use automerge::{AutoCommit, ObjId, ObjType, ROOT, ReadDoc as _, transaction::Transactable as _};
use server::domain::boards;
use shared::{
    Role,
    api::EditBoard,
    live::message::{FromServer, RejectCode},
    rules::{Audience, EditingRule},
};
use tests::live::Client;

use crate::house::House;

fn notes(doc: &AutoCommit) -> ObjId {
    doc.get(ROOT, "notes").expect("read").expect("a map").1
}

fn note(doc: &AutoCommit, id: &str) -> ObjId {
    doc.get(notes(doc), id).expect("read").expect("a note").1
}

fn add_note(doc: &mut AutoCommit, id: &str, words: &str) {
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

//! Two people in a room: what each sees of the other, and what survives.

use shared::{
    Role,
    live::{
        concept::Field,
        message::{FromServer, Who},
    },
    rules::{Audience, EditingRule},
};
use tests::{live::Client, town::Townsperson};

use crate::house::House;

/// Whether that is who the server says is there, by the name it knows.
fn is(who: &Who, them: &Townsperson) -> bool {
    who.person.as_ref().is_some_and(|known| known.id == them.person.id && known.name == them.person.name)
}

#[tokio::test(flavor = "multi_thread")]
async fn two_people_write_one_idea() {
    let mut house = House::open().await;
    let (ada, ben) = (house.town.person(Role::Customer).await, house.town.person(Role::Researcher).await);
    let board = house.town.board(Audience::Public, EditingRule::Everyone).await;
    let (number, document) = house.town.idea(&ada, &board, "Un pain").await;
    let mut one = Client::new(house.address, &ada.token, "one", document);
    let mut two = Client::new(house.address, &ben.token, "two", document);
    one.open().await;
    two.open().await;
    assert_eq!((one.write, two.write), (Some(true), Some(true)));
    assert_eq!(one.texts().body, "Un pain");
    assert_eq!(one.heads(), two.heads());

    // Each is told who is there, with the name the server knows.
    one.until("both to be present", |client| {
        client.other.iter().any(|message| {
            matches!(message, FromServer::Present { peers, .. }
                if peers.len() == 2 && peers.iter().any(|who| who.peer == "two" && is(who, &ben)))
        })
    })
    .await;

    let topics = vec![format!("idea:{number}")];
    let subscribe = shared::live::message::FromClient::Subscribe { topics };
    two.socket().expect("connected").send(&subscribe).await;
    one.splice(Field::Body, 7, 0, " de seigle").await;
    two.splice(Field::Body, 0, 2, "Mon").await;
    one.saved().await;
    two.saved().await;
    one.until("the other's words", |client| client.texts().body == "Mon pain de seigle").await;
    two.until("the other's words", |client| client.texts().body == "Mon pain de seigle").await;
    assert_eq!(one.heads(), two.heads());

    // The facts follow.
    two.until("the event", |client| {
        client.other.iter().any(|message| {
            matches!(message, FromServer::Event { kind, data, .. }
                if kind == "concept" && data.contains("Mon pain de seigle"))
        })
    })
    .await;

    // Away for a moment, writing; back with exactly the difference, both ways.
    one.disconnect();
    one.splice(Field::Title, 0, 0, "Le ").await;
    two.splice(Field::Pitch, 0, 4, "Mis").await;
    two.saved().await;
    assert!(one.connect().await);
    one.saved().await;
    one.until("what was missed", |client| client.texts().pitch.starts_with("Mis ")).await;
    two.until("what was written away", |client| client.texts().title.starts_with("Le ")).await;
    assert_eq!(one.heads(), two.heads());
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lease_is_kept_across_a_reconnect_and_lent_again_only_after_a_clean_leave() {
    let (house, ada, mut one) = House::with_idea("", "one").await;
    let document = one.document;
    let first = one.doc.get_actor().clone();
    one.disconnect();
    // Another tab, while the first is away, must not get its actor id.
    let mut two = Client::new(house.address, &ada.token, "two", document);
    two.open().await;
    assert_ne!(two.doc.get_actor(), &first);
    assert!(one.connect().await);
    assert_eq!(one.doc.get_actor(), &first);
    one.splice(Field::Body, 0, 0, "x").await;
    // Goodbye comes with the change still on its way to disk: whoever has the id next must find it there.
    one.leave().await;
    let mut three = Client::new(house.address, &ada.token, "three", document);
    three.open().await;
    assert_eq!(three.doc.get_actor(), &first);
    assert_eq!(three.texts().body, "x");
    three.splice(Field::Body, 1, 0, "y").await;
    three.saved().await;
    assert!(three.rejected.is_empty());
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn carets_reach_the_others_with_the_name_the_server_knows() {
    use shared::live::message::FromClient;
    let mut house = House::open().await;
    let (ada, ben) = (house.town.person(Role::Customer).await, house.town.person(Role::Employee).await);
    let board = house.town.board(Audience::Public, EditingRule::Staff).await;
    let (_, document) = house.town.idea(&ada, &board, "").await;
    let mut reader = Client::new(house.address, &ada.token, "reader", document);
    let mut writer = Client::new(house.address, &ben.token, "writer", document);
    reader.open().await;
    writer.open().await;
    assert_eq!((reader.write, writer.write), (Some(false), Some(true)));
    let caret = |count| FromClient::Ephemeral { document, count, session: "s".into(), data: vec![1, 2, 3] };
    // Who may only read has no caret to show.
    reader.socket().expect("connected").send(&caret(1)).await;
    writer.socket().expect("connected").send(&caret(2)).await;
    reader
        .until("the caret", |client| {
            client.other.iter().any(|message| {
                matches!(message, FromServer::Ephemeral { count: 2, data, from: Some(who), .. }
                    if data == &[1, 2, 3] && is(who, &ben))
            })
        })
        .await;
    assert!(!writer.other.iter().any(|message| matches!(message, FromServer::Ephemeral { .. })));
    house.close().await;
}

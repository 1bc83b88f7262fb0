//! Who is told who is where: on a board, and in an idea they only read.

use std::time::Duration;

use server::domain::{access::Signed, boards, decisions, ideas};
use shared::{
    Role, SessionId,
    api::{Decide, EditBoard, NewDecision, Subject, Whereabouts},
    live::message::{FromClient, FromServer},
    rules::{Audience, EditingRule},
};
use tests::live::{Client, Credential, Event, Socket};

use crate::house::House;

/// Somebody who listens to one topic.
struct Listener {
    socket: Socket,
    topic: String,
}

impl Listener {
    async fn open(house: &House, token: &str, peer: &str, topic: String) -> Self {
        let mut socket = Socket::open(house.address, Credential::Token(token)).await.expect("open");
        socket.join(peer, None).await;
        socket.send(&FromClient::Subscribe { topics: vec![topic.clone()] }).await;
        Self { socket, topic }
    }

    /// Where people are, as they are told next: the number of the idea, and the names.
    async fn told(&mut self) -> Vec<(Option<u32>, Vec<String>)> {
        loop {
            match self.socket.next().await {
                Event::Message(FromServer::Event { topic, kind, data }) if kind == "here" => {
                    assert_eq!(topic, self.topic);
                    let told: Whereabouts = serde_json::from_str(&data).expect("whereabouts");
                    let names = |place: shared::api::PlaceHere| {
                        (place.idea, place.people.into_iter().map(|person| person.name).collect())
                    };
                    return told.places.into_iter().map(names).collect();
                }
                Event::Message(_) => {}
                other => panic!("{other:?}"),
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_sees_a_board_is_told_who_is_where() {
    let mut house = House::open().await;
    let (ada, ben) = (house.town.person(Role::Customer).await, house.town.person(Role::Customer).await);
    let board = house.town.board(Audience::Public, EditingRule::Everyone).await;
    let (number, document) = house.town.idea(&ada, &board, "Un pain").await;
    let mut listener = Listener::open(&house, &ben.token, "listener", format!("board:{board}")).await;
    assert_eq!(listener.told().await, [], "nobody is anywhere yet");
    let mut one = Client::new(house.address, &ada.token, "ada", document);
    one.open().await;
    let here = vec![(Some(number), vec![ada.person.name.clone()])];
    assert_eq!(listener.told().await, here);
    let mut other = Client::new(house.address, &ada.token, "ada-too", document);
    other.open().await;
    assert_eq!(listener.told().await, here, "once, however many pages they have open");
    one.leave().await;
    assert_eq!(listener.told().await, here);
    // The connection breaks.
    other.disconnect();
    assert_eq!(listener.told().await, []);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_reads_along_is_told_who_is_in_the_idea() {
    let mut house = House::open().await;
    let (ada, ben) = (house.town.person(Role::Customer).await, house.town.person(Role::Customer).await);
    let board = house.town.board(Audience::Public, EditingRule::Coauthors).await;
    let (number, document) = house.town.idea(&ada, &board, "Un pain").await;
    let (_, another) = house.town.idea(&ada, &board, "Un gâteau").await;
    let topic = format!("idea:{number}");
    let mut reader = Listener::open(&house, &ben.token, "reader", topic.clone()).await;
    let mut author = Client::new(house.address, &ada.token, "ada", document);
    author.open().await;
    let here = vec![(Some(number), vec![ada.person.name.clone()])];
    assert_eq!(reader.told().await, here);
    let mut later = Listener::open(&house, &ben.token, "later", topic).await;
    assert_eq!(later.told().await, here, "whoever comes later is told at once");
    // What goes on in another idea is told to nobody who reads this one.
    let mut elsewhere = Client::new(house.address, &ada.token, "ada-too", another);
    elsewhere.open().await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    author.leave().await;
    assert_eq!(reader.told().await, []);
    assert_eq!(later.told().await, []);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_told_of_what_they_do_not_see() {
    let mut house = House::open().await;
    let (ada, ben) = (house.town.person(Role::Customer).await, house.town.person(Role::Customer).await);
    let board = house.town.board(Audience::Public, EditingRule::Everyone).await;
    let (number, document) = house.town.idea(&ada, &board, "Un pain").await;
    let (db, news) = (house.atelier.db.clone(), house.atelier.access_news.clone());
    let owner = Signed {
        person: house.town.owner.person.clone(),
        by: server::domain::access::Credential::Session(SessionId::new()),
    };
    let mut author = Client::new(house.address, &ada.token, "ada", document);
    author.open().await;
    let mut listener = Listener::open(&house, &ben.token, "listener", format!("board:{board}")).await;
    assert_eq!(listener.told().await.len(), 1);

    // What is hidden is seen by its author and moderators, who are not to be known by that.
    let idea = ideas::one(&db, None, number).await.expect("the idea").card.id;
    let decide =
        |act| NewDecision { subject: Subject::Idea(idea), act, reason: None, words: String::new(), waiting: false };
    decisions::decide(&db, &news, &owner, &decide(Decide::Hide)).await.expect("hidden");
    while !listener.told().await.is_empty() {}
    decisions::decide(&db, &news, &owner, &decide(Decide::Keep)).await.expect("shown");
    while listener.told().await.is_empty() {}

    // Of a board that is theirs no more, they are told nothing; nor is a visitor of any.
    let hide = EditBoard { audience: Some(Audience::Staff), ..EditBoard::default() };
    boards::edit(&db, &news, Some(&owner.person), &board, &hide).await.expect("edited");
    loop {
        match listener.socket.next().await {
            Event::Message(FromServer::Event { kind, .. }) if kind == "gone" => break,
            Event::Message(_) => {}
            other => panic!("{other:?}"),
        }
    }
    listener.socket.send(&FromClient::Subscribe { topics: vec![format!("board:{board}")] }).await;
    match listener.socket.next().await {
        Event::Message(FromServer::Event { kind, .. }) => assert_eq!(kind, "gone"),
        other => panic!("{other:?}"),
    }
    house.close().await;
}

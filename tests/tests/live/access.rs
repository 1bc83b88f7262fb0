//! Who may do what at the socket itself, whatever a screen shows.

use std::time::{Duration, Instant};

use automerge::{ActorId, AutoCommit, transaction::Transactable as _};
use http::StatusCode;
use server::domain::access::{Credential as SignedBy, Signed};
use server::domain::{boards, coauthors, decisions, ideas, me, people, tokens};
use shared::{
    DocumentId, Locale, Role, SessionId,
    api::{Decide, EditBoard, EditMe, EditPerson, NewDecision, Subject},
    live::{
        concept::Field,
        message::{FromClient, FromServer, RejectCode},
    },
    rules::{Audience, EditingRule},
};
use tests::live::{Client, Credential, Event, Refusal, Socket};

use crate::house::House;

#[tokio::test(flavor = "multi_thread")]
async fn the_handshake_wants_a_session_of_this_origin_or_a_token() {
    let mut house = House::open().await;
    let ada = house.town.person(Role::Customer).await;
    let own = format!("http://{}", house.address);
    let refused = |credential| async move { Socket::open(house.address, credential).await.map(|_| ()) };
    assert_eq!(refused(Credential::None).await, Err(StatusCode::UNAUTHORIZED));
    assert_eq!(refused(Credential::Token("nonsense")).await, Err(StatusCode::UNAUTHORIZED));
    assert_eq!(refused(Credential::Protocol("nonsense")).await, Err(StatusCode::UNAUTHORIZED));
    assert_eq!(refused(Credential::Cookie("atelier=nonsense", &own)).await, Err(StatusCode::UNAUTHORIZED));
    assert_eq!(
        refused(Credential::Cookie("atelier=nonsense", "https://evil.example")).await,
        Err(StatusCode::FORBIDDEN)
    );
    // The secret of a token is no session, nor is it taken from a cookie.
    let cookie = format!("atelier={}", ada.token);
    assert_eq!(refused(Credential::Cookie(&cookie, &own)).await, Err(StatusCode::UNAUTHORIZED));
    assert_eq!(refused(Credential::Token(&ada.token)).await, Ok(()));
    assert_eq!(refused(Credential::Protocol(&ada.token)).await, Ok(()));
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_only_read_is_refused_each_change_and_keeps_reading() {
    let mut house = House::open().await;
    let (ada, ben) = (house.town.person(Role::Customer).await, house.town.person(Role::Employee).await);
    let board = house.town.board(Audience::Public, EditingRule::Staff).await;
    let (_, document) = house.town.idea(&ada, &board, "Un pain").await;
    let mut customer = Client::new(house.address, &ada.token, "customer", document);
    let mut employee = Client::new(house.address, &ben.token, "employee", document);
    customer.open().await;
    employee.open().await;
    let began = Instant::now();
    let refused = customer.splice(Field::Body, 0, 0, "Pas ").await.expect("a change");
    customer.saved().await;
    assert!(began.elapsed() < Duration::from_secs(2));
    let why = |reason: &str| Refusal { code: RejectCode::Forbidden, path: String::new(), reason: reason.into() };
    assert_eq!(customer.rejected, [(refused, why("You may not write here: you are reading along."))]);
    // What builds on it is refused as well.
    customer.splice(Field::Body, 0, 0, "Vraiment ").await.expect("a change");
    customer.saved().await;
    assert_eq!(customer.rejected.len(), 2);
    // To who speaks French, it is said in French.
    let spoken = EditMe { locale: Some(Locale::Fr), ..EditMe::default() };
    let signed = Signed { person: ada.person.clone(), by: SignedBy::Session(SessionId::new()) };
    me::edit(&house.atelier.db, &signed, spoken).await.expect("edited");
    customer.disconnect();
    assert!(customer.connect().await);
    customer.splice(Field::Title, 0, 0, "Non ").await.expect("a change");
    customer.saved().await;
    assert_eq!(customer.rejected[2].1, why("Vous ne pouvez pas écrire ici : vous suivez en lecture."));
    let kept = employee.splice(Field::Body, 7, 0, " noir").await.expect("a change");
    employee.saved().await;
    customer.until("the employee's words", |client| client.has(&kept)).await;
    assert_eq!(employee.texts().body, "Un pain noir");
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unseen_document_is_answered_as_an_unknown_one() {
    let mut house = House::open().await;
    let (ada, ben) = (house.town.person(Role::Customer).await, house.town.person(Role::Employee).await);
    let board = house.town.board(Audience::Staff, EditingRule::Everyone).await;
    let (number, hidden) = house.town.idea(&ben, &board, "").await;
    let mut socket = Socket::open(house.address, Credential::Token(&ada.token)).await.expect("open");
    socket.join("ada", None).await;
    for document in [hidden, DocumentId::new()] {
        socket.send(&FromClient::Sync { document, data: vec![0x42, 0, 0, 0, 0] }).await;
        let answer = socket.next().await;
        assert!(
            matches!(&answer, Event::Message(FromServer::Unavailable { document: of, .. }) if *of == document),
            "{answer:?}"
        );
    }
    socket.send(&FromClient::Subscribe { topics: vec![format!("idea:{number}"), "idea:999".into(), "?".into()] }).await;
    for _ in 0..3 {
        assert!(matches!(socket.next().await, Event::Message(FromServer::Event { kind, .. }) if kind == "gone"));
    }
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_writes_in_another_persons_name() {
    let mut house = House::open().await;
    let (ada, eve) = (house.town.person(Role::Customer).await, house.town.person(Role::Customer).await);
    let board = house.town.board(Audience::Public, EditingRule::Everyone).await;
    let (_, document) = house.town.idea(&ada, &board, "").await;
    let mut one = Client::new(house.address, &ada.token, "one", document);
    let mut two = Client::new(house.address, &eve.token, "two", document);
    one.open().await;
    one.splice(Field::Body, 0, 0, "a").await;
    one.saved().await;
    two.open().await;
    // With the actor id that is Ada's, while she is here and after she left.
    let hers = one.doc.get_actor().clone();
    for _ in 0..2 {
        let own = two.doc.get_actor().clone();
        two.doc.set_actor(hers.clone());
        let forged = two.splice(Field::Body, 0, 0, "forged").await.expect("a change");
        two.saved().await;
        let [(hash, refusal)] = &two.rejected[..] else { panic!("one refusal: {:?}", two.rejected) };
        assert_eq!((*hash, refusal.code), (forged, RejectCode::ForeignActor));
        two = Client::new(house.address, &eve.token, "two", document);
        two.open().await;
        assert_ne!(two.doc.get_actor(), &own);
        one.leave().await;
    }
    // An actor id nobody had becomes Eve's, and then is not Ada's.
    let fresh = ActorId::from([77; 16].as_slice());
    two.doc.set_actor(fresh.clone());
    two.splice(Field::Body, 1, 0, "b").await;
    two.saved().await;
    assert!(two.rejected.is_empty());
    one.open().await;
    one.until("Eve's change", |client| client.texts().body == "ab").await;
    one.doc.set_actor(fresh);
    one.splice(Field::Body, 0, 0, "forged").await;
    one.saved().await;
    assert_eq!(one.rejected.len(), 1);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_peer_id_is_bound_to_its_person_and_its_newest_connection() {
    let mut house = House::open().await;
    let (ada, eve) = (house.town.person(Role::Customer).await, house.town.person(Role::Customer).await);
    let mut first = Socket::open(house.address, Credential::Token(&ada.token)).await.expect("open");
    first.join("tab", None).await;
    let mut foreign = Socket::open(house.address, Credential::Token(&eve.token)).await.expect("open");
    assert!(matches!(foreign.join("tab", None).await, Event::Closed(1008, _)));
    let mut again = Socket::open(house.address, Credential::Token(&ada.token)).await.expect("open");
    assert!(matches!(again.join("tab", None).await, Event::Message(FromServer::Peer { .. })));
    assert_eq!(first.closed().await, (1000, "this peer connected again".to_owned()));
    // Nor may a frame claim to come from another.
    again.peer = "somebody".into();
    again.send(&FromClient::Close { document: DocumentId::new() }).await;
    assert_eq!(again.closed().await.0, 1008);
    house.close().await;
}

/// Who only reads along is told that they may write, and that they may no longer.
#[tokio::test(flavor = "multi_thread")]
async fn readers_are_told_when_they_may_write() {
    let mut house = House::open().await;
    let ada = house.town.person(Role::Customer).await;
    let board = house.town.board(Audience::Public, EditingRule::Staff).await;
    let (number, _) = house.town.idea(&house.town.owner.clone(), &board, "").await;
    let (db, news) = (house.atelier.db.clone(), house.atelier.access_news.clone());
    let owner = house.town.owner.person.clone();
    let mut socket = Socket::open(house.address, Credential::Token(&ada.token)).await.expect("open");
    socket.join("ada", None).await;
    socket.send(&FromClient::Subscribe { topics: vec![format!("idea:{number}")] }).await;
    for (editing, write) in
        [(None, "false"), (Some(EditingRule::Everyone), "true"), (Some(EditingRule::Staff), "false")]
    {
        if editing.is_some() {
            // The title alone is no news of access.
            for change in [
                EditBoard { title: Some("Pains".into()), ..EditBoard::default() },
                EditBoard { editing, ..EditBoard::default() },
            ] {
                boards::edit(&db, &news, Some(&owner), &board, &change).await.expect("edited");
            }
        }
        let told = socket.next().await;
        assert!(
            matches!(&told, Event::Message(FromServer::Event { kind, data, .. }) if kind == "access" && data == write),
            "{told:?}"
        );
    }
    house.close().await;
}

/// Access is lost at open sockets, at once: by the rule, by the board, by the person, by the token.
#[tokio::test(flavor = "multi_thread")]
async fn open_sockets_lose_access_with_the_right() {
    let mut house = House::open().await;
    let ada = house.town.person(Role::Customer).await;
    let board = house.town.board(Audience::Public, EditingRule::Everyone).await;
    let (number, document) = house.town.idea(&house.town.owner.clone(), &board, "").await;
    let (db, news) = (house.atelier.db.clone(), house.atelier.access_news.clone());
    let owner = house.town.owner.person.clone();
    let mut client = Client::new(house.address, &ada.token, "ada", document);
    client.open().await;
    assert_eq!(client.write, Some(true));

    let staff_only = EditBoard { editing: Some(EditingRule::Coauthors), ..EditBoard::default() };
    boards::edit(&db, &news, Some(&owner), &board, &staff_only).await.expect("edited");
    let began = Instant::now();
    client.until("the right to write to be lost", |client| client.write == Some(false)).await;
    assert!(began.elapsed() < Duration::from_secs(1));
    client.splice(Field::Body, 0, 0, "x").await;
    client.saved().await;
    assert_eq!(client.rejected.len(), 1);

    let mut client = Client::new(house.address, &ada.token, "ada", document);
    client.open().await;
    coauthors::add(&db, &news, Some(&owner), number, &ada.person.handle).await.expect("named");
    client.until("the right to write to be given", |client| client.write == Some(true)).await;
    client.splice(Field::Body, 0, 0, "y").await;
    client.saved().await;
    assert!(client.rejected.is_empty());

    let topics = vec![format!("idea:{number}")];
    client.socket().expect("connected").send(&FromClient::Subscribe { topics }).await;
    let hide = EditBoard { audience: Some(Audience::Staff), ..EditBoard::default() };
    boards::edit(&db, &news, Some(&owner), &board, &hide).await.expect("edited");
    let began = Instant::now();
    client
        .until("the document to be gone", |client| {
            client.other.iter().any(|message| matches!(message, FromServer::Unavailable { .. }))
                && client
                    .other
                    .iter()
                    .any(|message| matches!(message, FromServer::Event { kind, .. } if kind == "gone"))
        })
        .await;
    assert!(began.elapsed() < Duration::from_secs(1));

    // As an employee she sees it again; made a customer again, she loses it.
    let signed = Signed { person: owner, by: SignedBy::Session(SessionId::new()) };
    let become_role = |role| EditPerson { role };
    people::edit(&db, &news, &signed, ada.person.id, become_role(Role::Employee)).await.expect("edited");
    let mut client = Client::new(house.address, &ada.token, "ada", document);
    client.open().await;
    people::edit(&db, &news, &signed, ada.person.id, become_role(Role::Customer)).await.expect("edited");
    client
        .until("the document to be gone", |client| {
            client.other.iter().any(|message| matches!(message, FromServer::Unavailable { .. }))
        })
        .await;

    let hers = Signed { person: ada.person.clone(), by: SignedBy::Session(SessionId::new()) };
    let token = tokens::list(&db, &hers).await.expect("a list").remove(0);
    tokens::revoke(&db, &news, &hers, token.id).await.expect("revoked");
    let socket = client.socket().expect("connected");
    assert_eq!(socket.closed().await, (1008, "you are no longer signed in".to_owned()));
    house.close().await;
}

/// Who is suspended is out of every open socket within a second, and gets in no more.
#[tokio::test(flavor = "multi_thread")]
async fn open_sockets_of_who_is_suspended_close() {
    let mut house = House::open().await;
    let ada = house.town.person(Role::Customer).await;
    let board = house.town.board(Audience::Public, EditingRule::Everyone).await;
    let (_, document) = house.town.idea(&ada, &board, "Un pain").await;
    let (db, news) = (house.atelier.db.clone(), house.atelier.access_news.clone());
    let mut client = Client::new(house.address, &ada.token, "ada", document);
    client.open().await;
    let owner = Signed { person: house.town.owner.person.clone(), by: SignedBy::Session(SessionId::new()) };
    let suspend = NewDecision {
        subject: Subject::Person(ada.person.id),
        act: Decide::Suspend,
        reason: None,
        words: "Trop de publicité.".into(),
        waiting: false,
    };
    let began = Instant::now();
    decisions::decide(&db, &news, &owner, &suspend).await.expect("suspended");
    let closed = client.socket().expect("connected").closed().await;
    assert_eq!(closed, (1008, "you are no longer signed in".to_owned()));
    assert!(began.elapsed() < Duration::from_secs(1));
    let again = Socket::open(house.address, Credential::Token(&ada.token)).await.map(|_| ());
    assert_eq!(again, Err(StatusCode::UNAUTHORIZED));
    house.close().await;
}

/// What a moderator hides is closed to everybody else within a second, and can be read and written again when it is shown.
#[tokio::test(flavor = "multi_thread")]
async fn open_sockets_lose_what_is_hidden() {
    let mut house = House::open().await;
    let (ada, ben) = (house.town.person(Role::Customer).await, house.town.person(Role::Customer).await);
    let board = house.town.board(Audience::Public, EditingRule::Everyone).await;
    let (number, document) = house.town.idea(&ada, &board, "Un pain").await;
    let (db, news) = (house.atelier.db.clone(), house.atelier.access_news.clone());
    let owner = Signed { person: house.town.owner.person.clone(), by: SignedBy::Session(SessionId::new()) };
    let idea = ideas::one(&db, None, number).await.expect("the idea").card.id;
    let decide =
        |act| NewDecision { subject: Subject::Idea(idea), act, reason: None, words: String::new(), waiting: false };
    let mut author = Client::new(house.address, &ada.token, "ada", document);
    let mut other = Client::new(house.address, &ben.token, "ben", document);
    author.open().await;
    other.open().await;
    let topics = vec![format!("facts:{number}")];
    other.socket().expect("connected").send(&FromClient::Subscribe { topics }).await;
    let began = Instant::now();
    decisions::decide(&db, &news, &owner, &decide(Decide::Hide)).await.expect("hidden");
    other
        .until("the document to be gone", |client| {
            let gone = |message: &FromServer| matches!(message, FromServer::Event { kind, .. } if kind == "gone");
            client.other.iter().any(gone)
                && client.other.iter().any(|message| matches!(message, FromServer::Unavailable { .. }))
        })
        .await;
    author.until("the right to write to be lost", |client| client.write == Some(false)).await;
    assert!(began.elapsed() < Duration::from_secs(1));
    author.splice(Field::Body, 0, 0, "x").await;
    author.saved().await;
    assert_eq!(author.rejected.len(), 1, "its author reads it, and no more");
    decisions::decide(&db, &news, &owner, &decide(Decide::Keep)).await.expect("shown");
    let mut other = Client::new(house.address, &ben.token, "ben", document);
    other.open().await;
    assert_eq!(other.write, Some(true));
    house.close().await;
}

/// What is not the text of a concept cannot be changed by anybody.
#[tokio::test(flavor = "multi_thread")]
async fn only_the_texts_of_a_concept_can_be_changed() {
    use automerge::{ObjType, ROOT, ScalarValue, marks};
    let house = House::open().await;
    let owner = house.town.owner.clone();
    let board = house.town.board(Audience::Public, EditingRule::Everyone).await;
    let (_, document) = house.town.idea(&owner, &board, "Un pain").await;
    let mut witness = Client::new(house.address, &owner.token, "witness", document);
    witness.open().await;
    let attempts: [fn(&mut AutoCommit); 8] = [
        |doc| doc.put(ROOT, "title", "replaced").expect("put"),
        |doc| doc.delete(ROOT, "body").expect("deleted"),
        |doc| drop(doc.put_object(ROOT, "body", ObjType::Text).expect("put")),
        |doc| doc.put(ROOT, "extra", 1).expect("put"),
        |doc| {
            let body = Field::Body.object(doc).expect("a body");
            let bold = marks::Mark::new("bold".into(), true, 0, 2);
            doc.mark(&body, bold, marks::ExpandMark::None).expect("marked");
        },
        |doc| {
            let body = Field::Body.object(doc).expect("a body");
            doc.split_block(&body, 1).map(drop).expect("split");
        },
        |doc| {
            let body = Field::Body.object(doc).expect("a body");
            doc.put(&body, 0, "X").expect("put");
        },
        |doc| {
            let body = Field::Body.object(doc).expect("a body");
            doc.insert(&body, 0, ScalarValue::Int(3)).expect("inserted");
        },
    ];
    for (attempt, at) in attempts.into_iter().zip(0..) {
        let mut client = Client::new(house.address, &owner.token, &format!("attempt {at}"), document);
        client.open().await;
        assert!(client.edit(attempt).await.is_some(), "attempt {at} changes something");
        client.saved().await;
        assert_eq!(client.rejected.len(), 1, "attempt {at}");
        client.leave().await;
    }
    witness.splice(Field::Body, 0, 0, "!").await;
    witness.saved().await;
    assert_eq!(witness.texts().body, "!Un pain");
    house.close().await;
}

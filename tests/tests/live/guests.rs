//! Nobody known at the socket: guests by a link, and visitors of public boards, follow a canvas and do nothing else.

use std::time::{Duration, Instant};

use automerge::ReadDoc as _;
use http::StatusCode;
use server::domain::{boards, guests};
use shared::{
    DocumentId, Role,
    api::{EditBoard, GuestLinkView, NewGuestLink},
    live::message::{AtelierJoin, FromClient, FromServer, RejectCode, Who},
    rules::{Audience, EditingRule},
};
use tests::{
    live::{Client, Credential, Event, Socket},
    town::Townsperson,
};

use crate::{
    canvas::{add_note, notes},
    house::House,
};

/// A link to the canvas of a board, and the cookie it gives.
async fn link(house: &House, by: &Townsperson, board: &str) -> (GuestLinkView, String) {
    let made =
        guests::make(&house.atelier.db, Some(&by.person), board, NewGuestLink { hours: 1 }).await.expect("a link");
    let secret = made.path.as_deref().and_then(|path| path.rsplit('/').next()).expect("a secret").to_owned();
    (made, format!("atelier-guest={secret}"))
}

async fn gone(client: &mut Client) {
    client
        .until("the canvas to be gone", |client| {
            client.other.iter().any(|message| matches!(message, FromServer::Unavailable { .. }))
        })
        .await;
}

/// Who is there, as somebody was told last.
pub fn present(client: &Client) -> Vec<&Who> {
    let told = client.other.iter().rev().find_map(|message| match message {
        FromServer::Present { peers, .. } => Some(peers),
        _ => None,
    });
    told.map(|peers| peers.iter().collect()).unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_follows_a_canvas_and_changes_nothing() {
    let house = House::open().await;
    let owner = house.town.owner.clone();
    let board = house.town.board(Audience::Staff, EditingRule::Everyone).await;
    let canvas = house.town.canvas(&board).await;
    let (_, cookie) = link(&house, &owner, &board).await;
    let mut lead = Client::new(house.address, &owner.token, "lead", canvas);
    lead.open().await;
    lead.edit(|doc| add_note(doc, "n1", "Du pain")).await;
    lead.saved().await;

    let mut guest = Client::guest(house.address, Some(&cookie), "guest", canvas);
    guest.open().await;
    assert_eq!(guest.write, Some(false));
    guest.until("the note", |client| client.doc.get(notes(&client.doc), "n1").is_ok_and(|found| found.is_some())).await;
    lead.until("both to be present", |client| present(client).len() == 2).await;
    let known: Vec<(&str, bool)> = present(&lead).iter().map(|who| (who.peer.as_str(), who.person.is_some())).collect();
    assert_eq!(known, [("guest", false), ("lead", true)]);

    // What a guest sends is refused or dropped.
    guest.edit(|doc| add_note(doc, "n2", "Du beurre")).await;
    guest.saved().await;
    let [(_, refusal)] = &guest.rejected[..] else { panic!("{:?}", guest.rejected) };
    assert_eq!(refusal.code, RejectCode::Forbidden);
    let caret = FromClient::Ephemeral { document: canvas, count: 1, session: "s".into(), data: vec![0xf6] };
    guest.socket().expect("connected").send(&caret).await;
    lead.other.clear();
    lead.edit(|doc| add_note(doc, "n3", "Du sel")).await;
    lead.saved().await;
    let mut again = Client::guest(house.address, Some(&cookie), "again", canvas);
    again.open().await;
    again.until("the second note", |client| client.doc.get(notes(&client.doc), "n3").is_ok_and(|n| n.is_some())).await;
    assert!(again.doc.get(notes(&again.doc), "n2").expect("read").is_none());
    lead.listen(Duration::from_millis(200)).await;
    assert!(!lead.other.iter().any(|message| matches!(message, FromServer::Ephemeral { .. })), "{:?}", lead.other);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_opens_and_hears_nothing_else() {
    let mut house = House::open().await;
    let owner = house.town.owner.clone();
    let ada = house.town.person(Role::Customer).await;
    let board = house.town.board(Audience::Staff, EditingRule::Everyone).await;
    let other = house.town.board(Audience::Members, EditingRule::Everyone).await;
    let public = house.town.board(Audience::Public, EditingRule::Everyone).await;
    let (number, concept) = house.town.idea(&ada, &public, "Un pain").await;
    let (_, cookie) = link(&house, &owner, &board).await;
    let own = format!("http://{}", house.address);
    let mut socket = Socket::open(house.address, Credential::Cookie(&cookie, &own)).await.expect("open");
    socket.join("guest", None).await;
    // Not even the concepts of public boards are opened by nobody.
    for document in [concept, house.town.canvas(&other).await, DocumentId::new()] {
        socket.send(&FromClient::Sync { document, data: vec![0x42, 0, 0, 0, 0] }).await;
        let answer = socket.next().await;
        assert!(matches!(answer, Event::Message(FromServer::Unavailable { .. })), "{answer:?}");
    }
    let nothing = [
        format!("idea:{number}"),
        format!("facts:{number}"),
        format!("talk:{number}"),
        format!("notes:{number}"),
        format!("board:{public}"),
        format!("board:{board}"),
        format!("person:{}", ada.person.id),
        "desk".into(),
        format!("canvas:{other}"),
        "?".into(),
    ];
    let something = [format!("canvas:{board}"), format!("canvas:{public}")];
    let topics: Vec<String> = nothing.iter().chain(&something).cloned().collect();
    socket.send(&FromClient::Subscribe { topics: topics.clone() }).await;
    for asked in &topics {
        let Event::Message(FromServer::Event { topic, kind, data }) = socket.next().await else { panic!("an event") };
        let expected = if something.contains(asked) { ("access", "false") } else { ("gone", "null") };
        assert_eq!((topic.as_str(), kind.as_str(), data.as_str()), (asked.as_str(), expected.0, expected.1));
    }
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_is_out_within_a_second() {
    let mut house = House::open().await;
    let owner = house.town.owner.clone();
    let marie = house.town.person(Role::Moderator).await;
    let board = house.town.board(Audience::Staff, EditingRule::Everyone).await;
    let canvas = house.town.canvas(&board).await;
    let (db, news) = (house.atelier.db.clone(), house.atelier.access_news.clone());

    let (made, cookie) = link(&house, &owner, &board).await;
    let mut guest = Client::guest(house.address, Some(&cookie), "guest", canvas);
    guest.open().await;
    let topics = vec![format!("canvas:{board}")];
    guest.socket().expect("connected").send(&FromClient::Subscribe { topics }).await;
    let began = Instant::now();
    guests::revoke(&db, &news, Some(&owner.person), &board, made.id).await.expect("revoked");
    gone(&mut guest).await;
    guest
        .until("the topic to be gone", |client| {
            client.other.iter().any(|message| matches!(message, FromServer::Event { kind, .. } if kind == "gone"))
        })
        .await;
    assert!(began.elapsed() < Duration::from_secs(1), "{:?}", began.elapsed());
    // With a link that opens nothing there is nothing to follow here.
    let own = format!("http://{}", house.address);
    let again = Socket::open(house.address, Credential::Cookie(&cookie, &own)).await.map(|_| ());
    assert_eq!(again, Err(StatusCode::UNAUTHORIZED));

    // By its time.
    let (_, cookie) = link(&house, &owner, &board).await;
    set_expiry(&house, 1_500).await;
    let mut guest = Client::guest(house.address, Some(&cookie), "guest", canvas);
    guest.open().await;
    let began = Instant::now();
    gone(&mut guest).await;
    assert!(began.elapsed() < Duration::from_millis(2_500), "{:?}", began.elapsed());

    // With the right of who made it.
    let (_, cookie) = link(&house, &marie, &board).await;
    let mut guest = Client::guest(house.address, Some(&cookie), "guest", canvas);
    guest.open().await;
    let began = Instant::now();
    let signed = server::domain::access::Signed {
        person: owner.person.clone(),
        by: server::domain::access::Credential::Session(shared::SessionId::new()),
    };
    let role = shared::api::EditPerson { role: Role::Researcher };
    server::domain::people::edit(&db, &news, &signed, marie.person.id, role).await.expect("edited");
    gone(&mut guest).await;
    assert!(began.elapsed() < Duration::from_secs(1), "{:?}", began.elapsed());
    house.close().await;
}

async fn set_expiry(house: &House, left: i64) {
    let server::store::Db::Sqlite { write, .. } = &house.atelier.db else { panic!("on SQLite") };
    let at = server::domain::now() + left;
    sqlx::query("UPDATE guest_link SET expires_at = $1").bind(at).execute(write).await.expect("set");
}

#[tokio::test(flavor = "multi_thread")]
async fn visitors_follow_the_canvases_of_public_boards() {
    let mut house = House::open().await;
    let owner = house.town.owner.clone();
    let ada = house.town.person(Role::Customer).await;
    let own = format!("http://{}", house.address);
    let refused = |credential| async move { Socket::open(house.address, credential).await.map(|_| ()) };
    assert_eq!(refused(Credential::None).await, Err(StatusCode::UNAUTHORIZED), "there is nothing to follow");
    let board = house.town.board(Audience::Public, EditingRule::Everyone).await;
    let canvas = house.town.canvas(&board).await;
    assert_eq!(refused(Credential::None).await, Ok(()));
    assert_eq!(refused(Credential::Cookie("a=b", &own)).await, Ok(()));
    // What was shown must be right, and come from a page of ours.
    assert_eq!(refused(Credential::Token("nonsense")).await, Err(StatusCode::UNAUTHORIZED));
    assert_eq!(refused(Credential::Cookie("atelier=nonsense", &own)).await, Err(StatusCode::UNAUTHORIZED));
    assert_eq!(refused(Credential::Cookie("a=b", "https://evil.example")).await, Err(StatusCode::FORBIDDEN));
    let (_, cookie) = link(&house, &owner, &board).await;
    assert_eq!(refused(Credential::Cookie(&cookie, "https://evil.example")).await, Err(StatusCode::FORBIDDEN));

    let mut lead = Client::new(house.address, &ada.token, "lead", canvas);
    lead.open().await;
    let mut visitor = Client::guest(house.address, None, "visitor", canvas);
    visitor.open().await;
    lead.edit(|doc| add_note(doc, "n1", "Du pain")).await;
    lead.saved().await;
    visitor.until("the note", |client| client.doc.get(notes(&client.doc), "n1").is_ok_and(|n| n.is_some())).await;
    visitor.edit(|doc| add_note(doc, "n2", "Du beurre")).await;
    visitor.saved().await;
    assert_eq!(visitor.rejected[0].1.code, RejectCode::Forbidden);
    // Nobody takes the peer id of somebody, and gives their own to somebody.
    let mut thief = Socket::open(house.address, Credential::None).await.expect("open");
    assert!(matches!(thief.join("lead", None).await, Event::Closed(1008, _)));
    let mut hers = Socket::open(house.address, Credential::Token(&ada.token)).await.expect("open");
    let joined = hers.join("visitor", Some(AtelierJoin::default())).await;
    assert!(matches!(joined, Event::Message(FromServer::Peer { .. })), "{joined:?}");
    let closed = visitor.socket().expect("connected").closed().await;
    assert_eq!(closed.0, 1000);

    let mut visitor = Client::guest(house.address, None, "another", canvas);
    visitor.open().await;
    let hide = EditBoard { audience: Some(Audience::Members), ..EditBoard::default() };
    let began = Instant::now();
    let (db, news) = (house.atelier.db.clone(), house.atelier.access_news.clone());
    boards::edit(&db, &news, Some(&owner.person), &board, &hide).await.expect("edited");
    gone(&mut visitor).await;
    assert!(began.elapsed() < Duration::from_secs(1));
    house.close().await;
}

/// Visitors have a share of the places, and no more.
#[tokio::test(flavor = "multi_thread")]
async fn visitors_leave_room_for_who_is_signed_in() {
    let house = House::configured(|config| config.live.sockets = 32).await;
    house.town.board(Audience::Public, EditingRule::Everyone).await;
    let mut open = Vec::new();
    for n in 0..3 {
        match Socket::open(house.address, Credential::None).await {
            Ok(mut socket) => {
                socket.join(&format!("v{n}"), None).await;
                open.push(socket);
            }
            Err(status) => assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE),
        }
    }
    assert_eq!(open.len(), 2, "one place in sixteen from one network");
    assert!(Socket::open(house.address, Credential::Token(&house.town.owner.token)).await.is_ok());
    drop(open);
    house.close().await;
}

/// Who was not invited learns how many are there, and not who: neither by the list nor by what they do.
#[tokio::test(flavor = "multi_thread")]
async fn visitors_are_not_told_who_is_there() {
    let mut house = House::open().await;
    let owner = house.town.owner.clone();
    let ada = house.town.person(Role::Customer).await;
    let board = house.town.board(Audience::Public, EditingRule::Everyone).await;
    let other = house.town.board(Audience::Public, EditingRule::Everyone).await;
    let canvas = house.town.canvas(&board).await;
    let (made, cookie) = link(&house, &owner, &board).await;
    let (_, elsewhere) = link(&house, &owner, &other).await;
    let mut lead = Client::new(house.address, &ada.token, "lead", canvas);
    let mut guest = Client::guest(house.address, Some(&cookie), "guest", canvas);
    let mut visitor = Client::guest(house.address, None, "visitor", canvas);
    let mut stray = Client::guest(house.address, Some(&elsewhere), "stray", canvas);
    for client in [&mut lead, &mut guest, &mut visitor, &mut stray] {
        client.open().await;
    }
    let named = |client: &Client| present(client).iter().filter(|who| who.person.is_some()).count();
    for (client, names) in [(&mut lead, 1), (&mut guest, 1), (&mut visitor, 0), (&mut stray, 0)] {
        client.until("all to be present", |client| present(client).len() == 4).await;
        assert_eq!(named(client), names);
    }
    let pointer = FromClient::Ephemeral { document: canvas, count: 1, session: "s".into(), data: vec![0xf6] };
    lead.socket().expect("connected").send(&pointer).await;
    for (client, named) in [(&mut guest, true), (&mut visitor, false), (&mut stray, false)] {
        let from = |client: &Client| {
            client.other.iter().find_map(|message| match message {
                FromServer::Ephemeral { sender, target, from: Some(who), .. } => {
                    assert_eq!((sender.as_str(), target.as_str(), who.peer.as_str()), ("lead", "", "lead"));
                    Some(who.person.is_some())
                }
                _ => None,
            })
        };
        client.until("what they do", |client| from(client).is_some()).await;
        assert_eq!(from(client), Some(named));
    }
    // Whoever's link ends stays as a visitor.
    let (db, news) = (house.atelier.db.clone(), house.atelier.access_news.clone());
    guests::revoke(&db, &news, Some(&owner.person), &board, made.id).await.expect("revoked");
    guest.until("the names to be gone", |client| named(client) == 0 && present(client).len() == 4).await;
    assert!(visitor.other.iter().all(|message| !format!("{message:?}").contains(&ada.person.name)));
    house.close().await;
}

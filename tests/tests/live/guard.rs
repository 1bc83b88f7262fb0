//! What no honest peer sends: only its sender's connection ends, and the room goes on.

use shared::{
    Role,
    live::{
        concept::Field,
        message::{FromClient, FromServer, RejectCode},
        sync::{SyncMessage, Version},
    },
};
use tests::live::{Client, Credential, Event, Socket};

use crate::house::House;

/// A sync message with only a filter, whose bytes are given.
fn with_filter(filter: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0x42, 0, 0, 1, 0, u8::try_from(filter.len()).expect("short")];
    bytes.extend(filter);
    bytes.push(0);
    bytes
}

/// A change chunk of any body, with the right checksum.
fn chunk(kind: u8, body: &[u8]) -> Vec<u8> {
    // The checksum is that of Automerge's own writing of the same bytes: its first four of the SHA-256.
    let mut hashed = vec![kind];
    let mut length = body.len();
    while length >= 0x80 {
        hashed.push(u8::try_from(length & 0x7f).expect("seven bits") | 0x80);
        length >>= 7;
    }
    hashed.push(u8::try_from(length).expect("seven bits"));
    hashed.extend(body);
    let digest = <sha2::Sha256 as sha2::Digest>::digest(&hashed);
    [&[0x85, 0x6f, 0x4a, 0x83], &digest[..4], &hashed].concat()
}

fn sync(changes: &[&[u8]]) -> Vec<u8> {
    let message = SyncMessage {
        version: Version::V1,
        heads: vec![],
        need: vec![],
        have: vec![],
        changes: changes.to_vec(),
        flags: None,
    };
    message.encode()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hostile_frame_closes_its_connection_with_a_reason_and_nothing_else() {
    let (house, ada, mut honest) = House::with_idea("", "honest").await;
    let document = honest.document;
    // A document that is none, under a checksum that is right.
    let damaged = chunk(0, &[7; 200]);
    let hostile_syncs = [
        vec![0x44],
        with_filter(&[1, 0, 7]),
        with_filter(&[1, 8, 0x80, 0xc2, 0xd7, 0x2f, 1]),
        with_filter(&[1, 8, 0xff, 0xff, 0xff, 0xff, 0x0f, 1]),
        vec![0x42, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x40],
        sync(&[&[1, 2, 3]]),
        sync(&[&damaged]),
        // A change without a body, and one that claims 2^60 operations in a run.
        sync(&[&chunk(1, &[])]),
        sync(&[&chunk(
            1,
            &[&[0, 1, 9, 1, 1, 0, 0, 0, 1, 0x42, 10][..], &[0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x10, 1]]
                .concat(),
        )]),
        sync(&[&chunk(2, &[0xff; 40])]),
    ];
    for (data, at) in hostile_syncs.into_iter().zip(0..) {
        let mut socket = Socket::open(house.address, Credential::Token(&ada.token)).await.expect("open");
        socket.join(&format!("hostile {at}"), None).await;
        socket.send(&FromClient::Sync { document, data }).await;
        let (code, reason) = socket.closed().await;
        assert_eq!(code, 1002, "hostile sync {at}: {reason}");
        assert!(!reason.is_empty());
    }
    let frames: [(Vec<u8>, u16); 4] = [
        (vec![], 1002),
        (vec![0xff; 50], 1002),
        (vec![0xa1, 0x64, b't', b'y', b'p', b'e', 1], 1002),
        (vec![0; 2 << 20], 1009),
    ];
    for (frame, expected) in frames {
        let mut socket = Socket::open(house.address, Credential::Token(&ada.token)).await.expect("open");
        socket.join("hostile", None).await;
        socket.send_raw(frame).await;
        let (code, reason) = socket.closed().await;
        assert_eq!(code, expected, "{reason}");
    }
    // Nothing may come before `join`, and `join` must speak version 1.
    let mut socket = Socket::open(house.address, Credential::Token(&ada.token)).await.expect("open");
    socket.send(&FromClient::Close { document }).await;
    assert_eq!(socket.closed().await.0, 1002);
    let mut socket = Socket::open(house.address, Credential::Token(&ada.token)).await.expect("open");
    socket.peer = "future".into();
    socket.send(&FromClient::Join { sender: "future".into(), versions: vec!["2".into()], atelier: None }).await;
    assert!(matches!(socket.next().await, Event::Message(FromServer::Error { .. })));
    assert_eq!(socket.closed().await.0, 1002);

    assert!(honest.listen(std::time::Duration::from_millis(10)).await, "the honest peer is still there");
    honest.splice(Field::Body, 0, 0, "toujours là").await;
    honest.saved().await;
    assert_eq!(honest.texts().body, "toujours là");
    house.close().await;
}

/// Stock peers pass on what they hear of carets, in the name of whom they heard it from; nothing else is ever another's.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_said_in_the_name_of_another_is_not_passed_on() {
    let (house, ada, mut honest) = House::with_idea("abc", "honest").await;
    let document = honest.document;

    let mut socket = Socket::open(house.address, Credential::Token(&ada.token)).await.expect("open");
    socket.join("stock", None).await;
    socket.peer = "honest".into();
    let caret = FromClient::Ephemeral { document, count: 1, session: "s".into(), data: vec![0xf6] };
    assert!(socket.send(&caret).await);
    socket.peer = "stock".into();
    socket.send(&FromClient::Subscribe { topics: vec!["idea:999".into()] }).await;
    assert!(matches!(socket.next().await, Event::Message(FromServer::Event { .. })), "the peer is still there");

    socket.peer = "honest".into();
    socket.send(&FromClient::Sync { document, data: with_filter(&[]) }).await;
    assert_eq!(socket.closed().await.0, 1008);
    honest.splice(Field::Body, 0, 0, "ici").await;
    honest.saved().await;
    house.close().await;
}

/// Changes that could be read, and would even apply, but after which a saved document would not load, or another
/// replica would fail.
#[tokio::test(flavor = "multi_thread")]
async fn a_change_that_does_not_fit_is_refused() {
    let (house, ada, mut honest) = House::with_idea("abc", "honest").await;
    let document = honest.document;
    let spoil: [fn(&mut automerge::ExpandedChange); 7] = [
        |change| change.seq = 7,
        |change| change.start_op = std::num::NonZeroU64::new(1_000_000).expect("not zero"),
        |change| change.start_op = std::num::NonZeroU64::MIN,
        |change| change.time = i64::MAX,
        |change| change.deps = vec![automerge::ChangeHash([9; 32])],
        |change| change.deps = vec![],
        |change| change.extra_bytes = vec![1, 2, 3],
    ];
    for (spoil, at) in spoil.into_iter().zip(0..) {
        let mut client = Client::new(house.address, &ada.token, &format!("spoiler {at}"), document);
        client.open().await;
        let body = Field::Body.object(&client.doc).expect("a body");
        automerge::transaction::Transactable::splice_text(&mut client.doc, &body, 1, 1, "X").expect("spliced");
        let hash = client.doc.commit().expect("a change");
        let mut expanded = client.doc.get_change_by_hash(&hash).expect("the change").decode();
        spoil(&mut expanded);
        expanded.hash = None;
        let spoilt = automerge::Change::from(expanded);
        client.unsaved.push(spoilt.clone());
        let data = sync(&[spoilt.raw_bytes()]);
        client.socket().expect("connected").send(&FromClient::Sync { document, data }).await;
        client.saved().await;
        assert_eq!(client.rejected.len(), 1, "spoiler {at}");
        client.leave().await;
    }
    honest.splice(Field::Body, 3, 0, "d").await;
    honest.saved().await;
    assert_eq!(honest.texts().body, "abcd");
    house.close().await;
}

/// However changes come, each is taken out and looked at.
#[tokio::test(flavor = "multi_thread")]
async fn documents_bundles_and_compressed_changes_are_taken_apart() {
    use automerge::{ActorId, AutoCommit, ROOT, transaction::Transactable as _};
    let (mut house, ada, mut honest) = House::with_idea("abc", "honest").await;
    let document = honest.document;
    type Pack = fn(&mut AutoCommit) -> Vec<u8>;
    let packs: [(Version, Pack); 5] = [
        (Version::V1, |doc| doc.save()),
        (Version::V2, |doc| doc.save_nocompress()),
        (Version::V1, |doc| {
            let hashes: Vec<_> = doc.get_changes(&[]).iter().map(|change| change.hash()).collect();
            doc.bundle(hashes).expect("a bundle").bytes().to_vec()
        }),
        (Version::V1, |doc| {
            let compressed = doc.get_last_local_change().expect("a change").bytes().into_owned();
            assert_eq!(compressed[8], 2, "compressed");
            compressed
        }),
        (Version::V2, |doc| doc.get_changes(&[]).iter().flat_map(|change| change.raw_bytes().to_vec()).collect()),
    ];
    for ((version, pack), at) in packs.into_iter().zip(0..) {
        for forbidden in [false, true] {
            let mut client = Client::new(house.address, &ada.token, &format!("packer {at} {forbidden}"), document);
            client.open().await;
            // Long enough to be compressed.
            let words = format!("{at}{}", " pain".repeat(100));
            let body = Field::Body.object(&client.doc).expect("a body");
            client.doc.splice_text(&body, 0, 0, &words).expect("spliced");
            if forbidden {
                client.doc.put(ROOT, "extra", 1).expect("put");
            }
            let hash = client.doc.commit().expect("a change");
            let change = client.doc.get_change_by_hash(&hash).expect("the change");
            client.unsaved.push(change);
            let packed = pack(&mut client.doc);
            let message =
                SyncMessage { version, heads: vec![], need: vec![], have: vec![], changes: vec![&packed], flags: None };
            let data = message.encode();
            client.socket().expect("connected").send(&FromClient::Sync { document, data }).await;
            client.saved().await;
            let refused: Vec<_> =
                client.rejected.iter().map(|(hash, why)| (*hash, why.code, why.path.as_str())).collect();
            let expected = [(hash.0, RejectCode::Schema, "extra")];
            assert_eq!(refused, &expected[..usize::from(forbidden)], "pack {at}");
            client.leave().await;
        }
    }
    // One change of somebody else's making among many known ones is not overlooked.
    let eve = house.town.person(Role::Customer).await;
    let mut client = Client::new(house.address, &eve.token, "eve", document);
    client.open().await;
    let hers = honest.doc.get_actor().clone();
    client.doc.set_actor(ActorId::from(hers.to_bytes()));
    let body = Field::Body.object(&client.doc).expect("a body");
    client.doc.splice_text(&body, 0, 0, "forged").expect("spliced");
    client.doc.commit();
    client.unsaved.push(client.doc.get_last_local_change().expect("a change"));
    let data = sync(&[&client.doc.save()]);
    client.socket().expect("connected").send(&FromClient::Sync { document, data }).await;
    client.saved().await;
    assert_eq!(client.rejected.iter().map(|(_, why)| why.code).collect::<Vec<_>>(), [RejectCode::ForeignActor]);
    honest.until("all five", |client| (0..5).all(|at| client.texts().body.contains(&format!("{at} pain")))).await;
    house.close().await;
}

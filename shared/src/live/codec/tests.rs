//! Messages on the wire: there and back, from stock peers, and broken.

use proptest::{collection::vec, option, prelude::*};

use super::*;
use crate::{
    DocumentId, PersonId, Role,
    live::{
        message::{AtelierJoin, AtelierPeer, FromClient, FromServer, Known, RejectCode, Who},
        permit::Rights,
    },
};

fn id() -> impl Strategy<Value = String> {
    "[a-z0-9é:-]{1,30}"
}

fn documents() -> impl Strategy<Value = DocumentId> {
    any::<[u8; 16]>().prop_map(DocumentId)
}

fn blob(max: usize) -> impl Strategy<Value = Vec<u8>> {
    vec(any::<u8>(), 0..max)
}

fn people() -> impl Strategy<Value = Who> {
    let known = (any::<u128>(), id(), 0..Role::ALL.len()).prop_map(|(person, name, role)| Known {
        id: PersonId(uuid::Uuid::from_u128(person)),
        name,
        role: Role::ALL[role],
    });
    let rights = any::<[bool; 4]>().prop_map(|[edit, note, arrange, tidy]| Rights { edit, note, arrange, tidy });
    (id(), option::of(known), rights).prop_map(|(peer, person, rights)| Who { peer, person, rights })
}

fn client_messages() -> impl Strategy<Value = FromClient> {
    prop_oneof![
        (id(), vec("[0-9]", 0..3), option::of(option::of(vec(any::<u8>(), 1..64)))).prop_map(
            |(sender, versions, ours)| FromClient::Join {
                sender,
                versions,
                atelier: ours.map(|actor| AtelierJoin { actor })
            }
        ),
        (documents(), blob(500)).prop_map(|(document, data)| FromClient::Sync { document, data }),
        (documents(), any::<u64>(), id(), blob(70))
            .prop_map(|(document, count, session, data)| FromClient::Ephemeral { document, count, session, data }),
        documents().prop_map(|document| FromClient::Close { document }),
        vec(id(), 0..5).prop_map(|topics| FromClient::Subscribe { topics }),
        Just(FromClient::Leave),
    ]
}

fn server_messages() -> impl Strategy<Value = FromServer> {
    let codes = RejectCode::ALL;
    prop_oneof![
        (id(), id(), option::of((vec(any::<u8>(), 1..64), people()))).prop_map(|(sender, target, ours)| {
            FromServer::Peer { sender, target, atelier: ours.map(|(actor, who)| AtelierPeer { actor, who }) }
        }),
        (id(), id(), documents(), blob(70_000)).prop_map(|(sender, target, document, data)| FromServer::Sync {
            sender,
            target,
            document,
            data
        }),
        (id(), id(), documents()).prop_map(|(sender, target, document)| FromServer::Unavailable {
            sender,
            target,
            document
        }),
        (id(), id(), documents(), any::<u64>(), id(), blob(70), option::of(people())).prop_map(
            |(sender, target, document, count, session, data, from)| FromServer::Ephemeral {
                sender,
                target,
                document,
                count,
                session,
                data,
                from
            }
        ),
        (id(), id(), id()).prop_map(|(sender, target, message)| FromServer::Error { sender, target, message }),
        (documents(), vec(any::<[u8; 32]>(), 0..30))
            .prop_map(|(document, hashes)| FromServer::Stored { document, hashes }),
        (documents(), any::<[u8; 32]>(), 0..codes.len(), id(), id()).prop_map(
            move |(document, hash, code, path, reason)| FromServer::Rejected {
                document,
                hash,
                code: codes[code],
                path,
                reason
            }
        ),
        (documents(), vec(people(), 0..30)).prop_map(|(document, peers)| FromServer::Present { document, peers }),
        (id(), id(), id()).prop_map(|(topic, kind, data)| FromServer::Event { topic, kind, data }),
        (documents(), any::<[bool; 3]>()).prop_map(|(document, [write, arrange, tidy])| FromServer::Access {
            document,
            write,
            arrange,
            tidy
        }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn a_client_frame_reads_back(message in client_messages()) {
        let frame = encode_client(&message, "me", "server");
        let read = decode_client(&frame).expect("reads");
        prop_assert_eq!(&read.message, &message);
        if !matches!(message, FromClient::Join { .. }) {
            prop_assert_eq!(read.sender.as_deref(), Some("me"));
        }
        for cut in 0..frame.len() {
            prop_assert!(decode_client(&frame[..cut]).is_err());
        }
    }

    #[test]
    fn a_server_frame_reads_back(message in server_messages()) {
        let frame = encode_server(&message);
        prop_assert_eq!(decode_server(&frame), Ok(message));
        for cut in 0..frame.len().min(300) {
            prop_assert!(decode_server(&frame[..cut]).is_err());
        }
    }

    #[test]
    fn any_bytes_are_read_without_panic(bytes in blob(200)) {
        let _ = decode_client(&bytes);
        let _ = decode_server(&bytes);
    }

    #[test]
    fn a_damaged_frame_is_read_without_panic(message in client_messages(), at in any::<prop::sample::Index>(), byte: u8) {
        let mut frame = encode_client(&message, "me", "server");
        let at = at.index(frame.len());
        frame[at] = byte;
        let _ = decode_client(&frame);
    }
}

/// A CBOR map of ready-made values.
fn cbor(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut out = minicbor::Encoder::new(Vec::new());
    out.map(entries.len() as u64).expect("map");
    for (key, value) in entries {
        out.str(key).expect("key");
        out.writer_mut().extend_from_slice(value);
    }
    out.into_writer()
}

fn text(value: &str) -> Vec<u8> {
    minicbor::to_vec(value).expect("text")
}

const UNDEFINED: &[u8] = &[0xf7];

#[test]
fn what_javascript_sends_is_read() {
    // `peerMetadata: { storageId: undefined, isEphemeral: true }`, and an unknown key.
    let metadata = cbor(&[("storageId", UNDEFINED), ("isEphemeral", &[0xf5])]);
    let versions = minicbor::to_vec(["1"]).expect("list");
    let join = cbor(&[
        ("senderId", &text("peer-1")),
        ("later", &[0x82, 0x01, 0xa1, 0x01, 0x02]),
        ("peerMetadata", &metadata),
        ("supportedProtocolVersions", &versions),
        ("type", &text("join")),
    ]);
    let expected = FromClient::Join { sender: "peer-1".into(), versions: vec!["1".into()], atelier: None };
    assert_eq!(decode_client(&join).expect("reads").message, expected);

    // A count as a double, data as a tagged typed array.
    let document = DocumentId([9; 16]);
    let ephemeral = cbor(&[
        ("type", &text("ephemeral")),
        ("senderId", &text("peer-1")),
        ("targetId", &text("server")),
        ("count", &[0xfb, 0x40, 0x08, 0, 0, 0, 0, 0, 0]),
        ("sessionId", &text("s")),
        ("documentId", &text(&document.to_string())),
        ("data", &[0xd8, 0x40, 0x42, 1, 2]),
    ]);
    let expected = FromClient::Ephemeral { document, count: 3, session: "s".into(), data: vec![1, 2] };
    assert_eq!(decode_client(&ephemeral).expect("reads").message, expected);

    let change = cbor(&[("type", &text("remote-subscription-change")), ("add", UNDEFINED)]);
    assert_eq!(decode_client(&change).expect("reads").message, FromClient::Other);

    // An indefinite-length map.
    let mut leave = vec![0xbf];
    leave.extend(text("type"));
    leave.extend(text("leave"));
    leave.push(0xff);
    assert_eq!(decode_client(&leave).expect("reads").message, FromClient::Leave);
}

#[test]
fn hostile_frames_are_refused_by_name() {
    let document = DocumentId([9; 16]).to_string();
    let long = "x".repeat(PEER_ID + 1);
    for (frame, error) in [
        (vec![], DecodeError::NotAMap),
        (vec![0x80], DecodeError::NotAMap),
        // A map that claims 2^63 entries.
        (vec![0xbb, 0x80, 0, 0, 0, 0, 0, 0, 0], DecodeError::NotAMap),
        // A byte string that claims more than there is.
        (
            cbor(&[("type", &text("sync")), ("data", &[0x5b, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff])]),
            DecodeError::NotAMap,
        ),
        (cbor(&[]), DecodeError::Missing("type")),
        (cbor(&[("type", &[0x01])]), DecodeError::Wrong("type")),
        (cbor(&[("type", &text("join"))]), DecodeError::Missing("senderId")),
        (cbor(&[("type", &text("leave")), ("senderId", &text(&long))]), DecodeError::TooLong("senderId")),
        (cbor(&[("type", &text("sync")), ("documentId", &text("nonsense"))]), DecodeError::Wrong("documentId")),
        (cbor(&[("type", &text("sync")), ("documentId", &text(&document))]), DecodeError::Missing("data")),
        (
            cbor(&[("type", &text("sync")), ("documentId", &text(&document)), ("data", &text("text"))]),
            DecodeError::Wrong("data"),
        ),
        (
            cbor(&[("type", &text("subscribe")), ("topics", &[0x9b, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff])]),
            DecodeError::NotAMap,
        ),
    ] {
        assert_eq!(decode_client(&frame).map(|frame| frame.message), Err(error), "{frame:02x?}");
    }
    // 100,000 arrays within each other.
    let mut deep = vec![0xa1];
    deep.extend(text("type"));
    deep.extend(vec![0x81; 100_000]);
    deep.push(0x00);
    assert!(decode_client(&deep).is_err());
}

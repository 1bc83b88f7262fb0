//! Writes the seeds of each corpus: frames, messages and changes as our own clients and stock peers make them.
//!
//! `cargo run --manifest-path tests/fuzz/Cargo.toml --bin seed` on any compiler; then `cargo fuzz cmin` keeps what matters.

use std::{fs, io::Write as _, path::Path};

use automerge::{
    ActorId, AutoCommit, Change, ROOT, ReadDoc as _,
    sync::{State, SyncDoc as _},
    transaction::Transactable as _,
};
use fuzz::targets::{ALL, first};
use shared::{
    DocumentId, PersonId, Role,
    live::{
        codec::{encode_client, encode_server},
        concept::{ENCODING, Field},
        message::{AtelierJoin, AtelierPeer, FromClient, FromServer, Known, RejectCode, Who},
        sync::{Flags, Have, SyncMessage, Version},
    },
};

fn main() -> std::io::Result<()> {
    let (concept, canvas) = (concept_history(), canvas_history());
    let messages = messages(&concept);
    for ((target, _), seeds) in ALL.into_iter().zip([frames(&messages), messages, bodies(&concept, &canvas)]) {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target);
        fs::create_dir_all(&folder)?;
        for (at, seed) in seeds.iter().enumerate() {
            fs::write(folder.join(format!("seed-{at:03}")), seed)?;
        }
        println!("{target}: {} seeds", seeds.len());
    }
    Ok(())
}

fn tab(doc: &mut AutoCommit, number: u8) -> AutoCommit {
    doc.fork().with_actor(ActorId::from([number; 16].as_slice()))
}

/// Two people in one concept, at the same time and one after the other.
fn concept_history() -> AutoCommit {
    let mut doc = AutoCommit::new_with_encoding(ENCODING);
    doc.apply_changes([first(false)]).expect("applies");
    let (mut ada, mut ben) = (tab(&mut doc, 1), tab(&mut doc, 2));
    for round in 0..3 {
        for (who, field, words) in [(&mut ada, Field::Body, "pâte 🥖"), (&mut ben, Field::Title, "levain")] {
            let text = field.object(who).expect("a text");
            who.splice_text(&text, 1, isize::from(round > 0), words).expect("spliced");
            who.commit();
        }
        if round != 1 {
            ada.merge(&mut ben).expect("merges");
            ben.merge(&mut ada).expect("merges");
        }
    }
    ada.merge(&mut ben).expect("merges");
    let body = Field::Body.object(&ada).expect("a body");
    ada.splice_text(&body, 0, 0, &"un long passage qui se comprime ".repeat(20)).expect("spliced");
    ada.commit();
    ada
}

/// Notes, a group and cards, moved and changed.
fn canvas_history() -> AutoCommit {
    let mut doc = AutoCommit::new_with_encoding(ENCODING);
    doc.apply_changes([first(true)]).expect("applies");
    let mut ada = tab(&mut doc, 1);
    let object = |doc: &AutoCommit, key: &str| doc.get(ROOT, key).expect("read").expect("there").1;
    let (notes, groups, cards) = (object(&ada, "notes"), object(&ada, "groups"), object(&ada, "cards"));
    let group = ada.put_object(&groups, "g1", automerge::ObjType::Map).expect("a group");
    let title = ada.put_object(&group, "title", automerge::ObjType::Text).expect("a title");
    ada.splice_text(&title, 0, 0, "Matin").expect("spliced");
    for (key, value) in [("x", 1), ("y", 2), ("w", 300), ("h", 200)] {
        ada.put(&group, key, value).expect("put");
    }
    ada.put(&group, "colour", "yellow").expect("put");
    ada.commit();
    let note = ada.put_object(&notes, "n1", automerge::ObjType::Map).expect("a note");
    let text = ada.put_object(&note, "text", automerge::ObjType::Text).expect("a text");
    ada.splice_text(&text, 0, 0, "Du pain").expect("spliced");
    ada.put(&note, "x", 10).expect("put");
    ada.put(&note, "y", 20).expect("put");
    ada.put(&note, "colour", "green").expect("put");
    ada.commit();
    let card = ada.put_object(&cards, uuid::Uuid::from_u128(7).to_string(), automerge::ObjType::Map).expect("a card");
    ada.put(&card, "x", 5).expect("put");
    ada.put(&card, "y", 6).expect("put");
    ada.commit();
    ada.put(&note, "group", "g1").expect("put");
    ada.splice_text(&text, 2, 1, "é").expect("spliced");
    ada.commit();
    ada.put(&note, "x", 11).expect("put");
    ada.commit();
    ada.delete(&note, "group").expect("deleted");
    ada.commit();
    ada.delete(&notes, "n1").expect("deleted");
    ada.commit();
    ada
}

/// What two stock peers say until they agree, and what Atelier's own say.
fn messages(concept: &AutoCommit) -> Vec<Vec<u8>> {
    let mut messages = Vec::new();
    let mut other = AutoCommit::new_with_encoding(ENCODING);
    let mut doc = concept.clone();
    let (mut ours, mut theirs) = (State::new(), State::new());
    for _ in 0..8 {
        let (one, two) = (doc.sync().generate_sync_message(&mut ours), other.sync().generate_sync_message(&mut theirs));
        if one.is_none() && two.is_none() {
            break;
        }
        if let Some(message) = one {
            messages.push(message.clone().encode());
            other.sync().receive_sync_message(&mut theirs, message).expect("received");
        }
        if let Some(message) = two {
            messages.push(message.clone().encode());
            doc.sync().receive_sync_message(&mut ours, message).expect("received");
        }
    }
    let changes = doc.get_changes(&[]);
    let hashes: Vec<_> = changes.iter().skip(1).map(Change::hash).collect();
    let bundle = doc.bundle(hashes).expect("a bundle").bytes().to_vec();
    let raw: Vec<&[u8]> = changes.iter().map(|change| change.raw_bytes()).collect();
    let compressed: Vec<Vec<u8>> = changes.iter().cloned().map(|mut change| change.bytes().into_owned()).collect();
    let compressed: Vec<&[u8]> = compressed.iter().map(Vec::as_slice).collect();
    let (whole, plain) = (doc.save(), doc.save_nocompress());
    let heads: Vec<_> = doc.get_heads().iter().map(|head| head.0).collect();
    for (version, changes) in [
        (Version::V1, &raw[..]),
        (Version::V2, &raw[..]),
        (Version::V1, &raw[1..2]),
        (Version::V1, &compressed[..]),
        (Version::V2, &[&whole[..]][..]),
        (Version::V2, &[&plain[..]][..]),
        (Version::V1, &[&bundle[..]][..]),
        (Version::V2, &[&bundle[..]][..]),
        (Version::V1, &[][..]),
    ] {
        let have = vec![Have { last_sync: heads.clone(), ..Have::default() }];
        let message = SyncMessage {
            version,
            heads: heads.clone(),
            need: heads.clone(),
            have,
            changes: changes.to_vec(),
            flags: Some(Flags { supports_reset: true, ..Flags::default() }),
        };
        messages.push(message.encode());
        messages.push(SyncMessage { have: vec![], need: vec![], flags: None, ..message }.encode());
    }
    messages
}

fn frames(messages: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let document = DocumentId::from_uuid(uuid::Uuid::from_u128(42));
    let person = PersonId(uuid::Uuid::from_u128(7));
    let who =
        Who { peer: "peer".into(), person: Some(Known { id: person, name: "Ada".into(), role: Role::Customer }) };
    let guest = Who { peer: "guest".into(), person: None };
    let mut from_client = vec![
        FromClient::Join { sender: "peer".into(), versions: vec!["1".into()], atelier: None },
        FromClient::Join {
            sender: "peer".into(),
            versions: vec!["1".into()],
            atelier: Some(AtelierJoin { actor: Some(vec![1; 16]) }),
        },
        FromClient::Ephemeral { document, count: 3, session: "s".into(), data: vec![0xa1, 0x61, b'a', 1] },
        FromClient::Close { document },
        FromClient::Subscribe { topics: vec!["idea:1".into(), "idea:2".into()] },
        FromClient::Leave,
    ];
    from_client.extend(messages.iter().take(6).map(|data| FromClient::Sync { document, data: data.clone() }));
    let from_server = [
        FromServer::Peer { sender: "s".into(), target: "t".into(), atelier: None },
        FromServer::Peer {
            sender: "s".into(),
            target: "t".into(),
            atelier: Some(AtelierPeer { actor: vec![1; 16], who: who.clone() }),
        },
        FromServer::Unavailable { sender: "s".into(), target: "t".into(), document },
        FromServer::Error { sender: "s".into(), target: "t".into(), message: "no".into() },
        FromServer::Stored { document, hashes: vec![[1; 32], [2; 32]] },
        FromServer::Rejected {
            document,
            hash: [3; 32],
            code: RejectCode::Forbidden,
            path: "notes/n1/text".into(),
            reason: "Only its author may.".into(),
        },
        FromServer::Present { document, peers: vec![who.clone(), guest] },
        FromServer::Access { document, write: true, arrange: true, tidy: false },
        FromServer::Event { topic: "idea:1".into(), kind: "gone".into(), data: "null".into() },
        FromServer::Ephemeral {
            sender: "s".into(),
            target: String::new(),
            document,
            count: 1,
            session: "s".into(),
            data: vec![0xf6],
            from: Some(who),
        },
    ];
    let client = from_client.iter().map(|message| encode_client(message, "peer", "server"));
    client.chain(from_server.iter().map(encode_server)).collect()
}

/// The body of a change: what follows the kind and the length.
fn body(bytes: &[u8]) -> &[u8] {
    let length = bytes[9..].iter().position(|byte| byte & 0x80 == 0).expect("a length");
    &bytes[9 + length + 1..]
}

fn item(kind: u8, body: &[u8]) -> Vec<u8> {
    let length = u16::try_from(body.len()).expect("short").to_le_bytes();
    [&[kind], &length[..], body].concat()
}

fn bodies(concept: &AutoCommit, canvas: &AutoCommit) -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for (head, doc) in [(0b0000_0010, concept), (0b0001_1101, canvas), (0b0000_0101, canvas)] {
        let mut doc = doc.clone();
        let changes = doc.get_changes(&[]);
        let items: Vec<Vec<u8>> = changes[1..].iter().map(|change| item(1, body(change.raw_bytes()))).collect();
        for length in 1..=items.len() {
            seeds.push([&[head][..], &items[..length].concat()].concat());
        }
        let hashes: Vec<_> = changes.iter().skip(1).map(Change::hash).collect();
        let bundle = doc.bundle(hashes).expect("a bundle");
        seeds.push([&[head][..], &item(3, body(bundle.bytes()))].concat());
        seeds.push([&[head][..], &item(0, body(&doc.save_nocompress()))].concat());
        let mut deflated = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::default());
        deflated.write_all(body(changes[1].raw_bytes())).expect("written");
        seeds.push([&[head][..], &item(2, &deflated.finish().expect("deflated"))].concat());
    }
    seeds
}

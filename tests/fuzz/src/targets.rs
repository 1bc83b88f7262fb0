//! What must hold for any bytes. Tests replay the corpus with these, and `cargo xtask fuzz` looks for more.

use automerge::{ActorId, Automerge, LoadOptions};
use shared::{
    PersonId,
    live::{
        bloom::Bloom,
        canvas,
        change::Change,
        chunk::chunks,
        codec::{decode_client, decode_server, encode_client, encode_server},
        concept::{self, ENCODING, Field, Texts},
        guard::{self, Bounds},
        ledger::{Author, Ledger},
        message::FromClient,
        permit::Rights,
        sync::{SyncMessage, Version},
    },
};

/// A name, and what must hold.
pub type Target = (&'static str, fn(&[u8]));

/// Every target.
pub const ALL: [Target; 3] = [("frames", frames), ("sync", sync), ("validator", validator)];

/// CBOR frames: what can be read can be written, and reads the same again.
///
/// # Panics
/// When that is not so.
pub fn frames(data: &[u8]) {
    if let Ok(frame) = decode_client(data)
        && frame.message != FromClient::Other
    {
        let sender = frame.sender.clone().unwrap_or_default();
        let again = decode_client(&encode_client(&frame.message, &sender, "")).expect("what was written can be read");
        assert_eq!(again.message, frame.message);
    }
    if let Ok(message) = decode_server(data) {
        let again = decode_server(&encode_server(&message)).expect("what was written can be read");
        assert_eq!(again, message);
    }
}

/// Sync messages: read within bounds, and what is read is what the bytes say.
///
/// # Panics
/// When that is not so.
pub fn sync(data: &[u8]) {
    if let Ok(message) = SyncMessage::decode(data) {
        let filters = message.have.iter().map(|have| &have.bloom);
        let size: usize = filters.clone().map(Bloom::size).sum();
        assert!(size <= data.len(), "a filter larger than its message");
        for filter in filters {
            let _ = filter.may_contain(&[data.len().to_le_bytes()[0]; 32]);
        }
        let written = message.encode();
        let again = SyncMessage::decode(&written).expect("what was written can be read");
        assert_eq!((&again.heads, &again.need, &again.have), (&message.heads, &message.need, &message.have));
        assert_eq!(again.changes.concat(), message.changes.concat());
    }
    let bounds = Bounds { change: 64 * 1024, ..Bounds::default() };
    if let Ok(inbound) = guard::read_within(data, &bounds) {
        let bytes: usize = inbound.changes.iter().map(|change| change.bytes.len()).sum();
        assert!(bytes <= bounds.change * Bounds::CHANGES, "{bytes} bytes of changes");
        for arrived in inbound.changes {
            let chunk = chunks(&arrived.bytes, usize::MAX).next().expect("a chunk").expect("that can be read");
            assert_eq!(chunk.hash, arrived.hash);
            let change = Change::parse(&chunk).expect("it was parsed before");
            assert_eq!((change.actor(), &change.deps), (&*arrived.actor, &arrived.deps));
            if arrived.sound {
                let theirs = automerge::Change::from_bytes(arrived.bytes.to_vec()).expect("Automerge reads it too");
                assert_eq!(theirs.hash().0, arrived.hash);
                assert_eq!(theirs.len(), change.operations().count());
            }
        }
    }
}

/// Operations of a change beyond which it is left out, so that many can be tried.
const OPERATIONS: usize = 2000;

/// Changes, of which the ledger finds some fit: those apply, replay, and come back from a saved document.
///
/// The first byte says which document and which rights; then come bodies of chunks, each behind its kind and its length
/// in two bytes. Their checksums are made here, since no chance would find them.
///
/// # Panics
/// When that is not so.
pub fn validator(data: &[u8]) {
    let Some((head, mut rest)) = data.split_first() else { return };
    let bit = |at: u8| head >> at & 1 == 1;
    let is_canvas = bit(0);
    let first = first(is_canvas);
    let author = Author {
        person: PersonId(uuid::Uuid::from_bytes([1; 16])),
        rights: Rights { edit: bit(1), note: bit(2), arrange: bit(3), tidy: bit(4) },
    };
    let (mut ledger, mut log) = (Ledger::default(), Ledger::default());
    for ledger in [&mut ledger, &mut log] {
        with_change(first.raw_bytes(), |change| ledger.begin(change).expect("it begins"));
    }
    let mut all = vec![first];
    while let Some((kind, body)) = next(&mut rest) {
        let chunk = chunk(kind, body);
        let message = SyncMessage {
            version: Version::V2,
            heads: vec![],
            need: vec![],
            have: vec![],
            changes: vec![&chunk],
            flags: None,
        };
        let Ok(inbound) = guard::read(&message.encode()) else { continue };
        for arrived in inbound.changes.into_iter().filter(|arrived| arrived.sound) {
            with_change(&arrived.bytes, |change| {
                if change.operations().count() > OPERATIONS || ledger.find(&change.hash).is_some() {
                    return;
                }
                let Ok(fit) = ledger.check(change, &author) else { return };
                ledger.add(fit);
                log.replay(change, author.person).expect("what was fit replays");
                all.push(automerge::Change::from_bytes(arrived.bytes.to_vec()).expect("what was fit can be read"));
            });
        }
    }
    if ledger.len() == 1 {
        return;
    }
    assert_eq!((ledger.len(), log.len()), (all.len() as u32, all.len() as u32));
    let mut doc = Automerge::new_with_encoding(ENCODING);
    doc.apply_changes(all).expect("what was fit applies");
    assert_eq!(ledger.lengths(), log.lengths());
    let options = LoadOptions::new().text_encoding(ENCODING);
    let back = Automerge::load_with_options(&doc.save(), options).expect("a saved document loads");
    assert_eq!(back.get_heads(), doc.get_heads());
    if !is_canvas {
        let Texts { title, pitch, body } = concept::read(&back).expect("it is a concept still");
        let chars = [title, pitch, body].map(|text| text.chars().count() as u64);
        assert_eq!(ledger.lengths(), chars);
        assert!(Field::ALL.into_iter().all(|field| field.object(&back).is_ok()));
    }
}

/// The first change of a document that is always the same.
#[must_use]
pub fn first(is_canvas: bool) -> automerge::Change {
    let actor = ActorId::from([9; 16].as_slice());
    let texts = Texts { title: "Pain".into(), pitch: "Au levain".into(), body: "Lent 🍞".into() };
    let first = if is_canvas { canvas::first_change(actor, 0) } else { concept::first_change(actor, 0, &texts) };
    first.expect("a first change")
}

fn with_change<T>(bytes: &[u8], read: impl FnOnce(&Change<'_>) -> T) -> T {
    let chunk = chunks(bytes, usize::MAX).next().expect("a chunk").expect("that can be read");
    read(&Change::parse(&chunk).expect("a change"))
}

fn next<'a>(rest: &mut &'a [u8]) -> Option<(u8, &'a [u8])> {
    let (head, after) = rest.split_at_checked(3)?;
    let length = usize::from(u16::from_le_bytes([head[1], head[2]]));
    let (body, after) = after.split_at(length.min(after.len()));
    *rest = after;
    Some((head[0] & 3, body))
}

/// A chunk of this body with the right checksum. That of a compressed one is of what it inflates to.
fn chunk(kind: u8, body: &[u8]) -> Vec<u8> {
    const COMPRESSED: u8 = 2;
    let mut inflated = Vec::new();
    if kind == COMPRESSED {
        let reader = flate2::bufread::DeflateDecoder::new(body);
        let _ = std::io::Read::read_to_end(&mut std::io::Read::take(reader, 64 * 1024), &mut inflated);
    }
    let headed = |kind: u8, body: &[u8]| {
        let mut bytes = vec![kind];
        let mut length = body.len();
        while length >= 0x80 {
            bytes.push((length & 0x7f) as u8 | 0x80);
            length >>= 7;
        }
        bytes.push(length as u8);
        bytes.extend(body);
        bytes
    };
    let hashed = if kind == COMPRESSED { headed(1, &inflated) } else { headed(kind, body) };
    let checksum = <sha2::Sha256 as sha2::Digest>::digest(&hashed);
    [&[0x85, 0x6f, 0x4a, 0x83], &checksum[..4], &headed(kind, body)].concat()
}

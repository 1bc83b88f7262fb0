//! Sync messages as Automerge writes them, and broken ones.

use automerge::{
    AutoCommit, ROOT, ReadDoc,
    sync::{Message, State, SyncDoc},
    transaction::Transactable,
};
use proptest::{collection::vec, option, prelude::*};

use super::{
    bloom::Bloom,
    chunk::{ChunkError, Kind, chunks, document_heads},
    sync::{Flags, Hash, Have, SyncError, SyncMessage, Version},
};

fn hashes(max: usize) -> impl Strategy<Value = Vec<Hash>> {
    vec(any::<Hash>(), 0..max).prop_map(|mut hashes| {
        hashes.sort_unstable();
        hashes
    })
}

fn haves() -> impl Strategy<Value = Have> {
    (hashes(3), hashes(40)).prop_map(|(last_sync, set)| Have { last_sync, bloom: Bloom::of(set.iter()) })
}

fn flags() -> impl Strategy<Value = Flags> {
    any::<(bool, bool, bool)>().prop_map(|(reset, read_only, supports_reset)| Flags {
        reset,
        read_only,
        supports_reset,
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn a_message_reads_back_here_and_in_automerge(
        heads in hashes(5),
        need in hashes(5),
        have in vec(haves(), 0..3),
        blobs in vec(vec(any::<u8>(), 1..80), 0..4),
        flags in option::of(flags()),
    ) {
        let message = SyncMessage {
            version: Version::V1,
            heads,
            need,
            have,
            changes: blobs.iter().map(Vec::as_slice).collect(),
            flags,
        };
        let bytes = message.encode();
        prop_assert_eq!(SyncMessage::decode(&bytes), Ok(message.clone()));
        let theirs = Message::decode(&bytes).expect("Automerge reads it");
        prop_assert_eq!(theirs.clone().encode(), bytes.clone());
        prop_assert_eq!(theirs.changes.iter().collect::<Vec<_>>(), message.changes.clone());
        let end = bytes.len() - if flags.is_some() { 3 } else { 0 };
        for cut in (0..bytes.len()).filter(|cut| *cut != end) {
            prop_assert!(SyncMessage::decode(&bytes[..cut]).is_err(), "cut at {}", cut);
        }

        let joined = SyncMessage { version: Version::V2, ..message };
        let bytes = joined.encode();
        let read = SyncMessage::decode(&bytes).expect("reads");
        prop_assert_eq!(read.changes.concat(), blobs.concat());
        prop_assert!(read.changes.len() <= 1);
        prop_assert_eq!(Message::decode(&bytes).expect("Automerge reads it").encode(), bytes);
    }

    #[test]
    fn any_bytes_are_read_without_panic(mut bytes in vec(any::<u8>(), 0..300), head in any::<bool>()) {
        if head && !bytes.is_empty() {
            bytes[0] = 0x42;
        }
        let _ = SyncMessage::decode(&bytes);
        let _ = chunks(&bytes, 1 << 16).count();
    }

    #[test]
    fn a_filter_holds_what_it_was_given(set in hashes(100), others in hashes(100)) {
        let filter = Bloom::of(set.iter());
        prop_assert!(set.iter().all(|hash| filter.may_contain(hash)));
        let theirs = automerge::sync::BloomFilter::from_hashes(set.iter().map(|hash| automerge::ChangeHash(*hash)));
        for hash in &others {
            prop_assert_eq!(filter.may_contain(hash), theirs.contains_hash(&automerge::ChangeHash(*hash)));
        }
    }
}

/// A sync message with only a filter, whose bytes are given.
fn with_filter(filter: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0x42, 0, 0, 1, 0, u8::try_from(filter.len()).expect("short")];
    bytes.extend(filter);
    bytes.push(0);
    bytes
}

#[test]
fn hostile_messages_are_refused() {
    // No bits per entry: Automerge's own decoder divides by zero when it asks the filter.
    assert_eq!(SyncMessage::decode(&with_filter(&[1, 0, 7])), Err(SyncError::Filter));
    // 10^8 probes: 55 seconds there. u32::MAX: the process ends.
    assert_eq!(SyncMessage::decode(&with_filter(&[1, 8, 0x80, 0xc2, 0xd7, 0x2f, 1])), Err(SyncError::Filter));
    assert_eq!(SyncMessage::decode(&with_filter(&[1, 8, 0xff, 0xff, 0xff, 0xff, 0x0f, 1])), Err(SyncError::Filter));
    // More entries than the frame has bits for.
    assert_eq!(SyncMessage::decode(&with_filter(&[0xff, 0xff, 0xff, 0xff, 0x0f, 10, 7, 1])), Err(SyncError::Filter));
    // 2^62 heads, changes, filters.
    let many = [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x40];
    assert_eq!(SyncMessage::decode(&[&[0x42], &many[..]].concat()), Err(SyncError::Unreadable("heads")));
    assert_eq!(SyncMessage::decode(&[&[0x42, 0, 0, 0], &many[..]].concat()), Err(SyncError::Unreadable("changes")));
    assert_eq!(SyncMessage::decode(&[&[0x42, 0, 0], &many[..]].concat()), Err(SyncError::Unreadable("have")));
    let mut filters = vec![0x43, 0, 0, 100];
    filters.extend([0; 200]);
    assert_eq!(SyncMessage::decode(&filters), Err(SyncError::TooManyFilters));
    assert_eq!(SyncMessage::decode(&[]), Err(SyncError::Version));
    assert_eq!(SyncMessage::decode(&[0x44]), Err(SyncError::Version));
}

fn sample() -> AutoCommit {
    let mut doc = AutoCommit::new();
    for n in 0..5 {
        doc.put(ROOT, "key", format!("{n} {}", "long enough to be worth compressing ".repeat(20))).expect("put");
        doc.commit();
    }
    doc
}

#[test]
fn blobs_split_into_their_chunks() {
    let mut doc = sample();
    let mut changes = doc.get_changes(&[]);
    let blob: Vec<u8> = changes.iter().flat_map(|change| change.raw_bytes().to_vec()).collect();
    let split: Vec<_> = chunks(&blob, 1 << 20).collect::<Result<_, _>>().expect("splits");
    assert_eq!(split.len(), 5);
    for (chunk, change) in split.iter().zip(&changes) {
        assert_eq!(chunk.kind, Kind::Change);
        assert_eq!(chunk.hash, change.hash().0);
        assert_eq!(&*chunk.bytes, change.raw_bytes());
    }

    // Compressed, they come back inflated, within the bound and not beyond.
    let compressed: Vec<u8> = changes.iter_mut().flat_map(|change| change.bytes().to_vec()).collect();
    assert!(compressed.len() < blob.len());
    let inflated: Vec<_> = chunks(&compressed, 1 << 20).collect::<Result<_, _>>().expect("splits");
    assert_eq!(inflated.iter().map(|chunk| chunk.bytes.to_vec()).collect::<Vec<_>>().concat(), blob);
    assert_eq!(chunks(&compressed, 300).next(), Some(Err(ChunkError::Inflate)));

    // A whole document names its heads.
    let saved = doc.save();
    let whole: Vec<_> = chunks(&saved, 1 << 20).collect::<Result<_, _>>().expect("splits");
    assert_eq!(whole.len(), 1);
    assert_eq!(whole[0].kind, Kind::Document);
    let heads: Vec<Hash> = doc.get_heads().iter().map(|hash| hash.0).collect();
    assert_eq!(document_heads(&whole[0]), Some(heads));
    assert_eq!(document_heads(&split[0]), None);
}

#[test]
fn damaged_chunks_are_refused() {
    let blob = sample().get_changes(&[])[0].raw_bytes().to_vec();
    for at in 0..blob.len() {
        let mut damaged = blob.clone();
        damaged[at] ^= 0x10;
        assert!(chunks(&damaged, 1 << 20).any(|chunk| chunk.is_err()), "byte {at}");
    }
    for cut in 1..blob.len() {
        assert_eq!(chunks(&blob[..cut], 1 << 20).next(), Some(Err(ChunkError::Header)));
    }
    let mut unknown = blob;
    unknown[8] = 9;
    assert_eq!(chunks(&unknown, 1 << 20).next(), Some(Err(ChunkError::Type)));
}

#[test]
fn a_bomb_is_refused_while_small() {
    use std::io::Write as _;
    let mut deflated = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
    deflated.write_all(&vec![0; 50_000_000]).expect("deflates");
    let body = deflated.finish().expect("deflates");
    let mut bomb = vec![0x85, 0x6f, 0x4a, 0x83, 0, 0, 0, 0, 2];
    super::leb::put_unsigned(&mut bomb, body.len() as u64);
    bomb.extend(body);
    assert!(bomb.len() < 60_000);
    assert_eq!(chunks(&bomb, 1 << 20).next(), Some(Err(ChunkError::Inflate)));
}

#[test]
fn a_stock_exchange_is_understood() {
    let mut ours = sample();
    let mut theirs = AutoCommit::new();
    let (mut a, mut b) = (State::new(), State::new());
    for _ in 0..10 {
        let Some(message) = ours.sync().generate_sync_message(&mut a) else { break };
        let bytes = message.encode();
        let read = SyncMessage::decode(&bytes).expect("reads");
        assert!(read.flags.is_some_and(|flags| flags.supports_reset));
        assert_eq!(Message::decode(&read.encode()).expect("reads").encode(), bytes);
        theirs.sync().receive_sync_message(&mut b, Message::decode(&bytes).expect("reads")).expect("applies");
        let Some(message) = theirs.sync().generate_sync_message(&mut b) else { break };
        let bytes = message.encode();
        assert_eq!(SyncMessage::decode(&bytes).expect("reads").encode(), bytes);
        ours.sync().receive_sync_message(&mut a, Message::decode(&bytes).expect("reads")).expect("applies");
    }
    assert_eq!(ours.get_heads(), theirs.get_heads());
    assert!(theirs.get(ROOT, "key").expect("reads").is_some());
}

//! How the older part of a log is packed: many changes in one row, each as exact as it was.
//!
//! A change names those it builds on by 32 bytes that nothing can make smaller, and begins with a checksum of itself.
//! Both follow from the changes before and from the change's own bytes, so a segment leaves them out, and what remains is
//! deflated. A digest says, when it is read, that everything came back as it was.

use std::io::{Read as _, Write as _};

use flate2::{Compression, read::DeflateDecoder, write::DeflateEncoder};
use sha2::{Digest as _, Sha256};
use shared::{
    PersonId,
    live::{
        chunk::{CHANGE, MAGIC},
        leb::{Input, put_unsigned},
    },
};

use crate::store::StoreError;

/// The form of segments that this program writes and reads.
const FORM: u8 = 1;

/// A change of the log with everything that is kept of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its place.
    pub seq: u64,
    /// The hash of the change.
    pub hash: [u8; 32],
    /// The Automerge actor id that made it.
    pub actor: Vec<u8>,
    /// The person who sent it.
    pub person: PersonId,
    /// The change chunk.
    pub bytes: Vec<u8>,
    /// When it was stored, in milliseconds.
    pub stored_at: i64,
}

/// Packs changes that follow one another. Nothing when they would not come back the same.
#[must_use]
pub fn pack(entries: &[Entry]) -> Option<Vec<u8>> {
    let (mut facts, mut links, mut rest) = (Vec::new(), Vec::new(), Vec::new());
    let (mut actors, mut people): (Vec<&[u8]>, Vec<PersonId>) = (Vec::new(), Vec::new());
    let mut before = 0_i64;
    for (at, entry) in entries.iter().enumerate() {
        put_unsigned(&mut facts, place(&mut actors, entry.actor.as_slice()) as u64);
        put_unsigned(&mut facts, place(&mut people, entry.person) as u64);
        let later = entry.stored_at.wrapping_sub(before);
        put_unsigned(&mut facts, ((later << 1) ^ (later >> 63)).cast_unsigned());
        before = entry.stored_at;
        let (deps, tail) = split(&entry.bytes)?;
        put_unsigned(&mut links, deps.len() as u64);
        for dep in deps {
            match entries[..at].iter().rev().position(|earlier| earlier.hash == *dep) {
                Some(back) => put_unsigned(&mut links, back as u64 + 1),
                None => {
                    links.push(0);
                    links.extend(dep);
                }
            }
        }
        put_unsigned(&mut links, tail.len() as u64);
        rest.extend(tail);
    }
    let mut plain = Vec::new();
    put_unsigned(&mut plain, entries.len() as u64);
    put_unsigned(&mut plain, actors.len() as u64);
    actors.iter().for_each(|actor| put_prefixed(&mut plain, actor));
    put_unsigned(&mut plain, people.len() as u64);
    people.iter().for_each(|person| plain.extend(person.0.as_bytes()));
    for part in [facts, links, rest] {
        put_prefixed(&mut plain, &part);
    }
    let mut packed = vec![FORM];
    packed.extend(digest(entries));
    let mut deflate = DeflateEncoder::new(packed, Compression::best());
    deflate.write_all(&plain).ok()?;
    let packed = deflate.finish().ok()?;
    // What is about to be thrown away must be here.
    (unpack(entries.first()?.seq, &packed).ok()? == entries).then_some(packed)
}

/// The changes of a segment, of which the first has this place.
///
/// # Errors
/// When it is not what was packed.
pub fn unpack(first: u64, packed: &[u8]) -> Result<Vec<Entry>, StoreError> {
    read(first, packed).ok_or_else(|| StoreError::Corrupt("a segment of a log that cannot be read".into()))
}

fn read(first: u64, packed: &[u8]) -> Option<Vec<Entry>> {
    let (head, deflated) = packed.split_at_checked(33)?;
    if head[0] != FORM {
        return None;
    }
    let mut plain = Vec::new();
    DeflateDecoder::new(deflated).read_to_end(&mut plain).ok()?;
    let mut input = Input(&plain);
    let count = input.count(1)?;
    let actors: Vec<&[u8]> = (0..input.count(1)?).map(|_| input.prefixed()).collect::<Option<_>>()?;
    let people: Vec<PersonId> = (0..input.count(16)?)
        .map(|_| Some(PersonId(uuid::Uuid::from_slice(input.take(16)?).ok()?)))
        .collect::<Option<_>>()?;
    let mut part = || input.prefixed().map(Input);
    let (mut facts, mut links, mut rest) = (part()?, part()?, part()?);
    let mut entries: Vec<Entry> = Vec::with_capacity(count);
    let mut stored_at = 0_i64;
    for seq in (first..).take(count) {
        let actor = (*actors.get(usize::try_from(facts.unsigned()?).ok()?)?).to_vec();
        let person = *people.get(usize::try_from(facts.unsigned()?).ok()?)?;
        let later = facts.unsigned()?;
        stored_at = stored_at.wrapping_add((later >> 1).cast_signed() ^ -(later & 1).cast_signed());
        let mut body = Vec::new();
        let deps = links.unsigned()?;
        put_unsigned(&mut body, deps);
        for _ in 0..deps {
            match usize::try_from(links.unsigned()?).ok()? {
                0 => body.extend(links.take(32)?),
                back => body.extend(entries.get(entries.len().checked_sub(back)?)?.hash),
            }
        }
        body.extend(rest.take(links.unsigned()?)?);
        let mut tail = vec![CHANGE];
        put_prefixed(&mut tail, &body);
        let hash: [u8; 32] = Sha256::digest(&tail).into();
        let bytes = [&MAGIC, &hash[..4], &tail].concat();
        entries.push(Entry { seq, hash, actor, person, bytes, stored_at });
    }
    (digest(&entries)[..] == head[1..]).then_some(entries)
}

/// What a change builds on, and what follows that in its chunk.
fn split(bytes: &[u8]) -> Option<(Vec<&[u8; 32]>, &[u8])> {
    let mut chunk = Input(bytes.strip_prefix(&MAGIC)?);
    chunk.take(4)?;
    let mut body = (chunk.byte()? == CHANGE).then(|| chunk.prefixed().map(Input))??;
    let deps: Option<Vec<_>> = (0..body.count(32)?).map(|_| body.take(32)?.try_into().ok()).collect();
    chunk.is_empty().then_some((deps?, body.0))
}

fn digest(entries: &[Entry]) -> [u8; 32] {
    let add = |digest: Sha256, entry: &Entry| {
        let Entry { seq, hash, actor, person, stored_at, .. } = entry;
        let digest = digest.chain_update(seq.to_be_bytes()).chain_update(hash).chain_update(stored_at.to_be_bytes());
        digest.chain_update(person.0).chain_update((actor.len() as u64).to_be_bytes()).chain_update(actor)
    };
    entries.iter().fold(Sha256::new(), add).finalize().into()
}

fn put_prefixed(out: &mut Vec<u8>, bytes: &[u8]) {
    put_unsigned(out, bytes.len() as u64);
    out.extend(bytes);
}

/// Where something stands among those known; it is added when it is new.
fn place<T: PartialEq>(known: &mut Vec<T>, one: T) -> usize {
    known.iter().position(|other| *other == one).unwrap_or_else(|| {
        known.push(one);
        known.len() - 1
    })
}

#[cfg(test)]
mod tests {
    use automerge::{ActorId, AutoCommit, ROOT, transaction::Transactable as _};

    use super::*;

    /// Two people writing, apart and together.
    fn history() -> Vec<Entry> {
        let mut one = AutoCommit::new().with_actor(ActorId::from([1; 16]));
        let mut two = one.fork().with_actor(ActorId::from([2; 16]));
        for turn in 0..40_i64 {
            let doc = if turn % 3 == 0 { &mut two } else { &mut one };
            doc.put(ROOT, format!("key{}", turn % 7), turn).expect("a value");
            doc.commit();
            if turn % 5 == 0 {
                one.merge(&mut two).expect("they merge");
            }
        }
        one.merge(&mut two).expect("they merge");
        let people = [PersonId::new(), PersonId::new()];
        let changes = one.get_changes(&[]).into_iter().zip(501..);
        changes
            .map(|(change, seq)| Entry {
                seq,
                hash: change.hash().0,
                actor: change.actor_id().to_bytes().to_vec(),
                person: people[usize::from(change.actor_id().to_bytes()[0] == 2)],
                bytes: change.raw_bytes().to_vec(),
                stored_at: 1_700_000_000_000 - i64::try_from(seq).unwrap_or_default() * 7919 % 10_007,
            })
            .collect()
    }

    #[test]
    fn what_is_packed_comes_back_exactly_and_smaller() {
        let entries = history();
        assert_eq!(entries.len(), 40);
        let packed = pack(&entries).expect("it packs");
        assert_eq!(unpack(501, &packed).expect("it unpacks"), entries);
        let bytes: usize = entries.iter().map(|entry| entry.bytes.len() + entry.actor.len() + 32 + 16 + 8).sum();
        assert!(packed.len() * 4 < bytes, "{} of {bytes}", packed.len());
    }

    #[test]
    fn what_is_not_what_was_packed_is_not_read() {
        let entries = history();
        let packed = pack(&entries).expect("it packs");
        for at in 0..packed.len() {
            let mut spoilt = packed.clone();
            spoilt[at] ^= 4;
            // A bit that means nothing may differ; what comes back may not.
            assert!(unpack(501, &spoilt).is_ok_and(|back| back == entries) || unpack(501, &spoilt).is_err(), "{at}");
            assert!(unpack(501, &packed[..at]).is_err(), "{at}");
        }
    }

    #[test]
    fn what_cannot_be_rebuilt_is_not_packed() {
        let mut entries = history();
        entries[3].bytes[5] ^= 1;
        assert_eq!(pack(&entries), None, "a wrong checksum");
        let mut entries = history();
        entries[3].hash[0] ^= 1;
        assert_eq!(pack(&entries), None, "a wrong hash");
        let mut entries = history();
        entries[3].bytes.push(0);
        assert_eq!(pack(&entries), None, "something after it");
    }
}

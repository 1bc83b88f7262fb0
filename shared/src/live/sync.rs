//! The Automerge sync message, read and written within bounds.
//!
//! Automerge's own decoder trusts the sizes in Bloom filters and compressed chunks, which lets ten bytes stop a server;
//! this one checks them against the frame, borrows the changes from it and never panics.

use super::{
    bloom::Bloom,
    leb::{Input, put_unsigned},
};

/// The hash of a change.
pub type Hash = [u8; 32];

/// Filters that are read of one message, at most. Honest peers send one; how many are taken is the guard's to say.
const HAVES: usize = 64;

/// How the changes of a message are laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    /// A list of change chunks (first byte 0x42).
    V1,
    /// One blob of chunks one after the other, or a whole document (0x43). Only to peers whose messages carried flags.
    V2,
}

/// What the sender already has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Have {
    /// The heads both had at the end of the last exchange.
    pub last_sync: Vec<Hash>,
    /// What the sender has beyond those.
    pub bloom: Bloom,
}

/// The flags of a message. Their presence also says that the sender reads [`Version::V2`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flags {
    /// The receiver should forget what it has sent and begin afresh.
    pub reset: bool,
    /// The sender takes no changes.
    pub read_only: bool,
    /// The sender understands `reset`.
    pub supports_reset: bool,
}

/// A sync message; its changes are borrowed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyncMessage<'a> {
    /// How the changes are laid out.
    pub version: Version,
    /// The heads of the sender.
    pub heads: Vec<Hash>,
    /// Changes the sender asks for by name.
    pub need: Vec<Hash>,
    /// What the sender already has.
    pub have: Vec<Have>,
    /// Blobs of chunks: see [`super::chunk::chunks`].
    pub changes: Vec<&'a [u8]>,
    /// Absent from peers of before 2023.
    pub flags: Option<Flags>,
}

/// Bytes that are no sync message, or one that no honest peer would send.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SyncError {
    /// Neither version.
    #[error("a sync message must begin with 0x42 or 0x43")]
    Version,
    /// A list of hashes that does not fit.
    #[error("the sync message's {0} cannot be read")]
    Unreadable(&'static str),
    /// A filter whose sizes do not fit the frame.
    #[error("the sync message's filter has impossible sizes")]
    Filter,
    /// More filters than any honest peer sends.
    #[error("the sync message has too many filters")]
    TooManyFilters,
}

impl<'a> SyncMessage<'a> {
    /// Reads a message.
    ///
    /// # Errors
    /// Says what of it cannot be.
    pub fn decode(bytes: &'a [u8]) -> Result<Self, SyncError> {
        let mut input = Input(bytes);
        let version = match input.byte() {
            Some(0x42) => Version::V1,
            Some(0x43) => Version::V2,
            _ => return Err(SyncError::Version),
        };
        let heads = hashes(&mut input).ok_or(SyncError::Unreadable("heads"))?;
        let need = hashes(&mut input).ok_or(SyncError::Unreadable("need"))?;
        let filters = input.count(2).ok_or(SyncError::Unreadable("have"))?;
        if filters > HAVES {
            return Err(SyncError::TooManyFilters);
        }
        let mut have = Vec::with_capacity(filters);
        for _ in 0..filters {
            let last_sync = hashes(&mut input).ok_or(SyncError::Unreadable("have"))?;
            let filter = input.prefixed().ok_or(SyncError::Filter)?;
            have.push(Have { last_sync, bloom: Bloom::parse(filter).ok_or(SyncError::Filter)? });
        }
        let count = input.count(1).ok_or(SyncError::Unreadable("changes"))?;
        let mut changes = Vec::with_capacity(count.min(1024));
        for _ in 0..count {
            changes.push(input.prefixed().ok_or(SyncError::Unreadable("changes"))?);
        }
        let flags =
            if input.is_empty() { None } else { Some(flags(&mut input).ok_or(SyncError::Unreadable("flags"))?) };
        Ok(Self { version, heads, need, have, changes, flags })
    }

    /// Writes the message. In version 2, all its changes become one blob.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let changes: usize = self.changes.iter().map(|blob| blob.len() + 5).sum();
        let mut out = Vec::with_capacity(64 + 32 * (self.heads.len() + self.need.len()) * 2 + changes);
        out.push(match self.version {
            Version::V1 => 0x42,
            Version::V2 => 0x43,
        });
        put_hashes(&mut out, &self.heads);
        put_hashes(&mut out, &self.need);
        put_unsigned(&mut out, self.have.len() as u64);
        for have in &self.have {
            put_hashes(&mut out, &have.last_sync);
            have.bloom.write(&mut out);
        }
        match self.version {
            Version::V1 => {
                put_unsigned(&mut out, self.changes.len() as u64);
                for blob in &self.changes {
                    put_unsigned(&mut out, blob.len() as u64);
                    out.extend(*blob);
                }
            }
            Version::V2 => {
                let length: usize = self.changes.iter().map(|blob| blob.len()).sum();
                put_unsigned(&mut out, u64::from(length > 0));
                if length > 0 {
                    put_unsigned(&mut out, length as u64);
                    for blob in &self.changes {
                        out.extend(*blob);
                    }
                }
            }
        }
        if let Some(flags) = self.flags {
            // The byte 2 is what peers of before the other flags read.
            let bits = u8::from(flags.reset) | u8::from(flags.read_only) << 1 | u8::from(flags.supports_reset) << 2;
            out.extend([2, 2, 0x80 | bits]);
        }
        out
    }

    /// Whether it asks to begin afresh: it names heads, no shared past and sends nothing.
    #[must_use]
    pub fn is_reset(&self) -> bool {
        self.flags.is_some_and(|flags| flags.reset)
            || self.changes.is_empty()
                && !self.heads.is_empty()
                && self.have.first().is_some_and(|have| have.last_sync.is_empty())
    }
}

fn hashes(input: &mut Input<'_>) -> Option<Vec<Hash>> {
    let count = input.count(32)?;
    let bytes = input.take(count as u64 * 32)?;
    Some(bytes.as_chunks::<32>().0.to_vec())
}

fn put_hashes(out: &mut Vec<u8>, hashes: &[Hash]) {
    put_unsigned(out, hashes.len() as u64);
    for hash in hashes {
        out.extend(hash);
    }
}

fn flags(input: &mut Input<'_>) -> Option<Flags> {
    let bits = input.prefixed()?.iter().filter(|byte| *byte & 0x80 != 0).fold(0, |bits, byte| bits | byte);
    Some(Flags { reset: bits & 1 != 0, read_only: bits & 2 != 0, supports_reset: bits & 4 != 0 })
}

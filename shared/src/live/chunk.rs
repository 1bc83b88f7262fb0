//! Automerge's chunks: magic, checksum, type, length, body. Split and checked without reading what is inside.

use std::{borrow::Cow, io::Read};

use sha2::{Digest, Sha256};

use super::{
    leb::{Input, put_unsigned},
    sync::Hash,
};

/// How every chunk begins.
pub const MAGIC: [u8; 4] = [0x85, 0x6f, 0x4a, 0x83];
const DOCUMENT: u8 = 0;
/// The type of a chunk that is a change, not compressed.
pub const CHANGE: u8 = 1;
const COMPRESSED: u8 = 2;
const BUNDLE: u8 = 3;

/// What a chunk holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A whole document.
    Document,
    /// One change.
    Change,
    /// Several changes in a compact form.
    Bundle,
}

/// A chunk whose checksum is right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chunk<'a> {
    /// What it holds.
    pub kind: Kind,
    /// The hash of its type, length and body: for a change, the change's hash.
    pub hash: Hash,
    /// The whole chunk. A compressed change is given inflated.
    pub bytes: Cow<'a, [u8]>,
    /// Where in `bytes` its body begins.
    pub body_at: usize,
}

impl Chunk<'_> {
    /// What follows the header.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.bytes[self.body_at..]
    }
}

/// A blob that is no sequence of chunks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChunkError {
    /// Not a chunk's header, or a length beyond the end.
    #[error("a chunk's header cannot be read")]
    Header,
    /// A type nobody knows.
    #[error("a chunk of an unknown type")]
    Type,
    /// The checksum is not that of the body.
    #[error("a chunk's checksum is wrong")]
    Checksum,
    /// Not a deflate stream, or one that grows beyond the bound.
    #[error("a compressed chunk cannot be inflated within bounds")]
    Inflate,
}

/// The chunks of a blob, one after the other; none inflates beyond `bound` bytes. After an error it ends.
pub fn chunks(blob: &[u8], bound: usize) -> impl Iterator<Item = Result<Chunk<'_>, ChunkError>> {
    let mut input = Some(Input(blob));
    std::iter::from_fn(move || {
        let mut rest = input.take()?;
        if rest.is_empty() {
            return None;
        }
        let chunk = next(&mut rest, bound);
        if chunk.is_ok() {
            input = Some(rest);
        }
        Some(chunk)
    })
}

fn next<'a>(input: &mut Input<'a>, bound: usize) -> Result<Chunk<'a>, ChunkError> {
    let start = input.0;
    if input.take(4) != Some(&MAGIC) {
        return Err(ChunkError::Header);
    }
    let checksum = input.take(4).ok_or(ChunkError::Header)?;
    let kind = input.byte().ok_or(ChunkError::Header)?;
    let body = input.prefixed().ok_or(ChunkError::Header)?;
    let whole = &start[..start.len() - input.0.len()];
    let (kind, bytes, body_at) = match kind {
        DOCUMENT => (Kind::Document, Cow::Borrowed(whole), whole.len() - body.len()),
        CHANGE => (Kind::Change, Cow::Borrowed(whole), whole.len() - body.len()),
        BUNDLE => (Kind::Bundle, Cow::Borrowed(whole), whole.len() - body.len()),
        COMPRESSED => {
            let body = inflate(body, bound)?;
            let mut bytes = Vec::with_capacity(body.len() + 19);
            bytes.extend(MAGIC);
            bytes.extend(checksum);
            bytes.push(CHANGE);
            put_unsigned(&mut bytes, body.len() as u64);
            let body_at = bytes.len();
            bytes.extend(body);
            (Kind::Change, Cow::Owned(bytes), body_at)
        }
        _ => return Err(ChunkError::Type),
    };
    // The hash covers the type, the length and the body: all that follows the checksum.
    let hash: Hash = Sha256::digest(&bytes[8..]).into();
    if hash[..4] != *checksum {
        return Err(ChunkError::Checksum);
    }
    Ok(Chunk { kind, hash, bytes, body_at })
}

fn inflate(body: &[u8], bound: usize) -> Result<Vec<u8>, ChunkError> {
    let mut out = Vec::new();
    flate2::bufread::DeflateDecoder::new(body)
        .take(bound as u64 + 1)
        .read_to_end(&mut out)
        .map_err(|_| ChunkError::Inflate)?;
    if out.len() > bound { Err(ChunkError::Inflate) } else { Ok(out) }
}

/// The heads written in a document chunk, without loading it.
#[must_use]
pub fn document_heads(chunk: &Chunk<'_>) -> Option<Vec<Hash>> {
    if chunk.kind != Kind::Document {
        return None;
    }
    let mut input = Input(chunk.body());
    for _ in 0..input.count(1)? {
        input.prefixed()?;
    }
    let heads = input.count(32)?;
    (0..heads).map(|_| input.take(32)?.try_into().ok()).collect()
}

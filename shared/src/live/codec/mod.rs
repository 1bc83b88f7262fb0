//! The CBOR form of the messages: one map a frame, with text keys. See `docs/protocol.md`.
//!
//! Reading never panics, never allocates more than the frame holds, and ignores keys it does not know.
//! Writing gives exactly what stock automerge-repo peers read; Atelier's additions are extra keys and types.

mod client;
mod read;
mod server;
mod write;

#[cfg(test)]
mod tests;

pub use client::{ClientFrame, decode_client, encode_client};
pub use server::{decode_server, encode_server, sync_frame};

/// The one protocol version spoken.
pub const VERSION: &str = "1";
/// Bytes of a peer id or a session id, at most.
pub const PEER_ID: usize = 200;
/// Bytes of the data of an ephemeral message, at most.
pub const EPHEMERAL: usize = 16 * 1024;
/// Bytes of the path of a refusal, at most: an id, and a key of 64 characters.
pub const PATH: usize = 400;
/// Topics a peer may subscribe to at a time.
pub const TOPICS: usize = 64;
/// Bytes of a topic, at most.
pub const TOPIC: usize = 64;
/// Bytes of an Automerge actor id, at most. Stock actor ids have 16.
pub const ACTOR: usize = 64;

/// A frame that is no message of the protocol.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// Not CBOR, or not a map with text keys.
    #[error("a frame must be one CBOR map with text keys")]
    NotAMap,
    /// A key this type of message needs.
    #[error("`{0}` is missing")]
    Missing(&'static str),
    /// A value of another type than expected, or out of its range.
    #[error("`{0}` is not what it should be")]
    Wrong(&'static str),
    /// A value longer than allowed.
    #[error("`{0}` is too long")]
    TooLong(&'static str),
    /// A type of message only a newer peer would know. Sent by a server.
    #[error("a message of an unknown type")]
    UnknownType,
}

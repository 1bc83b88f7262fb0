//! The live protocol and its documents.
//!
//! One WebSocket per tab, at `/live`, speaks the automerge-repo protocol version "1" (binary frames, each a CBOR map);
//! peers that announce themselves as Atelier's in `peerMetadata` also get [`message::FromServer::Stored`],
//! [`Rejected`](message::FromServer::Rejected) and [`Event`](message::FromServer::Event). See `docs/protocol.md`.

#[cfg(feature = "live")]
pub mod bloom;
#[cfg(feature = "live")]
pub mod canvas;
#[cfg(feature = "live")]
pub mod caret;
#[cfg(feature = "live")]
pub mod change;
#[cfg(feature = "live")]
pub mod chunk;
pub mod codec;
#[cfg(feature = "live")]
mod column;
#[cfg(feature = "live")]
pub mod concept;
#[cfg(feature = "live")]
pub mod expand;
#[cfg(feature = "live")]
pub mod guard;
#[cfg(feature = "live")]
pub mod leb;
#[cfg(feature = "live")]
pub mod ledger;
pub mod message;
#[cfg(feature = "live")]
pub mod permit;
#[cfg(feature = "live")]
pub mod pointer;
pub mod refusal;
#[cfg(feature = "live")]
pub mod replica;
#[cfg(feature = "live")]
pub mod schema;
#[cfg(feature = "live")]
pub mod sync;
#[cfg(all(test, feature = "live"))]
mod sync_tests;

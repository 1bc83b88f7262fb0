//! The live rooms: people changing one document at the same time, and nothing they were told is stored ever lost.
//!
//! A frame comes in at a [`socket`], whose [`connection`] reads and checks it ([`guard`](shared::live::guard)) and hands it to the document's
//! [`room`]. The room verifies each change against its [`ledger`](shared::live::ledger), gives what is fit to the node's [`committer`], and only
//! after the commit acknowledges it and sends it to everybody else, encoded once. See `docs/protocol.md`.

mod allowance;
pub mod anchors;
pub mod caller;
pub mod committer;
pub mod connection;
mod faults;
pub mod history;
pub mod hub;
mod lender;
pub mod letters;
pub mod outbound;
pub mod rewrite;
pub mod room;
mod seats;
pub mod socket;
mod whereabouts;
pub mod wire;
pub mod written;

pub use hub::Hub;

//! The browser's half of live co-editing.
//!
//! Everybody loads [`Concept`] with the page, and the signed-in a WebSocket (`socket`) by which the reading view
//! follows what others write (`follow`). Those who may edit also get the `edit` chunk: Automerge and the editor.

mod concept;
#[cfg_attr(not(feature = "hydrate"), expect(dead_code, reason = "only a browser changes what is going on"))]
mod desk;
pub mod facts;
#[cfg_attr(not(feature = "hydrate"), expect(dead_code, reason = "only a browser changes what is going on"))]
mod kept;
mod passages;
pub(crate) mod restore;
mod status;

#[cfg(feature = "hydrate")]
mod courier;
#[cfg(feature = "hydrate")]
mod edit;
#[cfg(feature = "hydrate")]
mod editor;
#[cfg(feature = "hydrate")]
mod follow;
#[cfg(feature = "hydrate")]
pub(crate) mod frames;
#[cfg(feature = "hydrate")]
pub(crate) mod hold;
#[cfg(feature = "hydrate")]
mod labels;
#[cfg(feature = "hydrate")]
pub(crate) mod local;
#[cfg(feature = "hydrate")]
pub(crate) mod page;
#[cfg(feature = "hydrate")]
mod presence;
#[cfg(feature = "hydrate")]
mod select;
#[cfg(feature = "hydrate")]
mod session;
#[cfg(feature = "hydrate")]
pub(crate) mod shelf;
#[cfg(feature = "hydrate")]
pub(crate) mod socket;
#[cfg(feature = "hydrate")]
mod storage;
#[cfg(feature = "hydrate")]
pub(crate) mod waiting;

pub use concept::Concept;
pub use desk::Access;
pub use passages::{Quoted, Quoting, mark_id};

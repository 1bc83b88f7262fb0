//! The use cases: what people do, by the rules, in transactions.

pub mod access;
pub mod accounts;
pub mod again;
pub mod answerers;
pub mod attempts;
pub mod audit;
pub mod boards;
pub mod canvases;
pub mod changes;
pub mod coauthors;
pub mod columns;
pub mod comments;
pub mod credit;
pub mod decisions;
pub mod desk;
pub mod device;
pub mod entries;
pub mod erasure;
pub mod error;
pub mod exports;
pub mod feed_keys;
pub mod feeds;
pub mod fields;
mod first_posts;
pub mod freezes;
pub mod guests;
pub mod history;
pub mod ideas;
pub mod import;
pub mod inbox;
pub mod invites;
pub mod mail;
pub mod markdown;
pub mod me;
pub mod members;
pub mod merges;
pub mod names;
pub mod news;
pub mod passages;
pub mod password;
pub mod people;
pub mod pictures;
pub mod pipeline;
pub mod profiles;
pub mod promise;
pub mod proof;
pub mod recognition;
pub mod reports;
pub mod roadmap;
pub mod search;
pub mod secret;
pub mod session;
pub mod since;
pub mod stages;
pub mod suspension;
pub mod tags;
pub mod tokens;
pub mod votes;
pub mod workshop;
pub mod workspace;

pub use error::Error;

use std::time::{SystemTime, UNIX_EPOCH};

use shared::{
    api::{Millis, PersonView},
    rules::Refusal,
};

/// The present moment.
#[must_use]
pub fn now() -> Millis {
    // A clock before 1970 is no clock; zero keeps every comparison of times meaningful.
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .ok()
        .and_then(|since| Millis::try_from(since.as_millis()).ok())
        .unwrap_or_default()
}

/// The present moment, but later than another: what stands in one order is never of the same moment.
fn now_after(before: Millis) -> Millis {
    now().max(before + 1)
}

/// Somebody, where the rules let nobody else through.
fn signed(who: Option<&PersonView>) -> Result<&PersonView, Refusal> {
    who.ok_or(Refusal::SignIn)
}

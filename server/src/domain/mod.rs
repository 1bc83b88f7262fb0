//! The use cases: what people do, by the rules, in transactions.

pub mod access;
pub mod error;
pub mod fields;
pub mod me;
pub mod secret;
pub mod session;
pub mod workspace;

pub use error::Error;

use std::time::{SystemTime, UNIX_EPOCH};

use shared::api::Millis;

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

//! The use cases: what people do, by the rules, in transactions.

pub mod access;
mod error;

pub use error::{Error, Fields};

use std::time::{SystemTime, UNIX_EPOCH};

use shared::api::Millis;

/// The present moment, in milliseconds since 1970-01-01 UTC.
#[must_use]
pub fn now() -> Millis {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

//! The types of the JSON API under `/api/v1`.
//!
//! One file per resource. Times are integer milliseconds since 1970-01-01 UTC.

pub mod account;
pub mod anchor;
pub mod audit;
pub mod board;
pub mod canvas;
pub mod change;
pub mod colour;
pub mod comment;
pub mod credit;
pub mod desk;
pub mod entry;
pub mod feed;
pub mod freeze;
pub mod history;
pub mod idea;
pub mod import;
pub mod inbox;
pub mod invite;
pub mod mail;
pub mod merge;
pub mod news;
pub mod numbers;
pub mod picture;
pub mod pipeline;
pub mod problem;
pub mod profile;
pub mod progress;
pub mod promise;
pub mod recognition;
pub mod report;
pub mod rights;
pub mod roadmap;
pub mod search;
pub mod since;
pub mod stage;
pub mod tag;
pub mod timeline;
pub mod whereabouts;
pub mod workspace;

pub use account::*;
pub use anchor::*;
pub use audit::*;
pub use board::*;
pub use canvas::*;
pub use change::*;
pub use colour::*;
pub use comment::*;
pub use credit::*;
pub use desk::*;
pub use entry::*;
pub use feed::*;
pub use freeze::*;
pub use history::*;
pub use idea::*;
pub use import::*;
pub use inbox::*;
pub use invite::*;
pub use mail::*;
pub use merge::*;
pub use news::*;
pub use numbers::*;
pub use picture::*;
pub use pipeline::*;
pub use problem::*;
pub use profile::*;
pub use progress::*;
pub use promise::*;
pub use recognition::*;
pub use report::*;
pub use rights::*;
pub use roadmap::*;
pub use search::*;
pub use since::*;
pub use stage::*;
pub use tag::*;
pub use timeline::*;
pub use whereabouts::*;
pub use workspace::*;

use serde::{Deserialize, Serialize};

/// Milliseconds since 1970-01-01 UTC.
pub type Millis = i64;

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Page<T> {
    /// The items, in the list's order.
    pub items: Vec<T>,
    /// What to pass as `cursor` for the next page; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub next: Option<String>,
}

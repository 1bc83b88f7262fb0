//! The desk: what waits for moderators.

use serde::{Deserialize, Serialize};

use super::Millis;
use crate::DocumentId;

/// A document set aside: it broke again and again, and takes no changes until somebody lets it try again.
/// `GET /api/v1/desk/documents` answers a plain list of them, the latest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DocumentAside {
    /// The document.
    pub document: DocumentId,
    /// The number of the idea whose concept it is.
    pub idea: u32,
    /// The readable piece of the idea's address.
    pub slug: String,
    /// The idea's title.
    pub title: String,
    /// The title of the idea's board.
    pub board_title: String,
    /// Since when.
    pub since: Millis,
    /// How often it broke, in all.
    pub failures: i64,
    /// What went wrong the last time, in English, for whoever looks after the server.
    pub reason: String,
    /// The number of its changes.
    pub changes: i64,
}

//! The desk: what waits for moderators.

use serde::{Deserialize, Serialize};

use super::Millis;
use crate::DocumentId;

/// The idea of a concept that is set aside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct IdeaAside {
    /// Its number.
    pub number: u32,
    /// The readable piece of its address.
    pub slug: String,
    /// Its title.
    pub title: String,
}

/// A document set aside: it broke again and again, and takes no changes until somebody lets it try again.
/// `GET /api/v1/desk/documents` answers a plain list of them, the latest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DocumentAside {
    /// The document.
    pub document: DocumentId,
    /// The idea whose concept it is; absent when it is the canvas of the board.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idea: Option<IdeaAside>,
    /// The slug of the board.
    pub board: String,
    /// The title of the board.
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

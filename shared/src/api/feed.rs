//! The key of one's feeds.

use serde::{Deserialize, Serialize};

use super::Millis;

/// Whether a person has a key for their feeds, and since when: `GET /api/v1/me/feed-key`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FeedKeyView {
    /// When it was made; absent where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Millis>,
    /// When a feed was last read with it, to five minutes or so; absent where none was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub used_at: Option<Millis>,
}

/// A new key for one's feeds: the only time it is told.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FeedKeyMade {
    /// What stands behind `?key=` in the address of a feed.
    pub key: String,
    /// The address of the news with it, behind that of the server.
    pub news: String,
}

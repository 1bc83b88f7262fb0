//! Tags: words of a board by which its ideas are found.

use serde::{Deserialize, Serialize};

use super::Colour;
use crate::TagId;

/// A tag.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TagView {
    /// Its id.
    pub id: TagId,
    /// The word.
    pub name: String,
    /// Its colour.
    pub colour: Colour,
}

/// `POST /api/v1/boards/{slug}/tags` and `PUT /api/v1/boards/{slug}/tags/{tag}`: what a tag is to be.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SetTag {
    /// The word; no other tag of the board has it.
    pub name: String,
    /// Its colour.
    #[serde(default)]
    pub colour: Colour,
}

/// `PUT /api/v1/ideas/{number}/tags`: the tags that an idea has from now on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SetTags {
    /// Which, of those of its board.
    pub tags: Vec<TagId>,
}

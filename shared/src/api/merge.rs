//! Merging ideas that say the same.

use serde::{Deserialize, Serialize};

use super::{IdeaCard, Millis, PersonView};

/// An idea by what its address needs, and its title.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct IdeaName {
    /// The number in its address.
    pub number: u32,
    /// The readable piece of its address.
    pub slug: String,
    /// Its title.
    pub title: String,
}

/// An idea that was merged into the one at hand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MergedIdea {
    /// Which.
    pub idea: IdeaName,
    /// Who merged it.
    pub by: PersonView,
    /// Why; may be empty.
    pub reason: String,
    /// When.
    pub at: Millis,
}

/// `PUT /api/v1/ideas/{number}/merge`: merge an idea into another, in which it lives on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct MergeIdea {
    /// The number of the other.
    pub into: u32,
    /// Why, in plain text: everyone who sees them reads it.
    #[serde(default)]
    pub reason: String,
}

/// What merging an idea into another would carry: `GET /api/v1/ideas/{number}/merge?into=NUMBER`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MergePreview {
    /// The idea it would live on in.
    pub into: IdeaCard,
    /// Votes that would count for it besides its own.
    pub votes: u32,
    /// Votes of people who voted for both: they count once.
    pub votes_shared: u32,
    /// How many votes it would have.
    pub votes_then: u32,
    /// Comments that would stand under it.
    pub comments: u32,
    /// People who would follow it besides those who do.
    pub followers: u32,
    /// People who would be its co-authors besides those who are.
    pub coauthors: u32,
}

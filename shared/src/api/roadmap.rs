//! The roadmap: what is explored, built, piloted and launched, across boards.

use serde::{Deserialize, Serialize};

use super::{IdeaCard, Millis, Phase};

/// The ideas that the boards show as being on their way.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Roadmap {
    /// Its headings, in the order of the way.
    pub phases: Vec<RoadmapPhase>,
}

/// A heading of the roadmap, and the ideas under it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RoadmapPhase {
    /// Which.
    pub phase: Phase,
    /// How many ideas there are.
    pub ideas: u32,
    /// Some of them: the first are those in which most moves.
    pub items: Vec<RoadmapCard>,
    /// What to pass as `cursor`, with this `phase`, for more of them; absent where there are none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// An idea on its way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RoadmapCard {
    /// What lists show of it.
    pub card: IdeaCard,
    /// Its latest published update.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub update: Option<RoadmapUpdate>,
    /// What is to be reached next, where that is published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ahead: Option<RoadmapAhead>,
}

/// The latest update of an idea on its way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RoadmapUpdate {
    /// How it begins.
    pub words: String,
    /// When it was published.
    pub at: Millis,
}

/// The next milestone of an idea on its way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RoadmapAhead {
    /// What is to be reached.
    pub title: String,
    /// The day it is planned for, as in `2027-03-31`; absent where no day is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_on: Option<String>,
}

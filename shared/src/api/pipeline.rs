//! The pipeline of a board: its ideas, a column for each stage.

use serde::{Deserialize, Serialize};

use super::{IdeaCard, Millis, StageView};
use crate::StageId;

/// The ideas of a board by the stages they stand in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Pipeline {
    /// Its stages, in order.
    pub columns: Vec<PipelineColumn>,
    /// Whether the person asking may move ideas from one to another.
    pub may_move: bool,
}

/// A stage, and the ideas that stand in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PipelineColumn {
    /// Which.
    pub stage: StageView,
    /// How many ideas there are, of those that were asked for.
    pub ideas: u32,
    /// Some of them, in the order asked for.
    pub items: Vec<PipelineCard>,
    /// What to pass as `cursor`, with this `stage`, for more of them; absent where there are none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// An idea in its column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PipelineCard {
    /// What lists show of it.
    pub card: IdeaCard,
    /// Where the order puts it: the highest come first.
    pub rank: i64,
    /// When it came into this stage.
    pub since: Millis,
    /// Why, where that was said.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
}

/// How an idea came just now to stand where it does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Came {
    /// The stage it moved from; absent where it was proposed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<StageId>,
    /// Why, where that was said.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// When.
    pub at: Millis,
}

//! Fresh progress: what became of ideas lately.

use serde::{Deserialize, Serialize};

use super::{Millis, PersonView, StageView};
use crate::HappeningId;

/// That an idea moved to another stage, or was answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProgressView {
    /// What happened, by its id.
    pub id: HappeningId,
    /// The number of the idea.
    pub number: u32,
    /// The readable piece of the idea's address.
    pub slug: String,
    /// The idea's title, as it is now.
    pub title: String,
    /// The title of its board.
    pub board_title: String,
    /// Who moved or answered it.
    pub by: PersonView,
    /// The stage it moved to; absent where it was answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stage: Option<StageView>,
    /// The answer, for its permalink: `#c-ID`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// The reason of the move, or how the answer begins; may be empty.
    pub words: String,
    /// When.
    pub at: Millis,
}

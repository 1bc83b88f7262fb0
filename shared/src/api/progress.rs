//! Fresh progress: what became of ideas lately.

use serde::{Deserialize, Serialize};

use super::{Millis, NoticeKind, Outcome, PersonView, StageView};
use crate::{EntryId, HappeningId};

/// That an idea moved to another stage, was answered, or got further.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProgressView {
    /// What happened, by its id.
    pub id: HappeningId,
    /// What kind of thing.
    pub kind: NoticeKind,
    /// The number of the idea.
    pub number: u32,
    /// The readable piece of the idea's address.
    pub slug: String,
    /// The idea's title, as it is now.
    pub title: String,
    /// The title of its board.
    pub board_title: String,
    /// Who did it.
    pub by: PersonView,
    /// The stage it moved to; of a `stage` only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stage: Option<StageView>,
    /// The answer, for its permalink: `#c-ID`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// The piece of progress, for its permalink: `#p-ID`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entry: Option<EntryId>,
    /// What became of the experiment; of a `result` only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
    /// The reason of the move, or how the answer or piece of progress begins; may be empty.
    pub words: String,
    /// When.
    pub at: Millis,
}

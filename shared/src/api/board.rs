//! Boards.

use serde::{Deserialize, Serialize};

use super::{Millis, PersonView, PromiseRecord, PromiseView, StageView, TagView};
use crate::{
    BoardId, DocumentId,
    rules::{Audience, EditingRule},
};

/// A board, as somebody sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BoardView {
    /// Its id.
    pub id: BoardId,
    /// The word in its address.
    pub slug: String,
    /// Its title.
    pub title: String,
    /// What it is for, in a sentence or two.
    pub purpose: String,
    /// Who may see it.
    pub audience: Audience,
    /// Who co-edits its concepts.
    pub editing: EditingRule,
    /// The steps of its pipeline, in order.
    pub stages: Vec<StageView>,
    /// The tags that its ideas may have, by name.
    pub tags: Vec<TagView>,
    /// How many ideas it has.
    pub ideas: u32,
    /// When one of its ideas last changed, or it was made.
    pub active_at: Millis,
    /// The document of its canvas.
    pub canvas: DocumentId,
    /// How many votes each person may give here in a calendar month (UTC); absent where there is no limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub votes_per_month: Option<u32>,
    /// Whether the first post of a newcomer waits for a moderator.
    #[serde(default)]
    pub holds_first: bool,
    /// How many of them the person asking has left this month; absent for visitors, and in lists of boards.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub votes_left: Option<u32>,
    /// Within which time it promises an answer; absent where it promises none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promise: Option<PromiseView>,
    /// How it kept its promises in the last 90 days; absent where it never promised anything, and in lists of boards.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<PromiseRecord>,
    /// Whether the person asking may propose an idea.
    pub may_propose: bool,
    /// Whether the person asking may set its rules, stages, tags and members.
    pub may_govern: bool,
}

/// `POST /api/v1/boards`: create a board.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewBoard {
    /// Its title.
    pub title: String,
    /// What it is for.
    #[serde(default)]
    pub purpose: String,
    /// Who may see it.
    pub audience: Audience,
    /// Who co-edits its concepts.
    pub editing: EditingRule,
}

/// `PATCH /api/v1/boards/{slug}`: change a board. Absent fields stay.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct EditBoard {
    /// Its title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
    /// Who may see it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audience: Option<Audience>,
    /// Who co-edits its concepts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub editing: Option<EditingRule>,
    /// How many votes each person may give here in a calendar month; 0 for no limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub votes_per_month: Option<u32>,
    /// Whether the first post of a newcomer waits for a moderator.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holds_first: Option<bool>,
    /// Within how many days it promises an answer, 1 to 365; 0 for no promise. What was promised for an idea before stays so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promise_days: Option<u32>,
}

/// A member of a board.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MemberView {
    /// Who.
    pub person: PersonView,
    /// Since when.
    pub since: Millis,
}

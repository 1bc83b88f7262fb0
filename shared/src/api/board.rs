//! Boards.

use serde::{Deserialize, Serialize};

use super::{Millis, PersonView};
use crate::{
    BoardId, StageId,
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
    /// How many ideas it has.
    pub ideas: u32,
    /// When one of its ideas last changed, or it was made.
    pub active_at: Millis,
    /// Whether the person asking may propose an idea.
    pub may_propose: bool,
    /// Whether the person asking may set its rules and members.
    pub may_govern: bool,
}

/// A step of a board's pipeline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StageView {
    /// Its id.
    pub id: StageId,
    /// Its name in French.
    pub fr: String,
    /// Its name in English.
    pub en: String,
    /// Its colour.
    pub colour: Colour,
}

/// A colour of the palette; the styles say what it looks like in each theme.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Colour {
    /// Quiet grey.
    #[default]
    Slate,
    /// Warm yellow.
    Amber,
    /// Orange.
    Coral,
    /// Pink.
    Rose,
    /// Purple.
    Plum,
    /// Blue.
    Sky,
    /// Blue-green.
    Teal,
    /// Green.
    Leaf,
}

impl Colour {
    /// Every colour.
    pub const ALL: [Self; 8] =
        [Self::Slate, Self::Amber, Self::Coral, Self::Rose, Self::Plum, Self::Sky, Self::Teal, Self::Leaf];

    /// The word the API, the store and the styles use.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Slate => "slate",
            Self::Amber => "amber",
            Self::Coral => "coral",
            Self::Rose => "rose",
            Self::Plum => "plum",
            Self::Sky => "sky",
            Self::Teal => "teal",
            Self::Leaf => "leaf",
        }
    }

    /// The colour of that word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|colour| colour.as_str() == word)
    }

    /// The colour people's carets and avatars have, the same on every screen, from the bytes of their id.
    #[must_use]
    pub fn of_person(id: crate::PersonId) -> Self {
        // FNV-1a: ids made in the same moment share most of their bytes, and must not share their colour.
        let hash =
            id.0.as_bytes()
                .iter()
                .fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193));
        let place = (hash >> 16) as usize % (Self::ALL.len() - 1);
        // Slate is for what has no person.
        Self::ALL[1 + place]
    }
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

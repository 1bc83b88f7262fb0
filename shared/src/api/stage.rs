//! The stages of a board.

use serde::{Deserialize, Serialize};

use super::Colour;
use crate::{StageId, rules::words};

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
    /// What being in it says of an idea.
    pub kind: StageKind,
}

/// What being in a stage says of an idea.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum StageKind {
    /// Nobody has looked at it yet.
    New,
    /// It is being looked at or worked on.
    Open,
    /// It is there.
    Launched,
    /// It will not be done, for a reason that is given.
    Declined,
}

impl StageKind {
    /// Every kind, in the order a pipeline has them.
    pub const ALL: [Self; 4] = [Self::New, Self::Open, Self::Launched, Self::Declined];

    /// The word the API and the store use.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Open => "open",
            Self::Launched => "launched",
            Self::Declined => "declined",
        }
    }

    /// The kind of that word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

/// A heading of the roadmap.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Phase {
    /// It is being understood.
    Explored,
    /// It is being made.
    Built,
    /// Some try it.
    Piloted,
    /// It is there for everybody.
    Launched,
}
words!(Phase: Explored = "explored", Built = "built", Piloted = "piloted", Launched = "launched");

impl StageKind {
    /// The heading of the roadmap under which a stage of this kind shows its ideas, where `chosen` was wished for: what is
    /// being worked on is shown as the board chooses, what is there is always shown as that, and nothing else is shown.
    #[must_use]
    pub fn phase(self, chosen: Option<Phase>) -> Option<Phase> {
        match self {
            Self::Open => chosen.filter(|phase| *phase != Phase::Launched),
            Self::Launched => Some(Phase::Launched),
            Self::New | Self::Declined => None,
        }
    }
}

/// A stage, and how many ideas stand in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StageCount {
    /// Which.
    pub stage: StageView,
    /// Under which heading of the roadmap its ideas are shown; absent where they are not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phase: Option<Phase>,
    /// How many; those count that are not shown as others are.
    pub ideas: u32,
}

/// `PUT /api/v1/boards/{slug}/stages`: what the stages of a board are from now on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SetStages {
    /// The stages, in order. Those of now that are not among them go.
    pub stages: Vec<WantedStage>,
    /// Where the ideas go that stand in stages which go.
    #[serde(default)]
    pub moved: Vec<MovedOn>,
    /// The stages there were when this was made, in order. When there are others by now, nothing is set. Where this is
    /// absent, no stage goes that `moved` does not name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known: Option<Vec<StageId>>,
}

/// A stage as it is to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct WantedStage {
    /// Which stage of now it is; absent for a new one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<StageId>,
    /// Its name in French.
    pub fr: String,
    /// Its name in English.
    pub en: String,
    /// Its colour.
    pub colour: Colour,
    /// What being in it says of an idea: `new` of the first, and of no other.
    pub kind: StageKind,
    /// Under which heading of the roadmap its ideas are shown; absent to show them nowhere. Only `open` stages choose:
    /// those that are `launched` are shown as that, the others not at all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phase: Option<Phase>,
}

/// Where ideas go whose stage goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct MovedOn {
    /// The stage that goes.
    pub from: StageId,
    /// The stage of now that they are in then.
    pub to: StageId,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_worked_on_chooses_where_it_shows() {
        for chosen in Phase::ALL.iter().copied().map(Some).chain([None]) {
            assert_eq!(StageKind::Launched.phase(chosen), Some(Phase::Launched));
            assert_eq!(StageKind::Open.phase(chosen), chosen.filter(|chosen| *chosen != Phase::Launched));
            assert_eq!((StageKind::New.phase(chosen), StageKind::Declined.phase(chosen)), (None, None));
        }
    }
}

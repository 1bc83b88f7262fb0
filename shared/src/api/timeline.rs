//! What became of an idea, as one timeline.

use serde::{Deserialize, Serialize};

use super::{ExperimentView, MilestoneView, Millis, PersonView, StageView, UpdateView};
use crate::CommentId;

/// Something that became of an idea.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum TimelineEntry {
    /// It moved to another stage.
    Stage {
        /// Where it stood.
        from: StageView,
        /// Where it stands since.
        to: StageView,
        /// Who moved it.
        by: PersonView,
        /// Why; may be empty.
        reason: String,
        /// When.
        at: Millis,
    },
    /// The company answered.
    Answer {
        /// The answer among what is said: `#c-ID`.
        comment: CommentId,
        /// Who answered.
        by: PersonView,
        /// The text as sanitised HTML.
        body_html: String,
        /// When.
        at: Millis,
    },
    /// An update.
    Update(UpdateView),
    /// A milestone that was reached.
    Milestone(MilestoneView),
    /// An experiment: where it was concluded, or else where it began.
    Experiment(ExperimentView),
    /// The concept was frozen.
    Frozen {
        /// By whom.
        by: PersonView,
        /// What was said of it; may be empty.
        words: String,
        /// When.
        at: Millis,
    },
    /// The concept is no longer frozen.
    Thawed {
        /// By whom.
        by: PersonView,
        /// When.
        at: Millis,
    },
}

impl TimelineEntry {
    /// Where it stands in the timeline.
    #[must_use]
    pub fn at(&self) -> Millis {
        match self {
            Self::Stage { at, .. } | Self::Answer { at, .. } | Self::Frozen { at, .. } | Self::Thawed { at, .. } => *at,
            Self::Update(update) => update.head.shown_at(),
            Self::Milestone(milestone) => milestone.head.shown_at().max(milestone.done_at.unwrap_or_default()),
            Self::Experiment(experiment) => {
                let concluded = experiment.conclusion.as_ref().map(|conclusion| conclusion.at);
                experiment.head.shown_at().max(concluded.unwrap_or_default())
            }
        }
    }
}

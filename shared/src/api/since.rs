//! What came to an idea since somebody who supports it last looked at it.

use serde::{Deserialize, Serialize};

use super::{Millis, PersonView, Stretch, TimelineEntry};

/// Who was away from an idea for so long begins another visit.
pub const VISIT_PAUSE: Millis = 30 * 60 * 1000;

/// `GET /api/v1/ideas/{number}/since`: what came since the person asking last looked at an idea they support, or since they
/// voted for it. What they did themselves is no news to them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct IdeaSince {
    /// Since when; nothing for whoever does not support the idea, for whom nothing is noted and nothing told.
    pub moment: Option<SinceMoment>,
    /// Who wrote in the concept, whoever did last first: three at most.
    pub wrote: Vec<PersonView>,
    /// How many others did.
    pub others_wrote: u32,
    /// Comments.
    pub comments: u32,
    /// People who voted for it, those aside who took their vote back.
    pub votes: u32,
    /// The last moves, answers and pieces of progress, the last first: three at most.
    pub happened: Vec<TimelineEntry>,
    /// Whether there were more.
    pub more_happened: bool,
}

impl IdeaSince {
    /// Whether anything came.
    #[must_use]
    pub fn is_news(&self) -> bool {
        let Self { moment, wrote, comments, votes, happened, .. } = self;
        moment.is_some() && (!wrote.is_empty() || *comments > 0 || *votes > 0 || !happened.is_empty())
    }
}

/// Since when it is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SinceMoment {
    /// What was then.
    pub what: SinceWhat,
    /// When.
    pub at: Millis,
}

/// What the person did then.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum SinceWhat {
    /// They looked at the idea. Who comes back within half an hour goes on with the same visit.
    Visit,
    /// They voted for it, and did not look at it since.
    Vote,
}

/// `GET /api/v1/ideas/{number}/since/texts`: what came and went in the concept since then, word by word.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TextsSince {
    /// The title, from then to now.
    pub title: Vec<Stretch>,
    /// The pitch.
    pub pitch: Vec<Stretch>,
    /// The body.
    pub body: Vec<Stretch>,
}

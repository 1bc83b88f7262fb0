//! News: what people said, and what was done.

use serde::{Deserialize, Serialize};

use super::{IdeaCard, Millis, Outcome, PersonView};
use crate::{CommentId, EntryId, rules::words};

/// What kind of story an idea became.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum NewsKind {
    /// It is there.
    Launched,
    /// The company answered, and it may still become something.
    Answered,
    /// It will not be done, and it was said why.
    Declined,
}
words!(NewsKind: Launched = "launched", Answered = "answered", Declined = "declined");

/// An idea that was launched or answered, with its story.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewsStory {
    /// The idea: what was said, who proposed it and who shaped it.
    pub card: IdeaCard,
    /// What kind of story it is.
    pub what: NewsKind,
    /// When it last became news: was answered, launched or declined.
    pub at: Millis,
    /// The latest answer that stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<NewsAnswer>,
    /// How it came to be launched or declined.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub came: Option<NewsMove>,
    /// The latest published update or result of an experiment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub progress: Option<NewsProgress>,
}

/// An answer in the company's name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewsAnswer {
    /// The answer among what is said: `#c-ID`.
    pub comment: CommentId,
    /// Who answered.
    pub by: PersonView,
    /// How it begins.
    pub words: String,
    /// When.
    pub at: Millis,
}

/// A move to the stage in which an idea stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewsMove {
    /// Who moved it.
    pub by: PersonView,
    /// Why; may be empty.
    pub reason: String,
    /// When.
    pub at: Millis,
}

/// An update, or the result of an experiment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewsProgress {
    /// The piece of progress in the timeline: `#p-ID`.
    pub entry: EntryId,
    /// Who wrote it.
    pub by: PersonView,
    /// How it begins; of an experiment, why what was tried is kept or reverted.
    pub words: String,
    /// What became of what was tried; absent of an update.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
    /// When.
    pub at: Millis,
}

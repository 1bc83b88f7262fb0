//! The progress of an idea, as the company publishes it: updates, milestones and experiments.

use serde::{Deserialize, Serialize};

use super::{Millis, PersonView};
use crate::{EntryId, rules::words};

/// What every piece of progress has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EntryHead {
    /// Its id.
    pub id: EntryId,
    /// Who wrote it.
    pub by: PersonView,
    /// When.
    pub created_at: Millis,
    /// When it was published; absent while only the company's people see it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published_at: Option<Millis>,
    /// When it was last changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edited_at: Option<Millis>,
    /// Whether the person asking may change it.
    pub may_edit: bool,
    /// Whether the person asking may take it away.
    pub may_remove: bool,
}

impl EntryHead {
    /// Since when those see it who see it now.
    pub(super) fn shown_at(&self) -> Millis {
        self.published_at.unwrap_or(self.created_at)
    }
}

/// An update: how things stand, in the company's words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UpdateView {
    /// What every piece of progress has.
    #[serde(flatten)]
    pub head: EntryHead,
    /// The text, Markdown.
    pub body: String,
    /// The same as sanitised HTML.
    pub body_html: String,
    /// How far the idea is, in percent; absent where it says nothing of that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub percent: Option<u8>,
}

/// `POST /api/v1/ideas/{number}/updates`: publish an update; `PUT /api/v1/updates/{id}`: let it say this instead.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct WrittenUpdate {
    /// The text, Markdown.
    pub body: String,
    /// How far the idea is, 0 to 100; absent to say nothing of that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub percent: Option<u8>,
    /// Whether only the company's people see it, until it is published. What was published stays so.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub staff: bool,
}

/// A milestone: something to be reached, and whether it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MilestoneView {
    /// What every piece of progress has.
    #[serde(flatten)]
    pub head: EntryHead,
    /// What is to be reached.
    pub title: String,
    /// The day it is planned for, as in `2027-03-31`; absent where no day is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_on: Option<String>,
    /// When it was reached; absent until then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub done_at: Option<Millis>,
}

/// `POST /api/v1/ideas/{number}/milestones`: add a milestone; `PUT /api/v1/milestones/{id}`: change it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct WrittenMilestone {
    /// What is to be reached.
    pub title: String,
    /// The day it is planned for, as in `2027-03-31`; absent to name none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_on: Option<String>,
    /// Whether it is reached.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub done: bool,
    /// Whether only the company's people see it, until it is published. What was published stays so.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub staff: bool,
}

/// What became of what was tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// It stays.
    Kept,
    /// It was taken back.
    Reverted,
}
words!(Outcome: Kept = "kept", Reverted = "reverted");

/// How an experiment ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Conclusion {
    /// What became of what was tried.
    pub outcome: Outcome,
    /// What came of it, Markdown.
    pub result: String,
    /// The same as sanitised HTML.
    pub result_html: String,
    /// Why it is kept or reverted.
    pub reason: String,
    /// Who concluded it.
    pub by: PersonView,
    /// When.
    pub at: Millis,
}

/// An experiment: what is believed, what is tried, by what it is judged, and what came of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ExperimentView {
    /// What every piece of progress has.
    #[serde(flatten)]
    pub head: EntryHead,
    /// What is believed.
    pub hypothesis: String,
    /// What will be done.
    pub trial: String,
    /// By what it will be judged.
    pub measure: String,
    /// How it ended; absent while it runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conclusion: Option<Conclusion>,
    /// How it had ended before that was said otherwise, the last first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub before: Vec<Conclusion>,
}

/// `POST /api/v1/ideas/{number}/experiments`: begin an experiment; `PUT /api/v1/experiments/{id}`: change it while it runs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct WrittenExperiment {
    /// What is believed.
    pub hypothesis: String,
    /// What will be done.
    pub trial: String,
    /// By what it will be judged.
    pub measure: String,
    /// Whether only the company's people see it, until it is published. What was published stays so.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub staff: bool,
}

/// `PUT /api/v1/experiments/{id}/conclusion`: say what came of an experiment. Said again, what was said before stays to
/// be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Conclude {
    /// What becomes of what was tried.
    pub outcome: Outcome,
    /// What came of it, Markdown.
    pub result: String,
    /// Why it is kept or reverted.
    pub reason: String,
}

/// What an entry said at some time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EntryVersion {
    /// Until when it said so.
    pub until: Millis,
    /// Who changed it then.
    pub by: PersonView,
    /// Its texts, by the names of the API.
    pub said: std::collections::BTreeMap<String, String>,
}

//! What people report, and what moderators decide about it.

use serde::{Deserialize, Serialize};

use super::{Millis, PersonView};
use crate::{CommentId, DecisionId, IdeaId, PersonId, rules::words};

/// Why something is reported, or hidden.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// It advertises something.
    Spam,
    /// It hurts somebody.
    Unkind,
    /// It tells what is nobody's business.
    Private,
    /// It belongs elsewhere.
    OffTopic,
    /// Something else, in words.
    Other,
}
words!(Reason: Spam = "spam", Unkind = "unkind", Private = "private", OffTopic = "off_topic", Other = "other");

/// What is reported or decided about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", content = "id", rename_all = "lowercase")]
pub enum Subject {
    /// An idea.
    Idea(IdeaId),
    /// A comment.
    Comment(CommentId),
    /// A person.
    Person(PersonId),
}

impl Subject {
    /// The word of its kind, as the store uses it.
    #[must_use]
    pub fn kind(self) -> &'static str {
        match self {
            Self::Idea(_) => "idea",
            Self::Comment(_) => "comment",
            Self::Person(_) => "person",
        }
    }

    /// Its id, whatever its kind.
    #[must_use]
    pub fn uuid(self) -> uuid::Uuid {
        match self {
            Self::Idea(id) => id.0,
            Self::Comment(id) => id.0,
            Self::Person(id) => id.0,
        }
    }

    /// The subject of that kind and id.
    #[must_use]
    pub fn parse(kind: &str, id: uuid::Uuid) -> Option<Self> {
        match kind {
            "idea" => Some(Self::Idea(IdeaId(id))),
            "comment" => Some(Self::Comment(CommentId(id))),
            "person" => Some(Self::Person(PersonId(id))),
            _ => None,
        }
    }
}

/// `POST /api/v1/reports`: tell the moderators of something. Each person reports each thing once; again changes nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewReport {
    /// What.
    pub subject: Subject,
    /// Why.
    pub reason: Reason,
    /// More about it, in plain text; needed where the reason is another.
    #[serde(default)]
    pub words: String,
}

/// Why something was hidden.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Because {
    /// In a word.
    pub reason: Reason,
    /// In the moderator's words; may be empty.
    pub words: String,
}

/// What a moderator does about something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Decide {
    /// Lets it stand: what was held is approved, what was hidden is shown again.
    Keep,
    /// Hides it from everybody but its author and the moderators.
    Hide,
    /// Says something to whoever wrote it; it stays as it is.
    Warn,
    /// Suspends whoever wrote it; it stays as it is.
    Suspend,
}
words!(Decide: Keep = "keep", Hide = "hide", Warn = "warn", Suspend = "suspend");

/// `POST /api/v1/desk/decisions`: decide about something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewDecision {
    /// About what.
    pub subject: Subject,
    /// What to do.
    pub act: Decide,
    /// Why it is hidden; absent: as most who reported it said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// Words to the person concerned, in plain text. Needed to warn and to suspend.
    #[serde(default)]
    pub words: String,
    /// Whether it waits on the desk, as far as the moderator knows. If a colleague decided meanwhile, nothing changes.
    #[serde(default)]
    pub waiting: bool,
}

/// What came of deciding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Decided {
    /// The decision; absent when there was nothing to do any more, since a colleague was first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<DecisionId>,
    /// Whether it can be undone.
    pub may_undo: bool,
}

/// What a moderator needs to know of something to decide about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CaseView {
    /// What it is.
    pub subject: Subject,
    /// Its page, as a path of this site.
    pub path: String,
    /// The title of the idea, also where it is a comment on it; the name of the person.
    pub title: String,
    /// What the idea or comment says, from its beginning; of a person nothing.
    pub words: String,
    /// The title of its board; of a person nothing.
    pub board_title: String,
    /// Who wrote it, or the person.
    pub author: PersonView,
    /// Whether they are suspended already.
    pub suspended: bool,
    /// Whether the moderator asking may suspend them.
    pub may_suspend: bool,
    /// Whether it is a first post that waits to be approved.
    pub held: bool,
    /// When it was written; of a person, when they joined.
    pub created_at: Millis,
    /// How often something of theirs was hidden, or they were warned.
    pub trouble: u32,
    /// What was reported of it and waits, the last first; at most ten.
    pub reports: Vec<ReportView>,
    /// How many reports wait.
    pub count: u32,
}

/// A report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReportView {
    /// Who reported.
    pub by: PersonView,
    /// Why.
    pub reason: Reason,
    /// In their words; may be empty.
    pub words: String,
    /// When.
    pub at: Millis,
}

/// How much waits on the desk: `GET /api/v1/desk/count`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DeskCount {
    /// Things that were reported.
    pub reported: u32,
    /// First posts that wait to be approved.
    pub held: u32,
    /// Documents set aside.
    pub aside: u32,
    /// Ideas for which the time is over within which an answer was promised.
    pub overdue: u32,
}

impl DeskCount {
    /// All of it.
    #[must_use]
    pub fn all(self) -> u32 {
        self.reported + self.held + self.aside + self.overdue
    }
}

/// Why a person is told of a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum RulingKind {
    /// What they wrote was approved, and everybody sees it now.
    Approved,
    /// What they wrote was hidden.
    Hidden,
    /// What they wrote is shown again.
    Shown,
    /// A moderator says something to them about what they wrote or did.
    Warned,
    /// Something was done, or not, about what they reported.
    Reported,
}
words!(RulingKind: Approved = "approved", Hidden = "hidden", Shown = "shown", Warned = "warned", Reported = "reported");

/// What a person is told by the moderators: `GET /api/v1/inbox/rulings` answers a [`super::Page`] of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RulingView {
    /// Its id.
    pub id: crate::HappeningId,
    /// Why they are told.
    pub kind: RulingKind,
    /// What was done.
    pub act: Decide,
    /// What it is about.
    pub subject: Subject,
    /// The page of that, where they may see it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// The title of the idea, where they may see it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Why it was hidden; to who reported it, why they did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// The moderator's words; to who reported it, nothing.
    pub words: String,
    /// When.
    pub at: Millis,
    /// Whether the person has read it.
    pub read: bool,
}

/// `PUT /api/v1/people/{id}/suspension`: suspend somebody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Suspend {
    /// Why, in plain text. They read it when they try to sign in.
    pub words: String,
}

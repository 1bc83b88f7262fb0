//! The inbox: what a person is told of ideas they proposed, took part in or follow.

use serde::{Deserialize, Serialize};

use super::{GivenView, IdeaName, Millis, Outcome, PersonView, StageView};
use crate::{EntryId, HappeningId};

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum NoticeKind {
    /// The idea moved to another stage.
    Stage,
    /// The company answered.
    Answer,
    /// Somebody commented.
    Comment,
    /// Somebody named the person in a comment.
    Mention,
    /// The idea was merged into another, or stands by itself again.
    Merged,
    /// The concept became another than the one the person voted for.
    Changed,
    /// Somebody made an idea of a note that the person wrote.
    Promoted,
    /// The company published how things stand.
    Update,
    /// A milestone was reached.
    Milestone,
    /// An experiment began.
    Experiment,
    /// An experiment was concluded.
    Result,
    /// The concept was frozen: what it says is being built.
    Frozen,
    /// The company asked who proposed the idea something.
    Question,
    /// The idea waits for an answer of the person.
    Assigned,
    /// Half of the time is over within which an answer was promised.
    Halfway,
    /// All of it is.
    Overdue,
    /// The person was thanked or given something, or it was taken back.
    Recognition,
}

impl NoticeKind {
    /// Each, in the order the screens offer them.
    pub const ALL: [Self; 17] = [
        Self::Recognition,
        Self::Stage,
        Self::Answer,
        Self::Question,
        Self::Update,
        Self::Milestone,
        Self::Experiment,
        Self::Result,
        Self::Frozen,
        Self::Mention,
        Self::Comment,
        Self::Merged,
        Self::Changed,
        Self::Promoted,
        Self::Assigned,
        Self::Halfway,
        Self::Overdue,
    ];

    /// The word the API and the store use.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Stage => "stage",
            Self::Answer => "answer",
            Self::Comment => "comment",
            Self::Mention => "mention",
            Self::Merged => "merged",
            Self::Changed => "changed",
            Self::Promoted => "promoted",
            Self::Update => "update",
            Self::Milestone => "milestone",
            Self::Experiment => "experiment",
            Self::Result => "result",
            Self::Frozen => "frozen",
            Self::Question => "question",
            Self::Assigned => "assigned",
            Self::Halfway => "halfway",
            Self::Overdue => "overdue",
            Self::Recognition => "recognition",
        }
    }

    /// The kind of that word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    /// Whether it decides about the idea, or waits for who proposed it: they are told, whatever they chose.
    #[must_use]
    pub fn decides(self) -> bool {
        matches!(self, Self::Stage | Self::Answer | Self::Merged | Self::Question)
    }

    /// Whether it calls those who answer the ideas of a board.
    #[must_use]
    pub fn calls(self) -> bool {
        matches!(self, Self::Assigned | Self::Halfway | Self::Overdue)
    }

    /// Whether a summary by mail tells of it.
    #[must_use]
    pub fn sums_up(self) -> bool {
        self.turns() || self == Self::Recognition
    }

    /// Whether what it tells of is written in Markdown.
    #[must_use]
    pub fn is_markdown(self) -> bool {
        matches!(self, Self::Answer | Self::Comment | Self::Mention | Self::Update | Self::Question)
    }

    /// Whether the idea comes to stand otherwise: whoever proposed, shaped, voted for or follows it is told.
    #[must_use]
    pub fn turns(self) -> bool {
        matches!(
            self,
            Self::Stage
                | Self::Answer
                | Self::Merged
                | Self::Update
                | Self::Milestone
                | Self::Experiment
                | Self::Result
                | Self::Frozen
        )
    }
}

/// One thing a person is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NoticeView {
    /// What happened, by its id.
    pub id: HappeningId,
    /// What kind of thing.
    pub kind: NoticeKind,
    /// The number of the idea; absent of a `recognition` for none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<u32>,
    /// The readable piece of the idea's address.
    pub slug: String,
    /// The idea's title, as it is now; that of the board where it is about no idea.
    pub title: String,
    /// The title of its board.
    pub board_title: String,
    /// Whether the person proposed the idea.
    pub own: bool,
    /// Who did it.
    pub by: PersonView,
    /// The stage it moved to; of a `stage` only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stage: Option<StageView>,
    /// The idea in which it lives on; of a `merged` only, and absent where the person may not see it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub into: Option<IdeaName>,
    /// Whether it stands by itself again: the merge was undone.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub parted: bool,
    /// Whether the person's vote or follow came there by the merge, and still stands.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub carried: bool,
    /// The comment, for its permalink: `#c-ID`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// What became of the experiment; of a `result` only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
    /// The piece of progress it tells of, for its permalink: `#p-ID`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entry: Option<EntryId>,
    /// What the person was given, or lost; of a `recognition` only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub given: Option<GivenView>,
    /// The reason of a move, or how the comment, the update, the milestone or the experiment begins; may be empty.
    pub words: String,
    /// When.
    pub at: Millis,
    /// Whether the person has read it.
    pub read: bool,
}

/// How many things wait in an inbox: `GET /api/v1/inbox/unread`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Unread {
    /// How many; more than 99 are told as 100.
    pub unread: u32,
    /// Whether the person was recognised and has not been shown it yet.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub fresh: bool,
}

/// `POST /api/v1/inbox/read`: they were read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ReadNotices {
    /// Which; absent: all of them.
    #[serde(default)]
    pub id: Option<HappeningId>,
}

/// What a person does not want to be told: `GET` and `PUT /api/v1/me/notices`. Decisions about their own ideas come anyway.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NoticeChoices {
    /// These kinds.
    pub off: Vec<NoticeKind>,
}

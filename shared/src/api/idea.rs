//! Ideas.

use serde::{Deserialize, Serialize};

use super::{
    Because, Came, ClockView, FreezeView, IdeaName, MergedIdea, MilestoneView, Millis, OriginView, PassageView,
    PersonView, StageView, TagView,
};
use crate::{
    DocumentId, IdeaId, StageId, TagId,
    rules::{Audience, Away, EditingRule},
};

/// An idea in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct IdeaCard {
    /// Its id.
    pub id: IdeaId,
    /// The number in its address.
    pub number: u32,
    /// The readable piece of its address.
    pub slug: String,
    /// The concept's title.
    pub title: String,
    /// The concept's pitch.
    pub pitch: String,
    /// The slug of its board.
    pub board: String,
    /// The title of its board.
    pub board_title: String,
    /// Where it stands.
    pub stage: StageView,
    /// Its tags, by name.
    pub tags: Vec<TagView>,
    /// Who proposed it.
    pub author: PersonView,
    /// Who shaped the concept, the proposer first; at most five.
    pub shaped_by: Vec<PersonView>,
    /// How many shaped the concept.
    pub shapers: u32,
    /// How many people want it.
    pub votes: u32,
    /// Whether the person asking is one of them.
    pub voted: bool,
    /// How many comments stand under it.
    pub comments: u32,
    /// Whether the person asking is told what happens to it.
    pub followed: bool,
    /// How far it is, in percent; absent where nothing is said of that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub percent: Option<u8>,
    /// The clock of the answer that was promised; absent where none was, and since it was answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock: Option<ClockView>,
    /// When the company first answered; absent until then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered_at: Option<Millis>,
    /// When it was proposed.
    pub created_at: Millis,
    /// When its concept last changed.
    pub updated_at: Millis,
    /// Why it is not shown as others are; absent where it stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub away: Option<Away>,
}

/// An idea, whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct IdeaView {
    /// What its card shows.
    pub card: IdeaCard,
    /// The concept's body, Markdown.
    pub body: String,
    /// The same as sanitised HTML.
    pub body_html: String,
    /// The live document of the concept.
    pub document: DocumentId,
    /// The documents its concept was in before somebody took their words out of it, the last first: a browser may keep words
    /// that were meant for them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub former: Vec<DocumentId>,
    /// The place in the document's log that these texts reflect.
    pub reflects: i64,
    /// The board's audience.
    pub audience: Audience,
    /// The board's editing rule.
    pub editing: EditingRule,
    /// Whether the person asking may change the concept.
    pub may_edit: bool,
    /// Whether the concept is set aside: it broke again and again, and nobody may change it until a moderator has looked.
    pub set_aside: bool,
    /// Co-authors, the proposer first.
    pub coauthors: Vec<PersonView>,
    /// The stages the person asking may move it to: those of its board, or none.
    pub stages: Vec<StageView>,
    /// Each time it moved to another stage, the last first.
    pub moves: Vec<StageMove>,
    /// Where it came from; absent when it was proposed here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<OriginView>,
    /// Why it was hidden, where it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub because: Option<Because>,
    /// The tags the person asking may give it: those of its board, or none.
    pub tags: Vec<TagView>,
    /// Whether the person asking may merge it into another.
    pub may_merge: bool,
    /// The idea in which it lives on since it was merged; absent where it stands by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merged_into: Option<IdeaName>,
    /// The ideas that were merged into it, the last first.
    pub twins: Vec<MergedIdea>,
    /// How many more votes the person asking has on its board this month; absent where there is no limit, and for visitors.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub votes_left: Option<u32>,
    /// Whether its concept became another than the one the person asking voted for, and they have not said yet whether
    /// they keep their vote.
    pub changed: bool,
    /// The passages of these texts that comments are about.
    pub passages: Vec<PassageView>,
    /// What is to be reached, in order.
    pub milestones: Vec<MilestoneView>,
    /// That its concept is frozen, where it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub freeze: Option<FreezeView>,
    /// Whether the person asking may publish progress of it.
    pub may_publish: bool,
}

/// What an open page is told when a concept has changed: the data of a `concept` event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ConceptChanged {
    /// The number of the idea.
    pub number: u32,
    /// The concept's title.
    pub title: String,
    /// The concept's pitch.
    pub pitch: String,
    /// The concept's body as sanitised HTML.
    pub body_html: String,
    /// The place in the document's log that these texts reflect.
    pub reflects: i64,
    /// When it changed.
    pub updated_at: Millis,
}

/// `POST /api/v1/boards/{slug}/ideas`: propose an idea.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewIdea {
    /// The concept's title.
    pub title: String,
    /// The concept's pitch.
    #[serde(default)]
    pub pitch: String,
    /// The concept's body, Markdown.
    #[serde(default)]
    pub body: String,
    /// Its tags, of those of the board.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<TagId>,
}

/// That an idea moved to another stage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StageMove {
    /// Where it stood.
    pub from: StageView,
    /// Where it stands since.
    pub to: StageView,
    /// Who moved it.
    pub by: PersonView,
    /// Why; may be empty.
    pub reason: String,
    /// When.
    pub at: Millis,
}

/// `PUT /api/v1/ideas/{number}/stage`: move an idea to another stage of its board.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct MoveIdea {
    /// Which.
    pub stage: StageId,
    /// Why, in plain text. Needed where the stage means that it will not be done.
    #[serde(default)]
    pub reason: String,
}

/// What counting a vote, or taking it back, led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct VoteView {
    /// How many people want the idea now.
    pub votes: u32,
    /// Whether the person asking is one of them.
    pub voted: bool,
    /// How many more votes they have on this board this month; absent where there is no limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left: Option<u32>,
}

/// A vote that the person gave or took back elsewhere: the data of a `vote` event, for them alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnVote {
    /// The number of the idea.
    pub number: u32,
    /// The slug of its board.
    pub board: String,
    /// What it led to.
    pub vote: VoteView,
}

/// The facts of an idea that lists show: the data of a `facts` event, the same for everyone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct IdeaFacts {
    /// The number of the idea.
    pub number: u32,
    /// The slug of its board.
    pub board: String,
    /// How many people want it.
    pub votes: u32,
    /// How many comments stand under it.
    pub comments: u32,
    /// Where it stands.
    pub stage: StageView,
    /// How far it is, in percent; absent where nothing is said of that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub percent: Option<u8>,
    /// The clock of the answer that was promised; absent where none was, and since it was answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock: Option<ClockView>,
    /// How it came there; absent where it has stood there before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub came: Option<Came>,
}

/// In which order ideas are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum IdeaSort {
    /// The last changed first.
    #[default]
    Changed,
    /// Those that most moves in just now first: see `docs/trending.md`.
    Trending,
    /// The most votes first.
    Wanted,
    /// The most comments first.
    Discussed,
    /// The last proposed first.
    Recent,
    /// Those that nobody answered, the longest waiting first.
    Unanswered,
    /// Those that wait for an answer which was promised, those whose time is over first.
    Due,
}

impl IdeaSort {
    /// Those the screens offer, in their order.
    pub const OFFERED: [Self; 6] =
        [Self::Trending, Self::Wanted, Self::Discussed, Self::Recent, Self::Unanswered, Self::Due];

    /// The word the API and the addresses of pages use.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Changed => "changed",
            Self::Trending => "trending",
            Self::Wanted => "wanted",
            Self::Discussed => "discussed",
            Self::Recent => "recent",
            Self::Unanswered => "unanswered",
            Self::Due => "due",
        }
    }

    /// The order of that word, of those the screens offer.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::OFFERED.into_iter().find(|sort| sort.as_str() == word)
    }
}

/// What somebody has to do with the ideas of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Involved {
    /// They are its co-author: they proposed it, or were named.
    Mine,
    /// They voted for it.
    Voted,
    /// They are told what happens to it.
    Followed,
}

impl Involved {
    /// Each, in the order the screens offer them.
    pub const ALL: [Self; 3] = [Self::Mine, Self::Voted, Self::Followed];

    /// The word the API and the addresses of pages use.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Mine => "mine",
            Self::Voted => "voted",
            Self::Followed => "followed",
        }
    }

    /// The one of that word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|involved| involved.as_str() == word)
    }
}

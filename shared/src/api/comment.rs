//! What people say about an idea.

use serde::{Deserialize, Serialize};

use super::{AnchorView, Because, IdeaName, Millis, NewAnchor, PersonView};
use crate::{
    CommentId,
    rules::{Away, words},
};

/// In which voice something is said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum CommentKind {
    /// One's own.
    #[default]
    Comment,
    /// The company's: it stands out, before everything else.
    Answer,
    /// Among the company's people: nobody else sees it.
    Note,
    /// The company's, to who proposed the idea: until they reply, the clock of a promised answer stands still.
    Question,
}
words!(CommentKind: Comment = "comment", Answer = "answer", Note = "note", Question = "question");

impl CommentKind {
    /// Whether it is somebody's own word, which may have helped: neither the company's nor among its people alone.
    #[must_use]
    pub fn may_help(self) -> bool {
        matches!(self, Self::Comment | Self::Question)
    }
}

/// A word of a person about a comment, said without writing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Reaction {
    /// I agree.
    Agree,
    /// I love it.
    Love,
    /// That is a good thought.
    Insight,
    /// Thank you.
    Thanks,
    /// It makes me smile.
    Smile,
}
words!(Reaction: Agree = "agree", Love = "love", Insight = "insight", Thanks = "thanks", Smile = "smile");

/// By whom something was deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Deleter {
    /// By who wrote it.
    Author,
    /// By a moderator.
    Moderator,
}

/// How many people reacted to a comment in one way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReactionCount {
    /// In which way.
    pub kind: Reaction,
    /// How many.
    pub count: u32,
    /// Whether the person asking is among them.
    pub mine: bool,
}

/// Something said about an idea.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CommentView {
    /// Its id.
    pub id: CommentId,
    /// The comment it replies to; absent where it begins a thread.
    pub parent: Option<CommentId>,
    /// Who wrote it.
    pub author: PersonView,
    /// In which voice.
    pub kind: CommentKind,
    /// The passage of the concept it is about, if it is about one; absent once deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub anchor: Option<AnchorView>,
    /// The text, Markdown; empty once deleted.
    pub body: String,
    /// The same as sanitised HTML.
    pub body_html: String,
    /// When it was written.
    pub created_at: Millis,
    /// When it was last changed.
    pub edited_at: Option<Millis>,
    /// When it was deleted. It keeps its place as long as replies stand under it.
    pub deleted_at: Option<Millis>,
    /// By whom it was deleted.
    pub deleted_by: Option<Deleter>,
    /// Who reacted and how, without the ways in which nobody did.
    pub reactions: Vec<ReactionCount>,
    /// Whether it helped somebody who works on the idea, as they said.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub helpful: bool,
    /// Whether the person asking said so.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub helped_me: bool,
    /// Whether the person asking may say so.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub may_thank: bool,
    /// Whether it is a question to which the author of the idea has not replied yet.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub waits: bool,
    /// The idea about which it was said, where that was merged into this one since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<IdeaName>,
    /// Why it is not shown as others are; absent where it stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub away: Option<Away>,
    /// Why it was hidden, where it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub because: Option<Because>,
    /// Whether the person asking may change it.
    pub may_edit: bool,
    /// Whether the person asking may delete it.
    pub may_delete: bool,
}

impl CommentView {
    /// Whether it stands before everything else: an answer of the company to this idea that is neither deleted nor away.
    #[must_use]
    pub fn is_pinned(&self) -> bool {
        self.kind == CommentKind::Answer && self.from.is_none() && self.deleted_at.is_none() && self.away.is_none()
    }
}

/// Something said about an idea, and the replies to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Thread {
    /// What was said first.
    pub comment: CommentView,
    /// The replies, the oldest first.
    pub replies: Vec<CommentView>,
}

/// What a comment said at some time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CommentVersion {
    /// Since when it said so.
    pub written_at: Millis,
    /// The text, Markdown.
    pub body: String,
    /// The same as sanitised HTML.
    pub body_html: String,
}

/// `POST /api/v1/ideas/{number}/comments`: say something about an idea.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewComment {
    /// The text, Markdown; `@handle` mentions somebody.
    pub body: String,
    /// In which voice.
    #[serde(default)]
    pub kind: CommentKind,
    /// The comment replied to. A reply to a reply goes under what the thread began with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<CommentId>,
    /// The passage of the concept it is about. Only what begins a thread is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub anchor: Option<NewAnchor>,
}

/// `PATCH /api/v1/comments/{id}`: say it otherwise.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct EditComment {
    /// The text, Markdown.
    pub body: String,
}

//! A person's page: what they proposed, improved and said.

use serde::{Deserialize, Serialize};

use super::{CommentKind, Millis, PersonView};
use crate::CommentId;

/// A person, and how much they did on the boards that the person asking sees: `GET /api/v1/people/{id}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Profile {
    /// Who.
    pub person: PersonView,
    /// What they say about themself, in plain text; may be empty.
    pub about: String,
    /// When they joined; of a name from an import, when it came.
    pub created_at: Millis,
    /// Since when they may not come in. Only moderators are told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suspended_at: Option<Millis>,
    /// The ideas they proposed.
    pub proposed: u32,
    /// The ideas of others whose concept they shaped.
    pub improved: u32,
    /// What they said about ideas; staff notes are not counted.
    pub comments: u32,
}

/// Something a person said, as their page lists it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SaidView {
    /// The comment.
    pub comment: CommentId,
    /// In which voice it was said: a comment or an answer.
    pub kind: CommentKind,
    /// How it begins, in plain text.
    pub words: String,
    /// The number of the idea it is about.
    pub number: u32,
    /// The readable piece of that idea's address.
    pub slug: String,
    /// The title of that idea.
    pub title: String,
    /// The title of its board.
    pub board_title: String,
    /// When it was said.
    pub created_at: Millis,
}

//! How a concept changed since somebody voted for it.

use serde::{Deserialize, Serialize};

use super::Millis;

/// What became of a stretch of text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum StretchKind {
    /// It was there and is there.
    Same,
    /// It is new.
    Added,
    /// It is gone.
    Removed,
}

/// A stretch of text, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Stretch {
    /// What became of it.
    pub kind: StretchKind,
    /// The text, Markdown where it is of the body. Of what is long and the same, the middle is left out: `…`.
    pub text: String,
}

/// `GET /api/v1/ideas/{number}/change`: how the concept changed since the person asking voted for it, or last kept
/// their vote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ConceptChange {
    /// When they voted.
    pub voted_at: Millis,
    /// The place in the concept's log up to which this tells: what keeping the vote names.
    pub upto: i64,
    /// The title, from then to now.
    pub title: Vec<Stretch>,
    /// The pitch.
    pub pitch: Vec<Stretch>,
    /// The body.
    pub body: Vec<Stretch>,
}

/// `PUT /api/v1/ideas/{number}/change`: keep one's vote for what the concept has become.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct KeepVote {
    /// `upto` of the change that the person saw.
    pub upto: i64,
}

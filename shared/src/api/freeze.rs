//! Concepts frozen at a version: what is being built, whatever is written since.

use serde::{Deserialize, Serialize};

use super::{Millis, PersonView, Stretch};

/// That a concept is frozen: what it said then is what is being built.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FreezeView {
    /// Who froze it.
    pub by: PersonView,
    /// When.
    pub at: Millis,
    /// The place in the concept's log that is being built.
    pub seq: i64,
    /// What was said when it was frozen; may be empty.
    pub words: String,
}

/// `PUT /api/v1/ideas/{number}/freeze`: freeze the concept as it is now.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Freeze {
    /// What is said of it, in plain text.
    #[serde(default)]
    pub words: String,
}

/// `GET /api/v1/ideas/{number}/freeze`: the text that is being built, and what was written since.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FrozenConcept {
    /// That it is frozen.
    pub freeze: FreezeView,
    /// The title that is being built.
    pub title: String,
    /// The pitch.
    pub pitch: String,
    /// The body, Markdown.
    pub body: String,
    /// The same as sanitised HTML.
    pub body_html: String,
    /// How the concept has changed since; absent where it has not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<ChangeSince>,
}

/// How a concept changed: its texts, from what they were to what they are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChangeSince {
    /// The title.
    pub title: Vec<Stretch>,
    /// The pitch.
    pub pitch: Vec<Stretch>,
    /// The body.
    pub body: Vec<Stretch>,
}

//! What people can do with what is kept of them: take it along, and leave.

use serde::{Deserialize, Serialize};

use super::Millis;
use crate::{ExportId, rules::words};

/// What becomes of somebody's words when they leave.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Fate {
    /// They stay, and nobody learns any more whose they were.
    #[default]
    Keep,
    /// They go.
    Remove,
}

words!(Fate: Keep = "keep", Remove = "remove");

/// What becomes of what somebody wrote when they leave.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Fates {
    /// Of what they said under ideas. What the company answered stays in any case: it was said in its name.
    #[serde(default)]
    pub comments: Fate,
    /// Of what they wrote in concepts and on canvases, and of pictures they added there.
    #[serde(default)]
    pub texts: Fate,
}

/// `POST /api/v1/me/erasure`: leave, and be forgotten. There is no way back.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Leave {
    /// The present password.
    pub password: String,
    /// The word `forget` or `oublier`, so that nobody does it by a slip of the hand.
    pub word: String,
    /// What becomes of what they said.
    #[serde(default)]
    pub comments: Fate,
    /// What becomes of what they wrote in texts that belong to several.
    #[serde(default)]
    pub texts: Fate,
}

/// Why an owner erases somebody. A word rather than words: the record is never erased, and must say nothing of who was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum EraseReason {
    /// The person asked for it.
    Asked,
    /// The person died, and those who may speak for them asked for it.
    Died,
    /// The law or a decision of an authority asks for it.
    Law,
    /// The account was not used for long, as the workspace has announced.
    Unused,
}

words!(EraseReason: Asked = "asked", Died = "died", Law = "law", Unused = "unused");

/// `POST /api/v1/people/{id}/erasure`: erase somebody, as an owner. There is no way back.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ErasePerson {
    /// Why.
    pub reason: EraseReason,
    /// What becomes of what they said.
    #[serde(default)]
    pub comments: Fate,
    /// What becomes of what they wrote in texts that belong to several.
    #[serde(default)]
    pub texts: Fate,
}

/// How far a file is that somebody takes along.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum ExportState {
    /// It is being made, or waits for that.
    Making,
    /// It is there.
    Made,
    /// It could not be made.
    Failed,
}

/// A file of what somebody gave and did: `GET /api/v1/me/exports` answers a plain list of them, the last first, and
/// `GET /api/v1/me/exports/{id}/file` the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ExportView {
    /// Its id.
    pub id: ExportId,
    /// How far it is.
    pub state: ExportState,
    /// When it was asked for.
    pub asked_at: Millis,
    /// How many of its parts are in it.
    pub done: u32,
    /// How many parts it has.
    pub parts: u32,
    /// When it was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub made_at: Option<Millis>,
    /// Until when it is kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kept_until: Option<Millis>,
    /// Its bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
}

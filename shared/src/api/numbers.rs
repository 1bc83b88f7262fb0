//! Numbers that keep the company honest.

use serde::{Deserialize, Serialize};

use super::Millis;

/// How the company answers, on the boards the person asking sees: `GET /api/v1/numbers`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Numbers {
    /// Ideas proposed.
    pub ideas: u32,
    /// Of these, how many were answered: by an official reply, or by a move to another stage.
    pub answered: u32,
    /// Half of the answers took at most so many milliseconds; absent where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub median_wait: Option<Millis>,
}

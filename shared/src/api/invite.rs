//! Invite links.

use serde::{Deserialize, Serialize};

use super::{Millis, PersonView};
use crate::{InviteId, Role};

/// `POST /api/v1/invites`: make a link by which people join.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewInvite {
    /// The role of those who join by it. `owner` cannot be given by link.
    pub role: Role,
    /// The slug of a board they become members of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub board: Option<String>,
    /// How many may join by it, 1 to 1,000; one when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uses: Option<u32>,
    /// How many days it lasts, 1 to 90; 14 when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days: Option<u32>,
}

/// An invite link, without its secret: `GET /api/v1/invites` answers a plain list of those still open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InviteView {
    /// Its id, to revoke it by.
    pub id: InviteId,
    /// The role it gives.
    pub role: Role,
    /// The slug of the board it opens, if any.
    pub board: Option<String>,
    /// Who made it.
    pub by: PersonView,
    /// When it was made.
    pub created_at: Millis,
    /// When it ends.
    pub expires_at: Millis,
    /// How many may still join by it.
    pub uses_left: u32,
}

/// A new invite: the only time its link is told.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InviteMade {
    /// The invite.
    pub invite: InviteView,
    /// The path of its link: `/join/` and the secret.
    pub path: String,
}

/// What somebody who follows an invite link is told: `GET /api/v1/invites/preview/{secret}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InvitePreview {
    /// The role it gives.
    pub role: Role,
    /// The title of the board it opens, if any.
    pub board: Option<String>,
    /// Who made it.
    pub by: String,
}

/// `POST /api/v1/invites/accept`: a person who already has an account takes up an invite.
/// Their role rises to the invite's, and never falls.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AcceptInvite {
    /// The secret of the link.
    pub token: String,
}

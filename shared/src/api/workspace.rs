//! The workspace, and what its owners settle for it.

use serde::{Deserialize, Serialize};

use super::PictureView;
use crate::{Locale, accent::Accent, rules::words};

/// Who may sign up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum SignUpRule {
    /// Anyone, as a customer.
    #[default]
    Open,
    /// Whoever names an e-mail address of certain domains, and whoever has an invite link.
    Domain,
    /// Whoever has an invite link.
    Invite,
}

words!(SignUpRule: Open = "open", Domain = "domain", Invite = "invite");

/// The workspace as everybody sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WorkspaceView {
    /// Its name.
    pub name: String,
    /// Whether it still waits for its owner to use the set-up link.
    pub waits_for_owner: bool,
    /// Its logo, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logo: Option<PictureView>,
    /// Its accent colour as it was chosen; absent where it has none of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accent: Option<Accent>,
    /// The languages it speaks, the one for those who like none of them first.
    pub languages: Vec<Locale>,
    /// The time zone in which it counts its days, by its IANA name.
    pub time_zone: String,
    /// Who may sign up.
    pub sign_up: SignUpRule,
    /// The domains of those who may, where the rule is `domain`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub domains: Vec<String>,
}

/// `PATCH /api/v1/workspace`: settle something for the workspace. Absent fields stay.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct EditWorkspace {
    /// Its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its accent colour, as `#rrggbb`; empty for the one of Atelier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accent: Option<String>,
    /// The languages it speaks, one at least, the one for those who like none of them first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub languages: Option<Vec<Locale>>,
    /// The time zone in which it counts its days, by its IANA name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
    /// Who may sign up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sign_up: Option<SignUpRule>,
    /// The domains of those who may: `example.org`, without what stands before the `@`. The rule `domain` needs one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub domains: Option<Vec<String>>,
}

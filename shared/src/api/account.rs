//! People, their accounts, sessions and access tokens.

use serde::{Deserialize, Serialize};

use super::{Millis, WorkspaceView};
use crate::{Locale, PersonId, Role, SessionId, TokenId};

/// A person as others see them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PersonView {
    /// Their id.
    pub id: PersonId,
    /// The word in the address of their page.
    pub handle: String,
    /// The name they are shown by.
    pub name: String,
    /// Their role, which gives their mark.
    pub role: Role,
    /// Whether it is a name that came with an import and that nobody has claimed yet.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unclaimed: bool,
    /// Whether they left and were forgotten: they have neither name, handle nor page any more.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub left: bool,
}

impl PersonView {
    /// Somebody who is here, as those who are there with them are told: without their handle.
    #[must_use]
    pub fn here(id: PersonId, name: String, role: Role) -> Self {
        Self { id, handle: String::new(), name, role, unclaimed: false, left: false }
    }
}

/// What the screens need to know about where they are and for whom: `GET /api/v1/me`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Me {
    /// Who is signed in; nobody: a visitor.
    pub person: Option<PersonView>,
    /// Their e-mail address, when signed in.
    pub email: Option<String>,
    /// What they say about themself, when signed in; may be empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
    /// The language they chose, if they did.
    pub locale: Option<Locale>,
    /// The session of this browser, when signed in by cookie.
    pub session: Option<SessionId>,
    /// The workspace.
    pub workspace: WorkspaceView,
}

/// `POST /api/v1/setup`: the first person becomes the owner, and is signed in.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Setup {
    /// The secret of the set-up link.
    pub token: String,
    /// The workspace's name.
    pub workspace: String,
    /// The owner's name.
    pub name: String,
    /// The owner's e-mail address.
    pub email: String,
    /// The owner's password.
    pub password: String,
    /// The time zone in which the workspace counts its days, by its IANA name; UTC where it is absent or unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
}

/// `POST /api/v1/accounts`: sign up. The answer is the same whether or not the address already has an account.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SignUp {
    /// The name to be shown by.
    pub name: String,
    /// The e-mail address to sign in with.
    pub email: String,
    /// The password.
    pub password: String,
    /// The secret of an invite link, if one was followed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invite: Option<String>,
    /// Whether to be sent once a week what becomes of the ideas one takes part in.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub weekly: bool,
    /// The language of the page where one signs up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locale: Option<Locale>,
}

/// `POST /api/v1/session`: sign in.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// The e-mail address.
    pub email: String,
    /// The password.
    pub password: String,
}

/// `PATCH /api/v1/me`: what a person changes about themself. Absent fields stay.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct EditMe {
    /// The name to be shown by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What to say about oneself, in plain text; nothing where it is empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
    /// The language of screens and messages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locale: Option<Locale>,
}

/// `POST /api/v1/me/password`: change the password; every other session ends.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ChangePassword {
    /// The present one.
    pub current: String,
    /// The one to come.
    pub new: String,
}

/// `POST /api/v1/me/address`: ask for another e-mail address. It takes the place of the old one when the link is followed
/// that is sent there; where no mail goes out, at once.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ChangeAddress {
    /// The new address.
    pub email: String,
    /// The present password.
    pub password: String,
}

/// A signed-in browser, as its person sees it under *Settings*: `GET /api/v1/sessions` answers a plain list of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SessionView {
    /// Its id, to end it by.
    pub id: SessionId,
    /// Whether it is the one asking.
    pub current: bool,
    /// The browser and system, in short: `Firefox · Linux`.
    pub device: String,
    /// When it began.
    pub created_at: Millis,
    /// When it was last used, to the nearest five minutes.
    pub seen_at: Millis,
}

/// An access token, without its secret: `GET /api/v1/tokens` answers a plain list of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TokenView {
    /// Its id, to revoke it by.
    pub id: TokenId,
    /// What the person called it.
    pub name: String,
    /// When it was made.
    pub created_at: Millis,
    /// When it was last used, if it was.
    pub used_at: Option<Millis>,
}

/// `POST /api/v1/tokens`: make an access token.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewToken {
    /// What to call it.
    pub name: String,
}

/// A new access token: the only time its secret is told.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TokenMade {
    /// The token.
    pub token: TokenView,
    /// Its secret, for `Authorization: Bearer …`.
    pub secret: String,
}

/// A person as owners see them: `GET /api/v1/people` answers a [`super::Page`] of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PersonRecord {
    /// What everybody sees.
    pub person: PersonView,
    /// Their e-mail address.
    pub email: String,
    /// When they joined.
    pub created_at: Millis,
    /// Since when and why they are suspended; absent when they are not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suspended: Option<Suspension>,
}

/// That a person is suspended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Suspension {
    /// Since when.
    pub since: Millis,
    /// Why, in the words of who did it.
    pub words: String,
}

/// `PATCH /api/v1/people/{id}`: change a person's role.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct EditPerson {
    /// Their role from now on.
    pub role: Role,
}

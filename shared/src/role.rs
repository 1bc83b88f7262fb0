//! What a person is in the workspace.

use serde::{Deserialize, Serialize};

/// A person's role, in rising order of rights. A visitor has none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Uses what the company makes.
    Customer,
    /// Works at the company.
    Employee,
    /// Works on what the company makes next (R&D).
    Researcher,
    /// Keeps the place kind and tidy.
    Moderator,
    /// Runs the workspace.
    Owner,
}

impl Role {
    /// Every role, lowest first.
    pub const ALL: [Self; 5] = [Self::Customer, Self::Employee, Self::Researcher, Self::Moderator, Self::Owner];

    /// Whoever may ask for something: a visitor, then every role, lowest first.
    pub const ANYONE: [Option<Self>; 6] = [
        None,
        Some(Self::Customer),
        Some(Self::Employee),
        Some(Self::Researcher),
        Some(Self::Moderator),
        Some(Self::Owner),
    ];

    /// Whether the person belongs to the company.
    #[must_use]
    pub fn is_staff(self) -> bool {
        self >= Self::Employee
    }

    /// The word the API and the store use.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::Employee => "employee",
            Self::Researcher => "researcher",
            Self::Moderator => "moderator",
            Self::Owner => "owner",
        }
    }

    /// The role of that word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == word)
    }
}

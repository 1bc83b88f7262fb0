//! The texts that a concept has.

/// A text of a concept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Field {
    /// What it is, in a line.
    Title,
    /// Why, in two.
    Pitch,
    /// How, in Markdown.
    Body,
}

impl Field {
    /// Every field, in reading order.
    pub const ALL: [Self; 3] = [Self::Title, Self::Pitch, Self::Body];

    /// Its key in the document.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Pitch => "pitch",
            Self::Body => "body",
        }
    }

    /// The field of that key.
    #[must_use]
    pub fn parse(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.key() == key)
    }
}

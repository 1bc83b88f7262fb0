//! Identifiers. Each kind of thing has its own type, so that one can never stand where another belongs.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        id! { $(#[$doc])* $name }

        impl $name {
            /// A new id, ordered by time (UUIDv7).
            #[must_use]
            #[allow(clippy::new_without_default, reason = "two defaults would differ")]
            pub fn new() -> Self {
                Self(Uuid::now_v7())
            }
        }
    )*};
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(text).map(Self)
            }
        }
    };
}

ids! {
    /// A person with an account, or one anonymised since.
    PersonId;
    /// A board: a theme with its audience and rules.
    BoardId;
    /// An idea: its facts, and the concept they belong to.
    IdeaId;
    /// Something said about an idea.
    CommentId;
    /// A step of a board's pipeline.
    StageId;
    /// A word by which ideas of a board are found.
    TagId;
    /// That an idea was merged into another.
    MergeId;
    /// A piece of progress of an idea: an update, a milestone or an experiment.
    EntryId;
    /// Something that happened to an idea.
    HappeningId;
    /// A mail to somebody.
    MailId;
    /// A file of what somebody gave and did, made for them to take along.
    ExportId;
    /// Ideas coming in from a file.
    ImportId;
    /// What a moderator decided.
    DecisionId;
    /// A dot vote on the canvas of a board.
    DotVoteId;
    /// A link by which guests follow a canvas. Not its secret.
    GuestLinkId;
    /// A signed-in browser. Not the secret in its cookie.
    SessionId;
    /// A link by which people join.
    InviteId;
    /// An entry of the ledger of recognition.
    RecognitionId;
    /// A badge, as owners define it.
    BadgeId;
    /// A perk of the catalogue.
    PerkId;
    /// That owners may want to look at an entry of the ledger.
    FlagId;
    /// An access token made under *Settings*. Not its secret.
    TokenId;
}

id! {
    /// A picture. It is random throughout, so that nobody can guess it.
    PictureId
}

impl PictureId {
    /// The id that these random bytes make (UUIDv4).
    #[must_use]
    pub fn from_random(bytes: [u8; 16]) -> Self {
        Self(uuid::Builder::from_random_bytes(bytes).into_uuid())
    }
}

/// A co-created document: a concept or a canvas.
///
/// Its text form is the automerge-repo `documentId`: base58check of the 16 bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DocumentId(pub [u8; 16]);

/// A text that is no document id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a document id: base58check of 16 bytes is expected")]
pub struct NotADocumentId;

impl DocumentId {
    /// A new random id, ordered by time (UUIDv7).
    #[must_use]
    #[allow(clippy::new_without_default, reason = "two defaults would differ")]
    pub fn new() -> Self {
        Self(Uuid::now_v7().into_bytes())
    }

    /// The same 16 bytes as a UUID, as the store keeps them.
    #[must_use]
    pub fn as_uuid(self) -> Uuid {
        Uuid::from_bytes(self.0)
    }

    /// From the UUID the store keeps.
    #[must_use]
    pub fn from_uuid(id: Uuid) -> Self {
        Self(id.into_bytes())
    }
}

impl fmt::Display for DocumentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&bs58::encode(self.0).with_check().into_string())
    }
}

impl fmt::Debug for DocumentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DocumentId({self})")
    }
}

impl FromStr for DocumentId {
    type Err = NotADocumentId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        // 16 bytes and a 4-byte check never need more than 28 characters.
        if text.len() > 28 {
            return Err(NotADocumentId);
        }
        let bytes = bs58::decode(text).with_check(None).into_vec().map_err(|_| NotADocumentId)?;
        Ok(Self(bytes.try_into().map_err(|_| NotADocumentId)?))
    }
}

impl Serialize for DocumentId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for DocumentId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(feature = "openapi")]
mod openapi {
    use utoipa::openapi::{ObjectBuilder, RefOr, Schema, schema::Type};

    impl utoipa::ToSchema for super::DocumentId {
        fn name() -> std::borrow::Cow<'static, str> {
            "DocumentId".into()
        }
    }

    impl utoipa::PartialSchema for super::DocumentId {
        fn schema() -> RefOr<Schema> {
            ObjectBuilder::new()
                .schema_type(Type::String)
                .description(Some("An automerge-repo document id: base58check of 16 bytes."))
                .into()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_id_reads_back() {
        let id = DocumentId::new();
        assert_eq!(id.to_string().parse(), Ok(id));
        assert_eq!(DocumentId::from_uuid(id.as_uuid()), id);
    }

    #[test]
    fn a_mistyped_document_id_is_refused() {
        let mut text = DocumentId([7; 16]).to_string();
        let last = if text.ends_with('2') { '3' } else { '2' };
        text.pop();
        text.push(last);
        assert_eq!(text.parse::<DocumentId>(), Err(NotADocumentId));
        assert_eq!("".parse::<DocumentId>(), Err(NotADocumentId));
        assert_eq!("1".repeat(500).parse::<DocumentId>(), Err(NotADocumentId));
    }
}

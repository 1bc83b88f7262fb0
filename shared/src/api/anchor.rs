//! Passages of concepts that comments are about.
//!
//! A passage is what stands between two letters of a text, they included: it grows by what is written between them, moves with
//! what is written before them, and is gone once nothing stands there any more. Pages count in [visible
//! letters](crate::passage::is_letter), which are the same in a text and in the page made of it.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{CommentId, field::Field, passage::Span};

/// A letter of a live document, by the operation that added it: `17@0a1b…`, as Automerge writes a cursor.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct LetterId {
    /// The operation's counter.
    pub counter: u64,
    /// Its actor.
    pub actor: Vec<u8>,
}

/// Bytes of an actor id, at most.
const ACTOR: usize = 64;

/// A text that names no letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a letter of a document: a counter, `@` and an actor in hexadecimal are expected")]
pub struct NotALetter;

impl fmt::Display for LetterId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@", self.counter)?;
        self.actor.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for LetterId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LetterId({self})")
    }
}

impl FromStr for LetterId {
    type Err = NotALetter;

    fn from_str(text: &str) -> Result<Self, NotALetter> {
        let (counter, actor) = text.split_once('@').ok_or(NotALetter)?;
        let fits = !actor.is_empty() && actor.len().is_multiple_of(2) && actor.len() <= 2 * ACTOR;
        if !fits || !actor.bytes().all(|byte| byte.is_ascii_hexdigit()) || !counter.bytes().all(|b| b.is_ascii_digit())
        {
            return Err(NotALetter);
        }
        let byte = |at: usize| u8::from_str_radix(&actor[at..at + 2], 16).map_err(|_| NotALetter);
        let actor = (0..actor.len()).step_by(2).map(byte).collect::<Result<_, _>>()?;
        Ok(Self { counter: counter.parse().map_err(|_| NotALetter)?, actor })
    }
}

impl Serialize for LetterId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for LetterId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(feature = "openapi")]
mod openapi {
    use utoipa::openapi::{ObjectBuilder, RefOr, Schema, schema::Type};

    impl utoipa::ToSchema for super::LetterId {
        fn name() -> std::borrow::Cow<'static, str> {
            "LetterId".into()
        }
    }

    impl utoipa::PartialSchema for super::LetterId {
        fn schema() -> RefOr<Schema> {
            ObjectBuilder::new()
                .schema_type(Type::String)
                .pattern(Some("^[0-9]{1,20}@([0-9a-f]{2}){1,64}$"))
                .description(Some("A letter of a live document, as Automerge writes a cursor."))
                .into()
        }
    }
}

/// The passage that a new comment is about: named by who edits, or by who reads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewAnchor {
    /// The text it stands in.
    pub field: Field,
    /// Where.
    pub passage: NewPassage,
}

/// Where a passage stands that somebody chose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
pub enum NewPassage {
    /// Between two letters of the live document, they included.
    Cursors {
        /// The first.
        first: LetterId,
        /// The last.
        last: LetterId,
    },
    /// In the page as it was at a place in the document's log.
    Shown {
        /// That place: `reflects` of what was shown.
        seen: i64,
        /// The visible letters.
        span: Span,
        /// What stood there.
        quote: String,
    },
}

/// Whether the passage that a comment is about is still there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum PassageState {
    /// It is there.
    Stands,
    /// Nothing of it is left.
    Gone,
    /// It is in the concept of another idea, from which the comment came.
    Elsewhere,
}

/// The passage that a comment is about, as it was then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AnchorView {
    /// The text it stands in.
    pub field: Field,
    /// What it said.
    pub quote: String,
    /// Whether it is still there.
    pub state: PassageState,
}

/// A passage that stands in a concept, and the comment about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PassageView {
    /// The comment.
    pub comment: CommentId,
    /// The text it stands in.
    pub field: Field,
    /// What it said when the comment was written.
    pub quote: String,
    /// Its first letter.
    pub first: LetterId,
    /// Its last letter.
    pub last: LetterId,
    /// The visible letters it is now.
    pub span: Span,
    /// How much is said in the thread.
    pub said: u32,
}

/// The passages of a concept that comments are about.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Passages {
    /// The place in the document's log that the spans reflect.
    pub reflects: i64,
    /// The passages that stand, in the order of their comments, 200 at most.
    pub items: Vec<PassageView>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_reads_back() {
        let letter = LetterId { counter: 17, actor: vec![0x0a, 0xff] };
        assert_eq!(letter.to_string(), "17@0aff");
        assert_eq!("17@0aff".parse(), Ok(letter));
        for wrong in
            ["", "s", "17@", "@0a", "-17@0a", "17@0", "17@zz", "17@é0", "+1@0a", &format!("1@{}", "0a".repeat(65))]
        {
            assert_eq!(wrong.parse::<LetterId>(), Err(NotALetter), "{wrong}");
        }
    }
}

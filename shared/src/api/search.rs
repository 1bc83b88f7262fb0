//! Finding things.

use serde::{Deserialize, Serialize};

use super::{CommentKind, IdeaCard, Millis, PersonView};
use crate::{CommentId, rules::words};

/// What kinds of things can be found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum SearchKind {
    /// Ideas, by title, pitch, body, tags and author.
    Idea,
    /// Comments, by what they say.
    Comment,
    /// People, by name and handle.
    Person,
    /// Boards, by title and purpose.
    Board,
}
words!(SearchKind: Idea = "idea", Comment = "comment", Person = "person", Board = "board");

/// A piece of a text. The pieces together are the text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Piece {
    /// Plain text.
    pub text: String,
    /// Whether it is what was searched for.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub hit: bool,
}

/// What of one kind was found, the best first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Group<T> {
    /// At most as many as were asked for.
    pub items: Vec<T>,
    /// Whether there are more.
    pub more: bool,
}

impl<T> Default for Group<T> {
    fn default() -> Self {
        Self { items: Vec::new(), more: false }
    }
}

/// What was found. What the person asking does not see is not there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Found {
    /// Ideas.
    pub ideas: Group<FoundIdea>,
    /// Comments, answers and, for the staff, notes.
    pub comments: Group<FoundComment>,
    /// People; none for a visitor.
    pub people: Group<FoundPerson>,
    /// Boards.
    pub boards: Group<FoundBoard>,
}

impl Found {
    /// How many things were found.
    #[must_use]
    pub fn count(&self) -> usize {
        self.ideas.items.len() + self.comments.items.len() + self.people.items.len() + self.boards.items.len()
    }
}

/// An idea that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FoundIdea {
    /// What its card shows.
    pub card: IdeaCard,
    /// Its title.
    pub title: Vec<Piece>,
    /// The pitch, or the place of the body where it was found.
    pub text: Vec<Piece>,
}

/// A comment that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FoundComment {
    /// Its id.
    pub id: CommentId,
    /// In which voice it is said.
    pub kind: CommentKind,
    /// Who wrote it.
    pub author: PersonView,
    /// When it was written.
    pub created_at: Millis,
    /// The number of the idea it is about.
    pub number: u32,
    /// The title of that idea.
    pub title: String,
    /// The title of that idea's board.
    pub board_title: String,
    /// The place where it was found.
    pub text: Vec<Piece>,
}

/// A person who was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FoundPerson {
    /// Who.
    pub person: PersonView,
    /// Their name.
    pub name: Vec<Piece>,
}

/// A board that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FoundBoard {
    /// The word in its address.
    pub slug: String,
    /// Its title.
    pub title: Vec<Piece>,
    /// What it is for.
    pub text: Vec<Piece>,
}

//! What a document may hold, and what an operation does to it: the schemas of the concept and of the canvas.
//!
//! - *concept* (one an idea): `{schema: 1, title: Text, pitch: Text, body: Text}`;
//! - *canvas* (one a board): `{schema: 1, cards: {ideaId: {x, y, group?}}, notes: {noteId: {text: Text, x, y, colour, group?}},
//!   groups: {groupId: {title: Text, x, y, w, h, colour}}}`.
//!
//! The server makes a document's root; everything after it is decided here, operation by operation, on both sides.

use super::{
    change::{Action, Key, Op, Value},
    concept::Field,
    message::RejectCode,
};
use crate::limits;

/// The greatest coordinate, size and its like on a canvas, either way.
const FAR: f64 = 1e6;
/// Characters of the id of a note or a group, at most.
const ID: usize = 36;

/// The kinds of documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DocumentKind {
    /// The text of an idea.
    Concept,
    /// The canvas of a board.
    Canvas,
}

impl DocumentKind {
    /// The word the store keeps.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Concept => "concept",
            Self::Canvas => "canvas",
        }
    }
}

/// What people put on a canvas.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ItemKind {
    /// An idea of the board.
    Card,
    /// A sticky note.
    Note,
    /// A cluster of them.
    Group,
}

impl ItemKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Card, Self::Note, Self::Group];

    /// The key of the map that holds them.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Card => "cards",
            Self::Note => "notes",
            Self::Group => "groups",
        }
    }

    /// The kind that the map of this key holds.
    #[must_use]
    pub fn parse(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.key() == key)
    }

    /// What one has from its first change on, and what it may have besides.
    #[must_use]
    pub fn parts(self) -> (&'static [Part], &'static [Part]) {
        use Part::{Colour, Group, H, Text, Title, W, X, Y};
        match self {
            Self::Card => (&[X, Y], &[Group]),
            Self::Note => (&[Text, X, Y, Colour], &[Group]),
            Self::Group => (&[Title, X, Y, W, H, Colour], &[]),
        }
    }

    fn part(self, key: &str) -> Option<Part> {
        let (always, besides) = self.parts();
        always.iter().chain(besides).copied().find(|part| part.key() == key)
    }

    /// Whether one may have this key.
    #[must_use]
    pub fn is_id(self, key: &str) -> bool {
        match self {
            Self::Card => uuid::Uuid::try_parse(key).is_ok_and(|id| id.hyphenated().to_string() == key),
            Self::Note | Self::Group => is_id(key),
        }
    }
}

fn is_id(key: &str) -> bool {
    (1..=ID).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}

/// A part of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Part {
    /// How far right.
    X,
    /// How far down.
    Y,
    /// How wide.
    W,
    /// How high.
    H,
    /// Its colour, by name.
    Colour,
    /// The id of the group it is in.
    Group,
    /// What a note says.
    Text,
    /// What a group is called.
    Title,
}

impl Part {
    /// Its key.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::X => "x",
            Self::Y => "y",
            Self::W => "w",
            Self::H => "h",
            Self::Colour => "colour",
            Self::Group => "group",
            Self::Text => "text",
            Self::Title => "title",
        }
    }

    /// Whether it says where an item is, rather than what it is.
    #[must_use]
    pub fn is_place(self) -> bool {
        matches!(self, Self::X | Self::Y | Self::W | Self::H | Self::Group)
    }

    fn takes(self, value: Value<'_>) -> bool {
        match self {
            Self::X | Self::Y => value.number().is_some_and(|number| number.abs() <= FAR),
            Self::W | Self::H => value.number().is_some_and(|number| (0.0..=FAR).contains(&number)),
            Self::Colour => value.text().is_some_and(|name| {
                (1..=20).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_lowercase())
            }),
            Self::Group => value.text().is_some_and(is_id),
            Self::Text | Self::Title => false,
        }
    }

    /// The text that it is, if it is one.
    #[must_use]
    pub fn text(self) -> Option<TextKind> {
        match self {
            Self::Text => Some(TextKind::Note),
            Self::Title => Some(TextKind::GroupTitle),
            _ => None,
        }
    }
}

/// The texts that people type in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TextKind {
    /// A text of a concept.
    Field(Field),
    /// What a note says.
    Note,
    /// What a group is called.
    GroupTitle,
}

impl TextKind {
    /// How long it may be, in characters.
    #[must_use]
    pub fn limit(self) -> usize {
        match self {
            Self::Field(Field::Title) => limits::TITLE,
            Self::Field(Field::Pitch) => limits::PITCH,
            Self::Field(Field::Body) => limits::BODY,
            Self::Note => limits::NOTE,
            Self::GroupTitle => limits::GROUP_TITLE,
        }
    }

    /// Its key in what holds it.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Field(field) => field.key(),
            Self::Note => Part::Text.key(),
            Self::GroupTitle => Part::Title.key(),
        }
    }
}

/// What an object of a document is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Shape {
    /// The document itself.
    Root,
    /// A text.
    Text(TextKind),
    /// All items of a kind.
    Items(ItemKind),
    /// One item.
    Item(ItemKind),
}

/// What stands at a key of the root; nothing when nothing may.
#[must_use]
pub fn at_root(key: &str) -> Option<Shape> {
    let field = || Field::parse(key).map(|field| Shape::Text(TextKind::Field(field)));
    ItemKind::parse(key).map(Shape::Items).or_else(field)
}

/// What an operation does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// Adds so many characters to a text.
    Write(TextKind, u32),
    /// Removes a character from a text.
    Erase(TextKind),
    /// Makes an item.
    Add(ItemKind),
    /// Removes an item.
    Remove(ItemKind),
    /// Gives a new item its text.
    Hold(Part),
    /// Sets a part of an item, or takes it away.
    Put(Part),
}

/// What an operation on an object of this shape does, whoever does it.
///
/// # Errors
/// [`RejectCode::Schema`] when a document of ours cannot hold what it makes: an unknown key, a value of the wrong
/// type, another schema number. [`RejectCode::Taken`] when it makes an item that it knows to be there.
pub fn deed(parent: Shape, op: &Op<'_>) -> Result<Deed, RejectCode> {
    if op.marks {
        return Err(RejectCode::Schema);
    }
    match (parent, op.key) {
        (Shape::Text(text), Key::Head | Key::Element(_)) => in_text(text, op),
        (Shape::Items(kind), Key::Map(key)) if !op.insert => in_items(kind, key, op),
        (Shape::Item(kind), Key::Map(key)) if !op.insert => in_item(kind, key, op),
        _ => Err(RejectCode::Schema),
    }
}

fn in_text(text: TextKind, op: &Op<'_>) -> Result<Deed, RejectCode> {
    match (op.action, op.insert) {
        (Action::Set, true) if op.replaces.is_empty() => {
            let written = op.value.text().filter(|written| !written.is_empty()).ok_or(RejectCode::Schema)?;
            Ok(Deed::Write(text, u32::try_from(written.chars().count()).unwrap_or(u32::MAX)))
        }
        (Action::Delete, false) if op.value.is_null() => match op.key {
            Key::Element(element) if op.replaces.only() == Some(element) => Ok(Deed::Erase(text)),
            _ => Err(RejectCode::Schema),
        },
        _ => Err(RejectCode::Schema),
    }
}

fn in_items(kind: ItemKind, key: &str, op: &Op<'_>) -> Result<Deed, RejectCode> {
    match op.action {
        Action::MakeMap if kind.is_id(key) && op.value.is_null() => {
            if op.replaces.is_empty() {
                Ok(Deed::Add(kind))
            } else {
                Err(RejectCode::Taken)
            }
        }
        Action::Delete if !op.replaces.is_empty() && op.value.is_null() => Ok(Deed::Remove(kind)),
        _ => Err(RejectCode::Schema),
    }
}

fn in_item(kind: ItemKind, key: &str, op: &Op<'_>) -> Result<Deed, RejectCode> {
    let part = kind.part(key).ok_or(RejectCode::Schema)?;
    match op.action {
        Action::MakeText if part.text().is_some() && op.replaces.is_empty() && op.value.is_null() => {
            Ok(Deed::Hold(part))
        }
        Action::Set if part.takes(op.value) => Ok(Deed::Put(part)),
        Action::Delete if part == Part::Group && !op.replaces.is_empty() && op.value.is_null() => Ok(Deed::Put(part)),
        _ => Err(RejectCode::Schema),
    }
}

//! What a document may hold, and what an operation does to it: the schemas of the concept and of the canvas.
//!
//! - *concept* (one an idea): `{schema: 1, title: Text, pitch: Text, body: Text}`;
//! - *canvas* (one a board): `{schema: 1, cards: {ideaId: {x, y}}, notes: {noteId: {text: Text, x, y, colour}},
//!   groups: {groupId: {title: Text, x, y, w, h, colour}}, links: {linkId: {from, to}},
//!   pictures: {itemId: {picture, alt: Text, x, y, w, h}}}`; what is placed may have a `z` and be `locked`, what is no
//!   group be in a `group`, and what a moderator puts back says `by` whom it was.
//!
//! The server makes a document's root; everything after it is decided here, operation by operation, on both sides.

use automerge::ActorId;

use super::{
    change::{Action, Key, Op, Value},
    codec::ACTOR,
    concept::Field,
    message::RejectCode,
};
use crate::{
    canvas::{ItemRef, is_item_id},
    limits,
    picture::Address,
};

pub use crate::canvas::ItemKind;

/// The greatest coordinate, size and its like on a canvas, either way.
pub const FAR: f64 = 1e6;

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

impl ItemKind {
    /// What one has from its first change on, and what it may have besides.
    #[must_use]
    pub fn parts(self) -> (&'static [Part], &'static [Part]) {
        use Part::{Alt, By, Colour, From, Group, H, Locked, Picture, Text, Title, To, W, X, Y, Z};
        match self {
            Self::Card => (&[X, Y], &[Z, Group, Locked, By]),
            Self::Note => (&[Text, X, Y, Colour], &[Z, Group, Locked, By]),
            Self::Group => (&[Title, X, Y, W, H, Colour], &[Z, Locked, By]),
            Self::Link => (&[From, To], &[By]),
            Self::Picture => (&[Picture, Alt, X, Y, W, H], &[Z, Group, Locked, By]),
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
            Self::Card => is_uuid(key),
            Self::Note | Self::Group | Self::Link | Self::Picture => is_item_id(key),
        }
    }
}

fn is_uuid(text: &str) -> bool {
    uuid::Uuid::try_parse(text).is_ok_and(|id| id.hyphenated().to_string() == text)
}

/// A part of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Part {
    /// How far right.
    X,
    /// How far down.
    Y,
    /// How near to who looks.
    Z,
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
    /// Whether only moderators change it.
    Locked,
    /// What a link comes from.
    From,
    /// What a link goes to.
    To,
    /// The address of a picture added to the board.
    Picture,
    /// What a picture shows, in words.
    Alt,
    /// The actor, in hexadecimal, who made it first, where somebody else put it back.
    By,
}

impl Part {
    /// Its key.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::X => "x",
            Self::Y => "y",
            Self::Z => "z",
            Self::W => "w",
            Self::H => "h",
            Self::Colour => "colour",
            Self::Group => "group",
            Self::Text => "text",
            Self::Title => "title",
            Self::Locked => "locked",
            Self::From => "from",
            Self::To => "to",
            Self::Picture => "picture",
            Self::Alt => "alt",
            Self::By => "by",
        }
    }

    /// Whether it says where an item is, rather than what it is.
    #[must_use]
    pub fn is_place(self) -> bool {
        matches!(self, Self::X | Self::Y | Self::Z | Self::W | Self::H | Self::Group)
    }

    /// Whether it can be taken away again.
    fn may_go(self) -> bool {
        matches!(self, Self::Group | Self::Z | Self::Locked)
    }

    fn takes(self, value: Value<'_>) -> bool {
        match self {
            Self::X | Self::Y | Self::Z => value.number().is_some_and(|number| number.abs() <= FAR),
            Self::W | Self::H => value.number().is_some_and(|number| (0.0..=FAR).contains(&number)),
            Self::Colour => value.text().is_some_and(|name| {
                (1..=20).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_lowercase())
            }),
            Self::Group => value.text().is_some_and(is_item_id),
            Self::Locked => value.truth().is_some(),
            Self::From | Self::To => value.text().is_some_and(is_end),
            Self::Picture => value.text().is_some_and(|address| address.parse::<Address>().is_ok()),
            Self::By => value.text().is_some_and(|actor| actor_of(actor).is_some()),
            Self::Text | Self::Title | Self::Alt => false,
        }
    }

    /// The text that it is, if it is one.
    #[must_use]
    pub fn text(self) -> Option<TextKind> {
        match self {
            Self::Text => Some(TextKind::Note),
            Self::Title => Some(TextKind::GroupTitle),
            Self::Alt => Some(TextKind::Alt),
            _ => None,
        }
    }
}

/// The actor that these hexadecimal digits name.
#[must_use]
pub fn actor_of(digits: &str) -> Option<ActorId> {
    let is_plain = digits.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    ActorId::try_from(digits).ok().filter(|actor| is_plain && (1..=ACTOR).contains(&actor.to_bytes().len()))
}

/// Whether a link may begin or end there: at anything but another link.
fn is_end(words: &str) -> bool {
    words.parse::<ItemRef>().is_ok_and(|item| item.kind != ItemKind::Link && item.kind.is_id(&item.id))
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
    /// What a picture shows.
    Alt,
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
            Self::Alt => limits::ALT,
        }
    }

    /// Its key in what holds it.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Field(field) => field.key(),
            Self::Note => Part::Text.key(),
            Self::GroupTitle => Part::Title.key(),
            Self::Alt => Part::Alt.key(),
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
        Action::Delete if part.may_go() && !op.replaces.is_empty() && op.value.is_null() => Ok(Deed::Put(part)),
        _ => Err(RejectCode::Schema),
    }
}

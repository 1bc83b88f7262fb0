//! What is on a canvas, as people see it: always whole and fit to be shown, whatever was changed at the same time.
//!
//! It is made of a canvas document by [`crate::live::canvas::read`], on either side.

pub mod layout;
pub mod outline;
pub mod past;
pub mod svg;

use std::{collections::BTreeMap, fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::api::Colour;

/// What people put on a canvas.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ItemKind {
    /// An idea of the board.
    Card,
    /// A sticky note.
    Note,
    /// A cluster of them.
    Group,
    /// A line from one of them to another.
    Link,
    /// A picture.
    Picture,
}

impl ItemKind {
    /// Every kind.
    pub const ALL: [Self; 5] = [Self::Card, Self::Note, Self::Group, Self::Link, Self::Picture];

    /// The key of the map that holds them in the document.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Card => "cards",
            Self::Note => "notes",
            Self::Group => "groups",
            Self::Link => "links",
            Self::Picture => "pictures",
        }
    }

    /// The kind that the map of this key holds.
    #[must_use]
    pub fn parse(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.key() == key)
    }
}

/// One thing on a canvas, by its kind and id: `notes/n1` in words.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct ItemRef {
    /// What it is.
    pub kind: ItemKind,
    /// Its id among those of its kind.
    pub id: String,
}

/// Characters of the id of something on a canvas, at most.
const ID: usize = 36;

/// Whether something on a canvas may have this id.
#[must_use]
pub fn is_item_id(id: &str) -> bool {
    (1..=ID).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}

impl ItemRef {
    /// That one.
    #[must_use]
    pub fn new(kind: ItemKind, id: impl Into<String>) -> Self {
        Self { kind, id: id.into() }
    }
}

impl fmt::Display for ItemRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.kind.key(), self.id)
    }
}

impl From<ItemRef> for String {
    fn from(item: ItemRef) -> Self {
        item.to_string()
    }
}

impl TryFrom<String> for ItemRef {
    type Error = NoItem;

    fn try_from(words: String) -> Result<Self, NoItem> {
        words.parse()
    }
}

/// That these words name nothing a canvas can hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is nothing a canvas can hold")]
pub struct NoItem;

impl FromStr for ItemRef {
    type Err = NoItem;

    fn from_str(words: &str) -> Result<Self, NoItem> {
        let (kind, id) = words.split_once('/').ok_or(NoItem)?;
        let kind = ItemKind::parse(kind).ok_or(NoItem)?;
        if is_item_id(id) { Ok(Self::new(kind, id)) } else { Err(NoItem) }
    }
}

/// Where something is: its upper left corner, in pixels of a canvas that is not zoomed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Spot {
    /// How far right.
    pub x: f64,
    /// How far down.
    pub y: f64,
    /// The higher, the nearer to who looks.
    pub z: f64,
}

/// An idea on the canvas. Its key is the idea's id.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Card {
    /// Where.
    pub spot: Spot,
    /// The group it is in, which is there.
    pub group: Option<String>,
    /// Whether only moderators change it.
    pub locked: bool,
    /// The actor id of whoever put it there, in hexadecimal.
    pub maker: String,
}

/// A sticky note.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Note {
    /// What it says, plain text.
    pub text: String,
    /// Where.
    pub spot: Spot,
    /// Its colour.
    pub colour: Colour,
    /// The group it is in, which is there.
    pub group: Option<String>,
    /// Whether only moderators change it.
    pub locked: bool,
    /// The actor id of whoever made it, in hexadecimal.
    pub maker: String,
}

/// A cluster.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Group {
    /// What it is called.
    pub title: String,
    /// Where.
    pub spot: Spot,
    /// How wide.
    pub w: f64,
    /// How high.
    pub h: f64,
    /// Its colour.
    pub colour: Colour,
    /// Whether only moderators change it.
    pub locked: bool,
    /// The actor id of whoever made it, in hexadecimal.
    pub maker: String,
}

/// A line between two things that are there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Link {
    /// From where, such as `notes/n1`.
    pub from: String,
    /// To where.
    pub to: String,
    /// The actor id of whoever made it, in hexadecimal.
    pub maker: String,
}

/// A picture.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Picture {
    /// The address of the picture, which was added to the board.
    pub picture: String,
    /// What it shows, in words.
    pub alt: String,
    /// Where.
    pub spot: Spot,
    /// How wide.
    pub w: f64,
    /// How high.
    pub h: f64,
    /// The group it is in, which is there.
    pub group: Option<String>,
    /// Whether only moderators change it.
    pub locked: bool,
    /// The actor id of whoever put it there, in hexadecimal.
    pub maker: String,
}

/// Everything on a canvas, by its id. Whatever names another thing here names one that is there.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct Canvas {
    /// Ideas.
    pub cards: BTreeMap<String, Card>,
    /// Notes.
    pub notes: BTreeMap<String, Note>,
    /// Groups.
    pub groups: BTreeMap<String, Group>,
    /// Links.
    pub links: BTreeMap<String, Link>,
    /// Pictures.
    pub pictures: BTreeMap<String, Picture>,
}

impl Canvas {
    /// Whether there is nothing on it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.cards.is_empty() && self.notes.is_empty() && self.groups.is_empty() && self.pictures.is_empty()
    }

    /// Whether this is there.
    #[must_use]
    pub fn has(&self, item: &ItemRef) -> bool {
        match item.kind {
            ItemKind::Card => self.cards.contains_key(&item.id),
            ItemKind::Note => self.notes.contains_key(&item.id),
            ItemKind::Group => self.groups.contains_key(&item.id),
            ItemKind::Link => self.links.contains_key(&item.id),
            ItemKind::Picture => self.pictures.contains_key(&item.id),
        }
    }

    /// The actor id of whoever put this there.
    #[must_use]
    pub fn maker(&self, item: &ItemRef) -> Option<&str> {
        Some(match item.kind {
            ItemKind::Card => &self.cards.get(&item.id)?.maker,
            ItemKind::Note => &self.notes.get(&item.id)?.maker,
            ItemKind::Group => &self.groups.get(&item.id)?.maker,
            ItemKind::Link => &self.links.get(&item.id)?.maker,
            ItemKind::Picture => &self.pictures.get(&item.id)?.maker,
        })
    }

    /// How many things are on it.
    #[must_use]
    pub fn len(&self) -> usize {
        self.cards.len() + self.notes.len() + self.groups.len() + self.links.len() + self.pictures.len()
    }

    /// Everything on it.
    pub fn items(&self) -> impl Iterator<Item = ItemRef> {
        let of = |kind| move |id: &String| ItemRef::new(kind, id);
        let cards = self.cards.keys().map(of(ItemKind::Card)).chain(self.notes.keys().map(of(ItemKind::Note)));
        let groups = self.groups.keys().map(of(ItemKind::Group)).chain(self.links.keys().map(of(ItemKind::Link)));
        cards.chain(groups).chain(self.pictures.keys().map(of(ItemKind::Picture)))
    }

    /// Whether only moderators change this.
    #[must_use]
    pub fn is_locked(&self, item: &ItemRef) -> bool {
        match item.kind {
            ItemKind::Card => self.cards.get(&item.id).is_some_and(|card| card.locked),
            ItemKind::Note => self.notes.get(&item.id).is_some_and(|note| note.locked),
            ItemKind::Group => self.groups.get(&item.id).is_some_and(|group| group.locked),
            ItemKind::Picture => self.pictures.get(&item.id).is_some_and(|picture| picture.locked),
            ItemKind::Link => false,
        }
    }

    /// Where this is.
    #[must_use]
    pub fn spot(&self, item: &ItemRef) -> Option<Spot> {
        match item.kind {
            ItemKind::Card => self.cards.get(&item.id).map(|card| card.spot),
            ItemKind::Note => self.notes.get(&item.id).map(|note| note.spot),
            ItemKind::Group => self.groups.get(&item.id).map(|group| group.spot),
            ItemKind::Picture => self.pictures.get(&item.id).map(|picture| picture.spot),
            ItemKind::Link => None,
        }
    }

    /// The group this is in.
    #[must_use]
    pub fn group_of(&self, item: &ItemRef) -> Option<&str> {
        match item.kind {
            ItemKind::Card => self.cards.get(&item.id)?.group.as_deref(),
            ItemKind::Note => self.notes.get(&item.id)?.group.as_deref(),
            ItemKind::Picture => self.pictures.get(&item.id)?.group.as_deref(),
            ItemKind::Group | ItemKind::Link => None,
        }
    }

    /// The text of this, where it has one: what a note says, what a group is called, what a picture shows.
    #[must_use]
    pub fn text(&self, item: &ItemRef) -> Option<&str> {
        match item.kind {
            ItemKind::Note => self.notes.get(&item.id).map(|note| note.text.as_str()),
            ItemKind::Group => self.groups.get(&item.id).map(|group| group.title.as_str()),
            ItemKind::Picture => self.pictures.get(&item.id).map(|picture| picture.alt.as_str()),
            ItemKind::Card | ItemKind::Link => None,
        }
    }

    /// One thing of it, to be kept or compared.
    #[must_use]
    pub fn clone_of(&self, item: &ItemRef) -> Option<Item> {
        match item.kind {
            ItemKind::Card => self.cards.get(&item.id).cloned().map(Item::Card),
            ItemKind::Note => self.notes.get(&item.id).cloned().map(Item::Note),
            ItemKind::Group => self.groups.get(&item.id).cloned().map(Item::Group),
            ItemKind::Link => self.links.get(&item.id).cloned().map(Item::Link),
            ItemKind::Picture => self.pictures.get(&item.id).cloned().map(Item::Picture),
        }
    }

    /// Lets go of what names things that are not there: groups that went, and links with a loose end. Answers with what it
    /// changed.
    pub fn settle(&mut self) -> Vec<ItemRef> {
        let mut changed = Vec::new();
        let Self { cards, notes, groups, pictures, .. } = self;
        let in_group = cards.iter_mut().map(|(id, card)| (ItemKind::Card, id, &mut card.group));
        let in_group = in_group.chain(notes.iter_mut().map(|(id, note)| (ItemKind::Note, id, &mut note.group)));
        let in_group = in_group.chain(pictures.iter_mut().map(|(id, one)| (ItemKind::Picture, id, &mut one.group)));
        for (kind, id, group) in in_group {
            if group.as_ref().is_some_and(|of| !groups.contains_key(of)) {
                *group = None;
                changed.push(ItemRef::new(kind, id));
            }
        }
        let mut links = std::mem::take(&mut self.links);
        links.retain(|id, link| {
            let ends = [&link.from, &link.to].iter().all(|end| end.parse().is_ok_and(|end| self.has(&end)));
            if !ends {
                changed.push(ItemRef::new(ItemKind::Link, id));
            }
            ends
        });
        self.links = links;
        changed
    }
}

/// One thing on a canvas.
#[derive(Clone, Debug, PartialEq)]
pub enum Item {
    /// An idea.
    Card(Card),
    /// A note.
    Note(Note),
    /// A group.
    Group(Group),
    /// A link.
    Link(Link),
    /// A picture.
    Picture(Picture),
}

impl Item {
    /// The actor who made it, in hexadecimal.
    #[must_use]
    pub fn maker(&self) -> &str {
        match self {
            Self::Card(card) => &card.maker,
            Self::Note(note) => &note.maker,
            Self::Group(group) => &group.maker,
            Self::Link(link) => &link.maker,
            Self::Picture(picture) => &picture.maker,
        }
    }
}

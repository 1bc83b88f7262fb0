//! What people do on a canvas.

use automerge::{AutoCommit, ObjId, ObjType, ReadDoc as _, ScalarValue, transaction::Transactable as _};

use serde::{Deserialize, Serialize};

use super::{CanvasReplica, Splice, fits_in};
use crate::{
    api::Colour,
    canvas::{Canvas, ItemKind, ItemRef, Spot},
    limits,
    live::{
        canvas::{items, object, text},
        message::RejectCode,
        permit::{Whose, fits, permit},
        schema::{Deed, FAR, Part, TextKind},
    },
};

/// Something done on a canvas.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Act {
    /// Puts a note there.
    AddNote {
        /// Its id.
        id: String,
        /// What it says.
        text: String,
        /// Where.
        spot: Spot,
        /// Its colour.
        colour: Colour,
        /// The group it is in.
        group: Option<String>,
    },
    /// Puts an idea there.
    AddCard {
        /// The idea's id.
        id: String,
        /// Where.
        spot: Spot,
        /// The group it is in.
        group: Option<String>,
    },
    /// Makes a group.
    AddGroup {
        /// Its id.
        id: String,
        /// What it is called.
        title: String,
        /// Where.
        spot: Spot,
        /// How wide.
        w: f64,
        /// How high.
        h: f64,
        /// Its colour.
        colour: Colour,
    },
    /// Draws a line.
    AddLink {
        /// Its id.
        id: String,
        /// From where.
        from: ItemRef,
        /// To where.
        to: ItemRef,
    },
    /// Puts a picture there.
    AddPicture {
        /// Its id on the canvas.
        id: String,
        /// The address of the picture itself.
        picture: String,
        /// What it shows.
        alt: String,
        /// Where.
        spot: Spot,
        /// How wide.
        w: f64,
        /// How high.
        h: f64,
    },
    /// Takes something away.
    Remove(ItemRef),
    /// Moves something.
    Move {
        /// What.
        item: ItemRef,
        /// How far right.
        x: f64,
        /// How far down.
        y: f64,
    },
    /// Brings something nearer, or farther away.
    Raise {
        /// What.
        item: ItemRef,
        /// How near.
        z: f64,
    },
    /// Gives a group or a picture another size.
    Resize {
        /// What.
        item: ItemRef,
        /// How wide.
        w: f64,
        /// How high.
        h: f64,
    },
    /// Puts something in a group, or in none.
    Gather {
        /// What.
        item: ItemRef,
        /// The group.
        group: Option<String>,
    },
    /// Gives a note or a group another colour.
    Paint {
        /// What.
        item: ItemRef,
        /// The colour.
        colour: Colour,
    },
    /// Locks something, or unlocks it.
    Lock {
        /// What.
        item: ItemRef,
        /// Whether it is locked.
        locked: bool,
    },
    /// Says who made something that was put back just now.
    Credit {
        /// What.
        item: ItemRef,
        /// The actor who made it, in hexadecimal.
        maker: String,
    },
    /// Writes in the text of something.
    Write {
        /// What.
        item: ItemRef,
        /// What is written, in UTF-16 code units.
        splice: Splice,
    },
}

/// That an act was not done, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Why.
    pub code: RejectCode,
    /// Where in the document.
    pub path: String,
}

impl Act {
    /// What it is done to.
    #[must_use]
    pub fn item(&self) -> ItemRef {
        match self {
            Self::AddNote { id, .. } => ItemRef::new(ItemKind::Note, id),
            Self::AddCard { id, .. } => ItemRef::new(ItemKind::Card, id),
            Self::AddGroup { id, .. } => ItemRef::new(ItemKind::Group, id),
            Self::AddLink { id, .. } => ItemRef::new(ItemKind::Link, id),
            Self::AddPicture { id, .. } => ItemRef::new(ItemKind::Picture, id),
            Self::Remove(item)
            | Self::Move { item, .. }
            | Self::Raise { item, .. }
            | Self::Resize { item, .. }
            | Self::Gather { item, .. }
            | Self::Paint { item, .. }
            | Self::Lock { item, .. }
            | Self::Credit { item, .. }
            | Self::Write { item, .. } => item.clone(),
        }
    }

    /// The words that it writes, if it does.
    pub(super) fn words(&self) -> Option<&str> {
        let words = match self {
            Self::AddNote { text, .. } => text,
            Self::AddGroup { title, .. } => title,
            Self::AddPicture { alt, .. } => alt,
            Self::Write { splice, .. } => &splice.insert,
            _ => return None,
        };
        (!words.trim().is_empty()).then_some(words)
    }

    fn adds(&self) -> bool {
        matches!(
            self,
            Self::AddNote { .. }
                | Self::AddCard { .. }
                | Self::AddGroup { .. }
                | Self::AddLink { .. }
                | Self::AddPicture { .. }
        )
    }

    /// As the schema has it, with the part of the item it is about.
    fn deed(&self) -> (Deed, Option<Part>) {
        let put = |part| (Deed::Put(part), Some(part));
        match self {
            Self::Remove(item) => (Deed::Remove(item.kind), None),
            Self::Move { .. } => put(Part::X),
            Self::Raise { .. } => put(Part::Z),
            Self::Resize { .. } => put(Part::W),
            Self::Gather { .. } => put(Part::Group),
            Self::Paint { .. } => put(Part::Colour),
            Self::Lock { .. } => put(Part::Locked),
            Self::Credit { .. } => put(Part::By),
            Self::Write { item, .. } => {
                let (part, kind) = written(item.kind).unwrap_or((Part::Text, TextKind::Note));
                (Deed::Write(kind, 0), Some(part))
            }
            _ => (Deed::Add(self.item().kind), None),
        }
    }

    fn refused(&self, code: RejectCode) -> Refusal {
        let (item, part) = (self.item(), self.deed().1);
        let path = part.map_or_else(|| item.to_string(), |part| format!("{item}/{}", part.key()));
        Refusal { code, path }
    }

    /// Does it in the document's open transaction.
    pub(super) fn apply(&self, doc: &mut AutoCommit) -> Result<(), Refusal> {
        let gone = || self.refused(RejectCode::Schema);
        let done = match self {
            Self::AddNote { text, spot, colour, group, .. } => self.add(doc, |doc, note| {
                say(doc, note, Part::Text, text)?;
                place(doc, note, *spot, group.as_deref())?;
                doc.put(note, Part::Colour.key(), colour.as_str())
            }),
            Self::AddCard { spot, group, .. } => self.add(doc, |doc, card| place(doc, card, *spot, group.as_deref())),
            Self::AddGroup { title, spot, w, h, colour, .. } => self.add(doc, |doc, group| {
                say(doc, group, Part::Title, title)?;
                place(doc, group, *spot, None)?;
                size(doc, group, *w, *h)?;
                doc.put(group, Part::Colour.key(), colour.as_str())
            }),
            Self::AddLink { from, to, .. } => self.add(doc, |doc, link| {
                doc.put(link, Part::From.key(), from.to_string())?;
                doc.put(link, Part::To.key(), to.to_string())
            }),
            Self::AddPicture { picture, alt, spot, w, h, .. } => self.add(doc, |doc, shown| {
                say(doc, shown, Part::Alt, alt)?;
                place(doc, shown, *spot, None)?;
                size(doc, shown, *w, *h)?;
                doc.put(shown, Part::Picture.key(), picture.as_str())
            }),
            Self::Remove(item) => {
                let map = items(doc, item.kind).ok_or_else(gone)?;
                object(doc, item).ok_or_else(gone)?;
                doc.delete(map, item.id.as_str())
            }
            Self::Write { item, splice } => {
                let (part, _) = written(item.kind).ok_or_else(gone)?;
                let text = object(doc, item).and_then(|item| text(doc, &item, part)).ok_or_else(gone)?;
                if !fits_in(splice, doc.length(&text)) {
                    return Err(gone());
                }
                let delete = isize::try_from(splice.delete).map_err(|_| gone())?;
                doc.splice_text(&text, splice.at, delete, &splice.insert)
            }
            Self::Move { item, x, y } => {
                let moved = object(doc, item).ok_or_else(gone)?;
                number(doc, &moved, Part::X, *x).and_then(|()| number(doc, &moved, Part::Y, *y))
            }
            Self::Raise { item, z } => number(doc, &object(doc, item).ok_or_else(gone)?, Part::Z, *z),
            Self::Resize { item, w, h } => size(doc, &object(doc, item).ok_or_else(gone)?, *w, *h),
            Self::Gather { item, group } => {
                let item = object(doc, item).ok_or_else(gone)?;
                let is_in_one = doc.get(&item, Part::Group.key()).is_ok_and(|group| group.is_some());
                match group {
                    Some(group) => doc.put(&item, Part::Group.key(), group.as_str()),
                    None if is_in_one => doc.delete(&item, Part::Group.key()),
                    None => Ok(()),
                }
            }
            Self::Paint { item, colour } => {
                doc.put(object(doc, item).ok_or_else(gone)?, Part::Colour.key(), colour.as_str())
            }
            Self::Lock { item, locked } => doc.put(object(doc, item).ok_or_else(gone)?, Part::Locked.key(), *locked),
            Self::Credit { item, maker } => {
                doc.put(object(doc, item).ok_or_else(gone)?, Part::By.key(), maker.as_str())
            }
        };
        done.map_err(|_| gone())
    }

    /// Makes the item, filled by `fill`.
    fn add(
        &self,
        doc: &mut AutoCommit,
        fill: impl FnOnce(&mut AutoCommit, &ObjId) -> Result<(), automerge::AutomergeError>,
    ) -> Result<(), automerge::AutomergeError> {
        let item = self.item();
        let map = items(doc, item.kind).ok_or(automerge::AutomergeError::Fail)?;
        let made = doc.put_object(map, item.id.as_str(), ObjType::Map)?;
        fill(doc, &made)
    }
}

/// The text of items of this kind.
fn written(kind: ItemKind) -> Option<(Part, TextKind)> {
    kind.parts().0.iter().find_map(|part| Some((*part, part.text()?)))
}

fn say(doc: &mut AutoCommit, item: &ObjId, part: Part, words: &str) -> Result<(), automerge::AutomergeError> {
    let text = doc.put_object(item, part.key(), ObjType::Text)?;
    doc.splice_text(&text, 0, 0, words)
}

/// Whole pixels are written as such, being shorter, and nothing is farther away than the schema lets it be.
fn number(doc: &mut AutoCommit, item: &ObjId, part: Part, value: f64) -> Result<(), automerge::AutomergeError> {
    #[expect(clippy::cast_possible_truncation, reason = "the schema bounds places to a million")]
    doc.put(item, part.key(), ScalarValue::Int(value.round().clamp(-FAR, FAR) as i64))
}

fn size(doc: &mut AutoCommit, item: &ObjId, w: f64, h: f64) -> Result<(), automerge::AutomergeError> {
    number(doc, item, Part::W, w.max(0.0))?;
    number(doc, item, Part::H, h.max(0.0))
}

fn place(doc: &mut AutoCommit, item: &ObjId, spot: Spot, group: Option<&str>) -> Result<(), automerge::AutomergeError> {
    number(doc, item, Part::X, spot.x)?;
    number(doc, item, Part::Y, spot.y)?;
    if spot.z != 0.0 {
        number(doc, item, Part::Z, spot.z)?;
    }
    group.map_or(Ok(()), |group| doc.put(item, Part::Group.key(), group))
}

impl CanvasReplica {
    /// Whether the person may do this, as far as can be told here: it is the same judgement as the server's, who also knows
    /// whose everything is.
    ///
    /// # Errors
    /// Why not.
    pub fn permit(&self, act: &Act) -> Result<(), Refusal> {
        let (item, (deed, _)) = (act.item(), act.deed());
        let refused = |code| act.refused(code);
        if act.adds() {
            if self.canvas.has(&item) {
                return Err(refused(RejectCode::Taken));
            }
            if self.canvas.len() >= limits::CANVAS {
                return Err(refused(RejectCode::TooLarge));
            }
            permit(deed, Whose::Own, self.rights).map_err(refused)?;
        } else {
            // What is not known yet is judged by the server.
            self.whose(&item).map_or(Ok(()), |whose| permit(deed, whose, self.rights)).map_err(refused)?;
        }
        lengths(act, &self.canvas).map_err(refused)
    }
}

/// Whether the texts keep their lengths.
fn lengths(act: &Act, canvas: &Canvas) -> Result<(), RejectCode> {
    let chars = |text: &str| text.chars().count() as u64;
    match act {
        Act::AddNote { text, .. } => fits(TextKind::Note, 0, chars(text)),
        Act::AddGroup { title, .. } => fits(TextKind::GroupTitle, 0, chars(title)),
        Act::AddPicture { alt, .. } => fits(TextKind::Alt, 0, chars(alt)),
        Act::Write { item, splice } => {
            let (Some((_, kind)), Some(text)) = (written(item.kind), canvas.text(item)) else { return Ok(()) };
            let removed: Vec<u16> = text.encode_utf16().skip(splice.at).take(splice.delete).collect();
            let before = chars(text);
            let after = before + chars(&splice.insert) - chars(&String::from_utf16_lossy(&removed)).min(before);
            fits(kind, before, after)
        }
        _ => Ok(()),
    }
}

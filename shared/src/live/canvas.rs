//! The canvas document: `{schema: 1, cards, notes, groups, links, pictures}`. What each holds is in [`super::schema`].

use automerge::{
    ActorId, AutoCommit, AutomergeError, Change, ObjId, ObjType, ROOT, ReadDoc, ScalarValue, Value,
    transaction::{CommitOptions, Transactable},
};

use super::{
    concept::{ENCODING, SCHEMA},
    schema::{ItemKind, Part},
};
use crate::{
    api::Colour,
    canvas::{Canvas, Card, Group, ItemRef, Link, Note, Picture, Spot},
};

/// The first change of a canvas, made by `actor` at `time` (seconds since 1970).
///
/// # Errors
/// Those of Automerge; none is expected.
pub fn first_change(actor: ActorId, time: i64) -> Result<Change, AutomergeError> {
    let mut doc = AutoCommit::new_with_encoding(ENCODING).with_actor(actor);
    doc.put(ROOT, "schema", SCHEMA)?;
    for kind in ItemKind::ALL {
        doc.put_object(ROOT, kind.key(), ObjType::Map)?;
    }
    doc.commit_with(CommitOptions::default().with_time(time));
    doc.get_last_local_change().ok_or(AutomergeError::Fail)
}

/// The change that gives a canvas what those made before it could hold more did not have; none when nothing is missing.
///
/// # Errors
/// Those of Automerge; none is expected.
pub fn completing_change(doc: &mut AutoCommit, actor: ActorId, time: i64) -> Result<Option<Change>, AutomergeError> {
    doc.set_actor(actor);
    let mut missing = false;
    for kind in ItemKind::ALL {
        if doc.get(ROOT, kind.key())?.is_none() {
            doc.put_object(ROOT, kind.key(), ObjType::Map)?;
            missing = true;
        }
    }
    if !missing {
        return Ok(None);
    }
    doc.commit_with(CommitOptions::default().with_time(time));
    Ok(doc.get_last_local_change())
}

/// The map that holds the items of a kind.
pub(super) fn items(doc: &impl ReadDoc, kind: ItemKind) -> Option<ObjId> {
    match doc.get(ROOT, kind.key()) {
        Ok(Some((Value::Object(ObjType::Map), id))) => Some(id),
        _ => None,
    }
}

/// The object of an item.
pub(super) fn object(doc: &impl ReadDoc, item: &ItemRef) -> Option<ObjId> {
    match doc.get(items(doc, item.kind)?, item.id.as_str()) {
        Ok(Some((Value::Object(ObjType::Map), id))) => Some(id),
        _ => None,
    }
}

/// The text of an item, where it has one.
pub(super) fn text(doc: &impl ReadDoc, object: &ObjId, part: Part) -> Option<ObjId> {
    match doc.get(object, part.key()) {
        Ok(Some((Value::Object(ObjType::Text), id))) => Some(id),
        _ => None,
    }
}

/// Everything on a canvas.
#[must_use]
pub fn read(doc: &impl ReadDoc) -> Canvas {
    let mut canvas = Canvas::default();
    for kind in ItemKind::ALL {
        let Some(map) = items(doc, kind) else { continue };
        for id in doc.keys(&map) {
            read_item(doc, &ItemRef::new(kind, id), &mut canvas);
        }
    }
    canvas.settle();
    canvas
}

/// Brings one item of a canvas up to date; what names other things is not looked after.
pub fn read_item(doc: &impl ReadDoc, item: &ItemRef, canvas: &mut Canvas) {
    let found = object(doc, item).map(|object| Reader { doc, object });
    let id = item.id.clone();
    match item.kind {
        ItemKind::Card => set(&mut canvas.cards, id, found.and_then(|item| item.card())),
        ItemKind::Note => set(&mut canvas.notes, id, found.and_then(|item| item.note())),
        ItemKind::Group => set(&mut canvas.groups, id, found.and_then(|item| item.group())),
        ItemKind::Link => set(&mut canvas.links, id, found.and_then(|item| item.link())),
        ItemKind::Picture => set(&mut canvas.pictures, id, found.and_then(|item| item.picture())),
    }
}

fn set<T>(all: &mut std::collections::BTreeMap<String, T>, id: String, item: Option<T>) {
    match item {
        Some(item) => all.insert(id, item),
        None => all.remove(&id),
    };
}

/// One item of a document.
struct Reader<'a, D> {
    doc: &'a D,
    object: ObjId,
}

impl<D: ReadDoc> Reader<'_, D> {
    fn number(&self, part: Part) -> Option<f64> {
        match self.doc.get(&self.object, part.key()).ok()??.0 {
            Value::Scalar(value) => match value.as_ref() {
                ScalarValue::F64(number) => Some(*number),
                #[expect(clippy::cast_precision_loss, reason = "places are small numbers")]
                ScalarValue::Int(number) => Some(*number as f64),
                #[expect(clippy::cast_precision_loss, reason = "places are small numbers")]
                ScalarValue::Uint(number) => Some(*number as f64),
                _ => None,
            },
            Value::Object(_) => None,
        }
    }

    fn word(&self, part: Part) -> Option<String> {
        match self.doc.get(&self.object, part.key()).ok()??.0 {
            Value::Scalar(value) => match value.as_ref() {
                ScalarValue::Str(word) => Some(word.to_string()),
                _ => None,
            },
            Value::Object(_) => None,
        }
    }

    fn text(&self, part: Part) -> Option<String> {
        self.doc.text(text(self.doc, &self.object, part)?).ok()
    }

    fn spot(&self) -> Option<Spot> {
        let z = self.number(Part::Z).unwrap_or_default();
        Some(Spot { x: self.number(Part::X)?, y: self.number(Part::Y)?, z })
    }

    fn colour(&self) -> Colour {
        self.word(Part::Colour).and_then(|word| Colour::parse(&word)).unwrap_or_default()
    }

    /// Where it was locked and unlocked at the same time, it is locked, as the server judges too.
    fn locked(&self) -> bool {
        let said = self.doc.get_all(&self.object, Part::Locked.key()).unwrap_or_default();
        said.iter().any(|(value, _)| matches!(value, Value::Scalar(value) if **value == ScalarValue::Boolean(true)))
    }

    /// Who put it there, or put it there first, where somebody else put it back.
    fn maker(&self) -> String {
        if let Some(maker) = self.word(Part::By) {
            return maker;
        }
        match &self.object {
            ObjId::Id(_, actor, _) => actor.to_hex_string(),
            ObjId::Root => String::new(),
        }
    }

    fn card(&self) -> Option<Card> {
        let (spot, group) = (self.spot()?, self.word(Part::Group));
        Some(Card { spot, group, locked: self.locked(), maker: self.maker() })
    }

    fn note(&self) -> Option<Note> {
        let (text, spot, group) = (self.text(Part::Text)?, self.spot()?, self.word(Part::Group));
        Some(Note { text, spot, colour: self.colour(), group, locked: self.locked(), maker: self.maker() })
    }

    fn group(&self) -> Option<Group> {
        let (title, spot) = (self.text(Part::Title)?, self.spot()?);
        let (w, h) = (self.number(Part::W)?, self.number(Part::H)?);
        Some(Group { title, spot, w, h, colour: self.colour(), locked: self.locked(), maker: self.maker() })
    }

    fn link(&self) -> Option<Link> {
        Some(Link { from: self.word(Part::From)?, to: self.word(Part::To)?, maker: self.maker() })
    }

    fn picture(&self) -> Option<Picture> {
        let (picture, alt, spot) = (self.word(Part::Picture)?, self.text(Part::Alt)?, self.spot()?);
        let (w, h, group) = (self.number(Part::W)?, self.number(Part::H)?, self.word(Part::Group));
        Some(Picture { picture, alt, spot, w, h, group, locked: self.locked(), maker: self.maker() })
    }
}

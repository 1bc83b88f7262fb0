//! The operations of a change, read one by one from its columns.

use super::{PREDECESSORS, Unreadable};
use crate::live::{
    column::{Booleans, Deltas, Runs},
    leb::Input,
};

/// Bytes of a key, at most. A run repeats one for as many operations as it likes, and not every reader shares it.
const KEY: usize = 256;

/// The operation that made something: the place of its actor in [`Change::actors`](super::Change::actors), and its counter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OpRef {
    /// 0 is the change's own actor.
    pub actor: usize,
    /// Rises with each operation.
    pub counter: u64,
}

/// Where in its object an operation acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key<'a> {
    /// Under a key of a map.
    Map(&'a str),
    /// At the beginning of a list or text.
    Head,
    /// At, or after, an element of a list or text.
    Element(OpRef),
}

/// A value: Automerge's type code, and its bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Value<'a> {
    /// 0 null, 1 false, 2 true, 3 and 4 integers, 5 float, 6 text, 7 bytes, 8 counter, 9 time.
    pub kind: u8,
    /// As written.
    pub bytes: &'a [u8],
}

impl<'a> Value<'a> {
    /// The text, if it is one.
    #[must_use]
    pub fn text(self) -> Option<&'a str> {
        if self.kind == 6 { std::str::from_utf8(self.bytes).ok() } else { None }
    }

    /// The number, if it is one: an integer or a float, which stock peers mix freely.
    #[must_use]
    #[allow(clippy::cast_precision_loss, reason = "places on a canvas are small numbers")]
    pub fn number(self) -> Option<f64> {
        let mut input = Input(self.bytes);
        let number = match self.kind {
            3 => input.unsigned()? as f64,
            4 => input.signed()? as f64,
            5 => f64::from_le_bytes(input.take(8)?.try_into().ok()?),
            _ => return None,
        };
        input.is_empty().then_some(number)
    }

    /// Whether it is true or false, if it is one of them.
    #[must_use]
    pub fn truth(self) -> Option<bool> {
        match self.kind {
            1 | 2 if self.bytes.is_empty() => Some(self.kind == 2),
            _ => None,
        }
    }

    /// Whether it is nothing at all.
    #[must_use]
    pub fn is_null(self) -> bool {
        self.kind == 0 && self.bytes.is_empty()
    }
}

/// What an operation does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Makes a map.
    MakeMap,
    /// Sets, or with `insert` adds, a value.
    Set,
    /// Makes a list.
    MakeList,
    /// Removes.
    Delete,
    /// Makes a text.
    MakeText,
    /// Adds to a counter.
    Increment,
    /// Makes a table.
    MakeTable,
    /// Marks a passage.
    Mark,
}

/// An operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Op<'a> {
    /// The object it acts on; none is the root.
    pub object: Option<OpRef>,
    /// Where in it.
    pub key: Key<'a>,
    /// Whether it adds an element.
    pub insert: bool,
    /// What it does.
    pub action: Action,
    /// With which value.
    pub value: Value<'a>,
    /// What it replaces.
    pub replaces: Replaces,
    /// Whether it is part of a mark.
    pub marks: bool,
}

/// The operations that an operation replaces: seldom more than one, and then by several people at once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Replaces {
    first: Option<OpRef>,
    others: Vec<OpRef>,
}

impl Replaces {
    fn push(&mut self, op: OpRef) {
        match self.first {
            None => self.first = Some(op),
            Some(_) => self.others.push(op),
        }
    }

    /// How many.
    #[must_use]
    pub fn len(&self) -> usize {
        self.iter().count()
    }

    /// Whether it replaces nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.first.is_none()
    }

    /// Each of them.
    pub fn iter(&self) -> impl Iterator<Item = OpRef> + '_ {
        self.first.into_iter().chain(self.others.iter().copied())
    }

    /// The one, when it is only one.
    #[must_use]
    pub fn only(&self) -> Option<OpRef> {
        self.first.filter(|_| self.others.is_empty())
    }
}

/// The operations of a change, one by one.
#[derive(Clone, Debug)]
pub struct Operations<'a> {
    pub(super) left: u64,
    pub(super) actors: u64,
    pub(super) object_actor: Runs<'a, u64>,
    pub(super) object_counter: Runs<'a, u64>,
    pub(super) key_actor: Runs<'a, u64>,
    pub(super) key_counter: Deltas<'a>,
    pub(super) key_text: Runs<'a, &'a str>,
    pub(super) insert: Booleans<'a>,
    pub(super) action: Runs<'a, u64>,
    pub(super) value_head: Runs<'a, u64>,
    pub(super) value: Input<'a>,
    pub(super) predecessors: Runs<'a, u64>,
    pub(super) predecessor_actor: Runs<'a, u64>,
    pub(super) predecessor_counter: Deltas<'a>,
    pub(super) expand: Booleans<'a>,
    pub(super) mark: Runs<'a, &'a str>,
}

impl<'a> Operations<'a> {
    fn read(&mut self) -> Option<Op<'a>> {
        let object = match (self.object_actor.next()?, self.object_counter.next()?) {
            (None, None) => None,
            (Some(actor), Some(counter)) => Some(self.reference(actor, counter)?),
            _ => return None,
        };
        let key = match (self.key_actor.next()?, self.key_counter.next()?, self.key_text.next()?) {
            (None, None, Some(key)) if key.len() <= KEY => Key::Map(key),
            (None, Some(0), None) => Key::Head,
            (Some(actor), Some(counter), None) => Key::Element(self.reference(actor, u64::try_from(counter).ok()?)?),
            _ => return None,
        };
        let action = match self.action.next()?? {
            0 => Action::MakeMap,
            1 => Action::Set,
            2 => Action::MakeList,
            3 => Action::Delete,
            4 => Action::MakeText,
            5 => Action::Increment,
            6 => Action::MakeTable,
            7 => Action::Mark,
            _ => return None,
        };
        let head = self.value_head.next()?.unwrap_or(0);
        #[allow(clippy::cast_possible_truncation, reason = "four bits")]
        let value = Value { kind: (head & 15) as u8, bytes: self.value.take(head >> 4)? };
        let predecessors = self.predecessors.next()?.unwrap_or(0);
        if predecessors > PREDECESSORS {
            return None;
        }
        let mut replaces = Replaces::default();
        for _ in 0..predecessors {
            let (actor, counter) = (self.predecessor_actor.next()??, self.predecessor_counter.next()??);
            replaces.push(self.reference(actor, u64::try_from(counter).ok()?)?);
        }
        let mark = self.mark.next()?;
        if mark.is_some_and(|name| name.len() > KEY) {
            return None;
        }
        let marks = self.expand.next()? | mark.is_some();
        Some(Op { object, key, insert: self.insert.next()?, action, value, replaces, marks })
    }

    fn reference(&self, actor: u64, counter: u64) -> Option<OpRef> {
        (actor < self.actors && counter > 0).then_some(OpRef { actor: usize::try_from(actor).ok()?, counter })
    }

    /// Whether nothing is left over in any column.
    fn is_used_up(&self) -> bool {
        self.object_actor.is_used_up()
            && self.object_counter.is_used_up()
            && self.key_actor.is_used_up()
            && self.key_counter.is_used_up()
            && self.key_text.is_used_up()
            && self.insert.is_used_up()
            && self.value_head.is_used_up()
            && self.value.is_empty()
            && self.predecessors.is_used_up()
            && self.predecessor_actor.is_used_up()
            && self.predecessor_counter.is_used_up()
            && self.expand.is_used_up()
            && self.mark.is_used_up()
    }
}

impl<'a> Iterator for Operations<'a> {
    type Item = Result<Op<'a>, Unreadable>;

    fn next(&mut self) -> Option<Self::Item> {
        self.left = self.left.checked_sub(1)?;
        let op = self.read();
        if op.is_none() || (self.left == 0 && !self.is_used_up()) {
            self.left = 0;
            return Some(Err(Unreadable("operations")));
        }
        op.map(Ok)
    }
}

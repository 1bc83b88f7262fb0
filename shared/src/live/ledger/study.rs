//! What the operations of a change do, one by one, to the objects that are here: checked against the schema and against
//! what its author may do; or, for a change of the log, only taken note of.

use std::{
    cell::OnceCell,
    collections::{HashMap, HashSet},
};

use super::{
    Author, Ledger, SHARE, Unfit,
    ranges::Ranges,
    things::{Item, Lock, Obj, Object, Run, Slot, in_runs, is_locked, push_run},
};
use crate::{
    PersonId, limits,
    live::{
        change::{Action, Change, Key, Op, OpRef},
        message::RejectCode,
        permit::{Whose, fits, permit},
        schema::{Deed, ItemKind, Part, Shape, TextKind, actor_of, at_root, deed},
    },
};

/// Characters of a key that a refusal repeats, at most.
const SHOWN: usize = 64;

/// What a change does to the objects of the document.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// What its operations put where.
    pub(super) runs: Vec<Run>,
    /// New objects, by the operation that makes each.
    pub(super) objects: Vec<(u32, Object)>,
    /// New items.
    pub(super) items: Vec<Item>,
    /// Items it removes.
    pub(super) removed: HashSet<u32>,
    /// Letters it removes that stood, by the actor who wrote them.
    pub(super) gone: HashMap<u32, Ranges>,
    /// Letters it adds that are more than one character.
    pub(super) wide: Vec<(u32, u32)>,
    /// The characters of the texts it touches, afterwards.
    pub(super) chars: HashMap<Obj, u64>,
    /// What it leaves said of whether items are locked, by their places.
    pub(super) locks: HashMap<u32, Vec<Lock>>,
    /// Which parts each new item has.
    parts: Vec<u16>,
    ids: HashSet<(ItemKind, Box<str>)>,
}

/// A change being studied.
struct Study<'a> {
    ledger: &'a Ledger,
    named: &'a [Option<u32>],
    start_op: u32,
    person: PersonId,
    /// Nothing for a change of the log.
    judge: Option<Judge<'a>>,
    found: Found,
    /// How many items of the person's stood before.
    own: OnceCell<usize>,
}

#[derive(Clone, Copy)]
struct Judge<'a> {
    author: &'a Author,
    /// Per actor, the first operation that the change does not build on.
    outside: &'a HashMap<u32, u32>,
}

impl Ledger {
    /// What a change does, when its author may.
    pub(super) fn examine(
        &self,
        change: &Change<'_>,
        named: &[Option<u32>],
        start_op: u32,
        outside: &HashMap<u32, u32>,
        author: &Author,
    ) -> Result<Found, Unfit> {
        let judge = Some(Judge { author, outside });
        Study {
            ledger: self,
            named,
            start_op,
            person: author.person,
            judge,
            found: Found::default(),
            own: OnceCell::new(),
        }
        .run(change)
    }

    /// What a change of the log does.
    pub(super) fn study(
        &self,
        change: &Change<'_>,
        named: &[Option<u32>],
        start_op: u32,
        person: PersonId,
    ) -> Result<Found, Unfit> {
        Study { ledger: self, named, start_op, person, judge: None, found: Found::default(), own: OnceCell::new() }
            .run(change)
    }
}

impl Study<'_> {
    fn run(mut self, change: &Change<'_>) -> Result<Found, Unfit> {
        for (op, counter) in change.operations().zip(self.start_op..) {
            self.operation(&op.map_err(|_| Unfit::Unreadable)?, counter)?;
        }
        if self.judge.is_some() {
            self.complete()?;
        }
        Ok(self.found)
    }

    fn operation(&mut self, op: &Op<'_>, counter: u32) -> Result<(), Unfit> {
        let Some(made) = op.object else {
            return self.root(op, counter);
        };
        let object = self.resolve(made).and_then(|(actor, at)| self.object_made(actor, at)).ok_or(Unfit::Element)?;
        let shape = self.object(object).ok_or(Unfit::Element)?.shape;
        let done = deed(shape, op).map_err(|code| self.refused(code, Some(object), op.key))?;
        let refused = |study: &Self, code| study.refused(code, Some(object), op.key);
        match done {
            Deed::Write(..) | Deed::Erase(_) => {
                self.permit(done, object).map_err(|code| refused(self, code))?;
                self.text(op, counter, object, done)
            }
            Deed::Add(kind) => {
                let whose = if self.was_anothers(op.key, kind) { Whose::Other } else { Whose::Own };
                self.permit_as(done, whose).map_err(|code| refused(self, code))?;
                self.item(op.key, counter, kind).map_err(|code| refused(self, code))
            }
            Deed::Remove(kind) => self.remove(op, kind, object),
            Deed::Hold(part) => {
                self.permit(done, object).map_err(|code| refused(self, code))?;
                self.hold(part, counter, object).map_err(|code| refused(self, code))
            }
            Deed::Put(part) => {
                self.permit(done, object).map_err(|code| refused(self, code))?;
                let slot = Slot::Part(object, part);
                self.replaces_only(op, slot)?;
                if part == Part::Locked {
                    self.lock(op, counter, object)?;
                }
                let first = self.found_part(object, part);
                if part == Part::By {
                    self.give_back(op, object, first).map_err(|code| refused(self, code))?;
                }
                push_run(&mut self.found.runs, counter, slot);
                Ok(())
            }
        }
    }

    /// The root is the server's: in the log, it may get what documents made before did not have.
    fn root(&mut self, op: &Op<'_>, counter: u32) -> Result<(), Unfit> {
        let shape = match op.key {
            Key::Map(key) if self.judge.is_none() && op.action == Action::MakeMap => at_root(key),
            _ => None,
        };
        let Some(shape @ Shape::Items(_)) = shape else {
            return Err(self.refused(RejectCode::Schema, None, op.key));
        };
        self.found.objects.push((counter, Object { shape, item: None, chars: 0 }));
        Ok(())
    }

    /// A word on whether an item is locked takes the place of those it knows of.
    fn lock(&mut self, op: &Op<'_>, counter: u32, object: Obj) -> Result<(), Unfit> {
        let own = self.named[0].ok_or(Unfit::Actor)?;
        let place = self.object(object).and_then(|object| object.item).ok_or(Unfit::Element)?;
        let mut locks = self.locks(place).to_vec();
        for replaced in op.replaces.iter() {
            let said = self.seen(replaced)?;
            locks.retain(|lock| lock.said != said);
        }
        if op.action == Action::Set {
            locks.push(Lock { said: (own, counter), locked: op.value.truth() == Some(true) });
        }
        self.found.locks.insert(place, locks);
        Ok(())
    }

    /// What is put back stays whose it was: the change that makes the item may say which actor made it before.
    fn give_back(&mut self, op: &Op<'_>, object: Obj, first: bool) -> Result<(), RejectCode> {
        let maker = op.value.text().and_then(actor_of).and_then(|maker| self.ledger.by_actor.get(maker.to_bytes()));
        let place = self.object(object).and_then(|object| object.item);
        let at = place.and_then(|place| place.checked_sub(self.ledger.things.next_item()));
        let item = at.and_then(|at| self.found.items.get_mut(at as usize));
        let owner = match (maker, &item) {
            (Some(maker), Some(item)) => self.ledger.things.owner_before(item.kind, &item.id, *maker),
            _ => None,
        };
        match (item, owner) {
            (Some(item), Some(owner)) if first => item.owner = owner,
            _ if self.judge.is_none() => {}
            _ => return Err(RejectCode::Schema),
        }
        Ok(())
    }

    fn locks(&self, place: u32) -> &[Lock] {
        let found = self.found.locks.get(&place).map(Vec::as_slice);
        found.or_else(|| self.item_at(place).map(|item| item.locks.as_slice())).unwrap_or_default()
    }

    /// Adds letters to a text, or removes one.
    fn text(&mut self, op: &Op<'_>, counter: u32, text: Obj, done: Deed) -> Result<(), Unfit> {
        let element = match op.key {
            Key::Element(element) => Some(self.letter(element, counter, text)?),
            _ => None,
        };
        let before = self.chars(text);
        let after = match (done, element) {
            (Deed::Write(_, chars), _) => {
                if chars != 1 {
                    self.found.wide.push((counter, chars));
                }
                push_run(&mut self.found.runs, counter, Slot::Letter(text));
                before + u64::from(chars)
            }
            (_, Some((actor, made))) if !self.is_gone(actor, made) => {
                let chars = self.width(actor, made);
                self.found.gone.entry(actor).or_default().insert(made);
                before.saturating_sub(u64::from(chars))
            }
            _ => before,
        };
        self.found.chars.insert(text, after);
        Ok(())
    }

    /// Whether something of another person's stood there once: what was said of that one would be said of the new one. An
    /// idea is the same idea, whoever puts it there.
    fn was_anothers(&self, key: Key<'_>, kind: ItemKind) -> bool {
        let Key::Map(id) = key else { return false };
        let first = self.judge.and_then(|_| self.ledger.things.first_owner(kind, id));
        kind != ItemKind::Card && first.is_some_and(|owner| owner != self.person)
    }

    fn own_before(&self) -> usize {
        *self.own.get_or_init(|| self.ledger.things.count_of(self.person))
    }

    fn item(&mut self, key: Key<'_>, counter: u32, kind: ItemKind) -> Result<(), RejectCode> {
        let Key::Map(id) = key else { return Err(RejectCode::Schema) };
        let things = &self.ledger.things;
        let so_far = self.found.items.len();
        if self.judge.is_some() {
            let stands = things.standing(kind, id).is_some_and(|place| !self.found.removed.contains(&place));
            if stands || !self.found.ids.insert((kind, id.into())) {
                return Err(RejectCode::Taken);
            }
            if things.count() + so_far >= limits::CANVAS {
                return Err(RejectCode::TooLarge);
            }
            let tidies = self.judge.is_some_and(|judge| judge.author.rights.tidy);
            if !tidies && self.own_before() + so_far >= limits::CANVAS / SHARE as usize {
                return Err(RejectCode::Share);
            }
        }
        let place = things.next_item() + u32::try_from(so_far).unwrap_or(u32::MAX);
        let object = self.next_object();
        self.found.items.push(Item { kind, id: id.into(), owner: self.person, locks: Vec::new() });
        self.found.parts.push(0);
        self.found.objects.push((counter, Object { shape: Shape::Item(kind), item: Some(place), chars: 0 }));
        push_run(&mut self.found.runs, counter, Slot::Item(object));
        Ok(())
    }

    fn remove(&mut self, op: &Op<'_>, kind: ItemKind, items: Obj) -> Result<(), Unfit> {
        let mut removed = Vec::new();
        for replaced in op.replaces.iter() {
            let (actor, counter) = self.seen(replaced)?;
            let Some(Slot::Item(object)) = self.slot(actor, counter) else { return Err(Unfit::Element) };
            let place = self.object(object).and_then(|object| object.item).ok_or(Unfit::Element)?;
            let item = self.item_at(place).ok_or(Unfit::Element)?;
            if item.kind != kind || Key::Map(&item.id) != op.key {
                return Err(Unfit::Element);
            }
            self.permit(Deed::Remove(kind), object).map_err(|code| self.refused(code, Some(items), op.key))?;
            removed.push(place);
        }
        self.found.removed.extend(removed);
        Ok(())
    }

    /// A new item gets its text, with the change that makes it: a later one would hide what was written.
    fn hold(&mut self, part: Part, counter: u32, object: Obj) -> Result<(), RejectCode> {
        let text = part.text().ok_or(RejectCode::Schema)?;
        let first = self.found_part(object, part);
        if self.judge.is_some() && !first {
            return Err(RejectCode::Taken);
        }
        let item = self.object(object).and_then(|object| object.item);
        self.found.objects.push((counter, Object { shape: Shape::Text(text), item, chars: 0 }));
        push_run(&mut self.found.runs, counter, Slot::Part(object, part));
        Ok(())
    }

    /// Notes that a new item has a part; whether it is new, and had it not.
    fn found_part(&mut self, object: Obj, part: Part) -> bool {
        let item = self.object(object).and_then(|object| object.item);
        let at = item.and_then(|place| place.checked_sub(self.ledger.things.next_item()));
        let Some(parts) = at.and_then(|at| self.found.parts.get_mut(at as usize)) else { return false };
        let bit = 1_u16 << part as u8;
        std::mem::replace(parts, *parts | bit) & bit == 0
    }

    /// Whether every new item has all it needs, and every text its length.
    fn complete(&self) -> Result<(), Unfit> {
        for (item, parts) in self.found.items.iter().zip(&self.found.parts) {
            if let Some(part) = item.kind.parts().0.iter().find(|part| parts & (1_u16 << **part as u8) == 0) {
                let path = format!("{}/{}/{}", item.kind.key(), item.id, part.key());
                return Err(Unfit::refused(RejectCode::Schema, path));
            }
        }
        for (text, after) in &self.found.chars {
            let object = self.object(*text).ok_or(Unfit::Element)?;
            if let Shape::Text(kind) = object.shape {
                fits(kind, object.chars, *after).map_err(|code| self.refused(code, Some(*text), Key::Head))?;
            }
        }
        Ok(())
    }

    fn permit(&self, done: Deed, object: Obj) -> Result<(), RejectCode> {
        let place = self.object(object).and_then(|object| object.item);
        let whose = match place.and_then(|place| Some((self.item_at(place)?, is_locked(self.locks(place))))) {
            None => Whose::All,
            Some((_, true)) => Whose::Locked,
            Some((item, false)) if item.owner == self.person => Whose::Own,
            Some(_) => Whose::Other,
        };
        self.permit_as(done, whose)
    }

    fn permit_as(&self, done: Deed, whose: Whose) -> Result<(), RejectCode> {
        self.judge.map_or(Ok(()), |judge| permit(done, whose, judge.author.rights))
    }

    /// Every operation that this one replaces must be in its past, and have put something in the same place.
    fn replaces_only(&self, op: &Op<'_>, slot: Slot) -> Result<(), Unfit> {
        if self.judge.is_none() {
            return Ok(());
        }
        for replaced in op.replaces.iter() {
            let (actor, counter) = self.seen(replaced)?;
            if self.slot(actor, counter) != Some(slot) {
                return Err(Unfit::Element);
            }
        }
        Ok(())
    }

    /// The letter of this text that an operation names.
    fn letter(&self, element: OpRef, counter: u32, text: Obj) -> Result<(u32, u32), Unfit> {
        let (actor, made) = self.seen(element)?;
        let before = Some(actor) != self.named[0] || made < counter;
        if self.judge.is_none() || (before && self.slot(actor, made) == Some(Slot::Letter(text))) {
            Ok((actor, made))
        } else {
            Err(Unfit::Element)
        }
    }

    /// An operation that this change names, when it builds on it.
    fn seen(&self, op: OpRef) -> Result<(u32, u32), Unfit> {
        let (actor, counter) = self.resolve(op).ok_or(Unfit::Element)?;
        let seen = self.judge.is_none_or(|judge| judge.outside.get(&actor).is_none_or(|first| counter < *first));
        if seen { Ok((actor, counter)) } else { Err(Unfit::Element) }
    }

    fn resolve(&self, op: OpRef) -> Option<(u32, u32)> {
        Some((self.named.get(op.actor).copied()??, u32::try_from(op.counter).ok()?))
    }

    fn is_new(&self, actor: u32, counter: u32) -> bool {
        Some(actor) == self.named[0] && counter >= self.start_op
    }

    fn slot(&self, actor: u32, counter: u32) -> Option<Slot> {
        if self.is_new(actor, counter) {
            return in_runs(&self.found.runs, counter);
        }
        self.ledger.slot(actor, counter)
    }

    fn object_made(&self, actor: u32, counter: u32) -> Option<Obj> {
        if !self.is_new(actor, counter) {
            let seen = self.judge.is_none_or(|judge| judge.outside.get(&actor).is_none_or(|first| counter < *first));
            return self.ledger.things.made_by(actor, counter).filter(|_| seen);
        }
        let at = self.found.objects.binary_search_by_key(&counter, |(made, _)| *made).ok()?;
        Some(self.ledger.things.next_object() + u32::try_from(at).ok()?)
    }

    fn next_object(&self) -> Obj {
        self.ledger.things.next_object() + u32::try_from(self.found.objects.len()).unwrap_or(Obj::MAX)
    }

    fn object(&self, object: Obj) -> Option<&Object> {
        match object.checked_sub(self.ledger.things.next_object()) {
            None => self.ledger.object(object),
            Some(at) => self.found.objects.get(at as usize).map(|(_, object)| object),
        }
    }

    fn item_at(&self, place: u32) -> Option<&Item> {
        match place.checked_sub(self.ledger.things.next_item()) {
            None => self.ledger.things.items.get(place as usize),
            Some(at) => self.found.items.get(at as usize),
        }
    }

    fn chars(&self, text: Obj) -> u64 {
        self.found.chars.get(&text).copied().or_else(|| self.object(text).map(|text| text.chars)).unwrap_or(0)
    }

    fn is_gone(&self, actor: u32, counter: u32) -> bool {
        let before = self.ledger.actors.get(actor as usize).is_some_and(|actor| actor.gone.contains(counter));
        before || self.found.gone.get(&actor).is_some_and(|gone| gone.contains(counter))
    }

    fn width(&self, actor: u32, counter: u32) -> u32 {
        if self.is_new(actor, counter) {
            let wide = &self.found.wide;
            return wide.binary_search_by_key(&counter, |(made, _)| *made).map_or(1, |at| wide[at].1);
        }
        self.ledger.wide.get(&(actor, counter)).copied().unwrap_or(1)
    }

    fn refused(&self, code: RejectCode, object: Option<Obj>, key: Key<'_>) -> Unfit {
        let key = if let Key::Map(key) = key { key.chars().take(SHOWN).collect() } else { String::new() };
        let object = object.and_then(|object| self.object(object));
        let item = object.and_then(|object| object.item).and_then(|item| self.item_at(item));
        let path = match (object.map(|object| object.shape), item) {
            (Some(Shape::Text(TextKind::Field(field))), _) => field.key().to_owned(),
            (Some(Shape::Text(text)), Some(item)) => format!("{}/{}/{}", item.kind.key(), item.id, text.key()),
            (Some(Shape::Items(kind)), _) => format!("{}/{key}", kind.key()),
            (Some(_), Some(item)) => format!("{}/{}/{key}", item.kind.key(), item.id),
            _ => key,
        };
        Unfit::refused(code, path)
    }
}

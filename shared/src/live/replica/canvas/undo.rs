//! Taking back one's own acts on a canvas, and doing them again: only where nobody else has changed the thing since.

use std::collections::BTreeSet;

use super::{Act, CanvasReplica};
use crate::{
    canvas::{Canvas, Item, ItemRef, Spot},
    live::{
        permit::Whose,
        replica::{Replicated as _, draft},
    },
};

/// How many gestures can be taken back.
const STEPS: usize = 200;

/// What a gesture was done to, as it was before it and after it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Step {
    things: Vec<(ItemRef, Option<Item>, Option<Item>)>,
    /// More of the same goes on with it: typing, or a key that is held.
    open: bool,
}

/// What can be taken back, and what can be done again.
#[derive(Debug, Default)]
pub(super) struct Steps {
    back: Vec<Step>,
    again: Vec<Step>,
}

impl Steps {
    /// A gesture did that. It goes on with the one before when both are about the same things and that is still open.
    pub(super) fn note(&mut self, things: Vec<(ItemRef, Option<Item>, Option<Item>)>, open: bool) {
        if things.is_empty() {
            return;
        }
        self.again.clear();
        if let Some(last) = self.back.last_mut().filter(|last| last.open)
            && last.things.len() == things.len()
            && last.things.iter().zip(&things).all(|((a, ..), (b, ..))| a == b)
        {
            for ((_, _, after), (_, _, now)) in last.things.iter_mut().zip(things) {
                *after = now;
            }
            last.open = open;
            return;
        }
        if self.back.len() >= STEPS {
            self.back.remove(0);
        }
        self.back.push(Step { things, open });
    }

    /// What follows is another gesture.
    pub(super) fn close(&mut self) {
        if let Some(last) = self.back.last_mut() {
            last.open = false;
        }
    }
}

impl CanvasReplica {
    /// Whether there is something to take back.
    #[must_use]
    pub fn can_undo(&self) -> bool {
        !self.steps.back.is_empty()
    }

    /// Whether there is something to do again.
    #[must_use]
    pub fn can_redo(&self) -> bool {
        !self.steps.again.is_empty()
    }

    /// What follows is another gesture than what was done last.
    pub fn end_gesture(&mut self) {
        self.steps.close();
    }

    /// Takes the last gesture back, as far as nobody else has changed since what it did. Answers with what changed; nothing
    /// when nothing could be.
    pub fn undo(&mut self) -> BTreeSet<ItemRef> {
        self.turn(false)
    }

    /// Does again what was taken back last.
    pub fn redo(&mut self) -> BTreeSet<ItemRef> {
        self.turn(true)
    }

    fn turn(&mut self, again: bool) -> BTreeSet<ItemRef> {
        let taken = if again { self.steps.again.pop() } else { self.steps.back.pop() };
        let Some(step) = taken else { return BTreeSet::new() };
        let mut acts = Vec::new();
        for (item, before, after) in &step.things {
            let (from, to) = if again { (before, after) } else { (after, before) };
            acts.extend(between(&self.canvas, item, from.as_ref(), to.as_ref()));
            // What is another's stays theirs.
            let back = to.as_ref().filter(|_| from.is_none() && !self.canvas.has(item));
            let maker = back.map(Item::maker).filter(|maker| self.whose_is(maker) != Some(Whose::Own));
            acts.extend(maker.map(|maker| Act::Credit { item: item.clone(), maker: maker.to_owned() }));
        }
        // Its own acts are no new gesture.
        let (changed, _) = self.do_all(acts);
        self.seal();
        let step = Step { open: false, ..step };
        if again {
            self.steps.back.push(step);
        } else {
            self.steps.again.push(step);
        }
        changed
    }
}

/// The acts that make of something what it was, in every respect in which it is still what the gesture made of it.
fn between(canvas: &Canvas, item: &ItemRef, from: Option<&Item>, to: Option<&Item>) -> Vec<Act> {
    let now = canvas.clone_of(item);
    match (from, to) {
        (None, Some(to)) if now.is_none() => add(item, to),
        // With words of somebody else's in it, it is not the gesture's any more.
        (Some(from), None) if now.as_ref().is_some_and(|now| says_the_same(now, from)) => {
            vec![Act::Remove(item.clone())]
        }
        (Some(from), Some(to)) => now.map(|now| turn(item, &now, from, to)).unwrap_or_default(),
        _ => Vec::new(),
    }
}

/// The acts that put something there as it was.
fn add(item: &ItemRef, was: &Item) -> Vec<Act> {
    let id = item.id.clone();
    let made = match was.clone() {
        Item::Note(note) => {
            Act::AddNote { id, text: note.text, spot: note.spot, colour: note.colour, group: note.group }
        }
        Item::Card(card) => Act::AddCard { id, spot: card.spot, group: card.group },
        Item::Group(group) => {
            let (title, spot, colour) = (group.title, group.spot, group.colour);
            Act::AddGroup { id, title, spot, w: group.w, h: group.h, colour }
        }
        Item::Picture(shown) => {
            let (picture, alt, spot) = (shown.picture, shown.alt, shown.spot);
            Act::AddPicture { id, picture, alt, spot, w: shown.w, h: shown.h }
        }
        Item::Link(link) => {
            let (Ok(from), Ok(to)) = (link.from.parse(), link.to.parse()) else { return Vec::new() };
            Act::AddLink { id, from, to }
        }
    };
    let group = Facets::of(was).group.filter(|_| matches!(was, Item::Picture(_)));
    let gather = group.map(|group| Act::Gather { item: item.clone(), group: Some(group) });
    let lock = Facets::of(was).locked.then(|| Act::Lock { item: item.clone(), locked: true });
    std::iter::once(made).chain(gather).chain(lock).collect()
}

/// What of something one changes by itself.
#[derive(Clone, Debug, Default, PartialEq)]
struct Facets {
    spot: Option<Spot>,
    size: Option<(f64, f64)>,
    group: Option<String>,
    colour: Option<crate::api::Colour>,
    locked: bool,
    text: Option<String>,
}

impl Facets {
    fn of(item: &Item) -> Self {
        match item.clone() {
            Item::Card(card) => {
                Self { spot: Some(card.spot), group: card.group, locked: card.locked, ..Self::default() }
            }
            Item::Note(note) => Self {
                spot: Some(note.spot),
                group: note.group,
                colour: Some(note.colour),
                locked: note.locked,
                text: Some(note.text),
                ..Self::default()
            },
            Item::Group(group) => Self {
                spot: Some(group.spot),
                size: Some((group.w, group.h)),
                colour: Some(group.colour),
                locked: group.locked,
                text: Some(group.title),
                ..Self::default()
            },
            Item::Picture(picture) => Self {
                spot: Some(picture.spot),
                size: Some((picture.w, picture.h)),
                group: picture.group,
                locked: picture.locked,
                text: Some(picture.alt),
                ..Self::default()
            },
            Item::Link(_) => Self::default(),
        }
    }
}

/// Whether something is what it was, wherever it lies by now.
fn says_the_same(now: &Item, was: &Item) -> bool {
    let what = |item| {
        let Facets { colour, locked, text, .. } = Facets::of(item);
        (colour, locked, text)
    };
    what(now) == what(was)
}

fn turn(item: &ItemRef, now: &Item, from: &Item, to: &Item) -> Vec<Act> {
    let (now, from, to) = (Facets::of(now), Facets::of(from), Facets::of(to));
    let mut acts = Vec::new();
    if let (Some(at), Some(made), Some(was)) = (now.spot, from.spot, to.spot) {
        if (at.x, at.y) == (made.x, made.y) && (at.x, at.y) != (was.x, was.y) {
            acts.push(Act::Move { item: item.clone(), x: was.x, y: was.y });
        }
        if at.z.total_cmp(&made.z).is_eq() && at.z.total_cmp(&was.z).is_ne() {
            acts.push(Act::Raise { item: item.clone(), z: was.z });
        }
    }
    if let Some((w, h)) = to.size.filter(|_| now.size == from.size && now.size != to.size) {
        acts.push(Act::Resize { item: item.clone(), w, h });
    }
    if now.group == from.group && now.group != to.group {
        acts.push(Act::Gather { item: item.clone(), group: to.group.clone() });
    }
    if let Some(colour) = to.colour.filter(|_| now.colour == from.colour && now.colour != to.colour) {
        acts.push(Act::Paint { item: item.clone(), colour });
    }
    if now.locked == from.locked && now.locked != to.locked {
        acts.push(Act::Lock { item: item.clone(), locked: to.locked });
    }
    if let (Some(said), Some(was)) = (&now.text, &to.text)
        && now.text == from.text
        && let Some(splice) = draft::difference(said, was)
    {
        acts.push(Act::Write { item: item.clone(), splice });
    }
    acts
}

#[cfg(test)]
mod tests {
    use automerge::ActorId;

    use super::*;
    use crate::{
        DocumentId,
        api::Colour,
        canvas::ItemKind,
        live::{
            canvas::first_change,
            permit::Rights,
            replica::Splice,
            sync::{SyncMessage, Version},
        },
    };

    fn replica(actor: u8) -> CanvasReplica {
        let first = first_change(ActorId::from([9; 16].as_slice()), 0).expect("a change");
        let mut replica = CanvasReplica::new(DocumentId([0; 16]), &[actor; 16]);
        let changes = vec![first.raw_bytes()];
        let message =
            SyncMessage { version: Version::V1, heads: vec![], need: vec![], have: vec![], changes, flags: None };
        replica.receive(&message.encode()).expect("readable");
        replica.integrate().expect("applies");
        replica.may(Rights { note: true, arrange: true, tidy: true, edit: false });
        replica
    }

    fn note(id: &str, text: &str) -> Act {
        let (id, text) = (id.to_owned(), text.to_owned());
        Act::AddNote { id, text, spot: Spot::default(), colour: Colour::Amber, group: None }
    }

    fn shift(id: &str, x: f64) -> Act {
        Act::Move { item: ItemRef::new(ItemKind::Note, id), x, y: 0.0 }
    }

    fn write(id: &str, at: usize, insert: &str) -> Act {
        let splice = Splice { at, delete: 0, insert: insert.to_owned() };
        Act::Write { item: ItemRef::new(ItemKind::Note, id), splice }
    }

    #[test]
    fn each_gesture_is_taken_back_and_done_again() {
        let mut one = replica(1);
        one.act(vec![note("n1", "Rye"), note("n2", "Oats")], false);
        one.act(vec![shift("n1", 40.0), shift("n2", 40.0)], false);
        one.act(vec![write("n1", 3, " b")], true);
        one.act(vec![write("n1", 5, "read")], true);
        one.end_gesture();
        one.act(vec![Act::Remove(ItemRef::new(ItemKind::Note, "n2"))], false);
        let states: Vec<Canvas> = (0..4)
            .map(|_| {
                let state = one.canvas().clone();
                assert!(!one.undo().is_empty());
                state
            })
            .collect();
        assert!(one.canvas().is_empty() && !one.can_undo());
        assert!(one.undo().is_empty());
        for state in states.into_iter().rev() {
            assert!(!one.redo().is_empty());
            assert_eq!(*one.canvas(), state);
        }
        assert!(!one.can_redo());
    }

    #[test]
    fn what_somebody_else_changed_since_stays() {
        let (mut one, mut two) = (replica(1), replica(2));
        let pass = |from: &mut CanvasReplica, to: &mut CanvasReplica| {
            let changes: Vec<Vec<u8>> = from.unsaved().into_iter().map(|change| change.bytes).collect();
            let all: Vec<&[u8]> = changes.iter().map(Vec::as_slice).collect();
            let message = SyncMessage {
                version: Version::V1,
                heads: vec![],
                need: vec![],
                have: vec![],
                changes: all,
                flags: None,
            };
            to.receive(&message.encode()).expect("readable");
            to.integrate().expect("applies");
        };
        one.act(vec![note("n1", "Rye"), note("n2", "Oats")], false);
        one.act(vec![shift("n1", 40.0), shift("n2", 40.0)], false);
        pass(&mut one, &mut two);
        two.act(vec![shift("n1", 90.0), write("n2", 4, " and rye")], false);
        pass(&mut two, &mut one);
        one.undo();
        assert_eq!(one.canvas().notes["n1"].spot.x.to_bits(), 90.0_f64.to_bits(), "hers by now");
        assert_eq!(one.canvas().notes["n2"].spot.x.to_bits(), 0.0_f64.to_bits());
        assert_eq!(one.canvas().notes["n2"].text, "Oats and rye");
        // That it was made is taken back only of what nobody else wrote in.
        one.undo();
        assert_eq!(one.canvas().notes.keys().collect::<Vec<_>>(), ["n2"]);
        pass(&mut one, &mut two);
        // What a moderator removed and puts back stays whose it was.
        let hers = ItemRef::new(ItemKind::Note, "n2");
        two.act(vec![Act::Remove(hers.clone())], false);
        two.undo();
        pass(&mut two, &mut one);
        assert_eq!(one.whose(&hers), Some(Whose::Own));
        assert_eq!(one.canvas().notes["n2"].text, "Oats and rye");
    }
}

//! The texts of a document, followed change by change.
//!
//! Automerge can do far more, and for it goes over a whole text for each change applied to it. All that changes do here
//! is add letters and remove them, which takes finding their place.

mod places;

use std::{cmp::Ordering, collections::HashMap};

use shared::{
    api::Millis,
    live::{
        change::{Action, Change, Key, OpRef, Unreadable},
        concept::{Field, Texts},
    },
};

use crate::domain::credit::{self, Author, STANDS, Written, hour_of};

/// Letters in a piece of a text, beyond which it is parted.
const PIECE: usize = 1024;
/// From here on a number names one of [`Text::words`]; below, it is a character.
const WORD: u32 = 1 << 31;

/// The operation that added a letter: its counter, and its actor's place in [`Letters::actors`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Id {
    pub(super) counter: u32,
    pub(super) actor: u32,
}

/// What an operation does to a text.
pub(super) enum Deed<'a> {
    /// It makes the text.
    Makes,
    /// It adds a letter, which stands behind these, the nearest first; those that were removed are among them.
    Adds { letter: Id, word: &'a str, behind: Behind<'a> },
    /// It removes a letter.
    Removes { letter: Id },
}

/// The letters before a place, the nearest first.
pub(super) struct Behind<'a> {
    text: &'a Text,
    place: Place,
}

impl Iterator for Behind<'_> {
    type Item = Id;

    fn next(&mut self) -> Option<Id> {
        self.place = self.text.before(self.place)?;
        self.text.id(self.place)
    }
}

/// A place in a text: the piece, and the letter in it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Place {
    piece: usize,
    at: usize,
}

#[derive(Debug, Default)]
struct Piece {
    ids: Vec<Id>,
    letters: Vec<u32>,
    /// The least counter of what removed each letter.
    gone: Vec<u32>,
    /// The least and the greatest counter.
    low: u32,
    high: u32,
    /// Bytes of what is not removed.
    bytes: usize,
}

#[derive(Debug, Default)]
struct Text {
    pieces: Vec<Piece>,
    /// What one operation added that is more than one character.
    words: Vec<Box<str>>,
    /// Where the last operation was: the next is mostly beside it.
    last: Place,
    /// Characters and bytes of what is not removed.
    chars: usize,
    bytes: usize,
}

impl Piece {
    /// Those of these letters that are not removed.
    fn standing(&self, range: std::ops::Range<usize>) -> impl Iterator<Item = u32> {
        let letters = self.letters.get(range.clone()).unwrap_or_default().iter();
        let gone = self.gone.get(range).unwrap_or_default().iter();
        letters.zip(gone).filter(|(_, gone)| **gone == STANDS).map(|(letter, _)| *letter)
    }
}

/// What stands as one letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Letter<'a> {
    /// A character.
    Char(char),
    /// Several that one operation added.
    Word(&'a str),
}

/// The texts of a document.
#[derive(Debug, Default)]
pub struct Letters {
    actors: Vec<Box<[u8]>>,
    by_actor: HashMap<Box<[u8]>, u32>,
    /// The texts, by the operation that made each.
    made: Vec<(Id, Field)>,
    texts: [Text; 3],
    /// When each actor wrote.
    pasts: Vec<Past>,
}

/// When an actor wrote.
#[derive(Debug, Default)]
struct Past {
    /// From which counter on its changes were stored in which hour.
    hours: Vec<(u32, u32)>,
    /// The counter with which its last change began.
    last: u32,
}

impl Letters {
    /// Takes in a change, after those it builds on, that was stored at `stored_at`.
    ///
    /// # Errors
    /// When it does not fit those before: the ledger takes no such change.
    pub fn apply(&mut self, change: &Change<'_>, stored_at: Millis) -> Result<(), Unreadable> {
        self.follow(change, stored_at, |_, _| ())
    }

    /// As [`Letters::apply`], and tells what each operation does to which text.
    pub(super) fn follow(
        &mut self,
        change: &Change<'_>,
        stored_at: Millis,
        mut told: impl FnMut(Field, Deed<'_>),
    ) -> Result<(), Unreadable> {
        let actors: Vec<u32> = change.actors.iter().map(|actor| self.actor(actor)).collect();
        let start = u32::try_from(change.start_op).map_err(|_| Unreadable("first operation"))?;
        if let Some(past) = actors.first().and_then(|actor| self.pasts.get_mut(*actor as usize)) {
            let hour = hour_of(stored_at);
            if past.hours.last().is_none_or(|(_, last)| *last != hour) {
                past.hours.push((start, hour));
            }
            past.last = start;
        }
        let id = |made: OpRef| -> Result<Id, Unreadable> {
            let actor = actors.get(made.actor).copied().ok_or(Unreadable("actor"))?;
            let counter = u32::try_from(made.counter).map_err(|_| Unreadable("counter"))?;
            Ok(Id { counter, actor })
        };
        for (op, counter) in change.operations().zip(start..) {
            let op = op?;
            let own = id(OpRef { actor: 0, counter: u64::from(counter) })?;
            let Some(object) = op.object else {
                if let (Action::MakeText, Key::Map(key)) = (op.action, op.key)
                    && let Some(field) = Field::parse(key)
                {
                    self.made.push((own, field));
                    told(field, Deed::Makes);
                }
                continue;
            };
            let object = id(object)?;
            let Some((_, field)) = self.made.iter().find(|(made, _)| *made == object) else { continue };
            let text = &mut self.texts[*field as usize];
            let at = match op.key {
                Key::Element(element) => Some(text.find(id(element)?).ok_or(Unreadable("element"))?),
                Key::Head => None,
                Key::Map(_) => continue,
            };
            match (op.action, at) {
                (Action::Set, _) if op.insert => {
                    let word = op.value.text().ok_or(Unreadable("value"))?;
                    text.insert(at, own, word, &self.actors);
                    let behind = Behind { text, place: text.last };
                    told(*field, Deed::Adds { letter: own, word, behind });
                }
                (Action::Delete, Some(at)) => {
                    text.remove(at, counter);
                    if let Some(letter) = text.id(at) {
                        told(*field, Deed::Removes { letter });
                    }
                }
                _ => return Err(Unreadable("action")),
            }
        }
        Ok(())
    }

    /// Bytes they take up, about.
    #[must_use]
    pub fn weight(&self) -> usize {
        let text = |text: &Text| {
            let pieces = text
                .pieces
                .iter()
                .map(|piece| piece.ids.capacity() * 8 + (piece.letters.capacity() + piece.gone.capacity()) * 4);
            let words = text.words.iter().map(|word| word.len() + 16);
            text.pieces.capacity() * size_of::<Piece>() + pieces.sum::<usize>() + words.sum::<usize>()
        };
        let actors = self.actors.iter().map(|actor| 2 * (actor.len() + 32));
        let hours = self.pasts.iter().map(|past| size_of::<Past>() + past.hours.capacity() * 8);
        size_of::<Self>() + self.texts.iter().map(text).sum::<usize>() + actors.sum::<usize>() + hours.sum::<usize>()
    }

    /// The texts as they are.
    #[must_use]
    pub fn texts(&self) -> Texts {
        let [title, pitch, body] = self.texts.each_ref().map(Text::read);
        Texts { title, pitch, body }
    }

    /// Every letter ever written, in the order they stand.
    #[must_use]
    pub fn written(&self) -> Written {
        let texts = self.texts.each_ref().map(|text| {
            let mut letters = Vec::with_capacity(text.pieces.iter().map(|piece| piece.ids.len()).sum());
            for piece in &text.pieces {
                for ((id, letter), gone) in piece.ids.iter().zip(&piece.letters).zip(&piece.gone) {
                    let Id { counter, actor } = *id;
                    letters.extend(text.chars_of(*letter).map(|letter| credit::Letter {
                        letter,
                        counter,
                        actor,
                        gone: *gone,
                    }));
                }
            }
            letters
        });
        let authors = self.actors.iter().zip(&self.pasts).map(|(actor, past)| Author {
            actor: actor.clone(),
            hours: past.hours.clone(),
            last: past.last,
        });
        Written { authors: authors.collect(), texts }
    }

    /// The characters of each text.
    #[must_use]
    pub fn lengths(&self) -> [usize; 3] {
        self.texts.each_ref().map(|text| text.chars)
    }

    /// The letters of a text, in order, each with what it is; nothing where it was removed.
    pub(super) fn all(&self, field: Field) -> impl Iterator<Item = (Id, Option<Letter<'_>>)> {
        self.ever(field).map(|(id, letter, stands)| (id, if stands { letter } else { None }))
    }

    /// The letters of a text, in order, each with what it is or was, and whether it stands.
    pub(super) fn ever(&self, field: Field) -> impl Iterator<Item = (Id, Option<Letter<'_>>, bool)> {
        let text = &self.texts[field as usize];
        text.pieces.iter().flat_map(move |piece| {
            piece.ids.iter().zip(&piece.letters).zip(&piece.gone).map(move |((id, letter), gone)| {
                let word = || text.word(*letter).map(Letter::Word);
                (*id, char::from_u32(*letter).map(Letter::Char).or_else(word), *gone == STANDS)
            })
        })
    }

    /// The bytes of the actor that added a letter.
    pub(super) fn actor_of(&self, id: Id) -> Option<&[u8]> {
        self.actors.get(id.actor as usize).map(|actor| &**actor)
    }

    fn actor(&mut self, actor: &[u8]) -> u32 {
        if let Some(known) = self.by_actor.get(actor) {
            return *known;
        }
        let new = u32::try_from(self.actors.len()).unwrap_or(u32::MAX);
        self.actors.push(actor.into());
        self.pasts.push(Past::default());
        self.by_actor.insert(actor.into(), new);
        new
    }
}

impl Text {
    fn id(&self, place: Place) -> Option<Id> {
        self.pieces.get(place.piece)?.ids.get(place.at).copied()
    }

    /// The place after this one; one behind the last piece at the end.
    fn after(&self, place: Place) -> Place {
        let next = Place { at: place.at + 1, ..place };
        match self.pieces.get(place.piece) {
            Some(piece) if next.at >= piece.ids.len() => Place { piece: place.piece + 1, at: 0 },
            _ => next,
        }
    }

    fn before(&self, place: Place) -> Option<Place> {
        match place.at.checked_sub(1) {
            Some(at) => Some(Place { at, ..place }),
            None => {
                let piece = place.piece.checked_sub(1)?;
                Some(Place { piece, at: self.pieces.get(piece)?.ids.len() - 1 })
            }
        }
    }

    fn find(&self, id: Id) -> Option<Place> {
        let near = [Some(self.last), Some(self.after(self.last)), self.before(self.last)];
        if let Some(place) = near.into_iter().flatten().find(|place| self.id(*place) == Some(id)) {
            return Some(place);
        }
        let mut pieces = self.pieces.iter().enumerate();
        pieces.find_map(|(piece, letters)| {
            if !(letters.low..=letters.high).contains(&id.counter) {
                return None;
            }
            let at = letters.ids.iter().position(|other| *other == id)?;
            Some(Place { piece, at })
        })
    }

    /// Adds what an operation adds behind that letter, or at the beginning.
    fn insert(&mut self, behind: Option<Place>, id: Id, word: &str, actors: &[Box<[u8]>]) {
        let mut place = behind.map_or(Place::default(), |behind| self.after(behind));
        // What others added at the same place without knowing of this stands before it when it is later than this.
        while self.id(place).is_some_and(|other| order(other, id, actors) == Ordering::Greater) {
            place = self.after(place);
        }
        let mut chars = word.chars();
        let letter = match (chars.next(), chars.next()) {
            (Some(only), None) => u32::from(only),
            _ => {
                self.words.push(word.into());
                WORD + u32::try_from(self.words.len() - 1).unwrap_or(0)
            }
        };
        self.chars += word.chars().count();
        self.bytes += word.len();
        if place.at == 0 && place.piece > 0 {
            // Rather behind the last of the piece before, so that typing at the end fills one piece after the other.
            place = Place { piece: place.piece - 1, at: self.pieces[place.piece - 1].ids.len() };
        }
        if self.pieces.is_empty() {
            self.pieces.push(Piece { low: u32::MAX, ..Piece::default() });
        }
        let piece = &mut self.pieces[place.piece];
        piece.ids.insert(place.at, id);
        piece.letters.insert(place.at, letter);
        piece.gone.insert(place.at, STANDS);
        piece.bytes += word.len();
        piece.low = piece.low.min(id.counter);
        piece.high = piece.high.max(id.counter);
        self.last = place;
        if piece.ids.len() > PIECE {
            self.part(place.piece);
        }
    }

    fn part(&mut self, at: usize) {
        let piece = &self.pieces[at];
        // At its end nothing but typing goes on; elsewhere there is room on both sides.
        let half = if self.last.at + 1 == piece.ids.len() { piece.ids.len() - 1 } else { piece.ids.len() / 2 };
        let moved = piece.standing(half..piece.ids.len()).map(|letter| self.width(letter)).sum();
        let piece = &mut self.pieces[at];
        piece.bytes -= moved;
        let (ids, letters, gone) =
            (piece.ids.split_off(half), piece.letters.split_off(half), piece.gone.split_off(half));
        let bounds = |ids: &[Id]| {
            let counters = ids.iter().map(|id| id.counter);
            (counters.clone().min().unwrap_or(u32::MAX), counters.max().unwrap_or(0))
        };
        (piece.low, piece.high) = bounds(&piece.ids);
        let (low, high) = bounds(&ids);
        self.pieces.insert(at + 1, Piece { ids, letters, gone, low, high, bytes: moved });
        if self.last.at >= half {
            self.last = Place { piece: at + 1, at: self.last.at - half };
        }
    }

    /// Removes a letter, by the operation that has this counter.
    fn remove(&mut self, place: Place, counter: u32) {
        self.last = place;
        let Some(piece) = self.pieces.get_mut(place.piece) else { return };
        let (Some(letter), Some(gone)) = (piece.letters.get(place.at), piece.gone.get_mut(place.at)) else { return };
        let stood = *gone == STANDS;
        *gone = counter.min(*gone);
        if !stood {
            return;
        }
        let letter = *letter;
        let (chars, bytes) = (self.chars_of(letter).count(), self.width(letter));
        self.chars -= chars;
        self.bytes -= bytes;
        self.pieces[place.piece].bytes -= bytes;
    }

    /// Bytes of a letter.
    fn width(&self, letter: u32) -> usize {
        char::from_u32(letter).map_or_else(|| self.word(letter).map_or(0, str::len), char::len_utf8)
    }

    /// The characters of a letter.
    fn chars_of(&self, letter: u32) -> impl Iterator<Item = char> {
        let word = if letter < WORD { None } else { self.word(letter) };
        char::from_u32(letter).into_iter().chain(word.unwrap_or_default().chars())
    }

    fn word(&self, letter: u32) -> Option<&str> {
        let word = letter.checked_sub(WORD)?;
        self.words.get(word as usize).map(|word| &**word)
    }

    fn read(&self) -> String {
        let mut text = String::with_capacity(self.bytes);
        for letter in self.pieces.iter().flat_map(|piece| piece.standing(0..piece.ids.len())) {
            match char::from_u32(letter) {
                Some(letter) => text.push(letter),
                None => text.push_str(self.word(letter).unwrap_or_default()),
            }
        }
        text
    }
}

/// Which of two operations is later: by counter, and by actor where that is the same.
fn order(one: Id, other: Id, actors: &[Box<[u8]>]) -> Ordering {
    let by_actor = || actors.get(one.actor as usize).cmp(&actors.get(other.actor as usize));
    one.counter.cmp(&other.counter).then_with(by_actor)
}

#[cfg(test)]
mod tests {
    use automerge::{ActorId, AutoCommit, ReadDoc as _, transaction::Transactable as _};
    use rand::{Rng as _, SeedableRng as _, rngs::StdRng};
    use shared::live::{
        chunk::chunks,
        concept::{self, ENCODING, first_change},
    };

    use super::*;

    fn take(letters: &mut Letters, change: &automerge::Change) {
        let chunk = chunks(change.raw_bytes(), 1 << 20).next().expect("one").expect("a chunk");
        letters.apply(&Change::parse(&chunk).expect("readable"), 0).expect("applies");
    }

    /// Three people write in a text of many pieces, apart and together, in large bites and small.
    #[test]
    fn long_texts_are_as_automerge_has_them() {
        let body = "Un pain au levain, lent et long 🍞. ".repeat(200);
        let texts = Texts { title: "Pain".into(), pitch: String::new(), body };
        let first = first_change(ActorId::from([9; 16].as_slice()), 0, &texts).expect("a first change");
        let mut letters = Letters::default();
        take(&mut letters, &first);
        let mut docs: Vec<AutoCommit> = (0..3)
            .map(|at| {
                let mut doc = AutoCommit::new_with_encoding(ENCODING).with_actor(ActorId::from([at; 16].as_slice()));
                doc.apply_changes([first.clone()]).expect("applies");
                doc
            })
            .collect();
        let mut rng = StdRng::seed_from_u64(3);
        for round in 0..60 {
            for doc in &mut docs {
                let text = Field::Body.object(doc).expect("a body");
                let length = doc.length(&text);
                let at = rng.random_range(0..=length);
                let delete = rng.random_range(0..=(length - at).min(if round % 9 == 0 { 900 } else { 5 }));
                let insert = "pâte 🥖".repeat(if round % 7 == 0 { 300 } else { 1 });
                doc.splice_text(&text, at, isize::try_from(delete).expect("small"), &insert).expect("spliced");
                take(&mut letters, &doc.get_last_local_change().expect("a change"));
            }
            if round % 4 == 3 {
                let mut all = docs[0].clone();
                for doc in &mut docs[1..] {
                    all.merge(doc).expect("merges");
                }
                for doc in &mut docs {
                    doc.merge(&mut all).expect("merges");
                }
                let texts = concept::read(&all).expect("a concept");
                assert_eq!(
                    letters.lengths(),
                    [&texts.title, &texts.pitch, &texts.body].map(|text| text.chars().count())
                );
                assert_eq!(letters.texts(), texts);
            }
        }
    }

    #[test]
    fn a_change_that_does_not_fit_is_an_error() {
        let texts = Texts::default();
        let first = first_change(ActorId::from([9; 16].as_slice()), 0, &texts).expect("a first change");
        let mut doc = AutoCommit::new_with_encoding(ENCODING);
        doc.apply_changes([first.clone()]).expect("applies");
        let title = Field::Title.object(&doc).expect("a title");
        doc.splice_text(&title, 0, 0, "a").expect("spliced");
        doc.commit();
        doc.splice_text(&title, 1, 0, "b").expect("spliced");
        let second = doc.get_last_local_change().expect("a change");
        let mut letters = Letters::default();
        take(&mut letters, &first);
        let chunk = chunks(second.raw_bytes(), 1 << 20).next().expect("one").expect("a chunk");
        assert_eq!(letters.apply(&Change::parse(&chunk).expect("readable"), 0), Err(Unreadable("element")));
    }
}

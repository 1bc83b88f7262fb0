//! Who wrote what in a text, worked out anew in the plainest way, to hold the server's way against.

use std::collections::{HashMap, HashSet};

use automerge::{Change, transaction::Transactable as _};
use server::{
    domain::credit::{Credit, Written},
    live::letters::Letters,
};
use shared::{
    api::Millis,
    live::{
        change::{self, Action, Key},
        chunk::chunks,
        concept::{ENCODING, Field, Texts, first_change},
    },
};

use crate::traces::Trace;

/// The rule's length of a stretch.
const STRETCH: usize = server::domain::credit::STRETCH;

/// A change, and when it was stored.
pub type Stored = (Change, Millis);

/// Takes in a change.
///
/// # Panics
/// When it does not fit those before.
pub fn take(letters: &mut Letters, (change, at): &Stored) {
    let chunk = chunks(change.raw_bytes(), 1 << 20).next().expect("one").expect("a chunk");
    letters.apply(&change::Change::parse(&chunk).expect("readable"), *at).expect("applies");
}

/// The letters of these changes, as the server follows them.
///
/// # Panics
/// When they do not fit one another.
#[must_use]
pub fn written<'a>(changes: impl IntoIterator<Item = &'a Stored>) -> Written {
    let mut letters = Letters::default();
    changes.into_iter().for_each(|change| take(&mut letters, change));
    letters.written()
}

/// The credit for these changes.
///
/// # Panics
/// When they do not fit one another.
#[must_use]
pub fn credit<'a>(changes: impl IntoIterator<Item = &'a Stored>) -> Credit {
    Credit::of(&written(changes), &[])
}

/// The changes of somebody who writes a body alone, one for each stroke, stored one every `pause`.
///
/// # Panics
/// When the strokes do not fit one another.
#[must_use]
pub fn alone(strokes: &[(usize, usize, String)], pause: Millis) -> Vec<Stored> {
    let actor = automerge::ActorId::from([9; 16].as_slice());
    let first = first_change(actor.clone(), 0, &Texts::default()).expect("a first change");
    let mut doc = automerge::AutoCommit::new_with_encoding(ENCODING).with_actor(actor);
    doc.apply_changes([first.clone()]).expect("applies");
    let body = Field::Body.object(&doc).expect("a body");
    let mut changes: Vec<Stored> = vec![(first, 0)];
    for ((place, delete, insert), at) in strokes.iter().zip(1..) {
        doc.splice_text(&body, *place, isize::try_from(*delete).expect("short"), insert).expect("spliced");
        doc.commit();
        changes.push((doc.get_last_local_change().expect("each stroke changes something"), at * pause));
    }
    changes
}

/// Letters by actor, in all texts together.
#[must_use]
pub fn by_actor(credit: &Credit) -> HashMap<Vec<u8>, u32> {
    let all = credit.letters().into_iter().map(|(actor, letters)| (actor.to_vec(), letters.iter().sum()));
    all.filter(|(_, letters)| *letters > 0).collect()
}

type Id = (u64, Vec<u8>);

struct Letter {
    id: Id,
    letter: char,
    /// The counter of what removed it first.
    gone: Option<u64>,
}

/// The letters that stand by the actor that put them there, whoever wrote them first; spaces not counted.
///
/// # Panics
/// When the changes do not fit one another.
#[must_use]
pub fn survivors(changes: &[Stored]) -> HashMap<Vec<u8>, u32> {
    let mut counts = HashMap::new();
    for text in replay(changes, |_, _, _| {}) {
        for letter in text.iter().filter(|letter| letter.gone.is_none() && !letter.letter.is_whitespace()) {
            *counts.entry(letter.id.1.clone()).or_default() += 1;
        }
    }
    counts
}

/// The credit by actor: every stretch that ever stood is written down, each letter is the first it ever repeated.
///
/// # Panics
/// When the changes do not fit one another.
#[must_use]
pub fn plainly(changes: &[Stored]) -> HashMap<Vec<u8>, u32> {
    let stands = |letter: &&Letter| letter.gone.is_none() && !letter.letter.is_whitespace();
    let sign = |letter: char| letter.to_lowercase().next().expect("a letter");
    // Each with the counter of the operation that ended it.
    let mut stretches: Vec<(Vec<(Id, char)>, u64)> = Vec::new();
    let mut note = |letters: Vec<&Letter>, ended_by: u64| {
        let letters: Vec<(Id, char)> =
            letters.into_iter().map(|letter| (letter.id.clone(), sign(letter.letter))).collect();
        stretches.extend(letters.windows(STRETCH).map(|stretch| (stretch.to_vec(), ended_by)));
    };
    let texts = replay(changes, |_, _, _| {});
    // What one person did in one go ends stretches once: which letters were put right behind the one before, and up to
    // which letter others were removed one behind the other.
    let mut goes_on: HashSet<Id> = HashSet::new();
    let mut removed_upto: HashMap<Id, Id> = HashMap::new();
    let mut removed_on: HashSet<Id> = HashSet::new();
    for text in &texts {
        for two in text.windows(2) {
            let [one, next] = two else { continue };
            if one.id.1 == next.id.1 && one.id.0 + 1 == next.id.0 {
                goes_on.insert(next.id.clone());
            }
            if one.gone.is_some() && one.gone.map(|gone| gone + 1) == next.gone {
                removed_on.insert(next.id.clone());
            }
        }
        let mut last: Option<Id> = None;
        for letter in text.iter().rev().filter(|letter| letter.gone.is_some()) {
            let end = last.take().unwrap_or_else(|| letter.id.clone());
            if removed_on.contains(&letter.id) {
                last = Some(end);
            } else {
                removed_upto.insert(letter.id.clone(), end);
            }
        }
    }
    replay(changes, |text, at, comes| {
        let end = match &comes.removes {
            None if goes_on.contains(&comes.id) => return,
            None => at,
            Some(letter) => match removed_upto.get(letter) {
                Some(end) => 1 + place(text, end),
                None => return,
            },
        };
        // Only what lies around the change is ended by it. What has the same counter is at the same time.
        let counter = comes.id.0;
        let stood = |letter: &&Letter| {
            letter.id.0 < counter && letter.gone.is_none_or(|gone| gone >= counter) && !letter.letter.is_whitespace()
        };
        let mut near: Vec<&Letter> = text[..at].iter().rev().filter(stood).take(STRETCH - 1).collect();
        near.reverse();
        near.extend(text[at..end].iter().filter(stood));
        near.extend(text[end..].iter().filter(stood).take(STRETCH - 1));
        note(near, counter);
    });
    texts.iter().for_each(|text| note(text.iter().filter(stands).collect(), u64::MAX));
    let gone: HashMap<&Id, u64> =
        texts.iter().flatten().filter_map(|letter| Some((&letter.id, letter.gone?))).collect();
    let age = |stretch: &[(Id, char)]| {
        let mut ids: Vec<Id> = vec![stretch.iter().map(|(id, _)| id.clone()).max().expect("letters")];
        ids.extend(stretch.iter().map(|(id, _)| id.clone()));
        ids
    };
    let words = |stretch: &[(Id, char)]| stretch.iter().map(|(_, letter)| *letter).collect::<String>();
    let mut first: HashMap<String, &[(Id, char)]> = HashMap::new();
    for (stretch, _) in &stretches {
        let known = first.entry(words(stretch)).or_insert(stretch);
        if age(stretch) < age(known) {
            *known = stretch;
        }
    }
    let mut repeats: HashMap<Id, Id> = HashMap::new();
    for (stretch, ended_by) in &stretches {
        let pairs = || stretch.iter().zip(first[&words(stretch)]).map(|((id, _), (earlier, _))| (id, earlier));
        let same: Vec<bool> = pairs().map(|(id, earlier)| id == earlier).collect();
        let count = same.iter().filter(|same| !**same).count();
        let between = same[0] && same[STRETCH - 1];
        let removed = |earlier: &Id| gone.get(earlier).is_some_and(|gone| gone < ended_by);
        let repeats_it = |earlier: &Id| count == STRETCH || ((between || count >= 6) && removed(earlier));
        for (id, earlier) in pairs().filter(|(id, earlier)| id != earlier && repeats_it(earlier)) {
            let known = repeats.entry(id.clone()).or_insert_with(|| id.clone());
            if earlier < known {
                known.clone_from(earlier);
            }
        }
    }
    let mut origins = HashSet::new();
    for letter in texts.iter().flatten().filter(stands) {
        let mut id = &letter.id;
        while let Some(earlier) = repeats.get(id).filter(|earlier| *earlier != id) {
            id = earlier;
        }
        origins.insert(id.clone());
    }
    let mut counts = HashMap::new();
    for (_, actor) in origins {
        *counts.entry(actor).or_default() += 1;
    }
    counts
}

/// An operation that comes: its id, and which letter it removes, if it does not put one there.
struct Comes {
    id: Id,
    removes: Option<Id>,
}

/// Does every operation of the changes in the order of their ids, and calls back before each with the text and the place it
/// changes.
fn replay(changes: &[Stored], mut comes: impl FnMut(&[Letter], usize, &Comes)) -> [Vec<Letter>; 3] {
    enum Deed {
        Make(Field),
        Put(Option<Id>, char),
        Remove(Id),
    }
    let mut deeds: Vec<(Id, Option<Id>, Deed)> = Vec::new();
    for (change, _) in changes {
        let chunk = chunks(change.raw_bytes(), 1 << 20).next().expect("one").expect("a chunk");
        let change = change::Change::parse(&chunk).expect("readable");
        let id = |made: change::OpRef| (made.counter, change.actors[made.actor].to_vec());
        for (op, counter) in change.operations().zip(change.start_op..) {
            let op = op.expect("readable");
            let own = (counter, change.actors[0].to_vec());
            let deed = match (op.action, op.key) {
                (Action::MakeText, Key::Map(key)) => Field::parse(key).map(Deed::Make),
                (Action::Set, Key::Head) if op.insert => {
                    Some(Deed::Put(None, op.value.text().expect("a letter").chars().next().expect("one")))
                }
                (Action::Set, Key::Element(behind)) if op.insert => {
                    Some(Deed::Put(Some(id(behind)), op.value.text().expect("a letter").chars().next().expect("one")))
                }
                (Action::Delete, Key::Element(element)) => Some(Deed::Remove(id(element))),
                _ => None,
            };
            deeds.extend(deed.map(|deed| (own, op.object.map(id), deed)));
        }
    }
    deeds.sort_by(|(one, ..), (other, ..)| one.cmp(other));
    let mut made: HashMap<Id, Field> = HashMap::new();
    let mut texts: [Vec<Letter>; 3] = Default::default();
    for (own, object, deed) in deeds {
        let field = object.and_then(|object| made.get(&object).copied());
        match (deed, field) {
            (Deed::Make(field), _) => drop(made.insert(own, field)),
            (Deed::Put(behind, letter), Some(field)) => {
                let text = &mut texts[field as usize];
                // The latest at a place stands first there.
                let at = behind.map_or(0, |behind| 1 + place(text, &behind));
                comes(text, at, &Comes { id: own.clone(), removes: None });
                text.insert(at, Letter { id: own, letter, gone: None });
            }
            (Deed::Remove(element), Some(field)) => {
                let text = &mut texts[field as usize];
                let at = place(text, &element);
                if text[at].gone.is_none() {
                    comes(text, at, &Comes { id: own.clone(), removes: Some(element) });
                    text[at].gone = Some(own.0);
                }
            }
            (Deed::Put(..) | Deed::Remove(_), None) => {}
        }
    }
    texts
}

fn place(text: &[Letter], id: &Id) -> usize {
    text.iter().position(|letter| letter.id == *id).expect("it was put there before")
}

/// The changes of a recording as if its two people wrote in the body of a concept, each transaction one change.
///
/// # Panics
/// When the recording does not fit itself.
#[must_use]
pub fn changes_of(trace: &Trace) -> Vec<Stored> {
    let texts = Texts::default();
    let first = first_change(automerge::ActorId::from([9; 16].as_slice()), 0, &texts).expect("a first change");
    let people = 1 + trace.txns.iter().map(|txn| txn.agent).max().unwrap_or(0);
    let mut docs: Vec<automerge::AutoCommit> = (0..people)
        .map(|at| {
            let actor = [u8::try_from(at).expect("few"); 16];
            let mut doc = automerge::AutoCommit::new_with_encoding(ENCODING).with_actor(actor.as_slice().into());
            doc.apply_changes([first.clone()]).expect("applies");
            doc
        })
        .collect();
    let mut changes: Vec<Stored> = vec![(first, 0)];
    // How many transactions of each of the others somebody has.
    let mut known = vec![vec![0; people]; people];
    let own: Vec<Vec<usize>> =
        (0..people).map(|agent| (0..trace.txns.len()).filter(|at| trace.txns[*at].agent == agent).collect()).collect();
    // What a transaction stands on, by person.
    let mut clocks: Vec<Vec<usize>> = Vec::with_capacity(trace.txns.len());
    for (at, txn) in trace.txns.iter().enumerate() {
        let mut clock = vec![0; people];
        for parent in &txn.parents {
            clock.iter_mut().zip(&clocks[*parent]).for_each(|(all, more)| *all = (*all).max(*more));
        }
        for other in (0..people).filter(|other| *other != txn.agent) {
            let lacking = &own[other][known[txn.agent][other]..clock[other].max(known[txn.agent][other])];
            let lacking: Vec<Change> = lacking.iter().map(|at| changes[at + 1].0.clone()).collect();
            known[txn.agent][other] += lacking.len();
            docs[txn.agent].apply_changes(lacking).expect("applies");
        }
        let doc = &mut docs[txn.agent];
        let body = Field::Body.object(doc).expect("a body");
        for (place, delete, insert) in &txn.patches {
            doc.splice_text(&body, *place, isize::try_from(*delete).expect("short"), insert).expect("spliced");
        }
        doc.commit();
        let change = doc.get_last_local_change().expect("each transaction changes something");
        changes.push((change, i64::try_from(at).expect("few") * 60_000));
        clock[txn.agent] += 1;
        clocks.push(clock);
    }
    changes
}

//! Histories of several people, written anew without one of them.

mod canvas;

use std::collections::{BTreeMap, HashMap};

use automerge::{ActorId, AutoCommit, Change as Made, ReadDoc as _, transaction::Transactable as _};
use proptest::prelude::*;
use shared::{
    PersonId,
    live::concept::{self, ENCODING, Field, Texts, first_change},
};

use super::{
    replay::{PASSAGE, Replayed},
    *,
};
use crate::{
    domain::credit::{self, Credit},
    live::{letters::Letter, room::with_change},
};

/// Something one of the people does.
#[derive(Clone, Debug)]
enum Step {
    Edit { field: usize, place: f64, delete: usize, insert: &'static str },
    Merge { from: usize },
}

const PEOPLE: usize = 4;

fn step() -> impl Strategy<Value = Step> {
    let insert = prop_oneof![Just(""), Just("x"), Just("du pain 🥖 frais"), Just("\n\n## Titre\n"), Just(" ")];
    prop_oneof![
        5 => (0..3usize, 0.0..1.0, 0..7usize, insert)
            .prop_map(|(field, place, delete, insert)| Step::Edit { field, place, delete, insert }),
        2 => (0..PEOPLE).prop_map(|from| Step::Merge { from }),
    ]
}

fn people() -> Vec<PersonId> {
    (0..PEOPLE).map(|n| PersonId(uuid::Uuid::from_u128(n as u128 + 1))).collect()
}

/// The log that comes of a plan: the first person proposes, and everybody writes, apart and together.
fn log(plan: &[(usize, Step)], texts: &Texts) -> Vec<Entry> {
    let people = people();
    let actor = |n: usize| ActorId::from([u8::try_from(n).expect("few") + 1; 16].as_slice());
    let first = first_change(ActorId::from([99; 16].as_slice()), 1, texts).expect("a first change");
    let mut entries = Vec::new();
    let mut stored = |change: &Made, person: PersonId| {
        let seq = entries.len() as u64 + 1;
        let bytes = change.raw_bytes().to_vec();
        let actor = change.actor_id().to_bytes().to_vec();
        entries.push(Entry { seq, hash: change.hash().0, actor, person, bytes, stored_at: 1_000 * seq.cast_signed() });
    };
    stored(&first, people[0]);
    let mut docs: Vec<AutoCommit> = (0..PEOPLE)
        .map(|n| {
            let mut doc = AutoCommit::new_with_encoding(ENCODING).with_actor(actor(n));
            doc.apply_changes([first.clone()]).expect("applies");
            doc
        })
        .collect();
    for (who, step) in plan {
        match step {
            Step::Merge { from } => {
                let mut other = docs[*from].clone();
                docs[*who].merge(&mut other).expect("merges");
            }
            Step::Edit { field, place, delete, insert } => {
                let doc = &mut docs[*who];
                let object = Field::ALL[*field].object(doc).expect("a text");
                let text: Vec<char> = doc.text(&object).expect("a text").chars().collect();
                #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a place in a short text")]
                let at = (place * text.len() as f64) as usize;
                let end = (at + delete).min(text.len());
                if at == end && insert.is_empty() {
                    continue;
                }
                let width = |part: &[char]| part.iter().map(|c| c.len_utf16()).sum::<usize>();
                let gone = isize::try_from(width(&text[at..end])).expect("short");
                doc.splice_text(&object, width(&text[..at]), gone, insert).expect("spliced");
                doc.commit();
                let change = doc.get_last_local_change().expect("a change");
                stored(&change, people[*who]);
            }
        }
    }
    entries
}

/// What stands of whom in a log, field by field: each letter in order, with who put it there.
fn standing(entries: &[(Vec<u8>, PersonId)]) -> [Vec<(PersonId, String)>; 3] {
    let letters = read(entries.iter().map(|(bytes, _)| bytes.as_slice()));
    let mut whose: BTreeMap<Vec<u8>, PersonId> = BTreeMap::new();
    for (bytes, person) in entries {
        with_change(bytes, |change| whose.insert(change.actor().to_vec(), *person)).expect("readable");
    }
    Field::ALL.map(|field| {
        letters
            .all(field)
            .filter_map(|(id, letter)| {
                let word = match letter? {
                    Letter::Char(letter) => letter.to_string(),
                    Letter::Word(word) => word.to_owned(),
                };
                Some((whose[letters.actor_of(id).expect("an actor")], word))
            })
            .collect()
    })
}

fn of_old(entries: &[Entry]) -> [Vec<(PersonId, String)>; 3] {
    standing(&entries.iter().map(|entry| (entry.bytes.clone(), entry.person)).collect::<Vec<_>>())
}

fn of_new(replayed: &Replayed) -> [Vec<(PersonId, String)>; 3] {
    let entries = replayed.entries.iter().map(|entry| (entry.change.raw_bytes().to_vec(), entry.person));
    standing(&entries.collect::<Vec<_>>())
}

/// What somebody put there that is credited to others, without blanks: what of it stands, and how many letters there ever
/// were.
fn put_of_others(entries: &[Entry], person: PersonId) -> (String, usize) {
    let letters = read(entries.iter().map(|entry| entry.bytes.as_slice()));
    let written = letters.written();
    let whose: HashMap<&[u8], PersonId> = entries.iter().map(|entry| (&*entry.actor, entry.person)).collect();
    let moved = credit::moved(&written, |author| whose[&*author.actor] == person, PASSAGE);
    let put: Vec<credit::Letter> = written.texts.iter().flatten().copied().collect();
    let put = put.into_iter().filter(|letter| {
        whose[&*written.authors[letter.actor as usize].actor] == person
            && moved.contains(&(letter.counter, letter.actor))
            && !letter.letter.is_whitespace()
    });
    let (standing, gone): (Vec<_>, Vec<_>) = put.partition(|letter| letter.gone == credit::STANDS);
    (standing.iter().map(|letter| letter.letter).collect(), standing.len() + gone.len())
}

/// The letters of a log.
fn read<'a>(changes: impl IntoIterator<Item = &'a [u8]>) -> Letters {
    let mut letters = Letters::default();
    for bytes in changes {
        with_change(bytes, |change| letters.apply(change, 0).expect("applies")).expect("readable");
    }
    letters
}

fn without(person: PersonId) -> Without {
    Without { person, title: "Idée 7".into() }
}

fn texts() -> Texts {
    Texts { title: "Pain".into(), pitch: "Du soir".into(), body: "# Pourquoi\n\nParce que.".into() }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 120, ..ProptestConfig::default() })]

    /// Whatever four people wrote, together and apart: without one of them, every letter of everybody else that stood
    /// stands, in the same order, and is of the same person; nothing of who left does, but what they had put there of
    /// others, and what is put where their words were; and the title is not empty.
    #[test]
    fn what_others_wrote_stays_theirs(
        plan in prop::collection::vec((0..PEOPLE, step()), 1..60),
        leaver in 0..PEOPLE,
    ) {
        let entries = log(&plan, &texts());
        let person = people()[leaver];
        let before = of_old(&entries);
        let (of_others, ever) = put_of_others(&entries, person);
        let Some(replayed) = replay(&entries, &without(person)).expect("it can be written anew") else {
            let all: String = before.iter().flatten().filter(|(by, _)| *by == person).map(|(_, word)| &**word).collect();
            prop_assert_eq!(all.split_whitespace().collect::<String>(), of_others, "something of theirs stood");
            return Ok(());
        };
        let after = of_new(&replayed);
        let mut put = String::new();
        for (before, after) in before.iter().zip(&after) {
            let others = |all: &[(PersonId, String)]| {
                all.iter().filter(|(by, _)| *by != person).cloned().collect::<Vec<_>>()
            };
            prop_assert_eq!(others(before), others(after));
            put.extend(after.iter().filter(|(by, _)| *by == person).map(|(_, word)| word.as_str()));
        }
        let put: String = put.split_whitespace().collect();
        prop_assert!(put == of_others || put == format!("Idée7{of_others}"), "{put:?} for {of_others:?}");
        let title: String = after[0].iter().map(|(_, word)| word.as_str()).collect();
        prop_assert!(!title.trim().is_empty());
        // Not a byte of what they wrote is left in the log itself.
        let mut letters = 0;
        for entry in replayed.entries.iter().filter(|entry| entry.person == person) {
            for op in entry.change.decode().operations.iter().filter(|op| op.insert) {
                let word = op.primitive_value().and_then(|value| value.as_str().map(str::to_owned)).expect("a letter");
                letters += word.chars().filter(|letter| !letter.is_whitespace()).count();
            }
        }
        prop_assert!(letters == ever || letters == ever + "Idée7".chars().count(), "{letters} letters for {ever}");
    }

    /// A version that somebody saw is, in the new log, what others had written by then.
    #[test]
    fn places_in_the_log_stay_what_they_were(
        plan in prop::collection::vec((0..PEOPLE, step()), 1..40),
        at in 0.0..1.0,
    ) {
        let entries = log(&plan, &texts());
        let person = people()[1];
        let Some(replayed) = replay(&entries, &without(person)).expect("it can be written anew") else { return Ok(()) };
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a place in a short log")]
        let seen = (at * (entries.len() - 1) as f64) as usize + 1;
        let place = usize::try_from(replayed.place(seen as u64)).expect("short");
        prop_assert!(place <= seen + 1 && place >= 1);
        if seen == entries.len() {
            return Ok(());
        }
        let before = of_old(&entries[..seen]);
        let new = replayed.entries[..place].iter().map(|entry| (entry.change.raw_bytes().to_vec(), entry.person));
        let after = standing(&new.collect::<Vec<_>>());
        for (before, after) in before.iter().zip(&after) {
            let [before, after] = [before, after].map(|all| all.iter().filter(|(by, _)| *by != person).collect::<Vec<_>>());
            prop_assert_eq!(before, after);
        }
    }
}

#[test]
fn a_concept_of_nobody_else_is_an_empty_one_with_a_title() {
    let plan = [(0, Step::Edit { field: 2, place: 0.5, delete: 3, insert: "encore" })];
    let entries = log(&plan, &texts());
    let replayed = replay(&entries, &without(people()[0])).expect("it can be written anew").expect("they wrote");
    assert!(!replayed.is_anything_left());
    let mut doc = AutoCommit::new_with_encoding(ENCODING);
    doc.apply_changes(replayed.entries.iter().map(|entry| entry.change.clone())).expect("applies");
    assert_eq!(concept::read(&doc), Ok(Texts { title: "Idée 7".into(), ..Texts::default() }));
}

#[test]
fn who_wrote_nothing_leaves_the_log_as_it_is() {
    let entries = log(&[], &texts());
    assert!(replay(&entries, &without(people()[3])).expect("it is read").is_none());
}

#[test]
fn a_passage_goes_on_with_what_others_wrote_of_it() {
    let plan = [
        (1, Step::Edit { field: 2, place: 0.999, delete: 0, insert: "du pain 🥖 frais" }),
        (2, Step::Merge { from: 1 }),
        (2, Step::Edit { field: 2, place: 0.999, delete: 0, insert: "x" }),
    ];
    let entries = log(&plan, &texts());
    let old = read(entries.iter().map(|entry| entry.bytes.as_slice()));
    let body = old.texts().body;
    let both = old.ends(Field::Body, 0..body.len()).expect("two letters");
    let theirs = body.find("du pain").expect("it is there");
    let only = old.ends(Field::Body, theirs..theirs + 7).expect("two letters");
    let replayed = replay(&entries, &without(people()[1])).expect("it can be written anew").expect("they wrote");
    assert_eq!(replayed.passage(Field::Body, &only.0, &only.1), Moved::Gone);
    let Moved::To { first, last, whole } = replayed.passage(Field::Body, &both.0, &both.1) else { panic!("it stands") };
    assert!(!whole);
    let new = read(replayed.entries.iter().map(|entry| entry.change.raw_bytes()));
    let texts = new.texts();
    let range = new.range(Field::Body, &first, &last).expect("it has these letters");
    assert_eq!(
        texts.body[range].replace(char::is_whitespace, ""),
        body.replace("du pain 🥖 frais", "").replace(char::is_whitespace, "")
    );
}

/// What one wrote and another moved, between words of their own.
fn moved_passage() -> Vec<Entry> {
    let text = texts().body;
    let before = text.chars().count() - 1;
    let length = BREAD.chars().count();
    let place = (before as f64 + 0.5) / (before + 1 + length) as f64;
    log(
        &[
            (1, Step::Edit { field: 2, place: 0.999, delete: 0, insert: BREAD }),
            (2, Step::Merge { from: 1 }),
            (2, Step::Edit { field: 2, place, delete: length, insert: "" }),
            (2, Step::Edit { field: 2, place: 0.0, delete: 0, insert: "Moi aussi : " }),
            (2, Step::Edit { field: 2, place: 0.51, delete: 0, insert: BREAD }),
        ],
        &texts(),
    )
}

const BREAD: &str = "Garder le pain du soir au chaud jusqu'à la fermeture de la boutique. ";

/// How many letters of the body each person is credited with.
fn credit<'a>(log: impl Iterator<Item = (&'a [u8], &'a [u8], PersonId)>) -> BTreeMap<PersonId, u32> {
    let log: Vec<_> = log.collect();
    let whose: HashMap<&[u8], PersonId> = log.iter().map(|(_, actor, person)| (*actor, *person)).collect();
    let credit = Credit::of(&read(log.iter().map(|(bytes, ..)| *bytes)).written(), &[]);
    let mut of = BTreeMap::new();
    for (actor, [_, _, body]) in credit.letters() {
        *of.entry(whose[actor]).or_default() += body;
    }
    of
}

fn old_credit(entries: &[Entry]) -> BTreeMap<PersonId, u32> {
    credit(entries.iter().map(|entry| (entry.bytes.as_slice(), entry.actor.as_slice(), entry.person)))
}

fn new_credit(replayed: &Replayed) -> BTreeMap<PersonId, u32> {
    credit(
        replayed
            .entries
            .iter()
            .map(|NewEntry { change, person, .. }| (change.raw_bytes(), change.actor_id().to_bytes(), *person)),
    )
}

fn body(replayed: &Replayed) -> String {
    read(replayed.entries.iter().map(|entry| entry.change.raw_bytes())).texts().body
}

#[test]
fn a_passage_that_somebody_else_moved_goes_with_its_writer() {
    let entries = moved_passage();
    let replayed = replay(&entries, &without(people()[1])).expect("it can be written anew").expect("they wrote");
    let body = body(&replayed);
    assert!(!body.contains("pain"), "{body:?}");
    assert!(body.contains("Moi aussi"), "{body:?}");
    let (before, after) = (old_credit(&entries), new_credit(&replayed));
    assert_eq!(before[&people()[2]], after[&people()[2]]);
    assert_eq!(after.get(&people()[1]), None);
}

#[test]
fn a_passage_that_who_left_had_moved_stays_its_writers() {
    let entries = moved_passage();
    let replayed = replay(&entries, &without(people()[2])).expect("it can be written anew").expect("they wrote");
    let body = body(&replayed);
    assert!(body.contains(BREAD.trim()), "{body:?}");
    assert!(!body.contains("Moi"), "{body:?}");
    let (before, after) = (old_credit(&entries), new_credit(&replayed));
    assert_eq!(before[&people()[1]], after[&people()[1]]);
    assert_eq!(after.get(&people()[2]), None);
}

//! Canvases of several people, written anew without one of them.

use std::collections::BTreeMap;

use automerge::{ActorId, AutoCommit, ObjId, ObjType, ROOT, ReadDoc as _, transaction::Transactable as _};
use proptest::prelude::*;
use shared::{
    PersonId,
    canvas::Canvas,
    live::{
        canvas::{first_change, read},
        concept::ENCODING,
    },
};

use super::{PEOPLE, people};
use crate::{live::rewrite::canvas::replay, store::segment::Entry};

/// Something one of the people does; every place is one among what stands.
#[derive(Clone, Copy, Debug)]
enum Step {
    Note,
    Group,
    Write { at: usize, place: usize, delete: usize },
    Move { at: usize },
    Lock { at: usize, on: bool },
    Into { at: usize, group: Option<usize> },
    Remove { at: usize },
    Merge { from: usize },
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => Just(Step::Note),
        1 => Just(Step::Group),
        6 => (0..9usize, 0..20usize, 0..3usize).prop_map(|(at, place, delete)| Step::Write { at, place, delete }),
        2 => (0..9usize).prop_map(|at| Step::Move { at }),
        1 => (0..9usize, any::<bool>()).prop_map(|(at, on)| Step::Lock { at, on }),
        2 => (0..9usize, prop::option::of(0..9usize)).prop_map(|(at, group)| Step::Into { at, group }),
        1 => (0..9usize).prop_map(|at| Step::Remove { at }),
        4 => (0..PEOPLE).prop_map(|from| Step::Merge { from }),
    ]
}

/// Everybody writes with a letter of their own.
fn letter(who: usize) -> char {
    ['a', 'b', 'c', 'd'][who]
}

fn map(doc: &AutoCommit, kind: &str) -> ObjId {
    doc.get(ROOT, kind).expect("read").expect("there").1
}

fn pick(doc: &AutoCommit, kind: &str, at: usize) -> Option<(String, ObjId)> {
    let all: Vec<String> = doc.keys(map(doc, kind)).collect();
    let id = all.get(at % all.len().max(1))?;
    Some((id.clone(), doc.get(map(doc, kind), id.as_str()).expect("read").expect("there").1))
}

fn act(doc: &mut AutoCommit, who: usize, step: Step, count: usize) {
    let number = i64::try_from(count).expect("small");
    match step {
        // Whose a note is can be read from its name.
        Step::Note => {
            let note = doc.put_object(map(doc, "notes"), format!("{}{count}", letter(who)), ObjType::Map).expect("put");
            let text = doc.put_object(&note, "text", ObjType::Text).expect("put");
            doc.splice_text(&text, 0, 0, &letter(who).to_string()).expect("spliced");
            doc.put(&note, "x", number).expect("put");
            doc.put(&note, "y", 0).expect("put");
            doc.put(&note, "colour", "amber").expect("put");
        }
        Step::Group => {
            let id = format!("{}{count}", letter(who));
            let group = doc.put_object(map(doc, "groups"), id, ObjType::Map).expect("put");
            let title = doc.put_object(&group, "title", ObjType::Text).expect("put");
            doc.splice_text(&title, 0, 0, &letter(who).to_string()).expect("spliced");
            for (key, value) in [("x", 0), ("y", 0), ("w", 300), ("h", 200)] {
                doc.put(&group, key, value).expect("put");
            }
            doc.put(&group, "colour", "teal").expect("put");
        }
        Step::Write { at, place, delete } => {
            let Some((_, note)) = pick(doc, "notes", at) else { return };
            let text = doc.get(&note, "text").expect("read").expect("a text").1;
            let length = doc.length(&text);
            let place = place.min(length);
            let gone = isize::try_from(delete.min(length - place)).expect("short");
            doc.splice_text(&text, place, gone, &letter(who).to_string().repeat(2)).expect("spliced");
        }
        Step::Move { at } => {
            if let Some((_, note)) = pick(doc, "notes", at) {
                doc.put(&note, "x", number).expect("put");
            }
        }
        Step::Lock { at, on } => {
            if let Some((_, note)) = pick(doc, "notes", at) {
                doc.put(&note, "locked", on).expect("put");
            }
        }
        Step::Into { at, group } => {
            let Some((_, note)) = pick(doc, "notes", at) else { return };
            match group.and_then(|group| pick(doc, "groups", group)) {
                Some((group, _)) => doc.put(&note, "group", group).expect("put"),
                None if doc.get(&note, "group").expect("read").is_some() => {
                    doc.delete(&note, "group").expect("deleted");
                }
                None => {}
            }
        }
        Step::Remove { at } => {
            if let Some((id, _)) = pick(doc, "notes", at) {
                doc.delete(map(doc, "notes"), id).expect("deleted");
            }
        }
        Step::Merge { .. } => {}
    }
}

fn log(plan: &[(usize, Step)]) -> Vec<Entry> {
    let first = first_change(ActorId::from([99; 16].as_slice()), 1).expect("a first change");
    let mut entries = Vec::new();
    let mut stored = |change: &automerge::Change, person: PersonId| {
        let seq = entries.len() as u64 + 1;
        let actor = change.actor_id().to_bytes().to_vec();
        let bytes = change.raw_bytes().to_vec();
        entries.push(Entry { seq, hash: change.hash().0, actor, person, bytes, stored_at: 1_000 * seq.cast_signed() });
    };
    stored(&first, PersonId(uuid::Uuid::from_u128(99)));
    let mut docs: Vec<AutoCommit> = (0..PEOPLE)
        .map(|n| {
            let actor = ActorId::from([u8::try_from(n).expect("few") + 1; 16].as_slice());
            let mut doc = AutoCommit::new_with_encoding(ENCODING).with_actor(actor);
            doc.apply_changes([first.clone()]).expect("applies");
            doc
        })
        .collect();
    for (count, (who, step)) in plan.iter().enumerate() {
        if let Step::Merge { from } = step {
            let mut other = docs[*from].clone();
            docs[*who].merge(&mut other).expect("merges");
            continue;
        }
        act(&mut docs[*who], *who, *step, count);
        if docs[*who].commit().is_some() {
            stored(&docs[*who].get_last_local_change().expect("a change"), people()[*who]);
        }
    }
    entries
}

/// What a log shows, with the people for their actors.
fn shown(log: impl IntoIterator<Item = (automerge::Change, PersonId)>) -> Canvas {
    let mut doc = AutoCommit::new_with_encoding(ENCODING);
    let mut people = BTreeMap::new();
    for (change, person) in log {
        people.insert(change.actor_id().to_hex_string(), person.0.to_string());
        doc.apply_changes([change]).expect("applies");
    }
    let mut canvas = read(&doc);
    let notes = canvas.notes.values_mut().map(|note| &mut note.maker);
    for maker in notes.chain(canvas.groups.values_mut().map(|group| &mut group.maker)) {
        *maker = people[maker.as_str()].clone();
    }
    canvas
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    /// Whatever four people did on a canvas, together and apart: without one of them, everything stands where it stood and
    /// says what others wrote of it, but for the notes of who left that nobody else wrote in.
    #[test]
    fn what_others_put_there_stays(
        plan in prop::collection::vec((0..PEOPLE, step()), 1..60),
        leaver in 0..PEOPLE,
    ) {
        let entries = log(&plan);
        let before = shown(entries.iter().map(|entry| {
            (automerge::Change::from_bytes(entry.bytes.clone()).expect("read"), entry.person)
        }));
        let theirs = letter(leaver);
        let Some(made) = replay(&entries, people()[leaver]).expect("it can be written anew") else {
            let wrote = before.notes.values().any(|note| note.text.contains(theirs))
                || before.groups.values().any(|group| group.title.contains(theirs));
            prop_assert!(!wrote, "something of theirs stood");
            return Ok(());
        };
        let after = shown(made.iter().map(|entry| (entry.change.clone(), entry.person)));
        let mut left = before;
        for note in left.notes.values_mut() {
            note.text.retain(|letter| letter != theirs);
        }
        for group in left.groups.values_mut() {
            group.title.retain(|letter| letter != theirs);
        }
        left.notes.retain(|id, note| !id.starts_with(theirs) || !note.text.is_empty());
        prop_assert_eq!(format!("{left:#?}"), format!("{after:#?}"));
        // Nor is a letter of theirs in the log.
        for entry in &made {
            for op in entry.change.decode().operations {
                let word = op.primitive_value().and_then(|value| value.as_str().map(str::to_owned));
                prop_assert!(!op.insert || word.is_none_or(|word| !word.contains(theirs)));
            }
        }
    }
}

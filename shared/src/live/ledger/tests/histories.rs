//! Made-up histories of a canvas, in which three people know only some of what the others do.

use proptest::prelude::*;

use super::{things::is_locked, *};
use crate::live::schema::ItemKind;

/// One step on a canvas: who, what, and of which of the items they see.
#[derive(Clone, Copy, Debug)]
enum Step {
    Add(usize, ItemKind),
    Remove(usize, ItemKind, usize),
    Write(usize, usize, usize, usize),
    Put(usize, ItemKind, usize, bool),
    Group(usize, usize, bool),
    Lock(usize, usize, bool),
    Merge(usize, usize),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let who = 0..3_usize;
    let kind = || prop::sample::select(ItemKind::ALL.to_vec());
    let step = prop_oneof![
        3 => (who.clone(), kind()).prop_map(|(who, kind)| Step::Add(who, kind)),
        1 => (who.clone(), kind(), 0..9_usize).prop_map(|(who, kind, at)| Step::Remove(who, kind, at)),
        3 => (who.clone(), 0..9_usize, 0..9_usize, 0..3_usize).prop_map(|(a, b, c, d)| Step::Write(a, b, c, d)),
        4 => (who.clone(), kind(), 0..9_usize, any::<bool>()).prop_map(|(a, b, c, d)| Step::Put(a, b, c, d)),
        2 => (who.clone(), 0..9_usize, any::<bool>()).prop_map(|(a, b, c)| Step::Group(a, b, c)),
        2 => (who.clone(), 0..9_usize, any::<bool>()).prop_map(|(a, b, c)| Step::Lock(a, b, c)),
        4 => (who.clone(), who).prop_map(|(who, from)| Step::Merge(who, from)),
    ];
    prop::collection::vec(step, 1..60)
}

fn pick(doc: &AutoCommit, kind: ItemKind, at: usize) -> Option<String> {
    let all: Vec<String> = doc.keys(items(doc, kind.key())).collect();
    all.get(at % all.len().max(1)).cloned()
}

fn act(doc: &mut AutoCommit, step: Step, count: u128) {
    match step {
        Step::Add(_, ItemKind::Card) => add_card(doc, &uuid::Uuid::from_u128(count).to_string()),
        Step::Add(_, ItemKind::Note) => add_note(doc, &format!("n{count}"), "Du pain"),
        Step::Add(_, ItemKind::Group) => add_group(doc, &format!("g{count}")),
        Step::Add(_, ItemKind::Link) => add_link(doc, &format!("l{count}"), &format!("notes/n{}", count / 2)),
        Step::Add(_, ItemKind::Picture) => add_picture(doc, &format!("p{count}")),
        Step::Remove(_, kind, at) => {
            if let Some(id) = pick(doc, kind, at) {
                doc.delete(items(doc, kind.key()), id).expect("deleted");
            }
        }
        Step::Write(_, at, place, delete) => {
            if let Some(id) = pick(doc, ItemKind::Note, at) {
                let text = doc.get(item(doc, "notes", &id), "text").expect("read").expect("a text").1;
                let place = place % (doc.length(&text) + 1);
                let delete = isize::try_from(delete.min(doc.length(&text) - place)).expect("small");
                doc.splice_text(&text, place, delete, "é").expect("spliced");
            }
        }
        Step::Put(_, kind, at, right) => {
            if let Some(id) = pick(doc, kind, at).filter(|_| kind != ItemKind::Link) {
                let key = if right { "x" } else { "y" };
                doc.put(item(doc, kind.key(), &id), key, i64::try_from(count).expect("small")).expect("put");
            }
        }
        Step::Group(_, at, into) => {
            if let Some(id) = pick(doc, ItemKind::Note, at) {
                let note = item(doc, "notes", &id);
                match pick(doc, ItemKind::Group, at).filter(|_| into) {
                    Some(group) => doc.put(&note, "group", group).expect("put"),
                    None if doc.get(&note, "group").expect("read").is_some() => {
                        doc.delete(&note, "group").expect("deleted");
                    }
                    None => {}
                }
            }
        }
        Step::Lock(_, at, on) => {
            if let Some(id) = pick(doc, ItemKind::Note, at) {
                doc.put(item(doc, "notes", &id), "locked", on).expect("put");
            }
        }
        Step::Merge(..) => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// Whatever three people do on a canvas at the same time, each knowing only some of it, is fit, replays to the same
    /// ledger, and comes back from a saved document.
    #[test]
    fn an_honest_canvas_is_never_refused(steps in steps()) {
        let first = canvas::first_change(ActorId::from([9; 16].as_slice()), 0).expect("a first change");
        let Desk { mut ledger, mut log, mut doc, .. } = Desk::of(first);
        let mut docs: Vec<AutoCommit> =
            (0..3).map(|at| doc.fork().with_actor(ActorId::from([at + 1; 16].as_slice()))).collect();
        let tidy = |who: u8| author(who, Role::Moderator, DocumentKind::Canvas, EditingRule::Everyone);
        for (step, count) in steps.into_iter().zip(1_u128..) {
            let who = match step {
                Step::Merge(who, from) => {
                    let mut other = docs[from].clone();
                    docs[who].merge(&mut other).expect("merges");
                    continue;
                }
                Step::Add(who, _)
                | Step::Remove(who, ..)
                | Step::Write(who, ..)
                | Step::Put(who, ..)
                | Step::Group(who, ..)
                | Step::Lock(who, ..) => who,
            };
            act(&mut docs[who], step, count);
            let Some(hash) = docs[who].commit() else { continue };
            let change = docs[who].get_change_by_hash(&hash).expect("the change");
            let chunk = chunks(change.raw_bytes(), 1 << 20).next().expect("one").expect("a chunk");
            let read = Change::parse(&chunk).expect("read");
            let by = u8::try_from(who).expect("small");
            let fit = ledger.check(&read, &tidy(by));
            prop_assert!(fit.is_ok(), "{:?}: {:?}", step, fit.err());
            ledger.add(fit.expect("fit"));
            log.replay(&read, person(by)).expect("replays");
            doc.apply_changes([change]).expect("applies");
        }
        let back = AutoCommit::load(&doc.save()).expect("loads").get_heads();
        prop_assert_eq!(back, doc.get_heads());
        let standing = |kind: ItemKind| doc.keys(items(&doc, kind.key())).collect::<Vec<_>>();
        for ledger in [&ledger, &log] {
            for kind in ItemKind::ALL {
                for id in standing(kind) {
                    prop_assert!(ledger.things.standing(kind, &id).is_some(), "{:?} {} stands", kind, id);
                }
            }
            let all: usize = ItemKind::ALL.map(|kind| standing(kind).len()).iter().sum();
            prop_assert_eq!(ledger.things.count(), all);
            let chars = |ledger: &Ledger| ledger.things.objects.iter().map(|object| object.chars).sum::<u64>();
            prop_assert_eq!(chars(ledger), chars(&log));
        }
        let shown = canvas::read(&doc);
        for (id, note) in &shown.notes {
            for ledger in [&ledger, &log] {
                let place = ledger.things.standing(ItemKind::Note, id).expect("it stands") as usize;
                prop_assert_eq!(is_locked(&ledger.things.items[place].locks), note.locked, "{} is locked", id);
            }
        }
        for id in standing(ItemKind::Note) {
            let text = doc.get(item(&doc, "notes", &id), "text").expect("read").expect("a text").1;
            let chars = doc.text(&text).expect("a text").chars().count() as u64;
            let known = ledger.things.objects.iter().any(|object| {
                let of = object.item.map(|place| &ledger.things.items[place as usize]);
                of.is_some_and(|item| *item.id == *id) && matches!(object.shape, Shape::Text(_)) && object.chars == chars
            });
            prop_assert!(known, "{} has {} characters", id, chars);
        }
    }
}

//! The ledger says the same as Automerge itself, for any history.

use std::collections::HashSet;

use automerge::{ActorId, AutoCommit, Automerge, Change, ChangeHash, LoadOptions, transaction::Transactable as _};
use proptest::prelude::*;
use server::live::letters::Letters;
use shared::{
    PersonId,
    live::{
        change,
        chunk::chunks,
        concept::{self, ENCODING, Field, Texts, first_change},
        guard,
        ledger::{Author, Ledger, Unfit},
        permit::Rights,
        sync::{SyncMessage, Version},
    },
};

/// One step of a made-up history: who acts, and what.
#[derive(Clone, Copy, Debug)]
enum Step {
    /// Puts something into a text, and removes something behind it.
    Edit { who: usize, field: usize, at: usize, delete: usize },
    /// Edits on an earlier version of their own.
    Isolated { who: usize, back: usize },
    /// Takes in everything another has.
    Merge { who: usize, from: usize },
    /// Makes a change that does nothing.
    Nothing { who: usize },
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let who = 0..4_usize;
    prop::collection::vec(
        prop_oneof![
            6 => (who.clone(), 0..3_usize, 0..1000_usize, 0..4_usize)
                .prop_map(|(who, field, at, delete)| Step::Edit { who, field, at, delete }),
            1 => (who.clone(), 0..50_usize).prop_map(|(who, back)| Step::Isolated { who, back }),
            3 => (who.clone(), who.clone()).prop_map(|(who, from)| Step::Merge { who, from }),
            1 => who.prop_map(|who| Step::Nothing { who }),
        ],
        1..60,
    )
}

/// The history those steps make, each change after those it builds on.
fn history(steps: &[Step]) -> Vec<Change> {
    let texts = Texts { title: "Un pain".into(), pitch: String::new(), body: "levé".into() };
    let first = first_change(ActorId::from([9; 16].as_slice()), 0, &texts).expect("a first change");
    let mut docs: Vec<AutoCommit> = (0..4)
        .map(|at| {
            let mut doc = AutoCommit::new_with_encoding(ENCODING).with_actor(ActorId::from([at; 16].as_slice()));
            doc.apply_changes([first.clone()]).expect("applies");
            doc
        })
        .collect();
    let mut made: Vec<Change> = vec![first];
    for step in steps {
        let who = match *step {
            Step::Edit { who, field, at, delete } => {
                let doc = &mut docs[who];
                let text = Field::ALL[field].object(doc).expect("a text");
                let length = automerge::ReadDoc::length(doc, &text);
                let at = at % (length + 1);
                let delete = isize::try_from(delete.min(length - at)).expect("small");
                doc.splice_text(&text, at, delete, "pâte").expect("spliced");
                who
            }
            Step::Isolated { who, back } => {
                let own: Vec<ChangeHash> = docs[who].get_changes(&[]).iter().map(Change::hash).collect();
                let version = own[back % own.len()];
                // On one's own last change at least: an actor never branches from itself.
                let mine = docs[who].get_last_local_change().map(|change| change.hash());
                let heads: Vec<ChangeHash> = mine.or(Some(version)).into_iter().collect();
                docs[who].isolate(&heads);
                let body = Field::Body.object(&docs[who]).expect("a body");
                docs[who].splice_text(&body, 0, 0, "x").expect("spliced");
                docs[who].commit();
                docs[who].integrate();
                who
            }
            Step::Merge { who, from } => {
                let mut other = docs[from].clone();
                docs[who].merge(&mut other).expect("merged");
                who
            }
            Step::Nothing { who } => {
                docs[who].empty_change(automerge::transaction::CommitOptions::default());
                who
            }
        };
        docs[who].commit();
        let known: HashSet<ChangeHash> = made.iter().map(Change::hash).collect();
        made.extend(docs[who].get_changes(&[]).into_iter().filter(|change| !known.contains(&change.hash())));
    }
    made
}

fn add(ledger: &mut Ledger, change: &Change) -> Result<(), Unfit> {
    let chunk = chunks(change.raw_bytes(), 1 << 20).next().expect("one").expect("a chunk");
    let read = change::Change::parse(&chunk).expect("readable");
    if ledger.is_empty() {
        return ledger.begin(&read);
    }
    let rights = Rights { edit: true, ..Rights::default() };
    let fit = ledger.check(&read, &Author { person: PersonId(uuid::Uuid::nil()), rights })?;
    ledger.add(fit);
    Ok(())
}

/// Whether the guard takes it for one that Automerge wrote.
fn is_sound(change: &Change) -> bool {
    let message = SyncMessage {
        version: Version::V1,
        heads: vec![],
        need: vec![],
        have: vec![],
        changes: vec![change.raw_bytes()],
        flags: None,
    };
    guard::read(&message.encode()).is_ok_and(|inbound| inbound.changes[0].sound)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn an_honest_history_is_fit_and_what_a_peer_lacks_is_exact(steps in steps(), picks in prop::collection::vec(any::<prop::sample::Index>(), 1..4)) {
        let changes = history(&steps);
        let mut ledger = Ledger::default();
        let mut replayed = Ledger::default();
        let mut doc = Automerge::new_with_encoding(ENCODING);
        let nobody = PersonId(uuid::Uuid::nil());
        for change in &changes {
            prop_assert_eq!(add(&mut ledger, change), Ok(()));
            let chunk = chunks(change.raw_bytes(), 1 << 20).next().expect("one").expect("a chunk");
            prop_assert_eq!(replayed.replay(&change::Change::parse(&chunk).expect("readable"), nobody), Ok(()));
            prop_assert!(is_sound(change));
            doc.apply_changes([change.clone()]).expect("applies");
        }
        // One that came before does not come again.
        if let Some(last) = changes.last().filter(|_| changes.len() > 1) {
            prop_assert!(add(&mut ledger, last).is_err());
        }
        let heads: Vec<ChangeHash> = picks.iter().map(|pick| pick.get(&changes).hash()).collect();
        let expected: HashSet<[u8; 32]> = doc.get_changes(&heads).iter().map(|change| change.hash().0).collect();
        for ledger in [&ledger, &replayed] {
            let known: Vec<u32> = heads.iter().map(|head| ledger.find(&head.0).expect("known")).collect();
            let outside = ledger.outside(&known, ledger.len()).changes;
            let lacks: HashSet<[u8; 32]> = outside.iter().map(|at| ledger.hash(*at).expect("a change")).collect();
            prop_assert_eq!(&lacks, &expected);
            prop_assert!(outside.is_sorted_by(|a, b| a > b));
            // And as it was some changes ago.
            let end = ledger.len() / 2 + 1;
            let earlier: Vec<u32> = known.iter().copied().filter(|at| *at < end).collect();
            let outside = ledger.outside(&earlier, end).changes;
            prop_assert!(outside.iter().all(|at| *at < end && !earlier.contains(at)));
        }
        // The texts followed letter by letter are Automerge's.
        let mut letters = Letters::default();
        for change in &changes {
            let chunk = chunks(change.raw_bytes(), 1 << 20).next().expect("one").expect("a chunk");
            letters.apply(&change::Change::parse(&chunk).expect("readable"), 0).expect("applies");
        }
        prop_assert_eq!(letters.texts(), concept::read(&doc).expect("a concept"));
        for ledger in [&ledger, &replayed] {
            prop_assert_eq!(ledger.lengths(), letters.lengths().map(|length| length as u64));
        }
        // What was found fit comes back from a saved document.
        let options = LoadOptions::new().text_encoding(ENCODING);
        let back = Automerge::load_with_options(&doc.save(), options).expect("loads");
        prop_assert_eq!(back.get_heads(), doc.get_heads());
    }
}

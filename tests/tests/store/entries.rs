//! Whatever is done with the progress of an idea, it is as far as the rule says.

use proptest::{
    prelude::*,
    strategy::ValueTree as _,
    test_runner::{Config, TestRunner},
};
use server::{
    domain::{
        Error,
        entries::{self, Said},
        ideas,
    },
    store::{Db, entries::EntryKind},
};
use shared::{
    EntryId, Role,
    api::{Conclude, Outcome, PersonView, TimelineEntry, WrittenExperiment, WrittenMilestone, WrittenUpdate},
    rules::Audience,
};
use tests::on_both_databases;

use crate::workspace::{board, count, idea, person};

/// Who sees an entry from the beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum For {
    All,
    Staff,
}

/// One thing that is done; entries by their place among those that were made.
#[derive(Clone, Copy, Debug)]
enum Act {
    Update(Option<u8>, For),
    Milestone(Reached, For),
    Experiment(For),
    /// Let an update state something else, or a milestone be reached or not, and stay as published as it is.
    Change(usize, Option<u8>, Reached),
    Publish(usize),
    Conclude(usize),
    Remove(usize),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reached {
    Yes,
    No,
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let whom = || prop_oneof![2 => Just(For::All), 1 => Just(For::Staff)];
    let percent = || prop::option::weighted(0.6, 0_u8..=100);
    let reached = || prop_oneof![Just(Reached::Yes), Just(Reached::No)];
    let which = || 0_usize..12;
    let act = prop_oneof![
        3 => (percent(), whom()).prop_map(|(percent, whom)| Act::Update(percent, whom)),
        3 => (reached(), whom()).prop_map(|(reached, whom)| Act::Milestone(reached, whom)),
        1 => whom().prop_map(Act::Experiment),
        4 => (which(), percent(), reached()).prop_map(|(which, percent, reached)| Act::Change(which, percent, reached)),
        3 => which().prop_map(Act::Publish),
        1 => which().prop_map(Act::Conclude),
        3 => which().prop_map(Act::Remove),
    ];
    prop::collection::vec(act, 30..31)
}

/// An entry as it should be.
struct Entry {
    id: EntryId,
    kind: EntryKind,
    percent: Option<u8>,
    reached: Reached,
    /// The how manieth act published it.
    published: Option<usize>,
    stands: bool,
}

impl Entry {
    /// What would let it say what it should say.
    fn said(&self) -> Said {
        let staff = self.published.is_none();
        let text = String::from("Oui");
        match self.kind {
            EntryKind::Update => Said::try_from(&WrittenUpdate { body: text, percent: self.percent, staff }),
            EntryKind::Milestone => {
                let done = self.reached == Reached::Yes;
                Said::try_from(&WrittenMilestone { title: text, due_on: None, done, staff })
            }
            EntryKind::Experiment => {
                let (hypothesis, trial, measure) = (text.clone(), text.clone(), text);
                Said::try_from(&WrittenExperiment { hypothesis, trial, measure, staff })
            }
        }
        .expect("acceptable")
    }
}

/// The rule, from scratch.
fn expected(entries: &[Entry]) -> Option<u8> {
    let shown = |kind| move |entry: &&Entry| entry.stands && entry.published.is_some() && entry.kind == kind;
    let stated = entries.iter().filter(shown(EntryKind::Update)).filter(|update| update.percent.is_some());
    if let Some(last) = stated.max_by_key(|update| update.published) {
        return last.percent;
    }
    let milestones: Vec<&Entry> = entries.iter().filter(shown(EntryKind::Milestone)).collect();
    let reached = milestones.iter().filter(|milestone| milestone.reached == Reached::Yes).count();
    u8::try_from((reached * 100).checked_div(milestones.len())?).ok()
}

fn id(entry: &TimelineEntry) -> EntryId {
    match entry {
        TimelineEntry::Update(update) => update.head.id,
        TimelineEntry::Milestone(milestone) => milestone.head.id,
        TimelineEntry::Experiment(one) => one.head.id,
        other => panic!("no progress: {other:?}"),
    }
}

struct World<'a> {
    db: &'a Db,
    by: PersonView,
    number: u32,
    entries: Vec<Entry>,
}

impl World<'_> {
    async fn add(&mut self, mut entry: Entry, whom: For, turn: usize) {
        entry.published = (whom == For::All).then_some(turn);
        let made = entries::add(self.db, Some(&self.by), self.number, &entry.said(), None).await.expect("added");
        entry.id = id(&made.0);
        self.entries.push(entry);
    }

    async fn act(&mut self, act: Act, turn: usize) {
        let new = |kind, percent, reached| Entry {
            id: EntryId::new(),
            kind,
            percent,
            reached,
            published: None,
            stands: true,
        };
        match act {
            Act::Update(percent, whom) => self.add(new(EntryKind::Update, percent, Reached::No), whom, turn).await,
            Act::Milestone(reached, whom) => self.add(new(EntryKind::Milestone, None, reached), whom, turn).await,
            Act::Experiment(whom) => self.add(new(EntryKind::Experiment, None, Reached::No), whom, turn).await,
            Act::Change(which, percent, reached) => {
                let Some(entry) = self.entries.get_mut(which) else { return };
                (entry.percent, entry.reached) = (percent, reached);
                self.edit(which).await;
            }
            Act::Publish(which) => {
                let Some(entry) = self.entries.get_mut(which) else { return };
                if entry.stands {
                    entry.published = entry.published.or(Some(turn));
                }
                self.edit(which).await;
            }
            Act::Conclude(which) => {
                let Some(entry) = self.entries.get(which) else { return };
                let outcome = if turn.is_multiple_of(2) { Outcome::Kept } else { Outcome::Reverted };
                let said = Conclude { outcome, result: "Oui".into(), reason: "Oui".into() };
                let told = entries::conclude(self.db, Some(&self.by), entry.id, &said).await;
                assert_eq!(told.is_ok(), entry.stands && entry.kind == EntryKind::Experiment);
            }
            Act::Remove(which) => {
                let Some(entry) = self.entries.get_mut(which) else { return };
                let gone = entries::remove(self.db, Some(&self.by), entry.id, entry.kind).await;
                assert_eq!(gone.is_ok(), entry.stands);
                entry.stands = false;
            }
        }
    }

    async fn edit(&self, which: usize) {
        let entry = &self.entries[which];
        match entries::edit(self.db, Some(&self.by), entry.id, &entry.said()).await {
            Ok(_) => assert!(entry.stands),
            Err(Error::Refused(_)) => assert!(!entry.stands),
            Err(error) => panic!("{error:?}"),
        }
    }
}

on_both_databases! {
    async fn whatever_is_done_an_idea_is_as_far_as_the_rule_says(db: Db) {
        let owner = person(&db, "owner", Role::Owner).await;
        let made = board(&db, &owner, "Goûter", Audience::Public).await;
        let mut runner = TestRunner::new(Config { failure_persistence: None, ..Config::default() });
        let plans = if matches!(db, Db::Sqlite { .. }) { 16 } else { 5 };
        for _ in 0..plans {
            let number = idea(&db, &owner, &made, "Un").await.card.number;
            let plan = acts().new_tree(&mut runner).expect("a plan").current();
            let mut world = World { db: &db, by: owner.clone(), number, entries: Vec::new() };
            for (turn, act) in plan.iter().enumerate() {
                world.act(*act, turn).await;
                let seen = ideas::one(&db, None, number).await.expect("the idea").card.percent;
                assert_eq!(seen, expected(&world.entries), "after {:?}", &plan[..=turn]);
            }
        }
        assert!(count(&db, "SELECT count(*) FROM entry WHERE removed_at IS NOT NULL").await > 0, "something was taken away");
    }
}

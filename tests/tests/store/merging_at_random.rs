//! Any sequence of votes, comments, merges and undone merges counts each person and each word once, and a merge undone
//! at once leaves everything as it was.

use std::collections::{BTreeMap, BTreeSet};

use proptest::{
    prelude::*,
    strategy::ValueTree as _,
    test_runner::{Config, TestRunner},
};
use server::{
    domain::{
        Error, comments,
        votes::{self, Following},
    },
    store::Db,
};
use shared::{
    CommentId, Role,
    api::{CommentKind, PersonView},
    rules::{Audience, Refusal},
};
use sqlx::{AssertSqlSafe, Row as _};
use tests::on_both_databases;

use crate::{
    merges::{merge, say, undo},
    workspace::{board, idea, person},
};

const IDEAS: usize = 4;
const PEOPLE: usize = 4;

/// One thing somebody does.
#[derive(Clone, Copy, Debug)]
enum Act {
    Vote(usize, usize),
    Withdraw(usize, usize),
    Follow(usize, usize, bool),
    Say(usize, usize),
    Reply(usize, usize),
    Delete(usize),
    Merge(usize, usize),
    Undo(usize),
    /// Merge, and undo at once.
    Think(usize, usize),
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let (who, at) = (0..PEOPLE, 0..IDEAS);
    let act = prop_oneof![
        5 => (who.clone(), at.clone()).prop_map(|(who, at)| Act::Vote(who, at)),
        2 => (who.clone(), at.clone()).prop_map(|(who, at)| Act::Withdraw(who, at)),
        2 => (who.clone(), at.clone(), any::<bool>()).prop_map(|(who, at, on)| Act::Follow(who, at, on)),
        3 => (who.clone(), at.clone()).prop_map(|(who, at)| Act::Say(who, at)),
        2 => (who, 0_usize..20).prop_map(|(who, which)| Act::Reply(who, which)),
        2 => (0_usize..20).prop_map(Act::Delete),
        3 => (at.clone(), at.clone()).prop_map(|(from, to)| Act::Merge(from, to)),
        3 => at.clone().prop_map(Act::Undo),
        2 => (at.clone(), at).prop_map(|(from, to)| Act::Think(from, to)),
    ];
    prop::collection::vec(act, 40..41)
}

/// What should be: who voted where by themselves, where each thread began, and what lives on in what.
#[derive(Default)]
struct Expected {
    voted: BTreeMap<usize, BTreeSet<usize>>,
    /// Of each comment: the idea where its thread began, and the thread.
    said: BTreeMap<CommentId, (usize, CommentId)>,
    /// Standing, in the order they were said.
    comments: Vec<CommentId>,
    into: BTreeMap<usize, usize>,
}

impl Expected {
    fn stands(&self, idea: usize) -> bool {
        !self.into.contains_key(&idea)
    }

    /// The idea and all that live on in it.
    fn tree(&self, idea: usize) -> BTreeSet<usize> {
        let mut tree = BTreeSet::from([idea]);
        for _ in 0..IDEAS {
            tree.extend(
                self.into.iter().filter(|(_, into)| tree.contains(into)).map(|(twin, _)| *twin).collect::<Vec<_>>(),
            );
        }
        tree
    }

    fn root(&self, mut idea: usize) -> usize {
        while let Some(into) = self.into.get(&idea) {
            idea = *into;
        }
        idea
    }

    fn supporters(&self, idea: usize) -> BTreeSet<usize> {
        self.tree(idea).iter().filter_map(|part| self.voted.get(part)).flatten().copied().collect()
    }

    fn comments(&self, idea: usize) -> usize {
        let tree = self.tree(idea);
        self.comments.iter().filter(|id| tree.contains(&self.said[id].0)).count()
    }
}

struct World<'a> {
    db: &'a Db,
    owner: PersonView,
    people: Vec<PersonView>,
    ideas: Vec<u32>,
    expected: Expected,
}

/// Whether it was done, or refused as it had to be.
fn done<T>(result: Result<T, Error>, stands: bool, plan: &[Act]) -> Option<T> {
    match result {
        Ok(value) => {
            assert!(stands, "done to what does not stand: {plan:?}");
            Some(value)
        }
        Err(Error::Refused(Refusal::Away(_)) | Error::Invalid(_) | Error::MergedOn | Error::Conflict(_)) if !stands => {
            None
        }
        Err(error) => panic!("{error:?} after {plan:?}"),
    }
}

impl World<'_> {
    async fn act(&mut self, act: Act, plan: &[Act]) {
        let Self { db, owner, people, ideas, expected } = self;
        match act {
            Act::Vote(who, at) => {
                let voted = votes::vote(db, Some(&people[who]), ideas[at]).await;
                if done(voted, expected.stands(at), plan).is_some() && !expected.supporters(at).contains(&who) {
                    expected.voted.entry(at).or_default().insert(who);
                }
            }
            Act::Withdraw(who, at) => {
                let back = votes::withdraw(db, Some(&people[who]), ideas[at]).await;
                if done(back, expected.stands(at), plan).is_some() {
                    for part in expected.tree(at) {
                        expected.voted.entry(part).or_default().remove(&who);
                    }
                }
            }
            Act::Follow(who, at, on) => {
                let wanted = if on { Following::Yes } else { Following::No };
                done(votes::follow(db, Some(&people[who]), ideas[at], wanted).await, expected.stands(at), plan);
            }
            Act::Say(who, at) => {
                let said = say(db, &people[who], ideas[at], CommentKind::Comment, None).await;
                if let Some(id) = done(said, expected.stands(at), plan) {
                    expected.said.insert(id, (at, id));
                    expected.comments.push(id);
                }
            }
            Act::Reply(who, which) => {
                let Some(to) = expected.comments.get(which).copied() else { return };
                let (home, thread) = expected.said[&to];
                let at = expected.root(home);
                let said = say(db, &people[who], ideas[at], CommentKind::Comment, Some(to)).await;
                let id = done(said, true, plan).expect("a reply");
                expected.said.insert(id, (home, thread));
                expected.comments.push(id);
            }
            Act::Delete(which) => {
                if which < expected.comments.len() {
                    let id = expected.comments.remove(which);
                    comments::delete(db, Some(owner), id).await.expect("deleted");
                }
            }
            Act::Merge(from, to) => {
                let may = from != to && expected.stands(from) && expected.stands(to);
                if done(merge(db, owner, ideas[from], ideas[to]).await, may, plan).is_some() {
                    expected.into.insert(from, to);
                }
            }
            Act::Undo(from) => {
                let may = expected.into.get(&from).is_some_and(|to| expected.stands(*to));
                if done(undo(db, owner, ideas[from]).await, may, plan).is_some() {
                    expected.into.remove(&from);
                }
            }
            Act::Think(from, to) => {
                if from != to && expected.stands(from) && expected.stands(to) {
                    let before = everything(db).await;
                    merge(db, owner, ideas[from], ideas[to]).await.expect("merged");
                    undo(db, owner, ideas[from]).await.expect("undone");
                    assert_eq!(everything(db).await, before, "{plan:?}");
                }
            }
        }
    }

    async fn check(&self, plan: &[Act]) {
        for (at, number) in self.ideas.iter().enumerate().filter(|(at, _)| self.expected.stands(*at)) {
            let seen = server::domain::ideas::one(self.db, None, *number).await.expect("the idea").card;
            let expected = (self.expected.supporters(at).len(), self.expected.comments(at));
            assert_eq!((seen.votes as usize, seen.comments as usize), expected, "idea {at} after {plan:?}");
        }
        all_is_counted(self.db).await;
    }
}

/// Every mark there is on ideas, as text.
async fn everything(db: &Db) -> Vec<String> {
    let mut all = Vec::new();
    for (table, columns, order) in [
        (
            "vote",
            "hex(idea_id) || hex(person_id) || created_at || '/' || concept_seq || '/' || coalesce(hex(merge_id), '')",
            "1",
        ),
        (
            "follow",
            "hex(idea_id) || hex(person_id) || coalesce(muted_at, 0) || '/' || created_at || coalesce(hex(merge_id), '')",
            "1",
        ),
        ("coauthor", "hex(idea_id) || hex(person_id) || created_at || coalesce(hex(merge_id), '')", "1"),
        ("shaper", "hex(idea_id) || hex(person_id) || changes || '/' || last_at", "1"),
        ("comment", "hex(id) || hex(idea_id)", "1"),
        (
            "idea",
            "number || '/' || votes || '/' || votes_before || '/' || comments || '/' || heat || '/' || coalesce(answered_at, 0) || coalesce(away, '')",
            "1",
        ),
    ] {
        let rows: Vec<String> = match db {
            Db::Sqlite { read, .. } => {
                let sql = format!("SELECT {columns} FROM {table} ORDER BY {order}");
                sqlx::query(AssertSqlSafe(sql))
                    .fetch_all(read)
                    .await
                    .expect("rows")
                    .iter()
                    .map(|row| row.get(0))
                    .collect()
            }
            Db::Postgres(pool) => {
                let sql = format!("SELECT {columns} FROM {table} ORDER BY {order}");
                // The id as text says as much as its bytes.
                let sql = of_postgres(&sql);
                sqlx::query(AssertSqlSafe(sql))
                    .fetch_all(pool)
                    .await
                    .expect("rows")
                    .iter()
                    .map(|row| row.get(0))
                    .collect()
            }
        };
        all.extend(rows.into_iter().map(|row| format!("{table} {row}")));
    }
    all
}

/// `hex(x)` of SQLite in the words of PostgreSQL.
fn of_postgres(sql: &str) -> String {
    sql.replace("hex(", "text(")
}

/// What each idea that stands counts is what there is.
pub async fn all_is_counted(db: &Db) {
    const WRONG: &str = "SELECT count(*) FROM idea i WHERE i.away IS NULL AND (
        i.votes <> i.votes_before + (SELECT count(DISTINCT v.person_id) FROM vote v WHERE v.idea_id = i.id)
        OR i.comments <> (SELECT count(*) FROM comment c WHERE c.idea_id = i.id AND c.deleted_at IS NULL
                          AND c.away IS NULL AND c.kind <> 'note'))";
    let wrong: i64 = match db {
        Db::Sqlite { read, .. } => sqlx::query_scalar(WRONG).fetch_one(read).await,
        Db::Postgres(pool) => sqlx::query_scalar(WRONG).fetch_one(pool).await,
    }
    .expect("a number");
    assert_eq!(wrong, 0, "ideas count wrong");
}

on_both_databases! {
    async fn whatever_happens_each_person_and_word_counts_once(db: Db) {
        let owner = person(&db, "owner", Role::Owner).await;
        let made = board(&db, &owner, "Goûter", Audience::Public).await;
        let mut people = Vec::new();
        for place in 0..PEOPLE {
            people.push(person(&db, &format!("p{place}"), Role::Customer).await);
        }
        let mut runner = TestRunner::new(Config { failure_persistence: None, ..Config::default() });
        let plans = if matches!(db, Db::Sqlite { .. }) { 8 } else { 3 };
        for _ in 0..plans {
            let mut ideas = Vec::new();
            for (place, title) in ["Un", "Deux", "Trois", "Quatre"].into_iter().enumerate() {
                ideas.push(idea(&db, &people[place], &made, title).await.card.number);
            }
            let plan = acts().new_tree(&mut runner).expect("a plan").current();
            let mut world = World { db: &db, owner: owner.clone(), people: people.clone(), ideas, expected: Expected::default() };
            for at in 0..plan.len() {
                world.act(plan[at], &plan[..=at]).await;
            }
            world.check(&plan).await;
        }
    }
}

//! Who is told that an idea turned: whoever proposed, shaped, voted for or follows it, once each.

use std::collections::BTreeSet;

use server::{
    domain::{
        comments,
        entries::{self, Said},
        freezes, now, stages,
        votes::{self, Following},
    },
    store::{Db, Tx, entries::EntryKind, inbox, people},
};
use shared::{
    EntryId, PersonId, Role,
    api::{
        BoardView, CommentKind, Conclude, Freeze, IdeaView, MoveIdea, NewComment, NoticeKind, Outcome, PersonView,
        TimelineEntry, WrittenExperiment, WrittenMilestone, WrittenUpdate,
    },
    rules::Audience,
};
use tests::on_both_databases;

use crate::workspace::{board, count, execute, idea, person};

/// An idea of Zoé's, Rita who publishes, and those who have to do with it in one way each.
struct Crowd {
    rita: PersonView,
    made: BoardView,
    idea: IdeaView,
}

impl Crowd {
    /// The handle of each says what they did; those of the company begin with `staff`.
    async fn gather(db: &Db) -> Self {
        let owner = person(db, "owner", Role::Owner).await;
        let rita = person(db, "rita", Role::Researcher).await;
        let zoe = person(db, "zoe", Role::Customer).await;
        let made = board(db, &owner, "Goûter", Audience::Public).await;
        let idea = idea(db, &zoe, &made, "Flan").await;
        let number = idea.card.number;
        for (handle, role) in [
            ("follower", Role::Customer),
            ("muted", Role::Customer),
            ("staff-follower", Role::Employee),
            ("rita-too", Role::Customer),
        ] {
            let who = person(db, handle, role).await;
            votes::follow(db, Some(&who), number, Following::Yes).await.expect("followed");
        }
        for (handle, role) in
            [("voter", Role::Customer), ("voter-muted", Role::Customer), ("staff-voter", Role::Employee)]
        {
            let who = person(db, handle, role).await;
            votes::vote(db, Some(&who), number).await.expect("a vote");
        }
        votes::vote(db, Some(&rita), number).await.expect("a vote");
        person(db, "shaper", Role::Customer).await;
        person(db, "stranger", Role::Customer).await;
        execute(
            db,
            "INSERT INTO shaper (idea_id, person_id, changes, last_at)
                     SELECT i.id, p.id, 1, 1 FROM idea i, person p WHERE p.handle IN ('shaper', 'follower', 'voter')",
        )
        .await;
        // Who voted follows, until they say otherwise; here some have nothing but their vote.
        execute(
            db,
            "DELETE FROM follow WHERE person_id IN (SELECT id FROM person WHERE handle IN ('voter', 'staff-voter'))",
        )
        .await;
        execute(
            db,
            "UPDATE follow SET muted_at = 1 WHERE person_id IN (SELECT id FROM person WHERE handle LIKE '%muted')",
        )
        .await;
        Self { rita, made, idea }
    }

    fn number(&self) -> u32 {
        self.idea.card.number
    }

    async fn add(&self, db: &Db, said: Said) -> EntryId {
        match entries::add(db, Some(&self.rita), self.number(), &said, None).await.expect("added").0 {
            TimelineEntry::Update(update) => update.head.id,
            TimelineEntry::Milestone(milestone) => milestone.head.id,
            TimelineEntry::Experiment(one) => one.head.id,
            other => panic!("no progress: {other:?}"),
        }
    }

    async fn edit(&self, db: &Db, id: EntryId, said: Said) {
        entries::edit(db, Some(&self.rita), id, &said).await.expect("edited");
    }
}

fn update(staff: bool) -> Said {
    let written = WrittenUpdate { body: "Oui".into(), percent: None, staff };
    Said::try_from(&written).expect("acceptable")
}

fn milestone(done: bool) -> Said {
    let written = WrittenMilestone { title: "Cuire".into(), done, ..WrittenMilestone::default() };
    Said::try_from(&written).expect("acceptable")
}

fn experiment(staff: bool) -> Said {
    let [hypothesis, trial, measure] = ["Oui".to_owned(), "Oui".to_owned(), "Oui".to_owned()];
    Said::try_from(&WrittenExperiment { hypothesis, trial, measure, staff }).expect("acceptable")
}

/// Tells what waits, and answers the handles of who was told so, in order; each as often as they were.
async fn told(db: &Db, kind: NoticeKind) -> Vec<String> {
    let mut tx = db.write().await.expect("a transaction");
    while inbox::deliver(&mut tx, now()).await.expect("delivered").is_some() {}
    tx.commit().await.expect("a commit");
    const TOLD: &str = "SELECT p.handle FROM notice n JOIN person p ON p.id = n.person_id
                        JOIN happening h ON h.id = n.happening_id WHERE h.kind = $1 ORDER BY p.handle";
    match db {
        Db::Sqlite { read, .. } => sqlx::query_scalar(TOLD).bind(kind.as_str()).fetch_all(read).await,
        Db::Postgres(pool) => sqlx::query_scalar(TOLD).bind(kind.as_str()).fetch_all(pool).await,
    }
    .expect("handles")
}

/// All that have to do with the idea, but for who asked to be told nothing of it.
const ALL: [&str; 7] = ["follower", "rita-too", "shaper", "staff-follower", "staff-voter", "voter", "zoe"];
const STAFF: [&str; 2] = ["staff-follower", "staff-voter"];

on_both_databases! {
    async fn each_turn_is_told_to_all_who_have_to_do_with_it(db: Db) {
        let crowd = Crowd::gather(&db).await;
        let rita = Some(&crowd.rita);
        let number = crowd.number();
        crowd.add(&db, update(false)).await;
        assert_eq!(told(&db, NoticeKind::Update).await, ALL);
        let open = crowd.add(&db, milestone(false)).await;
        assert_eq!(told(&db, NoticeKind::Milestone).await, [""; 0], "what is planned is no turn");
        crowd.edit(&db, open, milestone(true)).await;
        assert_eq!(told(&db, NoticeKind::Milestone).await, ALL);
        let begun = crowd.add(&db, experiment(false)).await;
        assert_eq!(told(&db, NoticeKind::Experiment).await, ALL);
        let ended = Conclude { outcome: Outcome::Reverted, result: "Rien".into(), reason: "Trop cher".into() };
        for _ in 0..2 {
            entries::conclude(&db, rita, begun, &ended).await.expect("concluded");
        }
        assert_eq!(told(&db, NoticeKind::Result).await, ALL, "said again the same, it is no news");
        freezes::freeze(&db, rita, number, &Freeze::default()).await.expect("frozen");
        freezes::lift(&db, rita, number).await.expect("lifted");
        assert_eq!(told(&db, NoticeKind::Frozen).await, ALL);
        let to = MoveIdea { stage: crowd.made.stages[1].id, reason: String::new() };
        stages::set(&db, rita, number, &to).await.expect("moved");
        assert_eq!(told(&db, NoticeKind::Stage).await, ALL);
        let answer = NewComment { body: "Oui".into(), kind: CommentKind::Answer, ..NewComment::default() };
        comments::write(&db, rita, number, &answer, None, None).await.expect("answered");
        assert_eq!(told(&db, NoticeKind::Answer).await, ALL);
        let comment = NewComment { body: "Oui".into(), ..NewComment::default() };
        comments::write(&db, rita, number, &comment, None, None).await.expect("said");
        assert_eq!(told(&db, NoticeKind::Comment).await, ["follower", "rita-too", "staff-follower", "zoe"], "talk is for followers");
        entries::remove(&db, rita, begun, EntryKind::Experiment).await.expect("removed");
        assert_eq!(count(&db, "SELECT count(*) FROM happening WHERE done_at IS NULL").await, 0);
    }

    async fn who_turned_a_kind_off_is_not_told_of_it_but_authors_of_decisions(db: Db) {
        let crowd = Crowd::gather(&db).await;
        execute(&db, "INSERT INTO notice_off (person_id, kind) SELECT p.id, k.kind FROM person p,
                      (SELECT 'update' AS kind UNION SELECT 'answer' UNION SELECT 'frozen') k
                      WHERE p.handle IN ('zoe', 'voter', 'shaper', 'follower')").await;
        crowd.add(&db, update(false)).await;
        assert_eq!(told(&db, NoticeKind::Update).await, ["rita-too", "staff-follower", "staff-voter"]);
        let answer = NewComment { body: "Oui".into(), kind: CommentKind::Answer, ..NewComment::default() };
        comments::write(&db, Some(&crowd.rita), crowd.number(), &answer, None, None).await.expect("answered");
        assert_eq!(told(&db, NoticeKind::Answer).await, ["rita-too", "staff-follower", "staff-voter", "zoe"]);
        crowd.add(&db, experiment(false)).await;
        assert_eq!(told(&db, NoticeKind::Experiment).await, ALL, "the others are as they were");
        // An author who wants to hear nothing of the idea hears what was decided of it.
        execute(&db, "UPDATE follow SET muted_at = 1 WHERE person_id IN (SELECT id FROM person WHERE handle = 'zoe')").await;
        crowd.add(&db, milestone(true)).await;
        assert_eq!(told(&db, NoticeKind::Milestone).await, ALL[..6]);
        let to = MoveIdea { stage: crowd.made.stages[1].id, reason: String::new() };
        stages::set(&db, Some(&crowd.rita), crowd.number(), &to).await.expect("moved");
        assert_eq!(told(&db, NoticeKind::Stage).await, ALL);
    }

    async fn who_is_named_in_an_answer_is_told_once(db: Db) {
        let crowd = Crowd::gather(&db).await;
        let body = "Oui, @voter @follower @shaper @stranger.".to_owned();
        let answer = NewComment { body, kind: CommentKind::Answer, ..NewComment::default() };
        comments::write(&db, Some(&crowd.rita), crowd.number(), &answer, None, None).await.expect("answered");
        assert_eq!(told(&db, NoticeKind::Mention).await, ["follower", "shaper", "stranger", "voter"]);
        assert_eq!(told(&db, NoticeKind::Answer).await, ["rita-too", "staff-follower", "staff-voter", "zoe"]);
    }

    async fn what_is_not_published_is_told_to_the_staff_alone(db: Db) {
        let crowd = Crowd::gather(&db).await;
        let draft = crowd.add(&db, update(true)).await;
        assert_eq!(told(&db, NoticeKind::Update).await, STAFF);
        crowd.edit(&db, draft, update(false)).await;
        let mut both: Vec<&str> = ALL.into_iter().chain(STAFF).collect();
        both.sort_unstable();
        assert_eq!(told(&db, NoticeKind::Update).await, both, "to the others it is new when it is published");

        // Published before the staff was told: the others are told of that, and not of what came before.
        let begun = crowd.add(&db, experiment(true)).await;
        crowd.edit(&db, begun, experiment(false)).await;
        assert_eq!(told(&db, NoticeKind::Experiment).await, both);
    }

    async fn a_name_that_is_not_here_yet_is_told_nothing(db: Db) {
        let crowd = Crowd::gather(&db).await;
        execute(&db, "UPDATE person SET unclaimed_at = 1 WHERE handle IN ('zoe', 'shaper', 'voter')").await;
        let to = MoveIdea { stage: crowd.made.stages[1].id, reason: String::new() };
        stages::set(&db, Some(&crowd.rita), crowd.number(), &to).await.expect("moved");
        assert_eq!(told(&db, NoticeKind::Stage).await, ["follower", "rita-too", "staff-follower", "staff-voter"]);
    }

    async fn a_crowd_is_told_in_batches_and_a_crash_between_them_tells_nobody_twice(db: Db) {
        let crowd = Crowd::gather(&db).await;
        let mut tx = db.write().await.expect("a transaction");
        for place in 0..1_200 {
            let (id, handle) = (PersonId::new(), format!("f{place}"));
            let person = PersonView { id, handle: handle.clone(), name: handle.clone(), role: Role::Customer, unclaimed: false, left: false };
            let email = format!("{handle}@example.org");
            let account = people::Account { person, email, password_hash: "none".into(), locale: None, created_at: 1 };
            assert!(people::add(&mut tx, &account).await.expect("an answer"));
        }
        tx.commit().await.expect("a commit");
        execute(&db, "INSERT INTO follow (idea_id, person_id, created_at) SELECT i.id, p.id, 1 FROM idea i, person p
                      WHERE p.handle LIKE 'f%' AND p.handle <> 'follower'").await;
        execute(&db, "INSERT INTO vote (idea_id, person_id, created_at, concept_seq) SELECT i.id, p.id, 1, 1 FROM idea i, person p
                      WHERE p.handle LIKE 'f%0'").await;
        execute(&db, "INSERT INTO shaper (idea_id, person_id, changes, last_at) SELECT i.id, p.id, 1, 1 FROM idea i, person p
                      WHERE p.handle LIKE 'f%1'").await;
        crowd.add(&db, update(false)).await;
        let mut batches = Vec::new();
        loop {
            // It crashes before it is kept: nobody was told.
            let mut tx = db.write().await.expect("a transaction");
            let lost = inbox::deliver(&mut tx, now()).await.expect("an answer");
            match tx {
                Tx::Sqlite(tx) => tx.rollback().await,
                Tx::Postgres(tx) => tx.rollback().await,
            }.expect("undone");
            let mut tx = db.write().await.expect("a transaction");
            let kept = inbox::deliver(&mut tx, now()).await.expect("an answer");
            tx.commit().await.expect("a commit");
            assert_eq!(lost, kept);
            let Some(kept) = kept else { break };
            batches.push(kept);
        }
        let sizes: Vec<usize> = batches.iter().map(Vec::len).collect();
        assert_eq!(sizes, [500, 500, 207]);
        let each: BTreeSet<PersonId> = batches.concat().into_iter().collect();
        assert_eq!(each.len(), 1_207, "nobody twice");
        assert_eq!(count(&db, "SELECT count(*) FROM notice").await, 1_207);
        assert_eq!(count(&db, "SELECT count(*) FROM happening WHERE done_at IS NULL").await, 0);
    }
}

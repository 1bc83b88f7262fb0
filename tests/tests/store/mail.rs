//! Mails are queued once, and each is handed over by one at a time.

use server::{
    domain::now,
    store::{
        Db,
        inbox::{Happening, Period, happen},
        mail::{
            self,
            choices::{self, Addresses, Wanted},
            post::{self, Due, Outcome},
        },
    },
};
use shared::{
    Role,
    api::{ChosenIn, Digest, NoticeKind, PersonView},
    rules::Audience,
};
use tests::on_both_databases;

use crate::workspace::{board, count, execute, idea, person};

/// An idea of somebody's about which something is decided; who proposed it.
async fn decided(db: &Db) -> PersonView {
    let (owner, zoe) = (person(db, "owner", Role::Owner).await, person(db, "zoe", Role::Customer).await);
    let board = board(db, &owner, "Pains", Audience::Public).await;
    let idea = idea(db, &zoe, &board, "Flan").await;
    for kind in [NoticeKind::Stage, NoticeKind::Comment] {
        let stage = (kind == NoticeKind::Stage).then_some(board.stages[1].id);
        let what = Happening { idea: idea.card.id, kind, by: owner.id, stage, comment: None, words: "", at: now() };
        let mut tx = db.write().await.expect("a transaction");
        happen(&mut tx, &what).await.expect("it happens");
        tx.commit().await.expect("a commit");
    }
    zoe
}

async fn take(db: &Db, lease: i64) -> Option<Due> {
    let mut tx = db.write().await.expect("a transaction");
    let due = post::due(&mut tx, now()).await.expect("an answer");
    if let Some(due) = &due {
        post::lease(&mut tx, due.id, lease).await.expect("a lease");
    }
    tx.commit().await.expect("a commit");
    due
}

async fn record(db: &Db, due: &Due, lease: i64, outcome: &Outcome) {
    let mut tx = db.write().await.expect("a transaction");
    post::record(&mut tx, due.id, lease, outcome, now()).await.expect("an answer");
    tx.commit().await.expect("a commit");
}

async fn give_up(db: &Db, at: i64) -> u64 {
    let mut tx = db.write().await.expect("a transaction");
    let given_up = post::give_up(&mut tx, at).await.expect("an answer");
    tx.commit().await.expect("a commit");
    given_up
}

on_both_databases! {
    async fn what_is_decided_is_queued_for_the_author_in_the_same_transaction(db: Db) {
        let zoe = decided(&db).await;
        let due = take(&db, 1).await.expect("a mail");
        assert_eq!((due.person, due.attempts), (zoe.id, 0));
        assert_eq!(take(&db, 1).await, None, "a comment decides nothing, and nobody takes a mail twice");
        assert_eq!(count(&db, "SELECT count(*) FROM mail").await, 1);
    }

    async fn nothing_is_queued_for_who_does_not_want_it_or_cannot_come_in(db: Db) {
        let owner = person(&db, "owner", Role::Owner).await;
        let board = board(&db, &owner, "Pains", Audience::Public).await;
        for (handle, statement) in [
            ("ada", "INSERT INTO mail_choice (person_id, decisions, digest, chosen_at, chosen_in, digest_to)
                     SELECT id, 0, 'never', 1, 'mail', 1 FROM person WHERE handle = 'ada'"),
            ("ben", "UPDATE person SET suspended_at = 1 WHERE handle = 'ben'"),
            ("cleo", "UPDATE person SET unclaimed_at = 1 WHERE handle = 'cleo'"),
        ] {
            let author = person(&db, handle, Role::Customer).await;
            let idea = idea(&db, &author, &board, handle).await;
            execute(&db, statement).await;
            let mut tx = db.write().await.expect("a transaction");
            let stage = Some(board.stages[1].id);
            let what = Happening {
                idea: idea.card.id, kind: NoticeKind::Stage, by: owner.id, stage, comment: None, words: "", at: now(),
            };
            happen(&mut tx, &what).await.expect("it happens");
            tx.commit().await.expect("a commit");
        }
        assert_eq!(count(&db, "SELECT count(*) FROM mail").await, 0);
    }

    async fn a_mail_whose_sender_is_gone_is_given_up_and_not_given_to_another(db: Db) {
        decided(&db).await;
        let lease = now() + 60_000;
        let due = take(&db, lease).await.expect("a mail");
        assert_eq!(give_up(&db, lease - 1).await, 0, "it may still be at it");
        assert_eq!(give_up(&db, lease).await, 1);
        assert_eq!(take(&db, lease).await, None);
        assert_eq!(count(&db, "SELECT count(*) FROM mail WHERE state = 'unsure'").await, 1);
        // Who was only slow knows better.
        record(&db, &due, lease, &Outcome::Sent).await;
        assert_eq!(count(&db, "SELECT count(*) FROM mail WHERE state = 'sent' AND sent_at IS NOT NULL").await, 1);
        // And who is no longer the one to know changes nothing.
        record(&db, &due, lease, &Outcome::Failed("late".into())).await;
        assert_eq!(count(&db, "SELECT count(*) FROM mail WHERE state = 'sent' AND error = ''").await, 1);
    }

    async fn a_mail_for_later_waits_for_its_time(db: Db) {
        decided(&db).await;
        let due = take(&db, 1_000).await.expect("a mail");
        record(&db, &due, 1_000, &Outcome::Later(now() + 60_000, "451 later".into())).await;
        assert_eq!(take(&db, 1_000).await, None);
        execute(&db, "UPDATE mail SET next_at = 1").await;
        assert_eq!(take(&db, 2_000).await.map(|due| due.attempts), Some(1));
    }

    async fn a_digest_is_queued_once_a_period_for_who_is_due(db: Db) {
        let zoe = person(&db, "zoe", Role::Customer).await;
        let mut tx = db.write().await.expect("a transaction");
        let wanted = Wanted { decisions: true, digest: Digest::Daily };
        choices::set(&mut tx, zoe.id, wanted, ChosenIn::SignUp, 100).await.expect("a choice");
        for (every, until, addresses) in [
            (Digest::Weekly, 200, Addresses::Any),
            (Digest::Daily, 100, Addresses::Any),
            (Digest::Daily, 200, Addresses::Confirmed),
        ] {
            assert_eq!(choices::due(&mut tx, every, until, addresses).await.expect("an answer"), None);
        }
        let due = choices::due(&mut tx, Digest::Daily, 200, Addresses::Any).await.expect("an answer");
        assert_eq!(due, Some((zoe.id, 100)));
        for _ in 0..2 {
            mail::digest(&mut tx, zoe.id, Period { since: 100, until: 200 }, 200).await.expect("it is queued");
        }
        tx.commit().await.expect("a commit");
        assert_eq!(count(&db, "SELECT count(*) FROM mail WHERE kind = 'digest'").await, 1);
    }
}

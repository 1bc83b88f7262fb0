//! The log: whose an actor id is, and that what is appended together is kept together.

use server::store::{
    Db, StoreError,
    log::{self, NewChange},
};
use shared::{DocumentId, PersonId, Role, rules::Audience};
use tests::on_both_databases;

use crate::workspace::{board, idea, person};

/// A person sees an unknown actor id in a change of theirs, as the rooms do.
async fn claim(db: Db, actor: [u8; 16], person: PersonId) -> PersonId {
    let mut tx = db.write().await.expect("a transaction");
    let owner = log::claim_actor(&mut tx, &actor, person, 0).await.expect("an answer");
    tx.commit().await.expect("a commit");
    owner
}

/// A change that is nothing but its place and its hash; the log does not read it.
fn change(document: DocumentId, person: PersonId, actor: [u8; 16], seq: u64) -> NewChange {
    let mut hash = [0; 32];
    hash[..8].copy_from_slice(&seq.to_be_bytes());
    NewChange { document, seq, hash, actor: actor.to_vec(), person, bytes: vec![1, 2, 3].into(), stored_at: 0 }
}

on_both_databases! {
    async fn of_two_who_claim_an_actor_at_once_exactly_one_has_it(db: Db) {
        let zoe = person(&db, "zoe", Role::Customer).await.id;
        let ali = person(&db, "ali", Role::Customer).await.id;
        for round in 0..20 {
            let actor = [round; 16];
            let (to_zoe, to_ali) = tokio::join!(
                tokio::spawn(claim(db.clone(), actor, zoe)),
                tokio::spawn(claim(db.clone(), actor, ali)),
            );
            let (to_zoe, to_ali) = (to_zoe.expect("a task"), to_ali.expect("a task"));
            assert_eq!(to_zoe, to_ali, "both are told the same");
            assert!([zoe, ali].contains(&to_zoe));
            let owner = log::actor_owner(&mut db.read().await.expect("a transaction"), &actor).await.expect("an answer");
            assert_eq!(owner, Some(to_zoe), "and it stays so");
        }
    }

    async fn changes_are_stored_all_or_none(db: Db) {
        let owner = person(&db, "owner", Role::Owner).await;
        let made = board(&db, &owner, "Goûter", Audience::Public).await;
        let document = idea(&db, &owner, &made, "flan").await.document;
        let actor = [7; 16];
        claim(db.clone(), actor, owner.id).await;
        // As many as one statement takes, and more.
        for (from, to) in [(2, 51), (52, 700)] {
            let rows: Vec<NewChange> = (from..=to).map(|seq| change(document, owner.id, actor, seq)).collect();
            let mut with_a_taken_place: Vec<&NewChange> = rows.iter().collect();
            let taken = NewChange { hash: [9; 32], ..change(document, owner.id, actor, from - 1) };
            with_a_taken_place.push(&taken);
            let refused = log::store(&db, &with_a_taken_place).await;
            assert!(matches!(refused, Err(StoreError::Taken(_))), "{refused:?}");
            let mut tx = db.read().await.expect("a transaction");
            let logged = log::changes_after(&mut tx, document, 0, 1000).await.expect("the log");
            assert_eq!(logged.len() as u64, from - 1, "nothing of it is kept");
            drop(tx);
            log::store(&db, &rows.iter().collect::<Vec<_>>()).await.expect("stored");
            let mut tx = db.read().await.expect("a transaction");
            let logged = log::changes_after(&mut tx, document, 0, 1000).await.expect("the log");
            assert!(logged.iter().map(|change| change.seq).eq(1..=to));
        }
    }

    async fn a_wide_log_is_read_about_a_mebibyte_at_a_time(db: Db) {
        let owner = person(&db, "owner", Role::Owner).await;
        let made = board(&db, &owner, "Goûter", Audience::Public).await;
        let document = idea(&db, &owner, &made, "flan").await.document;
        let actor = [7; 16];
        claim(db.clone(), actor, owner.id).await;
        let sized = |(at, size): (u64, usize)| NewChange {
            bytes: vec![1; size].into(),
            ..change(document, owner.id, actor, at + 2)
        };
        let rows: Vec<NewChange> =
            [400_000, 700_000, 10, 2_000_000, 5, 6].into_iter().enumerate().map(|(at, size)| sized((at as u64, size))).collect();
        log::store(&db, &rows.iter().collect::<Vec<_>>()).await.expect("stored");
        let mut tx = db.read().await.expect("a transaction");
        let mut ends = Vec::new();
        while let Some(last) =
            log::changes_after(&mut tx, document, ends.last().copied().unwrap_or(1), 100).await.expect("the log").last()
        {
            ends.push(last.seq);
        }
        assert_eq!(ends, [3, 5, 7], "up to the one that makes it a mebibyte");
        let few = log::changes_between(&mut tx, document, 1, 4, 2).await.expect("the log");
        assert!(few.iter().map(|change| change.seq).eq([2, 3]));
        let few = log::changes_between(&mut tx, document, 3, 4, 100).await.expect("the log");
        assert!(few.iter().map(|change| change.seq).eq([4]), "and never beyond what is asked for");
    }
}

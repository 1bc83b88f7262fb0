//! The older part of a log is packed: nothing of it changes, and everything that reads the log reads on.

use automerge::{ActorId, AutoCommit, Change, transaction::Transactable as _};
use server::store::{
    Db, StoreError, follow,
    log::{self, NewChange, Snapshot},
    segment::{self, Entry, KEEP, SIZE},
};
use shared::{
    DocumentId, PersonId, Role,
    live::concept::{self, Field},
    rules::Audience,
};
use tests::on_both_databases;
use uuid::Uuid;

use crate::workspace::{board, idea, person};

/// Somebody types so many changes at the end of the body.
async fn type_on(db: &Db, document: DocumentId, who: PersonId, count: u32) {
    let mut tx = db.write().await.expect("a transaction");
    let logged = log::changes_after(&mut tx, document, 0, u32::MAX).await.expect("the log");
    let actor = Uuid::now_v7().into_bytes();
    log::claim_actor(&mut tx, &actor, who, 0).await.expect("an actor");
    let mut doc = AutoCommit::new_with_encoding(concept::ENCODING);
    let changes = logged.iter().map(|change| Change::from_bytes(change.bytes.clone()).expect("a change"));
    doc.apply_changes(changes).expect("they apply");
    let heads = doc.get_heads();
    let mut doc = doc.with_actor(ActorId::from(actor.as_slice()));
    let body = Field::Body.object(&doc).expect("a body");
    for at in (logged.len()..).take(count as usize) {
        doc.splice_text(&body, 0, 0, &format!("pain {at} ")).expect("a splice");
        doc.commit();
    }
    let new: Vec<NewChange> = doc
        .get_changes(&heads)
        .into_iter()
        .zip(logged.len() as u64 + 1..)
        .map(|(change, seq)| NewChange {
            document,
            seq,
            hash: change.hash().0,
            actor: actor.to_vec(),
            person: who,
            bytes: change.raw_bytes().to_vec().into(),
            stored_at: 1_700_000_000_000 + i64::try_from(seq * 37).expect("small"),
        })
        .collect();
    log::append(&mut tx, &new.iter().collect::<Vec<_>>()).await.expect("appended");
    tx.commit().await.expect("a commit");
}

/// What stands in the log, row by row.
async fn rows(db: &Db) -> Vec<(i64, Vec<u8>, Vec<u8>, Uuid, Vec<u8>, i64)> {
    let all = "SELECT seq, hash, actor_id, person_id, bytes, stored_at FROM change ORDER BY document_id, seq";
    match db {
        Db::Sqlite { read, .. } => sqlx::query_as(all).fetch_all(read).await,
        Db::Postgres(pool) => sqlx::query_as(all).fetch_all(pool).await,
    }
    .expect("the log")
}

async fn number(db: &Db, query: &'static str) -> i64 {
    match db {
        Db::Sqlite { read, .. } => sqlx::query_scalar(query).fetch_one(read).await,
        Db::Postgres(pool) => sqlx::query_scalar(query).fetch_one(pool).await,
    }
    .expect("a number")
}

async fn execute(db: &Db, statement: &'static str) {
    match db {
        Db::Sqlite { write, .. } => sqlx::query(statement).execute(write).await.map(drop),
        Db::Postgres(pool) => sqlx::query(statement).execute(pool).await.map(drop),
    }
    .expect("a statement");
}

/// The packed changes, as rows.
async fn packed(db: &Db) -> Vec<Entry> {
    let all = "SELECT first_seq, bytes FROM segment ORDER BY document_id, last_seq";
    let segments: Vec<(i64, Vec<u8>)> = match db {
        Db::Sqlite { read, .. } => sqlx::query_as(all).fetch_all(read).await,
        Db::Postgres(pool) => sqlx::query_as(all).fetch_all(pool).await,
    }
    .expect("the segments");
    let unpacked = segments.iter().map(|(first, bytes)| segment::unpack(first.unsigned_abs(), bytes));
    unpacked.flat_map(|entries| entries.expect("it unpacks")).collect()
}

/// Says that the facts and a snapshot reflect the log up to here.
async fn reflect(db: &Db, document: DocumentId, seq: u64) {
    let mut tx = db.write().await.expect("a transaction");
    let idea = follow::lock(&mut tx, document).await.expect("an answer").expect("the idea");
    let upto = i64::try_from(seq).expect("small");
    follow::count_shapers(&mut tx, idea.idea, document, idea.seq, upto).await.expect("counted");
    let texts = server::store::ideas::Follow { title: "t", pitch: "", body: "", body_html: "", seq: upto, at: 0 };
    follow::update(&mut tx, idea.idea, &texts).await.expect("updated");
    log::save_snapshot(&mut tx, document, &Snapshot { seq, bytes: vec![1] }, 0).await.expect("kept");
    tx.commit().await.expect("a commit");
}

async fn packable(db: &Db) -> Vec<DocumentId> {
    segment::packable(&mut db.read().await.expect("a transaction")).await.expect("an answer")
}

async fn changes(db: &Db, document: DocumentId, after: u64, upto: u64, limit: u32) -> Vec<(u64, PersonId, Vec<u8>)> {
    let mut tx = db.read().await.expect("a transaction");
    let changes = log::changes_between(&mut tx, document, after, upto, limit).await.expect("the log");
    changes.into_iter().map(|change| (change.seq, change.person, change.bytes)).collect()
}

/// Who is credited with what, worked out anew from the log.
async fn credit(db: &Db, document: DocumentId) -> Vec<(Vec<u8>, i64, i64, i64, i64)> {
    execute(db, "DELETE FROM credit").await;
    execute(db, "UPDATE idea SET credited_seq = 0").await;
    server::live::room::credit(db, document).await.expect("worked out");
    let all = "SELECT actor_id, day, title, body, kept FROM credit ORDER BY actor_id, day";
    match db {
        Db::Sqlite { read, .. } => sqlx::query_as(all).fetch_all(read).await,
        Db::Postgres(pool) => sqlx::query_as(all).fetch_all(pool).await,
    }
    .expect("the credit")
}

on_both_databases! {
    async fn credit_is_the_same_from_a_packed_log(db: Db) {
        let owner = person(&db, "owner", Role::Owner).await;
        let zoe = person(&db, "zoe", Role::Customer).await;
        let made = board(&db, &owner, "Goûter", Audience::Public).await;
        let document = idea(&db, &owner, &made, "flan").await.document;
        let all = u64::from(SIZE + KEEP + 100);
        type_on(&db, document, zoe.id, SIZE + 50).await;
        type_on(&db, document, owner.id, KEEP + 49).await;
        let before = credit(&db, document).await;
        assert_eq!(before.len(), 3, "the first change, and one actor each: {before:?}");
        assert!(before.iter().any(|row| row.4 == 1), "what Zoé wrote was kept: {before:?}");
        reflect(&db, document, all).await;
        assert!(segment::pack_oldest(&db, document).await.expect("an answer"));
        assert_eq!(credit(&db, document).await, before);
    }

    async fn a_packed_log_is_the_same_log(db: Db) {
        let owner = person(&db, "owner", Role::Owner).await;
        let zoe = person(&db, "zoe", Role::Customer).await;
        let made = board(&db, &owner, "Goûter", Audience::Public).await;
        let document = idea(&db, &owner, &made, "flan").await.document;
        let other = idea(&db, &zoe, &made, "éclair").await.document;
        execute(&db, "DELETE FROM canvas").await;
        execute(&db, "DELETE FROM change WHERE document_id NOT IN (SELECT document_id FROM idea)").await;
        let all = u64::from(2 * SIZE + KEEP + 100);
        type_on(&db, document, zoe.id, SIZE).await;
        type_on(&db, document, owner.id, SIZE + KEEP + 99).await;
        type_on(&db, other, zoe.id, 5).await;
        let before = rows(&db).await;
        let whole = changes(&db, document, 0, u64::MAX >> 1, u32::MAX).await;
        assert_eq!(whole.len() as u64, all);

        // Only what a snapshot and the facts have may be packed, and never the last ones.
        assert_eq!(packable(&db).await, []);
        reflect(&db, document, u64::from(SIZE + KEEP)).await;
        assert_eq!(packable(&db).await, [], "the last of them must stay");
        reflect(&db, document, all).await;
        while packable(&db).await == [document] {
            assert!(segment::pack_oldest(&db, document).await.expect("an answer"));
        }
        assert_eq!(number(&db, "SELECT COUNT(*) FROM segment").await, 2);
        let left = rows(&db).await;
        assert_eq!(left.len() as u64, all - u64::from(2 * SIZE) + 6);

        // Each row is in a segment or where it was, with everything.
        let entries = packed(&db).await;
        assert_eq!(entries.len() as u32, 2 * SIZE);
        let again = entries
            .into_iter()
            .map(|entry| {
                let Entry { seq, hash, actor, person, bytes, stored_at } = entry;
                (i64::try_from(seq).expect("small"), hash.to_vec(), actor, person.0, bytes, stored_at)
            })
            .chain(left);
        let mut again: Vec<_> = again.collect();
        let mut before = before;
        again.sort_unstable();
        before.sort_unstable();
        assert!(again == before, "each change is as it was");

        // And reading the log does not tell where each stands.
        assert!(changes(&db, document, 0, u64::MAX >> 1, u32::MAX).await == whole);
        let size = u64::from(SIZE);
        for (after, upto, limit) in [
            (0, 1, 10),
            (size - 2, size + 2, 10),
            (size, 2 * size, 5),
            (2 * size - 3, 2 * size + 3, 5000),
            (0, all, 1500),
            (size / 2, all, 2500),
            (all - 1, all, 10),
            (all, all + 10, 10),
        ] {
            let expected: Vec<_> =
                whole.iter().filter(|(seq, ..)| *seq > after && *seq <= upto).take(limit as usize).cloned().collect();
            assert!(changes(&db, document, after, upto, limit).await == expected, "{after}..{upto}, {limit}");
        }
        let mut tx = db.read().await.expect("a transaction");
        assert_eq!(log::hashes(&mut tx, document).await.expect("hashes").len() as u64, all);
        assert_eq!(log::behind(&mut tx).await.expect("an answer"), [other], "the facts are no further behind");
        let storage = server::store::storage::count(&mut tx).await.expect("a count");
        assert_eq!(storage.changes as u64, all + 6);
        drop(tx);

        // Shapers go on from where they were.
        type_on(&db, document, zoe.id, 3).await;
        reflect(&db, document, all + 3).await;
        assert_eq!(number(&db, "SELECT MAX(changes) FROM shaper s JOIN person p ON p.id = s.person_id WHERE p.handle = 'zoe'").await, i64::from(SIZE) + 3);

        // The end of the log still takes each place and each hash once.
        let mut tx = db.write().await.expect("a transaction");
        let (_, hash, actor, ..) = rows(&db).await.pop().expect("a row");
        let twice = NewChange {
            document, seq: all + 3, hash: [7; 32], actor: actor.clone(), person: zoe.id, bytes: vec![1].into(), stored_at: 0,
        };
        assert!(matches!(log::append(&mut tx, &[&twice]).await, Err(StoreError::Taken(_))));
        drop((tx, hash));

        // A document takes its segments with it.
        execute(&db, "DELETE FROM shaper").await;
        execute(&db, "DELETE FROM coauthor").await;
        execute(&db, "DELETE FROM idea").await;
        execute(&db, "DELETE FROM document").await;
        assert_eq!(number(&db, "SELECT COUNT(*) FROM segment").await, 0);
    }

    async fn a_step_that_fails_changes_nothing(db: Db) {
        let owner = person(&db, "owner", Role::Owner).await;
        let made = board(&db, &owner, "Goûter", Audience::Public).await;
        let document = idea(&db, &owner, &made, "flan").await.document;
        let all = u64::from(SIZE + KEEP) + 1;
        type_on(&db, document, owner.id, SIZE + KEEP).await;
        reflect(&db, document, all).await;
        assert_eq!(packable(&db).await, [document]);
        let before = rows(&db).await;
        // Two at once: one of them packs, the other finds it done.
        let (one, two) = tokio::join!(segment::pack_oldest(&db, document), segment::pack_oldest(&db, document));
        assert_eq!([&one, &two].iter().filter(|done| matches!(done, Ok(true))).count(), 1, "{one:?} {two:?}");
        assert_eq!(number(&db, "SELECT COUNT(*) FROM segment").await, 1);
        assert_eq!(rows(&db).await.len(), before.len() - SIZE as usize);
        assert_eq!(packed(&db).await.len(), SIZE as usize);
        // A change that does not hold what its hash says is not packed, and stays for others to judge.
        let second = idea(&db, &owner, &made, "éclair").await.document;
        type_on(&db, second, owner.id, SIZE + KEEP).await;
        reflect(&db, second, all).await;
        execute(&db, "UPDATE change SET stored_at = 0 WHERE seq = 5").await;
        execute(&db, "UPDATE change SET bytes = (SELECT bytes FROM change c WHERE c.seq = change.seq + 1 AND c.document_id = change.document_id) WHERE seq = 5").await;
        assert_eq!(packable(&db).await, [second]);
        assert!(!segment::pack_oldest(&db, second).await.expect("an answer"));
        assert_eq!(number(&db, "SELECT COUNT(*) FROM segment").await, 1);
    }
}

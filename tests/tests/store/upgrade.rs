//! A workspace of an older program is brought up to date with all that was told in it.

use std::{borrow::Cow, path::Path};

use server::store::{Db, Durability};
use sqlx::{PgPool, SqlitePool, migrate::Migrator, sqlite::SqliteConnectOptions};
use tests::postgres;

/// The last schema that was released before progress was published.
const RELEASED: i64 = 30;

/// What a workspace may hold of what was told: of each kind something read, unread and not delivered yet.
const FILL: [&str; 13] = [
    "INSERT INTO person (id, handle, name, email, password_hash, role, created_at)
     VALUES ({1}, 'zoe', 'Zoé', 'z@example.org', 'none', 'customer', 1), ({2}, 'rita', 'Rita', 'r@example.org', 'none', 'researcher', 2)",
    "INSERT INTO document (id, kind, created_at) VALUES ({3}, 'concept', 1), ({4}, 'concept', 1)",
    "INSERT INTO board (id, slug, title, purpose, audience, editing, created_by, created_at, active_at)
     VALUES ({5}, 'pains', 'Pains', '', 'public', 'everyone', {2}, 1, 1)",
    "INSERT INTO stage (id, board_id, position, name_fr, name_en, colour) VALUES ({6}, {5}, 1, 'Un', 'One', 'leaf')",
    "INSERT INTO idea (id, number, board_id, document_id, author_id, stage_id, title, pitch, concept_seq, created_at, updated_at, body, body_html)
     VALUES ({7}, 1, {5}, {3}, {1}, {6}, 'Flan', '', 1, 1, 1, '', ''), ({8}, 2, {5}, {4}, {1}, {6}, 'Tarte', '', 1, 1, 1, '', '')",
    "INSERT INTO comment (id, idea_id, author_id, kind, body, body_html, created_at) VALUES ({9}, {7}, {2}, 'answer', 'Oui', '', 5)",
    "INSERT INTO merge (id, twin_id, target_id, person_id, reason, created_at, votes_before, answers)
     VALUES ({a}, {8}, {7}, {2}, '', 6, 0, 0)",
    "INSERT INTO happening (id, idea_id, kind, actor_id, stage_id, words, created_at, delivered_to, done_at)
     VALUES ({b}, {7}, 'stage', {2}, {6}, 'Allons-y', 4, {1}, 4)",
    "INSERT INTO happening (id, idea_id, kind, actor_id, comment_id, words, created_at) VALUES ({c}, {7}, 'answer', {2}, {9}, '', 5)",
    "INSERT INTO happening (id, idea_id, kind, actor_id, merge_id, words, created_at, done_at) VALUES ({d}, {8}, 'merged', {2}, {a}, '', 6, 6)",
    "INSERT INTO happening (id, idea_id, kind, actor_id, concept_seq, words, created_at, done_at) VALUES ({e}, {7}, 'changed', {2}, 9, '', 7, 7)",
    "INSERT INTO notice (person_id, happening_id, created_at, read_at) VALUES ({1}, {b}, 4, 8), ({1}, {d}, 6, NULL), ({1}, {e}, 7, NULL)",
    "INSERT INTO notice_off (person_id, kind) VALUES ({1}, 'comment'), ({2}, 'stage')",
];

/// What was there, in words that both databases understand.
const TOLD: &str = "SELECT h.kind || ' ' || h.words || ' ' || h.created_at || ' ' || coalesce(h.concept_seq, 0) || ' '
    || coalesce(h.done_at, 0) || ' ' || (h.stage_id IS NOT NULL) || (h.comment_id IS NOT NULL) || (h.merge_id IS NOT NULL)
    || ' ' || coalesce(n.created_at, 0) || ' ' || coalesce(n.read_at, 0)
    FROM happening h LEFT JOIN notice n ON n.happening_id = h.id ORDER BY h.created_at";
const OFF: &str =
    "SELECT p.handle || ' ' || o.kind FROM notice_off o JOIN person p ON p.id = o.person_id ORDER BY p.handle";

/// The statements with each `{x}` as an id of that database.
fn filled(id: impl Fn(char) -> String) -> Vec<String> {
    let with_ids = |statement: &&str| {
        "123456789abcde"
            .chars()
            .fold((*statement).to_owned(), |text, name| text.replace(&format!("{{{name}}}"), &id(name)))
    };
    FILL.iter().map(with_ids).collect()
}

/// What was released, of one database.
async fn released(database: &str) -> Migrator {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../migrations").join(database);
    let mut migrator = Migrator::new(folder).await.expect("migrations");
    let old = migrator.migrations.iter().filter(|one| one.version <= RELEASED).cloned().collect();
    migrator.migrations = Cow::Owned(old);
    migrator
}

#[derive(Debug, PartialEq, Eq)]
struct Told {
    told: Vec<String>,
    off: Vec<String>,
}

async fn of_sqlite(pool: &SqlitePool) -> Told {
    let told = sqlx::query_scalar(TOLD).fetch_all(pool).await.expect("what was told");
    Told { told, off: sqlx::query_scalar(OFF).fetch_all(pool).await.expect("what is off") }
}

async fn of_postgres(pool: &PgPool) -> Told {
    let told = sqlx::query_scalar(TOLD).fetch_all(pool).await.expect("what was told");
    Told { told, off: sqlx::query_scalar(OFF).fetch_all(pool).await.expect("what is off") }
}

#[tokio::test]
async fn what_was_told_is_kept_on_sqlite() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("atelier.db");
    let options = SqliteConnectOptions::new().filename(&file).create_if_missing(true).foreign_keys(true);
    let old = SqlitePool::connect_with(options).await.expect("a database");
    released("sqlite").await.run(&old).await.expect("the released schema");
    for statement in filled(|name| format!("x'{}'", name.to_string().repeat(32))) {
        sqlx::query(sqlx::AssertSqlSafe(statement)).execute(&old).await.expect("a row");
    }
    let before = of_sqlite(&old).await;
    assert_eq!((before.told.len(), before.off.len()), (4, 2));
    old.close().await;
    let db =
        Db::open(&format!("sqlite:{}", file.display()), Durability::Process).await.expect("it is brought up to date");
    let Db::Sqlite { read, .. } = &db else { panic!("this is SQLite") };
    assert_eq!(of_sqlite(read).await, before);
    let broken: Vec<(String,)> =
        sqlx::query_as("SELECT \"table\" FROM pragma_foreign_key_check").fetch_all(read).await.expect("a check");
    assert_eq!(broken, []);
    db.close().await;
}

#[tokio::test]
async fn what_was_told_is_kept_on_postgres() {
    let Some(database) = postgres::fresh().await else { return };
    let old = PgPool::connect(&database.url).await.expect("a database");
    released("postgres").await.run(&old).await.expect("the released schema");
    for statement in filled(|name| format!("'{}'::uuid", name.to_string().repeat(32))) {
        sqlx::query(sqlx::AssertSqlSafe(statement)).execute(&old).await.expect("a row");
    }
    let before = of_postgres(&old).await;
    assert_eq!((before.told.len(), before.off.len()), (4, 2));
    old.close().await;
    let db = Db::open(&database.url, Durability::Process).await.expect("it is brought up to date");
    let Db::Postgres(pool) = &db else { panic!("this is PostgreSQL") };
    assert_eq!(of_postgres(pool).await, before);
    db.close().await;
}

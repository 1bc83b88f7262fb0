//! The two schemas say the same, each in its database's words. Only what search matches is kept in each
//! database's own way.

use std::collections::{BTreeMap, BTreeSet};

use server::store::Db;
use sqlx::{AssertSqlSafe, PgPool, Row, SqlitePool};
use tests::database::TestDb;

/// A table as both databases describe it.
#[derive(Debug, Default, PartialEq, Eq)]
struct Table {
    /// By name: the type and whether a value is needed.
    columns: BTreeMap<String, (&'static str, bool)>,
    /// The columns of the primary key, in order.
    primary: Vec<String>,
    /// The columns of each uniqueness rule, the primary key aside.
    unique: BTreeSet<Vec<String>>,
    /// The columns of each index that makes nothing unique.
    indexes: BTreeSet<Vec<String>>,
    /// Column, the table and column it points to, and what happens here when that goes.
    references: BTreeSet<(String, String, String, String)>,
    /// The words each column is held to, where it is.
    words: BTreeMap<String, BTreeSet<String>>,
}

type Schema = BTreeMap<String, Table>;

#[tokio::test]
async fn the_two_databases_have_the_same_schema() {
    let Some(postgres) = TestDb::postgres().await else { return };
    let sqlite = TestDb::sqlite().await;
    let (Db::Sqlite { read, .. }, Db::Postgres(pool)) = (&sqlite.db, &postgres.db) else {
        panic!("one database of each kind is expected")
    };
    let (left, right) = (of_sqlite(read).await, of_postgres(pool).await);
    assert!(left.len() > 10, "only {} tables were found", left.len());
    let board = &right["board"];
    assert_eq!(board.words["audience"].len(), 4, "the words of both are really read");
    assert_eq!(
        (board.references.len(), board.unique.len(), board.primary.as_slice()),
        (1, 1, [String::from("id")].as_slice())
    );
    assert_eq!(left.keys().collect::<Vec<_>>(), right.keys().collect::<Vec<_>>());
    for (name, table) in &left {
        assert_eq!(table, &right[name], "table {name}: SQLite left, PostgreSQL right");
    }
    sqlite.db.close().await;
    postgres.db.close().await;
}

async fn of_sqlite(pool: &SqlitePool) -> Schema {
    let names: Vec<(String, String)> = sqlx::query_as(
        "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name NOT LIKE '\\_%' ESCAPE '\\'
             AND name NOT LIKE 'search\\_index%' ESCAPE '\\'",
    )
    .fetch_all(pool)
    .await
    .expect("the tables");
    let mut schema = Schema::new();
    for (name, sql) in names {
        let mut table = Table { words: checks(&sql), ..Table::default() };
        let mut primary = Vec::new();
        for row in pragma(pool, &format!("table_info({name})")).await {
            let (column, kind): (String, String) = (row.get("name"), row.get("type"));
            let (needed, place): (bool, i64) = (row.get("notnull"), row.get("pk"));
            if place > 0 {
                primary.push((place, column.clone()));
            }
            let kind = match kind.as_str() {
                "INTEGER" => "integer",
                "TEXT" => "text",
                "BLOB" => "bytes",
                other => panic!("{name}.{column}: the type {other} is not one we use"),
            };
            table.columns.insert(column, (kind, needed || place > 0));
        }
        primary.sort();
        table.primary = primary.into_iter().map(|(_, column)| column).collect();
        for row in pragma(pool, &format!("index_list({name})")).await {
            let (index, unique, origin): (String, bool, String) =
                (row.get("name"), row.get("unique"), row.get("origin"));
            let columns: Vec<String> =
                pragma(pool, &format!("index_info({index})")).await.iter().map(|row| row.get("name")).collect();
            match (origin.as_str(), unique) {
                ("pk", _) => {}
                (_, true) => drop(table.unique.insert(columns)),
                (_, false) => drop(table.indexes.insert(columns)),
            }
        }
        for row in pragma(pool, &format!("foreign_key_list({name})")).await {
            table.references.insert((row.get("from"), row.get("table"), row.get("to"), row.get("on_delete")));
        }
        schema.insert(name, table);
    }
    schema
}

async fn pragma(pool: &SqlitePool, what: &str) -> Vec<sqlx::sqlite::SqliteRow> {
    sqlx::query(AssertSqlSafe(format!("PRAGMA {what}"))).fetch_all(pool).await.expect("a pragma")
}

/// The words of each `CHECK (column IN ('a', 'b'))`, as either database writes it.
fn checks(sql: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut found = BTreeMap::new();
    for check in sql.split("CHECK (").skip(1) {
        let check = &check[..end(check)];
        let words: BTreeSet<String> = check.split('\'').skip(1).step_by(2).map(str::to_owned).collect();
        let column = check.trim_start_matches('(').split([' ', ')']).next().unwrap_or_default();
        if !words.is_empty() {
            found.insert(column.to_owned(), words);
        }
    }
    found
}

/// Where the parenthesis closes in which a text begins.
fn end(text: &str) -> usize {
    let mut open = 1;
    for (at, letter) in text.char_indices() {
        match letter {
            '(' => open += 1,
            ')' => open -= 1,
            _ => {}
        }
        if open == 0 {
            return at;
        }
    }
    text.len()
}

async fn of_postgres(pool: &PgPool) -> Schema {
    let columns: Vec<(String, String, String, bool)> = sqlx::query_as(
        "SELECT table_name::text, column_name::text, data_type::text, is_nullable = 'NO'
         FROM information_schema.columns WHERE table_schema = 'public' AND table_name NOT LIKE '\\_%'
             AND (table_name, column_name) <> ('search_doc', 'words')",
    )
    .fetch_all(pool)
    .await
    .expect("the columns");
    let mut schema = Schema::new();
    for (table, column, kind, needed) in columns {
        let kind = match kind.as_str() {
            "bigint" => "integer",
            "text" => "text",
            // SQLite has no type for ids; both are 16 bytes.
            "uuid" | "bytea" => "bytes",
            other => panic!("{table}.{column}: the type {other} is not one we use"),
        };
        schema.entry(table).or_default().columns.insert(column, (kind, needed));
    }
    let indexes: Vec<(String, Vec<String>, bool, bool)> = sqlx::query_as(
        "SELECT t.relname::text, array_agg(a.attname::text ORDER BY k.place), i.indisunique, i.indisprimary
         FROM pg_index i
         JOIN pg_class t ON t.oid = i.indrelid JOIN pg_namespace n ON n.oid = t.relnamespace
         JOIN LATERAL unnest(i.indkey) WITH ORDINALITY AS k(attnum, place) ON true
         JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.attnum
         WHERE n.nspname = 'public' AND t.relname NOT LIKE '\\_%' AND i.indexrelid <> 'search_doc_words'::regclass
         GROUP BY i.indexrelid, t.relname, i.indisunique, i.indisprimary",
    )
    .fetch_all(pool)
    .await
    .expect("the indexes");
    for (table, columns, unique, primary) in indexes {
        let table = schema.entry(table).or_default();
        match (primary, unique) {
            (true, _) => table.primary = columns,
            (_, true) => drop(table.unique.insert(columns)),
            (_, false) => drop(table.indexes.insert(columns)),
        }
    }
    let constraints: Vec<(String, String, String)> = sqlx::query_as(
        "SELECT t.relname::text, c.contype::text, pg_get_constraintdef(c.oid)
         FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid JOIN pg_namespace n ON n.oid = t.relnamespace
         WHERE n.nspname = 'public' AND t.relname NOT LIKE '\\_%' AND c.contype IN ('f', 'c')",
    )
    .fetch_all(pool)
    .await
    .expect("the constraints");
    for (table, kind, text) in constraints {
        let table = schema.entry(table).or_default();
        if kind == "c" {
            table.words.extend(checks(&text));
        } else {
            table.references.insert(reference(&text));
        }
    }
    schema
}

/// Reads `FOREIGN KEY (a) REFERENCES b(c) ON DELETE CASCADE`.
fn reference(text: &str) -> (String, String, String, String) {
    let part = |from: &str, to: &str| -> String {
        let rest = text.split_once(from).map_or("", |(_, rest)| rest);
        rest.split(to).next().unwrap_or_default().to_owned()
    };
    let target = part("REFERENCES ", ")");
    let (table, column) = target.split_once('(').expect("a table and its column");
    let then = if text.contains("ON DELETE CASCADE") { "CASCADE" } else { "NO ACTION" };
    (part("KEY (", ")"), table.to_owned(), column.to_owned(), then.to_owned())
}

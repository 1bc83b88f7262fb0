//! What becomes of every column that says something of a person, in both databases.

use std::collections::{BTreeMap, BTreeSet};

use server::{
    domain::exports,
    store::{
        Db,
        erasure::map::{Export, Fate, MAP},
    },
};
use tests::database::TestDb;

/// The columns that name a person, or hold words or bytes, table by table.
type Columns = BTreeMap<String, BTreeSet<String>>;

const SQLITE: &str = "
    SELECT t.name, c.name FROM sqlite_master t JOIN pragma_table_info(t.name) c
    WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite%' AND t.name NOT LIKE '\\_%' ESCAPE '\\'
      AND t.name NOT LIKE 'search\\_index%' ESCAPE '\\'
      AND (c.type = 'TEXT'
           OR (c.type = 'BLOB' AND NOT EXISTS (SELECT 1 FROM pragma_foreign_key_list(t.name) k WHERE k.\"from\" = c.name)
               AND NOT (c.name = 'id' AND t.name <> 'actor'))
           OR EXISTS (SELECT 1 FROM pragma_foreign_key_list(t.name) k WHERE k.\"from\" = c.name AND k.\"table\" = 'person'))";

#[tokio::test]
async fn of_every_column_it_is_said_what_becomes_of_it() {
    let test = TestDb::sqlite().await;
    let Db::Sqlite { read, .. } = &test.db else { panic!("it is on SQLite") };
    let rows: Vec<(String, String)> = sqlx::query_as(SQLITE).fetch_all(read).await.expect("the columns");
    let mut schema = Columns::new();
    for (table, column) in rows {
        schema.entry(table).or_default().insert(column);
    }
    assert!(schema.len() > 50, "only {} tables were found", schema.len());
    assert!(schema["comment"].contains("author_id") && schema["comment"].contains("body"));
    let mut said = Columns::new();
    for table in MAP {
        let columns = table.columns.iter().map(|column| column.name.to_owned());
        assert!(said.insert(table.name.to_owned(), columns.collect()).is_none(), "{} is there twice", table.name);
    }
    for (table, columns) in &schema {
        let known = said.get(table).cloned().unwrap_or_default();
        let missing: Vec<_> = columns.difference(&known).collect();
        assert!(missing.is_empty(), "say in store/erasure/map.rs what becomes of {missing:?} of the table {table}");
    }
    for (table, columns) in &said {
        let there: BTreeSet<String> = sqlx::query_scalar("SELECT name FROM pragma_table_info($1)")
            .bind(table)
            .fetch_all(read)
            .await
            .expect("its columns")
            .into_iter()
            .collect();
        let gone: Vec<_> = columns.difference(&there).collect();
        assert!(gone.is_empty(), "there is no {gone:?} in the table {table}");
    }
    test.db.close().await;
}

/// The two schemas are the same, as another test says: what holds of one holds of the other.
#[tokio::test]
async fn what_names_a_person_on_postgres_is_known_too() {
    let Some(test) = TestDb::postgres().await else { return };
    let Db::Postgres(pool) = &test.db else { panic!("it is on PostgreSQL") };
    let rows: Vec<(String, String)> = sqlx::query_as(
        "SELECT c.conrelid::regclass::text, a.attname::text FROM pg_constraint c
         JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey)
         WHERE c.contype = 'f' AND c.confrelid = 'person'::regclass",
    )
    .fetch_all(pool)
    .await
    .expect("the references");
    assert!(rows.len() > 40, "only {} references were found", rows.len());
    for (table, column) in rows {
        let known = MAP.iter().find(|known| known.name == table).map(|table| table.columns).unwrap_or_default();
        assert!(known.iter().any(|known| known.name == column), "{table}.{column} is not in store/erasure/map.rs");
    }
    test.db.close().await;
}

#[test]
fn every_part_that_is_promised_is_in_the_file() {
    let parts: BTreeSet<&str> = exports::names().collect();
    let mut promised = BTreeSet::new();
    for (table, column) in MAP.iter().flat_map(|table| table.columns.iter().map(move |column| (table, column))) {
        match column.export {
            Export::As(part) => {
                assert!(parts.contains(part), "{}.{} goes into `{part}`, which there is not", table.name, column.name);
                promised.insert(part);
            }
            Export::Not(why) => assert!(!why.is_empty()),
        }
        if let Fate::Kept(why) = column.fate {
            assert!(!why.is_empty(), "{}.{} is kept without a reason", table.name, column.name);
        }
    }
    assert_eq!(parts, promised, "in the file left, promised right");
}

//! Row 19 of what the product is held to: after erasure, name and e-mail address are found 0 times in database, documents and
//! files; still 0 after a backup is restored. Where they take their words along, so are those.

use std::path::Path;

use http::{Method, StatusCode};
use serde_json::{Value, json};
use server::{Atelier, store::Db};
use shared::{
    Role,
    api::{BoardView, CommentView, IdeaView, Subject},
};
use sqlx::AssertSqlSafe;
use tests::app::{App, Client, PASSWORD, config};

use super::{board, settled};

const NAME: &str = "Zébulon Quartermain";
const HANDLE: &str = "zebulon-quartermain";
const EMAIL: &str = "zq.personne@nulle-part.example";
/// What they wrote, each where it is.
const WORDS: [&str; 6] = ["abricotier", "bergamotte", "coquelicot", "doronique", "eglantine", "fritillaire"];

/// Somebody who did a little of everything.
async fn lives(app: &App, owner: &Client) -> (Client, BoardView) {
    let board = board(owner).await;
    let sign_up = json!({ "name": NAME, "email": EMAIL, "password": PASSWORD, "weekly": true });
    app.visitor().post("/api/v1/accounts", &sign_up).await.nothing(StatusCode::ACCEPTED);
    let mut zeb = app.visitor();
    zeb.sign_in(EMAIL, PASSWORD).await;
    let about = json!({ "about": format!("Je suis {NAME}, {}", WORDS[0]) });
    zeb.patch("/api/v1/me", &about).await.nothing(StatusCode::OK);
    let ada = app.person(Role::Customer).await;
    let new = json!({ "title": format!("Un pain {}", WORDS[1]), "pitch": WORDS[2], "body": format!("# {}\n\nSigné.", WORDS[3]) });
    let ideas = format!("/api/v1/boards/{}/ideas", board.slug);
    let own: IdeaView = zeb.post(&ideas, &new).await.created();
    let talked = own.card.number;
    let _: CommentView = ada
        .post(&format!("/api/v1/ideas/{talked}/comments"), &json!({ "body": format!("Bravo @{HANDLE}, et à {EMAIL}") }))
        .await
        .created();
    let other: IdeaView = ada.post(&ideas, &json!({ "title": "Un autre", "pitch": "", "body": "" })).await.created();
    let comments = format!("/api/v1/ideas/{}/comments", other.card.number);
    let said: CommentView = zeb.post(&comments, &json!({ "body": format!("{} — {NAME}", WORDS[4]) })).await.created();
    let edited = json!({ "body": format!("{} — {NAME}, {EMAIL}", WORDS[5]) });
    zeb.patch(&format!("/api/v1/comments/{}", said.id), &edited).await.nothing(StatusCode::OK);
    for number in [talked, other.card.number] {
        let vote = zeb.request(Method::PUT, &format!("/api/v1/ideas/{number}/vote"));
        zeb.send(vote, "").await.nothing(StatusCode::OK);
    }
    let _: Value = zeb.post("/api/v1/tokens", &json!({ "name": format!("Le portable de {NAME}") })).await.created();
    let key = zeb.post("/api/v1/me/feed-key", &json!(null)).await;
    assert!(key.status.is_success(), "{key:?}");
    let report = json!({ "subject": Subject::Person(ada.person().id), "reason": "unkind", "words": format!("Elle a écrit à {NAME}") });
    let reported = zeb.post("/api/v1/reports", &report).await;
    assert!(reported.status.is_success(), "{reported:?}");
    let warn =
        json!({ "subject": Subject::Person(zeb.person().id), "act": "warn", "words": format!("{NAME}, doucement") });
    let warned = owner.post("/api/v1/desk/decisions", &warn).await;
    assert!(warned.status.is_success(), "{warned:?}");
    // What becomes of their idea is told by mail, in which they are named.
    let move_on = json!({ "stage": board.stages[2].id, "reason": format!("Merci à {NAME}") });
    owner.put(&format!("/api/v1/ideas/{talked}/stage"), &move_on).await.nothing(StatusCode::OK);
    zeb.post("/api/v1/me/exports", &json!(null)).await.nothing(StatusCode::ACCEPTED);
    for _ in 0..500 {
        if app.number("SELECT count(*) FROM export WHERE made_at IS NOT NULL").await == 1
            && app.number("SELECT count(*) FROM search_pending").await == 0
        {
            return (zeb, board);
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("the file is not made");
}

/// How often any of these is found in a database, column by column, and in the files beside it.
async fn found(db: &Db, folder: Option<&Path>, sought: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    let lower = |text: &str| text.to_lowercase();
    match db {
        Db::Sqlite { read, .. } => {
            let tables: Vec<(String, String)> = sqlx::query_as(
                "SELECT t.name, c.name FROM sqlite_master t JOIN pragma_table_info(t.name) c WHERE t.type = 'table'",
            )
            .fetch_all(read)
            .await
            .expect("the columns");
            for (table, column) in tables {
                for word in sought {
                    let sql = format!(
                        "SELECT count(*) FROM \"{table}\" WHERE instr(CAST(\"{column}\" AS BLOB), CAST($1 AS BLOB)) > 0"
                    );
                    let count: i64 =
                        sqlx::query_scalar(AssertSqlSafe(sql)).bind(word).fetch_one(read).await.expect("a count");
                    if count > 0 {
                        found.push(format!("{table}.{column}: {word}"));
                    }
                }
            }
        }
        Db::Postgres(pool) => {
            let columns: Vec<(String, String, String)> = sqlx::query_as(
                "SELECT table_name::text, column_name::text, data_type::text FROM information_schema.columns
                 WHERE table_schema = 'public' AND data_type IN ('text', 'bytea', 'tsvector')",
            )
            .fetch_all(pool)
            .await
            .expect("the columns");
            assert!(columns.len() > 100, "only {} columns were found", columns.len());
            for (table, column, kind) in columns {
                for word in sought {
                    let bytes = if kind == "bytea" {
                        format!("\"{column}\"")
                    } else {
                        format!("convert_to(\"{column}\"::text, 'UTF8')")
                    };
                    let sql = format!(
                        "SELECT count(*) FROM \"{table}\" WHERE position(convert_to($1, 'UTF8') IN {bytes}) > 0"
                    );
                    let count: i64 =
                        sqlx::query_scalar(AssertSqlSafe(sql)).bind(word).fetch_one(pool).await.expect("a count");
                    if count > 0 {
                        found.push(format!("{table}.{column}: {word}"));
                    }
                }
            }
        }
    }
    for entry in folder.into_iter().flat_map(|folder| std::fs::read_dir(folder).expect("a folder")) {
        let path = entry.expect("a file").path();
        let bytes = std::fs::read(&path).expect("a file");
        let text = lower(&String::from_utf8_lossy(&bytes));
        for word in sought {
            let count = text.matches(&lower(word)).count();
            if count > 0 {
                found.push(format!("{}: {word}, {count} times", path.display()));
            }
        }
    }
    found
}

async fn row_19(app: App, texts: &str) {
    let owner = app.person(Role::Owner).await;
    let (zeb, _) = lives(&app, &owner).await;
    let names = [NAME, HANDLE, EMAIL, "Quartermain", "quartermain"];
    let all: Vec<&str> = if texts == "remove" { names.into_iter().chain(WORDS).collect() } else { names.to_vec() };
    let before = found(&app.atelier.db, app.folder(), &all).await;
    for word in &all {
        assert!(before.iter().any(|place| place.contains(word)), "{word} was never anywhere: this proves nothing");
    }
    let backup = app.backup().await;
    let request = json!({ "password": PASSWORD, "word": "forget", "comments": texts, "texts": texts });
    zeb.post("/api/v1/me/erasure", &request).await.nothing(StatusCode::NO_CONTENT);
    settled(&app).await;
    assert_eq!(found(&app.atelier.db, app.folder(), &all).await, Vec::<String>::new(), "after erasure");

    // The backup knows them; the list of who left, beside it, does not let that last.
    let mut restored = config(&backup.url);
    restored.erasures = app.atelier.config.erasure_list();
    let atelier = Atelier::open(restored).await.expect("it opens");
    assert_eq!(found(&atelier.db, backup.folder(), &all).await, Vec::<String>::new(), "after a backup was restored");
    atelier.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn row_19_name_and_address_are_found_nowhere() {
    row_19(App::new().await, "keep").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn row_19_nor_are_the_words_they_take_along() {
    row_19(App::new().await, "remove").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn row_19_on_postgres() {
    let Some(app) = App::on_postgres().await else { return };
    row_19(app, "remove").await;
}

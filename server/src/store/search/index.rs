//! Writing the index.

use std::collections::BTreeMap;

use shared::api::SearchKind;
use sqlx::types::Json;
use uuid::Uuid;

use crate::store::{StoreError, Tx, on};

/// Something that changed and is not indexed yet.
#[derive(Clone, Debug)]
pub struct Pending {
    /// Its place in the queue.
    pub id: i64,
    /// What kind of thing it is.
    pub kind: SearchKind,
    /// Which.
    pub thing: Uuid,
}

/// Whether anything waits to be indexed.
///
/// # Errors
/// When the database fails.
pub async fn is_behind(tx: &mut Tx) -> Result<bool, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM search_pending)").fetch_one(c).await)?)
}

/// What waits longest, at most `limit` of it. Whoever else asks so waits for this transaction to end.
///
/// # Errors
/// When the database fails.
pub async fn pending(tx: &mut Tx, limit: u32) -> Result<Vec<Pending>, StoreError> {
    on!(tx, c => sqlx::query("UPDATE counter SET value = value WHERE name = 'search'").execute(c).await.map(drop))?;
    let rows: Vec<(i64, String, Uuid)> = on!(tx, c => sqlx::query_as(
        "SELECT id, kind, thing FROM search_pending ORDER BY id LIMIT $1",
    )
    .bind(i64::from(limit))
    .fetch_all(c)
    .await)?;
    rows.into_iter()
        .map(|(id, word, thing)| {
            let kind =
                SearchKind::parse(&word).ok_or_else(|| StoreError::Corrupt(format!("kind of thing `{word}`")))?;
            Ok(Pending { id, kind, thing })
        })
        .collect()
}

/// Strikes out what was indexed. What changed again meanwhile stands there once more.
///
/// # Errors
/// When the database fails.
pub async fn done(tx: &mut Tx, ids: &[i64]) -> Result<(), StoreError> {
    match tx {
        Tx::Sqlite(tx) => {
            let sql = "DELETE FROM search_pending WHERE id IN (SELECT value FROM json_each($1))";
            sqlx::query(sql).bind(Json(ids)).execute(&mut **tx).await?;
        }
        Tx::Postgres(tx) => {
            let sql = "DELETE FROM search_pending WHERE id = ANY ($1)";
            sqlx::query(sql).bind(ids).execute(&mut **tx).await?;
        }
    }
    Ok(())
}

/// What something is found by.
#[derive(Clone, Debug, Default)]
pub struct Source {
    /// The board it stands on; none for people.
    pub board: Option<Uuid>,
    /// What puts it before others: an idea's votes.
    pub weight: i64,
    /// Whether only the staff reads it.
    pub note: bool,
    /// Its title, or name.
    pub title: String,
    /// Texts in Markdown.
    pub markdown: String,
    /// Whatever else it is found by, as plain text.
    pub others: Vec<String>,
}

/// What something is found by; nothing when it is gone or away.
///
/// # Errors
/// When the database fails.
pub async fn source(tx: &mut Tx, kind: SearchKind, thing: Uuid) -> Result<Option<Source>, StoreError> {
    match kind {
        SearchKind::Idea => idea(tx, thing).await,
        SearchKind::Comment => {
            let row: Option<(Uuid, String, bool)> = on!(tx, c => sqlx::query_as(
                "SELECT i.board_id, c.body, c.kind = 'note' FROM comment c JOIN idea i ON i.id = c.idea_id
                 WHERE c.id = $1 AND c.deleted_at IS NULL AND c.away IS NULL",
            )
            .bind(thing)
            .fetch_optional(c)
            .await)?;
            Ok(row.map(|(board, markdown, note)| Source { board: Some(board), note, markdown, ..Source::default() }))
        }
        SearchKind::Person => {
            let row: Option<(String, String)> = on!(tx, c => sqlx::query_as(
                "SELECT name, handle FROM person WHERE id = $1 AND suspended_at IS NULL AND unclaimed_at IS NULL",
            )
            .bind(thing)
            .fetch_optional(c)
            .await)?;
            Ok(row.map(|(title, handle)| Source { title, others: vec![handle], ..Source::default() }))
        }
        SearchKind::Board => {
            let row: Option<(String, String)> = on!(tx, c => sqlx::query_as(
                "SELECT title, purpose FROM board WHERE id = $1",
            )
            .bind(thing)
            .fetch_optional(c)
            .await)?;
            let source =
                |(title, purpose)| Source { board: Some(thing), title, others: vec![purpose], ..Source::default() };
            Ok(row.map(source))
        }
    }
}

async fn idea(tx: &mut Tx, idea: Uuid) -> Result<Option<Source>, StoreError> {
    let row: Option<(Uuid, i64, String, String, String, String)> = on!(tx, c => sqlx::query_as(
        "SELECT i.board_id, i.votes, i.title, i.pitch, p.name, i.body FROM idea i JOIN person p ON p.id = i.author_id
         WHERE i.id = $1 AND i.away IS NULL",
    )
    .bind(idea)
    .fetch_optional(c)
    .await)?;
    let Some((board, weight, title, pitch, author, markdown)) = row else { return Ok(None) };
    let mut others: Vec<String> = on!(tx, c => sqlx::query_scalar(
        "SELECT t.name FROM idea_tag g JOIN tag t ON t.id = g.tag_id WHERE g.idea_id = $1",
    )
    .bind(idea)
    .fetch_all(c)
    .await)?;
    others.extend([pitch, author]);
    Ok(Some(Source { board: Some(board), weight, note: false, title, markdown, others }))
}

/// The document of something and its terms, a space between them.
///
/// # Errors
/// When the database fails.
pub async fn document(tx: &mut Tx, thing: Uuid) -> Result<Option<(i64, String)>, StoreError> {
    let sql = match tx {
        Tx::Sqlite(_) => {
            "SELECT d.doc, x.words FROM search_doc d JOIN search_index x ON x.rowid = d.doc WHERE d.thing = $1"
        }
        Tx::Postgres(_) => {
            "SELECT doc, array_to_string(tsvector_to_array(words), ' ') FROM search_doc WHERE thing = $1"
        }
    };
    Ok(on!(tx, c => sqlx::query_as(sql).bind(thing).fetch_optional(c).await)?)
}

/// Runs the statements by which a document is written: on SQLite one for what it is and one for its terms, on PostgreSQL
/// one for both. Each binds the same.
macro_rules! put {
    ($tx:expr, $sqlite:expr, $postgres:literal, $($bind:expr),+) => {
        match $tx {
            Tx::Sqlite(tx) => {
                for sql in $sqlite {
                    sqlx::query(sql)$(.bind($bind))+.execute(&mut **tx).await?;
                }
            }
            Tx::Postgres(tx) => {
                sqlx::query($postgres)$(.bind($bind))+.execute(&mut **tx).await?;
            }
        }
    };
}

/// Adds the document of something that has none. `terms` have a space between them.
///
/// # Errors
/// When the database fails.
pub async fn add(tx: &mut Tx, thing: Uuid, source: &Source, terms: &str) -> Result<(), StoreError> {
    let doc: i64 = on!(tx, c => sqlx::query_scalar(
        "UPDATE counter SET value = value + 1 WHERE name = 'search' RETURNING value",
    )
    .fetch_one(c)
    .await)?;
    put!(
        tx,
        [
            "INSERT INTO search_doc (doc, thing, board_id, weight) VALUES ($1, $3, $4, $5)",
            "INSERT INTO search_index (rowid, words) VALUES ($1, $2)",
        ],
        "INSERT INTO search_doc (doc, words, thing, board_id, weight)
         VALUES ($1, array_to_tsvector(string_to_array($2, ' ')), $3, $4, $5)",
        doc,
        terms,
        thing,
        source.board,
        source.weight
    );
    Ok(())
}

/// Gives a document other terms.
///
/// # Errors
/// When the database fails.
pub async fn replace(tx: &mut Tx, doc: i64, source: &Source, terms: &str) -> Result<(), StoreError> {
    put!(
        tx,
        [
            "UPDATE search_doc SET board_id = $3, weight = $4 WHERE doc = $1",
            "UPDATE search_index SET words = $2 WHERE rowid = $1",
        ],
        "UPDATE search_doc SET words = array_to_tsvector(string_to_array($2, ' ')), board_id = $3, weight = $4
         WHERE doc = $1",
        doc,
        terms,
        source.board,
        source.weight
    );
    Ok(())
}

/// Removes a document.
///
/// # Errors
/// When the database fails.
pub async fn remove(tx: &mut Tx, doc: i64) -> Result<(), StoreError> {
    put!(
        tx,
        ["DELETE FROM search_index WHERE rowid = $1", "DELETE FROM search_doc WHERE doc = $1"],
        "DELETE FROM search_doc WHERE doc = $1",
        doc
    );
    Ok(())
}

/// Terms that came into the vocabulary, and those that went out of it.
#[derive(Debug, Default)]
pub struct Turnover {
    /// Nothing had them before.
    pub new: Vec<String>,
    /// Nothing has them any more.
    pub gone: Vec<String>,
}

/// Counts for each term how many documents more, or fewer, have it.
///
/// # Errors
/// When the database fails.
pub async fn count(tx: &mut Tx, changes: &BTreeMap<String, i64>) -> Result<Turnover, StoreError> {
    macro_rules! upsert {
        ($rows:literal) => {
            concat!(
                "INSERT INTO search_term (term, docs) SELECT term, more FROM ",
                $rows,
                " WHERE true ON CONFLICT (term) DO UPDATE SET docs = search_term.docs + excluded.docs
                  RETURNING term, docs"
            )
        };
    }
    let counted: Vec<(String, i64)> = match tx {
        Tx::Sqlite(tx) => {
            let sql = upsert!("(SELECT key AS term, value AS more FROM json_each($1))");
            sqlx::query_as(sql).bind(Json(changes)).fetch_all(&mut **tx).await?
        }
        Tx::Postgres(tx) => {
            let (terms, more): (Vec<&str>, Vec<i64>) = changes.iter().map(|(term, more)| (term.as_str(), more)).unzip();
            let sql = upsert!("unnest($1::text[], $2::bigint[]) AS counted (term, more)");
            sqlx::query_as(sql).bind(terms).bind(more).fetch_all(&mut **tx).await?
        }
    };
    let mut turnover = Turnover::default();
    for (term, docs) in counted {
        if docs <= 0 {
            turnover.gone.push(term);
        } else if changes.get(&term) == Some(&docs) {
            turnover.new.push(term);
        }
    }
    if !turnover.gone.is_empty() {
        match tx {
            Tx::Sqlite(tx) => {
                let sql = "DELETE FROM search_term WHERE term IN (SELECT value FROM json_each($1))";
                sqlx::query(sql).bind(Json(&turnover.gone)).execute(&mut **tx).await?;
            }
            Tx::Postgres(tx) => {
                let sql = "DELETE FROM search_term WHERE term = ANY ($1)";
                sqlx::query(sql).bind(&turnover.gone).execute(&mut **tx).await?;
            }
        }
    }
    Ok(turnover)
}

/// Slips of the hand, each with the word that it may have been.
pub type Slips = Vec<(String, String)>;

/// Adds ways to mistype words.
///
/// # Errors
/// When the database fails.
pub async fn add_slips(tx: &mut Tx, slips: &Slips) -> Result<(), StoreError> {
    match tx {
        Tx::Sqlite(tx) => {
            let sql = "INSERT INTO search_slip (slip, word)
                       SELECT value ->> 0, value ->> 1 FROM json_each($1) WHERE true ON CONFLICT DO NOTHING";
            sqlx::query(sql).bind(Json(slips)).execute(&mut **tx).await?;
        }
        Tx::Postgres(tx) => {
            let sql = "INSERT INTO search_slip (slip, word) SELECT * FROM unnest($1::text[], $2::text[])
                       ON CONFLICT DO NOTHING";
            let (slips, words): (Vec<&str>, Vec<&str>) = slips.iter().map(|(slip, word)| (&**slip, &**word)).unzip();
            sqlx::query(sql).bind(slips).bind(words).execute(&mut **tx).await?;
        }
    }
    Ok(())
}

/// Removes ways to mistype words that are nowhere any more.
///
/// # Errors
/// When the database fails.
pub async fn remove_slips(tx: &mut Tx, slips: &Slips) -> Result<(), StoreError> {
    match tx {
        Tx::Sqlite(tx) => {
            let sql = "DELETE FROM search_slip
                       WHERE (slip, word) IN (SELECT value ->> 0, value ->> 1 FROM json_each($1))";
            sqlx::query(sql).bind(Json(slips)).execute(&mut **tx).await?;
        }
        Tx::Postgres(tx) => {
            let sql = "DELETE FROM search_slip s USING unnest($1::text[], $2::text[]) AS gone (slip, word)
                       WHERE s.slip = gone.slip AND s.word = gone.word";
            let (slips, words): (Vec<&str>, Vec<&str>) = slips.iter().map(|(slip, word)| (&**slip, &**word)).unzip();
            sqlx::query(sql).bind(slips).bind(words).execute(&mut **tx).await?;
        }
    }
    Ok(())
}

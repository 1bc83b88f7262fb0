//! What can be reported and decided about: ideas, comments and people, as a moderator needs to know them.

use shared::{
    CommentId, DocumentId, IdeaId, PersonId,
    api::{CommentKind, Millis, PersonView, Subject},
    rules::Away,
};
use uuid::Uuid;

use super::{StoreError, Tx, on, rows};

/// Where on the site something is.
#[derive(Clone, Debug)]
pub struct Spot {
    /// The idea.
    pub idea: IdeaId,
    /// Its number.
    pub number: u32,
    /// Its title.
    pub title: String,
    /// The document of its concept.
    pub document: DocumentId,
    /// The title of its board.
    pub board_title: String,
    /// The comment on it, and in which voice it is said, where it is one.
    pub comment: Option<(CommentId, CommentKind)>,
}

/// What a moderator needs to know of something.
#[derive(Clone, Debug)]
pub struct Case {
    /// What it is.
    pub subject: Subject,
    /// Where it is; of a person nothing.
    pub spot: Option<Spot>,
    /// What it says, from its beginning; of a person nothing.
    pub words: String,
    /// Who wrote it, or the person.
    pub author: PersonView,
    /// Whether they are suspended.
    pub suspended: bool,
    /// Why it is not shown as others are, if it is not.
    pub away: Option<Away>,
    /// When it was written, or the person joined.
    pub created_at: Millis,
}

#[derive(sqlx::FromRow)]
struct WrittenRow {
    idea_id: Uuid,
    number: i64,
    title: String,
    document_id: Uuid,
    board_title: String,
    comment_kind: Option<String>,
    words: String,
    away: Option<String>,
    created_at: i64,
    suspended: bool,
    #[sqlx(flatten)]
    author: rows::PersonRow,
}

#[derive(sqlx::FromRow)]
struct WhoRow {
    created_at: i64,
    suspended: bool,
    #[sqlx(flatten)]
    person: rows::PersonRow,
}

macro_rules! person {
    () => {
        "p.id AS person_id, p.handle, p.name, p.role, p.unclaimed_at IS NOT NULL AS unclaimed,
         p.suspended_at IS NOT NULL AS suspended"
    };
}

/// What is known of something; nothing when it is not there, or deleted.
///
/// # Errors
/// When the database fails.
pub async fn one(tx: &mut Tx, subject: Subject) -> Result<Option<Case>, StoreError> {
    let sql = match subject {
        Subject::Idea(_) => concat!(
            "SELECT i.id AS idea_id, i.number, i.title, i.document_id, b.title AS board_title, NULL AS comment_kind,
                    substr(CASE WHEN i.pitch = '' THEN i.body ELSE i.pitch END, 1, 600) AS words, i.away, i.created_at, ",
            person!(),
            " FROM idea i JOIN board b ON b.id = i.board_id JOIN person p ON p.id = i.author_id WHERE i.id = $1"
        ),
        Subject::Comment(_) => concat!(
            "SELECT i.id AS idea_id, i.number, i.title, i.document_id, b.title AS board_title, c.kind AS comment_kind,
                    substr(c.body, 1, 600) AS words, c.away, c.created_at, ",
            person!(),
            " FROM comment c JOIN idea i ON i.id = c.idea_id JOIN board b ON b.id = i.board_id
             JOIN person p ON p.id = c.author_id WHERE c.id = $1 AND c.deleted_at IS NULL"
        ),
        Subject::Person(id) => return person(tx, id).await,
    };
    let row: Option<WrittenRow> = on!(tx, c => sqlx::query_as(sql).bind(subject.uuid()).fetch_optional(c).await)?;
    let Some(row) = row else { return Ok(None) };
    let comment = match (subject, row.comment_kind) {
        (Subject::Comment(id), Some(word)) => {
            let kind = CommentKind::parse(&word);
            Some((id, kind.ok_or_else(|| StoreError::Corrupt(format!("kind of comment `{word}`")))?))
        }
        _ => None,
    };
    let spot = Spot {
        idea: IdeaId(row.idea_id),
        number: rows::number(row.number)?,
        title: row.title,
        document: DocumentId::from_uuid(row.document_id),
        board_title: row.board_title,
        comment,
    };
    Ok(Some(Case {
        subject,
        spot: Some(spot),
        words: row.words,
        author: row.author.try_into()?,
        suspended: row.suspended,
        away: rows::away(row.away.as_deref())?,
        created_at: row.created_at,
    }))
}

async fn person(tx: &mut Tx, id: PersonId) -> Result<Option<Case>, StoreError> {
    let row: Option<WhoRow> = on!(tx, c => sqlx::query_as(concat!(
        "SELECT p.created_at, ", person!(), " FROM person p WHERE p.id = $1"
    ))
    .bind(id.0)
    .fetch_optional(c)
    .await)?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(Case {
        subject: Subject::Person(id),
        spot: None,
        words: String::new(),
        author: row.person.try_into()?,
        suspended: row.suspended,
        away: None,
        created_at: row.created_at,
    }))
}

/// As [`one`]. Whoever else asks so waits for this transaction to end, so that two who decide do so one after the other.
///
/// # Errors
/// When the database fails.
pub async fn lock(tx: &mut Tx, subject: Subject) -> Result<Option<Case>, StoreError> {
    // On SQLite a transaction that writes is alone already.
    if let Tx::Postgres(tx) = tx {
        let sql = match subject {
            Subject::Idea(_) => "SELECT 1 FROM idea WHERE id = $1 FOR UPDATE",
            Subject::Comment(_) => "SELECT 1 FROM comment WHERE id = $1 FOR UPDATE",
            Subject::Person(_) => "SELECT 1 FROM person WHERE id = $1 FOR UPDATE",
        };
        sqlx::query(sql).bind(subject.uuid()).execute(&mut **tx).await?;
    }
    one(tx, subject).await
}

/// At most `limit` first posts that wait to be approved, the longest waiting first.
///
/// # Errors
/// When the database fails.
pub async fn held(tx: &mut Tx, limit: u32) -> Result<Vec<Subject>, StoreError> {
    let rows: Vec<(Uuid, String, i64)> = on!(tx, c => sqlx::query_as(
        "SELECT id, 'idea' AS kind, created_at FROM idea WHERE away = 'held'
         UNION ALL SELECT id, 'comment', created_at FROM comment WHERE away = 'held' AND deleted_at IS NULL
         ORDER BY created_at, id LIMIT $1",
    )
    .bind(i64::from(limit))
    .fetch_all(c)
    .await)?;
    rows.into_iter().map(|(id, kind, _)| subject(&kind, id)).collect()
}

/// How many first posts wait to be approved.
///
/// # Errors
/// When the database fails.
pub async fn held_count(tx: &mut Tx) -> Result<u32, StoreError> {
    let count: i64 = on!(tx, c => sqlx::query_scalar(
        "SELECT (SELECT count(*) FROM idea WHERE away = 'held')
              + (SELECT count(*) FROM comment WHERE away = 'held' AND deleted_at IS NULL)",
    )
    .fetch_one(c)
    .await)?;
    rows::number(count)
}

/// Whether a person has written anything here that stands.
///
/// # Errors
/// When the database fails.
pub async fn is_known(tx: &mut Tx, person: PersonId) -> Result<bool, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM idea WHERE author_id = $1 AND (away IS NULL OR away = 'merged'))
             OR EXISTS (SELECT 1 FROM comment WHERE author_id = $1 AND away IS NULL AND deleted_at IS NULL)",
    )
    .bind(person.0)
    .fetch_one(c)
    .await)?)
}

/// What is of this kind and id.
pub(super) fn subject(kind: &str, id: Uuid) -> Result<Subject, StoreError> {
    Subject::parse(kind, id).ok_or_else(|| StoreError::Corrupt(format!("kind of subject `{kind}`")))
}

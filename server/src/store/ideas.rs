//! Ideas: their facts, and the texts that follow their concepts.

use shared::{
    BoardId, DocumentId, IdeaId, PersonId, StageId,
    api::{IdeaCard, Millis},
    rules::{Away, BoardRules},
};
use uuid::Uuid;

use super::{
    StoreError, Tx,
    boards::nil,
    cards::{CardRow, card_columns, dressed},
    on, rows,
};

/// The next number of an idea. Whoever else asks waits for this transaction to end.
///
/// # Errors
/// When the database fails.
pub async fn next_number(tx: &mut Tx) -> Result<u32, StoreError> {
    let value: i64 = on!(tx, c => sqlx::query_scalar(
        "UPDATE counter SET value = value + 1 WHERE name = 'idea' RETURNING value",
    )
    .fetch_one(c)
    .await)?;
    rows::number(value)
}

/// Lets nobody else change the rows of the ideas of these numbers until this transaction ends. Whoever changes what an
/// idea counts begins with this: so nobody waits for somebody who waits for them.
///
/// # Errors
/// When the database fails.
pub async fn lock(tx: &mut Tx, numbers: &[u32]) -> Result<(), StoreError> {
    // On SQLite a transaction that writes is alone already.
    if let Tx::Postgres(tx) = tx {
        let mut numbers: Vec<i64> = numbers.iter().copied().map(i64::from).collect();
        numbers.sort_unstable();
        for number in numbers {
            sqlx::query("SELECT 1 FROM idea WHERE number = $1 FOR NO KEY UPDATE")
                .bind(number)
                .execute(&mut **tx)
                .await?;
        }
    }
    Ok(())
}

/// An idea to be made, its document already there.
#[derive(Clone, Debug)]
pub struct NewIdea<'a> {
    /// Its id.
    pub id: IdeaId,
    /// The number in its address.
    pub number: u32,
    /// Its board.
    pub board: BoardId,
    /// The document of its concept, whose log begins with the first change.
    pub document: DocumentId,
    /// Who proposes it.
    pub author: PersonId,
    /// Where it stands.
    pub stage: StageId,
    /// What its concept says.
    pub texts: Follow<'a>,
}

/// What the texts of an idea become as its concept changes.
#[derive(Clone, Copy, Debug)]
pub struct Follow<'a> {
    /// The title, on one line.
    pub title: &'a str,
    /// The pitch.
    pub pitch: &'a str,
    /// The body, Markdown.
    pub body: &'a str,
    /// The body as sanitised HTML.
    pub body_html: &'a str,
    /// The place in the log that these reflect.
    pub seq: i64,
    /// When the last of these changes was stored.
    pub at: Millis,
}

/// Makes an idea, with its proposer as first co-author and first to have shaped it.
///
/// # Errors
/// When the database fails.
pub async fn insert(tx: &mut Tx, idea: &NewIdea<'_>) -> Result<(), StoreError> {
    let texts = idea.texts;
    on!(tx, c => sqlx::query(
        "INSERT INTO idea (id, number, board_id, document_id, author_id, stage_id, title, pitch, concept_seq,
                           created_at, updated_at, heat, body, body_html)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10, $10, $11, $12)",
    )
    .bind(idea.id.0)
    .bind(i64::from(idea.number))
    .bind(idea.board.0)
    .bind(idea.document.as_uuid())
    .bind(idea.author.0)
    .bind(idea.stage.0)
    .bind(texts.title)
    .bind(texts.pitch)
    .bind(texts.seq)
    .bind(texts.at)
    .bind(texts.body)
    .bind(texts.body_html)
    .execute(c)
    .await
    .map(drop))?;
    super::members::add_coauthor(tx, idea.id, idea.author, texts.at).await?;
    on!(tx, c => sqlx::query("INSERT INTO shaper (idea_id, person_id, changes, last_at) VALUES ($1, $2, 1, $3)")
        .bind(idea.id.0)
        .bind(idea.author.0)
        .bind(texts.at)
        .execute(c)
        .await
        .map(drop))?;
    Ok(())
}

macro_rules! place_columns {
    ($person:literal) => {
        concat!(
            "i.id AS idea_id, i.number AS idea_number, i.board_id, b.slug AS board_slug, b.audience, b.editing, i.document_id, i.author_id, i.away,
             EXISTS (SELECT 1 FROM board_member m WHERE m.board_id = b.id AND m.person_id = ",
            $person,
            ") AS member, EXISTS (SELECT 1 FROM coauthor a WHERE a.idea_id = i.id AND a.person_id = ",
            $person,
            ") AS coauthor, EXISTS (SELECT 1 FROM quarantine q WHERE q.document_id = i.document_id
             AND q.released_at IS NULL) AS set_aside"
        )
    };
}

/// An idea, whole.
#[derive(Clone, Debug)]
pub struct Idea {
    /// What its card shows.
    pub card: IdeaCard,
    /// The document of its concept.
    pub document: DocumentId,
    /// The body, Markdown.
    pub body: String,
    /// The body as sanitised HTML.
    pub body_html: String,
    /// The place in the log that the texts reflect.
    pub seq: i64,
}

#[derive(sqlx::FromRow)]
struct IdeaRow {
    #[sqlx(flatten)]
    card: CardRow,
    document_id: Uuid,
    body: String,
    body_html: String,
    concept_seq: i64,
}

/// The idea of this number, whoever may see it, with the person's own marks on its card.
///
/// # Errors
/// When the database fails.
pub async fn by_number(tx: &mut Tx, person: Option<PersonId>, number: u32) -> Result<Option<Idea>, StoreError> {
    let row: Option<IdeaRow> = on!(tx, c => sqlx::query_as(concat!(
        "SELECT ", card_columns!("$1"), ", i.document_id, i.body, i.body_html, i.concept_seq
         FROM idea i JOIN board b ON b.id = i.board_id
         JOIN stage s ON s.id = i.stage_id JOIN person p ON p.id = i.author_id
         WHERE i.number = $2"
    ))
    .bind(nil(person))
    .bind(i64::from(number))
    .fetch_optional(c)
    .await)?;
    let Some(row) = row else { return Ok(None) };
    let card = dressed(tx, vec![row.card]).await?.pop();
    let document = DocumentId::from_uuid(row.document_id);
    Ok(card.map(|card| Idea { card, document, body: row.body, body_html: row.body_html, seq: row.concept_seq }))
}

/// Where an idea stands, and what the person asking is to it: enough to ask the rules.
#[derive(Clone, Debug)]
pub struct InBoard {
    /// The idea.
    pub idea: IdeaId,
    /// Its number.
    pub number: u32,
    /// Its board.
    pub board: BoardId,
    /// The board's slug.
    pub slug: String,
    /// The board's rules.
    pub rules: BoardRules,
    /// The document of its concept.
    pub document: DocumentId,
    /// Who proposed it.
    pub author: PersonId,
    /// Whether the person asking is a member of the board.
    pub member: bool,
    /// Whether the person asking is a co-author.
    pub coauthor: bool,
    /// Whether the document takes no changes, whoever makes them.
    pub set_aside: bool,
    /// Why it is not shown as others are, if it is not.
    pub away: Option<Away>,
}

#[derive(sqlx::FromRow)]
struct PlaceRow {
    idea_id: Uuid,
    idea_number: i64,
    board_id: Uuid,
    board_slug: String,
    audience: String,
    editing: String,
    document_id: Uuid,
    author_id: Uuid,
    member: bool,
    coauthor: bool,
    set_aside: bool,
    away: Option<String>,
}

impl TryFrom<PlaceRow> for InBoard {
    type Error = StoreError;

    fn try_from(row: PlaceRow) -> Result<Self, StoreError> {
        Ok(Self {
            idea: IdeaId(row.idea_id),
            number: rows::number(row.idea_number)?,
            board: BoardId(row.board_id),
            slug: row.board_slug,
            rules: rows::rules(&row.audience, &row.editing)?,
            document: DocumentId::from_uuid(row.document_id),
            author: PersonId(row.author_id),
            member: row.member,
            coauthor: row.coauthor,
            set_aside: row.set_aside,
            away: rows::away(row.away.as_deref())?,
        })
    }
}

/// Where the idea stands whose column `$key` is `$value`.
macro_rules! place {
    ($tx:expr, $person:expr, $key:literal, $value:expr) => {{
        let row: Option<PlaceRow> = on!($tx, c => sqlx::query_as(concat!(
            "SELECT ", place_columns!("$1"), " FROM idea i JOIN board b ON b.id = i.board_id WHERE ", $key, " = $2"
        ))
        .bind(nil($person))
        .bind($value)
        .fetch_optional(c)
        .await)?;
        row.map(InBoard::try_from).transpose()
    }};
}

/// Where the idea of this number stands.
///
/// # Errors
/// When the database fails.
pub async fn place_of_number(
    tx: &mut Tx,
    person: Option<PersonId>,
    number: u32,
) -> Result<Option<InBoard>, StoreError> {
    place!(tx, person, "i.number", i64::from(number))
}

/// Where the idea of this document stands.
///
/// # Errors
/// When the database fails.
pub async fn place_of_document(
    tx: &mut Tx,
    person: Option<PersonId>,
    document: DocumentId,
) -> Result<Option<InBoard>, StoreError> {
    place!(tx, person, "i.document_id", document.as_uuid())
}

//! Boards and their stages.

use shared::{
    BoardId, DocumentId, PersonId,
    api::{Millis, Phase, PromiseView, StageView},
    rules::{Audience, BoardRules, EditingRule},
};
use uuid::Uuid;

use super::{StoreError, Tx, clocks, on, rows, stages::Step};

/// Which boards somebody sees, as the rules tell it: bound as the first three parameters of a query with [`seen!`].
#[derive(Clone, Debug)]
pub struct Sight {
    /// The audiences they belong to, between commas: `,public,members,`.
    pub audiences: String,
    /// The audiences they would belong to where they are a member of the board, in the same form.
    pub as_member: String,
    /// Who they are; nil for a visitor.
    pub person: Uuid,
}

/// The condition that the board `b` is seen by the [`Sight`] bound to `$1, $2, $3`.
macro_rules! seen {
    () => {
        "($1 LIKE '%,' || b.audience || ',%' OR ($2 LIKE '%,' || b.audience || ',%' AND EXISTS \
         (SELECT 1 FROM board_member m WHERE m.board_id = b.id AND m.person_id = $3)))"
    };
}
pub(super) use seen;

/// A board as the store keeps it, with what the person asking is to it.
#[derive(Clone, Debug)]
pub struct Board {
    /// Its id.
    pub id: BoardId,
    /// The word in its address.
    pub slug: String,
    /// Its title.
    pub title: String,
    /// What it is for.
    pub purpose: String,
    /// Its rules.
    pub rules: BoardRules,
    /// How many ideas stand on it.
    pub ideas: u32,
    /// When one of its ideas last changed, or it was made.
    pub active_at: Millis,
    /// Whether the person asking is a member of it.
    pub member: bool,
    /// Its canvas.
    pub canvas: DocumentId,
    /// Votes each person may give here in a calendar month.
    pub votes_per_month: Option<u32>,
    /// Whether the first post of a newcomer waits for a moderator.
    pub holds_first: bool,
    /// Within which time it promises an answer.
    pub promise: Option<PromiseView>,
}

#[derive(sqlx::FromRow)]
struct BoardRow {
    id: Uuid,
    slug: String,
    title: String,
    purpose: String,
    audience: String,
    editing: String,
    ideas: i64,
    active_at: i64,
    member: bool,
    canvas: Uuid,
    votes_per_month: Option<i64>,
    holds_first: i64,
    promise_days: Option<i64>,
    promised_at: Option<i64>,
}

impl TryFrom<BoardRow> for Board {
    type Error = StoreError;

    fn try_from(row: BoardRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: BoardId(row.id),
            slug: row.slug,
            title: row.title,
            purpose: row.purpose,
            rules: rows::rules(&row.audience, &row.editing)?,
            ideas: rows::number(row.ideas)?,
            active_at: row.active_at,
            member: row.member,
            canvas: DocumentId::from_uuid(row.canvas),
            votes_per_month: row.votes_per_month.map(rows::number).transpose()?,
            holds_first: row.holds_first != 0,
            promise: clocks::promised(row.promise_days, row.promised_at)?,
        })
    }
}

/// A board to be made.
#[derive(Clone, Debug)]
pub struct NewBoard<'a> {
    /// Its id.
    pub id: BoardId,
    /// The word in its address; no other board may have it.
    pub slug: &'a str,
    /// Its title.
    pub title: &'a str,
    /// What it is for.
    pub purpose: &'a str,
    /// Its rules.
    pub rules: BoardRules,
    /// Who makes it.
    pub by: PersonId,
    /// When.
    pub at: Millis,
}

/// Makes a board.
///
/// # Errors
/// [`StoreError::Taken`] when another board has the slug.
pub async fn insert(tx: &mut Tx, board: &NewBoard<'_>) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "INSERT INTO board (id, slug, title, purpose, audience, editing, created_by, created_at, active_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)",
    )
    .bind(board.id.0)
    .bind(board.slug)
    .bind(board.title)
    .bind(board.purpose)
    .bind(board.rules.audience.as_str())
    .bind(board.rules.editing.as_str())
    .bind(board.by.0)
    .bind(board.at)
    .execute(c)
    .await
    .map(drop))?;
    Ok(())
}

/// Adds the stages of a new board, in order.
///
/// # Errors
/// When the database fails.
pub async fn insert_stages(tx: &mut Tx, board: BoardId, stages: &[Step]) -> Result<(), StoreError> {
    for (position, Step { view: stage, phase }) in (0_i64..).zip(stages) {
        on!(tx, c => sqlx::query(
            "INSERT INTO stage (id, board_id, position, name_fr, name_en, colour, kind, phase)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind(stage.id.0)
        .bind(board.0)
        .bind(position)
        .bind(&stage.fr)
        .bind(&stage.en)
        .bind(stage.colour.as_str())
        .bind(stage.kind.as_str())
        .bind(phase.map(Phase::as_str))
        .execute(c)
        .await
        .map(drop))?;
    }
    Ok(())
}

/// Whether a board has this slug.
///
/// # Errors
/// When the database fails.
pub async fn slug_exists(tx: &mut Tx, slug: &str) -> Result<bool, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM board WHERE slug = $1)")
        .bind(slug).fetch_one(c).await)?)
}

macro_rules! board_columns {
    ($person:literal) => {
        concat!(
            "b.id, b.slug, b.title, b.purpose, b.audience, b.editing, b.active_at, b.votes_per_month, b.holds_first,
             b.promise_days, b.promised_at,
             (SELECT count(*) FROM idea i WHERE i.board_id = b.id AND i.away IS NULL) AS ideas,
             (SELECT document_id FROM canvas WHERE canvas.board_id = b.id) AS canvas,
             EXISTS (SELECT 1 FROM board_member m WHERE m.board_id = b.id AND m.person_id = ",
            $person,
            ") AS member"
        )
    };
}

/// The board of this slug, whoever may see it.
///
/// # Errors
/// When the database fails.
pub async fn by_slug(tx: &mut Tx, person: Option<PersonId>, slug: &str) -> Result<Option<Board>, StoreError> {
    let row: Option<BoardRow> = on!(tx, c => sqlx::query_as(
        concat!("SELECT ", board_columns!("$1"), " FROM board b WHERE b.slug = $2"),
    )
    .bind(nil(person))
    .bind(slug)
    .fetch_optional(c)
    .await)?;
    row.map(Board::try_from).transpose()
}

/// When a board was made.
///
/// # Errors
/// When the database fails.
pub async fn created_at(tx: &mut Tx, board: BoardId) -> Result<Millis, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar("SELECT created_at FROM board WHERE id = $1")
        .bind(board.0).fetch_one(c).await)?)
}

/// Whether there is a board that everybody sees.
///
/// # Errors
/// When the database fails.
pub async fn any_public(tx: &mut Tx) -> Result<bool, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM board WHERE audience = $1)")
        .bind(Audience::Public.as_str()).fetch_one(c).await)?)
}

/// The boards somebody sees, the most recently active first.
///
/// # Errors
/// When the database fails.
pub async fn list(tx: &mut Tx, sight: &Sight) -> Result<Vec<Board>, StoreError> {
    let rows: Vec<BoardRow> = on!(tx, c => sqlx::query_as(
        concat!("SELECT ", board_columns!("$3"), " FROM board b WHERE ", seen!(), " ORDER BY b.active_at DESC, b.id"),
    )
    .bind(&sight.audiences)
    .bind(&sight.as_member)
    .bind(sight.person)
    .fetch_all(c)
    .await)?;
    rows.into_iter().map(Board::try_from).collect()
}

#[derive(sqlx::FromRow)]
struct BoardStageRow {
    board_id: Uuid,
    #[sqlx(flatten)]
    stage: rows::StageRow,
}

/// The stages of a board, in order.
///
/// # Errors
/// When the database fails.
pub async fn stages(tx: &mut Tx, board: BoardId) -> Result<Vec<StageView>, StoreError> {
    let rows: Vec<rows::StageRow> = on!(tx, c => sqlx::query_as(
        "SELECT id AS stage_id, name_fr, name_en, colour, kind FROM stage
         WHERE board_id = $1 AND removed_at IS NULL ORDER BY position",
    )
    .bind(board.0)
    .fetch_all(c)
    .await)?;
    rows.into_iter().map(StageView::try_from).collect()
}

/// The stages of every board somebody sees, in order within each.
///
/// # Errors
/// When the database fails.
pub async fn stages_seen(tx: &mut Tx, sight: &Sight) -> Result<Vec<(BoardId, StageView)>, StoreError> {
    let rows: Vec<BoardStageRow> = on!(tx, c => sqlx::query_as(concat!(
        "SELECT s.board_id, s.id AS stage_id, s.name_fr, s.name_en, s.colour, s.kind
         FROM stage s JOIN board b ON b.id = s.board_id WHERE s.removed_at IS NULL AND ",
        seen!(),
        " ORDER BY s.board_id, s.position"
    ))
    .bind(&sight.audiences)
    .bind(&sight.as_member)
    .bind(sight.person)
    .fetch_all(c)
    .await)?;
    rows.into_iter().map(|row| Ok((BoardId(row.board_id), row.stage.try_into()?))).collect()
}

/// How many votes each person may give on a board in a calendar month; nothing where there is no limit.
///
/// # Errors
/// When the database fails.
pub async fn votes_per_month(tx: &mut Tx, board: BoardId) -> Result<Option<u32>, StoreError> {
    let limit: Option<i64> = on!(tx, c => sqlx::query_scalar("SELECT votes_per_month FROM board WHERE id = $1")
        .bind(board.0).fetch_one(c).await)?;
    limit.map(rows::number).transpose()
}

/// What changes about a board; absent fields stay.
#[derive(Clone, Debug, Default)]
pub struct Changes<'a> {
    /// Its title.
    pub title: Option<&'a str>,
    /// What it is for.
    pub purpose: Option<&'a str>,
    /// Who may see it.
    pub audience: Option<Audience>,
    /// Who co-edits its concepts.
    pub editing: Option<EditingRule>,
    /// Votes each person may give here in a calendar month; 0 for no limit.
    pub votes_per_month: Option<u32>,
    /// Whether the first post of a newcomer waits for a moderator.
    pub holds_first: Option<bool>,
}

/// Changes a board.
///
/// # Errors
/// When the database fails.
pub async fn update(tx: &mut Tx, board: BoardId, changes: &Changes<'_>) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "UPDATE board SET title = coalesce($2, title), purpose = coalesce($3, purpose),
         audience = coalesce($4, audience), editing = coalesce($5, editing),
         votes_per_month = nullif(coalesce($6, votes_per_month), 0), holds_first = coalesce($7, holds_first) WHERE id = $1",
    )
    .bind(board.0)
    .bind(changes.title)
    .bind(changes.purpose)
    .bind(changes.audience.map(Audience::as_str))
    .bind(changes.editing.map(EditingRule::as_str))
    .bind(changes.votes_per_month.map(i64::from))
    .bind(changes.holds_first.map(i64::from))
    .execute(c)
    .await
    .map(drop))?;
    Ok(())
}

/// Notes that something moved on a board.
///
/// # Errors
/// When the database fails.
pub async fn touch(tx: &mut Tx, board: BoardId, at: Millis) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query("UPDATE board SET active_at = $2 WHERE id = $1 AND active_at < $2")
        .bind(board.0).bind(at).execute(c).await.map(drop))?;
    Ok(())
}

/// The person's id, or the nil id, which nobody has.
pub(super) fn nil(person: Option<PersonId>) -> Uuid {
    person.map_or_else(Uuid::nil, |person| person.0)
}

/// Whether the first post of a newcomer waits for a moderator on a board.
///
/// # Errors
/// When the database fails.
pub async fn holds_first(tx: &mut Tx, board: BoardId) -> Result<bool, StoreError> {
    let holds: i64 = on!(tx, c => sqlx::query_scalar("SELECT holds_first FROM board WHERE id = $1")
        .bind(board.0).fetch_one(c).await)?;
    Ok(holds != 0)
}

/// The titles of the boards that somebody sees.
///
/// # Errors
/// When the database fails.
pub async fn titles(tx: &mut Tx, sight: &Sight) -> Result<Vec<String>, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(concat!("SELECT b.title FROM board b WHERE ", seen!()))
        .bind(&sight.audiences)
        .bind(&sight.as_member)
        .bind(sight.person)
        .fetch_all(c)
        .await)?)
}

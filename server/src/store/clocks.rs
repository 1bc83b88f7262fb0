//! The clocks of ideas that wait for an answer which their boards promised, and how the promises were kept.

use shared::{
    BoardId, CommentId, IdeaId, PersonId,
    api::{ClockView, IdeaCard, Millis, PromiseRecord, PromiseView},
};
use uuid::Uuid;

use super::{
    StoreError, Tx,
    boards::{Sight, seen},
    cards::{self, CardRow, Place, card_columns},
    on, rows,
};

/// When the clock of the idea `i` stopped, if it was answered at that moment: then, or when its author was asked something
/// and did not reply before.
macro_rules! stopped {
    ($at:literal) => {
        concat!("CASE WHEN i.paused_at < ", $at, " THEN i.paused_at ELSE ", $at, " END")
    };
}

/// The condition that the idea `i` stands and waits for an answer which was promised until before `$now`.
macro_rules! late {
    ($now:literal) => {
        concat!("i.away IS NULL AND i.answered_at IS NULL AND i.due_at < ", stopped!($now))
    };
}

/// The clock of an idea.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clock {
    /// Within how many days an answer was promised.
    pub days: u32,
    /// Since when it runs.
    pub clock_at: Millis,
    /// How long it stood still before.
    pub paused_ms: Millis,
    /// Since when it stands still now, if it does.
    pub paused_at: Option<Millis>,
}

/// The columns of a card that say until when an answer was promised.
#[derive(sqlx::FromRow)]
pub(super) struct ClockRow {
    due_at: Option<i64>,
    paused_at: Option<i64>,
}

impl ClockRow {
    /// The clock, while an answer is waited for.
    pub(super) fn view(&self, answered_at: Option<Millis>) -> Option<ClockView> {
        let due_at = self.due_at.filter(|_| answered_at.is_none())?;
        Some(ClockView { due_at, paused_at: self.paused_at })
    }
}

/// What a board promises, if anything.
///
/// # Errors
/// When the database fails.
pub async fn promise(tx: &mut Tx, board: BoardId) -> Result<Option<PromiseView>, StoreError> {
    let found: (Option<i64>, Option<i64>) = on!(tx, c => sqlx::query_as("SELECT promise_days, promised_at FROM board WHERE id = $1")
            .bind(board.0).fetch_one(c).await)?;
    promised(found.0, found.1)
}

/// What the board of an idea promises, if anything.
///
/// # Errors
/// When the database fails.
pub async fn promise_for(tx: &mut Tx, idea: IdeaId) -> Result<Option<PromiseView>, StoreError> {
    let found: (Option<i64>, Option<i64>) = on!(tx, c => sqlx::query_as(
        "SELECT b.promise_days, b.promised_at FROM board b JOIN idea i ON i.board_id = b.id WHERE i.id = $1",
    )
    .bind(idea.0)
    .fetch_one(c)
    .await)?;
    promised(found.0, found.1)
}

/// What a board promises, of its columns.
pub(super) fn promised(days: Option<i64>, since: Option<i64>) -> Result<Option<PromiseView>, StoreError> {
    let promise = days.zip(since).map(|(days, since)| Ok(PromiseView { days: rows::number(days)?, since }));
    promise.transpose()
}

/// Sets what a board promises.
///
/// # Errors
/// When the database fails.
pub async fn set_promise(tx: &mut Tx, board: BoardId, promise: Option<PromiseView>) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query("UPDATE board SET promise_days = $2, promised_at = $3 WHERE id = $1")
        .bind(board.0)
        .bind(promise.map(|promise| i64::from(promise.days)))
        .bind(promise.map(|promise| promise.since))
        .execute(c)
        .await
        .map(drop))?;
    Ok(())
}

#[derive(sqlx::FromRow)]
struct RunningRow {
    id: Uuid,
    promise_days: Option<i64>,
    clock_at: Option<i64>,
    paused_ms: i64,
    paused_at: Option<i64>,
}

impl RunningRow {
    fn clock(self) -> Result<Option<(IdeaId, Clock)>, StoreError> {
        let Self { id, promise_days, clock_at, paused_ms, paused_at } = self;
        let clock = promise_days.zip(clock_at).map(|(days, clock_at)| {
            Ok((IdeaId(id), Clock { days: rows::number(days)?, clock_at, paused_ms, paused_at }))
        });
        clock.transpose()
    }
}

#[derive(sqlx::FromRow)]
struct AnsweredRow {
    #[sqlx(flatten)]
    clock: RunningRow,
    answered_at: Option<i64>,
}

/// The clock of an idea, where an answer was promised, and when that came.
///
/// # Errors
/// When the database fails.
pub async fn of(tx: &mut Tx, idea: IdeaId) -> Result<Option<(Clock, Option<Millis>)>, StoreError> {
    let row: AnsweredRow = on!(tx, c => sqlx::query_as(
        "SELECT id, promise_days, clock_at, paused_ms, paused_at, answered_at FROM idea WHERE id = $1",
    )
    .bind(idea.0)
    .fetch_one(c)
    .await)?;
    Ok(row.clock.clock()?.map(|(_, clock)| (clock, row.answered_at)))
}

/// The clocks of all ideas that wait for an answer, on all boards.
///
/// # Errors
/// When the database fails.
pub async fn running(tx: &mut Tx) -> Result<Vec<(IdeaId, Clock)>, StoreError> {
    let rows: Vec<RunningRow> = on!(tx, c => sqlx::query_as(
        "SELECT id, promise_days, clock_at, paused_ms, paused_at FROM idea
         WHERE answered_at IS NULL AND due_at IS NOT NULL",
    )
    .fetch_all(c)
    .await)?;
    rows.into_iter().filter_map(|row| row.clock().transpose()).collect()
}

/// The ideas of a board that nobody answered, to which nobody promised an answer. Ideas that came from a file wait for none.
///
/// # Errors
/// When the database fails.
pub async fn without(tx: &mut Tx, board: BoardId) -> Result<Vec<IdeaId>, StoreError> {
    let rows: Vec<Uuid> = on!(tx, c => sqlx::query_scalar(
        "SELECT id FROM idea WHERE board_id = $1 AND answered_at IS NULL AND imported_at IS NULL AND due_at IS NULL",
    )
    .bind(board.0)
    .fetch_all(c)
    .await)?;
    Ok(rows.into_iter().map(IdeaId).collect())
}

/// Sets the clock of an idea, and until when it is answered in time: when half of that is over, and when all.
///
/// # Errors
/// When the database fails.
pub async fn set(tx: &mut Tx, idea: IdeaId, clock: &Clock, half_at: Millis, due_at: Millis) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "UPDATE idea SET promise_days = $2, clock_at = $3, paused_ms = $4, paused_at = $5, half_at = $6, due_at = $7
         WHERE id = $1",
    )
    .bind(idea.0)
    .bind(i64::from(clock.days))
    .bind(clock.clock_at)
    .bind(clock.paused_ms)
    .bind(clock.paused_at)
    .bind(half_at)
    .bind(due_at)
    .execute(c)
    .await
    .map(drop))?;
    Ok(())
}

/// Takes the clocks of the ideas of a board away that wait for an answer and are not late: a promise that was missed stays
/// missed.
///
/// # Errors
/// When the database fails.
pub async fn stop_all(tx: &mut Tx, board: BoardId, now: Millis) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(concat!(
        "UPDATE idea AS i SET promise_days = NULL, clock_at = NULL, half_at = NULL, due_at = NULL, half_told_at = NULL,
             late_told_at = NULL
         WHERE i.board_id = $1 AND i.answered_at IS NULL AND i.due_at >= ", stopped!("$2")
    ))
    .bind(board.0)
    .bind(now)
    .execute(c)
    .await
    .map(drop))?;
    Ok(())
}

/// Notes that a comment asks the author of an idea something.
///
/// # Errors
/// When the database fails.
pub async fn ask(tx: &mut Tx, comment: CommentId, idea: IdeaId, at: Millis) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query("INSERT INTO question (comment_id, idea_id, asked_at) VALUES ($1, $2, $3)")
        .bind(comment.0).bind(idea.0).bind(at).execute(c).await.map(drop))?;
    Ok(())
}

/// Settles what the author of an idea was asked, all of it or in one comment. Whether anything waited.
///
/// # Errors
/// When the database fails.
pub async fn settle(tx: &mut Tx, idea: IdeaId, comment: Option<CommentId>, at: Millis) -> Result<bool, StoreError> {
    Ok(on!(tx, c => sqlx::query(
        "UPDATE question SET settled_at = $3
         WHERE idea_id = $1 AND ($2 IS NULL OR comment_id = $2) AND settled_at IS NULL",
    )
    .bind(idea.0)
    .bind(comment.map(|comment| comment.0))
    .bind(at)
    .execute(c)
    .await
    .map(|done| done.rows_affected() > 0))?)
}

/// When the author of an idea was asked something, and until when that waited, in order.
///
/// # Errors
/// When the database fails.
pub async fn questions(tx: &mut Tx, idea: IdeaId) -> Result<Vec<(Millis, Option<Millis>)>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(
        "SELECT asked_at, settled_at FROM question WHERE idea_id = $1 ORDER BY asked_at, comment_id",
    )
    .bind(idea.0)
    .fetch_all(c)
    .await)?)
}

/// How a board kept its promises since a moment; nothing where it made none.
///
/// # Errors
/// When the database fails.
pub async fn record(
    tx: &mut Tx,
    board: BoardId,
    since: Millis,
    now: Millis,
) -> Result<Option<PromiseRecord>, StoreError> {
    let any: bool = on!(tx, c => sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM idea WHERE board_id = $1 AND due_at IS NOT NULL AND away IS NULL)",
    )
    .bind(board.0)
    .fetch_one(c)
    .await)?;
    if !any {
        return Ok(None);
    }
    let (kept, late, overdue): (i64, i64, i64) = on!(tx, c => sqlx::query_as(concat!(
        "SELECT count(CASE WHEN ", stopped!("i.answered_at"), " <= i.due_at THEN 1 END),
                count(CASE WHEN ", stopped!("i.answered_at"), " > i.due_at THEN 1 END),
                count(CASE WHEN ", late!("$3"), " THEN 1 END)
         FROM idea i WHERE i.board_id = $1 AND i.due_at IS NOT NULL AND i.away IS NULL
           AND (i.answered_at >= $2 OR i.answered_at IS NULL)"
    ))
    .bind(board.0)
    .bind(since)
    .bind(now)
    .fetch_one(c)
    .await)?;
    let median_wait: Option<i64> = on!(tx, c => sqlx::query_scalar(concat!(
        "SELECT ", stopped!("i.answered_at"), " - i.clock_at - i.paused_ms AS wait FROM idea i
         WHERE i.board_id = $1 AND i.due_at IS NOT NULL AND i.away IS NULL AND i.answered_at >= $2
         ORDER BY wait LIMIT 1 OFFSET $3"
    ))
    .bind(board.0)
    .bind(since)
    // Of an even number, the shorter of the two in the middle.
    .bind((kept + late - 1).max(0) / 2)
    .fetch_optional(c)
    .await)?;
    Ok(Some(PromiseRecord {
        kept: rows::number(kept)?,
        missed: rows::number(late + overdue)?,
        overdue: rows::number(overdue)?,
        median_wait,
    }))
}

/// How many ideas somebody sees are late.
///
/// # Errors
/// When the database fails.
pub async fn overdue(tx: &mut Tx, sight: &Sight, now: Millis) -> Result<u32, StoreError> {
    let count: i64 = on!(tx, c => sqlx::query_scalar(concat!(
        "SELECT count(*) FROM idea i JOIN board b ON b.id = i.board_id WHERE i.due_at < $4 AND ", late!("$4"), " AND ", seen!()
    ))
    .bind(&sight.audiences)
    .bind(&sight.as_member)
    .bind(sight.person)
    .bind(now)
    .fetch_one(c)
    .await)?;
    rows::number(count)
}

#[derive(sqlx::FromRow)]
struct WaitingRow {
    #[sqlx(flatten)]
    card: CardRow,
    key: i64,
}

/// Where ideas to which nobody promised an answer stand behind those that have one: so much later, in milliseconds.
const BEHIND: i64 = 1_000_000_000_000_000;

/// At most `limit` ideas that somebody sees and nobody answered, from after a place on: those to which an answer was
/// promised by when it is due, then the others, the longest waiting first. With `mine`, those that the person is named to
/// answer.
///
/// # Errors
/// When the database fails.
pub async fn waiting(
    tx: &mut Tx,
    sight: &Sight,
    mine: Option<PersonId>,
    from: Place,
    limit: u32,
) -> Result<Vec<(IdeaCard, Place)>, StoreError> {
    let rows: Vec<WaitingRow> = on!(tx, c => sqlx::query_as(concat!(
        "SELECT ", card_columns!("$3"), ", coalesce(i.due_at, i.created_at + $4) AS key
         FROM idea i JOIN board b ON b.id = i.board_id JOIN stage s ON s.id = i.stage_id JOIN person p ON p.id = i.author_id
         WHERE i.answered_at IS NULL AND i.away IS NULL AND ", seen!(), "
           AND (coalesce(i.due_at, i.created_at + $4), i.number) > ($5, $6)
           AND ($7 IS NULL OR EXISTS (SELECT 1 FROM answerer a WHERE a.board_id = i.board_id AND a.person_id = $7
                AND (a.tag_id IS NULL OR EXISTS (SELECT 1 FROM idea_tag o WHERE o.idea_id = i.id AND o.tag_id = a.tag_id))))
         ORDER BY key, i.number LIMIT $8"
    ))
    .bind(&sight.audiences)
    .bind(&sight.as_member)
    .bind(sight.person)
    .bind(BEHIND)
    .bind(from.key)
    .bind(i64::from(from.number))
    .bind(mine.map(|mine| mine.0))
    .bind(i64::from(limit))
    .fetch_all(c)
    .await)?;
    let (rows, keys): (Vec<_>, Vec<_>) = rows.into_iter().map(|row| (row.card, row.key)).unzip();
    let cards = cards::dressed(tx, rows).await?;
    let placed = |(card, key): (IdeaCard, i64)| {
        let place = Place { key, number: card.number };
        (card, place)
    };
    Ok(cards.into_iter().zip(keys).map(placed).collect())
}

/// What people are reminded of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reminder {
    /// That half of the time is over.
    Half,
    /// That all of it is.
    Late,
}

/// At most `limit` ideas of which nobody was reminded yet, with who proposed each.
///
/// # Errors
/// When the database fails.
pub async fn to_remind(
    tx: &mut Tx,
    what: Reminder,
    now: Millis,
    limit: u32,
) -> Result<Vec<(IdeaId, PersonId)>, StoreError> {
    let sql = match what {
        Reminder::Half => {
            "SELECT id, author_id FROM idea WHERE answered_at IS NULL AND away IS NULL AND half_told_at IS NULL
             AND half_at <= $1 AND paused_at IS NULL ORDER BY half_at LIMIT $2"
        }
        Reminder::Late => {
            "SELECT id, author_id FROM idea WHERE answered_at IS NULL AND away IS NULL AND late_told_at IS NULL
             AND due_at < $1 AND paused_at IS NULL ORDER BY due_at LIMIT $2"
        }
    };
    let rows: Vec<(Uuid, Uuid)> =
        on!(tx, c => sqlx::query_as(sql).bind(now).bind(i64::from(limit)).fetch_all(c).await)?;
    Ok(rows.into_iter().map(|(idea, author)| (IdeaId(idea), PersonId(author))).collect())
}

/// Notes that people were reminded of an idea; false where they were meanwhile.
///
/// # Errors
/// When the database fails.
pub async fn reminded(tx: &mut Tx, idea: IdeaId, what: Reminder, at: Millis) -> Result<bool, StoreError> {
    let sql = match what {
        Reminder::Half => "UPDATE idea SET half_told_at = $2 WHERE id = $1 AND half_told_at IS NULL",
        Reminder::Late => "UPDATE idea SET late_told_at = $2 WHERE id = $1 AND late_told_at IS NULL",
    };
    Ok(on!(tx, c => sqlx::query(sql)
        .bind(idea.0).bind(at).execute(c).await.map(|done| done.rows_affected() > 0))?)
}

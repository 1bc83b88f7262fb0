//! The time within which a board answers: the clocks of ideas, and who is told of them.
//!
//! What was promised for an idea stays so, whatever its board promises others later. A clock runs since the idea was
//! proposed, or since its board promised, if that is later; it stands still while the author was asked something.

pub mod due;

use jiff::tz::TimeZone;
use shared::{
    BoardId, CommentId, IdeaId, PersonId,
    api::{FieldCode, FieldProblem, IdeaCard, Millis, NoticeKind, PromiseRecord, PromiseView},
    limits,
    rules::{Act, may},
};

use self::due::Due;
use super::{
    Error,
    access::{self, Signed},
    fields, now,
};
use crate::store::{
    Db, StoreError, Tx, answerers,
    cards::Place,
    clocks::{self, Clock, Reminder},
    inbox::{self, Happening},
    workspace,
};

/// Over how long it is told how a board kept its promises.
const RECORD: Millis = 90 * 24 * 60 * 60 * 1000;
/// How many ideas people are reminded of in one transaction.
const BATCH: u32 = 100;

/// The time zone of a name that the world's clocks know; what is missing, too long or unknown is refused.
pub(super) fn zone(name: &str) -> Result<TimeZone, FieldProblem> {
    let name = fields::line(name, limits::TIME_ZONE)?;
    TimeZone::get(&name).map_err(|_| FieldProblem::new(FieldCode::Unknown, "is no time zone: `Europe/Paris`"))
}

/// The time zone in which the workspace counts its days.
async fn here(tx: &mut Tx) -> Result<TimeZone, StoreError> {
    let name = workspace::time_zone(tx).await?;
    zone(&name).map_err(|_| StoreError::Corrupt(format!("time zone `{name}`")))
}

/// How a board kept its promises lately; nothing where it made none.
pub(super) async fn record(tx: &mut Tx, board: BoardId) -> Result<Option<PromiseRecord>, StoreError> {
    let now = now();
    clocks::record(tx, board, now - RECORD, now).await
}

/// Lets the clock of an idea that was just proposed run, where its board promises an answer.
pub(super) async fn begin(tx: &mut Tx, idea: IdeaId, at: Millis) -> Result<(), StoreError> {
    if let Some(PromiseView { days, .. }) = clocks::promise_for(tx, idea).await? {
        let zone = here(tx).await?;
        run(tx, idea, Clock { days, clock_at: at, paused_ms: 0, paused_at: None }, &zone).await?;
    }
    Ok(())
}

/// Sets a clock, and until when it runs.
async fn run(tx: &mut Tx, idea: IdeaId, clock: Clock, zone: &TimeZone) -> Result<(), StoreError> {
    let until = due::due(clock.clock_at, clock.paused_ms, clock.days, zone);
    let Due { half_at, due_at } =
        until.ok_or_else(|| StoreError::Corrupt(format!("the clock of idea {idea} began at {}", clock.clock_at)))?;
    clocks::set(tx, idea, &clock, half_at, due_at).await
}

/// Lets the clock of an idea stand still, or run on, as the questions to its author ask for.
async fn wait(tx: &mut Tx, idea: IdeaId) -> Result<(), StoreError> {
    let Some((clock, answered_at)) = clocks::of(tx, idea).await? else { return Ok(()) };
    let questions = clocks::questions(tx, idea).await?;
    let (paused_ms, paused_at) = due::paused(&questions, clock.clock_at, answered_at);
    let zone = here(tx).await?;
    run(tx, idea, Clock { paused_ms, paused_at, ..clock }, &zone).await
}

/// Notes that a comment asks the author of an idea something: the clock stands still.
pub(crate) async fn ask(tx: &mut Tx, idea: IdeaId, comment: CommentId, at: Millis) -> Result<(), StoreError> {
    clocks::ask(tx, comment, idea, at).await?;
    wait(tx, idea).await
}

/// Notes that the author of an idea replied, or that what they were asked in a comment is no longer waited for: the clock
/// runs on.
pub(super) async fn settle(
    tx: &mut Tx,
    idea: IdeaId,
    comment: Option<CommentId>,
    at: Millis,
) -> Result<(), StoreError> {
    if clocks::settle(tx, idea, comment, at).await? { wait(tx, idea).await } else { Ok(()) }
}

/// Sets within how many days a board promises an answer, 0 for no promise. Ideas that wait without a promise get one from
/// now on; clocks that run keep the days that were promised. Where nothing is promised any more, clocks stop, but not those
/// of ideas whose time is over.
pub(super) async fn set(tx: &mut Tx, board: BoardId, days: u32, at: Millis) -> Result<(), Error> {
    if days > limits::PROMISE_DAYS {
        let message = format!("at most {}; 0 for no promise", limits::PROMISE_DAYS);
        let problem = FieldProblem::limited(FieldCode::Unknown, limits::PROMISE_DAYS, message);
        return Err(Error::field("promise_days", problem));
    }
    let before = clocks::promise(tx, board).await?;
    if before.map_or(0, |before| before.days) == days {
        return Ok(());
    }
    if days == 0 {
        clocks::set_promise(tx, board, None).await?;
        return Ok(clocks::stop_all(tx, board, at).await?);
    }
    let since = before.map_or(at, |before| before.since);
    clocks::set_promise(tx, board, Some(PromiseView { days, since })).await?;
    if before.is_none() {
        let zone = here(tx).await?;
        for idea in clocks::without(tx, board).await? {
            let questions = clocks::questions(tx, idea).await?;
            let (paused_ms, paused_at) = due::paused(&questions, at, None);
            run(tx, idea, Clock { days, clock_at: at, paused_ms, paused_at }, &zone).await?;
        }
    }
    Ok(())
}

/// Counts the days of all clocks that run in this time zone.
pub(super) async fn move_to(tx: &mut Tx, zone: &TimeZone) -> Result<(), StoreError> {
    for (idea, clock) in clocks::running(tx).await? {
        run(tx, idea, clock, zone).await?;
    }
    Ok(())
}

/// Calls those who answer the ideas of a board to one that stands there now, or got another tag. Nobody is called to an
/// idea twice.
pub(super) async fn call(tx: &mut Tx, idea: IdeaId, by: PersonId, at: Millis) -> Result<(), StoreError> {
    if answerers::any(tx, idea).await? { tell(tx, idea, NoticeKind::Assigned, by, at).await } else { Ok(()) }
}

async fn tell(tx: &mut Tx, idea: IdeaId, kind: NoticeKind, by: PersonId, at: Millis) -> Result<(), StoreError> {
    inbox::happen(tx, &Happening { idea, kind, by, stage: None, comment: None, words: "", at }).await
}

/// Reminds of some ideas for which half of the promised time, or all of it, is over. Whether there were any.
///
/// # Errors
/// When the database fails.
pub async fn remind(db: &Db, at: Millis) -> Result<bool, StoreError> {
    let mut tx = db.read().await?;
    let half = clocks::to_remind(&mut tx, Reminder::Half, at, BATCH).await?;
    let late = clocks::to_remind(&mut tx, Reminder::Late, at, BATCH).await?;
    drop(tx);
    if half.is_empty() && late.is_empty() {
        return Ok(false);
    }
    let mut tx = db.write().await?;
    for (ideas, what, kind) in
        [(half, Reminder::Half, NoticeKind::Halfway), (late, Reminder::Late, NoticeKind::Overdue)]
    {
        for (idea, author) in ideas {
            // Another node may have been first.
            if clocks::reminded(&mut tx, idea, what, at).await? {
                tell(&mut tx, idea, kind, author, at).await?;
            }
        }
    }
    tx.commit().await?;
    Ok(true)
}

/// Which of the ideas that wait for an answer somebody asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// All they see.
    Everybodys,
    /// Those they are named to answer.
    Mine,
}

/// At most `limit` ideas that nobody answered, from after a place on, each with its own: those to which an answer was
/// promised by when it is due, then the others, the longest waiting first.
///
/// # Errors
/// When the person may not.
pub async fn waiting(
    db: &Db,
    signed: &Signed,
    whose: Whose,
    from: Place,
    limit: u32,
) -> Result<Vec<(IdeaCard, Place)>, Error> {
    may(Act::Answer, Some(signed.role()))?;
    let mine = (whose == Whose::Mine).then_some(signed.person.id);
    let mut tx = db.read().await?;
    Ok(clocks::waiting(&mut tx, &access::sight(Some(&signed.person)), mine, from, limit).await?)
}

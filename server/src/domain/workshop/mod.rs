//! Workshops on the canvases of boards: their timers and dot votes.

mod timer;
mod votes;

use shared::{
    BoardId,
    api::{FieldProblem, PersonView, Workshop},
};

pub use self::{
    timer::{put_away, set_timer},
    votes::{begin, clear, end, end_due, set_dots},
};
use super::{
    Error,
    access::{self, Watcher},
    fields, now,
};
use crate::store::{Db, StoreError, Tx, boards::Board};

/// The shortest that a timer or a vote may be set for, in seconds.
const SHORTEST: u32 = 5;
/// The longest.
const LONGEST: u32 = 24 * 60 * 60;

/// What is set for so many seconds, or for how long it may be.
fn seconds(seconds: u32) -> Result<u32, FieldProblem> {
    fields::number(seconds, SHORTEST, LONGEST)
}

/// The workshop on a board's canvas. A vote that is over by its time is shown as it was until somebody ends it: see
/// [`end_due`].
///
/// # Errors
/// When the database fails.
pub async fn view(tx: &mut Tx, who: Option<&PersonView>, board: BoardId) -> Result<Workshop, StoreError> {
    let at = now();
    Ok(Workshop { now: at, timer: timer::view(tx, board).await?, vote: votes::current(tx, who, board).await? })
}

/// The workshop on the canvas of the board of this slug, as somebody sees it.
///
/// # Errors
/// When the board is unseen or unknown.
pub async fn show(db: &Db, watcher: Watcher<'_>, slug: &str) -> Result<Workshop, Error> {
    let mut tx = db.read().await?;
    let (Board { id, .. }, _) = access::canvas(&mut tx, watcher, slug).await?;
    Ok(view(&mut tx, watcher.who, id).await?)
}

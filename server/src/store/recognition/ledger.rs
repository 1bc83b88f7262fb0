//! The ledger as owners read it, and the budgets of boards.

use std::collections::HashMap;

use shared::{
    BoardId, FlagId, PersonId, RecognitionId,
    api::{BudgetView, FlagKind, FlagView, LedgerLine, LedgerTotals, Millis, RecognitionKind},
};
use uuid::Uuid;

use super::{
    super::{
        StoreError, Tx,
        boards::{Sight, seen},
        of_ids, on, rows,
    },
    read::{EntryRow, entries, entries_from},
};

/// Which entries are asked for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wish {
    /// Only those for this person, or by them.
    pub person: Option<PersonId>,
    /// Only those of this board.
    pub board: Option<BoardId>,
    /// Only those of this kind.
    pub kind: Option<RecognitionKind>,
    /// Only those that were flagged and nobody looked at.
    pub flagged: bool,
}

/// The condition of a [`Wish`] bound to `$4` to `$7`.
macro_rules! wished {
    () => {
        "($4 IS NULL OR r.person_id = $4 OR r.by_id = $4) AND ($5 IS NULL OR r.board_id = $5) AND ($6 IS NULL OR r.kind = $6)
         AND ($7 = 0 OR EXISTS (SELECT 1 FROM recognition_flag g WHERE g.entry_id = r.id AND g.dismissed_at IS NULL))"
    };
}

#[derive(sqlx::FromRow)]
struct LineRow {
    #[sqlx(flatten)]
    entry: EntryRow,
    revokes_id: Option<Uuid>,
}

/// At most `limit` entries, the last first, from before one on, as an owner sees them.
///
/// # Errors
/// When the database fails.
pub async fn page(
    tx: &mut Tx,
    sight: &Sight,
    wish: Wish,
    before: Uuid,
    limit: u32,
) -> Result<Vec<LedgerLine>, StoreError> {
    let found: Vec<LineRow> = on!(tx, c => sqlx::query_as(concat!(
        "SELECT r.revokes_id, ", entries!(), entries_from!(), " WHERE r.id < $8 AND ", wished!(), " ORDER BY r.id DESC LIMIT $9"
    ))
    .bind(&sight.audiences)
    .bind(&sight.as_member)
    .bind(sight.person)
    .bind(wish.person.map(|person| person.0))
    .bind(wish.board.map(|board| board.0))
    .bind(wish.kind.map(RecognitionKind::as_str))
    .bind(i64::from(wish.flagged))
    .bind(before)
    .bind(i64::from(limit))
    .fetch_all(c)
    .await)?;
    let mut lines = Vec::with_capacity(found.len());
    for LineRow { entry, revokes_id } in found {
        lines.push(LedgerLine { entry: entry.try_into()?, revokes: revokes_id.map(RecognitionId), flags: Vec::new() });
    }
    let mut flags = flags_of(tx, lines.iter().map(|line| line.entry.id.0).collect()).await?;
    for line in &mut lines {
        line.flags = flags.remove(&line.entry.id.0).unwrap_or_default();
    }
    Ok(lines)
}

#[derive(sqlx::FromRow)]
struct FlagRow {
    entry_id: Uuid,
    id: Uuid,
    kind: String,
    value: i64,
    usual: i64,
    dismissed_at: Option<i64>,
    words: Option<String>,
}

async fn flags_of(tx: &mut Tx, entries: Vec<Uuid>) -> Result<HashMap<Uuid, Vec<FlagView>>, StoreError> {
    let found: Vec<FlagRow> = of_ids!(
        tx,
        entries,
        "SELECT entry_id, id, kind, value, usual, dismissed_at, words FROM recognition_flag WHERE ",
        "entry_id",
        " ORDER BY created_at, id"
    );
    let mut flags: HashMap<Uuid, Vec<FlagView>> = HashMap::new();
    for row in found {
        let kind = FlagKind::parse(&row.kind);
        flags.entry(row.entry_id).or_default().push(FlagView {
            id: FlagId(row.id),
            kind: kind.ok_or_else(|| StoreError::Corrupt(format!("kind of flag `{}`", row.kind)))?,
            value: rows::number(row.value)?,
            usual: rows::number(row.usual)?,
            dismissed: row.dismissed_at.map(|_| row.words.unwrap_or_default()),
        });
    }
    Ok(flags)
}

/// The sums of all that is wished for.
///
/// # Errors
/// When the database fails.
pub async fn totals(tx: &mut Tx, sight: &Sight, wish: Wish) -> Result<LedgerTotals, StoreError> {
    let (entries, given, spent, taken, flags): (i64, i64, i64, i64, i64) = on!(tx, c => sqlx::query_as(concat!(
        "SELECT count(*),
                CAST(coalesce(sum(CASE WHEN r.kind = 'points' THEN r.points END), 0) AS BIGINT),
                CAST(coalesce(sum(CASE WHEN r.kind = 'claim' THEN -r.points END), 0) AS BIGINT),
                CAST(coalesce(sum(CASE WHEN r.kind = 'revocation' AND r.points < 0 THEN -r.points END), 0) AS BIGINT),
                CAST(coalesce(sum((SELECT count(*) FROM recognition_flag g WHERE g.entry_id = r.id AND g.dismissed_at IS NULL)), 0)
                    AS BIGINT)
         FROM recognition r WHERE $1 = $1 AND $2 = $2 AND $3 = $3 AND ", wished!()
    ))
    .bind(&sight.audiences)
    .bind(&sight.as_member)
    .bind(sight.person)
    .bind(wish.person.map(|person| person.0))
    .bind(wish.board.map(|board| board.0))
    .bind(wish.kind.map(RecognitionKind::as_str))
    .bind(i64::from(wish.flagged))
    .fetch_one(c)
    .await)?;
    Ok(LedgerTotals {
        entries: rows::number(entries)?,
        given: rows::number(given)?,
        spent: rows::number(spent)?,
        taken: rows::number(taken)?,
        flags: rows::number(flags)?,
    })
}

/// What each board may give in a month, and gave in the one that began then; by their titles.
///
/// # Errors
/// When the database fails.
pub async fn budgets(tx: &mut Tx, month: Millis) -> Result<Vec<BudgetView>, StoreError> {
    let found: Vec<(String, String, i64, i64)> = on!(tx, c => sqlx::query_as(
        "SELECT b.slug, b.title, b.points_per_month, coalesce(m.spent, 0) FROM board b
         LEFT JOIN recognition_month m ON m.board_id = b.id AND m.month_at = $1 ORDER BY b.title, b.id",
    )
    .bind(month)
    .fetch_all(c)
    .await)?;
    let view = |(board, board_title, monthly, spent)| {
        Ok(BudgetView { board, board_title, monthly: rows::number(monthly)?, spent: rows::number(spent)? })
    };
    found.into_iter().map(view).collect()
}

/// Sets what a board may give in a month.
///
/// # Errors
/// When the database fails.
pub async fn set_budget(tx: &mut Tx, board: BoardId, monthly: u32) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query("UPDATE board SET points_per_month = $2 WHERE id = $1")
        .bind(board.0).bind(i64::from(monthly)).execute(c).await.map(drop))?;
    Ok(())
}

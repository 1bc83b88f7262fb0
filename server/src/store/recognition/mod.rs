//! Recognition: the ledger of what was given, claimed and taken back, and what follows from it.
//!
//! The ledger is only ever added to; the database itself refuses anything else. What it adds up to stands beside it, in rows
//! that are locked by changing them: how many points somebody has, how many a board gave this month, how many of a perk
//! are left. Whoever changes several of them does so in that order, and people by their ids, so that no two wait for
//! each other.

pub mod badges;
pub mod choices;
pub mod desk;
pub mod flags;
mod given;
pub mod ledger;
pub mod perks;
pub mod read;
pub mod told;

pub(in crate::store) use given::{GivenRow, given, given_from};

use shared::{
    BadgeId, BoardId, IdeaId, PerkId, PersonId, RecognitionId,
    api::{Millis, RecognitionKind},
};
use uuid::Uuid;

use super::{StoreError, Tx, on, rows};

/// One request by which somebody gives, claims or takes back.
#[derive(Clone, Debug)]
pub struct Act {
    /// Its id.
    pub id: Uuid,
    /// Who.
    pub by: PersonId,
    /// What they know it by; nobody uses theirs twice.
    pub key: String,
    /// The digest of what was asked.
    pub request: Vec<u8>,
    /// When.
    pub at: Millis,
}

/// An entry to be added to the ledger.
#[derive(Clone, Copy, Debug)]
pub struct NewEntry<'a> {
    /// What it is.
    pub kind: RecognitionKind,
    /// For whom.
    pub person: PersonId,
    /// On which board; none where a perk is claimed.
    pub board: Option<BoardId>,
    /// For which idea.
    pub idea: Option<IdeaId>,
    /// Whether it is shown to none but the person, moderators and owners.
    pub private: bool,
    /// Points given; fewer than none where they are spent or taken back.
    pub points: i64,
    /// The badge.
    pub badge: Option<BadgeId>,
    /// The perk.
    pub perk: Option<PerkId>,
    /// Which entry no longer holds.
    pub revokes: Option<RecognitionId>,
    /// Why; nothing where somebody claims.
    pub words: &'a str,
}

/// An entry as it stands in the ledger, whoever may see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its id.
    pub id: RecognitionId,
    /// What it is.
    pub kind: RecognitionKind,
    /// For whom.
    pub person: PersonId,
    /// On which board.
    pub board: Option<BoardId>,
    /// For which idea.
    pub idea: Option<IdeaId>,
    /// Whether it is shown to none but the person, moderators and owners.
    pub private: bool,
    /// Points given, spent or taken back.
    pub points: i64,
    /// The badge.
    pub badge: Option<BadgeId>,
    /// The perk.
    pub perk: Option<PerkId>,
    /// When.
    pub at: Millis,
    /// Whether it no longer holds.
    pub revoked: bool,
}

/// What a person's key stood for before: the act and the digest of what was asked.
///
/// # Errors
/// When the database fails.
pub async fn recall(tx: &mut Tx, by: PersonId, key: &str) -> Result<Option<(Uuid, Vec<u8>)>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as("SELECT id, request FROM recognition_act WHERE by_id = $1 AND key = $2")
        .bind(by.0).bind(key).fetch_optional(c).await)?)
}

/// Begins an act.
///
/// # Errors
/// [`StoreError::Taken`] when the person's key came first with another request, or the same at the same time.
pub async fn begin(tx: &mut Tx, act: &Act) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "INSERT INTO recognition_act (id, by_id, key, request, created_at) VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(act.id)
    .bind(act.by.0)
    .bind(&act.key)
    .bind(&act.request)
    .bind(act.at)
    .execute(c)
    .await
    .map(drop))?;
    Ok(())
}

/// Adds an entry of an act to the ledger, with its words.
///
/// # Errors
/// [`StoreError::Taken`] when what it revokes was revoked before.
pub async fn add(tx: &mut Tx, act: &Act, entry: &NewEntry<'_>) -> Result<RecognitionId, StoreError> {
    let id = RecognitionId::new();
    on!(tx, c => sqlx::query(
        "INSERT INTO recognition (id, act_id, kind, person_id, by_id, board_id, idea_id, private, points, badge_id, perk_id,
             revokes_id, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
    )
    .bind(id.0)
    .bind(act.id)
    .bind(entry.kind.as_str())
    .bind(entry.person.0)
    .bind(act.by.0)
    .bind(entry.board.map(|board| board.0))
    .bind(entry.idea.map(|idea| idea.0))
    .bind(i64::from(entry.private))
    .bind(entry.points)
    .bind(entry.badge.map(|badge| badge.0))
    .bind(entry.perk.map(|perk| perk.0))
    .bind(entry.revokes.map(|revokes| revokes.0))
    .bind(act.at)
    .execute(c)
    .await
    .map(drop))?;
    if !entry.words.is_empty() {
        on!(tx, c => sqlx::query("INSERT INTO recognition_words (entry_id, words) VALUES ($1, $2)")
            .bind(id.0).bind(entry.words).execute(c).await.map(drop))?;
    }
    Ok(id)
}

#[derive(sqlx::FromRow)]
struct EntryRow {
    id: Uuid,
    kind: String,
    person_id: Uuid,
    board_id: Option<Uuid>,
    idea_id: Option<Uuid>,
    private: i64,
    points: i64,
    badge_id: Option<Uuid>,
    perk_id: Option<Uuid>,
    created_at: i64,
    revoked: bool,
}

pub(super) fn kind(word: &str) -> Result<RecognitionKind, StoreError> {
    RecognitionKind::parse(word).ok_or_else(|| StoreError::Corrupt(format!("kind of recognition `{word}`")))
}

/// An entry.
///
/// # Errors
/// When the database fails.
pub async fn one(tx: &mut Tx, id: RecognitionId) -> Result<Option<Entry>, StoreError> {
    let row: Option<EntryRow> = on!(tx, c => sqlx::query_as(
        "SELECT id, kind, person_id, board_id, idea_id, private, points, badge_id, perk_id, created_at,
                EXISTS (SELECT 1 FROM recognition v WHERE v.revokes_id = r.id) AS revoked
         FROM recognition r WHERE id = $1",
    )
    .bind(id.0)
    .fetch_optional(c)
    .await)?;
    row.map(|row| {
        Ok(Entry {
            id: RecognitionId(row.id),
            kind: kind(&row.kind)?,
            person: PersonId(row.person_id),
            board: row.board_id.map(BoardId),
            idea: row.idea_id.map(IdeaId),
            private: row.private != 0,
            points: row.points,
            badge: row.badge_id.map(BadgeId),
            perk: row.perk_id.map(PerkId),
            at: row.created_at,
            revoked: row.revoked,
        })
    })
    .transpose()
}

/// Whether something can be given to a person: they are here, and not suspended.
///
/// # Errors
/// When the database fails.
pub async fn takes(tx: &mut Tx, person: PersonId) -> Result<bool, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM person WHERE id = $1 AND suspended_at IS NULL AND unclaimed_at IS NULL)",
    )
    .bind(person.0)
    .fetch_one(c)
    .await)?)
}

/// The points a person has.
///
/// # Errors
/// When the database fails.
pub async fn points(tx: &mut Tx, person: PersonId) -> Result<u32, StoreError> {
    let points: Option<i64> = on!(tx, c => sqlx::query_scalar(
        "SELECT points FROM recognition_balance WHERE person_id = $1",
    )
    .bind(person.0)
    .fetch_optional(c)
    .await)?;
    rows::number(points.unwrap_or_default())
}

/// Adds to the points a person has, or takes from them; false, and nothing is changed, where they have not as many. Nobody else
/// changes them until this transaction ends.
///
/// # Errors
/// When the database fails.
pub async fn change_points(tx: &mut Tx, person: PersonId, by: i64) -> Result<bool, StoreError> {
    on!(tx, c => sqlx::query("INSERT INTO recognition_balance (person_id, points) VALUES ($1, 0) ON CONFLICT DO NOTHING")
        .bind(person.0).execute(c).await.map(drop))?;
    Ok(on!(tx, c => sqlx::query(
        "UPDATE recognition_balance SET points = points + $2 WHERE person_id = $1 AND points + $2 >= 0",
    )
    .bind(person.0)
    .bind(by)
    .execute(c)
    .await
    .map(|done| done.rows_affected() > 0))?)
}

/// How many points a board may give in a month, and how many it gave in the one that began then.
///
/// # Errors
/// When the database fails.
pub async fn budget(tx: &mut Tx, board: BoardId, month: Millis) -> Result<(u32, u32), StoreError> {
    let (monthly, spent): (i64, i64) = on!(tx, c => sqlx::query_as(
        "SELECT b.points_per_month, coalesce(m.spent, 0) FROM board b
         LEFT JOIN recognition_month m ON m.board_id = b.id AND m.month_at = $2 WHERE b.id = $1",
    )
    .bind(board.0)
    .bind(month)
    .fetch_one(c)
    .await)?;
    Ok((rows::number(monthly)?, rows::number(spent)?))
}

/// Takes points from what a board may still give in the month that began then; false, and nothing is changed, where that is
/// less. Nobody else takes any until this transaction ends.
///
/// # Errors
/// When the database fails.
pub async fn spend(tx: &mut Tx, board: BoardId, month: Millis, points: i64) -> Result<bool, StoreError> {
    on!(tx, c => sqlx::query(
        "INSERT INTO recognition_month (board_id, month_at, spent) VALUES ($1, $2, 0) ON CONFLICT DO NOTHING",
    )
    .bind(board.0)
    .bind(month)
    .execute(c)
    .await
    .map(drop))?;
    Ok(on!(tx, c => sqlx::query(
        "UPDATE recognition_month SET spent = spent + $3 WHERE board_id = $1 AND month_at = $2
           AND spent + $3 <= (SELECT points_per_month FROM board WHERE id = $1)",
    )
    .bind(board.0)
    .bind(month)
    .bind(points)
    .execute(c)
    .await
    .map(|done| done.rows_affected() > 0))?)
}

/// Gives points back to what a board may give in the month that began then.
///
/// # Errors
/// When the database fails.
pub async fn give_back(tx: &mut Tx, board: BoardId, month: Millis, points: i64) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query("UPDATE recognition_month SET spent = spent - $3 WHERE board_id = $1 AND month_at = $2")
        .bind(board.0).bind(month).bind(points).execute(c).await.map(drop))?;
    Ok(())
}

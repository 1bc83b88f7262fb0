//! Badges: what there is to give, and who has which.

use shared::{
    BadgeId, IdeaId, PersonId, RecognitionId,
    api::{BadgeHeld, BadgeView, Millis, WrittenBadge},
};

use super::{
    super::{
        StoreError, Tx,
        boards::{Sight, seen},
        on, rows,
    },
    given::AnyBadgeRow,
    read::standing,
};

/// The columns of an [`AnyBadgeRow`], of the badge `d`.
macro_rules! badge {
    () => {
        "d.id AS badge_id, d.icon AS badge_icon, d.name_fr AS badge_fr, d.name_en AS badge_en,
         d.meaning_fr AS badge_meaning_fr, d.meaning_en AS badge_meaning_en, d.retired_at AS badge_retired_at"
    };
}
pub(super) use badge;

/// Every badge, those first that are given still, in the order they were made.
///
/// # Errors
/// When the database fails.
pub async fn list(tx: &mut Tx) -> Result<Vec<BadgeView>, StoreError> {
    let found: Vec<AnyBadgeRow> = on!(tx, c => sqlx::query_as(concat!(
        "SELECT ", badge!(), " FROM badge d ORDER BY CASE WHEN d.retired_at IS NULL THEN 0 ELSE 1 END, d.created_at, d.id"
    ))
    .fetch_all(c)
    .await)?;
    let found: Result<Vec<_>, _> = found.into_iter().map(Option::<BadgeView>::try_from).collect();
    Ok(found?.into_iter().flatten().collect())
}

/// A badge.
///
/// # Errors
/// When the database fails.
pub async fn one(tx: &mut Tx, id: BadgeId) -> Result<Option<BadgeView>, StoreError> {
    let row: Option<AnyBadgeRow> = on!(tx, c => sqlx::query_as(concat!("SELECT ", badge!(), " FROM badge d WHERE d.id = $1"))
            .bind(id.0).fetch_optional(c).await)?;
    Ok(row.map(Option::<BadgeView>::try_from).transpose()?.flatten())
}

/// Makes a badge, or lets it be otherwise.
///
/// # Errors
/// When the database fails.
pub async fn set(tx: &mut Tx, id: BadgeId, badge: &WrittenBadge, at: Millis) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "INSERT INTO badge (id, icon, name_fr, name_en, meaning_fr, meaning_en, created_at, retired_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (id) DO UPDATE SET icon = excluded.icon, name_fr = excluded.name_fr, name_en = excluded.name_en,
             meaning_fr = excluded.meaning_fr, meaning_en = excluded.meaning_en,
             retired_at = CASE WHEN excluded.retired_at IS NULL THEN NULL ELSE coalesce(badge.retired_at, excluded.retired_at) END",
    )
    .bind(id.0)
    .bind(badge.icon.as_str())
    .bind(&badge.fr)
    .bind(&badge.en)
    .bind(&badge.meaning_fr)
    .bind(&badge.meaning_en)
    .bind(at)
    .bind(badge.retired.then_some(at))
    .execute(c)
    .await
    .map(drop))?;
    Ok(())
}

/// Whether a person has a badge for an idea, or for none.
///
/// # Errors
/// When the database fails.
pub async fn has(tx: &mut Tx, badge: BadgeId, person: PersonId, idea: Option<IdeaId>) -> Result<bool, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM badge_held WHERE badge_id = $1 AND person_id = $2
             AND (idea_id = $3 OR (idea_id IS NULL AND $3 IS NULL)))",
    )
    .bind(badge.0)
    .bind(person.0)
    .bind(idea.map(|idea| idea.0))
    .fetch_one(c)
    .await)?)
}

/// Gives a person a badge by an entry of the ledger.
///
/// # Errors
/// [`StoreError::Taken`] when they have it for this idea, or for none.
pub async fn hand(
    tx: &mut Tx,
    entry: RecognitionId,
    badge: BadgeId,
    person: PersonId,
    idea: Option<IdeaId>,
) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query("INSERT INTO badge_held (entry_id, badge_id, person_id, idea_id) VALUES ($1, $2, $3, $4)")
        .bind(entry.0)
        .bind(badge.0)
        .bind(person.0)
        .bind(idea.map(|idea| idea.0))
        .execute(c)
        .await
        .map(drop))?;
    Ok(())
}

/// Takes a badge back that was given by an entry.
///
/// # Errors
/// When the database fails.
pub async fn take(tx: &mut Tx, entry: RecognitionId) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query("DELETE FROM badge_held WHERE entry_id = $1").bind(entry.0).execute(c).await.map(drop))?;
    Ok(())
}

#[derive(sqlx::FromRow)]
struct HeldRow {
    #[sqlx(flatten)]
    badge: AnyBadgeRow,
    times: i64,
}

/// The badges that a person has and shows, as far as somebody sees what for; in the order they got them.
///
/// # Errors
/// When the database fails.
pub async fn of(tx: &mut Tx, sight: &Sight, person: PersonId) -> Result<Vec<BadgeHeld>, StoreError> {
    let found: Vec<HeldRow> = on!(tx, c => sqlx::query_as(concat!(
        "SELECT ", badge!(), ", t.times FROM (
             SELECT r.badge_id, count(*) AS times, min(r.created_at) AS first_at FROM recognition r
             JOIN board b ON b.id = r.board_id LEFT JOIN idea i ON i.id = r.idea_id
             WHERE r.person_id = $4 AND r.kind = 'badge' AND ", standing!(), " AND ", seen!(), " GROUP BY r.badge_id
         ) t JOIN badge d ON d.id = t.badge_id ORDER BY t.first_at, d.id"
    ))
    .bind(&sight.audiences)
    .bind(&sight.as_member)
    .bind(sight.person)
    .bind(person.0)
    .fetch_all(c)
    .await)?;
    let mut held = Vec::with_capacity(found.len());
    for row in found {
        if let Some(badge) = Option::<BadgeView>::try_from(row.badge)? {
            held.push(BadgeHeld { badge, times: rows::number(row.times)? });
        }
    }
    Ok(held)
}

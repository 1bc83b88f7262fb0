//! What somebody was given and was not shown yet.

use shared::{
    PersonId,
    api::{FreshView, GivenView, IdeaName, Millis},
};
use uuid::Uuid;

use super::{
    super::{
        StoreError, Tx,
        boards::{Sight, seen},
        cards, on, rows,
    },
    GivenRow, given, given_from,
};

/// Notes that an act is to be shown to a person.
///
/// # Errors
/// When the database fails.
pub async fn add(tx: &mut Tx, act: Uuid, person: PersonId, at: Millis) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "INSERT INTO recognition_told (act_id, person_id, created_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
    )
    .bind(act)
    .bind(person.0)
    .bind(at)
    .execute(c)
    .await
    .map(drop))?;
    Ok(())
}

/// Whether something is to be shown to a person.
///
/// # Errors
/// When the database fails.
pub async fn is_any(tx: &mut Tx, person: PersonId) -> Result<bool, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM recognition_told WHERE person_id = $1 AND seen_at IS NULL)",
    )
    .bind(person.0)
    .fetch_one(c)
    .await)?)
}

/// Notes that a person was shown what was given until a moment.
///
/// # Errors
/// When the database fails.
pub async fn see(tx: &mut Tx, person: PersonId, until: Millis, at: Millis) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "UPDATE recognition_told SET seen_at = $3 WHERE person_id = $1 AND created_at <= $2 AND seen_at IS NULL",
    )
    .bind(person.0)
    .bind(until)
    .bind(at)
    .execute(c)
    .await
    .map(drop))?;
    Ok(())
}

#[derive(sqlx::FromRow)]
struct FreshRow {
    created_at: Millis,
    #[sqlx(flatten)]
    by: rows::PersonRow,
    number: Option<i64>,
    title: Option<String>,
    words: String,
    #[sqlx(flatten)]
    given: GivenRow,
}

/// At most `limit` things that a person was given, or lost, and was not shown yet; the first first.
///
/// # Errors
/// When the database fails.
pub async fn fresh(tx: &mut Tx, sight: &Sight, limit: u32) -> Result<Vec<FreshView>, StoreError> {
    let found: Vec<FreshRow> = on!(tx, c => sqlx::query_as(concat!(
        "SELECT n.created_at, p.id AS person_id, p.handle, p.name, p.role, p.unclaimed_at IS NOT NULL AS unclaimed,
                CASE WHEN ", seen!(), " AND (i.away IS NULL OR i.away = 'merged' OR i.author_id = $3) THEN i.number END AS number,
                i.title, coalesce(w.words, '') AS words, ", given!("n"), "
         FROM recognition_told n JOIN recognition_act a ON a.id = n.act_id JOIN person p ON p.id = a.by_id
         JOIN recognition f ON f.id = (SELECT q.id FROM recognition q WHERE q.act_id = n.act_id AND q.person_id = n.person_id
             ORDER BY q.id LIMIT 1)
         LEFT JOIN board b ON b.id = f.board_id LEFT JOIN idea i ON i.id = f.idea_id
         LEFT JOIN recognition_words w ON w.entry_id = f.id", given_from!("n"),
        "WHERE n.person_id = $3 AND n.seen_at IS NULL ORDER BY n.created_at, n.act_id LIMIT $4"
    ))
    .bind(&sight.audiences)
    .bind(&sight.as_member)
    .bind(sight.person)
    .bind(i64::from(limit))
    .fetch_all(c)
    .await)?;
    let view = |row: FreshRow| {
        let idea = match (row.number, row.title) {
            (Some(number), Some(title)) => {
                Some(IdeaName { number: rows::number(number)?, slug: cards::address(&title), title })
            }
            _ => None,
        };
        let given = GivenView::try_from(row.given)?;
        Ok(FreshView { by: row.by.try_into()?, idea, given, words: row.words, at: row.created_at })
    };
    found.into_iter().map(view).collect()
}

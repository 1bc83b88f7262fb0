//! When those who support an idea last looked at it, and what came since.

use shared::{
    IdeaId, PersonId,
    api::{Millis, PersonView},
};

use super::{StoreError, Tx, on, rows};

#[derive(sqlx::FromRow)]
struct WriterRow {
    writers: i64,
    #[sqlx(flatten)]
    person: rows::PersonRow,
}

/// Who wrote in its concept, whoever did last first, `most` at most, and how many did.
///
/// # Errors
/// When the database fails.
pub async fn writers(
    tx: &mut Tx,
    idea: IdeaId,
    (since, but): (Millis, PersonId),
    most: u32,
) -> Result<(Vec<PersonView>, u32), StoreError> {
    let rows: Vec<WriterRow> = on!(tx, c => sqlx::query_as(
        "SELECT h.person_id, p.handle, p.name, p.role, p.unclaimed_at IS NOT NULL AS unclaimed,
                count(*) OVER () AS writers
         FROM shaper h JOIN person p ON p.id = h.person_id
         WHERE h.idea_id = $1 AND h.last_at > $2 AND h.person_id <> $3 ORDER BY h.last_at DESC, h.person_id LIMIT $4",
    )
    .bind(idea.0)
    .bind(since)
    .bind(but.0)
    .bind(i64::from(most))
    .fetch_all(c)
    .await)?;
    let all = rows.first().map_or(Ok(0), |row| rows::number(row.writers))?;
    let people = rows.into_iter().map(|row| row.person.try_into()).collect::<Result<_, _>>()?;
    Ok((people, all))
}

/// How many comments were made that everyone sees who sees the idea, and how many votes for it given that stand.
///
/// # Errors
/// When the database fails.
pub async fn counts(tx: &mut Tx, idea: IdeaId, (since, but): (Millis, PersonId)) -> Result<(u32, u32), StoreError> {
    let (comments, votes): (i64, i64) = on!(tx, c => sqlx::query_as(
        "SELECT (SELECT count(*) FROM comment WHERE idea_id = $1 AND created_at > $2 AND author_id <> $3
                 AND kind = 'comment' AND deleted_at IS NULL AND away IS NULL),
                (SELECT count(*) FROM vote WHERE idea_id = $1 AND created_at > $2 AND person_id <> $3)",
    )
    .bind(idea.0)
    .bind(since)
    .bind(but.0)
    .fetch_one(c)
    .await)?;
    Ok((rows::number(comments)?, rows::number(votes)?))
}

/// What is known of somebody's support for an idea.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Support {
    /// When they voted for it, and the place in the concept's log that they saw.
    pub voted_at: Option<Millis>,
    /// As above.
    pub voted_seq: Option<i64>,
    /// Since when they follow it.
    pub followed_at: Option<Millis>,
    /// When they looked at it last.
    pub seen_at: Option<Millis>,
    /// The place in the log that they saw then.
    pub seen_seq: Option<i64>,
    /// When they did on the visit before.
    pub before_at: Option<Millis>,
    /// The place that they saw then.
    pub before_seq: Option<i64>,
    /// The place that the idea reflects now.
    pub seq: i64,
}

impl Support {
    /// Whether they support it now.
    #[must_use]
    pub fn stands(&self) -> bool {
        self.voted_at.is_some() || self.followed_at.is_some()
    }
}

/// What is known of somebody's support for an idea.
///
/// # Errors
/// When the database fails.
pub async fn support(tx: &mut Tx, idea: IdeaId, person: PersonId) -> Result<Support, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(
        "SELECT v.created_at AS voted_at, v.concept_seq AS voted_seq, f.created_at AS followed_at,
                s.seen_at, s.seen_seq, s.before_at, s.before_seq, i.concept_seq AS seq
         FROM idea i
         LEFT JOIN vote v ON v.idea_id = i.id AND v.person_id = $2
         LEFT JOIN follow f ON f.idea_id = i.id AND f.person_id = $2 AND f.muted_at IS NULL
         LEFT JOIN visit s ON s.idea_id = i.id AND s.person_id = $2
         WHERE i.id = $1",
    )
    .bind(idea.0)
    .bind(person.0)
    .fetch_one(c)
    .await)?)
}

/// Notes that somebody looks at an idea, whose concept is at `seq`. Who was away for `pause` begins another visit.
///
/// # Errors
/// When the database fails.
pub async fn see(
    tx: &mut Tx,
    idea: IdeaId,
    person: PersonId,
    (at, seq): (Millis, i64),
    pause: Millis,
) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "INSERT INTO visit (idea_id, person_id, seen_at, seen_seq) VALUES ($1, $2, $3, $4)
         ON CONFLICT (idea_id, person_id) DO UPDATE SET
             before_at = CASE WHEN excluded.seen_at - visit.seen_at >= $5 THEN visit.seen_at ELSE visit.before_at END,
             before_seq = CASE WHEN excluded.seen_at - visit.seen_at >= $5 THEN visit.seen_seq ELSE visit.before_seq END,
             seen_at = excluded.seen_at, seen_seq = excluded.seen_seq
         WHERE excluded.seen_at >= visit.seen_at",
    )
    .bind(idea.0)
    .bind(person.0)
    .bind(at)
    .bind(seq)
    .bind(pause)
    .execute(c)
    .await
    .map(drop))?;
    Ok(())
}

/// Forgets when somebody looked at an idea.
///
/// # Errors
/// When the database fails.
pub async fn forget(tx: &mut Tx, idea: IdeaId, person: PersonId) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query("DELETE FROM visit WHERE idea_id = $1 AND person_id = $2")
        .bind(idea.0).bind(person.0).execute(c).await.map(drop))?;
    Ok(())
}

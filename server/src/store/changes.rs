//! What those who voted for an idea saw of its concept, and of which changes they are told.

use shared::{DocumentId, IdeaId, PersonId, api::Millis};
use uuid::Uuid;

use super::{StoreError, Tx, on};

/// An idea whose concept changed and has rested since.
#[derive(Clone, Copy, Debug)]
pub struct Unjudged {
    /// The idea.
    pub idea: IdeaId,
    /// The document of its concept.
    pub document: DocumentId,
    /// The place in the log that its texts reflect.
    pub seq: i64,
    /// Who changed it last.
    pub by: PersonId,
}

/// At most `limit` ideas whose concepts changed since they were last compared with what their voters saw, and have
/// rested since `before`.
///
/// # Errors
/// When the database fails.
pub async fn unjudged(tx: &mut Tx, before: Millis, limit: u32) -> Result<Vec<Unjudged>, StoreError> {
    let rows: Vec<(Uuid, Uuid, i64, Uuid)> = on!(tx, c => sqlx::query_as(
        "SELECT i.id, i.document_id, i.concept_seq,
                coalesce((SELECT h.person_id FROM shaper h WHERE h.idea_id = i.id ORDER BY h.last_at DESC LIMIT 1),
                         i.author_id)
         FROM idea i WHERE i.judged_seq < i.concept_seq AND i.updated_at < $1 AND i.away IS NULL
         ORDER BY i.updated_at LIMIT $2",
    )
    .bind(before)
    .bind(i64::from(limit))
    .fetch_all(c)
    .await)?;
    let of = |(idea, document, seq, by)| Unjudged {
        idea: IdeaId(idea),
        document: DocumentId::from_uuid(document),
        seq,
        by: PersonId(by),
    };
    Ok(rows.into_iter().map(of).collect())
}

/// The places of its log at which those who voted for an idea last saw its concept, or were told of it, before `seq`.
///
/// # Errors
/// When the database fails.
pub async fn places(tx: &mut Tx, idea: IdeaId, seq: i64) -> Result<Vec<i64>, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT place FROM (
             SELECT CASE WHEN told_seq > concept_seq THEN told_seq ELSE concept_seq END AS place
             FROM vote WHERE idea_id = $1
         ) AS seen WHERE place < $2 GROUP BY place ORDER BY place",
    )
    .bind(idea.0)
    .bind(seq)
    .fetch_all(c)
    .await)?)
}

/// Notes that the concept was compared up to `seq`. False when somebody else was faster.
///
/// # Errors
/// When the database fails.
pub async fn judged(tx: &mut Tx, idea: IdeaId, seq: i64) -> Result<bool, StoreError> {
    Ok(on!(tx, c => sqlx::query("UPDATE idea SET judged_seq = $2 WHERE id = $1 AND judged_seq < $2")
        .bind(idea.0)
        .bind(seq)
        .execute(c)
        .await
        .map(|done| done.rows_affected() > 0))?)
}

/// Notes that those who last saw the concept from `from` up to before `to` are told what it is at `seq`, and says whether
/// there are any.
///
/// # Errors
/// When the database fails.
pub async fn tell(tx: &mut Tx, idea: IdeaId, (from, to): (i64, i64), seq: i64) -> Result<bool, StoreError> {
    Ok(on!(tx, c => sqlx::query(
        "UPDATE vote SET told_seq = $4 WHERE idea_id = $1
         AND CASE WHEN told_seq > concept_seq THEN told_seq ELSE concept_seq END >= $2
         AND CASE WHEN told_seq > concept_seq THEN told_seq ELSE concept_seq END < $3",
    )
    .bind(idea.0)
    .bind(from)
    .bind(to)
    .bind(seq)
    .execute(c)
    .await
    .map(|done| done.rows_affected() > 0))?)
}

/// What somebody saw of the concept they voted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Seen {
    /// When they voted.
    pub created_at: Millis,
    /// The place of its log that they saw.
    pub concept_seq: i64,
    /// The place of which they were told that it had become another.
    pub told_seq: i64,
}

/// What somebody saw of the concept they voted for; nothing where they did not.
///
/// # Errors
/// When the database fails.
pub async fn seen(tx: &mut Tx, idea: IdeaId, person: PersonId) -> Result<Option<Seen>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(
        "SELECT created_at, concept_seq, told_seq FROM vote WHERE idea_id = $1 AND person_id = $2",
    )
    .bind(idea.0)
    .bind(person.0)
    .fetch_optional(c)
    .await)?)
}

/// Notes that somebody keeps their vote for what the concept is at `upto`, or at its end if that comes first. False where
/// there is no vote.
///
/// # Errors
/// When the database fails.
pub async fn keep(tx: &mut Tx, idea: IdeaId, person: PersonId, upto: i64) -> Result<bool, StoreError> {
    Ok(on!(tx, c => sqlx::query(
        "UPDATE vote SET concept_seq = (
             SELECT CASE WHEN i.concept_seq < $3 THEN i.concept_seq
                    WHEN $3 < vote.concept_seq THEN vote.concept_seq ELSE $3 END
             FROM idea i WHERE i.id = vote.idea_id
         ) WHERE idea_id = $1 AND person_id = $2",
    )
    .bind(idea.0)
    .bind(person.0)
    .bind(upto)
    .execute(c)
    .await
    .map(|done| done.rows_affected() > 0))?)
}

//! Dot votes. While one is on, nothing here tells more than what one person set and how many people did.

use std::collections::HashMap;

use shared::{
    BoardId, DotVoteId, PersonId,
    api::{DotResult, Dots, Millis, PersonView},
};
use uuid::Uuid;

use super::{StoreError, Tx, on, rows};

/// A dot vote, without what was set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DotVote {
    /// Its id.
    pub id: DotVoteId,
    /// What is asked.
    pub question: String,
    /// How many dots each person has.
    pub dots: u32,
    /// Whether nobody may set more than one on one thing.
    pub one_each: bool,
    /// Whether nobody learns who set which.
    pub anonymous: bool,
    /// Who began it.
    pub by: PersonView,
    /// Since when.
    pub started_at: Millis,
    /// When it ends by itself.
    pub ends_at: Option<Millis>,
    /// When it ended.
    pub ended_at: Option<Millis>,
    /// How many people set dots, since it ended.
    pub voters: Option<u32>,
}

impl DotVote {
    /// Whether dots can be set, at this moment.
    #[must_use]
    pub fn is_on(&self, at: Millis) -> bool {
        self.ended_at.is_none() && self.ends_at.is_none_or(|end| end > at)
    }
}

#[derive(sqlx::FromRow)]
struct VoteRow {
    id: Uuid,
    question: String,
    dots: i64,
    one_each: i64,
    anonymous: i64,
    started_at: Millis,
    ends_at: Option<Millis>,
    ended_at: Option<Millis>,
    voters: Option<i64>,
    #[sqlx(flatten)]
    by: rows::PersonRow,
}

impl TryFrom<VoteRow> for DotVote {
    type Error = StoreError;

    fn try_from(row: VoteRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: DotVoteId(row.id),
            question: row.question,
            dots: rows::number(row.dots)?,
            one_each: row.one_each != 0,
            anonymous: row.anonymous != 0,
            by: row.by.try_into()?,
            started_at: row.started_at,
            ends_at: row.ends_at,
            ended_at: row.ended_at,
            voters: row.voters.map(rows::number).transpose()?,
        })
    }
}

macro_rules! votes {
    ($rest:literal) => {
        concat!(
            "SELECT v.id, v.question, v.dots, v.one_each, v.anonymous, v.started_at, v.ends_at, v.ended_at, v.voters,
             p.id AS person_id, p.handle, p.name, p.role, p.unclaimed_at IS NOT NULL AS unclaimed
             FROM dot_vote v JOIN person p ON p.id = v.person_id WHERE v.cleared_at IS NULL AND v.board_id = $1",
            $rest
        )
    };
}

/// The dot vote of a board that is on, or else the last one that ended and was not put away.
///
/// # Errors
/// When the database fails.
pub async fn current(tx: &mut Tx, board: BoardId) -> Result<Option<DotVote>, StoreError> {
    let row: Option<VoteRow> = on!(tx, c => sqlx::query_as(votes!(
        " ORDER BY CASE WHEN v.ended_at IS NULL THEN 0 ELSE 1 END, v.started_at DESC, v.id DESC LIMIT 1"
    ))
    .bind(board.0)
    .fetch_optional(c)
    .await)?;
    row.map(DotVote::try_from).transpose()
}

/// A dot vote of a board that was not put away.
///
/// # Errors
/// When the database fails.
pub async fn one(tx: &mut Tx, board: BoardId, id: DotVoteId) -> Result<Option<DotVote>, StoreError> {
    let row: Option<VoteRow> = on!(tx, c => sqlx::query_as(votes!(" AND v.id = $2"))
        .bind(board.0).bind(id.0).fetch_optional(c).await)?;
    row.map(DotVote::try_from).transpose()
}

/// Begins a dot vote; what others left is put away.
///
/// # Errors
/// [`StoreError::Taken`] when one is on.
pub async fn insert(tx: &mut Tx, board: BoardId, vote: &DotVote) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "UPDATE dot_vote SET cleared_at = $2 WHERE board_id = $1 AND ended_at IS NOT NULL AND cleared_at IS NULL",
    )
    .bind(board.0)
    .bind(vote.started_at)
    .execute(c)
    .await
    .map(drop))?;
    on!(tx, c => sqlx::query(
        "INSERT INTO dot_vote (id, board_id, question, dots, one_each, anonymous, person_id, started_at, ends_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(vote.id.0)
    .bind(board.0)
    .bind(&vote.question)
    .bind(i64::from(vote.dots))
    .bind(i64::from(vote.one_each))
    .bind(i64::from(vote.anonymous))
    .bind(vote.by.id.0)
    .bind(vote.started_at)
    .bind(vote.ends_at)
    .execute(c)
    .await
    .map(drop))?;
    Ok(())
}

/// Ends a dot vote that is on: from now on there are its sums, and of an anonymous one nothing else. False when it had
/// ended.
///
/// # Errors
/// When the database fails.
pub async fn end(tx: &mut Tx, vote: &DotVote, at: Millis) -> Result<bool, StoreError> {
    let ended = on!(tx, c => sqlx::query(
        "UPDATE dot_vote SET ended_at = $2, voters = (SELECT count(DISTINCT person_id) FROM dot WHERE vote_id = $1)
         WHERE id = $1 AND ended_at IS NULL",
    )
    .bind(vote.id.0)
    .bind(at)
    .execute(c)
    .await
    .map(|done| done.rows_affected() > 0))?;
    if !ended {
        return Ok(false);
    }
    // In the order of the things, which says nothing of who came when.
    on!(tx, c => sqlx::query(
        "INSERT INTO dot_sum (vote_id, item, dots) SELECT vote_id, item, CAST(sum(dots) AS BIGINT) FROM dot
         WHERE vote_id = $1 GROUP BY vote_id, item ORDER BY item",
    )
    .bind(vote.id.0)
    .execute(c)
    .await
    .map(drop))?;
    if vote.anonymous {
        on!(tx, c => sqlx::query("DELETE FROM dot WHERE vote_id = $1").bind(vote.id.0).execute(c).await.map(drop))?;
    }
    Ok(true)
}

/// Puts a dot vote that ended away.
///
/// # Errors
/// When the database fails.
pub async fn clear(tx: &mut Tx, id: DotVoteId, at: Millis) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query("UPDATE dot_vote SET cleared_at = $2 WHERE id = $1")
        .bind(id.0).bind(at).execute(c).await.map(drop))?;
    Ok(())
}

/// The boards on which a dot vote is to end by itself by now, with the words in their addresses.
///
/// # Errors
/// When the database fails.
pub async fn due(tx: &mut Tx, at: Millis) -> Result<Vec<(BoardId, String)>, StoreError> {
    let rows: Vec<(Uuid, String)> = on!(tx, c => sqlx::query_as(
        "SELECT b.id, b.slug FROM dot_vote v JOIN board b ON b.id = v.board_id
         WHERE v.ended_at IS NULL AND v.ends_at <= $1",
    )
    .bind(at)
    .fetch_all(c)
    .await)?;
    Ok(rows.into_iter().map(|(board, slug)| (BoardId(board), slug)).collect())
}

/// The dots that a person set.
///
/// # Errors
/// When the database fails.
pub async fn of_person(tx: &mut Tx, id: DotVoteId, person: PersonId) -> Result<Vec<Dots>, StoreError> {
    let rows: Vec<(String, i64)> = on!(tx, c => sqlx::query_as(
        "SELECT item, dots FROM dot WHERE vote_id = $1 AND person_id = $2 ORDER BY item",
    )
    .bind(id.0)
    .bind(person.0)
    .fetch_all(c)
    .await)?;
    rows.into_iter().map(|(item, dots)| Ok(Dots { item, dots: rows::number(dots)? })).collect()
}

/// How many people have dots set just now.
///
/// # Errors
/// When the database fails.
pub async fn voters(tx: &mut Tx, id: DotVoteId) -> Result<u32, StoreError> {
    let count: i64 = on!(tx, c => sqlx::query_scalar("SELECT count(DISTINCT person_id) FROM dot WHERE vote_id = $1")
        .bind(id.0).fetch_one(c).await)?;
    rows::number(count)
}

/// Sets how many of a person's dots lie on a thing.
///
/// # Errors
/// When the database fails.
pub async fn set(tx: &mut Tx, id: DotVoteId, person: PersonId, dots: &Dots) -> Result<(), StoreError> {
    let sql = if dots.dots > 0 {
        "INSERT INTO dot (vote_id, person_id, item, dots) VALUES ($1, $2, $3, $4)
         ON CONFLICT (vote_id, person_id, item) DO UPDATE SET dots = excluded.dots"
    } else {
        "DELETE FROM dot WHERE vote_id = $1 AND person_id = $2 AND item = $3 AND $4 = 0"
    };
    on!(tx, c => sqlx::query(sql)
        .bind(id.0)
        .bind(person.0)
        .bind(&dots.item)
        .bind(i64::from(dots.dots))
        .execute(c)
        .await
        .map(drop))?;
    Ok(())
}

#[derive(sqlx::FromRow)]
struct VoterRow {
    item: String,
    #[sqlx(flatten)]
    person: rows::PersonRow,
}

/// What came of a dot vote that ended, the most dots first. Of an anonymous one nobody is known.
///
/// # Errors
/// When the database fails.
pub async fn results(tx: &mut Tx, id: DotVoteId) -> Result<Vec<DotResult>, StoreError> {
    let sums: Vec<(String, i64)> = on!(tx, c => sqlx::query_as(
        "SELECT item, dots FROM dot_sum WHERE vote_id = $1 ORDER BY dots DESC, item",
    )
    .bind(id.0)
    .fetch_all(c)
    .await)?;
    let voters: Vec<VoterRow> = on!(tx, c => sqlx::query_as(
        "SELECT d.item, p.id AS person_id, p.handle, p.name, p.role, p.unclaimed_at IS NOT NULL AS unclaimed
         FROM dot d JOIN person p ON p.id = d.person_id JOIN dot_vote v ON v.id = d.vote_id
         WHERE d.vote_id = $1 AND v.anonymous = 0 AND v.ended_at IS NOT NULL ORDER BY d.dots DESC, p.name, p.id",
    )
    .bind(id.0)
    .fetch_all(c)
    .await)?;
    let mut people: HashMap<String, Vec<PersonView>> = HashMap::new();
    for row in voters {
        people.entry(row.item).or_default().push(row.person.try_into()?);
    }
    sums.into_iter()
        .map(|(item, dots)| {
            let people = people.remove(&item).unwrap_or_default();
            Ok(DotResult { dots: rows::number(dots)?, people, item })
        })
        .collect()
}

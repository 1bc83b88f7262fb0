//! Merging an idea, the twin, into another, and taking that back: see `docs/merging.md`.
//!
//! The twin's votes, follows and co-authors stay where they are and are copied to the target, each copy with the merge
//! it came by; the comments move, since each has one place. So undoing takes the copies away and the comments back, and
//! what people set on the target themselves stays.

use shared::{
    IdeaId, MergeId, PersonId,
    api::{IdeaName, MergedIdea, Millis},
};
use uuid::Uuid;

use super::{StoreError, Tx, cards, credit, heat, news, on, rows, standing};

/// A merge.
#[derive(Clone, Copy, Debug)]
pub struct Merge {
    /// Its id.
    pub id: MergeId,
    /// The idea that lives on in the other.
    pub twin: IdeaId,
    /// The other.
    pub target: IdeaId,
}

#[derive(sqlx::FromRow)]
struct MergeRow {
    id: Uuid,
    twin_id: Uuid,
    target_id: Uuid,
}

impl From<MergeRow> for Merge {
    fn from(row: MergeRow) -> Self {
        Self { id: MergeId(row.id), twin: IdeaId(row.twin_id), target: IdeaId(row.target_id) }
    }
}

/// Runs a statement that binds the merge, its twin and its target as `$1, $2, $3`.
async fn run(tx: &mut Tx, merge: &Merge, sql: &'static str) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(sql)
        .bind(merge.id.0).bind(merge.twin.0).bind(merge.target.0).execute(c).await.map(drop))?;
    Ok(())
}

/// Merges the twin into the target. Both stand, and their rows are this transaction's: see [`super::ideas::lock`].
///
/// # Errors
/// When the database fails.
pub async fn merge(tx: &mut Tx, merge: &Merge, by: PersonId, reason: &str, at: Millis) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "INSERT INTO merge (id, twin_id, target_id, person_id, reason, created_at, votes_before, answers)
         SELECT $1, t.id, o.id, $4, $5, $6, t.votes_before,
                CASE WHEN o.answered_at IS NULL AND EXISTS (
                    SELECT 1 FROM comment c
                    WHERE c.idea_id = t.id AND c.kind = 'answer' AND c.deleted_at IS NULL AND c.away IS NULL
                ) THEN 1 ELSE 0 END
         FROM idea t, idea o WHERE t.id = $2 AND o.id = $3",
    )
    .bind(merge.id.0)
    .bind(merge.twin.0)
    .bind(merge.target.0)
    .bind(by.0)
    .bind(reason)
    .bind(at)
    .execute(c)
    .await
    .map(drop))?;
    carry_marks(tx, merge).await?;
    for sql in [
        "INSERT INTO merge_comment (merge_id, comment_id) SELECT $1, id FROM comment WHERE idea_id = $2",
        "UPDATE comment SET idea_id = $3 WHERE idea_id = $2",
        "INSERT INTO merge_shaper (merge_id, person_id, changes, last_at)
         SELECT $1, person_id, changes, last_at FROM shaper WHERE idea_id = $2",
        "INSERT INTO shaper (idea_id, person_id, changes, last_at)
         SELECT $3, person_id, changes, last_at FROM merge_shaper WHERE merge_id = $1
         ON CONFLICT (idea_id, person_id) DO UPDATE SET changes = shaper.changes + excluded.changes",
        "UPDATE idea SET votes_before = votes_before + (SELECT votes_before FROM merge WHERE id = $1)
         WHERE id = $3",
        "UPDATE idea SET away = 'merged' WHERE id = $2",
    ] {
        run(tx, merge, sql).await?;
    }
    credit::forget(tx, merge.target).await?;
    if brings_answers(tx, merge).await? {
        standing::answered(tx, merge.target).await?;
    }
    count(tx, merge).await
}

/// Copies what people said they want, follow and write together to the target, where they said nothing there themselves.
async fn carry_marks(tx: &mut Tx, merge: &Merge) -> Result<(), StoreError> {
    for sql in [
        "INSERT INTO vote (idea_id, person_id, created_at, concept_seq, merge_id)
         SELECT o.id, v.person_id, v.created_at, o.concept_seq, $1 FROM vote v, idea o
         WHERE v.idea_id = $2 AND o.id = $3 ON CONFLICT DO NOTHING",
        "INSERT INTO follow (idea_id, person_id, muted_at, created_at, merge_id)
         SELECT $3, person_id, muted_at, created_at, $1 FROM follow WHERE idea_id = $2 ON CONFLICT DO NOTHING",
        "INSERT INTO coauthor (idea_id, person_id, created_at, merge_id)
         SELECT $3, person_id, created_at, $1 FROM coauthor WHERE idea_id = $2 ON CONFLICT DO NOTHING",
    ] {
        run(tx, merge, sql).await?;
    }
    Ok(())
}

/// Undoes a merge. The target stands, and the rows of both ideas are this transaction's.
///
/// # Errors
/// When the database fails.
pub async fn undo(tx: &mut Tx, merge: &Merge, by: PersonId, at: Millis) -> Result<(), StoreError> {
    let brought_answers = brings_answers(tx, merge).await?;
    let lost_an_answer: bool = on!(tx, c => sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM merge_comment g JOIN comment c ON c.id = g.comment_id
         JOIN merge m ON m.id = g.merge_id
         WHERE m.id = $1 AND c.kind = 'answer' AND (c.deleted_at > m.created_at OR c.away IS NOT NULL))",
    )
    .bind(merge.id.0)
    .fetch_one(c)
    .await)?;
    on!(tx, c => sqlx::query("UPDATE merge SET undone_at = $2, undone_by = $3 WHERE id = $1")
        .bind(merge.id.0).bind(at).bind(by.0).execute(c).await.map(drop))?;
    for sql in [
        // A reply goes with what it replies to.
        "UPDATE comment SET idea_id = $2 WHERE idea_id = $3 AND (
             id IN (SELECT comment_id FROM merge_comment WHERE merge_id = $1)
             OR parent_id IN (SELECT comment_id FROM merge_comment WHERE merge_id = $1))",
        "DELETE FROM vote WHERE idea_id = $3 AND merge_id = $1",
        "DELETE FROM follow WHERE idea_id = $3 AND merge_id = $1",
        "DELETE FROM coauthor WHERE idea_id = $3 AND merge_id = $1",
        "UPDATE shaper SET changes = changes - (SELECT changes FROM merge_shaper s WHERE s.merge_id = $1
             AND s.person_id = shaper.person_id)
         WHERE idea_id = $3 AND person_id IN (SELECT person_id FROM merge_shaper WHERE merge_id = $1)",
        "DELETE FROM shaper WHERE idea_id = $3 AND changes <= 0",
        "UPDATE idea SET votes_before = votes_before - (SELECT votes_before FROM merge WHERE id = $1)
         WHERE id = $3",
        "UPDATE idea SET away = NULL WHERE id = $2",
        // What was told of the merge is so no more.
        "DELETE FROM happening WHERE merge_id = $1",
    ] {
        run(tx, merge, sql).await?;
    }
    credit::forget(tx, merge.target).await?;
    // What came by this merge first may have come by another as well.
    for other in into(tx, merge.target).await? {
        carry_marks(tx, &other).await?;
    }
    if brought_answers {
        standing::answered(tx, merge.target).await?;
    }
    if lost_an_answer {
        standing::answered(tx, merge.twin).await?;
    }
    count(tx, merge).await
}

async fn brings_answers(tx: &mut Tx, merge: &Merge) -> Result<bool, StoreError> {
    let answers: i64 = on!(tx, c => sqlx::query_scalar("SELECT answers FROM merge WHERE id = $1")
        .bind(merge.id.0).fetch_one(c).await)?;
    Ok(answers > 0)
}

/// Works out anew what stands under both ideas: the counts, how warm they are, and when they last became news.
async fn count(tx: &mut Tx, merge: &Merge) -> Result<(), StoreError> {
    run(
        tx,
        merge,
        "UPDATE idea SET votes = votes_before + (SELECT count(*) FROM vote v WHERE v.idea_id = idea.id),
         comments = (SELECT count(*) FROM comment c WHERE c.idea_id = idea.id AND c.deleted_at IS NULL
                     AND c.away IS NULL AND c.kind <> 'note')
         WHERE id IN ($2, $3)",
    )
    .await?;
    for idea in [merge.twin, merge.target] {
        heat::refresh(tx, idea).await?;
        news::refresh(tx, idea).await?;
    }
    Ok(())
}

/// The merges into an idea that are not undone, the earliest first.
///
/// # Errors
/// When the database fails.
pub async fn into(tx: &mut Tx, target: IdeaId) -> Result<Vec<Merge>, StoreError> {
    let rows: Vec<MergeRow> = on!(tx, c => sqlx::query_as(
        "SELECT id, twin_id, target_id FROM merge WHERE target_id = $1 AND undone_at IS NULL ORDER BY created_at, id",
    )
    .bind(target.0)
    .fetch_all(c)
    .await)?;
    Ok(rows.into_iter().map(Merge::from).collect())
}

/// The merge by which an idea lives on in another, and the number of that.
///
/// # Errors
/// When the database fails.
pub async fn of(tx: &mut Tx, twin: IdeaId) -> Result<Option<(Merge, u32)>, StoreError> {
    #[derive(sqlx::FromRow)]
    struct OfRow {
        #[sqlx(flatten)]
        merge: MergeRow,
        number: i64,
    }
    let row: Option<OfRow> = on!(tx, c => sqlx::query_as(
        "SELECT m.id, m.twin_id, m.target_id, i.number FROM merge m JOIN idea i ON i.id = m.target_id
         WHERE m.twin_id = $1 AND m.undone_at IS NULL",
    )
    .bind(twin.0)
    .fetch_optional(c)
    .await)?;
    row.map(|row| Ok((row.merge.into(), rows::number(row.number)?))).transpose()
}

#[derive(sqlx::FromRow)]
struct NameRow {
    number: i64,
    title: String,
}

impl TryFrom<NameRow> for IdeaName {
    type Error = StoreError;

    fn try_from(row: NameRow) -> Result<Self, StoreError> {
        Ok(Self { number: rows::number(row.number)?, slug: cards::address(&row.title), title: row.title })
    }
}

/// The idea in which one lives on, at the end of all merges.
///
/// # Errors
/// When the database fails.
pub async fn end(tx: &mut Tx, twin: IdeaId) -> Result<Option<IdeaName>, StoreError> {
    let row: Option<NameRow> = on!(tx, c => sqlx::query_as(
        "WITH RECURSIVE way (id) AS (
             SELECT id FROM idea WHERE id = $1
             UNION SELECT m.target_id FROM merge m JOIN way w ON m.twin_id = w.id WHERE m.undone_at IS NULL
         )
         SELECT i.number, i.title FROM way w JOIN idea i ON i.id = w.id
         WHERE NOT EXISTS (SELECT 1 FROM merge m WHERE m.twin_id = i.id AND m.undone_at IS NULL) AND i.id <> $1",
    )
    .bind(twin.0)
    .fetch_optional(c)
    .await)?;
    row.map(IdeaName::try_from).transpose()
}

/// The ideas that were merged into one and into those, the last first.
///
/// # Errors
/// When the database fails.
pub async fn twins(tx: &mut Tx, target: IdeaId) -> Result<Vec<MergedIdea>, StoreError> {
    #[derive(sqlx::FromRow)]
    struct TwinRow {
        #[sqlx(flatten)]
        name: NameRow,
        reason: String,
        created_at: i64,
        #[sqlx(flatten)]
        by: rows::PersonRow,
    }
    let rows: Vec<TwinRow> = on!(tx, c => sqlx::query_as(
        "WITH RECURSIVE part (merge_id, twin_id) AS (
             SELECT id, twin_id FROM merge WHERE target_id = $1 AND undone_at IS NULL
             UNION SELECT m.id, m.twin_id FROM merge m JOIN part p ON m.target_id = p.twin_id WHERE m.undone_at IS NULL
         )
         SELECT i.number, i.title, m.reason, m.created_at,
                p.id AS person_id, p.handle, p.name, p.role, p.unclaimed_at IS NOT NULL AS unclaimed
         FROM part JOIN merge m ON m.id = part.merge_id JOIN idea i ON i.id = m.twin_id JOIN person p ON p.id = m.person_id
         ORDER BY m.created_at DESC, m.id DESC",
    )
    .bind(target.0)
    .fetch_all(c)
    .await)?;
    rows.into_iter()
        .map(|row| {
            let idea = row.name.try_into()?;
            Ok(MergedIdea { idea, by: row.by.try_into()?, reason: row.reason, at: row.created_at })
        })
        .collect()
}

/// What merging would carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Load {
    /// Votes of people who did not vote for the target, and those from before an import.
    pub votes: u32,
    /// Votes of people who voted for both.
    pub votes_shared: u32,
    /// Comments that stand.
    pub comments: u32,
    /// People who follow the twin and said nothing of the target.
    pub followers: u32,
    /// Co-authors of the twin alone.
    pub coauthors: u32,
}

/// What merging would carry.
///
/// # Errors
/// When the database fails.
pub async fn load(tx: &mut Tx, twin: IdeaId, target: IdeaId) -> Result<Load, StoreError> {
    let (votes, shared, comments, followers, coauthors): (i64, i64, i64, i64, i64) = on!(tx, c => sqlx::query_as(
        "SELECT i.votes,
                (SELECT count(*) FROM vote v WHERE v.idea_id = $1 AND EXISTS (
                    SELECT 1 FROM vote o WHERE o.idea_id = $2 AND o.person_id = v.person_id)),
                i.comments,
                (SELECT count(*) FROM follow f WHERE f.idea_id = $1 AND f.muted_at IS NULL AND NOT EXISTS (
                    SELECT 1 FROM follow o WHERE o.idea_id = $2 AND o.person_id = f.person_id)),
                (SELECT count(*) FROM coauthor a WHERE a.idea_id = $1 AND NOT EXISTS (
                    SELECT 1 FROM coauthor o WHERE o.idea_id = $2 AND o.person_id = a.person_id))
         FROM idea i WHERE i.id = $1",
    )
    .bind(twin.0)
    .bind(target.0)
    .fetch_one(c)
    .await)?;
    Ok(Load {
        votes: rows::number(votes - shared)?,
        votes_shared: rows::number(shared)?,
        comments: rows::number(comments)?,
        followers: rows::number(followers)?,
        coauthors: rows::number(coauthors)?,
    })
}

//! Who is credited with what of ideas: what stands of their texts by author, and what else people gave.

use std::collections::HashMap;

use shared::{
    CommentId, DocumentId, IdeaId, PersonId,
    api::{ContributionKind, IdeaName, Millis, PersonView, Weights},
};
use uuid::Uuid;

use super::{
    StoreError, Tx,
    boards::{Sight, seen},
    cards, of_actors, on, rows,
};

/// What stands of an actor's work of a day on a concept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The Automerge actor id.
    pub actor: Vec<u8>,
    /// The day, counted since 1970 in UTC.
    pub day: u32,
    /// Letters in the title, the pitch and the body.
    pub letters: [u32; 3],
    /// Whether it is an improvement that was kept.
    pub kept: bool,
}

/// A row of the table: actor, day, letters of the three texts, kept.
type CreditRow = (Vec<u8>, i64, i64, i64, i64, i64);

/// The concepts of the ideas merged into one and into those, in the order of their numbers.
///
/// # Errors
/// When the database fails.
pub async fn twins(tx: &mut Tx, idea: IdeaId) -> Result<Vec<DocumentId>, StoreError> {
    let found: Vec<Uuid> = on!(tx, c => sqlx::query_scalar(
        "WITH RECURSIVE part (id) AS (
             SELECT twin_id FROM merge WHERE target_id = $1 AND undone_at IS NULL
             UNION SELECT m.twin_id FROM merge m JOIN part p ON m.target_id = p.id WHERE m.undone_at IS NULL
         )
         SELECT i.document_id FROM part JOIN idea i ON i.id = part.id ORDER BY i.number",
    )
    .bind(idea.0)
    .fetch_all(c)
    .await)?;
    Ok(found.into_iter().map(DocumentId::from_uuid).collect())
}

/// As [`twins`], of the idea that has this concept; none when the document is no idea's.
///
/// # Errors
/// When the database fails.
pub async fn twins_of_document(tx: &mut Tx, document: DocumentId) -> Result<Vec<DocumentId>, StoreError> {
    let idea: Option<Uuid> = on!(tx, c => sqlx::query_scalar("SELECT id FROM idea WHERE document_id = $1")
        .bind(document.as_uuid()).fetch_optional(c).await)?;
    match idea {
        Some(idea) => twins(tx, IdeaId(idea)).await,
        None => Ok(Vec::new()),
    }
}

/// Whose these actor ids are: those a name was matched to stand for it.
///
/// # Errors
/// When the database fails.
pub async fn people(tx: &mut Tx, actors: &[Vec<u8>]) -> Result<HashMap<Vec<u8>, PersonId>, StoreError> {
    let found: Vec<(Vec<u8>, Uuid)> = of_actors!(
        tx,
        actors,
        "SELECT a.id, COALESCE(m.person_id, a.person_id) FROM actor a
         LEFT JOIN name_match m ON m.name_id = a.person_id WHERE a.id",
        ""
    );
    Ok(found.into_iter().map(|(actor, person)| (actor, PersonId(person))).collect())
}

/// Keeps what stands of each author's work on an idea's concept, as of a place in its log; what is unchanged is left alone.
/// Says whether anything was not.
///
/// # Errors
/// When the database fails.
pub async fn keep(tx: &mut Tx, idea: IdeaId, seq: i64, rows: &[Row]) -> Result<bool, StoreError> {
    let mut changed = false;
    let known: Vec<CreditRow> = on!(tx, c => sqlx::query_as(
        "SELECT actor_id, day, title, pitch, body, kept FROM credit WHERE idea_id = $1",
    )
    .bind(idea.0)
    .fetch_all(c)
    .await)?;
    let mut known: HashMap<(Vec<u8>, i64), [i64; 4]> = known
        .into_iter()
        .map(|(actor, day, title, pitch, body, kept)| ((actor, day), [title, pitch, body, kept]))
        .collect();
    for row in rows {
        let [title, pitch, body] = row.letters.map(i64::from);
        let kept = i64::from(row.kept);
        if known.remove(&(row.actor.clone(), i64::from(row.day))) == Some([title, pitch, body, kept]) {
            continue;
        }
        changed = true;
        on!(tx, c => sqlx::query(
            "INSERT INTO credit (idea_id, actor_id, day, title, pitch, body, kept) VALUES ($1, $2, $3, $4, $5, $6, $7)
             ON CONFLICT (idea_id, actor_id, day) DO UPDATE
             SET title = excluded.title, pitch = excluded.pitch, body = excluded.body, kept = excluded.kept",
        )
        .bind(idea.0)
        .bind(&row.actor)
        .bind(i64::from(row.day))
        .bind(title)
        .bind(pitch)
        .bind(body)
        .bind(kept)
        .execute(c)
        .await
        .map(drop))?;
    }
    changed |= !known.is_empty();
    for (actor, day) in known.into_keys() {
        on!(tx, c => sqlx::query("DELETE FROM credit WHERE idea_id = $1 AND actor_id = $2 AND day = $3")
            .bind(idea.0).bind(actor).bind(day).execute(c).await.map(drop))?;
    }
    on!(tx, c => sqlx::query("UPDATE idea SET credited_seq = $2 WHERE id = $1")
        .bind(idea.0).bind(seq).execute(c).await.map(drop))?;
    Ok(changed)
}

/// Up to which place in the log of its concept an idea's credit was worked out; 0 where it is to be worked out anew.
///
/// # Errors
/// When the database fails.
pub async fn seq(tx: &mut Tx, idea: IdeaId) -> Result<i64, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar("SELECT credited_seq FROM idea WHERE id = $1").bind(idea.0).fetch_one(c).await)?)
}

/// The documents whose ideas' credit is not that of the texts they show. Those set aside are left alone.
///
/// # Errors
/// When the database fails.
pub async fn behind(tx: &mut Tx) -> Result<Vec<DocumentId>, StoreError> {
    let found: Vec<Uuid> = on!(tx, c => sqlx::query_scalar(
        "SELECT document_id FROM idea i WHERE credited_seq < concept_seq AND NOT EXISTS (
             SELECT 1 FROM quarantine q WHERE q.document_id = i.document_id AND q.released_at IS NULL)",
    )
    .fetch_all(c)
    .await)?;
    Ok(found.into_iter().map(DocumentId::from_uuid).collect())
}

/// What the credit of an idea was worked out from is so no more, nor that of the idea it lives on in: it is worked out anew.
///
/// # Errors
/// When the database fails.
pub async fn forget(tx: &mut Tx, idea: IdeaId) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "WITH RECURSIVE way (id) AS (
             SELECT id FROM idea WHERE id = $1
             UNION SELECT m.target_id FROM merge m JOIN way w ON m.twin_id = w.id WHERE m.undone_at IS NULL
         )
         UPDATE idea SET credited_seq = 0 WHERE id IN (SELECT id FROM way)",
    )
    .bind(idea.0)
    .execute(c)
    .await
    .map(drop))?;
    Ok(())
}

/// How much of each kind, in the order of [`ContributionKind::ALL`].
pub type Amounts = [u32; ContributionKind::ALL.len()];

/// What people gave to ideas: one row for each person, idea and day, the kinds in the order of [`ContributionKind::ALL`].
/// The conditions say which: of texts (`c`, and `a`, whose actor they are), promoted notes, merged twins (`t`), comments (`c`)
/// and experiments (`e`). Nobody's own word for themself counts.
macro_rules! given {
    ($texts:expr, $notes:expr, $twins:expr, $comments:expr, $experiments:expr) => {
        concat!(
            "SELECT i.id AS idea_id, COALESCE(k.person_id, a.person_id) AS person_id, c.day, c.title AS title, c.pitch AS pitch, c.body AS body, c.kept AS improvement,
                    0 AS note, 0 AS twin, 0 AS helpful, 0 AS experiment
             FROM credit c JOIN idea i ON i.id = c.idea_id
             JOIN actor a ON a.id = c.actor_id LEFT JOIN name_match k ON k.name_id = a.person_id
             WHERE ", $texts,
            " UNION ALL
             SELECT i.id, i.author_id, n.created_at / 86400000, 0, 0, 0, 0, 1, 0, 0, 0
             FROM promotion n JOIN idea i ON i.id = n.idea_id
             WHERE n.person_id <> i.author_id AND ", $notes,
            " UNION ALL
             SELECT i.id, t.author_id, g.created_at / 86400000, 0, 0, 0, 0, 0, 1, 0, 0
             FROM merge g JOIN idea i ON i.id = g.target_id JOIN idea t ON t.id = g.twin_id
             WHERE g.undone_at IS NULL AND t.author_id <> i.author_id AND g.person_id <> t.author_id AND ", $twins,
            " UNION ALL
             SELECT i.id, c.author_id, (SELECT MIN(h.created_at) FROM helpful h WHERE h.comment_id = c.id) / 86400000,
                    0, 0, 0, 0, 0, 0, 1, 0
             FROM comment c JOIN idea i ON i.id = c.idea_id
             WHERE c.kind = 'comment' AND c.deleted_at IS NULL AND c.away IS NULL
             AND EXISTS (SELECT 1 FROM helpful h WHERE h.comment_id = c.id) AND ", $comments,
            " UNION ALL
             SELECT i.id, e.person_id, e.published_at / 86400000, 0, 0, 0, 0, 0, 0, 0, 1
             FROM entry e JOIN idea i ON i.id = e.idea_id
             WHERE e.kind = 'experiment' AND e.published_at IS NOT NULL AND e.removed_at IS NULL
             AND EXISTS (SELECT 1 FROM conclusion o WHERE o.entry_id = e.id) AND ", $experiments
        )
    };
}

/// The sums of what was given, by the columns of [`Sums`].
macro_rules! sums {
    () => {
        "CAST(SUM(f.title) AS BIGINT) AS title, CAST(SUM(f.pitch) AS BIGINT) AS pitch, CAST(SUM(f.body) AS BIGINT) AS body,
         CAST(SUM(f.improvement) AS BIGINT) AS improvement, CAST(SUM(f.note) AS BIGINT) AS note,
         CAST(SUM(f.twin) AS BIGINT) AS twin, CAST(SUM(f.helpful) AS BIGINT) AS helpful,
         CAST(SUM(f.experiment) AS BIGINT) AS experiment"
    };
}

#[derive(sqlx::FromRow)]
struct Sums {
    title: i64,
    pitch: i64,
    body: i64,
    improvement: i64,
    note: i64,
    twin: i64,
    helpful: i64,
    experiment: i64,
}

impl TryFrom<Sums> for Amounts {
    type Error = StoreError;

    fn try_from(sums: Sums) -> Result<Self, StoreError> {
        let Sums { title, pitch, body, improvement, note, twin, helpful, experiment } = sums;
        let mut amounts = Self::default();
        let all = [title, pitch, body, improvement, note, twin, helpful, experiment];
        for (amount, sum) in amounts.iter_mut().zip(all) {
            *amount = rows::number(sum)?;
        }
        Ok(amounts)
    }
}

#[derive(sqlx::FromRow)]
struct GivenRow {
    #[sqlx(flatten)]
    person: rows::PersonRow,
    #[sqlx(flatten)]
    sums: Sums,
}

/// What each person gave to an idea, in no order.
///
/// # Errors
/// When the database fails.
pub async fn to_idea(tx: &mut Tx, idea: IdeaId) -> Result<Vec<(PersonView, Amounts)>, StoreError> {
    let rows: Vec<GivenRow> = on!(tx, c => sqlx::query_as(concat!(
        "SELECT p.id AS person_id, p.handle, p.name, p.role, p.unclaimed_at IS NOT NULL AS unclaimed, ", sums!(),
        " FROM (", given!("i.id = $1", "i.id = $1", "i.id = $1", "i.id = $1", "i.id = $1"),
        ") f JOIN person p ON p.id = f.person_id GROUP BY p.id, p.handle, p.name, p.role, p.unclaimed_at",
    ))
    .bind(idea.0)
    .fetch_all(c)
    .await)?;
    rows.into_iter().map(|row| Ok((row.person.try_into()?, row.sums.try_into()?))).collect()
}

/// What a person gave to an idea.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToIdea {
    /// The idea.
    pub idea: IdeaId,
    /// How it is called.
    pub name: IdeaName,
    /// Whether they proposed it.
    pub proposed: bool,
    /// How much of each kind.
    pub amounts: Amounts,
}

#[derive(sqlx::FromRow)]
struct ToIdeaRow {
    idea_id: Uuid,
    number: i64,
    idea_title: String,
    author_id: Uuid,
    #[sqlx(flatten)]
    sums: Sums,
}

/// What a person gave to the ideas that somebody sees and that stand, in no order.
///
/// # Errors
/// When the database fails.
pub async fn of_person(tx: &mut Tx, sight: &Sight, person: PersonId) -> Result<Vec<ToIdea>, StoreError> {
    let rows: Vec<ToIdeaRow> = on!(tx, c => sqlx::query_as(concat!(
        "SELECT i.id AS idea_id, i.number, i.title AS idea_title, i.author_id, ", sums!(),
        " FROM (", given!(
            "c.actor_id IN (SELECT id FROM actor WHERE person_id IN (
                 SELECT $4 UNION SELECT name_id FROM name_match WHERE person_id = $4))
             AND COALESCE(k.person_id, a.person_id) = $4",
            "i.author_id = $4", "t.author_id = $4", "c.author_id = $4", "e.person_id = $4"
        ),
        ") f JOIN idea i ON i.id = f.idea_id JOIN board b ON b.id = i.board_id
         WHERE i.away IS NULL AND ", seen!(), " GROUP BY i.id, i.number, i.title, i.author_id",
    ))
    .bind(&sight.audiences)
    .bind(&sight.as_member)
    .bind(sight.person)
    .bind(person.0)
    .fetch_all(c)
    .await)?;
    rows.into_iter()
        .map(|row| {
            let name = IdeaName {
                number: rows::number(row.number)?,
                slug: cards::address(&row.idea_title),
                title: row.idea_title,
            };
            let proposed = row.author_id == person.0;
            Ok(ToIdea { idea: IdeaId(row.idea_id), name, proposed, amounts: row.sums.try_into()? })
        })
        .collect()
}

/// The columns of the weights, each times what was given of its kind.
macro_rules! weighed {
    () => {
        "SUM(f.title) * $5 + SUM(f.pitch) * $6 + SUM(f.body) * $7 + (SUM(f.improvement) * $8 + SUM(f.note) * $9
         + SUM(f.twin) * $10 + SUM(f.helpful) * $11 + SUM(f.experiment) * $12) * 100"
    };
}

/// Who gave most to the ideas that somebody sees and that stand, since a day, by these weights: at most `limit`, those who
/// gave most first. Nobody whom these weights give nothing, who is not here or suspended, or who does not want to be listed.
///
/// # Errors
/// When the database fails.
pub async fn most(
    tx: &mut Tx,
    sight: &Sight,
    since: u32,
    weights: &Weights,
    limit: u32,
) -> Result<Vec<(PersonView, Amounts)>, StoreError> {
    let [title, pitch, body, improvement, note, twin, helpful, experiment] = weights.all().map(i64::from);
    let rows: Vec<GivenRow> = on!(tx, c => sqlx::query_as(concat!(
        "SELECT p.id AS person_id, p.handle, p.name, p.role, p.unclaimed_at IS NOT NULL AS unclaimed, ", sums!(),
        " FROM (", given!("c.day >= $4", "1 = 1", "1 = 1", "1 = 1", "1 = 1"),
        ") f JOIN idea i ON i.id = f.idea_id JOIN board b ON b.id = i.board_id JOIN person p ON p.id = f.person_id
         WHERE i.away IS NULL AND p.suspended_at IS NULL AND p.unclaimed_at IS NULL AND NOT EXISTS (
             SELECT 1 FROM recognition_choice x WHERE x.person_id = p.id AND x.unlisted = 1)
         AND f.day >= $4 AND ", seen!(),
        " GROUP BY p.id, p.handle, p.name, p.role, p.unclaimed_at HAVING ", weighed!(), " > 0
         ORDER BY ", weighed!(), " DESC, p.id LIMIT $13",
    ))
    .bind(&sight.audiences)
    .bind(&sight.as_member)
    .bind(sight.person)
    .bind(i64::from(since))
    .bind(title)
    .bind(pitch)
    .bind(body)
    .bind(improvement)
    .bind(note)
    .bind(twin)
    .bind(helpful)
    .bind(experiment)
    .bind(i64::from(limit))
    .fetch_all(c)
    .await)?;
    rows.into_iter().map(|row| Ok((row.person.try_into()?, row.sums.try_into()?))).collect()
}

/// The workspace's weights; those nobody set are the ones the program has.
///
/// # Errors
/// When the database fails.
pub async fn weights(tx: &mut Tx) -> Result<Weights, StoreError> {
    let rows: Vec<(String, i64)> =
        on!(tx, c => sqlx::query_as("SELECT kind, points FROM credit_weight").fetch_all(c).await)?;
    let mut weights = Weights::default();
    for (kind, points) in rows {
        let kind = ContributionKind::parse(&kind).ok_or_else(|| StoreError::Corrupt(format!("weight of `{kind}`")))?;
        weights.set(kind, rows::number(points)?);
    }
    Ok(weights)
}

/// Sets the workspace's weights.
///
/// # Errors
/// When the database fails.
pub async fn set_weights(tx: &mut Tx, weights: &Weights) -> Result<(), StoreError> {
    for kind in ContributionKind::ALL {
        on!(tx, c => sqlx::query(
            "INSERT INTO credit_weight (kind, points) VALUES ($1, $2)
             ON CONFLICT (kind) DO UPDATE SET points = excluded.points",
        )
        .bind(kind.as_str())
        .bind(i64::from(weights.of(*kind)))
        .execute(c)
        .await
        .map(drop))?;
    }
    Ok(())
}

/// Notes that a comment helped somebody. `false`, and nothing is changed, when that is known.
///
/// # Errors
/// When the database fails.
pub async fn mark_helpful(tx: &mut Tx, comment: CommentId, by: PersonId, at: Millis) -> Result<bool, StoreError> {
    let marked = on!(tx, c => sqlx::query(
        "INSERT INTO helpful (comment_id, person_id, created_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
    )
    .bind(comment.0)
    .bind(by.0)
    .bind(at)
    .execute(c)
    .await
    .map(|done| done.rows_affected()))?;
    Ok(marked > 0)
}

/// Takes back that a comment helped somebody. `false`, and nothing is changed, when nothing of it is known.
///
/// # Errors
/// When the database fails.
pub async fn unmark_helpful(tx: &mut Tx, comment: CommentId, by: PersonId) -> Result<bool, StoreError> {
    let unmarked = on!(tx, c => sqlx::query("DELETE FROM helpful WHERE comment_id = $1 AND person_id = $2")
        .bind(comment.0).bind(by.0).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(unmarked > 0)
}

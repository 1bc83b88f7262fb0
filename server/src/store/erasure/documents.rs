//! Documents written anew without somebody's words: what names places in their logs, or letters, is moved along.

use shared::{CommentId, DocumentId, IdeaId, PersonId, api::Millis};
use uuid::Uuid;

use super::super::{StoreError, Tx, anchors::Placed, on};

/// What a document is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of {
    /// The concept of the idea of this number.
    Concept(IdeaId, u32),
    /// The canvas of a board.
    Canvas,
}

/// What a document is of; nothing when it is of nothing any more.
///
/// # Errors
/// When the database fails.
pub async fn of(tx: &mut Tx, document: DocumentId) -> Result<Option<Of>, StoreError> {
    let idea: Option<(Uuid, i64)> = on!(tx, c => sqlx::query_as("SELECT id, number FROM idea WHERE document_id = $1")
        .bind(document.as_uuid()).fetch_optional(c).await)?;
    if let Some((id, number)) = idea {
        return Ok(Some(Of::Concept(IdeaId(id), super::super::rows::number(number)?)));
    }
    let canvas: Option<Uuid> = on!(tx, c => sqlx::query_scalar("SELECT board_id FROM canvas WHERE document_id = $1")
        .bind(document.as_uuid()).fetch_optional(c).await)?;
    Ok(canvas.map(|_| Of::Canvas))
}

/// The columns that name places in the log of an idea's concept, each with the statement that reads them and the one that
/// moves one.
const PLACES: [(&str, &str); 6] = [
    (
        "SELECT DISTINCT concept_seq FROM vote WHERE idea_id = $1",
        "UPDATE vote SET concept_seq = $3 WHERE idea_id = $1 AND concept_seq = $2",
    ),
    (
        "SELECT DISTINCT told_seq FROM vote WHERE idea_id = $1",
        "UPDATE vote SET told_seq = $3 WHERE idea_id = $1 AND told_seq = $2",
    ),
    (
        "SELECT DISTINCT concept_seq FROM happening WHERE idea_id = $1 AND concept_seq IS NOT NULL",
        "UPDATE happening SET concept_seq = $3 WHERE idea_id = $1 AND concept_seq = $2",
    ),
    (
        "SELECT DISTINCT seen_seq FROM visit WHERE idea_id = $1",
        "UPDATE visit SET seen_seq = $3 WHERE idea_id = $1 AND seen_seq = $2",
    ),
    (
        "SELECT DISTINCT before_seq FROM visit WHERE idea_id = $1 AND before_seq IS NOT NULL",
        "UPDATE visit SET before_seq = $3 WHERE idea_id = $1 AND before_seq = $2",
    ),
    (
        "SELECT DISTINCT seq FROM anchor WHERE idea_id = $1",
        "UPDATE anchor SET seq = $3 WHERE idea_id = $1 AND seq = $2",
    ),
];

/// Lets whatever names a place in the log of an idea's concept name the one that stands for it.
///
/// # Errors
/// When the database fails.
pub async fn move_places(tx: &mut Tx, idea: IdeaId, place: impl Fn(i64) -> i64) -> Result<(), StoreError> {
    for (read, write) in PLACES {
        let mut found: Vec<i64> = on!(tx, c => sqlx::query_scalar(read).bind(idea.0).fetch_all(c).await)?;
        // None but the last becomes later, so that none is moved twice.
        found.sort_unstable();
        for old in found {
            let new = place(old);
            if new != old {
                on!(tx, c => sqlx::query(write).bind(idea.0).bind(old).bind(new).execute(c).await.map(drop))?;
            }
        }
    }
    Ok(())
}

/// Gives an idea another document, whose log ends there. What was compared with what voters saw stays compared.
///
/// # Errors
/// When the database fails.
pub async fn give_document(
    tx: &mut Tx,
    idea: IdeaId,
    (from, to): (DocumentId, DocumentId),
    place: impl Fn(i64) -> i64,
    at: Millis,
) -> Result<(), StoreError> {
    let judged: i64 = on!(tx, c => sqlx::query_scalar("SELECT judged_seq FROM idea WHERE id = $1")
        .bind(idea.0).fetch_one(c).await)?;
    on!(tx, c => sqlx::query("UPDATE idea SET document_id = $2, judged_seq = $3 WHERE id = $1")
        .bind(idea.0).bind(to.as_uuid()).bind(place(judged)).execute(c).await.map(drop))?;
    on!(tx, c => sqlx::query("INSERT INTO former_document (document_id, idea_id, left_at) VALUES ($1, $2, $3)")
        .bind(from.as_uuid()).bind(idea.0).bind(at).execute(c).await.map(drop))?;
    Ok(())
}

/// The documents that the concept of an idea was in before, the last first.
///
/// # Errors
/// When the database fails.
pub async fn former(tx: &mut Tx, idea: IdeaId) -> Result<Vec<DocumentId>, StoreError> {
    let found: Vec<Uuid> = on!(tx, c => sqlx::query_scalar(
        "SELECT document_id FROM former_document WHERE idea_id = $1 ORDER BY left_at DESC, document_id",
    )
    .bind(idea.0)
    .fetch_all(c)
    .await)?;
    Ok(found.into_iter().map(DocumentId::from_uuid).collect())
}

/// Lets a comment be about a passage of other letters, and, where there is one, with another quote.
///
/// # Errors
/// When the database fails.
pub async fn move_anchor(tx: &mut Tx, placed: &Placed, quote: Option<&str>) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "UPDATE anchor SET first_letter = $2, last_letter = $3, quote = coalesce($4, quote) WHERE comment_id = $1",
    )
    .bind(placed.comment.0)
    .bind(placed.anchor.first.to_string())
    .bind(placed.anchor.last.to_string())
    .bind(quote)
    .execute(c)
    .await
    .map(drop))?;
    Ok(())
}

/// Lets a comment be about no passage: all of it was of somebody who took their words along.
///
/// # Errors
/// When the database fails.
pub async fn remove_anchor(tx: &mut Tx, comment: CommentId) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query("DELETE FROM anchor WHERE comment_id = $1")
        .bind(comment.0).execute(c).await.map(drop))?;
    Ok(())
}

/// The versions at which an idea's concept was frozen, and their places in its log, in order.
///
/// # Errors
/// When the database fails.
pub async fn frozen(tx: &mut Tx, idea: IdeaId) -> Result<Vec<(Uuid, i64)>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as("SELECT id, seq FROM frozen_concept WHERE idea_id = $1 ORDER BY seq, id")
        .bind(idea.0).fetch_all(c).await)?)
}

/// What a frozen version says.
#[derive(Clone, Copy, Debug)]
pub struct Frozen<'a> {
    /// The place in the log.
    pub seq: i64,
    /// The title.
    pub title: &'a str,
    /// The pitch.
    pub pitch: &'a str,
    /// The body.
    pub body: &'a str,
    /// The same as sanitised HTML.
    pub body_html: &'a str,
}

/// Lets a frozen version say that.
///
/// # Errors
/// When the database fails.
pub async fn freeze_anew(tx: &mut Tx, id: Uuid, frozen: &Frozen<'_>) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "UPDATE frozen_concept SET seq = $2, title = $3, pitch = $4, body = $5, body_html = $6 WHERE id = $1",
    )
    .bind(id)
    .bind(frozen.seq)
    .bind(frozen.title)
    .bind(frozen.pitch)
    .bind(frozen.body)
    .bind(frozen.body_html)
    .execute(c)
    .await
    .map(drop))?;
    Ok(())
}

/// Whose words were taken out of an idea's concept, they did not shape it.
///
/// # Errors
/// When the database fails.
pub async fn unshape(tx: &mut Tx, idea: IdeaId, person: PersonId) -> Result<(), StoreError> {
    for sql in [
        "DELETE FROM shaper WHERE idea_id = $1 AND person_id = $2",
        "DELETE FROM merge_shaper WHERE person_id = $2 AND merge_id IN (SELECT id FROM merge WHERE twin_id = $1)",
    ] {
        on!(tx, c => sqlx::query(sql).bind(idea.0).bind(person.0).execute(c).await.map(drop))?;
    }
    Ok(())
}

/// Whether nobody but who left ever did anything with an idea.
///
/// # Errors
/// When the database fails.
pub async fn is_alone(tx: &mut Tx, idea: IdeaId, person: PersonId) -> Result<bool, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT i.author_id = $2 AND i.away IS NULL AND i.answered_at IS NULL AND i.votes = 0
             AND NOT EXISTS (SELECT 1 FROM shaper h WHERE h.idea_id = i.id AND h.person_id <> $2)
             AND NOT EXISTS (SELECT 1 FROM coauthor o WHERE o.idea_id = i.id AND o.person_id <> $2)
             AND NOT EXISTS (SELECT 1 FROM comment m WHERE m.idea_id = i.id AND m.deleted_at IS NULL)
             AND NOT EXISTS (SELECT 1 FROM stage_move g WHERE g.idea_id = i.id)
             AND NOT EXISTS (SELECT 1 FROM entry e WHERE e.idea_id = i.id)
             AND NOT EXISTS (SELECT 1 FROM frozen_concept f WHERE f.idea_id = i.id)
             AND NOT EXISTS (SELECT 1 FROM merge g WHERE g.twin_id = i.id OR g.target_id = i.id)
         FROM idea i WHERE i.id = $1",
    )
    .bind(idea.0)
    .bind(person.0)
    .fetch_optional(c)
    .await)?
    .unwrap_or(false))
}

/// Removes an idea with its document.
///
/// # Errors
/// When the database fails.
pub async fn remove_idea(tx: &mut Tx, idea: IdeaId, document: DocumentId) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query("DELETE FROM idea WHERE id = $1").bind(idea.0).execute(c).await.map(drop))?;
    super::super::log::remove_document(tx, document).await
}

/// Gives the board of a canvas another document for it, with all that is kept about what lies there.
///
/// # Errors
/// When the database fails.
pub async fn give_canvas(tx: &mut Tx, from: DocumentId, to: DocumentId) -> Result<(), StoreError> {
    for sql in [
        "UPDATE canvas SET document_id = $2 WHERE document_id = $1",
        "UPDATE promotion SET document_id = $2 WHERE document_id = $1",
        "UPDATE note_reaction SET document_id = $2 WHERE document_id = $1",
        "UPDATE canvas_picture SET document_id = $2 WHERE document_id = $1",
    ] {
        on!(tx, c => sqlx::query(sql).bind(from.as_uuid()).bind(to.as_uuid()).execute(c).await.map(drop))?;
    }
    Ok(())
}

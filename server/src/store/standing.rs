//! What stands and what does not: hiding, showing and approving what people wrote.

use shared::{
    CommentId, IdeaId,
    api::{CommentKind, Millis},
    rules::Away,
};
use uuid::Uuid;

use super::{StoreError, Tx, boards, heat, news, on};

/// Sets whether an idea stands, or why not.
///
/// # Errors
/// When the database fails.
pub async fn set_idea(tx: &mut Tx, idea: IdeaId, away: Option<Away>) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query("UPDATE idea SET away = $2 WHERE id = $1")
        .bind(idea.0).bind(away.map(Away::as_str)).execute(c).await.map(drop))?;
    Ok(())
}

/// Lets an idea that was held stand as if it had just been proposed.
///
/// # Errors
/// When the database fails.
pub async fn approve_idea(tx: &mut Tx, idea: IdeaId, at: Millis) -> Result<(), StoreError> {
    let board: Uuid = on!(tx, c => sqlx::query_scalar(
        "UPDATE idea SET away = NULL, created_at = $2, updated_at = $2 WHERE id = $1 RETURNING board_id",
    )
    .bind(idea.0)
    .bind(at)
    .fetch_one(c)
    .await)?;
    heat::refresh(tx, idea).await?;
    boards::touch(tx, shared::BoardId(board), at).await
}

/// Sets whether a comment stands, or why not, and lets its idea count so. `from` is how it was.
///
/// # Errors
/// When the database fails.
pub async fn set_comment(
    tx: &mut Tx,
    idea: IdeaId,
    (id, kind): (CommentId, CommentKind),
    from: Option<Away>,
    away: Option<Away>,
) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query("UPDATE comment SET away = $2 WHERE id = $1")
        .bind(id.0).bind(away.map(Away::as_str)).execute(c).await.map(drop))?;
    let more = i64::from(away.is_none()) - i64::from(from.is_none());
    if kind != CommentKind::Note {
        on!(tx, c => sqlx::query("UPDATE idea SET comments = comments + $2 WHERE id = $1")
            .bind(idea.0).bind(more).execute(c).await.map(drop))?;
        heat::refresh(tx, idea).await?;
    }
    if kind == CommentKind::Answer {
        answered(tx, idea).await?;
    }
    Ok(())
}

/// Lets a comment that was held stand as if it had just been written.
///
/// # Errors
/// When the database fails.
pub async fn approve_comment(
    tx: &mut Tx,
    idea: IdeaId,
    comment: (CommentId, CommentKind),
    at: Millis,
) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query("UPDATE comment SET created_at = $2, edited_at = NULL WHERE id = $1")
        .bind(comment.0.0).bind(at).execute(c).await.map(drop))?;
    set_comment(tx, idea, comment, Some(Away::Held), None).await
}

/// Works out anew when the company first answered an idea, from the answers that stand and the moves: where an answer was
/// promised, from those with a reason; and when it last became news. What was said under a twin before the idea was proposed
/// answers it from its beginning on.
///
/// # Errors
/// When the database fails.
pub async fn answered(tx: &mut Tx, idea: IdeaId) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "UPDATE idea SET answered_at = (SELECT min(CASE WHEN at < idea.created_at THEN idea.created_at ELSE at END)
             FROM (
                 SELECT created_at AS at FROM comment
                 WHERE idea_id = $1 AND kind = 'answer' AND deleted_at IS NULL AND away IS NULL
                 UNION ALL SELECT created_at FROM stage_move WHERE idea_id = $1 
                     AND (reason <> '' OR (SELECT due_at FROM idea o WHERE o.id = $1) IS NULL)
             ) AS answers) WHERE id = $1",
    )
    .bind(idea.0)
    .execute(c)
    .await
    .map(drop))?;
    news::refresh(tx, idea).await
}

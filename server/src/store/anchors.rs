//! The passages of concepts that comments are about.

use shared::{
    CommentId, IdeaId,
    api::{AnchorView, LetterId, PassageState, PassageView},
    field::Field,
    passage::Span,
};
use uuid::Uuid;

use super::{StoreError, Tx, comments::Eye, on, rows};

/// A passage, by the letters it begins and ends with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Anchor {
    /// The text it stands in.
    pub field: Field,
    /// Its first letter.
    pub first: LetterId,
    /// Its last letter.
    pub last: LetterId,
}

/// A passage that somebody says something about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAnchor {
    /// Between which letters.
    pub anchor: Anchor,
    /// What stands there.
    pub quote: String,
    /// The place in the log where it stands so.
    pub seq: i64,
    /// The visible letters it is there.
    pub span: Span,
}

/// Ties a comment to a passage of its idea's concept.
///
/// # Errors
/// When the database fails.
pub async fn insert(tx: &mut Tx, idea: IdeaId, comment: CommentId, new: &NewAnchor) -> Result<(), StoreError> {
    let NewAnchor { anchor, quote, seq, span } = new;
    on!(tx, c => sqlx::query(
        "INSERT INTO anchor (comment_id, idea_id, field, first_letter, last_letter, quote, seq, span_from, span_to)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(comment.0)
    .bind(idea.0)
    .bind(anchor.field.key())
    .bind(anchor.first.to_string())
    .bind(anchor.last.to_string())
    .bind(quote)
    .bind(seq)
    .bind(i64::from(span.from))
    .bind(i64::from(span.to))
    .execute(c)
    .await
    .map(drop))?;
    Ok(())
}

/// A passage as it was last placed.
#[derive(Clone, Debug)]
pub struct Placed {
    /// The comment about it.
    pub comment: CommentId,
    /// Between which letters it stands.
    pub anchor: Anchor,
    /// The visible letters it is; none once it is gone.
    pub span: Option<Span>,
}

#[derive(sqlx::FromRow)]
struct PlacedRow {
    comment_id: Uuid,
    field: String,
    first_letter: String,
    last_letter: String,
    span_from: Option<i64>,
    span_to: Option<i64>,
}

fn letter(text: &str) -> Result<LetterId, StoreError> {
    text.parse().map_err(|_| StoreError::Corrupt(format!("letter `{text}`")))
}

fn field(word: &str) -> Result<Field, StoreError> {
    Field::parse(word).ok_or_else(|| StoreError::Corrupt(format!("field `{word}`")))
}

fn span(from: Option<i64>, to: Option<i64>) -> Result<Option<Span>, StoreError> {
    from.zip(to).map(|(from, to)| Ok(Span { from: rows::number(from)?, to: rows::number(to)? })).transpose()
}

impl TryFrom<PlacedRow> for Placed {
    type Error = StoreError;

    fn try_from(row: PlacedRow) -> Result<Self, StoreError> {
        let (first, last) = (letter(&row.first_letter)?, letter(&row.last_letter)?);
        Ok(Self {
            comment: CommentId(row.comment_id),
            anchor: Anchor { field: field(&row.field)?, first, last },
            span: span(row.span_from, row.span_to)?,
        })
    }
}

/// Every passage of an idea's concept that something was said about.
///
/// # Errors
/// When the database fails.
pub async fn of_idea(tx: &mut Tx, idea: IdeaId) -> Result<Vec<Placed>, StoreError> {
    let rows: Vec<PlacedRow> = on!(tx, c => sqlx::query_as(
        "SELECT comment_id, field, first_letter, last_letter, span_from, span_to FROM anchor WHERE idea_id = $1",
    )
    .bind(idea.0)
    .fetch_all(c)
    .await)?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// Says where a passage is now; nowhere when it is gone.
///
/// # Errors
/// When the database fails.
pub async fn place(tx: &mut Tx, comment: CommentId, span: Option<Span>) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query("UPDATE anchor SET span_from = $2, span_to = $3 WHERE comment_id = $1")
        .bind(comment.0)
        .bind(span.map(|span| i64::from(span.from)))
        .bind(span.map(|span| i64::from(span.to)))
        .execute(c)
        .await
        .map(drop))?;
    Ok(())
}

#[derive(sqlx::FromRow)]
struct PassageRow {
    #[sqlx(flatten)]
    placed: PlacedRow,
    quote: String,
    said: i64,
}

/// At most `limit` passages that stand in the concept of an idea, with what somebody sees said about them.
///
/// # Errors
/// When the database fails.
pub async fn passages(tx: &mut Tx, idea: IdeaId, eye: Eye, limit: u32) -> Result<Vec<PassageView>, StoreError> {
    let rows: Vec<PassageRow> = on!(tx, c => sqlx::query_as(
        "SELECT a.comment_id, a.field, a.first_letter, a.last_letter, a.span_from, a.span_to, a.quote,
                1 + (SELECT count(*) FROM comment r WHERE r.parent_id = c.id AND r.deleted_at IS NULL AND r.away IS NULL
                     AND ($2 OR r.kind <> 'note')) AS said
         FROM anchor a JOIN comment c ON c.id = a.comment_id
         WHERE a.idea_id = $1 AND c.idea_id = $1 AND a.span_from IS NOT NULL AND c.deleted_at IS NULL
           AND c.away IS NULL AND ($2 OR c.kind <> 'note')
         ORDER BY c.created_at, c.id LIMIT $3",
    )
    .bind(idea.0)
    .bind(eye.notes)
    .bind(i64::from(limit))
    .fetch_all(c)
    .await)?;
    rows.into_iter()
        .map(|row| {
            let said = rows::number(row.said)?;
            let Placed { comment, anchor: Anchor { field, first, last }, span } = row.placed.try_into()?;
            Ok(span.map(|span| PassageView { comment, field, quote: row.quote, first, last, span, said }))
        })
        .filter_map(Result::transpose)
        .collect()
}

/// The columns of a comment's anchor, absent where it has none.
#[derive(sqlx::FromRow)]
pub(super) struct AnchorRow {
    field: Option<String>,
    quote: Option<String>,
    span_from: Option<i64>,
    anchored_in: Option<Uuid>,
}

impl AnchorRow {
    /// What a comment on that idea is about.
    pub(super) fn view(self, idea: Uuid) -> Result<Option<AnchorView>, StoreError> {
        let (Some(word), Some(quote)) = (self.field, self.quote) else { return Ok(None) };
        let state = match self.span_from {
            _ if self.anchored_in != Some(idea) => PassageState::Elsewhere,
            Some(_) => PassageState::Stands,
            None => PassageState::Gone,
        };
        Ok(Some(AnchorView { field: field(&word)?, quote, state }))
    }
}

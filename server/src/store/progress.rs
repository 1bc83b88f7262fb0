//! What became of ideas lately: the moves and answers among what happened.

use shared::{
    HappeningId,
    api::{Millis, ProgressView, StageView},
};
use uuid::Uuid;

use super::{
    StoreError, Tx,
    boards::{Sight, seen},
    on, rows,
};

#[derive(sqlx::FromRow)]
struct ProgressRow {
    id: Uuid,
    number: i64,
    title: String,
    board_title: String,
    #[sqlx(flatten)]
    by: rows::PersonRow,
    #[sqlx(flatten)]
    stage: rows::AnyStageRow,
    comment_id: Option<Uuid>,
    words: String,
    created_at: i64,
}

impl TryFrom<ProgressRow> for ProgressView {
    type Error = StoreError;

    fn try_from(row: ProgressRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: HappeningId(row.id),
            number: rows::number(row.number)?,
            slug: shared::slug::slug(&row.title),
            title: row.title,
            board_title: row.board_title,
            by: row.by.try_into()?,
            stage: Option::<StageView>::try_from(row.stage)?,
            comment: row.comment_id.map(|id| id.to_string()),
            words: row.words,
            at: row.created_at,
        })
    }
}

/// At most `limit` moves and answers of ideas that stand and somebody sees, the last first, from before `(at, id)`.
///
/// # Errors
/// When the database fails.
pub async fn page(
    tx: &mut Tx,
    sight: &Sight,
    before: (Millis, Uuid),
    limit: u32,
) -> Result<Vec<ProgressView>, StoreError> {
    // CROSS JOIN keeps SQLite from starting at the ideas and sorting all that ever happened to them.
    let rows: Vec<ProgressRow> = on!(tx, c => sqlx::query_as(concat!(
        "SELECT h.id, i.number, i.title, b.title AS board_title, coalesce(substr(m.body, 1, 1000), h.words) AS words,
                h.created_at, h.comment_id, p.id AS person_id, p.handle, p.name, p.role,
                p.unclaimed_at IS NOT NULL AS unclaimed,
                s.id AS any_stage_id, s.name_fr, s.name_en, s.colour, s.kind AS stage_kind
         FROM happening h CROSS JOIN idea i CROSS JOIN board b JOIN person p ON p.id = h.actor_id
         LEFT JOIN stage s ON s.id = h.stage_id LEFT JOIN comment m ON m.id = h.comment_id
         WHERE h.kind IN ('stage', 'answer') AND i.id = h.idea_id AND b.id = i.board_id AND i.away IS NULL
           AND (h.comment_id IS NULL OR (m.deleted_at IS NULL AND m.away IS NULL))
           AND (h.created_at, h.id) < ($4, $5) AND ", seen!(), "
         ORDER BY h.created_at DESC, h.id DESC LIMIT $6"
    ))
    .bind(&sight.audiences)
    .bind(&sight.as_member)
    .bind(sight.person)
    .bind(before.0)
    .bind(before.1)
    .bind(i64::from(limit))
    .fetch_all(c)
    .await)?;
    rows.into_iter().map(ProgressView::try_from).collect()
}

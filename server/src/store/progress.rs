//! What became of ideas lately: the moves, answers and published progress among what happened.

use shared::{
    EntryId, HappeningId,
    api::{Millis, NoticeKind, Outcome, ProgressView, StageView},
};
use uuid::Uuid;

use super::{
    StoreError, Tx,
    boards::{Sight, seen},
    inbox::{outcome, words},
    on, rows,
};

#[derive(sqlx::FromRow)]
struct ProgressRow {
    id: Uuid,
    kind: String,
    number: i64,
    title: String,
    board_title: String,
    #[sqlx(flatten)]
    by: rows::PersonRow,
    #[sqlx(flatten)]
    stage: rows::AnyStageRow,
    comment_id: Option<Uuid>,
    entry_id: Option<Uuid>,
    outcome: Option<String>,
    words: String,
    created_at: i64,
}

impl TryFrom<ProgressRow> for ProgressView {
    type Error = StoreError;

    fn try_from(row: ProgressRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: HappeningId(row.id),
            kind: NoticeKind::parse(&row.kind)
                .ok_or_else(|| StoreError::Corrupt(format!("kind of progress `{}`", row.kind)))?,
            number: rows::number(row.number)?,
            slug: shared::slug::slug(&row.title),
            title: row.title,
            board_title: row.board_title,
            by: row.by.try_into()?,
            stage: Option::<StageView>::try_from(row.stage)?,
            comment: row.comment_id.map(|id| id.to_string()),
            entry: row.entry_id.map(EntryId),
            outcome: row.outcome.as_deref().and_then(Outcome::parse),
            words: row.words,
            at: row.created_at,
        })
    }
}

/// At most `limit` moves, answers and published pieces of progress of ideas that stand and somebody sees, the last first,
/// from before `(at, id)`.
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
        "SELECT h.id, h.kind, i.number, i.title, b.title AS board_title, ", words!(), " AS words, ", outcome!(), " AS outcome,
                h.created_at, h.comment_id, h.entry_id, p.id AS person_id, p.handle, p.name, p.role,
                p.unclaimed_at IS NOT NULL AS unclaimed,
                s.id AS any_stage_id, s.name_fr, s.name_en, s.colour, s.kind AS stage_kind
         FROM happening h CROSS JOIN idea i CROSS JOIN board b JOIN person p ON p.id = h.actor_id
         LEFT JOIN stage s ON s.id = h.stage_id LEFT JOIN comment m ON m.id = h.comment_id
         LEFT JOIN entry e ON e.id = h.entry_id
         WHERE h.kind IN ('stage', 'answer', 'update', 'milestone', 'experiment', 'result') AND i.id = h.idea_id AND b.id = i.board_id AND i.away IS NULL
           AND (h.comment_id IS NULL OR (m.deleted_at IS NULL AND m.away IS NULL))
           AND (h.entry_id IS NULL OR (e.removed_at IS NULL AND e.published_at <= h.created_at))
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

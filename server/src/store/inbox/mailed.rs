//! What of it is told by mail.

use super::{NoticeKind, NoticeRow, NoticeView, Sight, StoreError, Tx, given, given_from, on, seen};
use shared::{HappeningId, api::Millis};

/// One thing that happened, as a person sees it now; nothing where it is not for them. They need not have been told.
///
/// # Errors
/// When the database fails.
pub async fn one(tx: &mut Tx, sight: &Sight, id: HappeningId) -> Result<Option<NoticeView>, StoreError> {
    let row: Option<NoticeRow> = on!(tx, c => sqlx::query_as(concat!(
        notices!("LEFT JOIN"), " WHERE h.id = $4 AND ", seen!(), " AND ", told!()
    ))
    .bind(&sight.audiences)
    .bind(&sight.as_member)
    .bind(sight.person)
    .bind(id.0)
    .fetch_optional(c)
    .await)?;
    row.map(NoticeView::try_from).transpose()
}

/// A time within which people were told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// After this moment.
    pub since: Millis,
    /// Until this one, included.
    pub until: Millis,
}

/// At most `limit` turning points a person was told of within a time, has not read, and was not sent as a mail of its own;
/// the first first. What they may not see now is not among them.
///
/// # Errors
/// When the database fails.
pub async fn news(tx: &mut Tx, sight: &Sight, within: Period, limit: u32) -> Result<Vec<NoticeView>, StoreError> {
    let turning = NoticeKind::ALL.into_iter().filter(|kind| kind.sums_up());
    let turning = turning.fold(String::from(","), |words, kind| words + kind.as_str() + ",");
    let rows: Vec<NoticeRow> = on!(tx, c => sqlx::query_as(concat!(
        notices!("JOIN"), " WHERE n.created_at > $4 AND n.created_at <= $5 AND n.read_at IS NULL
             AND $6 LIKE '%,' || h.kind || ',%' AND NOT EXISTS (SELECT 1 FROM mail x WHERE x.happening_id = h.id
                 AND x.person_id = $3 AND x.state <> 'dropped')
             AND ", seen!(), " AND ", told!(), " ORDER BY h.created_at, h.id LIMIT $7"
    ))
    .bind(&sight.audiences)
    .bind(&sight.as_member)
    .bind(sight.person)
    .bind(within.since)
    .bind(within.until)
    .bind(turning)
    .bind(i64::from(limit))
    .fetch_all(c)
    .await)?;
    rows.into_iter().map(NoticeView::try_from).collect()
}

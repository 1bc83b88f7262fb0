//! Reading the ledger, as far as somebody may.

use shared::{
    BoardId, IdeaId, PersonId, RecognitionId,
    api::{BadgeView, IdeaName, Millis, RecognitionView},
};
use uuid::Uuid;

use super::{
    super::{
        StoreError, Tx,
        boards::{Sight, seen},
        cards, on, rows,
    },
    given::{AnyBadgeRow, AnyPerkRow},
    kind,
};

/// The condition that the entry `r` is for everybody: it was not given in private, holds, the person does not keep theirs
/// private and has not left, and the idea `i`, if there is one, stands.
macro_rules! standing {
    () => {
        "(r.private = 0 AND NOT EXISTS (SELECT 1 FROM recognition v WHERE v.revokes_id = r.id)
          AND NOT EXISTS (SELECT 1 FROM recognition_choice x WHERE x.person_id = r.person_id AND x.private = 1)
          AND NOT EXISTS (SELECT 1 FROM person z WHERE z.id = r.person_id AND z.erased_at IS NOT NULL)
          AND (i.id IS NULL OR i.away IS NULL OR i.away = 'merged'))"
    };
}
pub(super) use standing;

/// The columns of an [`EntryRow`], of the entry `r`, as the [`Sight`] bound to `$1, $2, $3` sees it; with [`entries_from!`].
macro_rules! entries {
    () => {
        concat!(
            "r.id, r.kind, r.points, r.created_at, coalesce(w.words, '') AS words,
             (r.private = 1 OR EXISTS (SELECT 1 FROM recognition_choice x WHERE x.person_id = r.person_id
                AND x.private = 1)) AS hidden,
             EXISTS (SELECT 1 FROM recognition v WHERE v.revokes_id = r.id) AS revoked,
             p.id AS person_id, p.handle, p.name, p.role, p.unclaimed_at IS NOT NULL AS unclaimed,
             y.id AS by_id, y.handle AS by_handle, y.name AS by_name, y.role AS by_role,
             y.unclaimed_at IS NOT NULL AS by_unclaimed,
             CASE WHEN ",
            seen!(),
            " THEN b.title END AS board_title,
             CASE WHEN ",
            seen!(),
            " AND (i.away IS NULL OR i.away = 'merged' OR i.author_id = $3) THEN i.number END AS number,
             i.title, k.kind AS perk_kind, k.title_fr AS perk_fr, k.title_en AS perk_en, ",
            super::badges::badge!()
        )
    };
}
pub(super) use entries;

/// The tables of [`entries!`].
macro_rules! entries_from {
    () => {
        " FROM recognition r JOIN person p ON p.id = r.person_id JOIN person y ON y.id = r.by_id
          LEFT JOIN board b ON b.id = r.board_id LEFT JOIN idea i ON i.id = r.idea_id
          LEFT JOIN badge d ON d.id = r.badge_id LEFT JOIN perk k ON k.id = r.perk_id
          LEFT JOIN recognition_words w ON w.entry_id = r.id "
    };
}
pub(super) use entries_from;

/// The columns of [`entries!`].
#[derive(sqlx::FromRow)]
pub(super) struct EntryRow {
    id: Uuid,
    kind: String,
    points: i64,
    created_at: Millis,
    words: String,
    hidden: bool,
    revoked: bool,
    #[sqlx(flatten)]
    person: rows::PersonRow,
    #[sqlx(flatten)]
    by: rows::ByRow,
    board_title: Option<String>,
    number: Option<i64>,
    title: Option<String>,
    #[sqlx(flatten)]
    perk: AnyPerkRow,
    #[sqlx(flatten)]
    badge: AnyBadgeRow,
}

impl TryFrom<EntryRow> for RecognitionView {
    type Error = StoreError;

    fn try_from(row: EntryRow) -> Result<Self, StoreError> {
        let idea = match (row.number, row.title) {
            (Some(number), Some(title)) => {
                Some(IdeaName { number: rows::number(number)?, slug: cards::address(&title), title })
            }
            _ => None,
        };
        Ok(Self {
            id: RecognitionId(row.id),
            kind: kind(&row.kind)?,
            person: row.person.try_into()?,
            by: row.by.try_into()?,
            points: row.points,
            badge: Option::<BadgeView>::try_from(row.badge)?,
            perk: row.perk.try_into()?,
            idea,
            board_title: row.board_title,
            words: row.words,
            private: row.hidden,
            revoked: row.revoked,
            at: row.created_at,
        })
    }
}

fn views(found: Vec<EntryRow>) -> Result<Vec<RecognitionView>, StoreError> {
    found.into_iter().map(RecognitionView::try_from).collect()
}

/// At most `limit` thanks and badges for everybody, on the boards that somebody sees, the last first, from before an entry on; of
/// one person, where they are named.
///
/// # Errors
/// When the database fails.
pub async fn public(
    tx: &mut Tx,
    sight: &Sight,
    person: Option<PersonId>,
    before: Uuid,
    limit: u32,
) -> Result<Vec<RecognitionView>, StoreError> {
    views(on!(tx, c => sqlx::query_as(concat!(
        "SELECT ", entries!(), entries_from!(), " WHERE r.id < $4 AND r.kind = 'thanks' AND ($5 IS NULL OR r.person_id = $5)
           AND ", standing!(), " AND ", seen!(), " ORDER BY r.id DESC LIMIT $6"
    ))
    .bind(&sight.audiences)
    .bind(&sight.as_member)
    .bind(sight.person)
    .bind(before)
    .bind(person.map(|person| person.0))
    .bind(i64::from(limit))
    .fetch_all(c)
    .await)?)
}

/// The thanks and badges given for an idea, the last first: those for everybody and, for the person asking, their own; all of them
/// that hold for who `moderates`.
///
/// # Errors
/// When the database fails.
pub async fn of_idea(
    tx: &mut Tx,
    sight: &Sight,
    idea: IdeaId,
    moderates: bool,
    limit: u32,
) -> Result<Vec<RecognitionView>, StoreError> {
    views(on!(tx, c => sqlx::query_as(concat!(
        "SELECT ", entries!(), entries_from!(), " WHERE r.idea_id = $4 AND r.kind IN ('thanks', 'badge')
           AND NOT EXISTS (SELECT 1 FROM recognition v WHERE v.revokes_id = r.id)
           AND ($5 = 1 OR r.person_id = $3 OR ", standing!(), ") AND ", seen!(), " ORDER BY r.id DESC LIMIT $6"
    ))
    .bind(&sight.audiences)
    .bind(&sight.as_member)
    .bind(sight.person)
    .bind(idea.0)
    .bind(i64::from(moderates))
    .bind(i64::from(limit))
    .fetch_all(c)
    .await)?)
}

/// At most `limit` entries for the person whose sight this is, whatever they are, the last first, from before one on.
///
/// # Errors
/// When the database fails.
pub async fn own(tx: &mut Tx, sight: &Sight, before: Uuid, limit: u32) -> Result<Vec<RecognitionView>, StoreError> {
    views(on!(tx, c => sqlx::query_as(concat!(
        "SELECT ", entries!(), entries_from!(), " WHERE r.person_id = $3 AND r.id < $4 ORDER BY r.id DESC LIMIT $5"
    ))
    .bind(&sight.audiences)
    .bind(&sight.as_member)
    .bind(sight.person)
    .bind(before)
    .bind(i64::from(limit))
    .fetch_all(c)
    .await)?)
}

/// The entries of an act, in the order they were made.
///
/// # Errors
/// When the database fails.
pub async fn of_act(tx: &mut Tx, sight: &Sight, act: Uuid) -> Result<Vec<RecognitionView>, StoreError> {
    views(on!(tx, c => sqlx::query_as(concat!(
        "SELECT ", entries!(), entries_from!(), " WHERE r.act_id = $4 ORDER BY r.id"
    ))
    .bind(&sight.audiences)
    .bind(&sight.as_member)
    .bind(sight.person)
    .bind(act)
    .fetch_all(c)
    .await)?)
}

/// The board of this word in its address.
///
/// # Errors
/// When the database fails.
pub async fn board(tx: &mut Tx, slug: &str) -> Result<Option<BoardId>, StoreError> {
    let id: Option<Uuid> = on!(tx, c => sqlx::query_scalar("SELECT id FROM board WHERE slug = $1")
        .bind(slug).fetch_optional(c).await)?;
    Ok(id.map(BoardId))
}

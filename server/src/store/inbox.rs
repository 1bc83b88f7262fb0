//! What happens to ideas, and who is told.

use shared::{
    EntryId, HappeningId, IdeaId, MergeId, PersonId, StageId,
    api::{IdeaName, Millis, NoticeKind, NoticeView, Outcome, StageView},
};
use uuid::Uuid;

use super::{
    StoreError, Tx,
    boards::{Sight, seen},
    cards, mail, on,
    recognition::{GivenRow, given, given_from},
    rows,
};

/// How many people are told in one transaction.
const BATCH: i64 = 500;
/// Beyond so many, nobody counts what waits.
pub const COUNTED: u32 = 100;

/// The condition that the idea `i` stands, and the comment `m` or the entry `e`, if that is what somebody was told of,
/// stands and is for them: a note of the staff, and what is not published, is for who belongs to it, which shows in the
/// audiences bound to `$1`. What is away is for its author, bound to `$3`.
macro_rules! told {
    () => {
        "((i.away IS NULL OR i.away = 'merged' OR i.author_id = $3) AND (h.comment_id IS NULL OR (m.deleted_at IS NULL
          AND (m.away IS NULL OR m.author_id = $3) AND (m.kind <> 'note' OR $1 LIKE '%,staff,%')))
          AND (h.entry_id IS NULL OR (e.removed_at IS NULL AND (e.published_at IS NOT NULL OR $1 LIKE '%,staff,%'))))"
    };
}

/// How what happened begins, in words: the comment `m`, the entry `e`, or the reason that was given.
macro_rules! words {
    () => {
        "CASE WHEN m.id IS NOT NULL THEN substr(m.body, 1, 1000) WHEN e.id IS NULL THEN h.words ELSE substr(coalesce(
             (SELECT u.body FROM entry_update u WHERE u.entry_id = e.id),
             (SELECT k.title FROM entry_milestone k WHERE k.entry_id = e.id),
             (SELECT k.reason FROM conclusion k WHERE k.entry_id = e.id AND h.kind = 'result'
              AND k.created_at <= h.created_at ORDER BY k.created_at DESC LIMIT 1),
             (SELECT x.hypothesis FROM entry_experiment x WHERE x.entry_id = e.id)
         ), 1, 1000) END"
    };
}
pub(super) use words;

/// What became of the experiment `e`, where that is what happened.
macro_rules! outcome {
    () => {
        "(SELECT k.outcome FROM conclusion k WHERE k.entry_id = h.entry_id AND h.kind = 'result'
          AND k.created_at <= h.created_at ORDER BY k.created_at DESC LIMIT 1)"
    };
}
pub(super) use outcome;

/// Something that happened to an idea.
#[derive(Clone, Copy, Debug)]
pub struct Happening<'a> {
    /// To which.
    pub idea: IdeaId,
    /// What.
    pub kind: NoticeKind,
    /// Who did it; they are not told.
    pub by: PersonId,
    /// The stage it moved to.
    pub stage: Option<StageId>,
    /// The comment that was made.
    pub comment: Option<Uuid>,
    /// The reason of a move or merge; of a comment nothing, which speaks for itself as it is when read.
    pub words: &'a str,
    /// When.
    pub at: Millis,
}

/// Writes down that something happened, in the transaction that does it. Delivery follows: [`deliver`]. Of what decides
/// about an idea a mail to its author is queued at once.
///
/// # Errors
/// When the database fails.
pub async fn happen(tx: &mut Tx, what: &Happening<'_>) -> Result<(), StoreError> {
    happen_by(tx, what, Cause::default()).await
}

/// What lies behind some of what happens.
#[derive(Clone, Copy, Debug, Default)]
pub struct Cause {
    /// The merge that was made, or undone.
    pub merge: Option<MergeId>,
    /// The place of its log at which the concept had become another.
    pub seq: Option<i64>,
    /// The piece of progress.
    pub entry: Option<EntryId>,
}

/// As [`happen`], of what has a cause.
///
/// # Errors
/// When the database fails.
pub async fn happen_by(tx: &mut Tx, what: &Happening<'_>, cause: Cause) -> Result<(), StoreError> {
    let id = Uuid::now_v7();
    on!(tx, c => sqlx::query(
        "INSERT INTO happening (id, idea_id, kind, actor_id, stage_id, comment_id, words, created_at, merge_id, concept_seq,
             entry_id)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    )
    .bind(id)
    .bind(what.idea.0)
    .bind(what.kind.as_str())
    .bind(what.by.0)
    .bind(what.stage.map(|stage| stage.0))
    .bind(what.comment)
    .bind(what.words)
    .bind(what.at)
    .bind(cause.merge.map(|merge| merge.0))
    .bind(cause.seq)
    .bind(cause.entry.map(|entry| entry.0))
    .execute(c)
    .await
    .map(drop))?;
    if what.kind.decides() { mail::decided(tx, HappeningId(id), what).await } else { Ok(()) }
}

/// Writes down that a person was given something, or lost it, by an act of recognition: they alone are told.
///
/// # Errors
/// When the database fails.
pub async fn recognised(
    tx: &mut Tx,
    act: Uuid,
    person: PersonId,
    by: PersonId,
    idea: Option<IdeaId>,
    at: Millis,
) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "INSERT INTO happening (id, idea_id, kind, actor_id, words, created_at, act_id, person_id)
         VALUES ($1, $2, $3, $4, '', $5, $6, $7)",
    )
    .bind(Uuid::now_v7())
    .bind(idea.map(|idea| idea.0))
    .bind(NoticeKind::Recognition.as_str())
    .bind(by.0)
    .bind(at)
    .bind(act)
    .bind(person.0)
    .execute(c)
    .await
    .map(drop))?;
    Ok(())
}

#[derive(sqlx::FromRow)]
struct Waiting {
    id: Uuid,
    idea_id: Option<Uuid>,
    kind: String,
    actor_id: Uuid,
    comment_id: Option<Uuid>,
    concept_seq: Option<i64>,
    delivered_to: Option<Uuid>,
    /// It is about a piece of progress that only the company's people saw when it happened.
    unpublished: bool,
}

/// The columns of what waits to be delivered.
macro_rules! waiting {
    () => {
        "SELECT id, idea_id, kind, actor_id, comment_id, concept_seq, delivered_to,
                EXISTS (SELECT 1 FROM entry e WHERE e.id = entry_id
                        AND (e.published_at IS NULL OR e.published_at > happening.created_at)) AS unpublished
         FROM happening WHERE done_at IS NULL ORDER BY created_at, id LIMIT 1"
    };
}

/// Tells the next of those who are to know the oldest thing not everybody knows yet: people, and no names that are not here
/// yet. Answers who was told; nothing when
/// nothing waits. A crash between two batches tells nobody twice and leaves nobody out.
///
/// # Errors
/// When the database fails.
pub async fn deliver(tx: &mut Tx, at: Millis) -> Result<Option<Vec<PersonId>>, StoreError> {
    let sql = match tx {
        Tx::Sqlite(_) => waiting!(),
        // Two nodes do not deliver the same thing at the same time.
        Tx::Postgres(_) => concat!(waiting!(), " FOR UPDATE SKIP LOCKED"),
    };
    let row: Option<Waiting> = on!(tx, c => sqlx::query_as(sql).fetch_optional(c).await)?;
    let Some(Waiting { id, idea_id, kind, actor_id, comment_id, concept_seq, delivered_to, unpublished }) = row else {
        return Ok(None);
    };
    let known = NoticeKind::parse(&kind);
    let decides = known.is_some_and(NoticeKind::decides);
    let turns = known.is_some_and(NoticeKind::turns);
    let calls = known.is_some_and(NoticeKind::calls);
    let told: Vec<Uuid> = on!(tx, c => sqlx::query_scalar(
        "INSERT INTO notice (person_id, happening_id, created_at)
         SELECT w.person_id, $1, $2 FROM (
             SELECT person_id FROM follow WHERE idea_id = $3 AND muted_at IS NULL AND person_id > $7 AND $13 = 0
                AND $4 NOT IN ('mention', 'changed', 'promoted', 'recognition')
             UNION SELECT person_id FROM happening WHERE id = $1 AND person_id IS NOT NULL
             UNION SELECT person_id FROM mention WHERE comment_id = $9 AND $4 = 'mention'
             UNION SELECT author_id FROM idea WHERE id = $3 AND ($5 = 1 OR $11 = 1 OR $4 = 'promoted')
             UNION SELECT person_id FROM vote WHERE idea_id = $3 AND told_seq = $10 AND $4 = 'changed'
             UNION SELECT person_id FROM vote WHERE idea_id = $3 AND person_id > $7 AND $11 = 1
             UNION SELECT person_id FROM shaper WHERE idea_id = $3 AND person_id > $7 AND $11 = 1
             UNION SELECT a.person_id FROM answerer a JOIN idea i ON i.board_id = a.board_id
                WHERE i.id = $3 AND $13 = 1
                AND ($4 = 'overdue' OR a.reserve = CASE WHEN $4 = 'halfway' THEN 1 ELSE 0 END)
                AND (a.tag_id IS NULL OR EXISTS (SELECT 1 FROM idea_tag t WHERE t.idea_id = i.id AND t.tag_id = a.tag_id))
                AND NOT EXISTS (SELECT 1 FROM notice n JOIN happening h ON h.id = n.happening_id
                                WHERE n.person_id = a.person_id AND h.idea_id = i.id AND h.kind = $4)
             UNION SELECT id FROM person WHERE $4 = 'overdue' AND role IN ('moderator', 'owner')
                AND NOT EXISTS (SELECT 1 FROM answerer a JOIN idea i ON i.board_id = a.board_id WHERE i.id = $3)
         ) w JOIN person p ON p.id = w.person_id
         WHERE w.person_id <> $6 AND w.person_id > $7 AND p.unclaimed_at IS NULL AND ($12 = 0 OR p.role <> 'customer')
           AND ($4 = 'mention' OR ($5 = 1 AND w.person_id = (SELECT author_id FROM idea WHERE id = $3))
                OR NOT EXISTS (SELECT 1 FROM mention m WHERE m.comment_id = $9 AND m.person_id = w.person_id))
           AND ($11 = 0 OR NOT EXISTS (SELECT 1 FROM follow f WHERE f.idea_id = $3 AND f.person_id = w.person_id
                AND f.muted_at IS NOT NULL AND ($5 = 0 OR f.person_id <> (SELECT author_id FROM idea WHERE id = $3))))
           AND (NOT EXISTS (SELECT 1 FROM notice_off o WHERE o.person_id = w.person_id AND o.kind = $4)
                OR ($5 = 1 AND w.person_id = (SELECT author_id FROM idea WHERE id = $3)))
         ORDER BY w.person_id LIMIT $8
         RETURNING person_id",
    )
    .bind(id)
    .bind(at)
    .bind(idea_id)
    .bind(&kind)
    .bind(i64::from(decides))
    .bind(actor_id)
    .bind(delivered_to.unwrap_or(Uuid::nil()))
    .bind(BATCH)
    .bind(comment_id)
    .bind(concept_seq)
    .bind(i64::from(turns))
    .bind(i64::from(unpublished || calls))
    .bind(i64::from(calls))
    .fetch_all(c)
    .await)?;
    let more = i64::try_from(told.len()).unwrap_or(i64::MAX) >= BATCH;
    on!(tx, c => sqlx::query("UPDATE happening SET delivered_to = $2, done_at = $3 WHERE id = $1")
        .bind(id)
        .bind(told.iter().max())
        .bind((!more).then_some(at))
        .execute(c)
        .await
        .map(drop))?;
    Ok(Some(told.into_iter().map(PersonId).collect()))
}

/// The board on which it happened: that of the idea `i`, or of what was given for none.
macro_rules! board_of {
    () => {
        "coalesce(i.board_id, (SELECT r.board_id FROM recognition r WHERE r.act_id = h.act_id AND r.person_id = h.person_id
            LIMIT 1))"
    };
}

/// The columns of what happened as it is told to the person bound to `$3`: what they were told, with `JOIN`; with
/// `LEFT JOIN` also what they were not, or not yet.
macro_rules! notices {
    ($join:literal) => {
        concat!(
            "SELECT h.id, h.kind, i.number, coalesce(i.title, b.title) AS title, b.title AS board_title,
                i.author_id IS NOT NULL AND i.author_id = $3 AS own, CASE WHEN h.act_id IS NULL THEN ",
            words!(),
            " ELSE coalesce((SELECT w.words FROM recognition r JOIN recognition_words w ON w.entry_id = r.id
                WHERE r.act_id = h.act_id AND r.person_id = h.person_id LIMIT 1), '') END AS words, h.created_at, ",
            outcome!(),
            " AS outcome,
                h.comment_id, h.entry_id, n.read_at, p.id AS person_id, p.handle, p.name, p.role, p.unclaimed_at IS NOT NULL AS unclaimed,
                s.id AS any_stage_id, s.name_fr, s.name_en, s.colour, s.kind AS stage_kind,
                g.undone_at IS NOT NULL AS parted, t.number AS into_number, t.title AS into_title,
                EXISTS (SELECT 1 FROM vote v WHERE v.idea_id = t.id AND v.person_id = $3 AND v.merge_id = h.merge_id)
                OR EXISTS (SELECT 1 FROM follow f WHERE f.idea_id = t.id AND f.person_id = $3
                           AND f.merge_id = h.merge_id AND f.muted_at IS NULL) AS carried,
                h.act_id IS NOT NULL AS is_given, ",
            given!("h"),
            "
             FROM happening h ",
            $join,
            " notice n ON n.happening_id = h.id AND n.person_id = $3 LEFT JOIN idea i ON i.id = h.idea_id
             JOIN board b ON b.id = ",
            board_of!(),
            " JOIN person p ON p.id = h.actor_id LEFT JOIN stage s ON s.id = h.stage_id ",
            given_from!("h"),
            "
             LEFT JOIN comment m ON m.id = h.comment_id LEFT JOIN entry e ON e.id = h.entry_id
             LEFT JOIN merge g ON g.id = h.merge_id
             LEFT JOIN idea t ON t.id = g.target_id AND g.undone_at IS NULL AND (t.away IS NULL OR t.away = 'merged')
                 AND EXISTS (SELECT 1 FROM board b WHERE b.id = t.board_id AND ",
            seen!(),
            ")"
        )
    };
}

mod mailed;

pub use mailed::{Period, news, one};

#[derive(sqlx::FromRow)]
struct NoticeRow {
    id: Uuid,
    kind: String,
    number: Option<i64>,
    title: String,
    board_title: String,
    own: bool,
    #[sqlx(flatten)]
    by: rows::PersonRow,
    #[sqlx(flatten)]
    stage: rows::AnyStageRow,
    comment_id: Option<Uuid>,
    entry_id: Option<Uuid>,
    outcome: Option<String>,
    parted: bool,
    into_number: Option<i64>,
    into_title: Option<String>,
    carried: bool,
    words: String,
    created_at: i64,
    read_at: Option<i64>,
    is_given: bool,
    #[sqlx(flatten)]
    given: GivenRow,
}

impl TryFrom<NoticeRow> for NoticeView {
    type Error = StoreError;

    fn try_from(row: NoticeRow) -> Result<Self, StoreError> {
        let into = match (row.into_number, row.into_title) {
            (Some(number), Some(title)) => {
                Some(IdeaName { number: rows::number(number)?, slug: cards::address(&title), title })
            }
            _ => None,
        };
        let kind = NoticeKind::parse(&row.kind);
        Ok(Self {
            id: HappeningId(row.id),
            kind: kind.ok_or_else(|| StoreError::Corrupt(format!("kind of notice `{}`", row.kind)))?,
            number: row.number.map(rows::number).transpose()?,
            slug: shared::slug::slug(&row.title),
            title: row.title,
            board_title: row.board_title,
            own: row.own,
            by: row.by.try_into()?,
            stage: Option::<StageView>::try_from(row.stage)?,
            into,
            parted: row.parted,
            carried: row.carried,
            comment: row.comment_id.map(|id| id.to_string()),
            outcome: row.outcome.as_deref().and_then(Outcome::parse),
            entry: row.entry_id.map(EntryId),
            given: if row.is_given { Some(row.given.try_into()?) } else { None },
            words: row.words,
            at: row.created_at,
            read: row.read_at.is_some(),
        })
    }
}

/// At most `limit` things a person was told, the last first, from before `(at, id)`. What they may no longer see is not
/// among them.
///
/// # Errors
/// When the database fails.
pub async fn page(
    tx: &mut Tx,
    sight: &Sight,
    before: (Millis, Uuid),
    limit: u32,
) -> Result<Vec<NoticeView>, StoreError> {
    let rows: Vec<NoticeRow> = on!(tx, c => sqlx::query_as(concat!(
        notices!("JOIN"), " WHERE (h.created_at, h.id) < ($4, $5) AND ", seen!(), " AND ", told!(), "
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
    rows.into_iter().map(NoticeView::try_from).collect()
}

/// How many things a person was told and has not read, as far as they are counted.
///
/// # Errors
/// When the database fails.
pub async fn unread(tx: &mut Tx, sight: &Sight) -> Result<u32, StoreError> {
    let count: i64 = on!(tx, c => sqlx::query_scalar(concat!(
        "SELECT count(*) FROM (SELECT 1 FROM notice n JOIN happening h ON h.id = n.happening_id
         LEFT JOIN idea i ON i.id = h.idea_id JOIN board b ON b.id = ", board_of!(), "
         LEFT JOIN comment m ON m.id = h.comment_id LEFT JOIN entry e ON e.id = h.entry_id
         WHERE n.person_id = $3 AND n.read_at IS NULL AND ", seen!(), " AND ", told!(), " LIMIT $4) waiting"
    ))
    .bind(&sight.audiences)
    .bind(&sight.as_member)
    .bind(sight.person)
    .bind(i64::from(COUNTED))
    .fetch_one(c)
    .await)?;
    rows::number(count)
}

/// Notes that everybody has read what happened before a moment, and that no mail tells of it: of a workspace that begins with
/// a past.
///
/// # Errors
/// When the database fails.
pub async fn settle(tx: &mut Tx, before: Millis, at: Millis) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "UPDATE notice SET read_at = $2
         WHERE happening_id IN (SELECT id FROM happening WHERE created_at < $1)",
    )
    .bind(before)
    .bind(at)
    .execute(c)
    .await
    .map(drop))?;
    mail::settle(tx, before).await
}

/// Notes that a person has read one thing they were told, or all of them.
///
/// # Errors
/// When the database fails.
pub async fn read(tx: &mut Tx, person: PersonId, which: Option<HappeningId>, at: Millis) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "UPDATE notice SET read_at = $3 WHERE person_id = $1 AND read_at IS NULL AND (happening_id = $2 OR $4 = 1)",
    )
    .bind(person.0)
    .bind(which.map_or(Uuid::nil(), |id| id.0))
    .bind(at)
    .bind(i64::from(which.is_none()))
    .execute(c)
    .await
    .map(drop))?;
    Ok(())
}

/// The kinds of things a person does not want to be told.
///
/// # Errors
/// When the database fails.
pub async fn off(tx: &mut Tx, person: PersonId) -> Result<Vec<NoticeKind>, StoreError> {
    let kinds: Vec<String> = on!(tx, c => sqlx::query_scalar("SELECT kind FROM notice_off WHERE person_id = $1")
        .bind(person.0).fetch_all(c).await)?;
    let mut kinds: Vec<_> = kinds.iter().filter_map(|kind| NoticeKind::parse(kind)).collect();
    kinds.sort_unstable();
    Ok(kinds)
}

/// Sets the kinds of things a person does not want to be told.
///
/// # Errors
/// When the database fails.
pub async fn set_off(tx: &mut Tx, person: PersonId, kinds: &[NoticeKind]) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query("DELETE FROM notice_off WHERE person_id = $1").bind(person.0).execute(c).await.map(drop))?;
    for kind in kinds {
        on!(tx, c => sqlx::query("INSERT INTO notice_off (person_id, kind) VALUES ($1, $2) ON CONFLICT DO NOTHING")
            .bind(person.0).bind(kind.as_str()).execute(c).await.map(drop))?;
    }
    Ok(())
}

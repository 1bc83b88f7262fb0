//! Reading progress.

use std::collections::HashMap;

use shared::{
    EntryId, IdeaId, PersonId,
    api::{
        Conclusion, EntryHead, EntryVersion, ExperimentView, MilestoneView, Millis, Outcome, TimelineEntry, UpdateView,
    },
};
use uuid::Uuid;

use super::{
    super::{StoreError, Tx, of_ids, on, rows},
    EntryKind, Head,
};

/// A share in percent, as the database has it.
pub(in super::super) fn percent(value: i64) -> Result<u8, StoreError> {
    u8::try_from(value).map_err(|_| StoreError::Corrupt(format!("{value} percent")))
}

#[derive(sqlx::FromRow)]
struct HeadRow {
    id: Uuid,
    kind: String,
    idea_id: Uuid,
    number: i64,
    person_id: Uuid,
    published_at: Option<i64>,
    said_at: i64,
}

/// An entry that was not taken away, whoever may see it.
///
/// # Errors
/// When the database fails.
pub async fn head(tx: &mut Tx, id: EntryId) -> Result<Option<Head>, StoreError> {
    let row: Option<HeadRow> = on!(tx, c => sqlx::query_as(
        "SELECT e.id, e.kind, e.idea_id, i.number, e.person_id, e.published_at,
                coalesce(e.edited_at, e.created_at) AS said_at
         FROM entry e JOIN idea i ON i.id = e.idea_id WHERE e.id = $1 AND e.removed_at IS NULL",
    )
    .bind(id.0)
    .fetch_optional(c)
    .await)?;
    row.map(|row| {
        Ok(Head {
            id: EntryId(row.id),
            kind: EntryKind::parse(&row.kind)?,
            idea: IdeaId(row.idea_id),
            number: rows::number(row.number)?,
            by: PersonId(row.person_id),
            published_at: row.published_at,
            said_at: row.said_at,
        })
    })
    .transpose()
}

/// When something was published, reached or concluded last of an idea, what was taken away since included.
///
/// # Errors
/// When the database fails.
pub async fn last_shown(tx: &mut Tx, idea: IdeaId) -> Result<Option<Millis>, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar("SELECT max(shown_at) FROM entry WHERE idea_id = $1")
        .bind(idea.0).fetch_one(c).await)?)
}

/// The columns of what every entry has.
#[derive(sqlx::FromRow)]
struct EntryRow {
    id: Uuid,
    created_at: i64,
    published_at: Option<i64>,
    edited_at: Option<i64>,
    #[sqlx(flatten)]
    by: rows::PersonRow,
}

impl TryFrom<EntryRow> for EntryHead {
    type Error = StoreError;

    fn try_from(row: EntryRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: EntryId(row.id),
            by: row.by.try_into()?,
            created_at: row.created_at,
            published_at: row.published_at,
            edited_at: row.edited_at,
            may_edit: false,
            may_remove: false,
        })
    }
}

macro_rules! entry_columns {
    () => {
        "e.id, e.created_at, e.published_at, e.edited_at, p.id AS person_id, p.handle, p.name, p.role,
         p.unclaimed_at IS NOT NULL AS unclaimed"
    };
}

#[derive(sqlx::FromRow)]
struct UpdateRow {
    #[sqlx(flatten)]
    entry: EntryRow,
    body: String,
    body_html: String,
    percent: Option<i64>,
}

impl TryFrom<UpdateRow> for UpdateView {
    type Error = StoreError;

    fn try_from(row: UpdateRow) -> Result<Self, StoreError> {
        let percent = row.percent.map(percent).transpose()?;
        Ok(Self { head: row.entry.try_into()?, body: row.body, body_html: row.body_html, percent })
    }
}

/// The updates of these ids.
pub(in super::super) async fn updates_of(tx: &mut Tx, ids: &[Uuid]) -> Result<Vec<UpdateView>, StoreError> {
    let rows: Vec<UpdateRow> = of_ids!(
        tx,
        ids,
        concat!(
            "SELECT ",
            entry_columns!(),
            ", u.body, u.body_html, u.percent
             FROM entry e JOIN entry_update u ON u.entry_id = e.id JOIN person p ON p.id = e.person_id WHERE "
        ),
        "e.id",
        ""
    );
    rows.into_iter().map(UpdateView::try_from).collect()
}

/// The milestones where something is so, which follows.
macro_rules! milestone_rows {
    () => {
        concat!(
            "SELECT ",
            entry_columns!(),
            ", m.title, m.due_on, m.done_at
             FROM entry e JOIN entry_milestone m ON m.entry_id = e.id JOIN person p ON p.id = e.person_id WHERE "
        )
    };
}

#[derive(sqlx::FromRow)]
struct MilestoneRow {
    #[sqlx(flatten)]
    entry: EntryRow,
    title: String,
    due_on: Option<String>,
    done_at: Option<i64>,
}

impl TryFrom<MilestoneRow> for MilestoneView {
    type Error = StoreError;

    fn try_from(row: MilestoneRow) -> Result<Self, StoreError> {
        Ok(Self { head: row.entry.try_into()?, title: row.title, due_on: row.due_on, done_at: row.done_at })
    }
}

/// The milestones of these ids.
pub(in super::super) async fn milestones_of(tx: &mut Tx, ids: &[Uuid]) -> Result<Vec<MilestoneView>, StoreError> {
    let rows: Vec<MilestoneRow> = of_ids!(tx, ids, milestone_rows!(), "e.id", "");
    rows.into_iter().map(MilestoneView::try_from).collect()
}

/// The milestones of an idea: those that are reached in the order they were, then the others by their days, those without
/// one last. Those that are not published where `unpublished`.
///
/// # Errors
/// When the database fails.
pub async fn milestones(tx: &mut Tx, idea: IdeaId, unpublished: bool) -> Result<Vec<MilestoneView>, StoreError> {
    let rows: Vec<MilestoneRow> = on!(tx, c => sqlx::query_as(concat!(
        milestone_rows!(),
        "e.idea_id = $1 AND e.kind = 'milestone' AND e.removed_at IS NULL AND ($2 OR e.published_at IS NOT NULL)
         ORDER BY CASE WHEN m.done_at IS NULL THEN 1 ELSE 0 END, m.done_at, CASE WHEN m.due_on IS NULL THEN 1 ELSE 0 END,
                  m.due_on, e.created_at, e.id"
    ))
    .bind(idea.0)
    .bind(unpublished)
    .fetch_all(c)
    .await)?;
    rows.into_iter().map(MilestoneView::try_from).collect()
}

#[derive(sqlx::FromRow)]
struct ExperimentRow {
    #[sqlx(flatten)]
    entry: EntryRow,
    hypothesis: String,
    trial: String,
    measure: String,
}

#[derive(sqlx::FromRow)]
struct ConclusionRow {
    entry_id: Uuid,
    created_at: Millis,
    outcome: String,
    result: String,
    result_html: String,
    reason: String,
    #[sqlx(flatten)]
    by: rows::PersonRow,
}

/// The experiments of these ids, with all that was said of how they ended.
pub(in super::super) async fn experiments_of(tx: &mut Tx, ids: &[Uuid]) -> Result<Vec<ExperimentView>, StoreError> {
    let rows: Vec<ExperimentRow> = of_ids!(
        tx,
        ids,
        concat!(
            "SELECT ",
            entry_columns!(),
            ", x.hypothesis, x.trial, x.measure
             FROM entry e JOIN entry_experiment x ON x.entry_id = e.id JOIN person p ON p.id = e.person_id WHERE "
        ),
        "e.id",
        ""
    );
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let ended: Vec<ConclusionRow> = of_ids!(
        tx,
        ids,
        "SELECT k.entry_id, k.created_at, k.outcome, k.result, k.result_html, k.reason,
                p.id AS person_id, p.handle, p.name, p.role, p.unclaimed_at IS NOT NULL AS unclaimed
         FROM conclusion k JOIN person p ON p.id = k.person_id WHERE ",
        "k.entry_id",
        " ORDER BY k.created_at DESC"
    );
    let mut by_entry: HashMap<Uuid, Vec<Conclusion>> = HashMap::new();
    for row in ended {
        let outcome = Outcome::parse(&row.outcome);
        by_entry.entry(row.entry_id).or_default().push(Conclusion {
            outcome: outcome.ok_or_else(|| StoreError::Corrupt(format!("outcome `{}`", row.outcome)))?,
            result: row.result,
            result_html: row.result_html,
            reason: row.reason,
            by: row.by.try_into()?,
            at: row.created_at,
        });
    }
    rows.into_iter()
        .map(|row| {
            let mut said = by_entry.remove(&row.entry.id).unwrap_or_default().into_iter();
            Ok(ExperimentView {
                head: row.entry.try_into()?,
                hypothesis: row.hypothesis,
                trial: row.trial,
                measure: row.measure,
                conclusion: said.next(),
                before: said.collect(),
            })
        })
        .collect()
}

/// An entry, as the timeline has it.
///
/// # Errors
/// When the database fails.
pub async fn one(tx: &mut Tx, head: &Head) -> Result<TimelineEntry, StoreError> {
    let ids = [head.id.0];
    let gone = || StoreError::Corrupt(format!("entry {} says nothing", head.id));
    Ok(match head.kind {
        EntryKind::Update => TimelineEntry::Update(updates_of(tx, &ids).await?.pop().ok_or_else(gone)?),
        EntryKind::Milestone => TimelineEntry::Milestone(milestones_of(tx, &ids).await?.pop().ok_or_else(gone)?),
        EntryKind::Experiment => TimelineEntry::Experiment(experiments_of(tx, &ids).await?.pop().ok_or_else(gone)?),
    })
}

#[derive(sqlx::FromRow)]
struct VersionRow {
    written_at: i64,
    said: String,
    #[sqlx(flatten)]
    by: rows::PersonRow,
}

/// What an entry said before, the last first; at most `limit` of it, and only what it still said after `since`.
///
/// # Errors
/// When the database fails.
pub async fn versions(tx: &mut Tx, id: EntryId, since: Millis, limit: u32) -> Result<Vec<EntryVersion>, StoreError> {
    let rows: Vec<VersionRow> = on!(tx, c => sqlx::query_as(
        "SELECT v.written_at, v.said, p.id AS person_id, p.handle, p.name, p.role, p.unclaimed_at IS NOT NULL AS unclaimed
         FROM entry_version v JOIN person p ON p.id = v.person_id
         WHERE v.entry_id = $1 AND v.written_at > $2 ORDER BY v.written_at DESC LIMIT $3",
    )
    .bind(id.0)
    .bind(since)
    .bind(i64::from(limit))
    .fetch_all(c)
    .await)?;
    rows.into_iter()
        .map(|row| {
            let said = serde_json::from_str(&row.said);
            Ok(EntryVersion {
                until: row.written_at,
                by: row.by.try_into()?,
                said: said.map_err(|error| StoreError::Corrupt(format!("what an entry said: {error}")))?,
            })
        })
        .collect()
}

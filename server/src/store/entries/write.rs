//! Writing down progress.

use std::collections::BTreeMap;

use shared::{
    EntryId, IdeaId, PersonId,
    api::{Millis, Outcome},
};

use super::{
    super::{StoreError, Tx, on},
    EntryKind,
};

/// What an entry says.
#[derive(Clone, Copy, Debug)]
pub enum EntryTexts<'a> {
    /// Of an update.
    Update {
        /// Markdown.
        body: &'a str,
        /// The same as sanitised HTML.
        html: &'a str,
        /// How far the idea is.
        percent: Option<u8>,
    },
    /// Of a milestone.
    Milestone {
        /// What is to be reached.
        title: &'a str,
        /// The day it is planned for, as in `2027-03-31`.
        due_on: Option<&'a str>,
    },
    /// Of an experiment.
    Experiment {
        /// What is believed.
        hypothesis: &'a str,
        /// What will be done.
        trial: &'a str,
        /// By what it will be judged.
        measure: &'a str,
    },
}

impl EntryTexts<'_> {
    fn kind(&self) -> EntryKind {
        match self {
            Self::Update { .. } => EntryKind::Update,
            Self::Milestone { .. } => EntryKind::Milestone,
            Self::Experiment { .. } => EntryKind::Experiment,
        }
    }
}

/// An entry to be written.
#[derive(Clone, Copy, Debug)]
pub struct NewEntry<'a> {
    /// Its id.
    pub id: EntryId,
    /// The idea it is about.
    pub idea: IdeaId,
    /// Who writes it.
    pub by: PersonId,
    /// What it says.
    pub texts: EntryTexts<'a>,
    /// Whether it is published at once.
    pub published: bool,
    /// When.
    pub at: Millis,
}

/// Writes down an entry.
///
/// # Errors
/// When the database fails.
pub async fn insert(tx: &mut Tx, new: &NewEntry<'_>) -> Result<(), StoreError> {
    let kind = new.texts.kind();
    on!(tx, c => sqlx::query(
        "INSERT INTO entry (id, idea_id, kind, person_id, created_at, published_at, shown_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(new.id.0)
    .bind(new.idea.0)
    .bind(kind.as_str())
    .bind(new.by.0)
    .bind(new.at)
    .bind(new.published.then_some(new.at))
    .bind((kind != EntryKind::Milestone).then_some(new.at))
    .execute(c)
    .await
    .map(drop))?;
    put(tx, new.id, &new.texts).await
}

/// Says what an entry says, whatever it said before.
async fn put(tx: &mut Tx, id: EntryId, texts: &EntryTexts<'_>) -> Result<(), StoreError> {
    match *texts {
        EntryTexts::Update { body, html, percent } => on!(tx, c => sqlx::query(
            "INSERT INTO entry_update (entry_id, body, body_html, percent) VALUES ($1, $2, $3, $4)
             ON CONFLICT (entry_id) DO UPDATE SET body = excluded.body, body_html = excluded.body_html,
             percent = excluded.percent",
        )
        .bind(id.0)
        .bind(body)
        .bind(html)
        .bind(percent.map(i64::from))
        .execute(c)
        .await
        .map(drop))?,
        EntryTexts::Milestone { title, due_on } => on!(tx, c => sqlx::query(
            "INSERT INTO entry_milestone (entry_id, title, due_on) VALUES ($1, $2, $3)
             ON CONFLICT (entry_id) DO UPDATE SET title = excluded.title, due_on = excluded.due_on",
        )
        .bind(id.0)
        .bind(title)
        .bind(due_on)
        .execute(c)
        .await
        .map(drop))?,
        EntryTexts::Experiment { hypothesis, trial, measure } => on!(tx, c => sqlx::query(
            "INSERT INTO entry_experiment (entry_id, hypothesis, trial, measure) VALUES ($1, $2, $3, $4)
             ON CONFLICT (entry_id) DO UPDATE SET hypothesis = excluded.hypothesis, trial = excluded.trial,
             measure = excluded.measure",
        )
        .bind(id.0)
        .bind(hypothesis)
        .bind(trial)
        .bind(measure)
        .execute(c)
        .await
        .map(drop))?,
    }
    Ok(())
}

/// Lets an entry say something else.
///
/// # Errors
/// When the database fails.
pub async fn edit(tx: &mut Tx, id: EntryId, texts: &EntryTexts<'_>, at: Millis) -> Result<(), StoreError> {
    put(tx, id, texts).await?;
    on!(tx, c => sqlx::query("UPDATE entry SET edited_at = $2 WHERE id = $1")
        .bind(id.0).bind(at).execute(c).await.map(drop))?;
    Ok(())
}

/// Keeps what an entry said until `at`, when somebody changed it.
///
/// # Errors
/// When the database fails.
pub async fn keep_version(
    tx: &mut Tx,
    id: EntryId,
    by: PersonId,
    said: &BTreeMap<String, String>,
    at: Millis,
) -> Result<(), StoreError> {
    let said = serde_json::to_string(said).map_err(|error| StoreError::Corrupt(error.to_string()))?;
    on!(tx, c => sqlx::query(
        "INSERT INTO entry_version (entry_id, written_at, person_id, said) VALUES ($1, $2, $3, $4)",
    )
    .bind(id.0)
    .bind(at)
    .bind(by.0)
    .bind(said)
    .execute(c)
    .await
    .map(drop))?;
    Ok(())
}

/// Publishes an entry that only the company's people saw. It stands in the timeline where it was published.
///
/// # Errors
/// When the database fails.
pub async fn publish(tx: &mut Tx, id: EntryId, at: Millis) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "UPDATE entry SET published_at = $2, shown_at = CASE WHEN shown_at IS NULL THEN NULL ELSE $2 END
         WHERE id = $1 AND published_at IS NULL",
    )
    .bind(id.0)
    .bind(at)
    .execute(c)
    .await
    .map(drop))?;
    Ok(())
}

/// Says whether a milestone is reached: when and by whose word, or not.
///
/// # Errors
/// When the database fails.
pub async fn set_done(tx: &mut Tx, id: EntryId, done: Option<(Millis, PersonId)>) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query("UPDATE entry_milestone SET done_at = $2, done_by = $3 WHERE entry_id = $1")
        .bind(id.0)
        .bind(done.map(|(at, _)| at))
        .bind(done.map(|(_, by)| by.0))
        .execute(c)
        .await
        .map(drop))?;
    on!(tx, c => sqlx::query("UPDATE entry SET shown_at = $2 WHERE id = $1")
        .bind(id.0).bind(done.map(|(at, _)| at)).execute(c).await.map(drop))?;
    Ok(())
}

/// How an experiment ended, to be written.
#[derive(Clone, Copy, Debug)]
pub struct NewConclusion<'a> {
    /// What becomes of what was tried.
    pub outcome: Outcome,
    /// What came of it, Markdown.
    pub result: &'a str,
    /// The same as sanitised HTML.
    pub html: &'a str,
    /// Why.
    pub reason: &'a str,
    /// Who says so.
    pub by: PersonId,
    /// When.
    pub at: Millis,
}

/// Says how an experiment ended. What was said before stays.
///
/// # Errors
/// When the database fails.
pub async fn conclude(tx: &mut Tx, id: EntryId, new: &NewConclusion<'_>) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "INSERT INTO conclusion (entry_id, created_at, person_id, outcome, result, result_html, reason)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(id.0)
    .bind(new.at)
    .bind(new.by.0)
    .bind(new.outcome.as_str())
    .bind(new.result)
    .bind(new.html)
    .bind(new.reason)
    .execute(c)
    .await
    .map(drop))?;
    on!(tx, c => sqlx::query("UPDATE entry SET shown_at = $2 WHERE id = $1")
        .bind(id.0).bind(new.at).execute(c).await.map(drop))?;
    Ok(())
}

/// Takes an entry away. Its row stays, for the record.
///
/// # Errors
/// When the database fails.
pub async fn remove(tx: &mut Tx, id: EntryId, by: PersonId, at: Millis) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query("UPDATE entry SET removed_at = $2, removed_by = $3 WHERE id = $1")
        .bind(id.0).bind(at).bind(by.0).execute(c).await.map(drop))?;
    Ok(())
}

/// Works out anew how far an idea is: what the latest published update says that says anything of it, or else how many of
/// its published milestones are reached.
///
/// # Errors
/// When the database fails.
pub async fn refresh(tx: &mut Tx, idea: IdeaId) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "UPDATE idea SET percent = coalesce(
             (SELECT u.percent FROM entry e JOIN entry_update u ON u.entry_id = e.id
              WHERE e.idea_id = $1 AND e.kind = 'update' AND e.published_at IS NOT NULL AND e.removed_at IS NULL
                AND u.percent IS NOT NULL ORDER BY e.shown_at DESC, e.id DESC LIMIT 1),
             (SELECT CASE WHEN count(*) = 0 THEN NULL ELSE count(m.done_at) * 100 / count(*) END
              FROM entry e JOIN entry_milestone m ON m.entry_id = e.id
              WHERE e.idea_id = $1 AND e.kind = 'milestone' AND e.published_at IS NOT NULL AND e.removed_at IS NULL)
         ) WHERE id = $1",
    )
    .bind(idea.0)
    .execute(c)
    .await
    .map(drop))?;
    Ok(())
}

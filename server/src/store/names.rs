//! Names that came with imports, and the people they turn out to be.

use shared::{
    IdeaId, PersonId, Role,
    api::{Millis, NameView, PersonView},
};
use uuid::Uuid;

use super::{StoreError, Tx, heat, on, rows};

/// An author that files speak of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Author {
    /// The name that was made for them, if one was.
    pub name: Option<PersonId>,
    /// Who proposes what they proposed: the name, or whom it was matched to.
    pub person: PersonId,
}

/// Who an author is that files spoke of before, by the name as it is compared.
///
/// # Errors
/// When the database fails.
pub async fn known(tx: &mut Tx, name: &str) -> Result<Option<Author>, StoreError> {
    let row: Option<(Uuid, Option<Uuid>)> = on!(tx, c => sqlx::query_as(
        "SELECT n.person_id, m.person_id FROM imported_name n LEFT JOIN name_match m ON m.name_id = n.person_id
         WHERE n.name = $1",
    )
    .bind(name)
    .fetch_optional(c)
    .await)?;
    Ok(row.map(|(name, to)| Author { name: Some(PersonId(name)), person: PersonId(to.unwrap_or(name)) }))
}

/// The authors that files spoke of, by their names as they are compared.
///
/// # Errors
/// When the database fails.
pub async fn all_known(tx: &mut Tx) -> Result<Vec<String>, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar("SELECT name FROM imported_name").fetch_all(c).await)?)
}

/// Adds somebody who is only a name: without a password, and with no address that a form could hold. `false`, and
/// nothing is changed, when the handle is another's.
///
/// # Errors
/// When the database fails.
pub async fn add(tx: &mut Tx, person: &PersonView, at: Millis) -> Result<bool, StoreError> {
    let added = on!(tx, c => sqlx::query(
        "INSERT INTO person (id, handle, name, email, password_hash, role, created_at, unclaimed_at)
         VALUES ($1, $2, $3, $4, '', $5, $6, $6) ON CONFLICT DO NOTHING",
    )
    .bind(person.id.0)
    .bind(&person.handle)
    .bind(&person.name)
    .bind(format!("unclaimed {}", person.id))
    .bind(Role::Customer.as_str())
    .bind(at)
    .execute(c)
    .await
    .map(|done| done.rows_affected()))?;
    Ok(added == 1)
}

/// Remembers the name that was made for an author.
///
/// # Errors
/// [`StoreError::Taken`] when another import was faster.
pub async fn remember(tx: &mut Tx, name: &str, person: PersonId) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query("INSERT INTO imported_name (name, person_id) VALUES ($1, $2)")
        .bind(name).bind(person.0).execute(c).await.map(drop))?;
    Ok(())
}

#[derive(sqlx::FromRow)]
struct NameRow {
    #[sqlx(flatten)]
    person: rows::PersonRow,
    ideas: i64,
    to_id: Option<Uuid>,
    to_handle: Option<String>,
    to_name: Option<String>,
    to_role: Option<String>,
}

impl TryFrom<NameRow> for NameView {
    type Error = StoreError;

    fn try_from(row: NameRow) -> Result<Self, StoreError> {
        let to = row.to_id.zip(row.to_handle).zip(row.to_name).zip(row.to_role);
        let matched_to = to.map(|(((id, handle), name), role)| {
            Ok::<_, StoreError>(rows::person(PersonId(id), handle, name, super::people::role(&role)?, false))
        });
        Ok(Self {
            person: row.person.try_into()?,
            ideas: rows::number(row.ideas)?,
            matched_to: matched_to.transpose()?,
        })
    }
}

macro_rules! names {
    ($rest:literal) => {
        concat!(
            "SELECT p.id AS person_id, p.handle, p.name, p.role, p.unclaimed_at IS NOT NULL AS unclaimed,
                    (SELECT count(*) FROM idea i WHERE i.author_id = p.id)
                    + (SELECT count(*) FROM matched_idea d WHERE d.name_id = p.id) AS ideas,
                    t.id AS to_id, t.handle AS to_handle, t.name AS to_name, t.role AS to_role
             FROM person p LEFT JOIN name_match m ON m.name_id = p.id LEFT JOIN person t ON t.id = m.person_id
             WHERE p.unclaimed_at IS NOT NULL AND ",
            $rest
        )
    };
}

/// At most `limit` names after `after`, in the order they came; with a word, only those that hold it.
///
/// # Errors
/// When the database fails.
pub async fn list(tx: &mut Tx, word: &str, after: Option<PersonId>, limit: u32) -> Result<Vec<NameView>, StoreError> {
    let rows: Vec<NameRow> = on!(tx, c => sqlx::query_as(names!(
        "p.id > $1 AND ($2 = '' OR lower(p.name) LIKE '%' || $2 || '%' ESCAPE '\\') ORDER BY p.id LIMIT $3"
    ))
    .bind(after.map_or_else(Uuid::nil, |id| id.0))
    .bind(word.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_").to_lowercase())
    .bind(i64::from(limit))
    .fetch_all(c)
    .await)?;
    rows.into_iter().map(NameView::try_from).collect()
}

/// A name by its handle.
///
/// # Errors
/// When the database fails.
pub async fn one(tx: &mut Tx, handle: &str) -> Result<Option<NameView>, StoreError> {
    let row: Option<NameRow> =
        on!(tx, c => sqlx::query_as(names!("p.handle = $1")).bind(handle).fetch_optional(c).await)?;
    row.map(NameView::try_from).transpose()
}

/// Gives what stands under a name to the person it turned out to be, and notes what changed by it.
///
/// # Errors
/// [`StoreError::Taken`] when the name was matched meanwhile.
pub async fn give(tx: &mut Tx, name: PersonId, to: PersonId, by: PersonId, at: Millis) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "INSERT INTO name_match (name_id, person_id, matched_by, created_at) VALUES ($1, $2, $3, $4)",
    )
    .bind(name.0)
    .bind(to.0)
    .bind(by.0)
    .bind(at)
    .execute(c)
    .await
    .map(drop))?;
    for sql in [
        "INSERT INTO matched_idea (idea_id, name_id, coauthor, follow, changes, last_at)
         SELECT i.id, $1,
                CASE WHEN EXISTS (SELECT 1 FROM coauthor o WHERE o.idea_id = i.id AND o.person_id = $2) THEN 0 ELSE 1 END,
                CASE WHEN EXISTS (SELECT 1 FROM follow f WHERE f.idea_id = i.id AND f.person_id = $2) THEN 0 ELSE 1 END,
                COALESCE((SELECT h.changes FROM shaper h WHERE h.idea_id = i.id AND h.person_id = $1), 0),
                COALESCE((SELECT h.last_at FROM shaper h WHERE h.idea_id = i.id AND h.person_id = $1), i.created_at)
         FROM idea i WHERE i.author_id = $1",
        "UPDATE idea SET author_id = $2 WHERE author_id = $1",
        "INSERT INTO coauthor (idea_id, person_id, created_at)
         SELECT o.idea_id, $2, o.created_at FROM coauthor o WHERE o.person_id = $1 ON CONFLICT DO NOTHING",
        "INSERT INTO shaper (idea_id, person_id, changes, last_at)
         SELECT h.idea_id, $2, h.changes, h.last_at FROM shaper h WHERE h.person_id = $1
         ON CONFLICT (idea_id, person_id) DO UPDATE SET changes = shaper.changes + excluded.changes",
        "INSERT INTO follow (idea_id, person_id, created_at)
         SELECT d.idea_id, $2, d.last_at FROM matched_idea d WHERE d.name_id = $1 ON CONFLICT DO NOTHING",
    ] {
        of_both(tx, sql, name, to).await?;
    }
    of_name(tx, "DELETE FROM coauthor WHERE person_id = $1", name).await?;
    of_name(tx, "DELETE FROM shaper WHERE person_id = $1", name).await?;
    warm(tx, name).await
}

/// Notes that an idea that has just come in under a name stands under whom that was matched to.
///
/// # Errors
/// When the database fails.
pub async fn given(tx: &mut Tx, idea: IdeaId, name: PersonId, at: Millis) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "INSERT INTO matched_idea (idea_id, name_id, coauthor, follow, changes, last_at) VALUES ($1, $2, 1, 1, 1, $3)",
    )
    .bind(idea.0)
    .bind(name.0)
    .bind(at)
    .execute(c)
    .await
    .map(drop))?;
    Ok(())
}

/// Takes back what [`give`] gave.
///
/// # Errors
/// When the database fails.
pub async fn take_back(tx: &mut Tx, name: PersonId, from: PersonId) -> Result<(), StoreError> {
    for sql in [
        "UPDATE idea SET author_id = $1
         WHERE author_id = $2 AND id IN (SELECT d.idea_id FROM matched_idea d WHERE d.name_id = $1)",
        "DELETE FROM coauthor WHERE person_id = $2
         AND idea_id IN (SELECT d.idea_id FROM matched_idea d WHERE d.name_id = $1 AND d.coauthor = 1)",
        "DELETE FROM follow WHERE person_id = $2
         AND idea_id IN (SELECT d.idea_id FROM matched_idea d WHERE d.name_id = $1 AND d.follow = 1)",
        "UPDATE shaper SET changes = changes
            - (SELECT d.changes FROM matched_idea d WHERE d.idea_id = shaper.idea_id AND d.name_id = $1)
         WHERE person_id = $2 AND idea_id IN (SELECT d.idea_id FROM matched_idea d WHERE d.name_id = $1)",
        "DELETE FROM shaper WHERE person_id = $2 AND changes <= 0
         AND idea_id IN (SELECT d.idea_id FROM matched_idea d WHERE d.name_id = $1)",
    ] {
        of_both(tx, sql, name, from).await?;
    }
    for sql in [
        "INSERT INTO coauthor (idea_id, person_id, created_at)
         SELECT i.id, $1, i.created_at FROM matched_idea d JOIN idea i ON i.id = d.idea_id
         WHERE d.name_id = $1 AND i.author_id = $1 ON CONFLICT DO NOTHING",
        "INSERT INTO shaper (idea_id, person_id, changes, last_at)
         SELECT d.idea_id, $1, d.changes, d.last_at FROM matched_idea d
         WHERE d.name_id = $1 AND d.changes > 0 ON CONFLICT DO NOTHING",
    ] {
        of_name(tx, sql, name).await?;
    }
    warm(tx, name).await?;
    of_name(tx, "DELETE FROM matched_idea WHERE name_id = $1", name).await?;
    of_name(tx, "DELETE FROM name_match WHERE name_id = $1", name).await
}

async fn of_both(tx: &mut Tx, sql: &'static str, name: PersonId, person: PersonId) -> Result<(), StoreError> {
    Ok(on!(tx, c => sqlx::query(sql).bind(name.0).bind(person.0).execute(c).await.map(drop))?)
}

async fn of_name(tx: &mut Tx, sql: &'static str, name: PersonId) -> Result<(), StoreError> {
    Ok(on!(tx, c => sqlx::query(sql).bind(name.0).execute(c).await.map(drop))?)
}

/// What an idea's author does there does not warm it, and these have another author now.
async fn warm(tx: &mut Tx, name: PersonId) -> Result<(), StoreError> {
    let ideas: Vec<Uuid> = on!(tx, c => sqlx::query_scalar("SELECT idea_id FROM matched_idea WHERE name_id = $1")
        .bind(name.0).fetch_all(c).await)?;
    for idea in ideas {
        heat::refresh(tx, IdeaId(idea)).await?;
    }
    Ok(())
}

//! People and their accounts.

use std::collections::HashMap;

use shared::{
    BoardId, IdeaId, Locale, PersonId, Role,
    api::{Millis, PersonRecord, PersonView, Suspension},
    slug::slug,
};
use uuid::Uuid;

use super::{StoreError, Tx, on, rows};
use crate::domain::people::Sought;

/// An account, whole.
#[derive(Clone, Debug)]
pub struct Account {
    /// Who.
    pub person: PersonView,
    /// Their e-mail address.
    pub email: String,
    /// Their password, hashed.
    pub password_hash: String,
    /// The language they chose, if they did.
    pub locale: Option<Locale>,
    /// When they joined.
    pub created_at: Millis,
}

/// A row of `person`, as far as others see it.
#[derive(sqlx::FromRow)]
pub(super) struct PersonRow {
    pub(super) id: Uuid,
    pub(super) handle: String,
    pub(super) name: String,
    pub(super) role: String,
    pub(super) unclaimed_at: Option<Millis>,
}

impl TryFrom<PersonRow> for PersonView {
    type Error = StoreError;

    fn try_from(row: PersonRow) -> Result<Self, StoreError> {
        let role = role(&row.role)?;
        Ok(rows::person(PersonId(row.id), row.handle, row.name, role, row.unclaimed_at.is_some()))
    }
}

#[derive(sqlx::FromRow)]
struct AccountRow {
    #[sqlx(flatten)]
    person: PersonRow,
    email: String,
    password_hash: String,
    locale: Option<String>,
    created_at: Millis,
    suspended_at: Option<Millis>,
    suspended_for: Option<String>,
}

impl TryFrom<AccountRow> for PersonRecord {
    type Error = StoreError;

    fn try_from(row: AccountRow) -> Result<Self, StoreError> {
        let words = row.suspended_for.unwrap_or_default();
        Ok(Self {
            person: row.person.try_into()?,
            email: row.email,
            created_at: row.created_at,
            suspended: row.suspended_at.map(|since| Suspension { since, words }),
        })
    }
}

impl TryFrom<AccountRow> for Account {
    type Error = StoreError;

    fn try_from(row: AccountRow) -> Result<Self, StoreError> {
        Ok(Self {
            person: row.person.try_into()?,
            email: row.email,
            password_hash: row.password_hash,
            locale: row.locale.as_deref().and_then(Locale::from_tag),
            created_at: row.created_at,
        })
    }
}

/// The role of a stored word.
pub(super) fn role(word: &str) -> Result<Role, StoreError> {
    Role::parse(word).ok_or_else(|| StoreError::Corrupt(format!("role {word:?}")))
}

/// Adds an account; `false`, and nothing is changed, when its handle or e-mail belongs to another.
///
/// # Errors
/// When the database fails.
pub async fn add(tx: &mut Tx, account: &Account) -> Result<bool, StoreError> {
    let person = &account.person;
    let added = on!(tx, c => sqlx::query(
        "INSERT INTO person (id, handle, name, email, password_hash, role, locale, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING",
    )
        .bind(person.id.0)
        .bind(&person.handle)
        .bind(&person.name)
        .bind(&account.email)
        .bind(&account.password_hash)
        .bind(person.role.as_str())
        .bind(account.locale.map(Locale::tag))
        .bind(account.created_at)
        .execute(c).await.map(|done| done.rows_affected()))?;
    Ok(added == 1)
}

/// The account of a person.
///
/// # Errors
/// When the database fails.
pub async fn account(tx: &mut Tx, id: PersonId) -> Result<Option<Account>, StoreError> {
    let row: Option<AccountRow> = on!(tx, c => sqlx::query_as("SELECT * FROM person WHERE id = $1 AND erased_at IS NULL")
        .bind(id.0).fetch_optional(c).await)?;
    row.map(TryInto::try_into).transpose()
}

/// The account with an e-mail address, which is in its normal form.
///
/// # Errors
/// When the database fails.
pub async fn account_by_email(tx: &mut Tx, email: &str) -> Result<Option<Account>, StoreError> {
    let row: Option<AccountRow> = on!(tx, c => sqlx::query_as("SELECT * FROM person WHERE email = $1")
        .bind(email).fetch_optional(c).await)?;
    row.map(TryInto::try_into).transpose()
}

/// A person, as others see them.
///
/// # Errors
/// When the database fails.
pub async fn person(tx: &mut Tx, id: PersonId) -> Result<Option<PersonView>, StoreError> {
    let row: Option<PersonRow> = on!(tx, c => sqlx::query_as("SELECT id, handle, name, role, unclaimed_at FROM person WHERE id = $1")
        .bind(id.0).fetch_optional(c).await)?;
    row.map(TryInto::try_into).transpose()
}

/// These people, as others see them.
///
/// # Errors
/// When the database fails.
pub async fn named(tx: &mut Tx, ids: &[PersonId]) -> Result<HashMap<PersonId, PersonView>, StoreError> {
    macro_rules! of {
        ($in:literal) => {
            concat!("SELECT id, handle, name, role, unclaimed_at FROM person WHERE id ", $in)
        };
    }
    let rows: Vec<PersonRow> = match tx {
        Tx::Sqlite(tx) => {
            let ids: Vec<String> = ids.iter().map(|id| id.0.simple().to_string()).collect();
            let sql = of!("IN (SELECT unhex(value) FROM json_each($1))");
            sqlx::query_as(sql).bind(sqlx::types::Json(ids)).fetch_all(&mut **tx).await?
        }
        Tx::Postgres(tx) => {
            let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
            sqlx::query_as(of!("= ANY ($1)")).bind(ids).fetch_all(&mut **tx).await?
        }
    };
    rows.into_iter().map(|row| Ok((PersonId(row.id), row.try_into()?))).collect()
}

/// A person by their handle, as others see them.
///
/// # Errors
/// When the database fails.
pub async fn person_by_handle(tx: &mut Tx, handle: &str) -> Result<Option<PersonView>, StoreError> {
    let row: Option<PersonRow> = on!(tx, c => sqlx::query_as("SELECT id, handle, name, role, unclaimed_at FROM person WHERE handle = $1")
            .bind(handle).fetch_optional(c).await)?;
    row.map(TryInto::try_into).transpose()
}

/// The owner who has been here longest.
///
/// # Errors
/// When the database fails.
pub async fn first_owner(tx: &mut Tx) -> Result<Option<PersonView>, StoreError> {
    let row: Option<PersonRow> = on!(tx, c => sqlx::query_as(
        "SELECT id, handle, name, role, unclaimed_at FROM person WHERE role = 'owner' ORDER BY id LIMIT 1",
    )
    .fetch_optional(c)
    .await)?;
    row.map(TryInto::try_into).transpose()
}

/// Whom a list of people is to hold: those who see a board.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Readers {
    /// The board.
    pub board: BoardId,
    /// The roles that see it, each between commas.
    pub roles: String,
    /// The roles that see it when they are named its members.
    pub as_members: String,
}

/// At most `limit` people who see a board and whose handle or a word of whose name begins so, in lower case; those who took
/// part in the idea first.
///
/// # Errors
/// When the database fails.
pub async fn beginning(
    tx: &mut Tx,
    readers: &Readers,
    idea: IdeaId,
    letters: &str,
    limit: u32,
) -> Result<Vec<PersonView>, StoreError> {
    // Nothing in it is to stand for other letters.
    let letters: String =
        letters.chars().flat_map(|c| if "\\%_".contains(c) { vec!['\\', c] } else { vec![c] }).collect();
    let rows: Vec<PersonRow> = on!(tx, c => sqlx::query_as(
        "SELECT p.id, p.handle, p.name, p.role, p.unclaimed_at FROM person p
         WHERE (p.handle LIKE $1 ESCAPE '\\' OR lower(p.name) LIKE $1 ESCAPE '\\' OR lower(p.name) LIKE $2 ESCAPE '\\')
           AND p.suspended_at IS NULL AND p.unclaimed_at IS NULL
           AND ($3 LIKE '%,' || p.role || ',%' OR ($4 LIKE '%,' || p.role || ',%' AND EXISTS
               (SELECT 1 FROM board_member m WHERE m.board_id = $5 AND m.person_id = p.id)))
         ORDER BY CASE WHEN EXISTS (SELECT 1 FROM follow f WHERE f.idea_id = $6 AND f.person_id = p.id) THEN 0 ELSE 1 END,
                  p.name, p.id LIMIT $7",
    )
    .bind(format!("{letters}%"))
    .bind(format!("% {letters}%"))
    .bind(&readers.roles)
    .bind(&readers.as_members)
    .bind(readers.board.0)
    .bind(idea.0)
    .bind(i64::from(limit))
    .fetch_all(c)
    .await)?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// How many owners may come in.
///
/// # Errors
/// When the database fails.
pub async fn owners(tx: &mut Tx) -> Result<i64, StoreError> {
    Ok(
        on!(tx, c => sqlx::query_scalar("SELECT COUNT(*) FROM person WHERE role = 'owner' AND suspended_at IS NULL").fetch_one(c).await)?,
    )
}

/// Changes a name.
///
/// # Errors
/// When the database fails.
pub async fn set_name(tx: &mut Tx, id: PersonId, name: &str) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query("UPDATE person SET name = $2 WHERE id = $1")
        .bind(id.0).bind(name).execute(c).await.map(drop))?;
    Ok(())
}

/// Changes a language.
///
/// # Errors
/// When the database fails.
pub async fn set_locale(tx: &mut Tx, id: PersonId, locale: Locale) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query("UPDATE person SET locale = $2 WHERE id = $1")
        .bind(id.0).bind(locale.tag()).execute(c).await.map(drop))?;
    Ok(())
}

/// Changes a password.
///
/// # Errors
/// When the database fails.
pub async fn set_password(tx: &mut Tx, id: PersonId, hash: &str) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query("UPDATE person SET password_hash = $2 WHERE id = $1")
        .bind(id.0).bind(hash).execute(c).await.map(drop))?;
    Ok(())
}

/// Puts another hash of the same password in place of `old`, unless it was changed in the meantime.
///
/// # Errors
/// When the database fails.
pub async fn rehash_password(tx: &mut Tx, id: PersonId, old: &str, new: &str) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query("UPDATE person SET password_hash = $3 WHERE id = $1 AND password_hash = $2")
        .bind(id.0).bind(old).bind(new).execute(c).await.map(drop))?;
    Ok(())
}

/// Changes a role.
///
/// # Errors
/// When the database fails.
pub async fn set_role(tx: &mut Tx, id: PersonId, role: Role) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query("UPDATE person SET role = $2 WHERE id = $1")
        .bind(id.0).bind(role.as_str()).execute(c).await.map(drop))?;
    Ok(())
}

/// Removes an account on which nothing stands yet.
///
/// # Errors
/// When the database fails.
pub async fn remove(tx: &mut Tx, id: PersonId) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query("DELETE FROM person WHERE id = $1").bind(id.0).execute(c).await.map(drop))?;
    Ok(())
}

/// At most `limit` of the people who are looked for after `after`, in the order they joined; not those who are only names.
///
/// # Errors
/// When the database fails.
pub async fn list(
    tx: &mut Tx,
    sought: &Sought,
    after: Option<PersonId>,
    limit: u32,
) -> Result<Vec<PersonRecord>, StoreError> {
    let words = sought.words.as_deref().map(str::trim).filter(|words| !words.is_empty());
    // A handle is a name without its accents, so that Zoé is found as zoe, and the other way round.
    let plain = words.map(slug).filter(|words| !words.is_empty());
    let rows: Vec<AccountRow> = on!(tx, c => sqlx::query_as(
        "SELECT * FROM person WHERE id > $1 AND unclaimed_at IS NULL AND erased_at IS NULL
         AND ($3 IS NULL OR lower(name) LIKE $3 ESCAPE '!' OR email LIKE $3 ESCAPE '!' OR handle LIKE $4)
         AND ($5 IS NULL OR role = $5) AND ($6 = 0 OR suspended_at IS NOT NULL)
         ORDER BY id LIMIT $2",
    )
    .bind(after.map_or_else(Uuid::nil, |id| id.0))
    .bind(i64::from(limit))
    .bind(words.map(|words| anywhere(&words.to_lowercase())))
    .bind(plain.map(|words| anywhere(&words)))
    .bind(sought.role.map(Role::as_str))
    .bind(i64::from(sought.suspended))
    .fetch_all(c)
    .await)?;
    rows.into_iter().map(PersonRecord::try_from).collect()
}

/// The pattern of a text in which these words stand as they are, wherever.
fn anywhere(words: &str) -> String {
    let words = words.replace('!', "!!").replace('%', "!%").replace('_', "!_");
    format!("%{words}%")
}

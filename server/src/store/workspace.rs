//! The workspace's own row, and the link by which its first owner comes in.

use shared::{
    Locale, PictureId,
    accent::Accent,
    api::{Millis, SignUpRule},
    picture::Address,
};
use uuid::Uuid;

use super::{StoreError, Tx, on, rows};
use crate::domain::secret::SecretHash;

/// What owners settle for the workspace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Its name.
    pub name: String,
    /// Its accent colour as it was chosen.
    pub accent: Option<Accent>,
    /// The languages it speaks, the one for those who like none of them first.
    pub languages: Vec<Locale>,
    /// The time zone in which it counts its days, by its IANA name.
    pub time_zone: String,
    /// Who may sign up.
    pub sign_up: SignUpRule,
    /// The domains of those who may, where that is the rule.
    pub domains: Vec<String>,
    /// Its logo.
    pub logo: Option<Address>,
}

#[derive(sqlx::FromRow)]
struct SettingsRow {
    name: String,
    accent: Option<String>,
    languages: String,
    time_zone: String,
    sign_up: Option<String>,
    domains: String,
    logo_id: Option<Uuid>,
    width: Option<i64>,
    height: Option<i64>,
}

impl TryFrom<SettingsRow> for Settings {
    type Error = StoreError;

    fn try_from(row: SettingsRow) -> Result<Self, StoreError> {
        let corrupt = |what: &str| StoreError::Corrupt(format!("workspace: {what}"));
        let accent = row.accent.map(|accent| accent.parse().map_err(|_| corrupt(&accent))).transpose()?;
        let languages = row.languages.split(',').map(|tag| Locale::from_tag(tag).ok_or_else(|| corrupt(tag)));
        let rule = |word: String| SignUpRule::parse(&word).ok_or_else(|| corrupt(&word));
        let logo = match (row.logo_id, row.width, row.height) {
            (Some(id), Some(width), Some(height)) => {
                Some(Address { id: PictureId(id), width: rows::number(width)?, height: rows::number(height)? })
            }
            _ => None,
        };
        Ok(Self {
            name: row.name,
            accent,
            languages: languages.collect::<Result<_, _>>()?,
            time_zone: row.time_zone,
            sign_up: row.sign_up.map(rule).transpose()?.unwrap_or_default(),
            domains: row.domains.split_whitespace().map(str::to_owned).collect(),
            logo,
        })
    }
}

/// The workspace's name, once it is set up.
///
/// # Errors
/// When the database fails.
pub async fn name(tx: &mut Tx) -> Result<Option<String>, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar("SELECT name FROM workspace WHERE id = 1").fetch_optional(c).await)?)
}

/// When the workspace was set up, once it is.
///
/// # Errors
/// When the database fails.
pub async fn created_at(tx: &mut Tx) -> Result<Option<Millis>, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar("SELECT created_at FROM workspace WHERE id = 1").fetch_optional(c).await)?)
}

/// What is settled for the workspace, once it is set up.
///
/// # Errors
/// When the database fails.
pub async fn settings(tx: &mut Tx) -> Result<Option<Settings>, StoreError> {
    let row: Option<SettingsRow> = on!(tx, c => sqlx::query_as(
        "SELECT w.name, w.accent, w.languages, w.time_zone, w.sign_up, w.domains, w.logo_id, p.width, p.height
         FROM workspace w LEFT JOIN picture p ON p.id = w.logo_id WHERE w.id = 1",
    )
    .fetch_optional(c)
    .await)?;
    row.map(Settings::try_from).transpose()
}

/// Sets the workspace up: names it, and says who may sign up at first.
///
/// # Errors
/// When the database fails.
pub async fn found(tx: &mut Tx, name: &str, sign_up: SignUpRule, now: Millis) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query("INSERT INTO workspace (id, name, sign_up, created_at) VALUES (1, $1, $2, $3)")
        .bind(name).bind(sign_up.as_str()).bind(now).execute(c).await.map(drop))?;
    Ok(())
}

/// The name of the time zone in which the workspace counts its days.
///
/// # Errors
/// When the database fails.
pub async fn time_zone(tx: &mut Tx) -> Result<String, StoreError> {
    let zone: Option<String> =
        on!(tx, c => sqlx::query_scalar("SELECT time_zone FROM workspace WHERE id = 1").fetch_optional(c).await)?;
    Ok(zone.unwrap_or_else(|| "UTC".to_owned()))
}

/// Says in which time zone the workspace counts its days.
///
/// # Errors
/// When the database fails.
pub async fn set_time_zone(tx: &mut Tx, zone: &str) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query("UPDATE workspace SET time_zone = $1 WHERE id = 1")
        .bind(zone).execute(c).await.map(drop))?;
    Ok(())
}

/// Says who may sign up, where that was never settled.
///
/// # Errors
/// When the database fails.
pub async fn settle_sign_up(tx: &mut Tx, sign_up: SignUpRule) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query("UPDATE workspace SET sign_up = $1 WHERE sign_up IS NULL")
        .bind(sign_up.as_str()).execute(c).await.map(drop))?;
    Ok(())
}

/// Settles everything for the workspace.
///
/// # Errors
/// When the database fails.
pub async fn settle(tx: &mut Tx, settings: &Settings) -> Result<(), StoreError> {
    let languages = settings.languages.iter().map(|language| language.tag()).collect::<Vec<_>>().join(",");
    on!(tx, c => sqlx::query(
        "UPDATE workspace SET name = $1, accent = $2, languages = $3, sign_up = $4, domains = $5, logo_id = $6,
             time_zone = $7 WHERE id = 1",
    )
    .bind(&settings.name)
    .bind(settings.accent.map(String::from))
    .bind(&languages)
    .bind(settings.sign_up.as_str())
    .bind(settings.domains.join(" "))
    .bind(settings.logo.map(|logo| logo.id.0))
    .bind(&settings.time_zone)
    .execute(c)
    .await
    .map(drop))?;
    Ok(())
}

/// Makes other transactions that call this wait for the end of this one.
///
/// # Errors
/// When the database fails.
pub async fn lock(tx: &mut Tx) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query("UPDATE workspace SET name = name WHERE id = 1").execute(c).await.map(drop))?;
    Ok(())
}

/// Replaces every unused set-up link by this one.
///
/// # Errors
/// When the database fails.
pub async fn replace_setup_link(tx: &mut Tx, hash: SecretHash, now: Millis) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query("DELETE FROM setup_link WHERE used_at IS NULL").execute(c).await.map(drop))?;
    on!(tx, c => sqlx::query("INSERT INTO setup_link (token_hash, created_at) VALUES ($1, $2)")
        .bind(&hash.0[..]).bind(now).execute(c).await.map(drop))?;
    Ok(())
}

/// Uses the set-up link; `false` when there is none like it, or it was used.
///
/// # Errors
/// When the database fails.
pub async fn use_setup_link(tx: &mut Tx, hash: SecretHash, now: Millis) -> Result<bool, StoreError> {
    let used = on!(tx, c => sqlx::query("UPDATE setup_link SET used_at = $2 WHERE token_hash = $1 AND used_at IS NULL")
        .bind(&hash.0[..]).bind(now).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(used == 1)
}

//! Perks: the catalogue, how many are left, and their codes.

use shared::{
    PerkId, PersonId, RecognitionId,
    api::{HeldPerk, Millis, PerkName, PerkView, WrittenPerk},
};
use uuid::Uuid;

use super::{
    super::{StoreError, Tx, on, rows},
    given::perk_kind,
};

#[derive(sqlx::FromRow)]
struct PerkRow {
    id: Uuid,
    kind: String,
    title_fr: String,
    title_en: String,
    about_fr: String,
    about_en: String,
    price: Option<i64>,
    stock: i64,
    coded: i64,
    retired_at: Option<i64>,
    claimed: i64,
}

impl TryFrom<PerkRow> for PerkView {
    type Error = StoreError;

    fn try_from(row: PerkRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: PerkId(row.id),
            kind: perk_kind(&row.kind)?,
            fr: row.title_fr,
            en: row.title_en,
            about_fr: row.about_fr,
            about_en: row.about_en,
            price: row.price.map(rows::number).transpose()?,
            stock: rows::number(row.stock)?,
            coded: row.coded != 0,
            retired: row.retired_at.is_some(),
            claimed: rows::number(row.claimed)?,
        })
    }
}

macro_rules! perk {
    () => {
        "SELECT k.id, k.kind, k.title_fr, k.title_en, k.about_fr, k.about_en, k.price, k.stock, k.coded, k.retired_at,
                (SELECT count(*) FROM recognition r WHERE r.person_id = $1 AND r.perk_id = k.id AND r.kind = 'claim') AS claimed
         FROM perk k"
    };
}

/// The catalogue as a person sees it: what is given still first, the cheapest first.
///
/// # Errors
/// When the database fails.
pub async fn list(tx: &mut Tx, person: PersonId) -> Result<Vec<PerkView>, StoreError> {
    let found: Vec<PerkRow> = on!(tx, c => sqlx::query_as(concat!(
        perk!(), " ORDER BY CASE WHEN k.retired_at IS NULL THEN 0 ELSE 1 END, CASE WHEN k.price IS NULL THEN 1 ELSE 0 END,
            k.price, k.created_at, k.id"
    ))
    .bind(person.0)
    .fetch_all(c)
    .await)?;
    found.into_iter().map(PerkView::try_from).collect()
}

/// A perk as a person sees it.
///
/// # Errors
/// When the database fails.
pub async fn one(tx: &mut Tx, person: PersonId, id: PerkId) -> Result<Option<PerkView>, StoreError> {
    let row: Option<PerkRow> = on!(tx, c => sqlx::query_as(concat!(perk!(), " WHERE k.id = $2"))
        .bind(person.0).bind(id.0).fetch_optional(c).await)?;
    row.map(PerkView::try_from).transpose()
}

/// As many of a perk as there are to give.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stock {
    /// So many from now on.
    Of(u32),
    /// As before: they are counted by their codes, or nothing was said.
    AsBefore,
}

/// Makes a perk, or lets it be otherwise; whether it comes with codes is said once.
///
/// # Errors
/// When the database fails.
pub async fn set(tx: &mut Tx, id: PerkId, perk: &WrittenPerk, stock: Stock, at: Millis) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "INSERT INTO perk (id, kind, title_fr, title_en, about_fr, about_en, price, stock, supplied, coded, created_at, retired_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, 0, 0, $8, $9, $10)
         ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, title_fr = excluded.title_fr, title_en = excluded.title_en,
             about_fr = excluded.about_fr, about_en = excluded.about_en, price = excluded.price,
             retired_at = CASE WHEN excluded.retired_at IS NULL THEN NULL ELSE coalesce(perk.retired_at, excluded.retired_at) END",
    )
    .bind(id.0)
    .bind(perk.kind.as_str())
    .bind(&perk.fr)
    .bind(&perk.en)
    .bind(&perk.about_fr)
    .bind(&perk.about_en)
    .bind(perk.price.map(i64::from))
    .bind(i64::from(perk.coded))
    .bind(at)
    .bind(perk.retired.then_some(at))
    .execute(c)
    .await
    .map(drop))?;
    if let Stock::Of(count) = stock {
        // How many there ever were grows, or shrinks, with how many are left.
        on!(tx, c => sqlx::query("UPDATE perk SET supplied = supplied + $2 - stock, stock = $2 WHERE id = $1 AND coded = 0")
            .bind(id.0).bind(i64::from(count)).execute(c).await.map(drop))?;
    }
    Ok(())
}

/// Adds codes to a perk, and as many to its stock. Answers how many it had not yet.
///
/// # Errors
/// When the database fails.
pub async fn add_codes(tx: &mut Tx, id: PerkId, codes: &[&str], at: Millis) -> Result<u32, StoreError> {
    let mut added = 0;
    for code in codes {
        added += on!(tx, c => sqlx::query(
            "INSERT INTO perk_code (id, perk_id, code, created_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
        )
        .bind(Uuid::now_v7())
        .bind(id.0)
        .bind(*code)
        .bind(at)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    }
    let count = i64::try_from(added).unwrap_or(i64::MAX);
    on!(tx, c => sqlx::query("UPDATE perk SET stock = stock + $2, supplied = supplied + $2 WHERE id = $1")
        .bind(id.0).bind(count).execute(c).await.map(drop))?;
    rows::number(count)
}

/// Takes one of a perk from its stock; false, and nothing is changed, where none is left or it is retired. Nobody else takes
/// one until this transaction ends.
///
/// # Errors
/// When the database fails.
pub async fn take(tx: &mut Tx, id: PerkId) -> Result<bool, StoreError> {
    Ok(on!(tx, c => sqlx::query("UPDATE perk SET stock = stock - 1 WHERE id = $1 AND stock > 0 AND retired_at IS NULL")
        .bind(id.0).execute(c).await.map(|done| done.rows_affected() > 0))?)
}

/// Hands the next code of a perk out by an entry of the ledger; false where none is free. Whoever calls took one of its stock.
///
/// # Errors
/// When the database fails.
pub async fn hand_code(tx: &mut Tx, id: PerkId, entry: RecognitionId) -> Result<bool, StoreError> {
    Ok(on!(tx, c => sqlx::query(
        "UPDATE perk_code SET entry_id = $2 WHERE entry_id IS NULL AND id =
             (SELECT id FROM perk_code WHERE perk_id = $1 AND entry_id IS NULL ORDER BY id LIMIT 1)",
    )
    .bind(id.0)
    .bind(entry.0)
    .execute(c)
    .await
    .map(|done| done.rows_affected() > 0))?)
}

/// Puts one of a perk back into its stock, unless it went with a code: what was read cannot be given to somebody else.
///
/// # Errors
/// When the database fails.
pub async fn put_back(tx: &mut Tx, id: PerkId, entry: RecognitionId) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "UPDATE perk SET stock = stock + 1 WHERE id = $1
           AND NOT EXISTS (SELECT 1 FROM perk_code WHERE entry_id = $2)",
    )
    .bind(id.0)
    .bind(entry.0)
    .execute(c)
    .await
    .map(drop))?;
    Ok(())
}

#[derive(sqlx::FromRow)]
struct HeldRow {
    id: Uuid,
    kind: String,
    title_fr: String,
    title_en: String,
    about_fr: String,
    about_en: String,
    code: Option<String>,
    points: i64,
    created_at: Millis,
}

/// The perks that a person has, the last first, with their codes: for nobody else. By one entry alone, where it is named.
///
/// # Errors
/// When the database fails.
pub async fn held(
    tx: &mut Tx,
    person: PersonId,
    by: Option<RecognitionId>,
    limit: u32,
) -> Result<Vec<HeldPerk>, StoreError> {
    let found: Vec<HeldRow> = on!(tx, c => sqlx::query_as(
        "SELECT r.id, k.kind, k.title_fr, k.title_en, k.about_fr, k.about_en, x.code, r.points, r.created_at
         FROM recognition r JOIN perk k ON k.id = r.perk_id LEFT JOIN perk_code x ON x.entry_id = r.id
         WHERE r.person_id = $1 AND ($3 IS NULL OR r.id = $3) AND r.kind IN ('perk', 'claim')
           AND NOT EXISTS (SELECT 1 FROM recognition v WHERE v.revokes_id = r.id)
         ORDER BY r.id DESC LIMIT $2",
    )
    .bind(person.0)
    .bind(i64::from(limit))
    .bind(by.map(|entry| entry.0))
    .fetch_all(c)
    .await)?;
    let view = |row: HeldRow| {
        Ok(HeldPerk {
            entry: RecognitionId(row.id),
            perk: PerkName { kind: perk_kind(&row.kind)?, fr: row.title_fr, en: row.title_en },
            about_fr: row.about_fr,
            about_en: row.about_en,
            code: row.code,
            price: rows::number(-row.points)?,
            at: row.created_at,
        })
    };
    found.into_iter().map(view).collect()
}

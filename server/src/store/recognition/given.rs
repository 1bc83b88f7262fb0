//! What somebody was given or lost in one act, as they are told of it.

use shared::{
    BadgeId,
    api::{BadgeIcon, BadgeView, GivenView, PerkKind, PerkName},
};
use uuid::Uuid;

use super::super::StoreError;

/// The columns of a [`GivenRow`]: of the act and the person that `$of` has in its columns `act_id` and `person_id`, with
/// [`given_from!`].
macro_rules! given {
    ($of:literal) => {
        concat!(
            "EXISTS (SELECT 1 FROM recognition r LEFT JOIN recognition o ON o.id = r.revokes_id
                WHERE r.act_id = ", $of, ".act_id AND r.person_id = ", $of, ".person_id
                AND coalesce(o.kind, r.kind) = 'thanks') AS given_thanks,
             CAST((SELECT coalesce(sum(r.points), 0) FROM recognition r
                WHERE r.act_id = ", $of, ".act_id AND r.person_id = ", $of, ".person_id) AS BIGINT) AS given_points,
             EXISTS (SELECT 1 FROM recognition r WHERE r.act_id = ", $of, ".act_id AND r.person_id = ", $of, ".person_id
                AND r.kind = 'revocation') AS given_revoked,
             gb.id AS badge_id, gb.icon AS badge_icon, gb.name_fr AS badge_fr, gb.name_en AS badge_en,
             gb.meaning_fr AS badge_meaning_fr, gb.meaning_en AS badge_meaning_en, gb.retired_at AS badge_retired_at,
             gp.kind AS perk_kind, gp.title_fr AS perk_fr, gp.title_en AS perk_en"
        )
    };
}
pub(in crate::store) use given;

/// The tables that [`given!`] reads, to be joined to `$of`.
macro_rules! given_from {
    ($of:literal) => {
        concat!(
            " LEFT JOIN badge gb ON gb.id = (SELECT r.badge_id FROM recognition r WHERE r.act_id = ",
            $of,
            ".act_id
                AND r.person_id = ",
            $of,
            ".person_id AND r.badge_id IS NOT NULL LIMIT 1)
              LEFT JOIN perk gp ON gp.id = (SELECT r.perk_id FROM recognition r WHERE r.act_id = ",
            $of,
            ".act_id
                AND r.person_id = ",
            $of,
            ".person_id AND r.perk_id IS NOT NULL LIMIT 1) "
        )
    };
}
pub(in crate::store) use given_from;

/// The columns of [`given!`].
#[derive(sqlx::FromRow)]
pub(in crate::store) struct GivenRow {
    given_thanks: bool,
    given_points: i64,
    given_revoked: bool,
    #[sqlx(flatten)]
    badge: AnyBadgeRow,
    #[sqlx(flatten)]
    perk: AnyPerkRow,
}

impl TryFrom<GivenRow> for GivenView {
    type Error = StoreError;

    fn try_from(row: GivenRow) -> Result<Self, StoreError> {
        Ok(Self {
            thanks: row.given_thanks,
            points: row.given_points,
            badge: row.badge.try_into()?,
            perk: row.perk.try_into()?,
            revoked: row.given_revoked,
        })
    }
}

/// The columns `badge_id, badge_icon, badge_fr, badge_en, badge_meaning_fr, badge_meaning_en, badge_retired_at` of a badge that
/// may not be there.
#[derive(sqlx::FromRow)]
pub(super) struct AnyBadgeRow {
    badge_id: Option<Uuid>,
    badge_icon: Option<String>,
    badge_fr: Option<String>,
    badge_en: Option<String>,
    badge_meaning_fr: Option<String>,
    badge_meaning_en: Option<String>,
    badge_retired_at: Option<i64>,
}

impl TryFrom<AnyBadgeRow> for Option<BadgeView> {
    type Error = StoreError;

    fn try_from(row: AnyBadgeRow) -> Result<Self, StoreError> {
        let (Some(id), Some(icon)) = (row.badge_id, row.badge_icon) else { return Ok(None) };
        Ok(Some(BadgeView {
            id: BadgeId(id),
            icon: BadgeIcon::parse(&icon).ok_or_else(|| StoreError::Corrupt(format!("icon `{icon}`")))?,
            fr: row.badge_fr.unwrap_or_default(),
            en: row.badge_en.unwrap_or_default(),
            meaning_fr: row.badge_meaning_fr.unwrap_or_default(),
            meaning_en: row.badge_meaning_en.unwrap_or_default(),
            retired: row.badge_retired_at.is_some(),
        }))
    }
}

/// The columns `perk_kind, perk_fr, perk_en` of a perk that may not be there.
#[derive(sqlx::FromRow)]
pub(super) struct AnyPerkRow {
    perk_kind: Option<String>,
    perk_fr: Option<String>,
    perk_en: Option<String>,
}

impl TryFrom<AnyPerkRow> for Option<PerkName> {
    type Error = StoreError;

    fn try_from(row: AnyPerkRow) -> Result<Self, StoreError> {
        let (Some(kind), Some(fr), Some(en)) = (row.perk_kind, row.perk_fr, row.perk_en) else { return Ok(None) };
        Ok(Some(PerkName { kind: perk_kind(&kind)?, fr, en }))
    }
}

pub(super) fn perk_kind(word: &str) -> Result<PerkKind, StoreError> {
    PerkKind::parse(word).ok_or_else(|| StoreError::Corrupt(format!("kind of perk `{word}`")))
}

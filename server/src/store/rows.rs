//! From the words and numbers of the database to the types of the program.

use shared::{
    PersonId, Role, StageId, TagId,
    api::{Colour, PersonView, Phase, StageKind, StageView, TagView},
    rules::{Audience, Away, BoardRules, EditingRule},
};
use uuid::Uuid;

use super::StoreError;

fn known<T>(value: Option<T>, column: &str, word: &str) -> Result<T, StoreError> {
    value.ok_or_else(|| StoreError::Corrupt(format!("{column} `{word}`")))
}

pub(super) fn rules(audience: &str, editing: &str) -> Result<BoardRules, StoreError> {
    Ok(BoardRules {
        audience: known(Audience::parse(audience), "audience", audience)?,
        editing: known(EditingRule::parse(editing), "editing rule", editing)?,
    })
}

/// A count or number that the program keeps in 32 bits.
pub(super) fn number(value: i64) -> Result<u32, StoreError> {
    u32::try_from(value).map_err(|_| StoreError::Corrupt(format!("number {value}")))
}

/// The columns `person_id, handle, name, role, unclaimed`.
#[derive(sqlx::FromRow)]
pub(super) struct PersonRow {
    person_id: Uuid,
    handle: String,
    name: String,
    role: String,
    unclaimed: bool,
}

impl TryFrom<PersonRow> for PersonView {
    type Error = StoreError;

    fn try_from(row: PersonRow) -> Result<Self, StoreError> {
        let role = known(Role::parse(&row.role), "role", &row.role)?;
        Ok(person(PersonId(row.person_id), row.handle, row.name, role, row.unclaimed))
    }
}

/// The columns `by_id, by_handle, by_name, by_role, by_unclaimed`: somebody else of the same row.
#[derive(sqlx::FromRow)]
pub(super) struct ByRow {
    by_id: Uuid,
    by_handle: String,
    by_name: String,
    by_role: String,
    by_unclaimed: bool,
}

impl TryFrom<ByRow> for PersonView {
    type Error = StoreError;

    fn try_from(row: ByRow) -> Result<Self, StoreError> {
        let ByRow { by_id, by_handle, by_name, by_role, by_unclaimed } = row;
        PersonRow { person_id: by_id, handle: by_handle, name: by_name, role: by_role, unclaimed: by_unclaimed }
            .try_into()
    }
}

/// What stands before the id in the handle of who left. No handle that somebody has begins so.
const LEFT: &str = "left ";

/// The handle that the row of who left has: nobody else ever has it, and nobody asks for it.
pub(super) fn handle_of_left(id: PersonId) -> String {
    format!("{LEFT}{id}")
}

/// A person as others see them.
pub(super) fn person(id: PersonId, handle: String, name: String, role: Role, unclaimed: bool) -> PersonView {
    if handle.starts_with(LEFT) {
        return PersonView { id, handle: String::new(), name: String::new(), role, unclaimed: false, left: true };
    }
    PersonView { id, handle, name, role, unclaimed, left: false }
}

/// Why a row is not shown as others are.
pub(super) fn away(word: Option<&str>) -> Result<Option<Away>, StoreError> {
    word.map(|word| known(Away::parse(word), "away", word)).transpose()
}

/// A heading of the roadmap.
pub(super) fn phase(word: &str) -> Result<Phase, StoreError> {
    known(Phase::parse(word), "phase", word)
}

/// The columns `stage_id, name_fr, name_en, colour, kind`.
#[derive(sqlx::FromRow)]
pub(super) struct StageRow {
    pub(super) stage_id: Uuid,
    pub(super) name_fr: String,
    pub(super) name_en: String,
    pub(super) colour: String,
    pub(super) kind: String,
}

/// The columns `any_stage_id, name_fr, name_en, colour, stage_kind` of a stage that may not be there.
#[derive(sqlx::FromRow)]
pub(super) struct AnyStageRow {
    any_stage_id: Option<Uuid>,
    name_fr: Option<String>,
    name_en: Option<String>,
    colour: Option<String>,
    stage_kind: Option<String>,
}

impl TryFrom<AnyStageRow> for Option<StageView> {
    type Error = StoreError;

    fn try_from(row: AnyStageRow) -> Result<Self, StoreError> {
        match (row.any_stage_id, row.name_fr, row.name_en, row.colour, row.stage_kind) {
            (Some(stage_id), Some(name_fr), Some(name_en), Some(colour), Some(kind)) => {
                StageRow { stage_id, name_fr, name_en, colour, kind }.try_into().map(Some)
            }
            _ => Ok(None),
        }
    }
}

impl TryFrom<StageRow> for StageView {
    type Error = StoreError;

    fn try_from(row: StageRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: StageId(row.stage_id),
            fr: row.name_fr,
            en: row.name_en,
            colour: known(Colour::parse(&row.colour), "colour", &row.colour)?,
            kind: known(StageKind::parse(&row.kind), "kind of stage", &row.kind)?,
        })
    }
}

/// The columns `tag_id, tag_name, tag_colour`.
#[derive(sqlx::FromRow)]
pub(super) struct TagRow {
    pub(super) tag_id: Uuid,
    pub(super) tag_name: String,
    pub(super) tag_colour: String,
}

impl TryFrom<TagRow> for TagView {
    type Error = StoreError;

    fn try_from(row: TagRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: TagId(row.tag_id),
            name: row.tag_name,
            colour: known(Colour::parse(&row.tag_colour), "colour", &row.tag_colour)?,
        })
    }
}

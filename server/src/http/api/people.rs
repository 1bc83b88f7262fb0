//! `/people`: the people of the workspace, as its owners see them.

use axum::extract::State;
use http::StatusCode;
use serde::Deserialize;
use shared::{
    PersonId, Role,
    api::{Decide, EditPerson, NewDecision, Page, PersonRecord, Subject, Suspend},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    answers::{Always, ByRole, Changes, Conflicts, Names, TakesJson},
    desk,
};
use crate::{
    Atelier,
    domain::{
        access::Signed,
        decisions,
        people::{self, Sought},
        suspension,
    },
    http::{
        extract::{Json, Path, Query},
        problem::ApiError,
    },
};

pub(super) fn routes() -> OpenApiRouter<Atelier> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(edit)).routes(routes!(suspend, unsuspend))
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Which {
    /// `next` of the page before.
    cursor: Option<PersonId>,
    /// How many, 1 to 100; 100 when absent.
    limit: Option<u32>,
    /// Only those in whose name, handle or e-mail address this stands.
    q: Option<String>,
    /// Only those of this role.
    role: Option<Role>,
    /// Only those who are suspended.
    #[serde(default)]
    suspended: bool,
}

/// The people of the workspace, in the order they joined.
#[utoipa::path(get, path = "/people", tag = "people", operation_id = "list_people", params(Which),
    responses((status = 200, body = Page<PersonRecord>), Always, ByRole))]
async fn list(
    State(atelier): State<Atelier>,
    signed: Signed,
    Query(which): Query<Which>,
) -> Result<Json<Page<PersonRecord>>, ApiError> {
    let Which { cursor, limit, q, role, suspended } = which;
    let sought = Sought { words: q, role, suspended };
    Ok(Json(people::list(&atelier.db, &signed, &sought, cursor, limit).await?))
}

/// Change a person's role. The workspace always keeps an owner.
#[utoipa::path(patch, path = "/people/{id}", tag = "people", operation_id = "edit_person", request_body = EditPerson,
    params(("id" = PersonId, Path, description = "The person's id")),
    responses((status = 200, body = PersonRecord), Always, Changes, TakesJson, Names, Conflicts))]
async fn edit(
    State(atelier): State<Atelier>,
    signed: Signed,
    Path(id): Path<PersonId>,
    Json(request): Json<EditPerson>,
) -> Result<Json<PersonRecord>, ApiError> {
    Ok(Json(people::edit(&atelier.db, &atelier.access_news, &signed, id, request).await?))
}

/// Suspend somebody: they are out at once, and cannot sign in. Moderators suspend customers, owners everybody else; nobody
/// suspends themself. A second time changes nothing.
#[utoipa::path(put, path = "/people/{id}/suspension", tag = "people", operation_id = "suspend", request_body = Suspend,
    params(("id" = PersonId, Path, description = "The person's id")),
    responses((status = 204, description = "They are suspended"), Always, Changes, TakesJson, Names))]
async fn suspend(
    State(atelier): State<Atelier>,
    signed: Signed,
    Path(id): Path<PersonId>,
    Json(Suspend { words }): Json<Suspend>,
) -> Result<StatusCode, ApiError> {
    let new = NewDecision { subject: Subject::Person(id), act: Decide::Suspend, reason: None, words, waiting: false };
    let (_, told) = decisions::decide(&atelier.db, &atelier.access_news, &signed, &new).await?;
    desk::tell(&atelier, &told);
    Ok(StatusCode::NO_CONTENT)
}

/// Let somebody come back. A second time changes nothing.
#[utoipa::path(delete, path = "/people/{id}/suspension", tag = "people", operation_id = "unsuspend",
    params(("id" = PersonId, Path, description = "The person's id")),
    responses((status = 204, description = "They may sign in"), Always, Changes, Names))]
async fn unsuspend(
    State(atelier): State<Atelier>,
    signed: Signed,
    Path(id): Path<PersonId>,
) -> Result<StatusCode, ApiError> {
    suspension::end(&atelier.db, &signed, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

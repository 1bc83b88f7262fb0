//! `/people`: the people of the workspace, as its owners see them.

use axum::extract::State;
use serde::Deserialize;
use shared::{
    PersonId,
    api::{EditPerson, Page, PersonRecord},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::answers::{Always, ByRole, Changes, Conflicts, Names, TakesJson};
use crate::{
    Atelier,
    domain::{access::Signed, people},
    http::{
        extract::{Json, Path, Query},
        problem::ApiError,
    },
};

pub(super) fn routes() -> OpenApiRouter<Atelier> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(edit))
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Which {
    /// `next` of the page before.
    cursor: Option<PersonId>,
    /// How many, 1 to 100; 100 when absent.
    limit: Option<u32>,
}

/// The people of the workspace, in the order they joined.
#[utoipa::path(get, path = "/people", tag = "people", operation_id = "list_people", params(Which),
    responses((status = 200, body = Page<PersonRecord>), Always, ByRole))]
async fn list(
    State(atelier): State<Atelier>,
    signed: Signed,
    Query(which): Query<Which>,
) -> Result<Json<Page<PersonRecord>>, ApiError> {
    Ok(Json(people::list(&atelier.db, &signed, which.cursor, which.limit).await?))
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

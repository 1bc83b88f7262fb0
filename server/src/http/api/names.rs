//! `/names`: the names that came with imports, and who they are.

use axum::extract::State;
use serde::Deserialize;
use shared::{
    PersonId,
    api::{MatchName, NameView, Page},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::answers::{Always, ByRole, Changes, ChecksFields, Conflicts, Names, TakesJson};
use crate::{
    Atelier,
    domain::{access::Signed, names},
    http::{
        extract::{Json, Path, Query},
        problem::ApiError,
    },
};

pub(super) fn routes() -> OpenApiRouter<Atelier> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(match_to, undo))
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Which {
    /// Only those that hold this.
    #[serde(default)]
    #[param(max_length = 80)]
    q: String,
    /// `next` of the page before.
    cursor: Option<PersonId>,
    /// How many, 1 to 100; 100 when absent.
    limit: Option<u32>,
}

/// The names that came with imports and are nobody's here, in the order they came. For moderators.
#[utoipa::path(get, path = "/names", tag = "imports", operation_id = "list_names", params(Which),
    responses((status = 200, body = Page<NameView>), Always, ByRole, ChecksFields))]
async fn list(
    State(atelier): State<Atelier>,
    signed: Signed,
    Query(Which { q, cursor, limit }): Query<Which>,
) -> Result<Json<Page<NameView>>, ApiError> {
    Ok(Json(names::list(&atelier.db, &signed, &q, cursor, limit).await?))
}

/// Say who a name is: what stands under it is theirs from now on. For moderators.
#[utoipa::path(put, path = "/names/{handle}/match", tag = "imports", operation_id = "match_name", request_body = MatchName,
    params(("handle" = String, Path, description = "The name's handle")),
    responses((status = 200, body = NameView), Always, Changes, TakesJson, Names, Conflicts))]
async fn match_to(
    State(atelier): State<Atelier>,
    signed: Signed,
    Path(handle): Path<String>,
    Json(request): Json<MatchName>,
) -> Result<Json<NameView>, ApiError> {
    let matched = names::match_to(&atelier.db, &atelier.access_news, &signed, &handle, &request.handle).await?;
    Ok(Json(matched))
}

/// Take it back: what stood under the name stands under it again. For moderators.
#[utoipa::path(delete, path = "/names/{handle}/match", tag = "imports", operation_id = "unmatch_name",
    params(("handle" = String, Path, description = "The name's handle")),
    responses((status = 200, body = NameView), Always, Changes, Names, Conflicts))]
async fn undo(
    State(atelier): State<Atelier>,
    signed: Signed,
    Path(handle): Path<String>,
) -> Result<Json<NameView>, ApiError> {
    Ok(Json(names::undo(&atelier.db, &atelier.access_news, &signed, &handle).await?))
}

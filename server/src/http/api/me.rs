//! `/me`: who is asking.

use axum::extract::State;
use shared::api::{Me, Problem};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    Atelier,
    domain::me,
    http::{
        extract::{Json, MaybeSigned},
        problem::ApiError,
    },
};

/// This resource's addresses.
pub(super) fn routes() -> OpenApiRouter<Atelier> {
    OpenApiRouter::new().routes(routes!(show))
}

/// Who is asking, and where they are.
#[utoipa::path(get, path = "/me", tag = "me", operation_id = "show_me", responses(
    (status = 200, body = Me),
    (status = 401, body = Problem, content_type = "application/problem+json", description = "The access token is not valid"),
))]
async fn show(State(atelier): State<Atelier>, MaybeSigned(signed): MaybeSigned) -> Result<Json<Me>, ApiError> {
    Ok(Json(me::show(&atelier.db, signed.as_ref()).await?))
}

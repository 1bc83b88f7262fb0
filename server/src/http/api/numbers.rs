//! `/numbers`: how the company answers.

use axum::extract::State;
use shared::api::Numbers;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::answers::Always;
use crate::{
    Atelier,
    domain::ideas,
    http::{
        extract::{Json, MaybeSigned},
        problem::ApiError,
    },
};

pub(super) fn routes() -> OpenApiRouter<Atelier> {
    OpenApiRouter::new().routes(routes!(show))
}

/// How many ideas were answered and how soon, on the boards that the person asking sees.
#[utoipa::path(get, path = "/numbers", tag = "ideas", operation_id = "show_numbers",
    responses((status = 200, body = Numbers), Always))]
async fn show(State(atelier): State<Atelier>, who: MaybeSigned) -> Result<Json<Numbers>, ApiError> {
    Ok(Json(ideas::numbers(&atelier.db, who.person()).await?))
}

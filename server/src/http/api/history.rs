//! `/ideas/{number}/history`: how a concept came to be.

use axum::extract::State;
use shared::api::History;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::answers::{Always, Names};
use crate::{
    Atelier,
    domain::history,
    http::{
        extract::{Json, MaybeSigned, Path},
        problem::ApiError,
    },
    live,
};

pub(super) fn routes() -> OpenApiRouter<Atelier> {
    OpenApiRouter::new().routes(routes!(of_idea))
}

/// How the concept of an idea came to be: its versions, grouped by author and pause, 1000 at most, and of each passage who
/// wrote it when, and who took it away when.
#[utoipa::path(get, path = "/ideas/{number}/history", tag = "ideas", operation_id = "show_history",
    params(("number" = u32, Path, description = "The idea's number")),
    responses((status = 200, body = History), Always, Names))]
async fn of_idea(
    State(atelier): State<Atelier>,
    who: MaybeSigned,
    Path(number): Path<u32>,
) -> Result<Json<History>, ApiError> {
    let document = history::of_idea(&atelier.db, who.person(), number).await?;
    Ok(Json(live::history::of_concept(&atelier.db, document).await?))
}

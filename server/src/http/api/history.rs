//! `/ideas/{number}/history` and `/boards/{slug}/canvas/history`: how documents came to be.

use axum::extract::State;
use shared::api::{CanvasHistory, History};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::answers::{Always, Names};
use crate::{
    Atelier,
    domain::{canvases, history},
    http::{
        extract::{Json, MaybeSigned, Path},
        problem::ApiError,
    },
};

pub(super) fn routes() -> OpenApiRouter<Atelier> {
    OpenApiRouter::new().routes(routes!(of_idea)).routes(routes!(of_canvas))
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
    Ok(Json(atelier.histories.of_concept(&atelier.db, document).await?))
}

/// How the canvas of a board came to be: its versions, grouped by author and pause, 300 at most, and what each of them put
/// there and took away. For who may read the board.
#[utoipa::path(get, path = "/boards/{slug}/canvas/history", tag = "canvas", operation_id = "show_canvas_history",
    params(("slug" = String, Path, description = "The word in the board's address")),
    responses((status = 200, body = CanvasHistory), Always, Names))]
async fn of_canvas(
    State(atelier): State<Atelier>,
    who: MaybeSigned,
    Path(slug): Path<String>,
) -> Result<Json<CanvasHistory>, ApiError> {
    let _turn = atelier.histories.turn().await;
    Ok(Json(canvases::history(&atelier.db, who.person(), &slug).await?))
}

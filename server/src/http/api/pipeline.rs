//! `/boards/{slug}/stages`: the steps through which the ideas of a board go.

use axum::extract::State;
use shared::api::{BoardView, SetStages, StageCount};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::answers::{Always, ByRole, Changes, Conflicts, Names, TakesJson};
use crate::{
    Atelier,
    domain::pipeline,
    http::{
        extract::{Json, MaybeSigned, Path},
        problem::ApiError,
    },
};

pub(super) fn routes() -> OpenApiRouter<Atelier> {
    OpenApiRouter::new().routes(routes!(list, set))
}

/// The stages of a board, in order, with how many ideas stand in each. For moderators.
#[utoipa::path(get, path = "/boards/{slug}/stages", tag = "boards", operation_id = "list_stages",
    params(("slug" = String, Path, description = "The word in the board's address")),
    responses((status = 200, body = [StageCount]), Always, ByRole, Names))]
async fn list(
    State(atelier): State<Atelier>,
    who: MaybeSigned,
    Path(slug): Path<String>,
) -> Result<Json<Vec<StageCount>>, ApiError> {
    Ok(Json(pipeline::list(&atelier.db, who.person(), &slug).await?))
}

/// Set the stages of a board: their order, names, colours and kinds; those left out go. For moderators.
///
/// With `known`, the stages it was made from, it is answered with `stages_changed` when other stages stand by now. Without it
/// only a stage that `moved` names goes.
#[utoipa::path(put, path = "/boards/{slug}/stages", tag = "boards", operation_id = "set_stages", request_body = SetStages,
    params(("slug" = String, Path, description = "The word in the board's address")),
    responses((status = 200, body = BoardView), Always, Changes, Conflicts, Names, TakesJson))]
async fn set(
    State(atelier): State<Atelier>,
    who: MaybeSigned,
    Path(slug): Path<String>,
    Json(request): Json<SetStages>,
) -> Result<Json<BoardView>, ApiError> {
    let (board, moved) = pipeline::set(&atelier.db, who.person(), &slug, &request).await?;
    for facts in &moved {
        super::votes::tell(&atelier, facts);
    }
    Ok(Json(board))
}

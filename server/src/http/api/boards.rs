//! `/boards`: themes with their audience and rules.

use axum::extract::State;
use http::StatusCode;
use shared::api::{BoardView, EditBoard, NewBoard};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    answers::{Always, Changes, Names, TakesJson},
    count,
};
use crate::{
    Atelier,
    domain::boards,
    http::{
        extract::{Json, MaybeSigned, Path, Watching},
        limits::Writing,
        problem::ApiError,
    },
};

pub(super) fn routes() -> OpenApiRouter<Atelier> {
    OpenApiRouter::new().routes(routes!(list, make)).routes(routes!(show, edit))
}

/// The boards that the person asking sees, the most recently active first.
#[utoipa::path(get, path = "/boards", tag = "boards", operation_id = "list_boards",
    responses((status = 200, body = [BoardView]), Always))]
async fn list(State(atelier): State<Atelier>, who: MaybeSigned) -> Result<Json<Vec<BoardView>>, ApiError> {
    Ok(Json(boards::list(&atelier.db, who.person()).await?))
}

/// Make a board, with the usual stages. For moderators.
#[utoipa::path(post, path = "/boards", tag = "boards", operation_id = "make_board", request_body = NewBoard,
    responses((status = 201, body = BoardView), Always, Changes, TakesJson))]
async fn make(
    State(atelier): State<Atelier>,
    who: MaybeSigned,
    Json(request): Json<NewBoard>,
) -> Result<(StatusCode, Json<BoardView>), ApiError> {
    count(&atelier, &who, Writing::Make)?;
    Ok((StatusCode::CREATED, Json(boards::create(&atelier.db, who.person(), &request).await?)))
}

/// A board; also for guests who follow its canvas by a link.
#[utoipa::path(get, path = "/boards/{slug}", tag = "boards", operation_id = "show_board",
    params(("slug" = String, Path, description = "The word in the board's address")),
    responses((status = 200, body = BoardView), Always, Names))]
async fn show(
    State(atelier): State<Atelier>,
    who: Watching,
    Path(slug): Path<String>,
) -> Result<Json<BoardView>, ApiError> {
    Ok(Json(boards::watched(&atelier.db, who.watcher(), &slug).await?))
}

/// Change a board's title, purpose or rules. Its address stays. For moderators.
#[utoipa::path(patch, path = "/boards/{slug}", tag = "boards", operation_id = "edit_board", request_body = EditBoard,
    params(("slug" = String, Path, description = "The word in the board's address")),
    responses((status = 200, body = BoardView), Always, Changes, Names, TakesJson))]
async fn edit(
    State(atelier): State<Atelier>,
    who: MaybeSigned,
    Path(slug): Path<String>,
    Json(request): Json<EditBoard>,
) -> Result<Json<BoardView>, ApiError> {
    Ok(Json(boards::edit(&atelier.db, &atelier.access_news, who.person(), &slug, &request).await?))
}

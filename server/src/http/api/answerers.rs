//! `/boards/{slug}/answerers`: who answers the ideas of a board.

use axum::extract::State;
use http::StatusCode;
use serde::Deserialize;
use shared::{
    TagId,
    api::{AnswererView, SetAnswerer},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::answers::{Always, ByRole, Changes, Names, TakesJson};
use crate::{
    Atelier,
    domain::answerers,
    http::{
        extract::{Json, MaybeSigned, Path, Query},
        problem::ApiError,
    },
};

pub(super) fn routes() -> OpenApiRouter<Atelier> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(set, remove))
}

/// Who answers the ideas of a board: those whatever the tags first, then by tag. For the company's people.
#[utoipa::path(get, path = "/boards/{slug}/answerers", tag = "boards", operation_id = "list_answerers",
    params(("slug" = String, Path, description = "The word in the board's address")),
    responses((status = 200, body = [AnswererView]), Always, ByRole, Names))]
async fn list(
    State(atelier): State<Atelier>,
    who: MaybeSigned,
    Path(slug): Path<String>,
) -> Result<Json<Vec<AnswererView>>, ApiError> {
    Ok(Json(answerers::list(&atelier.db, who.person(), &slug).await?))
}

/// Name somebody to answer the ideas of a board, or those of one of its tags: they are told of each, at once or, in reserve,
/// once half of the promised time is over. Answers with all who do. For moderators.
#[utoipa::path(put, path = "/boards/{slug}/answerers/{handle}", tag = "boards", operation_id = "set_answerer",
    request_body = SetAnswerer,
    params(
        ("slug" = String, Path, description = "The word in the board's address"),
        ("handle" = String, Path, description = "The word in the person's address"),
    ),
    responses((status = 200, body = [AnswererView]), Always, Changes, Names, TakesJson))]
async fn set(
    State(atelier): State<Atelier>,
    who: MaybeSigned,
    Path((slug, handle)): Path<(String, String)>,
    Json(request): Json<SetAnswerer>,
) -> Result<Json<Vec<AnswererView>>, ApiError> {
    Ok(Json(answerers::set(&atelier.db, who.person(), &slug, &handle, &request).await?))
}

/// For what somebody is no longer to answer.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct For {
    /// The tag whose ideas they answered; absent where they answered whatever the tags.
    tag: Option<TagId>,
}

/// Let somebody no longer answer the ideas of a board, or those of one of its tags. A second time changes nothing. For
/// moderators.
#[utoipa::path(delete, path = "/boards/{slug}/answerers/{handle}", tag = "boards", operation_id = "remove_answerer",
    params(
        ("slug" = String, Path, description = "The word in the board's address"),
        ("handle" = String, Path, description = "The word in the person's address"),
        For,
    ),
    responses((status = 204, description = "They do not"), Always, Changes, Names))]
async fn remove(
    State(atelier): State<Atelier>,
    who: MaybeSigned,
    Path((slug, handle)): Path<(String, String)>,
    Query(For { tag }): Query<For>,
) -> Result<StatusCode, ApiError> {
    answerers::remove(&atelier.db, who.person(), &slug, &handle, tag).await?;
    Ok(StatusCode::NO_CONTENT)
}

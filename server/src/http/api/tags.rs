//! `/boards/{slug}/tags` and `/ideas/{number}/tags`: words by which ideas are found.

use axum::extract::State;
use http::StatusCode;
use shared::{
    TagId,
    api::{BoardView, IdeaView, SetTag, SetTags},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::answers::{Always, Changes, Names, TakesJson};
use crate::{
    Atelier,
    domain::tags,
    http::{
        extract::{Json, MaybeSigned, Path},
        problem::ApiError,
    },
};

pub(super) fn routes() -> OpenApiRouter<Atelier> {
    OpenApiRouter::new().routes(routes!(add)).routes(routes!(edit, remove)).routes(routes!(set))
}

/// Add a tag to a board. For moderators.
#[utoipa::path(post, path = "/boards/{slug}/tags", tag = "boards", operation_id = "add_tag", request_body = SetTag,
    params(("slug" = String, Path, description = "The word in the board's address")),
    responses((status = 201, body = BoardView), Always, Changes, Names, TakesJson))]
async fn add(
    State(atelier): State<Atelier>,
    who: MaybeSigned,
    Path(slug): Path<String>,
    Json(request): Json<SetTag>,
) -> Result<(StatusCode, Json<BoardView>), ApiError> {
    Ok((StatusCode::CREATED, Json(tags::add(&atelier.db, who.person(), &slug, &request).await?)))
}

/// Give a tag another name and colour. For moderators.
#[utoipa::path(put, path = "/boards/{slug}/tags/{tag}", tag = "boards", operation_id = "edit_tag", request_body = SetTag,
    params(
        ("slug" = String, Path, description = "The word in the board's address"),
        ("tag" = TagId, Path, description = "The tag"),
    ),
    responses((status = 200, body = BoardView), Always, Changes, Names, TakesJson))]
async fn edit(
    State(atelier): State<Atelier>,
    who: MaybeSigned,
    Path((slug, tag)): Path<(String, TagId)>,
    Json(request): Json<SetTag>,
) -> Result<Json<BoardView>, ApiError> {
    Ok(Json(tags::edit(&atelier.db, who.person(), &slug, tag, &request).await?))
}

/// Remove a tag from a board and its ideas. For moderators.
#[utoipa::path(delete, path = "/boards/{slug}/tags/{tag}", tag = "boards", operation_id = "remove_tag",
    params(
        ("slug" = String, Path, description = "The word in the board's address"),
        ("tag" = TagId, Path, description = "The tag"),
    ),
    responses((status = 200, body = BoardView), Always, Changes, Names))]
async fn remove(
    State(atelier): State<Atelier>,
    who: MaybeSigned,
    Path((slug, tag)): Path<(String, TagId)>,
) -> Result<Json<BoardView>, ApiError> {
    Ok(Json(tags::remove(&atelier.db, who.person(), &slug, tag).await?))
}

/// Set the tags of an idea. For its co-authors, and the company's people.
#[utoipa::path(put, path = "/ideas/{number}/tags", tag = "ideas", operation_id = "tag_idea", request_body = SetTags,
    params(("number" = u32, Path, description = "The idea's number")),
    responses((status = 200, body = IdeaView), Always, Changes, Names, TakesJson))]
async fn set(
    State(atelier): State<Atelier>,
    who: MaybeSigned,
    Path(number): Path<u32>,
    Json(request): Json<SetTags>,
) -> Result<Json<IdeaView>, ApiError> {
    let idea = tags::set(&atelier.db, who.person(), number, &request).await?;
    atelier.happened.notify_one();
    Ok(Json(idea))
}

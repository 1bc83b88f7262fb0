//! `/boards/{slug}/canvas/guests`: links by which guests follow the canvas of a board.

use axum::extract::State;
use http::StatusCode;
use shared::{
    GuestLinkId,
    api::{GuestLinkView, NewGuestLink},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    answers::{Always, ByRole, Changes, Names, TakesJson},
    count,
};
use crate::{
    Atelier,
    domain::guests,
    http::{
        extract::{Json, MaybeSigned, Path},
        limits::Writing,
        problem::ApiError,
    },
};

pub(super) fn routes() -> OpenApiRouter<Atelier> {
    OpenApiRouter::new().routes(routes!(list, make)).routes(routes!(revoke))
}

/// The links by which guests follow the canvas now, the newest first. For moderators.
#[utoipa::path(get, path = "/boards/{slug}/canvas/guests", tag = "guests", operation_id = "list_guest_links",
    params(("slug" = String, Path, description = "The word in the board's address")),
    responses((status = 200, body = [GuestLinkView]), Always, ByRole, Names))]
async fn list(
    State(atelier): State<Atelier>,
    who: MaybeSigned,
    Path(slug): Path<String>,
) -> Result<Json<Vec<GuestLinkView>>, ApiError> {
    Ok(Json(guests::list(&atelier.db, who.person(), &slug).await?))
}

/// Make a link by which guests follow the canvas, for an hour to 30 days. It is told only here. For moderators.
#[utoipa::path(post, path = "/boards/{slug}/canvas/guests", tag = "guests", operation_id = "make_guest_link",
    request_body = NewGuestLink, params(("slug" = String, Path, description = "The word in the board's address")),
    responses((status = 201, body = GuestLinkView), Always, Changes, Names, TakesJson))]
async fn make(
    State(atelier): State<Atelier>,
    who: MaybeSigned,
    Path(slug): Path<String>,
    Json(request): Json<NewGuestLink>,
) -> Result<(StatusCode, Json<GuestLinkView>), ApiError> {
    count(&atelier, &who, Writing::Make)?;
    Ok((StatusCode::CREATED, Json(guests::make(&atelier.db, who.person(), &slug, request).await?)))
}

/// Revoke a link: whoever follows the canvas by it is out at once. For moderators.
#[utoipa::path(delete, path = "/boards/{slug}/canvas/guests/{id}", tag = "guests", operation_id = "revoke_guest_link",
    params(
        ("slug" = String, Path, description = "The word in the board's address"),
        ("id" = GuestLinkId, Path, description = "The link's id"),
    ),
    responses((status = 204, description = "Revoked"), Always, Changes, Names))]
async fn revoke(
    State(atelier): State<Atelier>,
    who: MaybeSigned,
    Path((slug, id)): Path<(String, GuestLinkId)>,
) -> Result<StatusCode, ApiError> {
    guests::revoke(&atelier.db, &atelier.access_news, who.person(), &slug, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

//! `/desk`: what waits for moderators.

use axum::extract::State;
use http::StatusCode;
use shared::{DocumentId, api::DocumentAside};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::answers::{Always, ByRole, Changes, Names};
use crate::{
    Atelier,
    domain::{access::Signed, desk},
    http::{
        extract::{Json, Path},
        problem::ApiError,
    },
};

pub(super) fn routes() -> OpenApiRouter<Atelier> {
    OpenApiRouter::new().routes(routes!(documents)).routes(routes!(release))
}

/// The documents set aside: they broke again and again, and take no changes. The latest first.
#[utoipa::path(get, path = "/desk/documents", tag = "desk", operation_id = "list_documents_aside",
    responses((status = 200, body = [DocumentAside]), Always, ByRole))]
async fn documents(State(atelier): State<Atelier>, signed: Signed) -> Result<Json<Vec<DocumentAside>>, ApiError> {
    Ok(Json(desk::documents(&atelier.db, &signed).await?))
}

/// Let a document that is set aside try again: it takes changes from now on, until it breaks again and again.
#[utoipa::path(put, path = "/desk/documents/{document}/release", tag = "desk", operation_id = "release_document",
    params(("document" = DocumentId, Path, description = "The document's id")),
    responses((status = 204, description = "It takes changes again"), Always, Changes, Names))]
async fn release(
    State(atelier): State<Atelier>,
    signed: Signed,
    Path(document): Path<DocumentId>,
) -> Result<StatusCode, ApiError> {
    desk::release(&atelier.db, &atelier.access_news, &signed, document).await?;
    atelier.hub.reload(document).await;
    Ok(StatusCode::NO_CONTENT)
}

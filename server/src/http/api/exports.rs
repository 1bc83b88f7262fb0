//! `/me/exports`: what somebody takes along of what they gave and did.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use shared::{ExportId, api::ExportView};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::answers::{Always, ByRole, Changes, Conflicts, Names};
use crate::{
    Atelier,
    domain::{access::Signed, exports, me},
    http::{
        extract::{Json, Path},
        language,
        limits::Writing,
        problem::ApiError,
    },
};

pub(super) fn routes() -> OpenApiRouter<Atelier> {
    OpenApiRouter::new().routes(routes!(list, ask)).routes(routes!(remove)).routes(routes!(file))
}

/// The files of what the person gave and did, the last first. Needs a session.
#[utoipa::path(get, path = "/me/exports", tag = "me", operation_id = "list_exports",
    responses((status = 200, body = [ExportView]), Always, ByRole))]
async fn list(State(atelier): State<Atelier>, signed: Signed) -> Result<Json<Vec<ExportView>>, ApiError> {
    Ok(Json(exports::list(&atelier.db, &signed).await?))
}

/// Ask for a file of what one gave and did. It is made in the background, one at a time, and kept for seven days. Needs a
/// session.
#[utoipa::path(post, path = "/me/exports", tag = "me", operation_id = "make_export",
    responses((status = 202, body = ExportView), Always, Changes, Conflicts))]
async fn ask(
    State(atelier): State<Atelier>,
    signed: Signed,
    headers: HeaderMap,
) -> Result<(StatusCode, Json<ExportView>), ApiError> {
    atelier.writing.count(Writing::Make, signed.person.id)?;
    let me = me::show(&atelier.db, Some(&signed)).await?;
    let language = language::spoken(&headers, me.locale, &me.workspace.languages);
    let asked = exports::ask(&atelier.db, &signed, language).await?;
    atelier.exporting.notify_one();
    Ok((StatusCode::ACCEPTED, Json(asked)))
}

/// Remove a file before its time. Needs a session.
#[utoipa::path(delete, path = "/me/exports/{id}", tag = "me", operation_id = "remove_export",
    params(("id" = ExportId, Path, description = "The file's id")),
    responses((status = 204, description = "Removed"), Always, Changes, Names))]
async fn remove(
    State(atelier): State<Atelier>,
    signed: Signed,
    Path(id): Path<ExportId>,
) -> Result<StatusCode, ApiError> {
    exports::remove(&atelier.db, &signed, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The file: a ZIP archive of `data.json`, `index.html` and pictures. Only for the person, with a session.
#[utoipa::path(get, path = "/me/exports/{id}/file", tag = "me", operation_id = "download_export",
    params(("id" = ExportId, Path, description = "The file's id")),
    responses((status = 200, description = "A ZIP archive", content_type = "application/zip", body = Vec<u8>), Always, ByRole, Names))]
async fn file(State(atelier): State<Atelier>, signed: Signed, Path(id): Path<ExportId>) -> Result<Response, ApiError> {
    let (_, bytes) = exports::file(&atelier.db, &signed, id).await?;
    let headers = [
        (header::CONTENT_TYPE, "application/zip"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"atelier.zip\""),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    Ok((headers.map(|(name, value)| (name, HeaderValue::from_static(value))), bytes).into_response())
}

//! `/workspace`: what owners settle for the whole workspace.

use axum::{body::Body, extract::State};
use shared::api::{EditWorkspace, WorkspaceView};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::answers::{Always, Changes, Conflicts, Counted, TakesJson, TakesPicture};
use crate::{
    Atelier,
    domain::{access::Signed, workspace},
    http::{
        extract::{self, Json},
        limits::Writing,
        problem::ApiError,
    },
};

pub(super) fn routes() -> OpenApiRouter<Atelier> {
    OpenApiRouter::new().routes(routes!(edit)).routes(routes!(set_logo, remove_logo))
}

/// Settle the workspace's name, accent colour, languages, and who may sign up. Absent fields stay.
#[utoipa::path(patch, path = "/workspace", tag = "workspace", operation_id = "edit_workspace",
    request_body = EditWorkspace,
    responses((status = 200, body = WorkspaceView), Always, Changes, TakesJson, Conflicts))]
async fn edit(
    State(atelier): State<Atelier>,
    signed: Signed,
    Json(request): Json<EditWorkspace>,
) -> Result<Json<WorkspaceView>, ApiError> {
    Ok(Json(workspace::edit(&atelier.db, &signed, &request).await?))
}

/// Give the workspace a logo: send the bytes of a JPEG, PNG, WebP or GIF file as they are.
#[utoipa::path(put, path = "/workspace/logo", tag = "workspace", operation_id = "set_logo",
    request_body(content_type = "application/octet-stream", description = "The file, 15 MiB at most"),
    responses((status = 200, body = WorkspaceView), Always, Changes, TakesPicture, Conflicts, Counted))]
async fn set_logo(State(atelier): State<Atelier>, signed: Signed, body: Body) -> Result<Json<WorkspaceView>, ApiError> {
    // Before anything of it is read.
    workspace::may_set_logo(&signed)?;
    atelier.writing.count(Writing::Picture, signed.person.id)?;
    let place = atelier.darkroom.place()?;
    let bytes = extract::picture(body).await?;
    Ok(Json(workspace::set_logo(&atelier.db, &signed, place, bytes).await?))
}

/// Take the workspace's logo away. Without one, nothing happens.
#[utoipa::path(delete, path = "/workspace/logo", tag = "workspace", operation_id = "remove_logo",
    responses((status = 200, body = WorkspaceView), Always, Changes, Conflicts))]
async fn remove_logo(State(atelier): State<Atelier>, signed: Signed) -> Result<Json<WorkspaceView>, ApiError> {
    Ok(Json(workspace::remove_logo(&atelier.db, &signed).await?))
}

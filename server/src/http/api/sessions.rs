//! `/sessions`: the browsers in which somebody is signed in.

use axum::extract::State;
use http::StatusCode;
use shared::{SessionId, api::SessionView};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::answers::{Always, Changes, Names};
use crate::{
    Atelier,
    domain::{access::Signed, session},
    http::{
        extract::{Json, Path},
        problem::ApiError,
    },
};

pub(super) fn routes() -> OpenApiRouter<Atelier> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(end))
}

/// The person's sessions, the last used first.
#[utoipa::path(get, path = "/sessions", tag = "sessions", operation_id = "list_sessions",
    responses((status = 200, body = [SessionView]), Always))]
async fn list(State(atelier): State<Atelier>, signed: Signed) -> Result<Json<Vec<SessionView>>, ApiError> {
    Ok(Json(session::list(&atelier.db, &signed).await?))
}

/// End one of the person's sessions.
#[utoipa::path(delete, path = "/sessions/{id}", tag = "sessions", operation_id = "end_session",
    params(("id" = SessionId, Path, description = "The session's id")),
    responses((status = 204, description = "Ended"), Always, Changes, Names))]
async fn end(
    State(atelier): State<Atelier>,
    signed: Signed,
    Path(id): Path<SessionId>,
) -> Result<StatusCode, ApiError> {
    session::end(&atelier.db, &atelier.access_news, &signed, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

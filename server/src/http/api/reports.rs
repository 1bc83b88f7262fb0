//! `/reports`: telling the moderators of something.

use axum::extract::State;
use http::StatusCode;
use shared::api::NewReport;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    answers::{Always, Changes, Counted, Names, TakesJson},
    desk,
};
use crate::{
    Atelier,
    domain::{access::Signed, reports},
    http::{extract::Json, limits::Writing, problem::ApiError},
};

pub(super) fn routes() -> OpenApiRouter<Atelier> {
    OpenApiRouter::new().routes(routes!(report))
}

/// Report an idea, a comment or a person to the moderators. A second time changes nothing.
#[utoipa::path(post, path = "/reports", tag = "reports", operation_id = "report", request_body = NewReport,
    responses((status = 204, description = "The moderators know"), Always, Changes, Names, TakesJson, Counted))]
async fn report(
    State(atelier): State<Atelier>,
    signed: Signed,
    Json(request): Json<NewReport>,
) -> Result<StatusCode, ApiError> {
    atelier.writing.count(Writing::Report, signed.person.id)?;
    if reports::report(&atelier.db, &signed, &request).await? {
        desk::tell_moderators(&atelier);
    }
    Ok(StatusCode::NO_CONTENT)
}

//! `/audit`: the record of what was done by right of a role.

use axum::extract::State;
use serde::Deserialize;
use shared::api::{AuditAct, AuditLine, Page};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    answers::{Always, ByRole},
    paging::{Paging, page},
};
use crate::{
    Atelier,
    domain::{access::Signed, audit},
    http::{
        extract::{Json, Query},
        problem::ApiError,
    },
};

pub(super) fn routes() -> OpenApiRouter<Atelier> {
    OpenApiRouter::new().routes(routes!(list))
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Which {
    /// `next` of the page before.
    cursor: Option<String>,
    /// How many, 1 to 100; 25 when absent.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// Only what the person of this handle did.
    person: Option<String>,
    /// Only this act.
    act: Option<AuditAct>,
}

/// What was done by right of a role, the last first. For owners.
#[utoipa::path(get, path = "/audit", tag = "audit", operation_id = "list_audit", params(Which),
    responses((status = 200, body = Page<AuditLine>), Always, ByRole))]
async fn list(
    State(atelier): State<Atelier>,
    signed: Signed,
    Query(which): Query<Which>,
) -> Result<Json<Page<AuditLine>>, ApiError> {
    let Which { cursor, limit, person, act } = which;
    let (before, limit) = Paging { cursor, limit }.place()?;
    let lines = audit::page(&atelier.db, &signed, person.as_deref(), act, before, limit + 1).await?;
    Ok(Json(page(lines, limit, |last| last.id)))
}

//! `/progress`: what became of ideas lately.

use axum::extract::State;
use shared::api::{Page, ProgressView};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    answers::Always,
    paging::{Paging, page},
};
use crate::{
    Atelier,
    domain::{ideas, inbox::Place},
    http::{
        extract::{Json, MaybeSigned, Query},
        problem::ApiError,
    },
};

pub(super) fn routes() -> OpenApiRouter<Atelier> {
    OpenApiRouter::new().routes(routes!(list))
}

/// The moves, answers and published progress of ideas on the boards that the person asking sees, the last first.
#[utoipa::path(get, path = "/progress", tag = "ideas", operation_id = "list_progress", params(Paging),
    responses((status = 200, body = Page<ProgressView>), Always))]
async fn list(
    State(atelier): State<Atelier>,
    who: MaybeSigned,
    Query(paging): Query<Paging>,
) -> Result<Json<Page<ProgressView>>, ApiError> {
    let (before, limit) = paging.place()?;
    let found = ideas::progress(&atelier.db, who.person(), before, limit + 1).await?;
    Ok(Json(page(found, limit, |last| Place(last.at, last.id.0))))
}

//! `/ideas/{number}/coauthors`: who an idea belongs to. For its proposer and moderators; anyone may withdraw.

use axum::extract::State;
use http::StatusCode;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::answers::{Always, Changes, Conflicts, Names};
use crate::{
    Atelier,
    domain::coauthors,
    http::{
        extract::{MaybeSigned, Path},
        problem::ApiError,
    },
};

pub(super) fn routes() -> OpenApiRouter<Atelier> {
    OpenApiRouter::new().routes(routes!(add, remove))
}

/// Make somebody a co-author of an idea. A second time changes nothing.
#[utoipa::path(put, path = "/ideas/{number}/coauthors/{handle}", tag = "ideas", operation_id = "add_coauthor",
    params(
        ("number" = u32, Path, description = "The idea's number"),
        ("handle" = String, Path, description = "The word in the person's address"),
    ),
    responses((status = 204, description = "They are a co-author"), Always, Changes, Names, Conflicts))]
async fn add(
    State(atelier): State<Atelier>,
    who: MaybeSigned,
    Path((number, handle)): Path<(u32, String)>,
) -> Result<StatusCode, ApiError> {
    coauthors::add(&atelier.db, &atelier.access_news, who.person(), number, &handle).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Make somebody no co-author of an idea. A second time changes nothing; the proposer stays one.
#[utoipa::path(delete, path = "/ideas/{number}/coauthors/{handle}", tag = "ideas", operation_id = "remove_coauthor",
    params(
        ("number" = u32, Path, description = "The idea's number"),
        ("handle" = String, Path, description = "The word in the person's address"),
    ),
    responses((status = 204, description = "They are no co-author"), Always, Changes, Names, Conflicts))]
async fn remove(
    State(atelier): State<Atelier>,
    who: MaybeSigned,
    Path((number, handle)): Path<(u32, String)>,
) -> Result<StatusCode, ApiError> {
    coauthors::remove(&atelier.db, &atelier.access_news, who.person(), number, &handle).await?;
    Ok(StatusCode::NO_CONTENT)
}

//! `/boards/{slug}/members`: who is named a member of a board. For moderators.

use axum::extract::State;
use http::StatusCode;
use shared::api::{MemberView, Millis, Page};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{
    answers::{Always, ByRole, Changes, Names},
    paging::{Cursor, Paging, page},
};
use crate::{
    Atelier,
    domain::members,
    http::{
        extract::{Json, MaybeSigned, Path, Query},
        problem::ApiError,
    },
};

pub(super) fn routes() -> OpenApiRouter<Atelier> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(add, remove))
}

impl Cursor for (Millis, Uuid) {
    const START: Self = (i64::MIN, Uuid::nil());

    fn write(&self) -> String {
        format!("{}-{}", self.0, self.1.simple())
    }

    fn read(at: i64, rest: &str) -> Option<Self> {
        Some((at, rest.parse().ok()?))
    }
}

/// The members of a board, the earliest first.
#[utoipa::path(get, path = "/boards/{slug}/members", tag = "members", operation_id = "list_members",
    params(("slug" = String, Path, description = "The word in the board's address"), Paging),
    responses((status = 200, body = Page<MemberView>), Always, ByRole, Names))]
async fn list(
    State(atelier): State<Atelier>,
    who: MaybeSigned,
    Path(slug): Path<String>,
    Query(paging): Query<Paging>,
) -> Result<Json<Page<MemberView>>, ApiError> {
    let (after, limit) = paging.place()?;
    let items = members::list(&atelier.db, who.person(), &slug, after, limit + 1).await?;
    Ok(Json(page(items, limit, |last| (last.since, last.person.id.0))))
}

/// Make somebody a member of a board. A second time changes nothing.
#[utoipa::path(put, path = "/boards/{slug}/members/{handle}", tag = "members", operation_id = "add_member",
    params(
        ("slug" = String, Path, description = "The word in the board's address"),
        ("handle" = String, Path, description = "The word in the person's address"),
    ),
    responses((status = 204, description = "They are a member"), Always, Changes, Names))]
async fn add(
    State(atelier): State<Atelier>,
    who: MaybeSigned,
    Path((slug, handle)): Path<(String, String)>,
) -> Result<StatusCode, ApiError> {
    members::add(&atelier.db, &atelier.access_news, who.person(), &slug, &handle).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Make somebody no member of a board. A second time changes nothing.
#[utoipa::path(delete, path = "/boards/{slug}/members/{handle}", tag = "members", operation_id = "remove_member",
    params(
        ("slug" = String, Path, description = "The word in the board's address"),
        ("handle" = String, Path, description = "The word in the person's address"),
    ),
    responses((status = 204, description = "They are no member"), Always, Changes, Names))]
async fn remove(
    State(atelier): State<Atelier>,
    who: MaybeSigned,
    Path((slug, handle)): Path<(String, String)>,
) -> Result<StatusCode, ApiError> {
    members::remove(&atelier.db, &atelier.access_news, who.person(), &slug, &handle).await?;
    Ok(StatusCode::NO_CONTENT)
}

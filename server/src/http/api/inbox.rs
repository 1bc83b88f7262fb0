//! `/inbox` and `/me/notices`: what a person is told.

use axum::extract::State;
use shared::api::{NoticeChoices, NoticeView, Page, ReadNotices, RulingView, Unread};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{
    answers::{Always, Changes, TakesJson},
    paging::{Cursor, Paging, page},
};
use crate::{
    Atelier,
    domain::{
        access::Signed,
        inbox::{self, Place},
    },
    http::{
        extract::{Json, Query},
        problem::ApiError,
    },
};

pub(super) fn routes() -> OpenApiRouter<Atelier> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(unread))
        .routes(routes!(rulings))
        .routes(routes!(read))
        .routes(routes!(choices, choose))
}

impl Cursor for Place {
    const START: Self = Self(i64::MAX, Uuid::max());

    fn write(&self) -> String {
        format!("{}-{}", self.0, self.1.simple())
    }

    fn read(at: i64, rest: &str) -> Option<Self> {
        Some(Self(at, rest.parse().ok()?))
    }
}

/// What one was told, the last first.
#[utoipa::path(get, path = "/inbox", tag = "inbox", operation_id = "list_notices", params(Paging),
    responses((status = 200, body = Page<NoticeView>), Always))]
async fn list(
    State(atelier): State<Atelier>,
    signed: Signed,
    Query(paging): Query<Paging>,
) -> Result<Json<Page<NoticeView>>, ApiError> {
    let (before, limit) = paging.place()?;
    let found = inbox::page(&atelier.db, &signed.person, before, limit + 1).await?;
    Ok(Json(page(found, limit, |last| Place(last.at, last.id.0))))
}

/// What one was told by the moderators, the last first.
#[utoipa::path(get, path = "/inbox/rulings", tag = "inbox", operation_id = "list_rulings", params(Paging),
    responses((status = 200, body = Page<RulingView>), Always))]
async fn rulings(
    State(atelier): State<Atelier>,
    signed: Signed,
    Query(paging): Query<Paging>,
) -> Result<Json<Page<RulingView>>, ApiError> {
    let (before, limit) = paging.place()?;
    let found = inbox::rulings(&atelier.db, &signed.person, before, limit + 1).await?;
    Ok(Json(page(found, limit, |last| Place(last.at, last.id.0))))
}

/// How many of all this one has not read.
#[utoipa::path(get, path = "/inbox/unread", tag = "inbox", operation_id = "count_notices",
    responses((status = 200, body = Unread), Always))]
async fn unread(State(atelier): State<Atelier>, signed: Signed) -> Result<Json<Unread>, ApiError> {
    Ok(Json(inbox::unread(&atelier.db, &signed.person).await?))
}

/// Note that one was read, or all. A second time changes nothing.
#[utoipa::path(post, path = "/inbox/read", tag = "inbox", operation_id = "read_notices", request_body = ReadNotices,
    responses((status = 200, body = Unread), Always, Changes, TakesJson))]
async fn read(
    State(atelier): State<Atelier>,
    signed: Signed,
    Json(request): Json<ReadNotices>,
) -> Result<Json<Unread>, ApiError> {
    let left = inbox::read(&atelier.db, &signed.person, &request).await?;
    atelier.hub.publish(&format!("person:{}", signed.person.id), "inbox", || Some("null".to_owned()));
    Ok(Json(left))
}

/// What one does not want to be told.
#[utoipa::path(get, path = "/me/notices", tag = "inbox", operation_id = "show_notice_choices",
    responses((status = 200, body = NoticeChoices), Always))]
async fn choices(State(atelier): State<Atelier>, signed: Signed) -> Result<Json<NoticeChoices>, ApiError> {
    Ok(Json(inbox::choices(&atelier.db, &signed.person).await?))
}

/// Choose what one does not want to be told. Decisions about one's own ideas come anyway.
#[utoipa::path(put, path = "/me/notices", tag = "inbox", operation_id = "choose_notices", request_body = NoticeChoices,
    responses((status = 200, body = NoticeChoices), Always, Changes, TakesJson))]
async fn choose(
    State(atelier): State<Atelier>,
    signed: Signed,
    Json(request): Json<NoticeChoices>,
) -> Result<Json<NoticeChoices>, ApiError> {
    Ok(Json(inbox::choose(&atelier.db, &signed.person, &request).await?))
}

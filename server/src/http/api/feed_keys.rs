//! `/me/feed-key`: the key of one's feeds.

use axum::extract::State;
use http::StatusCode;
use shared::api::{FeedKeyMade, FeedKeyView};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::answers::{Always, Changes};
use crate::{
    Atelier,
    domain::{access::Signed, feed_keys},
    http::{extract::Json, limits::Writing, problem::ApiError},
};

pub(super) fn routes() -> OpenApiRouter<Atelier> {
    OpenApiRouter::new().routes(routes!(show, make, remove))
}

/// Whether one has a key for feeds, and since when; never the key itself.
#[utoipa::path(get, path = "/me/feed-key", tag = "feeds", operation_id = "show_feed_key",
    responses((status = 200, body = FeedKeyView), Always))]
async fn show(State(atelier): State<Atelier>, signed: Signed) -> Result<Json<FeedKeyView>, ApiError> {
    Ok(Json(feed_keys::show(&atelier.db, &signed).await?))
}

/// Make a key with which feeds tell all that one may read. It is told only here, and the one before opens nothing from
/// then on. Needs a session: a token makes no keys.
#[utoipa::path(post, path = "/me/feed-key", tag = "feeds", operation_id = "make_feed_key",
    responses((status = 201, body = FeedKeyMade), Always, Changes))]
async fn make(State(atelier): State<Atelier>, signed: Signed) -> Result<(StatusCode, Json<FeedKeyMade>), ApiError> {
    atelier.writing.count(Writing::Make, signed.person.id)?;
    Ok((StatusCode::CREATED, Json(feed_keys::make(&atelier.db, &signed).await?)))
}

/// End the key of one's feeds. A second time changes nothing.
#[utoipa::path(delete, path = "/me/feed-key", tag = "feeds", operation_id = "remove_feed_key",
    responses((status = 204, description = "It opens nothing any more"), Always, Changes))]
async fn remove(State(atelier): State<Atelier>, signed: Signed) -> Result<StatusCode, ApiError> {
    feed_keys::remove(&atelier.db, &signed).await?;
    Ok(StatusCode::NO_CONTENT)
}

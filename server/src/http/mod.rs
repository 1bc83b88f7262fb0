//! What speaks HTTP: the JSON API, health, and (beside them) the socket, the pages and their files.
//!
//! Only this module and the live socket name axum. A handler takes what it needs from the request, calls one use case
//! of `domain`, and answers with a type of `shared::api`.

pub mod api;
pub mod assets;
pub mod extract;
pub mod headers;
pub mod health;
pub mod limits;
pub mod origin;
pub mod problem;
pub mod serve;
pub mod trace;

use axum::{
    Router,
    extract::Request,
    middleware::{from_fn, from_fn_with_state},
    response::{IntoResponse, Response},
    routing::get,
};
use http::StatusCode;

use crate::Atelier;

/// Everything this server answers.
pub fn router(atelier: Atelier) -> Router {
    let (api, _) = api::routes().split_for_parts();
    let api = api.fallback(problem::no_such_address).method_not_allowed_fallback(problem::no_such_method);
    Router::new()
        .nest("/api/v1", api)
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .merge(atelier.assets.clone().routes())
        .fallback(elsewhere)
        .layer(trace::catch_panics())
        .layer(from_fn_with_state(atelier.clone(), origin::guard))
        .layer(from_fn_with_state(atelier.clone(), headers::add))
        .layer(from_fn_with_state(atelier.clone(), limits::find_address))
        .layer(from_fn(trace::log))
        .with_state(atelier)
}

async fn elsewhere(request: Request) -> Response {
    if request.uri().path().starts_with("/api/") {
        return problem::no_such_address().await.into_response();
    }
    StatusCode::NOT_FOUND.into_response()
}

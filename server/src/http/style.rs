//! `/workspace/{style}`: the few lines of style that give a workspace its accent.
//!
//! The address tells the colour, so it is kept forever and nothing has to be looked up; what the shades of the colour are
//! is `shared::accent`'s matter.

use axum::{
    extract::Path,
    response::{IntoResponse, Response},
};
use http::{StatusCode, header};
use shared::accent::Accent;

/// Answers with the style of this name.
pub(super) async fn show(Path(name): Path<String>) -> Response {
    let Some(accent) = Accent::of_style(&name) else {
        return (StatusCode::NOT_FOUND, [(header::CACHE_CONTROL, "no-store")]).into_response();
    };
    let headers = [
        (header::CONTENT_TYPE, "text/css; charset=utf-8"),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
    ];
    (headers, accent.style()).into_response()
}

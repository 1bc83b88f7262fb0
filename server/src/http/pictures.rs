//! `/pictures/{id}/{form}`: the pictures in texts, for whoever may see them.
//!
//! They are what this server wrote itself, and still come from a room without scripts: whatever a browser would take them
//! for, nothing in them could run or load.

use axum::{
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use http::{HeaderValue, StatusCode, header};
use shared::{
    PictureId,
    picture::{Address, PREFIX, SMALL},
};

use super::{extract::Watching, problem::ApiError};
use crate::{
    Atelier,
    domain::{
        Error,
        pictures::{self, Form, Shown},
    },
    store::pictures::MediaType,
};

/// Nothing may run or load, and as a page of its own it belongs to no site.
const SANDBOX: &str = "default-src 'none'; frame-ancestors 'none'; sandbox";
/// An address never shows another picture. Private: the next to ask of a shared cache may not see it.
const FOREVER: &str = "private, max-age=31536000, immutable";

/// Answers with a picture.
pub(super) async fn show(
    State(atelier): State<Atelier>,
    who: Watching,
    Path((id, form)): Path<(String, String)>,
) -> Response {
    let Some((id, form)) = asked(&id, &form) else { return not_here() };
    match pictures::show(&atelier.db, &atelier.canvases, who.watcher(), id, form).await {
        Ok(shown) => picture(shown),
        Err(Error::Refused(_)) => not_here(),
        Err(other) => ApiError::from(other).into_response(),
    }
}

fn asked(id: &str, form: &str) -> Option<(PictureId, Form)> {
    if form == SMALL {
        let id: PictureId = id.parse().ok()?;
        return Some((id, Form::Small));
    }
    let Address { id, width, height } = format!("{PREFIX}{id}/{form}").parse().ok()?;
    Some((id, Form::Large(width, height)))
}

fn picture(shown: Shown) -> Response {
    let name = match shown.media_type {
        MediaType::Jpeg => "inline; filename=\"picture.jpg\"",
        MediaType::Png => "inline; filename=\"picture.png\"",
    };
    let headers = [
        (header::CONTENT_TYPE, shown.media_type.as_str()),
        (header::CONTENT_DISPOSITION, name),
        (header::CONTENT_SECURITY_POLICY, SANDBOX),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CACHE_CONTROL, FOREVER),
    ];
    (headers.map(|(name, value)| (name, HeaderValue::from_static(value))), shown.bytes).into_response()
}

fn not_here() -> Response {
    (StatusCode::NOT_FOUND, [(header::CACHE_CONTROL, "no-store")]).into_response()
}

//! `/guest/{secret}`: the link by which a guest follows a canvas.

use std::sync::Arc;

use axum::{
    extract::{FromRequestParts as _, Request},
    response::{IntoResponse, Response},
};
use http::{HeaderValue, StatusCode, header};

use super::{cookie, extract::Path, pages::Pages, problem::ApiError};
use crate::{
    Atelier,
    domain::{guests, now},
};

/// Gives the browser the link's secret, and leads to the canvas. A link that opens nothing is a page that is not there.
pub(super) async fn enter(atelier: Atelier, pages: Arc<Pages>, request: Request) -> Response {
    match open(&atelier, request).await {
        Ok(Ok(response)) => response,
        Ok(Err(request)) => pages.answer(request).await,
        Err(error) => error.into_response(),
    }
}

async fn open(atelier: &Atelier, request: Request) -> Result<Result<Response, Request>, ApiError> {
    let (mut parts, body) = request.into_parts();
    let Path(secret) = Path::<String>::from_request_parts(&mut parts, atelier).await?;
    let Some(pass) = guests::recognise(&atelier.db, &secret).await? else {
        return Ok(Err(Request::from_parts(parts, body)));
    };
    let kept = cookie::set_guest(&atelier.config, &secret, (pass.expires_at - now()) / 1000)?;
    let place = HeaderValue::try_from(format!("/b/{}/canvas", pass.slug));
    let place = place.map_err(|error| ApiError::Fault(error.to_string()))?;
    let headers = [
        (header::LOCATION, place),
        (header::SET_COOKIE, kept),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    Ok(Ok((StatusCode::SEE_OTHER, headers).into_response()))
}

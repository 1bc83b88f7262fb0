//! `/mail/off/{secret}` and `/mail/confirm/{secret}`: where the links in mails lead. Following one only shows a page, since
//! programs that look for harm follow links as well; its button, or one click in the program that shows the mail (RFC 8058),
//! sends the same address with POST.

use std::sync::Arc;

use axum::{
    body::Body,
    extract::{FromRequestParts as _, Request},
    response::{IntoResponse, Response},
};
use http::Method;

use super::{extract::Path, pages::Pages};
use crate::{
    Atelier,
    domain::{
        self,
        mail::{self, Follow},
    },
    http::problem::ApiError,
};

/// What the addresses begin with whose links end a kind of mail: the secret in them is all that is asked for, and it opens
/// nothing else, so that a POST may come from anywhere.
pub(super) const OFF: &str = "/mail/off/";

/// Does what the link is for, where it is asked to, and shows the page of it. It never leads elsewhere: who sends a POST for
/// a reader follows no redirection.
pub(super) async fn answer(atelier: Atelier, pages: Arc<Pages>, which: Follow, request: Request) -> Response {
    if *request.method() != Method::POST {
        return pages.answer(request).await;
    }
    // What the body says is known: that somebody pressed the button.
    let (mut parts, _) = request.into_parts();
    let secret = match Path::<String>::from_request_parts(&mut parts, &atelier).await {
        Ok(Path(secret)) => secret,
        Err(error) => return error.into_response(),
    };
    match mail::follow(&atelier.db, &secret, which).await {
        // The page says so where the link leads nowhere.
        Ok(_) | Err(domain::Error::LinkExpired) => {}
        Err(error) => return ApiError::from(error).into_response(),
    }
    parts.method = Method::GET;
    pages.answer(Request::from_parts(parts, Body::empty())).await
}

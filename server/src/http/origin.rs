//! Where a request comes from: whether a page of ours sent it, or one of another site with our visitor's cookie.
//!
//! Browsers say so in `Origin`, and where they leave that out in `Sec-Fetch-Site`; a page cannot forge either.
//! A request with a bearer token cannot be made by another site's page, so it may come from anywhere.

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, Method, header};
use shared::api::Code;

use super::{
    extract::{bearer, cookie},
    mail,
    problem::ApiError,
};
use crate::{Atelier, config::Config};

/// What the headers say about the page that sent a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sender {
    /// A page of ours, or the person's own doing.
    Own,
    /// A page of another site.
    Foreign,
    /// Nothing: no browser made it, or a very old one.
    Unknown,
}

/// Who sent a request with these headers.
#[must_use]
pub fn sender(headers: &HeaderMap, config: &Config) -> Sender {
    if let Some(origin) = headers.get(header::ORIGIN) {
        return if origin.to_str().is_ok_and(|origin| is_ours(origin, headers, config)) {
            Sender::Own
        } else {
            Sender::Foreign
        };
    }
    match headers.get("sec-fetch-site").map(|site| site.as_bytes()) {
        Some(b"same-origin" | b"none") => Sender::Own,
        Some(_) => Sender::Foreign,
        None => Sender::Unknown,
    }
}

fn is_ours(origin: &str, headers: &HeaderMap, config: &Config) -> bool {
    if let Some(url) = &config.public_url {
        return url.is_origin(origin);
    }
    // Without a configured address, ours is the one the browser asked for.
    let Some(host) = headers.get(header::HOST).and_then(|host| host.to_str().ok()) else { return false };
    origin
        .strip_prefix("http://")
        .or_else(|| origin.strip_prefix("https://"))
        .is_some_and(|authority| authority.eq_ignore_ascii_case(host))
}

/// Refuses what another site's page sends in our visitor's name: for requests that change something, and for the socket.
///
/// # Errors
/// `foreign_origin`.
pub fn check(headers: &HeaderMap, config: &Config) -> Result<(), ApiError> {
    if bearer(headers).is_some() {
        return Ok(());
    }
    match sender(headers, config) {
        Sender::Own => Ok(()),
        Sender::Foreign => Err(ApiError::new(Code::ForeignOrigin, "This request comes from another site's page.")),
        Sender::Unknown
            if [config.cookie_name(), config.guest_cookie_name()]
                .iter()
                .all(|name| cookie(headers, name).is_none()) =>
        {
            Ok(())
        }
        Sender::Unknown => Err(ApiError::new(
            Code::ForeignOrigin,
            "A request with a session cookie needs the header Origin. Programs should use an access token.",
        )),
    }
}

/// Applies [`check`] to every request that may change something, but for those that end a kind of mail: whoever shows the
/// mail sends them, in nobody's name.
pub(super) async fn guard(State(atelier): State<Atelier>, request: Request, next: Next) -> Response {
    let changes = !matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    let ends_mail = request.uri().path().starts_with(mail::OFF);
    if changes
        && !ends_mail
        && let Err(error) = check(request.headers(), &atelier.config)
    {
        return error.into_response();
    }
    next.run(request).await
}

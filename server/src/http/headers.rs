//! Headers that every answer carries, so that a browser keeps to what we mean.

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use http::{HeaderName, HeaderValue, header};

use crate::Atelier;

/// For answers that bring no policy of their own (pages do): nothing may run, load or frame.
const STRICTEST: &str = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
const NO_SENSORS: &str = "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), \
                          microphone=(), midi=(), payment=(), usb=()";

/// Adds the headers that the answer does not have yet.
pub(super) async fn add(State(atelier): State<Atelier>, request: Request, next: Next) -> Response {
    let api = request.uri().path().starts_with("/api/");
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let mut set = |name: HeaderName, value: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    set(header::CONTENT_SECURITY_POLICY, STRICTEST);
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::REFERRER_POLICY, "same-origin");
    set(header::X_FRAME_OPTIONS, "DENY");
    set(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    set(HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    set(HeaderName::from_static("permissions-policy"), NO_SENSORS);
    if atelier.config.is_https() {
        set(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
    if api {
        // What one person may see must not come out of a cache for another.
        set(header::CACHE_CONTROL, "no-store");
    }
    response
}

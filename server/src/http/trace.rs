//! One line of log a request, and the end of every fault: logged with the request's id, told without its text.

use std::{any::Any, time::Instant};

use axum::{
    extract::Request,
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::{HeaderName, HeaderValue};
use shared::api::{Code, Problem};
use tower_http::catch_panic::{CatchPanicLayer, ResponseForPanic};
use tracing::Instrument as _;
use uuid::Uuid;

use super::problem::{ApiError, Fault, document};
use crate::{
    Atelier,
    metrics::{Metrics, Panicked},
    panic::words,
};

/// The id of a request, in its extensions and in the log.
#[derive(Clone, Copy, Debug)]
struct RequestId(Uuid);

/// Logs the request under an id of its own.
pub(super) async fn log(mut request: Request, next: Next) -> Response {
    let id = Uuid::now_v7();
    request.extensions_mut().insert(RequestId(id));
    let path = without_secrets(request.uri().path());
    let span = tracing::info_span!("request", %id, method = %request.method(), path);
    async {
        let start = Instant::now();
        let mut response = next.run(request).await;
        let ms = start.elapsed().as_secs_f64() * 1000.0;
        tracing::info!(status = response.status().as_u16(), ms, "answered");
        if let Ok(value) = HeaderValue::from_str(&id.to_string()) {
            response.headers_mut().insert(HeaderName::from_static("x-request-id"), value);
        }
        response
    }
    .instrument(span)
    .await
}

/// Turns a [`Fault`] into a line of the log and a problem document, which have the request's id in common.
pub(super) async fn tell_faults(request: Request, next: Next) -> Response {
    // What is asked in process has none yet.
    let RequestId(id) = request.extensions().get().copied().unwrap_or_else(|| RequestId(Uuid::now_v7()));
    let mut response = next.run(request).await;
    let Some(Fault(text)) = response.extensions_mut().remove::<Fault>() else { return response };
    tracing::error!(fault = text, told = %id, "a request failed");
    document(&Problem {
        instance: Some(format!("urn:uuid:{id}")),
        ..Problem::new(Code::Internal, "Nothing was changed. The log has more under this id.")
    })
}

/// The path as it may stand in a log. Links carry their secret in the last part of their path; queries are never logged.
fn without_secrets(path: &str) -> &str {
    const WITH_SECRET: [&str; 7] = [
        "/setup/",
        "/join/",
        "/guest/",
        "/mail/off/",
        "/mail/confirm/",
        "/api/v1/invites/preview/",
        "/api/v1/mail/links/",
    ];
    WITH_SECRET.into_iter().find(|prefix| path.starts_with(prefix)).unwrap_or(path)
}

/// Counts a panic, and turns it into a fault.
#[derive(Clone, Debug)]
pub(super) struct OnPanic(Metrics);

impl ResponseForPanic for OnPanic {
    type ResponseBody = axum::body::Body;

    fn response_for_panic(&mut self, panic: Box<dyn Any + Send>) -> Response {
        self.0.panicked(Panicked::Request);
        ApiError::Fault(format!("panicked: {}", words(&*panic).unwrap_or_default())).into_response()
    }
}

/// Catches panics of handlers.
pub(super) fn catch_panics(atelier: &Atelier) -> CatchPanicLayer<OnPanic> {
    CatchPanicLayer::custom(OnPanic(atelier.metrics.clone()))
}

#[cfg(test)]
mod tests {
    use super::without_secrets;

    #[test]
    fn links_are_logged_without_their_secret() {
        for (path, logged) in [
            ("/setup/abc", "/setup/"),
            ("/join/abc/def", "/join/"),
            ("/guest/abc", "/guest/"),
            ("/mail/off/abc", "/mail/off/"),
            ("/mail/confirm/abc", "/mail/confirm/"),
            ("/api/v1/mail/links/abc", "/api/v1/mail/links/"),
            ("/api/v1/invites/preview/abc", "/api/v1/invites/preview/"),
            ("/api/v1/invites", "/api/v1/invites"),
            ("/b/pain", "/b/pain"),
        ] {
            assert_eq!(without_secrets(path), logged);
        }
    }
}

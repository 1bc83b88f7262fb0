//! Whether the process lives, and whether it can do its work.

use axum::extract::State;
use http::StatusCode;

use crate::{Atelier, domain::workspace};

/// `GET /healthz`: the process answers.
pub(super) async fn alive() -> &'static str {
    "ok"
}

/// `GET /readyz`: the database answers too, and the server is not stopping.
pub(super) async fn ready(State(atelier): State<Atelier>) -> (StatusCode, &'static str) {
    if atelier.stop.is_cancelled() {
        return (StatusCode::SERVICE_UNAVAILABLE, "stopping");
    }
    match workspace::view(&atelier.db).await {
        Ok(_) => (StatusCode::OK, "ok"),
        Err(error) => {
            tracing::warn!(%error, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer")
        }
    }
}

//! `/manifest.webmanifest`: what a browser needs to know to install the workspace as an app.

use axum::{
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use serde_json::json;

use super::problem::ApiError;
use crate::{Atelier, domain::workspace};

/// The colour of the paper, as the style has it in the light.
const PAPER: &str = "#fbf5ea";

/// Answers with the manifest.
///
/// # Errors
/// When the database fails.
pub(super) async fn show(State(atelier): State<Atelier>) -> Result<Response, ApiError> {
    let view = workspace::view(&atelier.db).await?;
    let mark = format!("/{}/mark.svg", atelier.assets.folder());
    let mark = json!({ "src": mark, "sizes": "any", "type": "image/svg+xml" });
    // A logo may be too small for what a system wants; the mark never is.
    let logo = view.logo.map(|logo| json!({ "src": logo.path, "sizes": format!("{}x{}", logo.width, logo.height) }));
    let icons: Vec<_> = logo.into_iter().chain([mark]).collect();
    let manifest = json!({
        "id": "/",
        "name": view.name,
        "short_name": view.name,
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": PAPER,
        "theme_color": PAPER,
        "icons": icons,
    });
    let headers = [(header::CONTENT_TYPE, "application/manifest+json"), (header::CACHE_CONTROL, "no-cache")];
    Ok((headers, manifest.to_string()).into_response())
}

//! The JSON API under `/api/v1`: one file per resource.

pub mod me;

use utoipa_axum::router::OpenApiRouter;

use crate::Atelier;

/// Every address of the API, with its description.
#[must_use]
pub fn routes() -> OpenApiRouter<Atelier> {
    OpenApiRouter::new().merge(me::routes())
}

//! The JSON API under `/api/v1`: one file per resource.

pub(crate) mod answers;

mod boards;
mod coauthors;
mod ideas;
pub mod me;
mod members;
mod paging;

use utoipa_axum::router::OpenApiRouter;

use crate::Atelier;

/// Every address of the API, with its description.
#[must_use]
pub fn routes() -> OpenApiRouter<Atelier> {
    OpenApiRouter::new()
        .merge(me::routes())
        .merge(boards::routes())
        .merge(members::routes())
        .merge(ideas::routes())
        .merge(coauthors::routes())
}

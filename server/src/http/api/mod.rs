//! The JSON API under `/api/v1`: one file per resource.

pub(crate) mod answers;

mod accounts;
mod boards;
mod coauthors;
mod ideas;
mod invites;
mod me;
mod members;
mod paging;
mod people;
mod session;
mod sessions;
mod setup;
mod tokens;

use shared::api::Problem;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;

use crate::Atelier;

#[derive(OpenApi)]
#[openapi(info(title = "Atelier", description = "The API under `/api/v1`."), components(schemas(Problem)))]
struct Description;

/// Every address of the API, with its description.
#[must_use]
pub fn routes() -> OpenApiRouter<Atelier> {
    OpenApiRouter::with_openapi(Description::openapi())
        .merge(setup::routes())
        .merge(accounts::routes())
        .merge(session::routes())
        .merge(sessions::routes())
        .merge(me::routes())
        .merge(tokens::routes())
        .merge(invites::routes())
        .merge(people::routes())
        .merge(boards::routes())
        .merge(members::routes())
        .merge(ideas::routes())
        .merge(coauthors::routes())
}

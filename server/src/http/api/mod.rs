//! The JSON API under `/api/v1`: one file per resource.

pub(crate) mod answers;

mod accounts;
mod boards;
mod coauthors;
mod comments;
mod desk;
mod ideas;
mod imports;
mod inbox;
mod invites;
mod me;
mod members;
mod names;
mod numbers;
mod openapi;
mod paging;
mod people;
mod progress;
mod session;
mod sessions;
mod setup;
mod tokens;
mod votes;

use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;

use crate::Atelier;

/// Every address of the API, with its description.
#[must_use]
pub fn routes() -> OpenApiRouter<Atelier> {
    OpenApiRouter::with_openapi(openapi::Description::openapi())
        .merge(openapi::routes())
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
        .merge(comments::routes())
        .merge(votes::routes())
        .merge(numbers::routes())
        .merge(progress::routes())
        .merge(inbox::routes())
        .merge(desk::routes())
        .merge(imports::routes())
        .merge(names::routes())
}

//! The JSON API under `/api/v1`: one file per resource.

mod answers;

mod accounts;
mod answerers;
mod audit;
mod boards;
mod canvas;
mod changes;
mod coauthors;
mod columns;
mod comments;
mod credit;
mod desk;
mod entries;
mod exports;
mod feed_keys;
mod freezes;
mod guests;
mod history;
mod ideas;
mod imports;
mod inbox;
mod invites;
mod leaving;
mod ledger;
mod mail;
mod me;
mod members;
mod merges;
mod names;
mod news;
mod numbers;
mod openapi;
mod outbox;
mod paging;
mod people;
mod perks;
mod pictures;
mod pipeline;
mod profiles;
mod progress;
mod recognition;
mod reports;
mod roadmap;
mod search;
mod session;
mod sessions;
mod setup;
mod since;
mod tags;
mod tokens;
mod votes;
mod workshop;
mod workspace;

use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;

use crate::{
    Atelier,
    http::{extract::MaybeSigned, limits::Writing, problem::ApiError},
};

/// Counts one more act of somebody who writes; a visitor is told to sign in by whoever is asked.
fn count(atelier: &Atelier, who: &MaybeSigned, what: Writing) -> Result<(), ApiError> {
    who.person().map_or(Ok(()), |person| atelier.writing.count(what, person.id))
}

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
        .merge(leaving::routes())
        .merge(exports::routes())
        .merge(tokens::routes())
        .merge(invites::routes())
        .merge(people::routes())
        .merge(profiles::routes())
        .merge(boards::routes())
        .merge(members::routes())
        .merge(answerers::routes())
        .merge(canvas::routes())
        .merge(workshop::routes())
        .merge(guests::routes())
        .merge(ideas::routes())
        .merge(coauthors::routes())
        .merge(comments::routes())
        .merge(credit::routes())
        .merge(votes::routes())
        .merge(changes::routes())
        .merge(since::routes())
        .merge(history::routes())
        .merge(merges::routes())
        .merge(tags::routes())
        .merge(pipeline::routes())
        .merge(columns::routes())
        .merge(pictures::routes())
        .merge(workspace::routes())
        .merge(numbers::routes())
        .merge(progress::routes())
        .merge(entries::routes())
        .merge(freezes::routes())
        .merge(roadmap::routes())
        .merge(news::routes())
        .merge(feed_keys::routes())
        .merge(search::routes())
        .merge(inbox::routes())
        .merge(mail::routes())
        .merge(outbox::routes())
        .merge(recognition::routes())
        .merge(perks::routes())
        .merge(ledger::routes())
        .merge(reports::routes())
        .merge(desk::routes())
        .merge(imports::routes())
        .merge(names::routes())
        .merge(audit::routes())
}

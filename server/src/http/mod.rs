//! What speaks HTTP: the JSON API, health, and (beside them) the socket, the pages and their files.
//!
//! Only this module and the live socket name axum. A handler takes what it needs from the request, calls one use case
//! of `domain`, and answers with a type of `shared::api`.

pub mod api;
pub mod assets;
pub mod cookie;
pub mod extract;
mod feeds;
pub mod guests;
pub mod headers;
pub mod health;
pub mod language;
pub mod limits;
pub mod mail;
mod manifest;
pub mod metrics;
pub mod origin;
pub mod pages;
pub mod patience;
pub mod pictures;
pub mod problem;
pub mod serve;
pub mod style;
pub mod trace;

use axum::{
    Router,
    extract::{Request, State},
    middleware::{from_fn, from_fn_with_state},
    routing::{any, get},
};
use tower_http::{
    CompressionLevel,
    compression::{
        CompressionLayer,
        predicate::{DefaultPredicate, NotForContentType, Predicate, SizeAbove},
    },
};

use self::pages::Pages;
use crate::{Atelier, domain::mail::Follow, live::socket};

/// Everything this server answers.
pub fn router(atelier: Atelier) -> Router {
    let (api, _) = api::routes().split_for_parts();
    let api = api.fallback(problem::no_such_address).method_not_allowed_fallback(problem::no_such_method);
    // On the API itself as well, since pages ask it in process.
    let api =
        Router::new().nest("/api/v1", api).layer(trace::catch_panics(&atelier)).layer(from_fn(trace::tell_faults));
    let pages = Pages::new(atelier.clone(), api.clone().with_state(atelier.clone()));
    let for_guests = pages.clone();
    let enter = move |State(atelier): State<Atelier>, request: Request| guests::enter(atelier, for_guests, request);
    let mailed = |which: Follow| {
        let pages = pages.clone();
        any(move |State(atelier): State<Atelier>, request: Request| mail::answer(atelier, pages, which, request))
    };
    let (ends, confirms) = (mailed(Follow::Ending), mailed(Follow::Any));
    Router::new()
        .merge(api)
        .merge(atelier.assets.clone().routes())
        .route("/live", get(socket::upgrade))
        .route("/guest/{secret}", get(enter))
        .route("/mail/off/{secret}", ends)
        .route("/mail/confirm/{secret}", confirms)
        .route("/pictures/{id}/{form}", get(pictures::show))
        .route("/workspace/{style}", get(style::show))
        .route("/manifest.webmanifest", get(manifest::show))
        .merge(feeds::routes())
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .fallback(move |State(atelier): State<Atelier>, request: Request| {
            metrics::or_page(atelier, pages.clone(), request)
        })
        .layer(trace::catch_panics(&atelier))
        .layer(from_fn(trace::tell_faults))
        .layer(from_fn_with_state(atelier.clone(), origin::guard))
        .layer(from_fn_with_state(atelier.clone(), headers::add))
        .layer(from_fn_with_state(atelier.clone(), limits::find_address))
        .layer(compression())
        .layer(from_fn(trace::log))
        .with_state(atelier)
}

/// Compresses pages and answers on their way. Files are stored compressed, and pictures are by their nature. Nothing here
/// is a secret that a stranger could measure against what they make us repeat: requests from other sites come without the
/// cookie of the session.
///
/// The program itself, where it is not stored compressed, was built to be tried out on the same machine: compressing it takes
/// longer there than all the rest of a page.
fn compression() -> CompressionLayer<impl Predicate> {
    // Half as long again for a tenth less is not worth it on each answer.
    let quick = CompressionLevel::Precise(4);
    let gains = DefaultPredicate::new().and(SizeAbove::new(1_024)).and(NotForContentType::new("application/wasm"));
    CompressionLayer::new().quality(quick).compress_when(gains)
}

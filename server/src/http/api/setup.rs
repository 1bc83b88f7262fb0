//! `/setup`: the first person becomes the owner.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::header;
use shared::api::{Me, Setup};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::answers::{Always, Changes, Counted, TakesJson, TakesLink};
use crate::{
    Atelier,
    domain::{mail::Delivery, me, session::Visitor, workspace},
    http::{
        cookie,
        extract::Json,
        limits::{ClientAddress, Limited},
        problem::ApiError,
    },
};

pub(super) fn routes() -> OpenApiRouter<Atelier> {
    OpenApiRouter::new().routes(routes!(set_up))
}

/// Use the set-up link: name the workspace, become its first owner, and be signed in.
#[utoipa::path(post, path = "/setup", tag = "setup", operation_id = "set_up", request_body = Setup,
    responses((status = 200, body = Me), Always, Changes, TakesJson, TakesLink, Counted))]
async fn set_up(
    State(atelier): State<Atelier>,
    address: ClientAddress,
    visitor: Visitor,
    Json(request): Json<Setup>,
) -> Result<Response, ApiError> {
    atelier.limits.count(Limited::Setup, address)?;
    let first = (atelier.config.sign_up.into(), Delivery::of(&atelier.config));
    let begun = workspace::set_up(&atelier.db, &atelier.passwords, first, &visitor, request).await?;
    let me = me::show(&atelier.db, Some(&begun.signed)).await?;
    Ok(([(header::SET_COOKIE, cookie::set(&atelier.config, &begun.secret)?)], Json(me)).into_response())
}

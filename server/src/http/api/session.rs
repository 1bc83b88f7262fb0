//! `/session`: signing in and out of this browser.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::{StatusCode, header};
use shared::api::{Me, SignIn};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::answers::{Always, Changes, Counted, TakesJson};
use crate::{
    Atelier,
    domain::{
        me,
        session::{self, Visitor},
    },
    http::{
        cookie,
        extract::{Json, MaybeSigned},
        limits::{ClientAddress, Limited},
        problem::ApiError,
    },
};

pub(super) fn routes() -> OpenApiRouter<Atelier> {
    OpenApiRouter::new().routes(routes!(sign_in, sign_out))
}

/// Sign in. A session that this browser had before ends.
#[utoipa::path(post, path = "/session", tag = "session", operation_id = "sign_in", request_body = SignIn,
    responses((status = 200, body = Me), Always, Changes, TakesJson, Counted))]
async fn sign_in(
    State(atelier): State<Atelier>,
    MaybeSigned(before): MaybeSigned,
    address: ClientAddress,
    visitor: Visitor,
    Json(request): Json<SignIn>,
) -> Result<Response, ApiError> {
    atelier.limits.count(Limited::SignIn, address)?;
    let begun = session::sign_in(&atelier.db, &atelier.passwords, &atelier.attempts, &visitor, request).await?;
    end(&atelier, MaybeSigned(before)).await?;
    let me = me::show(&atelier.db, Some(&begun.signed)).await?;
    Ok(([(header::SET_COOKIE, cookie::set(&atelier.config, &begun.secret)?)], Json(me)).into_response())
}

/// Sign out. Without a session, nothing happens.
#[utoipa::path(delete, path = "/session", tag = "session", operation_id = "sign_out",
    responses((status = 204, description = "Signed out"), Always, Changes))]
async fn sign_out(State(atelier): State<Atelier>, signed: MaybeSigned) -> Result<Response, ApiError> {
    end(&atelier, signed).await?;
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie::clear(&atelier.config)?)]).into_response())
}

async fn end(atelier: &Atelier, MaybeSigned(signed): MaybeSigned) -> Result<(), ApiError> {
    let Some(signed) = signed else { return Ok(()) };
    let Some(id) = signed.session() else { return Ok(()) };
    match session::end(&atelier.db, &atelier.access_news, &signed, id).await {
        // Ended elsewhere in the meantime, which is what was wanted.
        Ok(()) | Err(crate::domain::Error::NotFound(_)) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

//! `/me`: who is asking, and what they change about themself.

use axum::extract::State;
use http::StatusCode;
use shared::api::{ChangePassword, EditMe, Me};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::answers::{Always, Changes, Counted, TakesJson};
use crate::{
    Atelier,
    domain::{access::Signed, me},
    http::{
        extract::{Json, MaybeSigned},
        limits::{ClientAddress, Limited},
        problem::ApiError,
    },
};

pub(super) fn routes() -> OpenApiRouter<Atelier> {
    OpenApiRouter::new().routes(routes!(show, edit)).routes(routes!(change_password))
}

/// Who is asking, and where they are.
#[utoipa::path(get, path = "/me", tag = "me", operation_id = "show_me", responses((status = 200, body = Me), Always))]
async fn show(State(atelier): State<Atelier>, MaybeSigned(signed): MaybeSigned) -> Result<Json<Me>, ApiError> {
    Ok(Json(me::show(&atelier.db, signed.as_ref()).await?))
}

/// Change one's name or language. Absent fields stay.
#[utoipa::path(patch, path = "/me", tag = "me", operation_id = "edit_me", request_body = EditMe,
    responses((status = 200, body = Me), Always, Changes, TakesJson))]
async fn edit(
    State(atelier): State<Atelier>,
    signed: Signed,
    Json(request): Json<EditMe>,
) -> Result<Json<Me>, ApiError> {
    me::edit(&atelier.db, &signed, request).await?;
    Ok(Json(me::show(&atelier.db, Some(&signed)).await?))
}

/// Change one's password. Every other session ends.
#[utoipa::path(post, path = "/me/password", tag = "me", operation_id = "change_password", request_body = ChangePassword,
    responses((status = 204, description = "Changed"), Always, Changes, TakesJson, Counted))]
async fn change_password(
    State(atelier): State<Atelier>,
    signed: Signed,
    address: ClientAddress,
    Json(request): Json<ChangePassword>,
) -> Result<StatusCode, ApiError> {
    atelier.limits.count(Limited::SignIn, address)?;
    let proof = atelier.proof(address.network());
    me::change_password(&atelier.db, &atelier.access_news, proof, &signed, request).await?;
    Ok(StatusCode::NO_CONTENT)
}

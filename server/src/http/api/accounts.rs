//! `/accounts`: signing up.

use axum::extract::State;
use http::StatusCode;
use shared::api::SignUp;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::answers::{Always, Changes, Conflicts, Counted, TakesJson, TakesLink};
use crate::{
    Atelier,
    domain::{accounts, mail::Delivery},
    http::{
        extract::Json,
        limits::{ClientAddress, Limited},
        problem::ApiError,
    },
};

pub(super) fn routes() -> OpenApiRouter<Atelier> {
    OpenApiRouter::new().routes(routes!(sign_up))
}

/// Sign up. The answer is the same whether or not the address already has an account; sign in next.
#[utoipa::path(post, path = "/accounts", tag = "accounts", operation_id = "sign_up", request_body = SignUp,
    responses((status = 202, description = "Accepted"), Always, Changes, TakesJson, Conflicts, TakesLink, Counted))]
async fn sign_up(
    State(atelier): State<Atelier>,
    address: ClientAddress,
    Json(request): Json<SignUp>,
) -> Result<StatusCode, ApiError> {
    atelier.limits.count(Limited::SignUp, address)?;
    accounts::sign_up(&atelier.db, &atelier.passwords, Delivery::of(&atelier.config), request).await?;
    Ok(StatusCode::ACCEPTED)
}

//! `/tokens`: access tokens, for programs that act with their owner's rights.

use axum::extract::State;
use http::StatusCode;
use shared::{
    TokenId,
    api::{NewToken, TokenMade, TokenView},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::answers::{Always, Changes, Conflicts, Names, TakesJson};
use crate::{
    Atelier,
    domain::{access::Signed, tokens},
    http::{
        extract::{Json, Path},
        limits::Writing,
        problem::ApiError,
    },
};

pub(super) fn routes() -> OpenApiRouter<Atelier> {
    OpenApiRouter::new().routes(routes!(list, make)).routes(routes!(revoke))
}

/// The person's access tokens, the newest first, without their secrets.
#[utoipa::path(get, path = "/tokens", tag = "tokens", operation_id = "list_tokens",
    responses((status = 200, body = [TokenView]), Always))]
async fn list(State(atelier): State<Atelier>, signed: Signed) -> Result<Json<Vec<TokenView>>, ApiError> {
    Ok(Json(tokens::list(&atelier.db, &signed).await?))
}

/// Make an access token. Its secret is told only here. Needs a session: a token makes no tokens.
#[utoipa::path(post, path = "/tokens", tag = "tokens", operation_id = "make_token", request_body = NewToken,
    responses((status = 201, body = TokenMade), Always, Changes, TakesJson, Conflicts))]
async fn make(
    State(atelier): State<Atelier>,
    signed: Signed,
    Json(request): Json<NewToken>,
) -> Result<(StatusCode, Json<TokenMade>), ApiError> {
    atelier.writing.count(Writing::Make, signed.person.id)?;
    Ok((StatusCode::CREATED, Json(tokens::make(&atelier.db, &signed, request).await?)))
}

/// Revoke one of the person's access tokens.
#[utoipa::path(delete, path = "/tokens/{id}", tag = "tokens", operation_id = "revoke_token",
    params(("id" = TokenId, Path, description = "The token's id")),
    responses((status = 204, description = "Revoked"), Always, Changes, Names))]
async fn revoke(
    State(atelier): State<Atelier>,
    signed: Signed,
    Path(id): Path<TokenId>,
) -> Result<StatusCode, ApiError> {
    tokens::revoke(&atelier.db, &atelier.access_news, &signed, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

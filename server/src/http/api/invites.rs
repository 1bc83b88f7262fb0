//! `/invites`: links by which people join.

use axum::extract::State;
use http::StatusCode;
use shared::{
    InviteId,
    api::{AcceptInvite, InviteMade, InvitePreview, InviteView, Me, NewInvite},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::answers::{Always, ByRole, Changes, Counted, Names, TakesJson, TakesLink};
use crate::{
    Atelier,
    domain::{access::Signed, invites, me},
    http::{
        extract::{Json, Path},
        limits::{ClientAddress, Limited, Writing},
        problem::ApiError,
    },
};

pub(super) fn routes() -> OpenApiRouter<Atelier> {
    OpenApiRouter::new()
        .routes(routes!(list, make))
        .routes(routes!(revoke))
        .routes(routes!(preview))
        .routes(routes!(accept))
}

/// The open invites of those roles that the person may invite, the newest first.
#[utoipa::path(get, path = "/invites", tag = "invites", operation_id = "list_invites",
    responses((status = 200, body = [InviteView]), Always, ByRole))]
async fn list(State(atelier): State<Atelier>, signed: Signed) -> Result<Json<Vec<InviteView>>, ApiError> {
    Ok(Json(invites::list(&atelier.db, &signed).await?))
}

/// Make an invite link. It is told only here.
#[utoipa::path(post, path = "/invites", tag = "invites", operation_id = "make_invite", request_body = NewInvite,
    responses((status = 201, body = InviteMade), Always, Changes, TakesJson))]
async fn make(
    State(atelier): State<Atelier>,
    signed: Signed,
    Json(request): Json<NewInvite>,
) -> Result<(StatusCode, Json<InviteMade>), ApiError> {
    atelier.writing.count(Writing::Make, signed.person.id)?;
    Ok((StatusCode::CREATED, Json(invites::make(&atelier.db, &signed, request).await?)))
}

/// Revoke an invite link.
#[utoipa::path(delete, path = "/invites/{id}", tag = "invites", operation_id = "revoke_invite",
    params(("id" = InviteId, Path, description = "The invite's id")),
    responses((status = 204, description = "Revoked"), Always, Changes, Names))]
async fn revoke(
    State(atelier): State<Atelier>,
    signed: Signed,
    Path(id): Path<InviteId>,
) -> Result<StatusCode, ApiError> {
    invites::revoke(&atelier.db, &signed, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What an invite link offers.
#[utoipa::path(get, path = "/invites/preview/{secret}", tag = "invites", operation_id = "preview_invite",
    params(("secret" = String, Path, description = "The last part of the link")),
    responses((status = 200, body = InvitePreview), Always, TakesLink, Counted))]
async fn preview(
    State(atelier): State<Atelier>,
    address: ClientAddress,
    Path(secret): Path<String>,
) -> Result<Json<InvitePreview>, ApiError> {
    atelier.limits.count(Limited::Preview, address)?;
    Ok(Json(invites::preview(&atelier.db, &secret).await?))
}

/// Take up an invite. The person's role rises to the invite's, and never falls.
#[utoipa::path(post, path = "/invites/accept", tag = "invites", operation_id = "accept_invite", request_body = AcceptInvite,
    responses((status = 200, body = Me), Always, Changes, TakesJson, TakesLink))]
async fn accept(
    State(atelier): State<Atelier>,
    signed: Signed,
    Json(request): Json<AcceptInvite>,
) -> Result<Json<Me>, ApiError> {
    invites::accept(&atelier.db, &atelier.access_news, &signed, &request.token).await?;
    Ok(Json(me::show(&atelier.db, Some(&signed)).await?))
}

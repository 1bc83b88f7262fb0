//! `/me/mail` and `/mail/links`: what one is sent, and the links in mails.

use axum::extract::State;
use http::StatusCode;
use shared::api::{ChangeAddress, ChooseMail, ConsentView, MailChoices, MailLink};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::answers::{Always, Changes, Conflicts, Counted, TakesJson, TakesLink};
use crate::{
    Atelier,
    domain::{
        access::Signed,
        mail::{self, Delivery, Follow},
    },
    http::{
        extract::{Json, Path},
        limits::{ClientAddress, Limited},
        problem::ApiError,
    },
};

pub(super) fn routes() -> OpenApiRouter<Atelier> {
    OpenApiRouter::new()
        .routes(routes!(choices, choose))
        .routes(routes!(consents))
        .routes(routes!(change_address))
        .routes(routes!(ask_to_confirm))
        .routes(routes!(link, follow))
}

/// What one is sent by mail, and whether one's address is known to be one's own.
#[utoipa::path(get, path = "/me/mail", tag = "mail", operation_id = "show_mail_choices",
    responses((status = 200, body = MailChoices), Always))]
async fn choices(State(atelier): State<Atelier>, signed: Signed) -> Result<Json<MailChoices>, ApiError> {
    Ok(Json(mail::choices(&atelier.db, Delivery::of(&atelier.config), &signed).await?))
}

/// Choose what one is sent by mail. That one did, when and where, is kept.
#[utoipa::path(put, path = "/me/mail", tag = "mail", operation_id = "choose_mail", request_body = ChooseMail,
    responses((status = 200, body = MailChoices), Always, Changes, TakesJson))]
async fn choose(
    State(atelier): State<Atelier>,
    signed: Signed,
    Json(request): Json<ChooseMail>,
) -> Result<Json<MailChoices>, ApiError> {
    Ok(Json(mail::choose(&atelier.db, Delivery::of(&atelier.config), &signed, &request).await?))
}

/// What one agreed to be sent and no longer did, the last first.
#[utoipa::path(get, path = "/me/consents", tag = "mail", operation_id = "list_consents",
    responses((status = 200, body = [ConsentView]), Always))]
async fn consents(State(atelier): State<Atelier>, signed: Signed) -> Result<Json<Vec<ConsentView>>, ApiError> {
    Ok(Json(mail::consents(&atelier.db, &signed).await?))
}

/// Ask for another e-mail address. Whether somebody has it is not told. Needs a session.
#[utoipa::path(post, path = "/me/address", tag = "mail", operation_id = "change_address", request_body = ChangeAddress,
    responses((status = 204, description = "Asked for, or changed"), Always, Changes, TakesJson, Counted))]
async fn change_address(
    State(atelier): State<Atelier>,
    signed: Signed,
    address: ClientAddress,
    Json(request): Json<ChangeAddress>,
) -> Result<StatusCode, ApiError> {
    atelier.limits.count(Limited::SignIn, address)?;
    let proof = atelier.proof(address.network());
    mail::address::ask(&atelier.db, Delivery::of(&atelier.config), proof, &signed, request).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Be sent the mail by which one confirms one's address. Each further one makes one wait twice as long for the next.
#[utoipa::path(post, path = "/me/mail/confirmation", tag = "mail", operation_id = "ask_to_confirm_address",
    responses((status = 200, body = MailChoices), Always, Changes, Conflicts, Counted))]
async fn ask_to_confirm(State(atelier): State<Atelier>, signed: Signed) -> Result<Json<MailChoices>, ApiError> {
    Ok(Json(mail::ask_to_confirm(&atelier.db, Delivery::of(&atelier.config), &signed).await?))
}

/// What a link in a mail is for, and whether it is done. Asking changes nothing.
#[utoipa::path(get, path = "/mail/links/{secret}", tag = "mail", operation_id = "show_mail_link",
    params(("secret" = String, Path, description = "The last part of the link")),
    responses((status = 200, body = MailLink), Always, TakesLink, Counted))]
async fn link(
    State(atelier): State<Atelier>,
    address: ClientAddress,
    Path(secret): Path<String>,
) -> Result<Json<MailLink>, ApiError> {
    atelier.limits.count(Limited::Preview, address)?;
    Ok(Json(mail::link(&atelier.db, &secret).await?))
}

/// Do what a link in a mail is for: end a kind of mail, or confirm an address. Nobody need be signed in; a second time changes
/// nothing.
#[utoipa::path(post, path = "/mail/links/{secret}", tag = "mail", operation_id = "follow_mail_link",
    params(("secret" = String, Path, description = "The last part of the link")),
    responses((status = 200, body = MailLink), Always, Changes, TakesLink, Counted))]
async fn follow(
    State(atelier): State<Atelier>,
    address: ClientAddress,
    Path(secret): Path<String>,
) -> Result<Json<MailLink>, ApiError> {
    atelier.limits.count(Limited::Preview, address)?;
    Ok(Json(mail::follow(&atelier.db, &secret, Follow::Any).await?))
}

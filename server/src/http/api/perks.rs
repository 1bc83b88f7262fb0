//! `/badges` and `/perks`: what there is to give, and to have for points.

use axum::extract::State;
use http::{HeaderMap, StatusCode};
use shared::{
    BadgeId, PerkId,
    api::{BadgeView, CodesAdded, HeldPerk, PastedCodes, PerkView, WrittenBadge, WrittenPerk},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    answers::{Always, Changes, Conflicts, Names, TakesJson},
    ideas::key,
};
use crate::{
    Atelier,
    domain::{
        access::Signed,
        recognition::{self, catalogue},
    },
    http::{
        extract::{Json, Path},
        limits::Writing,
        problem::ApiError,
    },
};

pub(super) fn routes() -> OpenApiRouter<Atelier> {
    OpenApiRouter::new()
        .routes(routes!(badges, add_badge))
        .routes(routes!(edit_badge))
        .routes(routes!(perks, add_perk))
        .routes(routes!(edit_perk))
        .routes(routes!(add_codes))
        .routes(routes!(claim))
}

/// Every badge, those first that are given still.
#[utoipa::path(get, path = "/badges", tag = "recognition", operation_id = "list_badges",
    responses((status = 200, body = [BadgeView]), Always))]
async fn badges(State(atelier): State<Atelier>) -> Result<Json<Vec<BadgeView>>, ApiError> {
    Ok(Json(catalogue::badges(&atelier.db).await?))
}

/// Make a badge. For owners.
#[utoipa::path(post, path = "/badges", tag = "recognition", operation_id = "add_badge", request_body = WrittenBadge,
    responses((status = 201, body = BadgeView), Always, Changes, TakesJson))]
async fn add_badge(
    State(atelier): State<Atelier>,
    signed: Signed,
    Json(request): Json<WrittenBadge>,
) -> Result<(StatusCode, Json<BadgeView>), ApiError> {
    atelier.writing.count(Writing::Make, signed.person.id)?;
    Ok((StatusCode::CREATED, Json(catalogue::add_badge(&atelier.db, &signed, &request).await?)))
}

/// Let a badge be otherwise, or retire it: it is given no longer, and who has it keeps it. For owners.
#[utoipa::path(put, path = "/badges/{id}", tag = "recognition", operation_id = "edit_badge", request_body = WrittenBadge,
    params(("id" = BadgeId, Path, description = "The badge")),
    responses((status = 200, body = BadgeView), Always, Changes, Names, TakesJson))]
async fn edit_badge(
    State(atelier): State<Atelier>,
    signed: Signed,
    Path(id): Path<BadgeId>,
    Json(request): Json<WrittenBadge>,
) -> Result<Json<BadgeView>, ApiError> {
    Ok(Json(catalogue::edit_badge(&atelier.db, &signed, id, &request).await?))
}

/// The catalogue of perks: what can be had for points; for moderators all of it.
#[utoipa::path(get, path = "/perks", tag = "recognition", operation_id = "list_perks",
    responses((status = 200, body = [PerkView]), Always))]
async fn perks(State(atelier): State<Atelier>, signed: Signed) -> Result<Json<Vec<PerkView>>, ApiError> {
    Ok(Json(catalogue::perks(&atelier.db, &signed.person).await?))
}

/// Make a perk. For owners.
#[utoipa::path(post, path = "/perks", tag = "recognition", operation_id = "add_perk", request_body = WrittenPerk,
    responses((status = 201, body = PerkView), Always, Changes, TakesJson))]
async fn add_perk(
    State(atelier): State<Atelier>,
    signed: Signed,
    Json(request): Json<WrittenPerk>,
) -> Result<(StatusCode, Json<PerkView>), ApiError> {
    atelier.writing.count(Writing::Make, signed.person.id)?;
    Ok((StatusCode::CREATED, Json(catalogue::add_perk(&atelier.db, &signed, &request).await?)))
}

/// Let a perk be otherwise, or retire it. Whether it comes with codes stays as it was made. For owners.
#[utoipa::path(put, path = "/perks/{id}", tag = "recognition", operation_id = "edit_perk", request_body = WrittenPerk,
    params(("id" = PerkId, Path, description = "The perk")),
    responses((status = 200, body = PerkView), Always, Changes, Names, TakesJson))]
async fn edit_perk(
    State(atelier): State<Atelier>,
    signed: Signed,
    Path(id): Path<PerkId>,
    Json(request): Json<WrittenPerk>,
) -> Result<Json<PerkView>, ApiError> {
    Ok(Json(catalogue::edit_perk(&atelier.db, &signed, id, &request).await?))
}

/// Add codes to a perk that comes with them. They are shown to nobody but who has one, each once. For moderators.
#[utoipa::path(post, path = "/perks/{id}/codes", tag = "recognition", operation_id = "add_codes",
    request_body = PastedCodes, params(("id" = PerkId, Path, description = "The perk")),
    responses((status = 200, body = CodesAdded), Always, Changes, Names, TakesJson))]
async fn add_codes(
    State(atelier): State<Atelier>,
    signed: Signed,
    Path(id): Path<PerkId>,
    Json(request): Json<PastedCodes>,
) -> Result<Json<CodesAdded>, ApiError> {
    atelier.writing.count(Writing::Make, signed.person.id)?;
    Ok(Json(catalogue::add_codes(&atelier.db, &signed, id, &request).await?))
}

/// Have a perk for the points it costs.
#[utoipa::path(post, path = "/perks/{id}/claims", tag = "recognition", operation_id = "claim_perk",
    params(
        ("id" = PerkId, Path, description = "The perk"),
        ("Idempotency-Key" = Option<String>, Header,
            description = "1 to 100 visible ASCII characters of the caller's choice, remembered forever"),
    ),
    responses((status = 201, body = HeldPerk), Always, Changes, Names, TakesJson, Conflicts))]
async fn claim(
    State(atelier): State<Atelier>,
    signed: Signed,
    Path(id): Path<PerkId>,
    headers: HeaderMap,
) -> Result<(StatusCode, Json<HeldPerk>), ApiError> {
    atelier.writing.count(Writing::Vote, signed.person.id)?;
    let held = recognition::claim(&atelier.db, &signed, id, key(&headers)?).await?;
    Ok((StatusCode::CREATED, Json(held)))
}

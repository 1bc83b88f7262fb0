//! `/credit`, `/ideas/{number}/contributions`, `/people/{id}/contributions` and `/comments/{id}/helpful`: who shaped ideas.

use axum::extract::State;
use http::StatusCode;
use shared::{
    CommentId,
    api::{Contributions, CreditRule, PersonContributions, Weights},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    answers::{Always, Changes, Conflicts, Counted, Names, TakesJson},
    comments::tell,
    count,
};
use crate::{
    Atelier,
    domain::{access::Signed, comments::News, credit},
    http::{
        extract::{Json, MaybeSigned, Path},
        limits::Writing,
        problem::ApiError,
    },
};

pub(super) fn routes() -> OpenApiRouter<Atelier> {
    OpenApiRouter::new()
        .routes(routes!(rule, set_weights))
        .routes(routes!(of_idea))
        .routes(routes!(of_person))
        .routes(routes!(mark, unmark))
}

/// How credit is computed here: what each kind of contribution weighs.
#[utoipa::path(get, path = "/credit", tag = "contributions", operation_id = "show_credit_rule",
    responses((status = 200, body = CreditRule), Always))]
async fn rule(State(atelier): State<Atelier>, who: MaybeSigned) -> Result<Json<CreditRule>, ApiError> {
    Ok(Json(credit::view(&atelier.db, who.person()).await?))
}

/// Settle what each kind of contribution weighs; what people gave before weighs so too. For owners.
#[utoipa::path(put, path = "/credit", tag = "contributions", operation_id = "set_credit_weights", request_body = Weights,
    responses((status = 200, body = CreditRule), Always, Changes, TakesJson))]
async fn set_weights(
    State(atelier): State<Atelier>,
    signed: Signed,
    Json(request): Json<Weights>,
) -> Result<Json<CreditRule>, ApiError> {
    Ok(Json(credit::set(&atelier.db, &signed, &request).await?))
}

/// Who shaped an idea, by how much, and why: from the history of its text and from what else they gave.
#[utoipa::path(get, path = "/ideas/{number}/contributions", tag = "contributions", operation_id = "show_contributions",
    params(("number" = u32, Path, description = "The idea's number")),
    responses((status = 200, body = Contributions), Always, Names))]
async fn of_idea(
    State(atelier): State<Atelier>,
    who: MaybeSigned,
    Path(number): Path<u32>,
) -> Result<Json<Contributions>, ApiError> {
    Ok(Json(credit::of_idea(&atelier.db, who.person(), number).await?))
}

/// What a person gave to the ideas that you see.
#[utoipa::path(get, path = "/people/{id}/contributions", tag = "contributions", operation_id = "show_person_contributions",
    params(("id" = String, Path, description = "The person's id, or the word in the address of their page")),
    responses((status = 200, body = PersonContributions), Always, Names))]
async fn of_person(
    State(atelier): State<Atelier>,
    who: MaybeSigned,
    Path(id): Path<String>,
) -> Result<Json<PersonContributions>, ApiError> {
    Ok(Json(credit::of_person(&atelier.db, who.person(), &id).await?))
}

/// Tells the pages that show the idea that one of its comments helped, or does no longer, and who shaped it now.
fn told(atelier: &Atelier, (news, contributions): (News, Contributions)) {
    tell(atelier, &news);
    atelier.hub.publish(&format!("talk:{}", news.number), "credit", || serde_json::to_string(&contributions).ok());
}

/// Say that a comment or question somebody else wrote helped; it then counts as a contribution to the idea. For its
/// proposer, its co-authors, and the company's people. A second time changes nothing.
#[utoipa::path(put, path = "/comments/{id}/helpful", tag = "contributions", operation_id = "mark_helpful",
    params(("id" = CommentId, Path, description = "The comment")),
    responses((status = 204, description = "You said so"), Always, Changes, Names, Conflicts, Counted))]
async fn mark(
    State(atelier): State<Atelier>,
    who: MaybeSigned,
    Path(id): Path<CommentId>,
) -> Result<StatusCode, ApiError> {
    count(&atelier, &who, Writing::Reaction)?;
    told(&atelier, credit::mark(&atelier.db, who.person(), id).await?);
    Ok(StatusCode::NO_CONTENT)
}

/// Take back that it helped. A second time changes nothing.
#[utoipa::path(delete, path = "/comments/{id}/helpful", tag = "contributions", operation_id = "unmark_helpful",
    params(("id" = CommentId, Path, description = "The comment")),
    responses((status = 204, description = "You do not say so"), Always, Changes, Names, Conflicts, Counted))]
async fn unmark(
    State(atelier): State<Atelier>,
    who: MaybeSigned,
    Path(id): Path<CommentId>,
) -> Result<StatusCode, ApiError> {
    count(&atelier, &who, Writing::Reaction)?;
    told(&atelier, credit::unmark(&atelier.db, who.person(), id).await?);
    Ok(StatusCode::NO_CONTENT)
}

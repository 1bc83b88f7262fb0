//! `/me/erasure` and `/people/{id}/erasure`: leaving, and being forgotten.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::{StatusCode, header};
use shared::{
    PersonId,
    api::{ErasePerson, Leave},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::answers::{Always, Changes, Conflicts, Counted, Names, TakesJson};
use crate::{
    Atelier,
    domain::{
        access::Signed,
        erasure::{self, Told},
    },
    http::{
        cookie,
        extract::{Json, Path},
        limits::{ClientAddress, Limited},
        problem::ApiError,
    },
};

pub(super) fn routes() -> OpenApiRouter<Atelier> {
    OpenApiRouter::new().routes(routes!(leave)).routes(routes!(erase))
}

/// Leave, and be forgotten: name, profile, sessions, votes and all that is only one's own go at once, for good. The words one
/// takes out of texts that belong to several go within moments.
#[utoipa::path(post, path = "/me/erasure", tag = "me", operation_id = "leave_workspace", request_body = Leave,
    responses((status = 204, description = "Forgotten"), Always, Changes, TakesJson, Conflicts, Counted))]
async fn leave(
    State(atelier): State<Atelier>,
    signed: Signed,
    address: ClientAddress,
    Json(request): Json<Leave>,
) -> Result<Response, ApiError> {
    atelier.limits.count(Limited::SignIn, address)?;
    let proof = atelier.proof(address.network());
    let told = erasure::leave(&atelier.db, &atelier.left, &atelier.access_news, proof, &signed, request).await?;
    tell(&atelier, &told);
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie::clear(&atelier.config)?)]).into_response())
}

/// Erase somebody, as an owner, such as when they ask for it. There is no way back. The record says that it was done, and
/// why in one word.
#[utoipa::path(post, path = "/people/{id}/erasure", tag = "people", operation_id = "erase_person",
    request_body = ErasePerson, params(("id" = PersonId, Path, description = "The person's id")),
    responses((status = 204, description = "Forgotten"), Always, Changes, TakesJson, Names, Conflicts))]
async fn erase(
    State(atelier): State<Atelier>,
    signed: Signed,
    Path(id): Path<PersonId>,
    Json(request): Json<ErasePerson>,
) -> Result<StatusCode, ApiError> {
    let told = erasure::erase(&atelier.db, &atelier.left, &atelier.access_news, &signed, id, request).await?;
    tell(&atelier, &told);
    Ok(StatusCode::NO_CONTENT)
}

/// Pages that showed them ask anew, and what is left to do begins.
fn tell(atelier: &Atelier, told: &Told) {
    for facts in &told.facts {
        super::votes::tell(atelier, facts);
    }
    for number in &told.ideas {
        for topic in ["talk", "notes"] {
            atelier.hub.publish(&format!("{topic}:{number}"), "talk", || Some("null".to_owned()));
        }
    }
    super::desk::tell_moderators(atelier);
    atelier.leaving.notify_one();
}

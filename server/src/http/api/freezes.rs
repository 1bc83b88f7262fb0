//! `/ideas/{number}/freeze`: the version of a concept that is being built.

use axum::extract::State;
use http::StatusCode;
use shared::api::{Freeze, FrozenConcept};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    answers::{Always, Changes, Names, TakesJson},
    count,
    entries::tell_progress,
};
use crate::{
    Atelier,
    domain::{
        Error,
        freezes::{self, Shown},
    },
    http::{
        extract::{Json, MaybeSigned, Path},
        limits::Writing,
        problem::ApiError,
    },
};

pub(super) fn routes() -> OpenApiRouter<Atelier> {
    OpenApiRouter::new().routes(routes!(show, freeze, lift))
}

/// The text that is being built, and how the concept differs from it by now: word by word.
#[utoipa::path(get, path = "/ideas/{number}/freeze", tag = "progress", operation_id = "show_freeze",
    params(("number" = u32, Path, description = "The idea's number")),
    responses((status = 200, body = FrozenConcept), Always, Names))]
async fn show(
    State(atelier): State<Atelier>,
    who: MaybeSigned,
    Path(number): Path<u32>,
) -> Result<Json<FrozenConcept>, ApiError> {
    let mut shown = freezes::show(&atelier.db, who.person(), number).await?;
    // While a long text is typed nobody follows, its row is left; but not for who asks what became of it.
    if atelier.hub.is_ahead(shown.document) {
        atelier.hub.look(shown.document).await;
        shown = freezes::show(&atelier.db, who.person(), number).await?;
    }
    let Shown { mut frozen, now, .. } = shown;
    let Some(now) = now else { return Ok(Json(frozen)) };
    // Long texts take a while, and others are served here meanwhile.
    let told = tokio::task::spawn_blocking(move || {
        frozen.since = Some(freezes::since(&frozen, &now));
        frozen
    });
    Ok(Json(told.await.map_err(|error| Error::Fault(error.to_string()))?))
}

/// Freeze the concept as it is now: what it says is being built. Those who support the idea are told. For researchers and
/// above.
#[utoipa::path(put, path = "/ideas/{number}/freeze", tag = "progress", operation_id = "freeze_idea", request_body = Freeze,
    params(("number" = u32, Path, description = "The idea's number")),
    responses((status = 200, body = FrozenConcept), Always, Changes, Names, TakesJson))]
async fn freeze(
    State(atelier): State<Atelier>,
    who: MaybeSigned,
    Path(number): Path<u32>,
    Json(request): Json<Freeze>,
) -> Result<Json<FrozenConcept>, ApiError> {
    count(&atelier, &who, Writing::Comment)?;
    let document = freezes::document(&atelier.db, who.person(), number).await?;
    // What was typed up to now is in it.
    atelier.hub.look(document).await;
    let frozen = freezes::freeze(&atelier.db, who.person(), number, &request).await?;
    tell_progress(&atelier, number);
    atelier.happened.notify_one();
    Ok(Json(frozen))
}

/// Let the concept be frozen no longer. A second time changes nothing. For researchers and above.
#[utoipa::path(delete, path = "/ideas/{number}/freeze", tag = "progress", operation_id = "unfreeze_idea",
    params(("number" = u32, Path, description = "The idea's number")),
    responses((status = 204, description = "It is not frozen"), Always, Changes, Names))]
async fn lift(
    State(atelier): State<Atelier>,
    who: MaybeSigned,
    Path(number): Path<u32>,
) -> Result<StatusCode, ApiError> {
    if freezes::lift(&atelier.db, who.person(), number).await? {
        tell_progress(&atelier, number);
    }
    Ok(StatusCode::NO_CONTENT)
}

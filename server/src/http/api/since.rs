//! `/ideas/{number}/since` and `…/visit`: what came to an idea since somebody who supports it last looked at it.

use axum::extract::State;
use http::StatusCode;
use shared::api::{IdeaSince, TextsSince};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    answers::{Always, ByRole, Changes, Names},
    changes::between,
};
use crate::{
    Atelier,
    domain::since,
    http::{
        extract::{Json, MaybeSigned, Path},
        problem::ApiError,
    },
};

pub(super) fn routes() -> OpenApiRouter<Atelier> {
    OpenApiRouter::new().routes(routes!(show)).routes(routes!(texts)).routes(routes!(visit))
}

/// What came since the person asking last looked at an idea that they voted for or follow, or since they voted for it: who
/// wrote, how much was said, what was decided. Nothing for everybody else.
#[utoipa::path(get, path = "/ideas/{number}/since", tag = "ideas", operation_id = "show_since",
    params(("number" = u32, Path, description = "The idea's number")),
    responses((status = 200, body = IdeaSince), Always, Names))]
async fn show(
    State(atelier): State<Atelier>,
    who: MaybeSigned,
    Path(number): Path<u32>,
) -> Result<Json<IdeaSince>, ApiError> {
    Ok(Json(since::of_idea(&atelier.db, who.person(), number).await?))
}

/// What came and went in the concept since then, word by word.
#[utoipa::path(get, path = "/ideas/{number}/since/texts", tag = "ideas", operation_id = "show_texts_since",
    params(("number" = u32, Path, description = "The idea's number")),
    responses((status = 200, body = TextsSince), Always, ByRole, Names))]
async fn texts(
    State(atelier): State<Atelier>,
    who: MaybeSigned,
    Path(number): Path<u32>,
) -> Result<Json<TextsSince>, ApiError> {
    let (document, from, upto) = since::places(&atelier.db, who.person(), number).await?;
    Ok(Json(between(&atelier, document, from, upto).await?))
}

/// Note that one looks at an idea that one voted for or follows, so that it can be told what came since. Of whoever does
/// neither, nothing is kept.
#[utoipa::path(put, path = "/ideas/{number}/visit", tag = "ideas", operation_id = "visit_idea",
    params(("number" = u32, Path, description = "The idea's number")),
    responses((status = 204, description = "It is noted, if they support the idea"), Always, Changes, Names))]
async fn visit(
    State(atelier): State<Atelier>,
    who: MaybeSigned,
    Path(number): Path<u32>,
) -> Result<StatusCode, ApiError> {
    since::visit(&atelier.db, who.person(), number).await?;
    Ok(StatusCode::NO_CONTENT)
}

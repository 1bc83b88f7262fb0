//! `/ideas/{number}/change`: how a concept changed since one voted for it.

use axum::extract::State;
use http::StatusCode;
use shared::{
    DocumentId,
    api::{ConceptChange, KeepVote, TextsSince},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::answers::{Always, ByRole, Changes, Names, TakesJson};
use crate::{
    Atelier,
    domain::{
        Error,
        changes::{self, Since, difference},
    },
    http::{
        extract::{Json, MaybeSigned, Path},
        problem::ApiError,
    },
    live::room::Copy,
};

pub(super) fn routes() -> OpenApiRouter<Atelier> {
    OpenApiRouter::new().routes(routes!(show, keep))
}

/// How the concept changed since the person asking voted for it, or last kept their vote: word by word.
#[utoipa::path(get, path = "/ideas/{number}/change", tag = "ideas", operation_id = "show_change",
    params(("number" = u32, Path, description = "The idea's number")),
    responses((status = 200, body = ConceptChange), Always, ByRole, Names))]
async fn show(
    State(atelier): State<Atelier>,
    who: MaybeSigned,
    Path(number): Path<u32>,
) -> Result<Json<ConceptChange>, ApiError> {
    let Since { document, voted_at, from, upto } = changes::since(&atelier.db, who.person(), number).await?;
    let TextsSince { title, pitch, body } = between(&atelier, document, from, upto).await?;
    Ok(Json(ConceptChange { voted_at, upto, title, pitch, body }))
}

/// What came and went in a concept between two places of its log.
pub(super) async fn between(
    atelier: &Atelier,
    document: DocumentId,
    from: i64,
    upto: i64,
) -> Result<TextsSince, ApiError> {
    let mut texts = Copy::texts_at(&atelier.db, document, vec![from, upto]).await?.into_iter();
    let (before, after) = (texts.next().unwrap_or_default(), texts.next().unwrap_or_default());
    // Long texts take a while, and others are served here meanwhile.
    let told = tokio::task::spawn_blocking(move || TextsSince {
        title: difference(&before.title, &after.title),
        pitch: difference(&before.pitch, &after.pitch),
        body: difference(&before.body, &after.body),
    });
    Ok(told.await.map_err(|error| Error::Fault(error.to_string()))?)
}

/// Keep one's vote for what the concept has become.
#[utoipa::path(put, path = "/ideas/{number}/change", tag = "ideas", operation_id = "keep_vote", request_body = KeepVote,
    params(("number" = u32, Path, description = "The idea's number")),
    responses((status = 204, description = "The vote is kept"), Always, Changes, Names, TakesJson))]
async fn keep(
    State(atelier): State<Atelier>,
    who: MaybeSigned,
    Path(number): Path<u32>,
    Json(request): Json<KeepVote>,
) -> Result<StatusCode, ApiError> {
    changes::keep(&atelier.db, who.person(), number, request).await?;
    Ok(StatusCode::NO_CONTENT)
}

//! `/roadmap`: what is explored, built, piloted and launched.

use axum::extract::State;
use serde::Deserialize;
use shared::api::{Code, Page, Phase, Roadmap, RoadmapPhase};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    answers::{Always, Names},
    paging::{Paging, page},
};
use crate::{
    Atelier,
    domain::roadmap::{self, Heading},
    http::{
        extract::{Json, MaybeSigned, Query},
        problem::ApiError,
    },
};

/// How many ideas under each heading.
const USUAL: u32 = 12;

pub(super) fn routes() -> OpenApiRouter<Atelier> {
    OpenApiRouter::new().routes(routes!(show))
}

/// Which ideas of the roadmap.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Asked {
    /// `next` of a heading before; only together with its `phase`.
    #[param(example = "1763769600000-42")]
    cursor: Option<String>,
    /// How many under each heading, 1 to 100; 12 when absent.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// Only this heading.
    phase: Option<Phase>,
    /// Only ideas of the board of this word in its address.
    board: Option<String>,
}

/// The ideas that boards show as being on their way, on the boards that the person asking sees.
#[utoipa::path(get, path = "/roadmap", tag = "ideas", operation_id = "show_roadmap", params(Asked),
    responses((status = 200, body = Roadmap), Always, Names))]
async fn show(
    State(atelier): State<Atelier>,
    who: MaybeSigned,
    Query(asked): Query<Asked>,
) -> Result<Json<Roadmap>, ApiError> {
    let Asked { cursor, limit, phase, board } = asked;
    if cursor.is_some() && phase.is_none() {
        return Err(ApiError::new(Code::BadRequest, "`cursor` goes on with one heading: name its `phase`."));
    }
    let (from, limit) = Paging { cursor, limit: Some(limit.unwrap_or(USUAL)) }.place()?;
    let found = roadmap::show(&atelier.db, who.person(), board.as_deref(), phase, from, limit + 1).await?;
    let phases = found.into_iter().map(|Heading { phase, ideas, cards }| {
        let Page { items, next } = page(cards, limit, |(_, place)| *place);
        RoadmapPhase { phase, ideas, items: items.into_iter().map(|(card, _)| card).collect(), next }
    });
    Ok(Json(Roadmap { phases: phases.collect() }))
}

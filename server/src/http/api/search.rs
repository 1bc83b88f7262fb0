//! `/search` and `/ideas/similar`: finding what is there.

use axum::extract::State;
use serde::Deserialize;
use shared::{
    api::{Found, IdeaCard, SearchKind},
    limits,
};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::answers::{Always, Judges};
use crate::{
    Atelier,
    domain::search::{self, Asked},
    http::{
        extract::{Json, MaybeSigned, Query},
        problem::ApiError,
    },
};

/// How many things of each kind are found when nobody says how many.
const USUAL: u32 = 5;

pub(super) fn routes() -> OpenApiRouter<Atelier> {
    OpenApiRouter::new().routes(routes!(find)).routes(routes!(similar))
}

/// What is searched for.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Search {
    /// Words, in French or English, at most 200 characters. All are looked for, in each of their forms, the last also as the
    /// beginning of a word; where little is found, mistyped words as what was meant, and ideas that meet most of them.
    /// Accents, case and marks do not count.
    #[param(example = "éclairage du soir")]
    q: String,
    /// Only things of this kind.
    kind: Option<SearchKind>,
    /// Only what is on the board of this slug, and that board itself: nobody is on a board.
    board: Option<String>,
    /// How many of each kind, 1 to 50; 5 when absent.
    #[param(minimum = 1, maximum = 50)]
    limit: Option<u32>,
}

/// Find ideas, comments, people and boards by words, of what the person asking sees. Each kind has its best first; what
/// was searched for is marked in the texts.
#[utoipa::path(get, path = "/search", tag = "search", operation_id = "search", params(Search),
    responses((status = 200, body = Found), Always, Judges))]
async fn find(
    State(atelier): State<Atelier>,
    who: MaybeSigned,
    Query(Search { q, kind, board, limit }): Query<Search>,
) -> Result<Json<Found>, ApiError> {
    let asked = Asked { words: q, kind, board, limit: limit.unwrap_or(USUAL).clamp(1, limits::FOUND) };
    Ok(Json(search::find(&atelier.db, who.person(), &asked).await?))
}

/// A title that may have been proposed already.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Title {
    /// The title, at most 200 characters; its last word may be the beginning of one.
    #[param(example = "Du pain chaud le soir")]
    title: String,
    /// The slug of the board where it is to be proposed: of ideas that are equally alike, those of this board come first.
    board: Option<String>,
}

/// At most three ideas that say what this title says, on all boards that the person asking sees. Titles that differ only
/// in accents, case and marks come first.
#[utoipa::path(get, path = "/ideas/similar", tag = "search", operation_id = "similar_ideas", params(Title),
    responses((status = 200, body = Vec<IdeaCard>), Always, Judges))]
async fn similar(
    State(atelier): State<Atelier>,
    who: MaybeSigned,
    Query(Title { title, board }): Query<Title>,
) -> Result<Json<Vec<IdeaCard>>, ApiError> {
    Ok(Json(search::similar(&atelier.db, who.person(), &title, board.as_deref()).await?))
}

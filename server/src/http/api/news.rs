//! `/news`: what people said, and what was done.

use axum::extract::State;
use serde::Deserialize;
use shared::api::{NewsKind, NewsStory, Page};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    answers::Always,
    paging::{Paging, page},
};
use crate::{
    Atelier,
    domain::news,
    http::{
        extract::{Json, MaybeSigned, Query},
        problem::ApiError,
    },
};

pub(super) fn routes() -> OpenApiRouter<Atelier> {
    OpenApiRouter::new().routes(routes!(list))
}

/// Which stories.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Asked {
    /// `next` of the page before.
    #[param(example = "1763769600000-42")]
    cursor: Option<String>,
    /// How many, 1 to 100; 25 when absent.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// Only stories of this kind.
    what: Option<NewsKind>,
}

/// The ideas that were launched, answered or declined on the boards that the person asking sees, each with its story, the
/// last first.
#[utoipa::path(get, path = "/news", tag = "ideas", operation_id = "list_news", params(Asked),
    responses((status = 200, body = Page<NewsStory>), Always))]
async fn list(
    State(atelier): State<Atelier>,
    who: MaybeSigned,
    Query(asked): Query<Asked>,
) -> Result<Json<Page<NewsStory>>, ApiError> {
    let Asked { cursor, limit, what } = asked;
    let (before, limit) = Paging { cursor, limit }.place()?;
    let found = news::page(&atelier.db, who.person(), what, before, limit + 1).await?;
    let Page { items, next } = page(found, limit, |(_, place)| *place);
    Ok(Json(Page { items: items.into_iter().map(|(story, _)| story).collect(), next }))
}

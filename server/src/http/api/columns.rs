//! `/boards/{slug}/pipeline`: the ideas of a board, a column for each stage.

use axum::extract::State;
use serde::Deserialize;
use shared::{
    StageId, TagId,
    api::{Code, IdeaSort, Involved, Page, Pipeline, PipelineColumn},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    answers::{Always, Names},
    paging::{Paging, page},
};
use crate::{
    Atelier,
    domain::{
        columns::{self, Column},
        ideas::{Place, Wanted},
    },
    http::{
        extract::{Json, MaybeSigned, Path, Query},
        problem::ApiError,
    },
};

/// How many ideas of each column.
const USUAL: u32 = 20;

pub(super) fn routes() -> OpenApiRouter<Atelier> {
    OpenApiRouter::new().routes(routes!(show))
}

/// Which ideas of a pipeline, and in which order.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Asked {
    /// `next` of a column before, of the same order; only together with its `stage`.
    #[param(example = "1763769600000-42")]
    cursor: Option<String>,
    /// How many of each column, 1 to 100; 20 when absent.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// In which order within a column; `trending` when absent.
    sort: Option<IdeaSort>,
    /// Only this column.
    stage: Option<StageId>,
    /// Only ideas with this tag.
    tag: Option<TagId>,
    /// Only ideas proposed by the person of this handle.
    author: Option<String>,
    /// Only ideas that the person asking has this to do with; none for a visitor.
    involved: Option<Involved>,
}

/// The ideas of a board by the stages they stand in.
#[utoipa::path(get, path = "/boards/{slug}/pipeline", tag = "ideas", operation_id = "show_pipeline",
    params(("slug" = String, Path, description = "The word in the board's address"), Asked),
    responses((status = 200, body = Pipeline), Always, Names))]
async fn show(
    State(atelier): State<Atelier>,
    who: MaybeSigned,
    Path(slug): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Json<Pipeline>, ApiError> {
    let Asked { cursor, limit, sort, stage, tag, author, involved } = asked;
    if cursor.is_some() && stage.is_none() {
        return Err(ApiError::new(Code::BadRequest, "`cursor` goes on with one column: name its `stage`."));
    }
    let sort = sort.unwrap_or(IdeaSort::Trending);
    let first = cursor.is_none();
    let (from, limit) = Paging { cursor, limit: Some(limit.unwrap_or(USUAL)) }.place()?;
    let from = if first { Place::start(sort) } else { from };
    let wanted = Wanted { sort, stage, tag, author, involved };
    let (found, may_move) = columns::list(&atelier.db, who.person(), &slug, &wanted, from, limit + 1).await?;
    let columns = found.into_iter().map(|Column { stage, ideas, cards }| {
        let Page { items, next } = page(cards, limit, |(_, place)| *place);
        PipelineColumn { stage, ideas, items: items.into_iter().map(|(card, _)| card).collect(), next }
    });
    Ok(Json(Pipeline { columns: columns.collect(), may_move }))
}

//! `/ideas/{number}/merge`: an idea that lives on in another.

use axum::extract::State;
use serde::Deserialize;
use shared::api::{IdeaView, MergeIdea, MergePreview};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::answers::{Always, ByRole, Changes, Conflicts, Judges, Names, TakesJson};
use crate::{
    Atelier,
    domain::merges::{self, News},
    http::{
        extract::{Json, MaybeSigned, Path, Query},
        problem::ApiError,
    },
};

pub(super) fn routes() -> OpenApiRouter<Atelier> {
    OpenApiRouter::new().routes(routes!(preview, merge, undo))
}

/// Tells the pages that show either idea.
fn tell(atelier: &Atelier, news: &News) {
    super::votes::tell(atelier, &news.target);
    let data = || serde_json::to_string(&news.into).ok();
    atelier.hub.publish(&format!("facts:{}", news.twin), "merged", data);
    for number in [news.twin, news.target.number] {
        for topic in ["talk", "notes"] {
            atelier.hub.publish(&format!("{topic}:{number}"), "talk", || Some("null".to_owned()));
        }
    }
    atelier.hub.publish(&format!("facts:{}", news.target.number), "twins", || Some("null".to_owned()));
    atelier.happened.notify_one();
}

/// Which idea another would be merged into.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Into {
    /// Its number.
    into: u32,
}

/// What merging an idea into another would carry. For moderators.
#[utoipa::path(get, path = "/ideas/{number}/merge", tag = "ideas", operation_id = "preview_merge",
    params(("number" = u32, Path, description = "The number of the idea to be merged"), Into),
    responses((status = 200, body = MergePreview), Always, ByRole, Names, Judges))]
async fn preview(
    State(atelier): State<Atelier>,
    who: MaybeSigned,
    Path(number): Path<u32>,
    Query(asked): Query<Into>,
) -> Result<Json<MergePreview>, ApiError> {
    Ok(Json(merges::preview(&atelier.db, who.person(), number, asked.into).await?))
}

/// Merge an idea into another: its votes, comments, followers and co-authors go there, nobody counted twice, and its
/// address leads there. Answers with the other. For moderators.
#[utoipa::path(put, path = "/ideas/{number}/merge", tag = "ideas", operation_id = "merge_idea",
    request_body = MergeIdea, params(("number" = u32, Path, description = "The number of the idea to be merged")),
    responses((status = 200, body = IdeaView), Always, Changes, Names, TakesJson))]
async fn merge(
    State(atelier): State<Atelier>,
    who: MaybeSigned,
    Path(number): Path<u32>,
    Json(request): Json<MergeIdea>,
) -> Result<Json<IdeaView>, ApiError> {
    let (target, news) = merges::merge(&atelier.db, &atelier.access_news, who.person(), number, &request).await?;
    tell(&atelier, &news);
    Ok(Json(target))
}

/// Take back that an idea was merged: all that it brought to the other returns, but for what people did since. Answers
/// with the idea. For moderators.
#[utoipa::path(delete, path = "/ideas/{number}/merge", tag = "ideas", operation_id = "undo_merge",
    params(("number" = u32, Path, description = "The number of the idea that was merged")),
    responses((status = 200, body = IdeaView), Always, Changes, Names, Conflicts))]
async fn undo(
    State(atelier): State<Atelier>,
    who: MaybeSigned,
    Path(number): Path<u32>,
) -> Result<Json<IdeaView>, ApiError> {
    let (idea, news) = merges::undo(&atelier.db, &atelier.access_news, who.person(), number).await?;
    tell(&atelier, &news);
    Ok(Json(idea))
}

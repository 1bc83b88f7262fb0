//! `/boards/{slug}/canvas/workshop`, `…/timer` and `…/dot-votes`: what is led on the canvas of a board.

use axum::extract::State;
use http::StatusCode;
use shared::{
    DotVoteId,
    api::{DotVoteView, Dots, NewDotVote, SetTimer, Workshop},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    answers::{Always, Changes, Conflicts, Counted, Names, TakesJson},
    count,
};
use crate::{
    Atelier,
    domain::workshop,
    http::{
        extract::{Json, MaybeSigned, Path, Watching},
        limits::Writing,
        problem::ApiError,
    },
};

pub(super) fn routes() -> OpenApiRouter<Atelier> {
    OpenApiRouter::new()
        .routes(routes!(show))
        .routes(routes!(set_timer, put_away))
        .routes(routes!(begin))
        .routes(routes!(clear))
        .routes(routes!(set_dots))
        .routes(routes!(end))
}

/// Whether a vote is shown as being on whose time is over.
pub(super) fn is_over(shown: &Workshop) -> bool {
    let over = |vote: &DotVoteView| vote.ended_at.is_none() && vote.ends_at.is_some_and(|at| at <= shown.now);
    shown.vote.as_ref().is_some_and(over)
}

/// Ends the votes whose time is over, as the job does that looks for them.
pub(super) async fn end_due(atelier: &Atelier) -> Result<(), ApiError> {
    workshop::end_due(&atelier.db).await?.iter().for_each(|slug| atelier.hub.tell_workshop(slug));
    Ok(())
}

/// What goes on in the workshop on the canvas of a board.
#[utoipa::path(get, path = "/boards/{slug}/canvas/workshop", tag = "workshop", operation_id = "show_workshop",
    params(("slug" = String, Path, description = "The word in the board's address")),
    responses((status = 200, body = Workshop), Always, Names))]
async fn show(
    State(atelier): State<Atelier>,
    who: Watching,
    Path(slug): Path<String>,
) -> Result<Json<Workshop>, ApiError> {
    let ask = || workshop::show(&atelier.db, who.watcher(), &slug);
    let shown = ask().await?;
    if is_over(&shown) {
        end_due(&atelier).await?;
        return Ok(Json(ask().await?));
    }
    Ok(Json(shown))
}

/// Start the timer, stop it for a while, let it go on, or give more time: 5 seconds to a day. For researchers and above.
#[utoipa::path(put, path = "/boards/{slug}/canvas/timer", tag = "workshop", operation_id = "set_timer",
    request_body = SetTimer, params(("slug" = String, Path, description = "The word in the board's address")),
    responses((status = 200, body = Workshop), Always, Changes, Names, TakesJson))]
async fn set_timer(
    State(atelier): State<Atelier>,
    who: MaybeSigned,
    Path(slug): Path<String>,
    Json(act): Json<SetTimer>,
) -> Result<Json<Workshop>, ApiError> {
    let after = workshop::set_timer(&atelier.db, who.person(), &slug, act).await?;
    atelier.hub.tell_workshop(&slug);
    Ok(Json(after))
}

/// Put the timer away. A second time changes nothing. For researchers and above.
#[utoipa::path(delete, path = "/boards/{slug}/canvas/timer", tag = "workshop", operation_id = "put_timer_away",
    params(("slug" = String, Path, description = "The word in the board's address")),
    responses((status = 204, description = "There is none"), Always, Changes, Names))]
async fn put_away(
    State(atelier): State<Atelier>,
    who: MaybeSigned,
    Path(slug): Path<String>,
) -> Result<StatusCode, ApiError> {
    workshop::put_away(&atelier.db, who.person(), &slug).await?;
    atelier.hub.tell_workshop(&slug);
    Ok(StatusCode::NO_CONTENT)
}

/// Begin a dot vote: 1 to 20 dots each, 5 seconds to a day where it ends by itself. One is on at a time. Until it has ended,
/// nobody learns more than their own dots and how many people set some. For researchers and above.
#[utoipa::path(post, path = "/boards/{slug}/canvas/dot-votes", tag = "workshop", operation_id = "begin_dot_vote",
    request_body = NewDotVote, params(("slug" = String, Path, description = "The word in the board's address")),
    responses((status = 201, body = DotVoteView), Always, Changes, Names, TakesJson, Conflicts))]
async fn begin(
    State(atelier): State<Atelier>,
    who: MaybeSigned,
    Path(slug): Path<String>,
    Json(request): Json<NewDotVote>,
) -> Result<(StatusCode, Json<DotVoteView>), ApiError> {
    count(&atelier, &who, Writing::Make)?;
    let vote = workshop::begin(&atelier.db, who.person(), &slug, &request).await?;
    atelier.hub.tell_workshop(&slug);
    Ok((StatusCode::CREATED, Json(vote)))
}

/// Set how many of one's dots lie on a note or a card; 0 takes them away.
#[utoipa::path(put, path = "/boards/{slug}/canvas/dot-votes/{id}/dots", tag = "workshop", operation_id = "set_dots",
    request_body = Dots,
    params(
        ("slug" = String, Path, description = "The word in the board's address"),
        ("id" = DotVoteId, Path, description = "The vote"),
    ),
    responses((status = 200, body = DotVoteView), Always, Changes, Names, TakesJson, Conflicts, Counted))]
async fn set_dots(
    State(atelier): State<Atelier>,
    who: MaybeSigned,
    Path((slug, id)): Path<(String, DotVoteId)>,
    Json(dots): Json<Dots>,
) -> Result<Json<DotVoteView>, ApiError> {
    count(&atelier, &who, Writing::Vote)?;
    let (vote, others) = workshop::set_dots(&atelier.db, &atelier.canvases, who.person(), (&slug, id), &dots).await?;
    // What somebody set is nobody else's business; how many people take part is.
    if others {
        atelier.hub.tell_workshop(&slug);
    }
    Ok(Json(vote))
}

/// End a dot vote: everyone sees what came of it. A second time changes nothing. For researchers and above.
#[utoipa::path(post, path = "/boards/{slug}/canvas/dot-votes/{id}/end", tag = "workshop", operation_id = "end_dot_vote",
    params(
        ("slug" = String, Path, description = "The word in the board's address"),
        ("id" = DotVoteId, Path, description = "The vote"),
    ),
    responses((status = 200, body = DotVoteView), Always, Changes, Names))]
async fn end(
    State(atelier): State<Atelier>,
    who: MaybeSigned,
    Path((slug, id)): Path<(String, DotVoteId)>,
) -> Result<Json<DotVoteView>, ApiError> {
    let vote = workshop::end(&atelier.db, who.person(), &slug, id).await?;
    atelier.hub.tell_workshop(&slug);
    Ok(Json(vote))
}

/// Put a dot vote that has ended away, with what came of it. For researchers and above.
#[utoipa::path(delete, path = "/boards/{slug}/canvas/dot-votes/{id}", tag = "workshop", operation_id = "clear_dot_vote",
    params(
        ("slug" = String, Path, description = "The word in the board's address"),
        ("id" = DotVoteId, Path, description = "The vote"),
    ),
    responses((status = 204, description = "It is put away"), Always, Changes, Names, Conflicts))]
async fn clear(
    State(atelier): State<Atelier>,
    who: MaybeSigned,
    Path((slug, id)): Path<(String, DotVoteId)>,
) -> Result<StatusCode, ApiError> {
    workshop::clear(&atelier.db, who.person(), &slug, id).await?;
    atelier.hub.tell_workshop(&slug);
    Ok(StatusCode::NO_CONTENT)
}

//! `/boards/{slug}/canvas`: what lies on the canvas of a board, and what becomes of its notes.

use axum::extract::State;
use http::StatusCode;
use serde::Deserialize;
use shared::api::{CanvasView, FieldCode, FieldProblem, IdeaCard, IdeaView, MakerView, Reaction};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{
    answers::{Always, Changes, ChecksFields, Conflicts, Counted, Names},
    count, desk, workshop,
};
use crate::{
    Atelier,
    domain::{
        Error,
        canvases::{self, Made},
    },
    http::{
        extract::{Json, MaybeSigned, Path, Query, Watching},
        limits::Writing,
        problem::ApiError,
    },
};

/// How many actor ids one may ask about at once.
const ACTORS: usize = 50;
/// How many ideas.
const IDEAS: usize = 100;

pub(super) fn routes() -> OpenApiRouter<Atelier> {
    OpenApiRouter::new()
        .routes(routes!(show))
        .routes(routes!(makers))
        .routes(routes!(ideas))
        .routes(routes!(react, withdraw))
        .routes(routes!(promote))
}

/// What lies on the canvas of a board, who put it there, and what goes on there.
#[utoipa::path(get, path = "/boards/{slug}/canvas", tag = "canvas", operation_id = "show_canvas",
    params(("slug" = String, Path, description = "The word in the board's address")),
    responses((status = 200, body = CanvasView), Always, Names))]
async fn show(
    State(atelier): State<Atelier>,
    who: Watching,
    Path(slug): Path<String>,
) -> Result<Json<CanvasView>, ApiError> {
    let ask = || canvases::view(&atelier.db, &atelier.canvases, who.watcher(), &slug);
    let view = ask().await?;
    if workshop::is_over(&view.workshop) {
        workshop::end_due(&atelier).await?;
        return Ok(Json(ask().await?));
    }
    Ok(Json(view))
}

/// Whose actor ids are meant.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Actors {
    /// Actor ids in hexadecimal, a comma between them, 50 at most.
    actors: String,
}

/// The parts of a list, no more than `most`.
fn parts<'a>(name: &str, list: &'a str, most: usize) -> Result<Vec<&'a str>, Error> {
    let parts: Vec<&str> = list.split(',').filter(|part| !part.is_empty()).collect();
    if parts.len() > most {
        let problem = FieldProblem::limited(FieldCode::TooMany, most, format!("{most} at most"));
        return Err(Error::field(name, problem));
    }
    Ok(parts)
}

/// Whose these actor ids are, of those that have written on the canvas of a board.
#[utoipa::path(get, path = "/boards/{slug}/canvas/makers", tag = "canvas", operation_id = "list_canvas_makers",
    params(("slug" = String, Path, description = "The word in the board's address"), Actors),
    responses((status = 200, body = [MakerView]), Always, Names, ChecksFields))]
async fn makers(
    State(atelier): State<Atelier>,
    who: Watching,
    Path(slug): Path<String>,
    Query(asked): Query<Actors>,
) -> Result<Json<Vec<MakerView>>, ApiError> {
    let actors = parts("actors", &asked.actors, ACTORS)?;
    Ok(Json(canvases::makers(&atelier.db, &atelier.canvases, who.watcher(), &slug, &actors).await?))
}

/// Which ideas are meant.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Ids {
    /// Ids of ideas, a comma between them, 100 at most.
    ids: String,
}

/// The cards of these ideas, of those that stand on the board; to a guest, only of those that lie on its canvas or came from
/// there.
#[utoipa::path(get, path = "/boards/{slug}/canvas/ideas", tag = "canvas", operation_id = "list_canvas_ideas",
    params(("slug" = String, Path, description = "The word in the board's address"), Ids),
    responses((status = 200, body = [IdeaCard]), Always, Names, ChecksFields))]
async fn ideas(
    State(atelier): State<Atelier>,
    who: Watching,
    Path(slug): Path<String>,
    Query(asked): Query<Ids>,
) -> Result<Json<Vec<IdeaCard>>, ApiError> {
    let unknown = |_| Error::unknown_field("ids", "is no list of ids");
    let ids = parts("ids", &asked.ids, IDEAS)?;
    let ids = ids.into_iter().map(|id| Uuid::try_parse(id).map_err(unknown)).collect::<Result<Vec<_>, _>>()?;
    Ok(Json(canvases::ideas(&atelier.db, &atelier.canvases, who.watcher(), &slug, &ids).await?))
}

/// React to a note. A second time changes nothing.
#[utoipa::path(put, path = "/boards/{slug}/canvas/notes/{note}/reactions/{kind}", tag = "canvas",
    operation_id = "react_to_note",
    params(
        ("slug" = String, Path, description = "The word in the board's address"),
        ("note" = String, Path, description = "The note's id"),
        ("kind" = Reaction, Path, description = "In which way"),
    ),
    responses((status = 204, description = "You reacted so"), Always, Changes, Names, Counted))]
async fn react(
    State(atelier): State<Atelier>,
    who: MaybeSigned,
    Path((slug, note, kind)): Path<(String, String, Reaction)>,
) -> Result<StatusCode, ApiError> {
    set(&atelier, &who, (&slug, &note), kind, true).await
}

/// Take a reaction to a note back. A second time changes nothing.
#[utoipa::path(delete, path = "/boards/{slug}/canvas/notes/{note}/reactions/{kind}", tag = "canvas",
    operation_id = "withdraw_reaction_to_note",
    params(
        ("slug" = String, Path, description = "The word in the board's address"),
        ("note" = String, Path, description = "The note's id"),
        ("kind" = Reaction, Path, description = "In which way"),
    ),
    responses((status = 204, description = "You do not react so"), Always, Changes, Names, Counted))]
async fn withdraw(
    State(atelier): State<Atelier>,
    who: MaybeSigned,
    Path((slug, note, kind)): Path<(String, String, Reaction)>,
) -> Result<StatusCode, ApiError> {
    set(&atelier, &who, (&slug, &note), kind, false).await
}

async fn set(
    atelier: &Atelier,
    who: &MaybeSigned,
    (slug, note): (&str, &str),
    kind: Reaction,
    wanted: bool,
) -> Result<StatusCode, ApiError> {
    count(atelier, who, Writing::Reaction)?;
    let told = canvases::react(&atelier.db, &atelier.canvases, who.person(), (slug, note), kind, wanted).await?;
    if let Some(told) = told {
        atelier.hub.publish(&format!("canvas:{slug}"), "reaction", || serde_json::to_string(&told).ok());
    }
    Ok(StatusCode::NO_CONTENT)
}

/// Make an idea of a note, in the name of who wrote the note: of one's own, who may propose; of somebody else's, the
/// company's people. A second time answers with the same idea.
#[utoipa::path(post, path = "/boards/{slug}/canvas/notes/{note}/promote", tag = "canvas", operation_id = "promote_note",
    params(
        ("slug" = String, Path, description = "The word in the board's address"),
        ("note" = String, Path, description = "The note's id"),
    ),
    responses(
        (status = 201, body = IdeaView, description = "The idea that was made"),
        (status = 200, body = IdeaView, description = "The idea that was made of it before"),
        Always, Changes, Names, Conflicts, Counted,
    ))]
async fn promote(
    State(atelier): State<Atelier>,
    who: MaybeSigned,
    Path((slug, note)): Path<(String, String)>,
) -> Result<(StatusCode, Json<IdeaView>), ApiError> {
    count(&atelier, &who, Writing::Idea)?;
    let Made { idea, new, told } =
        canvases::promote(&atelier.db, &atelier.canvases, who.person(), &slug, &note).await?;
    if !new {
        return Ok((StatusCode::OK, Json(idea)));
    }
    if idea.card.away.is_some() {
        desk::tell_moderators(&atelier);
    }
    if let Some(told) = told {
        atelier.hub.publish(&format!("canvas:{slug}"), "promoted", || serde_json::to_string(&told).ok());
    }
    atelier.happened.notify_one();
    Ok((StatusCode::CREATED, Json(idea)))
}

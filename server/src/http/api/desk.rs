//! `/desk`: what waits for moderators.

use axum::extract::State;
use http::StatusCode;
use serde::Deserialize;
use shared::{
    DecisionId, DocumentId,
    api::{CaseView, Decided, DeskCount, DocumentAside, IdeaCard, NewDecision, Page},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    answers::{Always, ByRole, Changes, Conflicts, Counted, Names, TakesJson},
    paging::{Paging, page},
};
use crate::{
    Atelier,
    domain::{
        access::Signed,
        decisions::{self, Told},
        desk,
        ideas::Place,
        promise::{self, Whose},
    },
    http::{
        extract::{Json, Path, Query},
        problem::ApiError,
    },
};

pub(super) fn routes() -> OpenApiRouter<Atelier> {
    OpenApiRouter::new()
        .routes(routes!(count))
        .routes(routes!(waiting))
        .routes(routes!(reported))
        .routes(routes!(held))
        .routes(routes!(decide))
        .routes(routes!(undo))
        .routes(routes!(documents))
        .routes(routes!(release))
}

/// The documents set aside: they broke again and again, and take no changes. The latest first.
#[utoipa::path(get, path = "/desk/documents", tag = "desk", operation_id = "list_documents_aside",
    responses((status = 200, body = [DocumentAside]), Always, ByRole))]
async fn documents(State(atelier): State<Atelier>, signed: Signed) -> Result<Json<Vec<DocumentAside>>, ApiError> {
    Ok(Json(desk::documents(&atelier.db, &signed).await?))
}

/// Let a document that is set aside try again: it takes changes from now on, until it breaks again and again.
#[utoipa::path(put, path = "/desk/documents/{document}/release", tag = "desk", operation_id = "release_document",
    params(("document" = DocumentId, Path, description = "The document's id")),
    responses((status = 204, description = "It takes changes again"), Always, Changes, Names))]
async fn release(
    State(atelier): State<Atelier>,
    signed: Signed,
    Path(document): Path<DocumentId>,
) -> Result<StatusCode, ApiError> {
    desk::release(&atelier.db, &atelier.access_news, &signed, document).await?;
    atelier.hub.reload(document).await;
    Ok(StatusCode::NO_CONTENT)
}

/// How much waits at the desk: of what is for moderators, for them alone. For the company's people.
#[utoipa::path(get, path = "/desk/count", tag = "desk", operation_id = "count_desk",
    responses((status = 200, body = DeskCount), Always, ByRole))]
async fn count(State(atelier): State<Atelier>, signed: Signed) -> Result<Json<DeskCount>, ApiError> {
    Ok(Json(desk::count(&atelier.db, &signed).await?))
}

/// Which of the ideas that wait for an answer.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Routed {
    /// Only those that the person asking is named to answer.
    #[serde(default)]
    mine: bool,
}

/// Ideas that nobody answered: those to which an answer was promised by when it is due, then the others, the longest waiting
/// first. For the company's people.
#[utoipa::path(get, path = "/desk/answers", tag = "desk", operation_id = "list_waiting", params(Paging, Routed),
    responses((status = 200, body = Page<IdeaCard>), Always, ByRole))]
async fn waiting(
    State(atelier): State<Atelier>,
    signed: Signed,
    Query(paging): Query<Paging>,
    Query(Routed { mine }): Query<Routed>,
) -> Result<Json<Page<IdeaCard>>, ApiError> {
    let (from, limit) = paging.place()?;
    let from = if paging.cursor.is_some() { from } else { Place::FIRST };
    let whose = if mine { Whose::Mine } else { Whose::Everybodys };
    let found = promise::waiting(&atelier.db, &signed, whose, from, limit + 1).await?;
    let Page { items, next } = page(found, limit, |(_, place)| *place);
    Ok(Json(Page { items: items.into_iter().map(|(card, _)| card).collect(), next }))
}

/// What was reported and waits, the longest waiting first; 50 at most.
#[utoipa::path(get, path = "/desk/reports", tag = "desk", operation_id = "list_reports",
    responses((status = 200, body = [CaseView]), Always, ByRole))]
async fn reported(State(atelier): State<Atelier>, signed: Signed) -> Result<Json<Vec<CaseView>>, ApiError> {
    Ok(Json(desk::reported(&atelier.db, &signed).await?))
}

/// First posts that wait to be approved, the longest waiting first; 50 at most.
#[utoipa::path(get, path = "/desk/held", tag = "desk", operation_id = "list_held",
    responses((status = 200, body = [CaseView]), Always, ByRole))]
async fn held(State(atelier): State<Atelier>, signed: Signed) -> Result<Json<Vec<CaseView>>, ApiError> {
    Ok(Json(desk::held(&atelier.db, &signed).await?))
}

/// Decide about an idea, a comment or a person. What waits about it is closed. When there is nothing to do any more, since
/// a colleague was first, nothing changes.
#[utoipa::path(post, path = "/desk/decisions", tag = "desk", operation_id = "decide", request_body = NewDecision,
    responses((status = 200, body = Decided), Always, Changes, Names, TakesJson, Counted))]
async fn decide(
    State(atelier): State<Atelier>,
    signed: Signed,
    Json(request): Json<NewDecision>,
) -> Result<Json<Decided>, ApiError> {
    let (decided, told) = decisions::decide(&atelier.db, &atelier.access_news, &signed, &request).await?;
    tell(&atelier, &told);
    Ok(Json(decided))
}

/// Undo a decision: everything is as before, and what was reported waits again. A second time changes nothing.
#[utoipa::path(delete, path = "/desk/decisions/{id}", tag = "desk", operation_id = "undo_decision",
    params(("id" = DecisionId, Path, description = "The decision")),
    responses((status = 204, description = "It is undone"), Always, Changes, Names, Conflicts, Counted))]
async fn undo(
    State(atelier): State<Atelier>,
    signed: Signed,
    Path(id): Path<DecisionId>,
) -> Result<StatusCode, ApiError> {
    let told = decisions::undo(&atelier.db, &atelier.access_news, &signed, id).await?;
    tell(&atelier, &told);
    Ok(StatusCode::NO_CONTENT)
}

/// Tells moderators that what waits has changed.
pub(super) fn tell_moderators(atelier: &Atelier) {
    atelier.hub.publish("desk", "desk", || Some("null".to_owned()));
}

/// Tells whom a decision concerns: moderators, those who have something new in their inbox, the pages that show it.
pub(super) fn tell(atelier: &Atelier, told: &Told) {
    tell_moderators(atelier);
    for person in &told.people {
        atelier.hub.publish(&format!("person:{person}"), "inbox", || Some("null".to_owned()));
    }
    if let Some(number) = told.idea {
        atelier.hub.publish(&format!("idea:{number}"), "standing", || Some("null".to_owned()));
    }
    if let Some(news) = &told.news {
        super::comments::tell(atelier, news);
    }
    if told.happened {
        atelier.happened.notify_one();
    }
}

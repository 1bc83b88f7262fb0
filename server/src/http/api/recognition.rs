//! `/recognition`, `/ideas/{number}/recognition`, `/people/{id}/recognition` and `/me/recognition`: thanks, badges, points.

use axum::extract::State;
use http::{HeaderMap, StatusCode};
use serde::Deserialize;
use shared::{
    PersonId, RecognitionId,
    api::{
        BadgeHeld, Contributors, ContributorsBy, ContributorsSince, Deserving, FreshView, OwnRecognition, Page,
        Recognise, RecognitionChoices, RecognitionProposal, RecognitionView, Revoke, SeenUntil,
    },
};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{
    answers::{Always, ByRole, Changes, Conflicts, Names, TakesJson},
    entries::tell_progress,
    ideas::key,
    paging::{Cursor, Paging, page},
};
use crate::{
    Atelier,
    domain::{
        access::Signed,
        recognition::{
            self,
            desk::{self, Place},
        },
    },
    http::{
        extract::{Json, MaybeSigned, Path, Query},
        limits::Writing,
        problem::ApiError,
    },
};

pub(super) fn routes() -> OpenApiRouter<Atelier> {
    OpenApiRouter::new()
        .routes(routes!(recent, give))
        .routes(routes!(contributors))
        .routes(routes!(revoke))
        .routes(routes!(of_idea))
        .routes(routes!(proposal))
        .routes(routes!(thanks))
        .routes(routes!(badges))
        .routes(routes!(mine))
        .routes(routes!(own))
        .routes(routes!(fresh))
        .routes(routes!(see))
        .routes(routes!(choose))
        .routes(routes!(deserving))
        .routes(routes!(pass))
}

impl Cursor for Place {
    const START: Self = Self(i64::MAX, 0);

    fn write(&self) -> String {
        format!("{}-{}", self.0, self.1)
    }

    fn read(at: i64, rest: &str) -> Option<Self> {
        Some(Self(at, rest.parse().ok()?))
    }
}

/// Lets those who were given something know at once, on each of their open pages, and whoever has the idea open.
fn tell(atelier: &Atelier, people: impl IntoIterator<Item = PersonId>, idea: Option<u32>) {
    for person in people {
        atelier.hub.publish(&format!("person:{person}"), "inbox", || Some("null".to_owned()));
    }
    if let Some(number) = idea {
        tell_progress(atelier, number);
    }
    atelier.happened.notify_one();
}

/// Thanks that people got and show, on the boards one sees, the last first.
#[utoipa::path(get, path = "/recognition", tag = "recognition", operation_id = "list_recognition", params(Paging),
    responses((status = 200, body = Page<RecognitionView>), Always))]
async fn recent(
    State(atelier): State<Atelier>,
    who: MaybeSigned,
    Query(paging): Query<Paging>,
) -> Result<Json<Page<RecognitionView>>, ApiError> {
    let (before, limit): (Uuid, _) = paging.place()?;
    let found = recognition::recent(&atelier.db, who.person(), before, limit + 1).await?;
    Ok(Json(page(found, limit, |last| last.id.0)))
}

/// Of what contributors are listed.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Counted {
    /// By what they are counted.
    #[serde(default)]
    by: ContributorsBy,
    /// Since when.
    #[serde(default)]
    since: ContributorsSince,
}

/// Who contributes to the ideas one sees: customers, the most first; the company's people by their names. Nobody who does not
/// want to be listed.
#[utoipa::path(get, path = "/recognition/contributors", tag = "recognition", operation_id = "list_contributors",
    params(Counted), responses((status = 200, body = Contributors), Always))]
async fn contributors(
    State(atelier): State<Atelier>,
    who: MaybeSigned,
    Query(Counted { by, since }): Query<Counted>,
) -> Result<Json<Contributors>, ApiError> {
    Ok(Json(recognition::contributors::list(&atelier.db, who.person(), by, since).await?))
}

/// Recognise people: thank them, give them a badge, points, a perk; all whom the request names, or nobody. They are told at
/// once. For moderators.
#[utoipa::path(post, path = "/recognition", tag = "recognition", operation_id = "recognise", request_body = Recognise,
    params(("Idempotency-Key" = Option<String>, Header,
        description = "1 to 100 visible ASCII characters of the caller's choice, remembered forever")),
    responses((status = 201, body = [RecognitionView]), Always, Changes, Names, TakesJson, Conflicts))]
async fn give(
    State(atelier): State<Atelier>,
    signed: Signed,
    headers: HeaderMap,
    Json(request): Json<Recognise>,
) -> Result<(StatusCode, Json<Vec<RecognitionView>>), ApiError> {
    atelier.writing.count(Writing::Comment, signed.person.id)?;
    let made = recognition::give(&atelier.db, &signed, &request, key(&headers)?).await?;
    tell(&atelier, request.to.iter().map(|one| one.person), request.idea);
    Ok((StatusCode::CREATED, Json(made)))
}

/// Take back what an entry gave, by another that says why. The person is told. For moderators.
#[utoipa::path(put, path = "/recognition/{id}/revocation", tag = "recognition", operation_id = "revoke_recognition",
    request_body = Revoke, params(("id" = RecognitionId, Path, description = "The entry")),
    responses((status = 204, description = "It was taken back"), Always, Changes, Names, TakesJson, Conflicts))]
async fn revoke(
    State(atelier): State<Atelier>,
    signed: Signed,
    Path(id): Path<RecognitionId>,
    Json(request): Json<Revoke>,
) -> Result<StatusCode, ApiError> {
    atelier.writing.count(Writing::Comment, signed.person.id)?;
    let person = recognition::revoke(&atelier.db, &signed, id, &request).await?;
    tell(&atelier, [person], None);
    Ok(StatusCode::NO_CONTENT)
}

/// Who was thanked for an idea, and which badges were given for it; the last first, 50 at most. What is private is for the
/// person, moderators and owners.
#[utoipa::path(get, path = "/ideas/{number}/recognition", tag = "recognition", operation_id = "list_idea_recognition",
    params(("number" = u32, Path, description = "The idea's number")),
    responses((status = 200, body = [RecognitionView]), Always, Names))]
async fn of_idea(
    State(atelier): State<Atelier>,
    who: MaybeSigned,
    Path(number): Path<u32>,
) -> Result<Json<Vec<RecognitionView>>, ApiError> {
    Ok(Json(recognition::of_idea(&atelier.db, who.person(), number).await?))
}

/// Who shaped an idea, by how much, and what is proposed for them. For moderators.
#[utoipa::path(get, path = "/ideas/{number}/recognition/proposal", tag = "recognition",
    operation_id = "propose_recognition", params(("number" = u32, Path, description = "The idea's number")),
    responses((status = 200, body = RecognitionProposal), Always, ByRole, Names))]
async fn proposal(
    State(atelier): State<Atelier>,
    signed: Signed,
    Path(number): Path<u32>,
) -> Result<Json<RecognitionProposal>, ApiError> {
    Ok(Json(recognition::proposal(&atelier.db, &signed, number).await?))
}

/// Thanks that a person got and shows, on the boards one sees, the last first.
#[utoipa::path(get, path = "/people/{id}/recognition", tag = "people", operation_id = "list_thanks",
    params(("id" = String, Path, description = "The person's id, or the word in the address of their page"), Paging),
    responses((status = 200, body = Page<RecognitionView>), Always, Names))]
async fn thanks(
    State(atelier): State<Atelier>,
    who: MaybeSigned,
    Path(id): Path<String>,
    Query(paging): Query<Paging>,
) -> Result<Json<Page<RecognitionView>>, ApiError> {
    let (before, limit): (Uuid, _) = paging.place()?;
    let found = recognition::thanks(&atelier.db, who.person(), &id, before, limit + 1).await?;
    Ok(Json(page(found, limit, |last| last.id.0)))
}

/// The badges that a person has and shows, in the order they got them.
#[utoipa::path(get, path = "/people/{id}/badges", tag = "people", operation_id = "list_held_badges",
    params(("id" = String, Path, description = "The person's id, or the word in the address of their page")),
    responses((status = 200, body = [BadgeHeld]), Always, Names))]
async fn badges(
    State(atelier): State<Atelier>,
    who: MaybeSigned,
    Path(id): Path<String>,
) -> Result<Json<Vec<BadgeHeld>>, ApiError> {
    Ok(Json(recognition::badges(&atelier.db, who.person(), &id).await?))
}

/// The person's points, perks with their codes, and what they want of recognition.
#[utoipa::path(get, path = "/me/recognition", tag = "me", operation_id = "show_own_recognition",
    responses((status = 200, body = OwnRecognition), Always))]
async fn mine(State(atelier): State<Atelier>, signed: Signed) -> Result<Json<OwnRecognition>, ApiError> {
    Ok(Json(recognition::mine(&atelier.db, &signed).await?))
}

/// Everything the person was given, had for points, or lost, the last first.
#[utoipa::path(get, path = "/me/recognition/entries", tag = "me", operation_id = "list_own_recognition", params(Paging),
    responses((status = 200, body = Page<RecognitionView>), Always))]
async fn own(
    State(atelier): State<Atelier>,
    signed: Signed,
    Query(paging): Query<Paging>,
) -> Result<Json<Page<RecognitionView>>, ApiError> {
    let (before, limit): (Uuid, _) = paging.place()?;
    let found = recognition::own(&atelier.db, &signed, before, limit + 1).await?;
    Ok(Json(page(found, limit, |last| last.id.0)))
}

/// What the person was given and was not shown yet, the first first; five at most.
#[utoipa::path(get, path = "/me/recognition/fresh", tag = "me", operation_id = "list_fresh_recognition",
    responses((status = 200, body = [FreshView]), Always))]
async fn fresh(State(atelier): State<Atelier>, signed: Signed) -> Result<Json<Vec<FreshView>>, ApiError> {
    Ok(Json(recognition::fresh(&atelier.db, &signed).await?))
}

/// Note that the person was shown what was given until a moment.
#[utoipa::path(post, path = "/me/recognition/seen", tag = "me", operation_id = "see_recognition", request_body = SeenUntil,
    responses((status = 204, description = "Noted"), Always, Changes, TakesJson))]
async fn see(
    State(atelier): State<Atelier>,
    signed: Signed,
    Json(SeenUntil { at }): Json<SeenUntil>,
) -> Result<StatusCode, ApiError> {
    recognition::see(&atelier.db, signed.person.id, at).await?;
    // Their other pages show it no longer.
    atelier.hub.publish(&format!("person:{}", signed.person.id), "inbox", || Some("null".to_owned()));
    Ok(StatusCode::NO_CONTENT)
}

/// Settle whether recognition is private, and whether one is listed among contributors. It holds at once, for what was given
/// before too.
#[utoipa::path(put, path = "/me/recognition/choices", tag = "me", operation_id = "choose_recognition",
    request_body = RecognitionChoices,
    responses((status = 200, body = RecognitionChoices), Always, Changes, TakesJson))]
async fn choose(
    State(atelier): State<Atelier>,
    signed: Signed,
    Json(request): Json<RecognitionChoices>,
) -> Result<Json<RecognitionChoices>, ApiError> {
    Ok(Json(recognition::choose(&atelier.db, &signed, request).await?))
}

/// Ideas that reached a milestone or were launched, and where nobody was recognised since; the last first. For moderators.
#[utoipa::path(get, path = "/desk/recognise", tag = "desk", operation_id = "list_deserving", params(Paging),
    responses((status = 200, body = Page<Deserving>), Always, ByRole))]
async fn deserving(
    State(atelier): State<Atelier>,
    signed: Signed,
    Query(paging): Query<Paging>,
) -> Result<Json<Page<Deserving>>, ApiError> {
    let (before, limit) = paging.place()?;
    let found = desk::page(&atelier.db, &signed, before, limit + 1).await?;
    Ok(Json(page(found, limit, |last| Place(last.at, last.idea.number))))
}

/// Let an idea be: nobody is to be recognised for what became of it so far. A second time changes nothing. For moderators.
#[utoipa::path(put, path = "/desk/recognise/{number}/pass", tag = "desk", operation_id = "pass_over",
    params(("number" = u32, Path, description = "The idea's number")),
    responses((status = 204, description = "It is off the list"), Always, Changes, Names))]
async fn pass(State(atelier): State<Atelier>, signed: Signed, Path(number): Path<u32>) -> Result<StatusCode, ApiError> {
    desk::pass(&atelier.db, &signed, number).await?;
    Ok(StatusCode::NO_CONTENT)
}

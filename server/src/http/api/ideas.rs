//! `/ideas` and `/boards/{slug}/ideas`: what is proposed.

use axum::extract::State;
use http::{HeaderMap, StatusCode, header};
use shared::api::{Code, IdeaCard, IdeaView, NewIdea, Page};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    answers::{Always, Changes, Conflicts, Names, TakesJson},
    paging::{Cursor, Paging, page},
};
use crate::{
    Atelier,
    domain::ideas::{self, Place},
    http::{
        extract::{Json, MaybeSigned, Path, Query},
        problem::ApiError,
    },
};

pub(super) fn routes() -> OpenApiRouter<Atelier> {
    OpenApiRouter::new().routes(routes!(of_board, propose)).routes(routes!(everywhere)).routes(routes!(show))
}

impl Cursor for Place {
    const START: Self = Place::START;

    fn write(&self) -> String {
        format!("{}-{}", self.at, self.number)
    }

    fn read(at: i64, rest: &str) -> Option<Self> {
        Some(Self { at, number: rest.parse().ok()? })
    }
}

fn place(last: &IdeaCard) -> Place {
    Place { at: last.updated_at, number: last.number }
}

/// The ideas of a board, the last changed first.
#[utoipa::path(get, path = "/boards/{slug}/ideas", tag = "ideas", operation_id = "list_ideas_of_board",
    params(("slug" = String, Path, description = "The word in the board's address"), Paging),
    responses((status = 200, body = Page<IdeaCard>), Always, Names))]
async fn of_board(
    State(atelier): State<Atelier>,
    who: MaybeSigned,
    Path(slug): Path<String>,
    Query(paging): Query<Paging>,
) -> Result<Json<Page<IdeaCard>>, ApiError> {
    let (from, limit) = paging.place()?;
    Ok(Json(page(ideas::of_board(&atelier.db, who.person(), &slug, from, limit + 1).await?, limit, place)))
}

/// The ideas of all boards that the person asking sees, the last changed first.
#[utoipa::path(get, path = "/ideas", tag = "ideas", operation_id = "list_ideas", params(Paging),
    responses((status = 200, body = Page<IdeaCard>), Always))]
async fn everywhere(
    State(atelier): State<Atelier>,
    who: MaybeSigned,
    Query(paging): Query<Paging>,
) -> Result<Json<Page<IdeaCard>>, ApiError> {
    let (from, limit) = paging.place()?;
    Ok(Json(page(ideas::everywhere(&atelier.db, who.person(), from, limit + 1).await?, limit, place)))
}

/// Propose an idea. With the same `Idempotency-Key`, the same request answers with the idea it made before.
#[utoipa::path(post, path = "/boards/{slug}/ideas", tag = "ideas", operation_id = "propose_idea", request_body = NewIdea,
    params(
        ("slug" = String, Path, description = "The word in the board's address"),
        ("Idempotency-Key" = Option<String>, Header,
            description = "1 to 100 visible ASCII characters of the caller's choice, remembered for a day"),
    ),
    responses(
        (status = 201, body = IdeaView, headers(("Location" = String, description = "The idea's address in the API"))),
        Always, Changes, Names, TakesJson, Conflicts,
    ))]
async fn propose(
    State(atelier): State<Atelier>,
    who: MaybeSigned,
    Path(slug): Path<String>,
    headers: HeaderMap,
    Json(request): Json<NewIdea>,
) -> Result<(StatusCode, [(header::HeaderName, String); 1], Json<IdeaView>), ApiError> {
    let idea = ideas::propose(&atelier.db, who.person(), &slug, &request, key(&headers)?).await?;
    let location = format!("/api/v1/ideas/{}", idea.card.number);
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], Json(idea)))
}

fn key(headers: &HeaderMap) -> Result<Option<&str>, ApiError> {
    let Some(value) = headers.get("idempotency-key") else { return Ok(None) };
    let key =
        value.to_str().ok().filter(|key| (1..=100).contains(&key.len()) && key.bytes().all(|b| b.is_ascii_graphic()));
    key.map(Some)
        .ok_or_else(|| ApiError::new(Code::BadRequest, "`Idempotency-Key` is 1 to 100 visible ASCII characters."))
}

/// An idea, whole.
#[utoipa::path(get, path = "/ideas/{number}", tag = "ideas", operation_id = "show_idea",
    params(("number" = u32, Path, description = "The idea's number")),
    responses((status = 200, body = IdeaView), Always, Names))]
async fn show(
    State(atelier): State<Atelier>,
    who: MaybeSigned,
    Path(number): Path<u32>,
) -> Result<Json<IdeaView>, ApiError> {
    let idea = ideas::one(&atelier.db, who.person(), number).await?;
    // While a long text is typed nobody follows, its row is left; but not for who asks for it.
    if !atelier.hub.is_ahead(idea.document) {
        return Ok(Json(idea));
    }
    atelier.hub.look(idea.document).await;
    Ok(Json(ideas::one(&atelier.db, who.person(), number).await?))
}

//! `/ideas` and `/boards/{slug}/ideas`: what is proposed.

use axum::extract::State;
use http::{HeaderMap, StatusCode, header};
use serde::Deserialize;
use shared::{
    StageId, TagId,
    api::{Came, Code, IdeaCard, IdeaFacts, IdeaSort, IdeaView, Involved, NewIdea, Page},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    answers::{Always, Changes, Conflicts, Names, TakesJson},
    count, desk,
    paging::{Cursor, Paging, page},
    votes,
};
use crate::{
    Atelier,
    domain::ideas::{self, Place, Wanted},
    http::{
        extract::{Json, MaybeSigned, Path, Query},
        limits::Writing,
        problem::ApiError,
    },
};

pub(super) fn routes() -> OpenApiRouter<Atelier> {
    OpenApiRouter::new().routes(routes!(of_board, propose)).routes(routes!(everywhere)).routes(routes!(show))
}

impl Cursor for Place {
    const START: Self = Place::START;

    fn write(&self) -> String {
        format!("{}-{}", self.key, self.number)
    }

    fn read(key: i64, rest: &str) -> Option<Self> {
        Some(Self { key, number: rest.parse().ok()? })
    }
}

/// Which ideas of a list, and in which order.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Listing {
    /// `next` of the page before, of the same order.
    #[param(example = "1763769600000-42")]
    cursor: Option<String>,
    /// How many, 1 to 100; 25 when absent.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// In which order.
    #[serde(default)]
    sort: IdeaSort,
    /// Only those in this stage.
    stage: Option<StageId>,
    /// Only those with this tag.
    tag: Option<TagId>,
    /// Only those proposed by the person of this handle.
    author: Option<String>,
    /// Only those that the person asking has this to do with; none for a visitor.
    involved: Option<Involved>,
}

impl Listing {
    async fn page(self, atelier: &Atelier, who: &MaybeSigned, board: Option<&str>) -> Result<Page<IdeaCard>, ApiError> {
        let Self { cursor, limit, sort, stage, tag, author, involved } = self;
        let first = cursor.is_none();
        let (from, limit) = Paging { cursor, limit }.place()?;
        let from = if first { Place::start(sort) } else { from };
        let wanted = Wanted { sort, stage, tag, author, involved };
        let found = ideas::list(&atelier.db, who.person(), board, &wanted, from, limit + 1).await?;
        let Page { items, next } = page(found, limit, |(_, place)| *place);
        Ok(Page { items: items.into_iter().map(|(card, _)| card).collect(), next })
    }
}

/// The ideas of a board.
#[utoipa::path(get, path = "/boards/{slug}/ideas", tag = "ideas", operation_id = "list_ideas_of_board",
    params(("slug" = String, Path, description = "The word in the board's address"), Listing),
    responses((status = 200, body = Page<IdeaCard>), Always, Names))]
async fn of_board(
    State(atelier): State<Atelier>,
    who: MaybeSigned,
    Path(slug): Path<String>,
    Query(listing): Query<Listing>,
) -> Result<Json<Page<IdeaCard>>, ApiError> {
    Ok(Json(listing.page(&atelier, &who, Some(&slug)).await?))
}

/// The ideas of all boards that the person asking sees.
#[utoipa::path(get, path = "/ideas", tag = "ideas", operation_id = "list_ideas", params(Listing),
    responses((status = 200, body = Page<IdeaCard>), Always))]
async fn everywhere(
    State(atelier): State<Atelier>,
    who: MaybeSigned,
    Query(listing): Query<Listing>,
) -> Result<Json<Page<IdeaCard>>, ApiError> {
    Ok(Json(listing.page(&atelier, &who, None).await?))
}

/// Propose an idea. With the same `Idempotency-Key`, the same request answers with the idea it made before.
#[utoipa::path(post, path = "/boards/{slug}/ideas", tag = "ideas", operation_id = "propose_idea", request_body = NewIdea,
    params(
        ("slug" = String, Path, description = "The word in the board's address"),
        ("Idempotency-Key" = Option<String>, Header,
            description = "1 to 100 visible ASCII characters of the caller's choice, remembered for 90 days"),
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
    count(&atelier, &who, Writing::Idea)?;
    let idea = ideas::propose(&atelier.db, who.person(), &slug, &request, key(&headers)?).await?;
    if idea.card.away.is_some() {
        desk::tell_moderators(&atelier);
    }
    let IdeaCard { number, board, votes, comments, stage, percent, clock, created_at, away, .. } = &idea.card;
    if away.is_none() {
        let came = Some(Came { from: None, reason: String::new(), at: *created_at });
        let (board, stage) = (board.clone(), stage.clone());
        let (number, votes, comments, percent, clock) = (*number, *votes, *comments, *percent, *clock);
        votes::tell(&atelier, &IdeaFacts { number, board, votes, comments, stage, percent, clock, came });
        atelier.happened.notify_one();
    }
    let location = format!("/api/v1/ideas/{}", idea.card.number);
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], Json(idea)))
}

pub(super) fn key(headers: &HeaderMap) -> Result<Option<&str>, ApiError> {
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

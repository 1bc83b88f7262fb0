//! `/ideas/{number}/comments` and `/comments/{id}`: what people say about ideas.

use axum::extract::State;
use http::{HeaderMap, StatusCode, header};
use serde::Deserialize;
use shared::{
    CommentId,
    api::{CommentVersion, CommentView, EditComment, NewComment, Page, Passages, PersonView, Reaction, Thread},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    answers::{Always, Changes, Conflicts, Counted, Names, TakesJson},
    count, desk,
    ideas::key,
    paging::{Cursor, Paging, page},
};
use crate::{
    Atelier,
    domain::{
        Error, again,
        comments::{self, News, Place},
        passages,
    },
    http::{
        extract::{Json, MaybeSigned, Path, Query},
        limits::Writing,
        problem::ApiError,
    },
    live::anchors,
};

/// How often a passage is looked for while the concept moves on.
const TRIES: u32 = 3;

pub(super) fn routes() -> OpenApiRouter<Atelier> {
    OpenApiRouter::new()
        .routes(routes!(list, write))
        .routes(routes!(passages))
        .routes(routes!(mentionable))
        .routes(routes!(edit, delete))
        .routes(routes!(versions))
        .routes(routes!(react, withdraw))
}

impl Cursor for Place {
    const START: Self = Place::START;

    fn write(&self) -> String {
        format!("{}-{}-{}", self.at, self.rank, self.id)
    }

    fn read(at: i64, rest: &str) -> Option<Self> {
        let (rank, id) = rest.split_once('-')?;
        Some(Self { rank: rank.parse().ok()?, at, id: id.parse().ok()? })
    }
}

/// Tells the pages that show the discussion that it changed; of notes, only those of who may read them.
pub(super) fn tell(atelier: &Atelier, news: &News) {
    let topic = if news.facts.is_some() { "talk" } else { "notes" };
    atelier.hub.publish(&format!("{topic}:{}", news.number), "talk", || Some("null".to_owned()));
    if let Some(facts) = &news.facts {
        super::votes::tell(atelier, facts);
    }
}

/// What is said about an idea, in threads: the company's answers first, then the others, the oldest first.
#[utoipa::path(get, path = "/ideas/{number}/comments", tag = "comments", operation_id = "list_comments",
    params(("number" = u32, Path, description = "The idea's number"), Paging),
    responses((status = 200, body = Page<Thread>), Always, Names))]
async fn list(
    State(atelier): State<Atelier>,
    who: MaybeSigned,
    Path(number): Path<u32>,
    Query(paging): Query<Paging>,
) -> Result<Json<Page<Thread>>, ApiError> {
    let (from, limit) = paging.place()?;
    Ok(Json(page(comments::list(&atelier.db, who.person(), number, from, limit + 1).await?, limit, Place::behind)))
}

/// Say something about an idea. With the same `Idempotency-Key`, the same request answers with what it made before.
#[utoipa::path(post, path = "/ideas/{number}/comments", tag = "comments", operation_id = "comment",
    request_body = NewComment,
    params(
        ("number" = u32, Path, description = "The idea's number"),
        ("Idempotency-Key" = Option<String>, Header,
            description = "1 to 100 visible ASCII characters of the caller's choice, remembered for 90 days"),
    ),
    responses(
        (status = 201, body = CommentView,
            headers(("Location" = String, description = "The comment's address in the API"))),
        Always, Changes, Names, TakesJson, Conflicts, Counted,
    ))]
async fn write(
    State(atelier): State<Atelier>,
    who: MaybeSigned,
    Path(number): Path<u32>,
    headers: HeaderMap,
    Json(request): Json<NewComment>,
) -> Result<(StatusCode, [(header::HeaderName, String); 1], Json<CommentView>), ApiError> {
    count(&atelier, &who, Writing::Comment)?;
    let (comment, news) = say(&atelier, who.person(), number, &request, key(&headers)?).await?;
    tell(&atelier, &news);
    if comment.away.is_some() {
        desk::tell_moderators(&atelier);
    }
    atelier.happened.notify_one();
    let location = format!("/api/v1/comments/{}", comment.id);
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], Json(comment)))
}

/// Keeps what somebody says, unless it was kept before. The passage it is about is found first, in the concept as it is.
async fn say(
    atelier: &Atelier,
    who: Option<&PersonView>,
    number: u32,
    new: &NewComment,
    key: Option<&str>,
) -> Result<(CommentView, News), Error> {
    if let Some(key) = key
        && let Some(before) = again::comment(&atelier.db, who, number, new, key).await?
    {
        return Ok(before);
    }
    let Some(anchor) = &new.anchor else { return comments::write(&atelier.db, who, number, new, None, key).await };
    let document = comments::document(&atelier.db, who, number, new).await?;
    atelier.hub.look(document).await;
    for _ in 0..TRIES {
        let about = anchors::find(&atelier.db, document, anchor).await?;
        match comments::write(&atelier.db, who, number, new, Some(&about), key).await {
            Err(Error::MovedOn) => {}
            done => return done,
        }
    }
    Err(Error::MovedOn)
}

/// Whom somebody means.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Meant {
    /// How their handle, or a word of their name, begins.
    letters: String,
}

/// People who can be mentioned here: those who may read the idea, six at most.
#[utoipa::path(get, path = "/ideas/{number}/mentionable", tag = "comments", operation_id = "list_mentionable",
    params(("number" = u32, Path, description = "The idea's number"), Meant),
    responses((status = 200, body = [PersonView]), Always, Changes, Names))]
async fn mentionable(
    State(atelier): State<Atelier>,
    who: MaybeSigned,
    Path(number): Path<u32>,
    Query(meant): Query<Meant>,
) -> Result<Json<Vec<PersonView>>, ApiError> {
    Ok(Json(comments::mentionable(&atelier.db, who.person(), number, &meant.letters).await?))
}

/// The passages of the concept that comments are about, as they are now.
#[utoipa::path(get, path = "/ideas/{number}/passages", tag = "comments", operation_id = "list_passages",
    params(("number" = u32, Path, description = "The idea's number")),
    responses((status = 200, body = Passages), Always, Names))]
async fn passages(
    State(atelier): State<Atelier>,
    who: MaybeSigned,
    Path(number): Path<u32>,
) -> Result<Json<Passages>, ApiError> {
    Ok(Json(passages::list(&atelier.db, who.person(), number).await?))
}

/// Let one's own comment say something else. What it said before stays to be read.
#[utoipa::path(patch, path = "/comments/{id}", tag = "comments", operation_id = "edit_comment",
    request_body = EditComment, params(("id" = CommentId, Path, description = "The comment")),
    responses((status = 200, body = CommentView), Always, Changes, Names, TakesJson, Counted))]
async fn edit(
    State(atelier): State<Atelier>,
    who: MaybeSigned,
    Path(id): Path<CommentId>,
    Json(request): Json<EditComment>,
) -> Result<Json<CommentView>, ApiError> {
    count(&atelier, &who, Writing::Comment)?;
    let (comment, news) = comments::edit(&atelier.db, who.person(), id, &request).await?;
    tell(&atelier, &news);
    Ok(Json(comment))
}

/// Delete one's own comment, or as a moderator another's. A second time changes nothing.
#[utoipa::path(delete, path = "/comments/{id}", tag = "comments", operation_id = "delete_comment",
    params(("id" = CommentId, Path, description = "The comment")),
    responses((status = 204, description = "It is deleted"), Always, Changes, Names))]
async fn delete(
    State(atelier): State<Atelier>,
    who: MaybeSigned,
    Path(id): Path<CommentId>,
) -> Result<StatusCode, ApiError> {
    let news = comments::delete(&atelier.db, who.person(), id).await?;
    tell(&atelier, &news);
    Ok(StatusCode::NO_CONTENT)
}

/// What a comment says, and what it said before: the last first, 50 earlier ones at most.
#[utoipa::path(get, path = "/comments/{id}/versions", tag = "comments", operation_id = "list_comment_versions",
    params(("id" = CommentId, Path, description = "The comment")),
    responses((status = 200, body = Vec<CommentVersion>), Always, Names))]
async fn versions(
    State(atelier): State<Atelier>,
    who: MaybeSigned,
    Path(id): Path<CommentId>,
) -> Result<Json<Vec<CommentVersion>>, ApiError> {
    Ok(Json(comments::versions(&atelier.db, who.person(), id).await?))
}

/// React to a comment. A second time changes nothing.
#[utoipa::path(put, path = "/comments/{id}/reactions/{kind}", tag = "comments", operation_id = "react",
    params(
        ("id" = CommentId, Path, description = "The comment"),
        ("kind" = Reaction, Path, description = "In which way"),
    ),
    responses((status = 204, description = "You reacted so"), Always, Changes, Names, Counted))]
async fn react(
    State(atelier): State<Atelier>,
    who: MaybeSigned,
    Path((id, kind)): Path<(CommentId, Reaction)>,
) -> Result<StatusCode, ApiError> {
    set(&atelier, &who, id, kind, true).await
}

/// Take a reaction back. A second time changes nothing.
#[utoipa::path(delete, path = "/comments/{id}/reactions/{kind}", tag = "comments", operation_id = "withdraw_reaction",
    params(
        ("id" = CommentId, Path, description = "The comment"),
        ("kind" = Reaction, Path, description = "In which way"),
    ),
    responses((status = 204, description = "You do not react so"), Always, Changes, Names, Counted))]
async fn withdraw(
    State(atelier): State<Atelier>,
    who: MaybeSigned,
    Path((id, kind)): Path<(CommentId, Reaction)>,
) -> Result<StatusCode, ApiError> {
    set(&atelier, &who, id, kind, false).await
}

async fn set(
    atelier: &Atelier,
    who: &MaybeSigned,
    id: CommentId,
    kind: Reaction,
    wanted: bool,
) -> Result<StatusCode, ApiError> {
    count(atelier, who, Writing::Reaction)?;
    let news = comments::react(&atelier.db, who.person(), id, kind, wanted).await?;
    tell(atelier, &news);
    Ok(StatusCode::NO_CONTENT)
}

//! `/ideas/{number}/timeline`, `updates`, `milestones` and `experiments`: what becomes of an idea.

use axum::extract::State;
use http::{HeaderMap, StatusCode};
use shared::{
    EntryId,
    api::{Conclude, EntryVersion, Page, TimelineEntry, WrittenExperiment, WrittenMilestone, WrittenUpdate},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    answers::{Always, Changes, Conflicts, Names, TakesJson},
    count,
    ideas::key,
    paging::{Paging, page},
};
use crate::{
    Atelier,
    domain::entries::{self, News, Said},
    http::{
        extract::{Json, MaybeSigned, Path, Query},
        limits::Writing,
        problem::ApiError,
    },
    store::entries::EntryKind,
};

pub(super) fn routes() -> OpenApiRouter<Atelier> {
    OpenApiRouter::new()
        .routes(routes!(timeline))
        .routes(routes!(add_update))
        .routes(routes!(edit_update, remove_update))
        .routes(routes!(add_milestone))
        .routes(routes!(edit_milestone, remove_milestone))
        .routes(routes!(begin_experiment))
        .routes(routes!(edit_experiment, remove_experiment))
        .routes(routes!(conclude))
        .routes(routes!(versions))
}

/// Tells whoever has the idea open that what became of it is to be asked for anew.
pub(super) fn tell_progress(atelier: &Atelier, number: u32) {
    atelier.hub.publish(&format!("talk:{number}"), "progress", || Some("null".to_owned()));
}

fn tell(atelier: &Atelier, news: &News) {
    match &news.facts {
        Some(facts) => {
            tell_progress(atelier, news.number);
            super::votes::tell(atelier, facts);
        }
        // Of what is not published only those learn who see it.
        None => atelier.hub.publish(&format!("notes:{}", news.number), "progress", || Some("null".to_owned())),
    }
    atelier.happened.notify_one();
}

/// What became of an idea, the last first: its moves, the company's answers, updates, milestones that were reached,
/// experiments, and when its concept was frozen.
#[utoipa::path(get, path = "/ideas/{number}/timeline", tag = "progress", operation_id = "show_timeline",
    params(("number" = u32, Path, description = "The idea's number"), Paging),
    responses((status = 200, body = Page<TimelineEntry>), Always, Names))]
async fn timeline(
    State(atelier): State<Atelier>,
    who: MaybeSigned,
    Path(number): Path<u32>,
    Query(paging): Query<Paging>,
) -> Result<Json<Page<TimelineEntry>>, ApiError> {
    let (before, limit) = paging.place()?;
    let found = entries::timeline(&atelier.db, who.person(), number, before, limit + 1).await?;
    let Page { items, next } = page(found, limit, |(_, place)| *place);
    Ok(Json(Page { items: items.into_iter().map(|(entry, _)| entry).collect(), next }))
}

async fn add(
    atelier: &Atelier,
    who: &MaybeSigned,
    number: u32,
    headers: &HeaderMap,
    said: Said,
) -> Result<(StatusCode, Json<TimelineEntry>), ApiError> {
    count(atelier, who, Writing::Comment)?;
    let (entry, news) = entries::add(&atelier.db, who.person(), number, &said, key(headers)?).await?;
    tell(atelier, &news);
    Ok((StatusCode::CREATED, Json(entry)))
}

async fn edit(atelier: &Atelier, who: &MaybeSigned, id: EntryId, said: Said) -> Result<Json<TimelineEntry>, ApiError> {
    count(atelier, who, Writing::Comment)?;
    let (entry, news) = entries::edit(&atelier.db, who.person(), id, &said).await?;
    tell(atelier, &news);
    Ok(Json(entry))
}

async fn remove(atelier: &Atelier, who: &MaybeSigned, id: EntryId, kind: EntryKind) -> Result<StatusCode, ApiError> {
    let news = entries::remove(&atelier.db, who.person(), id, kind).await?;
    tell(atelier, &news);
    Ok(StatusCode::NO_CONTENT)
}

/// Publish how an idea stands. For researchers and above.
#[utoipa::path(post, path = "/ideas/{number}/updates", tag = "progress", operation_id = "publish_update",
    request_body = WrittenUpdate,
    params(
        ("number" = u32, Path, description = "The idea's number"),
        ("Idempotency-Key" = Option<String>, Header,
            description = "1 to 100 visible ASCII characters of the caller's choice, remembered for 90 days"),
    ),
    responses((status = 201, body = TimelineEntry), Always, Changes, Names, TakesJson, Conflicts))]
async fn add_update(
    State(atelier): State<Atelier>,
    who: MaybeSigned,
    Path(number): Path<u32>,
    headers: HeaderMap,
    Json(request): Json<WrittenUpdate>,
) -> Result<(StatusCode, Json<TimelineEntry>), ApiError> {
    add(&atelier, &who, number, &headers, Said::try_from(&request)?).await
}

/// Let one's own update say something else. What it said before stays to be read.
#[utoipa::path(put, path = "/updates/{id}", tag = "progress", operation_id = "edit_update", request_body = WrittenUpdate,
    params(("id" = EntryId, Path, description = "The update")),
    responses((status = 200, body = TimelineEntry), Always, Changes, Names, TakesJson))]
async fn edit_update(
    State(atelier): State<Atelier>,
    who: MaybeSigned,
    Path(id): Path<EntryId>,
    Json(request): Json<WrittenUpdate>,
) -> Result<Json<TimelineEntry>, ApiError> {
    edit(&atelier, &who, id, Said::try_from(&request)?).await
}

/// Take one's own update away, or as a moderator another's.
#[utoipa::path(delete, path = "/updates/{id}", tag = "progress", operation_id = "remove_update",
    params(("id" = EntryId, Path, description = "The update")),
    responses((status = 204, description = "It is gone"), Always, Changes, Names))]
async fn remove_update(
    State(atelier): State<Atelier>,
    who: MaybeSigned,
    Path(id): Path<EntryId>,
) -> Result<StatusCode, ApiError> {
    remove(&atelier, &who, id, EntryKind::Update).await
}

/// Add a milestone to an idea. For researchers and above.
#[utoipa::path(post, path = "/ideas/{number}/milestones", tag = "progress", operation_id = "add_milestone",
    request_body = WrittenMilestone,
    params(
        ("number" = u32, Path, description = "The idea's number"),
        ("Idempotency-Key" = Option<String>, Header,
            description = "1 to 100 visible ASCII characters of the caller's choice, remembered for 90 days"),
    ),
    responses((status = 201, body = TimelineEntry), Always, Changes, Names, TakesJson, Conflicts))]
async fn add_milestone(
    State(atelier): State<Atelier>,
    who: MaybeSigned,
    Path(number): Path<u32>,
    headers: HeaderMap,
    Json(request): Json<WrittenMilestone>,
) -> Result<(StatusCode, Json<TimelineEntry>), ApiError> {
    add(&atelier, &who, number, &headers, Said::try_from(&request)?).await
}

/// Change a milestone, or say that it is reached. For researchers and above.
#[utoipa::path(put, path = "/milestones/{id}", tag = "progress", operation_id = "edit_milestone",
    request_body = WrittenMilestone, params(("id" = EntryId, Path, description = "The milestone")),
    responses((status = 200, body = TimelineEntry), Always, Changes, Names, TakesJson))]
async fn edit_milestone(
    State(atelier): State<Atelier>,
    who: MaybeSigned,
    Path(id): Path<EntryId>,
    Json(request): Json<WrittenMilestone>,
) -> Result<Json<TimelineEntry>, ApiError> {
    edit(&atelier, &who, id, Said::try_from(&request)?).await
}

/// Take one's own milestone away, or as a moderator another's.
#[utoipa::path(delete, path = "/milestones/{id}", tag = "progress", operation_id = "remove_milestone",
    params(("id" = EntryId, Path, description = "The milestone")),
    responses((status = 204, description = "It is gone"), Always, Changes, Names))]
async fn remove_milestone(
    State(atelier): State<Atelier>,
    who: MaybeSigned,
    Path(id): Path<EntryId>,
) -> Result<StatusCode, ApiError> {
    remove(&atelier, &who, id, EntryKind::Milestone).await
}

/// Begin an experiment. For researchers and above.
#[utoipa::path(post, path = "/ideas/{number}/experiments", tag = "progress", operation_id = "begin_experiment",
    request_body = WrittenExperiment,
    params(
        ("number" = u32, Path, description = "The idea's number"),
        ("Idempotency-Key" = Option<String>, Header,
            description = "1 to 100 visible ASCII characters of the caller's choice, remembered for 90 days"),
    ),
    responses((status = 201, body = TimelineEntry), Always, Changes, Names, TakesJson, Conflicts))]
async fn begin_experiment(
    State(atelier): State<Atelier>,
    who: MaybeSigned,
    Path(number): Path<u32>,
    headers: HeaderMap,
    Json(request): Json<WrittenExperiment>,
) -> Result<(StatusCode, Json<TimelineEntry>), ApiError> {
    add(&atelier, &who, number, &headers, Said::try_from(&request)?).await
}

/// Change what an experiment is, while it runs. What it said before stays to be read. For researchers and above.
#[utoipa::path(put, path = "/experiments/{id}", tag = "progress", operation_id = "edit_experiment",
    request_body = WrittenExperiment, params(("id" = EntryId, Path, description = "The experiment")),
    responses((status = 200, body = TimelineEntry), Always, Changes, Names, TakesJson, Conflicts))]
async fn edit_experiment(
    State(atelier): State<Atelier>,
    who: MaybeSigned,
    Path(id): Path<EntryId>,
    Json(request): Json<WrittenExperiment>,
) -> Result<Json<TimelineEntry>, ApiError> {
    edit(&atelier, &who, id, Said::try_from(&request)?).await
}

/// Take one's own experiment away, or as a moderator another's.
#[utoipa::path(delete, path = "/experiments/{id}", tag = "progress", operation_id = "remove_experiment",
    params(("id" = EntryId, Path, description = "The experiment")),
    responses((status = 204, description = "It is gone"), Always, Changes, Names))]
async fn remove_experiment(
    State(atelier): State<Atelier>,
    who: MaybeSigned,
    Path(id): Path<EntryId>,
) -> Result<StatusCode, ApiError> {
    remove(&atelier, &who, id, EntryKind::Experiment).await
}

/// Say what came of an experiment, and whether what was tried is kept. Said again, what was said before stays to be read.
/// For researchers and above.
#[utoipa::path(put, path = "/experiments/{id}/conclusion", tag = "progress", operation_id = "conclude_experiment",
    request_body = Conclude, params(("id" = EntryId, Path, description = "The experiment")),
    responses((status = 200, body = TimelineEntry), Always, Changes, Names, TakesJson))]
async fn conclude(
    State(atelier): State<Atelier>,
    who: MaybeSigned,
    Path(id): Path<EntryId>,
    Json(request): Json<Conclude>,
) -> Result<Json<TimelineEntry>, ApiError> {
    count(&atelier, &who, Writing::Comment)?;
    let (entry, news) = entries::conclude(&atelier.db, who.person(), id, &request).await?;
    tell(&atelier, &news);
    Ok(Json(entry))
}

/// What a piece of progress said before it was changed: the last first, 50 at most.
#[utoipa::path(get, path = "/progress/{id}/versions", tag = "progress", operation_id = "list_entry_versions",
    params(("id" = EntryId, Path, description = "The update, milestone or experiment")),
    responses((status = 200, body = Vec<EntryVersion>), Always, Names))]
async fn versions(
    State(atelier): State<Atelier>,
    who: MaybeSigned,
    Path(id): Path<EntryId>,
) -> Result<Json<Vec<EntryVersion>>, ApiError> {
    Ok(Json(entries::versions(&atelier.db, who.person(), id).await?))
}

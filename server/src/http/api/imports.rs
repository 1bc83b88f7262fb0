//! `/imports` and `/boards/{slug}/imports`: ideas that come from files.

use std::time::Duration;

use axum::{body::Body, extract::State};
use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde::Deserialize;
use shared::{
    ImportId,
    api::{ImportReport, ImportView},
};
use tokio::time::timeout;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::answers::{Always, ByRole, Changes, Conflicts, Counted, Names, TakesJson};
use crate::{
    Atelier,
    domain::{Error, access::Signed, import},
    http::{
        extract::{self, Json, MaybeSigned, Path, Query},
        limits::Writing,
        problem::ApiError,
    },
};

/// How long a file waits for the one before to be read.
const TURN_WAIT: Duration = Duration::from_secs(20);

pub(super) fn routes() -> OpenApiRouter<Atelier> {
    OpenApiRouter::new().routes(routes!(preview)).routes(routes!(begin)).routes(routes!(list)).routes(routes!(show))
}

/// Reads the file of somebody who may import to a board, and hands it to `work`.
async fn read<T>(
    atelier: &Atelier,
    who: &MaybeSigned,
    slug: &str,
    (headers, body): (&HeaderMap, Body),
    work: impl AsyncFnOnce(Bytes) -> Result<T, Error>,
) -> Result<T, ApiError> {
    // Asked before the file is taken: it may be large.
    let by = import::may(&atelier.db, who.person(), slug).await?;
    atelier.writing.count(Writing::Import, by.id)?;
    let turn = timeout(TURN_WAIT, atelier.imports.read.acquire()).await;
    let _turn = turn.map_err(|_| Error::Busy)?.map_err(|_| Error::Busy)?;
    let file = extract::table(headers, body).await?;
    Ok(work(file).await?)
}

/// Read a file of ideas and say what it would bring to a board; nothing is changed. Its first line names its columns:
/// `title`, which is needed, and as far as there are any `body`, `author`, `created_at`, `votes`, `comments`, `status`
/// and `category`, in any order, with a comma, semicolon or tab between them. For moderators.
#[utoipa::path(post, path = "/boards/{slug}/imports/preview", tag = "imports", operation_id = "preview_import",
    params(("slug" = String, Path, description = "The word in the board's address")),
    request_body(content = String, content_type = "text/csv", description = "The file: at most 20 MiB, 100,000 rows"),
    responses((status = 200, body = ImportReport), Always, Changes, Names, TakesJson, Counted))]
async fn preview(
    State(atelier): State<Atelier>,
    who: MaybeSigned,
    Path(slug): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<ImportReport>, ApiError> {
    let look = async |file| import::survey(&atelier.db, who.person(), &slug, file).await;
    Ok(Json(read(&atelier, &who, &slug, (&headers, body), look).await?))
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Named {
    /// The name of the file, for the list of imports.
    #[serde(default)]
    #[param(max_length = 200)]
    name: String,
}

/// Bring the ideas of a file to a board, as its preview says. It goes on after the answer, 200 rows in one transaction;
/// ask for the import to see how far it is. The same file again brings nothing twice. For moderators.
#[utoipa::path(post, path = "/boards/{slug}/imports", tag = "imports", operation_id = "import_ideas",
    params(("slug" = String, Path, description = "The word in the board's address"), Named),
    request_body(content = String, content_type = "text/csv", description = "The file: at most 20 MiB, 100,000 rows"),
    responses((status = 202, body = ImportView), Always, Changes, Names, TakesJson, Conflicts, Counted))]
async fn begin(
    State(atelier): State<Atelier>,
    who: MaybeSigned,
    Path(slug): Path<String>,
    Query(Named { name }): Query<Named>,
    headers: HeaderMap,
    body: Body,
) -> Result<(StatusCode, Json<ImportView>), ApiError> {
    let start = async |file| {
        let busy = || Error::Conflict("another import is going on; wait for its end".into());
        let turn = atelier.imports.run.clone().try_acquire_owned().map_err(|_| busy())?;
        let (view, _, job) = import::begin(&atelier.db, who.person(), &slug, &name, file).await?;
        let running = atelier.clone();
        atelier.hub.spawn(async move {
            let id = job.id();
            if let Err(error) = job.run(&running.db, &running.stop, |_| {}).await {
                tracing::warn!(%error, import = %id, "an import broke off");
            }
            drop(turn);
        });
        Ok(view)
    };
    Ok((StatusCode::ACCEPTED, Json(read(&atelier, &who, &slug, (&headers, body), start).await?)))
}

/// The last imports, the latest first. For moderators.
#[utoipa::path(get, path = "/imports", tag = "imports", operation_id = "list_imports",
    responses((status = 200, body = [ImportView]), Always, ByRole))]
async fn list(State(atelier): State<Atelier>, signed: Signed) -> Result<Json<Vec<ImportView>>, ApiError> {
    Ok(Json(import::list(&atelier.db, &signed).await?))
}

/// An import, and how far it is. For moderators.
#[utoipa::path(get, path = "/imports/{id}", tag = "imports", operation_id = "show_import",
    params(("id" = ImportId, Path, description = "The import's id")),
    responses((status = 200, body = ImportView), Always, ByRole, Names))]
async fn show(
    State(atelier): State<Atelier>,
    signed: Signed,
    Path(id): Path<ImportId>,
) -> Result<Json<ImportView>, ApiError> {
    Ok(Json(import::one(&atelier.db, &signed, id).await?))
}

//! `/recognition/ledger`, `budgets` and `flags`: what owners read and settle.

use axum::{body::Body, extract::State, response::Response};
use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use http::{StatusCode, header};
use serde::Deserialize;
use shared::{
    FlagId,
    api::{BudgetView, DismissFlag, LedgerLine, LedgerTotals, Page, RecognitionKind, SetBudget},
};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{
    answers::{Always, ByRole, Changes, Names, TakesJson},
    paging::{Paging, page},
};
use crate::{
    Atelier,
    domain::{
        access::Signed,
        recognition::ledger::{self, Asked},
    },
    http::{
        extract::{Json, Path, Query},
        problem::ApiError,
    },
};

pub(super) fn routes() -> OpenApiRouter<Atelier> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(totals))
        .routes(routes!(export))
        .routes(routes!(budgets))
        .routes(routes!(set_budget))
        .routes(routes!(dismiss))
}

/// Which entries.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Which {
    /// Only what is for, or by, the person of this handle.
    person: Option<String>,
    /// Only what is of the board of this word in its address.
    board: Option<String>,
    /// Only this kind.
    kind: Option<RecognitionKind>,
    /// Only what was flagged and nobody looked at.
    #[serde(default)]
    flagged: bool,
}

impl From<Which> for Asked {
    fn from(Which { person, board, kind, flagged }: Which) -> Self {
        Self { person: person.map(|handle| handle.to_lowercase()), board, kind, flagged }
    }
}

/// The ledger of recognition, the last first. For owners.
#[utoipa::path(get, path = "/recognition/ledger", tag = "recognition", operation_id = "list_ledger", params(Paging, Which),
    responses((status = 200, body = Page<LedgerLine>), Always, ByRole))]
async fn list(
    State(atelier): State<Atelier>,
    signed: Signed,
    Query(paging): Query<Paging>,
    Query(which): Query<Which>,
) -> Result<Json<Page<LedgerLine>>, ApiError> {
    let (before, limit): (Uuid, _) = paging.place()?;
    let found = ledger::page(&atelier.db, &signed, &which.into(), before, limit + 1).await?;
    Ok(Json(page(found, limit, |last| last.entry.id.0)))
}

/// The sums of what the ledger holds. For owners.
#[utoipa::path(get, path = "/recognition/totals", tag = "recognition", operation_id = "sum_ledger", params(Which),
    responses((status = 200, body = LedgerTotals), Always, ByRole))]
async fn totals(
    State(atelier): State<Atelier>,
    signed: Signed,
    Query(which): Query<Which>,
) -> Result<Json<LedgerTotals>, ApiError> {
    Ok(Json(ledger::totals(&atelier.db, &signed, &which.into()).await?))
}

/// The ledger as a file for spreadsheets (RFC 4180, UTF-8), the last first. A file that ends without its last line break broke
/// off. For owners.
#[utoipa::path(get, path = "/recognition/ledger.csv", tag = "recognition", operation_id = "export_ledger", params(Which),
    responses((status = 200, body = String, content_type = "text/csv"), Always, ByRole))]
async fn export(
    State(atelier): State<Atelier>,
    signed: Signed,
    Query(which): Query<Which>,
) -> Result<Response, ApiError> {
    ledger::begin_export(&atelier.db, &signed).await?;
    let asked = Asked::from(which);
    let begin = (atelier.db.clone(), signed, asked, Some(Uuid::max()));
    let rows = stream::unfold(begin, async |(db, signed, asked, before)| {
        let before = before?;
        match ledger::lines(&db, &signed, &asked, before).await {
            Ok(Some((text, last))) => Some((Ok(Bytes::from(text)), (db, signed, asked, Some(last)))),
            Ok(None) => None,
            Err(error) => {
                tracing::error!(%error, "the ledger could not be read to its end");
                // The connection breaks off, so that nobody takes what came for the whole.
                Some((Err(std::io::Error::other("the ledger could not be read")), (db, signed, asked, None)))
            }
        }
    });
    let header = stream::once(async { Ok(Bytes::from_static(ledger::HEADER.as_bytes())) });
    Response::builder()
        .header(header::CONTENT_TYPE, "text/csv; charset=utf-8; header=present")
        .header(header::CONTENT_DISPOSITION, "attachment; filename=\"recognition.csv\"")
        .header(header::CACHE_CONTROL, "no-store")
        // Whatever compresses it may ask once more after the end.
        .body(Body::from_stream(header.chain(rows.fuse())))
        .map_err(|error| ApiError::Fault(error.to_string()))
}

/// The points that each board gives in a month, and gave in this. For owners.
#[utoipa::path(get, path = "/recognition/budgets", tag = "recognition", operation_id = "list_budgets",
    responses((status = 200, body = [BudgetView]), Always, ByRole))]
async fn budgets(State(atelier): State<Atelier>, signed: Signed) -> Result<Json<Vec<BudgetView>>, ApiError> {
    Ok(Json(ledger::budgets(&atelier.db, &signed).await?))
}

/// Set how many points a board gives in a month, at most. Answers with those of all. For owners.
#[utoipa::path(put, path = "/recognition/budgets/{board}", tag = "recognition", operation_id = "set_budget",
    request_body = SetBudget, params(("board" = String, Path, description = "The word in the board's address")),
    responses((status = 200, body = [BudgetView]), Always, Changes, Names, TakesJson))]
async fn set_budget(
    State(atelier): State<Atelier>,
    signed: Signed,
    Path(board): Path<String>,
    Json(request): Json<SetBudget>,
) -> Result<Json<Vec<BudgetView>>, ApiError> {
    Ok(Json(ledger::set_budget(&atelier.db, &signed, &board, request).await?))
}

/// Note that one has looked at what was flagged. Who comes second changes nothing. For owners.
#[utoipa::path(put, path = "/recognition/flags/{id}/dismissal", tag = "recognition", operation_id = "dismiss_flag",
    request_body = DismissFlag, params(("id" = FlagId, Path, description = "The flag")),
    responses((status = 204, description = "Noted"), Always, Changes, Names, TakesJson))]
async fn dismiss(
    State(atelier): State<Atelier>,
    signed: Signed,
    Path(id): Path<FlagId>,
    Json(request): Json<DismissFlag>,
) -> Result<StatusCode, ApiError> {
    ledger::dismiss(&atelier.db, &signed, id, &request).await?;
    Ok(StatusCode::NO_CONTENT)
}

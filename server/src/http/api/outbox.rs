//! `/outbox`: the mails that go out, for owners.

use axum::extract::State;
use serde::Deserialize;
use shared::{
    MailId,
    api::{MailState, MailView, Outbox, Page},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    answers::{Always, ByRole, Changes, Conflicts, Names},
    paging::{Paging, page},
};
use crate::{
    Atelier,
    domain::{
        access::Signed,
        mail::{Delivery, outbox},
    },
    http::{
        extract::{Json, Path, Query},
        problem::ApiError,
    },
};

pub(super) fn routes() -> OpenApiRouter<Atelier> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(one)).routes(routes!(again))
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Which {
    /// `next` of the page before.
    cursor: Option<String>,
    /// How many, 1 to 100; 25 when absent.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// Only mails of which this became.
    state: Option<MailState>,
}

/// The mails that go out, the last first. For owners.
#[utoipa::path(get, path = "/outbox", tag = "mail", operation_id = "list_outbox", params(Which),
    responses((status = 200, body = Outbox), Always, ByRole))]
async fn list(
    State(atelier): State<Atelier>,
    signed: Signed,
    Query(which): Query<Which>,
) -> Result<Json<Outbox>, ApiError> {
    let (before, limit) = Paging { cursor: which.cursor, limit: which.limit }.place()?;
    let found = outbox::page(&atelier.db, &signed, which.state, before, limit + 1).await?;
    let Page { items, next } = page(found, limit, |last| last.id.0);
    Ok(Json(Outbox { sends: Delivery::of(&atelier.config) == Delivery::Sent, items, next }))
}

/// A mail as it was written, without the links in it that open something. For owners.
#[utoipa::path(get, path = "/outbox/{id}", tag = "mail", operation_id = "show_mail",
    params(("id" = MailId, Path, description = "The mail's id")),
    responses((status = 200, body = MailView), Always, ByRole, Names))]
async fn one(
    State(atelier): State<Atelier>,
    signed: Signed,
    Path(id): Path<MailId>,
) -> Result<Json<MailView>, ApiError> {
    Ok(Json(outbox::one(&atelier.db, &signed, id).await?))
}

/// Have a mail sent again that failed, was kept, or of which nobody knows whether it arrived. It is written anew. For owners.
#[utoipa::path(post, path = "/outbox/{id}/again", tag = "mail", operation_id = "send_mail_again",
    params(("id" = MailId, Path, description = "The mail's id")),
    responses((status = 200, body = MailView), Always, Changes, Names, Conflicts))]
async fn again(
    State(atelier): State<Atelier>,
    signed: Signed,
    Path(id): Path<MailId>,
) -> Result<Json<MailView>, ApiError> {
    Ok(Json(outbox::again(&atelier.db, &signed, id).await?))
}

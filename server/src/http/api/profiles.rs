//! `/people/{id}`: what a person did, for everyone who may see it.

use axum::extract::State;
use shared::api::{IdeaCard, Page, Profile, SaidView};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    answers::{Always, NamesSomebody},
    paging::{Cursor, Paging, page},
};
use crate::{
    Atelier,
    domain::profiles::{self, Deed, SaidPlace},
    http::{
        extract::{Json, MaybeSigned, Path, Query},
        problem::ApiError,
    },
};

pub(super) fn routes() -> OpenApiRouter<Atelier> {
    OpenApiRouter::new().routes(routes!(show)).routes(routes!(proposed)).routes(routes!(improved)).routes(routes!(said))
}

impl Cursor for SaidPlace {
    const START: Self = Self::START;

    fn write(&self) -> String {
        format!("{}-{}", self.at, self.id)
    }

    fn read(at: i64, rest: &str) -> Option<Self> {
        Some(Self { at, id: rest.parse().ok()? })
    }
}

/// A person, and how much they did.
#[utoipa::path(get, path = "/people/{id}", tag = "people", operation_id = "show_person",
    params(("id" = String, Path, description = "The person's id, or the word in the address of their page")),
    responses((status = 200, body = Profile), Always, NamesSomebody))]
async fn show(
    State(atelier): State<Atelier>,
    who: MaybeSigned,
    Path(id): Path<String>,
) -> Result<Json<Profile>, ApiError> {
    Ok(Json(profiles::one(&atelier.db, who.person(), &id).await?))
}

/// The ideas that a person proposed, the last first.
#[utoipa::path(get, path = "/people/{id}/ideas", tag = "people", operation_id = "list_proposed",
    params(("id" = String, Path, description = "The person's id, or the word in the address of their page"), Paging),
    responses((status = 200, body = Page<IdeaCard>), Always, NamesSomebody))]
async fn proposed(
    State(atelier): State<Atelier>,
    who: MaybeSigned,
    Path(id): Path<String>,
    Query(paging): Query<Paging>,
) -> Result<Json<Page<IdeaCard>>, ApiError> {
    ideas(&atelier, &who, &id, Deed::Proposed, &paging).await
}

/// The ideas of others whose concept a person shaped, the last first.
#[utoipa::path(get, path = "/people/{id}/improved", tag = "people", operation_id = "list_improved",
    params(("id" = String, Path, description = "The person's id, or the word in the address of their page"), Paging),
    responses((status = 200, body = Page<IdeaCard>), Always, NamesSomebody))]
async fn improved(
    State(atelier): State<Atelier>,
    who: MaybeSigned,
    Path(id): Path<String>,
    Query(paging): Query<Paging>,
) -> Result<Json<Page<IdeaCard>>, ApiError> {
    ideas(&atelier, &who, &id, Deed::Improved, &paging).await
}

async fn ideas(
    atelier: &Atelier,
    who: &MaybeSigned,
    id: &str,
    deed: Deed,
    paging: &Paging,
) -> Result<Json<Page<IdeaCard>>, ApiError> {
    let (from, limit) = paging.place()?;
    let found = profiles::ideas(&atelier.db, who.person(), id, deed, from, limit + 1).await?;
    let Page { items, next } = page(found, limit, |(_, place)| *place);
    Ok(Json(Page { items: items.into_iter().map(|(card, _)| card).collect(), next }))
}

/// What a person said about ideas, the last first; staff notes are left out.
#[utoipa::path(get, path = "/people/{id}/comments", tag = "people", operation_id = "list_said",
    params(("id" = String, Path, description = "The person's id, or the word in the address of their page"), Paging),
    responses((status = 200, body = Page<SaidView>), Always, NamesSomebody))]
async fn said(
    State(atelier): State<Atelier>,
    who: MaybeSigned,
    Path(id): Path<String>,
    Query(paging): Query<Paging>,
) -> Result<Json<Page<SaidView>>, ApiError> {
    let (from, limit) = paging.place()?;
    let found = profiles::said(&atelier.db, who.person(), &id, from, limit + 1).await?;
    Ok(Json(page(found, limit, |said| SaidPlace { at: said.created_at, id: said.comment })))
}

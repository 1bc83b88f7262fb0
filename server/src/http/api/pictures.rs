//! `/boards/{slug}/pictures`: adding pictures, to be put into ideas and comments there.

use axum::{body::Body, extract::State};
use http::{StatusCode, header};
use shared::api::PictureView;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::answers::{Always, Changes, Counted, Names, TakesPicture};
use crate::{
    Atelier,
    domain::pictures,
    http::{
        extract::{self, Json, MaybeSigned, Path},
        limits::Writing,
        problem::ApiError,
    },
};

pub(super) fn routes() -> OpenApiRouter<Atelier> {
    OpenApiRouter::new().routes(routes!(add))
}

/// Add a picture to a board: send the bytes of a JPEG, PNG, WebP or GIF file as they are. Whatever its type is said to be,
/// it is read as what it is, made upright and smaller, and written anew without what its file says besides. Put its `path`
/// into the Markdown of an idea or a comment of that board within a day: `![what it shows](path)`. Until then only you see
/// it, and from then on whoever sees where it is.
#[utoipa::path(post, path = "/boards/{slug}/pictures", tag = "pictures", operation_id = "add_picture",
    request_body(content_type = "application/octet-stream", description = "The file, 15 MiB at most"),
    params(("slug" = String, Path, description = "The board's slug")),
    responses(
        (status = 201, body = PictureView, headers(("Location" = String, description = "Where it is"))),
        Always, Changes, Names, TakesPicture, Counted,
    ))]
async fn add(
    State(atelier): State<Atelier>,
    who: MaybeSigned,
    Path(board): Path<String>,
    body: Body,
) -> Result<(StatusCode, [(header::HeaderName, String); 1], Json<PictureView>), ApiError> {
    // Before anything of it is read.
    pictures::may_add(&atelier.db, who.person(), &board).await?;
    if let Some(person) = who.person() {
        atelier.writing.count(Writing::Picture, person.id)?;
    }
    let place = atelier.darkroom.place()?;
    let bytes = extract::picture(body).await?;
    let picture = pictures::add(&atelier.db, who.person(), &board, place, bytes).await?;
    Ok((StatusCode::CREATED, [(header::LOCATION, picture.path.clone())], Json(picture)))
}

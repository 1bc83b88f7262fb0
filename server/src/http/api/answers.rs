//! The problems that an address may answer with, for its description: name them in `responses(…)` of `#[utoipa::path]`.

use std::collections::BTreeMap;

use utoipa::{
    IntoResponses,
    openapi::{ContentBuilder, Ref, RefOr, Response, ResponseBuilder},
};

macro_rules! answers {
    ($($(#[doc = $doc:literal])* $name:ident { $($status:literal = $text:literal),* $(,)? })*) => {$(
        $(#[doc = $doc])*
        pub(crate) struct $name;

        impl IntoResponses for $name {
            fn responses() -> BTreeMap<String, RefOr<Response>> {
                BTreeMap::from([$((String::from($status), problem($text))),*])
            }
        }
    )*};
}

answers! {
    /// Of every address.
    Always {
        "400" = "`bad_request`: the path, the query or a header is malformed",
        "401" = "`sign_in`: a valid session or access token is needed",
        "500" = "`internal`: our fault; nothing was changed",
        "503" = "`unavailable`: try again",
    }
    /// Of an address that changes something.
    Changes {
        "403" = "`foreign_origin`: the request comes from another site; `role` or `editing_rule`: the rules do not allow it",
        "429" = "`too_many`: the person has written too much in too short a time; see `Retry-After`",
    }
    /// Of an address that takes a body.
    TakesJson {
        "400" = "`bad_json`: the body is not the JSON expected; `bad_request`: something else is malformed",
        "413" = "`too_large`",
        "415" = "`media_type`: the body must be `application/json`",
        "422" = "`invalid`: see `fields`",
    }
    /// Of an address whose parameters may not fit what is there.
    Judges { "422" = "`invalid`: see `fields`" }
    /// Of an address that takes a picture.
    TakesPicture {
        "413" = "`too_large`: too many bytes; `too_many_pixels`",
        "415" = "`no_picture`: the body is no JPEG, PNG, WebP or GIF picture",
    }
    /// Of an address whose query is looked at like a form.
    ChecksFields { "422" = "`invalid`: see `fields`" }
    /// Of an address that only some roles may read.
    ByRole { "403" = "`role`: the person's role does not allow it" }
    /// Of an address that names something.
    Names { "404" = "`not_found`: there is no such thing, or not for this person" }
    /// Of an address whose work another state may stand against.
    Conflicts { "409" = "`conflict`: what is there stands against it" }
    /// Of an address that takes a link's secret.
    TakesLink { "410" = "`link_expired`: the link was used, revoked or is too old" }
    /// Of an address that names somebody, who may have left.
    NamesSomebody {
        "404" = "`not_found`: there is nobody of this id or handle",
        "410" = "`gone`: whoever this was left, and asked to be forgotten",
    }
    /// Of an address that is limited in number.
    Counted { "429" = "`too_many`: see `Retry-After`" }
}

fn problem(text: &str) -> RefOr<Response> {
    let schema = Ref::from_schema_name("Problem");
    let content = ContentBuilder::new().schema(Some(schema)).build();
    RefOr::T(ResponseBuilder::new().description(text).content("application/problem+json", content).build())
}

//! `/openapi.json`: the description of this API.

use std::sync::LazyLock;

use bytes::Bytes;
use http::header;
use shared::{
    StageId,
    api::{
        AuditAct, ContributorsBy, ContributorsSince, IdeaSort, Involved, NewsKind, Phase, Problem, RecognitionKind,
        SearchKind,
    },
    limits,
};
use utoipa::{
    Modify, OpenApi,
    openapi::{
        RefOr, Schema,
        security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme},
        server::Server,
    },
};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::Atelier;

/// What the description says of the API as a whole.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Atelier",
        version = "1",
        description = "Everything Atelier's own screens do goes through this API.\n\n\
            Times are integer milliseconds since 1970-01-01 UTC. Lists come in pages: `next` of one is `cursor` of the \
            following. Errors are RFC 9457 problem documents whose `code` never changes; what somebody may not see \
            answers as if it did not exist.\n\n\
            A request may name in `Atelier-Person` the id of the person it is from: where somebody else is signed in, or \
            nobody, it answers 401 `sign_in` and changes nothing."
    ),
    components(schemas(
        Problem,
        AuditAct,
        ContributorsBy,
        ContributorsSince,
        IdeaSort,
        Involved,
        NewsKind,
        Phase,
        RecognitionKind,
        SearchKind,
        StageId
    )),
    modifiers(&Credentials)
)]
pub(super) struct Description;

struct Credentials;

impl Modify for Credentials {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        openapi.servers = Some(vec![Server::new("/api/v1")]);
        let cookie = "The cookie that signing in sets. Over https it is called `__Host-atelier`. Requests that change \
                      something must then come from the server's own origin.";
        let token = "An access token, made under Settings. It acts with its owner's rights.";
        let components = openapi.components.get_or_insert_default();
        components.add_security_scheme(
            "session",
            SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::with_description("atelier", cookie))),
        );
        components.add_security_scheme(
            "token",
            SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some(token)).build()),
        );
        let nothing: [&str; 0] = [];
        openapi.security = Some(vec![
            SecurityRequirement::new("session", nothing),
            SecurityRequirement::new("token", nothing),
            // Public boards are for visitors too.
            SecurityRequirement::default(),
        ]);
    }
}

/// How long the texts of requests may be: schema, property, least and most, in Unicode scalar values. utoipa's own
/// attributes take only literal numbers, which could differ from what is enforced.
const LENGTHS: [(&str, &str, usize, usize); 60] = [
    ("Setup", "workspace", 1, limits::WORKSPACE),
    ("Setup", "name", 1, limits::NAME),
    ("Setup", "email", 3, limits::EMAIL),
    ("Setup", "password", limits::PASSWORD_MIN, limits::PASSWORD_MAX),
    ("Setup", "time_zone", 0, limits::TIME_ZONE),
    ("SignUp", "name", 1, limits::NAME),
    ("SignUp", "email", 3, limits::EMAIL),
    ("SignUp", "password", limits::PASSWORD_MIN, limits::PASSWORD_MAX),
    ("EditMe", "name", 1, limits::NAME),
    ("EditMe", "about", 0, limits::ABOUT),
    ("ChangeAddress", "email", 3, limits::EMAIL),
    ("ChangeAddress", "password", 0, limits::PASSWORD_MAX),
    ("Leave", "password", 0, limits::PASSWORD_MAX),
    ("Leave", "word", 1, limits::NAME),
    ("ChangePassword", "new", limits::PASSWORD_MIN, limits::PASSWORD_MAX),
    ("EditWorkspace", "name", 1, limits::WORKSPACE),
    ("EditWorkspace", "accent", 0, 7),
    ("EditWorkspace", "time_zone", 1, limits::TIME_ZONE),
    ("NewToken", "name", 1, limits::TOKEN_NAME),
    ("NewBoard", "title", 1, limits::BOARD_TITLE),
    ("NewBoard", "purpose", 0, limits::PURPOSE),
    ("EditBoard", "title", 1, limits::BOARD_TITLE),
    ("EditBoard", "purpose", 0, limits::PURPOSE),
    ("NewIdea", "title", 1, limits::TITLE),
    ("NewIdea", "pitch", 0, limits::PITCH),
    ("NewIdea", "body", 0, limits::BODY),
    ("NewComment", "body", 1, limits::COMMENT),
    ("EditComment", "body", 1, limits::COMMENT),
    ("MoveIdea", "reason", 0, limits::REASON),
    ("MatchName", "handle", 1, limits::NAME),
    ("NewReport", "words", 0, limits::ORDER),
    ("NewDecision", "words", 0, limits::ORDER),
    ("Suspend", "words", 1, limits::ORDER),
    ("MergeIdea", "reason", 0, limits::REASON),
    ("NewDotVote", "question", 0, limits::QUESTION),
    ("Dots", "item", 1, limits::ITEM),
    ("SetTag", "name", 1, limits::TAG),
    ("WantedStage", "fr", 1, limits::STAGE),
    ("WantedStage", "en", 1, limits::STAGE),
    ("WrittenUpdate", "body", 1, limits::UPDATE),
    ("WrittenMilestone", "title", 1, limits::MILESTONE),
    ("WrittenMilestone", "due_on", 0, limits::DAY),
    ("WrittenExperiment", "hypothesis", 1, limits::EXPERIMENT),
    ("WrittenExperiment", "trial", 1, limits::EXPERIMENT),
    ("WrittenExperiment", "measure", 1, limits::EXPERIMENT),
    ("Conclude", "result", 1, limits::RESULT),
    ("Conclude", "reason", 1, limits::EXPERIMENT),
    ("Freeze", "words", 0, limits::REASON),
    ("Recognise", "words", 1, limits::WORDS),
    ("Revoke", "words", 1, limits::WORDS),
    ("DismissFlag", "words", 1, limits::WORDS),
    ("WrittenBadge", "fr", 1, limits::BADGE),
    ("WrittenBadge", "en", 1, limits::BADGE),
    ("WrittenBadge", "meaning_fr", 1, limits::MEANING),
    ("WrittenBadge", "meaning_en", 1, limits::MEANING),
    ("WrittenPerk", "fr", 1, limits::BADGE),
    ("WrittenPerk", "en", 1, limits::BADGE),
    ("WrittenPerk", "about_fr", 0, limits::MEANING),
    ("WrittenPerk", "about_en", 0, limits::MEANING),
    ("PastedCodes", "codes", 1, limits::CODES_TEXT),
];

fn say_lengths(document: &mut utoipa::openapi::OpenApi) {
    let Some(components) = &mut document.components else { return };
    for (schema, property, least, most) in LENGTHS {
        let Some(RefOr::T(Schema::Object(object))) = components.schemas.get_mut(schema) else { continue };
        let Some(RefOr::T(Schema::Object(text))) = object.properties.get_mut(property) else { continue };
        text.min_length = (least > 0).then_some(least);
        text.max_length = Some(most);
    }
}

static DOCUMENT: LazyLock<Bytes> = LazyLock::new(|| {
    let (_, mut document) = super::routes().split_for_parts();
    say_lengths(&mut document);
    // Its parts are maps with texts as keys, which JSON can always say.
    document.to_json().unwrap_or_default().into()
});

pub(super) fn routes() -> OpenApiRouter<Atelier> {
    OpenApiRouter::new().routes(routes!(show))
}

/// This description.
#[utoipa::path(get, path = "/openapi.json", tag = "api", operation_id = "describe_api",
    responses((status = 200, description = "An OpenAPI 3.1 document", body = serde_json::Value)))]
async fn show() -> ([(header::HeaderName, &'static str); 1], Bytes) {
    ([(header::CONTENT_TYPE, "application/json")], DOCUMENT.clone())
}

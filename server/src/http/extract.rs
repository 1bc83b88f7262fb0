//! What handlers take from a request, with problem documents where it is not what it should be.

use std::time::Duration;

use axum::{
    body::{Body, HttpBody as _},
    extract::{FromRequest, FromRequestParts, Request},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use http::{HeaderMap, header, request::Parts};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use serde::{Serialize, de::DeserializeOwned};
use shared::{
    api::{Code, PersonView},
    limits,
    outbox::ON_BEHALF,
    rules::Refusal,
};

use super::{
    limits::{ClientAddress, Writing},
    problem::ApiError,
};
use crate::{
    Atelier,
    domain::{
        access::{Signed, Watcher},
        device::device,
        guests::{self, Pass},
        session::{self, Presented, Visitor},
    },
};

/// How long the body of a request may take to arrive.
const BODY_WAIT: Duration = Duration::from_secs(15);
/// How long a file may, of ideas or a picture: at the most that is taken, a megabit a second.
const FILE_WAIT: Duration = Duration::from_secs(160);

/// A JSON body, taken or answered.
#[derive(Debug)]
pub struct Json<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &S) -> Result<Self, ApiError> {
        if !is_kind(request.headers(), "application/json") {
            return Err(ApiError::new(Code::MediaType, "Send the body as `Content-Type: application/json`."));
        }
        parse(&body(request.into_body()).await?).map(Self)
    }
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        match serde_json::to_vec(&self.0) {
            Ok(body) => ([(header::CONTENT_TYPE, "application/json")], body).into_response(),
            Err(error) => ApiError::Fault(format!("an answer could not be written: {error}")).into_response(),
        }
    }
}

/// Reads the body of a request of JSON, no longer than [`limits::REQUEST`].
///
/// # Errors
/// A problem when it is too long, too slow or breaks off.
pub async fn body(body: Body) -> Result<Bytes, ApiError> {
    bounded(body, limits::REQUEST, BODY_WAIT).await
}

/// Reads a file of ideas, which is no longer than [`limits::IMPORT`].
///
/// # Errors
/// A problem when it is not declared as such a file, too long, too slow or breaks off.
pub async fn table(headers: &HeaderMap, body: Body) -> Result<Bytes, ApiError> {
    if !is_kind(headers, "text/csv") {
        return Err(ApiError::new(Code::MediaType, "Send the file as `Content-Type: text/csv`."));
    }
    bounded(body, limits::IMPORT, FILE_WAIT).await
}

/// Reads a picture, no longer than [`limits::PICTURE`].
///
/// # Errors
/// A problem when it is too long, too slow or breaks off.
pub async fn picture(body: Body) -> Result<Bytes, ApiError> {
    bounded(body, limits::PICTURE, FILE_WAIT).await
}

/// Reads a body; of one that says it is too long, nothing.
async fn bounded(body: Body, limit: usize, wait: Duration) -> Result<Bytes, ApiError> {
    let too_large = || ApiError::new(Code::TooLarge, format!("A body may have {limit} bytes at most."));
    if usize::try_from(body.size_hint().lower()).is_ok_and(|bytes| bytes > limit) {
        return Err(too_large());
    }
    match tokio::time::timeout(wait, Limited::new(body, limit).collect()).await {
        Ok(Ok(body)) => Ok(body.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(too_large()),
        Ok(Err(_)) => Err(ApiError::new(Code::BadRequest, "The body broke off.")),
        Err(_) => Err(ApiError::new(Code::BadRequest, "The body did not arrive in time.")),
    }
}

/// Parses a JSON body.
///
/// # Errors
/// A problem that says where it is not the JSON expected.
pub fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, ApiError> {
    let value = serde_json::from_slice(body).map_err(|error| ApiError::new(Code::BadJson, format!("{error}.")))?;
    // Serde would take a list of values in the order of the fields as well.
    if body.trim_ascii_start().first() != Some(&b'{') {
        return Err(ApiError::new(Code::BadJson, "An object is expected."));
    }
    Ok(value)
}

fn is_kind(headers: &HeaderMap, expected: &str) -> bool {
    let Some(value) = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()) else { return false };
    let kind = value.split(';').next().unwrap_or_default().trim();
    kind.eq_ignore_ascii_case(expected)
}

/// The parameters of the path.
#[derive(Debug)]
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        match axum::extract::Path::<T>::from_request_parts(parts, state).await {
            Ok(axum::extract::Path(value)) => Ok(Self(value)),
            Err(error) => Err(ApiError::new(Code::BadRequest, error.body_text())),
        }
    }
}

/// The parameters after the question mark.
#[derive(Debug)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        match axum::extract::Query::<T>::from_request_parts(parts, state).await {
            Ok(axum::extract::Query(value)) => Ok(Self(value)),
            Err(error) => Err(ApiError::new(Code::BadRequest, error.body_text())),
        }
    }
}

/// Who is asking, if anybody is signed in. An access token that is not valid is an error, a stale cookie is a visitor.
#[derive(Clone, Debug)]
pub struct MaybeSigned(pub Option<Signed>);

impl MaybeSigned {
    /// Who; nobody for a visitor.
    #[must_use]
    pub fn person(&self) -> Option<&PersonView> {
        self.0.as_ref().map(|signed| &signed.person)
    }
}

impl FromRequestParts<Atelier> for MaybeSigned {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, atelier: &Atelier) -> Result<Self, ApiError> {
        let token = bearer(&parts.headers);
        let shown = match token {
            Some(secret) => Presented::Token(secret),
            None => match cookie(&parts.headers, atelier.config.cookie_name()) {
                Some(secret) => Presented::Session(secret),
                None => {
                    meant(&parts.headers, None)?;
                    return Ok(Self(None));
                }
            },
        };
        let signed = session::authenticate(&atelier.db, shown).await?;
        meant(&parts.headers, signed.as_ref())?;
        if signed.is_none() && token.is_some() {
            return Err(ApiError::new(Code::SignIn, "This access token is unknown or was revoked."));
        }
        // Whatever a person writes counts: an address of the API that has no limit of its own has this one.
        if let Some(signed) = signed.as_ref().filter(|_| !parts.method.is_safe()) {
            atelier.writing.count(Writing::Anything, signed.person.id)?;
        }
        Ok(Self(signed))
    }
}

/// What somebody did is not done in the name of who sits at their browser since: a request may say whose it is.
fn meant(headers: &HeaderMap, signed: Option<&Signed>) -> Result<(), ApiError> {
    let Some(meant) = headers.get(ON_BEHALF) else { return Ok(()) };
    let same = signed.is_some_and(|signed| meant.as_bytes() == signed.person.id.to_string().as_bytes());
    if same { Ok(()) } else { Err(ApiError::new(Code::SignIn, "Whoever this request is from is not signed in.")) }
}

/// Who looks at a canvas: who is asking, and what the link opens by which they follow one as guests, if they do.
#[derive(Clone, Debug)]
pub struct Watching {
    who: MaybeSigned,
    guest: Option<Pass>,
}

impl Watching {
    /// As the use cases know them.
    #[must_use]
    pub fn watcher(&self) -> Watcher<'_> {
        Watcher { who: self.who.person(), guest: self.guest.as_ref().map(|pass| pass.board) }
    }
}

impl FromRequestParts<Atelier> for Watching {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, atelier: &Atelier) -> Result<Self, ApiError> {
        let who = MaybeSigned::from_request_parts(parts, atelier).await?;
        let guest = match cookie(&parts.headers, atelier.config.guest_cookie_name()) {
            Some(secret) => guests::recognise(&atelier.db, secret).await?,
            None => None,
        };
        Ok(Self { who, guest })
    }
}

impl FromRequestParts<Atelier> for Signed {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, atelier: &Atelier) -> Result<Self, ApiError> {
        let MaybeSigned(signed) = MaybeSigned::from_request_parts(parts, atelier).await?;
        signed.ok_or_else(|| Refusal::SignIn.into())
    }
}

/// The secret of `Authorization: Bearer SECRET`, when there is one.
#[must_use]
pub fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, secret) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(secret.trim())
}

/// The value of the cookie `name`, when there is one.
#[must_use]
pub fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(key, value)| (key == name).then_some(value))
}

impl FromRequestParts<Atelier> for Visitor {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, atelier: &Atelier) -> Result<Self, Self::Rejection> {
        let address = ClientAddress::from_request_parts(parts, atelier).await?;
        let user_agent = parts.headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok());
        Ok(Self { network: address.network(), device: device(user_agent.unwrap_or_default()) })
    }
}

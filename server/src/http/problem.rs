//! The one error type of the API and what it looks like outside.
//!
//! Which error belongs where:
//! - `store::StoreError` says that the database failed, or that a uniqueness rule was met. Only `domain` turns it into
//!   an answer; what it does not turn arrives here as a fault.
//! - `domain::Error` says why a use case did nothing: a refusal, a field, a conflict, an expired link.
//! - [`ApiError`] is what a handler returns: a problem document, or a fault. Handlers write `?` on `domain::Error`.
//!
//! A fault is ours: its text goes to the log with the request's id, and the visitor gets the code `internal` and that id.
//! A panic ends the same way (see [`super::trace`]).

use std::time::Duration;

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use shared::{
    api::{Code, Problem},
    rules::Refusal,
};

use crate::{
    domain::{self, pictures::develop::Unfit},
    store::StoreError,
};

/// What a handler answers when it does not do what was asked.
#[derive(Debug)]
pub enum ApiError {
    /// A problem of the request, told as it is.
    Problem(Box<Problem>),
    /// Too many attempts: a problem with `Retry-After`.
    TooMany(Duration),
    /// Our fault: logged, not told.
    Fault(String),
}

/// Travels in the extensions of a 500 answer to [`super::trace::tell_faults`].
#[derive(Clone, Debug)]
pub struct Fault(pub String);

impl ApiError {
    /// A problem of this code.
    #[must_use]
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        Self::Problem(Box::new(Problem::new(code, detail)))
    }
}

impl From<Problem> for ApiError {
    fn from(problem: Problem) -> Self {
        Self::Problem(Box::new(problem))
    }
}

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> Self {
        let code = match refusal {
            Refusal::Unseen => Code::NotFound,
            Refusal::SignIn => Code::SignIn,
            Refusal::Role(_) | Refusal::Proposer | Refusal::Author | Refusal::Oneself => Code::Role,
            Refusal::EditingRule(_) => Code::EditingRule,
            Refusal::Away(_) => Code::Away,
        };
        Self::new(code, sentence(&refusal.to_string()))
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        domain::Error::from(error).into()
    }
}

impl From<domain::Error> for ApiError {
    fn from(error: domain::Error) -> Self {
        use domain::Error as E;
        let code = match error {
            E::Refused(refusal) => return refusal.into(),
            E::Invalid(fields) => return Problem::invalid(fields).into(),
            E::TooMany { retry_after } => return Self::TooMany(retry_after),
            E::Suspended(words) => {
                let told = Problem::new(Code::Suspended, "This account is suspended; see `reason`.");
                return Problem { reason: Some(words), ..told }.into();
            }
            E::NoPointsLeft { left } | E::PointsSpent { left } => {
                let code = if matches!(error, E::PointsSpent { .. }) { Code::PointsSpent } else { Code::NoPointsLeft };
                return Problem { left: Some(left), ..Problem::new(code, sentence(&error.to_string())) }.into();
            }
            E::Store(StoreError::Unreachable(error)) => {
                tracing::error!(%error, "the database cannot be reached");
                return Self::new(Code::Unavailable, "The database cannot be reached just now. Try again.");
            }
            E::Store(_) | E::Fault(_) => return Self::Fault(error.to_string()),
            E::NotFound(_) => Code::NotFound,
            E::Conflict(_) | E::MovedOn => Code::Conflict,
            E::NoVotesLeft => Code::NoVotesLeft,
            E::MergedOn => Code::MergedOn,
            E::VoteOn => Code::VoteOn,
            E::VoteEnded => Code::VoteEnded,
            E::NoDotsLeft => Code::NoDotsLeft,
            E::NoWords => Code::NoWords,
            E::StagesChanged => Code::StagesChanged,
            E::Concluded => Code::Concluded,
            E::PerkGone => Code::PerkGone,
            E::Revoked => Code::Revoked,
            E::IdempotencyKey => Code::IdempotencyKey,
            E::LinkExpired => Code::LinkExpired,
            E::Left => Code::Gone,
            E::BadCredentials => Code::BadCredentials,
            E::NeedsSession => Code::Role,
            E::Unfit(Unfit::NoPicture) => Code::NoPicture,
            E::Unfit(Unfit::TooManyPixels) => Code::TooManyPixels,
            E::Busy | E::Moved => Code::Unavailable,
        };
        Self::new(code, sentence(&error.to_string()))
    }
}

fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", chars.as_str().trim_end_matches('.'))
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        match self {
            Self::Problem(problem) => document(&problem),
            Self::TooMany(wait) => {
                // Rounded up: at the time told, it is allowed.
                let seconds = wait.as_millis().div_ceil(1000).max(1);
                let mut response = document(&Problem::new(Code::TooMany, format!("Try again in {seconds} seconds.")));
                if let Ok(value) = HeaderValue::from_str(&seconds.to_string()) {
                    response.headers_mut().insert(header::RETRY_AFTER, value);
                }
                response
            }
            Self::Fault(text) => {
                let mut response = StatusCode::INTERNAL_SERVER_ERROR.into_response();
                response.extensions_mut().insert(Fault(text));
                response
            }
        }
    }
}

/// The answer that carries this problem.
pub(super) fn document(problem: &Problem) -> Response {
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let body = serde_json::to_vec(problem).unwrap_or_default();
    let mut response = (status, [(header::CONTENT_TYPE, "application/problem+json")], body).into_response();
    if problem.status == 401 {
        response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    response
}

/// The answer to an address of the API that does not exist.
pub(super) async fn no_such_address() -> ApiError {
    ApiError::new(Code::NotFound, "There is nothing at this address.")
}

/// The answer to a method that an address of the API does not take.
pub(super) async fn no_such_method() -> ApiError {
    ApiError::new(Code::Method, "This address does not take this method; see Allow.")
}

//! Errors of the API: RFC 9457 problem documents (`application/problem+json`) with a stable code.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What went wrong, in a word that never changes. The screens translate it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// 400: the body is not the JSON this address takes.
    BadJson,
    /// 400: a query parameter, a path or a header is not what it should be.
    BadRequest,
    /// 401: signing in is needed first.
    SignIn,
    /// 401: this e-mail and password do not go together.
    BadCredentials,
    /// 403: the request comes from another site.
    ForeignOrigin,
    /// 403: the person's role does not allow it.
    Role,
    /// 403: the board's editing rule does not allow it.
    EditingRule,
    /// 403: it waits for a moderator, is hidden, or was merged, and takes nothing.
    Away,
    /// 403: this account is suspended; see `reason`.
    Suspended,
    /// 404: there is no such thing, or not for this person.
    NotFound,
    /// 405: this address does not take this method.
    Method,
    /// 409: something else already has this name or state.
    Conflict,
    /// 409: the same `Idempotency-Key` came with another request.
    IdempotencyKey,
    /// 409: the person has no vote left on this board this month.
    NoVotesLeft,
    /// 409: the idea it was merged into was merged itself since; that is to be undone first.
    MergedOn,
    /// 409: a dot vote is on; it is to be ended first.
    VoteOn,
    /// 409: the dot vote has ended.
    VoteEnded,
    /// 409: the person has not as many dots left.
    NoDotsLeft,
    /// 409: the note says nothing of which an idea could be made.
    NoWords,
    /// 409: the stages of the board are not those the request was made from.
    StagesChanged,
    /// 409: the experiment was concluded, and what it was stays as it was said.
    Concluded,
    /// 409: the person has not as many points; see `left`.
    NoPointsLeft,
    /// 409: the points were spent already; see `left`.
    PointsSpent,
    /// 409: none of this perk is left.
    PerkGone,
    /// 409: this recognition was taken back already.
    Revoked,
    /// 410: the link was used, revoked or is too old.
    LinkExpired,
    /// Whoever or whatever was here left, for good.
    Gone,
    /// 413: the request is too large.
    TooLarge,
    /// 413: the picture has too many pixels.
    TooManyPixels,
    /// 415: the body is not declared as JSON.
    MediaType,
    /// 415: the body is no picture of a kind we take.
    NoPicture,
    /// 422: one or more fields are not acceptable; see `fields`.
    Invalid,
    /// 429: too many attempts; see `Retry-After`.
    TooMany,
    /// 500: our fault; nothing was changed.
    Internal,
    /// 503: the service is starting, stopping or without its database; try again.
    Unavailable,
    /// The server could not be reached. Made by the browser, never sent.
    Unreachable,
}

/// What is wrong with one field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum FieldCode {
    /// It is needed.
    Required,
    /// It is shorter than `limit` characters.
    TooShort,
    /// It is longer than `limit` characters.
    TooLong,
    /// It is no e-mail address.
    NotAnEmail,
    /// It is an e-mail address, but of none of the domains that may sign up.
    Domain,
    /// It holds characters that cannot stand here.
    Characters,
    /// Another one has it.
    Taken,
    /// It is not right.
    Wrong,
    /// It is none of the values possible here.
    Unknown,
    /// It is no text in UTF-8 or Windows-1252.
    Encoding,
    /// Its first line does not name its columns, each once and the needed ones among them.
    Header,
    /// It is the same thing again.
    Itself,
    /// It waits for a moderator, is hidden, or was merged.
    Away,
    /// Other people see it.
    Audience,
    /// There are more than `limit`.
    TooMany,
    /// The board has only `limit` points left to give this month.
    Budget,
    /// Somebody among them has this badge already.
    HasBadge,
    /// One cannot recognise somebody who is among them: oneself, a name that is not here, or who is suspended.
    NotThem,
}

/// What is wrong with one field, in words and for machines.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FieldProblem {
    /// The stable word.
    pub code: FieldCode,
    /// The limit that was passed, where there is one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub limit: Option<u32>,
    /// In English, for those who read the API.
    pub message: String,
}

/// An RFC 9457 problem document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[error("{status} {title}: {detail}")]
pub struct Problem {
    /// `urn:atelier:problem:` and the code.
    #[serde(rename = "type")]
    pub kind: String,
    /// The kind of problem, in English.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// The stable word.
    pub code: Code,
    /// This occurrence, in English.
    pub detail: String,
    /// The request's id, to find it in the log; in `Internal` problems.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub instance: Option<String>,
    /// Why, in the words of who decided so; in `suspended` problems.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reason: Option<String>,
    /// How many are left; in `no_points_left` and `points_spent` problems.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub left: Option<u32>,
    /// What is wrong with each field, by its name in the request.
    #[serde(skip_serializing_if = "BTreeMap::is_empty", default)]
    pub fields: BTreeMap<String, FieldProblem>,
}

impl Code {
    /// The HTTP status it goes with.
    #[must_use]
    pub fn status(self) -> u16 {
        match self {
            Self::BadJson | Self::BadRequest => 400,
            Self::SignIn | Self::BadCredentials => 401,
            Self::ForeignOrigin | Self::Role | Self::EditingRule | Self::Away | Self::Suspended => 403,
            Self::NotFound => 404,
            Self::Method => 405,
            Self::Conflict | Self::IdempotencyKey | Self::NoVotesLeft | Self::MergedOn => 409,
            Self::VoteOn
            | Self::VoteEnded
            | Self::NoDotsLeft
            | Self::NoWords
            | Self::StagesChanged
            | Self::Concluded
            | Self::NoPointsLeft
            | Self::PointsSpent
            | Self::PerkGone
            | Self::Revoked => 409,
            Self::LinkExpired | Self::Gone => 410,
            Self::TooLarge | Self::TooManyPixels => 413,
            Self::MediaType | Self::NoPicture => 415,
            Self::Invalid => 422,
            Self::TooMany => 429,
            Self::Internal => 500,
            Self::Unavailable | Self::Unreachable => 503,
        }
    }

    /// The kind of problem, in English.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::BadJson => "The body is not the JSON expected",
            Self::BadRequest => "The request is malformed",
            Self::SignIn => "Sign in first",
            Self::BadCredentials => "Wrong e-mail or password",
            Self::ForeignOrigin => "The request comes from another site",
            Self::Role => "Your role does not allow this",
            Self::EditingRule => "The board's editing rule does not allow this",
            Self::Away => "This takes nothing just now",
            Self::Suspended => "This account is suspended",
            Self::NotFound => "Not found",
            Self::Method => "Method not allowed",
            Self::Conflict => "This conflicts with what is there",
            Self::IdempotencyKey => "The idempotency key was used for another request",
            Self::NoVotesLeft => "No votes left this month",
            Self::MergedOn => "A later merge is to be undone first",
            Self::VoteOn => "A dot vote is on",
            Self::VoteEnded => "The dot vote has ended",
            Self::NoDotsLeft => "No dots left",
            Self::NoWords => "The note says nothing yet",
            Self::StagesChanged => "The stages were changed meanwhile",
            Self::Concluded => "The experiment was concluded",
            Self::NoPointsLeft => "Not enough points",
            Self::PointsSpent => "These points were spent",
            Self::PerkGone => "None of this perk is left",
            Self::Revoked => "This was taken back already",
            Self::LinkExpired => "The link can no longer be used",
            Self::Gone => "Gone for good",
            Self::TooLarge => "The request is too large",
            Self::TooManyPixels => "The picture has too many pixels",
            Self::MediaType => "The body must be JSON",
            Self::NoPicture => "This is no picture we know",
            Self::Invalid => "Some fields need another look",
            Self::TooMany => "Too many attempts",
            Self::Internal => "Something went wrong on our side",
            Self::Unavailable => "Not available just now",
            Self::Unreachable => "The server could not be reached",
        }
    }

    fn word(self) -> String {
        serde_json::to_value(self).ok().and_then(|word| word.as_str().map(str::to_owned)).unwrap_or_default()
    }
}

impl Problem {
    /// A problem of this code.
    #[must_use]
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        Self {
            kind: format!("urn:atelier:problem:{}", code.word()),
            title: code.title().to_owned(),
            status: code.status(),
            code,
            detail: detail.into(),
            instance: None,
            reason: None,
            left: None,
            fields: BTreeMap::new(),
        }
    }

    /// The problem that these fields are not acceptable.
    #[must_use]
    pub fn invalid(fields: BTreeMap<String, FieldProblem>) -> Self {
        let names: Vec<_> = fields.keys().map(String::as_str).collect();
        Self { fields: fields.clone(), ..Self::new(Code::Invalid, format!("See: {}.", names.join(", "))) }
    }
}

impl FieldProblem {
    /// A problem without a limit.
    #[must_use]
    pub fn new(code: FieldCode, message: impl Into<String>) -> Self {
        Self { code, limit: None, message: message.into() }
    }

    /// A problem with the limit that was passed.
    #[must_use]
    pub fn limited(code: FieldCode, limit: impl TryInto<u32>, message: impl Into<String>) -> Self {
        Self { limit: limit.try_into().ok(), ..Self::new(code, message) }
    }

    /// More than `limit` of something.
    #[must_use]
    pub fn too_many(limit: usize) -> Self {
        Self::limited(FieldCode::TooMany, limit, format!("at most {limit}"))
    }

    /// A length over or under `limit` characters.
    #[must_use]
    pub fn length(code: FieldCode, limit: usize) -> Self {
        let word = if code == FieldCode::TooShort { "at least" } else { "at most" };
        Self::limited(code, limit, format!("{word} {limit} characters"))
    }
}
